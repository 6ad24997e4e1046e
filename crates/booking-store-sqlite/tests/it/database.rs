//! The database file: how it is opened, what it is made of, and what is no database of ours.

use std::{error::Error as _, path::Path};

use booking_store::{
    Booking, BookingDesk, BookingStore, Import, NoticeId, NoticeState, Origin, Room, RunFilter,
    SchoolId, StoreError, StoreErrorKind,
};
use booking_store_sqlite::SqliteStore;
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use room_timetable::Interval;
use sqlx::{
    Connection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};
use tempfile::TempDir;

fn school() -> SchoolId {
    SchoolId::new("greenwood")
}

fn rows() -> Import {
    let start: NaiveDateTime = "2031-09-08T09:00:00".parse().unwrap();
    Import {
        rooms: vec![Room {
            id: "hall".into(),
            name: "Hall".to_owned(),
            category: "Halls".to_owned(),
            origin: Origin::Local,
            part_bookable: false,
        }],
        timeslots: Vec::new(),
        bookings: vec![Booking {
            id: "b1".into(),
            room: "hall".into(),
            interval: Interval::new(start, start + TimeDelta::minutes(50)).unwrap(),
            owner_name: None,
            owner_email: None,
            title: None,
            series: None,
            version: 1,
        }],
    }
}

async fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(path.to_str().unwrap()).await
}

async fn raw_new(path: &Path) -> SqliteConnection {
    let url = format!("sqlite:{}?mode=rwc", path.display());
    SqliteConnection::connect(&url).await.unwrap()
}

async fn raw(path: &Path) -> SqliteConnection {
    let url = format!("sqlite:{}", path.display());
    SqliteConnection::connect(&url).await.unwrap()
}

async fn text(path: &Path, sql: &'static str) -> String {
    let mut connection = raw(path).await;
    let value = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
    connection.close().await.unwrap();
    value.unwrap()
}

async fn execute(path: &Path, sql: &'static str) {
    let mut connection = raw(path).await;
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn reopening_keeps_everything() {
    let (store, folder) = super::in_file(3).await;
    store.import(&school(), &rows()).await.unwrap();
    let lease = store
        .lease(
            &school(),
            "worker",
            DateTime::UNIX_EPOCH,
            TimeDelta::hours(1),
        )
        .await
        .unwrap();
    let state = store.load(&school(), NaiveDateTime::MIN).await.unwrap();
    store.close().await;

    let store = open(&folder.path().join("school.db")).await.unwrap();
    let again = store.load(&school(), NaiveDateTime::MIN).await.unwrap();
    assert_eq!(again, state);
    assert_eq!(again.bookings, rows().bookings);
    let renewed = store
        .lease(
            &school(),
            "worker",
            DateTime::UNIX_EPOCH,
            TimeDelta::hours(1),
        )
        .await
        .unwrap();
    assert_eq!(renewed, lease);
}

#[tokio::test]
async fn a_path_and_its_urls_name_the_same_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("Schule № 1.db");
    let store = open(&path).await.unwrap();
    store.import(&school(), &rows()).await.unwrap();
    store.close().await;
    let shown = path.display();
    for address in [
        format!("sqlite:{shown}"),
        format!("sqlite://{shown}"),
        format!("sqlite://{shown}?mode=rwc"),
    ] {
        let store = SqliteStore::open(&address).await.unwrap();
        assert_eq!(store.bookings(&school()).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn each_database_in_memory_is_its_own() {
    for address in ["sqlite::memory:", ":memory:", "sqlite://:memory:"] {
        let one = SqliteStore::open(address).await.unwrap();
        let two = SqliteStore::open(address).await.unwrap();
        one.import(&school(), &rows()).await.unwrap();
        assert_eq!(one.bookings(&school()).await.unwrap().len(), 1);
        assert_eq!(two.bookings(&school()).await.unwrap().len(), 0);
    }
    assert!(!Path::new(":memory:").exists());
}

#[tokio::test]
async fn commits_are_on_the_disk_before_they_are_reported() {
    let (store, folder) = super::in_file(1).await;
    let path = folder.path().join("school.db");
    assert_eq!(text(&path, "PRAGMA journal_mode").await, "wal");
    let mut transaction = store.begin().await.unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(synchronous, 2); // FULL
    let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(foreign_keys, 1);
    let busy_timeout: i64 = sqlx::query_scalar("PRAGMA busy_timeout")
        .fetch_one(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(busy_timeout, 10_000);
}

#[tokio::test]
async fn migrations_run_once() {
    let (store, folder) = super::in_file(1).await;
    store.close().await;
    let path = folder.path().join("school.db");
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
    let migrations = "SELECT group_concat(version || installed_on, ';') FROM sync_migrations";
    let before = (text(&path, schema).await, text(&path, migrations).await);
    for _ in 0..3 {
        open(&path).await.unwrap().close().await;
    }
    let after = (text(&path, schema).await, text(&path, migrations).await);
    assert_eq!(after, before);
}

/// A database as the first two migrations left it, with three messages and the run that they are of.
async fn of_an_older_version(path: &Path) {
    let mut connection = raw_new(path).await;
    let migrations = [
        include_str!("../../migrations/0001_store.sql"),
        include_str!("../../migrations/0002_holidays.sql"),
    ];
    let migrations = (1..)
        .zip(["store", "holidays"])
        .zip(migrations)
        .map(|((version, name), sql)| {
            Migration::new(
                version,
                name.into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect::<Vec<_>>();
    let mut migrator = Migrator::with_migrations(migrations);
    migrator.dangerous_set_table_name("sync_migrations");
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .unwrap();
    sqlx::raw_sql(
        "INSERT INTO sync_notices (school, id, position, run, to_email, subject, body, removed, state, reason, \
         attempts) VALUES \
         ('greenwood', 'n1', 1, 1, 'ann@example.org', 'Gone', 'Dear Ann', '[]', 'queued', 'busy', 2), \
         ('greenwood', 'n2', 2, 1, NULL, 'Gone', 'Hello', '[]', 'sent', NULL, 1), \
         ('greenwood', 'n3', 3, 1, 'bo@example.org', 'Gone', 'Dear Bo', '[]', 'failed', '550 no', 1); \
         INSERT INTO sync_runs (school, run, kind, status, started_utc, judged_at, fingerprint, areas, report, revision) \
         VALUES ('greenwood', 1, 'sync', 'applied', '2031-09-01T00:00:00', '2031-09-01T01:00:00', 'f00d', '[]', '{}', 1)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn messages_of_an_older_version_are_kept_and_can_be_sent() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.db");
    of_an_older_version(&path).await;
    let store = open(&path).await.unwrap();
    let records = store.notices(&school()).await.unwrap();
    let kept: Vec<_> = records
        .iter()
        .map(|record| {
            (
                record.notice.id.as_str(),
                record.notice.text.as_str(),
                record.state.clone(),
                (record.attempts, record.last_error.as_deref()),
            )
        })
        .collect();
    assert_eq!(
        kept,
        [
            ("n1", "Dear Ann", NoticeState::Queued, (2, Some("busy"))),
            ("n2", "Hello", NoticeState::Sent, (1, None)),
            (
                "n3",
                "Dear Bo",
                NoticeState::Failed("550 no".to_owned()),
                (1, Some("550 no"))
            ),
        ]
    );
    for record in &records {
        assert_eq!(
            (
                &record.notice.html,
                &record.notice.calendar,
                record.next_attempt
            ),
            (&None, &None, None)
        );
    }
    assert!(store.requeue(&NoticeId::new("n3")).await.unwrap());
    let claimed = store
        .claim(None, "sender", DateTime::UNIX_EPOCH, 10)
        .await
        .unwrap();
    let claimed: Vec<_> = claimed
        .iter()
        .map(|record| (record.notice.id.as_str(), record.attempts))
        .collect();
    assert_eq!(claimed, [("n1", 3), ("n3", 1)]);
}

#[tokio::test]
async fn a_run_of_an_older_version_names_nobody_and_took_nobody_knows_how_long() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.db");
    of_an_older_version(&path).await;
    let store = open(&path).await.unwrap();
    let runs = store.runs(&school(), &RunFilter::default()).await.unwrap();
    let [run] = &runs[..] else { panic!("{runs:?}") };
    assert_eq!(run.started.to_rfc3339(), "2031-09-01T00:00:00+00:00");
    assert_eq!(run.fingerprint.as_deref(), Some("f00d"));
    assert_eq!((run.finished, &run.by, run.took()), (None, &None, None));
}

#[tokio::test]
async fn a_message_of_an_earlier_version_says_of_no_booking_that_it_is_back() {
    let (store, folder) = super::in_file(1).await;
    let path = folder.path().join("school.db");
    // As a program wrote it that knew only the first two migrations.
    execute(
        &path,
        "INSERT INTO sync_notices (school, id, position, run, subject, body, removed, state, attempts) \
         VALUES ('greenwood', 'n1', 1, 1, '', '', '[]', 'queued', 0)",
    )
    .await;
    let notices = store.notices(&school()).await.unwrap();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].notice.restored, []);
}

#[tokio::test]
async fn every_table_is_keyed_by_school_first() {
    let (_store, folder) = super::in_file(1).await;
    let mut connection = raw(&folder.path().join("school.db")).await;
    let tables: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT t.name, (SELECT c.name FROM pragma_table_info(t.name) c WHERE c.pk = 1) \
         FROM sqlite_schema t WHERE t.type = 'table' AND t.name <> 'sync_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(tables.len(), 14);
    for (table, first) in tables {
        assert!(table.starts_with("sync_"), "{table}");
        assert_eq!(first.as_deref(), Some("school"), "{table}");
    }
}

#[tokio::test]
async fn a_school_can_read_its_times_in_the_shell() {
    let (store, folder) = super::in_file(1).await;
    store.import(&school(), &rows()).await.unwrap();
    let path = folder.path().join("school.db");
    let sql = "SELECT room || ' ' || starts || ' ' || ends FROM sync_bookings";
    assert_eq!(
        text(&path, sql).await,
        "hall 2031-09-08T09:00:00 2031-09-08T09:50:00"
    );
}

#[tokio::test]
async fn a_products_own_tables_and_migrations_are_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("product.db");
    let url = format!("sqlite:{}?mode=rwc", path.display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::raw_sql(
        "CREATE TABLE bookings (id TEXT); INSERT INTO bookings VALUES ('theirs'); \
         CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, \
         checksum BLOB NOT NULL, execution_time BIGINT NOT NULL); \
         INSERT INTO _sqlx_migrations VALUES (1, 'theirs', '2031-01-01', TRUE, x'00', 1)",
    )
    .execute(&pool)
    .await
    .unwrap();
    let store = SqliteStore::with_pool(pool).await.unwrap();
    store.import(&school(), &rows()).await.unwrap();
    store.close().await;
    assert_eq!(text(&path, "SELECT id FROM bookings").await, "theirs");
    assert_eq!(
        text(&path, "SELECT description FROM _sqlx_migrations").await,
        "theirs"
    );
}

fn corrupt(result: Result<SqliteStore, StoreError>, said: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
    assert!(error.to_string().contains(said), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_not_touched() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bookings.csv");
    let text = "id,room,start,end\n".repeat(1_000);
    std::fs::write(&path, &text).unwrap();
    corrupt(open(&path).await, "not an SQLite database");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let (store, folder) = super::in_file(1).await;
    store.close().await;
    let path = folder.path().join("school.db");
    execute(
        &path,
        "INSERT INTO sync_migrations (version, description, success, checksum, execution_time) \
         VALUES (99, 'later', TRUE, x'00', 0)",
    )
    .await;
    corrupt(open(&path).await, "newer version");
}

#[tokio::test]
async fn a_database_of_a_changed_version_is_refused() {
    let (store, folder) = super::in_file(1).await;
    store.close().await;
    let path = folder.path().join("school.db");
    execute(&path, "UPDATE sync_migrations SET checksum = x'00'").await;
    corrupt(open(&path).await, "another migration 1");
}

#[tokio::test]
async fn tables_of_somebody_else_are_not_taken_for_ours() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other.db");
    let url = format!("sqlite:{}?mode=rwc", path.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("CREATE TABLE sync_rooms (x)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    corrupt(open(&path).await, "migration 1 failed");
    // And nothing was added.
    let tables = text(&path, "SELECT group_concat(name) FROM sqlite_schema").await;
    assert_eq!(tables, "sync_rooms");
}

#[tokio::test]
async fn a_damaged_file_is_said_to_be_damaged() {
    let (store, folder) = super::in_file(1).await;
    let mut many = rows();
    many.rooms = (0..2_000)
        .map(|number| Room {
            id: format!("room {number}").into(),
            name: "x".repeat(100),
            ..many.rooms[0].clone()
        })
        .collect();
    many.bookings.clear();
    store.import(&school(), &many).await.unwrap();
    store.close().await;
    let path = folder.path().join("school.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let error = match open(&path).await {
        Err(error) => error,
        Ok(store) => store.load(&school(), NaiveDateTime::MIN).await.unwrap_err(),
    };
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error}");
    assert!(error.source().is_some());
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_named() {
    let (store, folder) = super::in_file(1).await;
    store.import(&school(), &rows()).await.unwrap();
    let path = folder.path().join("school.db");
    execute(&path, "UPDATE sync_bookings SET starts = 'noon'").await;
    let error = store.bookings(&school()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    assert!(error.to_string().contains("starts"), "{error}");
    execute(
        &path,
        "UPDATE sync_bookings SET starts = '2031-09-08T09:00:00'; \
         UPDATE sync_rooms SET origin = 'elsewhere'",
    )
    .await;
    let error = store.load(&school(), NaiveDateTime::MAX).await.unwrap_err();
    assert!(error.to_string().contains("elsewhere"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_opened_is_unavailable() {
    let folder = TempDir::new().unwrap();
    for path in [
        folder.path().to_owned(),
        folder.path().join("no/such/folder.db"),
    ] {
        let error = open(&path).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
    }
    let (store, _folder) = super::in_file(1).await;
    store.close().await;
    let error = store.bookings(&school()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
}

#[tokio::test]
async fn an_address_without_a_database_is_invalid() {
    for address in ["", "sqlite:", "sqlite://", "sqlite:x.db?mode=sideways"] {
        let error = SqliteStore::open(address).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Invalid, "{address}: {error}");
    }
}

#[tokio::test]
async fn a_number_that_does_not_fit_is_invalid() {
    let (store, _folder) = super::in_file(1).await;
    store.import(&school(), &rows()).await.unwrap();
    let mut booking = rows().bookings.remove(0);
    booking.version = u64::MAX;
    let error = store.book(&school(), &booking).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Invalid);
    assert_eq!(store.bookings(&school()).await.unwrap(), rows().bookings);
}

#[tokio::test]
async fn the_debug_form_names_the_file() {
    let (store, _folder) = super::in_file(1).await;
    assert!(format!("{store:?}").contains("school.db"));
}

#[tokio::test]
async fn times_beyond_four_digit_years_are_compared_as_times() {
    let (store, _folder) = super::in_file(1).await;
    let mut rows = rows();
    let far = |text: &str| text.parse::<NaiveDateTime>().unwrap();
    let spans = [
        ("-0044-03-15T09:00:00", "-0044-03-15T10:00:00"),
        ("9999-12-31T00:00:00", "+10000-01-01T00:00:00"),
        ("2031-09-08T09:00:00", "2031-09-08T10:00:00"),
    ];
    rows.bookings = spans
        .iter()
        .zip(["past", "far", "near"])
        .map(|((start, end), id)| Booking {
            id: id.into(),
            interval: Interval::new(far(start), far(end)).unwrap(),
            ..rows.bookings[0].clone()
        })
        .collect();
    store.import(&school(), &rows).await.unwrap();
    for (from, expected) in [
        ("2031-09-08T09:30:00", vec!["far", "near"]),
        ("2031-09-08T10:00:00", vec!["far"]),
        ("9999-12-31T23:59:59", vec!["far"]),
        ("+10000-01-01T00:00:00", vec![]),
        ("-0044-03-15T09:00:00", vec!["far", "near", "past"]),
    ] {
        let state = store.load(&school(), far(from)).await.unwrap();
        let ids: Vec<_> = state
            .bookings
            .iter()
            .map(|booking| booking.id.as_str())
            .collect();
        assert_eq!(ids, expected, "{from}");
    }
}
