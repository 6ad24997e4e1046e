//! Weeks, days and periods.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Weekday;
use isams_client::{DataArea, Day, Field, Payload, Period as SourcePeriod};
use room_timetable::{CycleWeek, Period, SchoolDay, TimeOfDay, TimeRange};

use super::Skips;

/// The cycle, and what became of each period.
#[derive(Debug, Default)]
pub(super) struct Cycle {
    pub(super) weeks: Vec<CycleWeek>,
    /// Every period id, with the reason where the period cannot be used.
    pub(super) periods: BTreeMap<String, Result<(), String>>,
}

pub(super) fn read(payload: &Payload, skips: &mut Skips) -> Cycle {
    let mut cycle = Cycle::default();
    let mut week_ids = BTreeSet::new();
    for week in payload.timetable_structure.value().into_iter().flatten() {
        let name = named(&week.name, &week.short_name, &week.id, "week");
        let Some(id) = &week.id else {
            skips.add(
                DataArea::TimetableStructure,
                None,
                format!("{name} has no id"),
            );
            continue;
        };
        if !week_ids.insert(id) {
            let reason = format!("{name} has the same id as another week");
            skips.add(DataArea::TimetableStructure, Some(id), reason);
            continue;
        }
        let days = week
            .days
            .iter()
            .filter_map(|day| school_day(day, &name, &mut cycle, skips))
            .collect();
        cycle.weeks.push(CycleWeek {
            id: id.as_str().into(),
            name,
            active: active(&week.active),
            days,
        });
    }
    cycle
}

fn school_day(day: &Day, week: &str, cycle: &mut Cycle, skips: &mut Skips) -> Option<SchoolDay> {
    let name = format!(
        "{} of {week}",
        named(&day.name, &day.short_name, &day.id, "day")
    );
    let weekday = day.weekday.value().copied().and_then(weekday);
    if weekday.is_none() {
        let reason = format!("{name} does not say which day of the week it is");
        skips.add(DataArea::TimetableStructure, day.id.as_deref(), reason);
    }
    let mut periods = Vec::new();
    for period in &day.periods {
        let label = named(&period.name, &period.short_name, &period.id, "period");
        let Some(id) = &period.id else {
            skips.add(
                DataArea::TimetableStructure,
                None,
                format!("{label} on {name} has no id"),
            );
            continue;
        };
        if cycle.periods.contains_key(id) {
            let reason = format!("{label} on {name} has the same id as another period");
            skips.add(DataArea::TimetableStructure, Some(id), reason);
            continue;
        }
        let times = match weekday {
            Some(_) => times(period).map_err(|what| format!("{label} on {name} {what}")),
            None => Err(format!("{name} does not say which day of the week it is")),
        };
        match times {
            Ok(times) => {
                periods.push(Period {
                    id: id.as_str().into(),
                    name: label,
                    times,
                });
                cycle.periods.insert(id.clone(), Ok(()));
            }
            Err(reason) => {
                if weekday.is_some() {
                    skips.add(DataArea::TimetableStructure, Some(id), reason.clone());
                }
                cycle.periods.insert(id.clone(), Err(reason));
            }
        }
    }
    Some(SchoolDay {
        weekday: weekday?,
        active: active(&day.active),
        periods,
    })
}

fn times(period: &SourcePeriod) -> Result<TimeRange, String> {
    let time = |field: &Field<isams_client::ClockTime>, which: &str| match field {
        Field::Absent => Err(format!("has no {which} time")),
        Field::Unreadable(text) => Err(format!("has the {which} time `{text}`, which is no time")),
        Field::Value(time) => TimeOfDay::from_seconds(time.seconds())
            .map_err(|_| format!("has the {which} time {time}, which is past the end of the day")),
    };
    let (start, end) = (time(&period.start, "start")?, time(&period.end, "end")?);
    TimeRange::new(start, end)
        .map_err(|_| format!("ends at {end}, which is not after its start at {start}"))
}

/// What is not marked is active; a mark that cannot be read is doubtful, and so is what is marked inactive.
fn active(mark: &Field<bool>) -> bool {
    match mark {
        Field::Absent => true,
        Field::Value(active) => *active,
        Field::Unreadable(_) => false,
    }
}

/// iSAMS counts the days from Sunday, which is 1.
fn weekday(number: u8) -> Option<Weekday> {
    Some(match number {
        1 => Weekday::Sun,
        2 => Weekday::Mon,
        3 => Weekday::Tue,
        4 => Weekday::Wed,
        5 => Weekday::Thu,
        6 => Weekday::Fri,
        7 => Weekday::Sat,
        _ => return None,
    })
}

fn named(name: &Option<String>, short: &Option<String>, id: &Option<String>, what: &str) -> String {
    match (name.as_ref().or(short.as_ref()), id) {
        (Some(name), _) => name.clone(),
        (None, Some(id)) => format!("{what} {id}"),
        (None, None) => format!("a {what} without a name"),
    }
}
