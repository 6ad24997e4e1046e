//! What the administrator hears of a run: that the first one took effect, that rooms wait to be matched, and that one is
//! held. Each once, not every night.

use std::collections::BTreeSet;

use booking_store::{RunRecord, RunStatus, SchoolState};
use serde_json::Value;

use super::{letter::News, line::one_line};
use crate::{
    plan::Plan,
    report::{Report, Status},
    words,
};

/// How many of the withheld removals a letter lists.
const LISTED: usize = 20;

/// The news of a run that is about to be committed; `None` where the administrator has heard of it.
///
/// `journal` has the syncs before it, newest first.
pub(super) fn news(
    report: &Report,
    plan: &Plan,
    state: &SchoolState,
    journal: &[RunRecord],
) -> Option<News> {
    match report.status {
        Status::Applied if plan.first => {
            let lessons = report.lessons;
            Some(News::Applied {
                lessons: lessons.added + lessons.changed,
                removed: report.removals.len(),
            })
        }
        Status::AwaitingMatch
            if journal
                .iter()
                .all(|run| run.status != RunStatus::AwaitingMatch) =>
        {
            let matched: BTreeSet<_> = state.room_links.iter().map(|link| &link.room).collect();
            let rooms = state.rooms.iter();
            let unmatched = rooms.filter(|room| !matched.contains(&room.id)).count();
            Some(News::AwaitingMatch { unmatched })
        }
        Status::Held if !was_told(report, plan, journal) => Some(held(report, plan)),
        _ => None,
    }
}

fn held(report: &Report, plan: &Plan) -> News {
    let removals = plan.removals.iter().take(LISTED);
    let withheld = |removal| one_line(&words::withheld(removal));
    News::Held {
        first: plan.first,
        reasons: report
            .held_because
            .iter()
            .map(|text| one_line(text))
            .collect(),
        accept: report.accept.clone(),
        fingerprint: report.releasable.then(|| report.fingerprint.clone()),
        removals: removals.map(withheld).collect(),
        more: report.removals.len().saturating_sub(LISTED),
    }
}

/// Whether a held run held all of this already. One that took effect since was a release, and what is held after it is
/// news; a night on which nothing changed in between is none, and nor is one that held something else.
fn was_told(report: &Report, plan: &Plan, journal: &[RunRecord]) -> bool {
    let since = journal
        .iter()
        .take_while(|run| run.status != RunStatus::Applied);
    let mut held = since.filter(|run| run.status == RunStatus::Held);
    held.any(|before| held_all(before, report, plan))
}

/// Whether a run before held all that is held now.
fn held_all(before: &RunRecord, report: &Report, plan: &Plan) -> bool {
    let known = reasons(&before.report);
    // As days pass bookings begin and drop out, and the guard says the same in other numbers; neither is news.
    let stops = plan
        .held_because
        .iter()
        .filter(|cause| cause.never || !cause.accept.is_empty());
    if !stops
        .map(|cause| said(&cause.text))
        .all(|stop| known.contains(&stop))
    {
        return false;
    }
    if before.fingerprint.as_deref() == Some(report.fingerprint.as_str()) {
        return true;
    }
    let now = serde_json::to_value(report).unwrap_or_default();
    removals(&now).is_subset(&removals(&before.report))
        && ["lessons", "rooms", "timeslots", "terms", "allocations"]
            .iter()
            .all(|count| now[*count] == before.report[*count])
}

/// The withheld removals of a report: what goes, from where, when, and why.
fn removals(report: &Value) -> BTreeSet<String> {
    let all = report["removals"].as_array().into_iter().flatten();
    all.map(|removal| {
        let causes = removal["causes"].as_array().into_iter().flatten();
        let causes: Vec<String> = causes
            .map(|cause| {
                format!(
                    "{} {} {} {}",
                    cause["kind"], cause["start"], cause["end"], cause["label"]
                )
            })
            .collect();
        let (booking, room) = (&removal["booking"], &removal["room"]);
        format!(
            "{booking} {room} {} {} {}",
            removal["start"],
            removal["end"],
            causes.join(" ")
        )
    })
    .collect()
}

/// The reasons of a report, each by its words.
fn reasons(report: &Value) -> BTreeSet<BTreeSet<String>> {
    let all = report["held_because"].as_array().into_iter().flatten();
    all.filter_map(Value::as_str).map(said).collect()
}

/// The words of a reason without the numbers, which change from night to night.
fn said(reason: &str) -> BTreeSet<String> {
    reason
        .split_whitespace()
        .filter(|word| !word.contains(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}
