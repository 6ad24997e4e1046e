//! The journal: one record for every run, whatever became of it.

use std::fmt;

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
    /// The school-local time it judged by; the same moment, unless a rehearsal said otherwise.
    pub judged_at: NaiveDateTime,
    /// The fingerprint of its plan.
    pub fingerprint: Option<String>,
    /// What it saw of each data area.
    pub areas: Vec<AreaRecord>,
    /// The whole report, as data.
    pub report: serde_json::Value,
}

/// Which runs to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only this kind.
    pub kind: Option<RunKind>,
    /// At most so many, newest first.
    pub limit: Option<usize>,
}
