//! An answer with what goes around it: headers, and the way it is sent.

use axum::http::header::{ALLOW, CONTENT_LENGTH, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::answer::Answer;
use crate::line::{Drip, End, Instead};

/// An answer with further headers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    headers: Vec<(HeaderName, String)>,
    sent: Sent,
}

/// How an answer goes out.
#[derive(Clone, Copy, Debug)]
enum Sent {
    Properly,
    /// Piece by piece.
    Slowly(Drip),
    /// No more than so many bytes of the body.
    CutAfter(usize),
    /// With a `Content-Length` that is so much too large.
    WithWrongLength(i64),
    /// Not at all.
    Reset,
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            headers: Vec::new(),
            sent: Sent::Properly,
        }
    }
}

impl Reply {
    pub(crate) fn status(status: StatusCode) -> Self {
        Answer::plain(status).into()
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        Self::status(StatusCode::METHOD_NOT_ALLOWED).with(ALLOW, allowed)
    }

    /// The status and its form are inferred.
    pub(crate) fn unauthorised() -> Self {
        Self::status(StatusCode::UNAUTHORIZED).with(WWW_AUTHENTICATE, "Bearer")
    }

    /// Asks to come back after so many seconds.
    pub(crate) fn later(status: StatusCode, seconds: u64) -> Self {
        Self::status(status).with(RETRY_AFTER, &seconds.to_string())
    }

    pub(crate) fn html(status: StatusCode, body: &str) -> Self {
        Answer {
            status: status.as_u16(),
            content_type: "text/html; charset=utf-8".to_owned(),
            body: body.into(),
        }
        .into()
    }

    pub(crate) fn reset() -> Self {
        Self {
            sent: Sent::Reset,
            ..Self::status(StatusCode::OK)
        }
    }

    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn slowly(mut self, drip: Drip) -> Self {
        self.sent = Sent::Slowly(drip);
        self
    }

    pub(crate) fn cut_after(mut self, bytes: usize) -> Self {
        self.sent = Sent::CutAfter(bytes);
        self
    }

    pub(crate) fn with_wrong_length(mut self, difference: i64) -> Self {
        self.sent = Sent::WithWrongLength(difference);
        self
    }

    /// The status that the client gets to see; 0 for none.
    pub(crate) fn seen(&self) -> u16 {
        match self.sent {
            Sent::Reset => 0,
            _ => self.code().as_u16(),
        }
    }

    fn code(&self) -> StatusCode {
        StatusCode::from_u16(self.answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The raw bytes that go out where a proper server could not send this.
    pub(crate) fn instead(&self) -> Option<Instead> {
        let length = self.answer.body.len();
        let (stated, sent, drip) = match self.sent {
            Sent::Properly => return None,
            Sent::Reset => {
                return Some(Instead {
                    bytes: Vec::new(),
                    at_once: 0,
                    drip: None,
                    end: End::Reset,
                });
            }
            Sent::Slowly(drip) => (length, length, Some(drip)),
            Sent::CutAfter(bytes) => (length, bytes.min(length), None),
            Sent::WithWrongLength(difference) => {
                let difference = isize::try_from(difference).unwrap_or(isize::MAX);
                (length.saturating_add_signed(difference), length, None)
            }
        };
        let mut bytes = self.head(stated);
        let at_once = bytes.len();
        bytes.extend_from_slice(self.answer.body.get(..sent).unwrap_or_default());
        Some(Instead {
            bytes,
            at_once,
            drip,
            end: End::Close,
        })
    }

    fn head(&self, length: usize) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\n", self.code()).into_bytes();
        // The value was made by hand and is plain text, or it is left out like any other.
        let content_type = HeaderValue::from_str(&self.answer.content_type).ok();
        let headers = self
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), HeaderValue::from_str(value).ok()?)));
        for (name, value) in content_type
            .map(|value| ("content-type", value))
            .into_iter()
            .chain(headers)
            .chain([
                (CONTENT_LENGTH.as_str(), HeaderValue::from(length)),
                ("connection", HeaderValue::from_static("close")),
            ])
        {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
