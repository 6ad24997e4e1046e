//! Bookings: put, deleted, moved to the archive and back.

use booking_store::{Booking, RemovedBooking, SchoolId, StoreError};
use sqlx::{QueryBuilder, SqliteConnection};

use super::check::last_versions;
use crate::{
    batch::{BATCH, Binder, execute_for, insert},
    error::store_error,
    rows::{self, integer, json},
};

/// Takes bookings out of the archive; they come with their next version, ready to be put.
pub(super) async fn take_back(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    restored: Vec<RemovedBooking>,
) -> Result<Vec<Booking>, StoreError> {
    let keys = restored
        .iter()
        .map(|removed| Ok((integer(removed.run.0)?, removed.booking.id.as_str())))
        .collect::<Result<Vec<_>, StoreError>>()?;
    for batch in keys.chunks(BATCH) {
        let mut query = QueryBuilder::new("DELETE FROM sync_removed WHERE school = ");
        query.push_bind(school.as_str().to_owned());
        query.push(" AND (run, id) IN (");
        query.push_values(batch, |mut columns, (run, id)| {
            columns.push_bind(*run).push_bind((*id).to_owned());
        });
        query.push(")");
        query
            .build()
            .persistent(false)
            .execute(&mut *connection)
            .await
            .map_err(store_error)?;
    }
    let mut bookings: Vec<Booking> = restored
        .into_iter()
        .map(|removed| removed.booking)
        .collect();
    let ids: Vec<&str> = bookings.iter().map(|booking| booking.id.as_str()).collect();
    let last = last_versions(connection, school, &ids).await?;
    for booking in &mut bookings {
        let last = last.get(&booking.id).copied().unwrap_or(booking.version);
        booking.version = last.saturating_add(1);
    }
    Ok(bookings)
}

pub(super) async fn archive(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    removed: &[RemovedBooking],
) -> Result<(), StoreError> {
    let bookings: Vec<&Booking> = removed.iter().map(|removed| &removed.booking).collect();
    delete(connection, school, &bookings).await?;
    let encoded = removed
        .iter()
        .map(|removed| {
            let booking = EncodedBooking::new(&removed.booking)?;
            Ok((
                booking,
                removed,
                integer(removed.run.0)?,
                json(&removed.causes)?,
            ))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    insert(
        connection,
        "INSERT INTO sync_removed (school, id, room, starts, ends, owner_name, owner_email, title, series, version, \
         run, causes, absorbed) ",
        &encoded,
        |columns, (booking, removed, run, causes)| {
            booking.bind(columns, school);
            columns
                .push_bind(*run)
                .push_bind(causes.clone())
                .push_bind(removed.absorbed);
        },
        "",
    )
    .await
}

/// Deletes the bookings and remembers their versions.
pub(crate) async fn delete(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    bookings: &[&Booking],
) -> Result<(), StoreError> {
    let ids: Vec<&str> = bookings.iter().map(|booking| booking.id.as_str()).collect();
    let head = "DELETE FROM sync_bookings WHERE school = ";
    execute_for(connection, head, school, "id", &ids).await?;
    let versions = bookings
        .iter()
        .map(|booking| Ok((booking.id.as_str(), integer(booking.version)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    insert(
        connection,
        "INSERT OR REPLACE INTO sync_last_versions (school, booking, version) ",
        &versions,
        |columns, (id, version)| {
            columns
                .push_bind(school.as_str().to_owned())
                .push_bind((*id).to_owned())
                .push_bind(*version);
        },
        "",
    )
    .await
}

pub(crate) async fn put(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    bookings: &[Booking],
) -> Result<(), StoreError> {
    let encoded = bookings
        .iter()
        .map(EncodedBooking::new)
        .collect::<Result<Vec<_>, _>>()?;
    insert(
        connection,
        "INSERT OR REPLACE INTO sync_bookings (school, id, room, starts, ends, owner_name, owner_email, title, \
         series, version) ",
        &encoded,
        |columns, booking| booking.bind(columns, school),
        "",
    )
    .await
}

/// A booking whose version fits into the database.
struct EncodedBooking<'b> {
    booking: &'b Booking,
    version: i64,
}

impl<'b> EncodedBooking<'b> {
    fn new(booking: &'b Booking) -> Result<Self, StoreError> {
        Ok(Self {
            booking,
            version: integer(booking.version)?,
        })
    }

    fn bind(&self, columns: &mut Binder<'_>, school: &SchoolId) {
        let booking = self.booking;
        columns
            .push_bind(school.as_str().to_owned())
            .push_bind(booking.id.as_str().to_owned())
            .push_bind(booking.room.as_str().to_owned())
            .push_bind(rows::moment(booking.interval.start()))
            .push_bind(rows::moment(booking.interval.end()))
            .push_bind(booking.owner_name.clone())
            .push_bind(booking.owner_email.clone())
            .push_bind(booking.title.clone())
            .push_bind(booking.series.clone())
            .push_bind(self.version);
    }
}
