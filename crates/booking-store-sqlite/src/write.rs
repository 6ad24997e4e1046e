//! Every write of a sync, over an open connection.
//!
//! A booking product whose bookings are rows of its own deletes them and calls [`commit_in`] in one transaction; then
//! both happen or neither.
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
//!         // The product deletes its own row here, over `&mut *transaction`.
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
    CLAIM_MINUTES, ChangeSet, Delivery, Lease, NoticeId, NoticeRecord, Revision, SchoolId,
    StoreError,
};
use chrono::{DateTime, TimeDelta, Utc};
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
    let run = EncodedRun::new(&changes.run)?;
    if let Some(revision) = check::revision_after(connection, school, &run).await? {
        return Ok(revision);
    }
    check::lease(connection, school, lease).await?;
    let current = read::revision(connection, school).await?;
    if changes.expected != current {
        return Err(conflict("the school has changed since it was read"));
    }
    let removed = check::removals(connection, school, changes).await?;
    let restored = check::restores(connection, school, changes).await?;
    check::removed_rooms(connection, school, changes).await?;
    check::notices(connection, school, &changes.notices).await?;

    put::room_changes(connection, school, &changes.rooms).await?;
    put::timeslot_changes(connection, school, &changes.timeslots).await?;
    put::link_changes(connection, school, &changes.links).await?;
    put::exception_changes(connection, school, &changes.exceptions).await?;
    put::holiday_changes(connection, school, &changes.holidays).await?;
    bookings::restore(connection, school, restored).await?;
    bookings::archive(connection, school, &removed).await?;
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
    put::run(connection, school, &run, revision).await?;
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
    holder: &str,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<NoticeRecord>, StoreError> {
    let found = sqlx::query(select_notices!(
        "WHERE state = 'queued' \
         AND (claimed_by IS NULL OR claimed_by = ?1 OR claimed_until_utc <= ?2) \
         AND (not_before_utc IS NULL OR not_before_utc <= ?2) \
         ORDER BY position LIMIT ?3"
    ))
    .bind(holder)
    .bind(rows::utc(now))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
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
