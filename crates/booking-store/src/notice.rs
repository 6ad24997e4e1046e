//! The outbox: messages that are queued in the same commit as the removals and restores they tell of.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Booking, RemovedBooking, RunId, SchoolId};

/// A message. The id is stable, so that a message sent twice can be known as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(String);

impl NoticeId {
    /// Wraps the text as it is; it must be unique over all schools.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The owner of bookings.
    Owner {
        /// Their name, where it is known.
        name: Option<String>,
        /// Where to write to.
        email: String,
    },
    /// The school's administrator: about owners who cannot be written to, and runs that somebody should know of.
    Administrator,
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner { email, .. } => f.write_str(email),
            Self::Administrator => f.write_str("administrator"),
        }
    }
}

/// A message about bookings that were removed or restored: one per person and run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which message.
    pub id: NoticeId,
    /// Whose.
    pub school: SchoolId,
    /// The run that it tells of.
    pub run: RunId,
    /// Who gets it.
    pub to: Recipient,
    /// One line.
    pub subject: String,
    /// Plain text, British English.
    pub text: String,
    /// The same as a page, where there is one.
    #[serde(default)]
    pub html: Option<String>,
    /// The text of a calendar file that takes the removed bookings out of its reader's calendar, or puts the restored ones
    /// back, where there is one.
    #[serde(default)]
    pub calendar: Option<String>,
    /// The removed bookings that it tells of.
    pub removed: Vec<RemovedBooking>,
    /// The bookings that it says are back, as the removal found them.
    #[serde(default)]
    pub restored: Vec<Booking>,
}

/// Where a message is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    /// Waiting to be sent.
    Queued,
    /// Sent.
    Sent,
    /// Given up, with the reason; stays visible.
    Failed(String),
}

impl NoticeState {
    /// `queued`, `sent` or `failed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed(_) => "failed",
        }
    }
}

/// What became of an attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It was handed over.
    Sent,
    /// It will never be accepted; the reason is kept.
    Failed(String),
    /// It was not accepted this time.
    TryAgain {
        /// Why; it is kept.
        reason: String,
        /// From when it may be claimed again; at once where that is not said.
        not_before: Option<DateTime<Utc>>,
    },
}

/// A message and where it is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRecord {
    /// The message.
    pub notice: Notice,
    /// Where it is.
    pub state: NoticeState,
    /// How often it was claimed since it was queued, or queued again.
    pub attempts: u32,
    /// Why the last attempt that was settled came to nothing; `None` once it is sent.
    #[serde(default)]
    pub last_error: Option<String>,
    /// From when a message that is to be tried again may be claimed; `None` where that is at once.
    #[serde(default)]
    pub next_attempt: Option<DateTime<Utc>>,
}
