//! What became of matched rooms when the source's rooms change.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    card::RoomCard,
    name::Name,
    suggest::{Outcome, suggest_rooms},
    words::is_side,
};
use crate::ids::{RoomId, SourceRoomId};

/// A match, with the source's room as it was last listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MatchedRoom {
    /// The local room.
    pub local: RoomId,
    /// The source's room. Where its last name is no longer known, the local one serves.
    pub last: RoomCard<SourceRoomId>,
    /// The local room was created for this match and nobody has sorted it yet: the source's room still counts as new.
    pub placeholder: bool,
}

/// Something about a match that a person should see. Ids win: none of it changes a match by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Rematch {
    /// The same id has another name: to be noted, nothing to do. The local room keeps its own name.
    Renamed {
        /// The local room.
        local: RoomId,
        /// The source's room.
        source: SourceRoomId,
        /// Its name before.
        from: String,
        /// Its name now.
        to: String,
    },
    /// Two or more rooms have taken each other's names. The matches follow the ids; a person should see whether the
    /// school meant the rooms or the names.
    SwappedNames {
        /// The rooms, each with the name it had and the one it has now, by local room.
        rooms: Vec<NewName>,
    },
    /// A room now has the name of another, which is gone or is called something else. The matches follow the ids.
    NameTaken {
        /// The local room whose match had the name.
        local: RoomId,
        /// The source's room that had it.
        source: SourceRoomId,
        /// Who has it now.
        by: NewName,
    },
    /// The id is no longer listed. The match and the bookings stay until a person answers.
    Unseen {
        /// The local room.
        local: RoomId,
        /// The source's room that is gone.
        source: SourceRoomId,
        /// Its last name.
        name: String,
        /// The new room that may be it, under a new id. To accept is to match `local` with that room, which takes the
        /// place of the new room's placeholder.
        outcome: Outcome,
    },
    /// A room went and its parts came, as when a partition wall is drawn. Never guessed: it has to be matched by hand.
    Split {
        /// The local room.
        local: RoomId,
        /// The source's room that was the whole.
        source: SourceRoomId,
        /// Its name as a whole.
        name: String,
        /// The rooms that are its parts now, by id.
        parts: Vec<SourceRoomId>,
    },
    /// Rooms went and the whole came, as when a partition wall is opened. Never guessed: it has to be matched by hand.
    Merged {
        /// The local rooms of the parts.
        locals: Vec<RoomId>,
        /// The source's rooms that were the parts, by id.
        parts: Vec<SourceRoomId>,
        /// The room that is the whole now.
        whole: SourceRoomId,
        /// Its name.
        name: String,
    },
}

/// A matched room under a new name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NewName {
    /// The local room.
    pub local: RoomId,
    /// The source's room.
    pub source: SourceRoomId,
    /// Its name before.
    pub from: String,
    /// Its name now.
    pub to: String,
}

/// Compares the matches of the last good state with the rooms that are listed now.
///
/// `now` must be a list that can be believed: where the source's rooms are frozen there is nothing to compare. What is
/// returned does not depend on the order of what is passed in.
pub fn rematch(known: &[MatchedRoom], now: &[RoomCard<SourceRoomId>]) -> Vec<Rematch> {
    let change = Change::between(known, now);
    let mut found = change.divided();
    let by_hand: BTreeSet<SourceRoomId> = found.iter().flat_map(concerned).collect();
    found.extend(change.names(&by_hand));
    found.extend(change.unseen(&by_hand));
    found
}

/// The source's rooms that a division concerns.
fn concerned(found: &Rematch) -> Vec<SourceRoomId> {
    match found {
        Rematch::Split { source, parts, .. } => parts.iter().chain([source]).cloned().collect(),
        Rematch::Merged { parts, whole, .. } => parts.iter().chain([whole]).cloned().collect(),
        _ => Vec::new(),
    }
}

#[derive(Debug)]
struct Change<'r> {
    /// Matches that a person made or sorted, by the source's id.
    known: BTreeMap<&'r SourceRoomId, Known<'r>>,
    now: BTreeMap<&'r SourceRoomId, Listed<'r>>,
}

#[derive(Debug)]
struct Known<'r> {
    room: &'r MatchedRoom,
    name: Name,
}

#[derive(Debug)]
struct Listed<'r> {
    card: &'r RoomCard<SourceRoomId>,
    name: Name,
}

impl<'r> Change<'r> {
    fn between(known: &'r [MatchedRoom], now: &'r [RoomCard<SourceRoomId>]) -> Self {
        let sorted = known.iter().filter(|room| !room.placeholder);
        Self {
            known: sorted
                .map(|room| {
                    let name = Name::of(&room.last.name);
                    (&room.last.id, Known { room, name })
                })
                .collect(),
            now: now
                .iter()
                .map(|card| {
                    let name = Name::of(&card.name);
                    (&card.id, Listed { card, name })
                })
                .collect(),
        }
    }

    /// The room's name now, where it is listed under another than before.
    fn new_name(&self, known: &Known<'_>) -> Option<NewName> {
        let listed = self.now.get(&known.room.last.id)?;
        (listed.name.raw != known.name.raw).then(|| NewName {
            local: known.room.local.clone(),
            source: known.room.last.id.clone(),
            from: known.name.raw.clone(),
            to: listed.name.raw.clone(),
        })
    }

    /// Rooms that no longer have the name they had, listed or not.
    fn left_their_names(&self) -> impl Iterator<Item = &Known<'r>> {
        let rooms = self.known.values();
        rooms.filter(|known| match self.now.get(&known.room.last.id) {
            Some(listed) => !same_name(&listed.name, &known.name),
            None => true,
        })
    }

    /// Rooms that have a name they had not, new or not.
    fn came_to_names(&self) -> impl Iterator<Item = &Listed<'r>> {
        let rooms = self.now.values();
        rooms.filter(|listed| match self.known.get(&listed.card.id) {
            Some(known) => !same_name(&listed.name, &known.name),
            None => true,
        })
    }

    /// Splits and merges: at least two parts, and at least one id that came or went.
    fn divided(&self) -> Vec<Rematch> {
        let is_known = |id: &SourceRoomId| self.known.contains_key(id);
        let is_listed = |id: &SourceRoomId| self.now.contains_key(id);
        let mut found = Vec::new();
        for whole in self.left_their_names() {
            let parts: Vec<SourceRoomId> = self
                .came_to_names()
                .filter(|listed| is_part(&listed.name, &whole.name))
                .map(|listed| listed.card.id.clone())
                .collect();
            if parts.len() > 1 && parts.iter().any(|part| !is_known(part)) {
                found.push(Rematch::Split {
                    local: whole.room.local.clone(),
                    source: whole.room.last.id.clone(),
                    name: whole.name.raw.clone(),
                    parts,
                });
            }
        }
        for whole in self.came_to_names() {
            let parts: Vec<&Known<'_>> = self
                .left_their_names()
                .filter(|known| is_part(&known.name, &whole.name))
                .collect();
            if parts.len() > 1 && parts.iter().any(|part| !is_listed(&part.room.last.id)) {
                found.push(Rematch::Merged {
                    locals: parts.iter().map(|part| part.room.local.clone()).collect(),
                    parts: parts.iter().map(|part| part.room.last.id.clone()).collect(),
                    whole: whole.card.id.clone(),
                    name: whole.name.raw.clone(),
                });
            }
        }
        found
    }

    /// Renamed rooms, and those among them that took a name from another.
    fn names(&self, by_hand: &BTreeSet<SourceRoomId>) -> Vec<Rematch> {
        let renamed: Vec<NewName> = self
            .known
            .values()
            .filter(|known| !by_hand.contains(&known.room.last.id))
            .filter_map(|known| self.new_name(known))
            .collect();
        let taken: Vec<Option<&Known<'_>>> = renamed.iter().map(|new| self.former(new)).collect();
        let mut in_ring = vec![false; renamed.len()];
        let mut found = Vec::new();
        for start in 0..renamed.len() {
            let ring = ring(start, &renamed, &taken);
            if ring.is_empty() || in_ring[start] {
                continue;
            }
            for place in &ring {
                in_ring[*place] = true;
            }
            let mut rooms: Vec<NewName> = ring.iter().map(|r| renamed[*r].clone()).collect();
            rooms.sort();
            found.push(Rematch::SwappedNames { rooms });
        }
        for (place, new) in renamed.into_iter().enumerate() {
            match taken[place] {
                _ if in_ring[place] => {}
                Some(before) => found.push(Rematch::NameTaken {
                    local: before.room.local.clone(),
                    source: before.room.last.id.clone(),
                    by: new,
                }),
                None => found.push(Rematch::Renamed {
                    local: new.local,
                    source: new.source,
                    from: new.from,
                    to: new.to,
                }),
            }
        }
        found
    }

    /// The room that had a room's new name and has it no more.
    fn former(&self, new: &NewName) -> Option<&Known<'r>> {
        let own = Name::of(&new.from);
        let name = Name::of(&new.to);
        if same_name(&own, &name) {
            return None;
        }
        self.left_their_names()
            .find(|known| known.room.last.id != new.source && same_name(&known.name, &name))
    }

    /// Rooms that are gone, each with the new one that may be it.
    fn unseen(&self, by_hand: &BTreeSet<SourceRoomId>) -> Vec<Rematch> {
        let gone: Vec<&MatchedRoom> = self
            .known
            .values()
            .map(|known| known.room)
            .filter(|room| !self.now.contains_key(&room.last.id))
            .filter(|room| !by_hand.contains(&room.last.id))
            .collect();
        let as_local: Vec<RoomCard<RoomId>> = gone
            .iter()
            .map(|room| RoomCard {
                id: room.local.clone(),
                name: room.last.name.clone(),
                code: room.last.code.clone(),
                initials: room.last.initials.clone(),
                building: room.last.building.clone(),
            })
            .collect();
        let new: Vec<RoomCard<SourceRoomId>> = self
            .now
            .values()
            .filter(|listed| !self.known.contains_key(&listed.card.id))
            .filter(|listed| !by_hand.contains(&listed.card.id))
            .map(|listed| listed.card.clone())
            .collect();
        let mut outcomes: BTreeMap<RoomId, Outcome> = suggest_rooms(&as_local, &new, &[], &[])
            .into_iter()
            .map(|suggestion| (suggestion.local, suggestion.outcome))
            .collect();
        gone.into_iter()
            .map(|room| Rematch::Unseen {
                local: room.local.clone(),
                source: room.last.id.clone(),
                name: room.last.name.trim().to_owned(),
                outcome: outcomes.remove(&room.local).unwrap_or(Outcome::Nothing),
            })
            .collect()
    }
}

/// The rooms that passed their names round, from `start` on; empty where the names did not come back to it.
fn ring(start: usize, renamed: &[NewName], taken: &[Option<&Known<'_>>]) -> Vec<usize> {
    let mut places = vec![start];
    while let Some(before) = places.last().and_then(|place| taken[*place]) {
        let next = renamed
            .iter()
            .position(|new| new.source == before.room.last.id);
        match next {
            Some(next) if next == start => return places,
            Some(next) if !places.contains(&next) => places.push(next),
            _ => break,
        }
    }
    Vec::new()
}

fn same_name(one: &Name, two: &Name) -> bool {
    one.letters == two.letters || (!one.tokens.is_empty() && one.tokens == two.tokens)
}

/// Whether a name is that of a part: `Hall A` or `Hall North` of `Hall`, `Room 12` of `Room 12/13`.
fn is_part(part: &Name, whole: &Name) -> bool {
    if part.words == whole.words {
        let one_more = part.marks.len() == whole.marks.len() + 1
            && part.marks.starts_with(&whole.marks)
            && !whole.tokens.is_empty();
        let one_of_them = matches!(part.marks.as_slice(), [mark] if whole.marks.len() > 1 && whole.marks.contains(mark));
        return one_more || one_of_them;
    }
    let more: Vec<&String> = part
        .words
        .iter()
        .filter(|word| !whole.words.contains(word))
        .collect();
    part.marks == whole.marks
        && !whole.words.is_empty()
        && part.words.len() == whole.words.len() + 1
        && matches!(more.as_slice(), [word] if is_side(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room_match::suggest::Confidence;

    fn known(rooms: &[(&str, &str)]) -> Vec<MatchedRoom> {
        let rooms = rooms.iter().map(|(id, name)| MatchedRoom {
            local: format!("local-{id}").as_str().into(),
            last: RoomCard::new(*id, *name),
            placeholder: false,
        });
        rooms.collect()
    }

    fn now(rooms: &[(&str, &str)]) -> Vec<RoomCard<SourceRoomId>> {
        let rooms = rooms.iter().map(|(id, name)| RoomCard::new(*id, *name));
        rooms.collect()
    }

    fn new_name(id: &str, from: &str, to: &str) -> NewName {
        NewName {
            local: format!("local-{id}").as_str().into(),
            source: id.into(),
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    /// The only finding, which must be of a room that is gone.
    fn unseen(found: &[Rematch]) -> (&str, &Outcome) {
        match found {
            [
                Rematch::Unseen {
                    source, outcome, ..
                },
            ] => (source.as_str(), outcome),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_changed_is_nothing_to_tell() {
        let rooms = [("1", "Lab 1"), ("2", "Lab 2 ")];
        assert_eq!(
            rematch(&known(&rooms), &now(&[("2", "Lab 2"), ("1", "Lab 1")])),
            []
        );
    }

    #[test]
    fn a_renamed_room_is_noted_and_keeps_its_match() {
        let found = rematch(
            &known(&[("1", "Lab 1")]),
            &now(&[("1", "Physics 1"), ("9", "Lab 1")]),
        );
        assert_eq!(
            found,
            [Rematch::Renamed {
                local: "local-1".into(),
                source: "1".into(),
                from: "Lab 1".to_owned(),
                to: "Physics 1".to_owned(),
            }]
        );
    }

    #[test]
    fn a_recreated_room_is_suggested_under_its_new_id() {
        let found = rematch(
            &known(&[("1", "Lab 1"), ("2", "Lab 2")]),
            &now(&[("2", "Lab 2"), ("9", "LAB01")]),
        );
        let (source, outcome) = unseen(&found);
        assert_eq!(source, "1");
        let Outcome::Match {
            confidence,
            candidate,
        } = outcome
        else {
            panic!("{outcome:?}");
        };
        assert_eq!(
            (*confidence, candidate.source.as_str()),
            (Confidence::Certain, "9")
        );
    }

    #[test]
    fn a_room_of_another_match_is_never_the_recreated_one_but_a_placeholder_s_is() {
        let mut matches = known(&[("1", "Lab 1"), ("9", "Lab 1")]);
        let listed = now(&[("9", "Lab 1")]);
        assert_eq!(
            unseen(&rematch(&matches, &listed)),
            ("1", &Outcome::Nothing)
        );
        matches[1].placeholder = true;
        let found = rematch(&matches, &listed);
        let (source, outcome) = unseen(&found);
        assert_eq!(source, "1");
        assert!(
            matches!(outcome, Outcome::Match { candidate, .. } if candidate.source.as_str() == "9"),
            "{outcome:?}"
        );
    }

    #[test]
    fn a_room_that_is_gone_without_a_like_has_no_suggestion() {
        let found = rematch(
            &known(&[("1", "Lab 1")]),
            &now(&[("9", "Chapel"), ("8", "Lab 11")]),
        );
        assert_eq!(unseen(&found), ("1", &Outcome::Nothing));
    }

    #[test]
    fn two_new_rooms_of_one_name_are_a_tie() {
        let found = rematch(
            &known(&[("1", "Lab 1")]),
            &now(&[("8", "Lab 1"), ("9", "Lab 1")]),
        );
        let (_, outcome) = unseen(&found);
        assert!(
            matches!(outcome, Outcome::Tie { candidates, .. } if candidates.len() == 2),
            "{outcome:?}"
        );
    }

    #[test]
    fn swapped_names_are_flagged_once_for_all_rooms_of_the_ring() {
        let matches = known(&[("1", "Red"), ("2", "Green"), ("3", "Blue")]);
        let found = rematch(
            &matches,
            &now(&[("1", "Green"), ("2", "Red"), ("3", "Blue")]),
        );
        let two = vec![new_name("1", "Red", "Green"), new_name("2", "Green", "Red")];
        assert_eq!(found, [Rematch::SwappedNames { rooms: two }]);

        let found = rematch(
            &matches,
            &now(&[("1", "Green"), ("2", "Blue"), ("3", "Red")]),
        );
        let three = vec![
            new_name("1", "Red", "Green"),
            new_name("2", "Green", "Blue"),
            new_name("3", "Blue", "Red"),
        ];
        assert_eq!(found, [Rematch::SwappedNames { rooms: three }]);
    }

    #[test]
    fn a_name_taken_from_a_room_that_is_gone_is_flagged_and_not_followed() {
        let found = rematch(
            &known(&[("1", "Lab 1"), ("2", "Lab 2")]),
            &now(&[("2", "Lab 1")]),
        );
        let [
            Rematch::NameTaken { source, by, .. },
            Rematch::Unseen { outcome, .. },
        ] = found.as_slice()
        else {
            panic!("{found:?}");
        };
        assert_eq!(
            (source.as_str(), by),
            ("1", &new_name("2", "Lab 2", "Lab 1"))
        );
        assert_eq!(*outcome, Outcome::Nothing);
    }

    #[test]
    fn names_passed_on_without_coming_back_are_taken_and_not_swapped() {
        let found = rematch(
            &known(&[("1", "Red"), ("2", "Green")]),
            &now(&[("1", "Green"), ("2", "Blue")]),
        );
        let [
            Rematch::NameTaken { source, by, .. },
            Rematch::Renamed { to, .. },
        ] = found.as_slice()
        else {
            panic!("{found:?}");
        };
        assert_eq!((source.as_str(), by), ("2", &new_name("1", "Red", "Green")));
        assert_eq!(to, "Blue");
    }

    #[test]
    fn a_split_room_is_flagged_and_nothing_is_suggested() {
        for (whole, parts) in [
            ("Hall", ["Hall A", "Hall B"]),
            ("Hall", ["Hall North", "Hall South"]),
            ("Room 12/13", ["Room 12", "Room 13"]),
            ("Lab 1", ["Lab 1A", "Lab 1B"]),
        ] {
            let new = now(&[("8", parts[0]), ("9", parts[1])]);
            let kept = now(&[("1", parts[0]), ("9", parts[1])]);
            for (listed, first) in [(new, "8"), (kept, "1")] {
                let found = rematch(&known(&[("1", whole)]), &listed);
                assert_eq!(
                    found,
                    [Rematch::Split {
                        local: "local-1".into(),
                        source: "1".into(),
                        name: whole.to_owned(),
                        parts: vec![first.into(), "9".into()],
                    }],
                    "{whole}"
                );
            }
        }
    }

    #[test]
    fn merged_rooms_are_flagged_and_nothing_is_suggested() {
        for listed in [now(&[("9", "Hall")]), now(&[("1", "Hall")])] {
            let found = rematch(&known(&[("1", "Hall A"), ("2", "Hall B")]), &listed);
            assert_eq!(
                found,
                [Rematch::Merged {
                    locals: vec!["local-1".into(), "local-2".into()],
                    parts: vec!["1".into(), "2".into()],
                    whole: listed[0].id.clone(),
                    name: "Hall".to_owned(),
                }]
            );
        }
    }

    #[test]
    fn a_part_that_came_while_the_whole_stays_is_no_split() {
        let listed = now(&[("1", "Hall"), ("8", "Hall A"), ("9", "Hall B")]);
        assert_eq!(rematch(&known(&[("1", "Hall")]), &listed), []);
    }
}
