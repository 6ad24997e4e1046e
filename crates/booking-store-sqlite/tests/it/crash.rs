//! A program that is killed in the middle of commits leaves all or nothing of each.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use booking_store::{
    AsRead, Booking, BookingDesk, BookingStore, ChangeSet, Exception, ExceptionChange, Import,
    LinkChange, Notice, NoticeId, Origin, Recipient, Removal, Room, RoomChange, RoomLink,
    RunFilter, RunId, RunKind, RunRecord, RunStatus, SchoolId, TimetableDocument,
};
use booking_store_sqlite::SqliteStore;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use room_timetable::Interval;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

const DATABASE: &str = "BOOKING_STORE_CRASH_TEST_DATABASE";
const CHILD: &str = "crash::the_child_that_is_killed";
const ROUNDS: u64 = 8;
/// More than the child can remove in a round.
const BOOKINGS: u64 = 4_000;
const ROWS_A_COMMIT: u64 = 40;

fn school() -> SchoolId {
    SchoolId::new("greenwood")
}

fn monday() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2031, 9, 8)
        .and_then(|date| date.and_hms_opt(9, 0, 0))
        .unwrap()
}

fn booking(number: u64) -> Booking {
    Booking {
        id: format!("b{number:05}").into(),
        room: "hall".into(),
        interval: Interval::new(monday(), monday() + TimeDelta::hours(1)).unwrap(),
        owner_name: None,
        owner_email: Some("ann@example.org".to_owned()),
        title: None,
        series: None,
        version: 1,
    }
}

fn room(id: String) -> Room {
    Room {
        id: id.into(),
        name: "Room".to_owned(),
        category: "Teaching".to_owned(),
        origin: Origin::Local,
        part_bookable: false,
    }
}

/// Run `n` adds rooms and links, removes booking `n`, queues a message and replaces the timetable.
fn change(run: RunId, state: &booking_store::SchoolState) -> ChangeSet {
    let record = RunRecord {
        id: run,
        kind: RunKind::Sync,
        status: RunStatus::Applied,
        started: DateTime::UNIX_EPOCH,
        finished: None,
        by: None,
        judged_at: monday(),
        fingerprint: None,
        areas: Vec::new(),
        report: json!({ "run": run }),
    };
    let mut changes = ChangeSet::new(state.revision, record);
    for row in 0..ROWS_A_COMMIT {
        let id = format!("{run}-{row}");
        changes.rooms.push(RoomChange::Put(room(id.clone())));
        changes.links.push(LinkChange::Room(RoomLink {
            room: id.as_str().into(),
            source: id,
        }));
    }
    let gone = booking(run.0);
    changes.remove.push(Removal {
        booking: gone.id.clone(),
        as_read: AsRead::from(&gone),
        causes: Vec::new(),
        absorbed: false,
    });
    changes.timetable = Some(TimetableDocument {
        format: 1,
        content: json!({ "run": run, "padding": "x".repeat(20_000) }),
    });
    changes.notices.push(Notice {
        id: NoticeId::new(format!("notice {run}")),
        school: school(),
        run,
        to: Recipient::Administrator,
        subject: "A booking had to go".to_owned(),
        text: String::new(),
        html: None,
        calendar: None,
        removed: Vec::new(),
        restored: Vec::new(),
    });
    changes
}

/// Not a test: commits until it is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other half of the crash test, which starts it"]
async fn the_child_that_is_killed() {
    let Ok(path) = env::var(DATABASE) else { return };
    commit_for_ever(&path, change).await;
}

async fn commit_for_ever(
    path: &str,
    change: impl Fn(RunId, &booking_store::SchoolState) -> ChangeSet,
) {
    let store = SqliteStore::open(path).await.unwrap();
    loop {
        let now = DateTime::UNIX_EPOCH;
        let lease = store
            .lease(&school(), "child", now, TimeDelta::hours(1))
            .await
            .unwrap()
            .unwrap();
        let state = store.load(&school(), monday()).await.unwrap();
        let changes = change(state.last_run.next(), &state);
        store.commit(&school(), &lease, &changes).await.unwrap();
    }
}

/// The file is whole, and no row refers to one that is not there.
async fn integrity(path: &Path) {
    let url = format!("sqlite:{}", path.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let integrity: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(integrity, ["ok"]);
    let dangling = sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert!(dangling.is_empty());
    connection.close().await.unwrap();
}

/// All of every run in the journal is there, and nothing of any other; returns the number of runs.
async fn check(path: &Path) -> u64 {
    integrity(path).await;
    let store = SqliteStore::open(path.to_str().unwrap()).await.unwrap();
    let state = store.load(&school(), monday()).await.unwrap();
    let runs = store.runs(&school(), &RunFilter::default()).await.unwrap();
    let count = state.last_run.0;
    let numbers: Vec<u64> = runs.iter().map(|run| run.id.0).collect();
    assert_eq!(numbers, (1..=count).rev().collect::<Vec<_>>());
    assert_eq!(state.revision.0, count + 1); // the import was one
    let rows = usize::try_from(count * ROWS_A_COMMIT).unwrap();
    assert_eq!(state.rooms.len(), rows + 1);
    assert_eq!(state.room_links.len(), rows);
    let bookings: Vec<Booking> = (count + 1..=BOOKINGS).map(booking).collect();
    assert_eq!(state.bookings, bookings);
    let archive = store.removed(&school()).await.unwrap();
    let archive = archive
        .iter()
        .map(|removed| (removed.run.0, removed.booking.clone()));
    assert!(archive.eq((1..=count).map(|run| (run, booking(run)))));
    let notices = store.notices(&school()).await.unwrap();
    let told = notices.iter().map(|record| record.notice.run.0);
    assert!(told.eq(1..=count));
    let newest = state
        .timetable
        .map(|timetable| timetable.content["run"].clone());
    assert_eq!(newest, (count > 0).then(|| json!(count)));
    store.close().await;
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_leaves_all_or_nothing_of_a_change() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("school.db");
    let store = SqliteStore::open(path.to_str().unwrap()).await.unwrap();
    let rows = Import {
        rooms: vec![room("hall".to_owned())],
        timeslots: Vec::new(),
        bookings: (1..=BOOKINGS).map(booking).collect(),
    };
    store.import(&school(), &rows).await.unwrap();
    store.close().await;

    kill_in_rounds(CHILD, &path, check).await;
}

/// Kills the child in the middle of its commits, round by round, and checks what it left; `check` returns the number of
/// runs that it found whole.
async fn kill_in_rounds(child: &str, path: &Path, check: impl AsyncFn(&Path) -> u64) {
    let mut last = 0;
    for round in 0..ROUNDS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([child, "--exact", "--ignored", "--nocapture"])
            .env(DATABASE, path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let watcher = SqliteStore::open(path.to_str().unwrap()).await.unwrap();
        let patience = Instant::now() + Duration::from_secs(60);
        let which = RunFilter {
            kind: None,
            limit: Some(1),
        };
        loop {
            let newest = watcher.runs(&school(), &which).await.unwrap();
            // It is at work; a different moment of that work in each round.
            if newest.first().is_some_and(|run| run.id.0 > last + 1) {
                tokio::time::sleep(Duration::from_micros(round * 1_700)).await;
                break;
            }
            assert!(child.try_wait().unwrap().is_none(), "the child ended early");
            assert!(Instant::now() < patience, "the child commits nothing");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        watcher.close().await;

        let runs = check(path).await;
        assert!(runs > last, "round {round}");
        last = runs;
    }
}

const UNDOING_CHILD: &str = "crash::the_child_that_undoes_and_is_killed";

fn bystander() -> Booking {
    let start = monday() + TimeDelta::days(1);
    Booking {
        interval: Interval::new(start, start + TimeDelta::hours(1)).unwrap(),
        ..booking(2)
    }
}

/// Odd runs remove the first booking; even ones restore it, free its room for its time, and tell of it.
fn removal_or_restore(run: RunId, state: &booking_store::SchoolState) -> ChangeSet {
    let record = RunRecord {
        id: run,
        kind: if run.0 % 2 == 1 {
            RunKind::Sync
        } else {
            RunKind::Undo
        },
        status: RunStatus::Applied,
        started: DateTime::UNIX_EPOCH,
        finished: None,
        by: None,
        judged_at: monday(),
        fingerprint: None,
        areas: Vec::new(),
        report: json!({ "run": run }),
    };
    let mut changes = ChangeSet::new(state.revision, record);
    if run.0 % 2 == 1 {
        changes.remove.push(Removal {
            booking: booking(1).id,
            as_read: AsRead::from(&state.bookings[0]),
            causes: Vec::new(),
            absorbed: false,
        });
        return changes;
    }
    changes.restore.push(booking(1).id);
    changes.exceptions.push(ExceptionChange::Put(Exception {
        id: format!("e{run}"),
        room: Some("hall".into()),
        interval: booking(1).interval,
    }));
    changes.notices.push(Notice {
        id: NoticeId::new(format!("notice {run}")),
        school: school(),
        run,
        to: Recipient::Administrator,
        subject: "A booking is back".to_owned(),
        text: String::new(),
        html: None,
        calendar: None,
        removed: Vec::new(),
        restored: vec![booking(1)],
    });
    changes
}

/// Not a test: removes and restores until it is killed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other half of the crash test of restores, which starts it"]
async fn the_child_that_undoes_and_is_killed() {
    let Ok(path) = env::var(DATABASE) else { return };
    commit_for_ever(&path, removal_or_restore).await;
}

/// Every restore in the journal is whole: the booking, the archive, the exception and the message; returns the number of
/// runs.
async fn check_restores(path: &Path) -> u64 {
    integrity(path).await;
    let store = SqliteStore::open(path.to_str().unwrap()).await.unwrap();
    let state = store.load(&school(), monday()).await.unwrap();
    let (count, restores) = (state.last_run.0, state.last_run.0 / 2);
    let away = count % 2 == 1;
    let there = Booking {
        version: 1 + restores,
        ..booking(1)
    };
    let expected: Vec<Booking> = [there.clone()]
        .into_iter()
        .filter(|_| !away)
        .chain([bystander()])
        .collect();
    assert_eq!(state.bookings, expected);
    let archive = store.removed(&school()).await.unwrap();
    let archive: Vec<Booking> = archive.into_iter().map(|removed| removed.booking).collect();
    assert_eq!(archive, if away { vec![there] } else { Vec::new() });
    assert_eq!(state.exceptions.len() as u64, restores);
    let notices = store.notices(&school()).await.unwrap();
    let told = notices
        .iter()
        .map(|record| (record.notice.run.0, record.notice.restored.clone()));
    assert!(told.eq((1..=restores).map(|restore| (restore * 2, vec![booking(1)]))));
    let runs = store.runs(&school(), &RunFilter::default()).await.unwrap();
    assert_eq!(runs.len() as u64, count);
    assert_eq!(state.revision.0, 1 + restores); // the import, and the exceptions
    store.close().await;
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_leaves_all_or_nothing_of_a_restore() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("school.db");
    let store = SqliteStore::open(path.to_str().unwrap()).await.unwrap();
    let rows = Import {
        rooms: vec![room("hall".to_owned())],
        timeslots: Vec::new(),
        bookings: vec![booking(1), bystander()],
    };
    store.import(&school(), &rows).await.unwrap();
    store.close().await;
    kill_in_rounds(UNDOING_CHILD, &path, check_restores).await;
}
