//! `runs`: the history.

use booking_store::{RunKind, RunRecord};
use chrono::{NaiveDateTime, Timelike};
use serde_json::{Value, json};
use timetable_sync::local_time;

use crate::{
    args::RunsArgs,
    context::Context,
    exit::{Exit, Outcome},
    table::{table, text},
};

pub(crate) async fn run(context: &Context, args: &RunsArgs) -> Outcome {
    let kind = (!args.all).then_some(RunKind::Sync);
    print(context, &context.runs(kind).await?)?;
    Ok(Exit::Done)
}

/// Prints runs in the order given.
pub(crate) fn print(context: &Context, runs: &[RunRecord]) -> Outcome<()> {
    let documents: Vec<Value> = runs
        .iter()
        .map(|run| {
            json!({
                "run": run.id.to_string(),
                "status": run.status.name(),
                "started": started(context, run),
                "kind": run.kind,
                "judged_at": to_the_minute(run.judged_at),
            })
        })
        .collect();
    context.out.result(&documents, || page(context, runs))
}

fn page(context: &Context, runs: &[RunRecord]) -> String {
    let headings = ["run", "what", "status", "started", "judged at", "removed"];
    let mut table = table(context.out, headings);
    for run in runs {
        table.add_row([
            run.id.to_string(),
            kind(run.kind).to_owned(),
            run.status.name().replace('_', " "),
            started(context, run),
            to_the_minute(run.judged_at),
            removed(run).to_string(),
        ]);
    }
    text(&table)
}

fn started(context: &Context, run: &RunRecord) -> String {
    to_the_minute(context.local(run.started))
}

/// School-local time as the contract writes it.
fn to_the_minute(time: NaiveDateTime) -> String {
    local_time(time.with_second(0).unwrap_or(time))
}

fn kind(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Sync => "sync",
        RunKind::Administrator => "administrator",
        RunKind::Undo => "undo",
    }
}

/// How many bookings a run removed; a held one only says which it would.
pub(crate) fn removed(run: &RunRecord) -> usize {
    let took_effect = run.status == booking_store::RunStatus::Applied;
    run.report["removals"]
        .as_array()
        .filter(|_| took_effect)
        .map_or(0, Vec::len)
}
