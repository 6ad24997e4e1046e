//! For how long iSAMS seems to answer from its cache, from what past syncs saw.

use std::time::Duration;

use booking_store::RunRecord;
use chrono::NaiveDateTime;
use isams_client::{DataArea, Freshness, Observation, Payload};

/// Signs of a cache that is longer than expected, in the journal and in what has just arrived.
///
/// Times are those that the runs judged by, so that a rehearsal and a test see what a real night would.
pub(crate) fn freshness(
    journal: &[RunRecord],
    latest: Option<(NaiveDateTime, &Payload)>,
    expected: Duration,
) -> Option<Freshness> {
    let mut observations: Vec<Observation> = journal.iter().map(observation).collect();
    observations.extend(latest.map(|(at, payload)| {
        let hashes = DataArea::ALL
            .into_iter()
            .filter_map(|area| Some((area, payload.hash(area)?)));
        (at.and_utc(), hashes.collect())
    }));
    isams_client::freshness(&observations, expected)
}

fn observation(run: &RunRecord) -> Observation {
    let hashes = run
        .areas
        .iter()
        .filter_map(|seen| Some((seen.area.parse().ok()?, seen.hash.clone()?)));
    (run.judged_at.and_utc(), hashes.collect())
}
