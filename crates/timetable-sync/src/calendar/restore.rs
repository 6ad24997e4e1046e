//! Puts bookings that are back into the calendars that dropped them.

use booking_store::Booking;
use icalendar::{Component, Event, EventStatus, Property};

use super::part::CalendarPart;

impl CalendarPart<'_> {
    /// For each restored booking an object with a confirmed event, one after the other. A booking is given as it was
    /// removed, with the name of its room.
    ///
    /// The method is `REQUEST`, by which an event of a known UID and a higher sequence takes the place of the cancelled
    /// one; the owner has accepted already, so nobody is asked. A request needs an organizer and somebody who is asked.
    /// Where either is missing the method is `PUBLISH`, which names none, and which calendars offer to take over.
    pub(crate) fn restored(&self, bookings: &[(&Booking, &str)]) -> String {
        let people = self.organizer().zip(self.attendee());
        let events = bookings.iter().map(|(booking, room_name)| {
            // Its next version is after the cancellation of this one, and before that of the next.
            let sequence = booking.version.max(1).saturating_mul(2);
            let event = self.event(booking, room_name, sequence);
            (confirm(event, people.as_ref()), booking.interval)
        });
        let method = match &people {
            Some(_) => "REQUEST",
            None => "PUBLISH",
        };
        self.stream(method, events)
    }
}

fn confirm(mut event: Event, people: Option<&(String, String)>) -> Event {
    event.append_property(EventStatus::Confirmed);
    if let Some((organizer, attendee)) = people {
        event.append_multi_property(Property::new("ORGANIZER", organizer));
        let mut owner = Property::new("ATTENDEE", attendee);
        owner
            .add_parameter("PARTSTAT", "ACCEPTED")
            .add_parameter("RSVP", "FALSE");
        event.append_multi_property(owner);
    }
    event
}
