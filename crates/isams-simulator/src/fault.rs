//! What can go wrong, on demand.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_ENCODING, LOCATION};

use crate::answer::Answer;
use crate::bomb;
use crate::known::KnownError;
use crate::line::Drip;
use crate::reply::Reply;
use crate::request::Format;

/// What goes wrong with one request for data, given to
/// [`Simulator::script`](crate::Simulator::script).
///
/// Some spoil the answer that would have been given otherwise, whether that is a payload or a
/// refusal; the others take its place, and neither key nor token is looked at.
///
/// A fault can be written as text, for scripts and command lines:
///
/// | text | fault |
/// |---|---|
/// | `deadlock`, `deadlock:TIMES` | [`Deadlock`](Self::Deadlock), once unless said |
/// | `lock-timeout` | [`LockTimeout`](Self::LockTimeout) |
/// | `error:NAME` | [`Known`](Self::Known), with a [`KnownError`] such as `InvalidApiKey` |
/// | `slow-drip:BYTES:PAUSE` | [`SlowDrip`](Self::SlowDrip) |
/// | `cut-body:BYTES` | [`CutBody`](Self::CutBody) |
/// | `reset` | [`Reset`](Self::Reset) |
/// | `html-page` | [`HtmlPage`](Self::HtmlPage) |
/// | `empty-manager:NAME` | [`EmptyManager`](Self::EmptyManager), such as `HRManager` |
/// | `gzip-bomb:SIZE` | [`GzipBomb`](Self::GzipBomb) |
/// | `wrong-length:+BYTES`, `wrong-length:-BYTES` | [`WrongLength`](Self::WrongLength) |
/// | `redirect:ADDRESS` | [`Redirect`](Self::Redirect) |
/// | `deep-nesting:LEVELS` | [`DeepNesting`](Self::DeepNesting) |
/// | `invalid-utf8` | [`InvalidUtf8`](Self::InvalidUtf8) |
/// | `bom` | [`Bom`](Self::Bom) |
/// | `status:CODE` | [`Status`](Self::Status), from 200 to 999 |
/// | `too-many-requests:TIME` | [`TooManyRequests`](Self::TooManyRequests) |
/// | `unavailable:TIME` | [`Unavailable`](Self::Unavailable) |
///
/// A PAUSE or TIME is a number of seconds, or one with a unit: `5`, `5s`, `50ms`, `50us`, `50ns`. A
/// SIZE is a number of bytes, or one with a unit: `100`, `64KiB`, `300MiB`, `2GiB`.
///
/// ```
/// use isams_simulator::Fault;
///
/// let fault: Fault = "wrong-length:+100".parse()?;
/// assert_eq!(fault, Fault::WrongLength { difference: 100 });
/// assert_eq!(fault.to_string(), "wrong-length:+100");
/// assert!("wrong-length".parse::<Fault>().is_err());
/// # Ok::<(), isams_simulator::ParseFaultError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// [`KnownError::Deadlock`] to this many requests in a row.
    Deadlock(u32),
    /// [`KnownError::LockTimeout`].
    LockTimeout,
    /// This error document of iSAMS.
    Known(KnownError),
    /// The answer, its body in chunks of so many bytes with a pause after each.
    SlowDrip {
        /// Bytes at a time; 0 counts as 1.
        chunk: usize,
        /// How long it takes until the next, in real time.
        pause: Duration,
    },
    /// The answer's head and so many bytes of its body; then the connection closes.
    CutBody {
        /// Bytes of the body that arrive.
        after: usize,
    },
    /// The connection is reset without an answer.
    Reset,
    /// A log-in page with status 200.
    HtmlPage,
    /// The answer with this manager there and empty; only where it is a payload.
    EmptyManager(String),
    /// A valid document in gzip that is so large once unpacked, even to a client that does not
    /// accept gzip. It takes about a thousandth of that in memory.
    GzipBomb {
        /// Bytes after unpacking; the short document around the filling is sent in any case.
        decoded_bytes: u64,
    },
    /// The whole answer under a `Content-Length` that is too large, or too small where negative;
    /// then the connection closes.
    WrongLength {
        /// What is added to the true length.
        difference: i64,
    },
    /// Status 302 to another address.
    Redirect {
        /// The value of `Location`.
        to: String,
    },
    /// A well-formed document with elements in elements in elements.
    DeepNesting {
        /// How deep.
        levels: usize,
    },
    /// The answer with a byte that is Latin-1, and no UTF-8, in its first text.
    InvalidUtf8,
    /// The answer behind a byte order mark.
    Bom,
    /// This status with its name as text.
    Status(u16),
    /// 429 with `Retry-After`.
    TooManyRequests {
        /// When to come back, in whole seconds.
        retry_after: Duration,
    },
    /// 503 with `Retry-After`.
    Unavailable {
        /// When to come back, in whole seconds.
        retry_after: Duration,
    },
}

const LOG_IN: &str = "<!DOCTYPE html>\n<html><head><title>Log in</title></head>\
                      <body><h1>Log in</h1><form method=\"post\"></form></body></html>\n";

impl Fault {
    /// One fault per request: a repeated one as often as it is to happen.
    pub(crate) fn single(self) -> Vec<Self> {
        match self {
            Self::Deadlock(times) => (0..times).map(|_| Self::Deadlock(1)).collect(),
            one => vec![one],
        }
    }

    /// What is answered instead of anything else, if the fault is of that kind.
    pub(crate) fn replacement(&self, format: Format) -> Option<Reply> {
        Some(match self {
            Self::Deadlock(_) => Answer::known(KnownError::Deadlock).into(),
            Self::LockTimeout => Answer::known(KnownError::LockTimeout).into(),
            Self::Known(error) => Answer::known(*error).into(),
            Self::Reset => Reply::reset(),
            Self::HtmlPage => Reply::html(StatusCode::OK, LOG_IN),
            Self::GzipBomb { decoded_bytes } => match bomb::packed(format, *decoded_bytes) {
                Ok(body) => Reply::from(payload(format, body)).with(CONTENT_ENCODING, "gzip"),
                // Writing to memory does not fail.
                Err(_) => Reply::status(StatusCode::INTERNAL_SERVER_ERROR),
            },
            Self::Redirect { to } => Reply::status(StatusCode::FOUND).with(LOCATION, to),
            Self::DeepNesting { levels } => payload(format, nested(format, *levels)).into(),
            Self::Status(status) => Answer {
                status: *status,
                ..Answer::plain(StatusCode::from_u16(*status).unwrap_or_default())
            }
            .into(),
            Self::TooManyRequests { retry_after } => {
                Reply::later(StatusCode::TOO_MANY_REQUESTS, retry_after.as_secs())
            }
            Self::Unavailable { retry_after } => {
                Reply::later(StatusCode::SERVICE_UNAVAILABLE, retry_after.as_secs())
            }
            Self::SlowDrip { .. }
            | Self::CutBody { .. }
            | Self::EmptyManager(_)
            | Self::WrongLength { .. }
            | Self::InvalidUtf8
            | Self::Bom => return None,
        })
    }

    /// Does its damage to the answer that was to be given.
    pub(crate) fn spoil(&self, mut reply: Reply) -> Reply {
        match self {
            Self::SlowDrip { chunk, pause } => reply.slowly(Drip {
                chunk: *chunk,
                pause: *pause,
            }),
            Self::CutBody { after } => reply.cut_after(*after),
            Self::WrongLength { difference } => reply.with_wrong_length(*difference),
            Self::InvalidUtf8 => {
                let body = &mut reply.answer.body;
                let at = first_text(body);
                // An é of Latin-1 before an ASCII letter.
                body.insert(at, 0xe9);
                reply
            }
            Self::Bom => {
                reply.answer.body.splice(..0, *b"\xef\xbb\xbf");
                reply
            }
            _ => reply,
        }
    }
}

fn payload(format: Format, body: Vec<u8>) -> Answer {
    match format {
        Format::Json => Answer::json(body),
        Format::Xml => Answer::xml(body),
    }
}

fn nested(format: Format, levels: usize) -> Vec<u8> {
    match format {
        Format::Json => [
            r#"{"iSAMS":{"SchoolManager":"#,
            &r#"{"Terms":"#.repeat(levels),
            "null",
            &"}".repeat(levels),
            "}}",
        ]
        .concat(),
        Format::Xml => [
            "<iSAMS><SchoolManager>",
            &"<Terms>".repeat(levels),
            &"</Terms>".repeat(levels),
            "</SchoolManager></iSAMS>",
        ]
        .concat(),
    }
    .into_bytes()
}

/// Where the first text of a JSON or XML document begins; its end where there is none.
fn first_text(body: &[u8]) -> usize {
    let begins = |pair: &[u8], mark: u8| {
        pair.first() == Some(&mark) && pair.get(1).is_some_and(u8::is_ascii_alphanumeric)
    };
    let is_xml = body.trim_ascii_start().first() == Some(&b'<');
    if is_xml {
        return body
            .windows(2)
            .position(|pair| begins(pair, b'>'))
            .map_or(body.len(), |at| at + 1);
    }
    body.windows(3)
        .position(|three| {
            three.starts_with(b":\"") && three.get(2).is_some_and(u8::is_ascii_alphanumeric)
        })
        .map_or(body.len(), |at| at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_both_forms() {
        for (body, at) in [
            (r#"{"a":{"b":" ","c":"d"}}"#, 19),
            ("<a><b> </b><c>d</c></a>", 14),
            ("{}", 2),
        ] {
            assert_eq!(first_text(body.as_bytes()), at, "{body}");
        }
    }
}
