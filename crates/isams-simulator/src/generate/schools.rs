//! The two schools of the fixtures.

use chrono::NaiveDate;

use super::spec::{Bell, BuildingSpec, Division, Purpose, RoomSpec, Spec, TermSpec};

/// A small day school: one-week cycle, Monday to Friday.
pub(super) fn alder() -> Spec {
    let lessons = |subject| Purpose::Lessons {
        division: 0,
        subject,
    };
    let mut main: Vec<_> = (1..=10)
        .map(|n| room(&format!("Room {n}"), &format!("R{n}"), lessons(None)))
        .collect();
    main.extend([
        room("Great Hall", "GH", Purpose::Assembly),
        room("Library", "LIB", Purpose::Other),
        room("Music Room", "MUS", lessons(Some("MU"))),
        room("Staff Room", "STF", Purpose::Meeting),
    ]);
    let mut orchard = vec![
        room("Lab 1", "L1", lessons(Some("SC"))),
        room("Lab 2", "L2", lessons(Some("SC"))),
        room("Lab 3 ", "L3", lessons(Some("SC"))),
        room("Art Studio", "ART", lessons(Some("AR"))),
        room("ICT Suite", "ICT", lessons(Some("CO"))),
        room("DT Workshop", "DT", lessons(Some("DT"))),
        room("Drama Studio", "DRA", lessons(Some("DR"))),
    ];
    orchard
        .extend((1..=8).map(|n| room(&format!("Orchard {n}"), &format!("OR{n}"), lessons(None))));
    Spec {
        folder: "alder-prep".to_owned(),
        name: "Alder Prep".to_owned(),
        domain: "alder.example".to_owned(),
        prefix: "AP".to_owned(),
        seed: 0x00a1_de12,
        base: 0,
        buildings: vec![
            building("Main House", "MH", None, main),
            building("Orchard Block", "OB", None, orchard),
            building(
                "Old Gym",
                "OG",
                Some(0),
                vec![room("Old Gym", "OG", Purpose::Shared { division: 0 })],
            ),
            building("Lodge", "LO", None, Vec::new()),
        ],
        divisions: vec![Division {
            id: 1,
            name: "Prep",
            first_year: 3,
            last_year: 8,
            weekday: vec![
                bell("Period 1", "P1", (8, 45), (9, 40)),
                bell("Period 2", "P2", (9, 45), (10, 40)),
                Bell {
                    lessons: false,
                    ..bell("Break", "Br", (10, 40), (10, 55))
                },
                bell("Period 3", "P3", (10, 55), (11, 50)),
                bell("Period 4 ", "P4", (11, 55), (12, 50)),
                bell("Period 5", "P5", (13, 45), (14, 40)),
                bell("Period 6", "P6", (14, 40), (15, 35)),
                bell("Prep", "Pr", (15, 45), (16, 30)),
            ],
            saturday: Vec::new(),
        }],
        cycle: vec![("Week 1".to_owned(), "1".to_owned())],
        sunday: false,
        fill: 75,
        parallel: 8,
        sets_per_teacher: 4,
        terms: vec![
            term(2030, "Autumn", (2030, 9, 4), (2030, 12, 13), (2030, 10, 28)),
            term(2030, "Spring", (2031, 1, 7), (2031, 3, 28), (2031, 2, 17)),
            term(2030, "Summer", (2031, 4, 23), (2031, 7, 9), (2031, 5, 26)),
            term(2031, "Autumn", (2031, 9, 3), (2031, 12, 12), (2031, 10, 27)),
            term(2031, "Spring", (2032, 1, 6), (2032, 3, 24), (2032, 2, 16)),
            term(2031, "Summer", (2032, 4, 14), (2032, 7, 7), (2032, 5, 31)),
        ],
        doubled_allocations: 0,
        allocated_holidays: vec![date((2032, 3, 28)), date((2032, 4, 4))],
        meetings: 2,
        tutorials: 1,
        assemblies: 3,
    }
}

/// A boarding school: weeks A and B, two divisions with different bells, Saturday school.
pub(super) fn birchwood() -> Spec {
    let senior = |subject| Purpose::Lessons {
        division: 0,
        subject,
    };
    let junior = |subject| Purpose::Lessons {
        division: 1,
        subject,
    };
    let row = |stem: &str, code: &str, count: usize, purpose: Purpose| -> Vec<RoomSpec> {
        (1..=count)
            .map(|n| room(&format!("{stem} {n}"), &format!("{code}{n}"), purpose))
            .collect()
    };
    let mut main = row("Main", "M", 12, senior(None));
    main.extend([
        room("Big School", "BIG", Purpose::Assembly),
        room("Common Room", "CR", Purpose::Meeting),
        room("Library", "LIB", Purpose::Other),
        room("Chapel", "CH", Purpose::Other),
    ]);
    let mut junior_school = row("Junior", "J", 26, junior(None));
    junior_school.extend([
        room("Junior Lab 1", "JL1", junior(Some("SC"))),
        room("Junior Lab 2 ", "JL2", junior(Some("SC"))),
        room("Junior Hall", "JH", Purpose::Other),
        room("Junior Art", "JA", junior(Some("AR"))),
    ]);
    let mut arts = row("Lantern", "LA", 6, senior(Some("AR")));
    arts.extend([
        room("Theatre", "TH", senior(Some("DR"))),
        room("Print Room", "PR", senior(Some("AR"))),
    ]);
    Spec {
        folder: "birchwood-college".to_owned(),
        name: "Birchwood College".to_owned(),
        domain: "birchwood.example".to_owned(),
        prefix: "BC".to_owned(),
        seed: 0x00b1_2c40,
        base: 20_000,
        buildings: vec![
            building("Main School", "MS", None, main),
            building(
                "Cedar Building",
                "CE",
                None,
                row("Cedar", "CE", 16, senior(Some("SC"))),
            ),
            building(
                "Granite Building",
                "GR",
                None,
                row("Granite", "GR", 20, senior(None)),
            ),
            building(
                "Harbour Building",
                "HA",
                None,
                row("Harbour", "HA", 20, senior(None)),
            ),
            building("Junior School", "JS", None, junior_school),
            building("Lantern Arts Centre", "LA", Some(0), arts),
            building(
                "Music School",
                "MU",
                Some(0),
                row("Music", "MU", 6, senior(Some("MU"))),
            ),
            building(
                "Sports Centre",
                "SP",
                None,
                row("Dojo", "DO", 3, senior(Some("PE"))),
            ),
            building(
                "Sports Hall",
                "SH",
                Some(7),
                vec![room("Sports Hall", "SH", Purpose::Shared { division: 0 })],
            ),
            building("Boathouse", "BO", None, Vec::new()),
        ],
        divisions: vec![
            Division {
                id: 2,
                name: "Senior",
                first_year: 9,
                last_year: 13,
                weekday: vec![
                    bell("Period 1", "P1", (8, 50), (9, 45)),
                    bell("Period 2", "P2", (9, 50), (10, 45)),
                    bell("Period 3", "P3", (11, 10), (12, 5)),
                    bell("Period 4", "P4", (12, 10), (13, 5)),
                    bell("Period 5", "P5", (14, 5), (15, 0)),
                    bell("Period 6", "P6", (15, 5), (16, 0)),
                    bell("Period 7", "P7", (16, 10), (17, 5)),
                ],
                saturday: vec![
                    bell("Period 1", "P1", (8, 50), (9, 45)),
                    bell("Period 2", "P2", (9, 50), (10, 45)),
                    bell("Period 3", "P3", (11, 10), (12, 5)),
                    bell("Period 4", "P4", (12, 10), (13, 5)),
                ],
            },
            Division {
                id: 3,
                name: "Junior",
                first_year: 7,
                last_year: 8,
                weekday: vec![
                    bell("Period 1", "J1", (8, 40), (9, 20)),
                    bell("Period 2", "J2", (9, 20), (10, 0)),
                    bell("Period 3", "J3", (10, 25), (11, 5)),
                    bell("Period 4", "J4", (11, 5), (11, 45)),
                    bell("Period 5", "J5", (11, 50), (12, 30)),
                    bell("Period 6", "J6", (13, 30), (14, 10)),
                    bell("Period 7", "J7", (14, 10), (14, 50)),
                    bell("Period 8", "J8", (15, 0), (15, 40)),
                ],
                saturday: vec![
                    bell("Period 1", "J1", (8, 40), (9, 20)),
                    bell("Period 2", "J2", (9, 20), (10, 0)),
                    bell("Period 3", "J3", (10, 25), (11, 5)),
                ],
            },
        ],
        cycle: vec![
            ("Week A".to_owned(), "A".to_owned()),
            ("Week B".to_owned(), "B".to_owned()),
        ],
        sunday: true,
        fill: 57,
        parallel: 10,
        sets_per_teacher: 4,
        terms: vec![
            term(2030, "Autumn", (2030, 9, 5), (2030, 12, 14), (2030, 10, 21)),
            term(2030, "Spring", (2031, 1, 6), (2031, 3, 22), (2031, 2, 10)),
            term(2030, "Summer", (2031, 4, 15), (2031, 7, 5), (2031, 5, 26)),
            term(2031, "Autumn", (2031, 9, 4), (2031, 12, 13), (2031, 10, 20)),
            term(2031, "Spring", (2031, 12, 29), (2032, 3, 20), (2032, 2, 9)),
            term(2031, "Summer", (2032, 4, 13), (2032, 7, 3), (2032, 5, 24)),
        ],
        doubled_allocations: 4,
        allocated_holidays: Vec::new(),
        meetings: 6,
        tutorials: 4,
        assemblies: 7,
    }
}

fn room(name: &str, code: &str, purpose: Purpose) -> RoomSpec {
    RoomSpec {
        name: name.to_owned(),
        code: code.to_owned(),
        purpose,
    }
}

fn building(
    name: &str,
    initials: &str,
    under: Option<usize>,
    rooms: Vec<RoomSpec>,
) -> BuildingSpec {
    BuildingSpec {
        name: name.to_owned(),
        initials: initials.to_owned(),
        under,
        rooms,
    }
}

fn bell(name: &'static str, short: &'static str, start: (u32, u32), end: (u32, u32)) -> Bell {
    Bell {
        name,
        short,
        start: start.0 * 60 + start.1,
        end: end.0 * 60 + end.1,
        lessons: true,
    }
}

type Ymd = (i32, u32, u32);

fn term(school_year: i32, name: &'static str, start: Ymd, finish: Ymd, half_term: Ymd) -> TermSpec {
    TermSpec {
        school_year,
        name,
        start: date(start),
        finish: date(finish),
        half_term: date(half_term),
    }
}

/// The dates of this file are constants and checked by the tests below.
pub(super) fn date((year, month, day): Ymd) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Weekday};

    use super::*;

    #[test]
    fn terms_are_in_order_and_half_terms_are_weeks_inside_them() {
        for spec in [alder(), birchwood()] {
            for term in &spec.terms {
                assert!(
                    term.start < term.half_term && term.half_term < term.finish,
                    "{term:?}"
                );
                assert_eq!(term.half_term.weekday(), Weekday::Mon, "{term:?}");
                assert!(
                    matches!(term.start.year() - term.school_year, 0 | 1),
                    "{term:?}"
                );
            }
            assert!(spec.terms.is_sorted_by(|a, b| a.finish < b.start));
        }
    }

    #[test]
    fn the_schools_have_their_rooms() {
        let rooms = |spec: Spec| {
            spec.buildings
                .iter()
                .map(|building| building.rooms.len())
                .sum::<usize>()
        };
        assert_eq!((rooms(alder()), rooms(birchwood())), (30, 120));
    }
}
