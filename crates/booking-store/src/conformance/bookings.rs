//! The desk: `book`, `cancel`, `bookings` and `import`.

use super::{Desk, samples::*};
use crate::{
    Booking, Import, ImportReport, Origin, Room, RoomChange, SchoolId, StoreErrorKind, Timeslot,
    TimeslotChange, UNASSIGNED,
};

async fn import(store: &Desk, school: &SchoolId, rows: &Import) -> ImportReport {
    store.import(school, rows).await.unwrap()
}

fn report(added: usize, changed: usize, unchanged: usize) -> ImportReport {
    ImportReport {
        added,
        changed,
        unchanged,
        stay_removed: Vec::new(),
    }
}

fn bookings(rows: &[Booking]) -> Import {
    Import {
        bookings: rows.to_vec(),
        ..Import::default()
    }
}

/// A booking is added, or replaces the one with the same id.
pub async fn a_booking_is_added_or_replaced(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let first = booking("b1", "hall");
    store.book(&school, &first).await.unwrap();
    assert_eq!(store.bookings(&school).await.unwrap(), [first]);
    let second = Booking {
        room: "lab".into(),
        interval: hours(12, 9, 10),
        owner_name: None,
        owner_email: Some("b@example.org".to_owned()),
        title: None,
        series: Some("s".to_owned()),
        version: 2,
        ..booking("b1", "hall")
    };
    store.book(&school, &second).await.unwrap();
    assert_eq!(store.bookings(&school).await.unwrap(), [second]);
}

/// Invalid when the room is not in the store, for a new booking and for one that moves.
pub async fn a_booking_of_an_unknown_room_is_refused(store: Desk) {
    let (school, other) = (school(), other_school());
    seed(&store, &school).await;
    let mut changes = next_change(&store, &other).await;
    changes.rooms = vec![RoomChange::Put(room("gym"))];
    commit(&store, &other, &changes).await;
    book(&store, &school, &booking("b1", "hall")).await;
    let before = everything(&store, &school).await;
    for id in ["b1", "b2"] {
        let booking = booking(id, "gym");
        let error = store.book(&school, &booking).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Invalid);
    }
    assert_eq!(everything(&store, &school).await, before);
}

/// Clashes and hidden rooms are no reason to refuse.
pub async fn clashes_and_hidden_rooms_are_no_reason_to_refuse(store: Desk) {
    let school = school();
    let mut changes = next_change(&store, &school).await;
    changes.rooms = vec![RoomChange::Put(Room {
        category: UNASSIGNED.to_owned(),
        ..room("attic")
    })];
    commit(&store, &school, &changes).await;
    let same_time = ["b1", "b2"].map(|id| booking(id, "attic"));
    for booking in &same_time {
        store.book(&school, booking).await.unwrap();
    }
    assert_eq!(store.bookings(&school).await.unwrap(), same_time);
}

/// The version grows with every change of a booking, also where the caller gives an old one.
pub async fn the_version_grows_with_every_change_of_a_booking(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let mut last = book(&store, &school, &booking("b1", "hall")).await.version;
    for (title, version) in [("a", 1), ("b", 0), ("c", 2), ("d", 40), ("e", 1)] {
        let change = Booking {
            title: Some(title.to_owned()),
            version,
            ..booking("b1", "hall")
        };
        let stored = book(&store, &school, &change).await;
        assert_eq!(stored.title, change.title);
        assert!(stored.version > last, "{} after {last}", stored.version);
        last = stored.version;
    }
}

/// A booking that is there with the same content is left as it is.
pub async fn booking_the_same_again_changes_nothing(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let stored = book(&store, &school, &booking("b1", "hall")).await;
    for version in [0, stored.version] {
        let same = Booking {
            version,
            ..stored.clone()
        };
        assert_eq!(book(&store, &school, &same).await, stored);
    }
}

/// A booking whose id was used before, by one that was cancelled or removed, has a higher version than that.
pub async fn a_booking_that_comes_again_has_a_version_of_its_own(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let first = book(&store, &school, &booking("b1", "hall")).await;
    store.cancel(&school, &first.id).await.unwrap();
    let second = book(&store, &school, &booking("b1", "hall")).await;
    assert!(second.version > first.version);
    store.cancel(&school, &first.id).await.unwrap();
    import(&store, &school, &bookings(&[booking("b1", "hall")])).await;
    let third = booked(&store, &school, &first.id).await.unwrap();
    assert!(third.version > second.version);
    remove(&store, &school, &[&third]).await;
    let fourth = book(&store, &school, &booking("b1", "lab")).await;
    assert!(fourth.version > third.version);
}

/// `cancel` says whether the booking was there; a cancelled one is not in the archive.
pub async fn cancelling_says_whether_the_booking_was_there(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    book(&store, &school, &booking("b1", "hall")).await;
    let stays = book(&store, &school, &booking("b2", "hall")).await;
    assert!(store.cancel(&school, &"b1".into()).await.unwrap());
    assert!(!store.cancel(&school, &"b1".into()).await.unwrap());
    assert!(!store.cancel(&school, &"b9".into()).await.unwrap());
    assert_eq!(store.bookings(&school).await.unwrap(), [stays]);
    assert_eq!(store.removed(&school).await.unwrap(), []);
}

/// All bookings are listed by id, past ones included.
pub async fn all_bookings_are_listed_by_id(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let past = Booking {
        interval: hours(1, 0, 1),
        ..booking("b2", "hall")
    };
    book(&store, &school, &past).await;
    for id in ["b10", "b1", "B3"] {
        book(&store, &school, &booking(id, "lab")).await;
    }
    let expected = [
        booking("B3", "lab"),
        booking("b1", "lab"),
        booking("b10", "lab"),
        past,
    ];
    assert_eq!(store.bookings(&school).await.unwrap(), expected);
}

/// Each row replaces the one with the same id or is added, and the report counts what happened.
pub async fn an_import_adds_changes_and_leaves_alone(store: Desk) {
    let school = school();
    let mut rows = Import {
        rooms: ["hall", "lab"].map(room).to_vec(),
        timeslots: ["p1", "p2"].map(timeslot).to_vec(),
        bookings: ["b1", "b2", "b3"].map(|id| booking(id, "hall")).to_vec(),
    };
    assert_eq!(import(&store, &school, &rows).await, report(7, 0, 0));
    let state = load(&store, &school).await;
    assert_eq!(state.rooms, rows.rooms);
    assert_eq!(state.timeslots, rows.timeslots);
    assert_eq!(state.bookings, rows.bookings);
    assert_eq!(import(&store, &school, &rows).await, report(0, 0, 7));

    rows.rooms[0].name = "Great Hall".to_owned();
    rows.rooms[1].part_bookable = true;
    rows.timeslots.remove(0);
    rows.timeslots[0].days = "Wed".parse().unwrap();
    rows.bookings[0].title = None;
    rows.bookings[2] = booking("b4", "lab");
    assert_eq!(import(&store, &school, &rows).await, report(1, 4, 1));
    let state = load(&store, &school).await;
    assert_eq!(state.rooms, rows.rooms);
    // Rows that are not in the import stay.
    assert_eq!(state.timeslots, [timeslot("p1"), rows.timeslots[0].clone()]);
    let ids: Vec<_> = state
        .bookings
        .iter()
        .map(|booking| booking.id.as_str())
        .collect();
    assert_eq!(ids, ["b1", "b2", "b3", "b4"]);
    let versions: Vec<_> = state
        .bookings
        .iter()
        .map(|booking| booking.version)
        .collect();
    assert_eq!(versions, [2, 1, 1, 1]);
    assert_eq!(
        import(&store, &school, &Import::default()).await,
        report(0, 0, 0)
    );
}

/// The revision grows by one where a room or timeslot was added or changed, however many.
pub async fn an_import_raises_the_revision_for_rooms_and_timeslots(store: Desk) {
    let school = school();
    let mut rows = Import {
        rooms: ["hall", "lab"].map(room).to_vec(),
        timeslots: ["p1", "p2"].map(timeslot).to_vec(),
        bookings: Vec::new(),
    };
    for (revision, renamed) in [(1, None), (1, None), (2, Some("Hall")), (2, Some("Hall"))] {
        if let Some(name) = renamed {
            name.clone_into(&mut rows.rooms[0].name);
        }
        import(&store, &school, &rows).await;
        assert_eq!(load(&store, &school).await.revision.0, revision);
    }
    rows.timeslots[1].name = "Second period".to_owned();
    let stale = next_change(&store, &school).await;
    import(&store, &school, &rows).await;
    assert_eq!(load(&store, &school).await.revision.0, 3);
    // A change that was made before the import is stale.
    let lease = lease(&store, &school).await;
    let error = store.commit(&school, &lease, &stale).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
}

/// Imported bookings do not raise the revision.
pub async fn an_import_of_bookings_does_not_raise_the_revision(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let before = load(&store, &school).await.revision;
    let rows = Import {
        rooms: vec![room("hall")],
        ..bookings(&[booking("b1", "hall"), booking("b2", "lab")])
    };
    assert_eq!(import(&store, &school, &rows).await, report(2, 0, 1));
    assert_eq!(load(&store, &school).await.revision, before);
}

/// A room or timeslot that is there keeps its origin, and that alone is no change.
pub async fn an_imported_room_keeps_its_origin(store: Desk) {
    let school = school();
    let synced_room = Room {
        origin: Origin::Sync,
        ..room("hall")
    };
    let synced_slot = Timeslot {
        origin: Origin::Sync,
        ..timeslot("p1")
    };
    let mut changes = next_change(&store, &school).await;
    changes.rooms = vec![RoomChange::Put(synced_room.clone())];
    changes.timeslots = vec![TimeslotChange::Put(synced_slot.clone())];
    commit(&store, &school, &changes).await;
    let mut rows = Import {
        rooms: vec![room("hall")],
        timeslots: vec![timeslot("p1")],
        bookings: Vec::new(),
    };
    assert_eq!(import(&store, &school, &rows).await, report(0, 0, 2));
    rows.rooms[0].category = "Halls".to_owned();
    rows.timeslots[0].name = "First".to_owned();
    assert_eq!(import(&store, &school, &rows).await, report(0, 2, 0));
    let state = load(&store, &school).await;
    let expected = Room {
        category: "Halls".to_owned(),
        ..synced_room
    };
    assert_eq!(state.rooms, [expected]);
    let expected = Timeslot {
        name: "First".to_owned(),
        ..synced_slot
    };
    assert_eq!(state.timeslots, [expected]);

    rows.rooms = vec![room("lab")];
    assert_eq!(import(&store, &school, &rows).await, report(1, 0, 1));
    rows.rooms[0].origin = Origin::Sync;
    assert_eq!(import(&store, &school, &rows).await, report(0, 0, 2));
}

/// The `version` of an imported booking is ignored.
pub async fn an_import_ignores_versions(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let versioned = |version| Booking {
        version,
        ..booking("b1", "hall")
    };
    import(&store, &school, &bookings(&[versioned(77)])).await;
    assert_eq!(store.bookings(&school).await.unwrap(), [versioned(1)]);
    let same = import(&store, &school, &bookings(&[versioned(99)])).await;
    assert_eq!(same, report(0, 0, 1));
    assert_eq!(store.bookings(&school).await.unwrap(), [versioned(1)]);
    let mut moved = versioned(0);
    moved.room = "lab".into();
    import(&store, &school, &bookings(&[moved.clone()])).await;
    moved.version = 2;
    assert_eq!(store.bookings(&school).await.unwrap(), [moved]);
}

/// Invalid, and nothing is written, when a booking names a room that is neither in the store nor in the import.
pub async fn an_import_with_an_unknown_room_imports_nothing(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let before = everything(&store, &school).await;
    let rows = Import {
        rooms: vec![room("gym")],
        timeslots: vec![timeslot("p1")],
        bookings: vec![
            booking("b1", "hall"),
            booking("b2", "gym"),
            booking("b3", "nowhere"),
        ],
    };
    let error = store.import(&school, &rows).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Invalid);
    assert!(error.to_string().contains("b3"), "{error}");
    assert_eq!(everything(&store, &school).await, before);
}

/// A booking may name a room that comes with the same import.
pub async fn a_booking_may_name_a_room_of_the_same_import(store: Desk) {
    let school = school();
    let rows = Import {
        rooms: vec![room("gym")],
        ..bookings(&[booking("b1", "gym")])
    };
    assert_eq!(import(&store, &school, &rows).await, report(2, 0, 0));
}

/// Rows take effect in their order: the later of two with one id counts.
pub async fn the_later_of_two_rows_with_one_id_counts(store: Desk) {
    let school = school();
    let mut rows = Import {
        rooms: vec![room("hall"); 2],
        timeslots: vec![timeslot("p1"); 2],
        bookings: vec![booking("b1", "hall"); 2],
    };
    rows.rooms[1].name = "Great Hall".to_owned();
    rows.timeslots[1].name = "First".to_owned();
    rows.bookings[1].title = None;
    assert_eq!(import(&store, &school, &rows).await, report(3, 3, 0));
    let state = load(&store, &school).await;
    assert_eq!(state.rooms, rows.rooms[1..]);
    assert_eq!(state.timeslots, rows.timeslots[1..]);
    let expected = Booking {
        version: 2,
        ..rows.bookings[1].clone()
    };
    assert_eq!(state.bookings, [expected]);
}

/// A booking that a run removed and that comes again with the same room, start and end stays removed.
pub async fn a_removed_booking_that_comes_again_stays_removed(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let mut rows = bookings(&["b1", "b2"].map(|id| booking(id, "hall")));
    import(&store, &school, &rows).await;
    remove(&store, &school, &[&booking("b1", "hall")]).await;
    let archive = store.removed(&school).await.unwrap();
    // Its title may have changed.
    rows.bookings[0].title = Some("Backgammon".to_owned());
    let expected = ImportReport {
        stay_removed: vec!["b1".into()],
        ..report(0, 0, 1)
    };
    for _ in 0..2 {
        assert_eq!(import(&store, &school, &rows).await, expected);
    }
    assert_eq!(
        store.bookings(&school).await.unwrap(),
        [booking("b2", "hall")]
    );
    assert_eq!(store.removed(&school).await.unwrap(), archive);
}

/// A removed booking that comes again in another room or at another time is added, and the archive keeps the old one.
pub async fn a_removed_booking_at_another_time_is_new(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let ids = ["b1", "b2"];
    let rows = bookings(&ids.map(|id| booking(id, "hall")));
    import(&store, &school, &rows).await;
    let old = ids.map(|id| booking(id, "hall"));
    remove(&store, &school, &[&old[0], &old[1]]).await;
    let moved = [
        booking("b1", "lab"),
        Booking {
            interval: hours(8, 10, 11),
            ..booking("b2", "hall")
        },
    ];
    assert_eq!(
        import(&store, &school, &bookings(&moved)).await,
        report(2, 0, 0)
    );
    let stored = store.bookings(&school).await.unwrap();
    for (stored, moved) in stored.iter().zip(&moved) {
        assert_eq!(
            (&stored.room, stored.interval),
            (&moved.room, moved.interval)
        );
        assert!(stored.version > 1);
    }
    assert_eq!(store.removed(&school).await.unwrap().len(), 2);
}

/// A booking that was restored is out of the archive, so it is imported like any other, also after it was cancelled.
pub async fn a_restored_booking_is_imported_as_ever(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let rows = bookings(&[booking("b1", "hall")]);
    import(&store, &school, &rows).await;
    remove(&store, &school, &[&booking("b1", "hall")]).await;
    let mut changes = next_change(&store, &school).await;
    changes.restore = vec!["b1".into()];
    commit(&store, &school, &changes).await;
    assert_eq!(import(&store, &school, &rows).await, report(0, 0, 1));
    store.cancel(&school, &"b1".into()).await.unwrap();
    assert_eq!(import(&store, &school, &rows).await, report(1, 0, 0));
}

/// Thousands of rows are one import, which a later run can remove in one change.
pub async fn a_large_import_is_one_import(store: Desk) {
    const ROWS: usize = 1_501;
    let school = school();
    let ids: Vec<String> = (0..ROWS).map(|row| format!("{row:05}")).collect();
    let mut rows = Import {
        rooms: ids.iter().map(|id| room(id)).collect(),
        timeslots: ids.iter().map(|id| timeslot(id)).collect(),
        bookings: ids.iter().map(|id| booking(id, id)).collect(),
    };
    assert_eq!(import(&store, &school, &rows).await, report(3 * ROWS, 0, 0));
    for booking in rows.bookings.iter_mut().step_by(2) {
        booking.series = Some("s".to_owned());
    }
    let changed = ROWS.div_ceil(2);
    assert_eq!(
        import(&store, &school, &rows).await,
        report(0, changed, 3 * ROWS - changed)
    );
    let stored = store.bookings(&school).await.unwrap();
    assert_eq!(stored.len(), ROWS);

    let all: Vec<&Booking> = stored.iter().collect();
    remove(&store, &school, &all).await;
    assert_eq!(store.removed(&school).await.unwrap().len(), ROWS);
    assert_eq!(store.bookings(&school).await.unwrap(), []);
    let again = import(&store, &school, &rows).await;
    assert_eq!(again.stay_removed.len(), ROWS);
    let mut changes = next_change(&store, &school).await;
    changes.restore = stored.iter().map(|booking| booking.id.clone()).collect();
    commit(&store, &school, &changes).await;
    assert_eq!(store.removed(&school).await.unwrap(), []);
    let restored = store.bookings(&school).await.unwrap();
    assert!(restored.iter().zip(&stored).all(|(after, before)| {
        let expected = Booking {
            version: before.version + 1,
            ..before.clone()
        };
        *after == expected
    }));
}

/// The same import into two schools is two imports.
pub async fn imports_of_schools_are_kept_apart(store: Desk) {
    let rows = Import {
        rooms: vec![room("hall")],
        timeslots: vec![timeslot("p1")],
        bookings: vec![booking("b1", "hall")],
    };
    for school in [school(), other_school()] {
        assert_eq!(import(&store, &school, &rows).await, report(3, 0, 0));
    }
    remove(&store, &school(), &[&booking("b1", "hall")]).await;
    let elsewhere = import(&store, &other_school(), &rows).await;
    assert_eq!(elsewhere, report(0, 0, 3));
}
