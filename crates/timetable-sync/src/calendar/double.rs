//! Double lessons: rows of the timetable that people know as one lesson.

use room_timetable::{CauseKind, Interval};

use super::{CalendarEntry, Occupant};

/// The entries of a day, by start, with each lesson that goes on in the next period as one.
///
/// It goes on where group, name, teachers and certainty are the same and there is no break between. Its periods are
/// those of its rows, and so are its source ids.
pub(super) fn joined(entries: Vec<CalendarEntry>) -> Vec<CalendarEntry> {
    let mut joined: Vec<CalendarEntry> = Vec::with_capacity(entries.len());
    for entry in entries {
        if !joined.iter_mut().any(|before| goes_on(before, &entry)) {
            joined.push(entry);
        }
    }
    joined.sort_by_key(|entry| entry.interval);
    joined
}

/// Whether `before` goes on as `entry`; it is then longer.
fn goes_on(before: &mut CalendarEntry, entry: &CalendarEntry) -> bool {
    let (
        Occupant::Timetable {
            cause, certainty, ..
        },
        Occupant::Timetable {
            cause: next,
            certainty: next_certainty,
            ..
        },
    ) = (&mut before.occupant, &entry.occupant)
    else {
        return false;
    };
    let same = cause.kind == CauseKind::Lesson
        && next.kind == CauseKind::Lesson
        && certainty == next_certainty
        && (&cause.group, &cause.label, &cause.teachers)
            == (&next.group, &next.label, &next.teachers);
    if !same || cause.interval.end() != next.interval.start() {
        return false;
    }
    let whole = Interval::new(cause.interval.start(), next.interval.end());
    let shown = Interval::new(before.interval.start(), entry.interval.end());
    let (Ok(whole), Ok(shown)) = (whole, shown) else {
        return false;
    };
    cause.interval = whole;
    before.interval = shown;
    cause.period = match (cause.period.take(), &next.period) {
        (Some(first), Some(next)) => Some(format!("{first}, {next}")),
        (first, next) => first.or_else(|| next.clone()),
    };
    cause.source_ids.extend_from_slice(&next.source_ids);
    cause.source_ids.sort();
    cause.source_ids.dedup();
    true
}
