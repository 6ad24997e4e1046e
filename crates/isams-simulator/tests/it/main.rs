//! The simulator over real HTTP, and the committed fixtures.

#![expect(clippy::unwrap_used, reason = "helpers outside test functions")]

mod bookings;
mod committed;
mod feed;
mod fixture;
mod payload;
mod server;

use std::path::PathBuf;

use isams_simulator::Fixture;

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures"))
}

fn school(name: &str) -> Fixture {
    Fixture::open(fixtures().join(name)).unwrap()
}
