//! Birchwood College, its year of dated lessons, and bookings from a fixed seed.

use std::path::Path;

use booking_store::RoomLink;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use isams_client::Payload;
use isams_simulator::Fixture;
use room_timetable::{Booking, Certainty, Interval, RoomId, SchoolTimetable};
use timetable_sync::{Desired, Local};

/// A lesson on a date, as numbers: minutes since the first day of the year, end exclusive.
#[derive(Clone, Copy, Debug)]
pub struct DatedLesson {
    /// Place of the room in [`Inputs::rooms`].
    pub room: usize,
    /// First minute.
    pub start: i32,
    /// Minute after the last.
    pub end: i32,
    /// Place of the lesson among all.
    pub id: u32,
}

/// What all candidates are given.
#[derive(Debug)]
pub struct Inputs {
    /// The school's rooms.
    pub rooms: Vec<RoomId>,
    /// The first day of the year; minutes count from its midnight.
    pub first: NaiveDate,
    /// The timetable as a pattern.
    pub timetable: SchoolTimetable,
    /// The same as dated rows, shuffled.
    pub lessons: Vec<DatedLesson>,
    /// The bookings, in no order.
    pub bookings: Vec<Booking>,
    /// The same as numbers: room, start, end.
    pub dated_bookings: Vec<(usize, i32, i32)>,
}

/// SplitMix64: a small generator that gives the same numbers everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

impl Inputs {
    /// Birchwood's first day with `bookings` random bookings of 15 minutes to two days.
    ///
    /// # Panics
    ///
    /// When the fixture cannot be read: a bench has no other way to go on.
    pub fn birchwood(bookings: usize) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/birchwood-college");
        let fixture = Fixture::open(folder).expect("the fixture is there");
        let body = fixture
            .day("first")
            .expect("it has a first day")
            .body()
            .expect("it can be read");
        let desired = Desired::of(&Payload::from_slice(&body).expect("it is a payload"));
        let rooms: Vec<RoomId> = desired.rooms.keys().map(RoomId::new).collect();
        let links: Vec<RoomLink> = rooms
            .iter()
            .map(|room| RoomLink {
                room: room.clone(),
                source: room.to_string(),
            })
            .collect();
        let timetable = desired
            .timetable(&Local {
                room_links: &links,
                ..Local::default()
            })
            .expect("its parts fit");
        // The feed lists the terms of earlier years too; the newest year is the one with lessons.
        let terms = timetable.calendar().terms();
        let year = terms
            .iter()
            .map(|term| term.academic_year)
            .max()
            .expect("it has terms");
        let terms = terms.iter().filter(|term| term.academic_year == year);
        let first = terms
            .clone()
            .map(|term| term.first_day())
            .min()
            .expect("it has terms");
        let last = terms
            .map(|term| term.last_day())
            .max()
            .expect("it has terms");
        let mut random = Random(2031);
        let lessons = expand(&timetable, &rooms, first, last, &mut random);
        let bookings = invent(bookings, &rooms, first, last, &mut random);
        let dated_bookings = bookings
            .iter()
            .map(|booking| {
                let room = rooms
                    .iter()
                    .position(|room| *room == booking.room)
                    .expect("a known room");
                (
                    room,
                    minute(first, booking.interval.start()),
                    minute(first, booking.interval.end()),
                )
            })
            .collect();
        Self {
            rooms,
            first,
            timetable,
            lessons,
            bookings,
            dated_bookings,
        }
    }

    /// The timetable as it is before the first question.
    pub fn fresh_timetable(&self) -> SchoolTimetable {
        let overlays = self.timetable.overlays().clone();
        self.timetable.clone().with_overlays(overlays)
    }
}

fn minute(first: NaiveDate, time: NaiveDateTime) -> i32 {
    (time - first.and_time(chrono::NaiveTime::MIN)).num_minutes() as i32
}

/// Every lesson of every room on every date, shuffled. Doubtful ones are left out: they clash with nothing.
fn expand(
    timetable: &SchoolTimetable,
    rooms: &[RoomId],
    first: NaiveDate,
    last: NaiveDate,
    random: &mut Random,
) -> Vec<DatedLesson> {
    let mut lessons = Vec::new();
    for (place, room) in rooms.iter().enumerate() {
        for date in first.iter_days().take_while(|&date| date <= last) {
            let occurrences = timetable.day(room, date).occurrences.into_iter();
            let certain =
                occurrences.filter(|occurrence| occurrence.certainty == Certainty::Certain);
            for occurrence in certain {
                lessons.push(DatedLesson {
                    room: place,
                    start: minute(first, occurrence.interval.start()),
                    end: minute(first, occurrence.interval.end()),
                    id: lessons.len() as u32,
                });
            }
        }
    }
    for place in (1..lessons.len()).rev() {
        lessons.swap(place, random.below(place + 1));
    }
    lessons
}

/// Bookings at quarter hours from 07:00 on, mostly of an hour or two, one in fifty over two days.
fn invent(
    count: usize,
    rooms: &[RoomId],
    first: NaiveDate,
    last: NaiveDate,
    random: &mut Random,
) -> Vec<Booking> {
    let days = (last - first).num_days() as usize;
    (0..count)
        .map(|number| {
            let day =
                first.and_time(chrono::NaiveTime::MIN) + TimeDelta::days(random.below(days) as i64);
            let start = day + TimeDelta::minutes(7 * 60 + 15 * random.below(56) as i64);
            let minutes = if random.below(50) == 0 {
                36 * 60
            } else {
                15 * (1 + random.below(8) as i64)
            };
            Booking {
                id: format!("b{number}").into(),
                room: rooms[random.below(rooms.len())].clone(),
                interval: Interval::new(start, start + TimeDelta::minutes(minutes))
                    .expect("it has a length"),
            }
        })
        .collect()
}
