//! A room's calendar as JSON, as a page and as an iCalendar file.

mod ics;
mod page;

use booking_store::Booking;
use chrono::NaiveDate;
use room_timetable::{Cause, CauseKind, Certainty, Interval, UnknownDay, YearWeek};
use serde_json::{Value, json};
use timetable_sync::{CalendarDay, CalendarEntry, CurrentTimetable, Occupant, RoomCalendar};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, booking, removed, span},
};

const ROWS: [Row; 3] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T9", "12", "1"),
    ("9003", "8C/Ar1", "T2", "23", "3"),
];

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A room of a school as it is.
async fn calendar(school: &School, room: &str, week: &str, weeks: usize) -> RoomCalendar {
    let state = school.state().await;
    let timetable = CurrentTimetable::of(&state).unwrap();
    let room = state.rooms.iter().find(|known| known.id == room.into());
    RoomCalendar::new(&state, &timetable, room.unwrap(), date(week), weeks)
}

/// What the timetable says, from 09:00 to 10:00 on Monday 8 September 2031 unless a test says otherwise.
fn timetabled(kind: CauseKind, label: &str) -> CalendarEntry {
    let interval = span("2031-09-08T09:00", "2031-09-08T10:00");
    entry(Occupant::Timetable {
        cause: Cause {
            interval,
            kind,
            group: label.to_owned(),
            label: label.to_owned(),
            period: None,
            teachers: Vec::new(),
            source_ids: Vec::new(),
        },
        certainty: Certainty::Certain,
        teachers: Vec::new(),
    })
}

fn booked(booking: Booking) -> CalendarEntry {
    entry(Occupant::Booking(booking))
}

/// An entry that lies on one day.
fn entry(occupant: Occupant) -> CalendarEntry {
    let interval = occupant.interval();
    CalendarEntry { interval, occupant }
}

fn doubtful(mut entry: CalendarEntry) -> CalendarEntry {
    if let Occupant::Timetable { certainty, .. } = &mut entry.occupant {
        *certainty = Certainty::Doubtful;
    }
    entry
}

fn timed(mut entry: CalendarEntry, interval: Interval) -> CalendarEntry {
    entry.interval = interval;
    match &mut entry.occupant {
        Occupant::Timetable { cause, .. } => cause.interval = interval,
        Occupant::Booking(booking) => booking.interval = interval,
    }
    entry
}

/// The week of Monday 8 September 2031 with these entries on their days.
fn week(entries: Vec<CalendarEntry>) -> RoomCalendar {
    let days = date("2031-09-08").iter_days().take(7).map(|date| {
        let mut here: Vec<CalendarEntry> = entries
            .iter()
            .filter(|entry| entry.interval.start().date() == date)
            .cloned()
            .collect();
        here.sort_by_key(|entry| entry.interval);
        CalendarDay {
            date,
            in_term: true,
            unknown: None,
            entries: here,
        }
    });
    RoomCalendar {
        room: "A".into(),
        name: "Laboratory".to_owned(),
        caveat: None,
        days: days.collect(),
    }
}

fn unknown(mut calendar: RoomCalendar, day: usize) -> RoomCalendar {
    let date = calendar.days[day].date;
    calendar.days[day].unknown = Some(UnknownDay::Unallocated(YearWeek::of(date)));
    calendar
}

/// One of everything.
fn everything() -> RoomCalendar {
    let kinds = [
        CauseKind::Lesson,
        CauseKind::Meeting,
        CauseKind::Tutorial,
        CauseKind::YearSchedule,
        CauseKind::Closure,
        CauseKind::Cover,
        CauseKind::Event,
    ];
    let mut entries: Vec<CalendarEntry> = kinds
        .into_iter()
        .map(|kind| timetabled(kind, &format!("a {kind}")))
        .collect();
    entries.push(timed(
        doubtful(timetabled(CauseKind::Lesson, "a doubt")),
        span("2031-09-09T09:00", "2031-09-09T10:00"),
    ));
    entries.push(booked(booking(
        "club",
        "A",
        "2031-09-10T16:00",
        "2031-09-10T17:00",
        "",
    )));
    unknown(week(entries), 3)
}

#[tokio::test]
async fn the_json_names_lessons_teachers_bookings_and_what_is_not_known() {
    let mut feed: Feed = feed(&ROWS);
    feed.allocate(36..=37);
    let school = School::synced(&feed).await;
    let owner = "q@school.example";
    school
        .book(
            "club",
            "isams-1",
            "2031-09-08T22:00",
            "2031-09-09T02:00",
            owner,
        )
        .await;
    school
        .book(
            "else",
            "isams-2",
            "2031-09-08T12:00",
            "2031-09-08T13:00",
            owner,
        )
        .await;
    let calendar = calendar(&school, "isams-1", "2031-09-10", 2).await;
    let document = serde_json::to_value(&calendar).unwrap();
    assert_eq!(
        (&document["room"], &document["name"]),
        (&json!("isams-1"), &json!("Room 1"))
    );
    assert_eq!(
        (&document["week"], &document["weeks"]),
        (&json!("2031-09-08"), &json!(2))
    );
    let days = document["days"].as_array().unwrap();
    assert_eq!(days.len(), 14);
    assert_eq!(
        days[0]["entries"],
        json!([
            {
                "kind": "lesson", "start": "2031-09-08T09:00", "end": "2031-09-08T10:00", "label": "Physics 10B/Ph1",
                "doubtful": false, "period": "Period 1", "teachers": ["Quill Bee"], "source_ids": ["9001"],
            },
            {
                "kind": "lesson", "start": "2031-09-08T10:00", "end": "2031-09-08T11:00", "label": "9A/Bi1",
                // Nobody of the staff has this code.
                "doubtful": false, "period": "Period 2", "teachers": ["T9"], "source_ids": ["9002"],
            },
            {
                "kind": "booking", "start": "2031-09-08T22:00", "end": "2031-09-09T00:00", "label": "title of club",
                "doubtful": false, "booking": "club", "owner_name": null, "series": null,
            },
        ])
    );
    assert_eq!(days[1]["entries"][0]["start"], "2031-09-09T00:00");
    assert_eq!(days[1]["entries"][0]["end"], "2031-09-09T02:00");
    assert_eq!(days[7]["unknown"], true);
    let why = days[7]["why"].as_str().unwrap();
    assert!(why.contains("allocated to no week"), "{why}");
    // Weeks begin on Sundays, so that before the Monday is one of them already.
    let known: Vec<&Value> = days[..7].iter().map(|day| &day["unknown"]).collect();
    assert_eq!(known[..6], [&json!(false); 6]);
    assert_eq!(days[0]["why"], Value::Null);
    assert!(!document.to_string().contains(owner), "{document}");
}

#[tokio::test]
async fn a_room_of_which_lessons_may_be_missing_says_so() {
    let school = School::synced(&feed(&ROWS)).await;
    school.import_rooms(&[("BUS", "Minibus")]).await;
    let mut gone = feed(&ROWS);
    gone.rooms.as_mut().unwrap().retain(|(id, _)| id != "7");
    school.sync(&gone).await;
    for (room, caveat) in [
        ("isams-1", None),
        (
            "BUS",
            Some("The room is matched with no iSAMS room, so no lessons are known of it."),
        ),
        (
            "isams-7",
            Some("Its iSAMS room 7 is gone, so its lessons may be elsewhere."),
        ),
    ] {
        let calendar = calendar(&school, room, "2031-09-08", 1).await;
        let document = serde_json::to_value(&calendar).unwrap();
        assert_eq!(document["caveat"], json!(caveat), "{room}");
        let html = calendar.html();
        assert_eq!(
            html.contains("class=\"caveat\""),
            caveat.is_some(),
            "{room}"
        );
        assert!(html.contains(caveat.unwrap_or_default()), "{html}");
    }
}

#[tokio::test]
async fn a_week_begins_on_the_monday_that_holds_the_date() {
    let school = School::synced(&feed(&ROWS)).await;
    for day in ["2031-09-08", "2031-09-11", "2031-09-14"] {
        let calendar = calendar(&school, "isams-1", day, 1).await;
        assert_eq!(calendar.days[0].date, date("2031-09-08"), "{day}");
        assert_eq!(calendar.entries().count(), 2);
    }
    let none = calendar(&school, "isams-1", "2031-09-08", 0).await;
    assert_eq!(none.days, []);
}

#[tokio::test]
async fn a_double_lesson_is_one_block_and_removes_a_booking_over_both_once() {
    // Periods 1 and 2 touch; before Period 3 there is a break. On Tuesday the teacher changes.
    let rows: [Row; 5] = [
        ("9001", "10B/Ph1", "T1", "11", "1"),
        ("9002", "10B/Ph1", "T1", "12", "1"),
        ("9003", "10B/Ph1", "T1", "13", "1"),
        ("9004", "10B/Ph1", "T1", "21", "1"),
        ("9005", "10B/Ph1", "T2", "22", "1"),
    ];
    let school = School::synced(&feed(&rows)).await;
    let (start, end) = ("2031-09-08T09:30", "2031-09-08T10:30");
    let owner = "a@school.example";
    school.book("club", "isams-1", start, end, owner).await;
    let report = school.sync(&feed(&rows)).await;
    assert_eq!(removed(&report), ["club"]);
    let causes = &report.removals[0].causes;
    assert_eq!(causes.len(), 2, "{causes:?}");
    assert_eq!(causes[0].source_ids, ["9001"]);
    assert_eq!(causes[1].source_ids, ["9002"]);
    let outbox = school.told().await;
    assert_eq!(outbox.len(), 1);
    assert_eq!(outbox[0].notice.removed.len(), 1);

    let calendar = calendar(&school, "isams-1", "2031-09-08", 1).await;
    let blocks: Vec<(String, Option<&str>)> = calendar
        .entries()
        .map(|entry| {
            let (start, end) = (entry.interval.start(), entry.interval.end());
            let times = format!("{}-{}", start.format("%a %H:%M"), end.format("%H:%M"));
            (times, entry.occupant.period())
        })
        .collect();
    assert_eq!(
        blocks,
        [
            ("Mon 09:00-11:00".to_owned(), Some("Period 1, Period 2")),
            ("Mon 11:15-12:15".to_owned(), Some("Period 3")),
            ("Tue 09:00-10:00".to_owned(), Some("Period 1")),
            ("Tue 10:00-11:00".to_owned(), Some("Period 2")),
        ]
    );
    let html = calendar.html();
    assert_eq!(html.matches("<p class=\"name\">").count(), 4);
    let json = serde_json::to_value(&calendar).unwrap();
    assert_eq!(
        json["days"][0]["entries"][0]["source_ids"],
        json!(["9001", "9002"])
    );
}
