//! Two schools over a fortnight in which the clocks change, in pretended time: exactly when each is asked, what each run
//! came to, and who is told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use booking_store::{BookingDesk, Delivery, MemoryStore, Notice, RunFilter, SchoolId};
use booking_store_sqlite::SqliteStore;
use chrono::{DateTime, Utc};
use isams_client::{FetchRequest, Payload};
use serde_json::json;
use timetable_sync::{Nightly, Notifier, Rehearsal, School, Schools, Settings, Source};
use tokio_util::sync::CancellationToken;

use crate::{
    feed::{Feed, Row, feed, no_answer},
    school::booking,
};

pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn short(time: DateTime<Utc>) -> String {
    time.format("%d %b %H:%M").to_string()
}

const GAMES: Row = ("9001", "9B-PSHE", "T2", "21", "5");

/// Physics in room 1, Monday's Period 1 (09:00-10:00).
const PHYSICS: Row = ("9101", "10B/Ph1", "T1", "11", "1");

/// The feed of a school year with these weeks.
fn feed_of(rows: &[Row], year: u32, weeks: std::ops::RangeInclusive<u32>) -> Feed {
    let mut feed = feed(rows);
    feed.terms.as_mut().unwrap()["Term"]["FinishDate"] = json!("2032-04-30T00:00:00");
    let weeks: Vec<_> = weeks
        .map(|week| json!({"@Id": format!("5{week}"), "Week": week.to_string(), "Year": year.to_string(), "TimetableWeekId": "1"}))
        .collect();
    feed.allocations = Some(json!({ "TimetableAllocation": weeks }));
    feed
}

/// Answers by the clock: the last feed that has begun; none while it is down. Writes down when it was asked.
#[derive(Debug)]
struct Changing {
    time: Mutex<Arc<Rehearsal>>,
    feeds: BTreeMap<DateTime<Utc>, Feed>,
    down: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    asked: Mutex<Vec<String>>,
}

impl Changing {
    fn new(time: &Arc<Rehearsal>, feeds: &[(&str, Feed)], down: &[(&str, &str)]) -> Arc<Self> {
        let feeds = feeds
            .iter()
            .map(|(from, feed)| (utc(from), feed.clone()))
            .collect();
        let down = down.iter().map(|(from, to)| (utc(from), utc(to))).collect();
        Arc::new(Self {
            time: Mutex::new(Arc::clone(time)),
            feeds,
            down,
            asked: Mutex::default(),
        })
    }
}

#[async_trait]
impl Source for Changing {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        let now = self.time.lock().unwrap().now();
        self.asked.lock().unwrap().push(short(now));
        if self.down.iter().any(|(from, to)| *from <= now && now < *to) {
            return Err(no_answer());
        }
        let (_, feed) = self.feeds.range(..=now).next_back().unwrap();
        Ok(feed.payload())
    }
}

/// Hands everything over, and writes down when to whom.
#[derive(Debug)]
struct Post {
    time: Mutex<Arc<Rehearsal>>,
    sent: Mutex<Vec<(DateTime<Utc>, String)>>,
}

impl Post {
    /// What was handed over since it was last asked, in the order of the alphabet.
    fn take(&self) -> Vec<String> {
        let sent = std::mem::take(&mut *self.sent.lock().unwrap());
        let mut whats: Vec<String> = sent.into_iter().map(|(_, what)| what).collect();
        whats.sort();
        whats
    }
}

#[async_trait]
impl Notifier for Post {
    async fn deliver(&self, notice: &Notice) -> Delivery {
        let now = self.time.lock().unwrap().now();
        let what = format!("{} of {} and run {}", notice.to, notice.school, notice.run);
        self.sent.lock().unwrap().push((now, what));
        Delivery::Sent
    }
}

/// Two schools, at one o'clock and at half past one.
struct Two {
    store: Arc<dyn BookingDesk>,
    alder: Arc<Changing>,
    birch: Arc<Changing>,
    post: Arc<Post>,
}

impl Two {
    fn schools(&self) -> Vec<School> {
        let school = |id: &str, source: &Arc<Changing>, at: &str| {
            let mut school = School::new(SchoolId::new(id), source.clone(), Settings::default());
            school.schedule = school
                .schedule
                .at(at.parse().unwrap())
                .window(Duration::ZERO);
            school
        };
        vec![
            school("alder", &self.alder, "01:00:00"),
            school("birch", &self.birch, "01:30:00"),
        ]
    }

    /// One process, from its start to its end.
    async fn live(&self, time: Arc<Rehearsal>, over: CancellationToken) {
        for held in [&self.alder.time, &self.birch.time, &self.post.time] {
            *held.lock().unwrap() = Arc::clone(&time);
        }
        let schools: Arc<dyn Schools> = Arc::new(self.schools());
        let store = Arc::clone(&self.store) as Arc<_>;
        Nightly::new(store, schools, time.clock(), time, "test")
            .notifier(self.post.clone())
            .run(over)
            .await;
    }

    async fn journal(&self, school: &str) -> Vec<String> {
        let which = RunFilter::default();
        let runs = self.store.runs(&SchoolId::new(school), &which).await;
        let mut runs: Vec<String> = runs
            .unwrap()
            .iter()
            .map(|run| format!("{} {}", short(run.started), run.status))
            .collect();
        runs.reverse();
        runs
    }
}

fn time(from: &str, to: &str) -> (Arc<Rehearsal>, CancellationToken) {
    let over = CancellationToken::new();
    (Rehearsal::new(utc(from), utc(to), over.clone()), over)
}

/// Monday 20 October 2031 at noon to Monday 3 November. British Summer Time ends on Sunday 26 October at 01:00 UTC.
async fn autumn(store: Arc<dyn BookingDesk>) {
    let (first, over) = time("2031-10-20T12:00:00Z", "2031-10-23T12:00:00Z");
    let games = feed_of(&[GAMES], 2031, 43..=45);
    let both = feed_of(&[GAMES, PHYSICS], 2031, 43..=45);
    let two = Two {
        alder: Changing::new(
            &first,
            &[
                ("2031-10-01T00:00:00Z", games.clone()),
                ("2031-10-22T15:00:00Z", both.clone()),
            ],
            &[],
        ),
        birch: Changing::new(
            &first,
            // The lesson comes while nobody runs the program.
            &[
                ("2031-10-01T00:00:00Z", games),
                ("2031-10-24T15:00:00Z", both),
            ],
            &[
                ("2031-10-22T00:00:00Z", "2031-10-22T02:00:00Z"),
                ("2031-10-28T01:00:00Z", "2031-10-29T01:20:00Z"),
            ],
        ),
        post: Arc::new(Post {
            time: Mutex::new(Arc::clone(&first)),
            sent: Mutex::default(),
        }),
        store,
    };
    two.live(first, over).await;
    // Until then the schools have no rooms to book, and only their administrators hear of the first runs.
    assert_eq!(
        two.post.take(),
        [
            "administrator of alder and run 1",
            "administrator of birch and run 1"
        ]
    );
    let book = async |school: &str| {
        let (start, end) = ("2031-11-03T09:00", "2031-11-03T10:00");
        let club = booking("club", "isams-1", start, end, "a@school.example");
        two.store.book(&SchoolId::new(school), &club).await.unwrap();
    };
    book("alder").await;
    book("birch").await;

    // The night of the 24th passes without a process, and so does that of the 25th.
    let (second, over) = time("2031-10-25T09:00:00Z", "2031-11-03T12:00:00Z");
    two.live(second, over).await;

    let alder = [
        "20 Oct 12:00 applied",
        "21 Oct 00:00 unchanged",
        "22 Oct 00:00 unchanged",
        "23 Oct 00:00 applied",
        "25 Oct 09:00 applied",
        "26 Oct 00:00 unchanged",
        "27 Oct 01:00 unchanged",
        "28 Oct 01:00 unchanged",
        "29 Oct 01:00 unchanged",
        "30 Oct 01:00 unchanged",
        "31 Oct 01:00 unchanged",
        "01 Nov 01:00 unchanged",
        "02 Nov 01:00 unchanged",
        "03 Nov 01:00 unchanged",
    ];
    assert_eq!(two.journal("alder").await, alder);
    let asked = alder.map(|run| run[..12].to_owned());
    assert_eq!(*two.alder.asked.lock().unwrap(), asked);

    let birch = [
        "20 Oct 12:00 applied",
        "21 Oct 00:30 unchanged",
        "22 Oct 02:10 unchanged",
        "23 Oct 00:30 unchanged",
        "25 Oct 09:00 applied",
        "26 Oct 00:30 unchanged",
        "27 Oct 01:30 unchanged",
        "29 Oct 01:30 unchanged",
        "30 Oct 01:30 unchanged",
        "31 Oct 01:30 unchanged",
        "01 Nov 01:30 unchanged",
        "02 Nov 01:30 unchanged",
        "03 Nov 01:30 unchanged",
    ];
    assert_eq!(two.journal("birch").await, birch);
    let asked = [
        "20 Oct 12:00",
        "21 Oct 00:30",
        // Down until 02:00.
        "22 Oct 00:30",
        "22 Oct 00:40",
        "22 Oct 01:10",
        "22 Oct 02:10",
        "23 Oct 00:30",
        "25 Oct 09:00",
        "26 Oct 00:30",
        "27 Oct 01:30",
        // Down for a day and a night.
        "28 Oct 01:30",
        "28 Oct 01:40",
        "28 Oct 02:10",
        "28 Oct 03:10",
        "28 Oct 04:10",
        "28 Oct 05:10",
        "28 Oct 06:10",
        "28 Oct 07:10",
        "28 Oct 08:10",
        "28 Oct 09:10",
        "28 Oct 10:10",
        "28 Oct 11:10",
        "28 Oct 12:10",
        "28 Oct 13:10",
        "28 Oct 14:10",
        "28 Oct 15:10",
        "28 Oct 16:10",
        "28 Oct 17:10",
        "28 Oct 18:10",
        "28 Oct 19:10",
        "28 Oct 20:10",
        "28 Oct 21:10",
        "28 Oct 22:10",
        "28 Oct 23:10",
        "29 Oct 00:10",
        "29 Oct 01:10",
        "29 Oct 01:30",
        "30 Oct 01:30",
        "31 Oct 01:30",
        "01 Nov 01:30",
        "02 Nov 01:30",
        "03 Nov 01:30",
    ];
    assert_eq!(*two.birch.asked.lock().unwrap(), asked);

    // Both clubs went with the catch-up, each owner is told once, and within a minute.
    let sent = two.post.sent.lock().unwrap().clone();
    for (when, what) in &sent {
        let (first, last) = (utc("2031-10-25T09:00:00Z"), utc("2031-10-25T09:01:00Z"));
        assert!(first <= *when && *when <= last, "{what} at {when}");
    }
    assert_eq!(
        two.post.take(),
        [
            "a@school.example of alder and run 5",
            "a@school.example of birch and run 5"
        ]
    );
}

#[tokio::test]
async fn a_fortnight_with_faults_a_missed_night_and_the_end_of_summer_time_in_memory() {
    autumn(Arc::new(MemoryStore::new())).await;
}

#[tokio::test]
async fn a_fortnight_with_faults_a_missed_night_and_the_end_of_summer_time_in_sqlite() {
    let store = SqliteStore::open("sqlite::memory:").await.unwrap();
    autumn(Arc::new(store)).await;
}

#[tokio::test]
async fn a_fortnight_around_the_beginning_of_summer_time() {
    // Monday 22 March to Monday 5 April 2032. On Sunday 28 March the clocks go from 01:00 UTC to 02:00.
    let (time, over) = time("2032-03-22T00:50:00Z", "2032-04-05T00:50:00Z");
    let same = [("2032-03-01T00:00:00Z", feed_of(&[GAMES], 2032, 13..=15))];
    let two = Two {
        alder: Changing::new(&time, &same, &[]),
        birch: Changing::new(&time, &same, &[]),
        post: Arc::new(Post {
            time: Mutex::new(Arc::clone(&time)),
            sent: Mutex::default(),
        }),
        store: Arc::new(MemoryStore::new()),
    };
    two.live(time, over).await;
    // The first sync comes at once; the moment of the first night ten minutes later is one of its own.
    let alder = [
        "22 Mar 00:50",
        "22 Mar 01:00",
        "23 Mar 01:00",
        "24 Mar 01:00",
        "25 Mar 01:00",
        "26 Mar 01:00",
        "27 Mar 01:00",
        "28 Mar 01:00",
        "29 Mar 00:00",
        "30 Mar 00:00",
        "31 Mar 00:00",
        "01 Apr 00:00",
        "02 Apr 00:00",
        "03 Apr 00:00",
        "04 Apr 00:00",
        "05 Apr 00:00",
    ];
    assert_eq!(*two.alder.asked.lock().unwrap(), alder);
    let birch = [
        "22 Mar 00:50",
        "22 Mar 01:30",
        "23 Mar 01:30",
        "24 Mar 01:30",
        "25 Mar 01:30",
        "26 Mar 01:30",
        "27 Mar 01:30",
        "28 Mar 01:00",
        "29 Mar 00:30",
        "30 Mar 00:30",
        "31 Mar 00:30",
        "01 Apr 00:30",
        "02 Apr 00:30",
        "03 Apr 00:30",
        "04 Apr 00:30",
        "05 Apr 00:30",
    ];
    assert_eq!(*two.birch.asked.lock().unwrap(), birch);
}
