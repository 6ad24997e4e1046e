//! How the nightly syncs go, as data for a monitor.

use booking_store::{NoticeRecord, NoticeState, RunStatus, SchoolId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::report::Status;

/// For how long a school may be without a sync that came to an end: a night and half a day.
const STALE_AFTER: TimeDelta = TimeDelta::hours(36);

/// So many failures in a row are no longer a passing one.
const TOO_MANY_FAILURES: u32 = 2;

/// So many messages in a row that are given up are not about their addresses.
const LAST_MESSAGES: usize = 5;

/// How the nightly syncs go. All times are UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Whether nobody has to look: every school is healthy, all of them are known, and messages get through: of each
    /// school's last five that were sent or given up, not all were given up.
    pub healthy: bool,
    /// Why not all schools are known, and how many messages were given up.
    pub reason: Option<String>,
    /// When it began to look after schools.
    pub started: DateTime<Utc>,
    /// When this was so.
    pub now: DateTime<Utc>,
    /// The schools, by id.
    pub schools: Vec<SchoolHealth>,
    /// The messages of all these schools.
    pub outbox: OutboxHealth,
}

/// How the nightly syncs of one school go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolHealth {
    /// Which school.
    pub school: SchoolId,
    /// A sync came to an end within the last 36 hours, and fewer than two have failed since. A held run is one that came
    /// to an end: it waits for an administrator, not for whoever runs the program.
    pub healthy: bool,
    /// Whether a sync goes on now.
    pub running: bool,
    /// The last sync, failed or not.
    pub last_run: Option<LastAttempt>,
    /// When the last sync began that came to an end.
    pub last_success: Option<DateTime<Utc>>,
    /// When the next one is due.
    pub next_due: DateTime<Utc>,
    /// How many have failed since. Restarts are not remembered.
    pub consecutive_failures: u32,
    /// Why the last one failed.
    pub reason: Option<String>,
}

/// The last sync of a school.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAttempt {
    /// When it began.
    pub started: DateTime<Utc>,
    /// How it ended.
    pub status: AttemptStatus,
}

/// How a sync ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptStatus {
    /// Its changes took effect.
    Applied,
    /// There was nothing to change.
    Unchanged,
    /// The guard held it.
    Held,
    /// The school's rooms must be matched first.
    AwaitingMatch,
    /// It came to nothing.
    Failed,
}

/// The messages of all schools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxHealth {
    /// Waiting to be sent.
    pub queued: usize,
    /// Given up.
    pub failed: usize,
}

/// Whether the last messages of a school that were settled all came to nothing.
pub(super) fn none_gets_through(notices: &[NoticeRecord]) -> bool {
    let settled = notices.iter().rev();
    let settled = settled.filter(|record| record.state != NoticeState::Queued);
    let last: Vec<&NoticeRecord> = settled.take(LAST_MESSAGES).collect();
    let failed = |record: &&NoticeRecord| matches!(record.state, NoticeState::Failed(_));
    last.len() == LAST_MESSAGES && last.iter().all(failed)
}

impl OutboxHealth {
    /// What of it somebody should look at.
    pub(super) fn reason(self) -> Option<String> {
        match self.failed {
            0 => None,
            1 => Some("1 message was given up".to_owned()),
            many => Some(format!("{many} messages were given up")),
        }
    }
}

impl SchoolHealth {
    /// Judges by the rest of it. A school that never was synced has as long as any other, from `started` on.
    pub(crate) fn judge(&mut self, started: DateTime<Utc>, now: DateTime<Utc>) {
        let since = self.last_success.unwrap_or(started);
        self.healthy = self.consecutive_failures < TOO_MANY_FAILURES && now - since <= STALE_AFTER;
    }
}

impl From<RunStatus> for AttemptStatus {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Applied => Self::Applied,
            RunStatus::Unchanged => Self::Unchanged,
            RunStatus::Held => Self::Held,
            RunStatus::AwaitingMatch => Self::AwaitingMatch,
        }
    }
}

impl From<Status> for AttemptStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Planned | Status::Applied => Self::Applied,
            Status::Unchanged => Self::Unchanged,
            Status::Held => Self::Held,
            Status::AwaitingMatch => Self::AwaitingMatch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_is_healthy_with_a_recent_success_and_at_most_one_failure_since() {
        let started: DateTime<Utc> = "2031-09-01T12:00:00Z".parse().unwrap();
        let hours = |count| started + TimeDelta::hours(count);
        for (last_success, failures, now, healthy) in [
            (None, 0, 36, true),
            (None, 0, 37, false),
            (None, 1, 1, true),
            (None, 2, 1, false),
            (Some(-40), 0, 1, false),
            (Some(24), 1, 60, true),
            (Some(24), 2, 25, false),
            (Some(24), 0, 61, false),
        ] {
            let mut school = SchoolHealth {
                school: SchoolId::new("school"),
                healthy: !healthy,
                running: false,
                last_run: None,
                last_success: last_success.map(hours),
                next_due: started,
                consecutive_failures: failures,
                reason: None,
            };
            school.judge(started, hours(now));
            assert_eq!(school.healthy, healthy, "{last_success:?} {failures} {now}");
        }
    }
}
