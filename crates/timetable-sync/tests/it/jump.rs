//! Nights one by one against one jump to the last, over feeds that are drawn.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    test_runner::Config,
};
use serde_json::json;
use timetable_sync::{CurrentTimetable, GuardSettings, Settings, Status};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, at},
};

const IDS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
/// The ids of the same rows where the timetable was published again.
const NEW_IDS: [&str; 9] = ["11", "12", "13", "14", "15", "16", "17", "18", "19"];
const CODES: [&str; 4] = ["Art", "Biology", "Chess", "Drama"];
const TEACHERS: [&str; 2] = ["T1", "T2"];
const ROOMS: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];
/// Each period with its weekday, counted from Monday, and its times, as the feed of these tests has them.
const PERIODS: [(&str, u32, &str, &str); 9] = [
    ("11", 0, "09:00", "10:00"),
    ("12", 0, "10:00", "11:00"),
    ("13", 0, "11:15", "12:15"),
    ("21", 1, "09:00", "10:00"),
    ("22", 1, "10:00", "11:00"),
    ("23", 1, "11:15", "12:15"),
    ("31", 2, "09:00", "10:00"),
    ("32", 2, "10:00", "11:00"),
    ("33", 2, "11:15", "12:15"),
];

/// One night's timetable: rows by their place, each with code, teacher, period and room, and whether all ids are new.
#[derive(Clone, Debug)]
struct Night {
    rows: Vec<(usize, (usize, usize, usize, usize))>,
    republished: bool,
    /// A room that is closed on a day of September that is still to come.
    closed: Option<(usize, u32)>,
    /// Whether the last room has another name.
    renamed: bool,
}

fn night() -> impl Strategy<Value = Night> {
    let row = (
        0..CODES.len(),
        0..TEACHERS.len(),
        0..PERIODS.len(),
        0..ROOMS.len(),
    );
    (
        btree_map(0..IDS.len(), row, 1..IDS.len()),
        any::<bool>(),
        proptest::option::of((0..ROOMS.len(), 10..30_u32)),
        any::<bool>(),
    )
        .prop_map(|(rows, republished, closed, renamed)| Night {
            rows: rows.into_iter().collect(),
            republished,
            closed,
            renamed,
        })
}

impl Night {
    fn feed(&self) -> Feed {
        let ids = if self.republished { NEW_IDS } else { IDS };
        let rows: Vec<Row> = self
            .rows
            .iter()
            .map(|&(place, (code, teacher, period, room))| {
                let (period, ..) = PERIODS[period];
                (
                    ids[place],
                    CODES[code],
                    TEACHERS[teacher],
                    period,
                    ROOMS[room],
                )
            })
            .collect();
        let mut feed = feed(&rows);
        if let Some((room, day)) = self.closed {
            let day = format!("2031-09-{day}T00:00:00");
            feed.closures = Some(
                json!({"RoomClosure": {"@Id": "3", "RoomId": ROOMS[room], "ReasonId": "2",
                "StartDate": day, "EndDate": day}}),
            );
        }
        if self.renamed {
            let rooms = feed.rooms.as_mut().unwrap();
            rooms.last_mut().unwrap().1 = "Studio".to_owned();
        }
        feed
    }

    /// Every lesson of the rest of the term by plain counting: room, date, start, end and code.
    fn lessons(&self) -> BTreeSet<[String; 5]> {
        let mut lessons = BTreeSet::new();
        for date in rest_of_term() {
            for &(_, (code, _, period, room)) in &self.rows {
                let (_, weekday, start, end) = PERIODS[period];
                if date.weekday().num_days_from_monday() == weekday {
                    let room = format!("isams-{}", ROOMS[room]);
                    let code = CODES[code].to_owned();
                    lessons.insert([room, date.to_string(), start.into(), end.into(), code]);
                }
            }
        }
        lessons
    }
}

/// The days of term after the last night.
fn rest_of_term() -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap();
    let last = NaiveDate::from_ymd_opt(2031, 10, 3).unwrap();
    first.iter_days().take_while(move |&date| date <= last)
}

/// A school whose guard lets every plan pass: this is about lessons.
async fn after(nights: &[&Night]) -> School {
    let mut school = School::with(Settings {
        guard: GuardSettings {
            shrink_percent: 100,
            ..GuardSettings::default()
        },
        ..Settings::default()
    });
    for (number, night) in nights.iter().enumerate() {
        school.now = at(&format!("2031-09-0{}T01:00", number + 1));
        let report = school.sync(&night.feed()).await;
        assert!(
            matches!(report.status, Status::Applied | Status::Unchanged),
            "{:?}",
            report.held_because
        );
    }
    school
}

/// What stands in every room in the rest of the term, and the lessons among it as [`Night::lessons`] counts them.
async fn standing(school: &School) -> (Vec<String>, BTreeSet<[String; 5]>) {
    let state = school.state().await;
    let timetable = CurrentTimetable::of(&state).unwrap();
    let (mut all, mut lessons) = (Vec::new(), BTreeSet::new());
    for room in &state.rooms {
        for date in rest_of_term() {
            let day = timetable.day(&room.id, date);
            all.push(format!("{} {date} {day:?}", room.id));
            for (cause, _) in day.occupied {
                if cause.kind == room_timetable::CauseKind::Lesson {
                    let time = |time: chrono::NaiveDateTime| time.format("%H:%M").to_string();
                    lessons.insert([
                        room.id.to_string(),
                        date.to_string(),
                        time(cause.interval.start()),
                        time(cause.interval.end()),
                        cause.label,
                    ]);
                }
            }
        }
    }
    (all, lessons)
}

proptest! {
    #![proptest_config(Config { cases: 48, failure_persistence: None, ..Config::default() })]

    #[test]
    fn g15_night_by_night_and_in_one_jump_give_the_same_lessons(nights in vec(night(), 2..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let each: Vec<&Night> = nights.iter().collect();
            let (first, last) = (each[0], each[each.len() - 1]);
            let walked = standing(&after(&each).await).await;
            let jumped = standing(&after(&[first, last]).await).await;
            let fresh = standing(&after(&[last]).await).await;
            prop_assert_eq!(&walked.1, &last.lessons());
            prop_assert_eq!(&walked, &jumped);
            prop_assert_eq!(&walked, &fresh);
            Ok(())
        })?;
    }
}
