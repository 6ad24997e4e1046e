//! Answers as they came.

use std::{error::Error as _, time::Duration};

use chrono::NaiveDate;
use isams_client::{Client, DataArea, Error, FetchRequest, Payload};
use isams_simulator::{Fault, Simulator};

const KEYS: [&str; 2] = [
    "{00000000-0000-0000-0000-00000000aaaa}",
    "{00000000-0000-0000-0000-00000000bbbb}",
];

/// As no writer of JSON would put it.
const BODY: &str =
    "{ \"iSAMS\" : {\"SchoolManager\":{\"Terms\":{\"Term\":{\"@Id\":\"61\"}}},\r\n\"Other\":1} }\n";

fn client(simulator: &Simulator, keys: &[&str]) -> Client {
    let mut builder = Client::builder(&simulator.url(), keys[0].parse().unwrap())
        .first_retry_after(Duration::from_millis(1));
    for key in &keys[1..] {
        builder = builder.key(key.parse().unwrap());
    }
    builder.build().unwrap()
}

fn request() -> FetchRequest {
    FetchRequest::new(NaiveDate::from_ymd_opt(2031, 9, 3).unwrap())
}

#[tokio::test]
async fn a_body_is_handed_out_as_it_came() {
    let simulator = Simulator::builder()
        .key(KEYS[0])
        .body(BODY)
        .start()
        .await
        .unwrap();
    let bodies = client(&simulator, &KEYS[..1])
        .fetch_raw(None)
        .await
        .unwrap();
    assert_eq!(bodies, [BODY.as_bytes()]);
}

#[tokio::test]
async fn each_key_has_its_body_and_one_that_holds_nothing_has_none() {
    let simulator = Simulator::builder()
        .key_with(KEYS[0], ["School_GetSchoolTerms"])
        .key_with(KEYS[1], ["Pupil_GetCurrentPupils"])
        .body(BODY)
        .start()
        .await
        .unwrap();
    let client = client(&simulator, &KEYS);
    let bodies = client.fetch_raw(Some(&request())).await.unwrap();
    assert_eq!(bodies.len(), 1);
    // United, they are what the payload was read from.
    let payload = client.fetch_with(&request()).await.unwrap();
    let read = Payload::from_slice(&bodies[0]).unwrap();
    assert_eq!(read.terms, payload.terms);
    assert_eq!(read.rows(DataArea::Terms), 1);
}

#[tokio::test]
async fn it_is_tried_again_as_any_fetch_is() {
    let simulator = Simulator::builder()
        .key(KEYS[0])
        .body(BODY)
        .script([Fault::Deadlock(1), Fault::Reset])
        .start()
        .await
        .unwrap();
    let bodies = client(&simulator, &KEYS[..1])
        .fetch_raw(None)
        .await
        .unwrap();
    assert_eq!((bodies.len(), simulator.requests().len()), (1, 3));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_an_error_and_shows_no_key() {
    let simulator = Simulator::builder()
        .key(KEYS[0])
        .body(BODY)
        .start()
        .await
        .unwrap();
    let error = client(&simulator, &KEYS).fetch_raw(None).await.unwrap_err();
    assert!(
        matches!(&error, Error::Key { position: 2, .. }),
        "{error:?}"
    );
    let shown = format!(
        "{error} {error:?} {:?}",
        error.source().map(ToString::to_string)
    );
    assert!(
        !shown.contains("aaaa") && !shown.contains("bbbb"),
        "{shown}"
    );
}
