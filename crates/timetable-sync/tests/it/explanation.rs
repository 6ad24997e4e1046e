//! What is said of a room at a moment, and that the calendar says the same.

use booking_store::{BookingStore, Matching};
use isams_client::DataArea;
use room_timetable::{Interval, RoomId, RoomState, UnknownDay};
use serde_json::{Value, json};
use timetable_sync::{CurrentTimetable, RoomExplanation, Settings, Status};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, at, span},
};

const ROWS: [Row; 3] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
    ("9003", "8C/Ar1", "T2", "23", "3"),
];
const NOTHING: &str = "No sync has taken effect yet, so it is not known which lessons there are.";
const NOT_MATCHED: &str = "The room is matched with no iSAMS room, so no lessons are known of it.";

async fn why(school: &School, room: &str, moment: &str) -> RoomExplanation {
    why_with(school, &Settings::default(), room, moment).await
}

async fn why_with(
    school: &School,
    settings: &Settings,
    room: &str,
    moment: &str,
) -> RoomExplanation {
    let moment = at(moment);
    let state = school.store.load(&school.id, moment).await.unwrap();
    let timetable = CurrentTimetable::with_settings(&state, settings).unwrap();
    let (date, time) = (moment.date(), moment.time().into());
    let why = RoomExplanation::new(&state, &timetable, &room.into(), date, time);
    agrees_with_the_calendar(&timetable, &why);
    why
}

/// What is free by the explanation has nothing and hides nothing in the calendar, and so on.
fn agrees_with_the_calendar(timetable: &CurrentTimetable, why: &RoomExplanation) {
    let day = timetable.day(&why.room, why.at.date());
    let holds = |interval: Interval| interval.start() <= why.at && why.at < interval.end();
    let here = day
        .occupied
        .iter()
        .filter(|(cause, _)| holds(cause.interval));
    let least = here.map(|(_, certainty)| *certainty).min();
    let text = why.to_string();
    match (why.state, least) {
        (RoomState::Free, None) => {
            assert!(
                day.unknown.is_none() || text.contains("has freed"),
                "{text}"
            );
        }
        (RoomState::Unknown, None) => {
            assert!(day.unknown.is_some() || text.contains("is gone"), "{text}");
        }
        (RoomState::Occupied, Some(room_timetable::Certainty::Certain))
        | (RoomState::Doubtful, Some(room_timetable::Certainty::Doubtful)) => {}
        (state, least) => panic!("{state:?} but {least:?}\n{text}"),
    }
}

fn lines(why: &RoomExplanation) -> Vec<String> {
    why.to_string().lines().map(str::to_owned).collect()
}

/// The last `count` lines.
fn end(why: &RoomExplanation, count: usize) -> Vec<String> {
    let lines = lines(why);
    lines[lines.len() - count..].to_vec()
}

async fn existing() -> School {
    let school = School::new();
    school
        .import_rooms(&[("LAB", "Lab 1"), ("BUS", "Minibus")])
        .await;
    school
}

#[tokio::test]
async fn before_any_sync_nothing_is_known() {
    let school = existing().await;
    let found = why(&school, "LAB", "2031-09-08T09:30").await;
    assert_eq!(found.state, RoomState::Unknown);
    assert_eq!(
        lines(&found),
        [NOTHING, "So it is not known whether the room is free."]
    );
    let state = school.state().await;
    let timetable = CurrentTimetable::of(&state).unwrap();
    // A Sunday, and the summer.
    for date in ["2031-09-08", "2031-09-14", "2031-08-01"] {
        let day = timetable.day(&"LAB".into(), date.parse().unwrap());
        assert_eq!(day.unknown, Some(UnknownDay::NothingInEffect), "{date}");
    }
}

#[tokio::test]
async fn before_matches_are_confirmed_terms_are_known_and_lessons_are_not() {
    let school = existing().await;
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(report.status, Status::AwaitingMatch);
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await
        .unwrap();
    let known = [
        "Mon 8 Sep 2031 is in the term Autumn (1 Sep 2031 to 3 Oct 2031).",
        "2031 week 37 is allocated to Week 1.",
        NOTHING,
    ];
    let unknown = "So it is not known whether the room is free.";
    for room in ["LAB", "BUS"] {
        let found = why(&school, room, "2031-09-08T09:30").await;
        assert_eq!(found.state, RoomState::Unknown, "{room}");
        let mut expected = known.to_vec();
        expected.extend((room == "BUS").then_some(NOT_MATCHED));
        expected.push(unknown);
        assert_eq!(lines(&found), expected, "{room}");
    }
    // That there is no term in winter is not in effect, either.
    let winter = why(&school, "LAB", "2031-12-25T09:30").await;
    assert_eq!(lines(&winter), [NOTHING, unknown]);
    // What an administrator frees is free.
    let interval = span("2031-09-08T09:00", "2031-09-08T10:00");
    school
        .syncer
        .except(&school.id, Some(&"LAB".into()), interval)
        .await
        .unwrap();
    let freed = why(&school, "LAB", "2031-09-08T09:30").await;
    assert_eq!(freed.state, RoomState::Free);

    school.syncer.confirm_matches(&school.id).await.unwrap();
    assert_eq!(school.state().await.matching, Matching::Confirmed);
    let confirmed = why(&school, "LAB", "2031-09-08T11:30").await;
    assert_eq!(confirmed.state, RoomState::Unknown);
    school.sync(&feed(&ROWS)).await;
    let synced = why(&school, "LAB", "2031-09-08T11:30").await;
    assert_eq!(synced.state, RoomState::Free);
}

#[tokio::test]
async fn a_first_sync_that_is_held_makes_nothing_known() {
    let school = existing().await;
    school.sync(&feed(&ROWS)).await;
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await
        .unwrap();
    school.syncer.confirm_matches(&school.id).await.unwrap();
    for number in 0..4 {
        let id = format!("b{number}");
        let (start, end) = ("2031-09-08T09:00", "2031-09-08T10:00");
        school
            .book(&id, "LAB", start, end, "a@school.example")
            .await;
    }
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(report.status, Status::Held);
    for moment in ["2031-09-08T09:30", "2031-09-08T14:00", "2031-12-25T09:30"] {
        let found = why(&school, "LAB", moment).await;
        assert_eq!(found.state, RoomState::Unknown, "{moment}");
        assert!(found.to_string().contains(NOTHING), "{found}");
    }
    let fingerprint = report.fingerprint;
    school.release(&feed(&ROWS), &fingerprint, &[]).await;
    let released = why(&school, "LAB", "2031-09-08T09:30").await;
    assert_eq!(released.state, RoomState::Occupied);
}

#[tokio::test]
async fn terms_that_went_by_an_administrators_word_are_known_to_be_gone() {
    let school = School::synced(&feed(&ROWS)).await;
    let empty = Feed {
        timetables: Some(json!({ "Timetable": [] })),
        ..feed(&[])
    };
    let area = DataArea::PublishedTimetable;
    let held = school.accept(&empty, &[area]).await;
    school.release(&empty, &held.fingerprint, &[area]).await;
    let found = why(&school, "isams-1", "2031-09-08T09:30").await;
    assert_eq!(found.state, RoomState::Unknown);
    assert!(
        found
            .to_string()
            .contains("No published timetable is in force"),
        "{found}"
    );
    let winter = why(&school, "isams-1", "2031-12-25T09:30").await;
    assert_eq!(winter.state, RoomState::Free);
}

#[tokio::test]
async fn what_a_held_run_withholds_is_doubtful_and_is_named() {
    let school = School::synced(&feed(&ROWS)).await;
    // Two of three lessons go and one comes.
    let next: [Row; 2] = [ROWS[0], ("9009", "7D/Mu1", "T1", "11", "4")];
    let held = school.sync(&feed(&next)).await;
    assert_eq!(held.status, Status::Held, "{:?}", held.held_because);
    let doubtful = "So it is doubtful whether the room is free.";

    let stays = why(&school, "isams-1", "2031-09-08T09:30").await;
    assert_eq!(stays.state, RoomState::Occupied);
    assert_eq!(end(&stays, 1), ["So the room is occupied."]);
    let goes = why(&school, "isams-2", "2031-09-08T10:30").await;
    assert_eq!(
        end(&goes, 3),
        [
            "9A/Bi1 is timetabled here (row 9002).",
            "A held run would take 9A/Bi1 away from here, so it is in doubt.",
            doubtful,
        ]
    );
    let comes = why(&school, "isams-4", "2031-09-08T09:30").await;
    assert_eq!(
        end(&comes, 3),
        [
            "No lesson is timetabled here at this time.",
            "A held run would bring 7D/Mu1 here, so it is in doubt.",
            doubtful,
        ]
    );
    let document = serde_json::to_value(&comes).unwrap();
    assert_eq!(document["state"], "doubtful");
    let reasons = document["reasons"].as_array().unwrap();
    assert_eq!(
        reasons[reasons.len() - 2..],
        [
            json!({ "reason": "would_come", "kind": "lesson", "label": "7D/Mu1" }),
            json!({ "reason": "verdict", "state": "doubtful" }),
        ]
    );
    school.release(&feed(&next), &held.fingerprint, &[]).await;
    let came = why(&school, "isams-4", "2031-09-08T09:30").await;
    assert_eq!(came.state, RoomState::Occupied);
}

#[tokio::test]
async fn everything_is_in_doubt_while_the_core_is_incomplete() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut half = feed(&ROWS);
    half.structure = None;
    assert_eq!(school.sync(&half).await.status, Status::Held);
    let found = why(&school, "isams-1", "2031-09-08T09:30").await;
    assert_eq!(found.state, RoomState::Doubtful);
    let closed = why(&school, "isams-8", "2031-09-08T09:30").await;
    assert_eq!(
        [end(&found, 2)[0].clone(), end(&closed, 2)[0].clone()],
        [
            "A held run got no complete timetable, so Physics 10B/Ph1 is in doubt.",
            "A held run got no complete timetable, so the closure Exams is in doubt.",
        ]
    );
}

#[tokio::test]
async fn a_booking_is_told_and_does_not_change_what_the_timetable_says() {
    let school = School::synced(&feed(&ROWS)).await;
    let owner = "a@school.example";
    let book = async |id, room, start, end| school.book(id, room, start, end, owner).await;
    book("club", "isams-1", "2031-09-08T13:00", "2031-09-08T14:00").await;
    book("lesson", "isams-1", "2031-09-08T09:00", "2031-09-08T10:00").await;
    book("night", "isams-1", "2031-09-08T22:00", "2031-09-09T02:00").await;
    book("week 41", "isams-1", "2031-10-06T09:00", "2031-10-07T00:00").await;
    book(
        "other room",
        "isams-2",
        "2031-09-08T13:00",
        "2031-09-08T14:00",
    )
    .await;

    let free = why(&school, "isams-1", "2031-09-08T13:30").await;
    assert_eq!(free.state, RoomState::Free);
    assert_eq!(
        end(&free, 2),
        [
            "The room is booked from 13:00 to 14:00 (booking club, “title of club”).",
            "So the room is free of lessons, but booked.",
        ]
    );
    let document = serde_json::to_value(&free).unwrap();
    assert_eq!(document["state"], "free");
    assert_eq!(
        document["bookings"],
        json!([{
            "booking": "club", "start": "2031-09-08T13:00", "end": "2031-09-08T14:00", "label": "title of club",
            "owner_name": null, "series": null,
        }])
    );
    assert!(!document.to_string().contains(owner) && !free.to_string().contains(owner));
    // It ends at 14:00, and the next begins at 22:00.
    let after = why(&school, "isams-1", "2031-09-08T14:00").await;
    assert_eq!(end(&after, 1), ["So the room is free."]);
    assert_eq!(serde_json::to_value(&after).unwrap()["bookings"], json!([]));
    let night = why(&school, "isams-1", "2031-09-08T23:00").await;
    assert_eq!(
        end(&night, 2)[0],
        "The room is booked from 8 Sep 2031 22:00 to 9 Sep 2031 02:00 (booking night, “title of night”)."
    );
    let both = why(&school, "isams-1", "2031-09-08T09:30").await;
    assert_eq!(both.state, RoomState::Occupied);
    assert_eq!(
        end(&both, 1),
        ["So the room is occupied, and booked as well."]
    );
}

#[tokio::test]
async fn a_room_without_a_match_is_free_only_as_far_as_is_known() {
    let school = existing().await;
    school.sync(&feed(&ROWS)).await;
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await
        .unwrap();
    school.syncer.confirm_matches(&school.id).await.unwrap();
    school.sync(&feed(&ROWS)).await;
    let found = why(&school, "BUS", "2031-09-08T09:30").await;
    // Letters offer such rooms.
    assert_eq!(found.state, RoomState::Free);
    assert_eq!(
        end(&found, 2),
        [NOT_MATCHED, "So the room is free as far as is known."]
    );
    let document = serde_json::to_value(&found).unwrap();
    let reasons = document["reasons"].as_array().unwrap();
    assert!(
        reasons.contains(&json!({ "reason": "not_matched" })),
        "{document}"
    );
    // Whatever is known, an exception frees it.
    let interval = span("2031-09-08T09:00", "2031-09-08T10:00");
    let room = RoomId::new("BUS");
    school
        .syncer
        .except(&school.id, Some(&room), interval)
        .await
        .unwrap();
    let freed = why(&school, "BUS", "2031-09-08T09:30").await;
    assert_eq!(end(&freed, 1), ["So the room is free."]);
    // A match taken back tells at once.
    school
        .syncer
        .clear_match(&school.id, &"LAB".into())
        .await
        .unwrap();
    let cleared = why(&school, "LAB", "2031-09-08T09:30").await;
    assert_eq!(
        end(&cleared, 3)[..2],
        ["No lesson is timetabled here at this time.", NOT_MATCHED]
    );
}

#[tokio::test]
async fn a_room_whose_room_of_isams_is_gone_is_not_known_to_be_free() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut gone = feed(&ROWS);
    let rooms = gone.rooms.as_mut().unwrap();
    rooms.retain(|(id, _)| id != "7");
    assert_eq!(school.sync(&gone).await.status, Status::Applied);
    let found = why(&school, "isams-7", "2031-09-08T09:30").await;
    assert_eq!(found.state, RoomState::Unknown);
    assert_eq!(
        end(&found, 2),
        [
            "Its iSAMS room 7 is gone, so its lessons may be elsewhere.",
            "So it is not known whether the room is free.",
        ]
    );
    let document = serde_json::to_value(&found).unwrap();
    let reasons = document["reasons"].as_array().unwrap();
    assert!(
        reasons.contains(&json!({ "reason": "gone", "isams": "7" })),
        "{document}"
    );
    let interval = span("2031-09-08T09:00", "2031-09-08T10:00");
    let room = RoomId::new("isams-7");
    school
        .syncer
        .except(&school.id, Some(&room), interval)
        .await
        .unwrap();
    let freed = why(&school, "isams-7", "2031-09-08T09:30").await;
    assert_eq!(freed.state, RoomState::Free);
    let still = why(&school, "isams-6", "2031-09-08T09:30").await;
    assert_eq!(end(&still, 1), ["So the room is free."]);
}

#[tokio::test]
async fn a_suspension_that_frees_no_room_is_told() {
    let row = |id: &str, more: Value| {
        let mut row = json!({"@Id": id, "StartDate": "2031-09-08T00:00:00", "EndDate": "2031-09-09T00:00:00"});
        for (name, value) in more.as_object().unwrap() {
            row[name] = value.clone();
        }
        row
    };
    let suspended = Feed {
        suspensions: Some(json!({ "LessonSuspension": [
            row("401", json!({ "Code": "10B/Ph1", "Reason": "Field trip" })),
            row("402", json!({ "Code": "9A/Bi1", "StartTime": "1900-01-01T10:30:00", "EndTime": "1900-01-01T12:00:00" })),
        ] })),
        ..feed(&ROWS)
    };
    let settings = Settings {
        suspended_occupy: true,
        ..Settings::default()
    };
    let school = School::with(settings.clone());
    school.sync(&suspended).await;
    let kept = why_with(&school, &settings, "isams-1", "2031-09-08T09:30").await;
    assert_eq!(kept.state, RoomState::Occupied);
    let lesson = "Physics 10B/Ph1 is timetabled here (row 9001).";
    assert_eq!(
        end(&kept, 3),
        [
            lesson,
            "Physics 10B/Ph1 (row 9001) is suspended (suspension 401, 8 Sep 2031 to 9 Sep 2031: Field trip), but keeps its \
             room as the settings say.",
            "So the room is occupied.",
        ]
    );
    let perhaps = why_with(&school, &settings, "isams-2", "2031-09-08T10:10").await;
    assert_eq!(
        end(&perhaps, 2),
        [
            "A suspension leaves open whether 9A/Bi1 takes place, but it keeps its room as the settings say.",
            "So the room is occupied.",
        ]
    );
    // The week after, and by the settings that other schools have.
    let later = why_with(&school, &settings, "isams-1", "2031-09-15T09:30").await;
    assert_eq!(end(&later, 2), [lesson, "So the room is occupied."]);
    let freed = why(&school, "isams-1", "2031-09-08T09:30").await;
    assert_eq!(freed.state, RoomState::Free);
}
