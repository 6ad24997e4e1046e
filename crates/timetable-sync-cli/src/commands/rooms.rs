//! `rooms`: list them, sort them, rename them.

use booking_store::{BookingDesk, Import, Room, SchoolState};
use chrono::NaiveDateTime;

use crate::{
    args::{RoomsCommand, YesNo},
    context::Context,
    exit::{Exit, Failure, Outcome},
    import::category_named,
    json::RoomRow,
    output::Output,
    room_index::RoomIndex,
    table::{table, text},
};

pub(crate) async fn run(context: &Context, command: &RoomsCommand) -> Outcome {
    match command {
        RoomsCommand::List => list(context).await?,
        RoomsCommand::Set {
            room,
            category,
            name,
            part_bookable,
        } => {
            let change = Change {
                category: category.as_deref(),
                name: name.as_deref(),
                part_bookable: part_bookable.map(|answer| answer == YesNo::Yes),
            };
            set(context, room, &change).await?;
        }
    }
    Ok(Exit::Done)
}

async fn list(context: &Context) -> Outcome<()> {
    let state = context.state_from(NaiveDateTime::MAX).await?;
    let rows: Vec<RoomRow<'_>> = state
        .rooms
        .iter()
        .map(|room| RoomRow::of(room, &state.room_links))
        .collect();
    context.out.result(&rows, || list_text(context.out, &state))
}

/// All rooms as a table.
pub(crate) fn list_text(out: Output, state: &SchoolState) -> String {
    let mut rooms = table(out, ["id", "name", "category", "iSAMS", ""]);
    for room in &state.rooms {
        let row = RoomRow::of(room, &state.room_links);
        let remark = match (room.hidden(), room.part_bookable) {
            (true, _) => "hidden, not bookable, not counted",
            (false, true) => "part-bookable, so nothing clashes",
            (false, false) => "",
        };
        rooms.add_row([
            room.id.as_str(),
            &room.name,
            &room.category,
            row.isams().unwrap_or(""),
            remark,
        ]);
    }
    let counted = state.rooms.iter().filter(|room| room.counted()).count();
    let all = state.rooms.len();
    format!("{}{all} rooms, of which {counted} count.\n", text(&rooms))
}

/// What is to be changed of a room.
struct Change<'c> {
    category: Option<&'c str>,
    name: Option<&'c str>,
    part_bookable: Option<bool>,
}

async fn set(context: &Context, named: &str, change: &Change<'_>) -> Outcome<()> {
    let state = context.state_from(NaiveDateTime::MAX).await?;
    let known = RoomIndex::new(&state.rooms, &state.room_links).find(named)?;
    let mut room = known.clone();
    if let Some(category) = change.category {
        room.category = category_named(given("category", category)?);
    }
    if let Some(name) = change.name {
        room.name = given("name", name)?.to_owned();
    }
    if let Some(part_bookable) = change.part_bookable {
        room.part_bookable = part_bookable;
    }
    put(context, &room).await?;
    let row = RoomRow::of(&room, &state.room_links);
    context.out.result(&row, || {
        let hidden = if room.hidden() { ", hidden" } else { "" };
        let parts = if room.part_bookable {
            ", part-bookable, so nothing clashes in it"
        } else {
            ""
        };
        let Room {
            id, name, category, ..
        } = &room;
        format!("{id}: {name}, {category}{hidden}{parts}\n")
    })
}

fn given<'t>(what: &str, text: &'t str) -> Outcome<&'t str> {
    match text.trim() {
        "" => Err(Failure::usage(format!("the {what} is blank"))),
        text => Ok(text),
    }
}

/// Writes a room that is there already, as an import would; it keeps who created it.
async fn put(context: &Context, room: &Room) -> Outcome<()> {
    let rows = Import {
        rooms: vec![room.clone()],
        ..Import::default()
    };
    context.store.import(&context.school, &rows).await?;
    Ok(())
}
