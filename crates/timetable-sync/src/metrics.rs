//! Counts and durations, for a host that watches its syncs.

use std::{fmt::Debug, future::Future, time::Duration};

use booking_store::SchoolId;
use tokio::time::Instant;
use tracing::{Instrument, Span, debug, field, info_span};

use crate::{error::Error, messages::SendReport, report::Status};

/// Is told what syncs and senders do. Every method does nothing unless it is written.
///
/// The methods are called between the steps of a sync, so they should only count.
pub trait Metrics: Send + Sync + Debug {
    /// A run was committed, with this status; it removed so many bookings.
    fn run(&self, _school: &SchoolId, _status: Status, _removed: usize) {}

    /// A sync came to nothing. That another one of the school was going on is no failure.
    fn failed(&self, _school: &SchoolId, _error: &Error) {}

    /// A stage ended, well or not, after so long. Planning and committing come once more for each time that somebody
    /// changed the school meanwhile. Sending is told for each school, every minute.
    fn stage(&self, _school: Option<&SchoolId>, _stage: Stage, _took: Duration) {}

    /// Messages were sent, put off or given up.
    fn messages(&self, _report: &SendReport) {}
}

/// A step of the way from iSAMS to the people concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Asking iSAMS, and reading the answer.
    Fetch,
    /// Comparing it with the store.
    Plan,
    /// Writing the run.
    Commit,
    /// Sending messages.
    Send,
}

impl Stage {
    /// `fetch`, `plan`, `commit` or `send`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Plan => "plan",
            Self::Commit => "commit",
            Self::Send => "send",
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Fetch => info_span!("fetch", ms = field::Empty),
            Self::Plan => info_span!("plan", ms = field::Empty),
            Self::Commit => info_span!("commit", ms = field::Empty),
            Self::Send => info_span!("send", ms = field::Empty),
        }
    }
}

/// Counts nothing.
#[derive(Debug)]
pub(crate) struct Unwatched;

impl Metrics for Unwatched {}

/// Does the work of a stage in a span of its own, and tells how long it took.
pub(crate) async fn timed<T: Send>(
    metrics: &dyn Metrics,
    school: Option<&SchoolId>,
    stage: Stage,
    work: impl Future<Output = T> + Send,
) -> T {
    let span = stage.span();
    let started = Instant::now();
    let outcome = work.instrument(span.clone()).await;
    let took = started.elapsed();
    span.record("ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    span.in_scope(|| debug!("{} ended", stage.name()));
    metrics.stage(school, stage, took);
    outcome
}
