//! A school's whole timetable, asked by room and date.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::{
    calendar::{SchoolCalendar, UnknownDay},
    cycle::{Certainty, CycleWeek},
    ids::{CycleWeekId, PeriodId, RoomId},
    interval::Interval,
    lesson::{Lesson, Occurrence, PublishedTimetable},
    time::TimeRange,
    week::YearWeek,
};

/// Terms, cycle and published lessons of one school.
///
/// Lessons are kept as the recurring pattern that they are; nothing is ever expanded over the year.
#[derive(Clone, Debug)]
pub struct SchoolTimetable {
    calendar: SchoolCalendar,
    cycle: Vec<CycleWeek>,
    published: Vec<PublishedTimetable>,
    periods: HashMap<PeriodId, Placed>,
    by_room: HashMap<RoomId, Vec<LessonAt>>,
}

/// Where a period lies in the cycle.
#[derive(Clone, Debug)]
struct Placed {
    week: CycleWeekId,
    weekday: Weekday,
    name: String,
    times: TimeRange,
    certainty: Certainty,
}

/// A lesson by its places in `published`.
#[derive(Clone, Copy, Debug)]
struct LessonAt {
    timetable: usize,
    lesson: usize,
}

/// Parts that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimetableError {
    /// Two weeks of the cycle have one id.
    #[error("the cycle has two weeks with the id `{0}`")]
    RepeatedWeek(CycleWeekId),
    /// Two periods have one id.
    #[error("the cycle has two periods with the id `{0}`")]
    RepeatedPeriod(PeriodId),
    /// A lesson is in a period that the cycle does not have.
    #[error("the lesson `{group}` is in the period `{period}`, which the cycle does not have")]
    UnknownPeriod {
        /// The lesson's group.
        group: String,
        /// The period it names.
        period: PeriodId,
    },
}

/// What is known of one room on one date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomDay<'t> {
    /// Why the lessons of the date are not known, where they are not. A date in the holidays is known: it has none.
    pub unknown: Option<UnknownDay>,
    /// What stands in the room, by start, then end, then lesson.
    pub occurrences: Vec<Occurrence<'t>>,
}

/// Whether a room is free for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoomState {
    /// Nothing stands in it.
    Free,
    /// Something certainly stands in it for at least a part of the time.
    Occupied,
    /// Something may stand in it.
    Doubtful,
    /// It is not known which lessons there are; neither free nor occupied.
    Unknown,
}

impl SchoolTimetable {
    /// Puts the parts together.
    ///
    /// # Errors
    ///
    /// [`TimetableError`] where ids repeat or a lesson is in a period that is not there.
    pub fn new(
        calendar: SchoolCalendar,
        cycle: Vec<CycleWeek>,
        published: Vec<PublishedTimetable>,
    ) -> Result<Self, TimetableError> {
        let mut periods = HashMap::new();
        for (index, week) in cycle.iter().enumerate() {
            if cycle[..index].iter().any(|earlier| earlier.id == week.id) {
                return Err(TimetableError::RepeatedWeek(week.id.clone()));
            }
            for day in &week.days {
                for period in &day.periods {
                    let placed = Placed {
                        week: week.id.clone(),
                        weekday: day.weekday,
                        name: period.name.clone(),
                        times: period.times,
                        certainty: week.certainty_on(day),
                    };
                    if periods.insert(period.id.clone(), placed).is_some() {
                        return Err(TimetableError::RepeatedPeriod(period.id.clone()));
                    }
                }
            }
        }
        let mut by_room: HashMap<RoomId, Vec<LessonAt>> = HashMap::new();
        for (timetable, publication) in published.iter().enumerate() {
            for (index, lesson) in publication.lessons.iter().enumerate() {
                if !periods.contains_key(&lesson.period) {
                    let (group, period) = (lesson.group.clone(), lesson.period.clone());
                    return Err(TimetableError::UnknownPeriod { group, period });
                }
                by_room
                    .entry(lesson.room.clone())
                    .or_default()
                    .push(LessonAt {
                        timetable,
                        lesson: index,
                    });
            }
        }
        Ok(Self {
            calendar,
            cycle,
            published,
            periods,
            by_room,
        })
    }

    /// The terms and allocations.
    pub fn calendar(&self) -> &SchoolCalendar {
        &self.calendar
    }

    /// The weeks of the cycle.
    pub fn cycle(&self) -> &[CycleWeek] {
        &self.cycle
    }

    /// The published timetables.
    pub fn published(&self) -> &[PublishedTimetable] {
        &self.published
    }

    /// Whether a published timetable is in force on `date`: it is in a term, and one covers that term's year.
    pub fn in_force(&self, timetable: &PublishedTimetable, date: NaiveDate) -> bool {
        self.calendar
            .terms_on(date)
            .any(|term| timetable.years.include(term.academic_year))
    }

    /// Why the lessons of `date` are not known, or `None` where they are.
    ///
    /// A date outside every term is known: it has no lessons.
    pub fn unknown(&self, date: NaiveDate) -> Option<UnknownDay> {
        self.calendar.terms_on(date).next()?;
        let week = YearWeek::of(date);
        let allocated = self
            .calendar
            .cycle_weeks(week)
            .any(|allocated| self.cycle.iter().any(|known| known.id == *allocated));
        if !allocated {
            return Some(UnknownDay::Unallocated(week));
        }
        let in_force = self
            .published
            .iter()
            .any(|timetable| self.in_force(timetable, date));
        (!in_force).then_some(UnknownDay::NoTimetable)
    }

    /// What is known of `room` on `date`.
    ///
    /// A lesson that ends at 24:00 belongs to the date it starts on.
    pub fn day(&self, room: &RoomId, date: NaiveDate) -> RoomDay<'_> {
        let unknown = self.unknown(date);
        if unknown.is_some() || self.calendar.terms_on(date).next().is_none() {
            return RoomDay {
                unknown,
                occurrences: Vec::new(),
            };
        }
        let weeks: Vec<&CycleWeekId> = self.calendar.cycle_weeks(YearWeek::of(date)).collect();
        let mut occurrences = Vec::new();
        for at in self.by_room.get(room).into_iter().flatten() {
            let timetable = &self.published[at.timetable];
            let lesson: &Lesson = &timetable.lessons[at.lesson];
            let Some(period) = self.periods.get(&lesson.period) else {
                continue;
            };
            if period.weekday == date.weekday()
                && weeks.contains(&&period.week)
                && self.in_force(timetable, date)
            {
                occurrences.push(Occurrence {
                    lesson,
                    period: &period.name,
                    interval: period.times.on(date),
                    certainty: period.certainty.and(lesson.certainty),
                });
            }
        }
        occurrences.sort_by(|a, b| {
            a.interval
                .cmp(&b.interval)
                .then_with(|| a.lesson.cmp(b.lesson))
        });
        RoomDay {
            unknown,
            occurrences,
        }
    }

    /// Everything that overlaps `interval` in `room`, by start.
    pub fn overlapping(
        &self,
        room: &RoomId,
        interval: Interval,
    ) -> impl Iterator<Item = Occurrence<'_>> {
        interval
            .dates()
            .flat_map(|date| self.day(room, date).occurrences)
            .filter(move |occurrence| occurrence.interval.overlaps(interval))
    }

    /// Whether `room` is free for all of `interval`.
    ///
    /// What certainly occupies it comes first, then what may, then what is not known.
    pub fn state(&self, room: &RoomId, interval: Interval) -> RoomState {
        let certainty = self
            .overlapping(room, interval)
            .map(|occurrence| occurrence.certainty)
            .min();
        match certainty {
            Some(Certainty::Certain) => RoomState::Occupied,
            Some(Certainty::Doubtful) => RoomState::Doubtful,
            None if interval.dates().any(|date| self.unknown(date).is_some()) => RoomState::Unknown,
            None => RoomState::Free,
        }
    }
}
