//! Random small schools against a slow and obvious model: a grid with a cell for every minute of every day and room.
//!
//! 400 schools by default. Another number comes from the environment; the long profile is
//!
//! ```text
//! ROOM_TIMETABLE_CASES=100000 cargo test --release -p room-timetable --test it minute_grid
//! ```

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Weekday};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use room_timetable::*;

const ROOMS: usize = 3;
const DAYS: u32 = 21;
const MINUTES: u32 = 24 * 60;
/// Lessons of a timetable, timetables of a school and rows of a lesson, at most.
const LESSONS: usize = 8;
const TIMETABLES: usize = 2;
const ROWS: usize = 3;

fn cases() -> u32 {
    match std::env::var("ROOM_TIMETABLE_CASES") {
        Ok(number) => number.parse().unwrap(),
        Err(_) => 400,
    }
}

/// A school as plain numbers, from which both the timetable and the grid are made. Days are offsets from the first,
/// times are minutes.
#[derive(Clone, Debug)]
struct Plain {
    first: NaiveDate,
    /// First and last day, and the academic year.
    terms: Vec<(u32, u32, Option<i32>)>,
    /// For each day's week of the year: a cycle week, which may be one that the structure does not have.
    allocations: Vec<(u32, usize)>,
    /// Days whose weeks are acknowledged.
    holidays: Vec<u32>,
    /// Active mark of each cycle week.
    weeks: Vec<bool>,
    periods: Vec<PlainPeriod>,
    /// Years and lessons.
    timetables: Vec<(Option<i32>, Option<i32>, Vec<PlainLesson>)>,
    suspensions: Vec<PlainSuspension>,
    covers: Vec<PlainCover>,
    closures: Vec<PlainSpan>,
    events: Vec<PlainSpan>,
    /// Room or all, start, length.
    exceptions: Vec<(Option<usize>, u32, u32)>,
    /// Room, start, length.
    bookings: Vec<(usize, u32, u32)>,
}

#[derive(Clone, Debug)]
struct PlainPeriod {
    week: usize,
    /// From Monday.
    weekday: u32,
    times: (u32, u32),
    active: bool,
    /// Times of the timeslots that it is paired with; with none it keeps its own.
    slots: Vec<(u32, u32)>,
}

#[derive(Clone, Debug)]
struct PlainLesson {
    period: usize,
    room: usize,
    kind: usize,
    group: usize,
    year: Option<usize>,
    rows: usize,
    doubtful: bool,
}

#[derive(Clone, Debug)]
struct PlainSuspension {
    days: (u32, Option<u32>),
    times: Option<(u32, u32)>,
    /// Timetable, lesson and row.
    row: Option<(usize, usize, usize)>,
    group: Option<usize>,
    year: Option<usize>,
    period: Option<usize>,
    room: Option<usize>,
    /// The lesson of which the above are to be, if they are to be of one.
    of: Option<usize>,
}

#[derive(Clone, Debug)]
struct PlainCover {
    /// Timetable, lesson and row.
    row: (usize, usize, usize),
    day: u32,
    /// None: the own one; a number past the last: one that is not known.
    room: Option<usize>,
    doubtful: bool,
    /// Whether it is to be of the same row and day as the one before.
    twin: bool,
}

/// A closure or an event.
#[derive(Clone, Debug)]
struct PlainSpan {
    room: usize,
    days: (u32, Option<u32>),
    times: Option<(u32, u32)>,
    doubtful: bool,
}

/// Start and end in five-minute steps, so that ends and starts meet often; the end may be 24:00.
fn times() -> impl Strategy<Value = (u32, u32)> {
    (prop_oneof![4 => 96..150_u32, 1 => 0..288_u32], 1..40_u32)
        .prop_map(|(start, length)| (start * 5, ((start + length) * 5).min(MINUTES)))
}

fn days() -> impl Strategy<Value = (u32, Option<u32>)> {
    (0..DAYS, prop::option::weighted(0.8, 0..12_u32))
        .prop_map(|(first, more)| (first, more.map(|more| first + more)))
}

fn row() -> impl Strategy<Value = (usize, usize, usize)> {
    (0..TIMETABLES, 0..LESSONS, 0..ROWS)
}

fn year() -> impl Strategy<Value = Option<i32>> {
    prop_oneof![1 => Just(None), 4 => Just(Some(2031)), 1 => (2030..2033_i32).prop_map(Some)]
}

fn years() -> impl Strategy<Value = (Option<i32>, Option<i32>)> {
    prop_oneof![
        3 => Just((None, None)),
        2 => Just((Some(2031), Some(2032))),
        1 => (year(), year()),
    ]
}

fn periods(weeks: usize) -> impl Strategy<Value = Vec<PlainPeriod>> {
    let slots = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(times(), 1..3)];
    let period = (
        0..weeks,
        0..7_u32,
        times(),
        prop::bool::weighted(0.9),
        slots,
    );
    let period = period.prop_map(|(week, weekday, times, active, slots)| PlainPeriod {
        week,
        weekday,
        times,
        active,
        slots,
    });
    prop::collection::vec(period, 1..8)
}

fn timetables() -> impl Strategy<Value = Vec<(Option<i32>, Option<i32>, Vec<PlainLesson>)>> {
    let kind = prop_oneof![5 => Just(0_usize), 1 => 1..4_usize];
    let group_and_year = (0..3_usize, prop::option::of(0..2_usize));
    let rows = 0..=ROWS;
    let lesson = (
        0..10_usize,
        0..ROOMS,
        kind,
        group_and_year,
        rows,
        prop::bool::weighted(0.1),
    );
    let lesson =
        lesson.prop_map(
            |(period, room, kind, (group, year), rows, doubtful)| PlainLesson {
                period,
                room,
                kind,
                group,
                year,
                rows,
                doubtful,
            },
        );
    let lessons = prop::collection::vec(lesson, 2..=LESSONS);
    let count = prop_oneof![1 => Just(0), 4 => Just(1), 4 => Just(TIMETABLES)];
    count
        .prop_flat_map(move |count| prop::collection::vec((years(), lessons.clone()), count))
        .prop_map(|timetables| {
            let timetables = timetables.into_iter();
            timetables
                .map(|((start, end), lessons)| (start, end, lessons))
                .collect()
        })
}

fn suspensions() -> impl Strategy<Value = Vec<PlainSuspension>> {
    let named = (
        prop::option::weighted(0.3, row()),
        prop::option::weighted(0.3, 0..3_usize),
        prop::option::weighted(0.3, 0..2_usize),
        prop::option::weighted(0.2, 0..10_usize),
        prop::option::weighted(0.2, 0..ROOMS),
    );
    let of = prop::option::weighted(0.8, 0..TIMETABLES * LESSONS);
    let suspension = (days(), prop::option::weighted(0.3, times()), named, of);
    let suspension = suspension.prop_map(|(days, times, (row, group, year, period, room), of)| {
        PlainSuspension {
            days,
            times,
            row,
            group,
            year,
            period,
            room,
            of,
        }
    });
    prop::collection::vec(suspension, 0..4)
}

/// What a cover is about is chosen from the lessons later, so that most covers meet one.
fn covers() -> impl Strategy<Value = Vec<PlainCover>> {
    let room = prop::option::weighted(0.85, 0..=ROOMS);
    let cover = (
        row(),
        0..DAYS,
        room,
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.3),
    );
    let cover = cover.prop_map(|(row, day, room, doubtful, twin)| PlainCover {
        row,
        day,
        room,
        doubtful,
        twin,
    });
    prop::collection::vec(cover, 0..=COVERS)
}

fn spans() -> impl Strategy<Value = Vec<PlainSpan>> {
    let span = (
        0..ROOMS,
        days(),
        prop::option::weighted(0.7, times()),
        prop::bool::weighted(0.3),
    );
    let span = span.prop_map(|(room, days, times, doubtful)| PlainSpan {
        room,
        days,
        times,
        doubtful,
    });
    prop::collection::vec(span, 0..3)
}

fn plain() -> impl Strategy<Value = Plain> {
    // Any day of the year, and often one close to New Year.
    let day = prop_oneof![3 => 1..366_u32, 1 => 345..366_u32];
    let first =
        (2030..2034_i32, day).prop_map(|(year, day)| NaiveDate::from_yo_opt(year, day).unwrap());
    let long = (0..5_u32, 15..DAYS, year());
    let any = (0..DAYS, 0..DAYS, year());
    let terms = prop::collection::vec(prop_oneof![4 => long, 1 => any], 0..4);
    let terms = terms.prop_map(|terms| {
        let ordered = terms
            .into_iter()
            .map(|(a, b, year)| (a.min(b), a.max(b), year));
        ordered.collect::<Vec<_>>()
    });
    let count = prop_oneof![3 => Just(1_usize), 2 => Just(2), 1 => Just(3)];
    let weeks =
        count.prop_flat_map(|count| prop::collection::vec(prop::bool::weighted(0.9), count));
    let pattern = weeks.prop_flat_map(|weeks| {
        let count = weeks.len();
        // A week that the structure does not have is rare.
        let to = move || prop_oneof![9 => 0..count, 1 => Just(count)];
        let each = prop::collection::vec(prop::option::weighted(0.8, to()), DAYS as usize / 7 + 1);
        let more = prop::collection::vec((0..DAYS, to()), 0..4);
        let allocations = (each, more).prop_map(|(each, mut allocations)| {
            let each = each.into_iter().enumerate();
            allocations
                .extend(each.filter_map(|(week, to)| Some(((week as u32 * 7).min(DAYS - 1), to?))));
            allocations
        });
        (Just(weeks), allocations, periods(count))
    });
    let minute = (
        0..DAYS * MINUTES / 5,
        prop_oneof![4 => Just(0), 1 => 1..5_u32],
    );
    let minute = || minute.clone().prop_map(|(five, more)| five * 5 + more);
    let exception = (
        prop::option::weighted(0.7, 0..ROOMS),
        minute(),
        1..3_000_u32,
    );
    let booking = (0..ROOMS, minute(), prop_oneof![1..200_u32, 1..4_000_u32]);
    let overlays = (
        suspensions(),
        covers(),
        spans(),
        spans(),
        prop::collection::vec(exception, 0..3),
    );
    let holidays = prop::collection::vec(0..DAYS, 0..2);
    let bookings = prop::collection::vec(booking, 1..12);
    (
        first,
        terms,
        holidays,
        pattern,
        timetables(),
        overlays,
        bookings,
    )
        .prop_map(
            |(
                first,
                terms,
                holidays,
                (weeks, allocations, periods),
                timetables,
                overlays,
                bookings,
            )| {
                let (suspensions, covers, closures, events, exceptions) = overlays;
                let mut plain = Plain {
                    first,
                    terms,
                    allocations,
                    holidays,
                    weeks,
                    periods,
                    timetables,
                    suspensions,
                    covers,
                    closures,
                    events,
                    exceptions,
                    bookings,
                };
                plain.aim();
                plain
            },
        )
}

impl Plain {
    /// Moves numbers that lead nowhere to where something is: otherwise most overlays would meet no lesson.
    fn aim(&mut self) {
        let periods = self.periods.len();
        for (_, _, lessons) in &mut self.timetables {
            for lesson in lessons {
                lesson.period %= periods;
            }
        }
        let lessons: Vec<(usize, usize, PlainLesson)> = self
            .lessons()
            .map(|(timetable, number, lesson)| (timetable, number, lesson.clone()))
            .collect();
        if lessons.is_empty() {
            return;
        }
        let chosen = |number: usize| lessons[number % lessons.len()].clone();
        for index in 0..self.covers.len() {
            let (timetable, number, lesson) =
                chosen(self.covers[index].row.0 * LESSONS + self.covers[index].row.1);
            let row = (
                timetable,
                number,
                self.covers[index].row.2 % lesson.rows.max(1),
            );
            // Mostly a day on which the lesson may be.
            let period = &self.periods[lesson.period];
            let days: Vec<u32> = (0..DAYS)
                .filter(|&day| {
                    let week = YearWeek::of(self.date(day));
                    self.date(day).weekday().num_days_from_monday() == period.weekday
                        && self.allocations.iter().any(|&(other, to)| {
                            YearWeek::of(self.date(other)) == week && to == period.week
                        })
                })
                .collect();
            let day = days
                .get(self.covers[index].day as usize % days.len().max(1))
                .copied();
            let twin = self.covers[index].twin && index > 0;
            let before = twin.then(|| (self.covers[index - 1].row, self.covers[index - 1].day));
            let cover = &mut self.covers[index];
            (cover.row, cover.day) = before.unwrap_or((row, day.unwrap_or(cover.day)));
        }
        for suspension in &mut self.suspensions {
            if let Some(of) = suspension.of {
                let (timetable, number, lesson) = chosen(of);
                let row = suspension.row.map(|(_, _, row)| row % lesson.rows.max(1));
                suspension.row = row.map(|row| (timetable, number, row));
                suspension.group = suspension.group.map(|_| lesson.group);
                suspension.year = suspension.year.map(|year| lesson.year.unwrap_or(year));
                suspension.period = suspension.period.map(|_| lesson.period);
                suspension.room = suspension.room.map(|_| lesson.room);
            }
        }
    }

    fn lessons(&self) -> impl Iterator<Item = (usize, usize, &PlainLesson)> {
        let timetables = self.timetables.iter().enumerate();
        timetables.flat_map(|(timetable, (_, _, lessons))| {
            let lessons = lessons.iter().enumerate();
            lessons.map(move |(index, lesson)| (timetable, index, lesson))
        })
    }

    fn date(&self, day: u32) -> NaiveDate {
        self.first + Days::new(day.into())
    }

    fn at(&self, minute: u32) -> NaiveDateTime {
        self.first.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(minute.into())
    }

    fn interval(&self, start: u32, length: u32) -> Interval {
        Interval::new(self.at(start), self.at(start + length)).unwrap()
    }

    /// Room and minutes of each booking, within the days of the grid.
    fn asked(&self) -> impl Iterator<Item = (usize, u32, u32)> {
        let bookings = self.bookings.iter();
        bookings.map(|&(room, start, length)| (room, start, (start + length).min(DAYS * MINUTES)))
    }
}

// The same school for the crate.

/// Everything that a timetable is made of, in some order.
#[derive(Clone, Debug)]
struct Parts {
    terms: Vec<Term>,
    allocations: Vec<(YearWeek, CycleWeekId)>,
    holidays: Vec<YearWeek>,
    cycle: Vec<CycleWeek>,
    published: Vec<PublishedTimetable>,
    slots: Vec<(PeriodId, Vec<TimeRange>)>,
    overlays: Overlays,
}

fn room(index: usize) -> RoomId {
    RoomId::new(format!("room-{index}"))
}

fn certainty(doubtful: bool) -> Certainty {
    if doubtful {
        Certainty::Doubtful
    } else {
        Certainty::Certain
    }
}

fn range((start, end): (u32, u32)) -> TimeRange {
    let minutes = |minute: u32| TimeOfDay::from_seconds(minute * 60).unwrap();
    TimeRange::new(minutes(start), minutes(end)).unwrap()
}

/// The id of a row. Rows that are not of lessons have numbers of their own, so that they may equal a lesson's.
fn row_id((timetable, lesson, row): (usize, usize, usize)) -> String {
    format!("{}", (timetable * LESSONS + lesson) * ROWS + row)
}

fn parts(plain: &Plain) -> Parts {
    let span = |(first, last): (u32, Option<u32>)| {
        DateSpan::new(plain.date(first), last.map(|last| plain.date(last))).unwrap()
    };
    let week = |day: u32| YearWeek::of(plain.date(day));
    let cycle = plain.weeks.iter().enumerate().map(|(index, &active)| {
        let periods = plain.periods.iter().enumerate();
        let days = periods
            .filter(|(_, period)| period.week == index)
            .map(|(id, period)| SchoolDay {
                weekday: Weekday::try_from(period.weekday as u8).unwrap(),
                active: period.active,
                periods: vec![Period {
                    id: PeriodId::new(id.to_string()),
                    name: id.to_string(),
                    times: range(period.times),
                }],
            });
        CycleWeek {
            id: CycleWeekId::new(index.to_string()),
            name: index.to_string(),
            active,
            days: days.collect(),
        }
    });
    let slots = plain.periods.iter().enumerate().map(|(id, period)| {
        let times = period.slots.iter().map(|&times| range(times)).collect();
        (PeriodId::new(id.to_string()), times)
    });
    let published =
        plain
            .timetables
            .iter()
            .enumerate()
            .map(|(timetable, (start, end, lessons))| {
                let lessons = lessons.iter().enumerate().map(|(index, lesson)| Lesson {
                    period: PeriodId::new(lesson.period.to_string()),
                    room: room(lesson.room),
                    kind: [
                        LessonKind::Lesson,
                        LessonKind::Meeting,
                        LessonKind::Tutorial,
                        LessonKind::YearSchedule,
                    ][lesson.kind],
                    group: lesson.group.to_string(),
                    label: (timetable * LESSONS + index).to_string(),
                    year: lesson.year.map(|year| year.to_string()),
                    teachers: Vec::new(),
                    source_ids: (0..lesson.rows)
                        .map(|row| row_id((timetable, (index + lesson.kind) % LESSONS, row)))
                        .collect(),
                    certainty: certainty(lesson.doubtful),
                });
                PublishedTimetable {
                    name: timetable.to_string(),
                    years: AcademicYears {
                        start: *start,
                        end: *end,
                    },
                    lessons: lessons.collect(),
                }
            });
    let suspensions = plain
        .suspensions
        .iter()
        .enumerate()
        .map(|(id, suspension)| Suspension {
            id: id.to_string(),
            dates: span(suspension.days),
            times: suspension.times.map(range),
            which: LessonFilter {
                row: suspension.row.map(row_id),
                group: suspension.group.map(|group| group.to_string()),
                year: suspension.year.map(|year| year.to_string()),
                period: suspension
                    .period
                    .map(|period| PeriodId::new(period.to_string())),
                room: suspension.room.map(room),
            },
            reason: None,
        });
    let covers = plain
        .covers
        .iter()
        .enumerate()
        .map(|(id, cover)| CoverMove {
            id: id.to_string(),
            row: row_id(cover.row),
            date: plain.date(cover.day),
            room: match cover.room {
                None => CoverRoom::Own,
                Some(to) if to < ROOMS => CoverRoom::Moved(room(to)),
                Some(_) => CoverRoom::Unknown,
            },
            teacher: None,
            certainty: certainty(cover.doubtful),
        });
    // All have one label, so that their order rests on more than that.
    let closures = plain
        .closures
        .iter()
        .enumerate()
        .map(|(id, closure)| RoomClosure {
            id: id.to_string(),
            room: room(closure.room),
            dates: span(closure.days),
            times: closure.times.map(range),
            label: "closed".to_owned(),
            certainty: certainty(closure.doubtful),
        });
    let events = plain
        .events
        .iter()
        .enumerate()
        .map(|(id, event)| RoomEvent {
            id: id.to_string(),
            room: room(event.room),
            dates: span(event.days),
            times: event.times.map(range),
            label: "event".to_owned(),
            certainty: certainty(event.doubtful),
        });
    let exceptions = plain
        .exceptions
        .iter()
        .enumerate()
        .map(|(id, &(of, start, length))| Exception {
            id: id.to_string(),
            room: of.map(room),
            interval: plain.interval(start, length),
        });
    let terms = plain.terms.iter();
    Parts {
        terms: terms
            .map(|&(a, b, year)| Term::new("term", year, plain.date(a), plain.date(b)).unwrap())
            .collect(),
        allocations: plain
            .allocations
            .iter()
            .map(|&(day, to)| (week(day), CycleWeekId::new(to.to_string())))
            .collect(),
        holidays: plain.holidays.iter().map(|&day| week(day)).collect(),
        cycle: cycle.collect(),
        published: published.collect(),
        slots: slots.collect(),
        overlays: Overlays {
            suspensions: suspensions.collect(),
            covers: covers.collect(),
            closures: closures.collect(),
            events: events.collect(),
            exceptions: exceptions.collect(),
        },
    }
}

impl Parts {
    fn timetable(self) -> SchoolTimetable {
        let calendar =
            SchoolCalendar::new(self.terms, self.allocations).with_holidays(self.holidays);
        SchoolTimetable::new(calendar, self.cycle, self.published)
            .unwrap()
            .with_times(self.slots)
            .with_overlays(self.overlays)
    }

    /// Every list in another order.
    fn shuffled(mut self, seed: u64) -> Self {
        let mut shuffle = Shuffle(seed);
        shuffle.list(&mut self.terms);
        shuffle.list(&mut self.allocations);
        shuffle.list(&mut self.holidays);
        shuffle.list(&mut self.slots);
        shuffle.list(&mut self.cycle);
        for week in &mut self.cycle {
            shuffle.list(&mut week.days);
        }
        shuffle.list(&mut self.published);
        for timetable in &mut self.published {
            shuffle.list(&mut timetable.lessons);
        }
        shuffle.list(&mut self.overlays.suspensions);
        shuffle.list(&mut self.overlays.covers);
        shuffle.list(&mut self.overlays.closures);
        shuffle.list(&mut self.overlays.events);
        shuffle.list(&mut self.overlays.exceptions);
        self
    }
}

struct Shuffle(u64);

impl Shuffle {
    fn list<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            list.swap(end, (self.0 >> 33) as usize % (end + 1));
        }
    }
}

// The model.

const COVERS: usize = 6;
/// The bits of what may stand in a minute: a row of a lesson in its own room, a cover, a closure, an event.
const FIRST_COVER: usize = TIMETABLES * LESSONS * ROWS;
const FIRST_CLOSURE: usize = FIRST_COVER + COVERS;
const FIRST_EVENT: usize = FIRST_CLOSURE + 3;

/// What the model knows of a minute in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cell {
    certain: u64,
    doubtful: u64,
    unknown: bool,
}

impl Cell {
    fn put(&mut self, things: u64, sure: bool) {
        if sure {
            self.certain |= things;
        } else {
            self.doubtful |= things;
        }
    }
}

/// The week of the year by counting: a new week begins on every Sunday but the first of January.
fn counted_week(date: NaiveDate) -> (i32, u32) {
    let sundays = (2..=date.ordinal())
        .filter(|&ordinal| {
            NaiveDate::from_yo_opt(date.year(), ordinal)
                .unwrap()
                .weekday()
                == Weekday::Sun
        })
        .count();
    (date.year(), sundays as u32 + 1)
}

/// The cells of each room, minute by minute from the first day's midnight.
fn paint(plain: &Plain) -> Vec<Vec<Cell>> {
    let mut grid = vec![vec![Cell::default(); (DAYS * MINUTES) as usize]; ROOMS];
    let weeks_of: Vec<(i32, u32)> = (0..DAYS).map(|day| counted_week(plain.date(day))).collect();
    for day in 0..DAYS {
        paint_lessons(plain, day, &weeks_of, &mut grid);
    }
    for (first, spans) in [
        (FIRST_CLOSURE, &plain.closures),
        (FIRST_EVENT, &plain.events),
    ] {
        for (index, span) in spans.iter().enumerate() {
            let last = span.days.1.unwrap_or(DAYS).min(DAYS - 1);
            for day in span.days.0..=last {
                let (start, end) = span.times.unwrap_or((0, MINUTES));
                for minute in start..end {
                    let cell = &mut grid[span.room][(day * MINUTES + minute) as usize];
                    cell.put(1 << (first + index), !span.doubtful);
                }
            }
        }
    }
    for &(of, start, length) in &plain.exceptions {
        for (index, cells) in grid.iter_mut().enumerate() {
            if of.is_none_or(|of| of == index) {
                for minute in start..(start + length).min(DAYS * MINUTES) {
                    cells[minute as usize] = Cell::default();
                }
            }
        }
    }
    grid
}

fn paint_lessons(plain: &Plain, day: u32, weeks_of: &[(i32, u32)], grid: &mut [Vec<Cell>]) {
    let years: Vec<Option<i32>> = plain
        .terms
        .iter()
        .filter(|term| term.0 <= day && day <= term.1)
        .map(|term| term.2)
        .collect();
    if years.is_empty() {
        return;
    }
    let same_week = |other: u32| weeks_of[other as usize] == weeks_of[day as usize];
    let weeks: BTreeSet<usize> = plain
        .allocations
        .iter()
        .filter(|(other, week)| same_week(*other) && *week < plain.weeks.len())
        .map(|(_, week)| *week)
        .collect();
    let in_force = |start: Option<i32>, end: Option<i32>| {
        years.iter().any(|&year| match (start, end, year) {
            (None, None, _) => true,
            (_, _, None) => false,
            (Some(start), None, Some(year)) => year >= start,
            (None, Some(end), Some(year)) => year < end,
            (Some(start), Some(end), Some(year)) => {
                (year == start && start == end) || (start <= year && year < end)
            }
        })
    };
    let known = if weeks.is_empty() {
        plain.holidays.iter().any(|&other| same_week(other))
    } else {
        plain
            .timetables
            .iter()
            .any(|(start, end, _)| in_force(*start, *end))
    };
    if !known {
        for cells in grid {
            for minute in day * MINUTES..(day + 1) * MINUTES {
                cells[minute as usize].unknown = true;
            }
        }
        return;
    }
    let weekday = plain.date(day).weekday().num_days_from_monday();
    for (timetable, index, lesson) in plain.lessons() {
        let (start, end, _) = &plain.timetables[timetable];
        let period = &plain.periods[lesson.period];
        if !in_force(*start, *end) || !weeks.contains(&period.week) || period.weekday != weekday {
            continue;
        }
        let own = vec![period.times];
        let slots = if period.slots.is_empty() {
            &own
        } else {
            &period.slots
        };
        for &slot in slots {
            let active = period.active && plain.weeks[period.week];
            paint_slot(plain, day, (timetable, index, lesson), slot, active, grid);
        }
    }
}

/// One slot of a lesson on one day: what its rows put into each room, in the room of the lesson and beside it.
fn paint_slot(
    plain: &Plain,
    day: u32,
    (timetable, index, lesson): (usize, usize, &PlainLesson),
    slot: (u32, u32),
    active: bool,
    grid: &mut [Vec<Cell>],
) {
    // Of each room: what stays there and what was moved there, and whether a part of it certainly does.
    let mut stays = (0, false);
    let mut moved = [(0_u64, false); ROOMS];
    for row in 0..lesson.rows.max(1) {
        let own: u64 = 1 << ((timetable * LESSONS + index) * ROWS + row);
        // Only lessons have rows that suspensions and covers know by number.
        let name = (lesson.kind == 0 && lesson.rows > 0).then_some((timetable, index, row));
        let mut sure = true;
        let mut suspended = false;
        for suspension in &plain.suspensions {
            match effect(suspension, day, slot, lesson, name) {
                Effect::None => {}
                Effect::Perhaps => sure = false,
                Effect::Suspends => suspended = true,
            }
        }
        if suspended {
            continue;
        }
        let covers: Vec<(usize, &PlainCover)> = plain
            .covers
            .iter()
            .enumerate()
            .filter(|(_, cover)| {
                Some(cover.row) == name && cover.day == day && cover.room.is_some()
            })
            .collect();
        let named: BTreeSet<usize> = covers.iter().filter_map(|(_, cover)| cover.room).collect();
        let mut stay = |sure: bool| {
            stays.0 |= own;
            stays.1 |= sure;
        };
        let mut lead = |to: usize, sure: bool| {
            for (id, _) in covers.iter().filter(|(_, cover)| cover.room == Some(to)) {
                moved[to].0 |= 1 << (FIRST_COVER + id);
            }
            moved[to].1 |= sure;
        };
        match named.iter().copied().collect::<Vec<_>>().as_slice() {
            [] => stay(sure),
            [to] if *to == lesson.room => stay(sure),
            [to] if *to < ROOMS => {
                let vouched = covers.iter().any(|(_, cover)| !cover.doubtful);
                lead(*to, sure && vouched);
            }
            // To a room that is not known, or to several: it may be in any of them, or in its own.
            rooms => {
                stay(false);
                for &to in rooms.iter().filter(|&&to| to < ROOMS && to != lesson.room) {
                    lead(to, false);
                }
            }
        }
    }
    let mut write = |place: usize, things: u64, sure: bool| {
        for minute in slot.0..slot.1 {
            let cell = &mut grid[place][(day * MINUTES + minute) as usize];
            cell.put(things, sure && active && !lesson.doubtful);
        }
    };
    write(lesson.room, stays.0, stays.1);
    for (place, (things, sure)) in moved.into_iter().enumerate() {
        write(place, things, sure);
    }
}

enum Effect {
    None,
    Perhaps,
    Suspends,
}

fn effect(
    suspension: &PlainSuspension,
    day: u32,
    slot: (u32, u32),
    lesson: &PlainLesson,
    row: Option<(usize, usize, usize)>,
) -> Effect {
    let PlainSuspension {
        days,
        times,
        row: named,
        group,
        year,
        period,
        room,
        of: _,
    } = suspension;
    let on = days.0 <= day && days.1.is_none_or(|last| day <= last);
    let (from, to) = times.unwrap_or((0, MINUTES));
    let minutes = (slot.0..slot.1)
        .filter(|minute| (from..to).contains(minute))
        .count() as u32;
    let is_lesson = lesson.kind == 0;
    let fits = named.is_none_or(|named| row == Some(named))
        && group.is_none_or(|group| is_lesson && lesson.group == group)
        && period.is_none_or(|period| lesson.period == period)
        && room.is_none_or(|room| lesson.room == room)
        // Meetings are of staff, who have no year; of others the year may be missing.
        && year.is_none_or(|year| lesson.year.map_or(lesson.kind != 1, |of| of == year));
    if !on || minutes == 0 || !fits {
        return Effect::None;
    }
    let nothing =
        named.is_none() && group.is_none() && year.is_none() && period.is_none() && room.is_none();
    let whole = minutes == slot.1 - slot.0;
    let year_known = year.is_none() || lesson.year.is_some();
    if whole && year_known && !nothing {
        Effect::Suspends
    } else {
        Effect::Perhaps
    }
}

/// The bits of an occurrence.
fn things(plain: &Plain, occurrence: &Occurrence<'_>) -> u64 {
    let numbered = |first: usize| {
        let ids = occurrence.source_ids();
        let bits = ids
            .iter()
            .map(|id| 1_u64 << (first + id.parse::<usize>().unwrap()));
        bits.fold(0, |all, bit| all | bit)
    };
    match &occurrence.occupier {
        Occupier::Lesson { lesson, rows, .. } => {
            let place: usize = lesson.label.parse().unwrap();
            let (timetable, index) = (place / LESSONS, place % LESSONS);
            let kind = plain.timetables[timetable].2[index].kind;
            let bit = |row: usize| 1_u64 << (place * ROWS + row);
            let known = (0..ROWS).filter(|&row| {
                let id = row_id((timetable, (index + kind) % LESSONS, row));
                rows.contains(&id.as_str())
            });
            let bits = known.fold(0, |all, row| all | bit(row));
            if lesson.source_ids.is_empty() {
                bit(0)
            } else {
                bits
            }
        }
        Occupier::Cover { .. } => numbered(FIRST_COVER),
        Occupier::Closure(_) => numbered(FIRST_CLOSURE),
        Occupier::Event(_) => numbered(FIRST_EVENT),
    }
}

/// Everything in some minutes of a room taken together.
fn together(cells: &[Cell]) -> Cell {
    cells.iter().fold(Cell::default(), |all, cell| Cell {
        certain: all.certain | cell.certain,
        doubtful: all.doubtful | cell.doubtful,
        unknown: all.unknown || cell.unknown,
    })
}

/// The properties say little if the schools are dull: lessons that are moved, in doubt, cut or unknown have to be common.
#[test]
fn the_random_schools_show_everything() {
    let mut runner = TestRunner::deterministic();
    let (mut lessons, mut partly_moved, mut covers, mut doubtful_covers) = (0, 0, 0, 0);
    let (mut doubtful_lessons, mut suspended, mut closures, mut cut, mut unknown) = (0, 0, 0, 0, 0);
    for _ in 0..300 {
        let plain = plain().new_tree(&mut runner).unwrap().current();
        let timetable = parts(&plain).timetable();
        let mut unsuspended = parts(&plain);
        unsuspended.overlays.suspensions.clear();
        let unsuspended = unsuspended.timetable();
        for index in 0..ROOMS {
            for day in 0..DAYS {
                let found = timetable.day(&room(index), plain.date(day));
                let before = unsuspended.day(&room(index), plain.date(day));
                suspended += usize::from(found.occurrences.len() < before.occurrences.len());
                unknown += usize::from(found.unknown.is_some());
                cut += usize::from(!found.excepted.is_empty() && !found.occurrences.is_empty());
                for occurrence in &found.occurrences {
                    let doubtful = usize::from(occurrence.certainty == Certainty::Doubtful);
                    match &occurrence.occupier {
                        Occupier::Lesson { lesson, rows, .. } => {
                            lessons += 1;
                            doubtful_lessons += doubtful;
                            partly_moved += usize::from(rows.len() < lesson.source_ids.len());
                        }
                        Occupier::Cover { .. } => {
                            covers += 1;
                            doubtful_covers += doubtful;
                        }
                        Occupier::Closure(_) | Occupier::Event(_) => closures += 1,
                    }
                }
            }
        }
    }
    let counts = [
        ("lessons", lessons),
        ("lessons of which a row has gone", partly_moved),
        ("moved lessons", covers),
        ("moved lessons in doubt", doubtful_covers),
        ("lessons in doubt", doubtful_lessons),
        ("days with a suspended lesson", suspended),
        ("closures and events", closures),
        ("days that an exception cuts", cut),
        ("unknown days", unknown),
    ];
    for (what, count) in counts {
        assert!(count >= 20, "{what}: {counts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn every_room_and_day_is_that_of_the_minute_grid(plain in plain()) {
        let timetable = parts(&plain).timetable();
        let grid = paint(&plain);
        for (index, cells) in grid.iter().enumerate() {
            for day in 0..DAYS {
                let expected = &cells[(day * MINUTES) as usize..][..MINUTES as usize];
                let found = timetable.day(&room(index), plain.date(day));
                let mut painted = vec![Cell::default(); MINUTES as usize];
                let midnight = plain.at(day * MINUTES);
                let minutes = |span: Interval| {
                    let minute = |at: NaiveDateTime| (at - midnight).num_minutes() as usize;
                    minute(span.start())..minute(span.end())
                };
                for cell in &mut painted {
                    cell.unknown = found.unknown.is_some();
                }
                for excepted in &found.excepted {
                    painted[minutes(*excepted)].fill(Cell::default());
                }
                for occurrence in &found.occurrences {
                    let things = things(&plain, occurrence);
                    prop_assert_ne!(things, 0);
                    for cell in &mut painted[minutes(occurrence.interval)] {
                        cell.put(things, occurrence.certainty == Certainty::Certain);
                    }
                }
                prop_assert!(painted == expected, "{}: {:?}", plain.date(day), found);

                let occupied = timetable.occupied(&room(index), plain.date(day));
                let mut known = vec![None; MINUTES as usize];
                for (interval, certainty) in &occupied {
                    for minute in &mut known[minutes(*interval)] {
                        prop_assert_eq!(minute.replace(*certainty), None, "no minute comes twice");
                    }
                }
                let of = |cell: &Cell| match cell {
                    Cell { certain: 1.., .. } => Some(Certainty::Certain),
                    Cell { doubtful: 1.., .. } => Some(Certainty::Doubtful),
                    _ => None,
                };
                let expected: Vec<Option<Certainty>> = expected.iter().map(of).collect();
                prop_assert_eq!(&known, &expected);
                let pieces = expected.chunk_by(|a, b| a == b).filter(|piece| piece[0].is_some());
                prop_assert_eq!(occupied.len(), pieces.count(), "as few intervals as can be");
            }
        }
    }

    #[test]
    fn clashes_and_states_are_those_of_the_minute_grid(plain in plain()) {
        let timetable = parts(&plain).timetable();
        let grid = paint(&plain);
        let bookings: Vec<Booking> = plain
            .asked()
            .enumerate()
            .map(|(id, (place, start, end))| Booking {
                id: BookingId::new(id.to_string()),
                room: room(place),
                interval: plain.interval(start, end - start),
            })
            .collect();
        let clashes = timetable.clashes(&bookings);
        // Each certain thing of each date is a cause, and nothing else is; bookings without one are left out.
        let mut expected: Vec<(BookingId, BTreeSet<(NaiveDate, u64)>)> = Vec::new();
        for ((place, start, end), booking) in plain.asked().zip(&bookings) {
            let mut causes = BTreeSet::new();
            for day in start / MINUTES..=(end - 1) / MINUTES {
                let span = start.max(day * MINUTES)..end.min((day + 1) * MINUTES);
                let certain = together(&grid[place][span.start as usize..span.end as usize]).certain;
                causes.extend((0..64).filter(|bit| certain >> bit & 1 == 1).map(|bit| (plain.date(day), bit)));
            }
            if !causes.is_empty() {
                expected.push((booking.id.clone(), causes));
            }

            let state = |place: usize, start: u32, end: u32| {
                match together(&grid[place][start as usize..end as usize]) {
                    Cell { certain: 1.., .. } => RoomState::Occupied,
                    Cell { doubtful: 1.., .. } => RoomState::Doubtful,
                    Cell { unknown: true, .. } => RoomState::Unknown,
                    _ => RoomState::Free,
                }
            };
            let expected = state(place, start, end);
            prop_assert_eq!(timetable.state(&booking.room, booking.interval), expected);
            prop_assert_eq!(timetable.any_clash(booking), expected == RoomState::Occupied);

            let rooms: Vec<RoomId> = (0..ROOMS).rev().map(room).collect();
            let free: Vec<RoomId> = (0..ROOMS)
                .rev()
                .filter(|&place| state(place, start, end) == RoomState::Free)
                .map(room)
                .collect();
            let found: Vec<RoomId> =
                timetable.free_rooms(booking.interval, &rooms).into_iter().cloned().collect();
            prop_assert_eq!(found, free);

            let (day, minute) = (start / MINUTES, start % MINUTES);
            let time = TimeOfDay::from_seconds(minute * 60).unwrap();
            let explanation = timetable.explain(&booking.room, plain.date(day), time);
            prop_assert_eq!(explanation.state, state(place, start, start + 1));
        }
        let found: Vec<(BookingId, BTreeSet<(NaiveDate, u64)>)> = clashes
            .iter()
            .map(|clash| {
                let causes = clash.causes.iter().flat_map(|cause| {
                    let things = things(&plain, cause);
                    let date = cause.interval.start().date();
                    (0..64).filter(move |bit| things >> bit & 1 == 1).map(move |bit| (date, bit))
                });
                (clash.booking.clone(), causes.collect())
            })
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn free_rooms_are_the_complement_of_occupied_on_known_dates(plain in plain()) {
        let timetable = parts(&plain).timetable();
        let rooms: Vec<RoomId> = (0..ROOMS).map(room).collect();
        for (_, start, end) in plain.asked() {
            let interval = plain.interval(start, end - start);
            if interval.dates().any(|date| timetable.unknown(date).is_some()) {
                continue;
            }
            let complement: Vec<&RoomId> = rooms
                .iter()
                .filter(|room| {
                    let mut occupied = interval.dates().flat_map(|date| timetable.occupied(room, date));
                    !occupied.any(|(occupied, _)| occupied.overlaps(interval))
                })
                .collect();
            prop_assert_eq!(timetable.free_rooms(interval, &rooms), complement);
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(plain in plain(), seed in any::<u64>()) {
        let given = parts(&plain).timetable();
        let shuffled = parts(&plain).shuffled(seed).timetable();
        for day in 0..DAYS {
            for index in 0..ROOMS {
                let (room, date) = (room(index), plain.date(day));
                prop_assert_eq!(given.day(&room, date), shuffled.day(&room, date));
            }
        }
        for (place, start, end) in plain.asked() {
            let interval = plain.interval(start, end - start);
            let booking = Booking { id: "b".into(), room: room(place), interval };
            prop_assert_eq!(given.state(&booking.room, interval), shuffled.state(&booking.room, interval));
            prop_assert_eq!(given.clashes([&booking]), shuffled.clashes([&booking]));
        }
    }

    #[test]
    fn overlap_is_symmetric_and_means_a_shared_minute(a in 0..100_u32, la in 1..50_u32, b in 0..100_u32, lb in 1..50_u32) {
        let zero = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let span = |start: u32, length: u32| {
            let start = zero + TimeDelta::minutes(start.into());
            Interval::new(start, start + TimeDelta::minutes(length.into())).unwrap()
        };
        let (one, two) = (span(a, la), span(b, lb));
        let shared = (a..a + la).any(|minute| (b..b + lb).contains(&minute));
        prop_assert_eq!(one.overlaps(two), shared);
        prop_assert_eq!(two.overlaps(one), shared);
    }

    #[test]
    fn a_union_has_exactly_the_minutes_of_its_parts(parts in prop::collection::vec((0..200_u32, 1..40_u32), 0..12)) {
        let zero = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let at = |minute: u32| zero + TimeDelta::minutes(minute.into());
        let spans = parts.iter().map(|&(start, length)| Interval::new(at(start), at(start + length)).unwrap());
        let union = Interval::union(spans);
        for minute in 0..250 {
            let expected = parts.iter().any(|&(start, length)| (start..start + length).contains(&minute));
            let found = union.iter().filter(|span| span.start() <= at(minute) && at(minute) < span.end()).count();
            prop_assert_eq!(found, usize::from(expected));
        }
        prop_assert!(union.windows(2).all(|pair| pair[0].end() < pair[1].start()));
    }
}
