//! From the source's areas to the timetable they mean. Rooms are the source's own here.

mod cycle;
mod labels;
mod lessons;
mod local;
mod overlays;
mod terms;
mod when;

use std::collections::BTreeMap;

use isams_client::{Building, DataArea, Payload};
use room_timetable::{
    Certainty, CoverRoom, CycleWeek, Lesson, Overlays, PublishedTimetable, RoomId, SchoolCalendar,
    SchoolTimetable, TimetableError,
};
use serde::Serialize;

pub use self::local::Local;
pub(crate) use self::{
    lessons::UNLISTED_ROOM,
    local::{pairs, slots},
};
use crate::staff::Staff;

/// A row that could not be used. The rest of its area goes on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Skipped {
    /// The data area's name.
    pub area: String,
    /// The row's id as sent; `(no id)` where it has none, and the kind of row where it is not even a row.
    pub source_id: String,
    /// Why, in plain English.
    pub reason: String,
}

/// A room as the source knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRoom {
    /// Its id, which is its identity.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The building's name, where it is known.
    pub building: Option<String>,
    /// Its code, where it has one.
    pub code: Option<String>,
    /// Its initials, where it has them.
    pub initials: Option<String>,
}

/// What a payload says the school's timetable is.
#[derive(Clone, Debug)]
pub struct Desired {
    /// Rooms by id.
    pub rooms: BTreeMap<String, SourceRoom>,
    /// The weeks of the cycle with their usable periods.
    pub cycle: Vec<CycleWeek>,
    /// Terms and allocations.
    pub calendar: SchoolCalendar,
    /// Timetables with their usable lessons; a lesson's room is the source's id of it.
    pub published: Vec<PublishedTimetable>,
    /// What differs on certain dates; a room is the source's id of it.
    pub overlays: Overlays,
    /// Who teaches, by user code.
    pub staff: Staff,
    /// Rows that could not be used.
    pub skipped: Vec<Skipped>,
    /// Lessons and other rows without a room: shown nowhere, only counted.
    pub without_room: usize,
}

impl Desired {
    /// Reads the areas of a payload. Areas that are not present count as empty: what to do about them was decided
    /// before.
    pub fn of(payload: &Payload) -> Self {
        let mut skips = Skips::default();
        for finding in payload.findings() {
            let area = finding.area.map_or("unknown", DataArea::name);
            skips.add_named(area, without_places(&finding.path), finding.reason.clone());
        }
        let rooms = rooms(
            payload
                .buildings_and_rooms
                .value()
                .map_or(&[][..], Vec::as_slice),
            &mut skips,
        );
        let cycle = cycle::read(payload, &mut skips);
        let calendar = terms::read(payload, &cycle, &mut skips);
        let staff = Staff::of(payload);
        let (published, without_room) = lessons::read(payload, &cycle, &rooms, &mut skips);
        let overlays = overlays::read(payload, &cycle, &rooms, &mut skips);
        let mut skipped = skips.0;
        skipped.sort();
        Self {
            rooms,
            cycle: cycle.weeks,
            calendar,
            published,
            overlays,
            staff,
            skipped,
            without_room,
        }
    }

    /// Puts rows of these areas in doubt: they are of an earlier night, since the area came without any.
    ///
    /// They still free and block rooms, but remove no booking: what they free was freed by a good answer, and what they
    /// block is shown as doubtful.
    pub(crate) fn doubt(&mut self, areas: &[DataArea]) {
        for area in areas {
            match area {
                DataArea::RoomClosuresAndCover => {
                    for closure in &mut self.overlays.closures {
                        closure.certainty = Certainty::Doubtful;
                    }
                    for cover in &mut self.overlays.covers {
                        cover.certainty = Certainty::Doubtful;
                    }
                }
                DataArea::EventsThisYear | DataArea::EventsNextYear => {
                    for event in &mut self.overlays.events {
                        event.certainty = Certainty::Doubtful;
                    }
                }
                _ => {}
            }
        }
    }

    /// The timetable by the product's own room ids, with what the school's own side adds.
    ///
    /// # Errors
    ///
    /// [`TimetableError`] where the parts do not fit; reading has seen to it that they do.
    pub fn timetable(&self, local: &Local<'_>) -> Result<SchoolTimetable, TimetableError> {
        let rooms: BTreeMap<&str, &RoomId> = local
            .room_links
            .iter()
            .map(|link| (link.source.as_str(), &link.room))
            .collect();
        let place = |room: &RoomId| match rooms.get(room.as_str()) {
            Some(local) => (*local).clone(),
            None => unmatched(room),
        };
        let published = self
            .published
            .iter()
            .map(|timetable| PublishedTimetable {
                name: timetable.name.clone(),
                years: timetable.years,
                lessons: timetable
                    .lessons
                    .iter()
                    .map(|lesson| Lesson {
                        period: lesson.period.clone(),
                        room: place(&lesson.room),
                        kind: lesson.kind,
                        group: lesson.group.clone(),
                        label: lesson.label.clone(),
                        year: lesson.year.clone(),
                        teachers: lesson.teachers.clone(),
                        source_ids: lesson.source_ids.clone(),
                        certainty: lesson.certainty,
                    })
                    .collect(),
            })
            .collect();
        let calendar = self.calendar.clone().with_holidays(local.holidays());
        let timetable = SchoolTimetable::new(calendar, self.cycle.clone(), published)?;
        Ok(timetable
            .with_times(local.times(&self.cycle))
            .with_overlays(self.placed(local, place)))
    }

    /// The timetable without lessons and overlays: enough to know which dates are unknown.
    ///
    /// # Errors
    ///
    /// [`TimetableError`] where the parts do not fit; reading has seen to it that they do.
    pub(crate) fn calendar(&self, local: &Local<'_>) -> Result<SchoolTimetable, TimetableError> {
        let published = self.published.iter().map(|timetable| PublishedTimetable {
            name: timetable.name.clone(),
            years: timetable.years,
            lessons: Vec::new(),
        });
        let calendar = self.calendar.clone().with_holidays(local.holidays());
        SchoolTimetable::new(calendar, self.cycle.clone(), published.collect())
    }

    /// The overlays by the product's own room ids, with its exceptions.
    fn placed(&self, local: &Local<'_>, place: impl Fn(&RoomId) -> RoomId) -> Overlays {
        let mut overlays = self.overlays.clone();
        if local.suspended_occupy {
            overlays.suspensions.clear();
        }
        for suspension in &mut overlays.suspensions {
            suspension.which.room = suspension.which.room.as_ref().map(&place);
        }
        for cover in &mut overlays.covers {
            if let CoverRoom::Moved(room) = &mut cover.room {
                *room = place(room);
            }
        }
        for closure in &mut overlays.closures {
            closure.room = place(&closure.room);
        }
        if local.events_occupy {
            for event in &mut overlays.events {
                event.room = place(&event.room);
            }
        } else {
            overlays.events.clear();
        }
        overlays.exceptions = local.exceptions();
        overlays
    }
}

/// The rooms of a payload by id.
pub(crate) fn source_rooms(payload: &Payload) -> BTreeMap<String, SourceRoom> {
    let buildings = payload.buildings_and_rooms.value();
    rooms(
        buildings.map_or(&[][..], Vec::as_slice),
        &mut Skips::default(),
    )
}

/// Where lessons stand that are in no matched room: nobody asks for it, but cover may bring them into one that is.
fn unmatched(room: &RoomId) -> RoomId {
    RoomId::new(format!("isams:{room} (unmatched)"))
}

/// Collects the rows that could not be used.
#[derive(Debug, Default)]
struct Skips(Vec<Skipped>);

impl Skips {
    fn add(&mut self, area: DataArea, id: Option<&str>, reason: impl Into<String>) {
        self.add_named(
            area.name(),
            id.unwrap_or("(no id)").to_owned(),
            reason.into(),
        );
    }

    fn add_named(&mut self, area: &str, source_id: String, reason: String) {
        self.0.push(Skipped {
            area: area.to_owned(),
            source_id,
            reason,
        });
    }
}

/// A path without the places of rows in their lists, since the order of rows means nothing.
fn without_places(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    for part in path.split_inclusive(']') {
        match part.rsplit_once('[') {
            Some((before, place))
                if place
                    .trim_end_matches(']')
                    .bytes()
                    .all(|byte| byte.is_ascii_digit()) =>
            {
                kept.push_str(before);
            }
            _ => kept.push_str(part),
        }
    }
    kept
}

fn rooms(buildings: &[Building], skips: &mut Skips) -> BTreeMap<String, SourceRoom> {
    let mut rooms = BTreeMap::new();
    for building in buildings {
        for room in &building.classrooms {
            let Some(id) = &room.id else {
                let name = room.name.as_deref().unwrap_or("without a name");
                skips.add(
                    DataArea::BuildingsAndRooms,
                    None,
                    format!("the room {name} has no id"),
                );
                continue;
            };
            let name = room
                .name
                .as_ref()
                .or(room.initials.as_ref())
                .or(room.code.as_ref());
            let name = name.cloned().unwrap_or_else(|| format!("Room {id}"));
            let room = SourceRoom {
                id: id.clone(),
                name,
                building: building.name.clone(),
                code: room.code.clone(),
                initials: room.initials.clone(),
            };
            // The same room under two buildings is one room.
            rooms.entry(id.clone()).or_insert(room);
        }
    }
    rooms
}
