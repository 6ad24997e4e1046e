//! `undo`: what a run removed comes back, as far as it fits.

use booking_store::RunId;
use timetable_sync::{UndoRequest, Undone, bookings, span};

use crate::{
    args::UndoArgs,
    context::Context,
    exit::{Exit, Outcome},
    output::Output,
    table::{table, text},
};

pub(crate) async fn run(context: &Context, args: &UndoArgs) -> Outcome {
    let request = UndoRequest {
        run: RunId(args.run),
        keep: args.keep,
        now: context.given_now,
    };
    let undone = context.syncer().undo(&context.school, &request).await?;
    context.out.result(&undone, || page(context, &undone))?;
    Ok(Exit::Done)
}

pub(crate) fn page(context: &Context, undone: &Undone) -> String {
    let run = undone.run;
    if undone.restored.is_empty() && undone.not_restored.is_empty() {
        return format!(
            "There is nothing to restore: run {run} removed no booking, or all of them are back.\n"
        );
    }
    let by = undone
        .by
        .map(|by| format!("Run {by}. "))
        .unwrap_or_default();
    let mut page = format!("{by}Restored: {}\n", bookings(undone.restored.len()));
    if !undone.restored.is_empty() {
        page += &restored(context.out, undone);
    }
    if !undone.not_restored.is_empty() {
        let count = bookings(undone.not_restored.len());
        page += &format!(
            "\nNot restored: {count}\n{}",
            not_restored(context.out, undone)
        );
    }
    if undone.notices > 0 {
        let command = context.command(&["outbox", "list"]);
        page += &format!("\nOne message to each owner is queued: {command}\n");
    }
    page
}

fn restored(out: Output, undone: &Undone) -> String {
    let mut rows = table(out, ["id", "room", "when", "owner", "title", "exception"]);
    for back in &undone.restored {
        let booking = &back.booking;
        let exception = undone.exceptions.iter().find(|exception| {
            exception.room.as_ref() == Some(&booking.room) && exception.interval == booking.interval
        });
        rows.add_row([
            booking.id.as_str(),
            booking.room.as_str(),
            &span(booking.interval),
            &super::bookings::owner(booking),
            &super::bookings::title(booking),
            exception.map_or("", |exception| exception.id.as_str()),
        ]);
    }
    text(&rows)
}

fn not_restored(out: Output, undone: &Undone) -> String {
    let mut rows = table(out, ["id", "room", "when", "owner", "because"]);
    for not in &undone.not_restored {
        let booking = &not.booking;
        rows.add_row([
            booking.id.as_str(),
            booking.room.as_str(),
            &span(booking.interval),
            &super::bookings::owner(booking),
            &not.reason.to_string(),
        ]);
    }
    text(&rows)
}
