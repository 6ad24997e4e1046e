//! Random small schools against a slow and obvious model: a grid with a cell for every minute of every day and room.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Weekday};
use proptest::prelude::*;
use room_timetable::*;

const ROOMS: usize = 4;
const DAYS: u64 = 28;
const MINUTES: usize = 24 * 60;

/// A school as plain numbers, from which both the timetable and the grid are made.
#[derive(Clone, Debug)]
struct Plain {
    first: NaiveDate,
    /// First and last day as offsets, and the academic year.
    terms: Vec<(u64, u64, Option<i32>)>,
    /// For each date offset's week: cycle weeks.
    allocations: Vec<(u64, usize)>,
    /// Active mark of each cycle week.
    weeks: Vec<bool>,
    /// Cycle week, weekday from Monday, start and end minute, active mark of the day.
    periods: Vec<(usize, u32, u32, u32)>,
    /// Years, and lessons as period, room and doubt.
    timetables: Vec<(Option<i32>, Option<i32>, Lessons)>,
    /// Room, start and length in minutes from the first day's midnight.
    bookings: Vec<(usize, u32, u32)>,
}

/// Period, room and doubt of each lesson.
type Lessons = Vec<(usize, usize, bool)>;

/// What the model knows of a minute in a room.
#[derive(Clone, Debug, Default)]
struct Cell {
    certain: BTreeSet<String>,
    doubtful: BTreeSet<String>,
}

fn plain() -> impl Strategy<Value = Plain> {
    let first = (2030..2034_i32, 1..366_u32).prop_map(|(year, day)| {
        NaiveDate::from_yo_opt(year, day)
            .unwrap_or_else(|| NaiveDate::from_yo_opt(year, 1).unwrap())
    });
    let year = || prop_oneof![Just(None), (2030..2033_i32).prop_map(Some)];
    let terms = prop::collection::vec((0..DAYS, 0..DAYS, year()), 0..3);
    let weeks = prop::collection::vec(prop::bool::weighted(0.8), 1..4);
    (first, terms, weeks).prop_flat_map(move |(first, terms, weeks)| {
        let count = weeks.len();
        let allocations = prop::collection::vec((0..DAYS, 0..count), 0..8);
        let periods = prop::collection::vec((0..count, 0..7_u32, 0..288_u32, 1..60_u32), 1..12);
        let lessons =
            prop::collection::vec((0..12_usize, 0..ROOMS, prop::bool::weighted(0.2)), 0..12);
        let timetables = prop::collection::vec((year(), year(), lessons), 0..3);
        let minutes = (DAYS as u32) * MINUTES as u32;
        let bookings = prop::collection::vec((0..ROOMS, 0..minutes / 5, 1..400_u32), 1..12);
        (
            Just(first),
            Just(terms),
            Just(weeks),
            allocations,
            periods,
            timetables,
            bookings,
        )
            .prop_map(
                |(first, terms, weeks, allocations, periods, timetables, bookings)| Plain {
                    first,
                    terms: terms
                        .into_iter()
                        .map(|(a, b, year)| (a.min(b), a.max(b), year))
                        .collect(),
                    allocations,
                    weeks,
                    periods: periods
                        .into_iter()
                        .map(|(week, weekday, start, length)| {
                            // Five-minute steps, so that ends and starts meet often; the last period may end at 24:00.
                            (
                                week,
                                weekday,
                                start * 5,
                                ((start + length) * 5).min(MINUTES as u32),
                            )
                        })
                        .collect(),
                    timetables,
                    bookings: bookings
                        .into_iter()
                        .map(|(room, start, length)| (room, start * 5, length * 5))
                        .collect(),
                },
            )
    })
}

fn room(index: usize) -> RoomId {
    RoomId::new(format!("room-{index}"))
}

fn midnight(plain: &Plain) -> NaiveDateTime {
    plain.first.and_hms_opt(0, 0, 0).unwrap()
}

fn timetable(plain: &Plain) -> SchoolTimetable {
    let on = |offset: u64| plain.first + Days::new(offset);
    let terms = plain
        .terms
        .iter()
        .map(|&(a, b, year)| Term::new("term", year, on(a), on(b)).unwrap());
    let allocations = plain
        .allocations
        .iter()
        .map(|&(offset, week)| (YearWeek::of(on(offset)), CycleWeekId::new(week.to_string())));
    let minutes = |minute: u32| TimeOfDay::from_seconds(minute * 60).unwrap();
    let cycle = plain
        .weeks
        .iter()
        .enumerate()
        .map(|(index, &active)| CycleWeek {
            id: CycleWeekId::new(index.to_string()),
            name: index.to_string(),
            active,
            days: plain
                .periods
                .iter()
                .enumerate()
                .filter(|(_, period)| period.0 == index)
                .map(|(id, &(_, weekday, start, end))| SchoolDay {
                    weekday: Weekday::try_from(weekday as u8).unwrap(),
                    active: true,
                    periods: vec![Period {
                        id: PeriodId::new(id.to_string()),
                        name: id.to_string(),
                        times: TimeRange::new(minutes(start), minutes(end)).unwrap(),
                    }],
                })
                .collect(),
        })
        .collect();
    let published = plain
        .timetables
        .iter()
        .enumerate()
        .map(|(number, (start, end, lessons))| PublishedTimetable {
            name: number.to_string(),
            years: AcademicYears {
                start: *start,
                end: *end,
            },
            lessons: lessons
                .iter()
                .enumerate()
                .map(|(index, &(period, place, doubtful))| Lesson {
                    period: PeriodId::new((period % plain.periods.len()).to_string()),
                    room: room(place),
                    kind: LessonKind::Lesson,
                    group: format!("{number}/{index}"),
                    label: String::new(),
                    year: None,
                    teachers: Vec::new(),
                    source_ids: Vec::new(),
                    certainty: if doubtful {
                        Certainty::Doubtful
                    } else {
                        Certainty::Certain
                    },
                })
                .collect(),
        })
        .collect();
    SchoolTimetable::new(SchoolCalendar::new(terms, allocations), cycle, published).unwrap()
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

/// Paints every lesson of every date into the grid, and lists the dates that are not known.
fn paint(plain: &Plain) -> (Vec<BTreeMap<usize, Cell>>, BTreeSet<u64>) {
    let mut grid = vec![BTreeMap::new(); ROOMS];
    let mut unknown = BTreeSet::new();
    // One day before and after, since bookings may begin before or end after what is asked.
    for offset in 0..DAYS + 2 {
        let date = plain.first + Days::new(offset);
        let years: Vec<Option<i32>> = plain
            .terms
            .iter()
            .filter(|term| term.0 <= offset && offset <= term.1)
            .map(|term| term.2)
            .collect();
        if years.is_empty() {
            continue;
        }
        let weeks: BTreeSet<usize> = plain
            .allocations
            .iter()
            .filter(|allocation| {
                counted_week(plain.first + Days::new(allocation.0)) == counted_week(date)
            })
            .map(|allocation| allocation.1)
            .collect();
        let in_force = |start: Option<i32>, end: Option<i32>| {
            years.iter().any(|&year| match (start, end, year) {
                (None, None, _) => true,
                (_, _, None) => false,
                (Some(start), None, Some(year)) => year >= start,
                (None, Some(end), Some(year)) => year < end,
                (Some(start), Some(end), Some(year)) => {
                    year == start || (start < year && year < end)
                }
            })
        };
        // A timetable that ends before it starts is in force in no year.
        let valid = |start: Option<i32>, end: Option<i32>| !matches!((start, end), (Some(start), Some(end)) if end < start);
        let forced = |start, end| valid(start, end) && in_force(start, end);
        if weeks.is_empty()
            || !plain
                .timetables
                .iter()
                .any(|(start, end, _)| forced(*start, *end))
        {
            unknown.insert(offset);
            continue;
        }
        for (number, (start, end, lessons)) in plain.timetables.iter().enumerate() {
            if !forced(*start, *end) {
                continue;
            }
            for (index, &(period, place, doubtful)) in lessons.iter().enumerate() {
                let (week, weekday, from, to) = plain.periods[period % plain.periods.len()];
                if !weeks.contains(&week) || weekday != date.weekday().num_days_from_monday() {
                    continue;
                }
                for minute in from..to {
                    let cell: &mut Cell = grid[place]
                        .entry(offset as usize * MINUTES + minute as usize)
                        .or_default();
                    let name = format!("{number}/{index}@{offset}");
                    if doubtful || !plain.weeks[week] {
                        cell.doubtful.insert(name);
                    } else {
                        cell.certain.insert(name);
                    }
                }
            }
        }
    }
    (grid, unknown)
}

fn named(plain: &Plain, occurrence: &Occurrence<'_>) -> String {
    let offset = (occurrence.interval.start().date() - plain.first).num_days();
    format!("{}@{offset}", occurrence.lesson().unwrap().group)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn clashes_and_states_are_those_of_the_minute_grid(plain in plain()) {
        let timetable = timetable(&plain);
        let (grid, unknown) = paint(&plain);
        for &(place, start, length) in &plain.bookings {
            // Bookings stay inside the painted days.
            let end = (start + length).min((DAYS as u32 + 2) * MINUTES as u32);
            let span = Interval::new(
                midnight(&plain) + TimeDelta::minutes(start.into()),
                midnight(&plain) + TimeDelta::minutes(end.into()),
            ).unwrap();
            let cells: Vec<&Cell> = (start..end).filter_map(|minute| grid[place].get(&(minute as usize))).collect();
            let certain: BTreeSet<String> = cells.iter().flat_map(|cell| cell.certain.clone()).collect();
            let doubtful = cells.iter().any(|cell| !cell.doubtful.is_empty());
            let in_the_dark = (start..end).any(|minute| unknown.contains(&u64::from(minute / MINUTES as u32)));

            let asked = Booking { id: "b".into(), room: room(place), interval: span };
            let found: BTreeSet<String> = timetable
                .clashes(&[asked])
                .iter()
                .flat_map(|clash| clash.causes.iter().map(|cause| named(&plain, cause)).collect::<Vec<_>>())
                .collect();
            prop_assert_eq!(&found, &certain);

            let expected = if !certain.is_empty() {
                RoomState::Occupied
            } else if doubtful {
                RoomState::Doubtful
            } else if in_the_dark {
                RoomState::Unknown
            } else {
                RoomState::Free
            };
            prop_assert_eq!(timetable.state(&room(place), span), expected);
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
