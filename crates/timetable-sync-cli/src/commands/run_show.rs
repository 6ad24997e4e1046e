//! `runs show`: all that the journal holds of one run.

use std::fmt::Write;

use booking_store::{AreaRecord, RunId, RunKind, RunRecord, RunStatus};
use serde_json::{Value, json};
use timetable_sync::{bookings, one_line, was_released};

use super::runs::{duration_ms, kind, started, to_the_minute};
use crate::{
    context::Context,
    exit::{Exit, Failure, Outcome},
    output::Output,
    table::{table, text},
};

/// How much of a hash is shown; JSON has all of it.
const HASH: usize = 12;

pub(super) async fn run(context: &Context, id: RunId) -> Outcome {
    let journal = context.runs(None).await?;
    let run = journal
        .iter()
        .find(|run| run.id == id)
        .ok_or_else(|| Failure::usage(format!("there is no run {id}")))?;
    let document = json!({
        "run": run.id.to_string(),
        "kind": run.kind,
        "status": run.status.name(),
        "started": started(context, run),
        "judged_at": to_the_minute(run.judged_at),
        "duration_ms": duration_ms(run),
        "by": run.by,
        "released": was_released(run),
        "fingerprint": run.fingerprint,
        "areas": run.areas,
        "report": run.report,
    });
    context.out.result(&document, || page(context, run))?;
    Ok(Exit::Done)
}

fn page(context: &Context, run: &RunRecord) -> String {
    let status = run.status.name().replace('_', " ");
    let mut page = format!("Run {}: {}, {status}\n", run.id, kind(run.kind));
    page += &format!("Started: {}{}\n", started(context, run), took(run));
    page += &format!("Judged by the time: {}\n", to_the_minute(run.judged_at));
    page += &who(run.by.as_deref(), was_released(run));
    page += &plan(
        run.fingerprint.as_deref(),
        &texts(&run.report["held_because"]),
    );
    if !run.areas.is_empty() {
        page += &areas(context.out, &run.areas);
    }
    page += &match run.kind {
        RunKind::Sync => removals(run),
        RunKind::Undo => restored(&run.report),
        RunKind::Administrator => changed(&run.report),
    };
    page
}

fn took(run: &RunRecord) -> String {
    duration_ms(run)
        .map(|ms| format!(", took {}.{:03} s", ms / 1000, ms % 1000))
        .unwrap_or_default()
}

/// Who asked for a run, where somebody is named or had to.
pub(super) fn who(by: Option<&str>, released: bool) -> String {
    match (by, released) {
        (Some(by), true) => format!("Released by: {by}\n"),
        (None, true) => "Released by: nobody is named\n".to_owned(),
        (Some(by), false) => format!("Asked for by: {by}\n"),
        (None, false) => String::new(),
    }
}

/// The plan by its fingerprint, and why the guard held it.
pub(super) fn plan(fingerprint: Option<&str>, held_because: &[&str]) -> String {
    let mut lines = fingerprint
        .map(|fingerprint| format!("Fingerprint: {fingerprint}\n"))
        .unwrap_or_default();
    if !held_because.is_empty() {
        lines += "Held because:\n";
    }
    for reason in held_because {
        lines += &format!("- {reason}\n");
    }
    lines
}

/// The data areas as they arrived.
pub(super) fn areas(out: Output, areas: &[AreaRecord]) -> String {
    let mut table = table(out, ["data area", "state", "rows", "hash"]);
    for area in areas {
        let hash = area.hash.as_deref().unwrap_or_default();
        table.add_row([
            area.area.clone(),
            area.state.clone(),
            area.rows.to_string(),
            hash.chars().take(HASH).collect(),
        ]);
    }
    text(&table)
}

fn removals(run: &RunRecord) -> String {
    let removals: Vec<&str> = array(&run.report["removals"])
        .filter_map(|removal| removal["text"].as_str())
        .collect();
    let what = match run.status {
        RunStatus::Applied => "Removed",
        _ => "Withheld",
    };
    if removals.is_empty() {
        return String::new();
    }
    let mut lines = format!("{what}: {}\n", bookings(removals.len()));
    for removal in removals {
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "- {}", one_line(removal));
    }
    lines
}

fn restored(report: &Value) -> String {
    let back = texts(&report["restored"]);
    let run = report["run"].as_str().unwrap_or("?");
    format!(
        "Took back run {run}. Restored: {} ({})\n",
        bookings(back.len()),
        back.join(", ")
    )
}

fn changed(report: &Value) -> String {
    let parts = report.as_object().into_iter().flatten();
    let names: Vec<&str> = parts.map(|(name, _)| name.as_str()).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("Changed: {}\n", names.join(", "))
}

pub(super) fn texts(list: &Value) -> Vec<&str> {
    array(list).filter_map(Value::as_str).collect()
}

fn array(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}
