use std::{fmt, time::Duration};

use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::{sync::Mutex, time::Instant};
use url::{Url, form_urlencoded};

use crate::{
    ClientSecret, Error,
    download::{read_body, retry_after},
    excerpt::Redaction,
    retry::Failure,
};

/// A token is renewed this long before it runs out, or a tenth of its life if that is less.
const MARGIN: Duration = Duration::from_secs(60);

/// For an answer without `expires_in` (none was seen; our choice).
const LIFETIME: Duration = Duration::from_secs(300);

/// Far more than a token needs.
const MAX_BYTES: u64 = 1024 * 1024;

/// How the client id and secret are sent to the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClientAuthentication {
    /// In the form, as most clients do (more than three public clients).
    #[default]
    Form,
    /// As HTTP Basic (one public client).
    Basic,
}

/// Gets tokens by the client credentials grant of OAuth2, and keeps the newest.
#[derive(Debug)]
pub(crate) struct TokenSource {
    pub(crate) http: reqwest::Client,
    pub(crate) url: Url,
    pub(crate) client_id: SecretString,
    pub(crate) secret: ClientSecret,
    pub(crate) scope: Option<String>,
    pub(crate) authentication: ClientAuthentication,
    /// Held while a token is renewed, so that one renewal serves all who wait.
    pub(crate) newest: Mutex<Option<Token>>,
}

#[derive(Clone)]
pub(crate) struct Token {
    text: SecretString,
    fresh_until: Instant,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Token {
    pub(crate) fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}

/// What the token endpoint answers (RFC 6749; the error form: one public test).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    access_token: Option<String>,
    expires_in: Option<u64>,
    error: Option<String>,
}

impl TokenSource {
    /// A token that is still fresh; another one than `stale`.
    pub(crate) async fn token(
        &self,
        timeout: Duration,
        stale: Option<&Token>,
    ) -> Result<Token, Failure> {
        let mut newest = self.newest.lock().await;
        if let Some(token) = &*newest
            && token.fresh_until > Instant::now()
            && stale.is_none_or(|stale| stale.expose() != token.expose())
        {
            return Ok(token.clone());
        }
        *newest = None;
        let token = self.renew(timeout).await?;
        *newest = Some(token.clone());
        Ok(token)
    }

    #[tracing::instrument(skip_all, fields(host = self.url.host_str()))]
    async fn renew(&self, timeout: Duration) -> Result<Token, Failure> {
        let asked = Instant::now();
        let request = self.request().timeout(timeout).build()?;
        let mut redaction = Redaction::of([self.secret.expose(), self.client_id.expose_secret()]);
        if let Some(basic) = request.headers().get(AUTHORIZATION) {
            redaction.add(
                basic
                    .to_str()
                    .unwrap_or_default()
                    .trim_start_matches("Basic "),
            );
        }
        let response = self.http.execute(request).await?;
        let status = response.status();
        let retry_after = retry_after(&response);
        let answer = answer(response).await?;
        tracing::debug!(status = status.as_u16(), "token answered");
        match answer.access_token {
            Some(text) if status.is_success() && HeaderValue::from_str(&text).is_ok() => {
                let life = answer.expires_in.map_or(LIFETIME, Duration::from_secs);
                Ok(Token {
                    text: text.into(),
                    // A life that no clock can count to ends at once.
                    fresh_until: asked
                        .checked_add(life.saturating_sub(MARGIN.min(life / 10)))
                        .unwrap_or(asked),
                })
            }
            _ => Err(Failure {
                error: Error::Token {
                    status,
                    error: answer.error.map(|error| redaction.excerpt(&error)),
                },
                retry_after,
            }),
        }
    }

    fn request(&self) -> RequestBuilder {
        let (id, secret) = (self.client_id.expose_secret(), self.secret.expose());
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        let mut request = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        match self.authentication {
            ClientAuthentication::Form => {
                form.append_pair("client_id", id);
                form.append_pair("client_secret", secret);
            }
            ClientAuthentication::Basic => {
                // The two are encoded before they are joined (RFC 6749, section 2.3.1).
                request = request.basic_auth(encoded(id), Some(encoded(secret)));
            }
        }
        if let Some(scope) = &self.scope {
            form.append_pair("scope", scope);
        }
        request.body(form.finish())
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// What came, or nothing of it where it cannot be read: the status tells enough.
async fn answer(response: Response) -> Result<Answer, Error> {
    let status = response.status();
    match read_body(response, MAX_BYTES).await {
        Ok(body) => Ok(serde_json::from_slice(&body).unwrap_or_default()),
        Err(Error::TooLarge { .. }) if status != StatusCode::OK => Ok(Answer::default()),
        Err(error) => Err(error),
    }
}
