use std::{io, iter, path::PathBuf};

use reqwest::StatusCode;

use crate::{AddressError, ServerMessage, XmlError};

/// Why there is no payload, by the stage that failed.
///
/// No variant, nor any source of one, holds a key, a client secret or a token: the address in a transport error is
/// removed, and what a server sent is shown without them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The web address is not usable. Nothing was sent.
    #[error("the web address is not usable")]
    Address(#[source] AddressError),
    /// The address that tokens come from is not usable. Nothing was sent.
    #[error("the address for tokens is not usable")]
    TokenAddress(#[source] AddressError),
    /// No answer came, or no whole one: the name did not resolve, the connection failed or broke, or time ran out.
    #[error("{}", Progress::of(.0).text())]
    Transport(#[source] reqwest::Error),
    /// The sign-in with client id and secret gave no token.
    #[error("no token from the server: it answered {status}{}", in_brackets(.error.as_deref()))]
    Token {
        /// The HTTP status of the answer.
        status: StatusCode,
        /// The `error` of OAuth2 that came with it, such as `invalid_client`.
        error: Option<String>,
    },
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
    /// The answer is longer than it may be.
    #[error("the answer is longer than {max_bytes} bytes")]
    TooLarge {
        /// How long it may be, as it arrives and after decompression.
        max_bytes: u64,
    },
    /// The answer came compressed, and is broken or cut off.
    #[error("the compressed answer is broken or cut off")]
    Gzip(#[source] io::Error),
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
    /// The answer began as XML, and is broken or cut off.
    #[error("the answer is broken or cut off{}", at(.path.as_deref()))]
    Xml {
        /// Where in the document, as for JSON, where that is known.
        path: Option<String>,
        /// What is wrong, with line and column.
        source: XmlError,
    },
    /// One of several keys failed.
    #[error("API key number {position} failed")]
    Key {
        /// Which one, from 1, in the order in which the keys were given.
        position: usize,
        /// How.
        source: Box<Self>,
    },
    /// A recorded answer could not be read from where it is kept.
    #[error("the recorded answer cannot be read")]
    Read(#[source] io::Error),
    /// A file is no usable recorded answer.
    #[error("no answer could be read from {}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<Self>,
    },
}

fn at(path: Option<&str>) -> String {
    path.map(|path| format!(" at `{path}`")).unwrap_or_default()
}

fn in_brackets(text: Option<&str>) -> String {
    text.map(|text| format!(" ({text})")).unwrap_or_default()
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        // The key is a query parameter, and reqwest shows the URL.
        Self::Transport(error.without_url())
    }
}

/// How far a request came that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// The web address cannot be used, so nothing was sent.
    Address,
    /// Nobody was reached.
    Connection,
    /// Somebody was, but there is no encrypted connection with them.
    Encryption,
    /// The sign-in gave no token.
    SignIn,
    /// The key, or what comes with it, was refused.
    Key,
    /// There is no usable answer to the question itself.
    Answer,
}

impl Error {
    /// How far the request came.
    ///
    /// A server that refuses without saying why, by the status 401 or 403, refuses the key as far as this tells: it
    /// may as well be the address of this computer that it does not like.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Address(_) | Self::TokenAddress(_) => Stage::Address,
            Self::Transport(error) => match Progress::of(error) {
                Progress::Connecting => Stage::Connection,
                Progress::Securing => Stage::Encryption,
                Progress::Waiting | Progress::Reading | Progress::OutOfTime => Stage::Answer,
            },
            Self::Token { .. } => Stage::SignIn,
            Self::Status { status, .. } if is_refusal(*status) => Stage::Key,
            Self::Server(message) if message.is_about_the_key() => Stage::Key,
            Self::Key { source, .. } => source.stage(),
            _ => Stage::Answer,
        }
    }

    /// The error itself, or that of one of several keys.
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Key { source, .. } | Self::File { source, .. } => source.innermost(),
            other => other,
        }
    }

    /// Line and column, from 1, of a [`Decode`](Self::Decode) or [`Xml`](Self::Xml) failure.
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        match self {
            Self::Decode { source, .. } => Some((source.line(), source.column())),
            Self::Xml { source, .. } => Some((source.line(), source.column())),
            Self::Key { source, .. } | Self::File { source, .. } => source.line_and_column(),
            _ => None,
        }
    }

    /// Whether the same request may succeed a little later. A client that retries asks this and nothing else.
    ///
    /// True of the statuses 408, 429, 502, 503 and 504, of time-outs, of connections that were reset and of answers
    /// that were cut off, and of the two errors that iSAMS reports when its database was busy. Not of a server that
    /// nobody runs, whose name is not known or which refused for any other reason.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(error) => is_passing(error),
            Self::Token { status, .. } | Self::Status { status, .. } => is_busy(*status),
            Self::Server(message) => message.is_passing() || message.status.is_some_and(is_busy),
            Self::Gzip(_) => true,
            Self::Decode { source, .. } => source.is_eof(),
            Self::Xml { source, .. } => source.is_cut(),
            Self::Key { source, .. } => source.is_retryable(),
            Self::Address(_)
            | Self::TokenAddress(_)
            | Self::TooLarge { .. }
            | Self::NotIsams { .. }
            | Self::Read(_)
            | Self::File { .. } => false,
        }
    }

    /// What an administrator of the school can do about it, in a sentence or two.
    pub fn advice(&self) -> Option<String> {
        let advice = match self {
            Self::Address(_) => {
                "Give the address at which staff open iSAMS, such as https://school.isams.cloud."
            }
            Self::TokenAddress(_) => {
                "Give the whole address of the sign-in service, such as https://school.isams.cloud/auth/connect/token, \
                 or none for the usual one."
            }
            Self::Transport(error) => Progress::of(error).advice(),
            Self::Token { status, error } => return token_advice(*status, error.as_deref()),
            Self::Status { status, .. } => return status_advice(*status).map(str::to_owned),
            Self::Server(message) => return server_advice(message),
            Self::TooLarge { .. } => {
                "Take data areas that are not needed off the API key, spread them over several keys, or allow a \
                 longer answer."
            }
            Self::NotIsams { .. } => {
                "Check the web address: something answers there, but it is not the iSAMS Batch API."
            }
            Self::Gzip(_) | Self::Decode { .. } | Self::Xml { .. } if self.is_retryable() => {
                "The answer did not arrive whole. Try again; if it stays like this, ask iSAMS support."
            }
            Self::Gzip(_) | Self::Decode { .. } | Self::Xml { .. } => {
                "The answer arrived, but cannot be read. If it stays like this, ask iSAMS support."
            }
            Self::Key { position, source } => {
                return Some(format!("Key number {position}: {}", source.advice()?));
            }
            Self::Read(_) => "Check that the file is there and may be read.",
            Self::File { source, .. } => return source.advice(),
        };
        Some(advice.to_owned())
    }
}

/// Statuses that tell of a passing state (408, 502, 503 and 504: one public client; 429: its standard).
fn is_busy(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::REQUEST_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

fn is_passing(error: &reqwest::Error) -> bool {
    if error.is_timeout() || error.is_body() || error.is_decode() {
        return true;
    }
    // A connection that was never made has a lasting reason, unless it was torn down half-way.
    !(error.is_connect() || error.is_builder()) || was_torn_down(error)
}

fn was_torn_down(error: &reqwest::Error) -> bool {
    io_kinds(error).any(|kind| {
        matches!(
            kind,
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
        )
    })
}

/// The kinds of all input and output errors among the sources. Some wrap another, which they do not call a source.
fn io_kinds(error: &reqwest::Error) -> impl Iterator<Item = io::ErrorKind> {
    type Cause<'e> = &'e (dyn std::error::Error + 'static);
    let first: Cause<'_> = error;
    iter::successors(Some(first), |error| {
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        inner
            .map(|inner| -> Cause<'_> { inner })
            .or_else(|| error.source())
    })
    .filter_map(|error| Some(error.downcast_ref::<io::Error>()?.kind()))
}

/// How far a request came that got no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Nobody was reached.
    Connecting,
    /// Somebody was, but TLS failed.
    Securing,
    /// The server was reached and went away.
    Waiting,
    /// The answer had begun.
    Reading,
    /// Time ran out, whatever was going on.
    OutOfTime,
}

impl Progress {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            // What TLS makes of bytes that it did not expect, or of a certificate.
            if io_kinds(error).any(|kind| kind == io::ErrorKind::InvalidData) {
                Self::Securing
            } else {
                Self::Connecting
            }
        } else if error.is_timeout() {
            Self::OutOfTime
        } else if error.is_body() || error.is_decode() {
            Self::Reading
        } else {
            Self::Waiting
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Connecting => "no connection to the server",
            Self::Securing => "no secure connection to the server",
            Self::Waiting => "no answer from the server",
            Self::Reading => "the answer did not arrive whole",
            Self::OutOfTime => "no whole answer from the server in time",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Connecting => {
                "Check the web address, and that this computer may reach it. If the API key has IP restrictions, \
                 allow the address of this computer."
            }
            Self::Securing => {
                "Check the web address and its port: something listens there, but it does not speak TLS, or its \
                 certificate is not trusted."
            }
            Self::Waiting => {
                "The server hung up. Try again; if it stays like this, check that no firewall or proxy between this \
                 computer and iSAMS is in the way."
            }
            Self::Reading => {
                "The connection broke in the middle of the answer. Try again; if it stays like this, spread the data \
                 areas over several API keys."
            }
            Self::OutOfTime => {
                "iSAMS took too long. Try again later, or spread the data areas over several API keys."
            }
        }
    }
}

fn token_advice(status: StatusCode, error: Option<&str>) -> Option<String> {
    let advice = match (error, status) {
        (Some("invalid_scope"), _) => {
            "The client may not have this scope: ask iSAMS for the right one, or send none."
        }
        (Some("invalid_client"), _)
        | (_, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
            "Check both: the client secret or id is wrong."
        }
        (_, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => {
            "There is no sign-in service at this address. Check the web address, or leave the client secret out if \
             the API key works without one."
        }
        (_, StatusCode::OK) => {
            "Something answers where the sign-in service should be, but it gave no token. Check the web address."
        }
        _ => return status_advice(status).map(str::to_owned),
    };
    Some(advice.to_owned())
}

fn status_advice(status: StatusCode) -> Option<&'static str> {
    Some(match status {
        StatusCode::UNAUTHORIZED => {
            "Check the API key; and if iSAMS asks for a sign-in before it, the client id and secret."
        }
        StatusCode::FORBIDDEN => {
            "Check the API key in iSAMS, in API Services Manager: that it is active, and that its IP and domain \
             restrictions allow this computer."
        }
        StatusCode::NOT_FOUND => "Check the web address: there is no iSAMS Batch API at this one.",
        StatusCode::TOO_MANY_REQUESTS => {
            "The API key was used too often. Wait, or raise its limit in API Services Manager."
        }
        status if status.is_redirection() => {
            "The address points elsewhere, and the key is not sent on. Give the address it leads to."
        }
        status if status.is_server_error() => "iSAMS has a problem of its own. Try again later.",
        _ => return None,
    })
}

fn server_advice(message: &ServerMessage) -> Option<String> {
    let advice = match message.id.as_deref()? {
        "InvalidApiKey" => "Check the API key against the one in API Services Manager in iSAMS.",
        "MissingParameter" => "Check the API key: iSAMS could not read it as one.",
        "MethodsNotAllocatedToKeyException" => {
            let labels: Vec<_> = message
                .refused_areas()
                .into_iter()
                .map(|area| format!("*{}*", area.label()))
                .collect();
            if labels.is_empty() {
                "Add the data areas that the message names to the API key in API Services Manager."
            } else {
                return Some(format!(
                    "The key lacks {}: tick it in API Services Manager.",
                    labels.join(", ")
                ));
            }
        }
        "FiltersRequiredException" => {
            "The API key holds a data area that can only be asked for with a date range. Ask for the areas by name, \
             or take that area off the key."
        }
        "UnhandledException" if message.is_passing() => {
            "The database of iSAMS was busy. Try again in a few minutes, or at a quieter time of the day."
        }
        "UnhandledException" if message.is_unread_filter() => {
            "iSAMS could not read what it was asked for. Check that no proxy between this computer and iSAMS changes \
             requests; otherwise ask iSAMS support."
        }
        "UnhandledException" => "iSAMS has a problem of its own. Try again later.",
        _ => return None,
    };
    Some(advice.to_owned())
}
