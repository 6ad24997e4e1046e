//! Who is where on a date, as the generator knows it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::School;
use super::calendar::sql_week;
use super::structure::Period;
use super::timetable::RoomRef;

/// Something on the timetable in a room on a date.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub(super) start: NaiveDateTime,
    pub(super) end: NaiveDateTime,
    /// Teachers' user codes; empty for anything but a lesson.
    pub(super) teachers: Vec<&'a str>,
    pub(super) row: u32,
}

impl Placed<'_> {
    pub(super) fn overlaps(&self, start: NaiveDateTime, end: NaiveDateTime) -> bool {
        self.start < end && start < self.end
    }
}

#[derive(Clone, Debug)]
struct Entry<'a> {
    code: &'a str,
    teachers: Vec<&'a str>,
    row: u32,
}

#[derive(Debug)]
pub(super) struct Occupancy<'a> {
    school: &'a School,
    by_place: BTreeMap<(u32, u32), Vec<Entry<'a>>>,
}

impl<'a> Occupancy<'a> {
    pub(super) fn of(school: &'a School) -> Self {
        let mut by_place: BTreeMap<(u32, u32), Vec<Entry<'a>>> = BTreeMap::new();
        let timetable = &school.timetable;
        for row in &timetable.rows {
            let RoomRef::Room(room) = row.room else {
                continue;
            };
            let entries = by_place.entry((room, row.period)).or_default();
            match entries.iter_mut().find(|entry| entry.code == row.code) {
                Some(parallel) => parallel.teachers.push(&row.teacher),
                None => entries.push(Entry {
                    code: &row.code,
                    teachers: vec![&row.teacher],
                    row: row.id,
                }),
            }
        }
        let other = timetable
            .meetings
            .iter()
            .filter_map(|row| Some(((row.room?, row.period), row.name, row.id)))
            .chain(
                timetable
                    .tutorials
                    .iter()
                    .filter_map(|row| Some((row, row.room?)))
                    .flat_map(|(row, room)| {
                        row.periods
                            .iter()
                            .map(move |&period| ((room, period), row.name, row.id))
                    }),
            )
            .chain(
                timetable
                    .assemblies
                    .iter()
                    .map(|row| ((row.room, row.period), row.name, row.id)),
            );
        for (place, code, row) in other {
            by_place.entry(place).or_default().push(Entry {
                code,
                teachers: Vec::new(),
                row,
            });
        }
        Self { school, by_place }
    }

    /// Everything in the room on the date.
    pub(super) fn on(&self, room: u32, date: NaiveDate) -> Vec<Placed<'a>> {
        self.periods(date)
            .flat_map(|period| {
                self.by_place
                    .get(&(room, period.id))
                    .into_iter()
                    .flatten()
                    .map(|entry| Placed {
                        start: date.and_time(period.start),
                        end: date.and_time(period.end),
                        teachers: entry.teachers.clone(),
                        row: entry.row,
                    })
            })
            .collect()
    }

    /// The periods of the date; none outside terms and in weeks without allocation.
    pub(super) fn periods(&self, date: NaiveDate) -> impl Iterator<Item = &'a Period> + use<'a> {
        let school = self.school;
        let in_term = school.terms.iter().any(|term| {
            term.spec.start <= date
                && date <= term.spec.finish
                && term.spec.school_year == super::SCHOOL_YEAR
        });
        let key = sql_week(date);
        let weeks: BTreeSet<u32> = school
            .allocations
            .iter()
            .filter(|row| in_term && row.key == key)
            .map(|row| row.cycle_week)
            .collect();
        school
            .weeks
            .iter()
            .filter(move |week| weeks.contains(&week.id))
            .flat_map(|week| &week.days)
            .filter(move |day| day.active && day.weekday == date.weekday())
            .flat_map(|day| &day.periods)
    }

    /// Everything that overlaps the span, which may run over several days.
    pub(super) fn during(
        &self,
        room: u32,
        start: NaiveDateTime,
        end: NaiveDateTime,
    ) -> Vec<Placed<'a>> {
        start
            .date()
            .iter_days()
            .take_while(|&date| date <= end.date())
            .flat_map(|date| self.on(room, date))
            .filter(|placed| placed.overlaps(start, end))
            .collect()
    }
}
