//! The sync: lease, fetch, plan, guard, one commit.

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use booking_store::{
    AsRead, BookingStore, ChangeSet, Lease, Removal, RunFilter, RunKind, RunRecord, RunStatus,
    SchoolId, SchoolState, StoreErrorKind,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use isams_client::{DataArea, FetchRequest, Payload};
use tokio::select;
use tokio_util::sync::CancellationToken;
use tracing::{Span, field, info, instrument};

use crate::{
    areas,
    clock::Clock,
    document::Document,
    error::Error,
    fingerprint::Fingerprint,
    lease::LeaseKeeper,
    messages::{Templates, Told, one_line},
    metrics::{Metrics, Stage, Unwatched, timed},
    plan::{Outlook, Plan, PlanInput, Writes, plan},
    report::{Report, Status},
    returns::recently_removed,
    schedule::Schedule,
    settings::Settings,
    source::Source,
};

/// For how long after it was made a plan can be released although bookings of it have begun.
const RELEASE_DAYS: i64 = 14;

/// How often a plan is made again because somebody changed what it was made from.
pub(crate) const ATTEMPTS: usize = 5;

/// How many runs of the journal are looked at; enough for the nights that an empty area takes to be believed, and to see
/// how often the answers change.
pub(crate) const JOURNAL: usize = 200;

/// What one sync is asked to do.
#[derive(Clone, Debug, Default)]
pub struct SyncRequest {
    /// Judge by this school-local time instead of the clock's.
    pub now: Option<NaiveDateTime>,
    /// Apply only the plan with this fingerprint.
    pub apply_plan: Option<String>,
    /// Data areas whose absence is accepted.
    pub accepted: BTreeSet<DataArea>,
}

/// Syncs schools with a store.
#[derive(Clone)]
pub struct Syncer {
    store: Arc<dyn BookingStore>,
    settings: Settings,
    clock: Clock,
    lease_clock: Clock,
    holder: String,
    by: Option<String>,
    patience: Duration,
    templates: Arc<Templates>,
    metrics: Arc<dyn Metrics>,
    stop: CancellationToken,
}

impl fmt::Debug for Syncer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Syncer")
            .field("settings", &self.settings)
            .field("holder", &self.holder)
            .finish_non_exhaustive()
    }
}

impl Syncer {
    /// A syncer over `store`. `holder` names this process among all that may sync the same schools.
    pub fn new(
        store: Arc<dyn BookingStore>,
        settings: Settings,
        clock: Clock,
        holder: impl Into<String>,
    ) -> Self {
        Self {
            store,
            settings,
            lease_clock: Arc::clone(&clock),
            clock,
            holder: holder.into(),
            by: None,
            patience: Duration::from_secs(6),
            templates: Arc::default(),
            metrics: Arc::new(Unwatched),
            stop: CancellationToken::new(),
        }
    }

    /// The templates of messages; those of the crate unless set.
    #[must_use]
    pub fn templates(mut self, templates: impl Into<Arc<Templates>>) -> Self {
        self.templates = templates.into();
        self
    }

    /// Who asks for what this syncer does, for the history: a name, an address, whatever the host knows people by. Nobody
    /// unless set, and a blank name is none. What is done every night is done by nobody.
    #[must_use]
    pub fn by(mut self, name: &str) -> Self {
        self.by = Some(one_line(name)).filter(|name| !name.is_empty());
        self
    }

    /// For how long to wait for another sync of the same school before giving up; six seconds unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Another clock for leases. Where the clock of the syncer is a rehearsal's, this one must be that of all others who
    /// use the store.
    #[must_use]
    pub fn lease_clock(mut self, clock: Clock) -> Self {
        self.lease_clock = clock;
        self
    }

    /// When this is cancelled, iSAMS is read no further, and the sync or plan ends with [`Error::Stopped`]. What is read
    /// already is planned and committed as ever.
    #[must_use]
    pub fn stop(mut self, stop: CancellationToken) -> Self {
        self.stop = stop;
        self
    }

    /// Who is told of runs and of how long they take; nobody unless set.
    #[must_use]
    pub fn metrics(mut self, metrics: Arc<dyn Metrics>) -> Self {
        self.metrics = metrics;
        self
    }

    /// Fetches, plans, and applies what the guard lets pass. The lease is taken before fetching.
    ///
    /// A held run or one that waits for matching is not an error; see [`Report::status`].
    ///
    /// # Errors
    ///
    /// [`Error::Source`] when there is no usable answer, [`Error::Busy`] when another sync of the school goes on, and
    /// errors of the store. Nothing is changed then.
    #[instrument(skip_all, fields(school = %school, run = field::Empty))]
    pub async fn sync(
        &self,
        school: &SchoolId,
        source: &dyn Source,
        request: &SyncRequest,
    ) -> Result<Report, Error> {
        let started = (self.clock)();
        let outcome = async {
            let keeper = self.lease(school).await?;
            let outcome = self
                .sync_under_lease(school, source, request, started, &keeper.lease)
                .await;
            keeper.release().await;
            outcome
        }
        .await;
        self.tell(school, outcome.as_ref());
        outcome
    }

    /// As [`sync`](Self::sync), unless the journal shows, once the lease is taken, that the school is not due: another
    /// process may have seen to it. `None` then.
    #[instrument(name = "sync", skip_all, fields(school = %school, run = field::Empty))]
    pub(crate) async fn sync_if_due(
        &self,
        school: &SchoolId,
        source: &dyn Source,
        schedule: &Schedule,
    ) -> Result<Option<Report>, Error> {
        let started = (self.clock)();
        let outcome = async {
            let keeper = self.lease(school).await?;
            let outcome = async {
                let last = self.last_sync(school).await?.map(|run| run.started);
                if !schedule.due(last, started) {
                    return Ok(None);
                }
                let request = SyncRequest::default();
                self.sync_under_lease(school, source, &request, started, &keeper.lease)
                    .await
                    .map(Some)
            }
            .await;
            keeper.release().await;
            outcome
        }
        .await;
        if let Some(outcome) = outcome.as_ref().map(Option::as_ref).transpose() {
            self.tell(school, outcome);
        }
        outcome
    }

    /// The newest sync in the journal.
    pub(crate) async fn last_sync(&self, school: &SchoolId) -> Result<Option<RunRecord>, Error> {
        let which = RunFilter {
            kind: Some(RunKind::Sync),
            limit: Some(1),
        };
        Ok(self.store.runs(school, &which).await?.into_iter().next())
    }

    /// Tells of a sync that ended.
    fn tell(&self, school: &SchoolId, outcome: Result<&Report, &Error>) {
        match outcome {
            // One that was refused its fingerprint is no run.
            Ok(report) if report.run.is_none() => {}
            Ok(report) => {
                let removed = match report.status {
                    Status::Applied => report.removals.len(),
                    _ => 0,
                };
                self.metrics.run(school, report.status, removed);
            }
            Err(Error::Busy | Error::Stopped) => {}
            Err(error) => self.metrics.failed(school, error),
        }
    }

    async fn sync_under_lease(
        &self,
        school: &SchoolId,
        source: &dyn Source,
        request: &SyncRequest,
        started: DateTime<Utc>,
        lease: &Lease,
    ) -> Result<Report, Error> {
        let fetched = self.fetch(school, source, request).await?;
        let mut attempt = 1;
        loop {
            // Fetching and waiting take time, and a booking that begins meanwhile stays.
            let now = request.now.unwrap_or_else(|| self.local((self.clock)()));
            match self
                .apply(school, &fetched, request, started, now, lease)
                .await
            {
                Err(Error::Store(error))
                    if error.kind() == StoreErrorKind::Conflict && attempt < ATTEMPTS =>
                {
                    info!(attempt, "something changed meanwhile; planning again");
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// What a sync of this payload would do. Nothing is written, and the lease is not taken.
    ///
    /// # Errors
    ///
    /// [`Error::Source`] when there is no usable answer, and errors of the store.
    #[instrument(skip_all, fields(school = %school))]
    pub async fn plan(
        &self,
        school: &SchoolId,
        source: &dyn Source,
        request: &SyncRequest,
    ) -> Result<Report, Error> {
        let now = request.now.unwrap_or_else(|| self.local((self.clock)()));
        let fetched = self.fetch(school, source, request).await?;
        let Made { plan, .. } = self.timed_make(school, &fetched, request, now).await?;
        let status = match plan.outlook {
            Outlook::Unchanged => Status::Unchanged,
            Outlook::Ready => Status::Planned,
            Outlook::Held => Status::Held,
            Outlook::AwaitingMatch => Status::AwaitingMatch,
        };
        Ok(Report::new(&plan, status, None))
    }

    /// Asks for what the school's own terms call for.
    async fn fetch(
        &self,
        school: &SchoolId,
        source: &dyn Source,
        request: &SyncRequest,
    ) -> Result<Fetched, Error> {
        let now = request.now.unwrap_or_else(|| self.local((self.clock)()));
        let asked = self.what_to_ask(school, now).await?;
        let fetch = timed(
            &*self.metrics,
            Some(school),
            Stage::Fetch,
            source.fetch(&asked),
        );
        // Nothing is written yet, so it may be dropped anywhere.
        let mut fresh = select! {
            biased;
            () = self.stop.cancelled() => return Err(Error::Stopped),
            fresh = fetch => fresh?,
        };
        fresh.canonicalise();
        Ok(Fetched { asked, fresh })
    }

    /// What the school's own terms call for.
    pub(crate) async fn what_to_ask(
        &self,
        school: &SchoolId,
        now: NaiveDateTime,
    ) -> Result<FetchRequest, Error> {
        let document = Document::of(&self.store.load(school, now).await?)?;
        let filtered_events = self.settings.filtered_events;
        Ok(areas::request(&document, now.date(), filtered_events))
    }

    async fn timed_make(
        &self,
        school: &SchoolId,
        fetched: &Fetched,
        request: &SyncRequest,
        now: NaiveDateTime,
    ) -> Result<Made, Error> {
        let work = self.make(school, fetched, request, now);
        timed(&*self.metrics, Some(school), Stage::Plan, work).await
    }

    async fn make(
        &self,
        school: &SchoolId,
        fetched: &Fetched,
        request: &SyncRequest,
        now: NaiveDateTime,
    ) -> Result<Made, Error> {
        let from = match request.apply_plan {
            Some(_) => now
                .checked_sub_signed(TimeDelta::days(RELEASE_DAYS))
                .unwrap_or(NaiveDateTime::MIN),
            None => now,
        };
        let state = self.store.load(school, from).await?;
        let which = RunFilter {
            kind: Some(RunKind::Sync),
            limit: Some(JOURNAL),
        };
        let journal = self.store.runs(school, &which).await?;
        let removed = recently_removed(self.store(), school, &self.settings, now, &journal).await?;
        let plan = plan(&PlanInput {
            state: &state,
            fresh: &fetched.fresh,
            asked: &fetched.asked,
            journal: &journal,
            removed: &removed,
            now,
            settings: &self.settings,
            accepted: &request.accepted,
        })?;
        Ok(Made {
            state,
            plan,
            journal,
        })
    }

    async fn apply(
        &self,
        school: &SchoolId,
        fetched: &Fetched,
        request: &SyncRequest,
        started: DateTime<Utc>,
        now: NaiveDateTime,
        lease: &Lease,
    ) -> Result<Report, Error> {
        let Made {
            state,
            plan,
            journal,
        } = self.timed_make(school, fetched, request, now).await?;
        if let Some(fingerprint) = &request.apply_plan
            && let Some(reason) = refused(&plan, &journal, &Fingerprint::given(fingerprint))
        {
            let mut report = Report::new(&plan, Status::Held, None);
            report.held_because.insert(0, reason.clone());
            report.refused = Some(reason);
            return Ok(report);
        }
        let released = request.apply_plan.is_some() && plan.is_released(&request.accepted);
        let status = match plan.outlook {
            Outlook::AwaitingMatch => RunStatus::AwaitingMatch,
            Outlook::Held if !released => RunStatus::Held,
            Outlook::Unchanged => RunStatus::Unchanged,
            Outlook::Held | Outlook::Ready => RunStatus::Applied,
        };
        let run = state.last_run.next();
        let report = Report::new(&plan, status.into(), Some(run));
        let record = RunRecord {
            id: run,
            kind: RunKind::Sync,
            status,
            started,
            finished: Some((self.clock)()),
            by: self.by.clone(),
            judged_at: now,
            fingerprint: Some(plan.fingerprint.to_string()),
            areas: plan.areas.clone(),
            report: serde_json::to_value(&report)
                .map_err(|error| Error::Document(error.to_string()))?,
        };
        let mut changes = change_set(&state, &plan, record);
        changes.notices = Told {
            school,
            settings: &self.settings,
            templates: &self.templates,
            run,
            started,
            report: &report,
            plan: &plan,
            state: &state,
            journal: &journal,
        }
        .notices();
        let commit = self.store.commit(school, lease, &changes);
        timed(&*self.metrics, Some(school), Stage::Commit, commit).await?;
        Span::current().record("run", field::display(run));
        let (removed, messages) = (changes.remove.len(), changes.notices.len());
        info!(%status, removed, messages, "run committed");
        Ok(report)
    }

    /// The clock's time as the school has it.
    fn local(&self, time: DateTime<Utc>) -> NaiveDateTime {
        time.with_timezone(&self.settings.zone).naive_local()
    }

    pub(crate) async fn lease(&self, school: &SchoolId) -> Result<LeaseKeeper, Error> {
        LeaseKeeper::take(
            Arc::clone(&self.store),
            school,
            &self.holder,
            Arc::clone(&self.lease_clock),
            self.patience,
        )
        .await
    }

    pub(crate) fn store(&self) -> &dyn BookingStore {
        &*self.store
    }

    /// Who asks.
    pub(crate) fn who(&self) -> Option<String> {
        self.by.clone()
    }

    pub(crate) fn letters(&self) -> &Templates {
        &self.templates
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn now(&self) -> (DateTime<Utc>, NaiveDateTime) {
        let now = (self.clock)();
        (now, self.local(now))
    }
}

/// What arrived, and what was asked for.
struct Fetched {
    asked: FetchRequest,
    fresh: Payload,
}

/// A plan, with what it was made from.
struct Made {
    state: SchoolState,
    plan: Plan,
    journal: Vec<RunRecord>,
}

/// Why a fingerprint does not release this plan, or `None` where it does.
fn refused(plan: &Plan, journal: &[RunRecord], given: &Fingerprint) -> Option<String> {
    let names = plan.names();
    if !names.contains(given) {
        let own = &plan.fingerprint;
        return Some(format!(
            "the fingerprint {given} does not name the present plan, which is {own}; nothing was done"
        ));
    }
    let named = |run: &&RunRecord| {
        run.fingerprint
            .as_deref()
            .is_some_and(|used| names.contains(&Fingerprint::given(used)))
    };
    // A plan that came back was held again since, and can be released again.
    let newest = journal
        .iter()
        .find(named)
        .filter(|run| run.status == RunStatus::Applied)?;
    let run = newest.id;
    Some(format!(
        "the plan {given} was applied by run {run}, and a plan applies once; nothing was done"
    ))
}

/// What a run writes beside its messages: everything where it is applied, and only what is harmless where it is not.
fn change_set(state: &SchoolState, plan: &Plan, record: RunRecord) -> ChangeSet {
    let takes_effect = matches!(record.status, RunStatus::Applied | RunStatus::Unchanged);
    let writes: &Writes = if takes_effect {
        &plan.full
    } else {
        &plan.let_through
    };
    let mut changes = ChangeSet::new(state.revision, record);
    changes.matching = writes.matching;
    changes.rooms.clone_from(&writes.rooms);
    changes.timeslots.clone_from(&writes.timeslots);
    changes.links.clone_from(&writes.links);
    changes.timetable.clone_from(&writes.timetable);
    if takes_effect {
        changes.remove = plan
            .removals
            .iter()
            .map(|removal| Removal {
                booking: removal.booking.id.clone(),
                as_read: AsRead::from(&removal.booking),
                causes: removal.causes.clone(),
                absorbed: removal.absorbed,
            })
            .collect();
    }
    changes
}
