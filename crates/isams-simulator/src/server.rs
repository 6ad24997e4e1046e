//! The server: what it hears, what it says, and the log of both.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::answer::Answer;
use crate::batch::{self, Asked};
use crate::builder::{Settings, SimulatorBuilder};
use crate::fault::Fault;
use crate::filters::Filters;
use crate::fixture::{Day, FixtureError};
use crate::line::{Lines, Peer};
use crate::oauth::{self, TOKEN_PATH, TokenRequest, Tokens};
use crate::reply::Reply;
use crate::request::{Format, Request};

/// The largest body of a request; filters and forms are small.
const MAX_BODY: usize = 1 << 20;

/// A Batch API on loopback. Dropping it stops the server.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Dropping the sender stops the server.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// The server could not be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on 127.0.0.1:{port}")]
pub struct StartError {
    /// The port that was asked for; 0 for any.
    pub port: u16,
    /// Why.
    pub source: io::Error,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    changing: Mutex<Changing>,
}

#[derive(Debug)]
pub(crate) struct Changing {
    pub(crate) answer: Arc<Answer>,
    /// Each takes the place of the one before once that was given.
    pub(crate) following: VecDeque<Arc<Answer>>,
    pub(crate) faults: VecDeque<Fault>,
    pub(crate) tokens: Tokens,
    /// What each key got and when, in the order of the keys.
    pub(crate) cached: Vec<Option<(Duration, Arc<Answer>)>>,
    /// When each key was last answered, in the order of the keys.
    pub(crate) answered: Vec<VecDeque<Duration>>,
    advanced: Duration,
    requests: Vec<Request>,
}

impl Simulator {
    /// A server without a key, on any free port, that answers `{"iSAMS":null}`.
    #[must_use]
    pub fn builder() -> SimulatorBuilder {
        SimulatorBuilder::new()
    }

    pub(crate) async fn start(builder: SimulatorBuilder) -> Result<Self, StartError> {
        let SimulatorBuilder {
            port,
            answer,
            faults,
            settings,
        } = builder;
        let failed = |source| StartError { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let keys = settings.keys.len();
        let shared = Arc::new(Shared {
            settings,
            changing: Mutex::new(Changing {
                answer: Arc::new(answer),
                following: VecDeque::new(),
                faults: faults.into_iter().flat_map(Fault::single).collect(),
                tokens: Tokens::default(),
                cached: vec![None; keys],
                answered: vec![VecDeque::new(); keys],
                advanced: Duration::ZERO,
                requests: Vec::new(),
            }),
        });
        let service = Router::new()
            .fallback(handle)
            .with_state(Arc::clone(&shared))
            .into_make_service_with_connect_info::<Peer>();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let server = axum::serve(Lines(listener), service).with_graceful_shutdown(async {
                // An error means that the simulator was dropped: stop as well.
                let _ = stopped.await;
            });
            // Never fails: it goes on after errors of single connections.
            let _ = server.await;
        });
        Ok(Self {
            address,
            shared,
            stop,
            task,
        })
    }

    /// The school's web address, such as `http://127.0.0.1:1234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on answers the day's documents, merged into one.
    ///
    /// # Errors
    ///
    /// Returns [`FixtureError`] when a document cannot be read; the answer stays as it was.
    pub fn serve_day(&self, day: &Day) -> Result<(), FixtureError> {
        self.set_body(day.body()?);
        Ok(())
    }

    /// From now on answers this payload, with status 200 and as JSON. Who asks for XML gets it
    /// converted.
    pub fn set_body(&self, body: impl Into<Vec<u8>>) {
        self.set_answer(Answer::json(body));
    }

    /// From now on answers this to everybody with a right key.
    ///
    /// A payload in JSON is filtered, and converted for those who ask for XML; anything else is
    /// sent as it is.
    pub fn set_answer(&self, answer: Answer) {
        self.play([answer]);
    }

    /// From now on gives these answers one after another, each to one request with a right key, and the last one to all
    /// that follow. Without any, everything stays as it is.
    ///
    /// An answer from the cache uses none up. A fault that spoils an answer does, and one that comes instead of an
    /// answer does not.
    pub fn play(&self, answers: impl IntoIterator<Item = Answer>) {
        let mut answers = answers.into_iter().map(Arc::new);
        if let Some(first) = answers.next() {
            let following = answers.collect();
            let mut changing = self.shared.changing();
            changing.answer = first;
            changing.following = following;
        }
    }

    /// Lets these faults happen, one per request for data, after those that are left from before;
    /// then answers are as usual again.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use isams_simulator::{Fault, Simulator};
    ///
    /// let simulator = Simulator::builder().key("k").start().await?;
    /// simulator.script([Fault::Deadlock(2), Fault::Reset]);
    ///
    /// let url = format!("{}/api/batch/1.0/json.ashx?apiKey=k", simulator.url());
    /// for _ in 0..2 {
    ///     let answer = reqwest::get(&url).await?;
    ///     assert_eq!(answer.status(), 500);
    ///     assert!(answer.text().await?.contains("Rerun the transaction."));
    /// }
    /// assert!(reqwest::get(&url).await.is_err());
    /// assert_eq!(reqwest::get(&url).await?.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        let faults = faults.into_iter().flat_map(Fault::single);
        self.shared.changing().faults.extend(faults);
    }

    /// How many scripted faults have not happened yet.
    #[must_use]
    pub fn faults_left(&self) -> usize {
        self.shared.changing().faults.len()
    }

    /// Moves the simulator's clock on.
    pub fn advance(&self, by: Duration) {
        let mut changing = self.shared.changing();
        changing.advanced = changing.advanced.saturating_add(by);
    }

    /// From now on no token that was handed out so far holds.
    pub fn expire_tokens(&self) {
        self.shared.changing().tokens.expire();
    }

    /// All requests so far, in the order in which they were answered.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.changing().requests.clone()
    }

    /// Stops listening, and returns when the answers under way are sent, however slow they are.
    pub async fn shutdown(self) {
        // The receiver may be gone already; then the server is, too.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

impl Shared {
    /// Nothing that holds the lock can leave the state half changed, so a poisoned one is as good.
    pub(crate) fn changing(&self) -> MutexGuard<'_, Changing> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The simulator's time.
    pub(crate) fn now(&self) -> Duration {
        let told = self.settings.clock.now();
        told.saturating_add(self.changing().advanced)
    }
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: HttpRequest,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let mut log = Request {
        method: parts.method.to_string(),
        path: path.to_owned(),
        bearer: oauth::bearer(&parts.headers).is_some(),
        format: Format::of_path(path),
        ..Request::default()
    };
    let reply = match (axum::body::to_bytes(body, MAX_BODY).await, log.format) {
        (Err(_), _) => Reply::status(StatusCode::PAYLOAD_TOO_LARGE),
        (Ok(body), Some(format)) => {
            let filters = Filters::parse(&body);
            if let Ok(Filters {
                methods: Some(methods),
                ..
            }) = &filters
            {
                log.methods.clone_from(methods);
            }
            let asked = Asked {
                format,
                method: &parts.method,
                uri: &parts.uri,
                headers: &parts.headers,
                address: peer.address.ip(),
                filters,
            };
            batch::answer(&shared, asked)
        }
        (Ok(body), None) => match &shared.settings.oauth {
            Some(credentials) if path == TOKEN_PATH => {
                let asked = TokenRequest::read(&parts.headers, &body);
                let now = shared.now();
                let tokens = &mut shared.changing().tokens;
                let reply = asked.answer(&parts.method, credentials, tokens, now);
                log.scope = asked.scope;
                reply
            }
            _ => Reply::status(StatusCode::NOT_FOUND),
        },
    };
    log.status = reply.seen();
    shared.changing().requests.push(log);
    if let Some(instead) = reply.instead() {
        peer.orders.give(instead);
    }
    reply.into_response()
}
