use std::error::Error;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use isams_simulator::{Answer, Fault, KnownError, Simulator};
use reqwest::{Client, Response};
use serde_json::Value;

use crate::{KEY, get, json_url, xml_url};

const BODY: &str = r#"{"iSAMS":{"SchoolManager":{"Terms":"x"},"HRManager":{"CurrentStaff":""}}}"#;

async fn with(faults: impl IntoIterator<Item = Fault>) -> Simulator {
    let simulator = Simulator::builder()
        .key(KEY)
        .body(BODY)
        .start()
        .await
        .unwrap();
    simulator.script(faults);
    simulator
}

/// Neither follows nor unpacks anything.
fn plain() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_gzip()
        .build()
        .unwrap()
}

/// The answer to a fault, after which all is as usual.
async fn answer(fault: Fault) -> Response {
    let simulator = with([fault]).await;
    let answer = plain().get(json_url(&simulator)).send().await.unwrap();
    assert_eq!(get(&json_url(&simulator)).await, (200, BODY.to_owned()));
    answer
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut source: Option<&dyn Error> = error.source();
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        source = error.source();
    }
    None
}

#[tokio::test]
async fn the_database_fails_as_often_as_it_should() {
    let simulator = with([Fault::Deadlock(2), Fault::LockTimeout, Fault::Deadlock(0)]).await;
    assert_eq!(simulator.faults_left(), 3);
    for error in [
        KnownError::Deadlock,
        KnownError::Deadlock,
        KnownError::LockTimeout,
    ] {
        let (status, body) = get(&json_url(&simulator)).await;
        assert_eq!(status, 500);
        assert!(body.into_bytes() == Answer::known(error).body);
    }
    assert_eq!(get(&json_url(&simulator)).await.1, BODY);
    let statuses: Vec<_> = simulator.requests().iter().map(|it| it.status).collect();
    assert_eq!(statuses, [500, 500, 500, 200]);
}

#[tokio::test]
async fn a_script_can_be_given_at_the_start_and_lengthened() {
    let simulator = Simulator::builder()
        .key(KEY)
        .script([Fault::Status(503)])
        .start()
        .await
        .unwrap();
    simulator.script([Fault::Status(408)]);
    for status in [503, 408, 200] {
        assert_eq!(get(&json_url(&simulator)).await.0, status);
    }
}

#[tokio::test]
async fn only_requests_for_data_use_faults_up() {
    let simulator = with([Fault::HtmlPage]).await;
    assert_eq!(get(&simulator.url()).await.0, 404);
    assert_eq!(simulator.faults_left(), 1);
}

#[tokio::test]
async fn a_slow_drip_arrives_whole_and_late() {
    let simulator = with([Fault::SlowDrip {
        chunk: 20,
        pause: Duration::from_millis(30),
    }])
    .await;
    let started = Instant::now();
    let mut answer = reqwest::get(json_url(&simulator)).await.unwrap();
    let mut chunks = Vec::new();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        chunks.push(chunk);
    }
    assert!(chunks.len() > 1, "{chunks:?}");
    assert_eq!(chunks.concat(), BODY.as_bytes());
    assert!(started.elapsed() >= Duration::from_millis(90));
}

#[tokio::test]
async fn who_has_hung_up_holds_nothing_open() {
    let simulator = with([Fault::SlowDrip {
        chunk: 1,
        pause: Duration::from_secs(3_600),
    }])
    .await;
    let client = Client::builder()
        .read_timeout(Duration::from_millis(100))
        .build()
        .unwrap();
    let answer = client.get(json_url(&simulator)).send().await.unwrap();
    assert!(answer.text().await.unwrap_err().is_timeout());
    drop(client);
    let stopped = tokio::time::timeout(Duration::from_secs(10), simulator.shutdown());
    assert!(stopped.await.is_ok());
}

#[tokio::test]
async fn a_cut_body_ends_in_the_middle() {
    let simulator = with([Fault::CutBody { after: 10 }]).await;
    let mut answer = reqwest::get(json_url(&simulator)).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.content_length(), Some(BODY.len() as u64));
    let first = answer.chunk().await.unwrap().unwrap();
    assert_eq!(first, BODY.as_bytes()[..10]);
    assert!(answer.chunk().await.is_err());
    assert_eq!(get(&json_url(&simulator)).await.1, BODY);
}

#[tokio::test]
async fn a_reset_is_one() {
    let simulator = with([Fault::Reset]).await;
    let error = reqwest::get(json_url(&simulator)).await.unwrap_err();
    assert_eq!(io_kind(&error), Some(io::ErrorKind::ConnectionReset));
    assert_eq!(get(&json_url(&simulator)).await.1, BODY);
    let statuses: Vec<_> = simulator.requests().iter().map(|it| it.status).collect();
    assert_eq!(statuses, [0, 200]);
}

#[tokio::test]
async fn a_reset_comes_in_the_middle_of_a_connection_too() {
    let simulator = with([]).await;
    let client = Client::new();
    for _ in 0..2 {
        let answer = client.get(json_url(&simulator)).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), BODY);
    }
    simulator.script([Fault::Reset]);
    assert!(client.get(json_url(&simulator)).send().await.is_err());
    let answer = client.get(json_url(&simulator)).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), BODY);
    assert_eq!(simulator.requests().len(), 4);
}

#[tokio::test]
async fn a_page_comes_with_status_200() {
    let answer = answer(Fault::HtmlPage).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert!(answer.text().await.unwrap().starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn a_manager_is_there_and_empty() {
    let simulator = with([
        Fault::EmptyManager("HRManager".to_owned()),
        Fault::EmptyManager("SchoolManager".to_owned()),
    ])
    .await;
    assert_eq!(
        get(&json_url(&simulator)).await.1,
        r#"{"iSAMS":{"SchoolManager":{"Terms":"x"},"HRManager":null}}"#
    );
    assert_eq!(
        get(&xml_url(&simulator)).await.1,
        "<iSAMS><SchoolManager/><HRManager><CurrentStaff></CurrentStaff></HRManager></iSAMS>"
    );
}

#[tokio::test]
async fn a_gzip_bomb_unpacks_to_its_size() {
    let size = 300 << 20;
    let answer = answer(Fault::GzipBomb {
        decoded_bytes: size,
    })
    .await;
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let packed = answer.bytes().await.unwrap();
    assert!(packed.len() < 1 << 20, "{}", packed.len());
    let mut start = [0; 9];
    GzDecoder::new(&packed[..]).read_exact(&mut start).unwrap();
    assert_eq!(&start, br#"{"iSAMS":"#);
    let stated = u32::from_le_bytes(packed[packed.len() - 4..].try_into().unwrap());
    assert_eq!(u64::from(stated), size);
}

#[tokio::test]
async fn a_length_may_be_wrong_either_way() {
    let simulator = with([
        Fault::WrongLength { difference: 5 },
        Fault::WrongLength { difference: -5 },
    ])
    .await;
    let url = json_url(&simulator);
    let too_long = reqwest::get(&url).await.unwrap();
    assert_eq!(too_long.content_length(), Some(BODY.len() as u64 + 5));
    assert!(too_long.text().await.is_err());
    let too_short = reqwest::get(&url).await.unwrap();
    assert_eq!(too_short.text().await.unwrap(), BODY[..BODY.len() - 5]);
}

#[tokio::test]
async fn a_redirect_leads_elsewhere() {
    let elsewhere = "https://elsewhere.example/login";
    let answer = answer(Fault::Redirect {
        to: elsewhere.to_owned(),
    })
    .await;
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], elsewhere);
}

#[tokio::test]
async fn nesting_is_as_deep_as_asked_for() {
    let levels = 10_000;
    let simulator = with([Fault::DeepNesting { levels }, Fault::DeepNesting { levels }]).await;
    let json = get(&json_url(&simulator)).await.1;
    assert_eq!(json.matches('{').count(), levels + 2);
    assert_eq!(json.matches('}').count(), levels + 2);
    let xml = get(&xml_url(&simulator)).await.1;
    assert_eq!(xml.matches("<Terms>").count(), levels);
    assert_eq!(xml.matches("</Terms>").count(), levels);
    let shallow = with([Fault::DeepNesting { levels: 3 }]).await;
    let shallow: Value = serde_json::from_str(&get(&json_url(&shallow)).await.1).unwrap();
    assert!(
        shallow
            .pointer("/iSAMS/SchoolManager/Terms/Terms/Terms")
            .unwrap()
            .is_null()
    );
}

#[tokio::test]
async fn a_byte_is_no_utf8() {
    let body = answer(Fault::InvalidUtf8).await.bytes().await.unwrap();
    let error = std::str::from_utf8(&body).unwrap_err();
    assert_eq!(&body[error.valid_up_to() - 1..][..3], b"\"\xe9x");
}

#[tokio::test]
async fn a_byte_order_mark_comes_first() {
    let body = answer(Fault::Bom).await.bytes().await.unwrap();
    assert_eq!(body, [b"\xef\xbb\xbf", BODY.as_bytes()].concat());
}

#[tokio::test]
async fn any_status_can_be_had() {
    for status in [403, 408, 500, 502, 504] {
        assert_eq!(answer(Fault::Status(status)).await.status(), status);
    }
}

#[tokio::test]
async fn a_busy_server_says_when_to_come_back() {
    let retry_after = Duration::from_secs(7);
    for (fault, status) in [
        (Fault::Unavailable { retry_after }, 503),
        (Fault::TooManyRequests { retry_after }, 429),
    ] {
        let answer = answer(fault).await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["retry-after"], "7");
    }
}

#[tokio::test]
async fn a_refusal_can_be_spoilt_like_a_payload() {
    let simulator = with([Fault::CutBody { after: 20 }]).await;
    let url = json_url(&simulator).replace(KEY, "wrong");
    let answer = reqwest::get(&url).await.unwrap();
    assert_eq!(answer.status(), 401);
    assert!(answer.text().await.is_err());
}

#[tokio::test]
async fn every_known_error_can_be_answered() {
    for error in KnownError::ALL {
        let simulator = with([Fault::Known(error)]).await;
        let once = get(&json_url(&simulator)).await;
        assert_eq!(get(&json_url(&simulator)).await, (200, BODY.to_owned()));
        simulator.set_answer(Answer::known(error));
        for url in [json_url(&simulator), xml_url(&simulator)] {
            let (status, body) = get(&url).await;
            assert_eq!(status, error.status());
            assert!(body.starts_with("<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<Message>\n"));
            assert_eq!((status, body), once);
        }
    }
}
