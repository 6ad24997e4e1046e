//! Which rooms may be one, and what becomes of matches when the source's rooms change.

use std::collections::BTreeMap;

use booking_store::{BookingDesk, BookingStore, Exception, SchoolState, UNASSIGNED};
use isams_client::DataArea;
use room_timetable::{
    RoomId,
    room_match::{Confidence, Outcome, Reason, Rematch},
};
use timetable_sync::{
    CurrentTimetable, Error, MatchList, MatchSuggestions, MatchesChanged, Report, Status,
};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, booking, span},
};

const ROWS: [Row; 3] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
    ("9003", "10B/Ph1", "T1", "22", "1"),
];

/// The same lessons, with those of room 1 in another.
fn rows(room: &'static str) -> [Row; 3] {
    ROWS.map(|(id, code, teacher, period, was)| {
        let room = if was == "1" { room } else { was };
        (id, code, teacher, period, room)
    })
}

/// The feed with other rooms, by id and name.
fn with_rooms(rows: &[Row], rooms: &[(&str, &str)]) -> Feed {
    let named = |(id, name): &(&str, &str)| ((*id).to_owned(), (*name).to_owned());
    Feed {
        rooms: Some(rooms.iter().map(named).collect()),
        ..feed(rows)
    }
}

const ROOMS: [(&str, &str); 4] = [
    ("1", "Lab 1"),
    ("2", "Lab 2"),
    ("3", "Music Room"),
    ("4", "Great Hall"),
];

/// The rooms with room 1 made anew, under another id.
const RECREATED: [(&str, &str); 4] = [
    ("2", "Lab 2"),
    ("3", "Music Room"),
    ("4", "Great Hall"),
    ("99", "Lab 1"),
];

/// A school that matched two of its rooms by hand and confirmed, after its first sync.
async fn matched() -> School {
    let school = School::new();
    school
        .import_rooms(&[("LAB", "Laboratory One"), ("TWO", "Laboratory Two")])
        .await;
    school.sync(&with_rooms(&ROWS, &ROOMS)).await;
    for (local, source) in [("LAB", "1"), ("TWO", "2")] {
        let local = local.into();
        let matched = school.syncer.match_room(&school.id, &local, source).await;
        matched.unwrap();
    }
    school.syncer.confirm_matches(&school.id).await.unwrap();
    let report = school.sync(&with_rooms(&ROWS, &ROOMS)).await;
    assert_eq!(report.status, Status::Applied);
    school
}

/// Syncs, releasing the plan where it is held.
async fn applied(school: &School, feed: &Feed) -> Report {
    let report = school.sync(feed).await;
    let report = match report.status {
        Status::Held => school.release(feed, &report.fingerprint, &[]).await,
        _ => report,
    };
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    report
}

async fn set(school: &School, matches: &[(&str, Option<&str>)]) -> Result<MatchesChanged, Error> {
    let matches: BTreeMap<RoomId, Option<String>> = matches
        .iter()
        .map(|(local, source)| ((*local).into(), source.map(str::to_owned)))
        .collect();
    school.syncer.match_rooms(&school.id, &matches).await
}

fn source_of<'s>(state: &'s SchoolState, room: &str) -> Option<&'s str> {
    let mut links = state.room_links.iter();
    let link = links.find(|link| link.room.as_str() == room)?;
    Some(link.source.as_str())
}

/// How many lessons a room has on the second Monday and Tuesday.
fn lessons(state: &SchoolState, room: &str) -> usize {
    let timetable = CurrentTimetable::of(state).unwrap();
    let days = ["2031-09-08", "2031-09-09"].map(|date| date.parse().unwrap());
    let counts = days.map(|date| timetable.day(&room.into(), date).occupied.len());
    counts.into_iter().sum()
}

/// The warnings about rooms.
fn rooms_in(report: &Report) -> Vec<&str> {
    let warnings = report.warnings.iter().map(String::as_str);
    warnings
        .filter(|line| line.contains("iSAMS room"))
        .collect()
}

#[tokio::test]
async fn a_recreated_room_is_suggested_and_accepting_it_merges() {
    let school = matched().await;
    school
        .book("club", "LAB", "2031-09-08T16:00", "2031-09-08T17:00", "")
        .await;
    let report = applied(&school, &with_rooms(&rows("99"), &RECREATED)).await;
    assert_eq!(
        rooms_in(&report),
        [
            "the iSAMS room Lab 1 (1) is gone, and a new one of the same name (99) has come; accept with \
             `match set room LAB 99`, until then the room LAB keeps its match and its bookings"
        ]
    );
    // Until a person answers, the new room stands in Unassigned with its lessons, and the old match stays.
    let state = school.state().await;
    let placeholder = state
        .rooms
        .iter()
        .find(|room| room.id.as_str() == "isams-99");
    assert_eq!(placeholder.unwrap().category, UNASSIGNED);
    assert_eq!(
        (lessons(&state, "isams-99"), lessons(&state, "LAB")),
        (2, 0)
    );
    assert_eq!(source_of(&state, "LAB"), Some("1"));
    let suggestions = MatchSuggestions::of(&state).unwrap();
    let [
        Rematch::Unseen {
            local,
            outcome: Outcome::Match { candidate, .. },
            ..
        },
    ] = suggestions.rematches.as_slice()
    else {
        panic!("{:?}", suggestions.rematches)
    };
    assert_eq!((local.as_str(), candidate.source.as_str()), ("LAB", "99"));
    let exception = span("2031-09-15T09:00", "2031-09-15T10:00");
    let new = RoomId::new("isams-99");
    let freed = school
        .syncer
        .except(&school.id, Some(&new), exception)
        .await;
    let id = freed.unwrap();

    let done = set(&school, &[("LAB", Some("99"))]).await.unwrap();
    assert_eq!(done.merged, ["isams-99".into()]);
    let state = school.state().await;
    assert!(
        state
            .rooms
            .iter()
            .all(|room| room.id.as_str() != "isams-99")
    );
    assert_eq!(
        (lessons(&state, "LAB"), source_of(&state, "LAB")),
        (2, Some("99"))
    );
    assert_eq!(school.kept().await, ["club"]);
    let expected = Exception {
        id,
        room: Some("LAB".into()),
        interval: exception,
    };
    assert_eq!(state.exceptions, [expected]);
    assert!(MatchSuggestions::of(&state).unwrap().rematches.is_empty());
    let report = school.sync(&with_rooms(&rows("99"), &RECREATED)).await;
    assert_eq!(report.status, Status::Unchanged);
    assert!(rooms_in(&report).is_empty(), "{:?}", report.warnings);
}

#[tokio::test]
async fn a_room_with_a_booking_does_not_go_when_its_match_is_taken_over() {
    let school = matched().await;
    applied(&school, &with_rooms(&rows("99"), &RECREATED)).await;
    school
        .book(
            "old",
            "isams-99",
            "2031-08-08T16:00",
            "2031-08-08T17:00",
            "",
        )
        .await;
    let done = set(&school, &[("LAB", Some("99"))]).await.unwrap();
    assert!(done.merged.is_empty());
    let state = school.state().await;
    assert!(
        state
            .rooms
            .iter()
            .any(|room| room.id.as_str() == "isams-99")
    );
    assert_eq!(source_of(&state, "isams-99"), None);
    assert_eq!(source_of(&state, "LAB"), Some("99"));
    // It is no room of the school's that could be matched.
    let suggestions = MatchSuggestions::of(&state).unwrap();
    assert!(suggestions.rooms.is_empty(), "{:?}", suggestions.rooms);
}

#[tokio::test]
async fn a_room_stays_while_a_removed_booking_of_it_may_come_back() {
    let school = matched().await;
    let recreated = with_rooms(&rows("99"), &RECREATED);
    applied(&school, &recreated).await;
    school
        .book(
            "lost",
            "isams-99",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "",
        )
        .await;
    let report = school.sync(&recreated).await;
    assert_eq!(report.removals.len(), 1);
    let done = set(&school, &[("LAB", Some("99"))]).await.unwrap();
    assert!(done.merged.is_empty());
    let rooms = school.state().await.rooms;
    assert!(rooms.iter().any(|room| room.id.as_str() == "isams-99"));
}

#[tokio::test]
async fn a_new_room_of_a_held_run_can_be_matched_at_once() {
    let school = matched().await;
    // The core is missing, so the run is held, and the list of rooms is let through.
    let mut broken = with_rooms(&ROWS, &RECREATED);
    broken.allocations = Some(serde_json::Value::Null);
    let report = school.sync(&broken).await;
    assert_eq!(report.status, Status::Held);
    let state = school.state().await;
    assert_eq!(source_of(&state, "isams-99"), Some("99"));
    let list = MatchList::of(&state).unwrap();
    let listed = list
        .rooms
        .iter()
        .find(|room| room.source_id.as_deref() == Some("99"));
    assert_eq!(listed.unwrap().source.as_ref().unwrap().name, "Lab 1");
    assert_eq!(MatchSuggestions::of(&state).unwrap().rematches.len(), 1);
    let done = set(&school, &[("LAB", Some("99"))]).await.unwrap();
    assert_eq!(done.merged, ["isams-99".into()]);
}

#[tokio::test]
async fn a_change_of_rooms_is_told_once_and_again_when_another_room_comes() {
    let school = matched().await;
    let without = with_rooms(&ROWS[1..2], &ROOMS[1..]);
    let report = applied(&school, &without).await;
    let [line] = rooms_in(&report)[..] else {
        panic!("{:?}", report.warnings)
    };
    assert!(
        line.contains("Lab 1 (1) is no longer listed") && line.contains("LAB keeps its match"),
        "{line}"
    );
    let report = school.sync(&without).await;
    assert!(rooms_in(&report).is_empty(), "{:?}", report.warnings);

    // What it was called there is no longer known, and its own name serves.
    let mut rooms = ROOMS[1..].to_vec();
    rooms.push(("99", "Laboratory 1"));
    let report = applied(&school, &with_rooms(&ROWS[1..2], &rooms)).await;
    let [line] = rooms_in(&report)[..] else {
        panic!("{:?}", report.warnings)
    };
    assert!(line.contains("`match set room LAB 99`"), "{line}");
}

#[tokio::test]
async fn a_change_of_rooms_is_told_once_while_a_school_waits() {
    let school = School::new();
    school.import_rooms(&[("LAB", "Laboratory One")]).await;
    school.sync(&with_rooms(&ROWS, &ROOMS)).await;
    set(&school, &[("LAB", Some("1"))]).await.unwrap();
    let recreated = with_rooms(&rows("99"), &RECREATED);
    let report = school.sync(&recreated).await;
    assert_eq!(report.status, Status::AwaitingMatch);
    let [line] = rooms_in(&report)[..] else {
        panic!("{:?}", report.warnings)
    };
    assert!(
        line.starts_with("the iSAMS room Lab 1 (1) is gone"),
        "{line}"
    );
    let report = school.sync(&recreated).await;
    assert!(rooms_in(&report).is_empty(), "{:?}", report.warnings);
    // It is still suggested, by the name that the school has for it.
    let suggestions = MatchSuggestions::of(&school.state().await).unwrap();
    assert_eq!(suggestions.rematches.len(), 1);
    let text = suggestions.text(&suggestions.rematches[0]);
    assert!(text.contains("`match set room LAB 99`"), "{text}");
    assert!(
        text.starts_with("the iSAMS room 1, matched with Laboratory One, is gone, and "),
        "{text}"
    );
    assert!(!suggestions.knows(&"1".into()) && suggestions.knows(&"99".into()));
    let done = set(&school, &[("LAB", Some("99"))]).await.unwrap();
    assert_eq!((done.set.len(), done.merged.len()), (1, 0));
}

#[tokio::test]
async fn rooms_that_swap_names_keep_their_matches_and_a_person_is_told() {
    let school = matched().await;
    let swapped = [
        ("1", "Lab 2"),
        ("2", "Lab 1"),
        ("3", "Music Room"),
        ("4", "Great Hall"),
    ];
    let report = applied(&school, &with_rooms(&ROWS, &swapped)).await;
    assert_eq!(
        rooms_in(&report),
        [
            "iSAMS rooms have taken each other's names: Lab 1 (1) is now called Lab 2, Lab 2 (2) is now called Lab 1; \
             the matches follow the ids, so match them anew if it is the rooms that changed places"
        ]
    );
    assert_eq!(source_of(&school.state().await, "LAB"), Some("1"));
    // A person says that it is the rooms.
    let matches = [("LAB", Some("2")), ("TWO", Some("1"))];
    let done = set(&school, &matches).await.unwrap();
    assert_eq!((done.set.len(), done.unchanged), (2, 0));
    let state = school.state().await;
    assert_eq!(
        (source_of(&state, "LAB"), source_of(&state, "TWO")),
        (Some("2"), Some("1"))
    );
    let again = set(&school, &matches).await.unwrap();
    assert_eq!((again.set.len(), again.unchanged), (0, 2));
    assert_eq!(school.state().await, state);
}

#[tokio::test]
async fn a_room_that_was_divided_is_never_guessed() {
    let school = matched().await;
    let mut divided = RECREATED[..3].to_vec();
    divided.extend([("98", "Lab 1A"), ("99", "Lab 1B")]);
    let report = applied(&school, &with_rooms(&rows("98"), &divided)).await;
    let [line] = rooms_in(&report)[..] else {
        panic!("{:?}", report.warnings)
    };
    assert!(
        line.contains("Lab 1 (1) seems to be divided into Lab 1A (98), Lab 1B (99)"),
        "{line}"
    );
    assert_eq!(source_of(&school.state().await, "LAB"), Some("1"));
}

#[tokio::test]
async fn rooms_that_became_one_are_never_guessed() {
    let school = matched().await;
    let merged = [("3", "Music Room"), ("4", "Great Hall"), ("99", "Lab")];
    let rows = ROWS.map(|(id, code, teacher, period, _)| (id, code, teacher, period, "99"));
    let report = applied(&school, &with_rooms(&rows, &merged)).await;
    assert_eq!(
        rooms_in(&report),
        [
            "the iSAMS rooms matched with LAB and TWO seem to be one now, Lab (99); the matches stay, so match it by hand"
        ]
    );
    let state = school.state().await;
    assert_eq!(source_of(&state, "LAB"), Some("1"));
    let suggestions = MatchSuggestions::of(&state).unwrap();
    assert!(suggestions.certain().next().is_none());
}

#[tokio::test]
async fn new_rooms_that_fit_equally_well_are_all_named() {
    let school = matched().await;
    let mut twins = RECREATED.to_vec();
    twins.push(("98", "Lab 1"));
    let report = applied(&school, &with_rooms(&rows("99"), &twins)).await;
    assert_eq!(
        rooms_in(&report),
        [
            "the iSAMS room Lab 1 (1) is gone, and any of Lab 1 (98), Lab 1 (99) may be it; choose with \
             `match set room LAB`, until then it keeps its match and its bookings"
        ]
    );
}

#[tokio::test]
async fn a_new_room_that_may_be_either_of_two_that_are_gone_is_told_with_both() {
    let school = matched().await;
    let twins = [("1", "Pottery"), ("2", "Pottery")];
    applied(&school, &with_rooms(&ROWS, &twins)).await;
    let rows = ROWS.map(|(id, code, teacher, period, _)| (id, code, teacher, period, "99"));
    let fewer = with_rooms(&rows, &[("99", "Pottery")]);
    let held = school.sync(&fewer).await;
    let report = school
        .release(&fewer, &held.fingerprint, &[DataArea::BuildingsAndRooms])
        .await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    let told = |gone: &str, local: &str, rival: &str| {
        format!(
            "the iSAMS room Pottery ({gone}) is gone, and Pottery (99) may be it, or the one of {rival}; choose with \
             `match set room {local}`, until then it keeps its match and its bookings"
        )
    };
    let lines = rooms_in(&report);
    for expected in [told("1", "LAB", "TWO"), told("2", "TWO", "LAB")] {
        assert!(lines.contains(&expected.as_str()), "{lines:?}");
    }
}

#[tokio::test]
async fn a_name_that_another_room_had_is_told() {
    let school = matched().await;
    let taken = [
        ("1", "Lab 2"),
        ("2", "Pottery"),
        ("3", "Music Room"),
        ("4", "Great Hall"),
    ];
    let report = applied(&school, &with_rooms(&ROWS, &taken)).await;
    assert_eq!(
        rooms_in(&report),
        [
            "the iSAMS room Lab 1 (1) is now called Lab 2, as the room 2 was that is matched with TWO; the matches \
             follow the ids",
            "the iSAMS room Lab 2 is now called Pottery; the room TWO keeps its own name",
        ]
    );
}

#[tokio::test]
async fn matches_are_set_together_or_not_at_all() {
    let school = matched().await;
    let before = school.state().await;
    let twice = set(&school, &[("LAB", Some("3")), ("TWO", Some("3"))]).await;
    assert!(
        matches!(twice, Err(Error::AlreadyMatched { .. })),
        "{twice:?}"
    );
    let taken = set(&school, &[("LAB", Some("2"))]).await;
    assert!(
        matches!(taken, Err(Error::AlreadyMatched { .. })),
        "{taken:?}"
    );
    let unknown = set(&school, &[("LAB", Some("3")), ("TWO", Some("77"))]).await;
    assert!(
        matches!(unknown, Err(Error::UnknownSourceRoom(_))),
        "{unknown:?}"
    );
    let nowhere = set(&school, &[("ATTIC", None), ("LAB", Some("3"))]).await;
    assert!(matches!(nowhere, Err(Error::UnknownRoom(_))), "{nowhere:?}");
    assert_eq!(school.state().await, before);

    let done = set(&school, &[("LAB", Some("3")), ("TWO", None)])
        .await
        .unwrap();
    assert_eq!((done.set.len(), done.cleared), (1, vec!["TWO".into()]));
    assert_eq!(done.merged, ["isams-3".into()]);
    let state = school.state().await;
    assert_eq!(
        (source_of(&state, "LAB"), source_of(&state, "TWO")),
        (Some("3"), None)
    );
}

#[tokio::test]
async fn bookings_at_the_time_of_lessons_say_which_room_it_is() {
    let twins = [("1", "Room 12"), ("2", "Room 12"), ("3", "Music Room")];
    let school = School::new();
    school.import_rooms(&[("TWELVE", "Room 12")]).await;
    school.sync(&with_rooms(&ROWS, &twins)).await;
    let suggested = |state: &SchoolState| {
        let rooms = MatchSuggestions::of(state).unwrap().rooms;
        let [room] = rooms.as_slice() else {
            panic!("{rooms:?}")
        };
        room.clone()
    };
    let room = suggested(&school.state().await);
    assert!(
        matches!(room.outcome, Outcome::Tie { .. }),
        "{:?}",
        room.outcome
    );

    // By another person, at another time, of too little of the booking, and on a day without lessons.
    for (id, start, end, owner) in [
        (
            "other",
            "2031-09-01T10:00",
            "2031-09-01T11:00",
            "q.bee@school.example",
        ),
        (
            "later",
            "2031-09-01T14:00",
            "2031-09-01T15:00",
            "w.dee@school.example",
        ),
        (
            "long",
            "2031-09-15T08:00",
            "2031-09-15T12:00",
            "w.dee@school.example",
        ),
        (
            "sunday",
            "2031-09-07T10:00",
            "2031-09-07T11:00",
            "w.dee@school.example",
        ),
    ] {
        school.book(id, "TWELVE", start, end, owner).await;
    }
    let room = suggested(&school.state().await);
    assert!(
        matches!(room.outcome, Outcome::Tie { .. }),
        "{:?}",
        room.outcome
    );

    // By the teacher of room 2, whatever the case of the address, and with the group in the title.
    // A lesson that takes exactly half of a booking is enough.
    for (id, start, end) in [
        ("own1", "2031-09-08T10:00", "2031-09-08T11:30"),
        ("own2", "2031-09-22T10:00", "2031-09-22T12:00"),
    ] {
        let owner = "W.Dee@school.example";
        school.book(id, "TWELVE", start, end, owner).await;
    }
    let mut titled = booking(
        "titled",
        "TWELVE",
        "2031-09-29T10:15",
        "2031-09-29T11:00",
        "",
    );
    titled.title = Some("Revision (9a/bi1)".to_owned());
    school.store.book(&school.id, &titled).await.unwrap();
    let room = suggested(&school.state().await);
    let Outcome::Match {
        confidence,
        candidate,
    } = &room.outcome
    else {
        panic!("{:?}", room.outcome)
    };
    assert_eq!(
        (candidate.source.as_str(), *confidence),
        ("2", Confidence::Certain)
    );
    let used = Reason::SharedUse { times: 3 };
    assert!(candidate.reasons.contains(&used), "{:?}", candidate.reasons);
    assert_eq!(room.certain(), Some(&"2".into()));
    // Only bookings that were loaded count.
    let late = school.store.load(&school.id, titled.interval.end()).await;
    let room = suggested(&late.unwrap());
    assert!(
        matches!(room.outcome, Outcome::Tie { .. }),
        "{:?}",
        room.outcome
    );
}

#[tokio::test]
async fn a_new_school_has_nothing_to_match() {
    let empty = MatchSuggestions::of(&SchoolState::default()).unwrap();
    assert!(empty.rooms.is_empty() && empty.rematches.is_empty());
    let school = School::synced(&with_rooms(&ROWS, &ROOMS)).await;
    let suggestions = MatchSuggestions::of(&school.state().await).unwrap();
    assert!(suggestions.rooms.is_empty() && suggestions.rematches.is_empty());
}
