//! Periods that changed beside timeslots that the school keeps: what wants to be paired again, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{SchoolState, TimeslotLink};
use room_timetable::{CycleWeek, SlotEntry, Weekdays, compare_timeslots};

use crate::desired::{Desired, pairs, slots};

/// How many are told by name.
const TOLD: usize = 6;

/// What took effect with the periods that go, or was not there, and no longer does with those that come.
pub(crate) fn warnings(state: &SchoolState, before: &Desired, after: &Desired) -> Option<String> {
    if before.cycle.is_empty() || state.timeslots.is_empty() {
        return None;
    }
    let known = apart(state, &before.cycle);
    let changed: Vec<String> = apart(state, &after.cycle)
        .into_iter()
        .filter_map(|(text, days)| {
            let known = known.get(&text).copied().unwrap_or_default();
            let new: Weekdays = days.iter().filter(|day| !known.contains(*day)).collect();
            (!new.is_empty()).then(|| format!("{new} {text}"))
        })
        .collect();
    if changed.is_empty() {
        return None;
    }
    let more = match changed.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let named: Vec<String> = changed.into_iter().take(TOLD).collect();
    Some(format!(
        "the periods have changed; look at these again with `match list`, and pair them with `match set slot` where they \
         belong together: {}{more}",
        named.join("; ")
    ))
}

/// Timeslots that were paired with periods which the cycle does not have any more, each in a sentence.
pub(crate) fn lost_pairs(state: &SchoolState, cycle: &[CycleWeek]) -> Vec<String> {
    if cycle.is_empty() {
        return Vec::new();
    }
    let days = cycle.iter().flat_map(|week| &week.days);
    let periods: BTreeSet<&str> = days
        .flat_map(|day| &day.periods)
        .map(|period| period.id.as_str())
        .collect();
    let lost = |link: &&TimeslotLink| !periods.contains(link.period.as_str());
    let mut by_slot: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for link in state.timeslot_links.iter().filter(lost) {
        let periods = by_slot.entry(link.timeslot.as_str()).or_default();
        periods.push(link.period.as_str());
    }
    let sentences = by_slot.into_iter().map(|(slot, periods)| {
        let what = match periods.as_slice() {
            [one] => format!("the iSAMS period {one}, which is"),
            several => format!("the iSAMS periods {}, which are", several.join(", ")),
        };
        format!(
            "the timeslot {slot} was paired with {what} gone; pair it again with `match set slot {slot}`, or take it back \
             with `match clear slot {slot}`"
        )
    });
    sentences.collect()
}

/// What does not take effect together, in words without the day, with its days.
fn apart(state: &SchoolState, cycle: &[CycleWeek]) -> BTreeMap<String, Weekdays> {
    let pairs = pairs(&state.timeslot_links);
    let compared = compare_timeslots(cycle, &slots(&state.timeslots), &pairs);
    let mut apart: BTreeMap<String, Weekdays> = BTreeMap::new();
    for entry in compared.entries {
        if entry.relation.takes_effect() {
            continue;
        }
        let days = apart.entry(without_day(&entry)).or_default();
        days.insert(entry.weekday);
    }
    apart
}

fn without_day(entry: &SlotEntry) -> String {
    let text = entry.to_string();
    let day = format!("{} ", entry.weekday);
    text.strip_prefix(&day).unwrap_or(&text).to_owned()
}
