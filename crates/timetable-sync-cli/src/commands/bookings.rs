//! `bookings`: those that are there, and those that runs removed.

use booking_store::{Booking, BookingDesk, BookingStore, RemovedBooking};
use serde_json::json;
use timetable_sync::{because, one_line, span};

use crate::{
    args::{BookingsArgs, BookingsCommand},
    commands::booking_why,
    context::Context,
    exit::{Exit, Outcome},
    json::{BookingRow, RemovedRow},
    output::Output,
    table::{table, text},
};

pub(crate) async fn run(context: &Context, args: &BookingsArgs) -> Outcome {
    if let Some(BookingsCommand::Why { booking }) = &args.command {
        return booking_why::run(context, booking).await;
    }
    let kept = context.store.bookings(&context.school).await?;
    let removed = context.store.removed(&context.school).await?;
    let document = json!({
        "kept": kept.iter().map(BookingRow::from).collect::<Vec<_>>(),
        "removed": removed.iter().map(RemovedRow::from).collect::<Vec<_>>(),
    });
    context.out.result(&document, || {
        format!(
            "{}{}",
            kept_text(context.out, &kept),
            removed_text(context.out, &removed)
        )
    })?;
    Ok(Exit::Done)
}

fn kept_text(out: Output, kept: &[Booking]) -> String {
    let mut table = table(out, ["id", "room", "when", "owner", "title", "series"]);
    for booking in kept {
        table.add_row([
            booking.id.as_str(),
            booking.room.as_str(),
            &span(booking.interval),
            &owner(booking),
            &title(booking),
            booking.series.as_deref().unwrap_or(""),
        ]);
    }
    format!(
        "{} kept\n{}",
        timetable_sync::bookings(kept.len()),
        text(&table)
    )
}

fn removed_text(out: Output, removed: &[RemovedBooking]) -> String {
    let count = timetable_sync::bookings(removed.len());
    if removed.is_empty() {
        return format!("\n{count} removed\n");
    }
    let mut table = table(
        out,
        ["id", "room", "when", "owner", "title", "run", "because"],
    );
    for removed in removed {
        let booking = &removed.booking;
        table.add_row([
            booking.id.as_str(),
            booking.room.as_str(),
            &span(booking.interval),
            &owner(booking),
            &title(booking),
            &removed.run.to_string(),
            &because(&removed.causes, booking.interval),
        ]);
    }
    format!("\n{count} removed\n{}", text(&table))
}

/// Who booked, on one line.
pub(super) fn owner(booking: &Booking) -> String {
    let owner = booking.owner_name.as_deref();
    one_line(owner.or(booking.owner_email.as_deref()).unwrap_or(""))
}

/// For what, on one line.
pub(super) fn title(booking: &Booking) -> String {
    one_line(booking.title.as_deref().unwrap_or(""))
}
