//! Sends what waits in the outbox.

use std::time::Duration;

use booking_store::{BookingStore, Delivery, Notice, NoticeId, NoticeRecord, Recipient, SchoolId};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{backoff, notifier::Notifier};
use crate::error::Error;

/// One call goes on for so long at most, and then for the message that it is at: where a mail server hangs, each one
/// takes its whole time-out.
const LONGEST: Duration = Duration::from_secs(60);

/// What became of the messages of one call of [`send_due`], in the order they were tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendReport {
    /// Each of them.
    pub attempts: Vec<Attempt>,
}

/// One attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which message.
    pub notice: NoticeId,
    /// Whose.
    pub school: SchoolId,
    /// To whom.
    pub to: Recipient,
    /// What became of it, as it was recorded.
    pub outcome: Delivery,
}

impl SendReport {
    /// How many messages were sent.
    pub fn sent(&self) -> usize {
        self.count(|outcome| matches!(outcome, Delivery::Sent))
    }

    /// How many will be tried again.
    pub fn put_off(&self) -> usize {
        self.count(|outcome| matches!(outcome, Delivery::TryAgain { .. }))
    }

    /// How many were given up.
    pub fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Delivery::Failed(_)))
    }

    fn count(&self, is: impl Fn(&Delivery) -> bool) -> usize {
        self.attempts
            .iter()
            .filter(|attempt| is(&attempt.outcome))
            .count()
    }
}

/// Sends at most `limit` messages of any school that are due at `now`, oldest first.
///
/// Each message is claimed, handed over and settled before the next is claimed, so a process that is killed leaves at
/// most one that was handed over and is not known to be: it is handed over again under the same id. One that is not
/// accepted does not stop the others. It is tried again after a minute, then ever more slowly, and given up after a
/// little over two days; see [`BookingStore::requeue`] for what was given up. After a minute no other message is begun,
/// and what is left stays due.
///
/// `holder` names who sends among all that send from this store at the same time. Whoever keeps calling this, once a
/// minute, is a sender.
///
/// # Errors
///
/// [`Error::Store`] when the store cannot be read or written. What was handed over before stays settled.
pub async fn send_due(
    store: &dyn BookingStore,
    notifier: &dyn Notifier,
    holder: &str,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<SendReport, Error> {
    send_due_until(
        store,
        notifier,
        holder,
        now,
        limit,
        &CancellationToken::new(),
    )
    .await
}

/// What [`send_due`] does, until `stop` is cancelled: then no other message is begun, and the one that is being handed
/// over is settled.
///
/// # Errors
///
/// Those of [`send_due`].
pub async fn send_due_until(
    store: &dyn BookingStore,
    notifier: &dyn Notifier,
    holder: &str,
    now: DateTime<Utc>,
    limit: usize,
    stop: &CancellationToken,
) -> Result<SendReport, Error> {
    let begun = Instant::now();
    let mut report = SendReport::default();
    while report.attempts.len() < limit && begun.elapsed() < LONGEST && !stop.is_cancelled() {
        // Deliveries take time, and claims and waits count from when they are made.
        let Some(claimed) = store.claim(holder, after(now, begun), 1).await?.pop() else {
            break;
        };
        let answer = notifier.deliver(&claimed.notice).await;
        let outcome = judged(answer, &claimed, after(now, begun));
        store.settle(&claimed.notice.id, &outcome).await?;
        log(&claimed.notice, &outcome);
        report.attempts.push(Attempt {
            notice: claimed.notice.id,
            school: claimed.notice.school,
            to: claimed.notice.to,
            outcome,
        });
    }
    Ok(report)
}

/// Whole seconds are enough.
fn after(now: DateTime<Utc>, begun: Instant) -> DateTime<Utc> {
    i64::try_from(begun.elapsed().as_secs())
        .ok()
        .and_then(|seconds| now.checked_add_signed(TimeDelta::seconds(seconds)))
        .unwrap_or(now)
}

/// Says when a message is tried again, or that it is given up.
fn judged(answer: Delivery, claimed: &NoticeRecord, now: DateTime<Utc>) -> Delivery {
    let Delivery::TryAgain { reason, not_before } = answer else {
        return answer;
    };
    let Some(wait) = backoff::wait(&claimed.notice.id, claimed.attempts) else {
        let attempts = claimed.attempts;
        return Delivery::Failed(format!("given up after {attempts} attempts: {reason}"));
    };
    let next = now
        .checked_add_signed(wait)
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    Delivery::TryAgain {
        reason,
        // Sooner than the other side asked for would be refused again; but nobody is kept waiting for ever.
        not_before: Some(not_before.map_or(next, |asked| {
            let latest = next.checked_add_signed(TimeDelta::days(1)).unwrap_or(next);
            asked.clamp(next, latest)
        })),
    }
}

/// Addresses of people do not belong in a log.
fn log(notice: &Notice, outcome: &Delivery) {
    let Notice {
        id, school, run, ..
    } = notice;
    match outcome {
        Delivery::Sent => info!(%school, %run, notice = %id, "message sent"),
        Delivery::TryAgain { .. } => {
            warn!(%school, %run, notice = %id, "message not accepted; it will be tried again");
        }
        Delivery::Failed(_) => warn!(%school, %run, notice = %id, "message failed"),
    }
}
