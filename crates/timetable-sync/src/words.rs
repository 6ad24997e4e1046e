//! The plain English of plans and messages.

use chrono::NaiveDateTime;
use room_timetable::{Cause, CauseKind, Interval, Offer};

use crate::removal::{PlannedRemoval, given};

/// Why a booking goes, as one sentence.
///
/// For example: Mon 12 Jan 2032 11:15-12:15, Lab 2: “Chemistry club” (A. Example) is removed, because Physics 10B/Ph1
/// meets there in Period 3 (11:20-12:10). Free then: Lab 4, Lab 5.
pub fn sentence(removal: &PlannedRemoval) -> String {
    let booking = &removal.booking;
    let owner = given(&booking.owner_name).or_else(|| given(&booking.owner_email));
    let owner = owner.map(|owner| format!(" ({owner})")).unwrap_or_default();
    let absorbed = if removal.absorbed {
        " It is the owner's own lesson."
    } else {
        ""
    };
    let free = free(&removal.alternatives)
        .map(|rooms| format!(" Free then: {rooms}."))
        .unwrap_or_default();
    format!(
        "{}, {}: {}{owner} is removed, because {}.{absorbed}{free}",
        span(booking.interval),
        removal.room_name,
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

/// `1 booking` or `5 bookings`.
pub fn bookings(count: usize) -> String {
    if count == 1 {
        "1 booking".to_owned()
    } else {
        format!("{count} bookings")
    }
}

pub(crate) fn subject(removals: &[&PlannedRemoval]) -> String {
    let lost = removals.iter().filter(|removal| !removal.absorbed).count();
    match lost {
        0 => "Your room bookings are now in the timetable".to_owned(),
        1 => "One of your room bookings was removed: the timetable needs the room".to_owned(),
        _ => format!("{lost} of your room bookings were removed: the timetable needs the rooms"),
    }
}

pub(crate) fn letter(name: Option<&str>, removals: &[&PlannedRemoval]) -> String {
    let mut text = name.map_or_else(
        || "Hello,\n\n".to_owned(),
        |name| format!("Dear {name},\n\n"),
    );
    let (absorbed, lost): (Vec<&PlannedRemoval>, Vec<&PlannedRemoval>) = removals
        .iter()
        .copied()
        .partition(|removal| removal.absorbed);
    if !lost.is_empty() {
        text.push_str(
            "The school's timetable now needs a room that you had booked, so we had to remove:\n\n",
        );
        lost.iter()
            .for_each(|removal| text.push_str(&item(removal)));
    }
    if !absorbed.is_empty() {
        text.push_str("The timetable now holds lessons of yours where you had booked the room for them. You keep the room; only the booking is no longer needed:\n\n");
        absorbed
            .iter()
            .for_each(|removal| text.push_str(&item(removal)));
    }
    text.push_str("All your other bookings stay as they are. If something looks wrong, please reply to this message or ask the school office.\n");
    text
}

pub(crate) fn digest(removals: &[&PlannedRemoval]) -> String {
    let mut text = "These bookings were removed, and their owners have no e-mail address. Please let them know:\n\n".to_owned();
    removals.iter().for_each(|removal| {
        text.push_str("- ");
        text.push_str(&sentence(removal));
        text.push('\n');
    });
    text
}

fn item(removal: &PlannedRemoval) -> String {
    let interval = removal.booking.interval;
    let free = free(&removal.alternatives)
        .map(|rooms| format!("  Free at that time: {rooms}.\n"))
        .unwrap_or_default();
    format!(
        "- {}, {}: {}\n  Reason: {}.\n{free}\n",
        span(interval),
        removal.room_name,
        title(removal),
        because(&removal.causes, interval)
    )
}

/// The rooms that are free, `Lab 4 (fits 9 of 10 dates), Lab 5`; `None` where none is.
fn free(rooms: &[Offer]) -> Option<String> {
    let rooms: Vec<String> = rooms
        .iter()
        .map(|room| match room.series {
            Some(series) => format!("{} ({series})", room.name),
            None => room.name.clone(),
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

fn title(removal: &PlannedRemoval) -> String {
    given(&removal.booking.title).map_or_else(
        || format!("booking {}", removal.booking.id),
        |title| format!("\u{201c}{title}\u{201d}"),
    )
}

/// The causes, joined: `Physics 10B/Ph1 meets there in Period 3 (11:20-12:10)`.
pub fn because(causes: &[Cause], booking: Interval) -> String {
    let one_day = booking.dates().nth(1).is_none();
    let mut parts: Vec<String> = causes
        .iter()
        .map(|cause| {
            let period = cause
                .period
                .as_ref()
                .map(|period| format!(" in {period}"))
                .unwrap_or_default();
            let (start, end) = (cause.interval.start(), cause.interval.end());
            let date = if one_day {
                String::new()
            } else {
                format!("{} ", start.format("%a %-d %b"))
            };
            let when = format!("({date}{}-{})", start.format("%H:%M"), end_time(end));
            match cause.kind {
                CauseKind::Closure => format!("the room is closed {when}: {}", cause.label),
                CauseKind::Event => format!("{} takes place there {when}", cause.label),
                _ => format!("{} meets there{period} {when}", cause.label),
            }
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
}
