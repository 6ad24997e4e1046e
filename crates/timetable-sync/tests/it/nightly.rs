//! The nightly syncs beside each other: none stops another, several processes share the work, and the end is orderly.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use booking_store::{
    BookingDesk, BookingStore, Delivery, MemoryStore, Notice, NoticeId, RunFilter, SchoolId,
    StoreError, StoreErrorKind,
};
use chrono::{DateTime, TimeDelta, Utc};
use isams_client::{FetchRequest, Payload};
use serde_json::json;
use timetable_sync::{
    Nightly, Notifier, Recorded, Rehearsal, School, Schools, Settings, Source, SyncRequest, Syncer,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    feed::{Row, feed, no_answer},
    fortnight::utc,
    metrics::Told,
    school::booking,
    sender::{queued, record},
};

const ROWS: [Row; 1] = [("9001", "10B/Ph1", "T1", "11", "1")];

/// A source that counts how often it is asked, and at most how often at once.
#[derive(Debug, Default)]
struct Counting {
    asked: AtomicUsize,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

#[async_trait]
impl Source for Counting {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        // Whoever may begin, does so meanwhile.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        Ok(feed(&ROWS).payload())
    }
}

/// A source that panics.
#[derive(Debug)]
struct Panicking;

#[async_trait]
impl Source for Panicking {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        panic!("on purpose")
    }
}

/// A source without an answer.
#[derive(Debug)]
struct Down;

#[async_trait]
impl Source for Down {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        Err(no_answer())
    }
}

/// A source that says when it is asked, and waits until it may answer.
#[derive(Debug)]
struct Waiting {
    asked: Semaphore,
    answer: Semaphore,
}

impl Waiting {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            asked: Semaphore::new(0),
            answer: Semaphore::new(0),
        })
    }
}

#[async_trait]
impl Source for Waiting {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        self.asked.add_permits(1);
        self.answer.acquire().await.unwrap().forget();
        Ok(feed(&ROWS).payload())
    }
}

fn school(id: &str, source: Arc<dyn Source>) -> School {
    let mut school = School::new(SchoolId::new(id), source, Settings::default());
    school.schedule = school.schedule.window(Duration::ZERO);
    school
}

/// Nightly syncs in pretended time from 1 September 2031, a Monday.
struct World {
    store: MemoryStore,
    time: Arc<Rehearsal>,
    over: CancellationToken,
}

impl World {
    /// For so long, from this UTC time of the day on.
    fn new(from: &str, lasts: TimeDelta) -> Self {
        let (start, over) = (
            utc(&format!("2031-09-01T{from}:00Z")),
            CancellationToken::new(),
        );
        Self {
            store: MemoryStore::new(),
            time: Rehearsal::new(start, start + lasts, over.clone()),
            over,
        }
    }

    fn nightly(&self, schools: impl Schools + 'static) -> Nightly {
        let time = self.time.clone();
        let store = Arc::new(self.store.clone());
        Nightly::new(store, Arc::new(schools), time.clock(), time, "test")
    }

    /// When the school was synced.
    async fn runs(&self, school: &str) -> Vec<String> {
        let (school, all) = (SchoolId::new(school), RunFilter::default());
        let runs = self.store.runs(&school, &all);
        let runs = runs.await.unwrap();
        let started = runs.iter().rev().map(|run| run.started.format("%d %H:%M"));
        started.map(|text| text.to_string()).collect()
    }
}

#[tokio::test]
async fn the_failure_or_panic_of_one_school_stops_no_other() {
    let world = World::new("12:00", TimeDelta::minutes(90));
    let nightly = world.nightly(vec![
        school("a", Arc::new(Panicking)),
        school("b", Arc::new(Down)),
        school("c", Arc::new(Recorded(feed(&ROWS).payload()))),
    ]);
    nightly.run(world.over.clone()).await;
    assert_eq!(world.runs("c").await, ["01 12:00"]);
    assert!(world.runs("a").await.is_empty() && world.runs("b").await.is_empty());

    let health = serde_json::to_value(nightly.health().await.unwrap()).unwrap();
    let failing = |id: &str, reason: &str| {
        json!({
            "school": id, "healthy": false, "running": false, "last_success": null,
            "last_run": {"started": "2031-09-01T12:40:00Z", "status": "failed"},
            "next_due": "2031-09-01T13:40:00Z", "consecutive_failures": 3, "reason": reason,
        })
    };
    let expected = json!({
        "healthy": false, "reason": null, "started": "2031-09-01T12:00:00Z", "now": "2031-09-01T13:30:00Z",
        "schools": [
            failing("a", "the sync panicked"),
            failing("b", "iSAMS gave no usable answer: the answer is longer than 1 bytes"),
            {
                "school": "c", "healthy": true, "running": false, "last_success": "2031-09-01T12:00:00Z",
                "last_run": {"started": "2031-09-01T12:00:00Z", "status": "applied"},
                // 01:00 British Summer Time.
                "next_due": "2031-09-02T00:00:00Z", "consecutive_failures": 0, "reason": null,
            },
        ],
        // The administrator is to hear of the first run of c.
        "outbox": {"queued": 1, "failed": 0},
    });
    assert_eq!(health, expected);
}

#[tokio::test]
async fn so_many_schools_as_allowed_are_synced_at_once() {
    for (at_once, most) in [(1, 1), (3, 3), (100, 7)] {
        let world = World::new("12:00", TimeDelta::hours(20));
        let source = Arc::new(Counting::default());
        let schools: Vec<School> = (0..7)
            .map(|number| school(&format!("school-{number}"), source.clone()))
            .collect();
        let nightly = world.nightly(schools).at_once(at_once);
        nightly.run(world.over.clone()).await;
        assert_eq!(source.asked.load(Ordering::SeqCst), 14);
        assert_eq!(source.most.load(Ordering::SeqCst), most);
        for number in 0..7 {
            let runs = world.runs(&format!("school-{number}")).await;
            assert_eq!(runs, ["01 12:00", "02 00:00"]);
        }
    }
}

#[tokio::test]
async fn a_busy_lease_is_tried_again_later_and_is_no_failure() {
    let world = World::new("12:00", TimeDelta::hours(1));
    let source = Arc::new(Counting::default());
    let (id, ttl) = (SchoolId::new("a"), TimeDelta::minutes(12));
    let other = world.store.lease(&id, "other", world.time.now(), ttl).await;
    assert!(other.unwrap().is_some());
    let told = Arc::new(Told::default());
    let nightly = world
        .nightly(vec![school("a", source.clone())])
        .metrics(told.clone());
    nightly.run(world.over.clone()).await;
    assert_eq!(world.runs("a").await, ["01 12:15"]);
    assert_eq!(source.asked.load(Ordering::SeqCst), 1);
    let told = told.take();
    assert!(told.iter().all(|told| !told.contains("failed")), "{told:?}");
}

/// The schools of a process, where another process syncs them a moment before, at one o'clock.
#[derive(Debug)]
struct Faster {
    schools: Vec<School>,
    other: Syncer,
    time: Arc<Rehearsal>,
}

#[async_trait]
impl Schools for Faster {
    async fn schools(&self) -> Result<Vec<School>, StoreError> {
        if self.time.now() == utc("2031-09-02T00:00:00Z") {
            let source = Recorded(feed(&ROWS).payload());
            let request = SyncRequest::default();
            let sync = self.other.sync(&self.schools[0].id, &source, &request);
            sync.await.unwrap();
        }
        Ok(self.schools.clone())
    }
}

#[tokio::test]
async fn of_several_processes_one_syncs_a_school() {
    let world = World::new("12:00", TimeDelta::hours(40));
    let source = Arc::new(Counting::default());
    let store = Arc::new(world.store.clone());
    let schools = Faster {
        schools: vec![school("a", source.clone())],
        other: Syncer::new(store, Settings::default(), world.time.clock(), "other"),
        time: world.time.clone(),
    };
    let nightly = world.nightly(schools);
    nightly.run(world.over.clone()).await;
    assert_eq!(world.runs("a").await, ["01 12:00", "02 00:00", "03 00:00"]);
    assert_eq!(
        source.asked.load(Ordering::SeqCst),
        2,
        "the other asked once"
    );
}

/// Schools that come and go, and a list that cannot always be read.
#[derive(Debug)]
struct Coming {
    schools: Vec<School>,
    time: Arc<Rehearsal>,
}

#[async_trait]
impl Schools for Coming {
    async fn schools(&self) -> Result<Vec<School>, StoreError> {
        let at = |text: &str| utc(&format!("2031-09-{text}:00Z"));
        let now = self.time.now();
        let unreadable = at("02T00:00")..at("02T12:00");
        if unreadable.contains(&now) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "no list"));
        }
        let mut schools = self.schools.clone();
        if now < at("01T15:00") {
            schools.retain(|school| school.id != SchoolId::new("late"));
        }
        if now >= at("02T12:00") {
            schools.retain(|school| school.id != SchoolId::new("gone"));
        }
        Ok(schools)
    }
}

#[tokio::test]
async fn schools_come_and_go_and_those_that_are_known_stay_while_the_list_cannot_be_read() {
    let world = World::new("12:00", TimeDelta::hours(40));
    let source: Arc<dyn Source> = Arc::new(Recorded(feed(&ROWS).payload()));
    let schools = Coming {
        schools: ["always", "gone", "late"]
            .map(|id| school(id, source.clone()))
            .into(),
        time: world.time.clone(),
    };
    let nightly = world.nightly(schools);
    nightly.run(world.over.clone()).await;
    assert_eq!(
        world.runs("always").await,
        ["01 12:00", "02 00:00", "03 00:00"]
    );
    assert_eq!(world.runs("gone").await, ["01 12:00", "02 00:00"]);
    assert_eq!(
        world.runs("late").await,
        ["01 15:00", "02 00:00", "03 00:00"]
    );
    let health = nightly.health().await.unwrap();
    assert!(health.healthy && health.reason.is_none());
    let known: Vec<String> = health
        .schools
        .iter()
        .map(|it| it.school.to_string())
        .collect();
    assert_eq!(known, ["always", "late"]);
}

#[tokio::test]
async fn a_list_of_schools_that_cannot_be_read_is_not_healthy() {
    let world = World::new("12:00", TimeDelta::hours(18));
    let schools = Coming {
        schools: Vec::new(),
        time: world.time.clone(),
    };
    let nightly = world.nightly(schools);
    nightly.run(world.over.clone()).await;
    let health = nightly.health().await.unwrap();
    assert!(!health.healthy && health.schools.is_empty());
    let reason = health.reason.unwrap();
    assert_eq!(reason, "the list of schools cannot be read");
}

#[tokio::test]
async fn stopping_drops_what_is_being_read_begins_nothing_and_gives_the_lease_back() {
    let world = World::new("12:00", TimeDelta::days(9));
    let source = Waiting::new();
    let stop = CancellationToken::new();
    let nightly = Arc::new(
        world
            .nightly(vec![
                school("a", source.clone()),
                school("b", Arc::new(Recorded(feed(&ROWS).payload()))),
            ])
            .at_once(1),
    );
    let (running, token) = (Arc::clone(&nightly), stop.clone());
    let run = tokio::spawn(async move { running.run(token).await });
    source.asked.acquire().await.unwrap().forget();
    assert!(nightly.health().await.unwrap().schools[0].running);
    stop.cancel();
    // The source never answers.
    run.await.unwrap();
    assert!(world.runs("a").await.is_empty());
    let health = nightly.health().await.unwrap();
    assert_eq!(
        (
            health.schools[0].running,
            health.schools[0].consecutive_failures
        ),
        (false, 0)
    );
    assert!(world.runs("b").await.is_empty(), "it was due, too");
    let (id, ttl) = (SchoolId::new("a"), TimeDelta::seconds(1));
    let lease = world.store.lease(&id, "next", world.time.now(), ttl).await;
    assert!(lease.unwrap().is_some());
}

#[tokio::test]
async fn dropping_it_stops_at_once_and_leaves_nothing_half_done() {
    let world = World::new("12:00", TimeDelta::days(1));
    let source = Waiting::new();
    let nightly = world.nightly(vec![school("a", source.clone())]);
    tokio::select! {
        () = nightly.run(CancellationToken::new()) => panic!("it ended by itself"),
        asked = source.asked.acquire() => asked.unwrap().forget(),
    }
    source.answer.add_permits(1_000);
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert!(world.runs("a").await.is_empty());
    // The lease has not been given back, and lapses within the five minutes.
    nightly.run(world.over.clone()).await;
    assert_eq!(world.runs("a").await, ["01 12:05", "02 00:00"]);
}

/// Panics first, then puts off, then hands over.
#[derive(Debug, Default)]
struct Moody {
    panicked: AtomicBool,
    refused: AtomicBool,
    handed_over: Mutex<Vec<String>>,
}

#[async_trait]
impl Notifier for Moody {
    async fn deliver(&self, notice: &Notice) -> Delivery {
        assert!(self.panicked.swap(true, Ordering::SeqCst), "on purpose");
        if !self.refused.swap(true, Ordering::SeqCst) {
            return Delivery::TryAgain {
                reason: "busy".to_owned(),
                not_before: None,
            };
        }
        self.handed_over.lock().unwrap().push(notice.to.to_string());
        Delivery::Sent
    }
}

#[tokio::test]
async fn messages_are_sent_every_minute_whatever_becomes_of_one_attempt() {
    let world = World::new("12:00", TimeDelta::days(1));
    let (notifier, told) = (Arc::new(Moody::default()), Arc::new(Told::default()));
    let a = school("a", Arc::new(Recorded(feed(&ROWS).payload())));
    // Its first sync before, so that there are rooms to book.
    let first = Syncer::new(
        Arc::new(world.store.clone()),
        Settings::default(),
        world.time.clock(),
        "first",
    );
    let request = SyncRequest::default();
    first.sync(&a.id, &*a.source, &request).await.unwrap();
    let (start, end) = ("2031-09-08T09:00", "2031-09-08T10:00");
    let club = booking("club", "isams-1", start, end, "a@school.example");
    world.store.book(&a.id, &club).await.unwrap();

    let nightly = world
        .nightly(vec![a])
        .notifier(notifier.clone())
        .metrics(told.clone());
    nightly.run(world.over.clone()).await;
    // The administrator hears of the first run, and after one o'clock the owner of what it removed.
    let handed_over = notifier.handed_over.lock().unwrap().clone();
    assert_eq!(handed_over, ["administrator", "a@school.example"]);
    let messages: Vec<String> = told
        .take()
        .into_iter()
        .filter(|told| told.starts_with("sent") || told.starts_with("a "))
        .filter(|told| !told.ends_with(" s"))
        .collect();
    assert_eq!(
        messages,
        [
            "sent 0 put off 1 failed 0",
            "sent 1 put off 0 failed 0",
            "a Applied removed 1",
            "sent 1 put off 0 failed 0"
        ]
    );
    let outbox = nightly.health().await.unwrap().outbox;
    assert_eq!((outbox.queued, outbox.failed), (0, 0));
}

/// Says when it is given a message, and waits until it may accept it.
#[derive(Debug)]
struct Hanging {
    given: Semaphore,
    accept: Semaphore,
}

#[async_trait]
impl Notifier for Hanging {
    async fn deliver(&self, _notice: &Notice) -> Delivery {
        self.given.add_permits(1);
        self.accept.acquire().await.unwrap().forget();
        Delivery::Sent
    }
}

#[tokio::test]
async fn stopping_while_a_message_hangs_settles_it_and_begins_no_other() {
    let world = World {
        store: queued(&["1", "2", "3"]).await,
        ..World::new("12:00", TimeDelta::days(1))
    };
    let notifier = Arc::new(Hanging {
        given: Semaphore::new(0),
        accept: Semaphore::new(0),
    });
    let stop = CancellationToken::new();
    let nightly = world
        .nightly(vec![school("greenwood", Arc::new(Down))])
        .notifier(notifier.clone());
    let token = stop.clone();
    let run = tokio::spawn(async move { nightly.run(token).await });
    notifier.given.acquire().await.unwrap().forget();
    stop.cancel();
    // It would accept all of them.
    notifier.accept.add_permits(3);
    run.await.unwrap();
    let mut states = Vec::new();
    for id in ["1", "2", "3"] {
        states.push(record(&world.store, id).await.state.name());
    }
    assert_eq!(states, ["sent", "queued", "queued"]);
    assert_eq!(notifier.given.available_permits(), 0);
}

#[tokio::test]
async fn failed_messages_are_in_the_reason_and_five_in_a_row_are_not_healthy() {
    for (ids, failed, reason, healthy) in [
        (&["1", "2", "3", "4", "5", "6"][..], &[][..], None, true),
        (
            &["1", "2"],
            &["1", "2"],
            Some("2 messages were given up"),
            true,
        ),
        (
            &["1", "2", "3", "4", "5", "6"],
            &["1", "2", "3", "4", "6"],
            Some("5 messages were given up"),
            true,
        ),
        (
            &["1", "2", "3", "4", "5", "6"],
            &["2", "3", "4", "5", "6"],
            Some("5 messages were given up"),
            false,
        ),
    ] {
        let world = World {
            store: queued(ids).await,
            ..World::new("12:00", TimeDelta::minutes(1))
        };
        for id in ids {
            let outcome = if failed.contains(id) {
                Delivery::Failed("550 no such user".to_owned())
            } else {
                Delivery::Sent
            };
            let id = NoticeId::new(*id);
            world.store.settle(&id, &outcome).await.unwrap();
        }
        let source = Arc::new(Recorded(feed(&ROWS).payload()));
        let nightly = world.nightly(vec![school("greenwood", source)]);
        nightly.run(world.over.clone()).await;
        let health = nightly.health().await.unwrap();
        assert_eq!(
            (health.reason.as_deref(), health.healthy),
            (reason, healthy),
            "{failed:?}"
        );
    }
}

#[tokio::test]
async fn messages_of_schools_that_others_look_after_are_left_to_them() {
    let world = World {
        store: queued(&["1"]).await,
        ..World::new("12:00", TimeDelta::minutes(3))
    };
    let source = Arc::new(Recorded(feed(&ROWS).payload()));
    let notifier = Arc::new(Moody::default());
    notifier.panicked.store(true, Ordering::SeqCst);
    notifier.refused.store(true, Ordering::SeqCst);
    let nightly = world
        .nightly(vec![school("a", source)])
        .notifier(notifier.clone());
    nightly.run(world.over.clone()).await;
    // The administrator of `a` hears of its first run.
    let handed_over = notifier.handed_over.lock().unwrap().clone();
    assert_eq!(handed_over, ["administrator"]);
    let left = record(&world.store, "1").await;
    assert_eq!((left.state.name(), left.attempts), ("queued", 0));
}

#[tokio::test(start_paused = true)]
async fn by_the_wall_the_sleeper_wakes_when_the_clock_shows_the_moment() {
    let begun = tokio::time::Instant::now();
    let start: DateTime<Utc> = utc("2031-09-01T00:00:00Z");
    let clock: timetable_sync::Clock =
        Arc::new(move || start + TimeDelta::from_std(begun.elapsed()).unwrap());
    let source = Arc::new(Counting::default());
    let (store, stop) = (MemoryStore::new(), CancellationToken::new());
    let nightly = Nightly::new(
        Arc::new(store.clone()),
        Arc::new(vec![school("a", source.clone())]),
        clock.clone(),
        Arc::new(timetable_sync::WallSleeper::new(clock)),
        "test",
    );
    let token = stop.clone();
    let run = tokio::spawn(async move { nightly.run(token).await });
    tokio::time::sleep(Duration::from_secs(60 * 3600)).await;
    stop.cancel();
    run.await.unwrap();
    let runs = store.runs(&SchoolId::new("a"), &RunFilter::default()).await;
    let started: Vec<String> = runs
        .unwrap()
        .iter()
        .rev()
        .map(|run| run.started.format("%d %H:%M:%S").to_string())
        .collect();
    assert_eq!(started, ["01 00:00:00", "02 00:00:00", "03 00:00:00"]);
}
