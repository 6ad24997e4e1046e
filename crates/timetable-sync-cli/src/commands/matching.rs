//! `match`: the school's rooms and timeslots beside those of iSAMS.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::Matching;
use chrono::NaiveDateTime;
use room_timetable::{PeriodId, RoomId, SlotEntry, TimeslotId};
use serde_json::{Value, json};
use timetable_sync::{Confirmed, MatchList, MatchesChanged, RoomMatch};

use super::{match_export, match_import, suggest};
use crate::{
    args::{MatchClear, MatchCommand, MatchSet},
    context::Context,
    exit::{Exit, Failure, Outcome},
    output::{Output, Style},
    returns_view,
    room_index::{RoomIndex, isams_id},
    slots_view,
    table::{styled, table, text},
};

pub(crate) async fn run(context: &Context, command: &MatchCommand) -> Outcome {
    match command {
        MatchCommand::List => list(context).await?,
        MatchCommand::Suggest { set_certain } => suggest::run(context, *set_certain).await?,
        MatchCommand::Export { file, slots } => {
            match_export::run(context, file, slots.as_deref()).await?;
        }
        MatchCommand::Import { file } => return match_import::run(context, file).await,
        MatchCommand::Set(MatchSet::Room { local, isams }) => set(context, local, isams).await?,
        MatchCommand::Set(MatchSet::Slot { local, periods }) => {
            set_slot(context, local, periods).await?;
        }
        MatchCommand::Clear(MatchClear::Room { local }) => clear(context, local).await?,
        MatchCommand::Clear(MatchClear::Slot { local }) => clear_slot(context, local).await?,
        MatchCommand::Confirm => confirm(context).await?,
    }
    Ok(Exit::Done)
}

pub(super) const NOTHING_ARRIVED: &str = "No complete answer of iSAMS has arrived yet.";

/// When a change of matches shows, and when it counts.
pub(super) fn effect(matching: Matching) -> &'static str {
    match matching {
        Matching::Confirmed => "The calendar follows now; bookings are judged at the next sync.",
        Matching::NotStarted | Matching::Awaiting => {
            "It takes effect once the matches are confirmed."
        }
    }
}

/// The same as the end of a line that counts changes.
pub(super) fn effect_of(changes: usize, matching: Matching) -> String {
    if changes == 0 {
        String::new()
    } else {
        format!(" {}", effect(matching))
    }
}

async fn set(context: &Context, local: &str, isams: &str) -> Outcome<()> {
    let room = find(context, local).await?;
    let matching = matching(context).await?;
    let source = isams_id(isams);
    let matches = BTreeMap::from([(room.clone(), Some(source.to_owned()))]);
    let before = returns_view::Before::read(context).await?;
    let done = context
        .syncer()
        .match_rooms(&context.school, &matches)
        .await?;
    let mut document = json!({ "room": room, "isams": source });
    if !done.merged.is_empty() {
        document["merged"] = json!(done.merged);
    }
    let offers = before.new_ones(context).await?;
    returns_view::add(&mut document, &offers);
    context.out.result(&document, || {
        format!(
            "The room {room} is the iSAMS room {source}. {}\n{}{}",
            effect(matching),
            merged(&done),
            returns_view::text(context, &offers)
        )
    })
}

/// The rooms that went because their rooms of iSAMS are matched now, a line each.
pub(super) fn merged(done: &MatchesChanged) -> String {
    let rooms = done.merged.iter();
    rooms
        .map(|room| {
            format!(
                "The room {room}, which a sync had created, is gone: its room of iSAMS is matched now.\n"
            )
        })
        .collect()
}

async fn set_slot(context: &Context, local: &str, periods: &[String]) -> Outcome<()> {
    let slot = find_slot(context, local).await?;
    let matching = matching(context).await?;
    let ids: Vec<PeriodId> = periods.iter().map(|id| id.trim().into()).collect();
    let before = returns_view::Before::read(context).await?;
    context
        .syncer()
        .match_slot(&context.school, &slot, &ids)
        .await?;
    let offers = before.new_ones(context).await?;
    let mut document = json!({ "timeslot": slot, "periods": periods });
    returns_view::add(&mut document, &offers);
    context.out.result(&document, || {
        format!(
            "The timeslot {slot} stands for the iSAMS periods {}. {}\n{}",
            periods.join(", "),
            effect(matching),
            returns_view::text(context, &offers)
        )
    })
}

async fn clear_slot(context: &Context, local: &str) -> Outcome<()> {
    let slot = find_slot(context, local).await?;
    let before = returns_view::Before::read(context).await?;
    let matching = matching(context).await?;
    let cleared = context.syncer().clear_slot(&context.school, &slot).await?;
    let offers = before.new_ones(context).await?;
    let mut document = json!({ "timeslot": slot, "cleared": cleared });
    returns_view::add(&mut document, &offers);
    context.out.result(&document, || {
        let told = if cleared {
            format!(
                "The timeslot {slot} stands for no period by anybody's word any more. {}\n",
                effect(matching)
            )
        } else {
            format!("The timeslot {slot} stood for no period by anybody's word.\n")
        };
        told + &returns_view::text(context, &offers)
    })
}

/// The timeslot that is meant: by id, else by a name that only one has.
async fn find_slot(context: &Context, local: &str) -> Outcome<TimeslotId> {
    let state = context.state_from(NaiveDateTime::MAX).await?;
    if let Some(slot) = state
        .timeslots
        .iter()
        .find(|slot| slot.id.as_str() == local)
    {
        return Ok(slot.id.clone());
    }
    let mut named = state.timeslots.iter().filter(|slot| slot.name == local);
    match (named.next(), named.next()) {
        (Some(slot), None) => Ok(slot.id.clone()),
        (None, _) => Err(Failure::failed(format!("there is no timeslot `{local}`"))),
        (Some(_), Some(_)) => Err(Failure::usage(format!(
            "more than one timeslot is called `{local}`; name it by its id"
        ))),
    }
}

async fn clear(context: &Context, local: &str) -> Outcome<()> {
    let room = find(context, local).await?;
    let cleared = context.syncer().clear_match(&context.school, &room).await?;
    let offers = if cleared {
        returns_view::of_room(context, &room).await?
    } else {
        Vec::new()
    };
    let mut document = json!({ "room": room, "cleared": cleared });
    returns_view::add(&mut document, &offers);
    context.out.result(&document, || {
        let told = if cleared {
            format!("The room {room} is matched no more. Its lessons leave the calendar now; bookings are judged at the next sync.\n")
        } else {
            format!("The room {room} was not matched.\n")
        };
        told + &returns_view::text(context, &offers)
    })
}

async fn confirm(context: &Context) -> Outcome<()> {
    let confirmed = context.syncer().confirm_matches(&context.school).await?;
    let document = json!({
        "matching": "confirmed",
        "created": confirmed.created,
        "was_waiting": confirmed.was_waiting,
    });
    context.out.result(&document, || match confirmed {
        Confirmed {
            was_waiting: false, ..
        } => "The matches were confirmed already; nothing changed.\n".to_owned(),
        Confirmed { created, .. } => format!(
            "The matches are confirmed. {created} rooms that were left were created in Unassigned. \
             The next sync takes effect.\n"
        ),
    })
}

async fn matching(context: &Context) -> Outcome<Matching> {
    Ok(context.state_from(NaiveDateTime::MAX).await?.matching)
}

async fn find(context: &Context, local: &str) -> Outcome<RoomId> {
    let state = context.state_from(NaiveDateTime::MAX).await?;
    let room = RoomIndex::new(&state.rooms, &state.room_links).find(local)?;
    Ok(room.id.clone())
}

async fn list(context: &Context) -> Outcome<()> {
    let state = context.state_from(NaiveDateTime::MAX).await?;
    let list = MatchList::of(&state)?;
    let document = json!({
        "matching": list.matching,
        "rooms": list.rooms.iter().map(room).collect::<Vec<_>>(),
        "timeslots": list.timeslots.entries.iter().map(|found| slot(found, &list.timetables)).collect::<Vec<_>>(),
    });
    context.out.result(&document, || page(context.out, &list))
}

fn room(found: &RoomMatch) -> Value {
    let local = found.local.as_ref();
    let source = found.source.as_ref();
    json!({
        "local": local.map(|room| &room.id),
        "local_name": local.map(|room| &room.name),
        "category": local.map(|room| &room.category),
        "isams": found.source_id,
        "isams_name": source.map(|room| &room.name),
        "building": source.and_then(|room| room.building.as_ref()),
        "matched": local.is_some() && found.source_id.is_some(),
    })
}

fn slot(found: &SlotEntry, timetables: &BTreeMap<PeriodId, BTreeSet<String>>) -> Value {
    let periods: Vec<Value> = found
        .periods
        .iter()
        .map(|period| {
            let (start, end) = (period.times.start(), period.times.end());
            let timetables = timetables.get(&period.id).into_iter().flatten();
            let timetables: Vec<&String> = timetables.collect();
            json!({
                "id": period.id, "name": period.name, "start": start, "end": end, "timetables": timetables,
            })
        })
        .collect();
    let times = || {
        let periods = found.periods.iter().map(|period| period.times);
        periods.chain(found.timeslots.iter().map(|slot| slot.times))
    };
    let slots: Vec<_> = found.timeslots.iter().map(|slot| &slot.id).collect();
    json!({
        "day": found.weekday.to_string(),
        "start": times().map(|times| times.start()).min(),
        "end": times().map(|times| times.end()).max(),
        "periods": periods,
        "timeslots": slots,
        "relation": found.relation.name(),
        "text": found.to_string(),
        "matched": found.relation.takes_effect(),
    })
}

/// The matches of rooms as a table, and those of timeslots as a drawing.
pub(crate) fn page(out: Output, list: &MatchList) -> String {
    let matching = match list.matching {
        Matching::NotStarted => NOTHING_ARRIVED,
        Matching::Awaiting => "Nothing takes effect before the matches are confirmed.",
        Matching::Confirmed => "The matches are confirmed.",
    };
    format!(
        "{matching}\n\n{}\n{}",
        rooms(out, &list.rooms),
        slots_view::draw(out, &list.timeslots, &list.timetables)
    )
}

fn rooms(out: Output, rooms: &[RoomMatch]) -> String {
    let mut table = table(
        out,
        ["room", "name", "iSAMS", "name there", "building", "match"],
    );
    for found in rooms {
        let (word, style) = match (&found.local, &found.source_id, &found.source) {
            (Some(_), Some(_), None) => ("matched, no longer listed", Style::Yellow),
            (Some(_), Some(_), Some(_)) => ("matched", Style::Green),
            (Some(_), None, _) => ("here only", Style::Yellow),
            (None, ..) => ("iSAMS only", Style::Yellow),
        };
        let local = found.local.as_ref();
        let source = found.source.as_ref();
        table.add_row([
            local.map_or("", |room| room.id.as_str()).into(),
            local.map_or("", |room| room.name.as_str()).into(),
            found.source_id.as_deref().unwrap_or("").into(),
            source.map_or("", |room| room.name.as_str()).into(),
            source
                .and_then(|room| room.building.as_deref())
                .unwrap_or("")
                .into(),
            styled(out, word, style),
        ]);
    }
    text(&table)
}
