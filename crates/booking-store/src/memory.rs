//! A store that keeps everything in memory.

mod school;

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use room_timetable::BookingId;

use self::school::School;
use crate::{
    Booking, BookingDesk, BookingStore, CLAIM_MINUTES, ChangeSet, Delivery, Import, ImportReport,
    Lease, Notice, NoticeId, NoticeRecord, NoticeState, RemovedBooking, Revision, RunFilter,
    RunRecord, SchoolId, SchoolState, StoreError, StoreErrorKind,
};

/// A store in memory, for tests and demonstrations. Clones are handles to the same data.
///
/// Every call holds one lock from its first check to its last write, and nothing is written before all checks have
/// passed. It needs no async runtime.
#[derive(Clone, Default)]
pub struct MemoryStore {
    data: Arc<Mutex<Data>>,
}

#[derive(Default)]
struct Data {
    schools: BTreeMap<SchoolId, School>,
    /// In the order they were queued.
    outbox: Vec<Queued>,
}

struct Queued {
    record: NoticeRecord,
    claim: Option<Claim>,
}

struct Claim {
    holder: String,
    until: DateTime<Utc>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn data(&self) -> MutexGuard<'_, Data> {
        // Writes cannot panic half-way, so the data behind a poisoned lock is whole.
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    /// Shows no data: it is about people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl Data {
    fn school(&mut self, school: &SchoolId) -> &mut School {
        self.schools.entry(school.clone()).or_default()
    }

    fn check_notices(&self, school: &SchoolId, notices: &[Notice]) -> Result<(), StoreError> {
        let mut ids: HashSet<&NoticeId> = self
            .outbox
            .iter()
            .map(|sent| &sent.record.notice.id)
            .collect();
        for notice in notices {
            if notice.school != *school {
                return Err(invalid(format!(
                    "notice `{}` is of another school",
                    notice.id
                )));
            }
            if !ids.insert(&notice.id) {
                return Err(invalid(format!("notice `{}` is queued already", notice.id)));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl BookingStore for MemoryStore {
    async fn load(
        &self,
        school: &SchoolId,
        from: NaiveDateTime,
    ) -> Result<SchoolState, StoreError> {
        let data = self.data();
        Ok(data
            .schools
            .get(school)
            .map(|school| school.state(from))
            .unwrap_or_default())
    }

    async fn commit(
        &self,
        school: &SchoolId,
        lease: &Lease,
        changes: &ChangeSet,
    ) -> Result<Revision, StoreError> {
        let mut data = self.data();
        if let Some(revision) = data.school(school).revision_after(&changes.run)? {
            return Ok(revision);
        }
        data.school(school).check(school, lease, changes)?;
        data.check_notices(school, &changes.notices)?;

        let queued = changes.notices.iter().map(|notice| Queued {
            record: NoticeRecord {
                notice: notice.clone(),
                state: NoticeState::Queued,
                attempts: 0,
                last_error: None,
                next_attempt: None,
            },
            claim: None,
        });
        data.outbox.extend(queued);
        Ok(data.school(school).apply(changes))
    }

    async fn lease(
        &self,
        school: &SchoolId,
        holder: &str,
        now: DateTime<Utc>,
        ttl: TimeDelta,
    ) -> Result<Option<Lease>, StoreError> {
        let expires = now
            .checked_add_signed(ttl)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let token = self.data().school(school).lease(holder, now, expires);
        Ok(token.map(|token| Lease {
            school: school.clone(),
            holder: holder.to_owned(),
            token,
            expires,
        }))
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.data().school(&lease.school).release(lease);
        Ok(())
    }

    async fn runs(
        &self,
        school: &SchoolId,
        which: &RunFilter,
    ) -> Result<Vec<RunRecord>, StoreError> {
        let data = self.data();
        Ok(data
            .schools
            .get(school)
            .map(|school| school.runs(which))
            .unwrap_or_default())
    }

    async fn removed(&self, school: &SchoolId) -> Result<Vec<RemovedBooking>, StoreError> {
        let data = self.data();
        Ok(data
            .schools
            .get(school)
            .map(School::removed)
            .unwrap_or_default())
    }

    async fn notices(&self, school: &SchoolId) -> Result<Vec<NoticeRecord>, StoreError> {
        let data = self.data();
        Ok(data
            .outbox
            .iter()
            .map(|queued| &queued.record)
            .filter(|record| record.notice.school == *school)
            .cloned()
            .collect())
    }

    async fn claim(
        &self,
        school: Option<&SchoolId>,
        holder: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<NoticeRecord>, StoreError> {
        let until = now
            .checked_add_signed(TimeDelta::minutes(CLAIM_MINUTES))
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut data = self.data();
        let waiting = data.outbox.iter_mut().filter(|queued| {
            let free = queued
                .claim
                .as_ref()
                .is_none_or(|claim| claim.holder == holder || claim.until <= now);
            let due = queued.record.next_attempt.is_none_or(|next| next <= now);
            let asked = school.is_none_or(|school| queued.record.notice.school == *school);
            queued.record.state == NoticeState::Queued && asked && free && due
        });
        Ok(waiting
            .take(limit)
            .map(|queued| {
                queued.record.attempts = queued.record.attempts.saturating_add(1);
                queued.claim = Some(Claim {
                    holder: holder.to_owned(),
                    until,
                });
                queued.record.clone()
            })
            .collect())
    }

    async fn settle(&self, notice: &NoticeId, outcome: &Delivery) -> Result<(), StoreError> {
        let mut data = self.data();
        let queued = data.outbox.iter_mut().find(|queued| {
            queued.record.notice.id == *notice && queued.record.state == NoticeState::Queued
        });
        if let Some(queued) = queued {
            queued.claim = None;
            let (state, error, next) = match outcome {
                Delivery::Sent => (NoticeState::Sent, None, None),
                Delivery::Failed(reason) => {
                    (NoticeState::Failed(reason.clone()), Some(reason), None)
                }
                Delivery::TryAgain { reason, not_before } => {
                    (NoticeState::Queued, Some(reason), *not_before)
                }
            };
            queued.record.state = state;
            queued.record.last_error = error.cloned();
            queued.record.next_attempt = next;
        }
        Ok(())
    }

    async fn requeue(&self, notice: &NoticeId) -> Result<bool, StoreError> {
        let mut data = self.data();
        let waiting = data.outbox.iter_mut().find(|queued| {
            queued.record.notice.id == *notice && queued.record.state != NoticeState::Sent
        });
        let found = waiting.map(|queued| {
            queued.record.state = NoticeState::Queued;
            queued.record.attempts = 0;
            queued.record.next_attempt = None;
        });
        Ok(found.is_some())
    }
}

#[async_trait]
impl BookingDesk for MemoryStore {
    async fn import(&self, school: &SchoolId, rows: &Import) -> Result<ImportReport, StoreError> {
        self.data().school(school).import(rows)
    }

    async fn book(&self, school: &SchoolId, booking: &Booking) -> Result<(), StoreError> {
        self.data().school(school).book(booking)
    }

    async fn cancel(&self, school: &SchoolId, booking: &BookingId) -> Result<bool, StoreError> {
        Ok(self.data().school(school).cancel(booking))
    }

    async fn bookings(&self, school: &SchoolId) -> Result<Vec<Booking>, StoreError> {
        let data = self.data();
        Ok(data
            .schools
            .get(school)
            .map(School::bookings)
            .unwrap_or_default())
    }
}

fn conflict(message: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Conflict, message)
}

fn invalid(message: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Invalid, message)
}
