//! The clock, the zone and the lease.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use booking_store::{BookingDesk, MemoryStore, SchoolId};
use chrono::{DateTime, TimeDelta, Utc};
use isams_client::{FetchRequest, Payload};
use timetable_sync::{Clock, Error, Recorded, Settings, Source, Status, SyncRequest, Syncer};

use crate::{
    feed::{Row, feed},
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
