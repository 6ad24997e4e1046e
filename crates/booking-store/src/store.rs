//! The trait that a booking product implements over its own tables.

use std::fmt::Debug;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::{
    ChangeSet, Delivery, NoticeId, NoticeRecord, RemovedBooking, Revision, RunFilter, RunRecord,
    SchoolId, SchoolState, StoreError,
};

/// The right to change a school, held by one process at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The school it is for.
    pub school: SchoolId,
    /// Who holds it.
    pub holder: String,
    /// Grows whenever the lease passes to another holder or is taken after a release; a commit with an older one is
    /// refused.
    pub token: u64,
    /// Until when nobody else can take it.
    pub expires: DateTime<Utc>,
}

/// Everything that a sync needs of a store.
#[async_trait]
pub trait BookingStore: Send + Sync + Debug {
    /// One consistent snapshot of the school, with the bookings that end after `from` (school-local).
    ///
    /// A school that was never written to is empty. Lists are ordered byte by byte, so `b10` comes before `b2`.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn load(&self, school: &SchoolId, from: NaiveDateTime)
    -> Result<SchoolState, StoreError>;

    /// Writes the whole change or nothing, and returns the revision after it.
    ///
    /// Repeating a change whose run record is already in the journal returns the revision that it led to and writes
    /// nothing, whoever holds the lease by then. The revision grows by one where [`ChangeSet::bumps_revision`] says
    /// so. A lease that has expired, or was released, still commits while nobody else has taken it.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::StoreErrorKind::Conflict), and nothing is written, when `expected` is not the current
    /// revision, when the lease has passed to another holder or was never given for this school, when a booking to be
    /// removed is gone or no longer as it was read, when a booking to be restored is not in the archive or its id is
    /// in use again or its room is gone or another booking overlaps it there (in a part-bookable room none is in the
    /// way), when a booking is in a room to be removed, or when the run's id is taken by a different run.
    ///
    /// [`Invalid`](crate::StoreErrorKind::Invalid), and nothing is written, when a notice is of another school or its
    /// id was queued before.
    async fn commit(
        &self,
        school: &SchoolId,
        lease: &Lease,
        changes: &ChangeSet,
    ) -> Result<Revision, StoreError>;

    /// Takes the school's lease for `holder` until `now + ttl`, or renews it where `holder` had it last and did not
    /// release it (same token). `None` when another holder has it and it has not expired at `now`.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    async fn lease(
        &self,
        school: &SchoolId,
        holder: &str,
        now: DateTime<Utc>,
        ttl: TimeDelta,
    ) -> Result<Option<Lease>, StoreError>;

    /// Gives the lease back, so that the next holder need not wait. One that has passed on is left alone.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    async fn release(&self, lease: &Lease) -> Result<(), StoreError>;

    /// The journal, newest first.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn runs(
        &self,
        school: &SchoolId,
        which: &RunFilter,
    ) -> Result<Vec<RunRecord>, StoreError>;

    /// The archive of removed bookings, by run and then booking; restored ones are not in it.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn removed(&self, school: &SchoolId) -> Result<Vec<RemovedBooking>, StoreError>;

    /// All messages of the school in the order they were queued, sent and failed ones included.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn notices(&self, school: &SchoolId) -> Result<Vec<NoticeRecord>, StoreError>;

    /// Hands out at most `limit` queued messages of this school, or of any, oldest first, to one holder at a time.
    ///
    /// A claimed message is not handed to another holder for [`CLAIM_MINUTES`] minutes, unless it is settled before. The
    /// same holder is handed it again, so that one that was restarted need not wait; tasks that send side by side are
    /// different holders. A message that was put off is handed to nobody before its time.
    ///
    /// The attempts of a record count this claim.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    async fn claim(
        &self,
        school: Option<&SchoolId>,
        holder: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<NoticeRecord>, StoreError>;

    /// Records what became of a claimed message, and ends the claim. A message that is not there, or was settled as
    /// sent or failed before, is left as it is. One to try again keeps its place in the order.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    async fn settle(&self, notice: &NoticeId, outcome: &Delivery) -> Result<(), StoreError>;

    /// Queues a message again that failed or was put off: it may be claimed at once, in its old place, and its attempts
    /// count from 0. Whether it was there and not sent; a sent one is left as it is, and so is a claim.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    async fn requeue(&self, notice: &NoticeId) -> Result<bool, StoreError>;
}

/// For how long a claimed message is kept from other holders.
pub const CLAIM_MINUTES: i64 = 10;
