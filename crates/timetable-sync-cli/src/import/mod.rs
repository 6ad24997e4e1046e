//! Imports of rooms, timeslots and bookings from CSV files. The header decides the kind.

mod bookings;
mod csv_rows;
mod rooms;
mod timeslots;

use std::{collections::HashMap, fs, path::Path};

use booking_store::{BookingDesk, Import, ImportReport};
use chrono::NaiveDateTime;

pub(crate) use self::{
    csv_rows::{BadRow, CsvFile, Row},
    rooms::category_named,
    timeslots::times,
};
use crate::{
    context::Context,
    exit::{Exit, Failure, Outcome},
    room_index::RoomIndex,
};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Rooms,
    Timeslots,
    Bookings,
}

/// What became of a file.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) kind: Kind,
    /// `None` where bad rows kept the whole file out.
    pub(crate) report: Option<ImportReport>,
    /// Rows that cannot be used, in the order of the file.
    pub(crate) bad: Vec<BadRow>,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Rooms, Self::Timeslots, Self::Bookings];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rooms => "rooms",
            Self::Timeslots => "timeslots",
            Self::Bookings => "bookings",
        }
    }

    /// The columns that the file must have, and those that it may have.
    fn columns(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Rooms => (&["id", "name", "category"], &[]),
            Self::Timeslots => (&["id", "name", "days", "start", "end"], &[]),
            Self::Bookings => (
                &["id", "room", "start", "end"],
                &["owner_name", "owner_email", "title", "series"],
            ),
        }
    }

    /// The column that only files of this kind have.
    fn mark(self) -> &'static str {
        match self {
            Self::Rooms => "category",
            Self::Timeslots => "days",
            Self::Bookings => "room",
        }
    }

    /// The kind of file with these columns, where each of them is known and none is missing or there twice.
    fn of(columns: &[String]) -> Result<Self, String> {
        let has = |name: &str| columns.iter().any(|column| column == name);
        let Some(kind) = Self::ALL.into_iter().find(|kind| has(kind.mark())) else {
            let known: Vec<String> = Self::ALL.into_iter().map(Self::known).collect();
            return Err(format!(
                "the header `{}` is of no kind of file that can be imported, which are: {}",
                columns.join(","),
                known.join("; ")
            ));
        };
        let (needed, optional) = kind.columns();
        let is_known = |column: &String| {
            needed.contains(&column.as_str()) || optional.contains(&column.as_str())
        };
        let problem = if let Some(unknown) = columns.iter().find(|column| !is_known(column)) {
            format!("unknown column `{unknown}`")
        } else if let Some((_, twice)) = columns
            .iter()
            .enumerate()
            .find(|(place, column)| columns[..*place].contains(column))
        {
            format!("the column `{twice}` is there twice")
        } else if let Some(missing) = needed.iter().find(|needed| !has(needed)) {
            format!("the column `{missing}` is missing")
        } else {
            return Ok(kind);
        };
        Err(format!("{problem}; known are {}", kind.known()))
    }

    fn known(self) -> String {
        let (needed, optional) = self.columns();
        let columns: Vec<&str> = needed.iter().chain(optional).copied().collect();
        format!("{} `{}`", self.name(), columns.join(","))
    }
}

/// Imports the file: all of it, or with `skip_bad` the rows that can be used.
pub(crate) async fn import(context: &Context, path: &Path, skip_bad: bool) -> Outcome<Imported> {
    let bytes = fs::read(path).map_err(|error| {
        Failure::new(Exit::Usage, error).context(format!("{} cannot be read", path.display()))
    })?;
    let cannot = |reason: String| {
        Failure::failed(reason).context(format!("{} cannot be imported", path.display()))
    };
    let file = CsvFile::read(&bytes).map_err(cannot)?;
    let kind = Kind::of(file.columns()).map_err(cannot)?;

    let state = context.state_from(NaiveDateTime::MAX).await?;
    let mut rows = Import::default();
    let bad = match kind {
        Kind::Rooms => {
            let (rooms, bad) = usable(&file, |row| rooms::room(row, &state.rooms));
            rows.rooms = rooms;
            bad
        }
        Kind::Timeslots => {
            let (slots, bad) = usable(&file, timeslots::timeslot);
            rows.timeslots = slots;
            bad
        }
        Kind::Bookings => {
            let index = RoomIndex::new(&state.rooms, &state.room_links);
            let (bookings, bad) = usable(&file, |row| bookings::booking(row, &index));
            rows.bookings = bookings;
            bad
        }
    };
    let report = if bad.is_empty() || skip_bad {
        Some(context.store.import(&context.school, &rows).await?)
    } else {
        None
    };
    Ok(Imported { kind, report, bad })
}

/// Sorts the rows of a file into those that can be used and those that cannot. An id counts once.
fn usable<T>(
    file: &CsvFile,
    mut read: impl FnMut(&Row<'_>) -> Result<T, BadRow>,
) -> (Vec<T>, Vec<BadRow>) {
    let mut lines: HashMap<String, usize> = HashMap::new();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in file.rows() {
        let outcome = row.and_then(|row| {
            let id = row.needed("id")?;
            if let Some(line) = lines.get(id) {
                return Err(row.bad("id", format!("the id `{id}` is on line {line} already")));
            }
            lines.insert(id.to_owned(), row.line());
            read(&row)
        });
        match outcome {
            Ok(row) => good.push(row),
            Err(row) => bad.push(row),
        }
    }
    (good, bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(header: &str) -> Result<Kind, String> {
        let columns: Vec<String> = header.split(',').map(str::to_owned).collect();
        Kind::of(&columns)
    }

    #[test]
    fn the_header_decides_the_kind_in_any_order() {
        assert_eq!(kind("category,id,name"), Ok(Kind::Rooms));
        assert_eq!(kind("id,name,days,start,end"), Ok(Kind::Timeslots));
        assert_eq!(kind("end,start,room,id"), Ok(Kind::Bookings));
        assert_eq!(kind("id,room,start,end,title"), Ok(Kind::Bookings));
    }

    #[test]
    fn a_wrong_header_names_what_is_known() {
        for (header, problem) in [
            ("id,name", "`id,name` is of no kind"),
            ("", "is of no kind"),
            ("id,name,category,colour", "unknown column `colour`"),
            ("id,name,category,name", "`name` is there twice"),
            ("id,room,start", "`end` is missing"),
            ("id;name;category", "is of no kind"),
        ] {
            let error = kind(header).unwrap_err();
            assert!(error.contains(problem), "{error}");
            assert!(error.contains("id,"), "{error}");
        }
    }

    #[test]
    fn every_bad_row_is_found_and_an_id_counts_once() {
        let file = CsvFile::read(b"id,name,category\nA,One,X\n,Two,X\nA,Three,X\nB,,X\n").unwrap();
        let (rooms, bad) = usable(&file, |row| rooms::room(row, &[]));
        assert_eq!(rooms.len(), 1);
        let bad: Vec<String> = bad.iter().map(ToString::to_string).collect();
        assert_eq!(
            bad,
            [
                "3:1: `id` is blank",
                "4:1: the id `A` is on line 2 already",
                "5:3: `name` is blank"
            ]
        );
    }
}
