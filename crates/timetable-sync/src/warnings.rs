//! What an administrator should know although the run goes on.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use isams_client::{AreaState, DataArea};
use room_timetable::{SchoolTimetable, UnknownDay, YearWeek};

use crate::{areas::Believed, desired::Desired, document::Document, plan::PlanInput};

pub(crate) fn warnings(
    input: &PlanInput<'_>,
    document: &Document,
    believed: &Believed,
    before: &Desired,
    after: &Desired,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for frozen in &believed.alone {
        let accept = if frozen.state == AreaState::Empty {
            format!("; if that is right, accept {}", frozen.area)
        } else {
            String::new()
        };
        warnings.push(format!(
            "{} is {}, so its last good state is kept{accept}",
            frozen.area.label(),
            frozen.state
        ));
    }
    for area in DataArea::ALL {
        let state = input.fresh.state(area);
        let never_there = document.good.state(area) == AreaState::Missing
            && !believed.alone.iter().any(|frozen| frozen.area == area);
        if !matches!(state, AreaState::Present | AreaState::Empty)
            && never_there
            && !area.is_optional()
        {
            warnings.push(format!("{} is {state}: the key may lack it", area.label()));
        }
    }
    for room in input
        .state
        .room_links
        .iter()
        .filter(|link| before.rooms.contains_key(&link.source))
    {
        match (before.rooms.get(&room.source), after.rooms.get(&room.source)) {
            (Some(old), None) => warnings.push(format!(
                "the iSAMS room {} ({}) is no longer listed; the room {} keeps its match and its bookings",
                old.name, old.id, room.room
            )),
            (Some(old), Some(new)) if old.name != new.name => warnings.push(format!(
                "the iSAMS room {} is now called {}; the room {} keeps its own name",
                old.name, new.name, room.room
            )),
            _ => {}
        }
    }
    warnings.extend(unknown_weeks(before, after, input.now.date()));
    warnings
}

/// Weeks of term from today on whose lessons are not known, where that is new.
fn unknown_weeks(before: &Desired, after: &Desired, today: NaiveDate) -> Vec<String> {
    let (Ok(old), Ok(new)) = (before.timetable(&[]), after.timetable(&[])) else {
        return Vec::new();
    };
    let (old, new) = (unknown(&old, today), unknown(&new, today));
    new.iter()
        .filter(|(week, why)| old.get(week) != Some(*why))
        .map(|(week, why)| {
            let dates: Vec<NaiveDate> = week.dates().collect();
            let span = match (dates.first(), dates.last()) {
                (Some(first), Some(last)) => {
                    format!(
                        " ({} to {})",
                        first.format("%-d %b %Y"),
                        last.format("%-d %b %Y")
                    )
                }
                _ => String::new(),
            };
            let why = match why {
                UnknownDay::Unallocated(_) => {
                    "lies in a term but is allocated to no timetable week".to_owned()
                }
                UnknownDay::NoTimetable => {
                    "lies in a term, but no published timetable is in force".to_owned()
                }
            };
            format!("{week}{span} {why}; nothing is removed there, and no room counts as free")
        })
        .collect()
}

fn unknown(timetable: &SchoolTimetable, today: NaiveDate) -> BTreeMap<YearWeek, UnknownDay> {
    let weeks = timetable.calendar().term_weeks(today).into_iter();
    weeks
        .filter_map(|week| {
            let mut dates = week.dates().filter(|&date| date >= today);
            dates
                .find_map(|date| timetable.unknown(date))
                .map(|why| (week, why))
        })
        .collect()
}
