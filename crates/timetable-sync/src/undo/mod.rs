//! Undo: what a run removed comes back, as far as it still fits.

mod letters;
mod misfit;

use std::collections::BTreeMap;

use booking_store::{
    Booking, ChangeSet, Exception, ExceptionChange, Lease, RemovedBooking, RunFilter, RunId,
    RunKind, RunRecord, RunStatus, SchoolId, StoreErrorKind,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use room_timetable::{BookingId, Cause};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use tracing::{info, instrument};

pub use misfit::Misfit;

use crate::{
    administer::ExceptionIds,
    error::Error,
    standing::Standing,
    sync::{ATTEMPTS, Syncer},
};

/// What one undo is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoRequest {
    /// The run whose removals are taken back.
    pub run: RunId,
    /// Also restore bookings whose cause stands, each with an exception for exactly its time in its room.
    pub keep: bool,
    /// Judge by this school-local time instead of the clock's.
    pub now: Option<NaiveDateTime>,
}

impl UndoRequest {
    /// Restores what the run removed and still fits.
    pub fn of(run: RunId) -> Self {
        Self {
            run,
            keep: false,
            now: None,
        }
    }
}

/// What an undo did. As data it has ids for bookings and exceptions: `restored`, and `not_restored` with `id` and
/// `reason`. These names are a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The run whose removals were taken back.
    pub run: RunId,
    /// The run that did it; `None` where nothing was restored, which is no run.
    pub by: Option<RunId>,
    /// Bookings that are back, by start and then id.
    pub restored: Vec<Restored>,
    /// Bookings that stay removed, by start and then id.
    pub not_restored: Vec<NotRestored>,
    /// The exceptions that keep restored bookings whose cause stands.
    pub exceptions: Vec<Exception>,
    /// How many messages were queued, that to the administrator included.
    pub notices: usize,
}

/// A booking that is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The booking as it was removed; it is back with the next version.
    pub booking: Booking,
    /// The name of its room.
    pub room_name: String,
    /// What stands in its room at its time and is overruled by an exception; empty unless it was asked to keep those.
    pub overruled: Vec<Cause>,
}

/// A booking that stays removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRestored {
    /// The booking as it was removed.
    pub booking: Booking,
    /// Why it does not come back.
    pub reason: Misfit,
}

impl Syncer {
    /// Restores the bookings that a run removed and that still fit, and says of the others why they do not. Nothing is
    /// ever overwritten.
    ///
    /// A booking fits that has yet to begin, whose room is there, whose id is free, where no other booking stands and
    /// nothing of the timetable certainly does. What is in doubt or not known is no cause, here as in a sync, so a
    /// booking comes back into such time; a later sync may remove it again. Of two removed bookings of one time the
    /// first by start and then id comes back. In a part-bookable room nothing stands in the way. A booking that is made
    /// while the undo runs counts, too: the store refuses to restore over it, and the undo looks again.
    ///
    /// All of it is one commit with one message to each owner. A second undo of a run restores what has come to fit
    /// since, and where that is nothing it writes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRun`], [`Error::Busy`] when a sync of the school goes on, and errors of the store; nothing was
    /// changed. A run that removed nothing is no error.
    #[instrument(skip_all, fields(school = %school, run = %request.run))]
    pub async fn undo(&self, school: &SchoolId, request: &UndoRequest) -> Result<Undone, Error> {
        let (started, _) = self.now();
        let keeper = self.lease(school).await?;
        let outcome = self
            .undo_under_lease(school, request, started, &keeper.lease)
            .await;
        keeper.release().await;
        outcome
    }

    async fn undo_under_lease(
        &self,
        school: &SchoolId,
        request: &UndoRequest,
        started: DateTime<Utc>,
        lease: &Lease,
    ) -> Result<Undone, Error> {
        let mut attempt = 1;
        loop {
            match self.try_undo(school, request, started, lease).await {
                Err(Error::Store(error))
                    if error.kind() == StoreErrorKind::Conflict && attempt < ATTEMPTS =>
                {
                    info!(attempt, "something changed meanwhile; looking again");
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_undo(
        &self,
        school: &SchoolId,
        request: &UndoRequest,
        started: DateTime<Utc>,
        lease: &Lease,
    ) -> Result<Undone, Error> {
        let now = request.now.unwrap_or_else(|| self.now().1);
        let archive = self.store().removed(school).await?;
        if !archive.iter().any(|removed| removed.run == request.run) {
            return self.nothing(school, request.run).await;
        }
        // A past booking, too, may have the id of a removed one.
        let state = self.store().load(school, NaiveDateTime::MIN).await?;
        let standing = Standing::of(state, self.settings())?;
        let mut undone = judge(&standing, &archive, request, now);
        if undone.restored.is_empty() {
            return Ok(undone);
        }
        let by = standing.state.last_run.next();
        let letters = letters::Letters {
            school,
            settings: self.settings(),
            templates: self.letters(),
            by,
            started,
        };
        let notices = letters.about(&undone.restored);
        undone.by = Some(by);
        undone.notices = notices.len();
        let record = RunRecord {
            id: by,
            kind: RunKind::Undo,
            status: RunStatus::Applied,
            started,
            finished: Some(self.now().0),
            by: self.who(),
            judged_at: now,
            fingerprint: None,
            areas: Vec::new(),
            report: serde_json::to_value(&undone)
                .map_err(|error| Error::Document(error.to_string()))?,
        };
        let mut changes = ChangeSet::new(standing.state.revision, record);
        changes.restore = undone
            .restored
            .iter()
            .map(|back| back.booking.id.clone())
            .collect();
        changes.exceptions = undone
            .exceptions
            .iter()
            .cloned()
            .map(ExceptionChange::Put)
            .collect();
        changes.notices = notices;
        self.store().commit(school, lease, &changes).await?;
        info!(%by, restored = undone.restored.len(), "undo committed");
        Ok(undone)
    }

    /// The answer about a run of which nothing is in the archive.
    async fn nothing(&self, school: &SchoolId, run: RunId) -> Result<Undone, Error> {
        let journal = self.store().runs(school, &RunFilter::default()).await?;
        if !journal.iter().any(|known| known.id == run) {
            return Err(Error::UnknownRun(run));
        }
        Ok(Undone::none(run))
    }
}

/// What comes back and what does not, by values alone.
fn judge(
    standing: &Standing,
    archive: &[RemovedBooking],
    request: &UndoRequest,
    now: NaiveDateTime,
) -> Undone {
    let state = &standing.state;
    let mut rooms = standing.rooms();
    let ids: BTreeMap<&BookingId, &Booking> = state
        .bookings
        .iter()
        .map(|booking| (&booking.id, booking))
        .collect();
    let mut newest: BTreeMap<&BookingId, RunId> = BTreeMap::new();
    for removed in archive {
        let run = newest.entry(&removed.booking.id).or_default();
        *run = removed.run.max(*run);
    }
    let mut exception_ids = ExceptionIds::after(&state.exceptions);
    let mut removed: Vec<&Booking> = archive
        .iter()
        .filter(|removed| removed.run == request.run)
        .map(|removed| &removed.booking)
        .collect();
    removed.sort_by_key(|booking| (booking.interval.start(), &booking.id));

    let mut undone = Undone::none(request.run);
    for booking in removed {
        let again = newest.get(&booking.id).copied().unwrap_or(request.run);
        let (mut room_name, mut overruled) = (String::new(), Vec::new());
        let reason = if booking.interval.end() <= now {
            Some(Misfit::Past)
        } else if booking.interval.start() <= now {
            Some(Misfit::Begun)
        } else if let Some(other) = ids.get(&booking.id) {
            Some(Misfit::IdInUse(Box::new((*other).clone())))
        } else if again > request.run {
            Some(Misfit::RemovedAgain(again))
        } else if let Some(room) = rooms.get(&booking.room) {
            room_name.clone_from(&room.name);
            if !room.part_bookable {
                overruled = standing.causes(booking);
            }
            match rooms.in_the_way(booking) {
                Some(other) => Some(Misfit::Taken(Box::new(other.clone()))),
                None if !overruled.is_empty() && !request.keep => Some(Misfit::CauseStands {
                    run: request.run,
                    booking: Box::new(booking.clone()),
                    causes: overruled.clone(),
                }),
                None => None,
            }
        } else {
            Some(Misfit::RoomGone(booking.room.clone()))
        };
        let booking_as_it_was = booking.clone();
        if let Some(reason) = reason {
            undone.not_restored.push(NotRestored {
                booking: booking_as_it_was,
                reason,
            });
            continue;
        }
        rooms.add(booking);
        if !overruled.is_empty() {
            undone.exceptions.push(Exception {
                id: exception_ids.next(),
                room: Some(booking.room.clone()),
                interval: booking.interval,
            });
        }
        undone.restored.push(Restored {
            booking: booking_as_it_was,
            room_name,
            overruled,
        });
    }
    undone
}

impl Undone {
    fn none(run: RunId) -> Self {
        Self {
            run,
            by: None,
            restored: Vec::new(),
            not_restored: Vec::new(),
            exceptions: Vec::new(),
            notices: 0,
        }
    }
}

impl Serialize for Undone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let restored = self.restored.iter().map(|back| &back.booking.id);
        let exceptions = self.exceptions.iter().map(|exception| &exception.id);
        let mut document = serializer.serialize_struct("Undone", 6)?;
        document.serialize_field("run", &self.run.to_string())?;
        document.serialize_field("by", &self.by.map(|by| by.to_string()))?;
        document.serialize_field("restored", &restored.collect::<Vec<_>>())?;
        document.serialize_field("not_restored", &self.not_restored)?;
        document.serialize_field("exceptions", &exceptions.collect::<Vec<_>>())?;
        document.serialize_field("notices", &self.notices)?;
        document.end()
    }
}

impl Serialize for NotRestored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("NotRestored", 2)?;
        document.serialize_field("id", &self.booking.id)?;
        document.serialize_field("reason", &self.reason.to_string())?;
        document.end()
    }
}
