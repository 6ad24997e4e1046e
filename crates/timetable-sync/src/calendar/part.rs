//! The calendar part of a message.

use booking_store::{Booking, SchoolId};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use icalendar::{Calendar, Component, Event, EventLike, Property};
use room_timetable::Interval;

use super::{
    ics::{booking_uid, place, put_zone},
    is_open,
};
use crate::{address::address, messages::one_line, words};

/// What the calendar part of one message to an owner is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CalendarPart<'r> {
    pub(crate) school: &'r SchoolId,
    pub(crate) zone: Tz,
    /// When the run started.
    pub(crate) stamp: DateTime<Utc>,
    /// The address that answers go to, where there is one.
    pub(crate) organizer: Option<&'r str>,
    /// The owner's address.
    pub(crate) attendee: &'r str,
}

impl CalendarPart<'_> {
    /// iCalendar objects (RFC 5545) with a method of RFC 5546, one after the other: one for each event, because all
    /// events of an object with a method are instances of one. The same run writes the same bytes.
    pub(super) fn stream(
        &self,
        method: &str,
        events: impl IntoIterator<Item = (Event, Interval)>,
    ) -> String {
        let objects = events
            .into_iter()
            .map(|(event, interval)| self.object(method, event, interval));
        objects.collect()
    }

    fn object(&self, method: &str, event: Event, interval: Interval) -> String {
        let mut object = Calendar::empty();
        for (name, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//timetable-sync//Messages//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", method),
        ] {
            object.append_property(Property::new(name, value));
        }
        object.push(event);
        let times = [interval.start(), interval.end()];
        let dates: Vec<NaiveDate> = times
            .iter()
            .filter(|time| !is_open(**time))
            .map(|time| time.date())
            .collect();
        put_zone(object.to_string(), self.zone, dates.first(), dates.last())
    }

    /// The event of a booking, under the UID that it has in a room's calendar file.
    pub(super) fn event(&self, booking: &Booking, room_name: &str, sequence: u64) -> Event {
        let sequence = u32::try_from(sequence).unwrap_or(u32::MAX);
        let mut event = Event::new()
            .uid(&booking_uid(self.school, &booking.id))
            .summary(&format!("Booking: {}", one_line(&words::name(booking))))
            .location(&one_line(room_name))
            // The largest that the format allows.
            .sequence(sequence.clamp(1, i32::MAX.unsigned_abs()))
            .timestamp(self.stamp)
            .done();
        let (start, end) = (booking.interval.start(), booking.interval.end());
        // A zone is described for the dates between, and beyond these years there is none to describe.
        if !is_open(start) && !is_open(end) {
            place(&mut event, self.zone, start, end);
        }
        event
    }

    /// The address of who sends it, where that can be answered.
    pub(super) fn organizer(&self) -> Option<String> {
        self.organizer.and_then(address).map(mailto)
    }

    /// The address of the owner, where it is one.
    pub(super) fn attendee(&self) -> Option<String> {
        address(self.attendee).map(mailto)
    }
}

fn mailto(address: &str) -> String {
    format!("mailto:{address}")
}
