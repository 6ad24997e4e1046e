//! The clock, the zone and the lease.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use booking_store::{BookingDesk, BookingStore, MemoryStore, RunFilter, SchoolId};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use isams_client::{FetchRequest, Payload};
use serde_json::{Value, json};
use timetable_sync::{
    Clock, Error, GuardSettings, Recorded, Settings, Source, Status, SyncRequest, Syncer,
};

use crate::{
    feed::{Feed, Row, feed},
    school::{booking, removed},
};

const ROWS: [Row; 1] = [("9001", "10B/Ph1", "T1", "11", "1")];

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A clock that a test sets.
#[derive(Clone, Debug)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn at(text: &str) -> Self {
        Self(Arc::new(AtomicI64::new(utc(text).timestamp_millis())))
    }

    fn set(&self, text: &str) {
        self.0
            .store(utc(text).timestamp_millis(), Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let hands = Arc::clone(&self.0);
        Arc::new(move || DateTime::from_timestamp_millis(hands.load(Ordering::Relaxed)).unwrap())
    }
}

/// A feed that takes its time: the clock stands elsewhere when it has arrived.
#[derive(Debug)]
struct Slow {
    hands: Hands,
    arrives: &'static str,
}

#[async_trait]
impl Source for Slow {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        self.hands.set(self.arrives);
        Ok(feed(&ROWS).payload())
    }
}

async fn synced(hands: &Hands) -> (MemoryStore, SchoolId, Syncer) {
    let (store, school) = (MemoryStore::new(), SchoolId::new("school"));
    let syncer = Syncer::new(
        Arc::new(store.clone()),
        Settings::default(),
        hands.clock(),
        "test",
    );
    let source = Recorded(feed(&ROWS).payload());
    syncer
        .sync(&school, &source, &SyncRequest::default())
        .await
        .unwrap();
    (store, school, syncer)
}

#[tokio::test]
async fn a_booking_that_begins_while_the_feed_arrives_stays() {
    // 8 September is in British Summer Time: 07:58 UTC is 08:58 at the school.
    let hands = Hands::at("2031-09-08T07:58:00Z");
    let (store, school, syncer) = synced(&hands).await;
    for (id, start) in [
        ("begun", "2031-09-08T09:00"),
        ("begins-now", "2031-09-08T09:01"),
        ("to-come", "2031-09-08T09:02"),
    ] {
        store
            .book(
                &school,
                &booking(id, "isams-1", start, "2031-09-08T09:30", "a@school.example"),
            )
            .await
            .unwrap();
    }
    let slow = Slow {
        hands: hands.clone(),
        arrives: "2031-09-08T08:01:00Z",
    };
    let report = syncer
        .sync(&school, &slow, &SyncRequest::default())
        .await
        .unwrap();
    assert_eq!(
        (report.status, removed(&report)),
        (Status::Applied, vec!["to-come"])
    );
}

#[tokio::test]
async fn now_is_the_schools_time_on_both_sides_of_both_clock_changes() {
    // The lesson is on Mondays at 09:00; the clocks change on Sunday 26 October 2031 and Sunday 28 March 2032.
    for (monday, nine_o_clock, week, year) in [
        ("2031-10-20", "2031-10-20T08:00:00Z", 43, 2031),
        ("2031-10-27", "2031-10-27T09:00:00Z", 44, 2031),
        ("2032-03-22", "2032-03-22T09:00:00Z", 13, 2032),
        ("2032-03-29", "2032-03-29T08:00:00Z", 14, 2032),
    ] {
        let mut feed = feed(&ROWS);
        feed.terms.as_mut().unwrap()["Term"]["FinishDate"] =
            serde_json::json!("2032-04-30T00:00:00");
        feed.allocations = Some(serde_json::json!({"TimetableAllocation":
            {"@Id": "1", "Year": year.to_string(), "Week": week.to_string(), "TimetableWeekId": "1"}}));
        for (minutes, expected) in [(-1, 1), (0, 0)] {
            let (store, school) = (MemoryStore::new(), SchoolId::new("school"));
            let now = utc(nine_o_clock) + TimeDelta::minutes(minutes);
            let syncer = Syncer::new(
                Arc::new(store.clone()),
                Settings::default(),
                Arc::new(move || now),
                "test",
            );
            let source = Recorded(feed.payload());
            syncer
                .sync(&school, &source, &SyncRequest::default())
                .await
                .unwrap();
            let (start, end) = (format!("{monday}T09:00"), format!("{monday}T09:30"));
            store
                .book(
                    &school,
                    &booking("club", "isams-1", &start, &end, "a@school.example"),
                )
                .await
                .unwrap();
            let report = syncer
                .sync(&school, &source, &SyncRequest::default())
                .await
                .unwrap();
            assert_eq!(report.removals.len(), expected, "{monday} {minutes}");
        }
    }
}

/// Lessons in room 1 on Sundays from 01:00 to 02:00, the hour that the clocks skip or double, and on Mondays from 09:00;
/// terms around both changes.
fn over_both_changes() -> Feed {
    let day = |id: &str, number: &str, start: &str, end: &str| {
        json!({"@Id": id, "Name": "Day", "Day": number, "Active": "1", "Periods": {"Period":
            {"@Id": format!("{id}1"), "Name": "Period 1", "ShortName": "1", "StartTime": start, "EndTime": end}}})
    };
    let term = |id: &str, start: &str, finish: &str| {
        json!({"@Id": id, "SchoolYear": "2031", "Name": "Term",
            "StartDate": format!("{start}T00:00:00"), "FinishDate": format!("{finish}T00:00:00")})
    };
    let weeks = (36..=52)
        .map(|week| (2031, week))
        .chain((2..=16).map(|week| (2032, week)));
    let allocations: Vec<Value> = weeks
        .map(|(year, week)| {
            json!({"@Id": format!("{year}{week}"), "Year": year.to_string(), "Week": week.to_string(),
                "TimetableWeekId": "1"})
        })
        .collect();
    Feed {
        terms: Some(json!({"Term": [
            term("61", "2031-09-01", "2031-12-19"),
            term("62", "2032-01-05", "2032-04-16"),
        ]})),
        structure: Some(
            json!({"Week": {"@Id": "1", "Name": "Week 1", "Active": "1", "Days": {"Day": [
                day("7", "1", "01:00", "02:00"),
                day("1", "2", "09:00", "10:00"),
            ]}}}),
        ),
        allocations: Some(json!({ "TimetableAllocation": allocations })),
        ..feed(&[
            ("9001", "Night watch", "T1", "71", "1"),
            ("9002", "10B/Ph1", "T1", "11", "1"),
        ])
    }
}

#[tokio::test]
async fn g14_wall_time_holds_across_both_clock_changes() {
    // In 2031 the clocks go back on Sunday 26 October at 01:00 UTC, in 2032 forward on Sunday 28 March at 01:00 UTC.
    let bookings = [
        ("evening", "2031-10-25T23:00", "2031-10-26T01:00"),
        ("doubled", "2031-10-26T01:15", "2031-10-26T01:45"),
        ("after-doubled", "2031-10-26T02:00", "2031-10-26T03:00"),
        ("monday", "2031-10-27T09:00", "2031-10-27T10:00"),
        ("spring-evening", "2032-03-27T23:00", "2032-03-28T01:00"),
        ("skipped", "2032-03-28T01:15", "2032-03-28T01:45"),
        ("after-skipped", "2032-03-28T02:00", "2032-03-28T03:00"),
        ("spring-monday", "2032-03-29T09:00", "2032-03-29T10:00"),
    ];
    // When the run is made, what the clock on the wall says, and what goes: only what has not begun by that clock.
    for (run, wall, gone) in [
        // The first time that it is between one and two.
        (
            "2031-10-26T00:14:59Z",
            "2031-10-26T01:14:59",
            &["doubled", "monday", "skipped", "spring-monday"][..],
        ),
        (
            "2031-10-26T00:15:00Z",
            "2031-10-26T01:15:00",
            &["monday", "skipped", "spring-monday"],
        ),
        (
            "2031-10-26T00:59:59Z",
            "2031-10-26T01:59:59",
            &["monday", "skipped", "spring-monday"],
        ),
        // The second time: by the wall the booking is still to come.
        (
            "2031-10-26T01:00:00Z",
            "2031-10-26T01:00:00",
            &["doubled", "monday", "skipped", "spring-monday"],
        ),
        (
            "2031-10-26T01:15:00Z",
            "2031-10-26T01:15:00",
            &["monday", "skipped", "spring-monday"],
        ),
        // An hour later than the week before, by UTC.
        (
            "2031-10-27T08:59:59Z",
            "2031-10-27T08:59:59",
            &["monday", "skipped", "spring-monday"],
        ),
        (
            "2031-10-27T09:00:00Z",
            "2031-10-27T09:00:00",
            &["skipped", "spring-monday"],
        ),
        (
            "2032-03-28T00:59:59Z",
            "2032-03-28T00:59:59",
            &["skipped", "spring-monday"],
        ),
        // It is two at once.
        (
            "2032-03-28T01:00:00Z",
            "2032-03-28T02:00:00",
            &["spring-monday"],
        ),
        (
            "2032-03-29T07:59:59Z",
            "2032-03-29T08:59:59",
            &["spring-monday"],
        ),
        ("2032-03-29T08:00:00Z", "2032-03-29T09:00:00", &[]),
    ] {
        let (store, school) = (MemoryStore::new(), SchoolId::new("school"));
        let hands = Hands::at("2031-09-01T00:00:00Z");
        let settings = Settings {
            guard: GuardSettings {
                half_of_at_least: 99,
                ..GuardSettings::default()
            },
            ..Settings::default()
        };
        let syncer = Syncer::new(Arc::new(store.clone()), settings, hands.clock(), "test");
        let source = Recorded(over_both_changes().payload());
        let request = SyncRequest::default();
        let first = syncer.sync(&school, &source, &request).await.unwrap();
        assert_eq!(first.status, Status::Applied, "{:?}", first.held_because);
        for (id, start, end) in bookings {
            let booking = booking(id, "isams-1", start, end, "a@school.example");
            store.book(&school, &booking).await.unwrap();
        }
        hands.set(run);
        let plan = syncer.plan(&school, &source, &request).await.unwrap();
        assert_eq!(removed(&plan), gone, "the plan of {run}");
        let report = syncer.sync(&school, &source, &request).await.unwrap();
        assert_eq!(removed(&report), gone, "{run}");
        let state = store.load(&school, NaiveDateTime::MIN).await.unwrap();
        let kept: Vec<&str> = state
            .bookings
            .iter()
            .map(|booking| booking.id.as_str())
            .collect();
        let mut expected: Vec<&str> = bookings.iter().map(|(id, ..)| *id).collect();
        expected.retain(|id| !gone.contains(id));
        expected.sort_unstable();
        assert_eq!(kept, expected, "{run}");
        let runs = store.runs(&school, &RunFilter::default()).await.unwrap();
        assert_eq!(runs[0].judged_at.to_string().replace(' ', "T"), wall);
        // People read the time that they booked.
        for removal in &report.removals {
            let (date, times) = match removal.booking.as_str() {
                "doubled" => ("Sun 26 Oct 2031", "01:15-01:45"),
                "monday" => ("Mon 27 Oct 2031", "09:00-10:00"),
                "skipped" => ("Sun 28 Mar 2032", "01:15-01:45"),
                _ => ("Mon 29 Mar 2032", "09:00-10:00"),
            };
            assert!(
                removal.text.starts_with(&format!("{date} {times}, ")),
                "{}",
                removal.text
            );
        }
    }
}

/// A feed that takes a minute.
#[derive(Debug)]
struct Minute;

#[async_trait]
impl Source for Minute {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(feed(&ROWS).payload())
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_sync_keeps_its_lease_and_a_second_one_of_the_same_process_is_busy() {
    let (store, school) = (MemoryStore::new(), SchoolId::new("school"));
    let start = tokio::time::Instant::now();
    let clock: Clock = Arc::new(move || {
        utc("2031-09-01T00:00:00Z") + TimeDelta::from_std(start.elapsed()).unwrap()
    });
    let syncer = Syncer::new(Arc::new(store), Settings::default(), clock, "test");
    let (first, of) = (syncer.clone(), school.clone());
    let slow = tokio::spawn(async move { first.sync(&of, &Minute, &SyncRequest::default()).await });
    tokio::time::sleep(Duration::from_secs(30)).await;
    let second = syncer
        .sync(
            &school,
            &Recorded(feed(&ROWS).payload()),
            &SyncRequest::default(),
        )
        .await;
    assert!(matches!(second, Err(Error::Busy)), "{second:?}");
    assert_eq!(slow.await.unwrap().unwrap().status, Status::Applied);
    let third = syncer
        .sync(
            &school,
            &Recorded(feed(&ROWS).payload()),
            &SyncRequest::default(),
        )
        .await;
    assert_eq!(third.unwrap().status, Status::Unchanged);
}
