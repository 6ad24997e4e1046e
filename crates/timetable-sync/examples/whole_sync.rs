//! The whole sync over the default store: `cargo run -p timetable-sync --example whole_sync`.
//!
//! A host calls this once a night for each school; [`Nightly`](timetable_sync::Nightly) does that for it.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::{error::Error, sync::Arc};

use booking_store::SchoolId;
use booking_store_sqlite::SqliteStore;
use isams_client::Client;
use isams_simulator::{Fixture, Simulator};
use timetable_sync::{Settings, Status, SyncRequest, Syncer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A simulated iSAMS; yours has an address such as `school.isams.cloud` and a Batch API key.
    let alder = Fixture::open(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/alder-prep"
    ))?;
    let simulator = Simulator::builder()
        .key("secret")
        .day(&alder.days()[0])?
        .start()
        .await?;
    let isams = Client::builder(&simulator.url(), "secret".parse()?).build()?;

    // A file of its own; `SqliteStore::with_pool` puts the tables into a database that is there.
    let store = Arc::new(SqliteStore::open("sqlite::memory:").await?);
    let clock = Arc::new(|| "2031-09-02T00:00:00Z".parse().unwrap_or_default()); // yours is `Utc::now`
    let syncer = Syncer::new(store, Settings::default(), clock, "worker-1");
    let school = SchoolId::new("alder");
    for night in 1..=2 {
        let report = syncer
            .sync(&school, &isams, &SyncRequest::default())
            .await?;
        for removal in &report.removals {
            println!("{}", removal.text); // plain English, with the lesson that is the cause
        }
        match report.status {
            Status::Held => println!("a person must look: {:?}", report.held_because),
            Status::AwaitingMatch => println!("rooms must be matched first"),
            _ => println!(
                "night {night}: {} rooms and {} lessons are new",
                report.rooms.added, report.lessons.added
            ),
        }
    }
    Ok(())
}
