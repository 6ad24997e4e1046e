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
use crate::{messages::one_line, words};

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
    /// An iCalendar file (RFC 5545) with a method of RFC 5546. The same run writes the same bytes.
    pub(super) fn file(
        &self,
        method: &str,
        events: impl IntoIterator<Item = (Event, Interval)>,
    ) -> String {
        let mut file = Calendar::empty();
        for (name, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//timetable-sync//Messages//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", method),
        ] {
            file.append_property(Property::new(name, value));
        }
        let mut dates: Vec<NaiveDate> = Vec::new();
        for (event, interval) in events {
            file.push(event);
            let times = [interval.start(), interval.end()];
            dates.extend(
                times
                    .iter()
                    .filter(|time| !is_open(**time))
                    .map(|time| time.date()),
            );
        }
        dates.sort();
        put_zone(file.to_string(), self.zone, dates.first(), dates.last())
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

/// The address of `rooms@school.example` or `Rooms <rooms@school.example>`, where there is one.
fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let bare = text
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
        .map_or(text, |(_, address)| address);
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>');
    (bare.contains('@') && bare.chars().all(plain)).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_with_and_without_a_name() {
        for (text, found) in [
            ("rooms@school.example", Some("rooms@school.example")),
            (
                " Rooms <rooms@school.example> ",
                Some("rooms@school.example"),
            ),
            ("rooms", None),
            ("a@school.example\r\nX-EVIL:yes", None),
            ("a b@school.example", None),
            ("", None),
        ] {
            assert_eq!(address(text), found, "{text:?}");
        }
    }
}
