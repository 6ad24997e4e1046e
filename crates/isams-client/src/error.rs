use reqwest::StatusCode;

use crate::{AddressError, ServerMessage};

/// Why there is no payload, by the stage that failed.
///
/// No variant, nor any source of one, holds the API key: the address in a transport error is removed, and what a
/// server sent is shown without the key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The web address is not usable. Nothing was sent.
    #[error("the web address is not usable")]
    Address(#[source] AddressError),
    /// No answer came: the name did not resolve, the connection failed or broke, or time ran out.
    #[error("no answer from the server")]
    Transport(#[source] reqwest::Error),
    /// The server refused, without an error document of iSAMS.
    #[error("the server answered {status} with {received}")]
    Status {
        /// The HTTP status.
        status: StatusCode,
        /// What came with it, in a few words.
        received: String,
    },
    /// iSAMS answered with its error document.
    #[error("iSAMS answered with an error: {0}")]
    Server(ServerMessage),
    /// The answer is no iSAMS document.
    #[error("the answer is not from iSAMS: received {received}")]
    NotIsams {
        /// What came instead, in a few words.
        received: String,
    },
    /// The answer began as JSON, and is broken or cut off.
    #[error("the answer is broken or cut off{}", at(.path.as_deref()))]
    Decode {
        /// Where in the document, such as `iSAMS.SchoolManager.Terms.Term[1].Name`, unless that is its root.
        path: Option<String>,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
}

fn at(path: Option<&str>) -> String {
    path.map(|path| format!(" at `{path}`")).unwrap_or_default()
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        // The key is a query parameter, and reqwest shows the URL.
        Self::Transport(error.without_url())
    }
}

impl Error {
    /// Line and column, from 1, of a [`Decode`](Self::Decode) failure.
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        match self {
            Self::Decode { source, .. } => Some((source.line(), source.column())),
            _ => None,
        }
    }

    /// What an administrator of the school can do about it, in a sentence or two.
    pub fn advice(&self) -> Option<String> {
        let advice = match self {
            Self::Address(_) => {
                "Give the address at which staff open iSAMS, such as https://school.isams.cloud."
            }
            Self::Transport(error) if error.is_timeout() => {
                "iSAMS took too long. Try again later, or spread the data areas over several API keys."
            }
            Self::Transport(_) => {
                "Check the web address, and that this computer may reach it. If the API key has IP restrictions, \
                 allow the address of this computer."
            }
            Self::Status { status, .. } => return status_advice(*status).map(str::to_owned),
            Self::Server(message) => return server_advice(message).map(str::to_owned),
            Self::NotIsams { .. } => {
                "Check the web address: something answers there, but it is not the iSAMS Batch API."
            }
            Self::Decode { .. } => {
                "The answer did not arrive whole. Try again; if it stays like this, ask iSAMS support."
            }
        };
        Some(advice.to_owned())
    }
}

fn status_advice(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "Check the API key in the iSAMS API Management module: that it is active, and that its IP and domain \
             restrictions allow this computer."
        }
        StatusCode::NOT_FOUND => "Check the web address: there is no iSAMS Batch API at this one.",
        StatusCode::TOO_MANY_REQUESTS => {
            "The API key was used too often. Wait, or raise its limit in the iSAMS API Management module."
        }
        status if status.is_redirection() => {
            "The address points elsewhere, and the key is not sent on. Give the address it leads to."
        }
        status if status.is_server_error() => "iSAMS has a problem of its own. Try again later.",
        _ => return None,
    })
}

fn server_advice(message: &ServerMessage) -> Option<&'static str> {
    Some(match message.id.as_deref()? {
        "InvalidApiKey" => "Check the API key against the one in the iSAMS API Management module.",
        "MissingParameter" => "Check the API key: iSAMS could not read it as one.",
        "MethodsNotAllocatedToKeyException" => {
            "Add the data areas that the message names to the API key in the iSAMS API Management module."
        }
        "FiltersRequiredException" => {
            "The API key holds a data area that can only be asked for with a date range."
        }
        "UnhandledException" => "iSAMS has a problem of its own. Try again later.",
        _ => return None,
    })
}
