//! Why a room is free or occupied, for one cell of each kind.

use super::{DAYS, cedar, new_school_until};
use crate::cli::Cli;

const AUTUMN: &str = "is in the term Autumn (1 Sep 2031 to 12 Dec 2031).";
const IN_FORCE: &str = "The timetables Juniors 2031 and Seniors 2031 are in force.";
const JUNIOR_1: &str = "Period 1 of Week B runs from 08:50 to 09:30.";
const SENIOR_1: &str = "Period 1 of Week B runs from 09:00 to 09:50.";
const FREE: &str = "So the room is free.";
const OCCUPIED: &str = "So the room is occupied.";
const DOUBTFUL: &str = "So it is doubtful whether the room is free.";
const UNKNOWN: &str = "So it is not known whether the room is free.";
const NO_PERIOD: &str = "No period runs at this time.";
const NO_LESSON: &str = "No lesson is timetabled here at this time.";

/// Whether `explain` prints these lines below its heading, and nothing else. A line that begins
/// with `is in` begins with the date.
#[track_caller]
fn explains(cli: &Cli, room: &str, date: &str, time: &str, lines: &[&str]) {
    let printed = cli.run(&["explain", room, date, time]).expect(0).stdout;
    let mut printed = printed.lines();
    let heading = printed.next().unwrap();
    let (_, at) = heading.split_once(" on ").unwrap();
    let (day, _) = at.split_once(" at ").unwrap();
    let expected: Vec<String> = lines
        .iter()
        .map(|line| match line.strip_prefix("is in ") {
            Some(_) => format!("  {day} {line}"),
            None => format!("  {line}"),
        })
        .collect();
    assert_eq!(printed.collect::<Vec<_>>(), expected, "{heading}");
}

#[test]
fn lessons_are_explained_from_the_term_to_the_row() {
    let cli = new_school_until("event");
    let week_b = "2031 week 41 is allocated to Week B.";
    let lesson = "Physics 10B/Ph1 is timetabled here (rows 9079 and 9080).";
    explains(
        &cli,
        "isams:51",
        "2031-10-06",
        "09:10",
        &[
            AUTUMN, week_b, IN_FORCE, JUNIOR_1, SENIOR_1, lesson, OCCUPIED,
        ],
    );
    // Between two senior periods, while the juniors have one.
    explains(
        &cli,
        "isams:41",
        "2031-10-06",
        "09:52",
        &[
            AUTUMN,
            week_b,
            IN_FORCE,
            "Period 2 of Week B runs from 09:30 to 10:10.",
            NO_LESSON,
            FREE,
        ],
    );
    explains(
        &cli,
        "isams:41",
        "2031-10-06",
        "13:00",
        &[AUTUMN, week_b, IN_FORCE, NO_PERIOD, NO_LESSON, FREE],
    );
    // The last minute of a day, and midnight.
    let fridays = "2031 week 37 is allocated to Week B.";
    explains(
        &cli,
        "isams:52",
        "2031-09-12",
        "23:59",
        &[
            AUTUMN,
            fridays,
            IN_FORCE,
            "Stars of Week B runs from 22:30 to 24:00.",
            "Physics 12X/Ph1 is timetabled here (row 9130).",
            OCCUPIED,
        ],
    );
    explains(
        &cli,
        "isams:52",
        "2031-09-13",
        "00:00",
        &[AUTUMN, fridays, IN_FORCE, NO_PERIOD, NO_LESSON, FREE],
    );
    // Both divisions at once.
    explains(
        &cli,
        "isams:44",
        "2031-09-10",
        "11:20",
        &[
            AUTUMN,
            fridays,
            IN_FORCE,
            "Period 3 of Week B runs from 11:05 to 11:55.",
            "Period 4 of Week B runs from 11:10 to 12:10.",
            "Art 12X/Ar1 is timetabled here (row 9063).",
            "English J4-CL is timetabled here (row 9178).",
            OCCUPIED,
        ],
    );
    // Two cycle weeks on one date.
    explains(
        &cli,
        "isams:46",
        "2031-09-22",
        "20:10",
        &[
            AUTUMN,
            "2031 week 39 is allocated to Week B and Prep.",
            IN_FORCE,
            "Prep of Prep runs from 19:00 to 20:30.",
            "PREP is timetabled here (row 9903).",
            OCCUPIED,
        ],
    );
    // The two keys of the week over New Year.
    let spring = "is in the term Spring (29 Dec 2031 to 24 Mar 2032).";
    explains(
        &cli,
        "isams:61",
        "2031-12-29",
        "09:10",
        &[
            spring,
            "2031 week 53 is allocated to Week A.",
            IN_FORCE,
            "Period 1 of Week A runs from 08:50 to 09:30.",
            "Period 1 of Week A runs from 09:00 to 09:50.",
            "English J3-CL is timetabled here (row 9131).",
            OCCUPIED,
        ],
    );
    explains(
        &cli,
        "isams:61",
        "2032-01-02",
        "09:35",
        &[
            spring,
            "2032 week 1 is allocated to Week B.",
            IN_FORCE,
            SENIOR_1,
            "Period 2 of Week B runs from 09:30 to 10:10.",
            NO_LESSON,
            FREE,
        ],
    );
}

#[test]
fn suspensions_and_cover_are_explained() {
    let cli = new_school_until("event");
    explains(
        &cli,
        "isams:41",
        "2031-09-30",
        "09:10",
        &[
            AUTUMN,
            "2031 week 40 is allocated to Week A.",
            IN_FORCE,
            "Period 1 of Week A runs from 08:50 to 09:30.",
            "Period 1 of Week A runs from 09:00 to 09:50.",
            "Mathematics 9B/Ma1 is timetabled here (row 9009).",
            "Mathematics 9B/Ma1 (row 9009) does not happen: suspension 401, 30 Sep 2031.",
            FREE,
        ],
    );
    explains(
        &cli,
        "isams:42",
        "2031-10-08",
        "09:10",
        &[
            AUTUMN,
            "2031 week 41 is allocated to Week B.",
            IN_FORCE,
            JUNIOR_1,
            SENIOR_1,
            "Mathematics 11A/Ma1 is timetabled here (row 9045).",
            "Mathematics 11A/Ma1 (row 9045) does not happen: suspension 402, 7 Oct 2031 to 10 Oct 2031 (Field trip).",
            FREE,
        ],
    );
    // One that names nothing.
    let week_43 = "2031 week 43 is allocated to Week B.";
    explains(
        &cli,
        "isams:42",
        "2031-10-22",
        "09:10",
        &[
            AUTUMN,
            week_43,
            IN_FORCE,
            JUNIOR_1,
            SENIOR_1,
            "Mathematics 11A/Ma1 is timetabled here (row 9045).",
            "A suspension or a cover leaves open whether Mathematics 11A/Ma1 takes place here.",
            DOUBTFUL,
        ],
    );
    let fourth = "Period 4 of Week B runs from 12:00 to 12:50.";
    explains(
        &cli,
        "isams:51",
        "2031-10-21",
        "12:10",
        &[
            AUTUMN,
            week_43,
            IN_FORCE,
            fourth,
            "Physics 10B/Ph1 is timetabled here (rows 9088 and 9089).",
            "Physics 10B/Ph1 (row 9088) takes place in the room isams-43 instead: cover 702.",
            "Physics 10B/Ph1 (row 9089) takes place in the room isams-43 instead: cover 703.",
            FREE,
        ],
    );
    explains(
        &cli,
        "isams:43",
        "2031-10-21",
        "12:10",
        &[
            AUTUMN,
            week_43,
            IN_FORCE,
            fourth,
            "Physics 10B/Ph1 was moved here: cover 702 and 703.",
            OCCUPIED,
        ],
    );
    let third = "Period 3 of Week B runs from 11:05 to 11:55.";
    let junior = "Period 4 of Week B runs from 11:10 to 12:10.";
    // One of two rows.
    explains(
        &cli,
        "isams:51",
        "2031-10-09",
        "11:10",
        &[
            AUTUMN,
            "2031 week 41 is allocated to Week B.",
            IN_FORCE,
            third,
            junior,
            "Physics 10B/Ph1 is timetabled here (rows 9096 and 9097).",
            "Physics 10B/Ph1 (row 9097) takes place in the room isams-52 instead: cover 701.",
            OCCUPIED,
        ],
    );
    // To a room that nobody knows.
    explains(
        &cli,
        "isams:41",
        "2031-10-21",
        "11:10",
        &[
            AUTUMN,
            week_43,
            IN_FORCE,
            third,
            junior,
            "Mathematics 11A/Ma1 is timetabled here (row 9013).",
            "A suspension or a cover leaves open whether Mathematics 11A/Ma1 takes place here.",
            DOUBTFUL,
        ],
    );
    // Two covers disagree.
    explains(
        &cli,
        "isams:43",
        "2031-10-15",
        "10:10",
        &[
            AUTUMN,
            "2031 week 42 is allocated to Week A.",
            IN_FORCE,
            "Period 2 of Week A runs from 09:55 to 10:45.",
            "History 11B/Hi1 may have been moved here: cover 705.",
            DOUBTFUL,
        ],
    );
}

#[test]
fn closures_are_explained_until_they_are_lifted() {
    let cli = new_school_until("closure");
    let monday = [
        AUTUMN,
        "2031 week 46 is allocated to Week B.",
        IN_FORCE,
        NO_PERIOD,
        NO_LESSON,
    ];
    let closed = "The room is closed: Out of use, 1 Oct 2031 until further notice (closure 604).";
    explains(
        &cli,
        "isams:50",
        "2031-11-10",
        "18:10",
        &[&monday[..], &[closed, OCCUPIED]].concat(),
    );
    explains(
        &cli,
        "isams:44",
        "2031-09-18",
        "18:10",
        &[
            AUTUMN,
            "2031 week 38 is allocated to Week A.",
            IN_FORCE,
            NO_PERIOD,
            NO_LESSON,
            "The room is closed: Exams, 18 Sep 2031 (closure 601).",
            OCCUPIED,
        ],
    );
    // From first to last, or every day at these times?
    explains(
        &cli,
        "isams:53",
        "2031-09-22",
        "21:00",
        &[
            AUTUMN,
            "2031 week 39 is allocated to Week B and Prep.",
            IN_FORCE,
            NO_PERIOD,
            NO_LESSON,
            "The room may be closed from 19:00 to 24:00: Repairs, 22 Sep 2031 to 23 Sep 2031 (closure 603).",
            DOUBTFUL,
        ],
    );
    // Nobody knows which lessons there are, but a closure is a closure.
    explains(
        &cli,
        "isams:46",
        "2031-10-28",
        "10:10",
        &[
            AUTUMN,
            "2031 week 44 is allocated to no week of the cycle, so it is not known which lessons there are.",
            "The room is closed: Exams, 28 Oct 2031 (closure 608).",
            OCCUPIED,
        ],
    );
    let (day, now) = DAYS[2];
    cli.sync(&cedar(day), now).expect(0);
    explains(
        &cli,
        "isams:50",
        "2031-11-10",
        "18:10",
        &[&monday[..], &[FREE]].concat(),
    );
}

#[test]
fn events_are_explained_where_they_occupy_rooms() {
    let cli = new_school_until("event");
    let occupying = Cli::new();
    occupying.write("timetable-sync.toml", "events_occupy = true\n");
    let (day, now) = DAYS[5];
    occupying.sync(&cedar(day), now).expect(0);
    let evening = |week: &'static str| [AUTUMN, week, IN_FORCE, NO_PERIOD, NO_LESSON];
    for (room, date, time, week, event) in [
        (
            "isams:46",
            "2031-10-16",
            "19:10",
            "2031 week 42 is allocated to Week A.",
            "Open evening takes place here from 18:30 to 20:00 (event 8801).",
        ),
        (
            "isams:51",
            "2031-10-17",
            "19:10",
            "2031 week 42 is allocated to Week A.",
            "Science club takes place here from 18:30 to 20:00 (event 8802).",
        ),
        (
            "isams:44",
            "2031-11-22",
            "07:00",
            "2031 week 47 is allocated to Week A.",
            "Open day takes place here (event 8804).",
        ),
        (
            "isams:43",
            "2031-11-25",
            "19:10",
            "2031 week 48 is allocated to Week B.",
            "Play takes place here from 18:30 to 20:00 (event 8805).",
        ),
    ] {
        let lines = evening(week);
        explains(&cli, room, date, time, &[&lines[..], &[FREE]].concat());
        explains(
            &occupying,
            room,
            date,
            time,
            &[&lines[..], &[event, OCCUPIED]].concat(),
        );
    }
    // There are two rooms of that name.
    for room in ["isams:53", "isams:63"] {
        let lines = evening("2031 week 42 is allocated to Week A.");
        explains(
            &occupying,
            room,
            "2031-10-17",
            "19:10",
            &[&lines[..], &[FREE]].concat(),
        );
    }
}

#[test]
fn what_an_administrator_decides_is_explained() {
    let cli = new_school_until("event");
    let lesson = [
        AUTUMN,
        "2031 week 43 is allocated to Week B.",
        IN_FORCE,
        JUNIOR_1,
        SENIOR_1,
        "English 9A/En1 is timetabled here (row 9005).",
    ];
    let at = |time: &str, lines: &[&str]| {
        let lines = [&lesson[..], lines].concat();
        explains(&cli, "isams:41", "2031-10-20", time, &lines);
    };
    at("09:10", &[OCCUPIED]);
    cli.run(&[
        "exceptions",
        "add",
        "isams:41",
        "2031-10-20",
        "09:00",
        "09:20",
    ])
    .expect(0);
    let freed =
        "An administrator has freed the room on 20 Oct 2031 from 09:00 to 09:20 (exception e1).";
    at("09:10", &[freed, FREE]);
    // Outside it the rest of the lesson stands.
    at("09:20", &[OCCUPIED]);

    let spring = "is in the term Spring (29 Dec 2031 to 24 Mar 2032).";
    let unallocated = "2032 week 8 is allocated to no week of the cycle";
    let not_known = format!("{unallocated}, so it is not known which lessons there are.");
    let acknowledged = format!("{unallocated}, and was acknowledged as a holiday.");
    let half_term = |lines: &[&str]| explains(&cli, "isams:41", "2032-02-16", "09:10", lines);
    half_term(&[spring, &not_known, UNKNOWN]);
    cli.run(&["terms", "acknowledge", "2032-08"]).expect(0);
    half_term(&[spring, &acknowledged, FREE]);
}

#[test]
fn dates_without_a_timetable_are_explained() {
    let cli = new_school_until("first");
    explains(
        &cli,
        "isams:41",
        "2031-12-20",
        "09:10",
        &["is in no term, so there are no lessons.", FREE],
    );
    explains(
        &cli,
        "isams:41",
        "2031-10-27",
        "09:10",
        &[
            AUTUMN,
            "2031 week 44 is allocated to no week of the cycle, so it is not known which lessons there are.",
            UNKNOWN,
        ],
    );
    explains(
        &cli,
        "isams:41",
        "2032-09-06",
        "09:10",
        &[
            "is in the term Autumn 2032 (1 Sep 2032 to 10 Dec 2032).",
            "2032 week 37 is allocated to Week B.",
            "No published timetable is in force, so it is not known which lessons there are.",
            UNKNOWN,
        ],
    );
    // Sundays of week B are marked inactive; those of week A are not.
    explains(
        &cli,
        "isams:45",
        "2031-09-14",
        "10:10",
        &[
            AUTUMN,
            "2031 week 38 is allocated to Week A.",
            IN_FORCE,
            "Chapel of Week A runs from 10:00 to 11:00.",
            "CHAPEL is timetabled here (row 9901).",
            OCCUPIED,
        ],
    );
    explains(
        &cli,
        "isams:45",
        "2031-09-21",
        "10:10",
        &[
            AUTUMN,
            "2031 week 39 is allocated to Week B and Prep.",
            IN_FORCE,
            "Chapel of Week B runs from 10:00 to 11:00.",
            "CHAPEL is timetabled here (row 9902), but its week or day is marked inactive or its timetable is in doubt, so it may not happen.",
            DOUBTFUL,
        ],
    );
}

#[test]
fn rooms_and_bells_are_explained_as_they_are_now() {
    let cli = new_school_until("recreated");
    let monday = "2031 week 47 is allocated to Week A.";
    let bells = [
        "Period 1 of Week A runs from 08:50 to 09:30.",
        "Period 1 of Week A runs from 09:00 to 09:50.",
    ];
    let lines = [&[AUTUMN, monday, IN_FORCE][..], &bells].concat();
    let at = |room: &str, rest: &[&str]| {
        let lines = [&lines[..], rest].concat();
        explains(&cli, room, "2031-11-17", "09:10", &lines);
    };
    // Deleted, and made again.
    let gone = "Its iSAMS room 62 is gone, so its lessons may be elsewhere.";
    at("isams:62", &[NO_LESSON, gone, UNKNOWN]);
    at(
        "isams:66",
        &["English J4-CL is timetabled here (row 9159).", OCCUPIED],
    );
    // The labs' names were swapped, and nothing else.
    at(
        "isams:51",
        &[
            "Physics 10B/Ph1 is timetabled here (rows 9074 and 9075).",
            OCCUPIED,
        ],
    );

    let (day, now) = DAYS[9];
    cli.sync(&cedar(day), now).expect(0);
    explains(
        &cli,
        "isams:41",
        "2032-01-12",
        "08:45",
        &[
            "is in the term Spring (29 Dec 2031 to 24 Mar 2032).",
            "2032 week 3 is allocated to Week B.",
            IN_FORCE,
            "Period 1 of Week B runs from 08:40 to 09:20.",
            "English 9A/En1 is timetabled here (row 39005).",
            OCCUPIED,
        ],
    );
    let (day, now) = DAYS[10];
    cli.sync(&cedar(day), now).expect(0);
    explains(
        &cli,
        "isams:41",
        "2032-09-06",
        "08:45",
        &[
            "is in the term Autumn 2032 (1 Sep 2032 to 10 Dec 2032).",
            "2032 week 37 is allocated to Week B.",
            "The timetables Juniors 2032 and Seniors 2032 are in force.",
            "Period 1 of Week B runs from 08:40 to 09:20.",
            "English 9A/En1 is timetabled here (row 69005).",
            OCCUPIED,
        ],
    );
}
