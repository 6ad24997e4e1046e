//! A large school's year as a plan is made from it: what the store holds, and what arrives.

use std::collections::{BTreeSet, HashSet};

use booking_store::{Booking, Matching, Origin, Room, RoomLink, SchoolState};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use isams_client::{DataArea, FetchRequest, Payload};
use isams_simulator::generate::{Scale, School};
use room_timetable::{BookingId, Interval, RoomId};
use timetable_sync::{Desired, Document, Local, Plan, PlanInput, Settings, plan};

use crate::inputs::Random;

/// A school in a store, with a feed to plan.
#[derive(Debug)]
pub struct Year {
    /// What the store holds.
    pub state: SchoolState,
    /// The feed of the night before, which is in effect.
    pub same: Payload,
    /// The same published again: new ids, another order, a few lessons moved.
    pub republished: Payload,
    settings: Settings,
    now: NaiveDateTime,
}

impl Year {
    /// A generated school of so many rooms, with so many bookings to come and so many moved lessons.
    ///
    /// The bookings are an hour or two long, at quarter hours of the days of the year, and none of them clashes with
    /// the timetable in effect: earlier nights have removed those.
    ///
    /// # Panics
    ///
    /// When the generated school cannot be read: a bench has no other way to go on.
    pub fn of(rooms: usize, bookings: usize, moved: usize) -> Self {
        let school = School::scaled(&Scale {
            rooms,
            ..Scale::default()
        });
        let read = |school: &School| {
            let mut payload = Payload::from_slice(&school.body()).expect("it is a payload");
            payload.canonicalise();
            payload
        };
        let (same, republished) = (read(&school), read(&school.republished(moved)));
        let document = Document {
            good: same.clone(),
            ..Document::default()
        };
        let sources: Vec<String> = Desired::of(&same).rooms.into_keys().collect();
        let local = |source: &String| RoomId::new(format!("local-{source}"));
        let year = Self {
            state: SchoolState {
                matching: Matching::Confirmed,
                rooms: sources
                    .iter()
                    .map(|source| Room {
                        id: local(source),
                        name: format!("Room {source}"),
                        category: "Classrooms".to_owned(),
                        origin: Origin::Local,
                        part_bookable: false,
                    })
                    .collect(),
                room_links: sources
                    .iter()
                    .map(|source| RoomLink {
                        room: local(source),
                        source: source.clone(),
                    })
                    .collect(),
                has_bookings: true,
                timetable: Some(document.to_stored()),
                ..SchoolState::default()
            },
            same,
            republished,
            settings: Settings::default(),
            now: day(2031, 9, 2),
        };
        year.with_bookings(bookings)
    }

    /// What a sync of this feed would do.
    ///
    /// # Panics
    ///
    /// When the school's own document cannot be read.
    pub fn plan(&self, fresh: &Payload) -> Plan {
        plan(&PlanInput {
            state: &self.state,
            fresh,
            asked: &FetchRequest::new(self.now.date()),
            journal: &[],
            removed: &[],
            now: self.now,
            settings: &self.settings,
            accepted: &BTreeSet::new(),
        })
        .expect("its own document can be read")
    }

    /// How many rows of the published timetable a feed has.
    pub fn rows(&self) -> usize {
        self.same.rows(DataArea::PublishedTimetable)
    }

    /// Draws bookings until there are enough that clash with nothing.
    fn with_bookings(mut self, count: usize) -> Self {
        let timetable = Desired::of(&self.same)
            .timetable(&Local::of(&self.state))
            .expect("its parts fit");
        let mut random = Random(2031);
        let mut number = 0;
        while self.state.bookings.len() < count {
            let missing = count - self.state.bookings.len();
            let mut drawn = Vec::with_capacity(missing);
            for _ in 0..missing {
                drawn.push(self.invent(format!("b{number:06}"), &mut random));
                number += 1;
            }
            let asked: Vec<room_timetable::Booking> = drawn
                .iter()
                .map(|booking| room_timetable::Booking {
                    id: booking.id.clone(),
                    room: booking.room.clone(),
                    interval: booking.interval,
                })
                .collect();
            let clashes = timetable.clashes(&asked);
            let clashing: HashSet<BookingId> =
                clashes.into_iter().map(|clash| clash.booking).collect();
            drawn.retain(|booking| !clashing.contains(&booking.id));
            self.state.bookings.append(&mut drawn);
        }
        self
    }

    fn invent(&self, id: String, random: &mut Random) -> Booking {
        let room = &self.state.rooms[random.below(self.state.rooms.len())];
        let day = self.now + TimeDelta::days(1 + random.below(300) as i64);
        let start = day + TimeDelta::minutes(8 * 60 + 15 * random.below(40) as i64);
        let end = start + TimeDelta::minutes(15 * (1 + random.below(8) as i64));
        Booking {
            id: id.into(),
            room: room.id.clone(),
            interval: Interval::new(start, end).expect("it has a length"),
            owner_name: None,
            owner_email: Some(format!("p{}@scaled.example", random.below(150))),
            title: Some("Club".to_owned()),
            series: None,
            version: 1,
        }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, month, day)
        .expect("it is a date")
        .and_time(chrono::NaiveTime::MIN)
}
