//! `calendar`: a room's week.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};

use crate::{
    args::CalendarArgs,
    calendar_view::Week,
    context::Context,
    exit::{Exit, Failure, Outcome},
    room_index::RoomIndex,
};

pub(crate) async fn run(context: &Context, args: &CalendarArgs) -> Outcome {
    let date = args.week.unwrap_or_else(|| context.now().date());
    let week = week(context, &args.room, date).await?;
    context
        .out
        .result(&week.document(), || week.page(context.out))?;
    Ok(Exit::Done)
}

/// The week, from its Monday, that holds `date`.
pub(crate) async fn week(context: &Context, room: &str, date: NaiveDate) -> Outcome<Week> {
    let since_monday = u64::from(date.weekday().num_days_from_monday());
    let monday = date
        .checked_sub_days(Days::new(since_monday))
        .filter(|monday| monday.checked_add_days(Days::new(7)).is_some())
        .ok_or_else(|| Failure::usage("the date is out of range"))?;
    let state = context
        .state_from(monday.and_time(NaiveDateTime::MIN.time()))
        .await?;
    let room = RoomIndex::new(&state.rooms, &state.room_links).find(room)?;
    Ok(Week::of(&state, room, monday)?)
}
