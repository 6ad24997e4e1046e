//! Makes schools and writes them as the Batch API sends them.
//!
//! Everything is drawn from one seed per school: the same version of this crate always writes the
//! same bytes, on any machine. People, pupils and schools are invented; e-mail addresses end in
//! `.example`.
//!
//! ```
//! use isams_simulator::generate::{Scale, School};
//!
//! let school = School::scaled(&Scale { seed: 7, rooms: 12, ..Scale::default() });
//! let body = school.body();
//! assert!(body.starts_with(br#"{"iSAMS":{"#));
//! assert_eq!(body, School::scaled(&Scale { seed: 7, rooms: 12, ..Scale::default() }).body());
//! ```

mod bookings;
mod calendar;
mod cedar;
mod days;
mod desk;
mod existing;
mod floor;
mod layout;
mod occupancy;
mod overlays;
mod people;
mod republish;
mod rng;
mod schools;
mod spec;
mod structure;
mod teaching;
mod timetable;
mod wire;

use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use self::spec::Scale;

use self::overlays::Overlays;
use self::spec::{Purpose, Spec};

/// The school year of the generated schools, by the year in which it starts.
const SCHOOL_YEAR: i32 = 2031;

/// A generated school on one day.
#[derive(Clone, Debug)]
pub struct School {
    spec: Spec,
    terms: Vec<calendar::Term>,
    allocations: Vec<calendar::Allocation>,
    weeks: Vec<structure::Week>,
    buildings: Vec<Building>,
    teaching: teaching::Teaching,
    timetable: timetable::Timetable,
    overlays: Overlays,
}

#[derive(Clone, Debug)]
struct Building {
    id: u32,
    /// 0 at the top.
    parent: u32,
    name: String,
    initials: String,
    rooms: Vec<Room>,
}

#[derive(Clone, Debug)]
struct Room {
    id: u32,
    name: String,
    code: String,
    purpose: Purpose,
}

/// One area of a school as a document of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file's name in a fixture, such as `terms.json`.
    pub file: String,
    /// Rows in the document, those of buildings, weeks and timetables counted one by one.
    pub rows: usize,
    /// The document, one row per line.
    pub text: String,
}

/// A file of the fixtures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Path below the folder of the fixtures.
    pub path: PathBuf,
    /// The whole file: UTF-8, LF, with a newline at the end.
    pub text: String,
}

/// A fixture file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}", path.display())]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// A small day school with 30 rooms, a one-week cycle and eight periods a day, on the day `first`.
#[must_use]
pub fn alder_prep() -> School {
    School::of(schools::alder())
}

/// A boarding school with 120 rooms, weeks A and B, two divisions and Saturday school, on the day
/// `first`.
#[must_use]
pub fn birchwood_college() -> School {
    School::of(schools::birchwood())
}

/// All files of the schools: every day's payload as JSON and as XML, `days.toml`, and the school's
/// existing bookings. *Cedar House* is written here only; it is put down by hand, not drawn.
#[must_use]
pub fn files() -> Vec<GeneratedFile> {
    let mut files = days::alder(&alder_prep());
    files.extend(days::birchwood(&birchwood_college()));
    files.extend(cedar::files());
    files
}

/// Writes [`files`] below `dir` and returns them. Other files that are there stay.
///
/// # Errors
///
/// Returns [`WriteError`] at the first file or folder that cannot be written.
pub fn write_all(dir: impl AsRef<Path>) -> Result<Vec<GeneratedFile>, WriteError> {
    let files = files();
    for file in &files {
        let path = dir.as_ref().join(&file.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| WriteError {
                path: folder.to_owned(),
                source,
            })?;
        }
        std::fs::write(&path, &file.text).map_err(|source| WriteError { path, source })?;
    }
    Ok(files)
}

impl Document {
    /// The XML that the document would have come from.
    ///
    /// # Errors
    ///
    /// Fails only where the text was replaced by something that is no JSON.
    pub fn xml(&self) -> Result<String, serde_json::Error> {
        serde_json::from_str(&self.text).map(|document| crate::xml::from_json(&document))
    }
}

impl School {
    /// A school of the given size, for benches and load tests.
    #[must_use]
    pub fn scaled(scale: &Scale) -> Self {
        Self::of(scale.spec())
    }

    fn of(spec: Spec) -> Self {
        let buildings = buildings(&spec);
        let rooms: Vec<_> = buildings
            .iter()
            .flat_map(|building| &building.rooms)
            .map(|room| (room.id, room.purpose))
            .collect();
        let weeks = structure::weeks(&spec);
        let cycle: Vec<_> = weeks.iter().map(|week| week.id).collect();
        let teaching = teaching::teaching(&spec, &rooms);
        let mut school = Self {
            terms: calendar::terms(&spec),
            allocations: calendar::allocations(&spec, &cycle),
            timetable: floor::timetable(&spec, &weeks, &rooms, &teaching),
            overlays: Overlays::default(),
            weeks,
            buildings,
            teaching,
            spec,
        };
        school.overlays = Overlays::of(&school);
        school
    }

    /// The school's name, such as `Alder Prep`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// The same school with its timetable published again: a new timetable id, new row ids, rows in
    /// another order, and `moves` lessons in another room or another period that was free.
    #[must_use]
    pub fn republished(&self, moves: usize) -> Self {
        republish::republish(self, moves, &[]).0
    }

    /// Every area as a document of its own, as several keys would answer.
    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        wire::areas(self)
            .into_iter()
            .map(|area| Document {
                file: format!("{}.json", area.file),
                rows: wire::row_count(&area.json),
                text: layout::json(&area.json),
            })
            .collect()
    }

    /// All areas in one document without spaces, as a single key would answer.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        self.merged().to_string().into_bytes()
    }

    /// All areas in one document, as the XML that [`School::body`] would have come from.
    #[must_use]
    pub fn xml_body(&self) -> Vec<u8> {
        crate::xml::from_json(&self.merged()).into_bytes()
    }

    fn merged(&self) -> Value {
        let mut body = Value::Null;
        for area in wire::areas(self) {
            crate::merge::merge(&mut body, area.json);
        }
        body
    }

    /// The id of the room of this name, spaces around it apart.
    fn room(&self, name: &str) -> Option<u32> {
        self.buildings
            .iter()
            .flat_map(|building| &building.rooms)
            .find(|room| room.name.trim() == name)
            .map(|room| room.id)
    }
}

fn buildings(spec: &Spec) -> Vec<Building> {
    let building_id = |index: usize| 3 + spec.base + u32::try_from(index).unwrap_or(0);
    let mut room_ids = 41 + spec.base..;
    spec.buildings
        .iter()
        .enumerate()
        .map(|(index, building)| Building {
            id: building_id(index),
            parent: building.under.map_or(0, building_id),
            name: building.name.clone(),
            initials: building.initials.clone(),
            rooms: building
                .rooms
                .iter()
                .zip(room_ids.by_ref())
                .map(|(room, id)| Room {
                    id,
                    name: room.name.clone(),
                    code: room.code.clone(),
                    purpose: room.purpose,
                })
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
