//! A run over SQLite that is killed before and after every call of the store and the outbox, and started again.
#![cfg(unix)] // a killed process is told by its signal

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::Write,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use booking_store::{
    BookingDesk, BookingStore, ChangeSet, Delivery, Import, Lease, Notice, NoticeId, NoticeRecord,
    RemovedBooking, Revision, RunFilter, RunRecord, SchoolId, SchoolState, StoreError,
};
use booking_store_sqlite::{
    SqliteStore,
    sqlx::{Connection, Row as _, SqliteConnection, query, query_scalar},
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::Value;
use timetable_sync::{
    GuardSettings, Notifier, Recorded, Settings, Status, SyncRequest, Syncer, send_due,
};

use crate::{
    feed::{Feed, Row, feed},
    school::booking,
};

const FOLDER: &str = "TIMETABLE_SYNC_KILL_TEST_FOLDER";
const CALL: &str = "TIMETABLE_SYNC_KILL_TEST_CALL";
const SIDE: &str = "TIMETABLE_SYNC_KILL_TEST_SIDE";
const CHILD: &str = "killed::the_child_that_is_killed";

const HIT: usize = 500;
const SAFE: usize = 20;
const OWNERS: usize = 9;
/// One booking in so many has no address to write to.
const WITHOUT_ADDRESS: usize = 50;

const BEFORE: [Row; 1] = [("9000", "9B-PSHE", "T2", "33", "5")];
const AFTER: [Row; 3] = [
    ("9000", "9B-PSHE", "T2", "33", "5"),
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
];

/// The feed with a room more, so that a run writes all that it can.
fn republished() -> Feed {
    let mut feed = feed(&AFTER);
    let rooms = feed.rooms.as_mut().unwrap();
    rooms.push(("9".to_owned(), "Room 9".to_owned()));
    feed
}

fn school() -> SchoolId {
    SchoolId::new("greenwood")
}

fn settings() -> Settings {
    Settings {
        guard: GuardSettings {
            removed: HIT,
            half_of_at_least: usize::MAX,
            people: HIT,
            per_person: HIT,
            ..GuardSettings::default()
        },
        ..Settings::default()
    }
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The owner of a hit booking by its number; `None` where nobody can be written to.
fn owner(number: usize) -> Option<String> {
    (!number.is_multiple_of(WITHOUT_ADDRESS))
        .then(|| format!("p{}@school.example", number % OWNERS))
}

/// One night: a sync, and then the messages, each written to a file as a post office would take it.
async fn night(store: Arc<dyn BookingStore>, folder: &Path, now: DateTime<Utc>) -> Status {
    let syncer = Syncer::new(
        Arc::clone(&store),
        settings(),
        Arc::new(move || now),
        "night",
    );
    let source = Recorded(republished().payload());
    let report = syncer
        .sync(&school(), &source, &SyncRequest::default())
        .await
        .unwrap();
    let post = Post(folder.join("post"));
    send_due(&*store, &post, "sender", now, usize::MAX)
        .await
        .unwrap();
    report.status
}

/// Takes messages into a file, as a post office would.
#[derive(Debug)]
struct Post(PathBuf);

#[async_trait]
impl Notifier for Post {
    async fn deliver(&self, notice: &Notice) -> Delivery {
        let mut options = fs::OpenOptions::new();
        let mut post = options.create(true).append(true).open(&self.0).unwrap();
        writeln!(post, "{}", notice.id).unwrap();
        Delivery::Sent
    }
}

/// A store whose process dies at a call.
#[derive(Debug)]
struct Fatal {
    store: SqliteStore,
    folder: std::path::PathBuf,
    call: usize,
    after: bool,
    calls: AtomicUsize,
    leased: AtomicBool,
}

impl Fatal {
    /// Counts a call and dies before or after it if it is the one.
    async fn at<T>(&self, name: &str, call: impl Future<Output = T> + Send) -> T {
        let fatal = self.calls.fetch_add(1, Ordering::SeqCst) == self.call;
        if fatal && !self.after {
            self.die(name);
        }
        let outcome = call.await;
        if fatal {
            self.die(name);
        }
        outcome
    }

    fn die(&self, name: &str) -> ! {
        fs::write(self.folder.join("died"), name).unwrap();
        std::process::abort()
    }
}

#[async_trait]
impl BookingStore for Fatal {
    async fn load(
        &self,
        school: &SchoolId,
        from: NaiveDateTime,
    ) -> Result<SchoolState, StoreError> {
        self.at("load", self.store.load(school, from)).await
    }

    async fn commit(
        &self,
        school: &SchoolId,
        lease: &Lease,
        changes: &ChangeSet,
    ) -> Result<Revision, StoreError> {
        self.at("commit", self.store.commit(school, lease, changes))
            .await
    }

    async fn lease(
        &self,
        school: &SchoolId,
        holder: &str,
        now: DateTime<Utc>,
        ttl: TimeDelta,
    ) -> Result<Option<Lease>, StoreError> {
        let lease = self.store.lease(school, holder, now, ttl);
        // Renewals come by the wall clock, so they are no calls that can be counted.
        if self.leased.swap(true, Ordering::SeqCst) {
            return lease.await;
        }
        self.at("lease", lease).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.at("release", self.store.release(lease)).await
    }

    async fn runs(
        &self,
        school: &SchoolId,
        which: &RunFilter,
    ) -> Result<Vec<RunRecord>, StoreError> {
        self.at("runs", self.store.runs(school, which)).await
    }

    async fn removed(&self, school: &SchoolId) -> Result<Vec<RemovedBooking>, StoreError> {
        self.at("removed", self.store.removed(school)).await
    }

    async fn notices(&self, school: &SchoolId) -> Result<Vec<NoticeRecord>, StoreError> {
        self.at("notices", self.store.notices(school)).await
    }

    async fn claim(
        &self,
        school: Option<&SchoolId>,
        holder: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<NoticeRecord>, StoreError> {
        self.at("claim", self.store.claim(school, holder, now, limit))
            .await
    }

    async fn settle(&self, notice: &NoticeId, outcome: &Delivery) -> Result<(), StoreError> {
        self.at("settle", self.store.settle(notice, outcome)).await
    }

    async fn requeue(&self, notice: &NoticeId) -> Result<bool, StoreError> {
        self.at("requeue", self.store.requeue(notice)).await
    }
}

/// Not a test: a night that dies at the call that its parent names.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the other half of the test below, which starts it"]
async fn the_child_that_is_killed() {
    let Ok(folder) = env::var(FOLDER) else { return };
    let folder = Path::new(&folder);
    let store = open(folder).await;
    let fatal = Fatal {
        store,
        folder: folder.to_owned(),
        call: env::var(CALL).unwrap().parse().unwrap(),
        after: env::var(SIDE).unwrap() == "after",
        calls: AtomicUsize::new(0),
        leased: AtomicBool::new(false),
    };
    night(Arc::new(fatal), folder, utc("2031-09-02T00:00:00Z")).await;
}

async fn open(folder: &Path) -> SqliteStore {
    let path = folder.join("school.db");
    SqliteStore::open(path.to_str().unwrap()).await.unwrap()
}

/// A school that was synced, with bookings over the lessons that come next and bookings elsewhere.
async fn template(folder: &Path) {
    let store = open(folder).await;
    let now = utc("2031-09-01T00:00:00Z");
    let syncer = Syncer::new(
        Arc::new(store.clone()),
        settings(),
        Arc::new(move || now),
        "first",
    );
    let source = Recorded(feed(&BEFORE).payload());
    let first = syncer
        .sync(&school(), &source, &SyncRequest::default())
        .await
        .unwrap();
    assert_eq!(first.status, Status::Applied);
    let hit = (0..HIT).map(|number| {
        let day = ["08", "15", "22", "29"][number % 4];
        let (room, hour) = if number % 2 == 0 {
            ("isams-1", "09")
        } else {
            ("isams-2", "10")
        };
        let (start, end) = (
            format!("2031-09-{day}T{hour}:{:02}", number % 30),
            format!("2031-09-{day}T{hour}:45"),
        );
        let owner = owner(number).unwrap_or_default();
        booking(&format!("hit{number:03}"), room, &start, &end, &owner)
    });
    let safe = (0..SAFE).map(|number| {
        let (start, end) = ("2031-09-08T09:00", "2031-09-08T10:00");
        let id = format!("safe{number:02}");
        booking(&id, "isams-6", start, end, "p0@school.example")
    });
    let rows = Import {
        bookings: hit.chain(safe).collect(),
        ..Import::default()
    };
    store.import(&school(), &rows).await.unwrap();
    // The administrator hears of the first sync, which is none of this test's business.
    let post = Post(folder.join("earlier post"));
    let sent = send_due(&store, &post, "sender", now, usize::MAX)
        .await
        .unwrap();
    assert_eq!(sent.sent(), 1);
    store.close().await;
}

/// What is in the file, by SQL of the test's own. Leases, claims, attempts and the journal are not in it: they say how
/// often somebody tried.
async fn rows(folder: &Path) -> BTreeMap<&'static str, Vec<String>> {
    let url = format!("sqlite:{}", folder.join("school.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let whole: Vec<String> = query_scalar("PRAGMA integrity_check")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(whole, ["ok"]);
    let mut rows = BTreeMap::new();
    for (what, sql) in [
        (
            "school",
            "SELECT revision || ' ' || matching FROM sync_schools",
        ),
        (
            "rooms",
            "SELECT id || ' ' || name || ' ' || category FROM sync_rooms ORDER BY id",
        ),
        (
            "links",
            "SELECT room || ' ' || source FROM sync_room_links ORDER BY room",
        ),
        (
            "timeslots",
            "SELECT id || ' ' || name || ' ' || days || ' ' || starts FROM sync_timeslots ORDER BY id",
        ),
        ("timetable", "SELECT content FROM sync_timetables"),
        ("bookings", "SELECT id FROM sync_bookings ORDER BY id"),
        ("removed", "SELECT id FROM sync_removed ORDER BY id, run"),
        (
            "archive",
            "SELECT id || ' ' || run || ' ' || starts || ' ' || version || ' ' || causes || absorbed FROM sync_removed \
             ORDER BY id, run",
        ),
        (
            "notices",
            "SELECT id || ' ' || run || ' ' || coalesce(to_email, '-') || ' ' || state || ' ' || subject || body || \
             removed FROM sync_notices ORDER BY id",
        ),
    ] {
        let found: Vec<String> = query_scalar(sql).fetch_all(&mut connection).await.unwrap();
        rows.insert(what, found);
    }
    // Each message's receiver with the bookings that it tells of.
    let told = query("SELECT to_email, removed, state FROM sync_notices")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let told = told.iter().map(|row| {
        let removed: Value = serde_json::from_str(row.get(1)).unwrap();
        let ids: BTreeSet<&str> = removed
            .as_array()
            .unwrap()
            .iter()
            .map(|removed| removed["booking"]["id"].as_str().unwrap())
            .collect();
        let to: Option<String> = row.get(0);
        let state: String = row.get(2);
        format!("{} {state} {ids:?}", to.unwrap_or_default())
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    rows.insert("told", told);
    connection.close().await.unwrap();
    rows
}

/// The messages as they must be, from how the bookings were made.
fn expected_messages() -> Vec<String> {
    let mut by_owner: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for number in 0..HIT {
        let ids = by_owner.entry(owner(number).unwrap_or_default());
        ids.or_default().insert(format!("hit{number:03}"));
    }
    let told = by_owner
        .iter()
        .map(|(to, ids)| format!("{to} sent {ids:?}"));
    let first = " sent {}".to_owned();
    let mut told: Vec<String> = told.chain([first]).collect();
    told.sort();
    told
}

fn posted(folder: &Path) -> Vec<String> {
    let post = fs::read_to_string(folder.join("post")).unwrap_or_default();
    post.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn g10_killed_before_or_after_any_call_a_run_ends_as_if_it_had_not_been() {
    let folder = tempfile::tempdir().unwrap();
    template(folder.path()).await;
    let copy = || {
        let copy = tempfile::tempdir().unwrap();
        fs::copy(
            folder.path().join("school.db"),
            copy.path().join("school.db"),
        )
        .unwrap();
        copy
    };
    let undisturbed = copy();
    let store = open(undisturbed.path()).await;
    let status = night(
        Arc::new(store.clone()),
        undisturbed.path(),
        utc("2031-09-02T00:00:00Z"),
    )
    .await;
    store.close().await;
    assert_eq!(status, Status::Applied);
    let expected = rows(undisturbed.path()).await;
    // The run itself, by what the test made.
    let hit: Vec<String> = (0..HIT).map(|number| format!("hit{number:03}")).collect();
    let safe: Vec<String> = (0..SAFE).map(|number| format!("safe{number:02}")).collect();
    assert_eq!(expected["removed"], hit);
    assert_eq!(expected["bookings"], safe);
    assert_eq!(expected["told"], expected_messages());
    let messages: BTreeSet<String> = posted(undisturbed.path()).into_iter().collect();
    assert_eq!(messages.len(), OWNERS + 1);

    let mut died: BTreeMap<String, usize> = BTreeMap::new();
    let mut applied_twice = 0;
    for call in 0.. {
        let mut over = false;
        for side in ["before", "after"] {
            let copy = copy();
            let child = Command::new(env::current_exe().unwrap())
                .args([CHILD, "--exact", "--ignored"])
                .env(FOLDER, copy.path())
                .env(CALL, call.to_string())
                .env(SIDE, side)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            over = child.success();
            if !over {
                assert!(child.signal().is_some(), "the child failed: {child}");
                let name = fs::read_to_string(copy.path().join("died")).unwrap();
                *died.entry(format!("{side} {name}")).or_default() += 1;
            }
            // A quarter of an hour later leases and claims of the dead have lapsed.
            let store = open(copy.path()).await;
            let again = utc("2031-09-02T00:15:00Z");
            let status = night(Arc::new(store.clone()), copy.path(), again).await;
            store.close().await;
            applied_twice += usize::from(status == Status::Applied);
            let place = format!("{side} call {call}");
            assert!(
                matches!(status, Status::Applied | Status::Unchanged),
                "{place}"
            );
            let ended = rows(copy.path()).await;
            for (what, expected) in &expected {
                assert_eq!(&ended[what], expected, "{what}, killed {place}");
            }
            // At least once each; only the one that was on its way may come again.
            let posted = posted(copy.path());
            assert_eq!(
                posted.iter().cloned().collect::<BTreeSet<_>>(),
                messages,
                "{place}"
            );
            assert!(posted.len() <= messages.len() + 1, "{place}");
        }
        if over {
            break;
        }
    }
    // Every call of the sync and the sender was one of them, and some kills were on either side of the commit.
    for name in [
        "lease", "load", "runs", "commit", "release", "claim", "settle",
    ] {
        for side in ["before", "after"] {
            assert!(
                died.contains_key(&format!("{side} {name}")),
                "{side} {name}: {died:?}"
            );
        }
    }
    assert_eq!(died["before settle"], messages.len());
    assert_eq!(died["after settle"], messages.len());
    assert!(applied_twice > 4, "{applied_twice}");
}
