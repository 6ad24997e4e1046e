//! Schools that used the booking product before they synced.

use booking_store::{BookingStore, Matching, UNASSIGNED};
use room_timetable::SlotEntry;
use timetable_sync::{CurrentTimetable, Error, MatchList, Status};

use crate::{
    feed::{Row, feed},
    school::{School, removed},
};

const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
];

async fn existing() -> School {
    let school = School::new();
    school
        .import_rooms(&[("LAB", "Lab 1"), ("GYM", "Sports Hall"), ("BUS", "Minibus")])
        .await;
    school
        .import_slot("one", "First", "Mon Tue Wed", "09:00", "10:00")
        .await;
    school
        .book(
            "club",
            "LAB",
            "2031-09-08T09:30",
            "2031-09-08T10:30",
            "a@school.example",
        )
        .await;
    school
        .book(
            "trip",
            "BUS",
            "2031-09-08T09:30",
            "2031-09-08T10:30",
            "b@school.example",
        )
        .await;
    school
}

#[tokio::test]
async fn nothing_takes_effect_before_the_matches_are_confirmed() {
    let school = existing().await;
    let before = school.state().await;
    for _ in 0..2 {
        let report = school.sync(&feed(&ROWS)).await;
        assert_eq!((report.status, report.notices), (Status::AwaitingMatch, 0));
        assert!(report.removals.is_empty());
    }
    let after = school.state().await;
    assert_eq!(after.matching, Matching::Awaiting);
    assert_eq!(
        (after.rooms, after.timeslots, after.bookings),
        (before.rooms, before.timeslots, before.bookings)
    );
    let timetable = CurrentTimetable::of(&school.state().await).unwrap();
    let day = timetable.day(&"LAB".into(), "2031-09-08".parse().unwrap());
    assert!(day.occupied.is_empty());
    assert_eq!(timetable.terms().len(), 1);
}

#[tokio::test]
async fn the_road_from_import_to_unchanged() {
    let school = existing().await;
    school.sync(&feed(&ROWS)).await;
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await
        .unwrap();

    // The plan already lists what the matches so far would remove.
    let plan = school.plan(&feed(&ROWS)).await;
    assert_eq!(
        (plan.status, removed(&plan)),
        (Status::AwaitingMatch, vec!["club"])
    );
    assert_eq!(school.kept().await, ["club", "trip"]);

    let confirmed = school.syncer.confirm_matches(&school.id).await.unwrap();
    assert_eq!((confirmed.created, confirmed.was_waiting), (7, true));
    assert_eq!(school.kept().await, ["club", "trip"]);
    let rooms = school.state().await.rooms;
    assert_eq!(
        rooms
            .iter()
            .filter(|room| room.category == UNASSIGNED)
            .count(),
        7
    );

    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(
        (report.status, removed(&report)),
        (Status::Applied, vec!["club"])
    );
    assert_eq!((report.lessons.added, report.timeslots.added), (2, 0));
    assert_eq!(school.state().await.timeslots.len(), 1);
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Unchanged);
    assert_eq!(school.kept().await, ["trip"]);
}

#[tokio::test]
async fn confirming_twice_or_for_a_new_school_changes_nothing() {
    let school = School::synced(&feed(&ROWS)).await;
    let before = school.state().await;
    let confirmed = school.syncer.confirm_matches(&school.id).await.unwrap();
    assert_eq!((confirmed.created, confirmed.was_waiting), (0, false));
    assert_eq!(school.state().await, before);
}

#[tokio::test]
async fn matches_that_make_no_sense_are_refused_with_a_reason() {
    let school = existing().await;
    let refused = school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await;
    assert!(
        matches!(refused, Err(Error::UnknownSourceRoom(_))),
        "{refused:?}"
    );
    assert!(matches!(
        school.syncer.confirm_matches(&school.id).await,
        Err(Error::NothingSynced)
    ));
    school.sync(&feed(&ROWS)).await;
    let refused = school
        .syncer
        .match_room(&school.id, &"ATTIC".into(), "1")
        .await;
    assert!(matches!(refused, Err(Error::UnknownRoom(_))), "{refused:?}");
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await
        .unwrap();
    let refused = school
        .syncer
        .match_room(&school.id, &"GYM".into(), "1")
        .await;
    assert!(
        matches!(refused, Err(Error::AlreadyMatched { .. })),
        "{refused:?}"
    );
    // The room's own match can be replaced, and cleared.
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "2")
        .await
        .unwrap();
    assert!(
        school
            .syncer
            .clear_match(&school.id, &"LAB".into())
            .await
            .unwrap()
    );
    assert!(
        !school
            .syncer
            .clear_match(&school.id, &"LAB".into())
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn the_match_list_shows_both_sides_and_periods_by_time() {
    let school = existing().await;
    school.sync(&feed(&ROWS)).await;
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await
        .unwrap();
    let list = MatchList::of(&school.state().await).unwrap();
    let rooms: Vec<(String, String)> = list
        .rooms
        .iter()
        .map(|room| {
            let local = room
                .local
                .as_ref()
                .map(|local| local.name.clone())
                .unwrap_or_default();
            (
                local,
                room.source
                    .as_ref()
                    .map(|source| source.name.clone())
                    .unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(rooms[0], ("Lab 1".to_owned(), "Room 1".to_owned()));
    assert_eq!(rooms.len(), 3 + 7);
    let entries = &list.timeslots.entries;
    let matched = |entry: &&SlotEntry| entry.relation.takes_effect();
    assert_eq!(
        (entries.len(), entries.iter().filter(matched).count()),
        (9, 3)
    );
}

#[tokio::test]
async fn a_broken_night_while_waiting_keeps_the_feed_that_waits() {
    let school = existing().await;
    school.sync(&feed(&ROWS)).await;
    let waiting = school.state().await.timetable;
    let mut broken = feed(&ROWS);
    broken.timetables = Some(serde_json::Value::Null);
    let report = school.sync(&broken).await;
    assert_eq!(report.status, Status::AwaitingMatch);
    assert!(
        report
            .warnings
            .iter()
            .any(|line| line.contains("Published Timetable")),
        "{:?}",
        report.warnings
    );
    assert_eq!(school.state().await.timetable, waiting);
}

#[tokio::test]
async fn a_broken_night_right_after_confirming_is_held() {
    let school = existing().await;
    school.sync(&feed(&ROWS)).await;
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await
        .unwrap();
    school.syncer.confirm_matches(&school.id).await.unwrap();
    let mut broken = feed(&ROWS);
    broken.allocations = Some(serde_json::Value::Null);
    assert_eq!(school.sync(&broken).await.status, Status::Held);
    assert_eq!(school.kept().await, ["club", "trip"]);
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
    assert_eq!(school.kept().await, ["trip"]);
    assert_eq!(school.store.removed(&school.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn timeslots_are_paired_together_or_not_at_all() {
    let school = existing().await;
    school
        .import_slot("two", "Second", "Mon", "10:05", "11:00")
        .await;
    school.sync(&feed(&ROWS)).await;
    let before = school.state().await;
    let pair = async |pairs: &[(&str, &[&str])]| {
        let matches = pairs
            .iter()
            .map(|(slot, periods)| {
                let periods = periods.iter().map(|period| (*period).into());
                ((*slot).into(), periods.collect())
            })
            .collect();
        school.syncer.match_slots(&school.id, &matches).await
    };
    let refused = pair(&[("one", &["11"]), ("two", &["99"])]).await;
    assert!(
        matches!(refused, Err(Error::UnknownPeriod(_))),
        "{refused:?}"
    );
    let refused = pair(&[("one", &["11"]), ("zero", &[])]).await;
    assert!(
        matches!(refused, Err(Error::UnknownTimeslot(_))),
        "{refused:?}"
    );
    assert_eq!(school.state().await, before);

    let done = pair(&[("one", &["11", "21"]), ("two", &["12"])]).await;
    assert_eq!(done.unwrap().changed, ["one".into(), "two".into()]);
    let done = pair(&[("one", &["11"]), ("two", &["12"])]).await.unwrap();
    assert_eq!((done.changed, done.unchanged), (vec!["one".into()], 1));
    let links = school.state().await.timeslot_links;
    let links: Vec<(&str, &str)> = links
        .iter()
        .map(|link| (link.timeslot.as_str(), link.period.as_str()))
        .collect();
    assert_eq!(links, [("one", "11"), ("two", "12")]);
}
