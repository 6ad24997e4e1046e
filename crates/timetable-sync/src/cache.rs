//! For how long iSAMS seems to answer from its cache, from what past syncs saw.

use std::{collections::BTreeMap, time::Duration};

use booking_store::RunRecord;
use chrono::{NaiveDate, NaiveDateTime};
use isams_client::{DataArea, FetchRequest, Freshness, Observation, Payload};

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
    ignore_moved_dates(&mut observations);
    isams_client::freshness(&observations, expected)
}

/// Of an area that is asked for by dates, only a change within one date is one: the dates move from one to the next, and
/// rows leave the answer with them, which would look like a cache of a day.
fn ignore_moved_dates(observations: &mut [Observation]) {
    // Whether events are asked for by dates may have changed meanwhile.
    let by_dates = FetchRequest {
        filtered_events: true,
        ..FetchRequest::new(NaiveDate::MIN)
    };
    observations.sort_by_key(|(at, _)| *at);
    let mut seen: BTreeMap<DataArea, (NaiveDate, String, usize)> = BTreeMap::new();
    for (at, areas) in observations {
        let date = at.date_naive();
        for (area, hash) in areas {
            if !by_dates.is_windowed(*area) {
                continue;
            }
            let version = match seen.get(area) {
                Some((day, last, version)) => version + usize::from(*day == date && last != hash),
                None => 0,
            };
            let hash = std::mem::replace(hash, version.to_string());
            seen.insert(*area, (date, hash, version));
        }
    }
}

fn observation(run: &RunRecord) -> Observation {
    let hashes = run
        .areas
        .iter()
        .filter_map(|seen| Some((seen.area.parse().ok()?, seen.hash.clone()?)));
    (run.judged_at.and_utc(), hashes.collect())
}

#[cfg(test)]
mod tests {
    use booking_store::{AreaRecord, RunId, RunKind, RunStatus};
    use chrono::{Days, TimeDelta};
    use serde_json::Value;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// A run every hour for eight days, that saw this of the suspensions in that hour of that day.
    fn hourly(saw: impl Fn(u64, u64) -> String) -> Vec<RunRecord> {
        let start: NaiveDate = "2031-11-03".parse().unwrap();
        (0..8 * 24)
            .map(|index| {
                let (day, hour) = (index / 24, index % 24);
                let date = start.checked_add_days(Days::new(day)).unwrap();
                let at = date.and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(hour as i64);
                let area = |area: DataArea, hash: String| AreaRecord {
                    area: area.name().to_owned(),
                    state: "present".to_owned(),
                    rows: 1,
                    hash: Some(hash),
                };
                RunRecord {
                    id: RunId(index),
                    kind: RunKind::Sync,
                    status: RunStatus::Unchanged,
                    started: at.and_utc(),
                    finished: None,
                    by: None,
                    judged_at: at,
                    fingerprint: None,
                    areas: vec![
                        area(DataArea::Terms, "same".to_owned()),
                        area(DataArea::LessonSuspensions, saw(day, hour)),
                    ],
                    report: Value::Null,
                }
            })
            .collect()
    }

    #[test]
    fn dates_that_move_every_midnight_are_no_cache_of_a_day() {
        let journal = hourly(|day, _| format!("from day {day} on"));
        let found = freshness(&journal, None, HOUR).unwrap();
        assert_eq!(found.looks_like, None);
    }

    #[test]
    fn a_change_every_day_at_six_is_a_cache_of_a_day() {
        let journal = hourly(|day, hour| format!("version {}", day + u64::from(hour >= 6)));
        let found = freshness(&journal, None, HOUR).unwrap();
        assert_eq!(found.looks_like, Some(24 * HOUR));
    }
}
