//! The guard: looks at what a plan would do to people and decides whether a person must look first.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use isams_client::{AreaState, DataArea};

use crate::{
    areas::Believed,
    desired::Desired,
    diff,
    removal::{Person, PlannedRemoval},
    settings::GuardSettings,
};

/// So many dates may leave a term unasked: a week.
const FEW_DAYS: usize = 7;

/// A reason to hold a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldCause {
    /// What a person reads.
    pub text: String,
    /// The data areas that must be accepted by name to release it; empty where the fingerprint alone is enough.
    pub accept: Vec<DataArea>,
    /// It cannot be released: an area is missing or unreadable, and that is never believed.
    pub never: bool,
}

impl HoldCause {
    pub(crate) fn ask(text: String) -> Self {
        Self {
            text,
            accept: Vec::new(),
            never: false,
        }
    }

    fn stop(text: String, area: DataArea) -> Self {
        Self {
            text: format!("{text}; to release it, accept {area}"),
            accept: vec![area],
            never: false,
        }
    }
}

/// What the guard looks at.
#[derive(Debug)]
pub(crate) struct Consequences<'p> {
    pub(crate) believed: &'p Believed,
    pub(crate) before: &'p Desired,
    pub(crate) after: &'p Desired,
    pub(crate) today: NaiveDate,
    /// Source ids of the rooms that are matched.
    pub(crate) matched_rooms: BTreeSet<&'p str>,
    pub(crate) removals: &'p [PlannedRemoval],
    pub(crate) future_bookings: usize,
}

/// Every reason to hold the run; none means that it may go on.
pub(crate) fn judge(seen: &Consequences<'_>, settings: &GuardSettings) -> Vec<HoldCause> {
    let mut causes = frozen_core(seen.believed);
    // Without a core there is nothing to compare; the next checks would only repeat that it is gone.
    if !seen.believed.core_unknown {
        causes.extend(timetable_gone(seen));
        causes.extend(allocations_gone(seen));
        causes.extend(terms_gone(seen));
        causes.extend(term_days_lost(seen, settings));
        causes.extend(shrunk(seen, settings));
    }
    causes.extend(rooms_unseen(seen));
    causes.extend(people_hit(seen, settings));
    causes
}

fn frozen_core(believed: &Believed) -> Vec<HoldCause> {
    let mut causes = Vec::new();
    for frozen in &believed.core {
        let (area, state) = (frozen.area, frozen.state);
        let label = area.label();
        if state == AreaState::Empty {
            causes.push(HoldCause::stop(
                format!("{label} had rows and came empty"),
                area,
            ));
        } else {
            let text = format!(
                "{label} is {state}; a timetable is never changed because of what did not arrive"
            );
            causes.push(HoldCause {
                text,
                accept: Vec::new(),
                never: true,
            });
        }
    }
    causes
}

fn timetable_gone(seen: &Consequences<'_>) -> Option<HoldCause> {
    let before = diff::timetables_by_year(seen.before, seen.today);
    let gone: Vec<String> = before
        .into_iter()
        .filter(|&(year, count)| diff::timetables_in(seen.after, year) < count)
        .map(|(year, _)| named_year(year))
        .collect();
    (!gone.is_empty()).then(|| {
        let text = format!(
            "a published timetable in force in {} is gone",
            gone.join(", ")
        );
        HoldCause::stop(text, DataArea::PublishedTimetable)
    })
}

fn allocations_gone(seen: &Consequences<'_>) -> Option<HoldCause> {
    // An answer that leaves out a term may leave out its allocations too.
    let mut weeks = seen.before.calendar.term_weeks(seen.today);
    weeks.extend(seen.after.calendar.term_weeks(seen.today));
    let gone: Vec<String> = weeks
        .into_iter()
        .filter(|&week| {
            // Where divisions have weeks of their own, losing one of them is a loss too.
            seen.after.calendar.cycle_weeks(week).count()
                < seen.before.calendar.cycle_weeks(week).count()
        })
        .map(|week| week.to_string())
        .collect();
    (!gone.is_empty()).then(|| {
        let text = format!(
            "term weeks that were allocated no longer are: {}",
            gone.join(", ")
        );
        HoldCause::stop(text, DataArea::WeekAllocations)
    })
}

fn terms_gone(seen: &Consequences<'_>) -> Option<HoldCause> {
    let gone: Vec<String> = diff::terms_gone(seen.before, seen.after, seen.today)
        .into_iter()
        .map(|term| {
            let day = |date: NaiveDate| date.format("%-d %B %Y");
            let (first, last) = (day(term.first_day()), day(term.last_day()));
            format!("{} ({first} to {last})", term.name)
        })
        .collect();
    let which = match gone.len() {
        0 => return None,
        1 => "a term that has days to come is gone, and on them",
        _ => "terms that have days to come are gone, and on them",
    };
    Some(HoldCause::ask(format!(
        "{which} every room would look free of lessons: {}",
        gone.join(", ")
    )))
}

fn term_days_lost(seen: &Consequences<'_>, settings: &GuardSettings) -> Option<HoldCause> {
    let days = diff::teaching_days(seen.before, seen.today);
    let still = |date: &&NaiveDate| seen.after.calendar.terms_on(**date).next().is_some();
    let lost = days.len() - days.iter().filter(still).count();
    // Schools correct their dates, and near the end of a year a few days are a large share of those to come.
    let held = lost > FEW_DAYS && exceeds(lost, settings.shrink_percent, days.len());
    held.then(|| {
        let text = format!(
            "{lost} of {} days to come, weekends included, that are in a term and have lessons would be in none",
            days.len()
        );
        HoldCause::ask(text)
    })
}

fn rooms_unseen(seen: &Consequences<'_>) -> Option<HoldCause> {
    let matched: Vec<&&str> = seen
        .matched_rooms
        .iter()
        .filter(|id| seen.before.rooms.contains_key(**id))
        .collect();
    let unseen = matched
        .iter()
        .filter(|id| !seen.after.rooms.contains_key(***id))
        .count();
    (unseen * 2 > matched.len()).then(|| {
        let text = format!(
            "{unseen} of {} matched rooms are no longer in the list of rooms",
            matched.len()
        );
        HoldCause::stop(text, DataArea::BuildingsAndRooms)
    })
}

fn shrunk(seen: &Consequences<'_>, settings: &GuardSettings) -> Vec<HoldCause> {
    let after = diff::occupations_by_year(seen.after, seen.today);
    diff::occupations_by_year(seen.before, seen.today)
        .into_iter()
        .filter_map(|(year, before)| {
            // A year that has no term left to come is not there; nothing of it can shrink.
            let after = after.get(&year).copied().unwrap_or(0);
            let lost = before.saturating_sub(after);
            exceeds(lost, settings.shrink_percent, before).then(|| {
                let year = named_year(year);
                HoldCause::ask(format!(
                    "the timetable of {year} shrinks from {before} to {after} weekly lessons"
                ))
            })
        })
        .collect()
}

/// Whether a part is more than this share of the whole. A host may set any number as "never".
fn exceeds(part: usize, percent: usize, whole: usize) -> bool {
    part as u128 * 100 > whole as u128 * percent as u128
}

fn named_year(year: Option<i32>) -> String {
    year.map_or_else(
        || "terms without a school year".to_owned(),
        |year| format!("the school year {year}"),
    )
}

fn people_hit(seen: &Consequences<'_>, settings: &GuardSettings) -> Vec<HoldCause> {
    let mut causes = Vec::new();
    let mut by_person: BTreeMap<Person, usize> = BTreeMap::new();
    for removal in seen.removals.iter().filter(|removal| !removal.absorbed) {
        *by_person.entry(Person::of(&removal.booking)).or_default() += 1;
    }
    let removed: usize = by_person.values().sum();
    let future = seen.future_bookings;
    if removed > settings.removed && exceeds(removed, settings.removed_percent, future) {
        causes.push(HoldCause::ask(format!(
            "{removed} of {future} future bookings would be removed"
        )));
    } else if future >= settings.half_of_at_least && removed * 2 > future {
        causes.push(HoldCause::ask(format!(
            "more than half of the future bookings would be removed: {removed} of {future}"
        )));
    }
    if by_person.len() > settings.people {
        let people = match by_person.len() {
            1 => "1 person".to_owned(),
            many => format!("{many} people"),
        };
        causes.push(HoldCause::ask(format!("{people} would lose bookings")));
    }
    if let Some(most) = by_person
        .values()
        .max()
        .filter(|&&most| most > settings.per_person)
    {
        let bookings = match most {
            1 => "1 booking".to_owned(),
            many => format!("{many} bookings"),
        };
        causes.push(HoldCause::ask(format!("one person would lose {bookings}")));
    }
    causes
}
