//! The questions answered the plain way: every date of each is looked up as a [day](SchoolTimetable::day).
//!
//! Nothing here knows the pattern's layout, so tests hold its answers against these.

use crate::{
    clash::{Booking, Clash},
    cycle::Certainty,
    dates::DateSpan,
    ids::RoomId,
    interval::Interval,
    occurrence::Occurrence,
    overlay,
    timetable::{RoomState, SchoolTimetable},
};

/// See [`SchoolTimetable::overlapping`].
pub fn overlapping<'t>(
    timetable: &'t SchoolTimetable,
    room: &RoomId,
    interval: Interval,
) -> impl Iterator<Item = Occurrence<'t>> {
    interval
        .dates()
        .flat_map(move |date| timetable.day(room, date).occurrences)
        .filter(move |occurrence| occurrence.interval.overlaps(interval))
}

/// See [`SchoolTimetable::any_clash`].
pub fn any_clash(timetable: &SchoolTimetable, booking: &Booking) -> bool {
    overlapping(timetable, &booking.room, booking.interval)
        .any(|occurrence| occurrence.certainty == Certainty::Certain)
}

/// See [`SchoolTimetable::clashes`].
pub fn clashes<'t, 'b>(
    timetable: &'t SchoolTimetable,
    bookings: impl IntoIterator<Item = &'b Booking>,
) -> Vec<Clash<'t>> {
    let mut clashes = Vec::new();
    for booking in bookings {
        let mut causes: Vec<Occurrence<'t>> =
            overlapping(timetable, &booking.room, booking.interval).collect();
        causes.retain(|occurrence| occurrence.certainty == Certainty::Certain);
        if !causes.is_empty() {
            clashes.push(Clash {
                booking: booking.id.clone(),
                causes,
            });
        }
    }
    clashes
}

/// See [`SchoolTimetable::free_rooms`].
pub fn free_rooms<'r>(
    timetable: &SchoolTimetable,
    interval: Interval,
    rooms: impl IntoIterator<Item = &'r RoomId>,
) -> Vec<&'r RoomId> {
    rooms
        .into_iter()
        .filter(|room| state(timetable, room, interval) == RoomState::Free)
        .collect()
}

/// See [`SchoolTimetable::state`].
pub fn state(timetable: &SchoolTimetable, room: &RoomId, interval: Interval) -> RoomState {
    let mut state = RoomState::Free;
    for date in interval.dates() {
        let day = timetable.day(room, date);
        let overlapping = day
            .occurrences
            .iter()
            .filter(|occurrence| occurrence.interval.overlaps(interval));
        match overlapping.map(|occurrence| occurrence.certainty).min() {
            Some(Certainty::Certain) => return RoomState::Occupied,
            Some(Certainty::Doubtful) => state = RoomState::Doubtful,
            None if day.unknown.is_some() && state == RoomState::Free => {
                let asked = overlay::on(date, DateSpan::day(date), None)
                    .and_then(|whole| whole.shared(interval));
                let dark = asked
                    .is_some_and(|asked| !asked.without(day.excepted.iter().copied()).is_empty());
                if dark {
                    state = RoomState::Unknown;
                }
            }
            None => {}
        }
    }
    state
}
