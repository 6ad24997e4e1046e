//! A school's whole timetable, asked by room and date.

use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

use chrono::{Datelike, NaiveDate, Weekday};

use crate::{
    calendar::{SchoolCalendar, UnknownDay},
    cycle::{Certainty, CycleWeek},
    ids::{CycleWeekId, PeriodId, RoomId},
    interval::Interval,
    lesson::{Lesson, LessonKind, PublishedTimetable},
    occurrence::{Occupier, Occurrence},
    overlay::{self, CoverMove, CoverRoom, Overlays, RoomClosure, Suspension},
    pattern::Pattern,
    time::TimeRange,
    week::YearWeek,
};

/// Terms, cycle, published lessons and overlays of one school.
///
/// Lessons are kept as the recurring pattern that they are; nothing is ever expanded over the year. The first question
/// lays them out by room, weekday and week of the cycle, which costs one look at every lesson and overlay. Questions
/// after it look at the lessons of one room and weekday, and at overlays only on dates on which they touch the room.
#[derive(Clone, Debug)]
pub struct SchoolTimetable {
    calendar: SchoolCalendar,
    cycle: Vec<CycleWeek>,
    published: Vec<PublishedTimetable>,
    overlays: Overlays,
    periods: HashMap<PeriodId, Placed>,
    by_room: HashMap<RoomId, Vec<LessonAt>>,
    by_row: HashMap<String, Vec<LessonAt>>,
    /// Places in `overlays.covers`.
    covers: HashMap<(String, NaiveDate), Vec<usize>>,
    covers_into: HashMap<(RoomId, NaiveDate), Vec<usize>>,
    /// Places in `overlays.closures` and in `overlays.events`.
    closures: HashMap<RoomId, Vec<usize>>,
    events: HashMap<RoomId, Vec<usize>>,
    in_effect: bool,
    /// Made of all of the above when the first question is asked.
    pattern: OnceLock<Pattern>,
}

/// Where a period lies in the cycle.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) week: CycleWeekId,
    /// The week's place in `cycle`.
    week_at: usize,
    pub(crate) weekday: Weekday,
    pub(crate) name: String,
    /// The period's own times, or those of the timeslots that an administrator paired it with.
    pub(crate) times: Vec<TimeRange>,
    pub(crate) certainty: Certainty,
}

/// A lesson by its places in `published`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LessonAt {
    timetable: usize,
    lesson: usize,
}

impl LessonAt {
    /// The place of its timetable.
    pub(crate) fn timetable(self) -> usize {
        self.timetable
    }
}

/// What becomes of one row of a lesson on one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate<'t> {
    /// It takes place in its own room.
    Stays(Certainty),
    /// It does not happen.
    Suspended(&'t Suspension),
    /// It takes place in the room of this cover.
    Moved(&'t CoverMove, Certainty),
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
    /// What stands in the room, by start, then end, kind, name and source ids.
    pub occurrences: Vec<Occurrence<'t>>,
    /// The times of the date at which exceptions free the room, in order.
    pub excepted: Vec<Interval>,
}

/// Whether a room is free for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
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
        mut published: Vec<PublishedTimetable>,
    ) -> Result<Self, TimetableError> {
        for lesson in published
            .iter_mut()
            .flat_map(|timetable| &mut timetable.lessons)
        {
            lesson.put_in_order();
        }
        let mut periods = HashMap::new();
        for (index, week) in cycle.iter().enumerate() {
            if cycle[..index].iter().any(|earlier| earlier.id == week.id) {
                return Err(TimetableError::RepeatedWeek(week.id.clone()));
            }
            for day in &week.days {
                for period in &day.periods {
                    let placed = Placed {
                        week: week.id.clone(),
                        week_at: index,
                        weekday: day.weekday,
                        name: period.name.clone(),
                        times: vec![period.times],
                        certainty: week.certainty_on(day),
                    };
                    if periods.insert(period.id.clone(), placed).is_some() {
                        return Err(TimetableError::RepeatedPeriod(period.id.clone()));
                    }
                }
            }
        }
        let mut by_room: HashMap<RoomId, Vec<LessonAt>> = HashMap::new();
        let mut by_row: HashMap<String, Vec<LessonAt>> = HashMap::new();
        for (timetable, publication) in published.iter().enumerate() {
            for (index, lesson) in publication.lessons.iter().enumerate() {
                if !periods.contains_key(&lesson.period) {
                    let (group, period) = (lesson.group.clone(), lesson.period.clone());
                    return Err(TimetableError::UnknownPeriod { group, period });
                }
                let at = LessonAt {
                    timetable,
                    lesson: index,
                };
                by_room.entry(lesson.room.clone()).or_default().push(at);
                // Ids of other kinds are numbers of their own.
                if lesson.kind == LessonKind::Lesson {
                    for row in &lesson.source_ids {
                        by_row.entry(row.clone()).or_default().push(at);
                    }
                }
            }
        }
        Ok(Self {
            calendar,
            cycle,
            published,
            overlays: Overlays::default(),
            periods,
            by_room,
            by_row,
            covers: HashMap::new(),
            covers_into: HashMap::new(),
            closures: HashMap::new(),
            events: HashMap::new(),
            in_effect: true,
            pattern: OnceLock::new(),
        })
    }

    /// The same before it takes effect: the lessons of every date are unknown, in a term or not. Terms, weeks and
    /// overlays are as they are.
    ///
    /// ```
    /// # use room_timetable::*;
    /// # let timetable: SchoolTimetable = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/school.rs"));
    /// let timetable = timetable.not_in_effect();
    /// let monday = chrono::NaiveDate::from_ymd_opt(2031, 9, 8).expect("a date");
    /// assert_eq!(timetable.unknown(monday), Some(UnknownDay::NothingInEffect));
    /// assert!(timetable.day(&"lab-2".into(), monday).occurrences.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn not_in_effect(mut self) -> Self {
        self.in_effect = false;
        self.pattern = OnceLock::new();
        self
    }

    /// The same with what differs from the pattern on certain dates, instead of what differed before.
    ///
    /// [`overlays`](Self::overlays) returns them in an order of its own: by id, whatever the order in which they come.
    #[must_use]
    pub fn with_overlays(mut self, overlays: Overlays) -> Self {
        let overlays = overlays.in_order();
        self.covers.clear();
        self.covers_into.clear();
        self.closures.clear();
        self.events.clear();
        for (place, cover) in overlays.covers.iter().enumerate() {
            let row = (cover.row.clone(), cover.date);
            self.covers.entry(row).or_default().push(place);
            if let CoverRoom::Moved(room) = &cover.room {
                let into = (room.clone(), cover.date);
                self.covers_into.entry(into).or_default().push(place);
            }
        }
        for (place, closure) in overlays.closures.iter().enumerate() {
            let room = closure.room.clone();
            self.closures.entry(room).or_default().push(place);
        }
        for (place, event) in overlays.events.iter().enumerate() {
            let room = event.room.clone();
            self.events.entry(room).or_default().push(place);
        }
        self.overlays = overlays;
        self.pattern = OnceLock::new();
        self
    }

    /// The same with other times for some periods, instead of those given before: those of the timeslots that an
    /// administrator paired them with. A period without times here keeps its own.
    #[must_use]
    pub fn with_times(
        mut self,
        times: impl IntoIterator<Item = (PeriodId, Vec<TimeRange>)>,
    ) -> Self {
        let days = self.cycle.iter().flat_map(|week| &week.days);
        for period in days.flat_map(|day| &day.periods) {
            if let Some(placed) = self.periods.get_mut(&period.id) {
                placed.times = vec![period.times];
            }
        }
        for (period, mut times) in times {
            times.sort_unstable();
            times.dedup();
            if let Some(placed) = self.periods.get_mut(&period)
                && !times.is_empty()
            {
                placed.times = times;
            }
        }
        self.pattern = OnceLock::new();
        self
    }

    /// What differs from the pattern.
    pub fn overlays(&self) -> &Overlays {
        &self.overlays
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
    /// A date outside every term is known: it has no lessons. Before the timetable is
    /// [in effect](Self::not_in_effect) no date is known.
    pub fn unknown(&self, date: NaiveDate) -> Option<UnknownDay> {
        if !self.in_effect {
            return Some(UnknownDay::NothingInEffect);
        }
        self.calendar.terms_on(date).next()?;
        let week = YearWeek::of(date);
        let allocated = self
            .calendar
            .cycle_weeks(week)
            .any(|allocated| self.cycle.iter().any(|known| known.id == *allocated));
        if !allocated {
            let holiday = self.calendar.is_holiday(week);
            return (!holiday).then_some(UnknownDay::Unallocated(week));
        }
        let in_force = self
            .published
            .iter()
            .any(|timetable| self.in_force(timetable, date));
        (!in_force).then_some(UnknownDay::NoTimetable)
    }

    /// What is known of `room` on `date`.
    ///
    /// A lesson that ends at 24:00 belongs to the date it starts on. Closures, events and exceptions apply on any date,
    /// in a term or not.
    pub fn day(&self, room: &RoomId, date: NaiveDate) -> RoomDay<'_> {
        let unknown = self.unknown(date);
        let excepted = self.excepted(room, date);
        let mut occurrences = Vec::new();
        if unknown.is_none() {
            self.lessons_in(room, date, &mut occurrences);
            self.covers_in(room, date, &mut occurrences);
        }
        self.closures_and_events_in(room, date, &mut occurrences);
        let mut occurrences = Self::without(occurrences, &excepted);
        occurrences.sort_by(Occurrence::in_order);
        RoomDay {
            unknown,
            occurrences,
            excepted,
        }
    }

    /// The lessons that take place in their own room.
    fn lessons_in<'t>(&'t self, room: &RoomId, date: NaiveDate, into: &mut Vec<Occurrence<'t>>) {
        for (lesson, period) in self.pattern(room, date) {
            let times = period.times.iter();
            into.extend(times.filter_map(|times| self.lesson_on(lesson, period, *times, date)));
        }
    }

    /// A lesson that the pattern has on a date at one of its times, if any of its rows takes place in its own room.
    pub(crate) fn lesson_on<'t>(
        &'t self,
        lesson: &'t Lesson,
        period: &'t Placed,
        times: TimeRange,
        date: NaiveDate,
    ) -> Option<Occurrence<'t>> {
        let interval = times.on(date);
        let mut rows = Vec::new();
        let mut certainty = None;
        for row in rows_of(lesson) {
            if let Fate::Stays(stays) = self.fate(lesson, row, interval, date) {
                rows.extend(row);
                certainty = Some(certainty.map_or(stays, |known: Certainty| known.min(stays)));
            }
        }
        Some(Occurrence {
            interval,
            certainty: certainty?.and(period.certainty).and(lesson.certainty),
            occupier: Occupier::Lesson {
                lesson,
                period: &period.name,
                rows,
            },
        })
    }

    /// The closures and events of a room on a date.
    pub(crate) fn closures_and_events_in<'t>(
        &'t self,
        room: &RoomId,
        date: NaiveDate,
        into: &mut Vec<Occurrence<'t>>,
    ) {
        let closures = self.closures.get(room).into_iter().flatten();
        into.extend(closures.flat_map(|&place| {
            let closure = &self.overlays.closures[place];
            let times = self.closed_on(closure, date);
            times.into_iter().map(|(interval, certainty)| Occurrence {
                interval,
                certainty,
                occupier: Occupier::Closure(closure),
            })
        }));
        let events = self.events.get(room).into_iter().flatten();
        into.extend(events.filter_map(|&place| {
            let event = &self.overlays.events[place];
            Some(Occurrence {
                interval: overlay::on(date, event.dates, event.times)?,
                certainty: event.certainty,
                occupier: Occupier::Event(event),
            })
        }));
    }

    /// What exceptions leave of the occurrences.
    pub(crate) fn without<'t>(
        occurrences: Vec<Occurrence<'t>>,
        excepted: &[Interval],
    ) -> Vec<Occurrence<'t>> {
        if excepted.is_empty() {
            return occurrences;
        }
        let pieces = occurrences.into_iter().flat_map(|occurrence| {
            let rest = occurrence.interval.without(excepted.iter().copied());
            rest.into_iter().map(move |interval| Occurrence {
                interval,
                ..occurrence.clone()
            })
        });
        pieces.collect()
    }

    /// The lessons that were moved here.
    pub(crate) fn covers_in<'t>(
        &'t self,
        room: &RoomId,
        date: NaiveDate,
        into: &mut Vec<Occurrence<'t>>,
    ) {
        let Some(places) = self.covers_into.get(&(room.clone(), date)) else {
            return;
        };
        let mut moved: BTreeMap<(LessonAt, TimeRange), (Certainty, Vec<&CoverMove>)> =
            BTreeMap::new();
        for &place in places {
            let cover = &self.overlays.covers[place];
            for &at in self.by_row.get(&cover.row).into_iter().flatten() {
                let Some((lesson, period)) = self.happens(at, date) else {
                    continue;
                };
                for times in &period.times {
                    let interval = times.on(date);
                    let certainty = match self.fate(lesson, Some(&cover.row), interval, date) {
                        Fate::Moved(by, certainty) if by.room == cover.room => certainty,
                        // Another cover names another room.
                        Fate::Stays(Certainty::Doubtful) if lesson.room != *room => {
                            Certainty::Doubtful
                        }
                        _ => continue,
                    };
                    let certainty = certainty.and(period.certainty).and(lesson.certainty);
                    let known = moved.entry((at, *times)).or_insert((certainty, Vec::new()));
                    known.0 = known.0.min(certainty);
                    known.1.push(cover);
                }
            }
        }
        for ((at, times), (certainty, covers)) in moved {
            let Some((lesson, period)) = self.happens(at, date) else {
                continue;
            };
            into.push(Occurrence {
                interval: times.on(date),
                certainty,
                occupier: Occupier::Cover {
                    lesson,
                    period: &period.name,
                    covers,
                },
            });
        }
    }

    /// The lessons that the pattern has in a room on a date, each with its period.
    pub(crate) fn pattern(
        &self,
        room: &RoomId,
        date: NaiveDate,
    ) -> impl Iterator<Item = (&Lesson, &Placed)> {
        let lessons = self.by_room.get(room).into_iter().flatten();
        lessons.filter_map(move |&at| self.happens(at, date))
    }

    /// The times of a period: its own, or those of the timeslots that it was paired with.
    pub(crate) fn times(&self, period: &PeriodId) -> &[TimeRange] {
        self.periods
            .get(period)
            .map_or(&[], |placed| placed.times.as_slice())
    }

    /// The lesson with its period.
    pub(crate) fn lesson(&self, at: LessonAt) -> Option<(&Lesson, &Placed)> {
        let lesson = self.published.get(at.timetable)?.lessons.get(at.lesson)?;
        Some((lesson, self.periods.get(&lesson.period)?))
    }

    /// The lessons of each room: where they are, the place of their week in the cycle, their period, and whether they
    /// are certain where no overlay is about them.
    pub(crate) fn lessons_by_room(
        &self,
    ) -> impl Iterator<
        Item = (
            &RoomId,
            impl Iterator<Item = (LessonAt, usize, &Placed, Certainty)>,
        ),
    > {
        self.by_room.iter().map(|(room, lessons)| {
            let lessons = lessons.iter().filter_map(|&at| {
                let (lesson, period) = self.lesson(at)?;
                let certainty = period.certainty.and(lesson.certainty);
                Some((at, period.week_at, period, certainty))
            });
            (room, lessons)
        })
    }

    /// The lessons that are merged from a row.
    pub(crate) fn lessons_of_row(&self, row: &str) -> impl Iterator<Item = &Lesson> {
        let lessons = self.by_row.get(row).into_iter().flatten();
        lessons.filter_map(|&at| Some(self.lesson(at)?.0))
    }

    /// Whether it has taken effect; see [`not_in_effect`](Self::not_in_effect).
    pub(crate) fn is_in_effect(&self) -> bool {
        self.in_effect
    }

    /// The pattern as it is asked.
    pub(crate) fn by_pattern(&self) -> &Pattern {
        self.pattern.get_or_init(|| Pattern::of(self))
    }

    /// The lesson with its period, if the pattern has it on `date`.
    fn happens(&self, at: LessonAt, date: NaiveDate) -> Option<(&Lesson, &Placed)> {
        let timetable = self.published.get(at.timetable)?;
        let (lesson, period) = self.lesson(at)?;
        let happens = period.weekday == date.weekday()
            && self.in_force(timetable, date)
            && self
                .calendar
                .cycle_weeks(YearWeek::of(date))
                .any(|week| *week == period.week);
        happens.then_some((lesson, period))
    }

    /// What becomes of a row of a lesson that the pattern has on this date. `None` is the only row of a lesson that
    /// names none.
    pub(crate) fn fate<'t>(
        &'t self,
        lesson: &Lesson,
        row: Option<&str>,
        interval: Interval,
        date: NaiveDate,
    ) -> Fate<'t> {
        let mut certainty = Certainty::Certain;
        for suspension in &self.overlays.suspensions {
            match meant(suspension, lesson, row, interval, date) {
                Meant::No => {}
                Meant::Yes => return Fate::Suspended(suspension),
                Meant::Maybe => certainty = Certainty::Doubtful,
            }
        }
        let covers = row
            .filter(|_| lesson.kind == LessonKind::Lesson)
            .and_then(|row| self.covers.get(&(row.to_owned(), date)));
        let mut naming = covers
            .into_iter()
            .flatten()
            .map(|&place| &self.overlays.covers[place])
            .filter(|cover| cover.room != CoverRoom::Own);
        let Some(first) = naming.next() else {
            return Fate::Stays(certainty);
        };
        let mut vouched = first.certainty;
        for other in naming {
            if other.room != first.room {
                // They may lead to different rooms.
                return Fate::Stays(Certainty::Doubtful);
            }
            vouched = vouched.min(other.certainty);
        }
        match &first.room {
            CoverRoom::Moved(room) if *room == lesson.room => Fate::Stays(certainty),
            CoverRoom::Moved(_) => Fate::Moved(first, certainty.and(vouched)),
            // It leads nowhere that is known.
            CoverRoom::Own | CoverRoom::Unknown => Fate::Stays(Certainty::Doubtful),
        }
    }

    /// When a closure closes its room on a date.
    pub(crate) fn closed_on(
        &self,
        closure: &RoomClosure,
        date: NaiveDate,
    ) -> Vec<(Interval, Certainty)> {
        let Some(whole) = overlay::on(date, closure.dates, closure.times) else {
            return Vec::new();
        };
        let Some(period) = &closure.period else {
            return vec![(whole, closure.certainty)];
        };
        let Some(placed) = self.periods.get(period) else {
            return vec![(whole, Certainty::Doubtful)];
        };
        if placed.weekday != date.weekday() {
            return Vec::new();
        }
        let certainty = if self.unknown(date).is_some() {
            Certainty::Doubtful
        } else {
            let in_term = self.calendar.terms_on(date).next().is_some();
            let mut weeks = self.calendar.cycle_weeks(YearWeek::of(date));
            if !in_term || !weeks.any(|week| *week == placed.week) {
                return Vec::new();
            }
            closure.certainty.and(placed.certainty)
        };
        let intervals = match closure.times {
            Some(_) => vec![whole],
            None => Interval::union(placed.times.iter().map(|times| times.on(date))),
        };
        let intervals = intervals.into_iter();
        intervals.map(|interval| (interval, certainty)).collect()
    }

    /// The times of the date at which exceptions free the room.
    pub(crate) fn excepted(&self, room: &RoomId, date: NaiveDate) -> Vec<Interval> {
        let Some(day) = overlay::on(date, crate::DateSpan::day(date), None) else {
            return Vec::new();
        };
        let exceptions = self.overlays.exceptions.iter();
        Interval::union(
            exceptions
                .filter(|exception| exception.room.as_ref().is_none_or(|freed| freed == room))
                .filter_map(|exception| exception.interval.shared(day)),
        )
    }

    /// Whether a part of `interval` on `date` is left dark where the lessons of the date are not known: time that no
    /// exception frees.
    pub(crate) fn is_dark(&self, room: &RoomId, date: NaiveDate, interval: Interval) -> bool {
        let day = overlay::on(date, crate::DateSpan::day(date), None);
        let asked = day.and_then(|day| day.shared(interval));
        asked.is_some_and(|asked| !asked.without(self.excepted(room, date)).is_empty())
    }

    /// Everything that overlaps `interval` in `room`, by start.
    pub fn overlapping(
        &self,
        room: &RoomId,
        interval: Interval,
    ) -> impl Iterator<Item = Occurrence<'_>> {
        self.standing(room, interval)
    }

    /// When `room` is occupied on `date`: what certainly is, as the fewest intervals, and what only may be.
    ///
    /// On a date that is not [known](Self::unknown) there may be lessons beside that.
    ///
    /// ```
    /// # use room_timetable::*;
    /// # let timetable: SchoolTimetable = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/school.rs"));
    /// # let at = |day, hour| chrono::NaiveDate::from_ymd_opt(2031, 9, day).unwrap().and_hms_opt(hour, 0, 0).unwrap();
    /// // Physics meets in lab-2 on Mondays from 09:00 to 10:00.
    /// let monday = timetable.occupied(&"lab-2".into(), at(8, 0).date());
    /// assert_eq!(monday, [(Interval::new(at(8, 9), at(8, 10))?, Certainty::Certain)]);
    ///
    /// // So it does on Tuesdays, but those are marked inactive.
    /// let tuesday = timetable.occupied(&"lab-2".into(), at(9, 0).date());
    /// assert_eq!(tuesday, [(Interval::new(at(9, 9), at(9, 10))?, Certainty::Doubtful)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn occupied(&self, room: &RoomId, date: NaiveDate) -> Vec<(Interval, Certainty)> {
        let day = self.day(room, date);
        let of = |certainty: Certainty| {
            let occurrences = day.occurrences.iter();
            Interval::union(
                occurrences
                    .filter(|occurrence| occurrence.certainty == certainty)
                    .map(|occurrence| occurrence.interval),
            )
        };
        let certain = of(Certainty::Certain);
        let doubtful = of(Certainty::Doubtful)
            .into_iter()
            .flat_map(|interval| interval.without(certain.iter().copied()))
            .map(|interval| (interval, Certainty::Doubtful));
        let mut occupied: Vec<(Interval, Certainty)> = doubtful.collect();
        occupied.extend(
            certain
                .iter()
                .map(|interval| (*interval, Certainty::Certain)),
        );
        occupied.sort_unstable();
        occupied
    }

    /// Those of `rooms` that are free for all of `interval`, in the order given. A room that is doubtful, or of which it
    /// is not known, is not free. Which rooms come into question is the caller's to say: those of a category, say.
    ///
    /// ```
    /// # use room_timetable::*;
    /// # let timetable: SchoolTimetable = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/school.rs"));
    /// # let at = |day, hour| chrono::NaiveDate::from_ymd_opt(2031, 9, day).unwrap().and_hms_opt(hour, 0, 0).unwrap();
    /// // Physics meets in lab-2 on Mondays from 09:00 to 10:00.
    /// let labs: [RoomId; 3] = ["lab-1", "lab-2", "lab-3"].map(RoomId::from);
    /// let lesson = Interval::new(at(8, 9), at(8, 10))?;
    /// assert_eq!(timetable.free_rooms(lesson, &labs), [&labs[0], &labs[2]]);
    ///
    /// // The next week is allocated to no week of the cycle: nobody knows.
    /// let unknown = Interval::new(at(15, 9), at(15, 10))?;
    /// assert!(timetable.free_rooms(unknown, &labs).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn free_rooms<'r>(
        &self,
        interval: Interval,
        rooms: impl IntoIterator<Item = &'r RoomId>,
    ) -> Vec<&'r RoomId> {
        rooms
            .into_iter()
            .filter(|room| self.state(room, interval) == RoomState::Free)
            .collect()
    }

    /// Whether `room` is free for all of `interval`.
    ///
    /// What certainly occupies it comes first, then what may, then what is not known. Time that an exception frees is
    /// free, whatever is known of it.
    ///
    /// ```
    /// # use room_timetable::*;
    /// # let timetable: SchoolTimetable = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/school.rs"));
    /// # let at = |day, hour| chrono::NaiveDate::from_ymd_opt(2031, 9, day).unwrap().and_hms_opt(hour, 0, 0).unwrap();
    /// let state = |day| {
    ///     let interval = Interval::new(at(day, 9), at(day, 10))?;
    ///     Ok::<_, EmptyInterval>(timetable.state(&"lab-2".into(), interval))
    /// };
    /// assert_eq!(state(8)?, RoomState::Occupied); // Monday's lesson
    /// assert_eq!(state(9)?, RoomState::Doubtful); // a day that is marked inactive
    /// assert_eq!(state(10)?, RoomState::Free);
    /// assert_eq!(state(15)?, RoomState::Unknown); // a week without allocation
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn state(&self, room: &RoomId, interval: Interval) -> RoomState {
        self.state_during(room, interval)
    }
}

/// Whether a suspension is about a row of a lesson at a time.
enum Meant {
    No,
    Yes,
    /// It may be.
    Maybe,
}

fn meant(
    suspension: &Suspension,
    lesson: &Lesson,
    row: Option<&str>,
    interval: Interval,
    date: NaiveDate,
) -> Meant {
    let Some(when) = overlay::on(date, suspension.dates, suspension.times) else {
        return Meant::No;
    };
    if !when.overlaps(interval) {
        return Meant::No;
    }
    let which = &suspension.which;
    let named = [
        which
            .row
            .as_deref()
            .map(|id| lesson.kind == LessonKind::Lesson && row == Some(id)),
        which
            .group
            .as_ref()
            .map(|group| lesson.kind == LessonKind::Lesson && lesson.group == *group),
        which.period.as_ref().map(|period| lesson.period == *period),
        which.room.as_ref().map(|room| lesson.room == *room),
    ];
    if named.contains(&Some(false)) {
        return Meant::No;
    }
    // Only a part of the lesson, or lessons that nobody names.
    let mut maybe = !when.contains(interval)
        || which.names_nothing()
        || suspension.certainty == Certainty::Doubtful;
    if let Some(year) = &which.year {
        match &lesson.year {
            Some(of) if of == year => {}
            Some(_) => return Meant::No,
            // Staff have no year.
            None if lesson.kind == LessonKind::Meeting => return Meant::No,
            None => maybe = true,
        }
    }
    if maybe { Meant::Maybe } else { Meant::Yes }
}

/// The rows of a lesson; one without an id where it names none.
pub(crate) fn rows_of(lesson: &Lesson) -> impl Iterator<Item = Option<&str>> {
    let none = lesson.source_ids.is_empty().then_some(None);
    lesson
        .source_ids
        .iter()
        .map(|row| Some(row.as_str()))
        .chain(none)
}
