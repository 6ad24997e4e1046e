//! Takes removed bookings out of calendars that have them.

use icalendar::{Component, Event, EventStatus, Property};

use super::part::CalendarPart;
use crate::{messages::one_line, removal::PlannedRemoval, words};

impl CalendarPart<'_> {
    /// For each removed booking an object with the method `CANCEL`, one after the other.
    ///
    /// The sequence of an event grows with the booking's version, and is above that of the room's calendar file, 0. What
    /// [`restored`](Self::restored) says of the next version comes between that and the next cancellation.
    pub(crate) fn cancelled(&self, removals: &[&PlannedRemoval]) -> String {
        let events = removals.iter().map(|removal| {
            let booking = &removal.booking;
            let sequence = booking.version.saturating_mul(2).saturating_sub(1);
            let event = self.event(booking, &removal.room_name, sequence);
            (self.cancel(event, removal), booking.interval)
        });
        self.stream("CANCEL", events)
    }

    fn cancel(&self, mut event: Event, removal: &PlannedRemoval) -> Event {
        event
            .description(&one_line(&format!(
                "Removed, because {}.",
                words::because(&removal.causes, removal.booking.interval)
            )))
            .append_property(EventStatus::Cancelled);
        // Only somebody who can be answered cancels, and only then is somebody told.
        if let Some(organizer) = self.organizer() {
            let attendee = self.attendee().map(|attendee| ("ATTENDEE", attendee));
            for (name, address) in [("ORGANIZER", organizer)].into_iter().chain(attendee) {
                event.append_multi_property(Property::new(name, address));
            }
        }
        event
    }
}
