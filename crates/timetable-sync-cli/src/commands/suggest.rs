//! `match suggest`: which room may be which room of iSAMS, and why.

use std::collections::BTreeMap;

use booking_store::Matching;
use room_timetable::{
    RoomId, SourceRoomId,
    room_match::{Candidate, Confidence, Outcome as Suggested},
};
use serde_json::{Value, json};
use timetable_sync::{MatchSuggestions, RoomSuggestion};

use super::matching::{NOTHING_ARRIVED, effect};
use crate::{
    context::Context,
    exit::{Exit, Failure, Outcome},
    output::{Output, Style},
    returns_view,
    table::{styled, table, text},
};

pub(crate) async fn run(context: &Context, set_certain: bool) -> Outcome<()> {
    let state = context.state().await?;
    let found = MatchSuggestions::of(&state)?;
    let mut offers = Vec::new();
    let set: Vec<(String, String, String)> = if set_certain {
        let before = returns_view::Before::read(context).await?;
        let matches: BTreeMap<_, _> = found
            .certain()
            .map(|(local, source)| (local.id.clone(), Some(source.to_string())))
            .collect();
        let done = context
            .syncer()
            .match_rooms(&context.school, &matches)
            .await?;
        offers = before.new_ones(context).await?;
        done.set
            .into_iter()
            .map(|link| {
                let name = found.name(&link.source.as_str().into()).to_owned();
                (link.room.to_string(), link.source, name)
            })
            .collect()
    } else {
        Vec::new()
    };
    let mut document = json!({
        "matching": state.matching,
        "rooms": found.rooms.iter().map(|room| row(&found, room)).collect::<Vec<_>>(),
        "rematches": rematches(&found)?,
    });
    if set_certain {
        let set = set.iter().map(
            |(local, isams, name)| json!({ "local": local, "isams": isams, "isams_name": name }),
        );
        document["set"] = set.collect();
    }
    returns_view::add(&mut document, &offers);
    context.out.result(&document, || {
        if state.matching == Matching::NotStarted {
            return format!("{NOTHING_ARRIVED}\n");
        }
        let mut page = page(context.out, &found);
        if set_certain {
            page += &told(&set, state.matching);
            page += &returns_view::text(context, &offers);
        } else if found.certain().next().is_some() {
            let command = context.command(&["match", "suggest", "--set-certain"]);
            page += &format!("\nTo match the rooms that are certain: {command}\n");
        }
        page
    })
}

fn row(found: &MatchSuggestions, room: &RoomSuggestion) -> Value {
    let mut also: &[RoomId] = &[];
    let (suggestion, tie) = match &room.outcome {
        Suggested::Match {
            confidence,
            candidate: one,
        } => (candidate(found, one, Some(*confidence)), Vec::new()),
        Suggested::Tie { candidates, rivals } => {
            also = rivals;
            let tied = candidates.iter();
            (
                Value::Null,
                tied.map(|one| candidate(found, one, None)).collect(),
            )
        }
        Suggested::Nothing => (Value::Null, Vec::new()),
    };
    let others = room.others.iter().map(|one| candidate(found, one, None));
    json!({
        "local": room.local.id,
        "local_name": room.local.name,
        "suggestion": suggestion,
        "tie": tie,
        "rivals": also,
        "others": others.collect::<Vec<_>>(),
    })
}

fn candidate(
    found: &MatchSuggestions,
    candidate: &Candidate,
    confidence: Option<Confidence>,
) -> Value {
    let texts = |texts: Vec<String>| Value::from(texts);
    let mut document = json!({
        "isams": candidate.source,
        "name": found.name(&candidate.source),
    });
    if let Some(confidence) = confidence {
        document["confidence"] = confidence.to_string().into();
    }
    document["score"] = candidate.score.into();
    document["reasons"] = texts(candidate.reasons.iter().map(ToString::to_string).collect());
    document["doubts"] = texts(candidate.doubts.iter().map(ToString::to_string).collect());
    document
}

/// Each with its kind, what it concerns, and a sentence about it.
fn rematches(found: &MatchSuggestions) -> Outcome<Value> {
    let rows = found.rematches.iter().map(|rematch| {
        let mut row = serde_json::to_value(rematch).map_err(|error| {
            Failure::new(Exit::Failed, error).context("the result cannot be written as JSON")
        })?;
        row["text"] = found.text(rematch).into();
        // Where the last name was lost, this one is the school's own.
        let source = row["source"].as_str().map(SourceRoomId::from);
        if source.is_some_and(|source| !found.knows(&source)) && row["name"].is_string() {
            row["name"] = Value::Null;
        }
        Ok(row)
    });
    rows.collect()
}

/// The suggestions as a table, and below it what became of matched rooms.
fn page(out: Output, found: &MatchSuggestions) -> String {
    let mut page = if found.rooms.is_empty() {
        "Every room of the school is matched.\n".to_owned()
    } else {
        rooms(out, found)
    };
    if !found.rematches.is_empty() {
        page += "\nChanged in iSAMS:\n";
    }
    for rematch in &found.rematches {
        page += &format!("- {}\n", found.text(rematch));
    }
    page
}

fn rooms(out: Output, found: &MatchSuggestions) -> String {
    let mut table = table(out, ["room", "name", "iSAMS", "name there", "sure", "why"]);
    for room in &found.rooms {
        let named = |one: &Candidate| [one.source.to_string(), found.name(&one.source).to_owned()];
        let mut ending = String::new();
        let (word, style, candidates) = match &room.outcome {
            Suggested::Match {
                confidence,
                candidate,
            } => (
                confidence.to_string(),
                match confidence {
                    Confidence::Certain => Style::Green,
                    _ => Style::Yellow,
                },
                vec![candidate],
            ),
            Suggested::Tie {
                candidates,
                rivals: also,
            } => {
                ending = rivals(also);
                let candidates = candidates.iter().collect();
                ("tie".to_owned(), Style::Yellow, candidates)
            }
            Suggested::Nothing => ("none".to_owned(), Style::Yellow, Vec::new()),
        };
        let lines = |part: fn(&Candidate, [String; 2]) -> String| -> String {
            let lines = candidates.iter().map(|one| part(one, named(one)));
            lines.collect::<Vec<_>>().join("\n")
        };
        table.add_row([
            room.local.id.as_str().into(),
            room.local.name.as_str().into(),
            lines(|_, [id, _]| id).into(),
            lines(|_, [_, name]| name).into(),
            styled(out, word, style),
            (lines(|one, _| one.to_string()) + &ending).into(),
        ]);
    }
    text(&table)
}

/// The other rooms of the school that the candidates of a tie fit as well, as an ending of a sentence.
pub(super) fn rivals(rivals: &[RoomId]) -> String {
    let ids: Vec<&str> = rivals.iter().map(RoomId::as_str).collect();
    match ids.as_slice() {
        [] => String::new(),
        ids => format!("; fits {} as well", ids.join(", ")),
    }
}

fn told(set: &[(String, String, String)], matching: Matching) -> String {
    let mut text = String::from("\n");
    for (local, isams, name) in set {
        text += &format!("The room {local} is the iSAMS room {isams}, {name}.\n");
    }
    text += match (set.is_empty(), matching) {
        (true, _) => "No suggestion is certain, so nothing was matched.",
        (false, Matching::Confirmed) => effect(matching),
        (false, _) => "They take effect once the matches are confirmed.",
    };
    text + "\n"
}
