//! The journal: one record for every run, whatever became of it.

use std::{fmt, time::Duration};

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::RunId;

/// What kind of change a run was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// A sync with the timetable source.
    Sync,
    /// An administrator's change, such as a match.
    Administrator,
    /// An undo of an earlier run.
    Undo,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Its changes took effect.
    Applied,
    /// There was nothing to change.
    Unchanged,
    /// The guard held it.
    Held,
    /// The school's rooms must be matched first.
    AwaitingMatch,
}

impl RunStatus {
    /// The status as a program reads it, for example `awaiting_match`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::Held => "held",
            Self::AwaitingMatch => "awaiting_match",
        }
    }
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a run saw of one data area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaRecord {
    /// The area's name.
    pub area: String,
    /// `present`, `empty`, `missing`, `refused` or `unreadable`.
    pub state: String,
    /// How many rows it held.
    pub rows: u64,
    /// A hash of its content, independent of row order.
    pub hash: Option<String>,
}

/// The record of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Which run.
    pub id: RunId,
    /// What kind of change.
    pub kind: RunKind,
    /// How it ended.
    pub status: RunStatus,
    /// When it started.
    pub started: DateTime<Utc>,
    /// When all was worked out, right before its commit; `None` in records from before that was kept.
    #[serde(default)]
    pub finished: Option<DateTime<Utc>>,
    /// Who asked for it, and so who released it where it was held, in their own words; `None` where nobody is named.
    #[serde(default)]
    pub by: Option<String>,
    /// The school-local time it judged by; the same moment, unless a rehearsal said otherwise.
    pub judged_at: NaiveDateTime,
    /// The fingerprint of its plan.
    pub fingerprint: Option<String>,
    /// What it saw of each data area.
    pub areas: Vec<AreaRecord>,
    /// The whole report, as data.
    pub report: serde_json::Value,
}

impl RunRecord {
    /// How long it took up to its commit; `None` where that was not kept, or a clock was set back meanwhile.
    pub fn took(&self) -> Option<Duration> {
        let took = self.finished?.signed_duration_since(self.started);
        took.to_std().ok()
    }
}

/// Which runs to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only this kind.
    pub kind: Option<RunKind>,
    /// At most so many, newest first.
    pub limit: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_took_the_time_between_unless_a_clock_was_set_back() {
        let started: DateTime<Utc> = "2031-09-01T00:00:00Z".parse().unwrap();
        let run = |millis: i64| RunRecord {
            id: RunId(1),
            kind: RunKind::Sync,
            status: RunStatus::Applied,
            started,
            finished: Some(started + chrono::TimeDelta::milliseconds(millis)),
            by: None,
            judged_at: started.naive_utc(),
            fingerprint: None,
            areas: Vec::new(),
            report: serde_json::Value::Null,
        };
        assert_eq!(run(1250).took(), Some(Duration::from_millis(1250)));
        assert_eq!(run(-1).took(), None);
    }
}
