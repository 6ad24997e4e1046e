//! What differs from the pattern on certain dates. Tests begin with the number of the case that they show, where there
//! is one; `tests/README.md` is the index.

use room_timetable::*;

use crate::written::{causes, check, date, school, state};

/// Term from Monday 3 to Friday 21 November 2031; the week of the 17th is not allocated. Latin, of year 11, is merged
/// from the rows 1 and 2.
const SCHOOL: &str = "
    term    Autumn 2031  2031-11-03 2031-11-21
    weeks   A  2031/45 2031/46
    period  A Mon 1  09:00-10:00
    period  A Mon 2  10:00-11:00
    period  A Tue 1  09:00-10:00
    lesson  Latin  A-Mon-1  R1  rows=1,2 year=11
    lesson  Greek  A-Mon-2  R1  rows=3 year=10
    lesson  Choir  A-Tue-1  R1  rows=4
";

fn with(overlays: &str) -> SchoolTimetable {
    school(&format!("{SCHOOL}\n{overlays}"))
}

#[test]
fn row_16_on_a_staff_day_no_lesson_happens_and_no_booking_has_to_go() {
    // A suspension that names the rows of the day; the day itself stays in term.
    let snow = with("suspended 2031-11-03 group=Latin\n suspended 2031-11-03 group=Greek");
    check(
        &snow,
        "
        2031-11-03  R1  -
        2031-11-04  R1  09:00-10:00 Choir
        2031-11-10  R1  09:00-10:00 Latin, 10:00-11:00 Greek
        ",
    );
    assert_eq!(
        state(&snow, "R1", "2031-11-03T09:00", "2031-11-03T11:00"),
        RoomState::Free
    );
    assert!(causes(&snow, "R1", "2031-11-03T09:00", "2031-11-03T11:00").is_empty());
}

#[test]
fn row_16_a_suspension_that_names_nothing_makes_the_lessons_of_its_dates_doubtful() {
    let snow = with("suspended 2031-11-03..2031-11-04");
    check(
        &snow,
        "
        2031-11-03  R1  09:00-10:00 ?Latin, 10:00-11:00 ?Greek
        2031-11-04  R1  09:00-10:00 ?Choir
        2031-11-10  R1  09:00-10:00 Latin, 10:00-11:00 Greek
        ",
    );
    assert_eq!(
        state(&snow, "R1", "2031-11-03T09:00", "2031-11-03T10:00"),
        RoomState::Doubtful
    );
    assert!(causes(&snow, "R1", "2031-11-03T09:00", "2031-11-03T10:00").is_empty());
}

#[test]
fn row_17_an_early_finish_is_an_exception_for_all_rooms() {
    let early = with("exception all 2031-11-03T09:45 2031-11-04T00:00");
    check(
        &early,
        "
        2031-11-03  R1  09:00-09:45 Latin
        2031-11-04  R1  09:00-10:00 Choir
        ",
    );
    assert_eq!(
        causes(&early, "R1", "2031-11-03T09:30", "2031-11-03T11:00"),
        ["Latin"]
    );
    assert!(causes(&early, "R1", "2031-11-03T09:45", "2031-11-03T11:00").is_empty());
    assert_eq!(
        state(&early, "R1", "2031-11-03T09:45", "2031-11-03T23:00"),
        RoomState::Free
    );
}

#[test]
fn row_18_study_leave_frees_the_rooms_of_its_year_only_and_lessons_return_when_it_is_removed() {
    let leave = with("suspended 2031-11-03..2031-11-07 year=11");
    check(
        &leave,
        "
        2031-11-03  R1  10:00-11:00 Greek
        2031-11-04  R1  09:00-10:00 ?Choir
        2031-11-10  R1  09:00-10:00 Latin, 10:00-11:00 Greek
        ",
    );
    assert!(causes(&leave, "R1", "2031-11-03T09:00", "2031-11-03T10:00").is_empty());
    let removed = leave.with_overlays(Overlays::default());
    assert_eq!(
        causes(&removed, "R1", "2031-11-03T09:00", "2031-11-03T10:00"),
        ["Latin"]
    );
}

#[test]
fn row_19_exams_in_a_hall_beat_a_booking_and_say_why() {
    let exams = with(
        "closed Hall 2031-11-03..2031-11-04 09:00-12:00\n event Mocks Hall 2031-11-03 11:00-13:00",
    );
    check(
        &exams,
        "
        2031-11-03  Hall  09:00-12:00 closed, 11:00-13:00 Mocks
        2031-11-04  Hall  09:00-12:00 closed
        2031-11-05  Hall  -
        ",
    );
    assert_eq!(
        causes(&exams, "Hall", "2031-11-03T11:30", "2031-11-03T12:30"),
        ["closed", "Mocks"]
    );
    assert!(causes(&exams, "Hall", "2031-11-04T12:00", "2031-11-04T13:00").is_empty());
}

#[test]
fn row_20_a_closure_without_an_end_lasts_until_it_is_lifted_in_the_holidays_too() {
    let whole = with("closed R1 2031-11-10..");
    check(
        &whole,
        "
        2031-11-09  R1  -
        2031-11-10  R1  00:00-24:00 closed, 09:00-10:00 Latin, 10:00-11:00 Greek
        2031-11-17  R1  unknown, 00:00-24:00 closed
        2031-12-25  R1  00:00-24:00 closed
        2039-01-01  R1  00:00-24:00 closed
        ",
    );
    let mornings = with("closed R1 2031-11-10.. 08:00-09:30");
    check(&mornings, "2031-12-25 R1 08:00-09:30 closed");
    let lifted = whole.with_overlays(Overlays::default());
    check(&lifted, "2031-12-25 R1 -");
}

#[test]
fn row_20_a_closure_by_period_closes_its_room_for_that_period_only() {
    // On the 17th it is not known which lessons there are; the 24th is in the holidays.
    let school = with("closed Hall 2031-11-01..2031-12-31 period=A-Mon-1");
    check(
        &school,
        "
        2031-11-03  Hall  09:00-10:00 closed
        2031-11-04  Hall  -
        2031-11-10  Hall  09:00-10:00 closed
        2031-11-17  Hall  unknown, 09:00-10:00 ?closed
        2031-11-24  Hall  -
        2031-12-29  Hall  -
        ",
    );
    let timed = with("closed Hall 2031-11-01.. 09:15-09:30 period=A-Mon-1");
    check(&timed, "2031-11-03 Hall 09:15-09:30 closed");
    let paired =
        with("closed Hall 2031-11-01.. period=A-Mon-1\n slots A-Mon-1 09:00-09:20 09:40-10:00");
    check(
        &paired,
        "2031-11-03 Hall 09:00-09:20 closed, 09:40-10:00 closed",
    );
    let unheard_of = with("closed Hall 2031-11-03 period=p99");
    check(&unheard_of, "2031-11-03 Hall 00:00-24:00 ?closed");
}

#[test]
fn a_closure_and_an_event_without_times_cover_each_whole_day_up_to_the_last() {
    let school = with("closed R1 2031-11-08..2031-11-09\n event Fair Hall 2031-11-08..2031-11-09");
    for (room, label) in [("R1", "closed"), ("Hall", "Fair")] {
        check(
            &school,
            &format!(
                "
                2031-11-07 {room} -
                2031-11-08 {room} 00:00-24:00 {label}
                2031-11-09 {room} 00:00-24:00 {label}
                "
            ),
        );
        assert_eq!(
            causes(&school, room, "2031-11-07T20:00", "2031-11-08T00:01"),
            [label]
        );
        assert!(causes(&school, room, "2031-11-07T20:00", "2031-11-08T00:00").is_empty());
        assert!(causes(&school, room, "2031-11-10T00:00", "2031-11-10T08:00").is_empty());
        // Each day is a cause of its own.
        assert_eq!(
            causes(&school, room, "2031-11-08T12:00", "2031-11-09T12:00").len(),
            2
        );
    }
}

#[test]
fn row_21_a_cover_frees_the_old_room_and_takes_the_new_one_for_that_date_only() {
    let moved = with("cover c1 row=1 2031-11-03 Hall\n cover c2 row=2 2031-11-03 Hall");
    check(
        &moved,
        "
        2031-11-03  R1    10:00-11:00 Greek
        2031-11-03  Hall  09:00-10:00 ->Latin
        2031-11-10  R1    09:00-10:00 Latin, 10:00-11:00 Greek
        2031-11-10  Hall  -
        ",
    );
    assert!(causes(&moved, "R1", "2031-11-03T09:00", "2031-11-03T10:00").is_empty());
    assert_eq!(
        causes(&moved, "Hall", "2031-11-03T09:00", "2031-11-03T10:00"),
        ["Latin"]
    );
    let withdrawn = moved.with_overlays(Overlays::default());
    assert_eq!(
        causes(&withdrawn, "R1", "2031-11-03T09:00", "2031-11-03T10:00"),
        ["Latin"]
    );
    assert!(causes(&withdrawn, "Hall", "2031-11-03T09:00", "2031-11-03T10:00").is_empty());
}

#[test]
fn row_21_a_cover_of_one_row_of_a_merged_lesson_moves_that_row() {
    let moved = with("cover c1 row=1 2031-11-03 Hall");
    check(
        &moved,
        "
        2031-11-03  R1    09:00-10:00 Latin, 10:00-11:00 Greek
        2031-11-03  Hall  09:00-10:00 ->Latin
        ",
    );
    let rows = |room: &str| -> Vec<String> {
        let day = moved.day(&room.into(), date("2031-11-03"));
        day.occurrences[0].to_cause().source_ids
    };
    assert_eq!(rows("R1"), ["2"], "the row that stays");
    assert_eq!(rows("Hall"), ["c1"], "the cover that moves the other");
}

#[test]
fn row_21_the_rows_of_a_merged_lesson_may_go_to_two_rooms() {
    let moved = with("cover c1 row=1 2031-11-03 Hall\n cover c2 row=2 2031-11-03 Gym");
    check(
        &moved,
        "
        2031-11-03  R1    10:00-11:00 Greek
        2031-11-03  Hall  09:00-10:00 ->Latin
        2031-11-03  Gym   09:00-10:00 ->Latin
        ",
    );
}

#[test]
fn row_21_a_cover_that_leaves_the_room_as_it_is_moves_nothing() {
    for room in ["own", "R1"] {
        let covered = with(&format!(
            "cover c1 row=1 2031-11-03 {room}\n cover c2 row=2 2031-11-03 {room}"
        ));
        check(
            &covered,
            "2031-11-03 R1 09:00-10:00 Latin, 10:00-11:00 Greek",
        );
        assert_eq!(
            causes(&covered, "R1", "2031-11-03T09:00", "2031-11-03T10:00"),
            ["Latin"]
        );
    }
}

#[test]
fn a_cover_on_a_date_without_its_lesson_occupies_nothing() {
    for (on, why) in [
        ("2031-11-04", "a Tuesday, on which row 3 has no lesson"),
        ("2031-11-01", "before the term"),
        ("2031-11-24", "after the term"),
    ] {
        let school = with(&format!("cover c1 row=3 {on} Hall"));
        check(&school, &format!("{on} Hall -"));
        assert_eq!(
            state(
                &school,
                "Hall",
                &format!("{on}T00:00"),
                &format!("{on}T23:59")
            ),
            RoomState::Free,
            "{why}"
        );
    }
    // Of an unknown week nothing is known, in the cover's room as in any other.
    check(
        &with("cover c1 row=3 2031-11-17 Hall"),
        "2031-11-17 Hall unknown",
    );
    // A row of a timetable that has been replaced since.
    check(
        &with("cover c1 row=99 2031-11-03 Hall"),
        "2031-11-03 Hall -",
    );
}

#[test]
fn a_cover_of_a_row_is_not_one_of_a_meeting_with_the_same_number() {
    let school = school(
        "
        term    Autumn 2031  2031-11-03 2031-11-21
        weeks   A  2031/45
        period  A Mon 1  09:00-10:00
        lesson  Heads  A-Mon-1  R1  rows=1 kind=meeting
        cover   c1 row=1 2031-11-03 Hall
        suspended 2031-11-03 row=1
        ",
    );
    check(
        &school,
        "
        2031-11-03  R1    09:00-10:00 Heads
        2031-11-03  Hall  -
        ",
    );
}

#[test]
fn a_cover_into_a_room_that_is_not_known_leaves_the_own_room_in_doubt() {
    let school = with("cover c1 row=3 2031-11-03 unknown");
    check(
        &school,
        "2031-11-03 R1 09:00-10:00 Latin, 10:00-11:00 ?Greek",
    );
}

#[test]
fn covers_that_name_two_rooms_for_one_row_leave_all_three_in_doubt() {
    let school = with("cover c1 row=3 2031-11-03 Hall\n cover c2 row=3 2031-11-03 Gym");
    check(
        &school,
        "
        2031-11-03  R1    09:00-10:00 Latin, 10:00-11:00 ?Greek
        2031-11-03  Hall  10:00-11:00 ?->Greek
        2031-11-03  Gym   10:00-11:00 ?->Greek
        ",
    );
    assert!(causes(&school, "Hall", "2031-11-03T10:00", "2031-11-03T11:00").is_empty());
}

#[test]
fn covers_that_name_one_room_for_one_row_agree() {
    for second in ["", "doubtful"] {
        let school = with(&format!(
            "cover c1 row=3 2031-11-03 Hall\n cover c2 row=3 2031-11-03 Hall {second}"
        ));
        check(
            &school,
            "
            2031-11-03  R1    09:00-10:00 Latin
            2031-11-03  Hall  10:00-11:00 ->Greek
            ",
        );
        let day = school.day(&"Hall".into(), date("2031-11-03"));
        assert_eq!(day.occurrences[0].to_cause().source_ids, ["c1", "c2"]);
    }
    check(
        &with("cover c1 row=3 2031-11-03 Hall doubtful\n cover c2 row=3 2031-11-03 Hall doubtful"),
        "2031-11-03 Hall 10:00-11:00 ?->Greek",
    );
    check(
        &with("cover c1 row=3 2031-11-03 own\n cover c2 row=3 2031-11-03 Hall"),
        "2031-11-03 Hall 10:00-11:00 ->Greek",
    );
}

#[test]
fn a_cover_that_names_the_own_room_disagrees_with_one_that_names_another() {
    check(
        &with("cover c1 row=3 2031-11-03 R1\n cover c2 row=3 2031-11-03 Hall"),
        "
        2031-11-03  R1    09:00-10:00 Latin, 10:00-11:00 ?Greek
        2031-11-03  Hall  10:00-11:00 ?->Greek
        ",
    );
}

#[test]
fn a_doubtful_cover_is_doubtful_where_it_leads() {
    let school = with("cover c1 row=3 2031-11-03 Hall doubtful");
    check(&school, "2031-11-03 Hall 10:00-11:00 ?->Greek");
    assert!(causes(&school, "R1", "2031-11-03T10:00", "2031-11-03T11:00").is_empty());
}

#[test]
fn row_23_a_suspended_lesson_has_no_cover_in_whatever_order_they_come() {
    let mut overlays = [
        "suspended 2031-11-03 row=1",
        "cover c1 row=1 2031-11-03 Hall",
        "cover c2 row=2 2031-11-03 Hall",
    ];
    for _ in 0..overlays.len() {
        overlays.rotate_left(1);
        let school = with(&overlays.join("\n"));
        check(
            &school,
            "
            2031-11-03  R1    10:00-11:00 Greek
            2031-11-03  Hall  09:00-10:00 ->Latin
            ",
        );
        let day = school.day(&"Hall".into(), date("2031-11-03"));
        assert_eq!(
            day.occurrences[0].to_cause().source_ids,
            ["c2"],
            "row 1 is suspended"
        );
    }
    check(
        &with("suspended 2031-11-03 group=Greek\n cover c1 row=3 2031-11-03 Hall"),
        "
        2031-11-03  R1    09:00-10:00 Latin
        2031-11-03  Hall  -
        ",
    );
}

#[test]
fn row_23_a_closure_neither_cancels_nor_moves_a_lesson() {
    check(
        &with("closed R1 2031-11-03\n closed Hall 2031-11-03\n cover c1 row=3 2031-11-03 Hall"),
        "
        2031-11-03  R1    00:00-24:00 closed, 09:00-10:00 Latin
        2031-11-03  Hall  00:00-24:00 closed, 10:00-11:00 ->Greek
        ",
    );
    // Suspended too: the room stays closed.
    check(
        &with("closed R1 2031-11-03 09:30-10:30\n suspended 2031-11-03 year=11"),
        "2031-11-03 R1 09:30-10:30 closed, 10:00-11:00 Greek",
    );
}

#[test]
fn row_23_exceptions_come_last_and_the_rest_of_what_they_cut_still_stands() {
    let school = with(
        "
        closed     R1   2031-11-03  08:00-12:00
        cover      c1   row=3 2031-11-03 Hall
        exception  R1   2031-11-03T09:15 2031-11-03T09:30
        exception  all  2031-11-03T09:30 2031-11-03T09:45
        exception  R1   2031-11-03T11:30 2031-11-04T09:30
        ",
    );
    check(
        &school,
        "
        2031-11-03  R1    08:00-09:15 closed, 09:00-09:15 Latin, 09:45-10:00 Latin, 09:45-11:30 closed
        2031-11-03  Hall  10:00-11:00 ->Greek
        2031-11-04  R1    09:30-10:00 Choir
        ",
    );
    assert_eq!(
        state(&school, "R1", "2031-11-03T09:15", "2031-11-03T09:45"),
        RoomState::Free
    );
    assert_eq!(
        state(&school, "R1", "2031-11-03T09:14", "2031-11-03T09:45"),
        RoomState::Occupied
    );
}

#[test]
fn row_23_things_of_one_name_and_time_come_in_one_order_whatever_the_order_of_their_rows() {
    let mut overlays = with(
        "
        closed  Hall 2031-11-03 09:00-12:00
        closed  Hall 2031-11-03 09:00-12:00 doubtful
        closed  Hall 2031-11-03 09:00-12:00
        event   Fair Hall 2031-11-03 09:00-12:00
        event   Fair Hall 2031-11-03..2031-11-04 09:00-12:00
        cover   c1 row=3 2031-11-03 Hall
        cover   c2 row=3 2031-11-03 Hall
        ",
    )
    .overlays()
    .clone();
    // The same row once as it is and once kept from an earlier day.
    overlays.closures[1].id = overlays.closures[0].id.clone();
    let forwards = with("").with_overlays(overlays.clone());
    overlays.closures.reverse();
    overlays.events.reverse();
    overlays.covers.reverse();
    let backwards = with("").with_overlays(overlays);
    let day = |school: &SchoolTimetable| -> Vec<(Cause, Certainty)> {
        let day = school.day(&"Hall".into(), date("2031-11-03"));
        day.occurrences
            .iter()
            .map(|occurrence| (occurrence.to_cause(), occurrence.certainty))
            .collect()
    };
    assert_eq!(day(&forwards).len(), 6);
    assert_eq!(day(&forwards), day(&backwards));
}

#[test]
fn row_24_what_is_booked_into_freed_time_stays_while_it_is_free() {
    let booked = ("2031-11-03T10:00", "2031-11-03T11:00");
    for freed in [
        "exception R1 2031-11-03T10:00 2031-11-03T11:00",
        "exception all 2031-11-03T00:00 2031-11-04T00:00",
        "suspended 2031-11-03 period=A-Mon-2",
        "suspended 2031-11-03 09:30-11:00 group=Greek",
        "suspended 2031-11-03 room=R1",
    ] {
        assert!(
            causes(&with(freed), "R1", booked.0, booked.1).is_empty(),
            "{freed}"
        );
    }
    assert_eq!(causes(&with(""), "R1", booked.0, booked.1), ["Greek"]);
    for elsewhere in [
        "exception Hall 2031-11-03T10:00 2031-11-03T11:00",
        "exception R1 2031-11-03T09:00 2031-11-03T10:59",
        "suspended 2031-11-10 group=Greek",
        "suspended 2031-11-03 group=Greek year=11",
        "suspended 2031-11-03 room=Hall",
        "suspended 2031-11-03 11:00-12:00 group=Greek",
    ] {
        assert_eq!(
            causes(&with(elsewhere), "R1", booked.0, booked.1),
            ["Greek"],
            "{elsewhere}"
        );
    }
}

#[test]
fn a_suspension_with_times_suspends_what_lies_within_and_puts_in_doubt_what_it_only_touches() {
    check(
        &with("suspended 2031-11-03 09:30-11:00 room=R1"),
        "2031-11-03 R1 09:00-10:00 ?Latin",
    );
    check(
        &with("suspended 2031-11-03 09:00-10:00 room=R1"),
        "2031-11-03 R1 10:00-11:00 Greek",
    );
}

#[test]
fn a_suspension_by_room_means_the_lessons_own_room() {
    let overlays = "cover c1 row=3 2031-11-03 Hall";
    check(
        &with(&format!("{overlays}\n suspended 2031-11-03 room=Hall")),
        "2031-11-03 Hall 10:00-11:00 ->Greek",
    );
    check(
        &with(&format!("{overlays}\n suspended 2031-11-03 room=R1")),
        "2031-11-03 Hall -",
    );
}

#[test]
fn closures_events_and_exceptions_apply_in_the_holidays_and_in_unknown_weeks() {
    let overlays = "
        closed     R1   2031-11-17..2031-11-29  10:00-12:00
        event      Fair R1 2031-11-18..2031-11-29 13:00-14:00
        exception  R1   2031-11-17T11:00 2031-11-17T15:00
    ";
    let school = with(overlays);
    check(
        &school,
        "
        2031-11-17  R1  unknown, 10:00-11:00 closed
        2031-11-18  R1  unknown, 10:00-12:00 closed, 13:00-14:00 Fair
        2031-11-29  R1  10:00-12:00 closed, 13:00-14:00 Fair
        ",
    );
    for (start, end, expected) in [
        ("10:30", "11:30", RoomState::Occupied),
        ("11:00", "15:00", RoomState::Free), // an exception frees it, whatever is known
        ("11:00", "15:01", RoomState::Unknown),
        ("09:00", "10:00", RoomState::Unknown),
    ] {
        let on = |time: &str| format!("2031-11-17T{time}");
        assert_eq!(
            state(&school, "R1", &on(start), &on(end)),
            expected,
            "{start} to {end}"
        );
    }
}

#[test]
fn over_several_dates_occupied_comes_before_doubtful_and_that_before_unknown() {
    // Friday 14 to Tuesday 18: Saturday is free; with Sunday begins the week of which nothing is known.
    let free = ("2031-11-14T12:00", "2031-11-16T00:00");
    let reach = |overlays: &str, start: &str, end: &str| state(&with(overlays), "R1", start, end);
    assert_eq!(reach("", free.0, free.1), RoomState::Free);
    assert_eq!(reach("", free.0, "2031-11-18T12:00"), RoomState::Unknown);
    for (doubt, why) in [
        ("closed R1 2031-11-15 doubtful", "before what is not known"),
        (
            "closed R1 2031-11-17 doubtful",
            "on a date that is not known",
        ),
        (
            "closed R1 2031-11-18 doubtful",
            "after a date that is not known",
        ),
    ] {
        assert_eq!(
            reach(doubt, free.0, "2031-11-18T12:00"),
            RoomState::Doubtful,
            "{why}"
        );
        for certain in ["2031-11-14", "2031-11-16", "2031-11-17", "2031-11-18"] {
            let both = format!("{doubt}\n event Fair R1 {certain}");
            assert_eq!(
                reach(&both, free.0, "2031-11-18T12:00"),
                RoomState::Occupied,
                "{both}"
            );
        }
    }
}

#[test]
fn paired_times_go_through_covers_suspensions_and_exceptions() {
    let paired = |overlays: &str| {
        with(&format!(
            "slots A-Mon-2 10:00-10:25 10:35-11:00\n{overlays}"
        ))
    };
    check(
        &paired(
            "cover c1 row=3 2031-11-03 Hall\n exception Hall 2031-11-03T10:20 2031-11-03T10:40",
        ),
        "
        2031-11-03  R1    09:00-10:00 Latin
        2031-11-03  Hall  10:00-10:20 ->Greek, 10:40-11:00 ->Greek
        ",
    );
    // Only the second of the two slots lies within the suspension.
    check(
        &paired("suspended 2031-11-03 10:30-11:00 group=Greek"),
        "2031-11-03 R1 09:00-10:00 Latin, 10:00-10:25 Greek",
    );
}

#[test]
fn row_37_closures_events_and_exceptions_on_both_clock_change_sundays_are_plain_wall_time() {
    for sunday in ["2031-03-30", "2031-10-26"] {
        let school = with(&format!(
            "
            closed     R1    {sunday}  00:30-03:00
            event      Vigil Hall {sunday}
            exception  R1    {sunday}T01:15 {sunday}T01:45
            "
        ));
        check(
            &school,
            &format!(
                "
                {sunday}  R1    00:30-01:15 closed, 01:45-03:00 closed
                {sunday}  Hall  00:00-24:00 Vigil
                "
            ),
        );
    }
}
