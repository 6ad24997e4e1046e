//! Matches whose room of the source was renamed, or is gone while one like it came.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{Room, RoomLink};
use room_timetable::{
    RoomId, SourceRoomId,
    room_match::{MatchedRoom, NewName, Outcome, Rematch, RoomCard, rematch},
};

use crate::{desired::SourceRoom, rooms::is_placeholder};

type SourceRooms = BTreeMap<String, SourceRoom>;

/// The links with what was last known of the source's rooms, before they changed to what is listed now.
pub(crate) fn matched(
    rooms: &[Room],
    links: &[RoomLink],
    before: &SourceRooms,
    now: &SourceRooms,
) -> Vec<MatchedRoom> {
    let rooms: BTreeMap<&RoomId, &Room> = rooms.iter().map(|room| (&room.id, room)).collect();
    links
        .iter()
        .filter_map(|link| {
            let room = *rooms.get(&link.room)?;
            let last = match before.get(&link.source).or_else(|| now.get(&link.source)) {
                Some(source) => card(source),
                None => RoomCard::new(link.source.as_str(), &room.name),
            };
            Some(MatchedRoom {
                local: room.id.clone(),
                last,
                placeholder: is_placeholder(room),
            })
        })
        .collect()
}

/// The source's rooms as they are compared.
pub(crate) fn cards(rooms: &SourceRooms) -> Vec<RoomCard<SourceRoomId>> {
    rooms.values().map(card).collect()
}

fn card(room: &SourceRoom) -> RoomCard<SourceRoomId> {
    RoomCard {
        id: room.id.as_str().into(),
        name: room.name.clone(),
        code: room.code.clone(),
        initials: room.initials.clone(),
        building: room.building.clone(),
    }
}

/// What tonight's list of rooms means for the matches, in the words of a warning. What was so before is not told again.
pub(crate) fn warnings(
    rooms: &[Room],
    links: &[RoomLink],
    before: &SourceRooms,
    now: &SourceRooms,
) -> Vec<String> {
    let matched = matched(rooms, links, before, now);
    let text = Text {
        before,
        now,
        all: false,
    };
    let unsorted = matched.iter().filter(|room| room.placeholder);
    let mut warnings: Vec<String> = unsorted.filter_map(|room| text.unsorted(room)).collect();
    let found = rematch(&matched, &cards(now));
    warnings.extend(found.iter().filter_map(|found| text.of(found)));
    warnings
}

/// What a change of a match means, as a lower-case sentence.
pub(crate) fn text(found: &Rematch, before: &SourceRooms, now: &SourceRooms) -> String {
    let all = true;
    let text = Text { before, now, all }.of(found);
    text.unwrap_or_default()
}

struct Text<'r> {
    before: &'r SourceRooms,
    now: &'r SourceRooms,
    /// Also what was so before.
    all: bool,
}

impl Text<'_> {
    /// A room that a sync created and nobody has sorted.
    fn unsorted(&self, room: &MatchedRoom) -> Option<String> {
        let old = self.before.get(room.last.id.as_str())?;
        match self.now.get(&old.id) {
            None => Some(unlisted(&format!("{} ({})", old.name, old.id), &room.local)),
            Some(new) if new.name != old.name => Some(renamed(&old.name, &new.name, &room.local)),
            Some(_) => None,
        }
    }

    fn of(&self, found: &Rematch) -> Option<String> {
        match found {
            Rematch::Renamed {
                local, from, to, ..
            } => Some(renamed(from, to, local)),
            Rematch::SwappedNames { rooms } => Some(swapped(rooms)),
            Rematch::NameTaken { local, source, by } => Some(format!(
                "the iSAMS room {} ({}) is now called {}, as the room {source} was that is matched with {local}; the \
                 matches follow the ids",
                by.from, by.source, by.to
            )),
            Rematch::Unseen {
                local,
                source,
                name,
                outcome,
            } => self.unseen(local, source, name, outcome),
            Rematch::Split {
                local,
                source,
                name,
                parts,
            } => {
                let news = self.is_gone(source) || parts.iter().any(|part| self.is_new(part));
                self.tells(news).then(|| {
                    format!(
                        "the iSAMS room {} seems to be divided into {}; the room {local} keeps its match, so match them \
                         by hand",
                        self.last(source, name),
                        self.list(parts)
                    )
                })
            }
            Rematch::Merged {
                locals,
                parts,
                whole,
                name,
            } => {
                let news = self.is_new(whole) || parts.iter().any(|part| self.is_gone(part));
                self.tells(news).then(|| {
                    let locals: Vec<&str> = locals.iter().map(RoomId::as_str).collect();
                    format!(
                        "the iSAMS rooms matched with {} seem to be one now, {name} ({whole}); the matches stay, so match \
                         it by hand",
                        locals.join(" and ")
                    )
                })
            }
            // Kinds of a later version have no words here yet.
            _ => None,
        }
    }

    fn unseen(
        &self,
        local: &RoomId,
        source: &SourceRoomId,
        name: &str,
        outcome: &Outcome,
    ) -> Option<String> {
        let gone = self.is_gone(source);
        let last = self.last(source, name);
        match outcome {
            Outcome::Match { candidate, .. } => {
                let id = &candidate.source;
                let new = self.is_new(id);
                let called = self.name(id);
                let other = match (new, called == name && self.knows(source)) {
                    (true, true) => format!("a new one of the same name ({id}) has come"),
                    (true, false) => {
                        format!("a new one that may be it, {called} ({id}), has come")
                    }
                    (false, _) => format!("{called} ({id}), which nobody has matched, may be it"),
                };
                self.tells(gone || new).then(|| {
                    format!(
                        "the iSAMS room {last} is gone, and {other}; accept with `match set room {local} {id}`, \
                         until then the room {local} keeps its match and its bookings"
                    )
                })
            }
            Outcome::Tie { candidates, rivals } => {
                let ids: BTreeSet<&SourceRoomId> = candidates
                    .iter()
                    .map(|candidate| &candidate.source)
                    .collect();
                let news = gone || ids.iter().any(|id| self.is_new(id));
                self.tells(news).then(|| {
                    let which = match ids.len() {
                        // It may belong to another room that is gone.
                        1 => {
                            let rivals: Vec<&str> = rivals.iter().map(RoomId::as_str).collect();
                            let list = self.list(ids);
                            format!("{list} may be it, or the one of {}", rivals.join(", "))
                        }
                        _ => format!("any of {} may be it", self.list(ids)),
                    };
                    format!(
                        "the iSAMS room {last} is gone, and {which}; choose with `match set room {local}`, until then it \
                         keeps its match and its bookings"
                    )
                })
            }
            Outcome::Nothing => self.tells(gone).then(|| unlisted(&last, local)),
        }
    }

    fn tells(&self, news: bool) -> bool {
        self.all || news
    }

    /// Whether a room was listed before and is no more.
    fn is_gone(&self, id: &SourceRoomId) -> bool {
        self.before.contains_key(id.as_str()) && !self.now.contains_key(id.as_str())
    }

    /// Whether a room is listed now and was not before.
    fn is_new(&self, id: &SourceRoomId) -> bool {
        self.now.contains_key(id.as_str()) && !self.before.contains_key(id.as_str())
    }

    /// Whether there is a name that the source itself has or had for a room.
    fn knows(&self, id: &SourceRoomId) -> bool {
        self.before.contains_key(id.as_str()) || self.now.contains_key(id.as_str())
    }

    /// A room that is gone, by its last name, or by that of the school's room where the last one is lost.
    fn last(&self, id: &SourceRoomId, name: &str) -> String {
        if self.knows(id) {
            format!("{name} ({id})")
        } else {
            format!("{id}, matched with {name},")
        }
    }

    fn name<'n>(&'n self, id: &'n SourceRoomId) -> &'n str {
        let room = self.now.get(id.as_str());
        room.map_or(id.as_str(), |room| room.name.as_str())
    }

    fn list<'i>(&self, ids: impl IntoIterator<Item = &'i SourceRoomId>) -> String {
        let named = |id: &SourceRoomId| format!("{} ({id})", self.name(id));
        let named: Vec<String> = ids.into_iter().map(named).collect();
        named.join(", ")
    }
}

fn unlisted(room: &str, local: &RoomId) -> String {
    format!(
        "the iSAMS room {room} is no longer listed; the room {local} keeps its match and its bookings"
    )
}

fn renamed(from: &str, to: &str, local: &RoomId) -> String {
    format!("the iSAMS room {from} is now called {to}; the room {local} keeps its own name")
}

fn swapped(rooms: &[NewName]) -> String {
    let rooms: Vec<String> = rooms
        .iter()
        .map(|room| format!("{} ({}) is now called {}", room.from, room.source, room.to))
        .collect();
    format!(
        "iSAMS rooms have taken each other's names: {}; the matches follow the ids, so match them anew if it is the rooms \
         that changed places",
        rooms.join(", ")
    )
}
