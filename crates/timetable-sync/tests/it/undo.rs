//! Undo: what comes back, what does not, who is told, and what the next sync does about it.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicUsize},
};

use booking_store::{
    Booking, BookingDesk, BookingStore, Import, NoticeRecord, Recipient, Room, RunFilter, RunId,
    RunKind,
};
use room_timetable::Interval;
use serde_json::json;
use timetable_sync::{Error, Misfit, Report, Settings, Status, Syncer, UndoRequest, Undone};

use crate::{
    feed::{Feed, Row, feed},
    guarantees::Busy,
    school::{School, at, removed, span},
};

/// Lessons that stay, so that a few more or less are nothing unusual.
const STAY: [Row; 8] = [
    ("9001", "9B-PSHE", "T2", "12", "5"),
    ("9002", "9B-PSHE", "T2", "13", "5"),
    ("9003", "9B-PSHE", "T2", "21", "5"),
    ("9004", "9B-PSHE", "T2", "22", "5"),
    ("9005", "9B-PSHE", "T2", "23", "5"),
    ("9006", "9B-PSHE", "T2", "31", "5"),
    ("9007", "9B-PSHE", "T2", "32", "5"),
    ("9008", "9B-PSHE", "T2", "33", "5"),
];

/// Physics in room 1 and biology in room 2, both in Monday's Period 1 (09:00-10:00).
const PHYSICS: Row = ("9101", "10B/Ph1", "T1", "11", "1");
const BIOLOGY: Row = ("9102", "9A/Bi1", "T2", "11", "2");

pub(crate) fn with(rows: &[Row]) -> Feed {
    feed(&[&STAY, rows].concat())
}

/// A school with many bookings elsewhere, so that removing a few is nothing unusual.
pub(crate) async fn school() -> School {
    let school = School::synced(&with(&[])).await;
    for number in 0..40 {
        let id = format!("other-{number}");
        let (start, end) = ("2031-09-30T18:00", "2031-09-30T19:00");
        school
            .book(&id, "isams-6", start, end, "other@school.example")
            .await;
    }
    school
}

/// A sync that takes effect; the guard is another test's.
pub(crate) async fn applied(school: &School, feed: &Feed) -> Report {
    let mut report = school.sync(feed).await;
    if report.status == Status::Held {
        report = school.release(feed, &report.fingerprint, &[]).await;
    }
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    report
}

pub(crate) async fn undo(school: &School, run: RunId, keep: bool) -> Undone {
    let request = UndoRequest {
        run,
        keep,
        now: Some(school.now),
    };
    school.syncer.undo(&school.id, &request).await.unwrap()
}

async fn outbox(school: &School) -> Vec<NoticeRecord> {
    school.store.notices(&school.id).await.unwrap()
}

async fn archive(school: &School) -> Vec<(RunId, String)> {
    let archive = school.store.removed(&school.id).await.unwrap();
    archive
        .into_iter()
        .map(|removed| (removed.run, removed.booking.id.to_string()))
        .collect()
}

fn back(undone: &Undone) -> Vec<&str> {
    let restored = undone.restored.iter();
    restored.map(|back| back.booking.id.as_str()).collect()
}

fn reasons(undone: &Undone) -> BTreeMap<&str, String> {
    let not = undone.not_restored.iter();
    not.map(|not| (not.booking.id.as_str(), not.reason.to_string()))
        .collect()
}

/// Every booking with its version aside: what a person sees of it.
fn seen(bookings: &[Booking]) -> BTreeMap<String, Booking> {
    let seen = bookings.iter().map(|booking| {
        let plain = Booking {
            version: 0,
            ..booking.clone()
        };
        (booking.id.to_string(), plain)
    });
    seen.collect()
}

#[tokio::test]
async fn g13_undo_restores_what_still_fits_and_lists_what_does_not() {
    let mut school = school().await;
    // Every Monday at nine a lesson comes to rooms 1, 2, 3, 4 and 7.
    let all = [
        PHYSICS,
        BIOLOGY,
        ("9103", "9A/Bi2", "T9", "11", "3"),
        ("9104", "9A/Bi3", "T9", "11", "4"),
        ("9105", "9A/Bi4", "T9", "11", "7"),
    ];
    let (a, b) = ("a@school.example", "b@school.example");
    for (id, room, monday, from, to, owner) in [
        ("past", "1", "08", "09:00", "10:00", a),
        ("begun", "1", "15", "09:00", "10:00", a),
        ("causes", "1", "22", "09:00", "10:00", a),
        ("free", "2", "22", "09:00", "10:00", b),
        ("taken", "2", "29", "09:30", "10:30", b),
        ("reused", "3", "22", "09:00", "10:00", b),
        ("again", "3", "29", "09:00", "10:00", a),
        ("gone", "4", "22", "09:00", "10:00", a),
        ("first", "7", "22", "09:00", "10:00", a),
        ("second", "7", "22", "09:00", "09:30", b),
        ("z-earlier", "7", "29", "08:30", "09:30", ""),
        ("a-later", "7", "29", "09:00", "10:00", b),
    ] {
        let day = format!("2031-09-{monday}T");
        let (start, end) = (day.clone() + from, day + to);
        school
            .book(id, &format!("isams-{room}"), &start, &end, owner)
            .await;
    }
    let first_run = applied(&school, &with(&all)).await;
    assert_eq!(first_run.removals.len(), 12);
    let run = first_run.run.unwrap();

    // All lessons but physics leave again, and meanwhile people book.
    applied(&school, &with(&[PHYSICS])).await;
    // What starts at this very moment has begun.
    school.now = at("2031-09-15T09:00");
    school
        .book(
            "chess",
            "isams-2",
            "2031-09-29T10:00",
            "2031-09-29T11:00",
            b,
        )
        .await;
    school
        .book(
            "reused",
            "isams-8",
            "2031-09-24T18:00",
            "2031-09-24T19:00",
            b,
        )
        .await;
    // One was booked anew and removed by a later run, too.
    school
        .book(
            "again",
            "isams-3",
            "2031-10-01T09:00",
            "2031-10-01T10:00",
            a,
        )
        .await;
    let third = ("9106", "9A/Bi5", "T9", "31", "3");
    let later_run = applied(&school, &with(&[PHYSICS, third])).await;
    assert_eq!(removed(&later_run), ["again"]);
    applied(&school, &with(&[PHYSICS])).await;
    remove_room(&school, "isams-4").await;

    let before = school.state().await;
    let archived = school.store.removed(&school.id).await.unwrap();
    let told = outbox(&school).await.len();
    let undone = undo(&school, run, false).await;
    let after = school.state().await;

    // The oracle: worked out by hand from the story above, and from the store's values before and after.
    assert_eq!(back(&undone), ["first", "free", "z-earlier"]);
    assert_eq!(
        reasons(&undone),
        BTreeMap::from([
            ("past", "it is over by now".to_owned()),
            ("begun", "it has begun by now".to_owned()),
            (
                "causes",
                format!(
                    "Physics 10B/Ph1 meets there in Period 1 (09:00-10:00); `undo {run} --keep` restores it with an \
                     exception"
                )
            ),
            (
                "taken",
                "another booking stands there now: \u{201c}title of chess\u{201d} (b@school.example), Mon 29 Sep 2031 \
                 10:00-11:00"
                    .to_owned()
            ),
            (
                "reused",
                "its id is in use again: Wed 24 Sep 2031 18:00-19:00, isams-8: \u{201c}title of reused\u{201d} \
                 (b@school.example)"
                    .to_owned()
            ),
            (
                "again",
                format!(
                    "run {0} removed it again later; `undo {0}` restores it from there",
                    later_run.run.unwrap()
                )
            ),
            ("gone", "its room `isams-4` is gone".to_owned()),
            (
                "second",
                "another booking stands there now: \u{201c}title of first\u{201d} (a@school.example), Mon 22 Sep 2031 \
                 09:00-10:00"
                    .to_owned()
            ),
            (
                "a-later",
                "another booking stands there now: \u{201c}title of z-earlier\u{201d}, Mon 29 Sep 2031 08:30-09:30"
                    .to_owned()
            ),
        ])
    );
    let mut expected = seen(&before.bookings);
    for removed in &archived {
        if removed.run == run
            && ["first", "free", "z-earlier"].contains(&removed.booking.id.as_str())
        {
            let plain = Booking {
                version: 0,
                ..removed.booking.clone()
            };
            let id = removed.booking.id.to_string();
            assert_eq!(expected.insert(id, plain), None, "nothing is overwritten");
        }
    }
    assert_eq!(seen(&after.bookings), expected);
    let left: Vec<_> = archived
        .into_iter()
        .filter(|removed| !back(&undone).contains(&removed.booking.id.as_str()))
        .collect();
    assert_eq!(school.store.removed(&school.id).await.unwrap(), left);
    assert_eq!(after.exceptions, []);
    assert_eq!(after.revision, before.revision);

    // One message to each owner of a restored booking, and the rest to the administrator.
    let outbox = outbox(&school).await;
    let new: Vec<(String, Vec<&str>)> = outbox[told..]
        .iter()
        .map(|record| {
            let notice = &record.notice;
            assert!(notice.removed.is_empty());
            assert_eq!(Some(notice.run), undone.by);
            let ids = notice.restored.iter().map(|back| back.id.as_str());
            (notice.to.to_string(), ids.collect())
        })
        .collect();
    assert_eq!(
        new,
        [
            (a.to_owned(), vec!["first"]),
            (b.to_owned(), vec!["free"]),
            ("administrator".to_owned(), vec!["z-earlier"]),
        ]
    );
    assert_eq!(undone.notices, 3);
}

/// Removes a room that nobody has booked, as an administrator of the host would.
async fn remove_room(school: &School, room: &str) {
    use booking_store::{ChangeSet, RoomChange, RunRecord, RunStatus};
    let state = school.state().await;
    let now = chrono::DateTime::UNIX_EPOCH;
    let record = RunRecord {
        id: state.last_run.next(),
        kind: RunKind::Administrator,
        status: RunStatus::Applied,
        started: now,
        finished: None,
        by: None,
        judged_at: school.now,
        fingerprint: None,
        areas: Vec::new(),
        report: serde_json::Value::Null,
    };
    let mut changes = ChangeSet::new(state.revision, record);
    changes.rooms.push(RoomChange::Remove(room.into()));
    let ttl = chrono::TimeDelta::minutes(1);
    let lease = school.store.lease(&school.id, "host", now, ttl).await;
    let lease = lease.unwrap().unwrap();
    school
        .store
        .commit(&school.id, &lease, &changes)
        .await
        .unwrap();
    school.store.release(&lease).await.unwrap();
}

#[tokio::test]
async fn a_second_undo_does_nothing_and_keep_restores_the_rest_with_exceptions() {
    let school = school().await;
    let owner = "a@school.example";
    school
        .book(
            "stands",
            "isams-1",
            "2031-09-22T09:30",
            "2031-09-22T10:30",
            owner,
        )
        .await;
    school
        .book(
            "fits",
            "isams-2",
            "2031-09-22T09:00",
            "2031-09-22T10:00",
            owner,
        )
        .await;
    let run = applied(&school, &with(&[PHYSICS, BIOLOGY]))
        .await
        .run
        .unwrap();
    applied(&school, &with(&[PHYSICS])).await;

    let undone = undo(&school, run, false).await;
    assert_eq!(back(&undone), ["fits"]);
    let everything = || async { (school.state().await, outbox(&school).await) };
    let before = everything().await;
    let again = undo(&school, run, false).await;
    assert_eq!((again.by, back(&again)), (None, vec![]));
    assert_eq!(
        reasons(&again).keys().copied().collect::<Vec<_>>(),
        ["stands"]
    );
    assert_eq!(everything().await, before, "not even a row in the journal");

    let kept = undo(&school, run, true).await;
    assert_eq!((back(&kept), kept.not_restored.len()), (vec!["stands"], 0));
    assert_eq!(kept.restored[0].overruled[0].label, "Physics 10B/Ph1");
    let (state, told) = everything().await;
    assert_eq!(state.exceptions, kept.exceptions);
    let [exception] = state.exceptions.as_slice() else {
        panic!("{:?}", state.exceptions)
    };
    assert_eq!(exception.room, Some("isams-1".into()));
    assert_eq!(
        exception.interval,
        span("2031-09-22T09:30", "2031-09-22T10:30")
    );
    let notice = &told.last().unwrap().notice;
    assert_eq!(told.len(), before.1.len() + 1);
    assert_eq!(notice.subject, "One of your room bookings is back");
    assert!(
        notice.text.contains(
            "- Mon 22 Sep 2031 09:30-10:30, Room 1: \u{201c}title of stands\u{201d}\n  By the timetable Physics \
             10B/Ph1 meets there in Period 1 (09:00-10:00); the school has decided that the booking stands all the same."
        ),
        "{}",
        notice.text
    );
    let journal = school.store.runs(&school.id, &RunFilter::default()).await;
    let journal = journal.unwrap();
    assert_eq!(journal[0].kind, RunKind::Undo);
    assert_eq!(journal[0].report["restored"], json!(["stands"]));
    assert_eq!(journal[0].report["run"], run.to_string());

    let nothing = undo(&school, run, true).await;
    assert_eq!((nothing.restored.len(), nothing.not_restored.len()), (0, 0));
}

#[tokio::test]
async fn the_next_sync_leaves_what_an_exception_keeps_and_removes_what_the_cause_comes_back_for() {
    let school = school().await;
    let owner = "a@school.example";
    for (id, room) in [("kept", "isams-1"), ("flaps", "isams-2")] {
        school
            .book(id, room, "2031-09-22T09:00", "2031-09-22T10:00", owner)
            .await;
    }
    let run = applied(&school, &with(&[PHYSICS, BIOLOGY]))
        .await
        .run
        .unwrap();
    applied(&school, &with(&[PHYSICS])).await;
    assert_eq!(back(&undo(&school, run, true).await), ["flaps", "kept"]);
    let report = school.sync(&with(&[PHYSICS])).await;
    assert_eq!(
        (report.status, report.removals.len()),
        (Status::Unchanged, 0)
    );
    let report = applied(&school, &with(&[PHYSICS, BIOLOGY])).await;
    assert_eq!(removed(&report), ["flaps"]);
    // It is in the archive by the newer run, and comes back from there.
    let newer = report.run.unwrap();
    assert_eq!(archive(&school).await, [(newer, "flaps".to_owned())]);
    assert_eq!(back(&undo(&school, newer, true).await), ["flaps"]);
}

#[tokio::test]
async fn an_absorbed_booking_is_restored_like_any_other() {
    let school = school().await;
    school
        .book(
            "own",
            "isams-1",
            "2031-09-22T09:00",
            "2031-09-22T10:00",
            "q.bee@school.example",
        )
        .await;
    let report = applied(&school, &with(&[PHYSICS])).await;
    assert!(report.removals[0].absorbed);
    applied(&school, &with(&[])).await;
    assert_eq!(
        back(&undo(&school, report.run.unwrap(), false).await),
        ["own"]
    );
    assert!(school.kept().await.contains(&"own".to_owned()));
}

#[tokio::test]
async fn in_a_part_bookable_room_nothing_stands_in_the_way() {
    let school = school().await;
    let nine = ("2031-09-22T09:00", "2031-09-22T10:00");
    for id in ["one", "two"] {
        school
            .book(id, "isams-1", nine.0, nine.1, "a@school.example")
            .await;
    }
    let run = applied(&school, &with(&[PHYSICS])).await.run.unwrap();
    let rooms = school.state().await.rooms.into_iter();
    let rooms = rooms.map(|room| Room {
        part_bookable: room.id == "isams-1".into(),
        ..room
    });
    let rows = Import {
        rooms: rooms.collect(),
        ..Import::default()
    };
    school.store.import(&school.id, &rows).await.unwrap();
    school
        .book("three", "isams-1", nine.0, nine.1, "b@school.example")
        .await;
    let undone = undo(&school, run, true).await;
    assert_eq!(
        (back(&undone), undone.exceptions.len()),
        (vec!["one", "two"], 0)
    );
    let report = school.sync(&with(&[PHYSICS])).await;
    assert_eq!(
        (report.status, report.removals.len()),
        (Status::Unchanged, 0)
    );
}

#[tokio::test]
async fn what_is_in_doubt_is_no_cause() {
    let school = school().await;
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
    // Nothing is published any more, which holds the run and puts every lesson in doubt.
    let unpublished = Feed {
        timetables: Some(json!({"Timetable": []})),
        ..with(&[])
    };
    assert_eq!(school.sync(&unpublished).await.status, Status::Held);
    assert_eq!(back(&undo(&school, run, false).await), ["club"]);
    // Once it is certain again, so is the clash.
    assert_eq!(removed(&school.sync(&with(&[PHYSICS])).await), ["club"]);
}

#[tokio::test]
async fn a_run_that_is_not_there_is_an_error_and_one_that_removed_nothing_an_answer() {
    let school = school().await;
    let request = UndoRequest::of(RunId(99));
    let error = school.syncer.undo(&school.id, &request).await.unwrap_err();
    assert!(matches!(error, Error::UnknownRun(RunId(99))), "{error}");
    assert_eq!(error.to_string(), "there is no run 99");
    let last = school.state().await.last_run;
    let undone = undo(&school, last, true).await;
    assert_eq!((undone.by, undone.restored.len()), (None, 0));
    assert_eq!(school.state().await.last_run, last);
}

#[tokio::test]
async fn every_owner_is_told_once_however_the_address_is_written() {
    let school = school().await;
    for (id, room, monday, owner) in [
        ("b0", "isams-1", "08", "A@school.example"),
        ("b1", "isams-1", "15", " a@School.example "),
        ("b2", "isams-1", "22", ""),
        ("b3", "isams-2", "08", "b@school.example"),
    ] {
        let day = format!("2031-09-{monday}T");
        let (start, end) = (day.clone() + "09:00", day + "10:00");
        school.book(id, room, &start, &end, owner).await;
    }
    let run = applied(&school, &with(&[PHYSICS, BIOLOGY]))
        .await
        .run
        .unwrap();
    let told = outbox(&school).await.len();
    let undone = undo(&school, run, true).await;
    assert_eq!((undone.restored.len(), undone.notices), (4, 3));
    let outbox = outbox(&school).await;
    let to: Vec<_> = outbox[told..]
        .iter()
        .map(|record| (record.notice.to.to_string(), record.notice.restored.len()))
        .collect();
    let one = |to: &str, count| (to.to_owned(), count);
    assert_eq!(
        to,
        [
            one("A@school.example", 2),
            one("b@school.example", 1),
            one("administrator", 1)
        ]
    );
    let digest = &outbox.last().unwrap().notice;
    assert_eq!(digest.to, Recipient::Administrator);
    assert!(digest.text.contains("title of b2"), "{}", digest.text);
    // The ids of messages differ from those that told of the removal.
    let mut ids: Vec<_> = outbox.iter().map(|record| &record.notice.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), outbox.len());
}

/// SplitMix64, so that a failure can be run again.
fn random(seed: &mut u64, below: u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % below
}

#[tokio::test]
async fn right_after_a_sync_all_causes_stand_and_keep_restores_every_booking() {
    let mut schools = 0;
    for seed in 0..60 {
        let mut state = seed;
        let school = school().await;
        let mut booked: Vec<(String, Interval)> = Vec::new();
        for number in 0..random(&mut state, 12) + 1 {
            let room = format!("isams-{}", random(&mut state, 3) + 1);
            let day = [8, 9, 10, 15, 16, 22][random(&mut state, 6) as usize];
            let start = random(&mut state, 20) * 15 + 8 * 60;
            let end = start + 15 + random(&mut state, 12) * 15;
            let time =
                |minute: u64| format!("2031-09-{day:02}T{:02}:{:02}", minute / 60, minute % 60);
            let interval = span(&time(start), &time(end));
            // A host that books a room twice is another story.
            if booked
                .iter()
                .any(|(other, known)| *other == room && known.overlaps(interval))
            {
                continue;
            }
            let owner =
                ["a@school.example", "b@school.example", ""][random(&mut state, 3) as usize];
            school
                .book(
                    &format!("b{number}"),
                    &room,
                    &time(start),
                    &time(end),
                    owner,
                )
                .await;
            booked.push((room, interval));
        }
        let before = seen(&school.state().await.bookings);
        let lessons = with(&[PHYSICS, BIOLOGY, ("9107", "9A/Bi6", "T9", "22", "3")]);
        if school.plan(&lessons).await.removals.is_empty() {
            continue;
        }
        schools += 1;
        let report = applied(&school, &lessons).await;
        let gone = removed(&report).len();

        let run = report.run.unwrap();
        let without = undo(&school, run, false).await;
        assert_eq!(without.restored.len(), 0, "seed {seed}");
        assert_eq!(without.not_restored.len(), gone, "seed {seed}");
        for not in &without.not_restored {
            assert!(
                matches!(not.reason, Misfit::CauseStands { .. }),
                "seed {seed}: {not:?}"
            );
        }
        let kept = undo(&school, run, true).await;
        assert_eq!(
            (kept.restored.len(), kept.exceptions.len()),
            (gone, gone),
            "seed {seed}"
        );
        assert_eq!(seen(&school.state().await.bookings), before, "seed {seed}");
        assert_eq!(archive(&school).await, []);
        let report = school.sync(&lessons).await;
        assert_eq!(
            (report.status, report.removals.len()),
            (Status::Unchanged, 0),
            "seed {seed}"
        );
    }
    assert!(schools > 30, "{schools}");
}

#[tokio::test]
async fn two_undos_at_once_restore_and_tell_once() {
    let school = school().await;
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
    let told = outbox(&school).await.len();
    let (one, two) = tokio::join!(undo(&school, run, true), undo(&school, run, true));
    assert_eq!(one.restored.len() + two.restored.len(), 1);
    assert_eq!(outbox(&school).await.len(), told + 1);
    let kept = school.kept().await;
    assert_eq!(kept.iter().filter(|id| *id == "club").count(), 1);
}

#[tokio::test]
async fn a_booking_that_is_made_during_the_undo_is_seen_when_it_looks_again() {
    // Just before the first commit somebody books Monday 8 September, 09:10-09:31, in room 1, under the id `inside`:
    // under the id of one that would come back, or into the place of one.
    for (id, day, expected) in [
        ("inside", "2031-09-22", "its id is in use again"),
        ("there", "2031-09-08", "another booking stands there now"),
    ] {
        let school = school().await;
        let owner = "a@school.example";
        for (id, room) in [(id, "isams-1"), ("fits", "isams-2")] {
            let (start, end) = (format!("{day}T09:00"), format!("{day}T10:00"));
            school.book(id, room, &start, &end, owner).await;
        }
        let report = applied(&school, &with(&[PHYSICS, BIOLOGY])).await;
        assert_eq!(report.removals.len(), 2);
        applied(&school, &with(&[])).await;
        let busy = Arc::new(Busy {
            school: school.store.clone(),
            meddle: AtomicUsize::new(1),
        });
        let clock: timetable_sync::Clock = Arc::new(|| "2031-09-01T00:30:00Z".parse().unwrap());
        let syncer = Syncer::new(busy, Settings::default(), clock, "busy");
        let request = UndoRequest {
            now: Some(school.now),
            ..UndoRequest::of(report.run.unwrap())
        };
        let undone = syncer.undo(&school.id, &request).await.unwrap();
        assert_eq!(back(&undone), ["fits"]);
        assert!(reasons(&undone)[id].starts_with(expected), "{undone:?}");
        let bookings = school.state().await.bookings;
        let inside = bookings.iter().find(|it| it.id == "inside".into());
        assert_eq!(
            inside.unwrap().interval,
            span("2031-09-08T09:10", "2031-09-08T09:31"),
            "as it was booked"
        );
        let told = outbox(&school).await;
        assert_eq!(told.last().unwrap().notice.restored.len(), 1);
    }
}
