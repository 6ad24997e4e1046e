//! Sends what waits in the outbox.

use std::time::Duration;

use booking_store::{
    BookingStore, Delivery, Notice, NoticeId, NoticeRecord, Recipient, RunFilter, SchoolId,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{backoff, notifier::Notifier};
use crate::error::Error;

/// One call goes on for so long at most, and then for the message that it is at: where a mail server hangs, each one
/// takes its whole time-out.
const LONGEST: Duration = Duration::from_secs(60);

/// After so many days a message whose bookings are all past is not sent any more.
const KEPT_DAYS: i64 = 14;

/// Why such a message fails.
const TOO_OLD: &str =
    "too old to be of use: it waited for more than 14 days, and its bookings are past";

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
/// and what is left stays due. A message that waited for more than 14 days, for example because no mail server was set,
/// fails without being handed over where its bookings are all past.
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
        None,
        holder,
        now,
        limit,
        &CancellationToken::new(),
    )
    .await
}

/// What [`send_due`] does, for the messages of this school alone where one is given, and until `stop` is cancelled: then
/// no other message is begun, and the one that is being handed over is settled.
///
/// # Errors
///
/// Those of [`send_due`].
pub async fn send_due_until(
    store: &dyn BookingStore,
    notifier: &dyn Notifier,
    school: Option<&SchoolId>,
    holder: &str,
    now: DateTime<Utc>,
    limit: usize,
    stop: &CancellationToken,
) -> Result<SendReport, Error> {
    let begun = Instant::now();
    let mut report = SendReport::default();
    while report.attempts.len() < limit && begun.elapsed() < LONGEST && !stop.is_cancelled() {
        // Deliveries take time, and claims and waits count from when they are made.
        let claimed = store.claim(school, holder, after(now, begun), 1).await?;
        let Some(claimed) = claimed.into_iter().next() else {
            break;
        };
        let outcome = if too_old(store, &claimed.notice, after(now, begun)).await? {
            Delivery::Failed(TOO_OLD.to_owned())
        } else {
            let answer = notifier.deliver(&claimed.notice).await;
            judged(answer, &claimed, after(now, begun))
        };
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

/// Whether a message has waited for so long that all its bookings are past. One that is about none keeps.
async fn too_old(
    store: &dyn BookingStore,
    notice: &Notice,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let (days, day) = (TimeDelta::days(KEPT_DAYS), TimeDelta::days(1));
    let removed = notice.removed.iter().map(|removed| &removed.booking);
    // Bookings are school-local, and no zone is a day from UTC.
    let past = |end: NaiveDateTime| now.naive_utc().signed_duration_since(end) > day;
    let last = removed
        .chain(&notice.restored)
        .map(|booking| booking.interval.end())
        .max();
    if !last.is_some_and(past) {
        return Ok(false);
    }
    // Queued in the commit of its run.
    let runs = store.runs(&notice.school, &RunFilter::default()).await?;
    let run = runs.iter().find(|run| run.id == notice.run);
    Ok(run.is_some_and(|run| now.signed_duration_since(run.started) > days))
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
