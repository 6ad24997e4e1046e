//! Two things in one room at one time.

use crate::{
    cycle::Certainty,
    ids::{BookingId, RoomId},
    interval::Interval,
    occurrence::Occurrence,
    timetable::SchoolTimetable,
};

/// What clash detection needs to know of a booking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Booking {
    /// Which booking.
    pub id: BookingId,
    /// Its room.
    pub room: RoomId,
    /// When, school-local; it may span days.
    pub interval: Interval,
}

/// A booking in a room that something certainly occupies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash<'t> {
    /// Which booking.
    pub booking: BookingId,
    /// Everything that certainly stands there, by start; never empty.
    pub causes: Vec<Occurrence<'t>>,
}

impl SchoolTimetable {
    /// Whether a booking overlaps anything certain in its room. It costs less than to list all causes.
    pub fn any_clash(&self, booking: &Booking) -> bool {
        self.overlapping(&booking.room, booking.interval)
            .any(|occurrence| occurrence.certainty == Certainty::Certain)
    }

    /// The bookings that overlap a certain occurrence in their room, each with all of them, in the order given.
    ///
    /// Touching is no clash, and neither doubtful lessons nor unknown dates are causes.
    pub fn clashes<'b>(&self, bookings: impl IntoIterator<Item = &'b Booking>) -> Vec<Clash<'_>> {
        bookings
            .into_iter()
            .filter_map(|booking| {
                let causes: Vec<Occurrence<'_>> = self
                    .overlapping(&booking.room, booking.interval)
                    .filter(|occurrence| occurrence.certainty == Certainty::Certain)
                    .collect();
                (!causes.is_empty()).then(|| Clash {
                    booking: booking.id.clone(),
                    causes,
                })
            })
            .collect()
    }
}
