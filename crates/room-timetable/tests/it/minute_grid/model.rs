//! The model: the rules of a school's time, minute by minute.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use super::{
    COVERS, DAYS, LESSONS, MINUTES, ROOMS, ROWS, TIMETABLES,
    plain::{Plain, PlainCover, PlainLesson, PlainSuspension},
};

/// The bits of what may stand in a minute: a row of a lesson in its own room, a cover, a closure, an event.
pub(super) const FIRST_COVER: usize = TIMETABLES * LESSONS * ROWS;
pub(super) const FIRST_CLOSURE: usize = FIRST_COVER + COVERS;
pub(super) const FIRST_EVENT: usize = FIRST_CLOSURE + 3;

/// What the model knows of a minute in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) certain: u64,
    pub(super) doubtful: u64,
    pub(super) unknown: bool,
}

impl Cell {
    pub(super) fn put(&mut self, things: u64, sure: bool) {
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
pub(super) fn paint(plain: &Plain) -> Vec<Vec<Cell>> {
    let mut grid = vec![vec![Cell::default(); (DAYS * MINUTES) as usize]; ROOMS];
    let weeks_of: Vec<(i32, u32)> = (0..DAYS).map(|day| counted_week(plain.date(day))).collect();
    let days: Vec<Day> = (0..DAYS)
        .map(|day| what_day(plain, day, &weeks_of))
        .collect();
    for (day, what) in days.iter().enumerate() {
        paint_lessons(plain, day as u32, what, &mut grid);
    }
    for (first, spans) in [
        (FIRST_CLOSURE, &plain.closures),
        (FIRST_EVENT, &plain.events),
    ] {
        for (index, span) in spans.iter().enumerate() {
            let last = span.days.1.unwrap_or(DAYS).min(DAYS - 1);
            for day in span.days.0..=last {
                let period = span.period.filter(|_| first == FIRST_CLOSURE);
                let (times, sure) = match period {
                    None => (vec![span.times.unwrap_or((0, MINUTES))], true),
                    Some(period) => closed_in(plain, day, &days[day as usize], period, span.times),
                };
                let minutes: BTreeSet<u32> = times
                    .into_iter()
                    .flat_map(|(start, end)| start..end)
                    .collect();
                for minute in minutes {
                    let cell = &mut grid[span.room][(day * MINUTES + minute) as usize];
                    cell.put(1 << (first + index), sure && !span.doubtful);
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

/// What is known of a day's lessons.
enum Day {
    Holiday,
    Unknown,
    /// In term, with these weeks of the cycle and these timetables.
    Known {
        weeks: BTreeSet<usize>,
        in_force: Vec<bool>,
    },
}

fn what_day(plain: &Plain, day: u32, weeks_of: &[(i32, u32)]) -> Day {
    let years: Vec<Option<i32>> = plain
        .terms
        .iter()
        .filter(|term| term.0 <= day && day <= term.1)
        .map(|term| term.2)
        .collect();
    if years.is_empty() {
        return Day::Holiday;
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
    let timetables = plain.timetables.iter();
    let in_force: Vec<bool> = timetables
        .map(|(start, end, _)| in_force(*start, *end))
        .collect();
    let known = if weeks.is_empty() {
        plain.holidays.iter().any(|&other| same_week(other))
    } else {
        in_force.contains(&true)
    };
    if known {
        Day::Known { weeks, in_force }
    } else {
        Day::Unknown
    }
}

/// When a closure for a period closes its room on a day, and whether it certainly does.
fn closed_in(
    plain: &Plain,
    day: u32,
    what: &Day,
    period: usize,
    times: Option<(u32, u32)>,
) -> (Vec<(u32, u32)>, bool) {
    let weekday = plain.date(day).weekday().num_days_from_monday();
    let Some(of) = plain.periods.get(period) else {
        // Nobody knows when that is.
        return (vec![times.unwrap_or((0, MINUTES))], false);
    };
    let sure = match what {
        Day::Holiday => return (Vec::new(), false),
        Day::Unknown => false,
        Day::Known { weeks, .. } if !weeks.contains(&of.week) => return (Vec::new(), false),
        Day::Known { .. } => of.active && plain.weeks[of.week],
    };
    if of.weekday != weekday {
        return (Vec::new(), false);
    }
    (times.map_or_else(|| of.runs(), |times| vec![times]), sure)
}

fn paint_lessons(plain: &Plain, day: u32, what: &Day, grid: &mut [Vec<Cell>]) {
    let (weeks, in_force) = match what {
        Day::Holiday => return,
        Day::Unknown => {
            for cells in grid {
                for minute in day * MINUTES..(day + 1) * MINUTES {
                    cells[minute as usize].unknown = true;
                }
            }
            return;
        }
        Day::Known { weeks, in_force } => (weeks, in_force),
    };
    let weekday = plain.date(day).weekday().num_days_from_monday();
    for (timetable, index, lesson) in plain.lessons() {
        let period = &plain.periods[lesson.period];
        if !in_force[timetable] || !weeks.contains(&period.week) || period.weekday != weekday {
            continue;
        }
        for slot in period.runs() {
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
        doubtful,
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
    if whole && year_known && !nothing && !doubtful {
        Effect::Suspends
    } else {
        Effect::Perhaps
    }
}
