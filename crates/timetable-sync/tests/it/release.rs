//! Releasing a held plan by its fingerprint while time goes on.

use std::{path::Path, sync::Arc};

use booking_store::{BookingDesk, Import, SchoolId};
use booking_store_sqlite::{
    SqliteStore,
    sqlx::{Connection, SqliteConnection, query_scalar},
};
use timetable_sync::{Recorded, Settings, Status, SyncRequest, Syncer};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, at, booking, removed},
};

const ROWS: [Row; 1] = [("9001", "10B/Ph1", "T1", "11", "1")];

/// Twelve bookings over Physics on four Mondays, which the guard holds.
async fn held() -> School {
    let school = School::synced(&feed(&ROWS)).await;
    for (number, day) in ["08", "15", "22", "29"]
        .into_iter()
        .cycle()
        .take(12)
        .enumerate()
    {
        let (start, end) = (
            format!("2031-09-{day}T09:{number:02}"),
            format!("2031-09-{day}T09:50"),
        );
        school
            .book(
                &format!("b{number:02}"),
                "isams-1",
                &start,
                &end,
                &format!("p{}@school.example", number % 6),
            )
            .await;
    }
    school
}

#[tokio::test]
async fn bookings_that_begin_meanwhile_stay_and_do_not_invalidate_the_plan() {
    let mut school = held().await;
    let plan = school.sync(&feed(&ROWS)).await;
    assert_eq!((plan.status, plan.removals.len()), (Status::Held, 12));
    // A week later, in the middle of the first Monday's bookings.
    school.now = at("2031-09-08T09:04");
    let released = school.release(&feed(&ROWS), &plan.fingerprint, &[]).await;
    assert_eq!(released.status, Status::Applied);
    assert_eq!(removed(&released).len(), 10);
    assert_eq!(school.kept().await, ["b00", "b04"]);
}

#[tokio::test]
async fn a_booking_that_is_added_meanwhile_does_invalidate_it() {
    let mut school = held().await;
    let plan = school.sync(&feed(&ROWS)).await;
    school
        .book(
            "new",
            "isams-1",
            "2031-09-15T09:30",
            "2031-09-15T09:40",
            "n@school.example",
        )
        .await;
    school.now = at("2031-09-08T09:04");
    assert_eq!(
        school
            .release(&feed(&ROWS), &plan.fingerprint, &[])
            .await
            .status,
        Status::Held
    );
    assert_eq!(school.kept().await.len(), 13);
}

#[tokio::test]
async fn labels_and_teachers_are_not_in_the_fingerprint_but_another_cause_is() {
    let school = held().await;
    let plan = school.plan(&feed(&ROWS)).await;
    let other_teacher = [("9001", "10B/Ph1", "T2", "11", "1")];
    let mut other_subject = feed(&other_teacher);
    other_subject.departments = None;
    assert_eq!(
        school.plan(&other_subject).await.fingerprint,
        plan.fingerprint
    );
    let another = [
        ("9001", "10B/Ph1", "T1", "11", "1"),
        ("9002", "10C/Ch1", "T2", "11", "1"),
    ];
    assert_ne!(
        school.plan(&feed(&another)).await.fingerprint,
        plan.fingerprint
    );
}

/// Every value of the first column of a query, read from the file itself.
async fn column(path: &Path, sql: &'static str) -> Vec<String> {
    let url = format!("sqlite:{}", path.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let rows = query_scalar(sql).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows
}

#[tokio::test]
async fn a_republish_that_hits_forty_people_is_held_and_its_release_tells_each_once() {
    const PEOPLE: usize = 40;
    const CLASHES: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("school.db");
    let store = SqliteStore::open(path.to_str().unwrap()).await.unwrap();
    let school = SchoolId::new("school");
    let syncer = Syncer::new(
        Arc::new(store.clone()),
        Settings::default(),
        Arc::new(|| "2031-09-01T00:00:00Z".parse().unwrap()),
        "test",
    );
    let sync = async |feed: &Feed, fingerprint: Option<&str>| {
        let request = SyncRequest {
            apply_plan: fingerprint.map(str::to_owned),
            ..SyncRequest::default()
        };
        let source = Recorded(feed.payload());
        syncer.sync(&school, &source, &request).await.unwrap()
    };
    assert_eq!(sync(&feed(&ROWS), None).await.status, Status::Applied);
    // Rooms 2 to 4 are booked where the republished timetable puts lessons; room 7 stays as it is.
    let clashing = (0..CLASHES).map(|number| {
        let day = ["09", "16", "23", "30"][number % 4];
        let room = format!("isams-{}", 2 + number % 3);
        let start = format!("2031-09-{day}T10:{:02}", number % 40);
        // Half of a person's bookings spell the address otherwise.
        let owner = format!("p{}@school.example", number % PEOPLE);
        let owner = if (number / PEOPLE).is_multiple_of(2) {
            owner
        } else {
            owner.to_uppercase()
        };
        let end = format!("2031-09-{day}T11:00");
        booking(&format!("b{number:03}"), &room, &start, &end, &owner)
    });
    let others = (0..500).map(|number| {
        let (start, end) = ("2031-09-09T10:00", "2031-09-09T11:00");
        let id = format!("other{number:03}");
        booking(&id, "isams-7", start, end, "p0@school.example")
    });
    let rows = Import {
        bookings: clashing.chain(others).collect(),
        ..Import::default()
    };
    store.import(&school, &rows).await.unwrap();
    let republished = feed(&[
        ROWS[0],
        ("8001", "11C/Hi1", "T1", "22", "2"),
        ("8002", "11D/Hi2", "T2", "22", "3"),
        ("8003", "11E/Hi3", "T3", "22", "4"),
    ]);

    let held = sync(&republished, None).await;
    assert_eq!(
        (held.status, held.notices, held.removals.len()),
        (Status::Held, 0, CLASHES)
    );
    assert_eq!(
        held.held_because,
        [
            "300 of 800 future bookings would be removed",
            "40 people would lose bookings"
        ]
    );
    let bookings = "SELECT id FROM sync_bookings";
    // The administrator hears of the first sync and of what is held.
    let messages = "SELECT lower(to_email) FROM sync_notices WHERE to_email IS NOT NULL ORDER BY 1";
    let removed = "SELECT id FROM sync_removed ORDER BY id";
    assert_eq!(column(&path, bookings).await.len(), CLASHES + 500);
    assert_eq!(column(&path, messages).await, [] as [&str; 0]);

    let released = sync(&republished, Some(&held.fingerprint)).await;
    assert_eq!(
        (released.status, released.notices),
        (Status::Applied, PEOPLE)
    );
    let mut people: Vec<String> = (0..PEOPLE)
        .map(|number| format!("p{number}@school.example"))
        .collect();
    people.sort();
    let ids: Vec<String> = (0..CLASHES).map(|number| format!("b{number:03}")).collect();
    assert_eq!(column(&path, removed).await, ids);
    let run = released.run.unwrap().to_string();
    let runs = "SELECT CAST(run AS TEXT) FROM sync_notices";
    let runs = column(&path, runs).await;
    assert_eq!(runs.iter().filter(|of| **of == run).count(), PEOPLE);
    // Used fingerprints and quiet nights tell nobody again.
    let used = sync(&republished, Some(&held.fingerprint)).await;
    assert_eq!((used.status, used.run), (Status::Held, None));
    assert_eq!(sync(&republished, None).await.status, Status::Unchanged);
    assert_eq!(column(&path, messages).await, people);
    assert_eq!(column(&path, removed).await, ids);
    assert_eq!(column(&path, bookings).await.len(), 500);
    // Every removed booking stands in one message, and that is its owner's.
    let told = "SELECT lower(to_email) || ' ' || json_extract(told.value, '$.booking.id') \
                FROM sync_notices, json_each(sync_notices.removed) AS told ORDER BY 1";
    let mut expected: Vec<String> = (0..CLASHES)
        .map(|number| format!("p{}@school.example b{number:03}", number % PEOPLE))
        .collect();
    expected.sort();
    assert_eq!(column(&path, told).await, expected);
}

#[tokio::test]
async fn free_rooms_and_ids_of_rows_are_not_in_the_fingerprint() {
    let mut school = held().await;
    let mut rooms = school.state().await.rooms;
    for room in &mut rooms {
        room.category = "Classrooms".to_owned();
    }
    let sorted = Import {
        rooms,
        ..Import::default()
    };
    school.store.import(&school.id, &sorted).await.unwrap();
    let plan = school.plan(&feed(&ROWS)).await;
    let offered = plan.removals[0].alternatives[0].id.clone();
    // Somebody books the room that is offered, a night goes by, and the timetable is published again.
    let (start, end) = ("2031-09-08T08:00", "2031-09-08T11:00");
    school
        .book("taken", &offered, start, end, "n@school.example")
        .await;
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Held);
    school.now = at("2031-09-02T01:00");
    let republished = feed(&[("7001", "10B/Ph1", "T1", "11", "1")]);
    let later = school.plan(&republished).await;
    assert_ne!(later.removals[0].alternatives[0].id, offered);
    assert_eq!(later.removals[0].causes[0].source_ids, ["7001"]);
    assert_eq!(later.fingerprint, plan.fingerprint);
    let released = school.release(&republished, &plan.fingerprint, &[]).await;
    assert_eq!(
        (released.status, released.removals.len()),
        (Status::Applied, 12)
    );
}
