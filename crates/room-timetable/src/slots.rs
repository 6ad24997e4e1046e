//! Matching timeslots with periods, by start and end time and never by name.

use std::collections::BTreeMap;

use chrono::Weekday;

use crate::{
    cycle::CycleWeek,
    ids::{PeriodId, TimeslotId},
    time::TimeRange,
    weekdays::Weekdays,
};

/// A start and an end time on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Timeslot {
    /// Which timeslot.
    pub id: TimeslotId,
    /// The days it is on.
    pub days: Weekdays,
    /// When.
    pub times: TimeRange,
}

/// Which timeslots have exactly a period's start and end time on its day of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotMatch {
    /// The period's day.
    pub weekday: Weekday,
    /// Its times.
    pub times: TimeRange,
    /// The periods of that day with these times, in the order of the cycle; several where weeks or divisions share them.
    pub periods: Vec<(PeriodId, String)>,
    /// The timeslots with the same start and end; none means that the period is unmatched.
    pub timeslots: Vec<TimeslotId>,
}

/// Matches every distinct day and time of the cycle with the timeslots of exactly these times, from Monday on.
pub fn match_timeslots(cycle: &[CycleWeek], timeslots: &[Timeslot]) -> Vec<SlotMatch> {
    let mut periods: BTreeMap<(u32, TimeRange), SlotMatch> = BTreeMap::new();
    for day in cycle.iter().flat_map(|week| &week.days) {
        for period in &day.periods {
            let key = (day.weekday.num_days_from_monday(), period.times);
            let found = periods.entry(key).or_insert_with(|| SlotMatch {
                weekday: day.weekday,
                times: period.times,
                periods: Vec::new(),
                timeslots: timeslots
                    .iter()
                    .filter(|slot| slot.times == period.times && slot.days.contains(day.weekday))
                    .map(|slot| slot.id.clone())
                    .collect(),
            });
            found.periods.push((period.id.clone(), period.name.clone()));
        }
    }
    periods.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycle::{Period, SchoolDay};

    fn range(text: &str) -> TimeRange {
        let (start, end) = text.split_once('-').unwrap();
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    #[test]
    fn periods_pair_by_time_and_day_and_not_by_name() {
        let period = |id: &str, name: &str, times| Period {
            id: id.into(),
            name: name.to_owned(),
            times: range(times),
        };
        let day = |weekday, periods| SchoolDay {
            weekday,
            active: true,
            periods,
        };
        let cycle = [CycleWeek {
            id: "1".into(),
            name: "Week A".to_owned(),
            active: true,
            days: vec![
                day(
                    Weekday::Mon,
                    vec![
                        period("11", "Period 1", "09:00-09:50"),
                        period("12", "Period 2", "09:50-10:40"),
                    ],
                ),
                day(Weekday::Tue, vec![period("21", "Period 1", "09:00-09:50")]),
            ],
        }];
        let slot = |id: &str, days: &str, times| Timeslot {
            id: id.into(),
            days: days.parse().unwrap(),
            times: range(times),
        };
        let slots = [
            slot("one", "Mon", "09:00-09:50"),
            slot("Period 2", "Mon Tue", "09:50-10:45"),
        ];

        let matches = match_timeslots(&cycle, &slots);

        let found: Vec<(String, Vec<TimeslotId>)> = matches
            .into_iter()
            .map(|found| {
                (
                    format!("{} {}", found.weekday, found.times),
                    found.timeslots,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("Mon 09:00-09:50".to_owned(), vec!["one".into()]),
                ("Mon 09:50-10:40".to_owned(), vec![]),
                ("Tue 09:00-09:50".to_owned(), vec![]),
            ]
        );
    }
}
