//! Every write of a sync, over an open connection.
//!
//! A booking product that keeps its bookings with this store writes beside them in the transaction of [`commit_in`]. One
//! whose bookings are rows of its own calls [`commit_beside_own_rows_in`], and deletes and writes them in the same
//! transaction. Either way all of it happens or nothing; the example `own_tables` of `timetable-sync` shows the second.
//!
//! All functions expect the connection to be in a transaction that began with `BEGIN IMMEDIATE`: they read, judge and
//! then write, and nobody may write in between. After an error the caller rolls the transaction back.
//!
//! ```
//! # use booking_store::{BookingStore, ChangeSet, Lease, StoreError};
//! use booking_store_sqlite::{SqliteStore, store_error, write};
//!
//! async fn apply(store: &SqliteStore, lease: &Lease, changes: &ChangeSet) -> Result<(), StoreError> {
//!     let mut transaction = store.begin().await?;
//!     for removal in &changes.remove {
//!         // What the product has beside the booking goes here, over `&mut *transaction`.
//! #       let _ = removal;
//!     }
//!     write::commit_in(&mut transaction, &lease.school, lease, changes).await?;
//!     transaction.commit().await.map_err(store_error)
//! }
//! ```

pub(crate) mod bookings;
pub(crate) mod check;
pub(crate) mod put;

use booking_store::{
    Booking, CLAIM_MINUTES, ChangeSet, Delivery, Lease, NoticeId, NoticeRecord, RemovedBooking,
    Revision, SchoolId, StoreError,
};
use chrono::{DateTime, TimeDelta, Utc};
use room_timetable::BookingId;
use sqlx::{QueryBuilder, SqliteConnection};

use crate::{
    batch::{BATCH, push_list},
    error::{conflict, store_error},
    read,
    rows::{self, Columns, EncodedRun, integer, select_notices},
};

/// Writes the whole change, as [`BookingStore::commit`](booking_store::BookingStore::commit) says.
///
/// # Errors
///
/// Those of [`BookingStore::commit`](booking_store::BookingStore::commit).
pub async fn commit_in(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    lease: &Lease,
    changes: &ChangeSet,
) -> Result<Revision, StoreError> {
    let (run, current) = match begin(connection, school, lease, changes).await? {
        Begun::Repeated(revision) => return Ok(revision),
        Begun::First(run, current) => (run, current),
    };
    let removed = check::removals(connection, school, changes).await?;
    let restored = check::restores(connection, school, changes).await?;
    check::removed_rooms(connection, school, changes).await?;
    check::notices(connection, school, &changes.notices).await?;

    put::room_changes(connection, school, &changes.rooms).await?;
    let back = bookings::take_back(connection, school, restored).await?;
    bookings::put(connection, school, &back).await?;
    finish(connection, school, changes, &run, current, &removed).await
}

/// What is left to do for a product whose bookings are rows of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRows {
    /// The revision after the change.
    pub revision: Revision,
    /// The bookings whose rows are to be deleted now.
    pub delete: Vec<BookingId>,
    /// The bookings whose rows are to be written now, with their next version.
    pub write: Vec<Booking>,
}

/// Writes the change of a product whose bookings are rows of its own, and returns what the product has to do with those in
/// the same transaction. A change that is repeated leaves nothing to do.
///
/// `rows` are the product's bookings with the ids of [`ChangeSet::remove`], as far as they are there, read in this
/// transaction. They are compared with what the plan read, and go to the archive. What only the product's rows can show
/// is the product's to refuse: that the id of a restored booking is in use again or another booking overlaps it, and that
/// bookings are in a room to be removed.
///
/// # Errors
///
/// The others of [`BookingStore::commit`](booking_store::BookingStore::commit).
pub async fn commit_beside_own_rows_in(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    lease: &Lease,
    changes: &ChangeSet,
    rows: &[Booking],
) -> Result<OwnRows, StoreError> {
    let (run, current) = match begin(connection, school, lease, changes).await? {
        Begun::Repeated(revision) => {
            return Ok(OwnRows {
                revision,
                delete: Vec::new(),
                write: Vec::new(),
            });
        }
        Begun::First(run, current) => (run, current),
    };
    let known = rows.iter().map(|row| (row.id.clone(), row.clone()));
    let removed = check::as_read(known.collect(), changes)?;
    let restored = check::restores(connection, school, changes).await?;
    check::notices(connection, school, &changes.notices).await?;

    put::room_changes(connection, school, &changes.rooms).await?;
    let write = bookings::take_back(connection, school, restored).await?;
    Ok(OwnRows {
        revision: finish(connection, school, changes, &run, current, &removed).await?,
        delete: removed.into_iter().map(|gone| gone.booking.id).collect(),
        write,
    })
}

enum Begun {
    /// It is in the journal already, and led to this revision.
    Repeated(Revision),
    /// It may be written; with the revision that it was made from.
    First(Box<EncodedRun>, Revision),
}

async fn begin(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    lease: &Lease,
    changes: &ChangeSet,
) -> Result<Begun, StoreError> {
    let run = EncodedRun::new(&changes.run)?;
    if let Some(revision) = check::revision_after(connection, school, &run).await? {
        return Ok(Begun::Repeated(revision));
    }
    check::lease(connection, school, lease).await?;
    let current = read::revision(connection, school).await?;
    if changes.expected != current {
        return Err(conflict("the school has changed since it was read"));
    }
    Ok(Begun::First(Box::new(run), current))
}

/// Writes what comes after the rooms and the bookings that are back.
async fn finish(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &ChangeSet,
    run: &EncodedRun,
    current: Revision,
    removed: &[RemovedBooking],
) -> Result<Revision, StoreError> {
    put::timeslot_changes(connection, school, &changes.timeslots).await?;
    put::link_changes(connection, school, &changes.links).await?;
    put::exception_changes(connection, school, &changes.exceptions).await?;
    put::holiday_changes(connection, school, &changes.holidays).await?;
    bookings::archive(connection, school, removed).await?;
    put::notices(connection, school, &changes.notices).await?;
    if let Some(timetable) = &changes.timetable {
        put::timetable(connection, school, timetable).await?;
    }
    let mut revision = current;
    if changes.bumps_revision() {
        revision = put::next_revision(connection, school, current).await?;
    }
    if let Some(matching) = changes.matching {
        put::matching(connection, school, matching).await?;
    }
    put::run(connection, school, run, revision).await?;
    Ok(revision)
}

/// Takes or renews the lease, as [`BookingStore::lease`](booking_store::BookingStore::lease) says.
///
/// # Errors
///
/// When the database cannot be written to.
pub async fn lease_in(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    holder: &str,
    now: DateTime<Utc>,
    ttl: TimeDelta,
) -> Result<Option<Lease>, StoreError> {
    let token = match last_lease(connection, school).await? {
        None => 1,
        Some(last) => match last.expires {
            Some(_) if last.holder == holder => last.token,
            Some(until) if until > now => return Ok(None),
            _ => last.token.saturating_add(1),
        },
    };
    let expires = now
        .checked_add_signed(ttl)
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    sqlx::query(
        "INSERT INTO sync_leases (school, holder, token, expires_utc) VALUES (?, ?, ?, ?) \
         ON CONFLICT (school) DO UPDATE \
         SET holder = excluded.holder, token = excluded.token, expires_utc = excluded.expires_utc",
    )
    .bind(school.as_str())
    .bind(holder)
    .bind(integer(token)?)
    .bind(rows::utc(expires))
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(Some(Lease {
        school: school.clone(),
        holder: holder.to_owned(),
        token,
        expires,
    }))
}

/// Gives the lease back, as [`BookingStore::release`](booking_store::BookingStore::release) says.
///
/// # Errors
///
/// When the database cannot be written to.
pub async fn release_in(
    connection: &mut SqliteConnection,
    lease: &Lease,
) -> Result<(), StoreError> {
    // The row stays, because tokens only grow.
    sqlx::query(
        "UPDATE sync_leases SET expires_utc = NULL WHERE school = ? AND holder = ? AND token = ?",
    )
    .bind(lease.school.as_str())
    .bind(lease.holder.as_str())
    .bind(integer(lease.token)?)
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(())
}

/// Hands out queued messages, as [`BookingStore::claim`](booking_store::BookingStore::claim) says.
///
/// # Errors
///
/// When the database cannot be written to.
pub async fn claim_in(
    connection: &mut SqliteConnection,
    school: Option<&SchoolId>,
    holder: &str,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<NoticeRecord>, StoreError> {
    let found = sqlx::query(select_notices!(
        "WHERE state = 'queued' \
         AND (claimed_by IS NULL OR claimed_by = ?1 OR claimed_until_utc <= ?2) \
         AND (not_before_utc IS NULL OR not_before_utc <= ?2) \
         AND (?4 IS NULL OR school = ?4) \
         ORDER BY position LIMIT ?3"
    ))
    .bind(holder)
    .bind(rows::utc(now))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .bind(school.map(SchoolId::as_str))
    .fetch_all(&mut *connection)
    .await
    .map_err(store_error)?;
    let until = now
        .checked_add_signed(TimeDelta::minutes(CLAIM_MINUTES))
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    let mut records = found
        .iter()
        .map(|row| Columns(row).notice_record())
        .collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<&str> = records
        .iter()
        .map(|record| record.notice.id.as_str())
        .collect();
    for batch in ids.chunks(BATCH) {
        let mut query =
            QueryBuilder::new("UPDATE sync_notices SET attempts = attempts + 1, claimed_by = ");
        query
            .push_bind(holder.to_owned())
            .push(", claimed_until_utc = ")
            .push_bind(rows::utc(until))
            .push(" WHERE id");
        push_list(&mut query, batch);
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await
            .map_err(store_error)?;
    }
    for record in &mut records {
        record.attempts = record.attempts.saturating_add(1);
    }
    Ok(records)
}

/// Records what became of a message, as [`BookingStore::settle`](booking_store::BookingStore::settle) says.
///
/// # Errors
///
/// When the database cannot be written to.
pub async fn settle_in(
    connection: &mut SqliteConnection,
    notice: &NoticeId,
    outcome: &Delivery,
) -> Result<(), StoreError> {
    let (state, reason, not_before) = match outcome {
        Delivery::Sent => ("sent", None, None),
        Delivery::Failed(reason) => ("failed", Some(reason.as_str()), None),
        Delivery::TryAgain { reason, not_before } => {
            ("queued", Some(reason.as_str()), not_before.map(rows::utc))
        }
    };
    sqlx::query(
        "UPDATE sync_notices SET state = ?, reason = ?, not_before_utc = ?, claimed_by = NULL, \
         claimed_until_utc = NULL WHERE id = ? AND state = 'queued'",
    )
    .bind(state)
    .bind(reason)
    .bind(not_before)
    .bind(notice.as_str())
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(())
}

/// Queues a message again, as [`BookingStore::requeue`](booking_store::BookingStore::requeue) says.
///
/// # Errors
///
/// When the database cannot be written to.
pub async fn requeue_in(
    connection: &mut SqliteConnection,
    notice: &NoticeId,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE sync_notices SET state = 'queued', attempts = 0, not_before_utc = NULL \
         WHERE id = ? AND state <> 'sent'",
    )
    .bind(notice.as_str())
    .execute(connection)
    .await
    .map_err(store_error)?;
    Ok(done.rows_affected() > 0)
}

/// The newest lease of a school, whether it is still held or not.
struct LastLease {
    holder: String,
    token: u64,
    /// `None` once it is released.
    expires: Option<DateTime<Utc>>,
}

async fn last_lease(
    connection: &mut SqliteConnection,
    school: &SchoolId,
) -> Result<Option<LastLease>, StoreError> {
    sqlx::query("SELECT holder, token, expires_utc FROM sync_leases WHERE school = ?")
        .bind(school.as_str())
        .fetch_optional(connection)
        .await
        .map_err(store_error)?
        .map(|row| {
            Ok(LastLease {
                holder: Columns(&row).text("holder")?,
                token: Columns(&row).number("token")?,
                expires: Columns(&row).optional_utc("expires_utc")?,
            })
        })
        .transpose()
}
