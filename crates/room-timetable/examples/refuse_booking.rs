//! Only the domain: a booking product refuses a booking over a lesson, says why, and offers a room that is free.
//!
//! `cargo run -p room-timetable --example refuse_booking`. Nothing is fetched or stored: the values may come from anywhere.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::error::Error;

use chrono::{NaiveDate, NaiveDateTime, Weekday};
use room_timetable::{
    AcademicYears, Booking, Certainty, CycleWeek, Interval, Lesson, LessonKind, Period,
    PublishedTimetable, RoomId, RoomState, SchoolCalendar, SchoolDay, SchoolTimetable, Term,
    TimeOfDay, TimeRange, YearWeek,
};

fn main() -> Result<(), Box<dyn Error>> {
    let timetable = timetable()?;
    let rooms: [RoomId; 2] = ["lab-2".into(), "lab-4".into()];
    for (start, end) in [("09:30", "10:30"), ("10:00", "11:00")] {
        let booking = Booking {
            id: "chemistry-club".into(),
            room: "lab-2".into(),
            interval: Interval::new(monday(start)?, monday(end)?)?,
        };
        let clashes = timetable.clashes(std::slice::from_ref(&booking));
        let Some(clash) = clashes.first() else {
            println!("Mon {start}-{end}: lab-2 is yours.");
            continue;
        };
        let causes: Vec<&str> = clash.causes.iter().map(|it| it.label()).collect();
        let free = rooms
            .iter()
            .find(|room| timetable.state(room, booking.interval) == RoomState::Free);
        println!(
            "Mon {start}-{end}: lab-2 has {}. Free then: {}.",
            causes.join(", "),
            free.map_or("none", RoomId::as_str)
        );
    }
    Ok(())
}

/// A moment of Monday 8 September 2031.
fn monday(time: &str) -> Result<NaiveDateTime, chrono::ParseError> {
    format!("2031-09-08T{time}:00").parse()
}

/// One lesson: Physics in lab 2, every Monday of week A from nine to ten.
fn timetable() -> Result<SchoolTimetable, Box<dyn Error>> {
    let date = |text: &str| text.parse::<NaiveDate>();
    let (first, last) = (date("2031-09-01")?, date("2031-12-12")?);
    let term = Term::new("Autumn", Some(2031), first, last)?;
    let calendar = SchoolCalendar::new([term], [(YearWeek::of(date("2031-09-08")?), "A".into())]);
    let nine_to_ten = TimeRange::new(TimeOfDay::from_hm(9, 0)?, TimeOfDay::from_hm(10, 0)?)?;
    let cycle = vec![CycleWeek {
        id: "A".into(),
        name: "Week A".into(),
        active: true,
        days: vec![SchoolDay {
            weekday: Weekday::Mon,
            active: true,
            periods: vec![Period {
                id: "A-Mon-1".into(),
                name: "Period 1".into(),
                times: nine_to_ten,
            }],
        }],
    }];
    let physics = Lesson {
        period: "A-Mon-1".into(),
        room: "lab-2".into(),
        kind: LessonKind::Lesson,
        group: "10B/Ph1".into(),
        label: "Physics 10B/Ph1".into(),
        year: None,
        teachers: vec!["ASM".into()],
        source_ids: vec!["9001".into()],
        certainty: Certainty::Certain,
    };
    let published = vec![PublishedTimetable {
        name: "Main".into(),
        years: AcademicYears {
            start: Some(2031),
            end: Some(2032),
        },
        lessons: vec![physics],
    }];
    Ok(SchoolTimetable::new(calendar, cycle, published)?)
}
