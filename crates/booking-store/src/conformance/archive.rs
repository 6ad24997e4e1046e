//! `removed`, and bookings that are restored from it.

use room_timetable::BookingId;

use super::{Desk, samples::*};
use crate::{Booking, Removal, RemovedBooking};

async fn restore(store: &Desk, ids: &[&str]) {
    let mut changes = next_change(store, &school()).await;
    changes.restore = ids.iter().map(|id| BookingId::new(*id)).collect();
    commit(store, &school(), &changes).await;
}

/// A removed booking goes to the archive as it was, with the run and the causes, and no other booking changes.
pub async fn a_removed_booking_goes_to_the_archive_with_run_and_causes(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let gone = Booking {
        series: Some("chess".to_owned()),
        ..booking("gone", "hall")
    };
    let gone = book(&store, &school, &gone).await;
    let bare = Booking {
        owner_name: None,
        owner_email: None,
        title: None,
        ..booking("bare", "hall")
    };
    let bare = book(&store, &school, &bare).await;
    let sibling = Booking {
        series: Some("chess".to_owned()),
        ..booking("sibling", "hall")
    };
    let sibling = book(&store, &school, &sibling).await;

    let mut changes = next_change(&store, &school).await;
    changes.remove = vec![
        removal(&gone),
        Removal {
            causes: Vec::new(),
            absorbed: true,
            ..removal(&bare)
        },
    ];
    commit(&store, &school, &changes).await;
    assert_eq!(store.bookings(&school).await.unwrap(), [sibling]);
    let run = changes.id();
    let absorbed = RemovedBooking {
        booking: bare,
        run,
        causes: Vec::new(),
        absorbed: true,
    };
    assert_eq!(
        store.removed(&school).await.unwrap(),
        [absorbed, removed(&gone, run.0)]
    );
}

/// The archive is in the order of runs, by number, and then of bookings.
pub async fn the_archive_is_in_order_of_run_and_booking(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let mut expected = Vec::new();
    for run in 2..=11 {
        let first = book(&store, &school, &booking(&format!("z{run}"), "hall")).await;
        let second = book(&store, &school, &booking(&format!("a{run}"), "hall")).await;
        assert_eq!(remove(&store, &school, &[&first, &second]).await.0, run);
        expected.extend([(run, second.id), (run, first.id)]);
    }
    let archive = store.removed(&school).await.unwrap();
    let archive = archive
        .into_iter()
        .map(|removed| (removed.run.0, removed.booking.id));
    assert_eq!(archive.collect::<Vec<_>>(), expected);
}

/// A restore brings the booking back as it was, with the next version.
pub async fn a_restore_brings_the_booking_back_with_the_next_version(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    book(&store, &school, &booking("b1", "lab")).await;
    let before = Booking {
        title: Some("Schach für Anfänger ♟".to_owned()),
        owner_email: None,
        series: Some("s".to_owned()),
        ..booking("b1", "hall")
    };
    let before = book(&store, &school, &before).await;
    assert_eq!(before.version, 2);
    let other = book(&store, &school, &booking("b2", "hall")).await;
    remove(&store, &school, &[&before, &other]).await;
    restore(&store, &["b1"]).await;
    let after = Booking {
        version: 3,
        ..before
    };
    assert_eq!(store.bookings(&school).await.unwrap(), [after]);
}

/// Restored bookings are not in the archive, and the others stay in it.
pub async fn a_restored_booking_is_no_longer_in_the_archive(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let first = book(&store, &school, &booking("b1", "hall")).await;
    let second = book(&store, &school, &booking("b2", "lab")).await;
    let run = remove(&store, &school, &[&first, &second]).await;
    restore(&store, &["b1"]).await;
    assert_eq!(
        store.removed(&school).await.unwrap(),
        [removed(&second, run.0)]
    );
    restore(&store, &["b2"]).await;
    assert_eq!(store.removed(&school).await.unwrap(), []);
}

/// A booking that was removed more than once comes back from its newest removal.
pub async fn a_booking_comes_back_from_its_newest_removal(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let old = book(&store, &school, &booking("b1", "hall")).await;
    let first = remove(&store, &school, &[&old]).await;
    // Enough runs that the order by number is not the order by text.
    for _ in 0..9 {
        remove(&store, &school, &[]).await;
    }
    let new = book(&store, &school, &booking("b1", "lab")).await;
    remove(&store, &school, &[&new]).await;
    restore(&store, &["b1"]).await;
    let back = booked(&store, &school, &"b1".into()).await.unwrap();
    assert_eq!(back.room, new.room);
    assert!(back.version > new.version);
    assert_eq!(
        store.removed(&school).await.unwrap(),
        [removed(&old, first.0)]
    );
}

/// A restored booking can be removed and restored again, and its version goes on growing.
pub async fn a_restored_booking_can_be_removed_again(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let mut current = book(&store, &school, &booking("b1", "hall")).await;
    for _ in 0..3 {
        remove(&store, &school, &[&current]).await;
        restore(&store, &["b1"]).await;
        let expected = Booking {
            version: current.version + 1,
            ..current
        };
        current = booked(&store, &school, &"b1".into()).await.unwrap();
        assert_eq!(current, expected);
    }
    assert_eq!(store.removed(&school).await.unwrap(), []);
}
