//! The candidates. All return the same pairs: booking by place, lesson by room and start.

use coitrees::{COITree, GenericInterval, IntervalTree};
use room_timetable::{Booking, Clash, SchoolTimetable, plain};
use superintervals::IntervalMap;

use crate::inputs::{DatedLesson, Inputs};

/// How many pairs of a booking and a lesson there are, and a sum by which two answers can be compared in order-free
/// fashion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// How many.
    pub count: usize,
    /// Over all pairs: the booking's place times the minute at which the lesson starts, wrapping.
    pub sum: u64,
}

impl Pairs {
    fn add(&mut self, booking: usize, lesson_start: i32) {
        self.count += 1;
        self.sum = self
            .sum
            .wrapping_add((booking as u64 + 1).wrapping_mul(lesson_start as u64 + 1));
    }
}

/// Our engine, from the pattern that it laid out at the first question.
pub fn recurring(inputs: &Inputs, bookings: &[Booking]) -> Pairs {
    pairs(inputs, bookings, inputs.timetable.clashes(bookings))
}

/// The same, from a timetable that was asked nothing yet, so that the pattern is laid out first.
pub fn recurring_at_first(inputs: &Inputs, bookings: &[Booking], fresh: &SchoolTimetable) -> Pairs {
    pairs(inputs, bookings, fresh.clashes(bookings))
}

/// Our plain engine, which looks up every date of every booking.
pub fn recurring_plainly(inputs: &Inputs, bookings: &[Booking]) -> Pairs {
    pairs(
        inputs,
        bookings,
        plain::clashes(&inputs.timetable, bookings),
    )
}

fn pairs(inputs: &Inputs, bookings: &[Booking], clashes: Vec<Clash<'_>>) -> Pairs {
    let zero = inputs.first.and_time(chrono::NaiveTime::MIN);
    let mut pairs = Pairs::default();
    // Clashes come in the order of the bookings.
    let mut place = 0;
    for clash in clashes {
        while bookings[place].id != clash.booking {
            place += 1;
        }
        for cause in &clash.causes {
            pairs.add(place, (cause.interval.start() - zero).num_minutes() as i32);
        }
    }
    pairs
}

/// One `coitrees` tree a room.
#[expect(missing_debug_implementations, reason = "the tree has none")]
pub struct Coitrees(Vec<COITree<u32, u32>>);

impl Coitrees {
    /// Builds the trees; ends are inclusive there.
    pub fn build(rooms: usize, lessons: &[DatedLesson]) -> Self {
        let mut by_room: Vec<Vec<coitrees::Interval<u32>>> = vec![Vec::new(); rooms];
        for lesson in lessons {
            by_room[lesson.room].push(coitrees::Interval::new(
                lesson.start,
                lesson.end - 1,
                lesson.id,
            ));
        }
        Self(by_room.iter().map(COITree::new).collect())
    }

    /// All pairs.
    pub fn pairs(&self, bookings: &[(usize, i32, i32)]) -> Pairs {
        let mut pairs = Pairs::default();
        for (place, &(room, start, end)) in bookings.iter().enumerate() {
            self.0[room].query(start, end - 1, |lesson| pairs.add(place, lesson.first()));
        }
        pairs
    }
}

/// One `superintervals` map a room.
#[expect(missing_debug_implementations, reason = "the map has none")]
pub struct SuperIntervals(Vec<IntervalMap<u32>>);

impl SuperIntervals {
    /// Builds the maps; ends are inclusive there.
    pub fn build(rooms: usize, lessons: &[DatedLesson]) -> Self {
        let mut maps: Vec<IntervalMap<u32>> = (0..rooms).map(|_| IntervalMap::new()).collect();
        for lesson in lessons {
            maps[lesson.room].add(lesson.start, lesson.end - 1, lesson.id);
        }
        maps.iter_mut().for_each(IntervalMap::build);
        Self(maps)
    }

    /// All pairs.
    pub fn pairs(&self, bookings: &[(usize, i32, i32)]) -> Pairs {
        let mut pairs = Pairs::default();
        let mut found = Vec::new();
        for (place, &(room, start, end)) in bookings.iter().enumerate() {
            found.clear();
            self.0[room].search_keys(start, end - 1, &mut found);
            for &(lesson_start, _) in &found {
                pairs.add(place, lesson_start);
            }
        }
        pairs
    }
}
