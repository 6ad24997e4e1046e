//! Which bookings the timetable now clashes with.

use std::collections::{HashMap, HashSet};

use booking_store::{Booking, RoomLink, SchoolState};
use chrono::NaiveDateTime;
use room_timetable::{Cause, CauseKind, Certainty, Interval, Offer, RoomId, SchoolTimetable};

use crate::{address::address, staff::Staff};

/// A booking that has to go, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRemoval {
    /// The booking as it was read.
    pub booking: Booking,
    /// The name of its room.
    pub room_name: String,
    /// Every certain occupation that it overlaps, by start; never empty.
    pub causes: Vec<Cause>,
    /// The owner teaches every lesson that takes its place, so nothing is lost.
    pub absorbed: bool,
    /// Rooms of the same category that are free and known for the whole time, best first. No room is offered to two
    /// bookings for overlapping times.
    pub alternatives: Vec<Offer>,
}

/// Who is hit by removals: an e-mail address with case ignored, else a name, else the one booking. A text that is no
/// address, such as `n/a`, names nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person {
    /// Lower-case address.
    Email(String),
    /// Name as given.
    Name(String),
    /// Nobody is named.
    Booking(String),
}

impl Person {
    /// The owner of a booking.
    pub fn of(booking: &Booking) -> Self {
        Self::named(
            &booking.owner_email,
            &booking.owner_name,
            booking.id.as_str(),
        )
    }

    /// The owner with this address and name, of the booking with this id.
    pub(crate) fn named(email: &Option<String>, name: &Option<String>, booking: &str) -> Self {
        if let Some(email) = email.as_deref().and_then(address) {
            return Self::Email(email.to_lowercase());
        }
        match given(name) {
            Some(name) => Self::Name(name),
            None => Self::Booking(booking.to_owned()),
        }
    }
}

/// A text that says something, trimmed.
pub(crate) fn given(text: &Option<String>) -> Option<String> {
    text.as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// The future bookings in rooms that are linked, part-bookable ones included.
pub(crate) fn future_bookings<'s>(
    state: &'s SchoolState,
    links: &'s [RoomLink],
    after: NaiveDateTime,
) -> impl Iterator<Item = &'s Booking> {
    let linked: HashSet<&RoomId> = links.iter().map(|link| &link.room).collect();
    let future = state.bookings.iter();
    future.filter(move |booking| booking.interval.start() > after && linked.contains(&booking.room))
}

/// The bookings that start after `after` and overlap a certain occupation of their linked room, by start, room and id.
///
/// Rooms that the host marks part-bookable have no clashes, and bookings that have begun stay. No alternatives are
/// looked for yet.
pub(crate) fn removals(
    state: &SchoolState,
    links: &[RoomLink],
    timetable: &SchoolTimetable,
    staff: &Staff,
    after: NaiveDateTime,
) -> Vec<PlannedRemoval> {
    let rooms: HashMap<&RoomId, &booking_store::Room> =
        state.rooms.iter().map(|room| (&room.id, room)).collect();
    let part_bookable = |room: &RoomId| rooms.get(room).is_some_and(|room| room.part_bookable);
    let mut removals: Vec<PlannedRemoval> = future_bookings(state, links, after)
        .filter_map(|booking| {
            let standing = timetable.overlapping(&booking.room, booking.interval);
            let causes: Vec<Cause> = standing
                .filter(|occurrence| occurrence.certainty == Certainty::Certain)
                .map(|occurrence| occurrence.to_cause())
                .collect();
            if causes.is_empty() || part_bookable(&booking.room) {
                return None;
            }
            let room_name = rooms
                .get(&booking.room)
                .map_or_else(|| booking.room.to_string(), |room| room.name.clone());
            let absorbed = absorbed(booking, &causes, staff);
            Some(PlannedRemoval {
                booking: booking.clone(),
                room_name,
                causes,
                absorbed,
                alternatives: Vec::new(),
            })
        })
        .collect();
    removals.sort_by(|a, b| {
        let (a, b) = (&a.booking, &b.booking);
        a.interval
            .cmp(&b.interval)
            .then_with(|| a.room.cmp(&b.room))
            .then_with(|| a.id.cmp(&b.id))
    });
    removals
}

/// Whether the booking's owner teaches every lesson that takes its place, and these cover all of it.
fn absorbed(booking: &Booking, causes: &[Cause], staff: &Staff) -> bool {
    let Some(owner) = booking
        .owner_email
        .as_deref()
        .and_then(address)
        .and_then(|email| staff.with_email(email))
    else {
        return false;
    };
    let taught = causes.iter().all(|cause| {
        cause.kind == CauseKind::Lesson && cause.teachers.iter().any(|teacher| teacher == owner)
    });
    taught
        && Interval::union(causes.iter().map(|cause| cause.interval))
            .iter()
            .any(|lessons| lessons.contains(booking.interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_hit_is_known_by_an_address_that_is_one() {
        let some = |text: &str| Some(text.to_owned());
        let named = |email: &str, name: Option<String>| Person::named(&some(email), &name, "b1");
        assert_eq!(
            named("Ann <Ann@school.example>", None),
            Person::Email("ann@school.example".to_owned())
        );
        assert_eq!(named("n/a", some(" Ann ")), Person::Name("Ann".to_owned()));
        assert_ne!(named("n/a", some("Ann")), named("n/a", some("Bo")));
        assert_eq!(
            named("a@x.example, b@x.example", None),
            Person::Booking("b1".to_owned())
        );
    }
}
