//! The times that count for a period.

use std::collections::BTreeMap;

use super::Timeslot;
use crate::{
    cycle::CycleWeek,
    ids::{PeriodId, TimeslotId},
    time::TimeRange,
};

/// The times of every period of the cycle: its own, unless an administrator paired it with timeslots; then theirs.
///
/// Each pair of `confirmed` is a timeslot and a period that it stands for. Only timeslots that are on the period's day
/// of the week count, so that a pair with one that is not, or that is not there at all, changes nothing. The times are
/// in order and each is there once; those of several timeslots are not joined, though they may touch or overlap.
///
/// ```
/// use chrono::Weekday;
/// use room_timetable::*;
///
/// let times = |text: &str| {
///     let (start, end) = text.split_once('-').unwrap();
///     TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
/// };
/// let double = Period { id: "p1".into(), name: "Double".into(), times: times("09:00-11:00") };
/// let monday = SchoolDay { weekday: Weekday::Mon, active: true, periods: vec![double] };
/// let cycle = [CycleWeek { id: "A".into(), name: "Week A".into(), active: true, days: vec![monday] }];
/// let slot = |id: &str, days: &str, text| Timeslot {
///     id: id.into(),
///     name: id.into(),
///     days: days.parse().unwrap(),
///     times: times(text),
/// };
/// let slots = [slot("second", "Mon", "10:05-11:00"), slot("first", "Mon", "09:00-09:55"), slot("tuesdays", "Tue", "09:00-10:00")];
///
/// let confirmed = ["second", "first", "tuesdays"].map(|slot| (slot.into(), "p1".into()));
/// let effective = effective_times(&cycle, &slots, &confirmed);
/// assert_eq!(effective[&"p1".into()], [times("09:00-09:55"), times("10:05-11:00")]);
///
/// let effective = effective_times(&cycle, &slots, &[]);
/// assert_eq!(effective[&"p1".into()], [times("09:00-11:00")]);
/// ```
pub fn effective_times(
    cycle: &[CycleWeek],
    timeslots: &[Timeslot],
    confirmed: &[(TimeslotId, PeriodId)],
) -> BTreeMap<PeriodId, Vec<TimeRange>> {
    let slots: BTreeMap<&TimeslotId, &Timeslot> =
        timeslots.iter().map(|slot| (&slot.id, slot)).collect();
    let mut paired: BTreeMap<&PeriodId, Vec<&Timeslot>> = BTreeMap::new();
    for (slot, period) in confirmed {
        if let Some(slot) = slots.get(slot) {
            paired.entry(period).or_default().push(slot);
        }
    }
    let mut effective = BTreeMap::new();
    for day in cycle.iter().flat_map(|week| &week.days) {
        for period in &day.periods {
            let mut times: Vec<TimeRange> = paired
                .get(&period.id)
                .into_iter()
                .flatten()
                .filter(|slot| slot.days.contains(day.weekday))
                .map(|slot| slot.times)
                .collect();
            times.sort_unstable();
            times.dedup();
            if times.is_empty() {
                times.push(period.times);
            }
            effective.insert(period.id.clone(), times);
        }
    }
    effective
}
