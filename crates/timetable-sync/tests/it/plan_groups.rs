//! A plan's removals by person, by room and by cause.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{Booking, BookingDesk};
use serde_json::{Value, json};
use timetable_sync::{RemovalGroups, RemovalReport, Report, Status};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, booking},
};

/// Physics in room 1 and Biology in room 2 on Monday, taught by Quill Bee and Wren Dee; both meet in room 3 on Tuesday,
/// one after the other.
const ROWS: [Row; 4] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9003", "9A/Bi1", "T2", "12", "2"),
    ("9004", "10B/Ph1", "T1", "21", "3"),
    ("9005", "9A/Bi1", "T2", "22", "3"),
];

/// Room 5 is closed on Wednesday 10 September.
fn closed() -> Feed {
    Feed {
        closures: Some(
            json!({"RoomClosure": {"@Id": "3", "RoomId": "5", "ReasonId": "2",
            "StartDate": "2031-09-10T00:00:00", "EndDate": "2031-09-10T00:00:00"}}),
        ),
        ..feed(&ROWS)
    }
}

async fn planned() -> Report {
    let school = School::synced(&feed(&ROWS)).await;
    let named = |name: &str, booking: Booking| Booking {
        owner_name: (!name.is_empty()).then(|| name.to_owned()),
        ..booking
    };
    for (id, room, start, end, name, email) in [
        ("b1", "1", "08T09:00", "08T10:00", "", "ada@school.example"),
        (
            "b2",
            "2",
            "08T10:00",
            "08T10:30",
            "A. Ada",
            "Ada@School.example",
        ),
        (
            "b3",
            "3",
            "09T09:00",
            "09T11:00",
            "B. Bell",
            "bell@school.example",
        ),
        ("b4", "5", "10T14:00", "10T15:00", "C. Clay", ""),
        ("b5", "5", "10T15:00", "10T16:00", "", ""),
        (
            "b6",
            "1",
            "15T09:00",
            "15T10:00",
            "Quill Bee",
            "q.bee@school.example",
        ),
        (
            "b7",
            "1",
            "22T09:00",
            "22T10:00",
            "Quill Bee",
            "q.bee@school.example",
        ),
        (
            "b8",
            "2",
            "15T10:00",
            "15T11:00",
            "Quill Bee",
            "q.bee@school.example",
        ),
        (
            "safe",
            "7",
            "08T09:00",
            "08T10:00",
            "A. Ada",
            "ada@school.example",
        ),
    ] {
        let (start, end) = (format!("2031-09-{start}"), format!("2031-09-{end}"));
        let booking = named(
            name,
            booking(id, &format!("isams-{room}"), &start, &end, email),
        );
        school.store.book(&school.id, &booking).await.unwrap();
    }
    school.plan(&closed()).await
}

fn texts<'g, Key>(groups: &'g [timetable_sync::RemovalGroup<'_, Key>]) -> Vec<(&'g str, String)> {
    groups
        .iter()
        .map(|group| (group.text.as_str(), group.bookings.join(" ")))
        .collect()
}

#[tokio::test]
async fn each_group_says_in_plain_english_what_it_comes_to() {
    let report = planned().await;
    assert_eq!(report.status, Status::Held, "{report:?}");
    let groups = RemovalGroups::of(&report.removals);
    let with_bookings = |pairs: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        pairs
            .iter()
            .map(|(text, bookings)| (*text, (*bookings).to_owned()))
            .collect()
    };
    // Ada's two spellings are one person.
    assert_eq!(
        texts(&groups.person),
        with_bookings(&[
            ("A. Ada (ada@school.example) loses 2 bookings.", "b1 b2"),
            (
                "Quill Bee (q.bee@school.example) loses 1 booking; 2 more are the owner's own lessons now.",
                "b6 b8 b7"
            ),
            ("An owner who is not named loses 1 booking.", "b5"),
            ("B. Bell (bell@school.example) loses 1 booking.", "b3"),
            ("C. Clay loses 1 booking.", "b4"),
        ])
    );
    assert_eq!(
        texts(&groups.room),
        with_bookings(&[
            ("Room 2 loses 2 bookings of 2 people.", "b2 b8"),
            ("Room 5 loses 2 bookings of 2 people.", "b4 b5"),
            (
                "Room 1 loses 3 bookings of 2 people; 2 of them are their owners' own lessons now.",
                "b1 b6 b7"
            ),
            ("Room 3 loses 1 booking of 1 person.", "b3"),
        ])
    );
    // The booking over two lessons is in the group of each.
    assert_eq!(
        texts(&groups.cause),
        with_bookings(&[
            (
                "9A/Bi1 (lesson) takes the place of 3 bookings of 3 people in Room 2 and Room 3.",
                "b2 b3 b8"
            ),
            (
                "Physics 10B/Ph1 (lesson) takes the place of 4 bookings of 3 people in Room 1 and Room 3; 2 of them are \
                 their owners' own lessons now.",
                "b1 b3 b6 b7"
            ),
            (
                "Exams (closure) takes the place of 2 bookings of 2 people in Room 5.",
                "b4 b5"
            ),
        ])
    );
}

#[tokio::test]
async fn the_groups_hold_every_removal_and_no_other() {
    let report = planned().await;
    let groups = RemovalGroups::of(&report.removals);
    // By hand from the removals themselves, without the key of the groups.
    let all: BTreeSet<&str> = report
        .removals
        .iter()
        .map(|removal| removal.booking.as_str())
        .collect();
    assert_eq!(all.len(), 8);
    let in_person: Vec<&str> = groups
        .person
        .iter()
        .flat_map(|group| group.bookings.clone())
        .collect();
    let in_room: Vec<&str> = groups
        .room
        .iter()
        .flat_map(|group| group.bookings.clone())
        .collect();
    for ids in [&in_person, &in_room] {
        assert_eq!(ids.len(), all.len(), "each in one group");
        assert_eq!(ids.iter().copied().collect::<BTreeSet<_>>(), all);
    }
    let mut by_label: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for removal in &report.removals {
        for cause in &removal.causes {
            by_label
                .entry(&cause.label)
                .or_default()
                .insert(&removal.booking);
        }
    }
    for group in &groups.cause {
        let ids: BTreeSet<&str> = group.bookings.iter().copied().collect();
        assert_eq!(ids, by_label[group.key.label.as_str()], "{}", group.text);
        assert_eq!(group.count, ids.len());
    }
    assert_eq!(groups.cause.len(), by_label.len());
    for group in &groups.room {
        let sentences: Vec<&str> = group
            .removals
            .iter()
            .map(|removal| removal.text.as_str())
            .collect();
        assert_eq!(group.sentences, sentences);
        assert!(
            sentences
                .iter()
                .all(|sentence| sentence.contains(&group.key.name))
        );
        assert_eq!(group.first, group.removals[0].start);
    }
}

#[tokio::test]
async fn the_order_of_removals_changes_no_group_but_the_order_within() {
    let report = planned().await;
    let shuffled: Vec<RemovalReport> = report.removals.iter().rev().cloned().collect();
    let (one, other) = (
        RemovalGroups::of(&report.removals),
        RemovalGroups::of(&shuffled),
    );
    let texts = |groups: &RemovalGroups<'_>| -> Vec<String> {
        let person = groups.person.iter().map(|group| &group.text);
        let room = groups.room.iter().map(|group| &group.text);
        let cause = groups.cause.iter().map(|group| &group.text);
        person.chain(room).chain(cause).cloned().collect()
    };
    // The address is shown as the first booking has it.
    let folded = |groups| -> Vec<String> {
        texts(groups)
            .iter()
            .map(|text| text.to_lowercase())
            .collect()
    };
    assert_eq!(folded(&one), folded(&other));
}

#[tokio::test]
async fn the_groups_are_data_with_counts() {
    let report = planned().await;
    let groups = serde_json::to_value(RemovalGroups::of(&report.removals)).unwrap();
    let quill: &Value = &groups["person"][1];
    assert_eq!(
        (&quill["name"], &quill["email"]),
        (&json!("Quill Bee"), &json!("q.bee@school.example"))
    );
    assert_eq!(
        (&quill["count"], &quill["absorbed"], &quill["people"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(quill["bookings"], json!(["b6", "b8", "b7"]));
    assert_eq!(
        (&quill["first"], &quill["last"]),
        (&json!("2031-09-15T09:00"), &json!("2031-09-22T09:00"))
    );
    assert_eq!(groups["room"][0]["room"], "isams-2");
    assert_eq!(groups["cause"][2]["kind"], "closure");
    assert_eq!(
        groups["cause"][2]["sentences"][0],
        "Wed 10 Sep 2031 14:00-15:00, Room 5: \u{201c}title of b4\u{201d} (C. Clay) is removed, because the room is \
         closed (00:00-24:00): Exams."
    );
    let none = RemovalGroups::of(&[]);
    assert_eq!(
        serde_json::to_value(none).unwrap(),
        json!({"person": [], "room": [], "cause": []})
    );
}
