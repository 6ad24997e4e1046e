//! Several stores on one file.

use booking_store::{
    AsRead, Booking, BookingDesk, BookingStore, ChangeSet, Import, Origin, Removal, Room,
    RoomChange, RunId, RunKind, RunRecord, RunStatus, SchoolId, SchoolState, StoreErrorKind,
};
use booking_store_sqlite::{SqliteStore, store_error, write};
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use room_timetable::Interval;
use serde_json::json;
use tempfile::TempDir;

fn school() -> SchoolId {
    SchoolId::new("greenwood")
}

fn room(id: &str) -> Room {
    Room {
        id: id.into(),
        name: id.to_owned(),
        category: "Teaching".to_owned(),
        origin: Origin::Local,
        part_bookable: false,
    }
}

fn booking(id: &str) -> Booking {
    let start: NaiveDateTime = "2031-09-08T09:00:00".parse().unwrap();
    Booking {
        id: id.into(),
        room: "hall".into(),
        interval: Interval::new(start, start + TimeDelta::hours(1)).unwrap(),
        owner_name: None,
        owner_email: None,
        title: None,
        series: None,
        version: 1,
    }
}

fn change(state: &SchoolState, rooms: &[&str]) -> ChangeSet {
    let run = RunRecord {
        id: state.last_run.next(),
        kind: RunKind::Sync,
        status: RunStatus::Applied,
        started: DateTime::UNIX_EPOCH,
        finished: None,
        by: None,
        judged_at: DateTime::UNIX_EPOCH.naive_utc(),
        fingerprint: None,
        areas: Vec::new(),
        report: json!({}),
    };
    let mut changes = ChangeSet::new(state.revision, run);
    changes.rooms = rooms.iter().map(|id| RoomChange::Put(room(id))).collect();
    changes
}

async fn load(store: &SqliteStore) -> SchoolState {
    store.load(&school(), NaiveDateTime::MIN).await.unwrap()
}

async fn lease(store: &SqliteStore, holder: &str) -> Option<booking_store::Lease> {
    store
        .lease(
            &school(),
            holder,
            DateTime::UNIX_EPOCH,
            TimeDelta::minutes(5),
        )
        .await
        .unwrap()
}

#[tokio::test]
async fn two_stores_on_one_file_see_each_other() {
    let (one, folder) = super::in_file(2).await;
    let path = folder.path().join("school.db");
    let two = SqliteStore::open(&format!("sqlite://{}", path.display()))
        .await
        .unwrap();
    let held = lease(&one, "one").await.unwrap();
    assert_eq!(lease(&two, "two").await, None);
    let changes = change(&load(&two).await, &["hall"]);
    let revision = one.commit(&school(), &held, &changes).await.unwrap();
    let state = load(&two).await;
    assert_eq!(state.revision, revision);
    assert_eq!(state.rooms, [room("hall")]);
    two.book(&school(), &booking("b1")).await.unwrap();
    assert_eq!(load(&one).await.bookings, [booking("b1")]);

    one.release(&held).await.unwrap();
    let held = lease(&two, "two").await.unwrap();
    // Made from what was there before.
    let mut stale = changes;
    stale.run.id = RunId(2);
    let error = two.commit(&school(), &held, &stale).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Conflict);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stores_on_one_file_wait_for_each_other() {
    let (first, folder) = super::in_file(2).await;
    let path = folder.path().join("school.db");
    let rows = Import {
        rooms: vec![room("hall")],
        ..Import::default()
    };
    first.import(&school(), &rows).await.unwrap();
    let mut tasks = Vec::new();
    for store in 0..6 {
        let path = path.clone();
        tasks.push(tokio::spawn(async move {
            let own = SqliteStore::open(path.to_str().unwrap()).await.unwrap();
            for number in 0..25 {
                let booking = booking(&format!("{store}-{number}"));
                own.book(&school(), &booking).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(first.bookings(&school()).await.unwrap().len(), 150);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_new_file_can_be_opened_by_several_at_once() {
    for _ in 0..25 {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("school.db");
        let opening = [0; 8].map(|_| {
            let path = path.clone();
            tokio::spawn(async move { SqliteStore::open(path.to_str().unwrap()).await })
        });
        for store in opening {
            let store = store.await.unwrap().unwrap();
            assert_eq!(load(&store).await, SchoolState::default());
        }
    }
}

#[tokio::test]
async fn a_product_writes_its_own_rows_in_the_same_transaction() {
    let (store, _folder) = super::in_file(2).await;
    let held = lease(&store, "product").await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    sqlx::raw_sql("CREATE TABLE products_own (id TEXT PRIMARY KEY); INSERT INTO products_own VALUES ('b1'), ('b2')")
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();

    let changes = change(&load(&store).await, &["hall"]);
    for commit in [false, true] {
        let mut transaction = store.begin().await.unwrap();
        sqlx::query("DELETE FROM products_own WHERE id = 'b1'")
            .execute(&mut *transaction)
            .await
            .unwrap();
        write::commit_in(&mut transaction, &school(), &held, &changes)
            .await
            .unwrap();
        if commit {
            transaction.commit().await.map_err(store_error).unwrap();
        } else {
            drop(transaction);
        }
        let mut transaction = store.begin().await.unwrap();
        let left: Vec<String> = sqlx::query_scalar("SELECT id FROM products_own ORDER BY id")
            .fetch_all(&mut *transaction)
            .await
            .unwrap();
        drop(transaction);
        let rooms = load(&store).await.rooms;
        if commit {
            assert_eq!((left, rooms), (vec!["b2".to_owned()], vec![room("hall")]));
        } else {
            assert_eq!(
                (left, rooms),
                (vec!["b1".to_owned(), "b2".to_owned()], vec![])
            );
        }
    }
}

#[tokio::test]
async fn a_product_with_bookings_of_its_own_is_told_which_rows_to_delete_and_write() {
    let (store, _folder) = super::in_file(2).await;
    let held = lease(&store, "product").await.unwrap();
    let rooms = change(&load(&store).await, &["hall"]);
    store.commit(&school(), &held, &rooms).await.unwrap();

    let own = Booking {
        version: 4,
        ..booking("b1")
    };
    let mut removal = change(&load(&store).await, &[]);
    removal.remove = vec![Removal {
        booking: own.id.clone(),
        as_read: AsRead::from(&own),
        causes: Vec::new(),
        absorbed: false,
    }];
    let mut transaction = store.begin().await.unwrap();
    let edited = Booking {
        version: 5,
        ..own.clone()
    };
    for rows in [&[edited][..], &[]] {
        let error = commit_own(&mut transaction, &held, &removal, rows)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Conflict);
    }
    drop(transaction);
    assert!(store.removed(&school()).await.unwrap().is_empty());

    let mut transaction = store.begin().await.unwrap();
    let rows = [own.clone(), booking("b2")];
    let first = commit_own(&mut transaction, &held, &removal, &rows)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!((first.delete, first.write), (vec![own.id.clone()], vec![]));
    let archive = store.removed(&school()).await.unwrap();
    assert_eq!(archive.len(), 1);
    assert_eq!(archive[0].booking, own);

    let mut transaction = store.begin().await.unwrap();
    let again = commit_own(&mut transaction, &held, &removal, &[])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(again.revision, first.revision);
    assert!(again.delete.is_empty() && again.write.is_empty());

    let mut undo = change(&load(&store).await, &[]);
    undo.restore = vec![own.id.clone()];
    let mut transaction = store.begin().await.unwrap();
    let back = commit_own(&mut transaction, &held, &undo, &[])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(back.write, [Booking { version: 5, ..own }]);
    assert!(store.removed(&school()).await.unwrap().is_empty());
    // The product's rows are its own: none is in the tables of the sync.
    assert!(store.bookings(&school()).await.unwrap().is_empty());
}

async fn commit_own(
    connection: &mut sqlx::SqliteConnection,
    held: &booking_store::Lease,
    changes: &ChangeSet,
    rows: &[Booking],
) -> Result<write::OwnRows, booking_store::StoreError> {
    write::commit_beside_own_rows_in(connection, &school(), held, changes, rows).await
}

#[tokio::test]
async fn a_call_that_is_dropped_half_way_leaves_nothing_and_blocks_nobody() {
    let (store, _folder) = super::in_file(1).await;
    let held = lease(&store, "worker").await.unwrap();
    let rooms: Vec<String> = (0..2_000).map(|number| number.to_string()).collect();
    let rooms: Vec<&str> = rooms.iter().map(String::as_str).collect();
    let changes = change(&load(&store).await, &rooms);
    for micros in [50, 500, 2_000, 5_000] {
        let school = school();
        let commit = store.commit(&school, &held, &changes);
        let in_time = tokio::time::timeout(std::time::Duration::from_micros(micros), commit).await;
        let state = load(&store).await;
        match in_time {
            Ok(revision) => assert_eq!(state.revision, revision.unwrap()),
            // The last step may have been under way.
            Err(_) => assert!(state.rooms.is_empty() || state.rooms.len() == 2_000),
        }
    }
    store.commit(&school(), &held, &changes).await.unwrap();
    assert_eq!(load(&store).await.rooms.len(), 2_000);
}
