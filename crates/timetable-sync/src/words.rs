//! The plain English of plans; messages say it in the same words.

use booking_store::Booking;
use chrono::NaiveDateTime;
use room_timetable::{Cause, CauseKind, Interval, Offer};

use crate::{
    messages::{self, one_line},
    removal::PlannedRemoval,
    restored_words,
};

/// Why a booking goes, as one sentence on one line, whatever people typed.
///
/// For example: Mon 12 Jan 2032 11:15-12:15, Lab 2: “Chemistry club” (A. Example) is removed, because Physics 10B/Ph1
/// meets there in Period 3 (11:20-12:10). Free then: Lab 4, Lab 5.
pub fn sentence(removal: &PlannedRemoval) -> String {
    worded(removal, "is removed")
}

/// Why a booking would go, were the plan released, as one sentence.
pub(crate) fn withheld(removal: &PlannedRemoval) -> String {
    worded(removal, "would be removed")
}

fn worded(removal: &PlannedRemoval, goes: &str) -> String {
    let booking = &removal.booking;
    let owner = restored_words::owner(booking);
    let absorbed = if removal.absorbed {
        " It is the owner's own lesson."
    } else {
        ""
    };
    let free = free(&removal.alternatives)
        .map(|rooms| format!(" Free then: {rooms}."))
        .unwrap_or_default();
    format!(
        "{}, {}: {}{owner} {goes}, because {}.{absorbed}{free}",
        span(booking.interval),
        one_line(&removal.room_name),
        title(removal),
        because(&removal.causes, booking.interval),
    )
}

/// A span of time: `Mon 12 Jan 2032 11:15-12:15`, or both dates where it goes over midnight.
pub fn span(interval: Interval) -> String {
    let (start, end) = (interval.start(), interval.end());
    if interval.dates().nth(1).is_none() {
        format!(
            "{} {}-{}",
            start.format("%a %-d %b %Y"),
            start.format("%H:%M"),
            end_time(end)
        )
    } else {
        format!(
            "{} to {}",
            start.format("%a %-d %b %Y %H:%M"),
            end.format("%a %-d %b %Y %H:%M")
        )
    }
}

/// `from 11:15 to 12:15`, or with both dates where it goes over midnight.
pub(crate) fn from_to(interval: Interval) -> String {
    let (start, end) = (interval.start(), interval.end());
    if interval.dates().nth(1).is_none() {
        format!("from {} to {}", start.format("%H:%M"), end_time(end))
    } else {
        let long = "%-d %b %Y %H:%M";
        format!("from {} to {}", start.format(long), end.format(long))
    }
}

/// `1 booking` or `5 bookings`.
pub fn bookings(count: usize) -> String {
    if count == 1 {
        "1 booking".to_owned()
    } else {
        format!("{count} bookings")
    }
}

/// The rooms that are free, `Lab 4 (fits 9 of 10 dates), Lab 5`; `None` where none is.
pub(crate) fn free(rooms: &[Offer]) -> Option<String> {
    let rooms: Vec<String> = rooms
        .iter()
        .map(|room| match room.series {
            Some(series) => format!("{} ({series})", one_line(&room.name)),
            None => one_line(&room.name),
        })
        .collect();
    // “Hall, Great” is one room.
    let separator = if rooms.iter().any(|room| room.contains(',')) {
        "; "
    } else {
        ", "
    };
    (!rooms.is_empty()).then(|| rooms.join(separator))
}

/// Its title in quotation marks, or else its id.
pub(crate) fn title(removal: &PlannedRemoval) -> String {
    restored_words::title(&removal.booking)
}

/// Its title, or else its id.
pub(crate) fn name(booking: &Booking) -> String {
    messages::line(&booking.title)
        .unwrap_or_else(|| format!("booking {}", one_line(booking.id.as_str())))
}

/// The causes, joined: `Physics 10B/Ph1 meets there in Period 3 (11:20-12:10)`. The days of one closure are one cause.
pub fn because(causes: &[Cause], booking: Interval) -> String {
    let one_day = booking.dates().nth(1).is_none();
    let when = |cause: &Cause| {
        let (start, end) = (cause.interval.start(), cause.interval.end());
        let date = if one_day {
            String::new()
        } else {
            format!("{} ", start.format("%a %-d %b"))
        };
        format!("{date}{}-{}", start.format("%H:%M"), end_time(end))
    };
    let days_of_one = |one: &Cause, next: &Cause| {
        one.kind == CauseKind::Closure
            && next.kind == CauseKind::Closure
            && one.label == next.label
            && one.source_ids == next.source_ids
    };
    let mut parts: Vec<String> = causes
        .chunk_by(days_of_one)
        .filter_map(|days| {
            let cause = days.first()?;
            let period = cause
                .period
                .as_ref()
                .map(|period| format!(" in {}", one_line(period)))
                .unwrap_or_default();
            let when: Vec<String> = days.iter().map(when).collect();
            let when = format!("({})", when.join(", "));
            let label = one_line(&cause.label);
            Some(match cause.kind {
                CauseKind::Closure => format!("the room is closed {when}: {label}"),
                CauseKind::Event => format!("{label} takes place there {when}"),
                _ => format!("{label} meets there{period} {when}"),
            })
        })
        .collect();
    match parts.pop() {
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} and {last}", parts.join(", ")),
        None => String::new(),
    }
}

/// An end at midnight reads 24:00.
fn end_time(end: NaiveDateTime) -> String {
    let text = end.format("%H:%M").to_string();
    if text == "00:00" {
        "24:00".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_a_name_does_not_part_it() {
        let offer = |name: &str| Offer {
            room: name.into(),
            name: name.to_owned(),
            series: None,
        };
        let rooms = ["Lab 4", "Lab 5", "Hall, Great"].map(offer);
        assert_eq!(free(&rooms[..0]), None);
        assert_eq!(free(&rooms[..2]).unwrap(), "Lab 4, Lab 5");
        assert_eq!(free(&rooms[1..]).unwrap(), "Lab 5; Hall, Great");
    }

    #[test]
    fn the_days_of_one_closure_are_one_reason() {
        let interval = |start: &str, end: &str| {
            Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
        };
        let closed = |start: &str, end: &str, id: &str| Cause {
            interval: interval(start, end),
            kind: CauseKind::Closure,
            group: String::new(),
            label: "Exams".to_owned(),
            period: None,
            teachers: Vec::new(),
            source_ids: vec![id.to_owned()],
        };
        let thursday = closed("2031-09-18T18:00:00", "2031-09-19T00:00:00", "601");
        let friday = closed("2031-09-19T00:00:00", "2031-09-19T09:00:00", "601");
        let other = closed("2031-09-19T00:00:00", "2031-09-19T09:00:00", "602");
        let booking = interval("2031-09-18T18:00:00", "2031-09-19T09:00:00");
        assert_eq!(
            because(&[thursday.clone(), friday], booking),
            "the room is closed (Thu 18 Sep 18:00-24:00, Fri 19 Sep 00:00-09:00): Exams"
        );
        assert_eq!(
            because(&[thursday, other], booking),
            "the room is closed (Thu 18 Sep 18:00-24:00): Exams and the room is closed (Fri 19 Sep 00:00-09:00): Exams"
        );
    }
}
