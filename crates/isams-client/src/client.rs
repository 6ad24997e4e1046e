use std::time::Duration;

use reqwest::{Response, header, redirect};
use url::Url;

use crate::{ApiKey, Error, Payload, address::batch_url, excerpt::Redaction, sniff};

/// Long enough for the large answers that the vendor warns of; public clients wait 30 to 120 seconds.
const TIMEOUT: Duration = Duration::from_secs(120);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Asks one Batch API with one key.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: Url,
    key: ApiKey,
}

impl Client {
    /// Starts a client for the school at `url`, the address at which its staff open iSAMS.
    ///
    /// A bare host means `https`; a port and a path are kept. `http` is taken for loopback hosts only.
    pub fn builder(url: &str, key: ApiKey) -> ClientBuilder {
        ClientBuilder {
            url: url.to_owned(),
            key,
            timeout: TIMEOUT,
        }
    }

    /// Asks for every area that the key holds, by a GET of `api/batch/1.0/json.ashx?apiKey=...`.
    ///
    /// iSAMS answers from a cache of up to 24 hours, so asking more often than the key's setting shows nothing new.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] without an answer, [`Error::Server`] when the answer is an error document of iSAMS
    /// whatever its status, [`Error::Status`] for any other status than success, and those of
    /// [`Payload::from_slice`]. Redirects are not followed, so that the key reaches nobody else.
    #[tracing::instrument(skip_all, fields(host = self.url.host_str()))]
    pub async fn fetch(&self) -> Result<Payload, Error> {
        let redaction = Redaction::of(self.key.expose());
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("apiKey", self.key.expose());
        let response = self.http.get(url).send().await?;
        let status = response.status();
        let target = redirect_target(&response);
        let body = response.bytes().await?;
        tracing::debug!(status = status.as_u16(), bytes = body.len(), "answered");
        if status.is_success() {
            return sniff::read(&body, &redaction);
        }
        Err(match (sniff::refusal(&body, &redaction), target) {
            (Ok(message), _) => Error::Server(message),
            (Err(_), Some(host)) if status.is_redirection() => Error::Status {
                status,
                received: redaction.excerpt(&format!("a redirect to {host}")),
            },
            (Err(received), _) => Error::Status { status, received },
        })
    }
}

/// The host that a redirect leads to. The rest of the address may repeat the key.
fn redirect_target(response: &Response) -> Option<String> {
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let url = response.url().join(location).ok()?;
    url.host_str().map(str::to_owned)
}

/// Settings of a [`Client`].
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    url: String,
    key: ApiKey,
    timeout: Duration,
}

impl ClientBuilder {
    /// How long a request may take altogether, from connecting to the last byte. Two minutes unless set.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] when the web address cannot be used, [`Error::Transport`] when TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let url = batch_url(&self.url)?;
        let http = reqwest::Client::builder()
            .timeout(self.timeout)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("isams-client/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Client {
            http,
            url,
            key: self.key,
        })
    }
}
