//! The server: one path, one answer for those who know a key.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::ALLOW;
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::answer::Answer;
use crate::fixture::{Day, FixtureError};
use crate::key::ApiKey;

/// Path of the Batch API's JSON.
pub const BATCH_PATH: &str = "/api/batch/1.0/json.ashx";

/// A Batch API on loopback. Dropping it stops the server.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Dropping the sender stops the server.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// What a [`Simulator`] is started with.
#[derive(Clone, Debug)]
pub struct SimulatorBuilder {
    port: u16,
    keys: Vec<ApiKey>,
    answer: Answer,
}

/// A request as it came in. The query is left out: it holds the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
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
struct Shared {
    keys: Vec<ApiKey>,
    changing: Mutex<Changing>,
}

#[derive(Debug)]
struct Changing {
    answer: Answer,
    requests: Vec<Request>,
}

impl Simulator {
    /// A server without a key, on any free port, that answers `{"iSAMS":null}`.
    #[must_use]
    pub fn builder() -> SimulatorBuilder {
        SimulatorBuilder {
            port: 0,
            keys: Vec::new(),
            answer: Answer::json(r#"{"iSAMS":null}"#),
        }
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

    /// From now on answers this payload, with status 200 and as JSON.
    pub fn set_body(&self, body: impl Into<Vec<u8>>) {
        self.set_answer(Answer::json(body));
    }

    /// From now on answers this to everybody with a right key.
    pub fn set_answer(&self, answer: Answer) {
        self.shared.changing().answer = answer;
    }

    /// All requests so far, in the order in which they were answered.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.changing().requests.clone()
    }

    /// Stops listening, and returns when the answers under way are sent.
    pub async fn shutdown(self) {
        // The receiver may be gone already; then the server is, too.
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

impl SimulatorBuilder {
    /// Lets this key in, too. Braces around it make no difference.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.keys.push(ApiKey::new(key));
        self
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

    /// Starts to listen. Must be called within a Tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns [`StartError`] when the port is in use.
    pub async fn start(self) -> Result<Simulator, StartError> {
        let port = self.port;
        let failed = |source| StartError { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let shared = Arc::new(Shared {
            keys: self.keys,
            changing: Mutex::new(Changing {
                answer: self.answer,
                requests: Vec::new(),
            }),
        });
        let router = Router::new()
            .fallback(handle)
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let server = axum::serve(listener, router).with_graceful_shutdown(async {
                // An error means that the simulator was dropped: stop as well.
                let _ = stopped.await;
            });
            // Never fails: it goes on after errors of single connections.
            let _ = server.await;
        });
        Ok(Simulator {
            address,
            shared,
            stop,
            task,
        })
    }
}

impl Shared {
    /// Nothing that holds the lock can leave the state half changed, so a poisoned one is as good.
    fn changing(&self) -> MutexGuard<'_, Changing> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, uri: &Uri) -> Answer {
        match api_key(uri) {
            None => Answer::missing_key(),
            Some(key) if self.keys.contains(&key) => self.changing().answer.clone(),
            Some(_) => Answer::invalid_key(),
        }
    }
}

async fn handle(State(shared): State<Arc<Shared>>, method: Method, uri: Uri) -> Response {
    let response = if uri.path() != BATCH_PATH {
        Answer::plain(StatusCode::NOT_FOUND).into_response()
    } else if method != Method::GET {
        let mut response = Answer::plain(StatusCode::METHOD_NOT_ALLOWED).into_response();
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET"));
        response
    } else {
        shared.answer(&uri).into_response()
    };
    shared.changing().requests.push(Request {
        method: method.to_string(),
        path: uri.path().to_owned(),
        status: response.status().as_u16(),
    });
    response
}

/// The first `apiKey` of the query, in any case of the name; a blank one is none.
fn api_key(uri: &Uri) -> Option<ApiKey> {
    let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let (_, key) = parameters
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("apiKey"))?;
    Some(ApiKey::new(key)).filter(|key| !key.is_blank())
}
