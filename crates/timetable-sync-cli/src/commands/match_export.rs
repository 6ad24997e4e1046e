//! `match export`: the matches as a CSV file, for people who match in a spreadsheet.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use room_timetable::{
    RoomId,
    room_match::{Candidate, Confidence, Outcome as Suggested, Rematch},
};
use serde_json::json;
use timetable_sync::{MatchList, MatchSuggestions, RoomMatch};

use super::{
    match_import::{ISAMS, LOCAL},
    match_slot_files,
    suggest::rivals,
};
use crate::{
    context::Context,
    exit::{Exit, Failure, Outcome},
    export::Csv,
};

/// The columns of the file. An import reads [`LOCAL`](super::match_import::LOCAL) and
/// [`ISAMS`](super::match_import::ISAMS).
const COLUMNS: [&str; 6] = [
    LOCAL,
    "local_name",
    ISAMS,
    "isams_name",
    "confidence",
    "reason",
];

pub(super) async fn run(context: &Context, path: &Path, slots: Option<&Path>) -> Outcome<()> {
    let state = context.state().await?;
    let list = MatchList::of(&state)?;
    let found = MatchSuggestions::of(&state)?;
    let rows = rows(&list, &found);
    let count = |kind: &str| rows.iter().filter(|row| row[4] == kind).count();
    let (matched, certain) = (count("matched"), count("certain"));
    let mut csv = Csv::new(&COLUMNS)?;
    for row in &rows {
        csv.sheet_row(row)?;
    }
    write(path, csv.finish()?)?;
    if let Some(slots) = slots {
        write(slots, match_slot_files::export(&state, &list)?)?;
    }
    let document = json!({
        "file": path.display().to_string(),
        "rows": rows.len(),
        "matched": matched,
        "certain": certain,
    });
    context.out.result(&document, || {
        let import = context.command(&["match", "import", &path.display().to_string()]);
        format!(
            "{} has {matched} matches and {certain} certain suggestions that are filled in. \
             Fill in the column isams where it is blank, and then: {import}\n",
            path.display()
        )
    })
}

fn write(path: &Path, content: Vec<u8>) -> Outcome<()> {
    fs::write(path, content).map_err(|error| {
        Failure::new(Exit::Failed, error).context(format!("{} cannot be written", path.display()))
    })
}

/// A row for each room of the school, and one for each room of iSAMS that stands in none of these.
fn rows(list: &MatchList, found: &MatchSuggestions) -> Vec<[String; 6]> {
    let filled_in: BTreeSet<&str> = found.certain().map(|(_, isams)| isams.as_str()).collect();
    let suggested: BTreeMap<&RoomId, &Suggested> = found
        .rooms
        .iter()
        .map(|room| (&room.local.id, &room.outcome))
        .collect();
    let blank = String::new;
    let row = |room: &RoomMatch| match &room.local {
        Some(local) if !room.unsorted() => {
            let [isams, name, confidence, reason] = match suggested.get(&local.id) {
                Some(outcome) => suggestion(found, outcome),
                None => [
                    id(room),
                    name(room),
                    matched(room),
                    changed(found, &local.id),
                ],
            };
            let (local, local_name) = (local.id.to_string(), local.name.clone());
            Some([local, local_name, isams, name, confidence, reason])
        }
        _ => {
            let isams = room.source_id.as_deref()?;
            let alone = room.source.is_some() && !filled_in.contains(isams);
            alone.then(|| [blank(), blank(), id(room), name(room), blank(), blank()])
        }
    };
    list.rooms.iter().filter_map(row).collect()
}

fn id(room: &RoomMatch) -> String {
    room.source_id.clone().unwrap_or_default()
}

fn name(room: &RoomMatch) -> String {
    let source = room.source.as_ref();
    source.map(|room| room.name.clone()).unwrap_or_default()
}

fn matched(room: &RoomMatch) -> String {
    let word = match (&room.source_id, &room.source) {
        (Some(_), Some(_)) => "matched",
        (Some(_), None) => "no longer listed",
        (None, _) => "",
    };
    word.to_owned()
}

/// What became of a room of iSAMS that is gone, where it is.
fn changed(found: &MatchSuggestions, room: &RoomId) -> String {
    let unseen = found
        .rematches
        .iter()
        .find(|it| matches!(it, Rematch::Unseen { local, .. } if local == room));
    unseen.map(|it| found.text(it)).unwrap_or_default()
}

/// The last four columns: what is certain is filled in, and the rest only told.
fn suggestion(found: &MatchSuggestions, outcome: &Suggested) -> [String; 4] {
    let named = |one: &Candidate| format!("{} ({})", found.name(&one.source), one.source);
    let blank = String::new;
    match outcome {
        Suggested::Match {
            confidence,
            candidate,
        } => {
            let (id, name, reason) = if *confidence == Confidence::Certain {
                let name = found.name(&candidate.source).to_owned();
                (candidate.source.to_string(), name, candidate.to_string())
            } else {
                let reason = format!("{}: {candidate}", named(candidate));
                (blank(), blank(), reason)
            };
            [id, name, confidence.to_string(), reason]
        }
        Suggested::Tie {
            candidates,
            rivals: also,
        } => {
            let candidates: Vec<String> = candidates.iter().map(named).collect();
            let reason = candidates.join(" or ") + &rivals(also);
            [blank(), blank(), "tie".to_owned(), reason]
        }
        Suggested::Nothing => [blank(), blank(), "none".to_owned(), blank()],
    }
}
