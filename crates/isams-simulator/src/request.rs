//! The log of requests.

use crate::oauth::TOKEN_PATH;

/// Path of the Batch API's JSON.
pub const BATCH_PATH: &str = "/api/batch/1.0/json.ashx";

/// Path of the Batch API's XML.
pub const XML_PATH: &str = "/api/batch/1.0/xml.ashx";

/// A request as it came in. The query is left out: it holds the key. So are tokens and secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The status of the answer; 0 where the connection was reset instead.
    pub status: u16,
    /// The form of data asked for; none on other paths.
    pub format: Option<Format>,
    /// The names in `MethodsToRun` as written, such as `School_GetSchoolTerms`; empty where there
    /// was no such filter, or none that could be read.
    pub methods: Vec<String>,
    /// Whether a bearer token came along, a right one or not.
    pub bearer: bool,
    /// The scope that a token was asked for.
    pub scope: Option<String>,
}

impl Request {
    /// Whether the request can have changed nothing at the school: a GET, or a POST that carries
    /// filters or asks for a token.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        match self.method.as_str() {
            "GET" | "HEAD" => true,
            "POST" => self.format.is_some() || self.path == TOKEN_PATH,
            _ => false,
        }
    }
}

/// The two forms of the Batch API's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// [`BATCH_PATH`].
    Json,
    /// [`XML_PATH`].
    Xml,
}

impl Format {
    pub(crate) fn of_path(path: &str) -> Option<Self> {
        match path {
            BATCH_PATH => Some(Self::Json),
            XML_PATH => Some(Self::Xml),
            _ => None,
        }
    }
}
