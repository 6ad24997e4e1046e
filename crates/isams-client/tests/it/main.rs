//! The client from the outside: what it reads, merges and asks.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, not the helpers of tests"
)]

mod client;
mod cover;
mod development;
mod faults;
mod fixtures;
mod hostile;
mod merge;
mod mutations;
mod promises;
mod properties;
mod raw;
mod reading;
mod recording;
mod secrets;
mod transport;
mod wire;
mod xml;

use isams_client::{Field, Payload};

/// Reads the content of `iSAMS`.
fn read(isams: &str) -> Payload {
    Payload::from_slice(format!(r#"{{"iSAMS":{isams}}}"#).as_bytes()).unwrap()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn date(text: &str) -> Field<chrono::NaiveDate> {
    Field::Value(text.parse().unwrap())
}

fn moment(text: &str) -> Field<chrono::NaiveDateTime> {
    Field::Value(text.parse().unwrap())
}

fn time(text: &str) -> Field<isams_client::ClockTime> {
    Field::Value(text.parse().unwrap())
}
