//! `match import`: the matches from a CSV file, all of them or none.

use std::{collections::BTreeMap, fs, path::Path};

use booking_store::SchoolState;
use chrono::NaiveDateTime;
use room_timetable::RoomId;
use serde_json::json;
use timetable_sync::{MatchList, MatchesChanged, RoomMatch};

use super::{match_slot_files, matching};
use crate::{
    context::Context,
    exit::{Exit, Failure, Outcome},
    import::{BadRow, CsvFile, Row},
    output, returns_view,
    room_index::{RoomIndex, isams_id},
    sheet,
};

/// The column with the school's room.
pub(super) const LOCAL: &str = "local";
/// The column with the room of iSAMS; blank where there is no match.
pub(super) const ISAMS: &str = "isams";

pub(super) async fn run(context: &Context, path: &Path) -> Outcome {
    let bytes = fs::read(path).map_err(|error| {
        Failure::new(Exit::Usage, error).context(format!("{} cannot be read", path.display()))
    })?;
    let cannot = |reason: String| {
        Failure::failed(reason).context(format!("{} cannot be imported", path.display()))
    };
    let file = CsvFile::read(&bytes).map_err(cannot)?;
    let of_slots = file
        .columns()
        .iter()
        .any(|column| column == match_slot_files::TIMESLOT);
    let needed = if of_slots {
        match_slot_files::NEEDED
    } else {
        [LOCAL, ISAMS]
    };
    has_columns(file.columns(), needed).map_err(cannot)?;
    let state = context.state_from(NaiveDateTime::MAX).await?;
    let list = MatchList::of(&state)?;
    if of_slots {
        let (slots, bad) = match_slot_files::read(&file, &state, &list);
        if !bad.is_empty() {
            return refuse(context, path, &bad);
        }
        match_slot_files::apply(context, &slots, state.matching).await?;
        return Ok(Exit::Done);
    }
    let (matches, bad) = read(&file, &state, &list);
    if !bad.is_empty() {
        return refuse(context, path, &bad);
    }
    let before = returns_view::Before::read(context).await?;
    let done = context
        .syncer()
        .match_rooms(&context.school, &matches)
        .await?;
    let MatchesChanged {
        set,
        cleared,
        unchanged,
        merged,
    } = &done;
    let links = set
        .iter()
        .map(|link| json!({ "local": link.room, "isams": link.source }));
    let offers = before.new_ones(context).await?;
    let mut document = json!({
        "set": links.collect::<Vec<_>>(),
        "cleared": cleared,
        "unchanged": unchanged,
        "merged": merged,
    });
    returns_view::add(&mut document, &offers);
    context.out.result(&document, || {
        format!(
            "matches: {} set, {} taken back, {unchanged} unchanged.{}\n{}{}",
            set.len(),
            cleared.len(),
            matching::effect_of(set.len() + cleared.len(), state.matching),
            matching::merged(&done),
            returns_view::text(context, &offers)
        )
    })?;
    Ok(Exit::Done)
}

fn refuse(context: &Context, path: &Path, bad: &[BadRow]) -> Outcome {
    let path = path.display();
    for row in bad {
        output::message(format_args!("{path}:{row}"));
    }
    let rows = if bad.len() == 1 { "row" } else { "rows" };
    let text = format!(
        "{} {rows} of {path} cannot be used, so nothing was matched",
        bad.len()
    );
    output::message(format_args!("error: {text}"));
    if context.out.json {
        let document = json!({ "status": "failed", "error": text, "bad": bad });
        context.out.print(&crate::json::text(&document)?)?;
    }
    Ok(Exit::Failed)
}

fn has_columns(columns: &[String], all: [&str; 2]) -> Result<(), String> {
    for needed in all {
        match columns.iter().filter(|column| *column == needed).count() {
            1 => {}
            0 => {
                return Err(format!(
                    "the column `{needed}` is missing; the file needs `{}`",
                    all.join(",")
                ));
            }
            _ => return Err(format!("the column `{needed}` is there twice")),
        }
    }
    Ok(())
}

/// What the file says of the school's rooms, and the rows that cannot be used. A row without a room of the school says
/// nothing.
fn read(
    file: &CsvFile,
    state: &SchoolState,
    list: &MatchList,
) -> (BTreeMap<RoomId, Option<String>>, Vec<BadRow>) {
    let mut reader = Reader {
        index: RoomIndex::new(&state.rooms, &state.room_links),
        list,
        locals: BTreeMap::new(),
        sources: BTreeMap::new(),
    };
    let (mut matches, mut bad) = (BTreeMap::new(), Vec::new());
    let mut places = Vec::new();
    for row in file.rows() {
        match row.and_then(|row| Ok((reader.read(&row)?, row))) {
            Ok((Some((local, source)), row)) => {
                matches.insert(local.clone(), source.clone());
                places.extend(source.map(|source| (local, source, row)));
            }
            Ok((None, _)) => {}
            Err(row) => bad.push(row),
        }
    }
    // Who gives a room of iSAMS up is known only when all rows are read.
    for (local, source, row) in places {
        let holder = state.room_links.iter().find(|link| link.source == source);
        let taken = holder.filter(|link| {
            let placeholder = list.rooms.iter().any(|room| {
                room.unsorted() && room.local.as_ref().is_some_and(|it| it.id == link.room)
            });
            link.room != local && !placeholder && !matches.contains_key(&link.room)
        });
        if let Some(link) = taken {
            let reason = format!(
                "the iSAMS room `{source}` is matched with the room `{}`, which the file does not have",
                link.room
            );
            bad.push(row.bad(ISAMS, reason));
        }
    }
    bad.sort_by_key(|row| (row.line, row.column));
    (matches, bad)
}

struct Reader<'r> {
    index: RoomIndex<'r>,
    list: &'r MatchList,
    /// Lines by what they name.
    locals: BTreeMap<RoomId, usize>,
    sources: BTreeMap<String, usize>,
}

impl Reader<'_> {
    fn read(&mut self, row: &Row<'_>) -> Result<Option<(RoomId, Option<String>)>, BadRow> {
        let local = sheet::text(row.text(LOCAL));
        if local.is_empty() {
            return Ok(None);
        }
        let found = self.index.find(local);
        let room = found.map_err(|error| row.bad(LOCAL, error.to_string()))?;
        if let Some(line) = self.locals.insert(room.id.clone(), row.line()) {
            let reason = format!("the room `{}` is on line {line} already", room.id);
            return Err(row.bad(LOCAL, reason));
        }
        let source = isams_id(sheet::text(row.text(ISAMS)));
        if source.is_empty() {
            return Ok(Some((room.id.clone(), None)));
        }
        let own = |known: &RoomMatch| known.local.as_ref().is_some_and(|it| it.id == room.id);
        // A match whose room is no longer listed may stay.
        let known = self.list.rooms.iter().any(|known| {
            known.source_id.as_deref() == Some(source) && (known.source.is_some() || own(known))
        });
        if !known {
            let reason = format!("iSAMS has no room with the id `{source}`");
            return Err(row.bad(ISAMS, reason));
        }
        if let Some(line) = self.sources.insert(source.to_owned(), row.line()) {
            let reason = format!("the iSAMS room `{source}` is on line {line} already");
            return Err(row.bad(ISAMS, reason));
        }
        Ok(Some((room.id.clone(), Some(source.to_owned()))))
    }
}
