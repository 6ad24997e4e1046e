//! The doctor's checklist for the change of the school year, over recorded answers.

use isams_client::DataArea;
use serde_json::{Value, json};
use timetable_sync::{
    Check, Consultation, Diagnosis, RolloverFreeze, Settings, Topic, Verdict, examine_recorded,
};

use crate::{
    feed::{Row, feed, payload, timetable},
    school::at,
};

const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9B-PSHE", "T2", "22", "2"),
];

/// A school whose year 2031 ends on 3 October 2031, as a test school's may.
fn this_year() -> Value {
    feed(&ROWS).json()
}

/// The same with all of the year 2032: a term of two weeks, their allocations and a published timetable.
fn both_years() -> Value {
    let mut answer = this_year();
    let isams = &mut answer["iSAMS"];
    let term = isams["SchoolManager"]["Terms"]["Term"].clone();
    isams["SchoolManager"]["Terms"]["Term"] = json!([term, {"@Id": "62", "SchoolYear": "2032",
        "Name": "Winter", "StartDate": "2031-11-03T00:00:00", "FinishDate": "2031-11-14T00:00:00"}]);
    let manager = &mut isams["TimetableManager"];
    let allocations = manager["TimetableAllocations"]["TimetableAllocation"].as_array_mut();
    allocations.unwrap().extend([45, 46].map(|week| {
        json!({"@Id": format!("6{week}"), "Week": week.to_string(), "Year": "2031", "TimetableWeekId": "1"})
    }));
    let old = manager["PublishedTimetables"]["Timetable"].clone();
    manager["PublishedTimetables"]["Timetable"] = json!([old, next(&ROWS)]);
    answer
}

fn next(rows: &[Row]) -> Value {
    let mut timetable = timetable("13", rows);
    timetable["Name"] = json!("Next");
    (timetable["StartYear"], timetable["EndYear"]) = (json!("2032"), json!("2033"));
    timetable
}

fn examine(answer: &Value, now: &str, change: impl FnOnce(&mut Consultation)) -> Diagnosis {
    let mut consultation = Consultation::new(at(now), &Settings::default());
    change(&mut consultation);
    examine_recorded(payload(answer), &consultation)
}

fn verdicts(diagnosis: &Diagnosis) -> Vec<(Topic, Verdict)> {
    let checks = diagnosis.rollover.iter();
    checks.map(|check| (check.topic, check.verdict)).collect()
}

fn noticed(diagnosis: &Diagnosis) -> Vec<&Check> {
    let checks = diagnosis.rollover.iter();
    checks
        .filter(|check| check.verdict == Verdict::Notice)
        .collect()
}

#[test]
fn before_the_year_ends_it_says_what_the_next_one_lacks() {
    let diagnosis = examine(&this_year(), "2031-09-10T10:00", |_| {});
    assert_eq!(
        verdicts(&diagnosis),
        [
            (Topic::Terms, Verdict::Notice),
            (Topic::Allocations, Verdict::Unknown),
            (Topic::Timetables, Verdict::Notice),
            (Topic::Timetables, Verdict::Good),
            (Topic::Rooms, Verdict::Good),
            (Topic::Staff, Verdict::Good),
            (Topic::Areas, Verdict::Good),
        ]
    );
    let found: Vec<&str> = diagnosis
        .rollover
        .iter()
        .map(|check| check.found.as_str())
        .collect();
    assert_eq!(found[0], "no term of the school year 2032 is entered");
    assert_eq!(
        found[2],
        "no published timetable is in force in the school year 2032"
    );
    assert_eq!(
        found[3],
        "Main is still published, and has to be until 3 Oct 2031"
    );
    assert_eq!(
        found[4],
        "8 rooms listed, and every lesson's room is one of them"
    );
    // It says nothing of today.
    assert!(diagnosis.would_sync);
}

#[test]
fn a_year_that_is_entered_is_good() {
    let diagnosis = examine(&both_years(), "2031-09-10T10:00", |_| {});
    let mut verdicts = verdicts(&diagnosis);
    // The small feed lacks areas, which another test looks at.
    verdicts.retain(|(topic, _)| *topic != Topic::Areas);
    assert!(
        verdicts
            .iter()
            .all(|(_, verdict)| *verdict == Verdict::Good),
        "{:#?}",
        diagnosis.rollover
    );
    assert_eq!(
        diagnosis.rollover[1].found,
        "all 2 term weeks of the school year 2032 are allocated"
    );
    // Between the years the old timetable may go.
    let between = examine(&both_years(), "2031-10-20T10:00", |it| it.rollover = true);
    assert_eq!(
        between.rollover[3].found,
        "Main is still published; its year has ended, so it can be unpublished"
    );
    assert!(
        between.rollover[0]
            .found
            .starts_with("the school year 2032 has 1 term")
    );
}

#[test]
fn it_shows_near_the_end_in_the_freeze_and_where_it_is_asked_for() {
    let shows = |now: &str, change: fn(&mut Consultation)| {
        let diagnosis = examine(&both_years(), now, change);
        !diagnosis.rollover.is_empty()
    };
    let freeze: fn(&mut Consultation) = |it| {
        it.rollover_freeze = Some(RolloverFreeze {
            from: "07-15".parse().unwrap(),
            to: "07-20".parse().unwrap(),
        });
    };
    // The year ends on 3 October: 60 days before is 4 August.
    assert!(!shows("2031-08-03T23:00", |_| {}));
    assert!(!shows("2031-07-14T10:00", freeze));
    assert!(shows("2031-07-15T00:00", freeze) && shows("2031-07-20T23:00", freeze));
    assert!(!shows("2031-07-21T00:00", freeze));
    assert!(shows("2031-07-14T10:00", |it| it.rollover = true));
    assert!(shows("2031-09-10T10:00", |_| {}));
    // Between the years, with the next one entered, nothing is left to do but what was shown before.
    assert!(!shows("2031-10-20T10:00", |_| {}));
    // Nothing comes after the last year.
    assert!(shows("2031-11-20T10:00", |_| {}));
}

#[test]
fn what_is_missing_next_year_is_named() {
    let mut answer = both_years();
    let manager = &mut answer["iSAMS"]["TimetableManager"];
    let allocations = manager["TimetableAllocations"]["TimetableAllocation"].as_array_mut();
    allocations.unwrap().pop();
    let strangers = [
        ("9101", "10B/Ph1", "NEW", "11", "1"),
        ("9102", "9B-PSHE", "T2", "22", "99"),
    ];
    manager["PublishedTimetables"]["Timetable"][1] = next(&strangers);
    let old = &mut manager["PublishedTimetables"]["Timetable"][0];
    old.as_object_mut().unwrap().remove("EndYear");
    let diagnosis = examine(&answer, "2031-09-10T10:00", |_| {});
    let found: Vec<&str> = noticed(&diagnosis)
        .iter()
        .map(|check| check.found.as_str())
        .collect();
    assert_eq!(
        found,
        [
            "1 of 2 term weeks of the school year 2032 not allocated: 2031 week 46",
            "Main of the year that ends would be in force in the school year 2032 beside the new one",
            "1 lesson in a room that is not listed: row 9102",
            "1 teacher of the school year 2032 not among the current staff",
        ]
    );
    assert!(
        noticed(&diagnosis)
            .iter()
            .all(|check| check.advice.is_some())
    );
}

#[test]
fn an_old_timetable_that_went_too_early_and_areas_that_are_off_are_told() {
    let mut answer = both_years();
    let isams = &mut answer["iSAMS"];
    isams["TimetableManager"]["PublishedTimetables"]["Timetable"] = next(&ROWS);
    let manager = isams["TeachingManager"].as_object_mut().unwrap();
    manager.remove("Sets");
    let diagnosis = examine(&answer, "2031-09-10T10:00", |_| {});
    let noticed = noticed(&diagnosis);
    assert_eq!(
        noticed[0].found,
        "no timetable of the year that ends is published, and that lasts until 3 Oct 2031"
    );
    let areas = noticed.last().unwrap();
    assert_eq!(areas.topic, Topic::Areas);
    assert!(
        areas.found.contains(DataArea::TeachingSets.label()),
        "{}",
        areas.found
    );
}
