//! Properties of room suggestions over random schools, and what a single piece of evidence does.

use proptest::prelude::*;
use room_timetable::{RoomId, SourceRoomId, room_match::*};

type Local = RoomCard<RoomId>;
type Source = RoomCard<SourceRoomId>;

/// A room as it is, of which both sides write a name in their own manner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Plain {
    building: usize,
    adjective: usize,
    subject: usize,
    sort: usize,
    number: usize,
    tail: usize,
}

/// Each entry is one word and the ways in which it is written.
const BUILDINGS: &[&[&str]] = &[
    &["Quarry Block", "Quarry", "The Quarry Building"],
    &["Weir House", "Weir", "weir house"],
];
const ADJECTIVES: &[&[&str]] = &[&[""], &["Upper", "Upr", "UPPER"], &["Old", "old"]];
const SUBJECTS: &[&[&str]] = &[
    &[""],
    &["Science", "Sci", "science"],
    &["Music", "Mus", "MUSIC"],
    &["Mathematics", "Maths", "Math"],
    &["D&T", "DT", "Design and Technology"],
    &["Café", "CAFE", "Cafe"],
];
const SORTS: &[&[&str]] = &[
    &["Room", "Rm", "Rm."],
    &["Lab", "Laboratory", "LAB"],
    &["Studio", "studio"],
    &["Practice Room", "Pract. Rm"],
];
const NUMBERS: &[&[&str]] = &[
    &[""],
    &["1", "01", "One"],
    &["2", "002"],
    &["11", "011"],
    &["12", "12 (24 PCs)"],
];
const TAILS: &[&str] = &["", "A", "B"];

fn plain() -> impl Strategy<Value = Plain> {
    (
        0..BUILDINGS.len(),
        0..ADJECTIVES.len(),
        0..SUBJECTS.len(),
        0..SORTS.len(),
        0..NUMBERS.len(),
        0..TAILS.len(),
    )
        .prop_map(|(building, adjective, subject, sort, number, tail)| Plain {
            building,
            adjective,
            subject,
            sort,
            number,
            tail: if number == 0 || number == 4 { 0 } else { tail },
        })
}

/// A room written down in a manner that leaves nothing out.
fn written<Id>(id: impl Into<Id>, room: &Plain, manner: usize) -> RoomCard<Id> {
    let way = |ways: &[&str]| ways[manner % ways.len()].to_owned();
    let words = [
        way(ADJECTIVES[room.adjective]),
        way(SUBJECTS[room.subject]),
        way(SORTS[room.sort]),
        way(NUMBERS[room.number]).replace("One", "One ") + TAILS[room.tail],
    ];
    let words: Vec<&str> = words
        .iter()
        .map(|word| word.trim())
        .filter(|w| !w.is_empty())
        .collect();
    RoomCard::new(
        id,
        words.join(if manner.is_multiple_of(2) { " " } else { "  " }),
    )
    .in_building(way(BUILDINGS[room.building]))
}

#[derive(Clone, Debug)]
struct School {
    local: Vec<(Plain, Local)>,
    source: Vec<(Plain, Source)>,
}

impl School {
    fn local(&self) -> Vec<Local> {
        self.local.iter().map(|(_, card)| card.clone()).collect()
    }

    fn source(&self) -> Vec<Source> {
        self.source.iter().map(|(_, card)| card.clone()).collect()
    }
}

/// Rooms that are all different; some are on one side only.
fn school() -> impl Strategy<Value = School> {
    let rooms = prop::collection::btree_set(plain(), 1..12);
    (
        rooms,
        prop::collection::vec((0..3_usize, 0..3_usize, 0..8_usize), 12),
    )
        .prop_map(|(rooms, manners)| {
            let (mut local, mut source) = (Vec::new(), Vec::new());
            for (place, (room, (one, two, side))) in rooms.into_iter().zip(manners).enumerate() {
                if side != 1 {
                    local.push((room.clone(), written(format!("l{place}"), &room, one)));
                }
                if side != 2 {
                    // The two sides number their rooms in different orders.
                    let id = format!("s{}", 99 - place);
                    source.push((room.clone(), written(id, &room, two)));
                }
            }
            School { local, source }
        })
}

/// Any rooms at all, many of them alike.
fn jumble() -> impl Strategy<Value = (Vec<Local>, Vec<Source>)> {
    let name = prop_oneof![
        "(Lab|LAB|Hall|Rm|S|Gym|Sports Hall|Music|)( |-|)[0-2]{0,2}[AB]?",
        "\\PC{0,8}",
    ];
    let code = prop::option::of("(L|S|)[0-2]");
    let building = prop::option::of("(Block A|Block B|Quarry|)");
    let card = (name, code, building);
    (
        prop::collection::vec(card.clone(), 0..7),
        prop::collection::vec(card, 0..7),
    )
        .prop_map(|(local, source)| (cards("l", local), cards("s", source)))
}

type Fields = (String, Option<String>, Option<String>);

fn cards<Id: From<String>>(prefix: &str, fields: Vec<Fields>) -> Vec<RoomCard<Id>> {
    let cards = fields.into_iter().enumerate();
    cards
        .map(|(place, (name, code, building))| RoomCard {
            id: format!("{prefix}{place}").into(),
            name,
            code: code.clone(),
            initials: code,
            building,
        })
        .collect()
}

fn certain(found: &[Suggestion]) -> Vec<(RoomId, SourceRoomId)> {
    found
        .iter()
        .filter_map(|s| Some((s.local.clone(), s.certain()?.clone())))
        .collect()
}

fn of<'s>(found: &'s [Suggestion], local: &str) -> &'s Suggestion {
    found.iter().find(|s| s.local.as_str() == local).unwrap()
}

fn is_certain(found: &[Suggestion], local: &str) -> bool {
    of(found, local).certain().is_some()
}

/// The rooms that a suggestion names, with how sure it is.
fn outcome(found: &[Suggestion], local: &str) -> (Option<Confidence>, Vec<String>) {
    match &of(found, local).outcome {
        Outcome::Match {
            confidence,
            candidate,
        } => (Some(*confidence), vec![candidate.source.to_string()]),
        Outcome::Tie { candidates, .. } => (
            None,
            candidates.iter().map(|c| c.source.to_string()).collect(),
        ),
        Outcome::Nothing => (None, Vec::new()),
    }
}

proptest! {
    #[test]
    fn a_room_is_found_and_what_is_certain_is_right_however_it_is_written(school in school()) {
        let found = suggest_rooms(&school.local(), &school.source(), &[], &[]);
        for (local, source) in certain(&found) {
            let (one, _) = school.local.iter().find(|(_, card)| card.id == local).unwrap();
            let (two, _) = school.source.iter().find(|(_, card)| card.id == source).unwrap();
            prop_assert_eq!(one, two);
        }
        // Nothing was left out of the names, so the room is found wherever it is.
        for (room, card) in &school.local {
            let counterpart = school.source.iter().find(|(other, _)| other == room);
            if let Some((_, expected)) = counterpart {
                let (confidence, rooms) = outcome(&found, card.id.as_str());
                prop_assert_eq!(&rooms, &[expected.id.to_string()], "{:?}", confidence);
                prop_assert!(confidence >= Some(Confidence::Likely), "{:?}", found);
            }
        }
    }

    #[test]
    fn the_order_of_rooms_and_pairs_does_not_matter(
        (local, source) in jumble(),
        uses in prop::collection::vec((0..7_usize, 0..7_usize, 0..20_usize), 0..5),
        turn in 0..7_usize,
    ) {
        let mut uses: Vec<SharedUse> = uses
            .into_iter()
            .map(|(local, source, times)| SharedUse {
                local: format!("l{local}").into(),
                source: format!("s{source}").into(),
                times,
            })
            .collect();
        let first = suggest_rooms(&local, &source, &uses, &[]);
        let (mut local, mut source) = (local, source);
        if !local.is_empty() {
            let turn = turn % local.len();
            local.rotate_left(turn);
        }
        source.reverse();
        uses.reverse();
        prop_assert_eq!(first, suggest_rooms(&local, &source, &uses, &[]));
    }

    #[test]
    fn renumbering_the_rooms_changes_nothing_but_the_ids((local, source) in jumble()) {
        let first = suggest_rooms(&local, &source, &[], &[]);
        let last = source.len();
        let renumbered: Vec<Source> = source
            .iter()
            .enumerate()
            .map(|(place, card)| Source { id: format!("s{}", last - 1 - place).into(), ..card.clone() })
            .collect();
        let old = |id: &str| format!("s{}", last - 1 - id[1..].parse::<usize>().unwrap());
        let second = suggest_rooms(&local, &renumbered, &[], &[]);
        for suggestion in &first {
            let local = suggestion.local.as_str();
            let (confidence, mut rooms) = outcome(&second, local);
            rooms = rooms.iter().map(|id| old(id)).collect();
            rooms.sort();
            prop_assert_eq!(outcome(&first, local), (confidence, rooms));
        }
    }

    #[test]
    fn no_room_is_given_to_two((local, source) in jumble()) {
        let found = suggest_rooms(&local, &source, &[], &[]);
        prop_assert_eq!(found.len(), local.len());
        let mut given: Vec<String> = Vec::new();
        for suggestion in &found {
            if let Outcome::Match { candidate, .. } = &suggestion.outcome {
                prop_assert!(!candidate.reasons.is_empty());
                given.push(candidate.source.to_string());
            }
        }
        let count = given.len();
        given.sort();
        given.dedup();
        prop_assert_eq!(count, given.len());
    }

    #[test]
    fn a_tie_is_of_rooms_that_fit_equally_well((local, source) in jumble()) {
        for suggestion in suggest_rooms(&local, &source, &[], &[]) {
            if let Outcome::Tie { candidates, rivals } = &suggestion.outcome {
                prop_assert!(candidates.iter().all(|c| c.score == candidates[0].score), "{:?}", suggestion);
                prop_assert!(candidates.len() > 1 || !rivals.is_empty(), "{:?}", suggestion);
            }
        }
    }

    #[test]
    fn settled_rooms_are_suggested_to_nobody(
        (local, source) in jumble(),
        settled in (0..7_usize, 0..7_usize),
    ) {
        let pair: (RoomId, SourceRoomId) =
            (format!("l{}", settled.0).into(), format!("s{}", settled.1).into());
        let found = suggest_rooms(&local, &source, &[], std::slice::from_ref(&pair));
        for suggestion in &found {
            prop_assert_ne!(&suggestion.local, &pair.0);
            let (_, named) = outcome(&found, suggestion.local.as_str());
            prop_assert!(!named.contains(&pair.1.to_string()));
            prop_assert!(suggestion.others.iter().all(|other| other.source != pair.1));
        }
        // They are as good as absent.
        let local: Vec<Local> = local.into_iter().filter(|card| card.id != pair.0).collect();
        let source: Vec<Source> = source.into_iter().filter(|card| card.id != pair.1).collect();
        prop_assert_eq!(found, suggest_rooms(&local, &source, &[], &[]));
    }

    #[test]
    fn rooms_with_one_name_that_is_theirs_alone_are_certain(
        names in prop::collection::btree_set("[A-Z][a-z]{2,6}( [A-Z][a-z]{3,6}| [1-9][0-9]?|)", 1..9),
    ) {
        let local: Vec<Local> = names
            .iter()
            .enumerate()
            .map(|(place, name)| RoomCard::new(format!("l{place}"), name.as_str()))
            .collect();
        let source: Vec<Source> = names
            .iter()
            .enumerate()
            .map(|(place, name)| RoomCard::new(format!("s{place}"), name.as_str()))
            .collect();
        let found = suggest_rooms(&local, &source, &[], &[]);
        for (place, suggestion) in found.iter().enumerate() {
            let expected = SourceRoomId::from(format!("s{}", suggestion.local.as_str()[1..].to_owned()));
            prop_assert_eq!(suggestion.certain(), Some(&expected), "{}: {:?}", place, found);
        }
    }

    #[test]
    fn an_unrelated_room_changes_nothing((local, source) in jumble()) {
        let first = suggest_rooms(&local, &source, &[], &[]);
        let mut more_source = source.clone();
        more_source.push(RoomCard::new("zz", "Wwwqqq 77"));
        prop_assert_eq!(&first, &suggest_rooms(&local, &more_source, &[], &[]));
        let mut more_local = local.clone();
        more_local.push(RoomCard::new("zz", "Wwwqqq 77"));
        let mut second = suggest_rooms(&more_local, &source, &[], &[]);
        let last = second.pop();
        prop_assert_eq!(last.map(|s| s.outcome), Some(Outcome::Nothing));
        prop_assert_eq!(first, second);
    }

    #[test]
    fn one_more_room_never_makes_a_certain_room_another_certain_one(
        school in school(),
        more in plain(),
        manner in 0..3_usize,
    ) {
        let known = school.local.iter().map(|(room, _)| room);
        prop_assume!(!known.chain(school.source.iter().map(|(room, _)| room)).any(|room| *room == more));
        let first = suggest_rooms(&school.local(), &school.source(), &[], &[]);
        let mut source = school.source();
        source.push(written("zz", &more, manner));
        let second = suggest_rooms(&school.local(), &source, &[], &[]);
        for (local, room) in certain(&first) {
            let now = of(&second, local.as_str()).certain();
            prop_assert!(now.is_none_or(|now| *now == room), "{} {:?}", room, now);
        }
    }
}

fn local(id: &str, name: &str) -> Local {
    RoomCard::new(id, name)
}

fn source(id: &str, name: &str) -> Source {
    RoomCard::new(id, name)
}

fn shared(local: &str, source: &str, times: usize) -> SharedUse {
    SharedUse {
        local: local.into(),
        source: source.into(),
        times,
    }
}

fn only(rooms: &[&str]) -> Vec<String> {
    rooms.iter().map(|&room| room.to_owned()).collect()
}

#[test]
fn shared_use_breaks_a_tie() {
    let locals = [local("l", "Room 12")];
    let sources = [
        source("a", "Room 12").in_building("North"),
        source("b", "Room 12").in_building("South"),
    ];
    let tied = suggest_rooms(&locals, &sources, &[], &[]);
    assert_eq!(outcome(&tied, "l"), (None, only(&["a", "b"])));
    let uses = [shared("l", "b", 14), shared("l", "a", 1)];
    let found = suggest_rooms(&locals, &sources, &uses, &[]);
    assert_eq!(outcome(&found, "l").1, only(&["b"]));
    let reasons = match &of(&found, "l").outcome {
        Outcome::Match { candidate, .. } => candidate.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        reasons,
        "the same name; 14 of its bookings coincide with lessons there"
    );
}

#[test]
fn shared_use_split_between_two_rooms_decides_nothing() {
    let locals = [local("l", "Bunker")];
    let sources = [source("a", "Room 1"), source("b", "Room 2")];
    let uses = [shared("l", "a", 6), shared("l", "b", 5)];
    assert_eq!(
        outcome(&suggest_rooms(&locals, &sources, &uses, &[]), "l"),
        (None, Vec::new())
    );
    let uses = [shared("l", "a", 12)];
    assert_eq!(
        outcome(&suggest_rooms(&locals, &sources, &uses, &[]), "l").1,
        only(&["a"])
    );
}

#[test]
fn two_weaker_kinds_of_evidence_make_a_room_certain_where_one_does_not() {
    let locals = [local("l", "Gym")];
    let plain = [source("a", "Sports Hall")];
    let coded = [source("a", "Sports Hall").with_code("GYM1")];
    let likely = (Some(Confidence::Likely), only(&["a"]));
    let certain = (Some(Confidence::Certain), only(&["a"]));
    let found = suggest_rooms(&locals, &plain, &[], &[]);
    assert_eq!(outcome(&found, "l"), likely);
    let found = suggest_rooms(&locals, &plain, &[shared("l", "a", 8)], &[]);
    assert_eq!(outcome(&found, "l"), certain);
    let found = suggest_rooms(&[local("l", "Gym").with_code("gym 01")], &coded, &[], &[]);
    assert_eq!(outcome(&found, "l"), certain);
}

#[test]
fn equal_codes_do_not_join_rooms_with_other_numbers_or_words() {
    for (one, two) in [
        ("Lab 1A", "Lab 1B"),
        ("Room 5", "Room 12"),
        ("Physics 2", "Music 2"),
        ("Lab 2", "Classroom 2"),
    ] {
        let found = suggest_rooms(
            &[local("l", one).with_code("X1")],
            &[source("a", two).with_code("X1")],
            &[],
            &[],
        );
        let Outcome::Match {
            confidence,
            candidate,
        } = &of(&found, "l").outcome
        else {
            panic!("{found:?}");
        };
        assert!(*confidence < Confidence::Certain, "{one}");
        assert!(!candidate.doubts.is_empty(), "{one}");
    }
}

#[test]
fn a_doubt_lowers_the_confidence() {
    let confidence = |local: Local, source: Source| {
        outcome(&suggest_rooms(&[local], &[source], &[], &[]), "l").0
    };
    let in_two = |name: &str| {
        confidence(
            local("l", name).in_building("Quarry Block"),
            source("a", name).in_building("Weir House"),
        )
    };
    assert_eq!(in_two("Room 12"), Some(Confidence::Possible));
    assert_eq!(in_two("Armoury"), Some(Confidence::Likely));
    let coded = |one: &str, two: &str| {
        confidence(
            local("l", one).with_code("X1"),
            source("a", two).with_code("X1"),
        )
    };
    assert_eq!(coded("Lab 2", "Classroom 2"), Some(Confidence::Possible));
    assert_eq!(coded("Lab 2", "Room 2"), Some(Confidence::Likely));
}

#[test]
fn a_building_is_taken_out_of_names_only_where_both_sides_speak_of_it() {
    let hall = [source("a", "Sports Hall").in_building("Sports Centre")];
    let found = suggest_rooms(&[local("l", "Hall")], &hall, &[], &[]);
    assert_eq!(
        outcome(&found, "l"),
        (Some(Confidence::Possible), only(&["a"]))
    );
    let room = [source("a", "Quarry 3").in_building("Quarry Block")];
    let found = suggest_rooms(&[local("l", "Room 3")], &room, &[], &[]);
    assert_eq!(outcome(&found, "l"), (None, Vec::new()));
    let there = [local("l", "Room 3").in_building("Quarry")];
    let found = suggest_rooms(&there, &room, &[], &[]);
    assert_eq!(
        outcome(&found, "l"),
        (Some(Confidence::Certain), only(&["a"]))
    );
}

#[test]
fn a_name_that_says_what_it_is_is_no_code() {
    let sources = [source("a", "Physics 2").with_code("LAB2")];
    let found = suggest_rooms(&[local("l", "Lab 2")], &sources, &[], &[]);
    assert!(!is_certain(&found, "l"), "{found:?}");
    let sources = [source("a", "Cedar 3").with_code("CE3")];
    let found = suggest_rooms(&[local("l", "CE03")], &sources, &[], &[]);
    assert!(is_certain(&found, "l"), "{found:?}");
}

#[test]
fn use_of_another_room_keeps_a_name_from_being_certain() {
    let locals = [local("l", "Lab 2")];
    let sources = [source("a", "Lab 2"), source("b", "Room 40")];
    let found = suggest_rooms(&locals, &sources, &[shared("l", "b", 9)], &[]);
    assert_eq!(
        outcome(&found, "l"),
        (Some(Confidence::Likely), only(&["a"]))
    );
    let found = suggest_rooms(&locals, &sources, &[], &[]);
    assert_eq!(
        outcome(&found, "l"),
        (Some(Confidence::Certain), only(&["a"]))
    );
}

#[test]
fn a_settled_pair_leaves_the_other_room_of_the_name() {
    let locals = [local("l", "Room 12"), local("m", "Twelve")];
    let sources = [source("a", "Room 12"), source("b", "Room 12")];
    let settled = [("m".into(), "a".into())];
    let found = suggest_rooms(&locals, &sources, &[], &settled);
    assert_eq!(found.len(), 1);
    assert_eq!(outcome(&found, "l").1, only(&["b"]));
}

#[test]
fn two_local_rooms_that_one_room_fits_are_rivals() {
    let locals = [
        local("l", "Lab 1"),
        local("m", "Lab 1"),
        local("n", "Chapel"),
    ];
    let found = suggest_rooms(&locals, &[source("a", "LAB01")], &[], &[]);
    for (room, rival) in [("l", "m"), ("m", "l")] {
        let Outcome::Tie { rivals, candidates } = &of(&found, room).outcome else {
            panic!("{found:?}");
        };
        assert_eq!(*rivals, [RoomId::from(rival)]);
        assert_eq!(candidates.len(), 1);
    }
    assert_eq!(of(&found, "n").outcome, Outcome::Nothing);
}

#[test]
fn a_room_taken_by_a_better_match_is_listed_among_the_others() {
    let locals = [local("l", "Great Hall"), local("m", "Hall")];
    let found = suggest_rooms(&locals, &[source("a", "Great Hall")], &[], &[]);
    assert_eq!(of(&found, "l").certain(), Some(&"a".into()));
    assert_eq!(of(&found, "m").outcome, Outcome::Nothing);
    assert_eq!(of(&found, "m").others.len(), 1);
}

#[test]
fn a_code_of_another_room_keeps_a_name_from_being_certain() {
    let locals = [local("l", "Science 1").with_code("S1")];
    let sources = [
        source("a", "Science 1").with_code("SC1"),
        source("b", "Studio 1").with_code("S1"),
    ];
    let found = suggest_rooms(&locals, &sources, &[], &[]);
    assert_eq!(
        outcome(&found, "l"),
        (Some(Confidence::Likely), only(&["a"]))
    );
}

/// How sure it is of two rooms that are alone in their school; [`None`] for a tie or nothing.
fn alone(one: &str, two: &str) -> Option<Confidence> {
    let found = suggest_rooms(&[local("l", one)], &[source("a", two)], &[], &[]);
    outcome(&found, "l").0
}

/// The doubts about the only room that is suggested.
fn doubts(found: &[Suggestion], local: &str) -> Vec<String> {
    match &of(found, local).outcome {
        Outcome::Match { candidate, .. } => candidate.doubts.iter().map(Doubt::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_number_behind_a_thing_tells_rooms_apart_and_one_before_it_does_not() {
    for (one, two) in [
        ("ICT Suite (Mac 2)", "ICT Suite (Mac 1)"),
        ("Library (PC 4)", "Library (PC 5)"),
        ("Tutor Room (Desk 3)", "Tutor Room"),
        ("Media Lab (Macs)", "Media Lab (PCs)"),
    ] {
        assert_eq!(alone(one, two), None, "{one}");
    }
    for (one, two) in [
        ("ICT Suite (24 PCs)", "IT Suite"),
        ("Seminar Room (max 12)", "Seminar Rm"),
        ("Seminar Room (cap 12 seats)", "Seminar Rm"),
        ("Lecture Room [30 seats, projector]", "Lecture Rm"),
        ("Studio 12 (for 20)", "Studio 12"),
    ] {
        assert_eq!(alone(one, two), Some(Confidence::Certain), "{one}");
    }
}

#[test]
fn remarks_that_differ_are_a_doubt() {
    for (one, two, doubt) in [
        (
            "Lab 3 - new",
            "Lab 3 (temp)",
            "\"new\" here, \"temp\" there",
        ),
        (
            "Lab 3 (refurbished)",
            "Lab 3",
            "\"refurbished\" here, no such remark there",
        ),
        (
            "IT Suite (24 PCs)",
            "ICT Suite (30 Macs)",
            "\"24 pcs\" here, \"30 macs\" there",
        ),
        (
            "Lab 5 (formerly Lab 6)",
            "Lab 5 (formerly Lab 4)",
            "\"formerly lab 6\" here, \"formerly lab 4\" there",
        ),
    ] {
        let found = suggest_rooms(&[local("l", one)], &[source("a", two)], &[], &[]);
        assert_eq!(outcome(&found, "l").0, Some(Confidence::Likely), "{one}");
        assert_eq!(doubts(&found, "l"), [doubt]);
    }
    for (one, two) in [
        ("Lab 3 - new", "Lab 3 (New)"),
        ("Gym (new)", "New Gym"),
        ("Lab 5 (was Lab 6)", "Lab 05 (formerly Lab 6)"),
    ] {
        assert_eq!(alone(one, two), Some(Confidence::Certain), "{one}");
    }
}

#[test]
fn a_state_that_is_the_same_goes_before_one_that_differs() {
    let sources = [
        source("a", "Lab 3 (temp)"),
        source("b", "Laboratory 3"),
        source("c", "Laboratory 3 (new)"),
    ];
    let found = suggest_rooms(&[local("l", "Lab 3 - new")], &sources, &[], &[]);
    assert_eq!(outcome(&found, "l").1, only(&["c"]));
    let found = suggest_rooms(&[local("l", "Lab 3 - new")], &sources[..2], &[], &[]);
    assert_eq!(
        outcome(&found, "l"),
        (Some(Confidence::Likely), only(&["b"]))
    );
}

#[test]
fn an_abbreviation_with_two_readings_is_not_certain() {
    for (short, usual, other) in [
        ("Eng 1", "English 1", "Engineering 1"),
        ("Geo 1", "Geography 1", "Geology 1"),
        ("IT 1", "ICT 1", "Italian 1"),
        ("CS 1", "Computing 1", "Chemistry Suite 1"),
        ("RS 1", "RE 1", "Recording Studio 1"),
        ("Stu 1", "Studio 1", "Study 1"),
        ("Dr 1", "Drama 1", "Drawing Room 1"),
        ("Dr Room", "Drama Room", "Doctor's Room"),
        ("ICT 1", "ICT Room 1", "ICT Suite 1"),
    ] {
        let doubt = format!("{short} may as well mean {other}");
        let there = [source("a", usual), source("b", other)];
        let found = suggest_rooms(&[local("l", short)], &there, &[], &[]);
        let likely = (Some(Confidence::Likely), only(&["a"]));
        assert_eq!(outcome(&found, "l"), likely, "{short}");
        assert_eq!(doubts(&found, "l"), [doubt.as_str()]);
        let here = [local("l", usual), local("m", other)];
        let found = suggest_rooms(&here, &[source("a", short)], &[], &[]);
        assert_eq!(outcome(&found, "l"), likely, "{short}");
        assert_eq!(doubts(&found, "l"), [doubt.as_str()]);
        // The other room is no doubt where it has its own counterpart, or where it is not there.
        let here = [local("l", short), local("m", other)];
        let found = suggest_rooms(&here, &there, &[], &[]);
        assert_eq!(of(&found, "l").certain(), Some(&"a".into()), "{short}");
        assert_eq!(of(&found, "m").certain(), Some(&"b".into()), "{short}");
        assert_eq!(alone(short, usual), Some(Confidence::Certain), "{short}");
    }
}

#[test]
fn a_code_use_or_a_building_says_which_reading_is_meant() {
    let sources = [
        source("a", "English 1").with_code("E1").in_building("Mill"),
        source("b", "Engineering 1")
            .with_code("G1")
            .in_building("Forge"),
    ];
    let certain = Some(&"a".into());
    for (local, uses) in [
        (local("l", "Eng 1").with_code("E1"), vec![]),
        (local("l", "Eng 1").in_building("Mill House"), vec![]),
        (local("l", "Eng 1"), vec![shared("l", "a", 9)]),
    ] {
        let found = suggest_rooms(&[local], &sources, &uses, &[]);
        assert_eq!(of(&found, "l").certain(), certain, "{found:?}");
    }
    let found = suggest_rooms(&[local("l", "Eng 1")], &sources, &[], &[]);
    assert_eq!(of(&found, "l").certain(), None);
}

#[test]
fn a_letter_of_a_block_may_be_the_first_of_a_word() {
    let sources = [
        source("a", "Room 1").in_building("Block B"),
        source("b", "Biology 1"),
    ];
    let found = suggest_rooms(&[local("l", "B1")], &sources, &[], &[]);
    assert_eq!(
        outcome(&found, "l"),
        (Some(Confidence::Likely), only(&["a"]))
    );
    assert_eq!(doubts(&found, "l"), ["B1 may as well mean Biology 1"]);
    let found = suggest_rooms(&[local("l", "B1")], &sources[..1], &[], &[]);
    assert_eq!(of(&found, "l").certain(), Some(&"a".into()));
}

#[test]
fn names_that_look_equal_once_something_is_put_aside_are_not_certain() {
    for (one, two) in [
        ("Dr Smith's Room", "Drama Smith Room"),
        ("Dr Hall", "Drama Hall"),
        ("News Room", "New Room"),
        ("Room -1", "Room 1"),
        ("Labs 1 & 2", "Lab 1.2"),
        ("Lab 1 ii", "Lab 1.2"),
        ("Meeting Room for 6", "Meeting Room 6"),
        ("Number Room", "Room"),
        ("Room 5 Store", "Store Room 5"),
        ("Lab 3 Prep", "Prep Lab 3"),
        ("House Boat", "Boat House"),
        ("Floor 2 Lab", "Floor Lab 2"),
        ("Library (1 PC)", "Library (PC 1)"),
        ("Room 1 (2)", "Room 1.2"),
        ("Green Room", "Green Classroom"),
    ] {
        assert!(alone(one, two) < Some(Confidence::Certain), "{one}");
        assert!(alone(two, one) < Some(Confidence::Certain), "{two}");
    }
    for (one, two) in [
        ("Dr Studio", "Drama Studio"),
        ("Labs 1 & 2", "Lab 1 and 2"),
        ("Lab -1", "Laboratory -1"),
        ("Room No. 5", "Room 5"),
        ("Room (5)", "Room 5"),
        ("Hall II", "Hall 2"),
        ("Pavilion, Lower Field", "Lower Field Pavilion"),
        ("Left Studio", "Studio Left"),
        ("Music Room", "Music Classroom"),
        ("Room 3", "Classroom 3"),
    ] {
        assert_eq!(alone(one, two), Some(Confidence::Certain), "{one}");
    }
}

#[test]
fn words_that_many_buildings_begin_with_name_none() {
    let in_two = |one: &str, here: &str, there: &str| {
        let locals = [local("l", one).in_building(here)];
        let sources = [source("a", one).in_building(there)];
        outcome(&suggest_rooms(&locals, &sources, &[], &[]), "l").0
    };
    assert_eq!(
        in_two("Room 13", "Junior School", "Junior House"),
        Some(Confidence::Possible)
    );
    assert_eq!(
        in_two("Room 13", "Mill House", "Mill Building"),
        Some(Confidence::Certain)
    );
    let sources = [
        source("a", "Room 1").in_building("St Mary's"),
        source("b", "Studio 1"),
    ];
    let found = suggest_rooms(&[local("l", "St 1")], &sources, &[], &[]);
    assert_eq!(
        outcome(&found, "l"),
        (Some(Confidence::Likely), only(&["b"]))
    );
}

#[test]
fn a_code_does_not_make_a_prep_room_its_laboratory() {
    let locals = [local("l", "Chem Lab 2").with_code("CL2")];
    let sources = [source("a", "Chem Lab 2 Prep").with_code("CL2")];
    let found = suggest_rooms(&locals, &sources, &[], &[]);
    assert!(!is_certain(&found, "l"), "{found:?}");
}

#[test]
fn names_without_letters_are_no_evidence() {
    let found = suggest_rooms(
        &[local("l", " - "), local("m", "")],
        &[source("a", "()"), source("b", "")],
        &[],
        &[],
    );
    assert!(
        found.iter().all(|s| s.outcome == Outcome::Nothing),
        "{found:?}"
    );
}

#[cfg(feature = "serde")]
#[test]
fn suggestions_survive_json() {
    let locals = [
        local("l", "Lab 2").in_building("North"),
        local("m", "Room 12"),
        local("n", "Chapel"),
    ];
    let sources = [
        source("a", "Laboratory 2").in_building("South"),
        source("b", "Room 12").with_code("N12"),
        source("c", "Room 12"),
    ];
    let found = suggest_rooms(&locals, &sources, &[shared("l", "a", 4)], &[]);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json[0]["outcome"]["kind"], "match");
    assert_eq!(json[0]["outcome"]["confidence"], "likely");
    assert_eq!(
        json[0]["outcome"]["candidate"]["doubts"][0]["kind"],
        "other_building"
    );
    assert_eq!(json[1]["outcome"]["kind"], "tie");
    assert_eq!(json[2]["outcome"], serde_json::json!({ "kind": "nothing" }));
    let read: Vec<Suggestion> = serde_json::from_value(json).unwrap();
    assert_eq!(read, found);
}

/// Few names, so that rooms often take each other's.
fn few_names(prefix: &'static str) -> impl Strategy<Value = Vec<Source>> {
    let name = prop::sample::select(vec!["Hall", "Hall A", "Hall B", "Lab 1", "LAB01", "Chapel"]);
    prop::collection::btree_map(0..6_u8, name, 0..6).prop_map(move |rooms| {
        let rooms = rooms.into_iter();
        rooms
            .map(|(id, name)| RoomCard::new(format!("{prefix}{id}"), name))
            .collect()
    })
}

proptest! {
    #[test]
    fn every_room_that_is_gone_is_told_and_only_new_rooms_are_suggested(
        before in few_names("s"),
        now in few_names("s"),
        placeholders in prop::collection::vec(prop::bool::weighted(0.2), 6),
    ) {
        let mut known: Vec<MatchedRoom> = before
            .into_iter()
            .zip(placeholders)
            .map(|(last, placeholder)| MatchedRoom {
                local: format!("l{}", last.id).into(),
                last,
                placeholder,
            })
            .collect();
        let found = rematch(&known, &now);
        let listed = |id: &SourceRoomId| now.iter().any(|card| card.id == *id);
        let matched = |id: &SourceRoomId| known.iter().any(|k| !k.placeholder && k.last.id == *id);
        for gone in known.iter().filter(|k| !k.placeholder && !listed(&k.last.id)) {
            let told = found.iter().any(|item| match item {
                Rematch::Unseen { source, .. } | Rematch::Split { source, .. } => *source == gone.last.id,
                Rematch::Merged { parts, .. } => parts.contains(&gone.last.id),
                _ => false,
            });
            prop_assert!(told, "{} of {:?}", gone.last.id, found);
        }
        for item in &found {
            if let Rematch::Unseen { source, outcome, .. } = item {
                prop_assert!(!listed(source));
                let named: Vec<&SourceRoomId> = match outcome {
                    Outcome::Match { candidate, .. } => vec![&candidate.source],
                    Outcome::Tie { candidates, .. } => candidates.iter().map(|c| &c.source).collect(),
                    Outcome::Nothing => Vec::new(),
                };
                prop_assert!(named.into_iter().all(|id| listed(id) && !matched(id)));
            }
        }
        known.reverse();
        let now: Vec<Source> = now.iter().rev().cloned().collect();
        prop_assert_eq!(found, rematch(&known, &now));
    }
}
