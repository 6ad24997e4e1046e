//! Suggestions: which local room may be which room of the source.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{Room, SchoolState};
use room_timetable::{
    RoomId, SourceRoomId,
    room_match::{Candidate, Confidence, Outcome, Rematch, RoomCard, rematch, suggest_rooms},
};

use crate::{
    areas,
    desired::{Desired, SourceRoom, source_rooms},
    document::Document,
    error::Error,
    rematches::{cards, matched, text},
    rooms::is_placeholder,
    shared_use::shared_use,
};

/// What a person should look at to match a school's rooms. Nothing of it takes effect by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchSuggestions {
    /// One for each local room without a match, by id. Rooms that a sync created and nobody has sorted are none: the
    /// rooms of the source that they stand for may be suggested.
    pub rooms: Vec<RoomSuggestion>,
    /// Matches whose room of the source has changed. To accept one, match its local room anew.
    pub rematches: Vec<Rematch>,
    before: BTreeMap<String, SourceRoom>,
    now: BTreeMap<String, SourceRoom>,
}

/// What is suggested for one local room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomSuggestion {
    /// The local room.
    pub local: Room,
    /// Which room of the source it may be.
    pub outcome: Outcome,
    /// Other rooms that come into question, best first.
    pub others: Vec<Candidate>,
}

impl RoomSuggestion {
    /// The room that may be preselected.
    pub fn certain(&self) -> Option<&SourceRoomId> {
        match &self.outcome {
            Outcome::Match {
                confidence: Confidence::Certain,
                candidate,
            } => Some(&candidate.source),
            _ => None,
        }
    }
}

impl MatchSuggestions {
    /// The suggestions for a school, from the rooms that arrived last and the bookings that `state` holds: load it from
    /// the present on.
    ///
    /// Evidence from use counts bookings that coincide with lessons of their owners or groups. A room whose match is no
    /// longer listed competes for the rooms that came, so that none is suggested to two.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] when the stored timetable cannot be read, [`Error::Timetable`] when its parts do not fit.
    pub fn of(state: &SchoolState) -> Result<Self, Error> {
        let document = Document::of(state)?;
        let last = match &document.withheld {
            Some(withheld) => &withheld.payload,
            None => &document.good,
        };
        let before = source_rooms(areas::last_good(&document));
        let now = Desired::of(last);
        let known = matched(&state.rooms, &state.room_links, &before, &now.rooms);

        let (mut settled, mut gone) = (Vec::new(), Vec::new());
        for room in known.iter().filter(|room| !room.placeholder) {
            if now.rooms.contains_key(room.last.id.as_str()) {
                settled.push((room.local.clone(), room.last.id.clone()));
            } else {
                gone.push(room);
            }
        }
        let linked: BTreeSet<&RoomId> = state.room_links.iter().map(|link| &link.room).collect();
        let open: BTreeMap<&RoomId, &Room> = state
            .rooms
            .iter()
            .filter(|room| !linked.contains(&room.id) && !is_placeholder(room))
            .map(|room| (&room.id, room))
            .collect();
        let mut locals: Vec<RoomCard<RoomId>> = open
            .values()
            .map(|room| RoomCard::new(room.id.clone(), &room.name))
            .collect();
        locals.extend(gone.into_iter().map(|room| RoomCard {
            id: room.local.clone(),
            name: room.last.name.clone(),
            code: room.last.code.clone(),
            initials: room.last.initials.clone(),
            building: room.last.building.clone(),
        }));

        let used = shared_use(state, &now, |room| open.contains_key(room))?;
        let source = cards(&now.rooms);
        let rooms = suggest_rooms(&locals, &source, &used, &settled)
            .into_iter()
            .filter_map(|suggestion| {
                let local = (*open.get(&suggestion.local)?).clone();
                Some(RoomSuggestion {
                    local,
                    outcome: suggestion.outcome,
                    others: suggestion.others,
                })
            })
            .collect();
        Ok(Self {
            rooms,
            rematches: rematch(&known, &source),
            before,
            now: now.rooms,
        })
    }

    /// The name of the source's room with this id, as it arrived last; the id where it did not.
    pub fn name<'n>(&'n self, id: &'n SourceRoomId) -> &'n str {
        let room = self.now.get(id.as_str());
        room.map_or(id.as_str(), |room| room.name.as_str())
    }

    /// Whether the name of the source's room with this id is known, now or from the last good answer. Where it is not, a
    /// rematch has the name that the school itself has for its room.
    pub fn knows(&self, id: &SourceRoomId) -> bool {
        [&self.before, &self.now]
            .iter()
            .any(|rooms| rooms.contains_key(id.as_str()))
    }

    /// What became of a match, and how to accept it, as a lower-case sentence without a full stop.
    pub fn text(&self, rematch: &Rematch) -> String {
        text(rematch, &self.before, &self.now)
    }

    /// The pairs that may be preselected, by local room.
    pub fn certain(&self) -> impl Iterator<Item = (&Room, &SourceRoomId)> {
        self.rooms
            .iter()
            .filter_map(|room| Some((&room.local, room.certain()?)))
    }
}
