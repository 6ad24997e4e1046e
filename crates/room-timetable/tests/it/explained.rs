//! What `explain` says of overlays, and of a timetable that has not taken effect.

use room_timetable::*;

use crate::written::{date, school};

/// Term from Monday 3 to Friday 14 November 2031.
const SCHOOL: &str = "
    term       Autumn 2031  2031-11-03 2031-11-14
    weeks      A  2031/45 2031/46
    period     A Mon 1  09:00-10:00
    period     A Tue 1  22:30-24:00
    lesson     Latin  A-Mon-1  R1  rows=1
    closed     R1 2031-11-03..2031-11-05 18:00-19:30
    closed     R2 2031-11-03..2031-11-05
    closed     R3 2031-11-03.. period=A-Tue-1
    event      Fair R1 2031-11-04 14:00-16:00
    event      Play R2 2031-11-06
    exception  R1  2031-11-05T12:00 2031-11-06T00:00
    exception  all 2031-11-07T00:00 2031-11-08T00:00
    exception  R2  2031-11-10T12:00 2031-11-12T09:30
";

fn lines(school: &SchoolTimetable, room: &str, on: &str, time: &str) -> Vec<String> {
    let why = school.explain(&room.into(), date(on), time.parse().unwrap());
    why.to_string().lines().map(str::to_owned).collect()
}

/// The line before the verdict.
fn reason(room: &str, on: &str, time: &str) -> String {
    let mut lines = lines(&school(SCHOOL), room, on, time);
    lines.pop();
    lines.pop().unwrap()
}

#[test]
fn closures_and_events_say_from_when_to_when() {
    let closed = |room, on, time| {
        let line = reason(room, on, time);
        let (line, id) = line.split_once(" (closure ").unwrap();
        assert!(id.ends_with(")."), "{id}");
        line.to_owned()
    };
    assert_eq!(
        closed("R1", "2031-11-04", "18:10"),
        "The room is closed from 18:00 to 19:30: closed, 3 Nov 2031 to 5 Nov 2031"
    );
    assert_eq!(
        closed("R2", "2031-11-04", "18:10"),
        "The room is closed: closed, 3 Nov 2031 to 5 Nov 2031"
    );
    // For a period, which ends with the day.
    assert_eq!(
        closed("R3", "2031-11-04", "23:59"),
        "The room is closed from 22:30 to 24:00: closed, 3 Nov 2031 until further notice"
    );
    let event = reason("R1", "2031-11-04", "15:00");
    assert!(
        event.starts_with("Fair takes place here from 14:00 to 16:00 (event "),
        "{event}"
    );
    let event = reason("R2", "2031-11-06", "15:00");
    assert!(
        event.starts_with("Play takes place here (event "),
        "{event}"
    );
}

#[test]
fn exceptions_have_their_dates_in_the_form_of_the_others() {
    for (room, on, time, expected) in [
        (
            "R1",
            "2031-11-05",
            "12:00",
            "An administrator has freed the room on 5 Nov 2031 from 12:00 to 24:00 (",
        ),
        (
            "R1",
            "2031-11-07",
            "12:00",
            "An administrator has freed all rooms on 7 Nov 2031 (",
        ),
        (
            "R2",
            "2031-11-11",
            "12:00",
            "An administrator has freed the room from 10 Nov 2031 12:00 to 12 Nov 2031 09:30 (",
        ),
    ] {
        let line = reason(room, on, time);
        assert!(line.starts_with(expected), "{line}");
    }
}

#[test]
fn before_a_timetable_takes_effect_no_date_is_known() {
    let school = school(SCHOOL).not_in_effect();
    const NOTHING: &str =
        "No sync has taken effect yet, so it is not known which lessons there are.";
    const UNKNOWN: &str = "So it is not known whether the room is free.";
    assert_eq!(
        lines(&school, "R1", "2031-11-03", "09:10"),
        [
            "Mon 3 Nov 2031 is in the term Autumn (3 Nov 2031 to 14 Nov 2031).",
            "2031 week 45 is allocated to Week A.",
            NOTHING,
            UNKNOWN,
        ]
    );
    // That there are no lessons in the holidays is not known, either.
    assert_eq!(
        lines(&school, "R1", "2031-12-25", "09:10"),
        [NOTHING, UNKNOWN]
    );
    for (room, on, time, state) in [
        ("R1", "2031-11-03", "09:10", RoomState::Unknown),
        ("R1", "2031-12-25", "09:10", RoomState::Unknown),
        ("R2", "2031-11-04", "09:10", RoomState::Occupied),
        ("R1", "2031-11-07", "09:10", RoomState::Free),
    ] {
        let why = school.explain(&room.into(), date(on), time.parse().unwrap());
        assert_eq!(why.state, state, "{room} {on}");
        let minute = Interval::new(why.at, why.at + chrono::TimeDelta::minutes(1)).unwrap();
        assert_eq!(school.state(&room.into(), minute), state, "{room} {on}");
    }
    let r1 = RoomId::new("R1");
    let morning = Interval::new(
        date("2031-11-10").and_hms_opt(9, 0, 0).unwrap(),
        date("2031-11-10").and_hms_opt(10, 0, 0).unwrap(),
    );
    assert!(school.free_rooms(morning.unwrap(), [&r1]).is_empty());
}
