//! What a simulator is started with.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use crate::answer::Answer;
use crate::clock::Clock;
use crate::fault::Fault;
use crate::fixture::{Day, FixtureError};
use crate::key::ApiKey;
use crate::oauth::Credentials;
use crate::server::{Simulator, StartError};

/// What a [`Simulator`] is started with.
#[derive(Clone, Debug)]
pub struct SimulatorBuilder {
    pub(crate) port: u16,
    pub(crate) answer: Answer,
    pub(crate) faults: Vec<Fault>,
    pub(crate) settings: Settings,
}

/// What does not change while the simulator runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) keys: Vec<Key>,
    pub(crate) clock: Clock,
    pub(crate) strict_filters: bool,
    pub(crate) get_only: bool,
    pub(crate) development: bool,
    pub(crate) oauth: Option<Credentials>,
    pub(crate) cache: Option<Duration>,
    pub(crate) throttle: Option<(u32, Duration)>,
    pub(crate) allowed: Option<Vec<IpAddr>>,
}

/// A key with what it may read.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) key: ApiKey,
    /// Names of methods in lower case; `None` for all.
    pub(crate) methods: Option<BTreeSet<String>>,
}

impl SimulatorBuilder {
    pub(crate) fn new() -> Self {
        Self {
            port: 0,
            answer: Answer::json(r#"{"iSAMS":null}"#),
            faults: Vec::new(),
            settings: Settings::default(),
        }
    }

    /// Lets this key in, too, to everything that there is. Braces around it make no difference.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.add_key(key, None);
        self
    }

    /// Lets this key in, too, to what these methods write, such as `School_GetSchoolTerms`.
    ///
    /// The case of the names makes no difference; a name that the simulator does not know adds
    /// nothing. The nodes of other methods are missing from the answers, and a request that names
    /// another method is refused. A key that was there already gets these methods instead.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use isams_simulator::Simulator;
    ///
    /// let simulator = Simulator::builder()
    ///     .key_with("k", ["School_GetSchoolTerms"])
    ///     .body(r#"{"iSAMS":{"SchoolManager":{"Terms":null},"HRManager":null}}"#)
    ///     .start()
    ///     .await?;
    /// let url = format!("{}/api/batch/1.0/json.ashx?apiKey=k", simulator.url());
    /// let answer = reqwest::get(url).await?.text().await?;
    /// assert_eq!(answer, r#"{"iSAMS":{"SchoolManager":{"Terms":null}}}"#);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn key_with<I>(mut self, key: &str, methods: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let methods = methods
            .into_iter()
            .map(|name| name.as_ref().trim().to_lowercase())
            .collect();
        self.add_key(key, Some(methods));
        self
    }

    fn add_key(&mut self, key: &str, methods: Option<BTreeSet<String>>) {
        let key = ApiKey::new(key);
        self.settings.keys.retain(|known| known.key != key);
        self.settings.keys.push(Key { key, methods });
    }

    /// Listens on this port instead of any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Answers this payload.
    #[must_use]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        self.answer(Answer::json(body))
    }

    /// Answers the day's documents, merged into one.
    ///
    /// # Errors
    ///
    /// Returns [`FixtureError`] when a document cannot be read.
    pub fn day(self, day: &Day) -> Result<Self, FixtureError> {
        Ok(self.body(day.body()?))
    }

    /// Answers this to everybody with a right key.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Self {
        self.answer = answer;
        self
    }

    /// Whether a method that needs a filter refuses to run without: off until set.
    ///
    /// The two cover methods and `Calendar_GetEvents` need one. When on, a plain GET with a key
    /// that holds them gets [`KnownError::FiltersRequired`](crate::KnownError::FiltersRequired);
    /// that iSAMS does so, and the status 400, are inferred.
    #[must_use]
    pub fn strict_filters(mut self, strict: bool) -> Self {
        self.settings.strict_filters = strict;
        self
    }

    /// Refuses POST with 405, as a school's proxy may do.
    #[must_use]
    pub fn get_only(mut self) -> Self {
        self.settings.get_only = true;
        self
    }

    /// Asks for a bearer token beside the key, and hands tokens out at
    /// [`TOKEN_PATH`](crate::TOKEN_PATH) to this client.
    ///
    /// A token holds for `expires_in` on the simulator's clock, which says as much in whole
    /// seconds. The client's id and secret are taken from the form or from HTTP Basic. Without a
    /// token that holds, requests for data get a plain 401 with `WWW-Authenticate: Bearer`
    /// (inferred).
    #[must_use]
    pub fn oauth(mut self, client_id: &str, client_secret: &str, expires_in: Duration) -> Self {
        self.settings.oauth = Some(Credentials {
            client_id: ApiKey::new(client_id),
            client_secret: client_secret.to_owned(),
            expires_in,
        });
        self
    }

    /// Each key's payload stays what it was when the key first got it, until the simulator's clock
    /// has moved on by `expiry`.
    ///
    /// The real default is 24 hours. Filters are applied to what is cached. Answers with another
    /// status than 200 are not cached.
    #[must_use]
    pub fn cache(mut self, expiry: Duration) -> Self {
        self.settings.cache = Some(expiry);
        self
    }

    /// Puts the keys into Development mode, which goes past the cache.
    #[must_use]
    pub fn development(mut self) -> Self {
        self.settings.development = true;
        self
    }

    /// Tells the time since any fixed point, for tokens, cache and throttle.
    ///
    /// Without this the clock stands still, and only [`Simulator::advance`] moves it.
    ///
    /// ```
    /// use std::time::Instant;
    ///
    /// let started = Instant::now();
    /// let builder = isams_simulator::Simulator::builder().clock(move || started.elapsed());
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.settings.clock = Clock::new(clock);
        self
    }

    /// Answers each key no more than `requests` times in any span of `per` on the simulator's
    /// clock, and 429 with `Retry-After` beyond (status and form are inferred).
    #[must_use]
    pub fn throttle(mut self, requests: u32, per: Duration) -> Self {
        self.settings.throttle = Some((requests, per));
        self
    }

    /// Answers requests for data from these addresses only, and 403 with a page of HTML to the
    /// others (status and form are inferred).
    #[must_use]
    pub fn allow_ips(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.settings.allowed = Some(addresses.into_iter().collect());
        self
    }

    /// Starts with these faults, as by [`Simulator::script`].
    #[must_use]
    pub fn script(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.extend(faults);
        self
    }

    /// Starts to listen. Must be called within a Tokio runtime, with its timer where a fault waits.
    ///
    /// # Errors
    ///
    /// Returns [`StartError`] when the port is in use.
    pub async fn start(self) -> Result<Simulator, StartError> {
        Simulator::start(self).await
    }
}
