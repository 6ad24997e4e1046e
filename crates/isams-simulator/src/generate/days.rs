//! The days of a school, and which file belongs to which.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::NaiveDate;

use super::bookings::{alder, birchwood};
use super::existing::Existing;
use super::schools::date;
use super::wire::{self, Area};
use super::{GeneratedFile, School, layout, republish};

pub(super) fn alder(first: &School) -> Vec<GeneratedFile> {
    let rooms = alder::rooms(first);
    let (later, moves) = republish::republish(first, 8, &rooms.matched());
    let existing = alder::existing(first, &later, &moves, rooms);
    let published = wire::areas(&later);
    let mut book = Book::new(first);
    book.day("first", date((2031, 9, 2)), wire::areas(first));
    book.day("unchanged", date((2031, 9, 3)), wire::areas(first));
    book.day("republished", date((2031, 9, 16)), published.clone());
    let emptied = wire::empty_core(&later);
    let core_empty = published.iter().map(|area| {
        emptied
            .iter()
            .find(|empty| empty.file == area.file)
            .unwrap_or(area)
    });
    book.day(
        "core-empty",
        date((2031, 9, 17)),
        core_empty.cloned().collect(),
    );
    let mut staff_missing = published;
    staff_missing.retain(|area| area.file != "staff");
    book.day("staff-missing", date((2031, 9, 17)), staff_missing);
    book.finish(first, &existing)
}

pub(super) fn birchwood(first: &School) -> Vec<GeneratedFile> {
    let rooms = birchwood::rooms(first);
    let (later, moves) = republish::republish(first, 25, &rooms.matched());
    let existing = birchwood::existing(first, &later, &moves, rooms);
    let mut book = Book::new(first);
    book.day("first", date((2031, 9, 2)), wire::areas(first));
    book.day("republished", date((2031, 9, 23)), wire::areas(&later));
    book.finish(first, &existing)
}

/// Collects days; a file that an earlier day has already is not written twice.
struct Book {
    folder: String,
    files: Vec<GeneratedFile>,
    /// Where a text of an area stands.
    known: BTreeMap<(&'static str, String), String>,
    toml: String,
}

impl Book {
    fn new(school: &School) -> Self {
        Self {
            folder: school.spec.folder.clone(),
            files: Vec::new(),
            known: BTreeMap::new(),
            toml: format!(
                "# The days of {}, and the files of which each day's answer consists.\n\
                 # A file that did not change stands in the folder of the day that first had it.\n\
                 # Beside each stands the XML that it would have come from.\n",
                school.name()
            ),
        }
    }

    fn day(&mut self, name: &str, date: NaiveDate, areas: Vec<Area>) {
        // Writing to a String cannot fail.
        let _ = write!(
            self.toml,
            "\n[[day]]\nname = \"{name}\"\ndate = \"{date}\"\nfiles = [\n"
        );
        for area in areas {
            let text = layout::json(&area.json);
            let path = self
                .known
                .entry((area.file, text))
                .or_insert_with_key(|(file, text)| {
                    let path = format!("{name}/{file}.json");
                    self.files.push(file_in(&self.folder, &path, text.clone()));
                    let twin = format!("{name}/{file}.xml");
                    let text = layout::xml(&area.json);
                    self.files.push(file_in(&self.folder, &twin, text));
                    path
                });
            let _ = writeln!(self.toml, "  \"{path}\",");
        }
        self.toml.push_str("]\n");
    }

    fn finish(mut self, school: &School, existing: &Existing) -> Vec<GeneratedFile> {
        self.files
            .push(file_in(&self.folder, "days.toml", self.toml));
        for (name, text) in existing.files(school) {
            self.files
                .push(file_in(&self.folder, &format!("existing/{name}"), text));
        }
        self.files
    }
}

fn file_in(folder: &str, path: &str, text: String) -> GeneratedFile {
    GeneratedFile {
        path: [folder, path].iter().collect(),
        text,
    }
}
