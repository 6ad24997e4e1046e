//! The same timetable published again: all ids new, rows in another order, a few lessons moved.

use std::collections::BTreeSet;

use chrono::Weekday;

use super::School;
use super::rng::Rng;
use super::structure::Period;
use super::timetable::{RoomRef, SECOND};

/// Where a lesson went.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) room: u32,
    pub(super) period: u32,
}

/// Publishes again with `count` moved lessons, every other one into another room, the rest into
/// another period.
///
/// Lessons move only into slots that were free, and only within or into the `targets`, if there are
/// any.
pub(super) fn republish(school: &School, count: usize, targets: &[u32]) -> (School, Vec<Move>) {
    let mut next = school.clone();
    let moves = move_lessons(&mut next, count, targets);
    let before: Vec<u32> = next.timetable.rows.iter().map(|row| row.id).collect();
    let mut order: Vec<usize> = (0..before.len()).collect();
    Rng::new(school.spec.seed, "republish order").shuffle(&mut order);
    next.timetable.rows = order
        .iter()
        .map(|&index| next.timetable.rows[index].clone())
        .collect();
    next.timetable.meetings.reverse();
    next.timetable.number(SECOND, school.spec.base);
    let renamed = order
        .iter()
        .zip(&next.timetable.rows)
        .map(|(&index, row)| (before[index], row.id))
        .collect();
    next.overlays.rename_rows(&renamed);
    (next, moves)
}

fn move_lessons(school: &mut School, count: usize, targets: &[u32]) -> Vec<Move> {
    let mut rng = Rng::new(school.spec.seed, "republish moves");
    let periods: Vec<(Weekday, u32, Period)> = school
        .weeks
        .iter()
        .flat_map(|week| week.days.iter().map(move |day| (week.id, day)))
        .flat_map(|(week, day)| {
            day.periods
                .iter()
                .map(move |period| (day.weekday, week, period.clone()))
        })
        .filter(|(.., period)| period.lessons)
        .collect();
    let homes: Vec<(u32, usize)> = school
        .teaching
        .homes
        .iter()
        .map(|home| (home.room, home.division))
        .collect();
    let timetable = &mut school.timetable;
    let covered = school.overlays.rows();
    let mut used: BTreeSet<(u32, u32)> = timetable
        .rows
        .iter()
        .filter_map(|row| match row.room {
            RoomRef::Room(room) => Some((room, row.period)),
            _ => None,
        })
        .chain(
            timetable
                .meetings
                .iter()
                .filter_map(|row| Some((row.room?, row.period))),
        )
        .chain(timetable.tutorials.iter().flat_map(|row| {
            row.periods
                .iter()
                .filter_map(|&period| Some((row.room?, period)))
        }))
        .collect();
    let mut moved = BTreeSet::new();
    let mut moves = Vec::new();
    for _ in 0..count * 2000 {
        if moves.len() == count {
            break;
        }
        let Some(row) = rng.pick(&timetable.rows) else {
            break;
        };
        let (RoomRef::Room(room), from) = (row.room, row.period) else {
            continue;
        };
        let Some((.., here)) = periods.iter().find(|(.., period)| period.id == from) else {
            continue;
        };
        let Some(&(_, division)) = homes.iter().find(|&&(home, _)| home == room) else {
            continue;
        };
        let lesson: Vec<usize> = (0..timetable.rows.len())
            .filter(|&index| {
                let other = &timetable.rows[index];
                (&other.code, other.period, other.room) == (&row.code, from, row.room)
            })
            .collect();
        let target = if moves.len() % 2 == 0 {
            let rooms: Vec<u32> = homes
                .iter()
                .filter(|&&(_, of)| of == division)
                .map(|&(room, _)| room)
                .filter(|room| targets.is_empty() || targets.contains(room))
                .collect();
            rng.pick(&rooms).map(|&room| Move { room, period: from })
        } else if targets.is_empty() || targets.contains(&room) {
            rng.pick(&periods)
                .filter(|(.., to)| to.division == here.division)
                .map(|(.., to)| Move {
                    room,
                    period: to.id,
                })
        } else {
            None
        };
        let Some(target) = target else { continue };
        let busy = target.period != from && {
            // By time, not by id: the divisions' periods overlap.
            let span = |id: u32| periods.iter().find(|(.., period)| period.id == id);
            timetable.rows.iter().any(|other| {
                lesson
                    .iter()
                    .any(|&index| timetable.rows[index].teacher == other.teacher)
                    && match (span(other.period), span(target.period)) {
                        (Some((day, week, one)), Some((other_day, other_week, other))) => {
                            (day, week) == (other_day, other_week)
                                && one.start < other.end
                                && other.start < one.end
                        }
                        _ => false,
                    }
            })
        };
        let code = row.code.clone();
        let touched = lesson
            .iter()
            .any(|&index| covered.contains(&timetable.rows[index].id));
        if busy || touched || moved.contains(&(code.clone(), target.period)) {
            continue;
        }
        if !used.insert((target.room, target.period)) {
            continue;
        }
        moved.insert((code.clone(), from));
        moved.insert((code, target.period));
        for index in lesson {
            timetable.rows[index].room = RoomRef::Room(target.room);
            timetable.rows[index].period = target.period;
        }
        moves.push(target);
    }
    moves
}
