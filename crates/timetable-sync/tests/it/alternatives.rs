//! Rooms that are offered to those whose bookings have to go.

use std::collections::BTreeMap;

use booking_store::{BookingDesk, Import, Room};
use serde_json::json;
use timetable_sync::{RemovalReport, Report, Status};

use crate::{
    feed::{Row, feed, payload, reversed},
    school::{School, booking, removed},
};

/// Physics in rooms 1 and 2 on Monday period 1; biology in room 1 on Wednesday period 1.
const ROWS: [Row; 3] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "10C/Ph2", "T2", "11", "2"),
    ("9003", "9A/Bi1", "T2", "31", "1"),
];

/// A new school whose administrator has sorted some of its rooms.
async fn sorted(categories: &[(&str, &str)]) -> School {
    let school = School::synced(&feed(&ROWS)).await;
    let categories: BTreeMap<&str, &str> = categories.iter().copied().collect();
    change(&school, |room| {
        if let Some(category) = categories.get(room.id.as_str()) {
            room.category = (*category).to_owned();
        }
    })
    .await;
    school
}

async fn change(school: &School, change: impl Fn(&mut Room)) {
    let mut rooms = school.state().await.rooms;
    rooms.iter_mut().for_each(change);
    let import = Import {
        rooms,
        ..Import::default()
    };
    school.store.import(&school.id, &import).await.unwrap();
}

async fn book(school: &School, id: &str, room: &str, owner: &str) {
    school
        .book(id, room, "2031-09-08T09:00", "2031-09-08T10:00", owner)
        .await;
}

fn offered(report: &Report, booking: &str) -> Vec<String> {
    let removal: &RemovalReport = report
        .removals
        .iter()
        .find(|removal| removal.booking == booking)
        .unwrap();
    removal
        .alternatives
        .iter()
        .map(|room| room.id.clone())
        .collect()
}

#[tokio::test]
async fn a_removed_booking_with_one_free_room_of_its_category_is_told_so() {
    // Room 2 has a lesson, room 4 a booking, room 5 another category, room 6 is hidden.
    let school = sorted(&[
        ("isams-1", "Labs"),
        ("isams-2", "Labs"),
        ("isams-3", "Labs"),
        ("isams-4", "Labs"),
        ("isams-5", "Halls"),
    ])
    .await;
    book(&school, "club", "isams-1", "a@school.example").await;
    book(&school, "other", "isams-4", "b@school.example").await;

    let report = school.sync(&feed(&ROWS)).await;

    assert_eq!(
        (report.status, removed(&report)),
        (Status::Applied, vec!["club"])
    );
    let document = serde_json::to_value(&report).unwrap();
    assert_eq!(
        document["removals"][0]["alternatives"],
        json!([{ "id": "isams-3", "name": "Room 3" }])
    );
    let text = &report.removals[0].text;
    assert!(
        text.ends_with("(09:00-10:00). Free then: Room 3."),
        "{text}"
    );
    let notices = school.told().await;
    let letter = &notices[0].notice.text;
    assert!(
        letter.contains("(09:00-10:00).\n  Free at that time: Room 3.\n\n"),
        "{letter}"
    );
}

#[tokio::test]
async fn no_room_is_offered_to_two_people_for_overlapping_times() {
    let school = sorted(&[
        ("isams-1", "Labs"),
        ("isams-2", "Labs"),
        ("isams-3", "Labs"),
        ("isams-4", "Labs"),
    ])
    .await;
    book(&school, "one", "isams-1", "a@school.example").await;
    book(&school, "two", "isams-2", "b@school.example").await;
    let plan = school.plan(&feed(&ROWS)).await;
    // Each is offered one of the two before anybody is offered both; the numbers are near.
    assert_eq!(offered(&plan, "one"), ["isams-3"]);
    assert_eq!(offered(&plan, "two"), ["isams-4"]);
}

#[tokio::test]
async fn a_time_that_reaches_into_an_unknown_date_is_offered_nothing() {
    let school = sorted(&[("isams-1", "Labs"), ("isams-3", "Labs")]).await;
    let mut holes = feed(&ROWS);
    holes.allocate([36, 37]);
    assert_eq!(school.sync(&holes).await.status, Status::Held);
    for (id, end) in [
        ("until-saturday", "2031-09-13T23:00"),
        ("until-sunday", "2031-09-14T01:00"),
    ] {
        let expected: &[&str] = if id == "until-saturday" {
            &["isams-3"]
        } else {
            &[]
        };
        school
            .book(id, "isams-1", "2031-09-10T09:30", end, "a@school.example")
            .await;
        let plan = school.plan(&holes).await;
        assert_eq!(removed(&plan), [id]);
        assert_eq!(offered(&plan, id), expected);
        school.store.cancel(&school.id, &id.into()).await.unwrap();
    }
}

#[tokio::test]
async fn rooms_that_are_part_bookable_or_no_longer_listed_are_not_offered() {
    let school = sorted(&[
        ("isams-1", "Labs"),
        ("isams-3", "Labs"),
        ("isams-4", "Labs"),
        ("isams-5", "Labs"),
    ])
    .await;
    change(&school, |room| {
        room.part_bookable = room.id.as_str() == "isams-3"
    })
    .await;
    book(&school, "club", "isams-1", "a@school.example").await;
    assert_eq!(
        offered(&school.plan(&feed(&ROWS)).await, "club"),
        ["isams-4", "isams-5"]
    );
    let mut fewer = feed(&ROWS);
    fewer.rooms.as_mut().unwrap().retain(|(id, _)| id != "4");
    assert_eq!(offered(&school.plan(&fewer).await, "club"), ["isams-5"]);
}

#[tokio::test]
async fn rooms_without_a_match_are_offered_once_matches_are_confirmed() {
    let school = School::new();
    school
        .import_rooms(&[
            ("LAB", "Lab 1"),
            ("OTHER", "Lab 2"),
            ("PAVILION", "Pavilion"),
        ])
        .await;
    book(&school, "club", "LAB", "a@school.example").await;
    school.sync(&feed(&ROWS)).await;
    for (room, source) in [("LAB", "1"), ("OTHER", "7")] {
        school
            .syncer
            .match_room(&school.id, &room.into(), source)
            .await
            .unwrap();
    }
    let plan = school.plan(&feed(&ROWS)).await;
    assert_eq!(plan.status, Status::AwaitingMatch);
    assert_eq!(offered(&plan, "club"), ["OTHER"]);
    school.syncer.confirm_matches(&school.id).await.unwrap();
    let plan = school.plan(&feed(&ROWS)).await;
    assert_eq!(offered(&plan, "club"), ["OTHER", "PAVILION"]);
}

#[tokio::test]
async fn the_owner_of_the_lesson_keeps_the_room_and_is_offered_none() {
    let school = sorted(&[
        ("isams-1", "Labs"),
        ("isams-2", "Labs"),
        ("isams-3", "Labs"),
    ])
    .await;
    book(&school, "own", "isams-1", "q.bee@school.example").await;
    book(&school, "club", "isams-2", "a@school.example").await;
    let plan = school.plan(&feed(&ROWS)).await;
    assert!(offered(&plan, "own").is_empty());
    assert_eq!(offered(&plan, "club"), ["isams-3"]);
}

#[tokio::test]
async fn the_dates_of_a_series_are_counted() {
    let school = sorted(&[
        ("isams-1", "Labs"),
        ("isams-3", "Labs"),
        ("isams-4", "Labs"),
    ])
    .await;
    for (id, date) in [("s1", "08"), ("s2", "15"), ("s3", "22")] {
        let (start, end) = (
            format!("2031-09-{date}T09:00"),
            format!("2031-09-{date}T10:00"),
        );
        let booking = booking_store::Booking {
            series: Some("club".to_owned()),
            ..booking(id, "isams-1", &start, &end, "a@school.example")
        };
        school.store.book(&school.id, &booking).await.unwrap();
    }
    school
        .book(
            "exam",
            "isams-3",
            "2031-09-15T09:50",
            "2031-09-15T11:00",
            "b@school.example",
        )
        .await;
    let plan = school.plan(&feed(&ROWS)).await;
    let texts: Vec<&str> = plan
        .removals
        .iter()
        .filter_map(|removal| removal.text.split_once("Free then: "))
        .map(|(_, free)| free)
        .collect();
    let both = "Room 4 (fits 3 of 3 dates), Room 3 (fits 2 of 3 dates).";
    assert_eq!(texts, [both, "Room 4 (fits 3 of 3 dates).", both]);
    let document = serde_json::to_value(&plan).unwrap();
    assert_eq!(
        document["removals"][0]["alternatives"][1],
        json!({ "id": "isams-3", "name": "Room 3", "series": { "fits": 2, "dates": 3 } })
    );
}

#[tokio::test]
async fn free_rooms_depend_on_no_order_and_the_fingerprint_not_on_them() {
    let rooms: Vec<String> = (1..=6).map(|number| format!("isams-{number}")).collect();
    let rooms: Vec<(&str, &str)> = rooms.iter().map(|room| (room.as_str(), "Labs")).collect();
    let school = sorted(&rooms).await;
    book(&school, "one", "isams-1", "a@school.example").await;
    book(&school, "two", "isams-2", "b@school.example").await;
    let answer = feed(&ROWS).json();
    let before = school.plan(&feed(&ROWS)).await;
    let backwards = timetable_sync::Recorded(payload(&reversed(&answer)));
    let plan = school
        .syncer
        .plan(&school.id, &backwards, &school.request())
        .await
        .unwrap();
    assert_eq!(before, plan);
    assert_eq!(
        offered(&before, "one").len() + offered(&before, "two").len(),
        4
    );

    book(&school, "taken", "isams-3", "c@school.example").await;
    let after = school.plan(&feed(&ROWS)).await;
    assert_eq!(
        offered(&after, "one").len() + offered(&after, "two").len(),
        3
    );
    assert_eq!(after.fingerprint, before.fingerprint);
}
