//! Every night: each school once, and the outbox every minute.

mod course;
mod health;
mod schools;
mod sleeper;
mod tasks;

pub use health::{AttemptStatus, Health, LastAttempt, OutboxHealth, SchoolHealth};
pub use schools::{School, Schools};
pub use sleeper::{Rehearsal, Sleeper, WallSleeper};

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as StdError,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use booking_store::{BookingStore, NoticeState, SchoolId, StoreError};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::select;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use self::{
    course::Course,
    tasks::{Ended, Tasks},
};
use crate::{
    clock::Clock,
    error::Error,
    messages::{Notifier, SendReport, Templates, send_due_until},
    metrics::{Metrics, Stage, Unwatched, timed},
    report::Report,
    sync::Syncer,
};

/// How often the host is asked for its schools, and the outbox is looked at.
const ROUND: TimeDelta = TimeDelta::minutes(1);

/// How many messages are counted at once.
const BATCH: usize = 10;

/// How many schools are synced at once unless set.
const AT_ONCE: usize = 4;

/// Syncs schools every night, and sends what is in their outboxes every minute, in the runtime of its host.
///
/// A school is due by its [`Schedule`](crate::Schedule), once for any number of missed nights: what the journal shows
/// decides, so that a restart neither forgets a night nor repeats one, and of several processes that look after the same
/// schools one syncs. A sync that fails is tried again after 10, 30, 60, 60, ... minutes until the next night; one that
/// finds another at work, five minutes later. The failure or panic of one school stops no other.
///
/// ```
/// use std::sync::Arc;
///
/// use booking_store::{BookingStore, MemoryStore, RunFilter, SchoolId};
/// use timetable_sync::{Nightly, Recorded, Rehearsal, School, Settings};
/// use tokio_util::sync::CancellationToken;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let alder = SchoolId::new("alder");
/// # let payload = isams_client::Payload::default();
/// // A host gives its client instead, and for the time its clock and a `WallSleeper`.
/// let source = Arc::new(Recorded(payload));
/// let schools = vec![School::new(alder.clone(), source, Settings::default())];
/// let stop = CancellationToken::new();
/// let week = Rehearsal::new(
///     "2031-09-01T12:00:00Z".parse()?,
///     "2031-09-08T12:00:00Z".parse()?,
///     stop.clone(),
/// );
/// let store = Arc::new(MemoryStore::new());
/// let nightly = Nightly::new(store.clone(), Arc::new(schools), week.clock(), week, "host-1");
/// nightly.run(stop).await;
///
/// // At once, as no run was known, and then every night.
/// assert_eq!(store.runs(&alder, &RunFilter::default()).await?.len(), 8);
/// # Ok(())
/// # }
/// ```
pub struct Nightly {
    store: Arc<dyn BookingStore>,
    schools: Arc<dyn Schools>,
    clock: Clock,
    lease_clock: Clock,
    sleeper: Arc<dyn Sleeper>,
    holder: String,
    at_once: usize,
    notifier: Option<Arc<dyn Notifier>>,
    templates: Arc<Templates>,
    metrics: Arc<dyn Metrics>,
    started: DateTime<Utc>,
    courses: Mutex<BTreeMap<SchoolId, Course>>,
    /// Why the last look did not find all schools.
    trouble: Mutex<Option<String>>,
}

impl fmt::Debug for Nightly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nightly")
            .field("holder", &self.holder)
            .field("at_once", &self.at_once)
            .finish_non_exhaustive()
    }
}

impl Nightly {
    /// Looks after `schools` in `store`. `holder` names this process among all that may sync the same schools, and
    /// `sleeper` waits by `clock`.
    pub fn new(
        store: Arc<dyn BookingStore>,
        schools: Arc<dyn Schools>,
        clock: Clock,
        sleeper: Arc<dyn Sleeper>,
        holder: impl Into<String>,
    ) -> Self {
        Self {
            store,
            schools,
            started: clock(),
            lease_clock: Arc::clone(&clock),
            clock,
            sleeper,
            holder: holder.into(),
            at_once: AT_ONCE,
            notifier: None,
            templates: Arc::default(),
            metrics: Arc::new(Unwatched),
            courses: Mutex::default(),
            trouble: Mutex::default(),
        }
    }

    /// How many schools are synced at once; four unless set, and never fewer than one.
    #[must_use]
    pub fn at_once(mut self, schools: usize) -> Self {
        self.at_once = schools.max(1);
        self
    }

    /// By what messages are handed over, every minute. Unless set they stay in the outbox.
    #[must_use]
    pub fn notifier(mut self, notifier: Arc<dyn Notifier>) -> Self {
        self.notifier = Some(notifier);
        self
    }

    /// What the messages say; see [`Syncer::templates`].
    #[must_use]
    pub fn templates(mut self, templates: impl Into<Arc<Templates>>) -> Self {
        self.templates = templates.into();
        self
    }

    /// Who is told of runs, messages and of how long they take; nobody unless set.
    #[must_use]
    pub fn metrics(mut self, metrics: Arc<dyn Metrics>) -> Self {
        self.metrics = metrics;
        self
    }

    /// Another clock for leases; see [`Syncer::lease_clock`].
    #[must_use]
    pub fn lease_clock(mut self, clock: Clock) -> Self {
        self.lease_clock = clock;
        self
    }

    /// Looks after the schools until `stop` is cancelled. Then nothing new is begun, neither a sync nor a message; iSAMS
    /// is read no further, which leaves that sync undone and due; all else that is under way is ended, and leases are
    /// given back.
    ///
    /// Dropping the future stops at once, as a crash would: nothing is left half done, and a lease lapses within seconds.
    /// It may be called again after either.
    pub async fn run(&self, stop: CancellationToken) {
        let mut tasks = Tasks::default();
        let mut round = (self.clock)();
        // What an earlier call left under way was stopped with it.
        for course in self.courses().values_mut() {
            course.running = false;
        }
        loop {
            let stopping = stop.is_cancelled();
            if stopping && tasks.len() == 0 {
                return;
            }
            let now = (self.clock)();
            if !stopping && round_is_due(now, round) {
                round = now + ROUND;
                let trouble = self.look(now).await.err();
                *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
                self.start_sender(&stop, &mut tasks);
            }
            if !stopping {
                self.start_syncs(now, &stop, &mut tasks);
            }
            let until = self.next_due(&tasks).map_or(round, |due| due.min(round));
            let under_way = tasks.len();
            select! {
                biased;
                () = stop.cancelled(), if !stopping => {}
                Some(ended) = tasks.next() => self.settle(ended).await,
                () = self.sleeper.sleep_until(until, under_way), if !stopping => {}
            }
        }
    }

    /// How it goes. The schools are those of the last look at the host's list; the outbox is read now.
    ///
    /// # Errors
    ///
    /// When the outbox cannot be read.
    pub async fn health(&self) -> Result<Health, StoreError> {
        let now = (self.clock)();
        let schools: Vec<SchoolHealth> = self
            .courses()
            .values()
            .map(|course| course.health(self.started, now))
            .collect();
        let mut outbox = OutboxHealth::default();
        let mut none_gets_through = false;
        for school in &schools {
            let notices = self.store.notices(&school.school).await?;
            for record in &notices {
                match record.state {
                    NoticeState::Queued => outbox.queued += 1,
                    NoticeState::Failed(_) => outbox.failed += 1,
                    NoticeState::Sent => {}
                }
            }
            none_gets_through |= health::none_gets_through(&notices);
        }
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let well = trouble.is_none() && !none_gets_through;
        let reasons = trouble.clone().into_iter().chain(outbox.reason());
        let reasons: Vec<String> = reasons.collect();
        Ok(Health {
            healthy: well && schools.iter().all(|school| school.healthy),
            reason: (!reasons.is_empty()).then(|| reasons.join("; ")),
            started: self.started,
            now,
            schools,
            outbox,
        })
    }

    /// Asks the host for its schools, and the journal for those that are new; or says what could not be read.
    async fn look(&self, now: DateTime<Utc>) -> Result<(), String> {
        let schools = self.schools.schools().await.map_err(|error| {
            warn!(error = chain(&error), "the list of schools cannot be read");
            "the list of schools cannot be read".to_owned()
        })?;
        let listed: BTreeSet<SchoolId> = schools.iter().map(|school| school.id.clone()).collect();
        self.courses()
            .retain(|id, course| course.running || listed.contains(id));
        let mut outcome = Ok(());
        for school in schools {
            let id = school.id.clone();
            if let Some(course) = self.courses().get_mut(&id) {
                course.update(school, now);
                continue;
            }
            match self.syncer(&school).last_sync(&id).await {
                Ok(newest) => {
                    let course = Course::new(school, newest.as_ref(), now);
                    self.courses().insert(id, course);
                }
                Err(error) => {
                    warn!(school = %id, error = chain(&error), "the journal cannot be read");
                    outcome = Err(format!("the journal of {id} cannot be read"));
                }
            }
        }
        outcome
    }

    /// Begins what is due, longest due first, as far as there is room.
    fn start_syncs(&self, now: DateTime<Utc>, stop: &CancellationToken, tasks: &mut Tasks) {
        let mut courses = self.courses();
        let mut due: Vec<&mut Course> = courses
            .values_mut()
            .filter(|course| course.is_due(now))
            .collect();
        due.sort_by_key(|course| course.due);
        let room = self.at_once.saturating_sub(tasks.syncs());
        for course in due.into_iter().take(room) {
            course.running = true;
            let syncer = self.syncer(&course.school).stop(stop.clone());
            let School {
                id,
                source,
                schedule,
                ..
            } = course.school.clone();
            let school = id.clone();
            let work = async move { syncer.sync_if_due(&id, &*source, &schedule).await };
            tasks.sync(school, now, work);
        }
    }

    fn start_sender(&self, stop: &CancellationToken, tasks: &mut Tasks) {
        let Some(notifier) = self.notifier.clone().filter(|_| !tasks.is_sending()) else {
            return;
        };
        let (store, metrics) = (Arc::clone(&self.store), Arc::clone(&self.metrics));
        let (clock, holder) = (Arc::clone(&self.clock), self.holder.clone());
        let stop = stop.clone();
        // Other schools in the store may have another sender, and their own letterhead.
        let schools: Vec<SchoolId> = self.courses().keys().cloned().collect();
        tasks.send(async move {
            for school in &schools {
                while !stop.is_cancelled() {
                    let send = send_due_until(
                        &*store,
                        &*notifier,
                        Some(school),
                        &holder,
                        clock(),
                        BATCH,
                        &stop,
                    );
                    let report = timed(&*metrics, Some(school), Stage::Send, send).await?;
                    if report != SendReport::default() {
                        metrics.messages(&report);
                    }
                    if report.attempts.len() < BATCH {
                        break;
                    }
                }
            }
            Ok(())
        });
    }

    /// When the next school is due that can begin then.
    fn next_due(&self, tasks: &Tasks) -> Option<DateTime<Utc>> {
        if tasks.syncs() >= self.at_once {
            return None;
        }
        let courses = self.courses();
        let waiting = courses.values().filter(|course| !course.running);
        waiting.map(|course| course.due).min()
    }

    async fn settle(&self, ended: Ended) {
        match ended {
            Ended::Sync(school, begun, outcome) => {
                self.settle_sync(&school, begun, outcome.map(|outcome| *outcome))
                    .await;
            }
            Ended::Send(Some(Ok(()))) => {}
            Ended::Send(Some(Err(error))) => {
                warn!(
                    error = chain(&error),
                    "messages cannot be sent; trying again in a minute"
                );
            }
            Ended::Send(None) => error!("sending messages panicked; trying again in a minute"),
        }
    }

    /// `outcome` is `None` after a panic.
    async fn settle_sync(
        &self,
        id: &SchoolId,
        started: DateTime<Utc>,
        outcome: Option<Result<Option<Report>, Error>>,
    ) {
        // Another process was faster, so its run is the last one.
        let others = match (&outcome, self.school(id)) {
            (Some(Ok(None)), Some(school)) => {
                self.syncer(&school).last_sync(id).await.ok().flatten()
            }
            _ => None,
        };
        let now = (self.clock)();
        let mut courses = self.courses();
        let Some(course) = courses.get_mut(id) else {
            return;
        };
        match outcome {
            Some(Ok(Some(report))) => course.ended(started, report.status.into()),
            Some(Ok(None)) => match others {
                Some(run) => course.ended(run.started, run.status.into()),
                None => course.busy(now),
            },
            Some(Err(Error::Busy)) => {
                course.busy(now);
                info!(school = %id, next = %course.due, "another sync of the school goes on");
            }
            Some(Err(Error::Stopped)) => course.running = false,
            Some(Err(error)) => {
                let reason = chain(&error);
                course.failed(started, now, reason.clone());
                warn!(school = %id, next = %course.due, error = reason, "the sync failed");
            }
            None => {
                course.failed(started, now, "the sync panicked".to_owned());
                error!(school = %id, next = %course.due, "the sync panicked");
            }
        }
    }

    fn syncer(&self, school: &School) -> Syncer {
        Syncer::new(
            Arc::clone(&self.store),
            school.settings.clone(),
            Arc::clone(&self.clock),
            self.holder.clone(),
        )
        .lease_clock(Arc::clone(&self.lease_clock))
        .templates(Arc::clone(&self.templates))
        .metrics(Arc::clone(&self.metrics))
        .patience(Duration::ZERO)
    }

    fn school(&self, id: &SchoolId) -> Option<School> {
        self.courses().get(id).map(|course| course.school.clone())
    }

    fn courses(&self) -> MutexGuard<'_, BTreeMap<SchoolId, Course>> {
        self.courses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error with its sources, on one line.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

/// Whether the round that was planned for `round` begins. A clock that was put back does not keep it waiting.
fn round_is_due(now: DateTime<Utc>, round: DateTime<Utc>) -> bool {
    now >= round || round - now > ROUND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_begins_in_time_and_where_the_clock_was_put_back() {
        let round: DateTime<Utc> = "2031-10-26T01:00:00Z".parse().unwrap();
        let second = TimeDelta::seconds(1);
        for (now, due) in [
            (round - second, false),
            (round, true),
            (round + second, true),
            (round - ROUND, false),
            (round - ROUND - second, true),
            (round - TimeDelta::hours(1), true),
        ] {
            assert_eq!(round_is_due(now, round), due, "{now}");
        }
    }
}
