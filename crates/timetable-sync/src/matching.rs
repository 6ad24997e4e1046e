//! Matching: which local room is which room of the source, and whether syncs take effect.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{LinkChange, Matching, RoomChange, SchoolId, SchoolState};
use room_timetable::{PeriodId, RoomId, SlotComparison, TimeslotId, compare_timeslots};

use crate::{
    administer::Writes,
    areas,
    desired::{Desired, SourceRoom, pairs, slots, source_rooms},
    document::Document,
    error::Error,
    rooms::{is_placeholder, new_rooms},
    sync::Syncer,
};

/// The rooms and periods of the source beside the school's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchList {
    /// Whether syncs take effect.
    pub matching: Matching,
    /// Local rooms and rooms of the source: matched ones first, then what is left of either side.
    pub rooms: Vec<RoomMatch>,
    /// The source's periods beside the school's timeslots, day by day. Nothing before periods have arrived.
    pub timeslots: SlotComparison,
    /// For each period with lessons the names of the published timetables that use it. Schools whose divisions have
    /// other times publish one for each, and their periods often have the same names.
    pub timetables: BTreeMap<PeriodId, BTreeSet<String>>,
}

/// A match, or one side that has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomMatch {
    /// The local room.
    pub local: Option<booking_store::Room>,
    /// The source's id of the room, where there is a match or only the source has it.
    pub source_id: Option<String>,
    /// The source's room, where it is still listed.
    pub source: Option<SourceRoom>,
}

/// What confirming the matches did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Rooms created in [`UNASSIGNED`](booking_store::UNASSIGNED).
    pub created: usize,
    /// Whether the school had been waiting for it.
    pub was_waiting: bool,
}

impl RoomMatch {
    /// Whether the local room stands for its room of the source until a person says which room that is: a sync created
    /// it, and nobody has sorted it.
    pub fn unsorted(&self) -> bool {
        self.local.as_ref().is_some_and(is_placeholder)
    }
}

impl MatchList {
    /// The matches of a school.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] when the stored timetable cannot be read.
    pub fn of(state: &SchoolState) -> Result<Self, Error> {
        let desired = known(state)?;
        let mut unmatched = listed(state)?;
        let links: BTreeMap<&RoomId, &str> = state
            .room_links
            .iter()
            .map(|link| (&link.room, link.source.as_str()))
            .collect();
        let (mut rooms, mut alone) = (Vec::new(), Vec::new());
        for room in &state.rooms {
            let source_id = links.get(&room.id).map(|id| (*id).to_owned());
            let source = source_id.as_ref().and_then(|id| unmatched.remove(id));
            let found = RoomMatch {
                local: Some(room.clone()),
                source_id,
                source,
            };
            if found.source_id.is_some() {
                rooms.push(found)
            } else {
                alone.push(found)
            }
        }
        rooms.append(&mut alone);
        rooms.extend(unmatched.into_values().map(|source| RoomMatch {
            local: None,
            source_id: Some(source.id.clone()),
            source: Some(source),
        }));
        Ok(Self {
            matching: state.matching,
            rooms,
            timeslots: compared(state, &desired),
            timetables: users(&desired),
        })
    }
}

impl Syncer {
    /// Says that a local room is a room of the source. Once matches are confirmed the calendar follows at once; bookings
    /// are judged at the next sync.
    ///
    /// A match that this room had is replaced. So is the match of a room that a sync created and nobody has sorted, which
    /// goes: see [`match_rooms`](Self::match_rooms).
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRoom`], [`Error::UnknownSourceRoom`], [`Error::AlreadyMatched`] where the source room is
    /// matched with another room, and errors of the store.
    pub async fn match_room(
        &self,
        school: &SchoolId,
        local: &RoomId,
        source: &str,
    ) -> Result<(), Error> {
        let matches = BTreeMap::from([(local.clone(), Some(source.to_owned()))]);
        self.match_rooms(school, &matches).await.map(|_| ())
    }

    /// Takes a room's match back. Its lessons leave the calendar at once; bookings stay, and are judged at the next sync.
    /// [`offers`](Self::offers) lists at once the removed ones that can come back. Whether it had one.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRoom`], and errors of the store.
    pub async fn clear_match(&self, school: &SchoolId, local: &RoomId) -> Result<bool, Error> {
        self.administer(school, |state| {
            if !state.rooms.iter().any(|room| room.id == *local) {
                return Err(Error::UnknownRoom(local.clone()));
            }
            let linked = state.room_links.iter().any(|link| link.room == *local);
            let clear = LinkChange::ClearRoom(local.clone());
            Ok(linked.then(|| Writes {
                links: vec![clear],
                ..Writes::default()
            }))
        })
        .await
    }

    /// Says that a timeslot stands for these periods and no others: their lessons have its times, in the calendar at once.
    /// Bookings are judged at the next sync.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownTimeslot`], [`Error::UnknownPeriod`], and errors of the store.
    pub async fn match_slot(
        &self,
        school: &SchoolId,
        slot: &TimeslotId,
        periods: &[PeriodId],
    ) -> Result<(), Error> {
        let periods = periods.iter().cloned().collect();
        let matches = BTreeMap::from([(slot.clone(), periods)]);
        self.match_slots(school, &matches).await.map(|_| ())
    }

    /// Takes the periods of a timeslot back, whose lessons have their own times again. Whether it had any.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownTimeslot`], and errors of the store.
    pub async fn clear_slot(&self, school: &SchoolId, slot: &TimeslotId) -> Result<bool, Error> {
        self.administer(school, |state| {
            if !state.timeslots.iter().any(|known| known.id == *slot) {
                return Err(Error::UnknownTimeslot(slot.clone()));
            }
            let linked = state
                .timeslot_links
                .iter()
                .any(|link| link.timeslot == *slot);
            Ok(linked.then(|| Writes {
                links: vec![LinkChange::ClearTimeslot(slot.clone())],
                ..Writes::default()
            }))
        })
        .await
    }

    /// Fixes the matches of an existing school and creates its unmatched rooms in [`UNASSIGNED`](booking_store::UNASSIGNED). Nothing is fetched or
    /// removed; the next sync takes effect. A school that was not waiting is left as it is.
    ///
    /// # Errors
    ///
    /// [`Error::NothingSynced`] before the first complete feed, and errors of the store.
    pub async fn confirm_matches(&self, school: &SchoolId) -> Result<Confirmed, Error> {
        let mut created = 0;
        let was_waiting = self
            .administer(school, |state| match state.matching {
                Matching::NotStarted => Err(Error::NothingSynced),
                Matching::Confirmed => Ok(None),
                Matching::Awaiting => {
                    let (rooms, links) = new_rooms(state, &known(state)?);
                    created = rooms.len();
                    Ok(Some(Writes {
                        matching: Some(Matching::Confirmed),
                        rooms: rooms.into_iter().map(RoomChange::Put).collect(),
                        links: links.into_iter().map(LinkChange::Room).collect(),
                        ..Writes::default()
                    }))
                }
            })
            .await?;
        Ok(Confirmed {
            created,
            was_waiting,
        })
    }
}

/// Which published timetables use a period.
fn users(desired: &Desired) -> BTreeMap<PeriodId, BTreeSet<String>> {
    let mut users: BTreeMap<PeriodId, BTreeSet<String>> = BTreeMap::new();
    for timetable in &desired.published {
        for lesson in &timetable.lessons {
            let names = users.entry(lesson.period.clone()).or_default();
            if !names.contains(&timetable.name) {
                names.insert(timetable.name.clone());
            }
        }
    }
    users
}

fn compared(state: &SchoolState, desired: &Desired) -> SlotComparison {
    if desired.cycle.is_empty() {
        return SlotComparison::default();
    }
    compare_timeslots(
        &desired.cycle,
        &slots(&state.timeslots),
        &pairs(&state.timeslot_links),
    )
}

/// What the source has, as far as it arrived.
pub(crate) fn known(state: &SchoolState) -> Result<Desired, Error> {
    Ok(Desired::of(areas::last_good(&Document::of(state)?)))
}

/// The source's rooms that can be matched: those in effect, and those that a held run created.
pub(crate) fn listed(state: &SchoolState) -> Result<BTreeMap<String, SourceRoom>, Error> {
    let document = Document::of(state)?;
    let mut rooms = source_rooms(areas::last_good(&document));
    let withheld = document.withheld.iter();
    for (id, room) in withheld.flat_map(|withheld| source_rooms(&withheld.payload)) {
        rooms.entry(id).or_insert(room);
    }
    Ok(rooms)
}
