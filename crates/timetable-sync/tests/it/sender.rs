//! The sender: what it does with the answers of a notifier, and when it comes back.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use booking_store::{
    BookingStore, ChangeSet, Delivery, MemoryStore, Notice, NoticeId, NoticeRecord, NoticeState,
    Recipient, RunId, RunKind, RunRecord, RunStatus, SchoolId,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use room_timetable::Interval;
use timetable_sync::{Notifier, SendReport, send_due, send_due_until};
use tokio_util::sync::CancellationToken;

use crate::school::booking;

/// Answers as it was told to, by message; what it was not told of, it accepts.
#[derive(Debug, Default)]
struct Scripted {
    answers: Mutex<BTreeMap<String, Vec<Delivery>>>,
    seen: Mutex<Vec<String>>,
    takes: Duration,
}

impl Scripted {
    fn answering(answers: &[(&str, &[Delivery])]) -> Self {
        let answers = answers
            .iter()
            .map(|(id, answers)| ((*id).to_owned(), answers.iter().rev().cloned().collect()))
            .collect();
        Self {
            answers: Mutex::new(answers),
            ..Self::default()
        }
    }

    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Notifier for Scripted {
    async fn deliver(&self, notice: &Notice) -> Delivery {
        tokio::time::sleep(self.takes).await;
        let id = notice.id.to_string();
        self.seen.lock().unwrap().push(id.clone());
        let mut answers = self.answers.lock().unwrap();
        let answer = answers.get_mut(&id).and_then(Vec::pop);
        answer.unwrap_or(Delivery::Sent)
    }
}

fn later(reason: &str) -> Delivery {
    Delivery::TryAgain {
        reason: reason.to_owned(),
        not_before: None,
    }
}

fn never(reason: &str) -> Delivery {
    Delivery::Failed(reason.to_owned())
}

fn minute(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
}

fn school() -> SchoolId {
    SchoolId::new("greenwood")
}

/// A store in which these messages wait, each to the address of its id.
pub(crate) async fn queued(ids: &[&str]) -> MemoryStore {
    holding(ids.iter().map(|id| notice(id)).collect()).await
}

fn notice(id: &str) -> Notice {
    Notice {
        id: NoticeId::new(id),
        school: school(),
        run: RunId(1),
        to: Recipient::Owner {
            name: None,
            email: format!("{id}@greenwood.example"),
        },
        subject: "A booking had to go".to_owned(),
        text: "Hello".to_owned(),
        html: None,
        calendar: None,
        removed: Vec::new(),
        restored: Vec::new(),
    }
}

/// A store in which these messages of its first run wait.
async fn holding(notices: Vec<Notice>) -> MemoryStore {
    let store = MemoryStore::new();
    let lease = store
        .lease(&school(), "test", minute(0), TimeDelta::minutes(1))
        .await
        .unwrap()
        .unwrap();
    let state = store.load(&school(), NaiveDateTime::MIN).await.unwrap();
    let run = RunRecord {
        id: state.last_run.next(),
        kind: RunKind::Sync,
        status: RunStatus::Applied,
        started: minute(0),
        finished: None,
        by: None,
        judged_at: minute(0).naive_utc(),
        fingerprint: None,
        areas: Vec::new(),
        report: serde_json::Value::Null,
    };
    let mut changes = ChangeSet::new(state.revision, run);
    changes.notices = notices;
    store.commit(&school(), &lease, &changes).await.unwrap();
    store
}

async fn send(store: &MemoryStore, notifier: &Scripted, now: DateTime<Utc>) -> SendReport {
    send_due(store, notifier, "sender", now, 100).await.unwrap()
}

pub(crate) async fn record(store: &MemoryStore, id: &str) -> NoticeRecord {
    let records = store.notices(&school()).await.unwrap();
    let found = records
        .into_iter()
        .find(|record| record.notice.id.as_str() == id);
    found.unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_sent_once_oldest_first() {
    let store = queued(&["c", "a", "b"]).await;
    let notifier = Scripted::default();
    let report = send(&store, &notifier, minute(0)).await;
    assert_eq!(notifier.seen(), ["c", "a", "b"]);
    assert_eq!(
        (report.sent(), report.put_off(), report.failed()),
        (3, 0, 0)
    );
    assert_eq!(report.attempts[1].notice, NoticeId::new("a"));
    assert_eq!(report.attempts[1].to.to_string(), "a@greenwood.example");
    assert_eq!(
        send(&store, &notifier, minute(1)).await,
        SendReport::default()
    );
    assert!(notifier.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_limit_are_sent_at_once() {
    let store = queued(&["1", "2", "3"]).await;
    let notifier = Scripted::default();
    for expected in [vec!["1", "2"], vec!["3"], vec![]] {
        send_due(&store, &notifier, "sender", minute(0), 2)
            .await
            .unwrap();
        assert_eq!(notifier.seen(), expected);
    }
    send_due(&store, &notifier, "sender", minute(0), 0)
        .await
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_refused_does_not_stop_the_rest() {
    let store = queued(&["1", "2", "3"]).await;
    let notifier = Scripted::answering(&[
        ("1", &[never("550 no such user")]),
        ("2", &[later("451 busy")]),
    ]);
    let report = send(&store, &notifier, minute(0)).await;
    assert_eq!(notifier.seen(), ["1", "2", "3"]);
    assert_eq!(
        (report.sent(), report.put_off(), report.failed()),
        (1, 1, 1)
    );
    let failed = record(&store, "1").await;
    assert_eq!(
        failed.state,
        NoticeState::Failed("550 no such user".to_owned())
    );
    let waiting = record(&store, "2").await;
    assert_eq!(
        (
            waiting.state,
            waiting.attempts,
            waiting.last_error.as_deref()
        ),
        (NoticeState::Queued, 1, Some("451 busy"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_put_off_waits_and_waits_longer_each_time() {
    let store = queued(&["1"]).await;
    let notifier = Scripted::answering(&[("1", &[later("first"), later("second")])]);
    send(&store, &notifier, minute(0)).await;
    let next = record(&store, "1").await.next_attempt.unwrap();
    assert!(next >= minute(1) && next < minute(2), "{next}");
    send(&store, &notifier, next - TimeDelta::seconds(1)).await;
    assert_eq!(notifier.seen(), ["1"]);
    send(&store, &notifier, next).await;
    assert_eq!(notifier.seen(), ["1"]);
    let second = record(&store, "1").await.next_attempt.unwrap() - next;
    assert!(
        second >= TimeDelta::minutes(5) && second <= TimeDelta::minutes(6),
        "{second}"
    );
    let report = send(&store, &notifier, next + second).await;
    assert_eq!(report.sent(), 1);
    assert_eq!(record(&store, "1").await.last_error, None);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_never_accepted_is_given_up_after_two_days_and_stays_visible() {
    let store = queued(&["1"]).await;
    let answers = vec![later("connection refused"); 100];
    let notifier = Scripted::answering(&[("1", &answers)]);
    let mut now = minute(0);
    while let NoticeState::Queued = record(&store, "1").await.state {
        send(&store, &notifier, now).await;
        let left = record(&store, "1").await;
        now = left.next_attempt.unwrap_or(now);
    }
    let tried = notifier.seen().len();
    let given_up = record(&store, "1").await;
    assert_eq!(
        given_up.state,
        NoticeState::Failed(format!(
            "given up after {tried} attempts: connection refused"
        ))
    );
    let days = (now - minute(0)).num_days();
    assert_eq!(days, 2, "after {tried} attempts");

    // An administrator who repaired the cause has it sent after all, with as much patience as a new one.
    assert!(store.requeue(&NoticeId::new("1")).await.unwrap());
    let report = send(&store, &notifier, now).await;
    assert_eq!(
        (report.put_off(), record(&store, "1").await.attempts),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_time_that_the_other_side_names_is_kept_unless_it_is_sooner_or_far_away() {
    let store = queued(&["late", "soon", "never"]).await;
    let asked = |at| Delivery::TryAgain {
        reason: "come back".to_owned(),
        not_before: Some(at),
    };
    let notifier = Scripted::answering(&[
        ("late", &[asked(minute(30))]),
        ("soon", &[asked(minute(0))]),
        ("never", &[asked(DateTime::<Utc>::MAX_UTC)]),
    ]);
    send(&store, &notifier, minute(0)).await;
    assert_eq!(record(&store, "late").await.next_attempt, Some(minute(30)));
    assert!(record(&store, "soon").await.next_attempt.unwrap() >= minute(1));
    assert!(record(&store, "never").await.next_attempt.unwrap() < minute(2 * 24 * 60));
}

#[tokio::test(start_paused = true)]
async fn a_sender_that_was_killed_in_a_message_sends_that_one_again_under_the_same_id() {
    let store = queued(&["1", "2"]).await;
    // Killed between the handing over and its record.
    let claimed = store.claim(None, "sender", minute(0), 1).await.unwrap();
    let notifier = Scripted::default();
    notifier.deliver(&claimed[0].notice).await;

    let other = send_due(&store, &notifier, "another", minute(1), 100)
        .await
        .unwrap();
    assert_eq!(
        (other.sent(), notifier.seen()),
        (1, vec!["1".to_owned(), "2".to_owned()])
    );
    // The same holder comes back at once; another would wait until the claim lapses.
    let report = send(&store, &notifier, minute(1)).await;
    assert_eq!((report.sent(), notifier.seen()), (1, vec!["1".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn a_call_in_which_every_message_hangs_ends_and_leaves_the_rest_due() {
    let ids: Vec<String> = (0..40).map(|number| format!("{number:02}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let store = queued(&ids).await;
    let hangs: Vec<(&str, Vec<Delivery>)> = ids
        .iter()
        .map(|id| (*id, vec![later("timed out")]))
        .collect();
    let hangs: Vec<(&str, &[Delivery])> = hangs
        .iter()
        .map(|(id, answers)| (*id, &answers[..]))
        .collect();
    let notifier = Scripted {
        takes: Duration::from_secs(30),
        ..Scripted::answering(&hangs)
    };
    let report = send(&store, &notifier, minute(0)).await;
    assert_eq!(
        (report.put_off(), notifier.seen()),
        (2, vec!["00".to_owned(), "01".to_owned()])
    );
    // What came last waits from when it came to nothing.
    assert!(record(&store, "01").await.next_attempt.unwrap() >= minute(2));
    send(&store, &notifier, minute(1)).await;
    assert_eq!(notifier.seen(), ["02", "03"]);
}

#[tokio::test(start_paused = true)]
async fn two_senders_side_by_side_send_each_message_once() {
    let store = queued(&["1", "2", "3", "4", "5", "6"]).await;
    let notifier = Scripted {
        takes: Duration::from_secs(1),
        ..Scripted::default()
    };
    let (one, two) = tokio::join!(
        send_due(&store, &notifier, "one", minute(0), 100),
        send_due(&store, &notifier, "two", minute(0), 100),
    );
    assert_eq!(one.unwrap().sent() + two.unwrap().sent(), 6);
    let mut seen = notifier.seen();
    seen.sort();
    assert_eq!(seen, ["1", "2", "3", "4", "5", "6"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_stop_no_other_message_is_begun_and_the_one_at_hand_is_settled() {
    let store = queued(&["1", "2", "3"]).await;
    let notifier = Scripted {
        takes: Duration::from_secs(20),
        ..Scripted::default()
    };
    let stop = CancellationToken::new();
    let (report, ()) = tokio::join!(
        send_due_until(&store, &notifier, None, "sender", minute(0), 100, &stop),
        async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            stop.cancel();
        }
    );
    assert_eq!(
        (report.unwrap().sent(), notifier.seen()),
        (1, vec!["1".to_owned()])
    );
    assert_eq!(record(&store, "1").await.state, NoticeState::Sent);
    let waiting = record(&store, "2").await;
    assert_eq!((waiting.state, waiting.attempts), (NoticeState::Queued, 0));
}

#[tokio::test(start_paused = true)]
async fn a_message_of_an_old_run_whose_bookings_are_past_fails_instead_of_being_sent() {
    let day = |days: i64| minute(days * 24 * 60);
    // Its run is of day 0, and its last booking ends on this day.
    for (ends, now, sent) in [
        (Some(1), 14, true),
        (Some(1), 15, false),
        (Some(20), 20, true),
        (Some(20), 22, false),
        (None, 400, true),
    ] {
        let mut notice = notice("1");
        let start = day(0).naive_utc();
        notice.restored = ends
            .into_iter()
            .flat_map(|ends| [day(1), day(ends)])
            .map(|end| {
                let mut booking = booking("b", "r", "2031-09-08T09:00", "2031-09-08T10:00", "");
                booking.interval = Interval::new(start, end.naive_utc()).unwrap();
                booking
            })
            .collect();
        let store = holding(vec![notice]).await;
        let notifier = Scripted::default();
        let report = send(&store, &notifier, day(now)).await;
        assert_eq!(notifier.seen().len(), usize::from(sent), "{ends:?} {now}");
        assert_eq!(report.failed(), usize::from(!sent));
        if let NoticeState::Failed(reason) = record(&store, "1").await.state {
            assert!(reason.starts_with("too old to be of use"), "{reason}");
        }
    }
}
