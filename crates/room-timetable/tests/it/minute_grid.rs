//! Random small schools against a slow and obvious model: a grid with a cell for every minute of every day and room.
//!
//! 400 schools by default. The environment names another profile: `ci` draws 2,000, `long` 100,000; a number is one, too.
//!
//! ```text
//! ROOM_TIMETABLE_CASES=long cargo test --release -p room-timetable --test it minute_grid
//! ```

mod both_engines;
mod model;
mod parts;
mod plain;

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use room_timetable::{plain as oracle, *};

use self::{
    model::{Cell, FIRST_CLOSURE, FIRST_COVER, FIRST_EVENT, paint},
    parts::{parts, room, row_id},
    plain::{Plain, plain},
};

const ROOMS: usize = 3;
const DAYS: u32 = 21;
const MINUTES: u32 = 24 * 60;
/// Lessons of a timetable, timetables of a school and rows of a lesson, at most.
const LESSONS: usize = 8;
const TIMETABLES: usize = 2;
const ROWS: usize = 3;
const COVERS: usize = 6;

fn cases() -> u32 {
    match std::env::var("ROOM_TIMETABLE_CASES") {
        Ok(profile) => match profile.as_str() {
            "ci" => 2_000,
            "long" => 100_000,
            number => number.parse().unwrap(),
        },
        Err(_) => 400,
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
    let (mut for_a_period, mut doubtful_periods) = (0, 0);
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
                        Occupier::Closure(closure) => {
                            closures += 1;
                            let by_period = usize::from(closure.period.is_some());
                            for_a_period += by_period;
                            doubtful_periods += by_period * doubtful;
                        }
                        Occupier::Event(_) => closures += 1,
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
        ("closures for a period", for_a_period),
        ("closures for a period in doubt", doubtful_periods),
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
            prop_assert_eq!(oracle::state(&timetable, &booking.room, booking.interval), expected);
            prop_assert_eq!(oracle::any_clash(&timetable, booking), expected == RoomState::Occupied);

            let rooms: Vec<RoomId> = (0..ROOMS).rev().map(room).collect();
            let free: Vec<RoomId> = (0..ROOMS)
                .rev()
                .filter(|&place| state(place, start, end) == RoomState::Free)
                .map(room)
                .collect();
            let found: Vec<RoomId> =
                timetable.free_rooms(booking.interval, &rooms).into_iter().cloned().collect();
            prop_assert_eq!(found, free);
            prop_assert_eq!(
                oracle::free_rooms(&timetable, booking.interval, &rooms),
                timetable.free_rooms(booking.interval, &rooms)
            );

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
        prop_assert_eq!(oracle::clashes(&timetable, &bookings), clashes);
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
            let (day, minute) = (start / MINUTES, start % MINUTES);
            let time = TimeOfDay::from_seconds(minute * 60).unwrap();
            let explained =
                |school: &SchoolTimetable| school.explain(&booking.room, plain.date(day), time);
            prop_assert_eq!(explained(&given), explained(&shuffled));
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
