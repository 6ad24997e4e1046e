//! What administrators decide: exceptions and acknowledged weeks, and how every such change is committed.

use booking_store::{
    ChangeSet, Exception, ExceptionChange, HolidayChange, LinkChange, Matching, RoomChange,
    RunKind, RunRecord, RunStatus, SchoolId, SchoolState,
};
use chrono::NaiveDateTime;
use room_timetable::{Interval, RoomId, YearWeek};
use serde_json::{Value, json};

use crate::{areas, desired::Desired, document::Document, error::Error, sync::Syncer};

/// What a change of an administrator writes.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    pub(crate) matching: Option<Matching>,
    pub(crate) rooms: Vec<RoomChange>,
    pub(crate) links: Vec<LinkChange>,
    pub(crate) exceptions: Vec<ExceptionChange>,
    pub(crate) holidays: Vec<HolidayChange>,
}

impl Writes {
    /// What the journal keeps of the change: the parts that write something.
    fn report(&self) -> Value {
        let matching = self.matching.map(|matching| json!(matching));
        let lists = [
            ("rooms", json!(self.rooms)),
            ("links", json!(self.links)),
            ("exceptions", json!(self.exceptions)),
            ("holidays", json!(self.holidays)),
        ];
        lists
            .into_iter()
            .filter(|(_, list)| list.as_array().is_some_and(|list| !list.is_empty()))
            .chain(matching.map(|matching| ("matching", matching)))
            .map(|(name, list)| (name.to_owned(), list))
            .collect()
    }
}

impl Syncer {
    /// Frees a room, or all rooms, for a time, whatever the source says, and returns the exception's id. Bookings there
    /// stay while it stands.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRoom`], and errors of the store.
    pub async fn except(
        &self,
        school: &SchoolId,
        room: Option<&RoomId>,
        interval: Interval,
    ) -> Result<String, Error> {
        let mut id = String::new();
        self.administer(school, |state| {
            if let Some(room) = room
                && !state.rooms.iter().any(|known| known.id == *room)
            {
                return Err(Error::UnknownRoom(room.clone()));
            }
            id = ExceptionIds::after(&state.exceptions).next();
            let exception = Exception {
                id: id.clone(),
                room: room.cloned(),
                interval,
            };
            Ok(Some(Writes {
                exceptions: vec![ExceptionChange::Put(exception)],
                ..Writes::default()
            }))
        })
        .await?;
        Ok(id)
    }

    /// Takes an exception back. Whether there was one; bookings that it kept may go at the next sync.
    ///
    /// # Errors
    ///
    /// Errors of the store.
    pub async fn remove_exception(&self, school: &SchoolId, id: &str) -> Result<bool, Error> {
        self.administer(school, |state| {
            let there = state.exceptions.iter().any(|known| known.id == id);
            Ok(there.then(|| Writes {
                exceptions: vec![ExceptionChange::Remove(id.to_owned())],
                ..Writes::default()
            }))
        })
        .await
    }

    /// Acknowledges a term week without allocation as a holiday: it has no lessons, and that is known. Whether that is
    /// new.
    ///
    /// # Errors
    ///
    /// [`Error::WeekAllocated`] for a week that has lessons, and errors of the store.
    pub async fn acknowledge_week(&self, school: &SchoolId, week: YearWeek) -> Result<bool, Error> {
        self.administer(school, |state| {
            let desired = Desired::of(areas::last_good(&Document::of(state)?));
            if desired.calendar.cycle_weeks(week).next().is_some() {
                return Err(Error::WeekAllocated(week));
            }
            let new = !state.holidays.contains(&week);
            Ok(new.then(|| Writes {
                holidays: vec![HolidayChange::Acknowledge(week)],
                ..Writes::default()
            }))
        })
        .await
    }

    /// Takes the acknowledgement of a week back. Whether there was one.
    ///
    /// # Errors
    ///
    /// Errors of the store.
    pub async fn withdraw_week(&self, school: &SchoolId, week: YearWeek) -> Result<bool, Error> {
        self.administer(school, |state| {
            let there = state.holidays.contains(&week);
            Ok(there.then(|| Writes {
                holidays: vec![HolidayChange::Withdraw(week)],
                ..Writes::default()
            }))
        })
        .await
    }

    /// Commits an administrator's change, worked out from the school as it is but for its bookings. Whether there was one.
    pub(crate) async fn administer(
        &self,
        school: &SchoolId,
        change: impl FnMut(&SchoolState) -> Result<Option<Writes>, Error> + Send,
    ) -> Result<bool, Error> {
        self.administer_from(school, NaiveDateTime::MAX, change)
            .await
    }

    /// As [`administer`](Self::administer), with the bookings that end after `from`.
    pub(crate) async fn administer_from(
        &self,
        school: &SchoolId,
        from: NaiveDateTime,
        mut change: impl FnMut(&SchoolState) -> Result<Option<Writes>, Error> + Send,
    ) -> Result<bool, Error> {
        let keeper = self.lease(school).await?;
        let outcome = async {
            let state = self.store().load(school, from).await?;
            let Some(writes) = change(&state)? else {
                return Ok(false);
            };
            let (started, judged_at) = self.now();
            let record = RunRecord {
                id: state.last_run.next(),
                kind: RunKind::Administrator,
                status: RunStatus::Applied,
                started,
                finished: Some(self.now().0),
                by: self.who(),
                judged_at,
                fingerprint: None,
                areas: Vec::new(),
                report: writes.report(),
            };
            let mut changes = ChangeSet::new(state.revision, record);
            changes.matching = writes.matching;
            changes.rooms = writes.rooms;
            changes.links = writes.links;
            changes.exceptions = writes.exceptions;
            changes.holidays = writes.holidays;
            self.store().commit(school, &keeper.lease, &changes).await?;
            Ok(true)
        }
        .await;
        keeper.release().await;
        outcome
    }
}

/// Ids for exceptions that the store does not have yet: `e1`, `e2` and so on.
#[derive(Debug)]
pub(crate) struct ExceptionIds {
    last: u64,
}

impl ExceptionIds {
    pub(crate) fn after(known: &[Exception]) -> Self {
        let numbers = known
            .iter()
            .filter_map(|known| known.id.strip_prefix('e')?.parse::<u64>().ok());
        Self {
            last: numbers.max().unwrap_or_default(),
        }
    }

    pub(crate) fn next(&mut self) -> String {
        self.last = self.last.saturating_add(1);
        format!("e{}", self.last)
    }
}
