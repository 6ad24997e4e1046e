//! What the journal tells of the past: why a booking was removed, by the timetable as it was then.

use booking_store::{AreaRecord, RunId, RunRecord, RunStatus};
use chrono::{DateTime, NaiveDateTime, Utc};
use room_timetable::BookingId;
use serde_json::Value;

/// A removal as its run recorded it. What the timetable says since plays no part.
#[derive(Clone, Debug, PartialEq)]
pub struct PastRemoval {
    /// The run that removed it.
    pub run: RunId,
    /// When that started.
    pub started: DateTime<Utc>,
    /// The school-local time it judged by.
    pub judged_at: NaiveDateTime,
    /// Who asked for it, where somebody is named.
    pub by: Option<String>,
    /// Whether the guard had held the plan, so that a person released it.
    pub released: bool,
    /// Why it had been held.
    pub held_because: Vec<String>,
    /// The fingerprint of the plan.
    pub fingerprint: Option<String>,
    /// The data areas as they arrived then, with their hashes.
    pub areas: Vec<AreaRecord>,
    /// The removal as the run reported it: a [`RemovalReport`](crate::RemovalReport) as data.
    pub removal: Value,
    /// The undo that brought it back.
    pub restored_by: Option<RunId>,
}

impl PastRemoval {
    /// Every removal of a booking that took effect, newest first, out of the whole journal, newest first.
    pub fn all(journal: &[RunRecord], booking: &BookingId) -> Vec<Self> {
        let mut removals = Vec::new();
        let mut back = None;
        for run in journal {
            if list(&run.report, "restored").any(|id| id == booking.as_str()) {
                back = Some(run.id);
            }
            let removal = list(&run.report, "removals")
                .find(|removal| removal["booking"] == booking.as_str())
                .filter(|_| run.status == RunStatus::Applied);
            if let Some(removal) = removal {
                removals.push(Self::of(run, removal, back.take()));
            }
        }
        removals
    }

    fn of(run: &RunRecord, removal: &Value, restored_by: Option<RunId>) -> Self {
        Self {
            run: run.id,
            started: run.started,
            judged_at: run.judged_at,
            by: run.by.clone(),
            released: was_released(run),
            held_because: held_because(run),
            fingerprint: run.fingerprint.clone(),
            areas: run.areas.clone(),
            removal: removal.clone(),
            restored_by,
        }
    }
}

/// Whether the guard had held what the run applied, so that a person released it.
pub fn was_released(run: &RunRecord) -> bool {
    run.status == RunStatus::Applied && !held_because(run).is_empty()
}

fn held_because(run: &RunRecord) -> Vec<String> {
    list(&run.report, "held_because")
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn list<'v>(report: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    report[name].as_array().into_iter().flatten()
}
