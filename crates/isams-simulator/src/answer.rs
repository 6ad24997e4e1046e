//! What the server sends.

use std::fmt;

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// An answer, whatever it may be: a payload, an error document, somebody's log-in page.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status code; one that is none is sent as 500.
    pub status: u16,
    /// Value of the `Content-Type` header; left out where it cannot be one.
    pub content_type: String,
    /// The bytes, sent as they are.
    pub body: Vec<u8>,
}

impl Answer {
    /// A payload in JSON with status 200.
    #[must_use]
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            content_type: "application/json; charset=utf-8".to_owned(),
            body: body.into(),
        }
    }

    /// A payload in XML with status 200.
    #[must_use]
    pub fn xml(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            content_type: "text/xml; charset=utf-8".to_owned(),
            body: body.into(),
        }
    }

    /// An error document of the API. Its prolog claims UTF-16, as the real ones do, and the bytes
    /// are UTF-8.
    #[must_use]
    pub fn message(status: u16, id: &str, title: &str, description: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n\
             <Message>\n  \
               <MessageId>{id}</MessageId>\n  \
               <MessageName>{id}</MessageName>\n  \
               <Title>{title}</Title>\n  \
               <Description>{description}</Description>\n\
             </Message>\n",
            id = escaped(id),
            title = escaped(title),
            description = escaped(description),
        );
        Self {
            status,
            content_type: "text/xml; charset=utf-8".to_owned(),
            body: body.into_bytes(),
        }
    }

    pub(crate) fn plain(status: StatusCode) -> Self {
        let text = status.canonical_reason().unwrap_or_default();
        Self {
            status: status.as_u16(),
            content_type: "text/plain; charset=utf-8".to_owned(),
            body: text.into(),
        }
    }
}

/// Leaves the body out, which may be megabytes.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Bytes::from(self.body).into_response();
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match HeaderValue::from_str(&self.content_type) {
            Ok(content_type) => response.headers_mut().insert(CONTENT_TYPE, content_type),
            Err(_) => response.headers_mut().remove(CONTENT_TYPE),
        };
        response
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
