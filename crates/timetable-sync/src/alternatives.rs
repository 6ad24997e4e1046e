//! Rooms that are free for the bookings that have to go.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{RoomLink, SchoolState};
use room_timetable::{
    Booking, BookingId, Displaced, OFFERS, RoomId, RoomInfo, SchoolTimetable, relocate,
};

use crate::{
    desired::{Desired, SourceRoom},
    removal::{PlannedRemoval, given},
};

/// What it takes to know which rooms are free.
pub(crate) struct FreeRooms<'a> {
    pub(crate) state: &'a SchoolState,
    pub(crate) links: &'a [RoomLink],
    /// The timetable that the bookings have to go for.
    pub(crate) timetable: &'a SchoolTimetable,
    /// The source's rooms.
    pub(crate) desired: &'a Desired,
    /// Rooms have yet to be matched.
    pub(crate) waiting: bool,
}

impl FreeRooms<'_> {
    /// Says of each removal which rooms are free instead. One whose owner teaches what takes its place is offered none:
    /// the owner keeps the room.
    pub(crate) fn offer(&self, removals: &mut [PlannedRemoval]) {
        let lost: Vec<Displaced> = removals
            .iter()
            .filter(|removal| !removal.absorbed)
            .map(|removal| Displaced {
                id: removal.booking.id.clone(),
                room: removal.booking.room.clone(),
                interval: removal.booking.interval,
                series: given(&removal.booking.series),
            })
            .collect();
        if lost.is_empty() {
            return;
        }
        let gone: BTreeSet<&BookingId> =
            removals.iter().map(|removal| &removal.booking.id).collect();
        let kept: Vec<Booking> = self
            .state
            .bookings
            .iter()
            .filter(|booking| !gone.contains(&booking.id))
            .map(|booking| Booking {
                id: booking.id.clone(),
                room: booking.room.clone(),
                interval: booking.interval,
            })
            .collect();
        let mut offers = relocate(&lost, &self.rooms(), &kept, OFFERS, |room, interval| {
            self.timetable.state(room, interval)
        });
        for removal in removals {
            removal.alternatives = offers.remove(&removal.booking.id).unwrap_or_default();
        }
    }

    fn rooms(&self) -> Vec<RoomInfo> {
        let sources: BTreeMap<&RoomId, Option<&SourceRoom>> = self
            .links
            .iter()
            .map(|link| (&link.room, self.desired.rooms.get(&link.source)))
            .collect();
        self.state
            .rooms
            .iter()
            .map(|room| {
                let source = sources.get(&room.id);
                // Without a match a room has no lessons, but only once matches are confirmed is that a person's word.
                // One whose source room is no longer listed may be taught in under another id.
                let lessons_known = match source {
                    Some(source) => source.is_some(),
                    None => !self.waiting,
                };
                RoomInfo {
                    id: room.id.clone(),
                    name: room.name.clone(),
                    category: room.category.clone(),
                    building: source
                        .copied()
                        .flatten()
                        .and_then(|source| source.building.clone()),
                    bookable: room.bookable() && !room.part_bookable && lessons_known,
                }
            })
            .collect()
    }
}
