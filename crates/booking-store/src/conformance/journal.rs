//! `runs`.

use chrono::TimeDelta;
use serde_json::json;

use super::{Desk, samples::*};
use crate::{AreaRecord, ChangeSet, RunFilter, RunId, RunKind, RunRecord, RunStatus};

const KINDS: [RunKind; 3] = [RunKind::Sync, RunKind::Administrator, RunKind::Undo];

/// Twelve runs, of the kinds in turn.
async fn journal(store: &Desk) {
    for (id, kind) in (1..=12).zip(KINDS.into_iter().cycle()) {
        let mut changes = next_change(store, &school()).await;
        changes.run = RunRecord { kind, ..run(id) };
        commit(store, &school(), &changes).await;
    }
}

async fn ids(store: &Desk, kind: Option<RunKind>, limit: Option<usize>) -> Vec<u64> {
    let which = RunFilter { kind, limit };
    let runs = store.runs(&school(), &which).await.unwrap();
    assert!(
        runs.iter()
            .all(|run| kind.is_none_or(|kind| run.kind == kind))
    );
    runs.iter().map(|run| run.id.0).collect()
}

/// The journal is newest first, by number: 10 is after 9.
pub async fn the_journal_is_newest_first(store: Desk) {
    journal(&store).await;
    let newest_first: Vec<u64> = (1..=12).rev().collect();
    assert_eq!(ids(&store, None, None).await, newest_first);
}

/// Only runs of the kind asked for are listed.
pub async fn the_journal_is_filtered_by_kind(store: Desk) {
    journal(&store).await;
    assert_eq!(ids(&store, Some(RunKind::Sync), None).await, [10, 7, 4, 1]);
    assert_eq!(
        ids(&store, Some(RunKind::Administrator), None).await,
        [11, 8, 5, 2]
    );
    assert_eq!(ids(&store, Some(RunKind::Undo), None).await, [12, 9, 6, 3]);
}

/// At most as many runs as asked for are listed, the newest ones, and of the kind asked for.
pub async fn the_journal_is_cut_to_the_limit(store: Desk) {
    journal(&store).await;
    assert_eq!(ids(&store, None, Some(3)).await, [12, 11, 10]);
    assert_eq!(ids(&store, Some(RunKind::Sync), Some(2)).await, [10, 7]);
    assert!(ids(&store, None, Some(0)).await.is_empty());
    assert_eq!(ids(&store, None, Some(usize::MAX)).await.len(), 12);
}

/// A run record comes back as it was, whatever kind and status it has.
pub async fn runs_survive_in_full(store: Desk) {
    let statuses = [
        RunStatus::Applied,
        RunStatus::Unchanged,
        RunStatus::Held,
        RunStatus::AwaitingMatch,
    ];
    let mut runs: Vec<RunRecord> = Vec::new();
    for (id, (status, kind)) in (1..).zip(statuses.into_iter().zip(KINDS.into_iter().cycle())) {
        let record = RunRecord {
            kind,
            status,
            // As a real clock gives it, and as a rehearsal sets it.
            started: minute(7) + TimeDelta::nanoseconds(987_654_321),
            finished: (id % 2 == 0).then(|| minute(8) + TimeDelta::nanoseconds(1)),
            by: (id % 2 == 1).then(|| "Zoë \u{201c}A\u{201d} O'Example".to_owned()),
            judged_at: at(30, 23, 59) + TimeDelta::seconds(59),
            fingerprint: (id % 2 == 0).then(|| "f00d".to_owned()),
            areas: vec![
                AreaRecord {
                    area: "terms".to_owned(),
                    state: "missing".to_owned(),
                    rows: 0,
                    hash: None,
                },
                AreaRecord {
                    area: "week_allocations".to_owned(),
                    state: "present".to_owned(),
                    rows: u64::MAX,
                    hash: Some("5eed".to_owned()),
                },
            ],
            report: json!({ "status": status.name(), "removals": [{ "booking": "b1", "alternatives": [] }], "nothing": null }),
            ..run(id)
        };
        let mut changes = next_change(&store, &school()).await;
        changes.run = record.clone();
        commit(&store, &school(), &changes).await;
        runs.insert(0, record);
    }
    let listed = store.runs(&school(), &RunFilter::default()).await.unwrap();
    assert_eq!(listed, runs);
}

/// `last_run` is the newest run in the journal, also where ids were left out.
pub async fn the_snapshot_names_the_newest_run(store: Desk) {
    assert_eq!(load(&store, &school()).await.last_run, RunId(0));
    for id in [1, 2, 9, 10] {
        let revision = load(&store, &school()).await.revision;
        commit(&store, &school(), &ChangeSet::new(revision, run(id))).await;
        assert_eq!(load(&store, &school()).await.last_run, RunId(id));
    }
}
