//! What stands in a room now, for a removed booking that may come back to it.

use std::collections::BTreeMap;

use booking_store::{Booking, Matching, Room, SchoolState};
use room_timetable::{Cause, Certainty, RoomId, SchoolTimetable};

use crate::{
    current::CurrentTimetable, error::Error, matching::known, rooms::new_rooms, settings::Settings,
};

/// A school as the next sync of the same feed would judge it.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) state: SchoolState,
    current: CurrentTimetable,
}

/// The rooms and the bookings in them.
#[derive(Debug)]
pub(crate) struct Rooms<'s> {
    rooms: BTreeMap<&'s RoomId, &'s Room>,
    bookings: BTreeMap<&'s RoomId, Vec<&'s Booking>>,
}

impl Standing {
    pub(crate) fn of(mut state: SchoolState, settings: &Settings) -> Result<Self, Error> {
        if state.matching == Matching::Confirmed {
            // A room that the next sync links again has its lessons again.
            let (_, links) = new_rooms(&state, &known(&state)?);
            let there = |room: &RoomId| state.rooms.iter().any(|known| known.id == *room);
            let again: Vec<_> = links.into_iter().filter(|link| there(&link.room)).collect();
            state.room_links.extend(again);
        }
        let current = CurrentTimetable::with_settings(&state, settings)?;
        Ok(Self { state, current })
    }

    pub(crate) fn rooms(&self) -> Rooms<'_> {
        Rooms::of(&self.state.rooms, &self.state.bookings)
    }

    /// What certainly stands in the booking's room at its time; neither what is in doubt nor what is not known.
    pub(crate) fn causes(&self, booking: &Booking) -> Vec<Cause> {
        let days = booking.interval.dates();
        let occupied = days.flat_map(|date| self.current.day(&booking.room, date).occupied);
        occupied
            .filter(|(cause, certainty)| {
                *certainty == Certainty::Certain && cause.interval.overlaps(booking.interval)
            })
            .map(|(cause, _)| cause)
            .collect()
    }

    /// What is in effect, and what a held run withholds.
    pub(crate) fn timetables(&self) -> Vec<&SchoolTimetable> {
        self.current.timetables().collect()
    }
}

impl<'s> Rooms<'s> {
    pub(crate) fn of(rooms: &'s [Room], booked: &'s [Booking]) -> Self {
        let rooms = rooms.iter().map(|room| (&room.id, room)).collect();
        let mut bookings: BTreeMap<&RoomId, Vec<&Booking>> = BTreeMap::new();
        for booking in booked {
            bookings.entry(&booking.room).or_default().push(booking);
        }
        Self { rooms, bookings }
    }

    pub(crate) fn get(&self, room: &RoomId) -> Option<&'s Room> {
        self.rooms.get(room).copied()
    }

    /// The first booking that stands in the way of another. In a part-bookable room none does.
    pub(crate) fn in_the_way(&self, booking: &Booking) -> Option<&'s Booking> {
        if self
            .get(&booking.room)
            .is_none_or(|room| room.part_bookable)
        {
            return None;
        }
        let there = self.bookings.get(&booking.room).into_iter().flatten();
        there
            .copied()
            .filter(|other| other.interval.overlaps(booking.interval))
            .min_by_key(|other| (other.interval, &other.id))
    }

    /// Says that one more booking stands in its room.
    pub(crate) fn add(&mut self, booking: &'s Booking) {
        self.bookings
            .entry(&booking.room)
            .or_default()
            .push(booking);
    }
}
