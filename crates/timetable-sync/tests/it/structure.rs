//! A school that keeps its own timeslots is asked again about the periods that changed, and about no others.

use booking_store::Matching;
use serde_json::{Value, json};
use timetable_sync::{PendingTask, Report, Status};

use crate::{
    feed::{Feed, Row, feed},
    school::School,
};

const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9B-PSHE", "T1", "21", "2"),
];

/// Monday and Tuesday with these periods: id without the day, name, start, end.
fn with(periods: &[(&str, &str, &str, &str)]) -> Feed {
    let day = |number: u32, name: &str| {
        let periods: Vec<Value> = periods
            .iter()
            .map(|(id, name, start, end)| {
                json!({"@Id": format!("{number}{id}"), "Name": name, "StartTime": start, "EndTime": end})
            })
            .collect();
        json!({"@Id": number.to_string(), "Name": name, "Day": (number + 1).to_string(), "Active": "1",
            "Periods": {"Period": periods}})
    };
    Feed {
        structure: Some(json!({"Week": {"@Id": "1", "Name": "Week 1", "Active": "1",
            "Days": {"Day": [day(1, "Monday"), day(2, "Tuesday")]}}})),
        ..feed(&ROWS)
    }
}

const BEFORE: [(&str, &str, &str, &str); 3] = [
    ("1", "Period 1", "09:00", "10:00"),
    ("2", "Period 2", "10:00", "11:00"),
    ("9", "Registration", "08:40", "08:55"),
];

/// A school with timeslots of its own, whose matches are confirmed and in effect.
async fn existing() -> School {
    let school = School::new();
    school
        .import_slot("S1", "First", "Mon Tue", "09:00", "10:00")
        .await;
    school
        .import_slot("S2", "Second", "Mon Tue", "10:05", "11:00")
        .await;
    assert_eq!(
        school.sync(&with(&BEFORE)).await.status,
        Status::AwaitingMatch
    );
    let periods = ["12".into(), "22".into()];
    let syncer = &school.syncer;
    syncer
        .match_slot(&school.id, &"S2".into(), &periods)
        .await
        .unwrap();
    syncer.confirm_matches(&school.id).await.unwrap();
    assert_eq!(school.sync(&with(&BEFORE)).await.status, Status::Applied);
    assert_eq!(school.state().await.matching, Matching::Confirmed);
    school
}

fn asked(report: &Report) -> Vec<&str> {
    let warnings = report.warnings.iter().map(String::as_str);
    warnings
        .filter(|warning| warning.contains("the periods have changed"))
        .collect()
}

#[tokio::test]
async fn only_what_changed_wants_to_be_matched_again_and_once() {
    let school = existing().await;
    let mut after = BEFORE.to_vec();
    after[0] = ("1", "Period 1", "09:05", "10:00");
    after.push(("3", "Period 3", "11:15", "12:15"));
    let report = school.sync(&with(&after)).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    // The registration had no timeslot before either, and the second period is paired as ever.
    assert_eq!(
        asked(&report),
        [
            "the periods have changed; look at these again with `match list`, and pair them with `match set slot` where \
             they belong together: Mon Tue Period 1 09:05-10:00 starts 5 minutes earlier here: First 09:00-10:00; Mon Tue \
             Period 3 11:15-12:15 has no timeslot here"
        ]
    );
    let again = school.sync(&with(&after)).await;
    assert_eq!(asked(&again), [] as [&str; 0]);
}

#[tokio::test]
async fn a_pair_whose_period_is_gone_waits_for_an_administrator() {
    let school = existing().await;
    let mut after = BEFORE.to_vec();
    after[1] = ("8", "Period 2", "10:00", "11:00");
    let report = school.sync(&with(&after)).await;
    assert!(report.held_because.is_empty(), "{:?}", report.held_because);
    let [told] = asked(&report)[..] else {
        panic!("{:?}", report.warnings)
    };
    assert!(
        told.ends_with(
            "Mon Tue Period 2 10:00-11:00 starts 5 minutes later here: Second 10:05-11:00"
        ),
        "{told}"
    );
    let syncer = &school.syncer;
    let tasks = syncer
        .pending_tasks(&school.id, Some(school.now))
        .await
        .unwrap();
    let rematches = tasks.iter().find_map(|task| match task {
        PendingTask::Rematches { texts } => Some(texts.clone()),
        _ => None,
    });
    assert_eq!(
        rematches.unwrap(),
        [
            "the timeslot S2 was paired with the iSAMS periods 12, 22, which are gone; pair it again with `match set slot \
             S2`, or take it back with `match clear slot S2`"
        ]
    );
    // Paired again, nothing waits.
    let periods = ["18".into(), "28".into()];
    syncer
        .match_slot(&school.id, &"S2".into(), &periods)
        .await
        .unwrap();
    let tasks = syncer
        .pending_tasks(&school.id, Some(school.now))
        .await
        .unwrap();
    assert!(
        !tasks
            .iter()
            .any(|task| matches!(task, PendingTask::Rematches { .. })),
        "{tasks:?}"
    );
}
