//! Rehearsal: timetables in development as if they were published, and nothing written.

use booking_store::{BookingStore, RunFilter};
use isams_client::{AreaState, Client, DataArea};
use isams_simulator::Simulator;
use serde_json::{Value, json};
use timetable_sync::{Error, Recorded, RehearsalRequest, Report, Status};

use crate::{
    feed::{Feed, Row, feed, payload, timetable},
    school::{School, at, removed},
};

/// Lessons that stay, so that a few more or less are nothing unusual.
const STAY: [Row; 6] = [
    ("9001", "9B-PSHE", "T2", "12", "5"),
    ("9002", "9B-PSHE", "T2", "13", "5"),
    ("9003", "9B-PSHE", "T2", "21", "5"),
    ("9004", "9B-PSHE", "T2", "22", "5"),
    ("9005", "9B-PSHE", "T2", "23", "5"),
    ("9006", "9B-PSHE", "T2", "31", "5"),
];
/// Monday's Period 1 (09:00-10:00), published in room 2 and drafted in room 1.
const PUBLISHED: Row = ("9101", "10B/Ph1", "T1", "11", "2");
const DRAFTED: Row = ("9201", "10B/Ph1", "T1", "11", "1");

fn with(row: Row) -> Vec<Row> {
    [&STAY[..], &[row]].concat()
}

/// The feed with a draft of the same year beside what is published.
fn both(draft: Value) -> Value {
    let mut answer = feed(&with(PUBLISHED)).json();
    answer["iSAMS"]["TimetableManager"]["DevelopmentTimetables"] = json!({ "Timetable": draft });
    answer
}

async fn school() -> School {
    let school = School::synced(&feed(&with(PUBLISHED))).await;
    for (id, room, day) in [
        ("early", "isams-1", "2031-09-08"),
        ("late", "isams-1", "2031-09-22"),
        ("apart", "isams-3", "2031-09-22"),
    ] {
        let (start, end) = (format!("{day}T09:00"), format!("{day}T10:00"));
        school
            .book(id, room, &start, &end, "ann@school.example")
            .await;
    }
    for number in 0..20 {
        let id = format!("far{number}");
        let (start, end) = ("2031-09-30T18:00", "2031-09-30T19:00");
        school
            .book(&id, "isams-6", start, end, "far@school.example")
            .await;
    }
    school
}

async fn rehearse(school: &School, answer: &Value, from: Option<&str>) -> Result<Report, Error> {
    let request = RehearsalRequest {
        now: Some(school.now),
        from: from.map(|date| date.parse().unwrap()),
    };
    let source = Recorded(payload(answer));
    school.syncer.rehearse(&school.id, &source, &request).await
}

#[tokio::test]
async fn a_rehearsal_says_what_the_published_timetable_would_do_and_writes_nothing() {
    let school = school().await;
    let everything = || async {
        let runs = school.store.runs(&school.id, &RunFilter::default()).await;
        (school.state().await, school.outbox().await, runs.unwrap())
    };
    let before = everything().await;
    let report = rehearse(&school, &both(timetable("13", &with(DRAFTED))), None)
        .await
        .unwrap();
    assert_eq!(everything().await, before);
    assert_eq!(removed(&report), ["early", "late"]);
    // The oracle: the same lessons, published indeed.
    let published = school.plan(&feed(&with(DRAFTED))).await;
    assert_eq!(report.removals, published.removals);
    assert_eq!(report.lessons, published.lessons);
    assert_eq!(report.notices, 1);

    assert_eq!((report.status, report.rehearsal), (Status::Planned, true));
    assert_eq!((report.run, report.releasable), (None, false));
    assert_eq!(report.fingerprint, "");
    let data = serde_json::to_value(&report).unwrap();
    assert_eq!(data["rehearsal"], true);
    assert!(
        report.warnings[0].starts_with(
            "rehearsal: `Main` in development counts as published from the school year 2031 on, in the place of `Main`"
        ),
        "{:?}",
        report.warnings
    );
    let data = serde_json::to_value(&published).unwrap();
    assert!(data.get("rehearsal").is_none(), "{data}");
}

#[tokio::test]
async fn what_begins_before_the_date_is_left_out() {
    let school = school().await;
    let answer = both(timetable("13", &with(DRAFTED)));
    for (from, gone) in [
        ("2031-09-01", vec!["early", "late"]),
        ("2031-09-08", vec!["early", "late"]),
        ("2031-09-09", vec!["late"]),
        ("2031-09-22", vec!["late"]),
        ("2031-09-23", vec![]),
    ] {
        let report = rehearse(&school, &answer, Some(from)).await.unwrap();
        assert_eq!(removed(&report), gone, "{from}");
    }
}

#[tokio::test]
async fn a_draft_of_next_year_leaves_this_year_as_it_is_published() {
    let school = school().await;
    school
        .book(
            "next",
            "isams-1",
            "2032-09-06T09:00",
            "2032-09-06T10:00",
            "ann@school.example",
        )
        .await;
    let mut draft = timetable("13", &with(DRAFTED));
    (draft["StartYear"], draft["EndYear"]) = (json!("2032"), json!("2033"));
    let mut answer = both(draft);
    let isams = &mut answer["iSAMS"];
    let this_year = isams["SchoolManager"]["Terms"]["Term"].clone();
    isams["SchoolManager"]["Terms"] = json!({ "Term": [this_year, {"@Id": "62", "SchoolYear": "2032", "Name": "Autumn",
        "StartDate": "2032-09-01T00:00:00", "FinishDate": "2032-10-01T00:00:00"}]});
    let allocations = &mut isams["TimetableManager"]["TimetableAllocations"]["TimetableAllocation"];
    // 6 September 2032, a Monday, is in week 37.
    allocations
        .as_array_mut()
        .unwrap()
        .push(json!({"@Id": "601", "Week": "37", "Year": "2032", "TimetableWeekId": "1"}));
    let report = rehearse(&school, &answer, None).await.unwrap();
    assert_eq!(removed(&report), ["next"], "{:?}", report.warnings);
    assert!(
        report.warnings[0].contains("from the school year 2032 on, beside what is published"),
        "{:?}",
        report.warnings
    );
}

#[tokio::test]
async fn what_the_guard_would_say_is_a_warning_and_holds_no_rehearsal() {
    let school = school().await;
    for number in 0..12 {
        let id = format!("mine{number}");
        let (start, end) = ("2031-09-15T09:00", "2031-09-15T10:00");
        school
            .book(&id, "isams-1", start, end, "ann@school.example")
            .await;
    }
    let answer = both(timetable("13", &with(DRAFTED)));
    let report = rehearse(&school, &answer, None).await.unwrap();
    assert_eq!(
        (report.status, report.removals.len()),
        (Status::Planned, 14)
    );
    let held = "a sync of it would be held: one person would lose 14 bookings";
    assert!(
        report.warnings.iter().any(|warning| warning == held),
        "{:?}",
        report.warnings
    );
    assert!(report.held_because.is_empty() && report.accept.is_empty());
}

#[tokio::test]
async fn a_published_area_that_is_missing_tonight_has_not_gone() {
    let school = school().await;
    let mut draft = timetable("13", &with(DRAFTED));
    (draft["StartYear"], draft["EndYear"]) = (json!("2032"), json!("2033"));
    let mut answer = both(draft);
    let manager = answer["iSAMS"]["TimetableManager"].as_object_mut().unwrap();
    manager.remove("PublishedTimetables");
    let report = rehearse(&school, &answer, None).await.unwrap();
    assert_eq!(report.lessons.removed, 0, "{:?}", report.warnings);
    assert!(
        !report
            .warnings
            .iter()
            .any(|it| it.contains("would be held"))
    );
}

#[tokio::test]
async fn where_nothing_is_in_development_that_is_said() {
    let school = school().await;
    for (answer, state) in [
        (feed(&with(PUBLISHED)).json(), AreaState::Missing),
        (both(json!([])), AreaState::Empty),
    ] {
        let error = rehearse(&school, &answer, None).await.unwrap_err();
        let told = error.to_string();
        assert!(told.contains("nothing to rehearse"), "{told}");
        assert!(
            told.contains("Timetable_GetDevelopmentTimetables"),
            "{told}"
        );
        assert!(
            matches!(error, Error::NothingInDevelopment(found) if found == state),
            "{told}"
        );
    }
}

#[tokio::test]
async fn they_are_asked_for_by_name_and_a_key_without_them_is_told_of() {
    let school = school().await;
    let answer = both(timetable("13", &with(DRAFTED))).to_string();
    let request = RehearsalRequest {
        now: Some(school.now),
        from: None,
    };
    let areas = DataArea::ALL.map(DataArea::method);
    let simulator = Simulator::builder()
        .key("all")
        .key_with("areas", areas)
        .strict_filters(true)
        .body(answer)
        .start()
        .await
        .unwrap();
    let client = |key: &str| {
        let key = key.parse().unwrap();
        let client = Client::builder(&simulator.url(), key).retries(0);
        client.build().unwrap()
    };
    let (all, areas) = (client("all"), client("areas"));
    let report = school.syncer.rehearse(&school.id, &all, &request).await;
    assert_eq!(removed(&report.unwrap()), ["early", "late"]);
    let error = school.syncer.rehearse(&school.id, &areas, &request).await;
    assert!(matches!(
        error,
        Err(Error::NothingInDevelopment(AreaState::Refused))
    ));
    // The night does not ask for them, and so gets none.
    let plan = school
        .syncer
        .plan(&school.id, &all, &school.request())
        .await
        .unwrap();
    assert_eq!(removed(&plan), [] as [&str; 0]);
}

#[tokio::test]
async fn a_draft_that_changes_every_night_changes_nothing() {
    let mut school = school().await;
    for (number, row) in [DRAFTED, PUBLISHED, DRAFTED].into_iter().enumerate() {
        school.now = at("2031-09-02T01:00") + chrono::TimeDelta::days(number as i64);
        let before = school.state().await;
        let answer = payload(&both(timetable("13", &with(row))));
        let report = school.try_sync(answer, &school.request()).await.unwrap();
        assert_eq!(report.status, Status::Unchanged, "{:?}", report.warnings);
        let after = school.state().await;
        assert_eq!(after.revision, before.revision);
        assert_eq!(after.timetable, before.timetable);
    }
    assert_eq!(
        removed(
            &school
                .sync(&Feed {
                    ..feed(&with(DRAFTED))
                })
                .await
        ),
        ["early", "late"]
    );
}
