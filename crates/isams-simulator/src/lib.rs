//! An iSAMS Batch API for tests, demos and programs that embed the sync.
//!
//! There is no iSAMS to test against, so this crate plays one: [`Simulator`] is a real HTTP server
//! on loopback that answers the Batch API's JSON and XML to those who know a key, and the API's
//! error documents to the others. It can answer anything else as well, and it can break down on
//! demand. It keeps a log of the requests, by which a test can prove that a client only ever reads.
//!
//! What it answers comes from a [`Fixture`]: a school's folder with one or more days, each a list
//! of documents. The fixtures of this workspace are made by the [`generate`] module from a fixed
//! seed; so are the larger schools that benches ask for. All people in them are invented.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use isams_simulator::Simulator;
//!
//! let key = "00000000-0000-0000-0000-000000000001";
//! let simulator = Simulator::builder()
//!     .key(key)
//!     .body(r#"{"iSAMS":{"SchoolManager":{"Terms":null}}}"#)
//!     .start()
//!     .await?;
//!
//! let batch = format!("{}/api/batch/1.0", simulator.url());
//! let answer = reqwest::get(format!("{batch}/json.ashx?apiKey={key}")).await?;
//! assert_eq!(answer.status(), 200);
//! assert_eq!(answer.text().await?, r#"{"iSAMS":{"SchoolManager":{"Terms":null}}}"#);
//!
//! let answer = reqwest::get(format!("{batch}/xml.ashx?apiKey={key}")).await?;
//! assert_eq!(answer.text().await?, "<iSAMS><SchoolManager><Terms/></SchoolManager></iSAMS>");
//!
//! assert_eq!(reqwest::get(format!("{batch}/json.ashx?apiKey=guessed")).await?.status(), 401);
//!
//! let requests = simulator.requests();
//! assert!(requests.iter().all(|request| request.only_reads()));
//! simulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! A day of a fixture instead of a body:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use isams_simulator::{Fixture, Simulator};
//!
//! let school = Fixture::open("fixtures/alder-prep")?;
//! let simulator = Simulator::builder().key("k").start().await?;
//! for day in school.days() {
//!     simulator.serve_day(day)?;
//!     // sync, and look what it did
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it can do
//!
//! Some of what iSAMS does is public only in part. *Inferred* below means that no recorded answer
//! was found and that a real server may differ.
//!
//! | what | how | inferred |
//! |---|---|---|
//! | JSON and XML | [`BATCH_PATH`], [`XML_PATH`]; conversion in [`xml`] | the content types; that errors on the JSON path are XML |
//! | keys for everything, or for chosen methods | [`key`](SimulatorBuilder::key), [`key_with`](SimulatorBuilder::key_with), [`method_names`] | that other nodes are missing |
//! | filters by POST: methods, windows of dates | always | how rows on the edge are chosen: those that touch the window stay, and so do rows without dates |
//! | methods that need a filter | [`strict_filters`](SimulatorBuilder::strict_filters), off until set | when it is refused, and the status 400 |
//! | POST refused | [`get_only`](SimulatorBuilder::get_only) | all of it |
//! | OAuth2 client credentials | [`oauth`](SimulatorBuilder::oauth), [`expire_tokens`](Simulator::expire_tokens) | the status 400, and the 401 for a request without a token that holds |
//! | the cache of a key | [`cache`](SimulatorBuilder::cache), [`development`](SimulatorBuilder::development) | that filters are applied to what is cached |
//! | time | stands still but for [`advance`](Simulator::advance) and a [`clock`](SimulatorBuilder::clock) | |
//! | throttling | [`throttle`](SimulatorBuilder::throttle) | status and form: 429 with `Retry-After` |
//! | an allow-list of addresses | [`allow_ips`](SimulatorBuilder::allow_ips) | status and form: 403 with a page of HTML |
//! | the seven known error documents | [`Answer::known`], [`Fault::Known`] | some of the statuses, see [`KnownError`] |
//! | any other answer | [`set_answer`](Simulator::set_answer) | |
//! | the log | [`requests`](Simulator::requests), without key, token and secret | |
//!
//! A request for data is looked at in this order: address, HTTP method, scripted fault, token, key,
//! throttle, filters.
//!
//! A refusal of chosen methods, for example:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use isams_simulator::Simulator;
//!
//! let simulator = Simulator::builder().key_with("k", ["School_GetSchoolTerms"]).start().await?;
//! let filters = "<Filters><MethodsToRun>\
//!                <Method>HumanResources_GetCurrentStaff</Method>\
//!                </MethodsToRun></Filters>";
//! let answer = reqwest::Client::new()
//!     .post(format!("{}/api/batch/1.0/json.ashx?apiKey=k", simulator.url()))
//!     .header("content-type", "application/xml")
//!     .body(filters)
//!     .send()
//!     .await?;
//! assert_eq!(answer.status(), 403);
//! assert!(answer.text().await?.contains(": humanresources_getcurrentstaff<"));
//! assert_eq!(simulator.requests()[0].methods, ["HumanResources_GetCurrentStaff"]);
//! # Ok(())
//! # }
//! ```
//!
//! # How it can fail
//!
//! Faults are scripted with [`Simulator::script`] and happen one per request for data. None of them
//! is made up of exceptions inside the client's process: a reset is a TCP reset, and a body that
//! is cut leaves the client waiting for bytes that do not come. Each can be written as text, such
//! as `deadlock:2`; [`Fault`] lists how.
//!
//! | fault | what the client meets |
//! |---|---|
//! | [`Deadlock`](Fault::Deadlock), [`LockTimeout`](Fault::LockTimeout) | the two error documents of iSAMS that are worth another try |
//! | [`Known`](Fault::Known) | any of the seven error documents |
//! | [`SlowDrip`](Fault::SlowDrip) | the head at once, then the body a chunk at a time |
//! | [`CutBody`](Fault::CutBody) | a connection that closes before the stated length |
//! | [`Reset`](Fault::Reset) | a reset instead of an answer |
//! | [`WrongLength`](Fault::WrongLength) | a stated length beyond the body, or short of it |
//! | [`HtmlPage`](Fault::HtmlPage) | a log-in page with status 200 |
//! | [`EmptyManager`](Fault::EmptyManager) | a payload with one manager `null` |
//! | [`GzipBomb`](Fault::GzipBomb) | a small body that unpacks to a large one |
//! | [`DeepNesting`](Fault::DeepNesting) | a well-formed document of great depth |
//! | [`InvalidUtf8`](Fault::InvalidUtf8), [`Bom`](Fault::Bom) | a Latin-1 byte in a text; a byte order mark |
//! | [`Redirect`](Fault::Redirect) | 302 to any address |
//! | [`Status`](Fault::Status), [`Unavailable`](Fault::Unavailable), [`TooManyRequests`](Fault::TooManyRequests) | a status with a plain text, the last two with `Retry-After` |
//!
//! That iSAMS itself, or what stands before it, fails in just these ways is known of the first two
//! rows only; the others are what a client on the open network has to expect.

mod answer;
mod batch;
mod bomb;
mod builder;
mod clock;
mod fault;
mod fault_text;
mod filters;
mod fixture;
pub mod generate;
mod key;
mod known;
mod line;
mod markup;
mod merge;
mod method;
mod oauth;
mod reply;
mod request;
mod select;
mod server;
pub mod xml;

pub use answer::Answer;
pub use builder::SimulatorBuilder;
pub use fault::Fault;
pub use fault_text::ParseFaultError;
pub use fixture::{Day, Fixture, FixtureError};
pub use known::KnownError;
pub use method::method_names;
pub use oauth::TOKEN_PATH;
pub use request::{BATCH_PATH, Format, Request, XML_PATH};
pub use server::{Simulator, StartError};
