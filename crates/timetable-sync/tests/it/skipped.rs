//! Rows that cannot be used are named, and the rest goes on.

use serde_json::{Value, json};
use timetable_sync::{Skipped, Status};

use crate::{
    feed::{Row, feed},
    school::School,
};

const ROWS: [Row; 5] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "999", "2"),
    ("9003", "9A/Bi1", "T2", "12", "77"),
    ("9004", "8C/Ar1", "T9", "23", ""),
    ("9005", "8C/Ar1", "gone", "23", "3"),
];

fn reasons(skipped: &[Skipped], area: &str) -> Vec<(String, String)> {
    let of_area = skipped.iter().filter(|skipped| skipped.area == area);
    of_area
        .map(|skipped| (skipped.source_id.clone(), skipped.reason.clone()))
        .collect()
}

#[tokio::test]
async fn lessons_without_period_or_room_are_skipped_on_every_run() {
    let school = School::new();
    for status in [Status::Applied, Status::Unchanged] {
        let report = school.sync(&feed(&ROWS)).await;
        assert_eq!(
            (report.status, report.lessons.added),
            (status, if status == Status::Applied { 2 } else { 0 })
        );
        assert_eq!(
            reasons(&report.skipped, "published_timetable"),
            [
                (
                    "9002".to_owned(),
                    "9A/Bi1 is in the period 999, which the structure does not have".to_owned()
                ),
                (
                    "9003".to_owned(),
                    "9A/Bi1 is in the room 77, which the list of rooms does not have".to_owned()
                ),
            ]
        );
        assert_eq!(report.without_room, 1);
    }
}

#[tokio::test]
async fn terms_and_allocations_that_cannot_be_read_are_named() {
    let mut broken = feed(&ROWS[..1]);
    let term = broken.terms.take().unwrap()["Term"].clone();
    broken.terms = Some(json!({"Term": [
        term,
        {"@Id": "62", "Name": "Spring", "StartDate": "2032-01-05T00:00:00"},
        {"@Id": "63", "Name": "Summer", "StartDate": "2032-07-05T00:00:00", "FinishDate": "2032-04-05T00:00:00"},
        {"@Id": "64", "Name": "Long", "StartDate": "whenever", "FinishDate": "2032-04-05T00:00:00"},
    ]}));
    let rows = broken.allocations.as_mut().unwrap()["TimetableAllocation"]
        .as_array_mut()
        .unwrap();
    rows.push(json!({"@Id": "901", "Week": "60", "Year": "2031", "TimetableWeekId": "1"}));
    rows.push(json!({"@Id": "902", "Week": "41", "Year": "2031", "TimetableWeekId": "9"}));
    rows.push(json!({"@Id": "903", "Week": "41", "TimetableWeekId": "1"}));
    let report = School::new().sync(&broken).await;
    assert_eq!(report.status, Status::Applied);
    let ids = |area| {
        reasons(&report.skipped, area)
            .into_iter()
            .map(|(id, _)| id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("terms"), ["62", "63", "64"]);
    assert_eq!(ids("week_allocations"), ["901", "902", "903"]);
}

#[tokio::test]
async fn meetings_tutorials_and_year_schedules_occupy_their_rooms() {
    let mut feed = feed(&ROWS[..1]);
    let timetable = &mut feed.timetables.as_mut().unwrap()["Timetable"];
    timetable["StaffMeetings"] = json!({"StaffMeeting": [
        {"@Id": "70", "PeriodId": "12", "TeacherId": "T1", "MeetingGroupId": "7", "RoomId": "5", "DisplayName": "Maths dept"},
        {"@Id": "71", "PeriodId": "12", "TeacherId": "T2", "MeetingGroupId": "7", "RoomId": "5", "DisplayName": "Maths dept"},
    ]});
    timetable["Tutorials"] = json!({"Tutorial": {"@Id": "80", "DisplayCode": "TUT1", "DisplayName": "Interviews", "RoomId": "6",
        "Periods": {"Period": [{"@Id": "1", "PeriodId": "12"}, {"@Id": "2", "PeriodId": "13"}]},
        "Teachers": {"Teacher": {"@Id": "2", "TeacherId": "T1"}}}});
    timetable["YearSchedules"] = json!({"YearSchedule": {"@Id": "90", "Name": "Assembly", "NationalCurriculumYear": "9", "PeriodId": "12", "RoomId": "7"}});
    let school = School::synced(&feed).await;
    for (id, room) in [("m", "isams-5"), ("t", "isams-6"), ("y", "isams-7")] {
        school
            .book(
                id,
                room,
                "2031-09-08T10:15",
                "2031-09-08T10:30",
                "Q.Bee@school.example",
            )
            .await;
    }
    for number in 0..4 {
        school
            .book(
                &format!("x{number}"),
                "isams-4",
                "2031-09-08T10:15",
                "2031-09-08T10:30",
                "x@school.example",
            )
            .await;
    }
    let report = school.sync(&feed).await;
    let causes: Vec<Value> = report
        .removals
        .iter()
        .map(|removal| serde_json::to_value(&removal.causes).unwrap())
        .collect();
    assert_eq!(
        json!(causes),
        json!([
            [{"kind": "meeting", "source_ids": ["70", "71"], "start": "2031-09-08T10:00", "end": "2031-09-08T11:00", "label": "Maths dept"}],
            [{"kind": "tutorial", "source_ids": ["80"], "start": "2031-09-08T10:00", "end": "2031-09-08T11:00", "label": "Interviews"}],
            [{"kind": "year_schedule", "source_ids": ["90"], "start": "2031-09-08T10:00", "end": "2031-09-08T11:00", "label": "Assembly (year 9)"}],
        ])
    );
    // Only lessons absorb, although the owner leads the meeting.
    assert!(report.removals.iter().all(|removal| !removal.absorbed));
}

#[tokio::test]
async fn weeks_without_allocation_are_reported_once() {
    let mut feed = feed(&ROWS[..1]);
    feed.allocate([36, 37, 39, 40]);
    let school = School::new();
    let report = school.sync(&feed).await;
    let weeks: Vec<&String> = report
        .warnings
        .iter()
        .filter(|line| line.contains("week 38"))
        .collect();
    assert_eq!(weeks.len(), 1, "{:?}", report.warnings);
    assert!(
        weeks[0].starts_with("2031 week 38 (14 Sep 2031 to 20 Sep 2031) lies in a term"),
        "{}",
        weeks[0]
    );
    school
        .book(
            "free-looking",
            "isams-1",
            "2031-09-15T09:00",
            "2031-09-15T10:00",
            "a@school.example",
        )
        .await;
    let report = school.sync(&feed).await;
    assert_eq!(
        (report.status, report.warnings.len()),
        (Status::Unchanged, 0)
    );
}
