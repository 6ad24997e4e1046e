//! The guard's causes, each at its threshold.

use isams_client::DataArea;
use serde_json::json;
use timetable_sync::Status;

use crate::{
    feed::{Feed, Row, feed, timetable},
    school::{School, at},
};

const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
];

/// `hit` bookings on lessons by `people` people and `safe` ones elsewhere; the status of the next sync.
async fn status(hit: usize, people: usize, safe: usize) -> (Status, Vec<String>) {
    let school = School::synced(&feed(&ROWS)).await;
    for number in 0..hit {
        let owner = format!("p{}@school.example", number % people);
        school
            .book(
                &format!("hit{number:03}"),
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T09:30",
                &owner,
            )
            .await;
    }
    for number in 0..safe {
        school
            .book(
                &format!("safe{number:03}"),
                "isams-7",
                "2031-09-08T09:00",
                "2031-09-08T09:30",
                "s@school.example",
            )
            .await;
    }
    let report = school.sync(&feed(&ROWS)).await;
    let left = school.kept().await.len();
    assert_eq!(
        left,
        if report.status == Status::Held {
            hit + safe
        } else {
            safe
        }
    );
    assert_eq!(
        report.notices,
        if report.status == Status::Held {
            0
        } else {
            people.min(hit)
        }
    );
    (report.status, report.held_because)
}

#[tokio::test]
async fn ten_removals_are_fine_and_eleven_are_fine_only_within_five_per_cent() {
    assert_eq!(status(10, 5, 20).await.0, Status::Applied);
    assert_eq!(
        status(11, 5, 20).await,
        (
            Status::Held,
            vec!["11 of 31 future bookings would be removed".to_owned()]
        )
    );
    assert_eq!(status(11, 5, 209).await.0, Status::Applied); // 11 of 220 are five per cent
    assert_eq!(status(11, 5, 208).await.0, Status::Held);
}

#[tokio::test]
async fn more_than_half_asks_a_person_where_there_are_four() {
    assert_eq!(status(3, 3, 0).await.0, Status::Applied);
    assert_eq!(status(2, 2, 2).await.0, Status::Applied);
    let (held, why) = status(3, 3, 1).await;
    assert_eq!(
        (held, why),
        (
            Status::Held,
            vec!["more than half of the future bookings would be removed: 3 of 4".to_owned()]
        )
    );
}

#[tokio::test]
async fn more_than_ten_of_one_person_ask_a_person() {
    let (held, why) = status(11, 1, 400).await;
    assert_eq!(
        (held, why),
        (
            Status::Held,
            vec!["one person would lose 11 bookings".to_owned()]
        )
    );
    assert_eq!(status(20, 2, 400).await.0, Status::Applied);
}

#[tokio::test]
async fn a_shrinking_timetable_asks_a_person_and_additions_never_do() {
    let rows: Vec<Row> = [("1", "A"), ("2", "B"), ("3", "C"), ("4", "D"), ("5", "E")]
        .map(|(id, code)| (id, code, "T1", "11", "1"))
        .to_vec();
    let school = School::synced(&feed(&rows)).await;
    assert_eq!(school.sync(&feed(&rows[..4])).await.status, Status::Applied); // one of five is 20 %
    let school = School::synced(&feed(&rows[..4])).await;
    let report = school.sync(&feed(&rows[..3])).await;
    assert_eq!(
        report.held_because,
        ["the timetable of the school year 2031 shrinks from 4 to 3 weekly lessons"]
    );
    let school = School::synced(&feed(&rows[..1])).await;
    assert_eq!(school.sync(&feed(&rows)).await.status, Status::Applied);
}

#[tokio::test]
async fn newly_skipped_rows_count_as_shrinking() {
    let rows: Vec<Row> = vec![
        ("1", "A", "T1", "11", "1"),
        ("2", "B", "T1", "12", "1"),
        ("3", "C", "T1", "13", "1"),
    ];
    let school = School::synced(&feed(&rows)).await;
    let mut orphaned = rows.clone();
    orphaned[1].3 = "999";
    let report = school.sync(&feed(&orphaned)).await;
    assert_eq!((report.status, report.skipped.len()), (Status::Held, 1));
}

#[tokio::test]
async fn a_timetable_that_is_gone_stops_the_run_until_it_is_accepted_by_name_and_fingerprint() {
    let mut two = feed(&ROWS);
    two.timetables = Some(
        json!({"Timetable": [timetable("12", &ROWS), timetable("13", &[("8", "Z", "T1", "33", "4")])]}),
    );
    let school = School::synced(&two).await;
    let one = feed(&ROWS);
    let held = school.sync(&one).await;
    assert_eq!(held.status, Status::Held);
    assert_eq!(held.accept, ["published_timetable"]);
    assert!(held.releasable);
    let area = [DataArea::PublishedTimetable];
    // Neither half releases it alone, and the fingerprint is the same with and without.
    assert_eq!(
        school.accept(&one, &area).await.fingerprint,
        held.fingerprint
    );
    assert_eq!(school.accept(&one, &area).await.status, Status::Held);
    assert_eq!(
        school.release(&one, &held.fingerprint, &[]).await.status,
        Status::Held
    );
    let released = school.release(&one, &held.fingerprint, &area).await;
    assert_eq!(
        (released.status, released.lessons.removed),
        (Status::Applied, 1)
    );
    assert_eq!(school.sync(&one).await.status, Status::Unchanged);
}

#[tokio::test]
async fn a_new_id_for_the_same_years_is_not_a_timetable_gone() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut republished = feed(&ROWS);
    republished.timetables = Some(json!({ "Timetable": timetable("99", &ROWS) }));
    assert_eq!(school.sync(&republished).await.status, Status::Unchanged);
}

#[tokio::test]
async fn allocations_missing_for_a_coming_term_week_stop_the_run() {
    let mut school = School::synced(&feed(&ROWS)).await;
    let mut shorter = feed(&ROWS);
    shorter.allocate(36..=39);
    let held = school.sync(&shorter).await;
    assert_eq!(
        (held.status, held.accept),
        (Status::Held, vec!["week_allocations".to_owned()])
    );
    // A week that is over may lose its allocation.
    school.now = at("2031-09-15T01:00");
    shorter.allocate(37..=40);
    assert_eq!(school.sync(&shorter).await.status, Status::Applied);
}

/// Terms of the school year 2031: id, name, first and last day.
fn terms(terms: &[(&str, &str, &str, &str)]) -> Feed {
    let rows: Vec<_> = terms
        .iter()
        .map(|(id, name, first, last)| {
            json!({"@Id": id, "SchoolYear": "2031", "Name": name,
            "StartDate": format!("{first}T00:00:00"), "FinishDate": format!("{last}T00:00:00")})
        })
        .collect();
    Feed {
        terms: Some(json!({ "Term": rows })),
        ..feed(&ROWS)
    }
}

const AUTUMN: (&str, &str, &str, &str) = ("61", "Autumn", "2031-09-01", "2031-10-03");
const SPRING: (&str, &str, &str, &str) = ("62", "Spring", "2032-01-05", "2032-03-26");

#[tokio::test]
async fn a_term_to_come_that_is_gone_asks_a_person() {
    let school = School::synced(&terms(&[AUTUMN, SPRING])).await;
    let held = school.sync(&terms(&[SPRING])).await;
    assert_eq!(
        held.held_because,
        [
            "a term that has days to come is gone, and on them every room would look free of lessons: Autumn \
             (1 September 2031 to 3 October 2031)",
            "33 of 33 days to come, weekends included, that are in a term and have lessons would be in none",
        ]
    );
    assert_eq!((held.releasable, held.accept.len()), (true, 0));
    // None of its weeks is allocated yet, and it is missed all the same.
    let held = school.sync(&terms(&[AUTUMN])).await;
    assert_eq!(held.held_because.len(), 1, "{:?}", held.held_because);
    assert!(held.held_because[0].contains("Spring (5 January 2032 to 26 March 2032)"));
    let feed = terms(&[AUTUMN]);
    let released = school.release(&feed, &held.fingerprint, &[]).await;
    assert_eq!(released.status, Status::Applied);
    // Half of a term is gone where both halves have its name.
    let halves = [
        ("61", "Autumn", "2031-09-01", "2031-09-28"),
        ("63", "Autumn", "2031-09-29", "2031-10-03"),
    ];
    let school = School::synced(&terms(&halves)).await;
    let held = school.sync(&terms(&halves[..1])).await;
    assert_eq!(held.held_because.len(), 1, "{:?}", held.held_because);
    assert!(held.held_because[0].starts_with("a term that has days to come is gone"));
}

#[tokio::test]
async fn row_35_a_term_that_moves_by_a_few_days_or_is_renamed_or_over_asks_nobody() {
    for (before, after) in [
        (AUTUMN, ("61", "Autumn", "2031-09-03", "2031-10-01")),
        (AUTUMN, ("61", "Autumn", "2031-09-01", "2031-09-26")),
        (AUTUMN, ("99", "Michaelmas", "2031-09-01", "2031-10-03")),
        (
            ("64", "Skiing", "2032-02-14", "2032-02-20"),
            ("64", "Skiing", "2032-02-21", "2032-02-27"),
        ),
    ] {
        let school = School::synced(&terms(&[before, SPRING])).await;
        let report = school.sync(&terms(&[after, SPRING])).await;
        let what = format!("{after:?}: {:?}", report.held_because);
        assert_eq!(report.status, Status::Applied, "{what}");
    }
    let mut school = School::synced(&terms(&[AUTUMN, SPRING])).await;
    school.now = at("2031-10-04T01:00");
    assert_eq!(school.sync(&terms(&[SPRING])).await.status, Status::Applied);
}

#[tokio::test]
async fn days_to_come_that_leave_a_term_ask_a_person_beyond_a_week_and_a_fifth() {
    let ends = |last: &'static str| terms(&[("61", "Autumn", "2031-09-01", last)]);
    // A week of 33 days passes, eight days do not.
    let school = School::synced(&ends("2031-10-03")).await;
    let held = school.sync(&ends("2031-09-25")).await;
    assert_eq!(
        held.held_because,
        [
            "8 of 33 days to come, weekends included, that are in a term and have lessons would be in none"
        ]
    );
    let school = School::synced(&ends("2031-10-03")).await;
    assert_eq!(
        school.sync(&ends("2031-09-26")).await.status,
        Status::Applied
    );
    // Eight of 40 are a fifth, nine are more.
    let long = |last| {
        let mut feed = ends(last);
        feed.allocate(36..=41);
        feed
    };
    for (last, status) in [
        ("2031-10-02", Status::Applied),
        ("2031-10-01", Status::Held),
    ] {
        let school = School::synced(&long("2031-10-10")).await;
        assert_eq!(school.sync(&long(last)).await.status, status, "{last}");
    }
}

#[tokio::test]
async fn allocations_that_go_with_their_term_stop_the_run() {
    let school = School::synced(&terms(&[AUTUMN, SPRING])).await;
    let mut gone = terms(&[SPRING]);
    gone.allocate(37..=40);
    let held = school.sync(&gone).await;
    assert_eq!(held.accept, ["week_allocations"], "{held:?}");
}

#[tokio::test]
async fn more_than_half_of_the_matched_rooms_unseen_stop_the_run() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut fewer = feed(&ROWS);
    fewer.rooms.as_mut().unwrap().truncate(4);
    let report = school.sync(&fewer).await;
    assert_eq!((report.status, report.rooms.removed), (Status::Applied, 4));
    assert!(
        report
            .warnings
            .iter()
            .any(|line| line.contains("Room 8") && line.contains("no longer listed")),
        "{:?}",
        report.warnings
    );
    let school = School::synced(&feed(&ROWS)).await;
    fewer.rooms.as_mut().unwrap().truncate(3);
    let report = school.sync(&fewer).await;
    assert_eq!(
        (report.status, report.accept),
        (Status::Held, vec!["buildings_and_rooms".to_owned()])
    );
    let released = school
        .release(&fewer, &report.fingerprint, &[DataArea::BuildingsAndRooms])
        .await;
    assert_eq!(released.status, Status::Applied);
    assert_eq!(school.state().await.rooms.len(), 8); // rooms of ours are never deleted
}

#[tokio::test]
async fn an_empty_core_is_believed_only_by_name_and_fingerprint() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut empty = feed(&ROWS);
    empty.timetables = Some(json!(null));
    let held = school.sync(&empty).await;
    assert_eq!((held.status, held.lessons.removed), (Status::Held, 2));
    let area = [DataArea::PublishedTimetable];
    assert_eq!(
        school
            .release(&empty, &held.fingerprint, &area)
            .await
            .status,
        Status::Applied
    );
}

#[tokio::test]
async fn a_missing_core_is_never_believed() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut missing = feed(&ROWS);
    missing.timetables = None;
    let held = school.sync(&missing).await;
    assert!(!held.releasable);
    let area = [DataArea::PublishedTimetable];
    assert_eq!(
        school
            .release(&missing, &held.fingerprint, &area)
            .await
            .status,
        Status::Held
    );
}

#[tokio::test]
async fn an_empty_area_is_believed_after_seven_nights_in_a_row() {
    let mut school = School::synced(&feed(&ROWS)).await;
    let mut empty = feed(&ROWS);
    empty.sets = Some(json!(null));
    for night in 2..8 {
        school.now = at(&format!("2031-09-0{night}T01:00"));
        // Two runs of one night are one night.
        for _ in 0..2 {
            let report = school.sync(&empty).await;
            assert_eq!(report.status, Status::Unchanged, "night {night}");
            assert!(
                report.warnings[0].contains("Teaching Sets is empty"),
                "{:?}",
                report.warnings
            );
        }
    }
    school.now = at("2031-09-08T01:00");
    let report = school.sync(&empty).await;
    assert_eq!(report.status, Status::Applied); // labels change
    assert!(report.warnings.is_empty());
}

#[tokio::test]
async fn a_night_with_rows_starts_the_count_again() {
    let mut school = School::synced(&feed(&ROWS)).await;
    let mut empty = feed(&ROWS);
    empty.sets = Some(json!(null));
    for night in 2..20 {
        school.now = at(&format!("2031-09-{night:02}T01:00"));
        let tonight = if night % 6 == 0 {
            feed(&ROWS)
        } else {
            empty.clone()
        };
        assert_eq!(
            school.sync(&tonight).await.status,
            Status::Unchanged,
            "night {night}"
        );
    }
}

#[tokio::test]
async fn an_accepted_area_outside_the_core_needs_no_fingerprint() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut empty = feed(&ROWS);
    empty.closures = Some(json!(null));
    assert_eq!(school.sync(&empty).await.status, Status::Unchanged);
    assert_eq!(
        school
            .accept(&empty, &[DataArea::RoomClosuresAndCover])
            .await
            .status,
        Status::Applied
    );
    assert_eq!(school.sync(&empty).await.status, Status::Unchanged);
}

#[tokio::test]
async fn a_held_run_lets_new_rooms_and_names_through_and_nothing_else() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut next = feed(&ROWS[..1]);
    let rooms = next.rooms.as_mut().unwrap();
    rooms.push(("9".to_owned(), "Room 9".to_owned()));
    let before = school.state().await;
    let first = school.sync(&next).await;
    assert_eq!((first.status, first.rooms.added), (Status::Held, 1));
    let after = school.state().await;
    assert_eq!(after.rooms.len(), 9);
    assert_eq!(
        (after.timeslots, after.bookings),
        (before.timeslots, before.bookings)
    );
    // Held again the next night: the fingerprint stays, and nothing more is written.
    let second = school.sync(&next).await;
    assert_eq!(
        (second.status, second.rooms.added, &second.fingerprint),
        (Status::Held, 0, &first.fingerprint)
    );
    assert_eq!(school.state().await.revision, after.revision);
    assert_eq!(
        school.release(&next, &first.fingerprint, &[]).await.status,
        Status::Applied
    );
}

#[tokio::test]
async fn a_first_sync_without_its_core_is_held_and_stores_nothing() {
    for part in 0..5 {
        let school = School::new();
        let mut incomplete = feed(&ROWS);
        match part {
            0 => incomplete.rooms = None,
            1 => incomplete.terms = Some(json!(null)),
            2 => incomplete.structure = None,
            3 => incomplete.allocations = Some(json!("")),
            _ => incomplete.timetables = None,
        }
        let report = school.sync(&incomplete).await;
        assert_eq!(
            (report.status, report.held_because.len()),
            (Status::Held, 1)
        );
        let state = school.state().await;
        assert_eq!(
            (state.revision.0, state.rooms.len(), state.timetable),
            (0, 0, None)
        );
        assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
    }
}

#[tokio::test]
async fn an_answer_without_any_area_is_held() {
    let school = School::synced(&feed(&ROWS)).await;
    let nothing = crate::feed::payload(&json!({"iSAMS": {}}));
    let report = school.try_sync(nothing, &school.request()).await.unwrap();
    assert_eq!(report.status, Status::Held);
    assert!(report.areas.iter().all(|area| area.state == "missing"));
}
