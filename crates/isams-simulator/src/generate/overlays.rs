//! Suspensions, closures, cover and calendar events: few, and late in the year.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::School;
use super::occupancy::Occupancy;
use super::rng::Rng;
use super::schools::date;

#[derive(Clone, Debug, Default)]
pub(super) struct Overlays {
    pub(super) suspensions: Vec<Suspension>,
    pub(super) closures: Vec<Closure>,
    pub(super) covers: Vec<Cover>,
}

#[derive(Clone, Debug)]
pub(super) struct Suspension {
    pub(super) id: u32,
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) what: Suspended,
    pub(super) reason: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(super) enum Suspended {
    Group(String),
    Row(u32),
    Year(u32),
}

#[derive(Clone, Debug)]
pub(super) struct Closure {
    pub(super) id: u32,
    pub(super) room: u32,
    pub(super) reason: Option<u32>,
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) times: Option<(&'static str, &'static str)>,
}

#[derive(Clone, Debug)]
pub(super) struct Cover {
    pub(super) id: u32,
    pub(super) row: u32,
    pub(super) date: NaiveDate,
    pub(super) teacher: String,
    pub(super) room: Option<u32>,
}

/// Rooms close, lessons fall out and are covered only from this day on.
///
/// No existing booking is as late, so that they change no clash.
pub(super) fn first_day() -> NaiveDate {
    date((2032, 5, 10))
}

/// A schedule row of a timetable since replaced.
const ORPHAN_ROW: u32 = 970_001;

impl Overlays {
    pub(super) fn rows(&self) -> BTreeSet<u32> {
        let suspended = self.suspensions.iter().filter_map(|row| match row.what {
            Suspended::Row(row) => Some(row),
            _ => None,
        });
        suspended
            .chain(self.covers.iter().map(|cover| cover.row))
            .collect()
    }

    /// Follows the schedule rows to their new ids.
    pub(super) fn rename_rows(&mut self, renamed: &BTreeMap<u32, u32>) {
        let suspended = self
            .suspensions
            .iter_mut()
            .filter_map(|row| match &mut row.what {
                Suspended::Row(row) => Some(row),
                _ => None,
            });
        for row in suspended.chain(self.covers.iter_mut().map(|cover| &mut cover.row)) {
            if let Some(&new) = renamed.get(row) {
                *row = new;
            }
        }
    }

    pub(super) fn of(school: &School) -> Self {
        let spec = &school.spec;
        let mut rng = Rng::new(spec.seed, "overlays");
        let now = Occupancy::of(school);
        let mut covers = Vec::new();
        let mut lessons = Vec::new();
        let homes = &school.teaching.homes;
        for _ in 0..500 {
            if lessons.len() == 4 {
                break;
            }
            let Some(home) = rng.pick(homes) else { break };
            let day = first_day() + Days::new(u64::try_from(rng.below(40)).unwrap_or(0));
            if let Some(placed) = now
                .on(home.room, day)
                .into_iter()
                .find(|placed| !placed.teachers.is_empty())
            {
                lessons.push((home.division, day, placed));
            }
        }
        let teacher = |n: usize| {
            let index = school.teaching.assistants.get(n);
            index
                .and_then(|&index| school.teaching.staff.get(index))
                .map(|member| member.user_code.clone())
        };
        for (n, (division, day, placed)) in lessons.iter().take(3).enumerate() {
            let free = homes.iter().find(|home| {
                home.division == *division
                    && now.during(home.room, placed.start, placed.end).is_empty()
            });
            covers.push(Cover {
                id: id(spec.base, 600 + n),
                row: placed.row,
                date: *day,
                teacher: teacher(n).unwrap_or_default(),
                // The second changes only the teacher.
                room: free.filter(|_| n != 1).map(|home| home.room),
            });
        }
        covers.push(Cover {
            id: id(spec.base, 609),
            row: ORPHAN_ROW,
            date: first_day(),
            teacher: teacher(0).unwrap_or_default(),
            room: None,
        });

        let last_year = spec
            .divisions
            .first()
            .map_or(8, |division| division.last_year);
        let mut suspensions = vec![Suspension {
            id: id(spec.base, 401),
            start: date((2032, 6, 7)),
            end: date((2032, 6, 11)),
            what: Suspended::Year(last_year),
            reason: Some("Examinations"),
        }];
        if let Some(set) = school.teaching.sets.first() {
            let (start, end) = (date((2032, 6, 14)), date((2032, 6, 18)));
            let what = Suspended::Group(set.code.clone());
            suspensions.push(Suspension {
                id: id(spec.base, 402),
                start,
                end,
                what,
                reason: Some("Field trip"),
            });
        }
        if let Some((_, day, placed)) = lessons.last() {
            let what = Suspended::Row(placed.row);
            suspensions.push(Suspension {
                id: id(spec.base, 403),
                start: *day,
                end: *day,
                what,
                reason: None,
            });
        }

        let room = |n: usize| {
            homes
                .get(n % homes.len().max(1))
                .map_or(0, |home| home.room)
        };
        let closure = |n: usize, at, reason, start, end, times| Closure {
            id: id(spec.base, 500 + n),
            room: room(at),
            reason,
            start,
            end,
            times,
        };
        let exams = Some(reason_id(spec.base, 0));
        let repairs = Some(reason_id(spec.base, 1));
        let closures = vec![
            closure(1, 3, exams, date((2032, 6, 1)), date((2032, 6, 4)), None),
            closure(
                2,
                5,
                None,
                date((2032, 6, 8)),
                date((2032, 6, 8)),
                Some(("09:00", "11:00")),
            ),
            closure(
                3,
                7,
                repairs,
                date((2032, 6, 21)),
                date((2032, 6, 21)),
                None,
            ),
        ];
        Self {
            suspensions,
            closures,
            covers,
        }
    }
}

pub(super) const REASONS: [&str; 3] = ["Exams", "Repairs", "Out of use "];

pub(super) fn reason_id(base: u32, index: usize) -> u32 {
    id(base, 2 + index)
}

fn id(base: u32, offset: usize) -> u32 {
    base + u32::try_from(offset).unwrap_or(0)
}
