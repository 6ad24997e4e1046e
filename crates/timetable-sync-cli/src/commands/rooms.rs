//! `rooms`: list them, sort them, rename them.

use booking_store::{BookingDesk, Import, Room, SchoolState};
use chrono::NaiveDateTime;

use crate::{
    args::RoomsCommand,
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
        } => set(context, room, category.as_deref(), name.as_deref()).await?,
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
        let hidden = if room.hidden() {
            "hidden, not bookable, not counted"
        } else {
            ""
        };
        rooms.add_row([
            room.id.as_str(),
            &room.name,
            &room.category,
            row.isams().unwrap_or(""),
            hidden,
        ]);
    }
    let counted = state.rooms.iter().filter(|room| room.counted()).count();
    let all = state.rooms.len();
    format!("{}{all} rooms, of which {counted} count.\n", text(&rooms))
}

async fn set(
    context: &Context,
    named: &str,
    category: Option<&str>,
    name: Option<&str>,
) -> Outcome<()> {
    let state = context.state_from(NaiveDateTime::MAX).await?;
    let known = RoomIndex::new(&state.rooms, &state.room_links).find(named)?;
    let mut room = known.clone();
    if let Some(category) = category {
        room.category = category_named(given("category", category)?);
    }
    if let Some(name) = name {
        room.name = given("name", name)?.to_owned();
    }
    put(context, &room).await?;
    let row = RoomRow::of(&room, &state.room_links);
    context.out.result(&row, || {
        let hidden = if room.hidden() { ", hidden" } else { "" };
        format!("{}: {}, {}{hidden}\n", room.id, room.name, room.category)
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
