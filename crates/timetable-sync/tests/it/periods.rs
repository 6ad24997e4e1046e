//! Timeslots of a school that takes them from its periods.

use serde_json::Value;
use timetable_sync::Status;

use crate::{
    feed::{Feed, Row, feed},
    school::School,
};

const ROWS: [Row; 1] = [("9001", "10B/Ph1", "T1", "11", "1")];

/// Replaces a time everywhere in the structure.
fn retimed(from: &str, to: &str) -> Feed {
    let mut feed = feed(&ROWS);
    let text = feed
        .structure
        .as_ref()
        .unwrap()
        .to_string()
        .replace(from, to);
    feed.structure = Some(serde_json::from_str::<Value>(&text).unwrap());
    feed
}

async fn slots(school: &School) -> Vec<String> {
    let state = school.state().await;
    state
        .timeslots
        .iter()
        .map(|slot| format!("{}: {} {} {}", slot.id, slot.name, slot.days, slot.times))
        .collect()
}

#[tokio::test]
async fn a_slot_keeps_its_id_and_name_when_its_periods_move() {
    let school = School::synced(&feed(&ROWS)).await;
    let report = school.sync(&retimed("11:15", "11:20")).await;
    assert_eq!(
        (report.status, report.timeslots.changed),
        (Status::Applied, 1)
    );
    assert_eq!(
        slots(&school).await[2],
        "1115-1215: Period 3 Mon Tue Wed 11:20-12:15"
    );
    assert_eq!(
        school.sync(&retimed("11:15", "11:20")).await.status,
        Status::Unchanged
    );
}

#[tokio::test]
async fn a_lesson_follows_its_period() {
    let school = School::synced(&feed(&ROWS)).await;
    school
        .book(
            "early",
            "isams-1",
            "2031-09-08T08:50",
            "2031-09-08T09:00",
            "a@school.example",
        )
        .await;
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Unchanged);
    let report = school.sync(&retimed("09:00", "08:55")).await;
    assert_eq!((report.lessons.changed, report.removals.len()), (1, 1));
}

#[tokio::test]
async fn a_period_with_impossible_times_loses_its_slot_and_its_lessons_are_skipped() {
    let school = School::synced(&feed(&[
        ("1", "A", "T1", "11", "1"),
        ("2", "B", "T1", "23", "1"),
    ]))
    .await;
    let mut broken = feed(&[("1", "A", "T1", "11", "1"), ("2", "B", "T1", "23", "1")]);
    let text = broken
        .structure
        .as_ref()
        .unwrap()
        .to_string()
        .replace("12:15", "00:00");
    broken.structure = Some(serde_json::from_str(&text).unwrap());
    let report = school.sync(&broken).await;
    let reasons: Vec<&str> = report
        .skipped
        .iter()
        .map(|skipped| skipped.reason.as_str())
        .collect();
    assert_eq!(report.skipped.len(), 4);
    assert!(
        reasons[0].contains("B is in a period that cannot be used"),
        "{reasons:?}"
    );
    assert!(
        reasons[1].contains("ends at 00:00, which is not after its start at 11:15"),
        "{reasons:?}"
    );
    assert_eq!(report.status, Status::Held); // half of the lessons are gone
}
