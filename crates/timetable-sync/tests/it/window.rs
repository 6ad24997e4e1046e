//! Suspensions, closures and cover are asked for by dates: what was not asked for is not gone.

use std::sync::Mutex;

use async_trait::async_trait;
use booking_store::BookingStore;
use isams_client::{AreaState, Client, DataArea, FetchRequest, Payload};
use isams_simulator::Simulator;
use serde_json::{Value, json};
use timetable_sync::{Document, Source, Status};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, at, removed},
};

const ROWS: [Row; 1] = [("9001", "10B/Ph1", "T1", "11", "1")];

fn closure(id: &str, room: &str, from: &str, to: &str) -> Value {
    json!({"@Id": id, "RoomId": room, "StartDate": format!("{from}T00:00:00"), "EndDate": format!("{to}T00:00:00")})
}

fn with_closures(closures: &[Value]) -> Feed {
    Feed {
        closures: Some(json!({"RoomClosure": closures})),
        ..feed(&ROWS)
    }
}

/// The ids of the closures in effect.
async fn closures(school: &School) -> Vec<String> {
    let state = school.store.load(&school.id, school.now).await.unwrap();
    let document = Document::of(&state).unwrap();
    let both = document.good.room_closures_and_cover.value();
    both.into_iter()
        .flat_map(|both| &both.closures)
        .filter_map(|closure| closure.id.clone())
        .collect()
}

#[tokio::test]
async fn rows_outside_the_dates_that_were_asked_for_keep_their_last_good_state() {
    let near = closure("3", "8", "2031-09-08", "2031-09-08");
    let far = closure("9", "7", "2032-11-01", "2032-11-05");
    let mut school = School::synced(&with_closures(&[near.clone(), far])).await;
    assert_eq!(closures(&school).await, ["3", "9"]);

    // 1 November of next year is more than 400 days away, so no answer holds it.
    let only_near = with_closures(&[near]);
    let report = school.sync(&only_near).await;
    assert_eq!(report.status, Status::Unchanged);
    assert_eq!(closures(&school).await, ["3", "9"]);

    // Two weeks later the near one is past.
    school.now = at("2031-09-20T01:00");
    let report = school.sync(&with_closures(&[])).await;
    assert_eq!(report.status, Status::Unchanged, "{:?}", report.warnings);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    assert_eq!(closures(&school).await, ["3", "9"]);

    // Now it was asked for: it is empty where it had a row, which is not believed at once.
    school.now = at("2031-10-02T01:00");
    let report = school.sync(&with_closures(&[])).await;
    assert!(
        report.warnings[0].contains("Room Closures & Cover is empty"),
        "{:?}",
        report.warnings
    );
    assert_eq!(closures(&school).await, ["3", "9"]);

    // Another row is an answer like any other: the far one is gone. The past one is still not asked for.
    let other = closure("4", "8", "2031-10-06", "2031-10-06");
    let report = school.sync(&with_closures(&[other])).await;
    assert_eq!(report.status, Status::Applied);
    assert_eq!(closures(&school).await, ["3", "4"]);
}

#[tokio::test]
async fn a_row_that_comes_again_with_other_dates_replaces_the_one_that_was_kept() {
    let far = closure("9", "7", "2032-11-01", "2032-11-05");
    let school = School::synced(&with_closures(&[far])).await;
    let moved = closure("9", "7", "2031-09-10", "2031-09-10");
    let report = school.sync(&with_closures(&[moved])).await;
    assert_eq!(report.status, Status::Applied);
    assert_eq!(closures(&school).await, ["9"]);
}

#[tokio::test]
async fn what_was_over_a_year_ago_is_let_go() {
    let near = closure("3", "8", "2031-09-08", "2031-09-08");
    let mut school = School::synced(&with_closures(&[near])).await;
    let other = with_closures(&[closure("4", "8", "2032-12-01", "2032-12-01")]);
    school.now = at("2032-10-01T01:00");
    school.sync(&other).await;
    assert_eq!(closures(&school).await, ["3", "4"]);
    school.now = at("2032-11-01T01:00");
    school.sync(&other).await;
    assert_eq!(closures(&school).await, ["4"]);
}

fn suspension(id: &str, code: &str, from: &str, to: &str) -> Value {
    json!({"@Id": id, "Code": code, "StartDate": format!("{from}T00:00:00"), "EndDate": format!("{to}T00:00:00")})
}

fn with_suspensions(suspensions: &[Value]) -> Feed {
    Feed {
        suspensions: Some(json!({"LessonSuspension": suspensions})),
        closures: Some(json!({"RoomClosure": []})),
        ..feed(&ROWS)
    }
}

/// A school on study leave, whose room 1 is booked for Monday 15 September, and then a night on which the leave is no
/// longer in an answer that asks from 5 September on.
async fn on_study_leave() -> School {
    let leave = suspension("1", "10B/Ph1", "2031-09-01", "2031-09-26");
    let mut school = School::synced(&with_suspensions(&[leave])).await;
    school
        .book(
            "meeting",
            "isams-1",
            "2031-09-15T09:00",
            "2031-09-15T10:00",
            "a@school.example",
        )
        .await;
    school.now = at("2031-09-12T01:00");
    school
}

#[tokio::test]
async fn a_long_suspension_that_only_the_dates_may_hide_is_kept_and_told() {
    let school = on_study_leave().await;
    let later = suspension("2", "nobody", "2031-09-22", "2031-09-22");
    for _ in 0..2 {
        let report = school
            .sync(&with_suspensions(std::slice::from_ref(&later)))
            .await;
        assert_eq!(removed(&report), [] as [&str; 0]);
        assert_eq!(
            report.warnings,
            [
                "1 lesson suspension that began before the dates asked for can no longer be seen, which may be by \
              those dates alone, so it is kept until the last day; if iSAMS no longer has it, accept \
              lesson_suspensions"
            ]
        );
    }
    let report = school
        .accept(&with_suspensions(&[later]), &[DataArea::LessonSuspensions])
        .await;
    assert_eq!(removed(&report), ["meeting"]);
}

#[tokio::test]
async fn a_long_suspension_is_gone_where_the_answer_has_others_that_began_as_early() {
    let school = on_study_leave().await;
    let other = suspension("3", "nobody", "2031-09-02", "2031-09-19");
    let report = school.sync(&with_suspensions(&[other])).await;
    assert_eq!(removed(&report), ["meeting"]);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

#[tokio::test]
async fn an_answer_without_suspensions_never_ends_a_long_one() {
    let mut school = on_study_leave().await;
    for night in 12..16 {
        school.now = at(&format!("2031-09-{night}T01:00"));
        let report = school.sync(&with_suspensions(&[])).await;
        assert_eq!(removed(&report), [] as [&str; 0]);
    }
}

/// Keeps what it was asked.
#[derive(Debug)]
struct Listens {
    payload: Payload,
    asked: Mutex<Vec<FetchRequest>>,
}

#[async_trait]
impl Source for Listens {
    async fn fetch(&self, request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        self.asked.lock().unwrap().push(request.clone());
        Ok(self.payload.clone())
    }
}

#[tokio::test]
async fn the_dates_reach_to_the_end_of_the_last_term_that_is_known() {
    let mut long = feed(&ROWS);
    long.terms = Some(json!({"Term": [
        {"@Id": "61", "SchoolYear": "2031", "Name": "Autumn", "StartDate": "2031-09-01T00:00:00", "FinishDate": "2031-10-03T00:00:00"},
        {"@Id": "62", "SchoolYear": "2032", "Name": "Next", "StartDate": "2032-09-01T00:00:00", "FinishDate": "2033-07-08T00:00:00"},
    ]}));
    let source = Listens {
        payload: long.payload(),
        asked: Mutex::default(),
    };
    let school = School::new();
    for _ in 0..2 {
        let request = school.request();
        let synced = school.syncer.sync(&school.id, &source, &request).await;
        synced.unwrap();
    }
    let asked = source.asked.into_inner().unwrap();
    let windows: Vec<_> = asked
        .iter()
        .map(FetchRequest::window)
        .map(|(from, to)| format!("{from} {to}"))
        .collect();
    assert_eq!(windows, ["2031-08-25 2032-10-05", "2031-08-25 2033-07-08"]);
    assert!(asked.iter().all(|asked| asked.areas == DataArea::ALL));
}

#[tokio::test]
async fn a_key_that_lacks_an_area_is_told_and_one_that_needs_filters_gets_them() {
    let simulator = Simulator::builder()
        .key_with(
            "{0a1b2c3d}",
            DataArea::ALL
                .into_iter()
                .filter(|area| *area != DataArea::CurrentStaff)
                .map(DataArea::method),
        )
        .strict_filters(true)
        .body(feed(&ROWS).json().to_string())
        .start()
        .await
        .unwrap();
    let client = Client::builder(&simulator.url(), "{0a1b2c3d}".parse().unwrap())
        .build()
        .unwrap();
    let school = School::new();
    let report = school
        .syncer
        .sync(&school.id, &client, &school.request())
        .await
        .unwrap();
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    let state = |area: DataArea| {
        let found = report.areas.iter().find(|seen| seen.area == area.name());
        found.unwrap().state.clone()
    };
    assert_eq!(
        state(DataArea::CurrentStaff),
        AreaState::Refused.to_string()
    );
    assert_eq!(
        state(DataArea::RoomClosuresAndCover),
        AreaState::Present.to_string()
    );
    assert!(
        report
            .warnings
            .iter()
            .any(|warning| warning == "HR Manager - Current Staff is refused: the key may lack it"),
        "{:?}",
        report.warnings
    );
}
