//! Alder Prep: a few clashes on each day, and every case that must not be one.

use super::super::School;
use super::super::desk::{Desk, Window};
use super::super::existing::{Existing, LocalRooms};
use super::super::republish::Move;
use super::super::schools::date;
use super::{At, TITLES, fill, local_rooms, owner, staff_owners, time};

/// Ten rooms, nine of which the timetable knows by another name.
pub(in super::super) fn rooms(school: &School) -> LocalRooms {
    local_rooms(
        school,
        &[
            ("RM1", "Room 01", "Classrooms", "Room 1"),
            ("RM2", "Rm 2", "Classrooms", "Room 2"),
            ("LAB1", "Lab 01", "Science", "Lab 1"),
            ("LAB2", "Science Lab 2", "Science", "Lab 2"),
            ("ART", "art studio", "Practical", "Art Studio"),
            ("ICT", "ICT Suite (24 PCs)", "Practical", "ICT Suite"),
            ("HALL", "Hall, Great", "Halls", "Great Hall"),
            ("LIB", "The Library", "Halls", "Library"),
            ("GYM", "Gym (old)", "Halls", "Old Gym"),
            ("BUS", "Minibus", "Vehicles", ""),
        ],
    )
}

/// 45 bookings to come and two past ones.
pub(in super::super) fn existing(
    first: &School,
    later: &School,
    moves: &[Move],
    rooms: LocalRooms,
) -> Existing {
    let mut owners = staff_owners(first, 9);
    owners.extend([
        owner("Maya Thistlewick", Some("M.Thistlewick@alder.example")),
        owner("Thistlewick, Maya", Some("m.thistlewick@alder.example")),
        owner("School Office", Some("office@alder.example")),
        owner("Zoë Ångmere", Some("zoe.angmere@alder.example")),
        owner("Friends of Alder", None),
    ]);
    let mut desk = Desk::new(first, later, rooms);
    let term: Window = (date((2031, 9, 8)), date((2032, 3, 19)));
    let after: Window = (date((2031, 9, 22)), date((2032, 3, 19)));

    // On the lessons of `first`: one period, a double period with two causes, two of a series, and
    // one absorbed.
    desk.over_lesson(term, &owners[0], "Interview panel", |lesson, _, _| {
        Some((lesson.start, lesson.end))
    });
    desk.over_lesson(term, &owners[9], "Staff training", |lesson, desk, room| {
        let date = lesson.start.date();
        let (start, end) = (date.and_time(time(8, 45)), date.and_time(time(10, 40)));
        (lesson.start == start && desk.causes(room, start, end) == 2).then_some((start, end))
    });
    let first_week: Window = (date((2031, 9, 15)), date((2031, 9, 19)));
    desk.weekly_after_lessons(
        first_week,
        (time(16, 30), time(16, 0), time(17, 30)),
        &owners[12],
        "Chess club",
        "chess",
    );
    desk.over_own_lesson(term, "Year 8 practical");

    // Free in `first`, taken in `republished`.
    let mut hit = 0;
    for (&to, owner) in moves.iter().zip(owners.iter().skip(1).step_by(2).cycle()) {
        if hit < 6 && desk.over_moved_lesson(after, to, owner, TITLES[hit]) {
            hit += 1;
        }
    }

    // Touching a lesson at both ends.
    desk.between_lessons(term, (time(10, 40), time(10, 55)), &owners[2], "Bake sale");
    desk.between_lessons(
        term,
        (time(12, 50), time(13, 45)),
        &owners[10],
        "Lunchtime clinic",
    );
    desk.between_lessons(
        term,
        (time(12, 50), time(13, 45)),
        &owners[3],
        "Recorder group",
    );
    desk.between_lessons(
        term,
        (time(9, 40), time(9, 45)),
        &owners[11],
        "Register collection",
    );

    // Weekends, one of them with the end of summer time; half term; a holiday week that is
    // allocated; last summer.
    desk.book(
        "HALL",
        ((2031, 9, 13, 9, 0), (2031, 9, 14, 17, 0)).at(),
        &owners[13],
        "Charity sale",
        None,
    );
    desk.book(
        "LIB",
        ((2031, 10, 25, 22, 0), (2031, 10, 26, 3, 0)).at(),
        &owners[4],
        "Astronomy night",
        None,
    );
    desk.book(
        "LAB1",
        ((2031, 10, 29, 9, 0), (2031, 10, 29, 12, 0)).at(),
        &owners[5],
        "Holiday club",
        None,
    );
    desk.book(
        "ICT",
        ((2032, 4, 6, 9, 0), (2032, 4, 6, 15, 0)).at(),
        &owners[6],
        "Coding camp",
        None,
    );
    desk.book(
        "LAB2",
        ((2031, 8, 20, 9, 0), (2031, 8, 20, 16, 0)).at(),
        &owners[5],
        "Summer school",
        None,
    );
    desk.book(
        "HALL",
        ((2031, 8, 28, 10, 0), (2031, 8, 28, 11, 30)).at(),
        &owners[11],
        "New staff welcome",
        None,
    );
    desk.book(
        "BUS",
        ((2031, 9, 18, 9, 0), (2031, 9, 18, 15, 30)).at(),
        &owners[7],
        "Museum trip",
        None,
    );

    fill(&mut desk, term, &owners, 47);
    desk.finish()
}
