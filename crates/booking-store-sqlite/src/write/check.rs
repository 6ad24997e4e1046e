//! What a commit checks before it writes: each function reads, and refuses with a conflict or as invalid.

use std::collections::{BTreeSet, HashMap, HashSet};

use booking_store::{
    AsRead, Booking, ChangeSet, Lease, Notice, Removal, RemovedBooking, Revision, Room, SchoolId,
    StoreError,
};
use room_timetable::{BookingId, RoomId};
use sqlx::SqliteConnection;

use super::last_lease;
use crate::{
    batch::{select_for, select_in},
    error::{conflict, invalid, store_error},
    rows::{Columns, EncodedRun, select_runs},
};

pub(super) async fn lease(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    held: &Lease,
) -> Result<(), StoreError> {
    let is_last = last_lease(connection, school)
        .await?
        .is_some_and(|last| last.token == held.token && last.holder == held.holder);
    if held.school == *school && is_last {
        return Ok(());
    }
    Err(conflict(format!(
        "`{}` no longer holds the lease",
        held.holder
    )))
}

/// The revision that this very run led to, where it is in the journal.
pub(super) async fn revision_after(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    run: &EncodedRun,
) -> Result<Option<Revision>, StoreError> {
    let known = sqlx::query(select_runs!("WHERE school = ? AND run = ?"))
        .bind(school.as_str())
        .bind(run.run)
        .fetch_optional(connection)
        .await
        .map_err(store_error)?;
    match known {
        None => Ok(None),
        Some(row) if EncodedRun::read(&row, run.run)? == *run => {
            Ok(Some(Revision(Columns(&row).number("revision")?)))
        }
        Some(_) => Err(conflict(format!("run {} is a different run", run.run))),
    }
}

/// The bookings to be removed, as they are.
pub(super) async fn removals(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &ChangeSet,
) -> Result<Vec<RemovedBooking>, StoreError> {
    let ids: Vec<&str> = changes
        .remove
        .iter()
        .map(|removal| removal.booking.as_str())
        .collect();
    as_read(bookings_by_id(connection, school, &ids).await?, changes)
}

/// The bookings to be removed, out of those that are there; each must be as the plan read it.
pub(super) fn as_read(
    mut bookings: HashMap<BookingId, Booking>,
    changes: &ChangeSet,
) -> Result<Vec<RemovedBooking>, StoreError> {
    let mut seen = HashSet::new();
    let mut check = |removal: &Removal| {
        let id = &removal.booking;
        if !seen.insert(id.clone()) {
            return Err(conflict(format!("booking `{id}` is removed twice")));
        }
        let booking = bookings
            .remove(id)
            .ok_or_else(|| conflict(format!("booking `{id}` is gone")))?;
        if AsRead::from(&booking) != removal.as_read {
            return Err(conflict(format!(
                "booking `{id}` has changed since it was read"
            )));
        }
        Ok(RemovedBooking {
            booking,
            run: changes.run.id,
            causes: removal.causes.clone(),
            absorbed: removal.absorbed,
        })
    };
    changes.remove.iter().map(&mut check).collect()
}

/// The newest removal of each booking to be restored.
pub(super) async fn restores(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &ChangeSet,
) -> Result<Vec<RemovedBooking>, StoreError> {
    let ids: Vec<&str> = changes.restore.iter().map(BookingId::as_str).collect();
    let in_use = bookings_by_id(connection, school, &ids).await?;
    let mut archive = removals_by_id(connection, school, &ids).await?;
    let mut seen = HashSet::new();
    let mut check = |id: &BookingId| {
        if in_use.contains_key(id) || !seen.insert(id.clone()) {
            return Err(conflict(format!("booking `{id}` is in use again")));
        }
        archive
            .remove(id)
            .and_then(|removals| removals.into_iter().max_by_key(|removed| removed.run))
            .ok_or_else(|| conflict(format!("booking `{id}` is not in the archive")))
    };
    let restored: Vec<RemovedBooking> = changes
        .restore
        .iter()
        .map(&mut check)
        .collect::<Result<_, _>>()?;
    let rooms: BTreeSet<&str> = restored
        .iter()
        .map(|removed| removed.booking.room.as_str())
        .collect();
    let rooms: Vec<&str> = rooms.into_iter().collect();
    let head = "SELECT * FROM sync_rooms WHERE school = ";
    let there: HashMap<RoomId, Room> = select_for(connection, head, school, "id", &rooms)
        .await?
        .iter()
        .map(|row| Columns(row).room().map(|room| (room.id.clone(), room)))
        .collect::<Result<_, _>>()?;
    for removed in &restored {
        let (id, room) = (&removed.booking.id, &removed.booking.room);
        if !changes.has_room(room, there.contains_key(room)) {
            return Err(conflict(format!(
                "booking `{id}` is of room `{room}`, which is gone"
            )));
        }
    }
    let whole: Vec<&str> = there
        .values()
        .filter(|room| !room.part_bookable)
        .map(|room| room.id.as_str())
        .collect();
    nothing_in_the_way(connection, school, &restored, &whole).await?;
    Ok(restored)
}

/// Refuses to restore a booking into one of these rooms where another booking overlaps it.
async fn nothing_in_the_way(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    restored: &[RemovedBooking],
    rooms: &[&str],
) -> Result<(), StoreError> {
    let mut back: HashMap<&RoomId, Vec<&Booking>> = HashMap::new();
    for removed in restored {
        let booking = &removed.booking;
        back.entry(&booking.room).or_default().push(booking);
    }
    let head = "SELECT * FROM sync_bookings WHERE school = ";
    for row in select_for(connection, head, school, "room", rooms).await? {
        let other = Columns(&row).booking()?;
        let mut here = back.get(&other.room).into_iter().flatten();
        if let Some(booking) = here.find(|booking| booking.interval.overlaps(other.interval)) {
            return Err(conflict(format!(
                "booking `{}` is where booking `{}` stands",
                booking.id, other.id
            )));
        }
    }
    Ok(())
}

/// Refuses to remove a room that a booking is in.
pub(super) async fn removed_rooms(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    changes: &ChangeSet,
) -> Result<(), StoreError> {
    let rooms: Vec<&str> = changes.removed_rooms().map(RoomId::as_str).collect();
    let head = "SELECT DISTINCT room AS id FROM sync_bookings WHERE school = ";
    let booked = texts(connection, head, school, "room", &rooms).await?;
    match booked.first() {
        Some(room) => Err(conflict(format!("bookings are in the room `{room}`"))),
        None => Ok(()),
    }
}

/// The column `id` of the rows whose key is one of these.
async fn texts(
    connection: &mut SqliteConnection,
    head: &'static str,
    school: &SchoolId,
    key: &'static str,
    keys: &[&str],
) -> Result<BTreeSet<String>, StoreError> {
    select_for(connection, head, school, key, keys)
        .await?
        .iter()
        .map(|row| Columns(row).text("id"))
        .collect()
}

pub(super) async fn notices(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    notices: &[Notice],
) -> Result<(), StoreError> {
    let ids: Vec<&str> = notices.iter().map(|notice| notice.id.as_str()).collect();
    let head = "SELECT id FROM sync_notices WHERE id";
    let mut taken = select_in(connection, head, &ids)
        .await?
        .iter()
        .map(|row| Columns(row).text("id"))
        .collect::<Result<HashSet<_>, _>>()?;
    for notice in notices {
        let id = notice.id.as_str();
        if notice.school != *school {
            return Err(invalid(format!("notice `{id}` is of another school")));
        }
        if !taken.insert(id.to_owned()) {
            return Err(invalid(format!("notice `{id}` is queued already")));
        }
    }
    Ok(())
}

pub(crate) async fn bookings_by_id(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    ids: &[&str],
) -> Result<HashMap<BookingId, Booking>, StoreError> {
    let head = "SELECT * FROM sync_bookings WHERE school = ";
    let mut bookings = HashMap::new();
    for row in select_for(connection, head, school, "id", ids).await? {
        let booking = Columns(&row).booking()?;
        bookings.insert(booking.id.clone(), booking);
    }
    Ok(bookings)
}

/// Every removal that is in the archive, by booking.
pub(crate) async fn removals_by_id(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    ids: &[&str],
) -> Result<HashMap<BookingId, Vec<RemovedBooking>>, StoreError> {
    let head = "SELECT * FROM sync_removed WHERE school = ";
    let mut archive: HashMap<_, Vec<_>> = HashMap::new();
    for row in select_for(connection, head, school, "id", ids).await? {
        let removed = Columns(&row).removed_booking()?;
        archive
            .entry(removed.booking.id.clone())
            .or_default()
            .push(removed);
    }
    Ok(archive)
}

/// The last versions of bookings that were cancelled or removed.
pub(crate) async fn last_versions(
    connection: &mut SqliteConnection,
    school: &SchoolId,
    ids: &[&str],
) -> Result<HashMap<BookingId, u64>, StoreError> {
    let head = "SELECT booking, version FROM sync_last_versions WHERE school = ";
    select_for(connection, head, school, "booking", ids)
        .await?
        .iter()
        .map(|row| {
            Ok((
                Columns(row).text("booking")?.into(),
                Columns(row).number("version")?,
            ))
        })
        .collect()
}
