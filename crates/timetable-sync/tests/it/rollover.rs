//! The freeze around the change of the school year.

use std::sync::Arc;

use booking_store::MemoryStore;
use chrono::{DateTime, Utc};
use serde_json::json;
use timetable_sync::{Recorded, Report, RolloverFreeze, Settings, Status, SyncRequest, Syncer};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, at, removed},
};

/// Lessons in room 5; the last is Wednesday's Period 2 (10:00-11:00).
const STAY: [Row; 8] = [
    ("9001", "9B-PSHE", "T2", "11", "5"),
    ("9002", "9B-PSHE", "T2", "12", "5"),
    ("9003", "9B-PSHE", "T2", "13", "5"),
    ("9004", "9B-PSHE", "T2", "21", "5"),
    ("9005", "9B-PSHE", "T2", "22", "5"),
    ("9006", "9B-PSHE", "T2", "23", "5"),
    ("9007", "9B-PSHE", "T2", "31", "5"),
    ("9008", "9B-PSHE", "T2", "32", "5"),
];

fn freeze(from: &str, to: &str) -> Settings {
    Settings {
        rollover_freeze: Some(RolloverFreeze {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }),
        ..Settings::default()
    }
}

/// A school that froze from 3 to 5 September, and has synced on the first.
async fn school() -> School {
    let school = School::with(freeze("09-03", "09-05"));
    let report = school.sync(&feed(&STAY)).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    for number in 0..4 {
        let id = format!("far{number}");
        let (start, end) = ("2031-09-30T18:00", "2031-09-30T19:00");
        school
            .book(&id, "isams-6", start, end, "far@school.example")
            .await;
    }
    school
}

/// The last lesson meets in room 1.
fn moved() -> Feed {
    let mut rows = STAY;
    rows[7].4 = "1";
    feed(&rows)
}

/// One more lesson, in room 2: Wednesday's Period 3 (11:15-12:15).
fn added() -> Feed {
    feed(&[&STAY[..], &[("9101", "10B/Ph1", "T1", "33", "2")]].concat())
}

const HELD: &str = "from 3 September to 5 September the school year changes, and changes of the timetable wait for a \
                    person: 1 weekly lesson changed";

#[tokio::test]
async fn a_change_is_held_from_the_first_day_to_the_last_and_goes_before_and_after() {
    for (now, status) in [
        ("2031-09-02T23:59", Status::Applied),
        ("2031-09-03T00:00", Status::Held),
        ("2031-09-04T12:00", Status::Held),
        ("2031-09-05T23:59", Status::Held),
        ("2031-09-06T00:00", Status::Applied),
    ] {
        let mut school = school().await;
        school.now = at(now);
        let plan = school.plan(&moved()).await;
        let report = school.sync(&moved()).await;
        assert_eq!(report.status, status, "{now}: {:?}", report.held_because);
        assert_eq!(plan.held_because, report.held_because, "{now}");
        match status {
            Status::Held => assert_eq!(report.held_because, [HELD], "{now}"),
            _ => assert!(report.held_because.is_empty(), "{now}"),
        }
    }
}

#[tokio::test]
async fn a_person_releases_it_by_its_fingerprint() {
    let mut school = school().await;
    school.now = at("2031-09-04T01:00");
    let held = school.sync(&moved()).await;
    assert_eq!((held.status, held.releasable), (Status::Held, true));
    // The next night it is still held, and the administrator is not told again.
    let told = school.outbox().await.len();
    school.now = at("2031-09-05T01:00");
    let again = school.sync(&moved()).await;
    assert_eq!(again.fingerprint, held.fingerprint);
    assert_eq!(school.outbox().await.len(), told);

    let report = school.release(&moved(), &held.fingerprint, &[]).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    assert_eq!(school.sync(&moved()).await.status, Status::Unchanged);
}

#[tokio::test]
async fn an_addition_that_clashes_with_nothing_goes_and_one_that_clashes_waits() {
    let mut school = school().await;
    school.now = at("2031-09-03T01:00");
    let report = school.sync(&added()).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);

    let mut school = self::school().await;
    let (start, end) = ("2031-09-10T11:15", "2031-09-10T12:15");
    school
        .book("club", "isams-2", start, end, "ann@school.example")
        .await;
    school.now = at("2031-09-03T01:00");
    let report = school.sync(&added()).await;
    assert_eq!(
        (report.status, removed(&report)),
        (Status::Held, vec!["club"])
    );
    assert!(
        report.held_because[0].ends_with("wait for a person: 1 weekly lesson added"),
        "{:?}",
        report.held_because
    );
    school.now = at("2031-09-06T01:00");
    let report = school.sync(&added()).await;
    assert_eq!(
        (report.status, removed(&report)),
        (Status::Applied, vec!["club"])
    );
}

#[tokio::test]
async fn what_leaves_the_timetable_as_it_is_goes_on() {
    let mut school = school().await;
    school.now = at("2031-09-03T01:00");
    for (id, room, day) in [("over", "isams-5", "08"), ("closed", "isams-7", "09")] {
        let (start, end) = (
            format!("2031-09-{day}T09:00"),
            format!("2031-09-{day}T10:00"),
        );
        school
            .book(id, room, &start, &end, "ann@school.example")
            .await;
    }
    let closed = Feed {
        closures: Some(
            json!({"RoomClosure": {"@Id": "4", "RoomId": "7", "ReasonId": "2",
            "StartDate": "2031-09-09T00:00:00", "EndDate": "2031-09-09T00:00:00"}}),
        ),
        ..feed(&STAY)
    };
    let report = school.sync(&closed).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    assert_eq!(removed(&report), ["over", "closed"]);
    assert_eq!(school.sync(&closed).await.status, Status::Unchanged);
}

#[tokio::test]
async fn the_dates_are_those_of_the_school() {
    // 23:30 in UTC on the last day is half past midnight at the school, in summer time.
    for (utc, status) in [
        ("2031-09-02T22:59:00Z", Status::Planned),
        ("2031-09-02T23:00:00Z", Status::Held),
        ("2031-09-05T22:59:00Z", Status::Held),
        ("2031-09-05T23:00:00Z", Status::Planned),
    ] {
        let school = school().await;
        assert_eq!(plan_at(&school, utc).await.status, status, "{utc}");
    }
}

async fn plan_at(school: &School, utc: &str) -> Report {
    let now: DateTime<Utc> = utc.parse().unwrap();
    let store: MemoryStore = school.store.clone();
    let settings = freeze("09-03", "09-05");
    let syncer = Syncer::new(Arc::new(store), settings, Arc::new(move || now), "test");
    let source = Recorded(moved().payload());
    let request = SyncRequest::default();
    syncer.plan(&school.id, &source, &request).await.unwrap()
}
