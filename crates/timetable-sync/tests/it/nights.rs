//! What several nights bring: a lesson that comes and goes, a week without a run, timetables in development.

use booking_store::{BookingDesk, BookingStore, Import, NoticeRecord};
use chrono::NaiveDate;
use isams_client::DataArea;
use serde_json::{Value, json};
use timetable_sync::{CurrentTimetable, RoomCalendar, Status, SyncRequest};

use crate::{
    feed::{Feed, Row, feed, payload, timetable},
    school::{School, at, booking, removed, span},
};

/// Lessons in every period of the week, so that one more or less is nothing unusual.
const STAY: [Row; 9] = [
    ("9001", "9B-PSHE", "T2", "11", "5"),
    ("9002", "9B-PSHE", "T2", "12", "5"),
    ("9003", "9B-PSHE", "T2", "13", "5"),
    ("9004", "9B-PSHE", "T2", "21", "5"),
    ("9005", "9B-PSHE", "T2", "22", "5"),
    ("9006", "9B-PSHE", "T2", "23", "5"),
    ("9007", "9B-PSHE", "T2", "31", "5"),
    ("9008", "9B-PSHE", "T2", "32", "5"),
    ("9009", "9B-PSHE", "T2", "33", "5"),
];

/// Physics in room 1, Monday's Period 1 (09:00-10:00).
const PHYSICS: Row = ("9101", "10B/Ph1", "T1", "11", "1");

fn with(rows: &[Row]) -> Feed {
    feed(&[&STAY, rows].concat())
}

/// Enough bookings elsewhere that removing a few is nothing unusual.
async fn book_others(school: &School) {
    for number in 0..30 {
        let id = format!("other-{number}");
        school
            .book(
                &id,
                "isams-6",
                "2031-09-30T18:00",
                "2031-09-30T19:00",
                "other@school.example",
            )
            .await;
    }
}

async fn outbox(school: &School) -> Vec<NoticeRecord> {
    school.told().await
}

/// The bookings of each message, with whom it goes to.
fn told(outbox: &[NoticeRecord]) -> Vec<(String, Vec<&str>)> {
    outbox
        .iter()
        .map(|record| {
            let removed = &record.notice.removed;
            let ids = removed.iter().map(|removed| removed.booking.id.as_str());
            (record.notice.to.to_string(), ids.collect())
        })
        .collect()
}

/// The bookings that were ever removed.
async fn archive(school: &School) -> Vec<String> {
    let archive = school.store.removed(&school.id).await.unwrap();
    archive
        .iter()
        .map(|removed| removed.booking.id.to_string())
        .collect()
}

/// How many entries stand in a room in the week of Monday 8 September 2031.
async fn entries(school: &School, room: &str) -> usize {
    let state = school.state().await;
    let timetable = CurrentTimetable::of(&state).unwrap();
    let room = state.rooms.iter().find(|known| known.id == room.into());
    let monday = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap();
    let calendar = RoomCalendar::new(&state, &timetable, room.unwrap(), monday, 1);
    calendar.days.iter().map(|day| day.entries.len()).sum()
}

#[tokio::test]
async fn a_lesson_that_comes_and_goes_for_nights_removes_and_tells_once() {
    let mut school = School::synced(&with(&[])).await;
    book_others(&school).await;
    let club = booking(
        "club",
        "isams-1",
        "2031-09-29T09:00",
        "2031-09-29T10:00",
        "a@school.example",
    );
    // The host sends its bookings every evening, and never stops sending the one that was removed.
    let import = Import {
        bookings: vec![club],
        ..Import::default()
    };
    let mut first = None;
    for night in 1..=10 {
        school.now = at(&format!("2031-09-{night:02}T20:00"));
        school.store.import(&school.id, &import).await.unwrap();
        let there = night % 2 == 1;
        let rows: &[Row] = if there { &[PHYSICS] } else { &[] };
        let report = school.sync(&with(rows)).await;
        assert_eq!(report.status, Status::Applied, "{night}: {report:?}");
        assert_eq!(entries(&school, "isams-1").await, usize::from(there));
        let expected: &[&str] = if night == 1 { &["club"] } else { &[] };
        assert_eq!(removed(&report), expected, "{night}");
        assert_eq!(archive(&school).await, ["club"], "{night}");
        let outbox = outbox(&school).await;
        assert_eq!(
            told(&outbox),
            [("a@school.example".to_owned(), vec!["club"])],
            "{night}"
        );
        assert_eq!(first.get_or_insert_with(|| outbox.clone()), &outbox);
    }
}

#[tokio::test]
async fn a_week_without_a_run_is_made_good_by_one_plan_and_one_message_a_person() {
    let mut school = School::synced(&with(&[])).await;
    book_others(&school).await;
    for (id, room, start, end, owner) in [
        // Over, under way and beginning when the next run comes on Monday 8 September at 09:30.
        ("over", "1", "2031-09-01T09:00", "2031-09-01T10:00", "a"),
        ("begun", "1", "2031-09-08T09:00", "2031-09-08T10:00", "a"),
        ("begins", "1", "2031-09-08T09:30", "2031-09-08T10:30", "b"),
        // To come, one for each thing that changes meanwhile.
        ("lesson", "1", "2031-09-15T09:00", "2031-09-15T10:00", "a"),
        ("moved", "3", "2031-09-16T10:00", "2031-09-16T11:00", "a"),
        ("closed", "2", "2031-09-18T14:00", "2031-09-18T15:00", "a"),
        ("again", "1", "2031-09-22T09:00", "2031-09-22T10:00", "b"),
        ("free", "4", "2031-09-15T09:00", "2031-09-15T10:00", "b"),
    ] {
        let (room, owner) = (format!("isams-{room}"), format!("{owner}@school.example"));
        school.book(id, &room, start, end, &owner).await;
    }
    // Meanwhile a lesson has come, another has moved to room 3, and room 2 is closed.
    let mut rows = STAY.to_vec();
    rows[4].4 = "3";
    rows.push(PHYSICS);
    let missed = Feed {
        closures: Some(
            json!({"RoomClosure": {"@Id": "7", "RoomId": "2", "ReasonId": "2",
            "StartDate": "2031-09-18T00:00:00", "EndDate": "2031-09-18T00:00:00"}}),
        ),
        ..feed(&rows)
    };
    let runs = school.state().await.last_run;
    school.now = at("2031-09-08T09:30");
    let report = school.sync(&missed).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    assert_eq!(report.run, Some(runs.next()), "one run makes all good");
    let gone = ["lesson", "moved", "closed", "again"];
    assert_eq!(removed(&report), gone);
    let kept = school.kept().await;
    for id in ["over", "begun", "begins", "free"] {
        assert!(kept.iter().any(|kept| kept == id), "{id}");
    }
    let before = outbox(&school).await;
    assert_eq!(
        told(&before),
        [
            (
                "a@school.example".to_owned(),
                vec!["lesson", "moved", "closed"]
            ),
            ("b@school.example".to_owned(), vec!["again"]),
        ]
    );
    // The clock goes back to where it was: nothing is told again, nor taken that had begun.
    for now in ["2031-09-08T10:00", "2031-09-08T09:45"] {
        school.now = at(now);
        let report = school.sync(&missed).await;
        assert_eq!(report.status, Status::Unchanged, "{now}");
        assert_eq!(outbox(&school).await, before, "{now}");
    }
}

/// The cells of the week of 8 September that staff see as free: room, start and end.
async fn free_looking(school: &School) -> Vec<(String, String, String)> {
    let state = school.state().await;
    let timetable = CurrentTimetable::of(&state).unwrap();
    let mut free = Vec::new();
    for room in &state.rooms {
        for day in ["08", "09", "10"] {
            for (start, end) in [("09:00", "10:00"), ("10:00", "11:00"), ("11:15", "12:15")] {
                let (start, end) = (
                    format!("2031-09-{day}T{start}"),
                    format!("2031-09-{day}T{end}"),
                );
                let cell = span(&start, &end);
                let day = timetable.day(&room.id, cell.start().date());
                let taken = day
                    .occupied
                    .iter()
                    .any(|(cause, _)| cause.interval.overlaps(cell));
                if day.unknown.is_none() && !taken {
                    free.push((room.id.to_string(), start, end));
                }
            }
        }
    }
    free
}

#[tokio::test]
async fn what_staff_book_while_half_a_feed_is_missing_stays_when_it_heals() {
    let spring = json!({"@Id": "62", "SchoolYear": "2031", "Name": "Spring",
        "StartDate": "2032-01-05T00:00:00", "FinishDate": "2032-03-26T00:00:00"});
    let mut whole = with(&[PHYSICS]);
    let autumn = whole.terms.take().unwrap()["Term"].clone();
    whole.terms = Some(json!({ "Term": [autumn, spring] }));
    let empty = Feed {
        timetables: Some(json!(null)),
        ..whole.clone()
    };
    let gone = Feed {
        timetables: None,
        ..whole.clone()
    };
    let half = Feed {
        terms: whole.terms.clone(),
        ..feed(&STAY[..4])
    };
    let no_autumn = Feed {
        terms: Some(json!({ "Term": spring })),
        ..whole.clone()
    };
    let no_weeks = Feed {
        allocations: Some(json!(null)),
        ..whole.clone()
    };
    for (night_one, how) in [
        (&empty, "empty"),
        (&gone, "missing"),
        (&half, "half"),
        (&no_weeks, "without weeks"),
        (&no_autumn, "without a term"),
    ] {
        let mut school = School::synced(&whole).await;
        let lessons = STAY.len() + 1;
        let before = free_looking(&school).await;
        // Eight rooms, three days, three periods; room 8 is closed on the Monday.
        assert_eq!(before.len(), 8 * 3 * 3 - lessons - 3, "{how}");
        school.now = at("2031-09-02T01:00");
        let report = school.sync(night_one).await;
        assert_eq!(report.status, Status::Held, "{how}");

        // In the morning staff book every room that looks free.
        let free = free_looking(&school).await;
        assert_eq!(free, before, "{how}: no room looks free that was not");
        for (number, (room, start, end)) in free.iter().enumerate() {
            let (id, owner) = (
                format!("cell-{number:02}"),
                format!("p{number}@school.example"),
            );
            school.book(&id, room, start, end, &owner).await;
        }
        let booked = school.kept().await;

        school.now = at("2031-09-03T01:00");
        let healed = school.sync(&whole).await;
        assert_eq!(healed.status, Status::Unchanged, "{how}");
        assert_eq!(removed(&healed), [] as [&str; 0], "{how}");
        assert_eq!(school.kept().await, booked, "{how}");
        assert!(outbox(&school).await.is_empty(), "{how}");
        assert!(archive(&school).await.is_empty(), "{how}");
    }
}

#[tokio::test]
async fn a_host_that_lets_rooms_in_doubt_be_booked_loses_nothing_without_a_person() {
    let whole = with(&[PHYSICS]);
    let mut school = School::synced(&whole).await;
    let empty = Feed {
        timetables: Some(json!(null)),
        ..whole.clone()
    };
    school.now = at("2031-09-02T01:00");
    assert_eq!(school.sync(&empty).await.status, Status::Held);
    // It asks nobody, and staff book over the lessons that did not arrive.
    for number in 0..12 {
        let (id, owner) = (
            format!("over-{number:02}"),
            format!("p{number}@school.example"),
        );
        let day = ["08", "15", "22", "29"][number % 4];
        let (start, end) = (
            format!("2031-09-{day}T09:00"),
            format!("2031-09-{day}T10:00"),
        );
        school.book(&id, "isams-1", &start, &end, &owner).await;
    }
    school.now = at("2031-09-03T01:00");
    let healed = school.sync(&whole).await;
    assert_eq!(
        (healed.status, healed.removals.len()),
        (Status::Held, 12),
        "{:?}",
        healed.held_because
    );
    assert_eq!(school.kept().await.len(), 12);
    assert!(outbox(&school).await.is_empty());
}

/// The answer with timetables in development beside the published ones.
fn with_development(feed: &Feed, development: Value) -> Value {
    let mut answer = feed.json();
    answer["iSAMS"]["TimetableManager"]["DevelopmentTimetables"] =
        json!({ "Timetable": development });
    answer
}

#[tokio::test]
async fn lessons_in_development_and_published_are_placed_once_as_published() {
    // The draft has the published lesson and moves one of the others to room 3.
    let mut draft = [&STAY[..], &[PHYSICS]].concat();
    draft[4].4 = "3";
    let answer = with_development(&with(&[PHYSICS]), timetable("13", &draft));
    let school = School::synced(&with(&[])).await;
    book_others(&school).await;
    for (id, room, start, end) in [
        (
            "published",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
        ),
        ("draft", "isams-3", "2031-09-09T10:00", "2031-09-09T11:00"),
    ] {
        school.book(id, room, start, end, "a@school.example").await;
    }
    let sync = school.try_sync(payload(&answer), &school.request()).await;
    let report = sync.unwrap();
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    assert_eq!(removed(&report), ["published"]);
    assert_eq!(report.removals[0].causes.len(), 1);
    assert_eq!(entries(&school, "isams-1").await, 1);
    assert_eq!(
        entries(&school, "isams-5").await,
        6,
        "two a day: a double and a single"
    );
    assert_eq!(entries(&school, "isams-3").await, 1, "the booking alone");
}

#[tokio::test]
async fn timetables_in_development_alone_occupy_nothing() {
    let unpublished = Feed {
        timetables: Some(json!({"Timetable": []})),
        ..with(&[])
    };
    let draft = [&STAY[..], &[PHYSICS]].concat();
    let answer = with_development(&unpublished, timetable("13", &draft));
    let school = School::synced(&with(&[])).await;
    book_others(&school).await;
    let (start, end) = ("2031-09-08T09:00", "2031-09-08T10:00");
    let owner = "a@school.example";
    school.book("club", "isams-1", start, end, owner).await;
    let held = school.try_sync(payload(&answer), &school.request()).await;
    let held = held.unwrap();
    assert_eq!((held.status, removed(&held)), (Status::Held, vec![]));
    // Somebody says that nothing is published indeed.
    let release = SyncRequest {
        apply_plan: Some(held.fingerprint),
        accepted: [DataArea::PublishedTimetable].into(),
        ..school.request()
    };
    let report = school.try_sync(payload(&answer), &release).await.unwrap();
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    assert_eq!(removed(&report), [] as [&str; 0]);
    assert_eq!(entries(&school, "isams-1").await, 1, "the booking alone");
    assert_eq!(entries(&school, "isams-5").await, 0);
    // The same lessons, published.
    let report = school.sync(&feed(&draft)).await;
    assert_eq!(removed(&report), ["club"], "{:?}", report.held_because);
}
