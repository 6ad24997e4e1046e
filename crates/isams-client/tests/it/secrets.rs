//! The key shows nowhere, whatever goes wrong.

use std::{error::Error as _, fmt::Debug, time::Duration};

use isams_client::{ApiKey, Client, Error};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const KEY: &str = "{5ECE17-1234-5678-9ABC-DEF012345678}";

fn key() -> ApiKey {
    ApiKey::from(KEY.to_owned())
}

/// Everything that an error, and each of its sources, shows.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?} {:?}", error.advice());
    let mut source = error.source();
    while let Some(error) = source {
        shown.push_str(&format!(" {error} {error:?} {error:#?}"));
        source = error.source();
    }
    shown
}

fn assert_no_key(text: &str) {
    let lower = text.to_ascii_lowercase();
    for part in ["5ece17", "def012345678", "%7b5", "apikey="] {
        assert!(!lower.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_key_shows_in_no_debug_text() {
    fn debug(value: &impl Debug) -> String {
        format!("{value:?} {value:#?}")
    }
    let builder = Client::builder("school.isams.cloud", key());
    assert_no_key(&debug(&builder));
    assert_no_key(&debug(&builder.build().unwrap()));
    assert_eq!(format!("{:?}", key()), "[redacted]");
}

#[test]
fn an_address_with_the_key_in_it_is_not_repeated() {
    for address in [
        format!("https://school.isams.cloud/api/batch/1.0/json.ashx?apiKey={KEY}"),
        format!("http://school.isams.cloud/{KEY}"),
        format!("https://me:{KEY}@school.isams.cloud"),
        format!("{KEY}://school.isams.cloud"),
    ] {
        let error = Client::builder(&address, key()).build().unwrap_err();
        assert!(matches!(error, Error::Address(_)), "{error:?}");
        assert_no_key(&shown(&error));
    }
}

/// Each way a server can fail while it echoes the key in every form it might have.
#[tokio::test]
async fn the_key_shows_in_no_error() {
    let inner = KEY.trim_matches(['{', '}']);
    let echoes = format!("{KEY} {inner} {} %7B{inner}%7D", inner.to_lowercase());
    let answer = |status, body: String| ResponseTemplate::new(status).set_body_string(body);
    let answers = [
        answer(500, echoes.clone()),
        answer(
            404,
            format!("<html><title>Not found: {echoes}</title></html>"),
        ),
        answer(403, format!(r#"{{"error":"{echoes}"}}"#)),
        answer(302, String::new()).insert_header(
            "Location",
            format!("https://{inner}.example/?apiKey={KEY}").as_str(),
        ),
        answer(302, String::new())
            .insert_header("Location", format!("/login?apiKey={KEY}").as_str()),
        answer(200, echoes.clone()),
        answer(200, format!("<html><title>{echoes}</title></html>")),
        answer(200, format!(r#"{{"key":"{echoes}"}}"#)),
        answer(
            200,
            format!(r#"{{"iSAMS":{{"SchoolManager":{{"Terms":"{echoes}"#),
        ),
        answer(
            200,
            format!(r#"{{"iSAMS":{{"{KEY}":{{"SchoolManager":"{echoes}"#),
        ),
        answer(
            401,
            format!(
                "<Message><MessageId>{inner}</MessageId><Title>{KEY}</Title><Description>{echoes}</Description></Message>"
            ),
        ),
        answer(
            200,
            format!(r#"{{"Message":{{"MessageId":"X","Description":"{echoes}"}}}}"#),
        ),
        answer(200, String::new()).set_delay(Duration::from_secs(30)),
    ];
    let mut stages = std::collections::BTreeSet::new();
    for answer in answers {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
        let client = Client::builder(&server.uri(), key())
            .timeout(Duration::from_secs(2))
            .retry_for(Duration::ZERO)
            .build()
            .unwrap();
        let error = client.fetch().await.unwrap_err();
        assert_no_key(&shown(&error));
        stages.insert(match error {
            Error::Transport(_) => "transport",
            Error::Status { .. } => "status",
            Error::Server(_) => "server",
            Error::NotIsams { .. } => "not iSAMS",
            Error::Decode { .. } => "decode",
            _ => "other",
        });
    }
    assert_eq!(
        Vec::from_iter(stages),
        ["decode", "not iSAMS", "server", "status", "transport"]
    );

    let nobody = Client::builder("http://127.0.0.1:1", key())
        .build()
        .unwrap();
    let error = nobody.fetch().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_no_key(&shown(&error));
}

/// A server that repeats the key as the name of a member, in an answer that can be read.
#[tokio::test]
async fn the_key_shows_in_no_finding() {
    let inner = KEY.trim_matches(['{', '}']);
    let server = MockServer::start().await;
    let body = format!(
        r#"{{"iSAMS":{{"CoverManager":{{"{KEY}":1,"{}{inner}":1}},"SchoolManager":{{"Terms":{{"{inner}":1}}}}}}}}"#,
        "x".repeat(40)
    );
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string(body))
        .mount(&server)
        .await;
    let client = Client::builder(&server.uri(), key()).build().unwrap();
    let payload = client.fetch().await.unwrap();
    let paths: Vec<&str> = payload
        .findings()
        .iter()
        .map(|finding| finding.path.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "CoverManager.[redacted]",
            "CoverManager.(a name of 74 bytes)",
            "SchoolManager.Terms"
        ]
    );
    assert!(payload.findings()[2].reason.contains("[redacted]"));
    assert_no_key(&format!("{:?} {:?}", payload.findings(), payload.terms));
}
