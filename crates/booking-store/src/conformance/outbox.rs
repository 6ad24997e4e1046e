//! `notices`, `claim` and `settle`.

use std::collections::BTreeSet;

use super::{Desk, samples::*};
use crate::{CLAIM_MINUTES, Delivery, NoticeId, NoticeRecord, NoticeState, Recipient, SchoolId};

async fn claim(store: &Desk, holder: &str, at_minute: i64, limit: usize) -> Vec<String> {
    let notices = store
        .claim(None, holder, minute(at_minute), limit)
        .await
        .unwrap();
    ids(&notices)
}

fn ids(records: &[NoticeRecord]) -> Vec<String> {
    records
        .iter()
        .map(|record| record.notice.id.to_string())
        .collect()
}

fn busy() -> Delivery {
    Delivery::TryAgain {
        reason: "busy".to_owned(),
        not_before: None,
    }
}

fn put_off(reason: &str, until_minute: i64) -> Delivery {
    Delivery::TryAgain {
        reason: reason.to_owned(),
        not_before: Some(minute(until_minute)),
    }
}

async fn settle(store: &Desk, id: &str, outcome: Delivery) {
    store.settle(&NoticeId::new(id), &outcome).await.unwrap();
}

async fn record(store: &Desk, id: &str) -> NoticeRecord {
    let notices = store.notices(&school()).await.unwrap();
    notices
        .into_iter()
        .find(|record| record.notice.id.as_str() == id)
        .unwrap()
}

async fn state(store: &Desk, id: &str) -> (NoticeState, u32) {
    let record = record(store, id).await;
    (record.state, record.attempts)
}

/// All messages are listed in the order they were queued, whatever became of them, and come back as they were.
pub async fn messages_are_listed_in_the_order_they_were_queued(store: Desk) {
    let mut changes = next_change(&store, &school()).await;
    let mut to_administrator = notice("m", 1);
    to_administrator.to = Recipient::Administrator;
    to_administrator.removed.clear();
    let mut nameless = notice("a", 1);
    nameless.to = Recipient::Owner {
        name: None,
        email: "x@example.org".to_owned(),
    };
    let mut full = notice("z", 1);
    full.html = Some("<p>Dear Ann &amp; Bo,</p>\n".to_owned());
    full.calendar = Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned());
    let mut notices = vec![full, to_administrator, nameless];
    changes.notices = notices.clone();
    commit(&store, &school(), &changes).await;
    queue(&store, &other_school(), &["elsewhere"]).await;
    queue(&store, &school(), &["b"]).await;
    notices.push(notice("b", 2));
    claim(&store, "sender", 0, 2).await;
    settle(&store, "z", Delivery::Sent).await;
    settle(&store, "m", Delivery::Failed("no".to_owned())).await;
    let listed = store.notices(&school()).await.unwrap();
    let listed: Vec<_> = listed.into_iter().map(|record| record.notice).collect();
    assert_eq!(listed, notices);
}

/// Messages of all schools are handed out oldest first.
pub async fn messages_are_handed_out_oldest_first_over_all_schools(store: Desk) {
    queue(&store, &school(), &["z", "b"]).await;
    queue(&store, &other_school(), &["y"]).await;
    queue(&store, &school(), &["a"]).await;
    let notices = store.claim(None, "sender", minute(0), 10).await.unwrap();
    assert_eq!(ids(&notices), ["z", "b", "y", "a"]);
    assert_eq!(notices[1].notice, notice("b", 1));
    assert_eq!(notices[2].notice.school, other_school());
}

/// Who asks for the messages of one school is handed no other's.
pub async fn messages_of_one_school_are_handed_out_alone(store: Desk) {
    queue(&store, &other_school(), &["y"]).await;
    queue(&store, &school(), &["1", "2"]).await;
    let of = async |school: &SchoolId, holder: &str, limit| {
        let notices = store.claim(Some(school), holder, minute(0), limit).await;
        ids(&notices.unwrap())
    };
    assert_eq!(of(&school(), "a", 1).await, ["1"]);
    assert_eq!(of(&school(), "b", 10).await, ["2"]);
    assert!(of(&SchoolId::new("a third"), "b", 10).await.is_empty());
    assert_eq!(record(&store, "1").await.attempts, 1);
    assert_eq!(of(&other_school(), "a", 10).await, ["y"]);
}

/// At most `limit` messages are handed out, and the rest stay for others.
pub async fn at_most_as_many_messages_as_asked_for_are_handed_out(store: Desk) {
    queue(&store, &school(), &["1", "2", "3"]).await;
    assert!(claim(&store, "a", 0, 0).await.is_empty());
    assert_eq!(claim(&store, "a", 0, 2).await, ["1", "2"]);
    assert_eq!(claim(&store, "b", 0, 2).await, ["3"]);
    assert!(claim(&store, "c", 0, usize::MAX).await.is_empty());
}

/// A claimed message is not handed to another holder for [`CLAIM_MINUTES`] minutes.
pub async fn a_claimed_message_is_kept_from_others_for_its_minutes(store: Desk) {
    queue(&store, &school(), &["1"]).await;
    assert_eq!(claim(&store, "a", 0, 10).await, ["1"]);
    assert!(claim(&store, "b", 0, 10).await.is_empty());
    assert!(claim(&store, "b", CLAIM_MINUTES - 1, 10).await.is_empty());
    assert_eq!(claim(&store, "b", CLAIM_MINUTES, 10).await, ["1"]);
    assert!(claim(&store, "a", CLAIM_MINUTES + 1, 10).await.is_empty());
}

/// A holder that was restarted gets what it had claimed again, without waiting.
pub async fn a_holder_gets_its_own_messages_again(store: Desk) {
    queue(&store, &school(), &["1", "2"]).await;
    assert_eq!(claim(&store, "a", 0, 1).await, ["1"]);
    assert_eq!(claim(&store, "a", 1, 10).await, ["1", "2"]);
    // And has them from then on.
    assert!(claim(&store, "b", CLAIM_MINUTES, 10).await.is_empty());
}

/// `attempts` says how often a message was claimed, and counts the claim that hands it out.
pub async fn claims_are_counted(store: Desk) {
    queue(&store, &school(), &["1", "2"]).await;
    assert_eq!(state(&store, "1").await, (NoticeState::Queued, 0));
    for attempt in 1..=3 {
        let claimed = store.claim(None, "a", minute(0), 1).await.unwrap();
        assert_eq!(claimed, [record(&store, "1").await]);
        assert_eq!(state(&store, "1").await, (NoticeState::Queued, attempt));
        settle(&store, "1", busy()).await;
        assert_eq!(state(&store, "1").await, (NoticeState::Queued, attempt));
    }
    assert_eq!(state(&store, "2").await, (NoticeState::Queued, 0));
}

/// A sent message stays visible and is not handed out again.
pub async fn a_sent_message_stays_visible_and_is_not_handed_out(store: Desk) {
    queue(&store, &school(), &["1", "2"]).await;
    claim(&store, "a", 0, 1).await;
    settle(&store, "1", Delivery::Sent).await;
    assert_eq!(state(&store, "1").await, (NoticeState::Sent, 1));
    assert_eq!(claim(&store, "a", 1_000, 10).await, ["2"]);
}

/// A failed message stays visible with its reason and is not handed out again.
pub async fn a_failed_message_stays_visible_with_its_reason(store: Desk) {
    queue(&store, &school(), &["1"]).await;
    claim(&store, "a", 0, 1).await;
    let reason = "550 no such user ‹ann›".to_owned();
    settle(&store, "1", Delivery::Failed(reason.clone())).await;
    assert_eq!(state(&store, "1").await, (NoticeState::Failed(reason), 1));
    assert!(claim(&store, "a", 1_000, 10).await.is_empty());
}

/// A message that was not accepted this time, without a time for the next, may be claimed again at once, by anybody, in
/// its old place.
pub async fn a_message_to_try_again_is_handed_out_at_once(store: Desk) {
    queue(&store, &school(), &["1", "2"]).await;
    assert_eq!(claim(&store, "a", 0, 1).await, ["1"]);
    settle(&store, "1", busy()).await;
    assert_eq!(claim(&store, "b", 0, 10).await, ["1", "2"]);
}

/// A message that was put off is handed to nobody before its time, and then in its old place.
pub async fn a_message_that_was_put_off_is_handed_out_from_its_time(store: Desk) {
    queue(&store, &school(), &["1", "2"]).await;
    assert_eq!(claim(&store, "a", 0, 1).await, ["1"]);
    settle(&store, "1", put_off("busy", 5)).await;
    assert_eq!(claim(&store, "a", 4, 10).await, ["2"]);
    settle(&store, "2", busy()).await;
    assert_eq!(claim(&store, "b", 5, 10).await, ["1", "2"]);
}

/// The last error and the next attempt of a message are kept, until one is sent.
pub async fn the_last_error_and_the_next_attempt_are_kept(store: Desk) {
    queue(&store, &school(), &["1", "2"]).await;
    let kept = async |id: &str| {
        let record = record(&store, id).await;
        (record.last_error, record.next_attempt)
    };
    assert_eq!(kept("1").await, (None, None));
    claim(&store, "a", 0, 10).await;
    settle(&store, "1", put_off("451 later ‹ann›", 5)).await;
    let later = Some("451 later ‹ann›".to_owned());
    assert_eq!(kept("1").await, (later.clone(), Some(minute(5))));
    // A claim is no outcome.
    claim(&store, "a", 5, 1).await;
    assert_eq!(kept("1").await.0, later);
    settle(&store, "1", busy()).await;
    assert_eq!(kept("1").await, (Some("busy".to_owned()), None));
    claim(&store, "a", 6, 1).await;
    settle(&store, "1", Delivery::Sent).await;
    assert_eq!(kept("1").await, (None, None));
    settle(&store, "2", Delivery::Failed("550 no".to_owned())).await;
    assert_eq!(kept("2").await, (Some("550 no".to_owned()), None));
}

/// A message that failed, or was put off, can be queued again: at once, in its old place, with its attempts from 0.
pub async fn a_failed_message_can_be_queued_again(store: Desk) {
    queue(&store, &school(), &["1", "2", "3"]).await;
    claim(&store, "a", 0, 2).await;
    settle(&store, "1", Delivery::Failed("550 no".to_owned())).await;
    settle(&store, "2", put_off("busy", 600)).await;
    for id in ["2", "1"] {
        assert!(store.requeue(&NoticeId::new(id)).await.unwrap());
        assert_eq!(state(&store, id).await, (NoticeState::Queued, 0));
        assert_eq!(record(&store, id).await.next_attempt, None);
    }
    assert_eq!(claim(&store, "b", 0, 10).await, ["1", "2", "3"]);
    settle(&store, "1", Delivery::Sent).await;
    assert_eq!(state(&store, "1").await, (NoticeState::Sent, 1));
}

/// A message that was sent, or is not there, is not queued again; one that is being sent stays with its holder.
pub async fn a_message_that_was_sent_is_not_queued_again(store: Desk) {
    queue(&store, &school(), &["1", "2"]).await;
    claim(&store, "a", 0, 10).await;
    settle(&store, "1", Delivery::Sent).await;
    assert!(!store.requeue(&NoticeId::new("1")).await.unwrap());
    assert!(!store.requeue(&NoticeId::new("9")).await.unwrap());
    assert_eq!(state(&store, "1").await, (NoticeState::Sent, 1));
    assert!(store.requeue(&NoticeId::new("2")).await.unwrap());
    assert!(claim(&store, "b", 0, 10).await.is_empty());
}

/// A message that was settled as sent or failed before is left as it is.
pub async fn a_settled_message_is_left_as_it_is(store: Desk) {
    queue(&store, &school(), &["1", "2"]).await;
    claim(&store, "a", 0, 10).await;
    settle(&store, "1", Delivery::Sent).await;
    settle(&store, "2", Delivery::Failed("first".to_owned())).await;
    for id in ["1", "2"] {
        settle(&store, id, Delivery::Sent).await;
        settle(&store, id, Delivery::Failed("second".to_owned())).await;
        settle(&store, id, put_off("third", 5)).await;
    }
    assert_eq!(state(&store, "1").await.0, NoticeState::Sent);
    let failed = NoticeState::Failed("first".to_owned());
    assert_eq!(state(&store, "2").await.0, failed);
    assert_eq!(record(&store, "2").await.next_attempt, None);
    assert!(claim(&store, "a", 1_000, 10).await.is_empty());
}

/// A message that is not there is left at that.
pub async fn settling_a_message_that_is_not_there_is_harmless(store: Desk) {
    queue(&store, &school(), &["1"]).await;
    settle(&store, "9", Delivery::Sent).await;
    settle(&store, "9", Delivery::Failed("no".to_owned())).await;
    assert_eq!(state(&store, "1").await, (NoticeState::Queued, 0));
    assert_eq!(claim(&store, "a", 0, 10).await, ["1"]);
}

/// Of many who claim at once each message goes to one.
pub async fn of_many_who_claim_at_once_one_gets_each_message(store: Desk) {
    let queued: Vec<String> = (0..40).map(|number| format!("{number:02}")).collect();
    let names: Vec<&str> = queued.iter().map(String::as_str).collect();
    queue(&store, &school(), &names).await;
    let claims: Vec<_> = (0..8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let holder = format!("sender {number}");
                let mut handed = Vec::new();
                for _ in 0..3 {
                    for id in claim(&store, &holder, 0, 3).await {
                        settle(&store, &id, Delivery::Sent).await;
                        handed.push(id);
                    }
                }
                handed
            })
        })
        .collect();
    let mut handed = Vec::new();
    for claim in claims {
        handed.extend(claim.await.unwrap());
    }
    let different: BTreeSet<&String> = handed.iter().collect();
    assert_eq!(
        different.len(),
        handed.len(),
        "a message was handed out twice"
    );
    assert_eq!(different.len(), 40);
}
