//! The calendar part of a message: takes removed bookings out of calendars that have them.

use booking_store::SchoolId;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use super::{
    ics::{booking_uid, place, put_zone},
    is_open,
};
use crate::{messages::one_line, removal::PlannedRemoval, words};

/// What the calendar part of one message is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cancelled<'r> {
    pub(crate) school: &'r SchoolId,
    pub(crate) zone: Tz,
    /// When the run started.
    pub(crate) stamp: DateTime<Utc>,
    /// The address that answers go to, where there is one.
    pub(crate) organizer: Option<&'r str>,
    /// The owner's address.
    pub(crate) attendee: &'r str,
}

impl Cancelled<'_> {
    /// An iCalendar file (RFC 5545) with the method `CANCEL` (RFC 5546) and an event for each removed booking.
    ///
    /// An event has the UID that the booking has in a room's calendar file, and the booking's version as its sequence,
    /// which is above that of the calendar file, 0. The same run writes the same bytes.
    pub(crate) fn file(&self, removals: &[&PlannedRemoval]) -> String {
        let mut file = Calendar::empty();
        for (name, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//timetable-sync//Messages//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", "CANCEL"),
        ] {
            file.append_property(Property::new(name, value));
        }
        let mut dates: Vec<NaiveDate> = Vec::new();
        for removal in removals {
            file.push(self.event(removal));
            let interval = removal.booking.interval;
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

    fn event(&self, removal: &PlannedRemoval) -> Event {
        let booking = &removal.booking;
        let sequence = u32::try_from(booking.version).unwrap_or(u32::MAX);
        let mut event = Event::new()
            .uid(&booking_uid(self.school, &booking.id))
            .summary(&format!("Booking: {}", one_line(&title(removal))))
            .location(&one_line(&removal.room_name))
            .description(&one_line(&format!(
                "Removed, because {}.",
                words::because(&removal.causes, booking.interval)
            )))
            .status(EventStatus::Cancelled)
            // The largest that the format allows.
            .sequence(sequence.clamp(1, i32::MAX.unsigned_abs()))
            .timestamp(self.stamp)
            .done();
        let (start, end) = (booking.interval.start(), booking.interval.end());
        // A zone is described for the dates between, and beyond these years there is none to describe.
        if !is_open(start) && !is_open(end) {
            place(&mut event, self.zone, start, end);
        }
        // Only somebody who can be answered cancels, and only then is somebody told.
        if let Some(organizer) = self.organizer.and_then(address) {
            let attendee = address(self.attendee).map(|attendee| ("ATTENDEE", attendee));
            for (name, address) in [("ORGANIZER", organizer)].into_iter().chain(attendee) {
                event.append_multi_property(Property::new(name, format!("mailto:{address}")));
            }
        }
        event
    }
}

fn title(removal: &PlannedRemoval) -> String {
    let title = removal.booking.title.as_deref().map(str::trim);
    match title.filter(|title| !title.is_empty()) {
        Some(title) => title.to_owned(),
        None => format!("booking {}", removal.booking.id),
    }
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
