//! OAuth2 client credentials: who gets a token, and how long it holds.

use std::fmt;
use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, StatusCode};

use crate::answer::Answer;
use crate::key::ApiKey;
use crate::reply::Reply;

/// Path that hands out tokens where [`oauth`](crate::SimulatorBuilder::oauth) is on.
pub const TOKEN_PATH: &str = "/auth/connect/token";

/// The one client that may have tokens.
#[derive(Clone)]
pub(crate) struct Credentials {
    /// Often the API key itself, so it is compared, and hidden, as one.
    pub(crate) client_id: ApiKey,
    pub(crate) client_secret: String,
    pub(crate) expires_in: Duration,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("client_secret", &"[redacted]")
            .field("expires_in", &self.expires_in)
            .finish()
    }
}

/// The tokens that were handed out and hold still.
#[derive(Default)]
pub(crate) struct Tokens {
    count: u64,
    valid: Vec<(String, Duration)>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("count", &self.count)
            .field("valid", &self.valid.len())
            .finish()
    }
}

impl Tokens {
    /// A new token that holds until `end`. The same number of tokens always ends in the same one.
    fn issue(&mut self, end: Duration) -> String {
        self.count += 1;
        let token: String = (0..4)
            .map(|part| format!("{:016x}", scrambled(self.count * 4 + part)))
            .collect();
        self.valid.push((token.clone(), end));
        token
    }

    pub(crate) fn holds(&self, token: &str, now: Duration) -> bool {
        self.valid
            .iter()
            .any(|(known, end)| known == token && now < *end)
    }

    pub(crate) fn expire(&mut self) {
        self.valid.clear();
    }
}

/// SplitMix64's output function: looks random and is none.
fn scrambled(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A request for a token, as far as it could be read.
#[derive(Default)]
pub(crate) struct TokenRequest {
    grant_type: Option<String>,
    client: Option<(String, String)>,
    pub(crate) scope: Option<String>,
}

impl TokenRequest {
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let fields = form(body);
        let field = |name: &str| {
            fields
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.clone())
        };
        Self {
            grant_type: field("grant_type"),
            client: basic(headers).or_else(|| {
                Some((
                    field("client_id")?,
                    field("client_secret").unwrap_or_default(),
                ))
            }),
            scope: field("scope"),
        }
    }

    /// The answer, and a token among those that hold where it was granted.
    pub(crate) fn answer(
        &self,
        method: &Method,
        credentials: &Credentials,
        tokens: &mut Tokens,
        now: Duration,
    ) -> Reply {
        if method != Method::POST {
            return Reply::method_not_allowed("POST");
        }
        if self.grant_type.as_deref() != Some("client_credentials") {
            return refused("unsupported_grant_type");
        }
        let is_right = self.client.as_ref().is_some_and(|(id, secret)| {
            ApiKey::new(id) == credentials.client_id && *secret == credentials.client_secret
        });
        if !is_right {
            return refused("invalid_client");
        }
        let token = tokens.issue(now.saturating_add(credentials.expires_in));
        let seconds = credentials.expires_in.as_secs();
        Answer::json(format!(
            r#"{{"access_token":"{token}","expires_in":{seconds},"token_type":"Bearer"}}"#
        ))
        .into()
    }
}

fn refused(error: &str) -> Reply {
    Answer {
        status: StatusCode::BAD_REQUEST.as_u16(),
        ..Answer::json(format!(r#"{{"error":"{error}"}}"#))
    }
    .into()
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    credentials_of(headers, "Bearer")
}

/// Client id and secret of `Authorization: Basic …`, form-encoded or not.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let text = String::from_utf8(from_base64(credentials_of(headers, "Basic")?)?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decoded(id, false), decoded(secret, false)))
}

fn credentials_of<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (known, credentials) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let credentials = credentials.trim();
    (known.eq_ignore_ascii_case(scheme) && !credentials.is_empty()).then_some(credentials)
}

fn form(body: &[u8]) -> Vec<(String, String)> {
    String::from_utf8_lossy(body)
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name, true), decoded(value, true)))
        .collect()
}

/// Undoes percent-encoding; what is none stays as it is.
fn decoded(text: &str, plus_is_space: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after
            .get(..2)
            .filter(|_| byte == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escaped {
            Some(escaped) => {
                bytes.push(escaped);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if byte == b'+' && plus_is_space {
                    b' '
                } else {
                    byte
                });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0_u32, 0);
    for digit in text.trim_end_matches('=').bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        buffer = (buffer << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((buffer >> bits) & 0xff).ok()?);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_base64_are_decoded() {
        assert_eq!(
            form(b"a=1%202&b=x+y&c=%zz%&d"),
            [("a", "1 2"), ("b", "x y"), ("c", "%zz%")].map(|(n, v)| (n.to_owned(), v.to_owned()))
        );
        assert_eq!(from_base64("aWQ6c2VjcmV0").unwrap(), b"id:secret");
        assert_eq!(from_base64("aWQ6cw==").unwrap(), b"id:s");
        assert_eq!(from_base64("a*"), None);
    }

    #[test]
    fn tokens_differ_repeat_from_start_to_start_and_expire() {
        let mut tokens = Tokens::default();
        let end = Duration::from_secs(10);
        let (one, two) = (tokens.issue(end), tokens.issue(end));
        assert_ne!(one, two);
        assert_eq!(one.len(), 64);
        assert_eq!(Tokens::default().issue(end), one);
        assert!(tokens.holds(&one, Duration::from_secs(9)));
        assert!(!tokens.holds(&one, end));
        assert!(!format!("{tokens:?}").contains(&one));
        tokens.expire();
        assert!(!tokens.holds(&two, Duration::ZERO));
    }
}
