//! An iSAMS Batch API for tests, demos and programs that embed the sync.
//!
//! There is no iSAMS to test against, so this crate plays one: [`Simulator`] is a real HTTP server
//! on loopback that answers the Batch API's JSON to those who know a key, and the API's error
//! documents to the others. It can answer anything else as well: a page of HTML, half a document,
//! an error. It keeps a log of the requests, by which a test can prove that a client only ever
//! reads.
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
//! let batch = format!("{}/api/batch/1.0/json.ashx", simulator.url());
//! let answer = reqwest::get(format!("{batch}?apiKey={key}")).await?;
//! assert_eq!(answer.status(), 200);
//! assert_eq!(answer.text().await?, r#"{"iSAMS":{"SchoolManager":{"Terms":null}}}"#);
//!
//! assert_eq!(reqwest::get(format!("{batch}?apiKey=guessed")).await?.status(), 401);
//!
//! let requests = simulator.requests();
//! assert!(requests.iter().all(|request| request.method == "GET"));
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

mod answer;
mod fixture;
pub mod generate;
mod key;
mod merge;
mod server;

pub use answer::Answer;
pub use fixture::{Day, Fixture, FixtureError};
pub use server::{BATCH_PATH, Request, Simulator, SimulatorBuilder, StartError};
