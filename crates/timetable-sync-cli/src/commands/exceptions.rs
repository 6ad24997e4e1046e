//! `exceptions`: times at which rooms are free whatever iSAMS says.

use booking_store::{Exception, SchoolState};
use chrono::{NaiveDate, NaiveDateTime};
use room_timetable::{Interval, TimeOfDay};
use serde_json::{Value, json};
use timetable_sync::{local_time, span};

use crate::{
    args::ExceptionsCommand,
    context::Context,
    exit::{Exit, Failure, Outcome},
    room_index::RoomIndex,
    table::{table, text},
};

/// Stands for every room.
const ALL: &str = "all";

pub(crate) async fn run(context: &Context, command: &ExceptionsCommand) -> Outcome {
    let state = context.state_from(NaiveDateTime::MAX).await?;
    match command {
        ExceptionsCommand::Add {
            room,
            date,
            start,
            end,
        } => add(context, &state, room, *date, *start, *end).await?,
        ExceptionsCommand::List => list(context, &state)?,
        ExceptionsCommand::Remove { id } => remove(context, id).await?,
    }
    Ok(Exit::Done)
}

async fn add(
    context: &Context,
    state: &SchoolState,
    room: &str,
    date: NaiveDate,
    start: Option<TimeOfDay>,
    end: Option<TimeOfDay>,
) -> Outcome<()> {
    let room = match room {
        ALL => None,
        name => {
            let index = RoomIndex::new(&state.rooms, &state.room_links);
            Some(index.find(name)?.id.clone())
        }
    };
    let (start, end) = (
        start.unwrap_or(TimeOfDay::MIDNIGHT),
        end.unwrap_or(TimeOfDay::END_OF_DAY),
    );
    let interval = Interval::new(start.on(date), end.on(date)).map_err(|_| {
        Failure::usage(format!(
            "the end {end} is not after the start {start}; midnight as an end is 24:00"
        ))
    })?;
    let id = context
        .syncer()
        .except(&context.school, room.as_ref(), interval)
        .await?;
    let exception = Exception { id, room, interval };
    context.out.result(&document(&exception), || {
        format!(
            "The exception {}: {} free on {}, whatever iSAMS says.\n",
            exception.id,
            match &exception.room {
                Some(room) => format!("the room {room} is"),
                None => "all rooms are".to_owned(),
            },
            span(interval)
        )
    })
}

async fn remove(context: &Context, id: &str) -> Outcome<()> {
    let there = context
        .syncer()
        .remove_exception(&context.school, id)
        .await?;
    if !there {
        return Err(Failure::failed(format!("there is no exception `{id}`")));
    }
    context.out.result(&json!({ "removed": id }), || {
        format!("The exception {id} is gone. Bookings that it kept may go at the next sync.\n")
    })
}

fn list(context: &Context, state: &SchoolState) -> Outcome<()> {
    let documents: Vec<Value> = state.exceptions.iter().map(document).collect();
    context.out.result(&documents, || {
        if state.exceptions.is_empty() {
            return "There are no exceptions.\n".to_owned();
        }
        let mut rows = table(context.out, ["id", "room", "when"]);
        for exception in &state.exceptions {
            rows.add_row([
                exception.id.as_str(),
                exception.room.as_ref().map_or(ALL, |room| room.as_str()),
                &span(exception.interval),
            ]);
        }
        text(&rows)
    })
}

fn document(exception: &Exception) -> Value {
    json!({
        "id": exception.id,
        "room": exception.room,
        "start": local_time(exception.interval.start()),
        "end": local_time(exception.interval.end()),
    })
}
