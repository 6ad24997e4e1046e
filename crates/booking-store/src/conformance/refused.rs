//! `commit`: every reason to refuse a change, and that a refused change writes nothing at all.

use chrono::TimeDelta;

use super::{Desk, samples::*};
use crate::{Booking, ChangeSet, Lease, Revision, Room, RoomChange, RunStatus, StoreErrorKind};

/// A school with a booking to remove and one to restore, and a change that does both and more.
async fn prepare(store: &Desk) -> (Booking, Booking, ChangeSet) {
    let school = school();
    seed(store, &school).await;
    let back = book(store, &school, &booking("back", "lab")).await;
    remove(store, &school, &[&back]).await;
    let gone = book(store, &school, &booking("gone", "hall")).await;
    let changes = full_change(store, &school, &gone, &back).await;
    (gone, back, changes)
}

async fn refused(store: &Desk, lease: &Lease, changes: &ChangeSet, kind: StoreErrorKind) {
    let school = school();
    let before = everything(store, &school).await;
    let elsewhere = everything(store, &other_school()).await;
    let error = store.commit(&school, lease, changes).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(everything(store, &school).await, before);
    assert_eq!(everything(store, &other_school()).await, elsewhere);
}

async fn conflict(store: &Desk, changes: &ChangeSet) {
    let lease = lease(store, &school()).await;
    refused(store, &lease, changes, StoreErrorKind::Conflict).await;
}

/// A conflict when `expected` is not the current revision.
pub async fn a_stale_revision_writes_nothing(store: Desk) {
    let (_, _, changes) = prepare(&store).await;
    let mut other = next_change(&store, &school()).await;
    other.run.id.0 += 1;
    other.rooms = vec![RoomChange::Put(room("annexe"))];
    commit(&store, &school(), &other).await;
    conflict(&store, &changes).await;
}

/// A conflict when `expected` is not the current revision, not even one that is to come.
pub async fn a_revision_from_the_future_writes_nothing(store: Desk) {
    let (_, _, mut changes) = prepare(&store).await;
    changes.expected = Revision(changes.expected.0 + 1);
    conflict(&store, &changes).await;
}

/// A conflict when the lease has passed to another holder.
pub async fn a_lease_that_passed_on_writes_nothing(store: Desk) {
    let (_, _, changes) = prepare(&store).await;
    let old = lease(&store, &school()).await;
    let new = store
        .lease(&school(), "other", minute(30), TimeDelta::minutes(30))
        .await
        .unwrap()
        .unwrap();
    refused(&store, &old, &changes, StoreErrorKind::Conflict).await;
    // Also when the new holder has given it back.
    store.release(&new).await.unwrap();
    refused(&store, &old, &changes, StoreErrorKind::Conflict).await;
    // And when the old holder has it again, under a new token.
    let again = lease(&store, &school()).await;
    refused(&store, &old, &changes, StoreErrorKind::Conflict).await;
    store.commit(&school(), &again, &changes).await.unwrap();
}

/// A lease that the store did not give is none.
pub async fn a_lease_that_was_never_given_writes_nothing(store: Desk) {
    let changes = next_change(&store, &school()).await;
    let invented = Lease {
        school: school(),
        holder: "worker".to_owned(),
        token: 1,
        expires: minute(30),
    };
    refused(&store, &invented, &changes, StoreErrorKind::Conflict).await;
    let given = lease(&store, &school()).await;
    let another_holder = Lease {
        holder: "other".to_owned(),
        ..given.clone()
    };
    refused(&store, &another_holder, &changes, StoreErrorKind::Conflict).await;
    let newer = Lease {
        token: given.token + 1,
        ..given
    };
    refused(&store, &newer, &changes, StoreErrorKind::Conflict).await;
}

/// A lease is for its own school.
pub async fn a_lease_of_another_school_writes_nothing(store: Desk) {
    let (_, _, changes) = prepare(&store).await;
    let own = lease(&store, &school()).await;
    let other = lease(&store, &other_school()).await;
    assert_eq!(own.token, other.token);
    refused(&store, &other, &changes, StoreErrorKind::Conflict).await;
}

/// A conflict when a booking to be removed is gone.
pub async fn a_removal_of_a_booking_that_is_gone_writes_nothing(store: Desk) {
    let (gone, _, changes) = prepare(&store).await;
    store.cancel(&school(), &gone.id).await.unwrap();
    conflict(&store, &changes).await;
}

/// A conflict when a booking to be removed has moved to another room.
pub async fn a_removal_of_a_booking_in_another_room_writes_nothing(store: Desk) {
    let (gone, _, mut changes) = prepare(&store).await;
    let room = "lab".into();
    let moved = book(&store, &school(), &Booking { room, ..gone }).await;
    conflict(&store, &changes).await;
    // The version alone is not enough.
    changes.remove[0].as_read.version = moved.version;
    conflict(&store, &changes).await;
}

/// A conflict when a booking to be removed has moved to another time, by however little.
pub async fn a_removal_of_a_booking_at_another_time_writes_nothing(store: Desk) {
    let (gone, _, mut changes) = prepare(&store).await;
    let end = gone.interval.end() + TimeDelta::seconds(1);
    let interval = room_timetable::Interval::new(gone.interval.start(), end).unwrap();
    let moved = book(&store, &school(), &Booking { interval, ..gone }).await;
    conflict(&store, &changes).await;
    changes.remove[0].as_read.version = moved.version;
    conflict(&store, &changes).await;
}

/// A conflict when a booking to be removed has another version, though room and time are the same.
pub async fn a_removal_of_a_booking_of_another_version_writes_nothing(store: Desk) {
    let (gone, _, changes) = prepare(&store).await;
    let owner_name = Some("Bob Jones".to_owned());
    let taken_over = Booking { owner_name, ..gone };
    book(&store, &school(), &taken_over).await;
    conflict(&store, &changes).await;
}

/// A conflict when a booking to be removed was cancelled, and another has its id, room and time since.
pub async fn a_removal_of_a_booking_that_came_again_writes_nothing(store: Desk) {
    let (gone, _, changes) = prepare(&store).await;
    store.cancel(&school(), &gone.id).await.unwrap();
    book(&store, &school(), &gone).await;
    conflict(&store, &changes).await;
}

/// A conflict when a booking is in a room to be removed, however long ago, and even one that the change removes.
pub async fn a_removal_of_a_room_with_a_booking_writes_nothing(store: Desk) {
    let (gone, _, mut changes) = prepare(&store).await;
    changes.rooms.push(RoomChange::Remove("hall".into()));
    conflict(&store, &changes).await;
    changes.rooms.push(RoomChange::Put(room("hall")));
    conflict(&store, &changes).await;
    changes.rooms.truncate(1);
    store.cancel(&school(), &gone.id).await.unwrap();
    changes.remove.clear();
    let mut old = booking("old", "hall");
    let end = long_ago() + TimeDelta::hours(2);
    old.interval = room_timetable::Interval::new(long_ago(), end).unwrap();
    book(&store, &school(), &old).await;
    changes.rooms.push(RoomChange::Remove("hall".into()));
    conflict(&store, &changes).await;
    store.cancel(&school(), &old.id).await.unwrap();
    commit(&store, &school(), &changes).await;
}

/// A conflict when a booking is restored into a room that is gone, or goes in the same change.
pub async fn a_restore_into_a_room_that_is_gone_writes_nothing(store: Desk) {
    let (_, back, mut changes) = prepare(&store).await;
    changes.rooms.push(RoomChange::Remove("lab".into()));
    conflict(&store, &changes).await;
    let mut without = next_change(&store, &school()).await;
    without.rooms = vec![RoomChange::Remove("lab".into())];
    commit(&store, &school(), &without).await;
    let mut restore = next_change(&store, &school()).await;
    restore.restore = vec![back.id.clone()];
    conflict(&store, &restore).await;
    // It can come back together with its room.
    restore.rooms = vec![RoomChange::Put(room("lab"))];
    commit(&store, &school(), &restore).await;
    assert!(booked(&store, &school(), &back.id).await.is_some());
}

/// A booking can be removed once.
pub async fn removing_a_booking_twice_writes_nothing(store: Desk) {
    let (gone, _, mut changes) = prepare(&store).await;
    changes.remove.push(removal(&gone));
    conflict(&store, &changes).await;
}

/// A conflict when a booking to be restored is not in the archive.
pub async fn a_restore_of_a_booking_that_was_never_removed_writes_nothing(store: Desk) {
    let (gone, _, mut changes) = prepare(&store).await;
    changes.restore.push("never".into());
    conflict(&store, &changes).await;
    // A cancelled booking was not removed by a run.
    changes.restore.pop();
    changes.remove.clear();
    store.cancel(&school(), &gone.id).await.unwrap();
    changes.restore.push(gone.id);
    conflict(&store, &changes).await;
}

/// A conflict when the id of a booking to be restored is in use again.
pub async fn a_restore_of_a_booking_that_is_in_use_again_writes_nothing(store: Desk) {
    let (_, back, changes) = prepare(&store).await;
    let room = "hall".into();
    book(&store, &school(), &Booking { room, ..back }).await;
    conflict(&store, &changes).await;
}

/// A conflict when another booking overlaps one to be restored in its room; touching it is no overlap.
pub async fn a_restore_where_another_booking_stands_writes_nothing(store: Desk) {
    let (_, _, mut changes) = prepare(&store).await;
    changes.restore = vec!["back".into()];
    changes.remove.clear();
    for (id, interval) in [("before", hours(8, 8, 9)), ("after", hours(8, 10, 11))] {
        let touching = Booking {
            interval,
            ..booking(id, "lab")
        };
        book(&store, &school(), &touching).await;
    }
    let over = Booking {
        interval: hours(8, 8, 12),
        ..booking("over", "lab")
    };
    book(&store, &school(), &over).await;
    conflict(&store, &changes).await;
    store.cancel(&school(), &over.id).await.unwrap();
    commit(&store, &school(), &changes).await;
    assert!(booked(&store, &school(), &"back".into()).await.is_some());
}

/// In a part-bookable room no booking is in the way of one to be restored.
pub async fn a_restore_into_a_part_bookable_room_has_others_beside_it(store: Desk) {
    let (_, back, _) = prepare(&store).await;
    book(&store, &school(), &booking("beside", "lab")).await;
    let mut parts = next_change(&store, &school()).await;
    parts.rooms = vec![RoomChange::Put(Room {
        part_bookable: true,
        ..room("lab")
    })];
    commit(&store, &school(), &parts).await;
    let mut restore = next_change(&store, &school()).await;
    restore.restore = vec![back.id.clone()];
    commit(&store, &school(), &restore).await;
    assert!(booked(&store, &school(), &back.id).await.is_some());
}

/// A booking can be restored once.
pub async fn restoring_a_booking_twice_writes_nothing(store: Desk) {
    let (_, back, mut changes) = prepare(&store).await;
    changes.restore.push(back.id);
    conflict(&store, &changes).await;
}

/// Removals and restores are judged by what was there before the change.
pub async fn a_booking_cannot_be_removed_and_restored_at_once(store: Desk) {
    let (gone, back, mut changes) = prepare(&store).await;
    changes.restore.push(gone.id.clone());
    conflict(&store, &changes).await;
    changes.restore.pop();
    let restored = Booking { version: 2, ..back };
    changes.remove.push(removal(&restored));
    conflict(&store, &changes).await;
}

/// A conflict when the run's id is taken by a different run, in whatever they differ.
pub async fn the_id_of_a_different_run_writes_nothing(store: Desk) {
    let (_, _, mut changes) = prepare(&store).await;
    let known = store
        .runs(&school(), &crate::RunFilter::default())
        .await
        .unwrap();
    let newest = known[0].clone();
    let differences: [fn(&mut ChangeSet); 5] = [
        |changes| changes.run.started += TimeDelta::nanoseconds(1),
        |changes| changes.run.status = RunStatus::Unchanged,
        |changes| changes.run.fingerprint = None,
        |changes| changes.run.areas.clear(),
        |changes| changes.run.report = serde_json::json!({}),
    ];
    for differ in differences {
        changes.run = newest.clone();
        differ(&mut changes);
        conflict(&store, &changes).await;
    }
}

/// Invalid when a notice is of another school.
pub async fn a_notice_of_another_school_writes_nothing(store: Desk) {
    let (_, _, mut changes) = prepare(&store).await;
    changes.notices[0].school = other_school();
    let lease = lease(&store, &school()).await;
    refused(&store, &lease, &changes, StoreErrorKind::Invalid).await;
}

/// Invalid when a notice's id is taken, in whichever school: it is unique over all of them.
pub async fn a_notice_that_was_queued_before_writes_nothing(store: Desk) {
    let (_, _, mut changes) = prepare(&store).await;
    queue(&store, &other_school(), &["taken"]).await;
    let lease = lease(&store, &school()).await;
    changes.notices = vec![notice("new", changes.id().0), notice("taken", 3)];
    refused(&store, &lease, &changes, StoreErrorKind::Invalid).await;
    changes.notices = vec![notice("new", changes.id().0); 2];
    refused(&store, &lease, &changes, StoreErrorKind::Invalid).await;
}
