//! `runs`: the history.

use booking_store::{RunId, RunKind, RunRecord};
use chrono::{NaiveDateTime, Timelike};
use serde_json::{Value, json};
use timetable_sync::local_time;

use crate::{
    args::{RunsArgs, RunsCommand},
    commands::run_show,
    context::Context,
    exit::{Exit, Outcome},
    table::{table, text},
};

pub(crate) async fn run(context: &Context, args: &RunsArgs) -> Outcome {
    if let Some(RunsCommand::Show { run }) = &args.command {
        return run_show::run(context, RunId(*run)).await;
    }
    let mut runs = context.runs(None).await?;
    let all = runs.len();
    runs.retain(|run| args.all || run.kind == RunKind::Sync);
    context.out.result(&documents(context, &runs), || {
        page(context, &runs) + &remark(context, all - runs.len())
    })?;
    Ok(Exit::Done)
}

/// Prints runs in the order given.
pub(crate) fn print(context: &Context, runs: &[RunRecord]) -> Outcome<()> {
    context
        .out
        .result(&documents(context, runs), || page(context, runs))
}

/// Why the numbers of syncs have gaps.
fn remark(context: &Context, others: usize) -> String {
    let what = match others {
        0 => return String::new(),
        1 => "1 other run is a change or an undo by an administrator".to_owned(),
        many => format!("{many} other runs are changes and undos by administrators"),
    };
    let command = context.command(&["runs", "--all"]);
    format!("{what}, matches among them: {command}\n")
}

fn documents(context: &Context, runs: &[RunRecord]) -> Vec<Value> {
    runs.iter()
        .map(|run| {
            json!({
                "run": run.id.to_string(),
                "status": run.status.name(),
                "started": started(context, run),
                "kind": run.kind,
                "judged_at": to_the_minute(run.judged_at),
                "duration_ms": duration_ms(run),
                "by": run.by,
            })
        })
        .collect()
}

fn page(context: &Context, runs: &[RunRecord]) -> String {
    let headings = [
        "run",
        "what",
        "status",
        "started",
        "judged at",
        "removed",
        "by",
    ];
    let mut table = table(context.out, headings);
    for run in runs {
        table.add_row([
            run.id.to_string(),
            kind(run.kind).to_owned(),
            run.status.name().replace('_', " "),
            started(context, run),
            to_the_minute(run.judged_at),
            removed(run).to_string(),
            run.by.clone().unwrap_or_default(),
        ]);
    }
    text(&table)
}

pub(super) fn started(context: &Context, run: &RunRecord) -> String {
    to_the_minute(context.local(run.started))
}

pub(super) fn duration_ms(run: &RunRecord) -> Option<u64> {
    u64::try_from(run.took()?.as_millis()).ok()
}

/// School-local time as the contract writes it.
pub(super) fn to_the_minute(time: NaiveDateTime) -> String {
    local_time(time.with_second(0).unwrap_or(time))
}

pub(super) fn kind(kind: RunKind) -> &'static str {
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
