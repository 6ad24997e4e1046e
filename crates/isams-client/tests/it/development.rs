//! Timetables in development: read where they are sent, asked for by name, and never a data area.

use chrono::NaiveDate;
use isams_client::{AreaState, Client, DataArea, FetchRequest, Payload, Section};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_string_contains, method},
};

const BOTH: &str = r#"{"iSAMS":{"TimetableManager":{
    "PublishedTimetables":{"Timetable":{"@Id":"12","Schedules":{"Schedule":{"@Id":"1","Code":"10B/Ph1"}}}},
    "DevelopmentTimetables":{"Timetable":{"@Id":"13","Name":"Draft","StartYear":"2032","EndYear":"2033",
        "Schedules":{"Schedule":[{"@Id":"2","Code":"10B/Ph1"},{"@Id":"3","Code":"9A/Bi1"},"what"]}}}}}}"#;

fn read(text: &str) -> Payload {
    Payload::from_slice(text.as_bytes()).unwrap()
}

#[test]
fn they_stand_beside_the_published_ones_and_are_no_area() {
    let mut payload = read(BOTH);
    assert_eq!(payload.rows(DataArea::PublishedTimetable), 1);
    let drafts = payload.development_timetables.value().unwrap();
    assert_eq!(drafts.len(), 1);
    assert_eq!(drafts[0].schedules.len(), 2);
    assert_eq!(drafts[0].start_year.copied(), Some(2032));
    // A row that cannot be used is a finding only of who looks at them.
    assert!(payload.findings().is_empty());
    let taken = payload.take_development();
    assert_eq!(taken.value().map(Vec::len), Some(1));
    assert_eq!(payload.development_timetables, Section::Missing);
    assert_eq!(payload.findings().len(), 1);
    assert!(
        payload.findings()[0]
            .path
            .starts_with("TimetableManager.DevelopmentTimetables.Timetable"),
        "{:?}",
        payload.findings()
    );
}

#[test]
fn none_empty_and_absent_are_told_apart() {
    let state = |text: &str| read(text).development_timetables.state();
    for (text, expected) in [
        (r#"{"iSAMS":{"TimetableManager":{}}}"#, AreaState::Missing),
        (
            r#"{"iSAMS":{"TimetableManager":{"DevelopmentTimetables":null}}}"#,
            AreaState::Empty,
        ),
        (
            r#"{"iSAMS":{"TimetableManager":{"DevelopmentTimetables":{"Timetable":{"@Id":"13"}}}}}"#,
            AreaState::Empty,
        ),
        (BOTH, AreaState::Present),
    ] {
        assert_eq!(state(text), expected, "{text}");
    }
}

#[test]
fn they_are_merged_put_in_order_and_written_like_the_rest() {
    let mut one = read(BOTH);
    one.merge(read(
        r#"{"iSAMS":{"TimetableManager":{"DevelopmentTimetables":{"Timetable":{"@Id":"7",
        "Schedules":{"Schedule":{"@Id":"9","Code":"8C/Ch1"}}}}}}}"#,
    ));
    one.canonicalise();
    let ids = |payload: &Payload| -> Vec<Option<String>> {
        let drafts = payload.development_timetables.value().unwrap().iter();
        drafts.map(|draft| draft.id.clone()).collect()
    };
    assert_eq!(ids(&one), [Some("7".to_owned()), Some("13".to_owned())]);
    let again = read(&one.to_json().to_string());
    assert_eq!(again.development_timetables, one.development_timetables);
    assert_eq!(again.published_timetable, one.published_timetable);
}

#[tokio::test]
async fn a_key_without_their_method_is_asked_again_for_the_rest() {
    let server = MockServer::start().await;
    let refusal = "<Message><MessageId>MethodsNotAllocatedToKeyException</MessageId><Title>Methods Not Allocated To \
                   Key</Title><Description>The following methods are not allocated to this key: \
                   timetable_getdevelopmenttimetables</Description></Message>";
    Mock::given(method("POST"))
        .and(body_string_contains("Timetable_GetDevelopmentTimetables"))
        .respond_with(ResponseTemplate::new(403).set_body_string(refusal))
        .expect(1)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_string(r#"{"iSAMS":{"SchoolManager":{"Terms":null}}}"#),
        )
        .expect(1)
        .with_priority(2)
        .mount(&server)
        .await;
    let client = Client::builder(&server.uri(), "secret".parse().unwrap())
        .build()
        .unwrap();
    let today: NaiveDate = "2032-06-01".parse().unwrap();
    let request = FetchRequest {
        areas: vec![DataArea::Terms],
        development: true,
        ..FetchRequest::new(today)
    };
    let payload = client.fetch_with(&request).await.unwrap();
    assert_eq!(payload.state(DataArea::Terms), AreaState::Empty);
    assert_eq!(payload.development_timetables, Section::Refused);
}
