//! Periods and lessons may overlap, which is told when it is new.

use serde_json::json;
use timetable_sync::Status;

use crate::{
    feed::{Row, feed, timetable},
    school::School,
};

const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9B-PSHE", "T1", "12", "2"),
];

#[tokio::test]
async fn periods_that_overlap_are_told_once() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut split = feed(&ROWS);
    split.structure = Some(
        json!({"Week": {"@Id": "1", "Name": "Week 1", "Active": "1", "Days": {"Day": [
            {"@Id": "1", "Name": "Monday", "Day": "2", "Active": "1", "Periods": {"Period": [
                {"@Id": "11", "Name": "Period 1", "StartTime": "09:00", "EndTime": "10:00"},
                {"@Id": "12", "Name": "Period 2", "StartTime": "10:00", "EndTime": "11:00"},
                {"@Id": "13", "Name": "Lower lunch", "StartTime": "10:30", "EndTime": "11:30"},
            ]}},
        ]}}}),
    );
    let told = |warnings: &[String]| -> Vec<String> {
        let about = warnings
            .iter()
            .filter(|warning| warning.contains("overlap"));
        about.cloned().collect()
    };
    let report = school.sync(&split).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    assert_eq!(
        told(&report.warnings),
        [
            "periods overlap, so lessons of each take their own times: Period 2 (10:00-11:00) and Lower lunch \
          (10:30-11:30)"
        ]
    );
    let report = school.sync(&split).await;
    assert!(told(&report.warnings).is_empty(), "{:?}", report.warnings);
}

#[tokio::test]
async fn lessons_of_two_timetables_in_one_room_are_told_and_both_take_it() {
    let mut divisions = feed(&ROWS);
    let mut upper = timetable("12", &ROWS);
    upper["Name"] = json!("Upper School");
    let mut lower = timetable("13", &[("9101", "7A-Ma", "T2", "11", "1")]);
    lower["Name"] = json!("Lower School");
    let mut next_year = timetable("14", &[("9201", "8A-Fr", "T2", "12", "2")]);
    next_year["StartYear"] = json!("2032");
    next_year["EndYear"] = json!("2033");
    divisions.timetables = Some(json!({"Timetable": [upper, lower, next_year]}));
    let school = School::new();
    let report = school.sync(&divisions).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    let told: Vec<_> = report
        .warnings
        .iter()
        .filter(|warning| warning.contains("overlap"))
        .collect();
    assert_eq!(told.len(), 1, "{:?}", report.warnings);
    assert!(
        told[0].starts_with("lessons of two published timetables overlap in one room, so the room is taken by both: ")
            && told[0].contains(" of Upper School (09:00-10:00) and ")
            && told[0].contains(" of Lower School (09:00-10:00) in ")
            && told[0].ends_with(" on Mon"),
        "{}",
        told[0]
    );
}
