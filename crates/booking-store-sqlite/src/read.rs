//! What is read of a school, over an open connection.

use booking_store::{
    Booking, NoticeRecord, RemovedBooking, Revision, RunFilter, RunId, RunRecord, SchoolId,
    SchoolState, StoreError, TimetableDocument,
};
use chrono::NaiveDateTime;
use sqlx::{SqliteConnection, sqlite::SqliteRow};

use crate::{
    error::store_error,
    rows::{self, Columns, select_notices, select_runs},
};

/// The snapshot; consistent when the connection is in a transaction.
pub(crate) async fn state(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    from: NaiveDateTime,
) -> Result<SchoolState, StoreError> {
    let mut state = SchoolState {
        last_run: last_run(connection, school).await?,
        bookings: bookings_after(connection, school, from).await?,
        timetable: timetable(connection, school).await?,
        ..SchoolState::default()
    };

    let sql = "SELECT revision, matching FROM sync_schools WHERE school = ?";
    if let Some(row) = all(connection, sql, school).await?.first() {
        state.revision = Revision(Columns(row).number("revision")?);
        state.matching = Columns(row).matching()?;
    }
    let sql = "SELECT * FROM sync_rooms WHERE school = ? ORDER BY id";
    for row in all(connection, sql, school).await? {
        state.rooms.push(Columns(&row).room()?);
    }
    let sql = "SELECT * FROM sync_timeslots WHERE school = ? ORDER BY id";
    for row in all(connection, sql, school).await? {
        state.timeslots.push(Columns(&row).timeslot()?);
    }
    let sql = "SELECT * FROM sync_room_links WHERE school = ? ORDER BY room";
    for row in all(connection, sql, school).await? {
        state.room_links.push(Columns(&row).room_link()?);
    }
    let sql = "SELECT * FROM sync_timeslot_links WHERE school = ? ORDER BY timeslot, period";
    for row in all(connection, sql, school).await? {
        state.timeslot_links.push(Columns(&row).timeslot_link()?);
    }
    let sql = "SELECT * FROM sync_exceptions WHERE school = ? ORDER BY id";
    for row in all(connection, sql, school).await? {
        state.exceptions.push(Columns(&row).exception()?);
    }
    let sql = "SELECT * FROM sync_holidays WHERE school = ? ORDER BY year, week";
    for row in all(connection, sql, school).await? {
        state.holidays.push(Columns(&row).year_week()?);
    }
    let sql = "SELECT id FROM sync_bookings WHERE school = ? LIMIT 1";
    state.has_bookings = !all(connection, sql, school).await?.is_empty();
    Ok(state)
}

pub(crate) async fn revision(
    connection: &mut SqliteConnection,
    school: &SchoolId,
) -> Result<Revision, StoreError> {
    let sql = "SELECT revision FROM sync_schools WHERE school = ?";
    match all(connection, sql, school).await?.first() {
        Some(row) => Ok(Revision(Columns(row).number("revision")?)),
        None => Ok(Revision::default()),
    }
}

async fn last_run(
    connection: &mut SqliteConnection,
    school: &SchoolId,
) -> Result<RunId, StoreError> {
    let sql = "SELECT run FROM sync_runs WHERE school = ? ORDER BY run DESC LIMIT 1";
    match all(connection, sql, school).await?.first() {
        Some(row) => Ok(RunId(Columns(row).number("run")?)),
        None => Ok(RunId::default()),
    }
}

async fn timetable(
    connection: &mut SqliteConnection,
    school: &SchoolId,
) -> Result<Option<TimetableDocument>, StoreError> {
    let sql = "SELECT format, content FROM sync_timetables WHERE school = ?";
    all(connection, sql, school)
        .await?
        .first()
        .map(|row| {
            Ok(TimetableDocument {
                format: Columns(row).small_number("format")?,
                content: Columns(row).json("content")?,
            })
        })
        .transpose()
}

async fn bookings_after(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    from: NaiveDateTime,
) -> Result<Vec<Booking>, StoreError> {
    // Years outside 0 to 9999 are written with a sign, which sorts before every digit: they are fetched, then judged.
    let rows = sqlx::query(
        "SELECT * FROM sync_bookings WHERE school = ?1 AND (ends > ?2 OR ends < '0') ORDER BY id",
    )
    .bind(school.as_str())
    .bind(rows::moment(from))
    .fetch_all(connection)
    .await
    .map_err(store_error)?;
    let mut bookings = rows
        .iter()
        .map(|row| Columns(row).booking())
        .collect::<Result<Vec<_>, _>>()?;
    bookings.retain(|booking| booking.interval.end() > from);
    Ok(bookings)
}

pub(crate) async fn bookings(
    connection: &mut SqliteConnection,
    school: &SchoolId,
) -> Result<Vec<Booking>, StoreError> {
    let sql = "SELECT * FROM sync_bookings WHERE school = ? ORDER BY id";
    let rows = all(connection, sql, school).await?;
    rows.iter().map(|row| Columns(row).booking()).collect()
}

pub(crate) async fn runs(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    which: &RunFilter,
) -> Result<Vec<RunRecord>, StoreError> {
    let limit = which
        .limit
        .map_or(-1, |limit| i64::try_from(limit).unwrap_or(-1)); // -1: no limit
    let rows = sqlx::query(select_runs!(
        "WHERE school = ?1 AND (?2 IS NULL OR kind = ?2) ORDER BY run DESC LIMIT ?3"
    ))
    .bind(school.as_str())
    .bind(which.kind.map(rows::run_kind))
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(store_error)?;
    rows.iter().map(|row| Columns(row).run()).collect()
}

pub(crate) async fn removed(
    connection: &mut SqliteConnection,
    school: &SchoolId,
) -> Result<Vec<RemovedBooking>, StoreError> {
    let sql = "SELECT * FROM sync_removed WHERE school = ? ORDER BY run, id";
    let rows = all(connection, sql, school).await?;
    rows.iter()
        .map(|row| Columns(row).removed_booking())
        .collect()
}

pub(crate) async fn notices(
    connection: &mut SqliteConnection,
    school: &SchoolId,
) -> Result<Vec<NoticeRecord>, StoreError> {
    let sql = select_notices!("WHERE school = ? ORDER BY position");
    let rows = all(connection, sql, school).await?;
    rows.iter()
        .map(|row| Columns(row).notice_record())
        .collect()
}

async fn all(
    connection: &mut SqliteConnection,
    sql: &'static str,
    school: &SchoolId,
) -> Result<Vec<SqliteRow>, StoreError> {
    sqlx::query(sql)
        .bind(school.as_str())
        .fetch_all(connection)
        .await
        .map_err(store_error)
}
