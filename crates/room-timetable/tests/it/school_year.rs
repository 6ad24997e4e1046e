//! A school year that a school secretary can check: dates, weeks, periods and rooms.

use chrono::{NaiveDate, NaiveDateTime, Weekday};
use room_timetable::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

fn range(text: &str) -> TimeRange {
    let (start, end) = text.split_once('-').unwrap();
    TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

fn period(id: &str, times: &str) -> Period {
    Period {
        id: id.into(),
        name: format!("Period {id}"),
        times: range(times),
    }
}

fn day(weekday: Weekday, periods: Vec<Period>) -> SchoolDay {
    SchoolDay {
        weekday,
        active: true,
        periods,
    }
}

fn week(id: &str, days: Vec<SchoolDay>) -> CycleWeek {
    CycleWeek {
        id: id.into(),
        name: format!("Week {id}"),
        active: true,
        days,
    }
}

fn lesson(group: &str, period: &str, room: &str) -> Lesson {
    Lesson {
        period: period.into(),
        room: room.into(),
        kind: LessonKind::Lesson,
        group: group.to_owned(),
        label: group.to_owned(),
        year: None,
        teachers: Vec::new(),
        source_ids: vec![format!("{group}@{period}")],
        certainty: Certainty::Certain,
    }
}

fn booking(id: &str, room: &str, start: &str, end: &str) -> Booking {
    Booking {
        id: id.into(),
        room: room.into(),
        interval: Interval::new(at(start), at(end)).unwrap(),
    }
}

/// Autumn 2031: weeks 36 to 40; week 38 is half term and not allocated, so A and B flip after it.
fn school() -> SchoolTimetable {
    let term = Term::new("Autumn", Some(2031), date("2031-09-03"), date("2031-10-03")).unwrap();
    let allocated = [(36, "A"), (37, "B"), (39, "A"), (40, "B"), (41, "A")];
    let allocations = allocated.map(|(week, id)| (YearWeek { year: 2031, week }, id.into()));
    let week_a = week(
        "A",
        vec![
            day(
                Weekday::Mon,
                vec![
                    period("A1", "09:00-10:00"),
                    period("A2", "10:00-11:00"),
                    period("A9", "22:00-24:00"),
                ],
            ),
            day(Weekday::Sat, vec![period("A6", "09:00-12:00")]),
        ],
    );
    let week_b = week(
        "B",
        vec![day(Weekday::Mon, vec![period("B1", "09:00-10:00")])],
    );
    let lessons = vec![
        lesson("Physics", "A1", "Lab"),
        lesson("Chemistry", "A2", "Lab"),
        lesson("Biology", "B1", "Lab"),
        lesson("Astronomy", "A9", "Lab"),
        lesson("Choir", "A6", "Hall"),
        lesson("Dance", "A6", "Hall"),
    ];
    let years = AcademicYears {
        start: Some(2031),
        end: Some(2032),
    };
    let published = vec![PublishedTimetable {
        name: "Main".to_owned(),
        years,
        lessons,
    }];
    SchoolTimetable::new(
        SchoolCalendar::new([term], allocations),
        vec![week_a, week_b],
        published,
    )
    .unwrap()
}

fn groups(timetable: &SchoolTimetable, room: &str, on: &str) -> Vec<String> {
    timetable
        .day(&room.into(), date(on))
        .occurrences
        .iter()
        .map(|occurrence| {
            format!(
                "{} {}",
                occurrence.interval.start().format("%H:%M"),
                occurrence.lesson().unwrap().group
            )
        })
        .collect()
}

#[test]
fn the_lessons_of_each_monday() {
    let timetable = school();
    for (monday, expected) in [
        ("2031-09-01", vec![]),                // before the first day
        ("2031-09-08", vec!["09:00 Biology"]), // week 37 is B
        ("2031-09-15", vec![]),                // half term: not known
        (
            "2031-09-22",
            vec!["09:00 Physics", "10:00 Chemistry", "22:00 Astronomy"],
        ), // week 39 is A
        ("2031-09-29", vec!["09:00 Biology"]), // week 40 is B
        ("2031-10-06", vec![]),                // after the last day, though allocated
    ] {
        assert_eq!(groups(&timetable, "Lab", monday), expected, "{monday}");
    }
}

#[test]
fn an_unallocated_term_week_is_unknown_and_the_holidays_are_not() {
    let timetable = school();
    let half_term = YearWeek {
        year: 2031,
        week: 38,
    };
    assert_eq!(
        timetable.unknown(date("2031-09-15")),
        Some(UnknownDay::Unallocated(half_term))
    );
    assert_eq!(timetable.unknown(date("2031-10-06")), None);
    let morning = |day: &str| {
        Interval::new(at(&format!("{day} 09:00")), at(&format!("{day} 09:30"))).unwrap()
    };
    assert_eq!(
        timetable.state(&"Lab".into(), morning("2031-09-15")),
        RoomState::Unknown
    );
    assert_eq!(
        timetable.state(&"Lab".into(), morning("2031-10-06")),
        RoomState::Free
    );
    assert_eq!(
        timetable.state(&"Lab".into(), morning("2031-09-22")),
        RoomState::Occupied
    );
    assert_eq!(
        timetable.state(&"Hall".into(), morning("2031-09-22")),
        RoomState::Free
    );
}

#[test]
fn touching_a_lesson_is_no_clash_and_every_cause_is_named() {
    let timetable = school();
    let bookings = [
        booking("before", "Lab", "2031-09-22 08:00", "2031-09-22 09:00"),
        booking("across", "Lab", "2031-09-22 09:30", "2031-09-22 10:30"),
        booking("after", "Lab", "2031-09-22 11:00", "2031-09-22 12:00"),
        booking("half-term", "Lab", "2031-09-15 09:30", "2031-09-15 10:30"),
    ];
    let clashes = timetable.clashes(&bookings);
    assert_eq!(clashes.len(), 1);
    assert_eq!(clashes[0].booking, "across".into());
    let causes: Vec<&str> = clashes[0]
        .causes
        .iter()
        .map(|cause| cause.lesson().unwrap().group.as_str())
        .collect();
    assert_eq!(causes, ["Physics", "Chemistry"]);
}

#[test]
fn two_groups_in_one_room_are_one_occupied_time_with_two_causes() {
    let timetable = school();
    let clashes = timetable.clashes(&[booking(
        "rehearsal",
        "Hall",
        "2031-09-27 11:00",
        "2031-09-27 13:00",
    )]);
    assert_eq!(clashes[0].causes.len(), 2);
}

#[test]
fn a_lesson_until_midnight_does_not_reach_the_next_day() {
    let timetable = school();
    let late = booking("late", "Lab", "2031-09-22 23:30", "2031-09-23 01:00");
    let next = booking("next", "Lab", "2031-09-23 00:00", "2031-09-23 01:00");
    let clashes = timetable.clashes(&[late, next]);
    assert_eq!(
        clashes
            .iter()
            .map(|clash| clash.booking.as_str())
            .collect::<Vec<_>>(),
        ["late"]
    );
}

#[test]
fn a_booking_over_a_weekend_meets_the_lessons_of_every_day_in_it() {
    let timetable = school();
    let weekend = booking("play", "Hall", "2031-09-26 18:00", "2031-09-28 18:00");
    assert_eq!(timetable.clashes(&[weekend])[0].causes.len(), 2);
}

#[test]
fn several_weeks_on_one_date_are_joined() {
    let term = Term::new("Autumn", Some(2031), date("2031-09-01"), date("2031-09-30")).unwrap();
    let week_37 = YearWeek {
        year: 2031,
        week: 37,
    };
    let calendar = SchoolCalendar::new(
        [term],
        [(week_37, "Senior".into()), (week_37, "Prep".into())],
    );
    let cycle = vec![
        week(
            "Senior",
            vec![day(Weekday::Mon, vec![period("S1", "09:00-10:00")])],
        ),
        week(
            "Prep",
            vec![day(Weekday::Mon, vec![period("P1", "09:30-10:15")])],
        ),
    ];
    let lessons = vec![lesson("Latin", "S1", "R1"), lesson("Craft", "P1", "R1")];
    let published = vec![PublishedTimetable {
        name: String::new(),
        years: AcademicYears::default(),
        lessons,
    }];
    let timetable = SchoolTimetable::new(calendar, cycle, published).unwrap();
    assert_eq!(
        groups(&timetable, "R1", "2031-09-08"),
        ["09:00 Latin", "09:30 Craft"]
    );
}

#[test]
fn lessons_of_an_inactive_week_are_doubtful_and_remove_nothing() {
    let term = Term::new("Autumn", Some(2031), date("2031-09-01"), date("2031-09-30")).unwrap();
    let calendar = SchoolCalendar::new(
        [term],
        [(
            YearWeek {
                year: 2031,
                week: 37,
            },
            "A".into(),
        )],
    );
    let mut cycle = vec![week(
        "A",
        vec![day(Weekday::Mon, vec![period("A1", "09:00-10:00")])],
    )];
    cycle[0].active = false;
    let lessons = vec![lesson("Latin", "A1", "R1")];
    let published = vec![PublishedTimetable {
        name: String::new(),
        years: AcademicYears::default(),
        lessons,
    }];
    let timetable = SchoolTimetable::new(calendar, cycle, published).unwrap();
    let club = booking("club", "R1", "2031-09-08 09:00", "2031-09-08 10:00");
    assert_eq!(
        timetable.state(&"R1".into(), club.interval),
        RoomState::Doubtful
    );
    assert!(timetable.clashes(&[club]).is_empty());
}

#[test]
fn a_term_of_another_year_has_no_timetable_in_force() {
    let term = Term::new("Autumn", Some(2032), date("2032-09-01"), date("2032-09-30")).unwrap();
    let calendar = SchoolCalendar::new([term], [(YearWeek::of(date("2032-09-06")), "A".into())]);
    let cycle = vec![week(
        "A",
        vec![day(Weekday::Mon, vec![period("A1", "09:00-10:00")])],
    )];
    let years = AcademicYears {
        start: Some(2031),
        end: Some(2032),
    };
    let published = vec![PublishedTimetable {
        name: String::new(),
        years,
        lessons: vec![lesson("Latin", "A1", "R1")],
    }];
    let timetable = SchoolTimetable::new(calendar, cycle, published).unwrap();
    assert_eq!(
        timetable.unknown(date("2032-09-06")),
        Some(UnknownDay::NoTimetable)
    );
}

#[test]
fn a_new_years_week_has_two_keys() {
    let term = Term::new("Spring", Some(2031), date("2031-12-29"), date("2032-03-26")).unwrap();
    let allocations = [
        (
            YearWeek {
                year: 2031,
                week: 53,
            },
            "A".into(),
        ),
        (
            YearWeek {
                year: 2032,
                week: 1,
            },
            "B".into(),
        ),
    ];
    let cycle = vec![
        week(
            "A",
            vec![
                day(Weekday::Tue, vec![period("A2", "09:00-10:00")]),
                day(Weekday::Fri, vec![period("A5", "09:00-10:00")]),
            ],
        ),
        week(
            "B",
            vec![
                day(Weekday::Tue, vec![period("B2", "09:00-10:00")]),
                day(Weekday::Fri, vec![period("B5", "09:00-10:00")]),
            ],
        ),
    ];
    let lessons = vec![
        lesson("A Tue", "A2", "R"),
        lesson("A Fri", "A5", "R"),
        lesson("B Tue", "B2", "R"),
        lesson("B Fri", "B5", "R"),
    ];
    let published = vec![PublishedTimetable {
        name: String::new(),
        years: AcademicYears::default(),
        lessons,
    }];
    let timetable =
        SchoolTimetable::new(SchoolCalendar::new([term], allocations), cycle, published).unwrap();
    assert_eq!(groups(&timetable, "R", "2031-12-30"), ["09:00 A Tue"]);
    assert_eq!(groups(&timetable, "R", "2032-01-02"), ["09:00 B Fri"]);
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let calendar = SchoolCalendar::default;
    let p1 = || {
        week(
            "A",
            vec![day(Weekday::Mon, vec![period("1", "09:00-10:00")])],
        )
    };
    let other = || {
        week(
            "B",
            vec![day(Weekday::Tue, vec![period("1", "09:00-10:00")])],
        )
    };
    let error = SchoolTimetable::new(calendar(), vec![p1(), p1()], vec![]).unwrap_err();
    assert_eq!(error, TimetableError::RepeatedWeek("A".into()));
    let error = SchoolTimetable::new(calendar(), vec![p1(), other()], vec![]).unwrap_err();
    assert_eq!(error, TimetableError::RepeatedPeriod("1".into()));
    let orphan = PublishedTimetable {
        name: String::new(),
        years: AcademicYears::default(),
        lessons: vec![lesson("Latin", "9", "R1")],
    };
    let error = SchoolTimetable::new(calendar(), vec![p1()], vec![orphan]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the lesson `Latin` is in the period `9`, which the cycle does not have"
    );
}
