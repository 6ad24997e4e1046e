//! Timeslots of a school that takes them from its periods.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{Origin, Timeslot, TimeslotChange};
use chrono::Weekday;
use room_timetable::{TimeRange, TimeslotId, Weekdays};

use crate::{desired::Desired, diff::Counts, free_id::free_id};

/// What becomes of the timeslots.
#[derive(Clone, Debug, Default)]
pub(crate) struct SlotChanges {
    pub(crate) counts: Counts,
    pub(crate) changes: Vec<TimeslotChange>,
}

/// The periods that share one start and end time.
#[derive(Clone, Debug, Default)]
struct Periods {
    /// The name of the first one.
    name: String,
    days: Weekdays,
    /// By which a period whose times move is known again.
    known_by: BTreeSet<(u32, String)>,
}

/// One timeslot for every start and end time of the periods. A slot keeps its id and name when its periods' times move,
/// and one that an administrator renamed is never removed.
pub(crate) fn changes(slots: &[Timeslot], before: &Desired, after: &Desired) -> SlotChanges {
    let (old, new) = (by_times(before), by_times(after));
    let mut out = SlotChanges::default();
    let (ours, local): (Vec<&Timeslot>, Vec<&Timeslot>) =
        slots.iter().partition(|slot| slot.origin == Origin::Sync);
    let mut wanted: BTreeMap<TimeRange, &Periods> = new
        .iter()
        .map(|(times, periods)| (*times, periods))
        .collect();
    // A slot that an administrator made serves as well as one of ours.
    wanted.retain(|times, periods| {
        !local
            .iter()
            .any(|slot| slot.times == *times && slot.days.contains_all(periods.days))
    });
    let mut idle: Vec<&Timeslot> = Vec::new();
    for slot in ours {
        match wanted.remove(&slot.times) {
            Some(periods) if slot.days != periods.days => {
                out.put(Timeslot {
                    days: periods.days,
                    ..slot.clone()
                });
                out.counts.changed += 1;
            }
            Some(_) => {}
            None => idle.push(slot),
        }
    }
    for slot in idle {
        let known = old.get(&slot.times);
        let moved = known.and_then(|known| {
            let shared = |periods: &Periods| periods.known_by.intersection(&known.known_by).count();
            let best = wanted
                .iter()
                .max_by_key(|(times, periods)| (shared(periods), std::cmp::Reverse(**times)))?;
            (shared(best.1) > 0).then_some(*best.0)
        });
        if let Some(times) = moved {
            let days = wanted
                .remove(&times)
                .map_or(slot.days, |periods| periods.days);
            out.put(Timeslot {
                times,
                days,
                ..slot.clone()
            });
            out.counts.changed += 1;
        } else if known.is_some_and(|known| known.name == slot.name) {
            out.changes.push(TimeslotChange::Remove(slot.id.clone()));
            out.counts.removed += 1;
        }
    }
    let mut taken: BTreeSet<String> = slots.iter().map(|slot| slot.id.to_string()).collect();
    for (times, periods) in wanted {
        let wish = format!("{}-{}", times.start(), times.end()).replace(':', "");
        let id = TimeslotId::new(free_id(&mut taken, &wish));
        out.put(Timeslot {
            id,
            name: periods.name.clone(),
            days: periods.days,
            times,
            origin: Origin::Sync,
        });
        out.counts.added += 1;
    }
    out
}

impl SlotChanges {
    fn put(&mut self, slot: Timeslot) {
        self.changes.push(TimeslotChange::Put(slot));
    }
}

fn by_times(desired: &Desired) -> BTreeMap<TimeRange, Periods> {
    let mut times: BTreeMap<TimeRange, Periods> = BTreeMap::new();
    for day in desired.cycle.iter().flat_map(|week| &week.days) {
        for period in &day.periods {
            let periods = times.entry(period.times).or_default();
            if periods.name.is_empty() {
                periods.name = period.name.clone();
            }
            periods.days.insert(day.weekday);
            periods
                .known_by
                .insert((number(day.weekday), period.name.clone()));
        }
    }
    times
}

fn number(day: Weekday) -> u32 {
    day.num_days_from_monday()
}
