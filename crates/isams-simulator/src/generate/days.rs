//! The days of a school, and which file belongs to which.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use super::bookings::{alder, birchwood};
use super::schools::date;
use super::wire::{self, Area};
use super::{GeneratedFile, School, layout, republish};

pub(super) fn alder(first: &School) -> Vec<GeneratedFile> {
    let rooms = alder::rooms(first);
    let (later, moves) = republish::republish(first, 8, &rooms.matched());
    let existing = alder::existing(first, &later, &moves, rooms);
    let published = wire::areas(&later);
    let mut book = Book::new(&first.spec.folder, first.name());
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
    book.finish(existing.files(first))
}

pub(super) fn birchwood(first: &School) -> Vec<GeneratedFile> {
    let rooms = birchwood::rooms(first);
    let (later, moves) = republish::republish(first, 25, &rooms.matched());
    let existing = birchwood::existing(first, &later, &moves, rooms);
    let mut book = Book::new(&first.spec.folder, first.name());
    book.day("first", date((2031, 9, 2)), wire::areas(first));
    book.day("republished", date((2031, 9, 23)), wire::areas(&later));
    book.finish(existing.files(first))
}

/// Collects days; a file that an earlier day has already is not written twice.
pub(super) struct Book {
    folder: String,
    files: Vec<GeneratedFile>,
    /// Where a text of an area stands.
    known: BTreeMap<(&'static str, String), String>,
    toml: String,
}

impl Book {
    pub(super) fn new(folder: &str, name: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            files: Vec::new(),
            known: BTreeMap::new(),
            toml: format!(
                "# The days of {name}, and the files of which each day's answer consists.\n\
                 # A file that did not change stands in the folder of the day that first had it.\n\
                 # Beside each stands the XML that it would have come from.\n",
            ),
        }
    }

    pub(super) fn day(&mut self, name: &str, date: impl Display, areas: Vec<Area>) {
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

    /// The files, with those of the folder `existing`.
    pub(super) fn finish(
        mut self,
        existing: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Vec<GeneratedFile> {
        self.files
            .push(file_in(&self.folder, "days.toml", self.toml));
        for (name, text) in existing {
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
