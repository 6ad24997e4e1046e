//! Matching of several rooms at once, all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{
    Exception, ExceptionChange, LinkChange, RoomChange, RoomLink, SchoolId, SchoolState,
};
use chrono::NaiveDateTime;
use room_timetable::RoomId;

use crate::{
    administer::Writes, error::Error, matching::listed, rooms::is_placeholder, sync::Syncer,
};

/// What a change of matches did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchesChanged {
    /// Matches that are new or other than before, by local room.
    pub set: Vec<RoomLink>,
    /// Rooms whose match was taken back.
    pub cleared: Vec<RoomId>,
    /// How many rooms were as they should be already.
    pub unchanged: usize,
    /// Rooms that a sync had created for a room of the source that now has a match, and that are gone.
    pub merged: Vec<RoomId>,
}

impl Syncer {
    /// Says of local rooms which room of the source they are, or that they are none. Rooms that are not named keep their
    /// matches. All of it is one change. Once matches are confirmed the calendar follows at once; bookings are judged at
    /// the next sync.
    ///
    /// A room that a sync created and nobody has sorted gives its room of the source to the room that is matched with it,
    /// and its exceptions, too. It goes, unless there is a booking of it: one that is kept, or a removed one that may
    /// come back.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRoom`], [`Error::UnknownSourceRoom`], [`Error::AlreadyMatched`] where a source room is given to
    /// two, or is matched with another room that is not named here, and errors of the store; nothing was changed.
    pub async fn match_rooms(
        &self,
        school: &SchoolId,
        matches: &BTreeMap<RoomId, Option<String>>,
    ) -> Result<MatchesChanged, Error> {
        let archive = self.store().removed(school).await?;
        let archived: BTreeSet<RoomId> = archive
            .into_iter()
            .map(|removed| removed.booking.room)
            .collect();
        let mut done = MatchesChanged::default();
        self.administer_from(school, NaiveDateTime::MIN, |state| {
            let change = Change::of(state, matches)?;
            let used = |room: &RoomId| {
                archived.contains(room) || state.bookings.iter().any(|it| it.room == *room)
            };
            let (writes, changed) = change.written(state, used);
            done = changed;
            Ok((!writes.links.is_empty()).then_some(writes))
        })
        .await?;
        Ok(done)
    }
}

/// The differences between the matches that are there and those that are wanted.
#[derive(Debug, Default)]
struct Change<'m> {
    set: Vec<RoomLink>,
    cleared: Vec<RoomId>,
    unchanged: usize,
    /// Placeholders that lose their room of the source, and the rooms that get it.
    taken_over: Vec<(RoomId, &'m RoomId)>,
}

impl<'m> Change<'m> {
    fn of(
        state: &SchoolState,
        matches: &'m BTreeMap<RoomId, Option<String>>,
    ) -> Result<Self, Error> {
        let sources = listed(state)?;
        let links: BTreeMap<&RoomId, &str> = state
            .room_links
            .iter()
            .map(|link| (&link.room, link.source.as_str()))
            .collect();
        let holders: BTreeMap<&str, &RoomId> = links
            .iter()
            .map(|(room, source)| (*source, *room))
            .collect();
        let rooms: BTreeMap<&RoomId, _> = state.rooms.iter().map(|room| (&room.id, room)).collect();
        let mut wanted: BTreeMap<&str, &RoomId> = BTreeMap::new();
        let mut change = Self::default();
        for (local, source) in matches {
            if !rooms.contains_key(local) {
                return Err(Error::UnknownRoom(local.clone()));
            }
            let before = links.get(local).copied();
            if let Some(source) = source.as_deref()
                && let Some(first) = wanted.insert(source, local)
            {
                return Err(already(source, first));
            }
            let Some(source) = source.as_deref().filter(|source| before != Some(*source)) else {
                if source.is_none() && before.is_some() {
                    change.cleared.push(local.clone());
                } else {
                    change.unchanged += 1;
                }
                continue;
            };
            if !sources.contains_key(source) {
                return Err(Error::UnknownSourceRoom(source.to_owned()));
            }
            if let Some(holder) = holders.get(source) {
                let gives_up = matches
                    .get(*holder)
                    .is_some_and(|other| other.as_deref() != Some(source));
                let unsorted = rooms.get(*holder).is_some_and(|room| is_placeholder(room));
                let elsewhere = matches.get(*holder).is_some_and(Option::is_some);
                if unsorted && !elsewhere {
                    change.taken_over.push(((*holder).clone(), local));
                } else if !gives_up {
                    return Err(already(source, holder));
                }
            }
            change.set.push(RoomLink {
                room: local.clone(),
                source: source.to_owned(),
            });
        }
        Ok(change)
    }

    /// The change as it is committed, where rooms that are `used` cannot go.
    fn written(
        self,
        state: &SchoolState,
        used: impl Fn(&RoomId) -> bool,
    ) -> (Writes, MatchesChanged) {
        let exceptions = self.taken_over.iter().flat_map(|(placeholder, local)| {
            let theirs = state
                .exceptions
                .iter()
                .filter(move |exception| exception.room.as_ref() == Some(placeholder));
            theirs.map(|exception| {
                ExceptionChange::Put(Exception {
                    room: Some((*local).clone()),
                    ..exception.clone()
                })
            })
        });
        let exceptions = exceptions.collect();
        let taken_over = self.taken_over.into_iter();
        let merged: Vec<RoomId> = taken_over
            .map(|(placeholder, _)| placeholder)
            .filter(|placeholder| !used(placeholder))
            .collect();
        let changed = self.set.iter().map(|link| &link.room).chain(&self.cleared);
        // All are cleared first, so that rooms can swap.
        let cleared = changed.cloned().map(LinkChange::ClearRoom);
        let writes = Writes {
            rooms: merged.iter().cloned().map(RoomChange::Remove).collect(),
            links: cleared
                .chain(self.set.iter().cloned().map(LinkChange::Room))
                .collect(),
            exceptions,
            ..Writes::default()
        };
        let done = MatchesChanged {
            set: self.set,
            cleared: self.cleared,
            unchanged: self.unchanged,
            merged,
        };
        (writes, done)
    }
}

fn already(source: &str, room: &RoomId) -> Error {
    Error::AlreadyMatched {
        source_room: source.to_owned(),
        room: room.clone(),
    }
}
