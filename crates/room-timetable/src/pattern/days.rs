//! What a date has of the cycle: it follows the terms and the allocated weeks, not the dates between them.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::{timetable::SchoolTimetable, week::YearWeek};

/// Dates by what they have in common.
#[derive(Clone, Debug)]
pub(super) struct Days {
    in_effect: bool,
    /// From each date up to the next one the same terms run. The first is the first date of all.
    runs: Vec<(NaiveDate, Run)>,
    /// Places in `sets`, by week; weeks that are allocated to no week of the cycle are left out.
    weeks: Vec<(YearWeek, usize)>,
    /// Which weeks of the cycle a week of the year can have.
    sets: Vec<Box<[bool]>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Run {
    Holidays,
    /// In a term, with a mark for each published timetable that is in force. With none there is no mark.
    Term(Box<[bool]>),
}

/// What a date has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Day<'p> {
    /// No lessons.
    Empty,
    /// No lessons, and none before that date.
    EmptyUntil(Option<NaiveDate>),
    /// Nobody knows which lessons.
    Unknown,
    /// These lessons.
    Taught(Taught<'p>),
}

/// Which part of the pattern takes place on a date.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taught<'p> {
    weeks: &'p [bool],
    in_force: &'p [bool],
}

impl Taught<'_> {
    /// Whether a timetable's lessons of a week of the cycle take place, both by their places.
    pub(super) fn has(self, (week, timetable): (usize, usize)) -> bool {
        self.weeks[week] && self.in_force[timetable]
    }
}

impl Days {
    pub(super) fn of(timetable: &SchoolTimetable) -> Self {
        let calendar = timetable.calendar();
        let mut from = vec![NaiveDate::MIN];
        for term in calendar.terms() {
            from.push(term.first_day());
            from.extend(term.last_day().succ_opt());
        }
        from.sort_unstable();
        from.dedup();
        let run = |date: NaiveDate| {
            if calendar.terms_on(date).next().is_none() {
                return Run::Holidays;
            }
            let published = timetable.published().iter();
            let in_force: Vec<bool> = published.map(|one| timetable.in_force(one, date)).collect();
            match in_force.contains(&true) {
                true => Run::Term(in_force.into()),
                false => Run::Term(Box::default()),
            }
        };
        let mut runs: Vec<(NaiveDate, Run)> =
            from.into_iter().map(|date| (date, run(date))).collect();
        runs.dedup_by(|later, earlier| later.1 == earlier.1);

        let mut places: HashMap<Box<[bool]>, usize> = HashMap::new();
        let mut sets = Vec::new();
        let mut weeks = Vec::new();
        for (week, allocated) in calendar.allocations() {
            let cycle = timetable.cycle().iter();
            let set: Box<[bool]> = cycle.map(|known| allocated.contains(&known.id)).collect();
            if set.contains(&true) {
                let place = *places.entry(set).or_insert_with_key(|set| {
                    sets.push(set.clone());
                    sets.len() - 1
                });
                weeks.push((week, place));
            }
        }
        Self {
            in_effect: timetable.is_in_effect(),
            runs,
            weeks,
            sets,
        }
    }

    pub(super) fn on(&self, timetable: &SchoolTimetable, date: NaiveDate) -> Day<'_> {
        if !self.in_effect {
            return Day::Unknown;
        }
        let next = self.runs.partition_point(|(from, _)| *from <= date);
        let Run::Term(in_force) = &self.runs[next - 1].1 else {
            return Day::EmptyUntil(self.runs.get(next).map(|(from, _)| *from));
        };
        let week = YearWeek::of(date);
        let Ok(place) = self.weeks.binary_search_by_key(&week, |(week, _)| *week) else {
            return match timetable.calendar().is_holiday(week) {
                true => Day::Empty,
                false => Day::Unknown,
            };
        };
        if in_force.is_empty() {
            return Day::Unknown;
        }
        Day::Taught(Taught {
            weeks: &self.sets[self.weeks[place].1],
            in_force,
        })
    }
}
