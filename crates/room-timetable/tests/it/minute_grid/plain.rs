//! Random schools as plain numbers.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use room_timetable::{Interval, YearWeek};

use super::{COVERS, DAYS, LESSONS, MINUTES, ROOMS, ROWS, TIMETABLES};

/// A school as plain numbers, from which both the timetable and the grid are made. Days are offsets from the first,
/// times are minutes.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    pub(super) first: NaiveDate,
    /// First and last day, and the academic year.
    pub(super) terms: Vec<(u32, u32, Option<i32>)>,
    /// For each day's week of the year: a cycle week, which may be one that the structure does not have.
    pub(super) allocations: Vec<(u32, usize)>,
    /// Days whose weeks are acknowledged.
    pub(super) holidays: Vec<u32>,
    /// Active mark of each cycle week.
    pub(super) weeks: Vec<bool>,
    pub(super) periods: Vec<PlainPeriod>,
    /// Years and lessons.
    pub(super) timetables: Vec<(Option<i32>, Option<i32>, Vec<PlainLesson>)>,
    pub(super) suspensions: Vec<PlainSuspension>,
    pub(super) covers: Vec<PlainCover>,
    pub(super) closures: Vec<PlainSpan>,
    pub(super) events: Vec<PlainSpan>,
    /// Room or all, start, length.
    pub(super) exceptions: Vec<(Option<usize>, u32, u32)>,
    /// Room, start, length.
    pub(super) bookings: Vec<(usize, u32, u32)>,
}

#[derive(Clone, Debug)]
pub(super) struct PlainPeriod {
    pub(super) week: usize,
    /// From Monday.
    pub(super) weekday: u32,
    pub(super) times: (u32, u32),
    pub(super) active: bool,
    /// Times of the timeslots that it is paired with; with none it keeps its own.
    pub(super) slots: Vec<(u32, u32)>,
}

#[derive(Clone, Debug)]
pub(super) struct PlainLesson {
    pub(super) period: usize,
    pub(super) room: usize,
    pub(super) kind: usize,
    pub(super) group: usize,
    pub(super) year: Option<usize>,
    pub(super) rows: usize,
    pub(super) doubtful: bool,
}

#[derive(Clone, Debug)]
pub(super) struct PlainSuspension {
    pub(super) days: (u32, Option<u32>),
    pub(super) times: Option<(u32, u32)>,
    /// Timetable, lesson and row.
    pub(super) row: Option<(usize, usize, usize)>,
    pub(super) group: Option<usize>,
    pub(super) year: Option<usize>,
    pub(super) period: Option<usize>,
    pub(super) room: Option<usize>,
    pub(super) doubtful: bool,
    /// The lesson of which the above are to be, if they are to be of one.
    pub(super) of: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct PlainCover {
    /// Timetable, lesson and row.
    pub(super) row: (usize, usize, usize),
    pub(super) day: u32,
    /// None: the own one; a number past the last: one that is not known.
    pub(super) room: Option<usize>,
    pub(super) doubtful: bool,
    /// Whether it is to be of the same row and day as the one before.
    pub(super) twin: bool,
}

/// A closure or an event.
#[derive(Clone, Debug)]
pub(super) struct PlainSpan {
    pub(super) room: usize,
    pub(super) days: (u32, Option<u32>),
    pub(super) times: Option<(u32, u32)>,
    /// Of closures only, and one that the structure does not have where the number is past the last.
    pub(super) period: Option<usize>,
    pub(super) doubtful: bool,
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
    let times = prop::option::weighted(0.3, times());
    let suspension = (days(), times, named, prop::bool::weighted(0.1), of);
    let suspension = suspension.prop_map(
        |(days, times, (row, group, year, period, room), doubtful, of)| PlainSuspension {
            days,
            times,
            row,
            group,
            year,
            period,
            room,
            doubtful,
            of,
        },
    );
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
        prop::option::weighted(0.3, 0..9_usize),
        prop::bool::weighted(0.3),
    );
    let span = span.prop_map(|(room, days, times, period, doubtful)| PlainSpan {
        room,
        days,
        times,
        period,
        doubtful,
    });
    prop::collection::vec(span, 0..3)
}

pub(super) fn plain() -> impl Strategy<Value = Plain> {
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

impl PlainPeriod {
    /// The times at which it runs.
    pub(super) fn runs(&self) -> Vec<(u32, u32)> {
        if self.slots.is_empty() {
            vec![self.times]
        } else {
            self.slots.clone()
        }
    }
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

    pub(super) fn lessons(&self) -> impl Iterator<Item = (usize, usize, &PlainLesson)> {
        let timetables = self.timetables.iter().enumerate();
        timetables.flat_map(|(timetable, (_, _, lessons))| {
            let lessons = lessons.iter().enumerate();
            lessons.map(move |(index, lesson)| (timetable, index, lesson))
        })
    }

    pub(super) fn date(&self, day: u32) -> NaiveDate {
        self.first + Days::new(day.into())
    }

    pub(super) fn at(&self, minute: u32) -> NaiveDateTime {
        self.first.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(minute.into())
    }

    pub(super) fn interval(&self, start: u32, length: u32) -> Interval {
        Interval::new(self.at(start), self.at(start + length)).unwrap()
    }

    /// Room and minutes of each booking, within the days of the grid.
    pub(super) fn asked(&self) -> impl Iterator<Item = (usize, u32, u32)> {
        let bookings = self.bookings.iter();
        bookings.map(|&(room, start, length)| (room, start, (start + length).min(DAYS * MINUTES)))
    }
}
