//! Suspensions, cover, closures, exceptions, holidays and paired timeslots take effect in a sync.

use booking_store::{
    BookingStore, ChangeSet, ExceptionChange, HolidayChange, LinkChange, RunKind, RunRecord,
    RunStatus, SchoolState, TimeslotLink,
};
use chrono::DateTime;
use room_timetable::{CauseKind, Certainty, Interval, YearWeek};
use serde_json::{Value, json};
use timetable_sync::{CurrentTimetable, Settings, Status};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, at, removed, span},
};

/// Physics in room 1, Monday's Period 1 (09:00-10:00), and a lesson of two teachers in room 2, Period 2.
const ROWS: [Row; 3] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9B-PSHE", "T1", "12", "2"),
    ("9003", "9B-PSHE", "T2", "12", "2"),
];

fn empty() -> Feed {
    Feed {
        suspensions: Some(json!({"LessonSuspension": []})),
        closures: Some(json!({"RoomClosure": []})),
        ..feed(&ROWS)
    }
}

/// A school with one booking a room and hour on Monday 8 and 15 September, made before anything clashed.
async fn school(feed: &Feed, bookings: &[(&str, &str, &str, &str)]) -> School {
    let school = School::synced(feed).await;
    for (id, room, start, end) in bookings {
        school.book(id, room, start, end, "a@school.example").await;
    }
    // Enough others that removing a few is nothing unusual.
    for number in 0..9 {
        let id = format!("other-{number}");
        school
            .book(
                &id,
                "isams-6",
                "2031-09-30T18:00",
                "2031-09-30T19:00",
                "b@school.example",
            )
            .await;
    }
    school
}

/// When a room is occupied on a date, as things stand.
fn occupied(state: &SchoolState, room: &str, date: &str) -> Vec<(Interval, Certainty)> {
    let current = CurrentTimetable::of(state).unwrap();
    let day = current.day(&room.into(), date.parse().unwrap());
    let occupied = day.occupied.iter();
    occupied
        .map(|(cause, certainty)| (cause.interval, *certainty))
        .collect()
}

/// Writes what an administrator decides.
async fn administer(school: &School, change: impl FnOnce(&mut ChangeSet)) {
    let state = school.store.load(&school.id, school.now).await.unwrap();
    let now = DateTime::UNIX_EPOCH;
    let lease = school
        .store
        .lease(
            &school.id,
            "administrator",
            now,
            chrono::TimeDelta::minutes(5),
        )
        .await
        .unwrap()
        .unwrap();
    let mut changes = ChangeSet::new(
        state.revision,
        RunRecord {
            id: state.last_run.next(),
            kind: RunKind::Administrator,
            status: RunStatus::Applied,
            started: now,
            finished: None,
            by: None,
            judged_at: school.now,
            fingerprint: None,
            areas: Vec::new(),
            report: Value::Null,
        },
    );
    change(&mut changes);
    school
        .store
        .commit(&school.id, &lease, &changes)
        .await
        .unwrap();
    school.store.release(&lease).await.unwrap();
}

#[tokio::test]
async fn a_suspended_lesson_frees_its_room_and_clashes_again_when_it_comes_back() {
    let suspended = Feed {
        suspensions: Some(
            json!({"LessonSuspension": {"@Id": "1", "StartDate": "2031-09-08T00:00:00",
            "EndDate": "2031-09-12T00:00:00", "Code": "10B/Ph1", "Reason": "Study leave"}}),
        ),
        ..empty()
    };
    let school = school(
        &suspended,
        &[
            (
                "in the gap",
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T10:00",
            ),
            (
                "a week later",
                "isams-1",
                "2031-09-15T09:00",
                "2031-09-15T10:00",
            ),
        ],
    )
    .await;
    let report = school.sync(&suspended).await;
    assert_eq!(removed(&report), ["a week later"]);
    let report = school.sync(&empty()).await;
    assert_eq!(
        removed(&report),
        [] as [&str; 0],
        "an empty area is not believed at once"
    );
    let other = Feed {
        suspensions: Some(
            json!({"LessonSuspension": {"@Id": "2", "StartDate": "2031-09-22T00:00:00", "Code": "nobody"}}),
        ),
        ..empty()
    };
    let report = school.sync(&other).await;
    assert_eq!(removed(&report), ["in the gap"]);
}

#[tokio::test]
async fn suspended_lessons_keep_their_rooms_where_the_settings_say_so() {
    let leave = Feed {
        suspensions: Some(
            json!({"LessonSuspension": {"@Id": "1", "StartDate": "2031-09-08T00:00:00",
            "EndDate": "2031-09-12T00:00:00", "Code": "10B/Ph1", "Reason": "Study leave"}}),
        ),
        ..empty()
    };
    for (suspended_occupy, gone) in [(false, vec![]), (true, vec!["in the gap"])] {
        let school = School::with(Settings {
            suspended_occupy,
            ..Settings::default()
        });
        school.sync(&leave).await;
        school
            .book(
                "in the gap",
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T10:00",
                "a@school.example",
            )
            .await;
        let report = school.sync(&leave).await;
        assert_eq!(removed(&report), gone, "{suspended_occupy}");
    }
}

#[tokio::test]
async fn rows_whose_names_are_not_known_never_remove_a_booking() {
    let booked = [
        ("closed", "isams-6", "2031-09-08T09:00", "2031-09-08T10:00"),
        ("moved", "isams-7", "2031-09-08T09:00", "2031-09-08T10:00"),
    ];
    let before = json!({"RoomClosure": {"@Id": "9", "RoomId": "8", "StartDate": "2031-09-01T00:00:00", "EndDate": "2031-09-01T00:00:00"}});
    let quiet = Feed {
        closures: Some(before),
        ..empty()
    };
    let feed = |closed: &str, moved: &str| {
        Feed {
            closures: Some(
                json!({"RoomClosure": {"@Id": "1", closed: "6", "StartDate": "2031-09-08T00:00:00",
                "EndDate": "2031-09-08T00:00:00"}}),
            ),
            ..empty()
        }
        .with_covers(
            json!({"@Id": "2", "ScheduleId": "9001", "Date": "2031-09-08T00:00:00", moved: "7"}),
        )
    };
    for (closed, moved, gone) in [
        ("ClassroomId", "FromRoomId", vec![]),
        ("RoomId", "RoomId", vec!["closed", "moved"]),
    ] {
        let school = school(&quiet, &booked).await;
        let report = school.sync(&feed(closed, moved)).await;
        let mut removed = removed(&report);
        removed.sort_unstable();
        assert_eq!(removed, gone, "{closed}");
    }
}

#[tokio::test]
async fn a_suspension_that_names_nothing_puts_its_dates_in_doubt() {
    let doubtful = Feed {
        suspensions: Some(
            json!({"LessonSuspension": {"@Id": "1", "StartDate": "2031-09-08T00:00:00"}}),
        ),
        ..empty()
    };
    let school = school(
        &doubtful,
        &[
            (
                "in doubt",
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T10:00",
            ),
            ("certain", "isams-1", "2031-09-15T09:00", "2031-09-15T10:00"),
        ],
    )
    .await;
    assert_eq!(removed(&school.sync(&doubtful).await), ["certain"]);
}

#[tokio::test]
async fn a_covered_lesson_frees_its_room_and_takes_the_other_for_that_date_only() {
    let covers = |rows: Value| empty().with_covers(rows);
    let one = covers(
        json!([{"@Id": "6", "ScheduleId": "9001", "Date": "2031-09-08T00:00:00", "RoomId": "3", "TeacherId": "T2"}]),
    );
    let school = school(
        &one,
        &[
            (
                "old room",
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T10:00",
            ),
            (
                "new room",
                "isams-3",
                "2031-09-08T09:30",
                "2031-09-08T09:45",
            ),
            (
                "new room later",
                "isams-3",
                "2031-09-15T09:30",
                "2031-09-15T09:45",
            ),
        ],
    )
    .await;
    let report = school.sync(&one).await;
    assert_eq!(removed(&report), ["new room"]);
    let cause = &report.removals[0].causes[0];
    assert_eq!(
        (cause.kind, cause.source_ids.as_slice()),
        (CauseKind::Cover, ["6".to_owned()].as_slice())
    );

    // Of two teachers one moves: the lesson stands in both rooms.
    let half = covers(
        json!([{"@Id": "7", "ScheduleId": "9002", "Date": "2031-09-15T00:00:00", "RoomId": "4"}]),
    );
    let school = self::school(
        &half,
        &[
            ("own", "isams-2", "2031-09-15T10:00", "2031-09-15T11:00"),
            ("other", "isams-4", "2031-09-15T10:00", "2031-09-15T11:00"),
        ],
    )
    .await;
    assert_eq!(removed(&school.sync(&half).await), ["own", "other"]);
}

#[tokio::test]
async fn a_cover_to_a_room_that_nobody_knows_removes_nothing() {
    let lost = empty().with_covers(
        json!([{"@Id": "6", "ScheduleId": "9001", "Date": "2031-09-08T00:00:00", "RoomId": "77"}]),
    );
    let school = school(
        &lost,
        &[(
            "own room",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
        )],
    )
    .await;
    let report = school.sync(&lost).await;
    assert_eq!(removed(&report), [] as [&str; 0]);
    let told = report
        .skipped
        .iter()
        .find(|skipped| skipped.source_id == "6");
    assert!(told.unwrap().reason.contains("the room 77"), "{told:?}");
}

#[tokio::test]
async fn a_closure_removes_bookings_in_and_out_of_term_and_says_why() {
    let closed = Feed {
        closures: Some(json!({"RoomClosure": [
            {"@Id": "3", "RoomId": "5", "ReasonId": "2", "StartDate": "2031-10-20T00:00:00", "EndDate": "2031-10-21T00:00:00"},
            {"@Id": "4", "RoomId": "7", "StartDate": "2031-09-10T00:00:00", "EndDate": "2031-09-10T00:00:00", "StartTime": "09:00", "EndTime": "11:00"},
        ]})),
        ..empty()
    };
    let school = school(
        &closed,
        &[
            (
                "holiday course",
                "isams-5",
                "2031-10-21T18:00",
                "2031-10-21T19:00",
            ),
            (
                "day after",
                "isams-5",
                "2031-10-22T00:00",
                "2031-10-22T01:00",
            ),
            ("before", "isams-7", "2031-09-10T08:00", "2031-09-10T09:00"),
            ("during", "isams-7", "2031-09-10T10:30", "2031-09-10T12:00"),
        ],
    )
    .await;
    let report = school.sync(&closed).await;
    assert_eq!(removed(&report), ["during", "holiday course"]);
    let exams = report
        .removals
        .iter()
        .find(|removal| removal.booking == "holiday course")
        .unwrap();
    assert!(exams.text.contains("the room is closed"), "{}", exams.text);
    assert!(exams.text.contains("Exams"), "{}", exams.text);
}

#[tokio::test]
async fn times_of_a_closure_over_several_days_are_certain_only_where_both_readings_agree() {
    let closed = Feed {
        closures: Some(
            json!({"RoomClosure": {"@Id": "3", "RoomId": "5", "StartDate": "2031-09-09T00:00:00",
            "EndDate": "2031-09-11T00:00:00", "StartTime": "09:00", "EndTime": "11:00"}}),
        ),
        ..empty()
    };
    let school = school(
        &closed,
        &[
            ("morning", "isams-5", "2031-09-10T10:00", "2031-09-10T10:30"),
            ("evening", "isams-5", "2031-09-10T18:00", "2031-09-10T19:00"),
            (
                "last evening",
                "isams-5",
                "2031-09-11T18:00",
                "2031-09-11T19:00",
            ),
        ],
    )
    .await;
    assert_eq!(removed(&school.sync(&closed).await), ["morning"]);
}

#[tokio::test]
async fn times_of_a_suspension_over_several_days_may_mean_the_days_between_too() {
    // Physics is on Mondays at 09:00; the meeting of form 9B at 10:00 is named by nothing here.
    let physics = |start: &str, end: &str| Feed {
        suspensions: Some(
            json!({"LessonSuspension": {"@Id": "1", "StartDate": "2031-09-05T00:00:00",
            "EndDate": "2031-09-16T00:00:00", "StartTime": start, "EndTime": end, "Code": "10B/Ph1"}}),
        ),
        ..empty()
    };
    let bookings = [
        ("monday", "isams-1", "2031-09-08T09:00", "2031-09-08T10:00"),
        (
            "after it",
            "isams-1",
            "2031-09-22T09:00",
            "2031-09-22T10:00",
        ),
    ];
    // Every day from 14:00 to 16:00, or from the 5th at 14:00 to the 16th at 16:00.
    let feed = physics("14:00", "16:00");
    let school = self::school(&feed, &bookings).await;
    assert_eq!(removed(&school.sync(&feed).await), ["after it"]);
    let doubtful = occupied(&school.state().await, "isams-1", "2031-09-08");
    assert_eq!(
        doubtful,
        [(
            span("2031-09-08T09:00", "2031-09-08T10:00"),
            Certainty::Doubtful
        )]
    );
    // No day has these times, so it can only be from the first to the last.
    let feed = physics("14:00", "09:30");
    let school = self::school(&feed, &bookings).await;
    let report = school.sync(&feed).await;
    assert_eq!(removed(&report), ["after it"]);
    assert!(report.skipped.iter().all(|row| row.source_id != "1"));
    assert_eq!(occupied(&school.state().await, "isams-1", "2031-09-08"), []);
}

#[tokio::test]
async fn an_event_over_several_days_occupies_its_room_from_the_first_time_to_the_last() {
    let fair = Feed {
        events: Some(
            json!({"Event": {"@Id": "71", "Description": "Fair", "Location": "Room 3", "AllDay": "0",
            "StartDate": "2031-09-08T00:00:00", "EndDate": "2031-09-10T00:00:00", "StartTime": "18:00", "EndTime": "09:00"}}),
        ),
        ..empty()
    };
    let settings = Settings {
        events_occupy: true,
        ..Settings::default()
    };
    let school = School::with(settings);
    school.sync(&fair).await;
    for (id, start, end) in [
        ("before", "2031-09-08T17:00", "2031-09-08T18:00"),
        ("between", "2031-09-09T20:00", "2031-09-09T21:00"),
        ("after", "2031-09-10T09:00", "2031-09-10T10:00"),
    ] {
        school
            .book(id, "isams-3", start, end, "a@school.example")
            .await;
    }
    assert_eq!(removed(&school.sync(&fair).await), ["between"]);
}

#[tokio::test]
async fn the_rows_of_a_frozen_area_free_and_block_but_remove_nothing() {
    let closed = Feed {
        closures: Some(
            json!({"RoomClosure": {"@Id": "3", "RoomId": "5", "StartDate": "2031-09-09T00:00:00", "EndDate": "2031-09-09T00:00:00"}}),
        ),
        ..empty()
    };
    let school = school(&closed, &[]).await;
    school
        .book(
            "made since",
            "isams-5",
            "2031-09-09T18:00",
            "2031-09-09T19:00",
            "a@school.example",
        )
        .await;
    let frozen = Feed {
        closures: None,
        ..empty()
    };
    let shown = async || {
        let state = school.store.load(&school.id, school.now).await.unwrap();
        let current = CurrentTimetable::of(&state).unwrap();
        let day = current.day(&"isams-5".into(), "2031-09-09".parse().unwrap());
        day.occupied[0].1
    };
    assert_eq!(shown().await, Certainty::Certain);
    let report = school.sync(&frozen).await;
    assert_eq!(removed(&report), [] as [&str; 0]);
    assert_eq!(shown().await, Certainty::Doubtful);
    assert!(
        report.warnings[0].contains("last good state is kept"),
        "{:?}",
        report.warnings
    );
    assert_eq!(removed(&school.sync(&closed).await), ["made since"]);
}

#[tokio::test]
async fn a_closure_by_period_closes_its_room_for_that_period_only() {
    // The first period of Tuesdays, and one that the structure does not have.
    let closed = Feed {
        closures: Some(json!({"RoomClosure": [
            {"@Id": "3", "RoomId": "5", "StartDate": "2031-09-08T00:00:00", "EndDate": "2031-09-19T00:00:00", "PeriodId": "21"},
            {"@Id": "4", "RoomId": "7", "StartDate": "2031-09-10T00:00:00", "EndDate": "2031-09-10T00:00:00", "PeriodId": "99"},
        ]})),
        ..empty()
    };
    let school = school(
        &closed,
        &[
            ("period", "isams-5", "2031-09-09T09:30", "2031-09-09T10:30"),
            (
                "later that day",
                "isams-5",
                "2031-09-09T10:00",
                "2031-09-09T11:00",
            ),
            (
                "another day",
                "isams-5",
                "2031-09-10T09:00",
                "2031-09-10T10:00",
            ),
            (
                "nobody knows when",
                "isams-7",
                "2031-09-10T09:00",
                "2031-09-10T10:00",
            ),
        ],
    )
    .await;
    let report = school.sync(&closed).await;
    assert_eq!(removed(&report), ["period"]);
    let told = report
        .skipped
        .iter()
        .find(|skipped| skipped.source_id == "4");
    assert!(told.unwrap().reason.contains("the period 99"), "{told:?}");
    let state = school.store.load(&school.id, school.now).await.unwrap();
    let all_day = span("2031-09-10T00:00", "2031-09-11T00:00");
    assert_eq!(
        occupied(&state, "isams-7", "2031-09-10"),
        [(all_day, Certainty::Doubtful)]
    );
}

#[tokio::test]
async fn what_is_read_by_shape_frees_no_room_for_certain() {
    // None of these names is known; their rows are read by what they look like.
    let shaped = Feed {
        suspensions: Some(json!({"StudyLeave": {
            "@Id": "1", "FromDate": "2031-09-08T00:00:00", "ToDate": "2031-09-08T00:00:00", "LessonScheduleId": "9001"}})),
        ..empty()
    }
    .with_covers(json!([
        {"@Id": "6", "LessonScheduleId": "9001", "CoverDate": "2031-09-15T00:00:00", "NewRoomId": "4"}
    ]));
    let bookings = [
        (
            "suspended",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
        ),
        ("own", "isams-1", "2031-09-15T09:00", "2031-09-15T10:00"),
        ("new", "isams-4", "2031-09-15T09:00", "2031-09-15T10:00"),
        (
            "a week later",
            "isams-1",
            "2031-09-22T09:00",
            "2031-09-22T10:00",
        ),
    ];
    let school = school(&shaped, &bookings).await;
    let report = school.sync(&shaped).await;
    assert_eq!(removed(&report), ["a week later"], "{:?}", report.skipped);
    let state = school.store.load(&school.id, school.now).await.unwrap();
    for (id, room, start, end) in &bookings[..3] {
        assert_eq!(
            occupied(&state, room, &start[..10]),
            [(span(start, end), Certainty::Doubtful)],
            "{id}"
        );
    }
}

#[tokio::test]
async fn an_exception_keeps_a_booking_whatever_the_source_says() {
    let school = school(
        &empty(),
        &[
            (
                "excepted",
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T09:30",
            ),
            (
                "half outside",
                "isams-1",
                "2031-09-08T09:15",
                "2031-09-08T09:45",
            ),
        ],
    )
    .await;
    administer(&school, |changes| {
        changes.exceptions = vec![ExceptionChange::Put(booking_store::Exception {
            id: "e1".to_owned(),
            room: Some("isams-1".into()),
            interval: span("2031-09-08T09:00", "2031-09-08T09:30"),
        })];
    })
    .await;
    let report = school.sync(&empty()).await;
    assert_eq!(removed(&report), ["half outside"]);
    administer(&school, |changes| {
        changes.exceptions = vec![ExceptionChange::Remove("e1".to_owned())];
    })
    .await;
    assert_eq!(removed(&school.sync(&empty()).await), ["excepted"]);
}

#[tokio::test]
async fn an_acknowledged_week_is_no_longer_told_and_has_no_lessons() {
    let mut open = empty();
    open.allocate([36, 37, 39, 40]);
    let school = School::new();
    administer(&school, |changes| {
        changes.holidays = vec![HolidayChange::Acknowledge(YearWeek {
            year: 2031,
            week: 38,
        })];
    })
    .await;
    let report = school.sync(&open).await;
    assert_eq!(report.status, Status::Applied);
    assert!(
        !report
            .warnings
            .iter()
            .any(|warning| warning.contains("week 38")),
        "{:?}",
        report.warnings
    );
}

#[tokio::test]
async fn a_period_that_was_paired_has_the_times_of_its_timeslots() {
    let school = school(
        &empty(),
        &[
            (
                "in the period",
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T09:30",
            ),
            (
                "in the slot",
                "isams-1",
                "2031-09-08T11:15",
                "2031-09-08T12:15",
            ),
        ],
    )
    .await;
    let state = school
        .store
        .load(&school.id, at("2031-09-01T01:00"))
        .await
        .unwrap();
    let late = state
        .timeslots
        .iter()
        .find(|slot| slot.times.to_string() == "11:15-12:15")
        .unwrap();
    let link = TimeslotLink {
        timeslot: late.id.clone(),
        period: "11".into(),
    };
    administer(&school, |changes| {
        changes.links = vec![LinkChange::Timeslot(link)]
    })
    .await;
    assert_eq!(removed(&school.sync(&empty()).await), ["in the slot"]);
}

#[tokio::test]
async fn events_stand_in_the_current_timetable_where_the_settings_let_them_occupy_rooms() {
    let fair = Feed {
        events: Some(
            json!({"Event": {"@Id": "8801", "StartDate": "2031-09-09T00:00:00", "AllDayEvent": "1",
            "Description": "Book fair", "Location": "Room 5"}}),
        ),
        ..empty()
    };
    let settings = Settings {
        events_occupy: true,
        ..Settings::default()
    };
    let school = School::with(settings.clone());
    school.sync(&fair).await;
    school
        .book(
            "over it",
            "isams-5",
            "2031-09-09T18:00",
            "2031-09-09T19:00",
            "a@school.example",
        )
        .await;
    let report = school.sync(&fair).await;
    assert_eq!(removed(&report), ["over it"]);
    let state = school.state().await;
    let on = |timetable: CurrentTimetable| {
        let day = timetable.day(&"isams-5".into(), "2031-09-09".parse().unwrap());
        let causes = day.occupied.iter();
        causes
            .map(|(cause, _)| (cause.kind, cause.label.clone()))
            .collect::<Vec<_>>()
    };
    let shown = on(CurrentTimetable::with_settings(&state, &settings).unwrap());
    assert_eq!(shown, [(CauseKind::Event, "Book fair".to_owned())]);
    assert_eq!(on(CurrentTimetable::of(&state).unwrap()), []);
}

#[tokio::test]
async fn an_event_that_both_methods_send_is_one_cause() {
    let row = json!({"@Id": "8801", "StartDate": "2031-09-09T00:00:00", "AllDayEvent": "1",
        "Description": "Book fair", "Location": "Room 5"});
    let fair = Feed {
        events: Some(json!([{"Event": row}, {"Event": row}])),
        ..empty()
    };
    let school = School::with(Settings {
        events_occupy: true,
        ..Settings::default()
    });
    school.sync(&fair).await;
    school
        .book(
            "over it",
            "isams-5",
            "2031-09-09T18:00",
            "2031-09-09T19:00",
            "a@school.example",
        )
        .await;
    let report = school.sync(&fair).await;
    assert_eq!(removed(&report), ["over it"]);
    assert_eq!(report.removals[0].causes.len(), 1);
}
