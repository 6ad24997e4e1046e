//! Cycle weeks, days and periods.

use chrono::{NaiveTime, Weekday};

use super::spec::Spec;

#[derive(Clone, Debug)]
pub(super) struct Week {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) short: String,
    pub(super) days: Vec<Day>,
}

#[derive(Clone, Debug)]
pub(super) struct Day {
    pub(super) id: u32,
    pub(super) weekday: Weekday,
    pub(super) active: bool,
    pub(super) periods: Vec<Period>,
}

#[derive(Clone, Debug)]
pub(super) struct Period {
    pub(super) id: u32,
    pub(super) name: &'static str,
    pub(super) short: &'static str,
    pub(super) start: NaiveTime,
    pub(super) end: NaiveTime,
    pub(super) division: usize,
    pub(super) lessons: bool,
}

const WEEKDAYS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

pub(super) fn weeks(spec: &Spec) -> Vec<Week> {
    let mut day_ids = 11 + spec.base..;
    let mut period_ids = 301 + spec.base..;
    (1 + spec.base..)
        .zip(&spec.cycle)
        .map(|(id, (name, short))| Week {
            id,
            name: name.clone(),
            short: short.clone(),
            days: WEEKDAYS
                .into_iter()
                .filter_map(|weekday| {
                    let mut periods: Vec<Period> = spec
                        .divisions
                        .iter()
                        .enumerate()
                        .flat_map(|(division, of)| {
                            let bells = match weekday {
                                Weekday::Sun => &[],
                                Weekday::Sat => of.saturday.as_slice(),
                                _ => of.weekday.as_slice(),
                            };
                            bells.iter().map(move |bell| (division, bell))
                        })
                        .zip(period_ids.by_ref())
                        .map(|((division, bell), id)| Period {
                            id,
                            name: bell.name,
                            short: bell.short,
                            start: time(bell.start),
                            end: time(bell.end),
                            division,
                            lessons: bell.lessons,
                        })
                        .collect();
                    // As the merged master structure shows them: by time, whatever the division.
                    periods.sort_by_key(|period| (period.start, period.end));
                    let sunday = weekday == Weekday::Sun;
                    if periods.is_empty() && !(sunday && spec.sunday) {
                        return None;
                    }
                    Some(Day {
                        id: day_ids.next()?,
                        weekday,
                        active: !sunday,
                        periods,
                    })
                })
                .collect(),
        })
        .collect()
}

/// A time of day from minutes after midnight.
fn time(minutes: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap_or_default()
}
