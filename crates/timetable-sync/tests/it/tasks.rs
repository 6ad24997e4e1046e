//! What waits for an administrator.

use booking_store::{BookingDesk, BookingStore, Delivery, Import, Recipient, Room};
use room_timetable::YearWeek;
use serde_json::json;
use timetable_sync::{PendingTask, Status};

use crate::{
    feed::{Feed, Row, feed},
    school::School,
    undo::{applied, with},
};

const PHYSICS: Row = ("9101", "10B/Ph1", "T1", "11", "1");

async fn tasks(school: &School) -> Vec<PendingTask> {
    let tasks = school.syncer.pending_tasks(&school.id, Some(school.now));
    tasks.await.unwrap()
}

fn texts(tasks: &[PendingTask]) -> Vec<String> {
    tasks.iter().map(ToString::to_string).collect()
}

/// A school that is matched, sorted and synced, so that nothing waits.
async fn quiet() -> School {
    let school = School::synced(&with(&[])).await;
    let rooms = school.state().await.rooms.into_iter();
    let rooms = rooms.map(|room| Room {
        category: "Classrooms".to_owned(),
        ..room
    });
    let rows = Import {
        rooms: rooms.collect(),
        ..Import::default()
    };
    school.store.import(&school.id, &rows).await.unwrap();
    school
}

#[tokio::test]
async fn where_nothing_waits_there_is_no_task() {
    assert_eq!(tasks(&School::new()).await, []);
    assert_eq!(tasks(&quiet().await).await, []);
}

#[tokio::test]
async fn rooms_wait_to_be_matched_until_the_matches_are_confirmed() {
    let school = School::new();
    school.import_rooms(&[("LAB", "Lab 1")]).await;
    assert_eq!(school.sync(&with(&[])).await.status, Status::AwaitingMatch);
    assert_eq!(
        tasks(&school).await,
        [PendingTask::AwaitingMatch { rooms: 8 }]
    );
    let lab = "LAB".into();
    school
        .syncer
        .match_room(&school.id, &lab, "1")
        .await
        .unwrap();
    let waiting = tasks(&school).await;
    assert_eq!(waiting, [PendingTask::AwaitingMatch { rooms: 7 }]);
    assert_eq!(
        texts(&waiting),
        [
            "The rooms wait to be matched with those of iSAMS, and nothing takes effect before the matches are \
             confirmed: 7 rooms of iSAMS have no match yet."
        ]
    );
    school.syncer.confirm_matches(&school.id).await.unwrap();
    let after = tasks(&school).await;
    let [PendingTask::UnassignedRooms { rooms }] = after.as_slice() else {
        panic!("{after:?}")
    };
    assert_eq!(rooms.len(), 7);
    assert_eq!(
        texts(&after),
        [
            "7 rooms are in Unassigned and so hidden: isams-2; isams-3; isams-4; isams-5; isams-6; and 2 more. Match \
             them, or give them a category."
        ]
    );
}

#[tokio::test]
async fn a_held_run_waits_until_a_sync_takes_effect() {
    let school = quiet().await;
    let half = feed(&[PHYSICS]);
    let held = school.sync(&half).await;
    assert_eq!(held.status, Status::Held);
    let waiting = tasks(&school).await;
    assert_eq!(
        waiting,
        [PendingTask::HeldRun {
            run: held.run.unwrap(),
            fingerprint: Some(held.fingerprint.clone()),
            accept: Vec::new(),
            because: held.held_because.clone(),
        }]
    );
    let text = waiting[0].to_string();
    assert!(
        text.starts_with(&format!("Run {} is held: ", held.run.unwrap())),
        "{text}"
    );
    assert!(
        text.ends_with(&format!("release the plan {}.", held.fingerprint)),
        "{text}"
    );
    school.release(&half, &held.fingerprint, &[]).await;
    assert_eq!(tasks(&school).await, []);

    // What must be accepted by name is named.
    let mut shorter = half.clone();
    shorter.allocate(36..=39);
    let held = school.sync(&shorter).await;
    let waiting = tasks(&school).await;
    let [PendingTask::HeldRun { accept, .. }] = waiting.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(
        (accept, accept[0].as_str()),
        (&held.accept, "week_allocations")
    );

    // What nobody can release has no fingerprint.
    let missing = Feed {
        terms: None,
        ..half
    };
    assert_eq!(school.sync(&missing).await.status, Status::Held);
    let waiting = tasks(&school).await;
    let [PendingTask::HeldRun { fingerprint, .. }] = waiting.as_slice() else {
        panic!("{waiting:?}")
    };
    assert_eq!(*fingerprint, None);
}

#[tokio::test]
async fn weeks_without_allocation_wait_to_be_acknowledged() {
    let mut school = quiet().await;
    let mut gap = with(&[]);
    gap.allocate([36, 37, 39, 40]);
    let held = school.sync(&gap).await;
    let accepted = [isams_client::DataArea::WeekAllocations];
    let report = school.release(&gap, &held.fingerprint, &accepted).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    let week = YearWeek {
        year: 2031,
        week: 38,
    };
    let waiting = tasks(&school).await;
    assert_eq!(
        waiting,
        [PendingTask::UnallocatedWeeks { weeks: vec![week] }]
    );
    assert_eq!(
        texts(&waiting),
        [
            "A week of term is allocated to no week of the timetable: 2031 week 38 (14 Sep 2031 to 20 Sep 2031). If it is \
             a holiday, acknowledge it; otherwise allocate it in iSAMS."
        ]
    );
    school.now = "2031-09-22T01:00:00".parse().unwrap();
    assert_eq!(tasks(&school).await, [], "it is over");
    school.now = "2031-09-01T01:00:00".parse().unwrap();
    school
        .syncer
        .acknowledge_week(&school.id, week)
        .await
        .unwrap();
    assert_eq!(tasks(&school).await, []);
}

#[tokio::test]
async fn a_room_that_was_made_again_waits_for_its_match() {
    let school = quiet().await;
    let mut again = with(&[]);
    again.rooms.as_mut().unwrap()[3].0 = "44".to_owned();
    applied(&school, &again).await;
    let waiting = tasks(&school).await;
    let [
        PendingTask::Rematches { texts },
        PendingTask::UnassignedRooms { rooms },
    ] = waiting.as_slice()
    else {
        panic!("{waiting:?}")
    };
    assert_eq!((texts.len(), rooms.len()), (1, 1));
    assert!(
        texts[0].contains("`match set room isams-4 44`"),
        "{texts:?}"
    );
    let room = "isams-4".into();
    school
        .syncer
        .match_room(&school.id, &room, "44")
        .await
        .unwrap();
    assert_eq!(tasks(&school).await, []);
}

#[tokio::test]
async fn messages_that_failed_and_bookings_that_can_come_back_are_listed() {
    let school = quiet().await;
    school
        .book(
            "club",
            "isams-1",
            "2031-09-22T09:00",
            "2031-09-22T10:00",
            "a@school.example",
        )
        .await;
    let run = applied(&school, &with(&[PHYSICS])).await.run.unwrap();
    assert_eq!(tasks(&school).await, []);
    let now = chrono::DateTime::UNIX_EPOCH;
    let queued = school.store.claim(None, "sender", now, 9).await.unwrap();
    let lost = queued
        .iter()
        .find(|queued| queued.notice.to != Recipient::Administrator)
        .unwrap();
    let failed = Delivery::Failed("no such mailbox".to_owned());
    school.store.settle(&lost.notice.id, &failed).await.unwrap();
    applied(&school, &with(&[])).await;
    let waiting = tasks(&school).await;
    assert_eq!(
        texts(&waiting),
        [
            "A message could not be sent: to a@school.example (no such mailbox).".to_owned(),
            format!(
                "1 removed booking can come back, since nothing stands there any more: Mon 22 Sep 2031 09:00-10:00, Room \
                 1: \u{201c}title of club\u{201d} (a@school.example) (`undo {run}`)."
            )
        ]
    );
    let data = serde_json::to_value(&waiting).unwrap();
    assert_eq!(data[0]["task"], "failed_messages");
    assert_eq!(data[0]["messages"][0]["id"], json!(lost.notice.id));
    assert_eq!(data[1]["task"], "returnable");
    assert_eq!(data[1]["bookings"][0]["booking"], "club");
    assert_eq!(data[1]["bookings"][0]["run"], run.to_string());
}
