//! The client against a server on loopback.

use std::time::Duration;

use isams_client::{ApiKey, AreaState, Client, DataArea, Error};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method, path, query_param},
};

const KEY: &str = "{0A1B2C3D-0000-4000-8000-00000000KEY1}";

const TERMS: &str =
    r#"{"iSAMS":{"SchoolManager":{"Terms":{"Term":{"@Id":"61","Name":"Autumn"}}}}}"#;

fn client(url: &str) -> Client {
    Client::builder(url, ApiKey::from(KEY.to_owned()))
        .timeout(Duration::from_secs(5))
        .retry_for(Duration::ZERO)
        .build()
        .unwrap()
}

/// A server that answers the one expected request, and says so when another comes.
async fn server(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/api/batch/1.0/json.ashx"))
        .and(query_param("apiKey", KEY))
        .respond_with(response)
        .expect(1)
        .mount(&server)
        .await;
    nobody_else(&server).await;
    server
}

async fn nobody_else(server: &MockServer) {
    Mock::given(any())
        .respond_with(ResponseTemplate::new(418))
        .with_priority(u8::MAX)
        .expect(0)
        .named("a request that nobody expected")
        .mount(server)
        .await;
}

async fn failure(response: ResponseTemplate) -> Error {
    let server = server(response).await;
    client(&server.uri()).fetch().await.unwrap_err()
}

#[tokio::test]
async fn one_get_with_the_key_yields_the_payload() {
    let server = server(ResponseTemplate::new(200).set_body_string(TERMS)).await;
    let payload = client(&server.uri()).fetch().await.unwrap();
    assert_eq!(payload.rows(DataArea::Terms), 1);
    assert_eq!(payload.state(DataArea::CurrentStaff), AreaState::Missing);
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].url.query_pairs().count(), 1);
    assert!(requests[0].body.is_empty());
}

#[tokio::test]
async fn a_path_and_a_trailing_slash_are_kept_and_dropped() {
    for (root, expected) in [
        ("/", "/api/batch/1.0/json.ashx"),
        ("/isams/", "/isams/api/batch/1.0/json.ashx"),
        ("/api/batch/1.0/xml.ashx", "/api/batch/1.0/json.ashx"),
    ] {
        let server = MockServer::start().await;
        Mock::given(path(expected))
            .respond_with(ResponseTemplate::new(200).set_body_string(TERMS))
            .expect(1)
            .mount(&server)
            .await;
        nobody_else(&server).await;
        client(&format!("{}{root}", server.uri()))
            .fetch()
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn keys_of_any_spelling_arrive_as_given() {
    for key in ["0A1B-no-braces", "{with-braces}", "a+b c&d=e%7B#é"] {
        let server = MockServer::start().await;
        Mock::given(query_param("apiKey", key))
            .respond_with(ResponseTemplate::new(200).set_body_string(TERMS))
            .expect(1)
            .mount(&server)
            .await;
        nobody_else(&server).await;
        let client = Client::builder(&server.uri(), key.parse().unwrap());
        client.build().unwrap().fetch().await.unwrap();
    }
}

#[tokio::test]
async fn the_error_document_counts_whatever_the_status() {
    let body = "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<Message><MessageId>InvalidApiKey</MessageId>\
                <Title>Invalid API Key</Title><Description>The API key is invalid.</Description></Message>";
    for status in [200, 401, 403, 500] {
        match failure(ResponseTemplate::new(status).set_body_string(body)).await {
            Error::Server(message) => {
                assert_eq!(message.id.as_deref(), Some("InvalidApiKey"), "{status}");
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn any_other_failure_is_its_status() {
    for (status, body, shown) in [
        (
            403,
            "",
            "the server answered 403 Forbidden with an empty answer",
        ),
        (
            500,
            "Internal Server Error",
            "the server answered 500 Internal Server Error with Internal Server Error",
        ),
        (
            503,
            "<html><title>Back soon</title></html>",
            "the server answered 503 Service Unavailable with an HTML page titled `Back soon`",
        ),
        (404, TERMS, "the server answered 404 Not Found with JSON: "),
    ] {
        let error = failure(ResponseTemplate::new(status).set_body_string(body)).await;
        assert!(matches!(&error, Error::Status { .. }), "{error:?}");
        assert!(error.to_string().starts_with(shown), "{error}");
        assert!(error.advice().is_some());
    }
}

#[tokio::test]
async fn a_page_instead_of_the_api_is_not_isams() {
    let page = "<!DOCTYPE html><html><head><title>Log in</title></head></html>";
    let error = failure(ResponseTemplate::new(200).set_body_string(page)).await;
    assert_eq!(
        error.to_string(),
        "the answer is not from iSAMS: received an HTML page titled `Log in`"
    );
}

#[tokio::test]
async fn a_cut_answer_is_a_decode_error() {
    let error = failure(ResponseTemplate::new(200).set_body_string(&TERMS[..40])).await;
    assert!(matches!(error, Error::Decode { .. }), "{error:?}");
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = MockServer::start().await;
    nobody_else(&elsewhere).await;
    let location = format!("{}/api/batch/1.0/json.ashx?apiKey={KEY}", elsewhere.uri());
    let error =
        failure(ResponseTemplate::new(302).insert_header("Location", location.as_str())).await;
    assert_eq!(
        error.to_string(),
        "the server answered 302 Found with a redirect to 127.0.0.1"
    );
    // Nor one to the same host: the mock behind `failure` would count a second request.
    let error = failure(ResponseTemplate::new(301).insert_header("Location", "/elsewhere")).await;
    assert!(matches!(error, Error::Status { .. }), "{error:?}");
}

#[tokio::test]
async fn a_slow_server_runs_into_the_timeout() {
    let server = server(
        ResponseTemplate::new(200)
            .set_body_string(TERMS)
            .set_delay(Duration::from_secs(30)),
    )
    .await;
    let client = Client::builder(&server.uri(), ApiKey::from(KEY.to_owned()))
        .timeout(Duration::from_millis(200))
        .retry_for(Duration::ZERO)
        .build()
        .unwrap();
    match client.fetch().await.unwrap_err() {
        Error::Transport(error) => assert!(error.is_timeout()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nobody_there_is_a_transport_error() {
    // Not the port of a mock server that was dropped: wiremock keeps those and hands them to other tests.
    let error = client("http://127.0.0.1:1").fetch().await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
}

#[test]
fn an_address_in_the_open_is_refused() {
    let error = Client::builder("http://school.isams.cloud", ApiKey::from(KEY.to_owned()))
        .build()
        .unwrap_err();
    assert!(matches!(error, Error::Address(_)), "{error:?}");
}
