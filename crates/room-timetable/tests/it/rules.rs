//! The pattern of a school year: which lessons stand where on which date. Tests begin with the number of the case that
//! they show, where there is one; `tests/README.md` is the index.

use chrono::{Datelike, Weekday};
use room_timetable::*;

use crate::written::{at, booking, causes, check, date, range, school, shown, state};

/// Two weeks, A and B, of one lesson each on Monday; week 44 is the half term.
const TWO_WEEKS: &str = "
    term    Autumn 2031  2031-09-03 2031-12-12
    weeks   A  2031/36 2031/38 2031/40 2031/42        2031/45 2031/47
    weeks   B  2031/37 2031/39 2031/41 2031/43        2031/46 2031/48
    period  A Mon 1  09:00-10:00
    period  B Mon 1  09:00-10:00
    lesson  Physics  A-Mon-1  Lab
    lesson  Biology  B-Mon-1  Lab
";

#[test]
fn row_01_a_one_week_half_term_flips_a_and_b_and_is_itself_unknown() {
    check(
        &school(TWO_WEEKS),
        "
        2031-10-13  Lab  09:00-10:00 Physics
        2031-10-20  Lab  09:00-10:00 Biology
        2031-10-27  Lab  unknown
        2031-11-03  Lab  09:00-10:00 Physics
        2031-11-10  Lab  09:00-10:00 Biology
        ",
    );
}

#[test]
fn row_01_nothing_is_worked_out_by_alternation() {
    let twice_a = school(
        &TWO_WEEKS
            .replace("2031/46", "")
            .replace("2031/45", "2031/45 2031/46"),
    );
    check(
        &twice_a,
        "
        2031-11-03  Lab  09:00-10:00 Physics
        2031-11-10  Lab  09:00-10:00 Physics
        2031-11-17  Lab  09:00-10:00 Physics
        ",
    );
}

#[test]
fn row_02_a_term_may_start_and_end_within_a_week_and_within_the_cycle() {
    // The term begins on a Wednesday in week B and ends on a Tuesday.
    let school = school(
        "
        term    Spring 2031  2032-01-07 2032-01-13
        weeks   B  2032/2
        weeks   A  2032/3
        period  B Tue 1  09:00-10:00
        period  B Wed 1  09:00-10:00
        period  A Tue 1  09:00-10:00
        period  A Wed 1  09:00-10:00
        lesson  Art     B-Tue-1  Studio
        lesson  Drama   B-Wed-1  Studio
        lesson  Music   A-Tue-1  Studio
        lesson  Latin   A-Wed-1  Studio
        ",
    );
    check(
        &school,
        "
        2032-01-06  Studio  -
        2032-01-07  Studio  09:00-10:00 Drama
        2032-01-13  Studio  09:00-10:00 Music
        2032-01-14  Studio  -
        ",
    );
    assert_eq!(
        school.unknown(date("2032-01-06")),
        None,
        "the holidays are known"
    );
}

#[test]
fn row_03_a_week_without_allocation_in_the_middle_of_term_is_neither_free_nor_occupied() {
    let school = school(TWO_WEEKS);
    let monday = date("2031-10-27");
    assert_eq!(
        school.unknown(monday),
        Some(UnknownDay::Unallocated(YearWeek {
            year: 2031,
            week: 44
        }))
    );
    let lesson_time = ("2031-10-27T09:00", "2031-10-27T10:00");
    assert_eq!(
        state(&school, "Lab", lesson_time.0, lesson_time.1),
        RoomState::Unknown
    );
    assert_eq!(
        state(&school, "Gym", lesson_time.0, lesson_time.1),
        RoomState::Unknown
    );
    assert!(causes(&school, "Lab", lesson_time.0, lesson_time.1).is_empty());
    // A booking that only reaches into the week is not known to be free either.
    assert_eq!(
        state(&school, "Lab", "2031-10-25T20:00", "2031-10-26T00:00"),
        RoomState::Free
    );
    assert_eq!(
        state(&school, "Lab", "2031-10-25T20:00", "2031-10-26T00:01"),
        RoomState::Unknown
    );
}

#[test]
fn row_03_an_acknowledged_week_is_a_holiday_and_an_allocated_one_stays_a_school_week() {
    let school = school(&format!("{TWO_WEEKS}\n holiday 2031/44 2031/45"));
    check(
        &school,
        "
        2031-10-27  Lab  -
        2031-11-03  Lab  09:00-10:00 Physics
        ",
    );
    assert_eq!(
        state(&school, "Lab", "2031-10-27T09:00", "2031-10-27T10:00"),
        RoomState::Free
    );
    assert!(causes(&school, "Lab", "2031-10-27T09:00", "2031-10-27T10:00").is_empty());
}

#[test]
fn row_04_several_weeks_of_the_cycle_are_valid_on_one_date() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   SeniorA  2031/37 2031/39
        weeks   SeniorB  2031/38
        weeks   Prep     2031/37 2031/38
        period  SeniorA Mon 1  09:00-10:00
        period  SeniorB Mon 1  09:00-10:00
        period  Prep    Mon 1  09:15-09:45
        lesson  Latin   SeniorA-Mon-1  R1
        lesson  Greek   SeniorB-Mon-1  R1
        lesson  Craft   Prep-Mon-1     R1
        ",
    );
    check(
        &school,
        "
        2031-09-08  R1  09:00-10:00 Latin, 09:15-09:45 Craft
        2031-09-15  R1  09:00-10:00 Greek, 09:15-09:45 Craft
        2031-09-22  R1  09:00-10:00 Latin
        2031-09-29  R1  unknown
        ",
    );
    assert_eq!(
        causes(&school, "R1", "2031-09-08T09:30", "2031-09-08T09:40"),
        ["Latin", "Craft"]
    );
}

#[test]
fn row_05_the_lessons_of_several_published_timetables_are_joined() {
    let school = school(
        "
        term       Autumn 2031  2031-09-01 2031-12-12
        weeks      A  2031/37
        period     A Mon 1  09:00-10:00
        period     A Mon 2  09:30-10:30
        timetable  Senior 2031 2032
        lesson     Latin  A-Mon-1  Hall
        timetable  Prep   2031 2031
        lesson     Dance  A-Mon-2  Hall
        timetable  Old    2030 2031
        lesson     Greek  A-Mon-1  Hall
        timetable  Always - -
        lesson     Choir  A-Mon-1  Gym
        ",
    );
    check(
        &school,
        "
        2031-09-08  Hall  09:00-10:00 Latin, 09:30-10:30 Dance
        2031-09-08  Gym   09:00-10:00 Choir
        ",
    );
}

#[test]
fn a_timetable_is_in_force_in_the_terms_of_its_years() {
    // Of each timetable: the academic years from 2029 to 2034 in which it is in force.
    for (start, end, expected) in [
        ("2031", "2032", vec![2031]),
        ("2031", "2033", vec![2031, 2032]),
        ("2031", "2031", vec![2031]),
        ("2031", "-", vec![2031, 2032, 2033, 2034]),
        ("-", "2031", vec![2029, 2030]),
        ("-", "-", vec![2029, 2030, 2031, 2032, 2033, 2034]),
        ("2032", "2031", vec![]),
    ] {
        let found: Vec<i32> = (2029..=2034)
            .filter(|year| {
                let school = school(&format!(
                    "
                    term       Autumn {year}  2031-09-01 2031-12-12
                    weeks      A  2031/37
                    period     A Mon 1  09:00-10:00
                    timetable  Main {start} {end}
                    lesson     Latin  A-Mon-1  R1
                    "
                ));
                let shown = shown(&school, "R1", "2031-09-08");
                let in_force = shown == "09:00-10:00 Latin";
                assert!(in_force || shown == "unknown", "{shown}");
                in_force
            })
            .collect();
        assert_eq!(found, expected, "from {start} to {end}");
    }
}

#[test]
fn terms_that_overlap_have_the_timetables_of_both() {
    // The sixth form is back a week early.
    let school = school(
        "
        term       SixthForm 2032  2031-09-01 2031-12-12
        term       Autumn    2031  2031-09-08 2031-12-12
        weeks      A  2031/36 2031/37
        period     A Mon 1  09:00-10:00
        timetable  Sixth 2032 2033
        lesson     Physics  A-Mon-1  Lab
        timetable  Rest 2031 2032
        lesson     Biology  A-Mon-1  Lab
        ",
    );
    check(
        &school,
        "
        2031-09-01  Lab  09:00-10:00 Physics
        2031-09-08  Lab  09:00-10:00 Biology, 09:00-10:00 Physics
        ",
    );
}

#[test]
fn row_07_periods_that_overlap_are_both_occupied() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 4   12:00-13:00
        period  A Mon 4b  12:30-13:30
        lesson  Latin  A-Mon-4   R1
        lesson  Greek  A-Mon-4b  R1
        ",
    );
    check(
        &school,
        "2031-09-08 R1 12:00-13:00 Latin, 12:30-13:30 Greek",
    );
    assert_eq!(
        causes(&school, "R1", "2031-09-08T12:00", "2031-09-08T12:30"),
        ["Latin"]
    );
    assert_eq!(
        causes(&school, "R1", "2031-09-08T12:30", "2031-09-08T12:31").len(),
        2
    );
    assert_eq!(
        causes(&school, "R1", "2031-09-08T13:00", "2031-09-08T13:30"),
        ["Greek"]
    );
}

#[test]
fn row_08_a_split_lunch_and_half_periods_occupy_their_own_times_only() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon Lunch1  12:00-12:30
        period  A Mon Lunch2  12:30-13:00
        period  A Mon 5a      13:00-13:25
        period  A Mon 5b      13:25-13:50
        lesson  Form7   A-Mon-Lunch1  R1
        lesson  Chess   A-Mon-5b      R1
        ",
    );
    for (start, end, expected) in [
        ("11:30", "12:00", vec![]),
        ("11:30", "12:01", vec!["Form7"]),
        ("12:30", "13:25", vec![]),
        ("12:29", "13:26", vec!["Form7", "Chess"]),
        ("13:50", "14:00", vec![]),
    ] {
        let on = |time: &str| format!("2031-09-08T{time}");
        assert_eq!(
            causes(&school, "R1", &on(start), &on(end)),
            expected,
            "{start} to {end}"
        );
    }
}

#[test]
fn row_08_a_period_that_is_paired_with_two_slots_occupies_both_and_not_the_gap() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 1  09:00-10:30
        period  A Mon 2  10:30-11:30
        slots   A-Mon-1  09:45-10:30 09:00-09:40
        lesson  Latin  A-Mon-1  R1
        lesson  Greek  A-Mon-2  R1
        ",
    );
    check(
        &school,
        "2031-09-08 R1 09:00-09:40 Latin, 09:45-10:30 Latin, 10:30-11:30 Greek",
    );
    assert!(causes(&school, "R1", "2031-09-08T09:40", "2031-09-08T09:45").is_empty());
    assert_eq!(
        state(&school, "R1", "2031-09-08T09:40", "2031-09-08T09:45"),
        RoomState::Free
    );
}

#[test]
fn row_09_a_double_lesson_is_two_occupied_times() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 1  09:00-09:50
        period  A Mon 2  09:50-10:40
        lesson  Physics  A-Mon-1  Lab  rows=1
        lesson  Physics  A-Mon-2  Lab  rows=2
        ",
    );
    check(
        &school,
        "2031-09-08 Lab 09:00-09:50 Physics, 09:50-10:40 Physics",
    );
    let clashes = school.clashes(&[booking("Lab", "2031-09-08T09:00", "2031-09-08T10:40")]);
    assert_eq!(clashes.len(), 1, "one booking, one clash");
    let rows: Vec<Vec<String>> = clashes[0]
        .causes
        .iter()
        .map(|cause| cause.to_cause().source_ids)
        .collect();
    assert_eq!(rows, [["1"], ["2"]]);
}

#[test]
fn row_10_a_break_next_to_a_lesson_is_no_clash() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 2  09:50-10:40
        period  A Mon 3  10:55-11:45
        lesson  Latin  A-Mon-2  R1
        lesson  Greek  A-Mon-3  R1
        ",
    );
    assert!(causes(&school, "R1", "2031-09-08T10:40", "2031-09-08T10:55").is_empty());
    assert_eq!(
        state(&school, "R1", "2031-09-08T10:40", "2031-09-08T10:55"),
        RoomState::Free
    );
    assert_eq!(
        causes(&school, "R1", "2031-09-08T10:39", "2031-09-08T10:55"),
        ["Latin"]
    );
    assert_eq!(
        causes(&school, "R1", "2031-09-08T10:40", "2031-09-08T10:56"),
        ["Greek"]
    );
}

#[test]
fn row_11_impossible_times_can_not_be_built() {
    let time = |text: &str| text.parse::<TimeOfDay>();
    for (start, end, why) in [
        ("09:00", "09:00", "of no length"),
        ("10:00", "09:00", "reversed"),
        ("23:00", "00:00", "to 00:00, which is the start of the day"),
        ("22:00", "01:00", "past midnight"),
    ] {
        assert!(
            TimeRange::new(time(start).unwrap(), time(end).unwrap()).is_err(),
            "{why}"
        );
    }
    for text in ["", "24:01", "09:60", "nine"] {
        assert!(time(text).is_err(), "{text:?}");
    }
    for (start, end) in [("09:00", "09:00"), ("10:00", "09:00")] {
        let on = |time: &str| at(&format!("2031-09-08T{time}"));
        assert!(Interval::new(on(start), on(end)).is_err());
    }
}

#[test]
fn row_11_a_period_may_end_at_24_00_and_stays_on_its_date() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon Night  22:00-24:00
        lesson  Astronomy  A-Mon-Night  Roof
        ",
    );
    check(
        &school,
        "
        2031-09-08  Roof  22:00-24:00 Astronomy
        2031-09-09  Roof  -
        ",
    );
    assert_eq!(
        causes(&school, "Roof", "2031-09-08T23:59", "2031-09-09T08:00"),
        ["Astronomy"]
    );
    assert!(causes(&school, "Roof", "2031-09-09T00:00", "2031-09-09T08:00").is_empty());
    assert!(causes(&school, "Roof", "2031-09-07T12:00", "2031-09-08T22:00").is_empty());
}

#[test]
fn row_12_a_two_week_lesson_is_a_row_in_each_week() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        weeks   B  2031/38
        period  A Mon P1  09:00-10:00
        period  B Mon P1  09:00-10:00
        lesson  Latin  A-Mon-P1  R1  rows=1
        lesson  Latin  B-Mon-P1  R1  rows=2
        ",
    );
    check(
        &school,
        "
        2031-09-08  R1  09:00-10:00 Latin
        2031-09-15  R1  09:00-10:00 Latin
        ",
    );
}

#[test]
fn row_13_a_lesson_in_several_rooms_occupies_each() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 1  09:00-10:00
        lesson  Exam  A-Mon-1  Hall  rows=1
        lesson  Exam  A-Mon-1  Gym   rows=2
        ",
    );
    check(
        &school,
        "
        2031-09-08  Hall    09:00-10:00 Exam
        2031-09-08  Gym     09:00-10:00 Exam
        2031-09-08  Studio  -
        ",
    );
    assert_eq!(
        state(&school, "Studio", "2031-09-08T09:00", "2031-09-08T10:00"),
        RoomState::Free
    );
}

#[test]
fn row_14_two_sets_in_one_room_are_one_occupied_time_with_two_causes() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 1  09:00-10:00
        lesson  PE-9A  A-Mon-1  Gym  rows=1
        lesson  PE-9B  A-Mon-1  Gym  rows=2,3
        ",
    );
    check(
        &school,
        "2031-09-08 Gym 09:00-10:00 PE-9A, 09:00-10:00 PE-9B",
    );
    let clashes = school.clashes(&[booking("Gym", "2031-09-08T09:30", "2031-09-08T09:45")]);
    let rows: Vec<Vec<String>> = clashes[0]
        .causes
        .iter()
        .map(|cause| cause.to_cause().source_ids)
        .collect();
    assert_eq!(rows, [vec!["1"], vec!["2", "3"]]);
    let occupied = Interval::union(clashes[0].causes.iter().map(|cause| cause.interval));
    assert_eq!(occupied, [range("09:00-10:00").on(date("2031-09-08"))]);
}

#[test]
fn row_15_saturday_school_and_sunday_chapel_are_days_like_any_other() {
    // Weeks run from Sunday: Sunday the 14th already belongs to week 38.
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        weeks   B  2031/38
        period  A Sat 1       09:00-12:00
        period  A Sun Chapel  10:00-11:00
        period  B Sun Chapel  10:00-11:00
        lesson  Games    A-Sat-1       Field
        lesson  Matins   A-Sun-Chapel  Chapel
        lesson  Evensong B-Sun-Chapel  Chapel
        ",
    );
    assert_eq!(date("2031-09-07").weekday(), Weekday::Sun);
    check(
        &school,
        "
        2031-09-07  Chapel  10:00-11:00 Matins
        2031-09-13  Field   09:00-12:00 Games
        2031-09-14  Chapel  10:00-11:00 Evensong
        2031-09-20  Field   -
        ",
    );
}

#[test]
fn meetings_tutorials_and_year_schedules_occupy_their_rooms() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 1  09:00-10:00
        lesson  Heads     A-Mon-1  R1  kind=meeting
        lesson  Tutor     A-Mon-1  R2  kind=tutorial
        lesson  Assembly  A-Mon-1  R3  kind=year-schedule
        ",
    );
    for (room, kind) in [
        ("R1", CauseKind::Meeting),
        ("R2", CauseKind::Tutorial),
        ("R3", CauseKind::YearSchedule),
    ] {
        let clashes = school.clashes(&[booking(room, "2031-09-08T09:30", "2031-09-08T09:45")]);
        assert_eq!(clashes[0].causes[0].kind(), kind, "{room}");
    }
}

#[test]
fn lessons_of_an_inactive_week_or_day_are_doubtful() {
    const ACTIVE: &str = "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 1  09:00-10:00
        period  A Tue 1  09:00-10:00
        lesson  Latin  A-Mon-1  R1
        lesson  Greek  A-Tue-1  R1
    ";
    for (marked, monday, tuesday) in [
        ("", "09:00-10:00 Latin", "09:00-10:00 Greek"),
        ("inactive A", "09:00-10:00 ?Latin", "09:00-10:00 ?Greek"),
        ("inactive A Mon", "09:00-10:00 ?Latin", "09:00-10:00 Greek"),
    ] {
        let school = school(&format!("{ACTIVE}\n{marked}"));
        check(
            &school,
            &format!("2031-09-08 R1 {monday}\n 2031-09-09 R1 {tuesday}"),
        );
        let certain = marked.is_empty();
        assert_eq!(
            state(&school, "R1", "2031-09-08T09:00", "2031-09-08T10:00"),
            if certain {
                RoomState::Occupied
            } else {
                RoomState::Doubtful
            }
        );
        let found = causes(&school, "R1", "2031-09-08T09:00", "2031-09-08T10:00");
        assert_eq!(found.is_empty(), !certain, "{marked}");
    }
}

#[test]
fn an_allocated_date_without_a_timetable_in_force_is_unknown() {
    let school = school(
        "
        term       Autumn 2032  2032-09-01 2032-12-12
        weeks      A  2032/37
        period     A Mon 1  09:00-10:00
        timetable  Main 2031 2032
        lesson     Latin  A-Mon-1  R1
        ",
    );
    check(&school, "2032-09-06 R1 unknown");
    assert_eq!(
        school.unknown(date("2032-09-06")),
        Some(UnknownDay::NoTimetable)
    );
}

#[test]
fn weeks_at_new_year_have_two_numbers_or_are_the_54th() {
    // 2028 ends with a Sunday, which is a week of its own: the 54th.
    let school = school(
        "
        term    Winter 2028  2028-12-28 2029-01-12
        weeks   A  2028/53 2029/1
        weeks   B  2028/54 2029/2
        period  A Sun Chapel  10:00-11:00
        period  A Mon 1       09:00-10:00
        period  A Fri 1       09:00-10:00
        period  B Sun Chapel  10:00-11:00
        period  B Mon 1       09:00-10:00
        lesson  Matins    A-Sun-Chapel  Chapel
        lesson  Latin     A-Mon-1       R1
        lesson  Greek     A-Fri-1       R1
        lesson  Evensong  B-Sun-Chapel  Chapel
        lesson  Drama     B-Mon-1       R1
        ",
    );
    check(
        &school,
        "
        2028-12-29  R1      09:00-10:00 Greek
        2028-12-31  Chapel  10:00-11:00 Evensong
        2029-01-01  R1      09:00-10:00 Latin
        2029-01-05  R1      09:00-10:00 Greek
        2029-01-07  Chapel  10:00-11:00 Evensong
        2029-01-08  R1      09:00-10:00 Drama
        ",
    );
}

#[test]
fn a_week_over_new_year_has_one_number_in_each_year() {
    let school = school(
        "
        term    Winter 2031  2031-12-28 2032-01-09
        weeks   A  2031/53
        weeks   B  2032/1
        period  A Mon 1  09:00-10:00
        period  B Mon 1  09:00-10:00
        period  A Fri 1  09:00-10:00
        period  B Fri 1  09:00-10:00
        lesson  Latin  A-Mon-1  R1
        lesson  Greek  B-Mon-1  R1
        lesson  Drama  A-Fri-1  R1
        lesson  Music  B-Fri-1  R1
        ",
    );
    check(
        &school,
        "
        2031-12-29  R1  09:00-10:00 Latin
        2032-01-02  R1  09:00-10:00 Music
        2032-01-05  R1  unknown
        ",
    );
}

#[test]
fn row_35_edited_term_dates_make_a_school_day_a_holiday_and_back() {
    let table = |last: &str| school(&TWO_WEEKS.replace("2031-12-12", last));
    let monday = ("2031-11-24T09:00", "2031-11-24T10:00");
    assert_eq!(
        causes(&table("2031-12-12"), "Lab", monday.0, monday.1),
        ["Biology"]
    );
    assert_eq!(
        causes(&table("2031-11-24"), "Lab", monday.0, monday.1),
        ["Biology"],
        "the last day"
    );
    assert!(causes(&table("2031-11-23"), "Lab", monday.0, monday.1).is_empty());
    assert_eq!(
        state(&table("2031-11-23"), "Lab", monday.0, monday.1),
        RoomState::Free
    );
}

#[test]
fn row_37_both_clock_change_sundays_are_plain_wall_time() {
    // In Britain 01:00 is skipped on 30 March 2031 and comes twice on 26 October 2031.
    let school = school(
        "
        term    Spring 2030  2031-01-06 2031-04-04
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/14 2031/44
        period  A Sun Vigil   00:30-02:30
        period  A Sun Chapel  10:00-11:00
        lesson  Vigil   A-Sun-Vigil   Chapel
        lesson  Matins  A-Sun-Chapel  Chapel
        ",
    );
    for sunday in ["2031-03-30", "2031-10-26"] {
        check(
            &school,
            &format!("{sunday} Chapel 00:30-02:30 Vigil, 10:00-11:00 Matins"),
        );
        let on = |time: &str| format!("{sunday}T{time}");
        for (start, end, expected) in [
            ("00:00", "00:30", vec![]),
            ("01:00", "02:00", vec!["Vigil"]), // skipped or doubled
            ("01:30", "01:31", vec!["Vigil"]),
            ("02:30", "10:00", vec![]),
            ("09:30", "10:30", vec!["Matins"]),
        ] {
            assert_eq!(
                causes(&school, "Chapel", &on(start), &on(end)),
                expected,
                "{sunday} {start}"
            );
        }
    }
}

#[test]
fn row_38_a_booking_over_several_slots_clashes_as_one_whole() {
    let school = school(
        "
        term    Autumn 2031  2031-09-01 2031-12-12
        weeks   A  2031/37
        period  A Mon 1  09:00-10:00
        period  A Mon 3  11:00-12:00
        lesson  Latin  A-Mon-3  R1
        ",
    );
    let morning = booking("R1", "2031-09-08T09:00", "2031-09-08T12:00");
    let clashes = school.clashes(std::slice::from_ref(&morning));
    assert_eq!(clashes.len(), 1);
    assert_eq!(clashes[0].booking, morning.id);
    assert_eq!(
        clashes[0].causes[0].interval,
        range("11:00-12:00").on(date("2031-09-08"))
    );
}

#[test]
fn row_38_a_booking_over_several_days_meets_the_lessons_of_each() {
    let school = school(TWO_WEEKS);
    assert_eq!(
        causes(&school, "Lab", "2031-10-13T09:59", "2031-10-20T09:01"),
        ["Physics", "Biology"]
    );
    assert!(causes(&school, "Lab", "2031-10-13T10:00", "2031-10-20T09:00").is_empty());
    assert_eq!(
        state(&school, "Lab", "2031-10-13T10:00", "2031-10-20T09:00"),
        RoomState::Free
    );
    // Into the half term, and out of it again to a lesson.
    assert_eq!(
        state(&school, "Lab", "2031-10-20T10:00", "2031-10-28T12:00"),
        RoomState::Unknown
    );
    assert_eq!(
        state(&school, "Lab", "2031-10-20T10:00", "2031-11-03T09:30"),
        RoomState::Occupied
    );
}

#[test]
fn row_39_of_a_booking_of_several_rooms_only_the_one_that_is_hit_clashes() {
    let school = school(TWO_WEEKS);
    let rooms =
        ["Gym", "Lab", "Hall"].map(|room| booking(room, "2031-10-13T09:00", "2031-10-13T10:00"));
    let clashes = school.clashes(&rooms);
    let hit: Vec<&BookingId> = clashes.iter().map(|clash| &clash.booking).collect();
    assert_eq!(hit, [&rooms[1].id]);
}

#[test]
fn row_40_duplicate_and_overlapping_bookings_clash_each_for_itself_in_the_order_given() {
    let school = school(TWO_WEEKS);
    let numbered = |id: &str, start: &str, end: &str| Booking {
        id: id.into(),
        ..booking("Lab", start, end)
    };
    let mut bookings = vec![
        numbered("one", "2031-10-13T09:00", "2031-10-13T10:00"),
        numbered("twin", "2031-10-13T09:00", "2031-10-13T10:00"),
        numbered("beside", "2031-10-13T10:00", "2031-10-13T11:00"),
        numbered("across", "2031-10-13T08:30", "2031-10-13T09:30"),
    ];
    let hit = |bookings: &[Booking]| -> Vec<String> {
        let clashes = school.clashes(bookings);
        clashes
            .iter()
            .map(|clash| clash.booking.to_string())
            .collect()
    };
    assert_eq!(hit(&bookings), ["one", "twin", "across"]);
    bookings.reverse();
    assert_eq!(hit(&bookings), ["across", "twin", "one"]);
}
