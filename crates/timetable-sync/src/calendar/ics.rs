//! The calendar as an iCalendar file.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::SchoolId;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};
use room_timetable::{BookingId, CauseKind, Interval};
use sha2::{Digest, Sha256};

use super::{CalendarDay, CalendarEntry, Occupant, RoomCalendar, is_open, zone::vtimezone};

/// What comes after the hash in a UID, so that it is nobody else's.
const UID_DOMAIN: &str = "timetable-sync";
/// How many bytes of the hash are in a UID.
const UID_BYTES: usize = 16;
pub(super) fn file(
    calendar: &RoomCalendar,
    school: &SchoolId,
    zone: Tz,
    stamp: DateTime<Utc>,
) -> String {
    let mut file = Calendar::empty();
    // The crate's own `name` adds a NAME as well, and does not escape it.
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//timetable-sync//Room calendar//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("X-WR-CALNAME", &text(&calendar.name)),
        ("X-WR-TIMEZONE", zone.name()),
    ] {
        file.append_property(Property::new(name, value));
    }
    let mut uids = Uids::new(school, calendar);
    let mut dates: BTreeSet<NaiveDate> = calendar.days.iter().map(|day| day.date).collect();
    let shown = shown(calendar);
    for (index, day) in calendar.days.iter().enumerate() {
        if let Some(mut event) = unknown(day, &mut uids) {
            file.push(event.timestamp(stamp).done());
        }
        for entry in &day.entries {
            let whole = entry.occupant.interval();
            // What goes over midnight is one event, on the first of its days.
            if whole.start().date() < day.date && index > 0 {
                continue;
            }
            let (start, end) = times(whole, shown);
            dates.extend([start.date(), end.date()]);
            let mut event = self::event(calendar, entry, &mut uids);
            place(&mut event, zone, start, end);
            file.push(event.timestamp(stamp).done());
        }
    }
    put_zone(file.to_string(), zone, dates.first(), dates.last())
}

/// Describes the zone in a file that has events on these dates. The crate has no component for it.
pub(super) fn put_zone(
    mut file: String,
    zone: Tz,
    first: Option<&NaiveDate>,
    last: Option<&NaiveDate>,
) -> String {
    if let (Some(first), Some(last)) = (first, last) {
        // It stands before what refers to it.
        let events = file.find("\r\nBEGIN:VEVENT\r\n");
        if let Some(line_end) = events.or_else(|| file.rfind("\r\nEND:VCALENDAR\r\n")) {
            file.insert_str(line_end + "\r\n".len(), &vtimezone(zone, *first, *last));
        }
    }
    file
}

/// From the first midnight of the calendar to its last.
fn shown(calendar: &RoomCalendar) -> (NaiveDateTime, NaiveDateTime) {
    let midnight = |day: Option<&CalendarDay>| day.map(|day| day.date.and_time(NaiveTime::MIN));
    let first = midnight(calendar.days.first()).unwrap_or_default();
    let last = midnight(calendar.days.last()).unwrap_or_default();
    (first, last.checked_add_days(Days::new(1)).unwrap_or(last))
}

/// All of the time; a side that is as good as open, such as the end of a closure without one, is that of the calendar.
fn times(whole: Interval, shown: (NaiveDateTime, NaiveDateTime)) -> (NaiveDateTime, NaiveDateTime) {
    let (start, end) = (whole.start(), whole.end());
    (
        if is_open(start) { shown.0 } else { start },
        if is_open(end) { shown.1 } else { end },
    )
}

/// Whole days are dates, which no zone moves; all else is wall time.
pub(super) fn place(event: &mut Event, zone: Tz, start: NaiveDateTime, end: NaiveDateTime) {
    if start.time() == NaiveTime::MIN && end.time() == NaiveTime::MIN {
        event.starts(start.date()).ends(end.date());
    } else {
        event.starts((start, zone)).ends((end, zone));
    }
}

fn event(calendar: &RoomCalendar, entry: &CalendarEntry, uids: &mut Uids) -> Event {
    let occupant = &entry.occupant;
    let title = occupant.title();
    let summary = match occupant {
        Occupant::Timetable { cause, .. } if cause.kind == CauseKind::Closure => {
            format!("Closed: {title}")
        }
        Occupant::Timetable { cause, .. } if cause.kind == CauseKind::Cover => {
            format!("Cover: {title}")
        }
        Occupant::Timetable { .. } => title,
        Occupant::Booking(_) => format!("Booking: {title}"),
    };
    let mut lines = vec![occupant.heading()];
    lines.extend(occupant.period().map(str::to_owned));
    lines.extend(occupant.people());
    let (mark, status) = if occupant.is_doubtful() {
        lines.push("Doubtful: may not take place".to_owned());
        ("? ", EventStatus::Tentative)
    } else {
        ("", EventStatus::Confirmed)
    };
    let lines: Vec<String> = lines.iter().map(|line| text(line)).collect();
    Event::new()
        .uid(&uids.of(occupant))
        .summary(&format!("{mark}{}", text(&summary)))
        .location(&text(&calendar.name))
        .description(&lines.join("\n"))
        .categories([occupant.kind()])
        .status(status)
        .done()
}

/// A day whose lessons are not known must not look free.
fn unknown(day: &CalendarDay, uids: &mut Uids) -> Option<Event> {
    let why = day.unknown?;
    let tomorrow = day.date.succ_opt()?;
    let event = Event::new()
        .uid(&uids.of_unknown(day.date))
        .summary("? Lessons not known")
        .description(&format!("The lessons are not known, because {why}."))
        .categories(["unknown"])
        .status(EventStatus::Tentative)
        .add_property("TRANSP", "TRANSPARENT")
        .starts(day.date)
        .ends(tomorrow)
        .done();
    Some(event)
}

/// Makes the UIDs of a calendar's events.
struct Uids {
    school: SchoolId,
    room: String,
    /// How often the same thing starts at the same time, as it can where periods of two divisions start together.
    again: BTreeMap<String, u32>,
}

impl Uids {
    fn new(school: &SchoolId, calendar: &RoomCalendar) -> Self {
        Self {
            school: school.clone(),
            room: calendar.room.to_string(),
            again: BTreeMap::new(),
        }
    }

    fn of(&mut self, occupant: &Occupant) -> String {
        match occupant {
            Occupant::Booking(booking) => booking_uid(&self.school, &booking.id),
            Occupant::Timetable { cause, .. } => {
                let start = cause.interval.start().to_string();
                let parts = [
                    self.school.as_str(),
                    &self.room,
                    cause.kind.name(),
                    &cause.group,
                    &start,
                ];
                let first = uid(&parts);
                let again = self.again.entry(first.clone()).or_default();
                *again += 1;
                if *again == 1 {
                    first
                } else {
                    uid(&[&first, &again.to_string()])
                }
            }
        }
    }

    fn of_unknown(&self, date: NaiveDate) -> String {
        uid(&[
            self.school.as_str(),
            &self.room,
            "unknown",
            &date.to_string(),
        ])
    }
}

/// A booking's own id is what it is, wherever and to whatever time it is moved.
pub(super) fn booking_uid(school: &SchoolId, booking: &BookingId) -> String {
    uid(&[school.as_str(), "booking", booking.as_str()])
}

fn uid(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With the lengths no part can be taken for another.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let hex: String = hash
        .finalize()
        .iter()
        .take(UID_BYTES)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{hex}@{UID_DOMAIN}")
}

/// A text on one line, without what the format cannot hold.
fn text(text: &str) -> String {
    text.replace(char::is_control, " ")
}
