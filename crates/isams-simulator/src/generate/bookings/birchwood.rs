//! Birchwood College: more clashes, of more people, than one night should remove unasked.

use chrono::{Datelike, TimeDelta, Weekday};

use super::super::School;
use super::super::desk::{Desk, Window};
use super::super::existing::{Existing, LocalRooms};
use super::super::occupancy::Placed;
use super::super::republish::Move;
use super::super::schools::date;
use super::{At, TITLES, fill, local_rooms, owner, staff_owners, time};

/// 27 rooms, 25 of which the timetable knows.
pub(in super::super) fn rooms(school: &School) -> LocalRooms {
    local_rooms(
        school,
        &[
            ("M1", "Main 01", "Classrooms", "Main 1"),
            ("M2", "Main 02", "Classrooms", "Main 2"),
            ("M3", "main 3", "Classrooms", "Main 3"),
            ("C1", "Cedar Lab 1", "Science", "Cedar 1"),
            ("C2", "Cedar Lab 2", "Science", "Cedar 2"),
            ("C3", "CE3", "Science", "Cedar 3"),
            ("C4", "Cedar 04", "Science", "Cedar 4"),
            ("C5", "Cedar-5", "Science", "Cedar 5"),
            ("G1", "Granite 1", "Classrooms", "Granite 1"),
            ("G2", "Granite 02", "Classrooms", "Granite 2"),
            ("G3", "GR3", "Classrooms", "Granite 3"),
            ("G4", "granite 4", "Classrooms", "Granite 4"),
            ("G5", "Granite No. 5", "Classrooms", "Granite 5"),
            ("H1", "Harbour 01", "Classrooms", "Harbour 1"),
            ("H2", "Harbour 02", "Classrooms", "Harbour 2"),
            ("H3", "Harbour 03", "Classrooms", "Harbour 3"),
            ("J1", "Junior 1", "Junior", "Junior 1"),
            ("J2", "Jnr 2", "Junior", "Junior 2"),
            ("JL1", "Junior Lab 01", "Junior", "Junior Lab 1"),
            ("LA1", "Lantern Studio 1", "Arts", "Lantern 1"),
            ("TH", "Theatre, Lantern", "Arts", "Theatre"),
            ("MU1", "Music 1", "Arts", "Music 1"),
            ("SH", "Sports Hall", "Sport", "Sports Hall"),
            ("BIG", "Big School (Hall)", "Halls", "Big School"),
            ("LIB", "Library – quiet room", "Halls", "Library"),
            ("BUS", "Minibus", "Vehicles", ""),
            ("PAV", "Pavilion, Upper Field", "Sport", ""),
        ],
    )
}

/// 120 bookings to come and two past ones.
pub(in super::super) fn existing(
    first: &School,
    later: &School,
    moves: &[Move],
    rooms: LocalRooms,
) -> Existing {
    let mut owners = staff_owners(first, 34);
    owners.extend([
        owner("School Office", Some("office@birchwood.example")),
        owner("Rowan Émberley", Some("R.Emberley@birchwood.example")),
        owner("Emberley, Rowan", Some("r.emberley@BIRCHWOOD.example")),
        owner("Old Birchwood Society", None),
        owner(
            "Grounds, Estates & Lettings",
            Some("lettings@birchwood.example"),
        ),
        owner("Chaplaincy", Some("chaplaincy@birchwood.example")),
    ]);
    let mut desk = Desk::new(first, later, rooms);
    let term: Window = (date((2031, 9, 8)), date((2032, 3, 19)));
    let after: Window = (date((2031, 9, 29)), date((2032, 3, 19)));
    let lesson = |lesson: &Placed<'_>, _: &Desk<'_>, _: u32| Some((lesson.start, lesson.end));

    // On the lessons of `first`: both keys of the New Year week, Saturdays, long ones with several
    // causes, a few minutes, and plain ones; thirty in all, by twenty-two people.
    let new_year: [Window; 2] = [
        (date((2031, 12, 29)), date((2031, 12, 31))),
        (date((2032, 1, 1)), date((2032, 1, 3))),
    ];
    for (window, owner) in new_year.into_iter().zip(&owners) {
        desk.over_lesson(window, owner, "New Year course", lesson);
    }
    for owner in &owners[2..5] {
        desk.over_lesson(term, owner, "Saturday workshop", |lesson, _, _| {
            (lesson.start.weekday() == Weekday::Sat).then_some((lesson.start, lesson.end))
        });
    }
    for owner in &owners[5..8] {
        desk.over_lesson(term, owner, "Conference", |lesson, desk, room| {
            let date = lesson.start.date();
            let span = (date.and_time(time(8, 30)), date.and_time(time(13, 0)));
            (desk.causes(room, span.0, span.1) > 2).then_some(span)
        });
    }
    for owner in &owners[8..10] {
        desk.over_lesson(term, owner, "Set-up", |lesson, desk, room| {
            let span = (
                lesson.end - TimeDelta::minutes(5),
                lesson.end + TimeDelta::minutes(5),
            );
            (desk.causes(room, span.0, span.1) == 1).then_some(span)
        });
    }
    for (index, owner) in owners[..22].iter().cycle().skip(10).take(20).enumerate() {
        desk.over_lesson(term, owner, TITLES[index % TITLES.len()], lesson);
    }
    desk.over_own_lesson(term, "A-level practical");

    // Free in `first`, taken in `republished`.
    let mut hit = 0;
    for (&to, owner) in moves.iter().zip(owners.iter().skip(20).cycle()) {
        if hit < 5 && desk.over_moved_lesson(after, to, owner, TITLES[hit]) {
            hit += 1;
        }
    }

    for (owner, title) in
        owners[22..26]
            .iter()
            .zip(["Societies", "Lunchtime recital", "Debating", "Clinic"])
    {
        desk.between_lessons(term, (time(13, 5), time(14, 5)), owner, title);
    }
    desk.book(
        "BIG",
        ((2031, 9, 14, 10, 0), (2031, 9, 14, 12, 0)).at(),
        &owners[39],
        "Sunday service",
        None,
    );
    desk.book(
        "TH",
        ((2031, 11, 15, 18, 0), (2031, 11, 16, 18, 0)).at(),
        &owners[26],
        "Play weekend",
        None,
    );
    desk.book(
        "C1",
        ((2031, 10, 22, 9, 0), (2031, 10, 22, 16, 0)).at(),
        &owners[27],
        "Half-term revision",
        None,
    );
    desk.book(
        "G1",
        ((2032, 2, 11, 9, 0), (2032, 2, 11, 16, 0)).at(),
        &owners[28],
        "Half-term revision",
        None,
    );
    desk.book(
        "SH",
        ((2031, 12, 20, 9, 0), (2031, 12, 20, 13, 0)).at(),
        &owners[37],
        "Reunion",
        None,
    );
    desk.book(
        "SH",
        ((2031, 8, 12, 9, 0), (2031, 8, 16, 17, 0)).at(),
        &owners[38],
        "Summer letting",
        None,
    );
    desk.book(
        "M1",
        ((2031, 8, 29, 9, 0), (2031, 8, 29, 10, 0)).at(),
        &owners[34],
        "Induction",
        None,
    );
    desk.book(
        "BUS",
        ((2031, 9, 20, 7, 30), (2031, 9, 20, 19, 0)).at(),
        &owners[29],
        "Away match",
        None,
    );
    desk.book(
        "PAV",
        ((2031, 9, 27, 12, 0), (2031, 9, 27, 18, 0)).at(),
        &owners[38],
        "Cricket tea",
        None,
    );

    fill(&mut desk, term, &owners, 122);
    desk.finish()
}
