//! Booking, cancelling and importing, over an open connection.

use std::collections::{HashMap, HashSet};

use booking_store::{
    Booking, Import, ImportReport, RemovedBooking, Room, SchoolId, StoreError, Timeslot,
};
use room_timetable::{BookingId, RoomId};
use sqlx::SqliteConnection;

use crate::{
    batch::select_for,
    error::invalid,
    read,
    rows::Columns,
    write::{
        bookings,
        check::{bookings_by_id, last_versions, removals_by_id},
        put,
    },
};

pub(crate) async fn import(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    rows: &Import,
) -> Result<ImportReport, StoreError> {
    check_rooms(connection, school, &rows.rooms, &rows.bookings).await?;

    let mut report = ImportReport::default();
    import_rooms(connection, school, &rows.rooms, &mut report).await?;
    import_timeslots(connection, school, &rows.timeslots, &mut report).await?;
    if report.added + report.changed > 0 {
        let current = read::revision(connection, school).await?;
        put::next_revision(connection, school, current).await?;
    }
    import_bookings(connection, school, &rows.bookings, &mut report).await?;
    Ok(report)
}

pub(crate) async fn book(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    booking: &Booking,
) -> Result<(), StoreError> {
    check_rooms(connection, school, &[], std::slice::from_ref(booking)).await?;
    let ids = [booking.id.as_str()];
    let known = bookings_by_id(connection, school, &ids).await?;
    let mut booking = booking.clone();
    if let Some(known) = known.get(&booking.id) {
        let asked = std::mem::replace(&mut booking.version, known.version);
        if *known == booking && asked <= known.version {
            return Ok(());
        }
        booking.version = asked.max(known.version.saturating_add(1));
    } else {
        let last = last_versions(connection, school, &ids).await?;
        booking.version = booking.version.max(next_version(&last, &booking.id));
    }
    bookings::put(connection, school, &[booking]).await
}

pub(crate) async fn cancel(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    id: &BookingId,
) -> Result<bool, StoreError> {
    let known = bookings_by_id(connection, school, &[id.as_str()]).await?;
    let bookings: Vec<&Booking> = known.values().collect();
    bookings::delete(connection, school, &bookings).await?;
    Ok(!bookings.is_empty())
}

async fn check_rooms(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    new: &[Room],
    bookings: &[Booking],
) -> Result<(), StoreError> {
    let named: HashSet<&str> = bookings
        .iter()
        .map(|booking| booking.room.as_str())
        .collect();
    let named: Vec<&str> = named.into_iter().collect();
    let mut known: HashSet<RoomId> = new.iter().map(|room| room.id.clone()).collect();
    for room in rooms_by_id(connection, school, &named).await?.into_keys() {
        known.insert(room);
    }
    match bookings
        .iter()
        .find(|booking| !known.contains(&booking.room))
    {
        None => Ok(()),
        Some(booking) => Err(invalid(format!(
            "booking `{}` is of room `{}`, which is not there",
            booking.id, booking.room
        ))),
    }
}

async fn rooms_by_id(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    ids: &[&str],
) -> Result<HashMap<RoomId, Room>, StoreError> {
    let head = "SELECT * FROM sync_rooms WHERE school = ";
    select_for(connection, head, school, "id", ids)
        .await?
        .iter()
        .map(|row| Columns(row).room().map(|room| (room.id.clone(), room)))
        .collect()
}

async fn import_rooms(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    rooms: &[Room],
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let ids: Vec<&str> = rooms.iter().map(|room| room.id.as_str()).collect();
    let mut known = rooms_by_id(connection, school, &ids).await?;
    let mut changed = Vec::new();
    for room in rooms {
        let mut room = room.clone();
        let before = known.get(&room.id);
        if let Some(before) = before {
            room.origin = before.origin;
        }
        if count(before, &room, report) {
            known.insert(room.id.clone(), room.clone());
            changed.push(room);
        }
    }
    put::rooms(connection, school, &changed.iter().collect::<Vec<_>>()).await
}

async fn import_timeslots(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    slots: &[Timeslot],
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let ids: Vec<&str> = slots.iter().map(|slot| slot.id.as_str()).collect();
    let head = "SELECT * FROM sync_timeslots WHERE school = ";
    let mut known = select_for(connection, head, school, "id", &ids)
        .await?
        .iter()
        .map(|row| Columns(row).timeslot().map(|slot| (slot.id.clone(), slot)))
        .collect::<Result<HashMap<_, _>, _>>()?;
    let mut changed = Vec::new();
    for slot in slots {
        let mut slot = slot.clone();
        let before = known.get(&slot.id);
        if let Some(before) = before {
            slot.origin = before.origin;
        }
        if count(before, &slot, report) {
            known.insert(slot.id.clone(), slot.clone());
            changed.push(slot);
        }
    }
    put::timeslots(connection, school, &changed.iter().collect::<Vec<_>>()).await
}

async fn import_bookings(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    bookings: &[Booking],
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let ids: Vec<&str> = bookings.iter().map(|booking| booking.id.as_str()).collect();
    let mut known = bookings_by_id(connection, school, &ids).await?;
    let archive = removals_by_id(connection, school, &ids).await?;
    let last = last_versions(connection, school, &ids).await?;
    let mut changed = Vec::new();
    for booking in bookings {
        let mut booking = booking.clone();
        let before = known.get(&booking.id);
        match before {
            Some(before) => {
                booking.version = before.version;
                if *before != booking {
                    booking.version = before.version.saturating_add(1);
                }
            }
            None if stays_removed(&archive, &booking) => {
                report.stay_removed.push(booking.id);
                continue;
            }
            None => booking.version = next_version(&last, &booking.id),
        }
        if count(before, &booking, report) {
            known.insert(booking.id.clone(), booking.clone());
            changed.push(booking);
        }
    }
    bookings::put(connection, school, &changed).await
}

/// Counts a row, and says whether it is to be written.
fn count<T: PartialEq>(before: Option<&T>, row: &T, report: &mut ImportReport) -> bool {
    match before {
        None => report.added += 1,
        Some(before) if before == row => {
            report.unchanged += 1;
            return false;
        }
        Some(_) => report.changed += 1,
    }
    true
}

fn stays_removed(archive: &HashMap<BookingId, Vec<RemovedBooking>>, booking: &Booking) -> bool {
    archive.get(&booking.id).is_some_and(|removals| {
        removals.iter().any(|removed| {
            removed.booking.room == booking.room && removed.booking.interval == booking.interval
        })
    })
}

/// The version of a booking whose id is not in use.
fn next_version(last: &HashMap<BookingId, u64>, id: &BookingId) -> u64 {
    last.get(id).map_or(1, |last| last.saturating_add(1))
}
