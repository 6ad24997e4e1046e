//! The guarantees, each with an oracle that does not share the engine's arithmetic.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use booking_store::{
    BookingDesk, BookingStore, ChangeSet, Delivery, Lease, Matching, NoticeId, NoticeRecord,
    NoticeState, Recipient, RemovedBooking, Revision, RunFilter, RunRecord, SchoolId, SchoolState,
    StoreError, UNASSIGNED,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use isams_client::Client;
use isams_simulator::Simulator;
use serde_json::{Value, json};
use timetable_sync::{Recorded, Settings, Status, Syncer};

use crate::{
    feed::{Feed, Row, feed, payload, reversed, timetable},
    school::{School, at, booking, removed},
};

/// Physics in room 1 on Monday period 1 with two teachers, biology in room 2 on Monday period 2, art in room 3 on
/// Tuesday period 3.
const ROWS: [Row; 4] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "10B/Ph1", "T2", "11", "1"),
    ("9003", "9A/Bi1", "T2", "12", "2"),
    ("9004", "8C/Ar1", "T9", "23", "3"),
];

/// Bookings in every relation to the lessons of Monday 8 September.
async fn book_around(school: &School) {
    for (id, room, start, end, owner) in [
        (
            "inside",
            "isams-1",
            "2031-09-08T09:10",
            "2031-09-08T09:20",
            "a@school.example",
        ),
        (
            "across",
            "isams-2",
            "2031-09-08T09:30",
            "2031-09-08T10:30",
            "b@school.example",
        ),
        (
            "around",
            "isams-2",
            "2031-09-08T08:00",
            "2031-09-08T18:00",
            "A@School.example",
        ),
        (
            "touches-start",
            "isams-1",
            "2031-09-08T08:00",
            "2031-09-08T09:00",
            "a@school.example",
        ),
        (
            "touches-end",
            "isams-1",
            "2031-09-08T10:00",
            "2031-09-08T11:00",
            "a@school.example",
        ),
        (
            "other-room",
            "isams-4",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "c@school.example",
        ),
        (
            "other-day",
            "isams-1",
            "2031-09-11T09:00",
            "2031-09-11T10:00",
            "c@school.example",
        ),
        (
            "holidays",
            "isams-1",
            "2031-10-06T09:00",
            "2031-10-06T10:00",
            "c@school.example",
        ),
        (
            "past",
            "isams-1",
            "2031-08-25T09:00",
            "2031-08-25T10:00",
            "c@school.example",
        ),
        (
            "over-days",
            "isams-3",
            "2031-09-08T18:00",
            "2031-09-09T12:00",
            "",
        ),
    ] {
        school.book(id, room, start, end, owner).await;
    }
}

const GO: [&str; 4] = ["across", "around", "inside", "over-days"];

#[tokio::test]
async fn g01_nothing_but_reading_reaches_isams() {
    let answer = feed(&ROWS).json().to_string();
    let simulator = Simulator::builder()
        .key("{SECRET-KEY}")
        .body(answer)
        .start()
        .await
        .unwrap();
    let client = Client::builder(&simulator.url(), "{SECRET-KEY}".parse().unwrap())
        .build()
        .unwrap();
    let school = School::new();
    for _ in 0..3 {
        school
            .syncer
            .sync(&school.id, &client, &school.request())
            .await
            .unwrap();
        school
            .syncer
            .plan(&school.id, &client, &school.request())
            .await
            .unwrap();
    }
    let requests = simulator.requests();
    assert_eq!(requests.len(), 6);
    for request in requests {
        assert_eq!(request.path, "/api/batch/1.0/json.ashx");
        // A POST is a question with filters, and names nothing but what it asks for.
        assert!(request.only_reads(), "{request:?}");
        assert_eq!(request.methods.len(), 14);
        assert!(request.methods.iter().all(|method| method.contains("_Get")));
    }
}

#[tokio::test]
async fn g02_the_order_of_rows_changes_nothing() {
    let (one, two) = (School::new(), School::new());
    let answer = feed(&ROWS).json();
    for (school, answer) in [(&one, answer.clone()), (&two, reversed(&answer))] {
        school
            .try_sync(payload(&answer), &school.request())
            .await
            .unwrap();
        book_around(school).await;
    }
    let plan = |school: &School, answer: Value| {
        let (syncer, id, request) = (school.syncer.clone(), school.id.clone(), school.request());
        async move {
            syncer
                .plan(&id, &Recorded(payload(&answer)), &request)
                .await
                .unwrap()
        }
    };
    let first = plan(&one, answer.clone()).await;
    assert_eq!(removed(&first).len(), GO.len());
    assert_eq!(first, plan(&one, reversed(&answer)).await);
    assert_eq!(first, plan(&two, answer).await);
    assert_eq!(one.state().await.timetable, two.state().await.timetable);
}

#[tokio::test]
async fn g03_the_same_feed_again_writes_nothing_but_its_journal_row() {
    let school = School::synced(&feed(&ROWS)).await;
    book_around(&school).await;
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(
        (report.status, report.removals.len()),
        (Status::Applied, GO.len())
    );

    let (before, outbox) = (school.state().await, school.outbox().await);
    let report = school.sync(&feed(&ROWS)).await;
    let after = school.state().await;

    assert_eq!((report.status, report.notices), (Status::Unchanged, 0));
    assert!(report.removals.is_empty());
    assert_eq!(
        after,
        SchoolState {
            last_run: before.last_run.next(),
            ..before
        }
    );
    assert_eq!(school.outbox().await, outbox);
    assert_eq!(
        school
            .store
            .runs(&school.id, &RunFilter::default())
            .await
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn g04_every_removal_has_a_certain_cause_that_overlaps_it() {
    let school = School::synced(&feed(&ROWS)).await;
    book_around(&school).await;
    let report = school.sync(&feed(&ROWS)).await;
    let mut ids = removed(&report);
    ids.sort_unstable();
    assert_eq!(ids, GO);
    for removal in &report.removals {
        assert!(!removal.causes.is_empty(), "{}", removal.booking);
        for cause in &removal.causes {
            assert!(
                cause.start < removal.end && removal.start < cause.end,
                "{}",
                removal.text
            );
            assert!(!cause.source_ids.is_empty());
        }
    }
    let physics = &report
        .removals
        .iter()
        .find(|removal| removal.booking == "inside")
        .unwrap();
    assert_eq!(physics.causes[0].source_ids, ["9001", "9002"]);
    assert_eq!(physics.causes[0].label, "Physics 10B/Ph1");
    assert_eq!(
        physics.text,
        "Mon 8 Sep 2031 09:10-09:20, Room 1: \u{201c}title of inside\u{201d} (a@school.example) is removed, because \
         Physics 10B/Ph1 meets there in Period 1 (09:00-10:00)."
    );
}

#[tokio::test]
async fn g05_after_apply_no_future_booking_overlaps_a_lesson() {
    let school = School::synced(&feed(&ROWS)).await;
    book_around(&school).await;
    school.sync(&feed(&ROWS)).await;
    // The oracle: the lessons of all Mondays and Tuesdays of the term, written out by hand.
    let lessons = ["01", "08", "15", "22", "29"]
        .into_iter()
        .flat_map(|monday| {
            let tuesday = format!("{:02}", monday.parse::<u32>().unwrap() + 1);
            [
                (
                    "isams-1",
                    format!("2031-09-{monday}T09:00"),
                    format!("2031-09-{monday}T10:00"),
                ),
                (
                    "isams-2",
                    format!("2031-09-{monday}T10:00"),
                    format!("2031-09-{monday}T11:00"),
                ),
                (
                    "isams-3",
                    format!("2031-09-{tuesday}T11:15"),
                    format!("2031-09-{tuesday}T12:15"),
                ),
            ]
        });
    for (room, start, end) in lessons {
        for booking in school.state().await.bookings {
            let overlaps =
                booking.interval.start() < at(&end) && at(&start) < booking.interval.end();
            assert!(
                booking.room.as_str() != room || !overlaps,
                "{} stays over {start}",
                booking.id
            );
        }
    }
}

#[tokio::test]
async fn g06_bystanders_are_unchanged_byte_for_byte() {
    let school = School::synced(&feed(&ROWS)).await;
    book_around(&school).await;
    let before = serde_json::to_value(&school.state().await.bookings).unwrap();
    school.sync(&feed(&ROWS)).await;
    let after = serde_json::to_value(&school.state().await.bookings).unwrap();
    let stays = |booking: &&Value| !GO.contains(&booking["id"].as_str().unwrap());
    let expected: Vec<&Value> = before.as_array().unwrap().iter().filter(stays).collect();
    assert_eq!(
        after.as_array().unwrap().iter().collect::<Vec<_>>(),
        expected
    );
}

/// Takes an area out of a feed, or empties it, or breaks it.
type Damage = (&'static str, fn(&mut Feed, Option<Value>));

const AREAS: [Damage; 11] = [
    ("buildings_and_rooms", |feed, value| {
        feed.rooms = value.as_ref().map(|_| Vec::new());
    }),
    ("current_staff", |feed, value| feed.staff = value),
    ("terms", |feed, value| feed.terms = value),
    ("timetable_structure", |feed, value| feed.structure = value),
    ("week_allocations", |feed, value| feed.allocations = value),
    ("published_timetable", |feed, value| feed.timetables = value),
    ("departments_and_subjects", |feed, value| {
        feed.departments = value
    }),
    ("teaching_sets", |feed, value| feed.sets = value),
    ("teaching_forms", |feed, value| feed.forms = value),
    ("lesson_suspensions", |feed, value| feed.suspensions = value),
    ("room_closures_and_cover", |feed, value| {
        feed.closures = value
    }),
];

#[tokio::test]
async fn g07_what_is_missing_empty_or_broken_freezes_what_it_feeds() {
    for (area, damage) in AREAS {
        for (how, value) in [
            ("missing", None),
            ("empty", Some(Value::Null)),
            ("unreadable", Some(json!("nonsense"))),
        ] {
            if area == "buildings_and_rooms" && how == "unreadable" {
                continue; // the helper writes rooms in one shape only
            }
            let school = School::synced(&feed(&ROWS)).await;
            let core = [
                "terms",
                "timetable_structure",
                "week_allocations",
                "published_timetable",
            ]
            .contains(&area);
            // Over a lesson, where a run that believed half a core would remove it; where the lessons stay certain it
            // would go rightly, so there it stands beside them.
            let (start, end) = if core {
                ("09:00", "10:00")
            } else {
                ("12:00", "13:00")
            };
            let day = "2031-09-08T";
            school
                .book(
                    "kept",
                    "isams-1",
                    &format!("{day}{start}"),
                    &format!("{day}{end}"),
                    "a@school.example",
                )
                .await;
            let before = school.state().await;
            let mut broken = feed(&ROWS);
            damage(&mut broken, value);

            let report = school.sync(&broken).await;

            let seen = report.areas.iter().find(|seen| seen.area == area).unwrap();
            assert_eq!(seen.state, how, "{area}");
            let expected = if core {
                Status::Held
            } else {
                Status::Unchanged
            };
            assert_eq!(
                report.status, expected,
                "{area} {how}: {:?}",
                report.held_because
            );
            assert!(report.removals.is_empty(), "{area} {how}");
            let after = school.state().await;
            assert_eq!(
                (
                    &after.rooms,
                    &after.timeslots,
                    &after.room_links,
                    &after.bookings
                ),
                (
                    &before.rooms,
                    &before.timeslots,
                    &before.room_links,
                    &before.bookings
                ),
                "{area} {how}"
            );
            let told = report
                .warnings
                .iter()
                .chain(&report.held_because)
                .any(|line| {
                    line.contains(if how == "empty" && core {
                        "came empty"
                    } else {
                        how
                    })
                });
            assert!(told, "{area} {how}: {report:?}");
            school
                .store
                .cancel(&school.id, &"kept".into())
                .await
                .unwrap();
            // When the feed heals, everything is as before and nobody is told anything.
            let healed = school.sync(&feed(&ROWS)).await;
            assert_eq!(
                (healed.status, healed.lessons.is_zero()),
                (Status::Unchanged, true),
                "{area} {how}"
            );
            assert_eq!(
                school.state().await.timetable,
                before.timetable,
                "{area} {how}"
            );
        }
    }
}

#[tokio::test]
async fn g07_a_lesson_missing_from_half_a_feed_frees_no_room_for_ever() {
    // Night one: half the timetable is gone. It is held, so the freed-looking rooms stay doubtful.
    let school = School::synced(&feed(&ROWS)).await;
    let report = school.sync(&feed(&ROWS[..2])).await;
    assert_eq!(report.status, Status::Held);
    assert!(
        report.held_because[0].contains("the school year 2031 shrinks from 3 to 1"),
        "{:?}",
        report.held_because
    );
    let healed = school.sync(&feed(&ROWS)).await;
    assert_eq!(healed.status, Status::Unchanged);
}

#[tokio::test]
async fn g08_preview_and_apply_come_to_the_same_verdict() {
    for people in [15, 16] {
        let school = School::synced(&feed(&ROWS)).await;
        for number in 0..people {
            // All but one of the mornings of week 37 and 38, in room 1.
            let (id, owner) = (format!("b{number}"), format!("p{number}@school.example"));
            school
                .book(
                    &id,
                    "isams-1",
                    "2031-09-15T09:00",
                    "2031-09-15T09:30",
                    &owner,
                )
                .await;
        }
        // Enough bystanders that only the number of people counts.
        for number in 0..400 {
            school
                .book(
                    &format!("x{number}"),
                    "isams-5",
                    "2031-09-15T09:00",
                    "2031-09-15T09:30",
                    "x@school.example",
                )
                .await;
        }
        let plan = school.plan(&feed(&ROWS)).await;
        let run = school.sync(&feed(&ROWS)).await;
        let held = people > 15;
        assert_eq!(
            plan.status,
            if held { Status::Held } else { Status::Planned }
        );
        assert_eq!(
            run.status,
            if held { Status::Held } else { Status::Applied }
        );
        assert_eq!(
            (&plan.held_because, &plan.fingerprint),
            (&run.held_because, &run.fingerprint)
        );
        assert_eq!(
            school.kept().await.len(),
            if held { people + 400 } else { 400 }
        );
    }
}

#[tokio::test]
async fn g09_a_plan_applies_only_to_the_state_it_was_made_from_and_once() {
    let school = School::synced(&feed(&ROWS)).await;
    book_around(&school).await;
    let plan = school.plan(&feed(&ROWS)).await;

    let report = school
        .release(&feed(&ROWS), "0123456789abcdef0123", &[])
        .await;
    assert_eq!((report.status, report.run), (Status::Held, None));
    assert_eq!(school.kept().await.len(), 10);

    // Somebody moves a booking that the plan would have removed.
    school
        .book(
            "inside",
            "isams-1",
            "2031-09-08T09:15",
            "2031-09-08T09:20",
            "a@school.example",
        )
        .await;
    assert_eq!(
        school
            .release(&feed(&ROWS), &plan.fingerprint, &[])
            .await
            .status,
        Status::Held
    );
    assert_eq!(school.kept().await.len(), 10);

    let plan = school.plan(&feed(&ROWS)).await;
    assert_eq!(
        school
            .release(&feed(&ROWS), &plan.fingerprint.to_uppercase(), &[])
            .await
            .status,
        Status::Applied
    );
    assert_eq!(school.kept().await.len(), 6);
    let outbox = school.outbox().await;
    assert_eq!(
        school
            .release(&feed(&ROWS), &plan.fingerprint, &[])
            .await
            .status,
        Status::Held
    );
    assert_eq!(school.outbox().await, outbox);
}

#[tokio::test]
async fn g11_every_removal_has_one_message_and_no_message_is_without_removal() {
    let school = School::synced(&feed(&ROWS)).await;
    book_around(&school).await;
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(report.notices, 2);
    let outbox = school.told().await;
    let archive = school.store.removed(&school.id).await.unwrap();
    let mut told: Vec<&RemovedBooking> = outbox
        .iter()
        .flat_map(|record| &record.notice.removed)
        .collect();
    told.sort_by(|a, b| a.booking.id.cmp(&b.booking.id));
    assert_eq!(told, archive.iter().collect::<Vec<_>>());
    let to: Vec<String> = outbox
        .iter()
        .map(|record| record.notice.to.to_string())
        .collect();
    assert_eq!(
        to,
        ["A@School.example", "b@school.example", "administrator"]
    );
    assert!(
        outbox
            .iter()
            .all(|record| record.state == NoticeState::Queued)
    );
    // One person, two spellings, one message; the one without an address goes to the administrator.
    assert_eq!(outbox[0].notice.removed.len(), 2);
    assert_eq!(outbox[2].notice.to, Recipient::Administrator);
    assert!(
        outbox[0]
            .notice
            .text
            .contains("Physics 10B/Ph1 meets there in Period 1"),
        "{}",
        outbox[0].notice.text
    );
}

#[tokio::test]
async fn g12_edits_of_administrators_survive_any_number_of_syncs() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut edited = school.state().await.rooms;
    edited[0].name = "The Hawking Laboratory".to_owned();
    edited[0].category = "Science".to_owned();
    edited[1].part_bookable = true;
    let mut slots = school.state().await.timeslots;
    slots[0].name = "First lesson".to_owned();
    let rows = booking_store::Import {
        rooms: edited.clone(),
        timeslots: slots.clone(),
        ..Default::default()
    };
    school.store.import(&school.id, &rows).await.unwrap();

    let mut renamed = feed(&ROWS);
    renamed.rooms.as_mut().unwrap()[0].1 = "Lab One".to_owned();
    for feed in [&renamed, &feed(&ROWS), &renamed, &renamed] {
        school.sync(feed).await;
    }
    let state = school.state().await;
    assert_eq!((state.rooms, state.timeslots), (edited, slots));
}

#[tokio::test]
async fn a_room_that_the_host_marks_part_bookable_has_no_clashes() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut rooms = school.state().await.rooms;
    rooms[0].part_bookable = true;
    school
        .store
        .import(
            &school.id,
            &booking_store::Import {
                rooms,
                ..Default::default()
            },
        )
        .await
        .unwrap();
    school
        .book(
            "half",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "a@school.example",
        )
        .await;
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Unchanged);
}

#[tokio::test]
async fn row_28_each_part_of_a_divided_room_has_a_clash_policy_of_its_own() {
    let lessons = |north, south| {
        feed(&[
            ("9001", "10B/Ph1", "T1", "11", north),
            ("9002", "9B-PSHE", "T1", "11", south),
        ])
    };
    let school = School::synced(&lessons("1", "1")).await;
    // A wall divides room 1, and each of its lessons now has a part of it.
    let mut divided = lessons("91", "92");
    let rooms = divided.rooms.as_mut().unwrap();
    rooms.retain(|(id, _)| id != "1");
    rooms.push(("91".to_owned(), "Room 1 North".to_owned()));
    rooms.push(("92".to_owned(), "Room 1 South".to_owned()));
    school.sync(&divided).await;
    let mut rooms = school.state().await.rooms;
    rooms.retain(|room| room.id.as_str() == "isams-92");
    rooms[0].part_bookable = true;
    let marked = booking_store::Import {
        rooms,
        ..Default::default()
    };
    school.store.import(&school.id, &marked).await.unwrap();
    for room in ["isams-91", "isams-92"] {
        let (start, end) = ("2031-09-08T09:00", "2031-09-08T10:00");
        school
            .book(room, room, start, end, "a@school.example")
            .await;
    }
    assert_eq!(removed(&school.sync(&divided).await), ["isams-91"]);
    assert_eq!(school.kept().await, ["isams-92"]);
}

#[tokio::test]
async fn an_owners_own_lesson_absorbs_the_booking_only_where_it_covers_it() {
    let school = School::synced(&feed(&ROWS)).await;
    for (id, room, start, end, owner) in [
        (
            "own",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "q.bee@SCHOOL.example",
        ),
        (
            "longer",
            "isams-1",
            "2031-09-15T09:00",
            "2031-09-15T10:05",
            "q.bee@school.example",
        ),
        (
            "not-mine",
            "isams-2",
            "2031-09-08T10:00",
            "2031-09-08T11:00",
            "q.bee@school.example",
        ),
        (
            "mine",
            "isams-2",
            "2031-09-15T10:15",
            "2031-09-15T10:45",
            "w.dee@school.example",
        ),
    ] {
        school.book(id, room, start, end, owner).await;
    }
    let report = school.plan(&feed(&ROWS)).await;
    let mut absorbed: Vec<(&str, bool)> = report
        .removals
        .iter()
        .map(|removal| (removal.booking.as_str(), removal.absorbed))
        .collect();
    absorbed.sort_unstable();
    assert_eq!(
        absorbed,
        [
            ("longer", false),
            ("mine", true),
            ("not-mine", false),
            ("own", true)
        ]
    );
}

#[tokio::test]
async fn a_republish_with_new_ids_and_the_same_content_changes_nothing() {
    let school = School::synced(&feed(&ROWS)).await;
    book_around(&school).await;
    school.sync(&feed(&ROWS)).await;
    let fresh: Vec<Row> = vec![
        ("19003", "9A/Bi1", "T2", "12", "2"),
        ("19001", "10B/Ph1", "T1", "11", "1"),
        ("19004", "8C/Ar1", "T9", "23", "3"),
        ("19002", "10B/Ph1", "T2", "11", "1"),
    ];
    let mut republished = feed(&fresh);
    republished.timetables = Some(json!({ "Timetable": timetable("77", &fresh) }));
    let outbox = school.store.notices(&school.id).await.unwrap();
    let report = school.sync(&republished).await;
    assert_eq!((report.status, report.notices), (Status::Unchanged, 0));
    assert_eq!(school.store.notices(&school.id).await.unwrap(), outbox);
    // The new ids are kept, since cover refers to them.
    school
        .book(
            "late",
            "isams-1",
            "2031-09-15T09:00",
            "2031-09-15T10:00",
            "a@school.example",
        )
        .await;
    let report = school.plan(&republished).await;
    assert_eq!(report.removals[0].causes[0].source_ids, ["19001", "19002"]);
}

#[tokio::test]
async fn a_lesson_that_moves_is_one_change_and_removes_what_it_meets() {
    let school = School::synced(&feed(&ROWS)).await;
    school
        .book(
            "club",
            "isams-5",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "a@school.example",
        )
        .await;
    let mut moved = ROWS;
    moved[0].4 = "5";
    moved[1].4 = "5";
    let report = school.sync(&feed(&moved)).await;
    assert_eq!(
        (
            report.lessons.added,
            report.lessons.changed,
            report.lessons.removed
        ),
        (0, 1, 0)
    );
    assert_eq!(removed(&report), ["club"]);
}

#[tokio::test]
async fn a_new_school_takes_rooms_links_slots_terms_and_lessons_as_they_are() {
    let school = School::new();
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(report.status, Status::Applied);
    let added = |counts: timetable_sync::Counts| (counts.added, counts.changed, counts.removed);
    assert_eq!(added(report.rooms), (8, 0, 0));
    assert_eq!(added(report.timeslots), (3, 0, 0));
    assert_eq!(added(report.lessons), (3, 0, 0));
    assert_eq!(added(report.terms), (1, 0, 0));
    let state = school.state().await;
    assert_eq!(state.matching, Matching::Confirmed);
    assert!(
        state
            .rooms
            .iter()
            .all(|room| room.category == UNASSIGNED && room.hidden() && !room.counted())
    );
    let slots: Vec<String> = state
        .timeslots
        .iter()
        .map(|slot| format!("{} {} {}", slot.name, slot.days, slot.times))
        .collect();
    assert_eq!(
        slots,
        [
            "Period 1 Mon Tue Wed 09:00-10:00",
            "Period 2 Mon Tue Wed 10:00-11:00",
            "Period 3 Mon Tue Wed 11:15-12:15"
        ]
    );
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Unchanged);
}

/// A store whose users change a booking just before a commit, a given number of times.
#[derive(Debug)]
pub(crate) struct Busy {
    pub(crate) school: booking_store::MemoryStore,
    pub(crate) meddle: AtomicUsize,
}

#[async_trait]
impl BookingStore for Busy {
    async fn load(
        &self,
        school: &SchoolId,
        from: NaiveDateTime,
    ) -> Result<SchoolState, StoreError> {
        self.school.load(school, from).await
    }

    async fn commit(
        &self,
        school: &SchoolId,
        lease: &Lease,
        changes: &ChangeSet,
    ) -> Result<Revision, StoreError> {
        let left = self.meddle.load(Ordering::Relaxed);
        if left > 0 && !(changes.remove.is_empty() && changes.restore.is_empty()) {
            self.meddle.store(left - 1, Ordering::Relaxed);
            let (start, end) = ("2031-09-08T09:10", format!("2031-09-08T09:{}", 30 + left));
            self.school
                .book(
                    school,
                    &booking("inside", "isams-1", start, &end, "a@school.example"),
                )
                .await?;
        }
        self.school.commit(school, lease, changes).await
    }

    async fn lease(
        &self,
        school: &SchoolId,
        holder: &str,
        now: DateTime<Utc>,
        ttl: TimeDelta,
    ) -> Result<Option<Lease>, StoreError> {
        self.school.lease(school, holder, now, ttl).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.school.release(lease).await
    }

    async fn runs(
        &self,
        school: &SchoolId,
        which: &RunFilter,
    ) -> Result<Vec<RunRecord>, StoreError> {
        self.school.runs(school, which).await
    }

    async fn removed(&self, school: &SchoolId) -> Result<Vec<RemovedBooking>, StoreError> {
        self.school.removed(school).await
    }

    async fn notices(&self, school: &SchoolId) -> Result<Vec<NoticeRecord>, StoreError> {
        self.school.notices(school).await
    }

    async fn claim(
        &self,
        school: Option<&SchoolId>,
        holder: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<NoticeRecord>, StoreError> {
        self.school.claim(school, holder, now, limit).await
    }

    async fn settle(&self, notice: &NoticeId, outcome: &Delivery) -> Result<(), StoreError> {
        self.school.settle(notice, outcome).await
    }

    async fn requeue(&self, notice: &NoticeId) -> Result<bool, StoreError> {
        self.school.requeue(notice).await
    }
}

#[tokio::test]
async fn a_booking_that_changes_during_the_run_is_planned_again() {
    let school = School::synced(&feed(&ROWS)).await;
    book_around(&school).await;
    let busy = Arc::new(Busy {
        school: school.store.clone(),
        meddle: AtomicUsize::new(2),
    });
    let clock: timetable_sync::Clock = Arc::new(|| "2031-09-01T00:30:00Z".parse().unwrap());
    let syncer = Syncer::new(busy, Settings::default(), clock, "busy");
    let report = syncer
        .sync(
            &school.id,
            &Recorded(feed(&ROWS).payload()),
            &school.request(),
        )
        .await
        .unwrap();
    assert_eq!(report.status, Status::Applied);
    let archive = school.store.removed(&school.id).await.unwrap();
    let inside = archive
        .iter()
        .find(|removed| removed.booking.id.as_str() == "inside")
        .unwrap();
    assert_eq!(inside.booking.interval.end(), at("2031-09-08T09:31"));
    let told = school.told().await;
    let told: Vec<String> = told
        .iter()
        .map(|record| record.notice.to.to_string())
        .collect();
    assert_eq!(
        told,
        ["A@School.example", "b@school.example", "administrator"]
    );
}

#[tokio::test]
async fn a_second_sync_of_the_same_school_waits_and_then_says_that_it_is_busy() {
    let school = School::synced(&feed(&ROWS)).await;
    let now: DateTime<Utc> = "2031-09-01T00:00:00Z".parse().unwrap();
    school
        .store
        .lease(&school.id, "somebody else", now, TimeDelta::hours(1))
        .await
        .unwrap()
        .unwrap();
    let syncer = school
        .syncer
        .clone()
        .patience(std::time::Duration::from_millis(500));
    let outcome = syncer
        .sync(
            &school.id,
            &Recorded(feed(&ROWS).payload()),
            &school.request(),
        )
        .await;
    assert!(matches!(outcome, Err(timetable_sync::Error::Busy)));
}
