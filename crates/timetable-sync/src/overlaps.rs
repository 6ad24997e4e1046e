//! Periods and lessons that overlap: legal, and told when they are new.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Weekday;
use room_timetable::{AcademicYears, CycleWeek, PeriodId, TimeRange};

use crate::desired::Desired;

/// How many are told by name.
const TOLD: usize = 3;

/// What overlaps in the timetable that comes and did not in the one that goes.
pub(crate) fn warnings(before: &Desired, after: &Desired) -> Vec<String> {
    let new = |find: fn(&Desired) -> BTreeSet<String>| {
        let known = find(before);
        let mut found = find(after);
        found.retain(|overlap| !known.contains(overlap));
        found
    };
    [
        told(
            new(periods),
            "periods overlap",
            "lessons of each take their own times",
        ),
        told(
            new(lessons),
            "lessons of two published timetables overlap in one room",
            "the room is taken by both",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn told(overlaps: BTreeSet<String>, what: &str, so: &str) -> Option<String> {
    if overlaps.is_empty() {
        return None;
    }
    let more = match overlaps.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let named: Vec<String> = overlaps.into_iter().take(TOLD).collect();
    Some(format!("{what}, so {so}: {}{more}", named.join("; ")))
}

/// Pairs of periods of one day that overlap.
fn periods(desired: &Desired) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for week in &desired.cycle {
        for (_, mut periods) in days(week) {
            periods.sort_by_key(|(name, _, times)| (*times, *name));
            for (index, (name, _, times)) in periods.iter().enumerate() {
                for (other, _, later) in periods.iter().skip(index + 1) {
                    if later.start() >= times.end() {
                        break;
                    }
                    found.insert(format!("{name} ({times}) and {other} ({later})"));
                }
            }
        }
    }
    found
}

/// The periods of each weekday, by name and id; a weekday may occur twice in a week.
fn days(week: &CycleWeek) -> impl Iterator<Item = (Weekday, Vec<(&str, &PeriodId, TimeRange)>)> {
    let mut days: BTreeMap<u32, (Weekday, Vec<_>)> = BTreeMap::new();
    for day in &week.days {
        let number = day.weekday.num_days_from_monday();
        let (_, periods) = days.entry(number).or_insert((day.weekday, Vec::new()));
        periods.extend(
            day.periods
                .iter()
                .map(|period| (period.name.as_str(), &period.id, period.times)),
        );
    }
    days.into_values()
}

/// Lessons of two timetables that are in force together, in one room at one time.
fn lessons(desired: &Desired) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if desired.published.len() < 2 {
        return found;
    }
    let mut times: BTreeMap<&PeriodId, (usize, Weekday, TimeRange)> = BTreeMap::new();
    for (number, week) in desired.cycle.iter().enumerate() {
        for (weekday, periods) in days(week) {
            times.extend(
                periods
                    .into_iter()
                    .map(|(_, id, times)| (id, (number, weekday, times))),
            );
        }
    }
    let mut cells: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (number, timetable) in desired.published.iter().enumerate() {
        for lesson in &timetable.lessons {
            if let Some(&(week, weekday, times)) = times.get(&lesson.period) {
                let cell = (&lesson.room, week, weekday.num_days_from_monday());
                cells
                    .entry(cell)
                    .or_default()
                    .push((times, number, weekday, lesson));
            }
        }
    }
    for ((room, _, _), mut lessons) in cells {
        lessons.sort_by_key(|(times, number, _, lesson)| (*times, *number, &lesson.label));
        for (index, (times, number, weekday, lesson)) in lessons.iter().enumerate() {
            for (later, other_number, _, other) in lessons.iter().skip(index + 1) {
                if later.start() >= times.end() {
                    break;
                }
                let pair = (
                    desired.published.get(*number),
                    desired.published.get(*other_number),
                );
                let (Some(one), Some(two)) = pair else {
                    continue;
                };
                if number == other_number || !together(one.years, two.years) {
                    continue;
                }
                let room = desired
                    .rooms
                    .get(room.as_str())
                    .map_or(room.as_str(), |room| room.name.as_str());
                found.insert(format!(
                    "{} of {} ({times}) and {} of {} ({later}) in {room} on {weekday}",
                    lesson.label, one.name, other.label, two.name,
                ));
            }
        }
    }
    found
}

/// Whether there is a year in which both are in force.
fn together(one: AcademicYears, two: AcademicYears) -> bool {
    let before = |end: Option<i32>| end.and_then(|end| end.checked_sub(1));
    [None, one.start, two.start, before(one.end), before(two.end)]
        .into_iter()
        .any(|year| one.include(year) && two.include(year))
}
