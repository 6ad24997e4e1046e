//! `explain`: why a room is free or occupied at a moment.

use timetable_sync::{CurrentTimetable, RoomExplanation};

use crate::{
    args::ExplainArgs,
    context::Context,
    exit::{Exit, Outcome},
    room_index::RoomIndex,
};

pub(crate) async fn run(context: &Context, args: &ExplainArgs) -> Outcome {
    // The bookings of that moment may have ended by now.
    let state = context.state_from(args.time.on(args.date)).await?;
    let index = RoomIndex::new(&state.rooms, &state.room_links);
    let room = index.find(&args.room)?;
    let timetable = CurrentTimetable::with_settings(&state, &context.settings)?;
    let explanation = RoomExplanation::new(&state, &timetable, &room.id, args.date, args.time);
    context.out.result(&explanation, || {
        let heading = format!(
            "{} on {} at {}\n",
            room.name,
            args.date.format("%a %-d %b %Y"),
            args.time
        );
        let mut text = context.out.bold(heading.trim_end());
        text.push('\n');
        for line in explanation.to_string().lines() {
            text.push_str(&format!("  {line}\n"));
        }
        // Where they are withheld from this room now, the reasons say so.
        if timetable.is_withheld() && !explanation.is_in_doubt_by_a_held_run() {
            text.push_str(
                "A held run withholds changes, so what is in effect may be in doubt; `calendar` shows where.\n",
            );
        }
        text
    })?;
    Ok(Exit::Done)
}
