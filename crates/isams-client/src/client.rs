use std::{sync::Arc, time::Duration};

use reqwest::{
    StatusCode,
    header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect,
};
use secrecy::SecretString;
use tokio::{sync::Mutex, time::Instant};
use url::Url;

use crate::{
    ApiKey, ClientAuthentication, ClientSecret, CoverNames, DataArea, Error, FetchRequest, Format,
    Payload, Section,
    address::{batch_url, other_token_url, token_url},
    download::{MAX_BYTES, read_body, redirect_target, retry_after},
    excerpt::Redaction,
    request::DEVELOPMENT_TIMETABLES,
    retry::{Failure, Retry},
    sniff,
    token::{Token, TokenSource},
};

/// Long enough for the large answers that the vendor warns of; public clients wait 30 to 120 seconds.
const TIMEOUT: Duration = Duration::from_secs(120);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the server may stay silent in the middle of an answer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The scope of the Batch API (one of the vendor's examples and one public client).
const SCOPE: &str = "apiv1";

/// Asks one Batch API, with one key or several.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: Url,
    /// At least one.
    keys: Vec<ApiKey>,
    tokens: Option<Arc<TokenSource>>,
    secrets: Option<ClientSecret>,
    timeout: Duration,
    retry: Retry,
    max_bytes: u64,
    names: CoverNames,
}

impl Client {
    /// Starts a client for the school at `url`, the address at which its staff open iSAMS.
    ///
    /// A bare host means `https`; a port and a path are kept. `http` is taken for loopback hosts only, and no proxy of
    /// the environment is asked there.
    pub fn builder(url: &str, key: ApiKey) -> ClientBuilder {
        ClientBuilder {
            url: url.to_owned(),
            keys: vec![key],
            format: Format::Json,
            secret: None,
            client_id: None,
            scope: Some(SCOPE.to_owned()),
            authentication: ClientAuthentication::Form,
            token_url: None,
            timeout: TIMEOUT,
            retry: Retry::default(),
            max_bytes: MAX_BYTES,
            names: CoverNames::new(),
        }
    }

    /// The host that is asked.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether what is sent is encrypted: always, but for this computer.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the client signs in before it asks, because it has a client secret.
    pub fn signs_in(&self) -> bool {
        self.tokens.is_some()
    }

    /// How many keys are asked.
    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Asks for every area that the keys hold, by a GET of `api/batch/1.0/json.ashx?apiKey=...` for each.
    ///
    /// iSAMS answers from a cache of up to 24 hours, so asking more often than the key's setting shows nothing new.
    /// A key that holds the suspensions or the closures and cover most likely refuses this form (inferred from the
    /// methods that require a filter); [`fetch_with`](Self::fetch_with) asks for those, too.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] without an answer, [`Error::Token`] when the sign-in fails, [`Error::Server`] when the
    /// answer is an error document of iSAMS whatever its status, [`Error::Status`] for any other status than
    /// success, [`Error::TooLarge`] for an answer longer than allowed, and those of [`Payload::from_slice`]; of
    /// several keys, the first failure inside [`Error::Key`]. Where [`Error::is_retryable`] says so, the error is
    /// that of the last attempt. Redirects are not followed, so that the key reaches nobody else.
    #[tracing::instrument(skip_all, fields(host = self.url.host_str()))]
    pub async fn fetch(&self) -> Result<Payload, Error> {
        self.merged(None).await
    }

    /// Asks for the areas of `request`, by a POST with a filter that names their methods and dates.
    ///
    /// Where iSAMS answers that a key does not hold some of the methods, the others are asked for again, and the
    /// areas that no key holds are [`Section::Refused`](crate::Section::Refused); that goes for all of them, too. A
    /// server that takes no POST is asked as by [`fetch`](Self::fetch), and may then answer with more areas.
    ///
    /// # Errors
    ///
    /// Those of [`fetch`](Self::fetch).
    #[tracing::instrument(skip_all, fields(host = self.url.host_str(), areas = request.areas.len()))]
    pub async fn fetch_with(&self, request: &FetchRequest) -> Result<Payload, Error> {
        self.merged(Some(request)).await
    }

    /// Asks as [`fetch_with`](Self::fetch_with) does, or without a request as [`fetch`](Self::fetch), and hands out the
    /// answers as they came: one for each key in the order of the keys, after decompression.
    ///
    /// Each of them was read, so [`Payload::from_slice`] takes it. A key that holds none of the areas has no answer.
    ///
    /// # Errors
    ///
    /// Those of [`fetch`](Self::fetch).
    #[tracing::instrument(skip_all, fields(host = self.url.host_str()))]
    pub async fn fetch_raw(&self, request: Option<&FetchRequest>) -> Result<Vec<Vec<u8>>, Error> {
        let mut bodies = Vec::with_capacity(self.keys.len());
        self.each_key(request, |received| bodies.extend(received.body))
            .await?;
        Ok(bodies)
    }

    /// The answers for all keys, one after another. The later key wins where two differ.
    async fn merged(&self, request: Option<&FetchRequest>) -> Result<Payload, Error> {
        let mut all: Option<Payload> = None;
        self.each_key(request, |Received { payload, .. }| match &mut all {
            Some(all) => all.merge(payload),
            None => all = Some(payload),
        })
        .await?;
        Ok(all.unwrap_or_default())
    }

    /// Asks with one key after another, and hands over what each of them receives.
    async fn each_key(
        &self,
        request: Option<&FetchRequest>,
        mut keep: impl FnMut(Received) + Send,
    ) -> Result<(), Error> {
        for (index, key) in self.keys.iter().enumerate() {
            let answer = match request {
                Some(request) => self.fetch_areas(key, request).await,
                None => self.download(key, None).await,
            };
            match answer {
                Ok(received) => keep(received),
                Err(error) if self.keys.len() == 1 => return Err(error),
                Err(error) => {
                    return Err(Error::Key {
                        position: index + 1,
                        source: Box::new(error),
                    });
                }
            }
        }
        Ok(())
    }

    async fn fetch_areas(&self, key: &ApiKey, request: &FetchRequest) -> Result<Received, Error> {
        let mut request = request.clone();
        let mut no_development = false;
        let mut wanted = request.wanted();
        let mut refused: Vec<DataArea> = Vec::new();
        let mut received = loop {
            // A filter without methods would ask for all of them.
            if wanted.is_empty() && !request.development {
                break Received::default();
            }
            match self.download(key, Some(request.filters(&wanted))).await {
                Ok(received) => break received,
                Err(Error::Server(message)) => {
                    let without: Vec<_> = message
                        .refused_areas()
                        .into_iter()
                        .filter(|area| wanted.contains(area))
                        .collect();
                    let refuses_development = request.development
                        && message
                            .refused_methods()
                            .iter()
                            .any(|method| method.eq_ignore_ascii_case(DEVELOPMENT_TIMETABLES));
                    request.development &= !refuses_development;
                    no_development |= refuses_development;
                    // Each round asks for less, so there is an end to it.
                    if without.is_empty() && !refuses_development {
                        return Err(Error::Server(message));
                    }
                    tracing::info!(areas = ?without, refuses_development, "the key does not hold these areas");
                    wanted.retain(|area| !without.contains(area));
                    refused.extend(without);
                }
                Err(Error::Status { status, .. }) if takes_no_post(status) => {
                    tracing::info!(status = status.as_u16(), "no POST here, asking by GET");
                    break self.download(key, None).await?;
                }
                Err(error) => return Err(error),
            }
        };
        for area in refused {
            received.payload.refuse(area);
        }
        if no_development && received.payload.development_timetables == Section::Missing {
            received.payload.development_timetables = Section::Refused;
        }
        Ok(received)
    }

    /// One answer, over as many attempts as it takes. With `filters` it is a POST.
    async fn download(&self, key: &ApiKey, filters: Option<String>) -> Result<Received, Error> {
        let mut attempts = self.retry.start();
        let mut timeout = self.timeout;
        loop {
            let failure = match self.attempt(key, filters.as_deref(), timeout).await {
                Ok(received) => return Ok(received),
                Err(failure) => failure,
            };
            let Some((delay, left)) = attempts.after(&failure) else {
                return Err(failure.error);
            };
            tracing::warn!(error = %failure.error, ?delay, "trying again");
            tokio::time::sleep(delay).await;
            timeout = self.timeout.min(left);
        }
    }

    async fn attempt(
        &self,
        key: &ApiKey,
        filters: Option<&str>,
        timeout: Duration,
    ) -> Result<Received, Failure> {
        let ends = Instant::now().checked_add(timeout);
        // Signing in and asking a second time are part of the attempt.
        let left = || {
            ends.map_or(timeout, |ends| {
                ends.saturating_duration_since(Instant::now())
            })
        };
        let Some(tokens) = &self.tokens else {
            let answer = self.send(key, filters, timeout, None).await?;
            return self.interpret(answer, None);
        };
        let token = tokens.token(left(), None).await?;
        let answer = self.send(key, filters, left(), Some(&token)).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return self.interpret(answer, Some(&token));
        }
        tracing::debug!("not authorised, trying once with a new token");
        let token = tokens.token(left(), Some(&token)).await?;
        let answer = self.send(key, filters, left(), Some(&token)).await?;
        self.interpret(answer, Some(&token))
    }

    async fn send(
        &self,
        key: &ApiKey,
        filters: Option<&str>,
        timeout: Duration,
        token: Option<&Token>,
    ) -> Result<Answer, Error> {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("apiKey", key.expose());
        let mut request = match filters {
            Some(filters) => self
                .http
                .post(url)
                .header(CONTENT_TYPE, "application/xml")
                .body(filters.to_owned()),
            None => self.http.get(url),
        };
        if let Some(token) = token
            && let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        {
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let request = request.header(ACCEPT_ENCODING, "gzip");
        let response = request.timeout(timeout).send().await?;
        let status = response.status();
        let redirect = redirect_target(&response);
        let retry_after = retry_after(&response);
        let body = read_body(response, self.max_bytes).await?;
        tracing::debug!(status = status.as_u16(), bytes = body.len(), "answered");
        Ok(Answer {
            status,
            redirect,
            retry_after,
            body,
        })
    }

    fn interpret(&self, answer: Answer, token: Option<&Token>) -> Result<Received, Failure> {
        let redaction = self.redaction(token);
        let Answer { status, body, .. } = answer;
        let error = if status.is_success() {
            match sniff::read(&body, &self.names, &redaction) {
                Ok(payload) => {
                    let body = Some(body);
                    return Ok(Received { payload, body });
                }
                Err(error) => error,
            }
        } else {
            match (sniff::refusal(&body, &redaction), answer.redirect) {
                (Ok(message), _) => Error::Server(message),
                (Err(_), Some(host)) if status.is_redirection() => Error::Status {
                    status,
                    received: redaction.excerpt(&format!("a redirect to {host}")),
                },
                (Err(received), _) => Error::Status {
                    status,
                    received: received + &come_back(answer.retry_after),
                },
            }
        };
        Err(Failure {
            error: match error {
                Error::Server(mut message) => {
                    message.status = Some(status);
                    Error::Server(message)
                }
                other => other,
            },
            retry_after: answer.retry_after,
        })
    }

    /// All that must not show, whichever of it the server repeats.
    fn redaction(&self, token: Option<&Token>) -> Redaction {
        let keys = self.keys.iter().map(ApiKey::expose);
        let secrets = self.secrets.iter().map(ClientSecret::expose);
        Redaction::of(keys.chain(secrets).chain(token.map(Token::expose)))
    }
}

/// What came back from one request.
struct Answer {
    status: StatusCode,
    redirect: Option<String>,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

/// When the server wants to be asked again, if it says so.
fn come_back(after: Option<Duration>) -> String {
    match after.map(|after| after.as_secs()) {
        None => String::new(),
        Some(1) => ", and asks to come back after 1 second".to_owned(),
        Some(seconds) => format!(", and asks to come back after {seconds} seconds"),
    }
}

/// A usable answer to one key.
#[derive(Default)]
struct Received {
    payload: Payload,
    /// As it came; nothing where the key holds none of the areas.
    body: Option<Vec<u8>>,
}

/// What servers answer that know the path only by GET (inferred: GET and POST are both taken by iSAMS itself).
fn takes_no_post(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND | StatusCode::NOT_IMPLEMENTED
    )
}

/// Settings of a [`Client`].
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    url: String,
    keys: Vec<ApiKey>,
    format: Format,
    secret: Option<ClientSecret>,
    client_id: Option<SecretString>,
    scope: Option<String>,
    authentication: ClientAuthentication,
    token_url: Option<String>,
    timeout: Duration,
    retry: Retry,
    max_bytes: u64,
    names: CoverNames,
}

impl ClientBuilder {
    /// Adds another key of the same school. Some schools spread their areas over six or seven.
    ///
    /// The keys are asked one after another in the order they were given. Their answers are united by
    /// [`Payload::merge`]: of two rows with one id the later key's is kept.
    #[must_use]
    pub fn key(mut self, key: ApiKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Whether to ask for JSON or XML. JSON unless set.
    #[must_use]
    pub fn format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// Signs in with a client id and this secret before asking (OAuth2 client credentials), and sends the token
    /// along with the key. Without a secret the key is sent alone.
    #[must_use]
    pub fn client_secret(self, secret: ClientSecret) -> Self {
        Self {
            secret: Some(secret),
            ..self
        }
    }

    /// The client id that goes with the secret. The first key unless set, as in one public client.
    #[must_use]
    pub fn client_id(self, id: &str) -> Self {
        Self {
            client_id: Some(id.to_owned().into()),
            ..self
        }
    }

    /// The scope to ask for: `apiv1` unless set. Some schools' clients ask for none (three public clients).
    #[must_use]
    pub fn scope(self, scope: Option<&str>) -> Self {
        Self {
            scope: scope.map(str::to_owned),
            ..self
        }
    }

    /// How client id and secret are sent. In the form unless set.
    #[must_use]
    pub fn client_authentication(self, authentication: ClientAuthentication) -> Self {
        Self {
            authentication,
            ..self
        }
    }

    /// Where tokens come from: `/auth/connect/token` on the host of the school unless set.
    ///
    /// It must begin with `https` as the web address must, and may be on another host.
    #[must_use]
    pub fn token_url(self, url: &str) -> Self {
        Self {
            token_url: Some(url.to_owned()),
            ..self
        }
    }

    /// How long an attempt may take altogether, from connecting to the last byte, with the sign-in where there is one.
    /// Two minutes unless set.
    ///
    /// Apart from that, connecting may take 10 seconds, and the server may pause for 60.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// How long after its beginning a download may still be tried again, its last attempt included. Two minutes
    /// unless set; zero never tries again. There are six attempts at most, unless [`retries`](Self::retries) says
    /// otherwise.
    ///
    /// [`Error::is_retryable`] decides what is tried again.
    #[must_use]
    pub fn retry_for(mut self, within: Duration) -> Self {
        self.retry.within = within;
        self
    }

    /// How many attempts may follow the first. Five unless set; zero never tries again. They must all fit into the
    /// time of [`retry_for`](Self::retry_for).
    #[must_use]
    pub fn retries(mut self, times: usize) -> Self {
        self.retry.times = times;
        self
    }

    /// The shortest wait before the second attempt. A second unless set; each wait is about twice as long as the
    /// one before, up to 20 seconds, with chance added so that clients do not return all at once.
    #[must_use]
    pub fn first_retry_after(mut self, delay: Duration) -> Self {
        self.retry.first_delay = delay;
        self
    }

    /// How long an answer may be, as it arrives and after decompression. 256 MiB unless set.
    #[must_use]
    pub fn max_bytes(self, max_bytes: u64) -> Self {
        Self { max_bytes, ..self }
    }

    /// The names that the school's iSAMS uses in the cover manager. The inferred ones unless set.
    #[must_use]
    pub fn cover_names(self, names: CoverNames) -> Self {
        Self { names, ..self }
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] when the web address cannot be used, [`Error::TokenAddress`] when that of the tokens cannot,
    /// [`Error::Transport`] when TLS cannot be set up.
    pub fn build(self) -> Result<Client, Error> {
        let url = batch_url(&self.url, self.format)?;
        let token_url = match &self.token_url {
            Some(address) => other_token_url(address)?,
            None => token_url(&url),
        };
        let http = http(&url, self.timeout)?;
        let token_http = if token_url.scheme() == url.scheme() {
            http.clone()
        } else {
            self::http(&token_url, self.timeout)?
        };
        let first_key = self.keys.first().map_or("", ApiKey::expose);
        let client_id = self
            .client_id
            .unwrap_or_else(|| first_key.to_owned().into());
        let tokens = self.secret.clone().map(|secret| {
            Arc::new(TokenSource {
                http: token_http,
                url: token_url,
                client_id,
                secret,
                scope: self.scope,
                authentication: self.authentication,
                newest: Mutex::new(None),
            })
        });
        Ok(Client {
            http,
            url,
            keys: self.keys,
            tokens,
            secrets: self.secret,
            timeout: self.timeout,
            retry: self.retry,
            max_bytes: self.max_bytes,
            names: self.names,
        })
    }
}

/// What asks at this address, and follows no redirect.
fn http(url: &Url, timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    let mut http = reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(IDLE_TIMEOUT)
        .redirect(redirect::Policy::none())
        .referer(false)
        .user_agent(concat!("isams-client/", env!("CARGO_PKG_VERSION")));
    if url.scheme() == "http" {
        // This computer needs no proxy, and one would read the key.
        http = http.no_proxy();
    }
    http.build()
}
