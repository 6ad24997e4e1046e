//! Suggestions against the labelled rooms of `fixtures/room-names.csv`.
#![expect(clippy::print_stdout, reason = "the figures are worth reading")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use room_timetable::{RoomId, SourceRoomId, room_match::*};

/// A line of the file: a local room, a room of the source, or both, and what is true of them.
#[derive(Clone, Debug)]
struct Row {
    school: String,
    local: Option<RoomCard<RoomId>>,
    source: Option<RoomCard<SourceRoomId>>,
    truth: Truth,
    /// What makes it hard; empty where nothing does.
    trap: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Truth {
    Same,
    Other,
    None,
    Tie(BTreeSet<SourceRoomId>),
    /// One of these, and a person has to say which.
    Either(BTreeSet<SourceRoomId>),
}

fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/room-names.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let field = |name: &str| {
                let place = header.iter().position(|column| column == name).unwrap();
                record[place].to_owned()
            };
            let optional = |name: &str| Some(field(name)).filter(|text| !text.is_empty());
            let truth = field("truth");
            let mut truth = truth.split(' ');
            Row {
                school: field("school"),
                local: optional("local_id").map(|id| RoomCard {
                    id: id.into(),
                    name: field("local_name"),
                    code: optional("local_code"),
                    initials: None,
                    building: optional("local_building"),
                }),
                source: optional("source_id").map(|id| RoomCard {
                    id: id.into(),
                    name: field("source_name"),
                    code: optional("source_code"),
                    initials: optional("source_initials"),
                    building: optional("source_building"),
                }),
                truth: match truth.next().unwrap() {
                    "same" => Truth::Same,
                    "other" => Truth::Other,
                    "none" => Truth::None,
                    "tie" => Truth::Tie(truth.map(SourceRoomId::from).collect()),
                    "either" => Truth::Either(truth.map(SourceRoomId::from).collect()),
                    unknown => panic!("truth is {unknown}"),
                },
                trap: field("trap"),
            }
        })
        .collect()
}

/// Every local room with its line and what is suggested for it, school by school.
fn suggestions() -> Vec<(Row, Suggestion)> {
    let mut schools: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows() {
        schools.entry(row.school.clone()).or_default().push(row);
    }
    let mut found = Vec::new();
    for rows in schools.into_values() {
        let local: Vec<_> = rows.iter().filter_map(|row| row.local.clone()).collect();
        let source: Vec<_> = rows.iter().filter_map(|row| row.source.clone()).collect();
        let mut by_local: BTreeMap<RoomId, Suggestion> = suggest_rooms(&local, &source, &[], &[])
            .into_iter()
            .map(|suggestion| (suggestion.local.clone(), suggestion))
            .collect();
        for row in rows {
            if let Some(local) = &row.local {
                let suggestion = by_local.remove(&local.id).unwrap();
                found.push((row, suggestion));
            }
        }
    }
    found
}

fn names(row: &Row) -> String {
    let local = row.local.as_ref().map_or("-", |card| &card.name);
    let source = row.source.as_ref().map_or("-", |card| &card.name);
    format!("{}: {local} | {source} ({})", row.school, row.trap)
}

fn is_certain(suggestion: &Suggestion) -> bool {
    suggestion.certain().is_some()
}

/// The one room that is suggested, however surely.
fn first(suggestion: &Suggestion) -> Option<(Confidence, &SourceRoomId)> {
    match &suggestion.outcome {
        Outcome::Match {
            confidence,
            candidate,
        } => Some((*confidence, &candidate.source)),
        _ => None,
    }
}

fn is_right(row: &Row, source: &SourceRoomId) -> bool {
    row.truth == Truth::Same && row.source.as_ref().is_some_and(|card| card.id == *source)
}

#[test]
fn the_labelled_set_is_large_and_every_id_comes_once_a_school() {
    let rows = rows();
    let pairs = rows
        .iter()
        .filter(|row| row.local.is_some() && row.source.is_some());
    assert!(pairs.count() >= 300);
    let mut seen = BTreeSet::new();
    for row in &rows {
        let local = row.local.iter().map(|card| format!("local {}", card.id));
        let source = row.source.iter().map(|card| format!("source {}", card.id));
        for id in local.chain(source) {
            assert!(
                seen.insert((row.school.clone(), id.clone())),
                "{id} in {}",
                row.school
            );
        }
    }
}

#[test]
fn what_is_certain_is_right() {
    let wrong: Vec<String> = suggestions()
        .iter()
        .filter(|(row, suggestion)| {
            suggestion
                .certain()
                .is_some_and(|source| !is_right(row, source))
        })
        .map(|(row, suggestion)| format!("{} -> {:?}", names(row), suggestion.outcome))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn most_rooms_are_found_and_most_plain_ones_certainly() {
    let all = suggestions();
    let percent = |part: usize, whole: usize| part * 100 / whole;
    let mut figures = Vec::new();
    for plain in [true, false] {
        let same: Vec<_> = all
            .iter()
            .filter(|(row, _)| row.truth == Truth::Same && (row.trap.is_empty() || !plain))
            .collect();
        let right = |least: Confidence| {
            let found = same.iter().filter(|(row, suggestion)| {
                first(suggestion)
                    .is_some_and(|(confidence, id)| confidence >= least && is_right(row, id))
            });
            percent(found.count(), same.len())
        };
        let found = [
            right(Confidence::Certain),
            right(Confidence::Likely),
            right(Confidence::Possible),
        ];
        println!(
            "{} ({} rooms): certain {} %, certain or likely {} %, suggested {} %",
            if plain { "without traps" } else { "all" },
            same.len(),
            found[0],
            found[1],
            found[2],
        );
        figures.push(found);
    }
    for (row, suggestion) in &all {
        let good = match row.truth {
            Truth::Same => first(suggestion).is_some_and(|(_, id)| is_right(row, id)),
            Truth::Tie(_) | Truth::Either(_) => true,
            Truth::Other | Truth::None => first(suggestion).is_none(),
        };
        let plain = row.trap.is_empty() && row.truth == Truth::Same;
        if !good || (plain && !is_certain(suggestion)) {
            println!("  {} -> {:?}", names(row), suggestion.outcome);
        }
    }
    let floors = [[90, 98, 98], [75, 90, 95]];
    for (figures, floors) in figures.iter().zip(floors) {
        for (figure, floor) in figures.iter().zip(floors) {
            assert!(*figure >= floor, "{figure} % of at least {floor} %");
        }
    }
}

#[test]
fn rooms_without_a_counterpart_are_seldom_likely() {
    let all = suggestions();
    let alone: Vec<_> = all
        .iter()
        .filter(|(row, _)| matches!(row.truth, Truth::None | Truth::Other))
        .collect();
    let likely: Vec<String> = alone
        .iter()
        .filter(|(_, suggestion)| {
            first(suggestion).is_some_and(|(confidence, _)| confidence >= Confidence::Likely)
        })
        .map(|(row, _)| names(row))
        .collect();
    println!(
        "{} of {} without a counterpart are likely",
        likely.len(),
        alone.len()
    );
    assert!(likely.len() * 5 <= alone.len(), "{}", likely.join("\n"));
}

#[test]
fn ties_are_ties() {
    let mut ties = 0;
    for (row, suggestion) in suggestions() {
        let Truth::Tie(expected) = &row.truth else {
            continue;
        };
        let Outcome::Tie { candidates, .. } = &suggestion.outcome else {
            panic!("{} -> {:?}", names(&row), suggestion.outcome);
        };
        let found: BTreeSet<_> = candidates.iter().map(|c| c.source.clone()).collect();
        assert_eq!(found, *expected, "{}", names(&row));
        ties += 1;
    }
    assert!(ties >= 7, "{ties}");
}

#[test]
fn a_name_that_may_mean_either_room_is_never_certain_and_names_no_third() {
    let mut found = 0;
    for (row, suggestion) in suggestions() {
        let Truth::Either(rooms) = &row.truth else {
            continue;
        };
        let Outcome::Match {
            confidence,
            candidate,
        } = &suggestion.outcome
        else {
            continue;
        };
        assert!(*confidence < Confidence::Certain, "{}", names(&row));
        assert!(rooms.contains(&candidate.source), "{}", names(&row));
        assert!(!candidate.doubts.is_empty(), "{}", names(&row));
        found += 1;
    }
    assert!(found >= 15, "{found}");
}

#[test]
fn every_suggestion_has_a_reason_and_no_room_is_given_twice() {
    let mut given = BTreeSet::new();
    for (row, suggestion) in suggestions() {
        if let Outcome::Match { candidate, .. } = &suggestion.outcome {
            assert!(!candidate.reasons.is_empty(), "{}", names(&row));
            let place = (row.school.clone(), candidate.source.clone());
            assert!(given.insert(place), "{}", names(&row));
        }
    }
    assert!(!given.is_empty());
}
