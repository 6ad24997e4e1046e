//! A room's calendar as data, and as a page, a calendar file or JSON.

mod cancel;
mod double;
mod entry;
mod html;
mod ics;
mod json;
mod layout;
mod part;
mod restore;
mod zone;

use booking_store::{Room, SchoolState};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc, Weekday};
use chrono_tz::Tz;
use room_timetable::{Interval, RoomId, UnknownDay};

use crate::{
    current::CurrentTimetable,
    explanation::{SchoolReason, caveat},
};

pub use self::entry::{CalendarEntry, Occupant};
pub(crate) use self::part::CalendarPart;

/// What stands in one room in one week or several: lessons, closures, cover, events and bookings.
///
/// As JSON it has the members `room`, `name`, `week` (its first Monday), `weeks` (how many), `caveat` (in words) and
/// `days`; times are school-local, as [`local_time`](crate::local_time) writes them.
///
/// ```
/// use booking_store::{Origin, Room, SchoolState};
/// use timetable_sync::{CurrentTimetable, RoomCalendar};
///
/// let room = Room {
///     id: "LAB".into(),
///     name: "Laboratory".to_owned(),
///     category: "Science".to_owned(),
///     origin: Origin::Local,
///     part_bookable: false,
/// };
/// let state = SchoolState { rooms: vec![room], ..SchoolState::default() };
/// let timetable = CurrentTimetable::of(&state)?;
///
/// // 10 September 2031 is a Wednesday.
/// let date = chrono::NaiveDate::from_ymd_opt(2031, 9, 10).unwrap();
/// let calendar = RoomCalendar::new(&state, &timetable, &state.rooms[0], date, 2);
/// assert_eq!(calendar.days.len(), 14);
/// assert_eq!(calendar.days[0].date.to_string(), "2031-09-08");
/// assert!(calendar.html().contains("Week of 8 September 2031"));
/// # Ok::<(), timetable_sync::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomCalendar {
    /// The local id of the room.
    pub room: RoomId,
    /// The name of the room.
    pub name: String,
    /// Why lessons of the room may be missing: it has no match, or its room of iSAMS is gone.
    pub caveat: Option<SchoolReason>,
    /// Every day, from a Monday to a Sunday.
    pub days: Vec<CalendarDay>,
}

/// One day of a [`RoomCalendar`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDay {
    /// The date.
    pub date: NaiveDate,
    /// Whether it lies in a term.
    pub in_term: bool,
    /// Why the lessons of the date are not known, where they are not. What is not known is not free.
    pub unknown: Option<UnknownDay>,
    /// What stands in the room, by start. A double lesson is one entry.
    pub entries: Vec<CalendarEntry>,
}

impl RoomCalendar {
    /// So many weeks of a room, from the Monday of the week that holds `date`.
    ///
    /// `state` must hold the bookings since that Monday, and `timetable` be of the same state. At the end of the
    /// representable dates there are fewer days.
    pub fn new(
        state: &SchoolState,
        timetable: &CurrentTimetable,
        room: &Room,
        date: NaiveDate,
        weeks: usize,
    ) -> Self {
        let monday = date
            .week(Weekday::Mon)
            .checked_first_day()
            .unwrap_or(NaiveDate::MIN);
        let bookings: Vec<_> = state
            .bookings
            .iter()
            .filter(|booking| booking.room == room.id)
            .collect();
        let days = monday
            .iter_days()
            .take(weeks.saturating_mul(7))
            .map(|date| {
                let day = timetable.day(&room.id, date);
                let timetabled = day.occupied.into_iter().map(|(cause, certainty)| {
                    let teachers = cause
                        .teachers
                        .iter()
                        .map(|code| timetable.staff().name(code).unwrap_or(code).to_owned())
                        .collect();
                    Occupant::Timetable {
                        cause,
                        certainty,
                        teachers,
                    }
                });
                let booked = bookings
                    .iter()
                    .map(|booking| Occupant::Booking((*booking).clone()));
                let mut entries: Vec<CalendarEntry> = timetabled
                    .chain(booked)
                    .filter_map(|occupant| {
                        let interval = on(date, occupant.interval())?;
                        Some(CalendarEntry { interval, occupant })
                    })
                    .collect();
                entries.sort_by_key(|entry| entry.interval);
                CalendarDay {
                    date,
                    in_term: timetable.terms().iter().any(|term| term.contains(date)),
                    unknown: day.unknown,
                    entries: double::joined(entries),
                }
            })
            .collect();
        Self {
            room: room.id.clone(),
            name: room.name.clone(),
            caveat: caveat(state, timetable, &room.id),
            days,
        }
    }

    /// The weeks, each from its Monday.
    pub fn weeks(&self) -> impl Iterator<Item = &[CalendarDay]> {
        self.days.chunks(7)
    }

    /// Everything that stands in the room, by day; what goes over midnight is there once for each day.
    pub fn entries(&self) -> impl Iterator<Item = &CalendarEntry> {
        self.days.iter().flat_map(|day| &day.entries)
    }

    /// The calendar as a page: one file without script that needs nothing else, and prints on A4 landscape, a week a
    /// sheet.
    ///
    /// Lessons are yellow; whatever a colour says is there in words, too. The page is well-formed XML, so that it can be
    /// taken apart by any tool.
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// The calendar as an iCalendar file (RFC 5545), with an event for everything that stands in the room and for every
    /// day on which lessons are not known.
    ///
    /// Times are wall time in `zone`, which the file describes. The UID of what the timetable says depends on the
    /// school, the room, what it is and when it starts, and that of a booking on the school and the booking: so a file
    /// that is made again, also from a timetable that was published again with other ids, updates the events of an
    /// earlier one. `stamp` is when the calendar last changed; with the same stamp, the same calendar gives the same
    /// file.
    pub fn ics(&self, school: &booking_store::SchoolId, zone: Tz, stamp: DateTime<Utc>) -> String {
        ics::file(self, school, zone, stamp)
    }
}

impl CalendarDay {
    /// Whether a view of the week has to show it: a weekday, or a day on which something stands in the room.
    pub fn is_shown(&self) -> bool {
        let weekend = matches!(self.date.weekday(), Weekday::Sat | Weekday::Sun);
        !weekend || !self.entries.is_empty()
    }
}

/// Whether a start or an end is as good as none, such as the end of a closure without one. Beyond these years no zone's
/// clock changes are known, either.
fn is_open(time: NaiveDateTime) -> bool {
    !(1970..=2100).contains(&time.year())
}

/// The part of an interval that lies on a date.
fn on(date: NaiveDate, interval: Interval) -> Option<Interval> {
    let midnight = NaiveDateTime::MIN.time();
    let (from, to) = (date.and_time(midnight), date.succ_opt()?.and_time(midnight));
    Interval::new(interval.start().max(from), interval.end().min(to)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32, hour: u32) -> NaiveDateTime {
        let date = NaiveDate::from_ymd_opt(2031, 9, day).unwrap();
        date.and_hms_opt(hour, 0, 0).unwrap()
    }

    #[test]
    fn what_goes_over_midnight_stands_on_both_days() {
        let night = Interval::new(at(8, 22), at(9, 3)).unwrap();
        assert_eq!(
            on(at(8, 0).date(), night),
            Interval::new(at(8, 22), at(9, 0)).ok()
        );
        assert_eq!(
            on(at(9, 0).date(), night),
            Interval::new(at(9, 0), at(9, 3)).ok()
        );
        assert_eq!(on(at(10, 0).date(), night), None);
    }
}
