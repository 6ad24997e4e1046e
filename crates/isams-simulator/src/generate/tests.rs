use std::collections::{BTreeMap, BTreeSet};

use super::timetable::RoomRef;
use super::*;

/// Code, teacher, period and room of every row: what a lesson means, without its ids.
fn meanings(school: &School) -> BTreeMap<(String, String, u32, RoomRef), usize> {
    let mut meanings = BTreeMap::new();
    for row in &school.timetable.rows {
        *meanings
            .entry((row.code.clone(), row.teacher.clone(), row.period, row.room))
            .or_insert(0) += 1;
    }
    meanings
}

#[test]
fn the_schools_have_the_promised_size() {
    let (alder, birchwood) = (alder_prep(), birchwood_college());
    let rows = |school: &School| school.timetable.rows.len();
    assert!((700..900).contains(&rows(&alder)), "{}", rows(&alder));
    assert!(
        (5_700..6_300).contains(&rows(&birchwood)),
        "{}",
        rows(&birchwood)
    );
}

#[test]
fn no_teacher_is_in_two_places_and_no_room_but_the_halls_holds_two_groups() {
    for school in [alder_prep(), birchwood_college()] {
        let shared: BTreeSet<u32> = school
            .teaching
            .homes
            .iter()
            .filter(|home| home.shared)
            .map(|home| home.room)
            .collect();
        let mut teachers = BTreeMap::new();
        let mut rooms = BTreeMap::new();
        for row in &school.timetable.rows {
            let RoomRef::Room(room) = row.room else {
                continue;
            };
            // Orphans stand beside the row they were copied from.
            if row.period > 900_000 || room > 900_000 {
                continue;
            }
            assert_eq!(
                teachers.insert((&row.teacher, row.period), room),
                None,
                "{row:?}"
            );
            let groups: &mut BTreeSet<&str> = rooms.entry((room, row.period)).or_default();
            groups.insert(&row.code);
            assert!(groups.len() == 1 || shared.contains(&room), "{row:?}");
        }
    }
}

#[test]
fn publishing_again_moves_only_the_promised_lessons() {
    for (school, moves) in [(alder_prep(), 8), (birchwood_college(), 25)] {
        let later = school.republished(moves);
        let (before, after) = (meanings(&school), meanings(&later));
        let gone: BTreeSet<_> = before
            .iter()
            .filter(|(meaning, count)| after.get(*meaning) != Some(count))
            .map(|((code, _, period, room), _)| (code, period, room))
            .collect();
        assert_eq!(gone.len(), moves);
        let ids = |school: &School| {
            school
                .timetable
                .rows
                .iter()
                .map(|row| row.id)
                .collect::<BTreeSet<_>>()
        };
        assert!(ids(&school).is_disjoint(&ids(&later)));
        assert_eq!(ids(&later).len(), school.timetable.rows.len());
    }
}

#[test]
fn cover_follows_its_lesson_to_the_new_id() {
    let school = alder_prep();
    let later = school.republished(8);
    let meaning = |school: &School, id: u32| {
        let row = school.timetable.rows.iter().find(|row| row.id == id)?;
        Some((row.code.clone(), row.teacher.clone(), row.period, row.room))
    };
    let found = school
        .overlays
        .covers
        .iter()
        .zip(&later.overlays.covers)
        .map(|(before, after)| {
            let (before, after) = (meaning(&school, before.row), meaning(&later, after.row));
            assert_eq!(before, after);
            before.is_some()
        })
        .collect::<Vec<_>>();
    assert_eq!(found, [true, true, true, false], "the last is an orphan");
}

#[test]
fn a_payload_has_about_the_size_that_was_asked_for() {
    for asked in [1_000_000, 4_000_000] {
        let length = School::scaled(&Scale::of_payload(asked)).body().len();
        assert!(length.abs_diff(asked) < asked / 10, "{asked}: {length}");
    }
}

#[test]
fn seeds_make_different_schools() {
    let school = |seed| {
        School::scaled(&Scale {
            seed,
            rooms: 10,
            ..Scale::default()
        })
        .body()
    };
    assert_ne!(school(1), school(2));
}

#[test]
fn a_school_may_be_tiny() {
    for rooms in 0..4 {
        let scale = Scale {
            rooms,
            cycle_weeks: 0,
            fill_percent: 100,
            parallel_percent: 100,
            sets_per_teacher: 0,
            ..Scale::default()
        };
        assert!(!School::scaled(&scale).republished(3).body().is_empty());
    }
}
