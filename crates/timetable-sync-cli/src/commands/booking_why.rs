//! `bookings why`: why a booking was removed, as the run that did it knew.

use booking_store::{BookingDesk, RunId};
use room_timetable::BookingId;
use serde_json::{Value, json};
use timetable_sync::{PastRemoval, local_time, one_line};

use super::{run_show, runs::to_the_minute};
use crate::{
    context::Context,
    exit::{Exit, Failure, Outcome},
};

pub(super) async fn run(context: &Context, booking: &str) -> Outcome {
    let id = BookingId::from(booking);
    let journal = context.runs(None).await?;
    let removals = PastRemoval::all(&journal, &id);
    let kept = context.store.bookings(&context.school).await?;
    let is_there = kept.iter().any(|kept| kept.id == id);
    if removals.is_empty() && !is_there {
        return Err(Failure::usage(format!(
            "there is no booking `{booking}`, and no run has removed one"
        )));
    }
    let state = if is_there { "kept" } else { "removed" };
    let document = json!({
        "booking": booking,
        "state": state,
        "removals": removals.iter().map(|past| row(context, past)).collect::<Vec<_>>(),
    });
    context.out.result(&document, || {
        let mut page = match (is_there, removals.is_empty()) {
            (true, true) => format!("Booking {booking} is there; no run has removed it.\n"),
            (true, false) => format!("Booking {booking} is there now; it had been removed.\n"),
            (false, _) => format!("Booking {booking} is removed.\n"),
        };
        for past in &removals {
            page += &text(context, past);
        }
        page
    })?;
    Ok(Exit::Done)
}

fn row(context: &Context, past: &PastRemoval) -> Value {
    json!({
        "run": past.run.to_string(),
        "started": local_time(minute(context, past)),
        "judged_at": to_the_minute(past.judged_at),
        "by": past.by,
        "released": past.released,
        "held_because": past.held_because,
        "fingerprint": past.fingerprint,
        "removal": past.removal,
        "areas": past.areas,
        "restored_by": past.restored_by.map(|run| run.to_string()),
    })
}

fn text(context: &Context, past: &PastRemoval) -> String {
    let held_because: Vec<&str> = past.held_because.iter().map(String::as_str).collect();
    let mut page = format!(
        "\nRun {}, {}, by the timetable as it was then:\n",
        past.run,
        local_time(minute(context, past))
    );
    page += &format!(
        "{}\n",
        one_line(past.removal["text"].as_str().unwrap_or("it was removed"))
    );
    for cause in past.removal["causes"].as_array().into_iter().flatten() {
        page += &format!(
            "- {}: {}, {} to {}, rows {}\n",
            cause["kind"].as_str().unwrap_or_default(),
            cause["label"].as_str().unwrap_or_default(),
            cause["start"].as_str().unwrap_or_default(),
            cause["end"].as_str().unwrap_or_default(),
            run_show::texts(&cause["source_ids"]).join(" ")
        );
    }
    page += &run_show::who(past.by.as_deref(), past.released);
    page += &run_show::plan(past.fingerprint.as_deref(), &held_because);
    page += &past.restored_by.map(restored).unwrap_or_default();
    page + &run_show::areas(context.out, &past.areas)
}

fn restored(run: RunId) -> String {
    format!("Brought back by run {run}\n")
}

/// When the run started, to the minute of the school.
fn minute(context: &Context, past: &PastRemoval) -> chrono::NaiveDateTime {
    use chrono::Timelike;
    let local = context.local(past.started);
    let minute = local.with_second(0).and_then(|it| it.with_nanosecond(0));
    minute.unwrap_or(local)
}
