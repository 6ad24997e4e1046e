//! What is asked, how often, and in whose name.

use std::{
    io::{Read, Write},
    net::TcpListener,
    time::{Duration, Instant},
};

use chrono::NaiveDate;
use isams_client::{
    ApiKey, AreaState, Client, ClientAuthentication, ClientBuilder, ClientSecret, DataArea, Error,
    FetchRequest, Format,
};
use wiremock::{
    Mock, MockBuilder, MockServer, ResponseTemplate,
    matchers::{
        any, basic_auth, body_string, body_string_contains, header, method, path, query_param,
    },
};

const KEY: &str = "{0A1B2C3D-0000-4000-8000-00000000KEY1}";

const TERMS: &str =
    r#"{"iSAMS":{"SchoolManager":{"Terms":{"Term":{"@Id":"61","Name":"Autumn"}}}}}"#;

const DEADLOCK: &str = "Transaction (Process ID 118) was deadlocked on lock resources with another process and has been \
     chosen as the deadlock victim. Rerun the transaction.";

fn builder(server: &MockServer) -> ClientBuilder {
    Client::builder(&server.uri(), ApiKey::from(KEY.to_owned()))
        .timeout(Duration::from_secs(5))
        .first_retry_after(Duration::from_millis(1))
}

fn with_secret(server: &MockServer) -> ClientBuilder {
    builder(server).client_secret(ClientSecret::from("a secret&b".to_owned()))
}

fn request(areas: &[DataArea]) -> FetchRequest {
    FetchRequest {
        areas: areas.to_vec(),
        ..FetchRequest::new(NaiveDate::from_ymd_opt(2031, 9, 3).unwrap())
    }
}

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(TERMS)
}

fn message(status: u16, id: &str, description: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(format!(
        "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<Message>\n  <MessageId>{id}</MessageId>\n  \
         <MessageName>{id}</MessageName>\n  <Title>T</Title>\n  <Description>{description}</Description>\n</Message>"
    ))
}

fn refusal(methods: &str) -> ResponseTemplate {
    message(
        403,
        "MethodsNotAllocatedToKeyException",
        &format!(
            "The following methods specified in the MethodsToRun filter are not allocated to the requested key: \
             {methods}"
        ),
    )
}

fn get() -> MockBuilder {
    Mock::given(method("GET")).and(path("/api/batch/1.0/json.ashx"))
}

fn post() -> MockBuilder {
    Mock::given(method("POST"))
        .and(path("/api/batch/1.0/json.ashx"))
        .and(query_param("apiKey", KEY))
        .and(header("content-type", "application/xml"))
}

fn sign_in() -> MockBuilder {
    Mock::given(method("POST")).and(path("/auth/connect/token"))
}

fn token(token: &str, expires_in: u64) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string(format!(
        r#"{{"access_token":"{token}","expires_in":{expires_in},"token_type":"Bearer"}}"#
    ))
}

/// A server with these answers, each for so many requests, and no others.
async fn server(mocks: Vec<(MockBuilder, ResponseTemplate, u64)>) -> MockServer {
    let server = MockServer::start().await;
    for (priority, (mock, response, times)) in (1_u8..).zip(mocks) {
        mock.respond_with(response)
            .up_to_n_times(times)
            .expect(times)
            .with_priority(priority)
            .mount(&server)
            .await;
    }
    Mock::given(any())
        .respond_with(ResponseTemplate::new(418))
        .with_priority(u8::MAX)
        .expect(0)
        .named("a request that nobody expected")
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn the_wanted_areas_are_asked_for_by_a_post_with_their_dates() {
    let body = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Filters><MethodsToRun>\
                <Method>Cover_GetAllRoomClosuresAndCover</Method><Method>School_GetSchoolTerms</Method></MethodsToRun>\
                <CoverManager><AllRoomClosuresAndCover StartDate=\"2031-08-27\" EndDate=\"2032-10-07\"/></CoverManager>\
                </Filters>";
    let server = server(vec![(post().and(body_string(body)), ok(), 1)]).await;
    let payload = builder(&server)
        .build()
        .unwrap()
        .fetch_with(&request(&[DataArea::Terms, DataArea::RoomClosuresAndCover]))
        .await
        .unwrap();
    assert_eq!(payload.state(DataArea::Terms), AreaState::Present);
    assert_eq!(
        payload.state(DataArea::RoomClosuresAndCover),
        AreaState::Missing
    );
}

#[tokio::test]
async fn what_the_key_does_not_hold_is_refused_and_the_rest_asked_for_again() {
    let server = server(vec![
        (
            post().and(body_string_contains("Teaching_GetTeachingForms")),
            refusal("teaching_getteachingforms,\r\ncover_getalllessonsuspensions"),
            1,
        ),
        (
            post().and(body_string_contains("Estate_")),
            refusal("estate_getallbuildingsandclassrooms"),
            1,
        ),
        (post(), ok(), 1),
    ])
    .await;
    let payload = builder(&server)
        .build()
        .unwrap()
        .fetch_with(&request(&DataArea::ALL))
        .await
        .unwrap();
    for area in DataArea::ALL {
        let state = match area {
            DataArea::Terms => AreaState::Present,
            DataArea::TeachingForms | DataArea::LessonSuspensions | DataArea::BuildingsAndRooms => {
                AreaState::Refused
            }
            _ => AreaState::Missing,
        };
        assert_eq!(payload.state(area), state, "{area}");
    }
    let last = &server.received_requests().await.unwrap()[2];
    let body = String::from_utf8_lossy(&last.body).into_owned();
    assert_eq!(body.matches("<Method>").count(), 11);
    assert!(!body.contains("AllLessonSuspensions"), "{body}");
}

#[tokio::test]
async fn a_key_without_any_of_the_areas_is_no_error() {
    let areas = [DataArea::Terms, DataArea::TeachingSets];
    let server = server(vec![(
        post(),
        refusal("school_getschoolterms, teaching_getteachingsets"),
        1,
    )])
    .await;
    let client = builder(&server).build().unwrap();
    let payload = client.fetch_with(&request(&areas)).await.unwrap();
    for area in areas {
        assert_eq!(payload.state(area), AreaState::Refused, "{area}");
    }
    // And nothing is sent for nothing.
    let payload = client.fetch_with(&request(&[])).await.unwrap();
    assert_eq!(payload.state(DataArea::Terms), AreaState::Missing);
}

#[tokio::test]
async fn a_refusal_that_names_nothing_we_asked_for_is_an_error_with_advice() {
    for (methods, advice) in [
        ("schoolreports_getrecords", "the message names"),
        ("", "the message names"),
        (
            "cover_getallroomclosuresandcover",
            "*Cover Manager - Room Closures & Cover*",
        ),
    ] {
        let server = server(vec![(post(), refusal(methods), 1)]).await;
        let error = builder(&server)
            .build()
            .unwrap()
            .fetch_with(&request(&[DataArea::Terms]))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Server(_)), "{error:?}");
        assert!(error.advice().unwrap().contains(advice), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_takes_no_post_is_asked_by_get_once() {
    for status in [405, 404, 501] {
        let server = server(vec![
            (post(), ResponseTemplate::new(status), 1),
            (get(), ok(), 1),
        ])
        .await;
        let payload = builder(&server)
            .build()
            .unwrap()
            .fetch_with(&request(&[DataArea::Terms]))
            .await
            .unwrap();
        assert_eq!(payload.state(DataArea::Terms), AreaState::Present);
    }
    let server = server(vec![
        (post(), ResponseTemplate::new(404), 1),
        (get(), ResponseTemplate::new(404), 1),
    ])
    .await;
    let error = builder(&server)
        .build()
        .unwrap()
        .fetch_with(&request(&[DataArea::Terms]))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Status { .. }), "{error:?}");
}

#[tokio::test]
async fn a_get_that_needs_filters_says_so() {
    let needs = message(
        400,
        "FiltersRequiredException",
        "Method \"Cover - GetAllLessonSuspensions\" requires at least one filter. No filters have been supplied.",
    );
    let server = server(vec![(get(), needs, 1)]).await;
    let error = builder(&server).build().unwrap().fetch().await.unwrap_err();
    match &error {
        Error::Server(message) => assert_eq!(message.status.unwrap(), 400),
        other => panic!("{other:?}"),
    }
    assert!(error.advice().unwrap().contains("date range"));
}

#[tokio::test]
async fn the_answers_of_several_keys_are_merged_and_the_later_one_wins() {
    let answer = |name: &str, more: &str| {
        ResponseTemplate::new(200).set_body_string(format!(
            r#"{{"iSAMS":{{"SchoolManager":{{"Terms":{{"Term":[{{"@Id":"61","Name":"{name}"}}{more}]}}}}}}}}"#
        ))
    };
    let key = |key: &str| get().and(query_param("apiKey", key));
    let server = server(vec![
        (key(KEY), answer("Autumn", ""), 1),
        (
            key("second"),
            answer("Michaelmas", r#",{"@Id":"62","Name":"Lent"}"#),
            1,
        ),
    ])
    .await;
    let client = builder(&server).key("second".parse().unwrap());
    let payload = client.build().unwrap().fetch().await.unwrap();
    let names: Vec<_> = payload
        .terms
        .value()
        .unwrap()
        .iter()
        .filter_map(|term| term.name.as_deref())
        .collect();
    assert_eq!(names, ["Michaelmas", "Lent"]);
    assert_eq!(payload.findings().len(), 1);
}

#[tokio::test]
async fn an_area_is_refused_only_when_no_key_holds_it() {
    let key = |key: &str| Mock::given(method("POST")).and(query_param("apiKey", key));
    let server = server(vec![
        (
            key(KEY),
            refusal("school_getschoolterms,teaching_getteachingsets"),
            1,
        ),
        (
            key("second").and(body_string_contains("TeachingSets")),
            refusal("teaching_getteachingsets"),
            1,
        ),
        (key("second"), ok(), 1),
    ])
    .await;
    let payload = builder(&server)
        .key("second".parse().unwrap())
        .build()
        .unwrap()
        .fetch_with(&request(&[DataArea::Terms, DataArea::TeachingSets]))
        .await
        .unwrap();
    assert_eq!(payload.state(DataArea::Terms), AreaState::Present);
    assert_eq!(payload.state(DataArea::TeachingSets), AreaState::Refused);
}

#[tokio::test]
async fn a_failing_key_is_named_by_its_position_only() {
    let server = server(vec![
        (get().and(query_param("apiKey", KEY)), ok(), 1),
        (
            get(),
            message(401, "InvalidApiKey", "The API key second is invalid."),
            1,
        ),
    ])
    .await;
    let error = builder(&server)
        .key("second".parse().unwrap())
        .key("third".parse().unwrap())
        .build()
        .unwrap()
        .fetch()
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "API key number 2 failed");
    assert!(
        matches!(&error, Error::Key { position: 2, source } if matches!(**source, Error::Server(_)))
    );
    assert!(error.advice().unwrap().starts_with("Key number 2: "));
    assert!(!format!("{error:?}").contains("second"));
}

#[tokio::test]
async fn a_token_goes_with_the_key_and_is_kept() {
    let form = "grant_type=client_credentials&client_id=%7B0A1B2C3D-0000-4000-8000-00000000KEY1%7D\
                &client_secret=a+secret%26b&scope=apiv1";
    let server = server(vec![
        (sign_in().and(body_string(form)), token("t1", 3600), 1),
        (
            get()
                .and(query_param("apiKey", KEY))
                .and(header("authorization", "Bearer t1")),
            ok(),
            2,
        ),
        (post().and(header("authorization", "Bearer t1")), ok(), 1),
    ])
    .await;
    let client = with_secret(&server).build().unwrap();
    client.fetch().await.unwrap();
    client.clone().fetch().await.unwrap();
    client
        .fetch_with(&request(&[DataArea::Terms]))
        .await
        .unwrap();
}

#[tokio::test]
async fn client_id_scope_and_authentication_can_be_set() {
    let server = server(vec![
        (
            sign_in()
                .and(basic_auth("me%3Atoo", "a+secret%26b"))
                .and(body_string("grant_type=client_credentials")),
            token("t1", 3600),
            1,
        ),
        (get().and(header("authorization", "Bearer t1")), ok(), 1),
    ])
    .await;
    let client = with_secret(&server)
        .client_id("me:too")
        .scope(None)
        .client_authentication(ClientAuthentication::Basic)
        .build()
        .unwrap();
    client.fetch().await.unwrap();
}

#[tokio::test]
async fn tokens_may_come_from_elsewhere_but_not_in_the_open() {
    let elsewhere = server(vec![(
        Mock::given(path("/token")).and(body_string_contains("scope=other")),
        token("t1", 3600),
        1,
    )])
    .await;
    let server = server(vec![(
        get().and(header("authorization", "Bearer t1")),
        ok(),
        1,
    )])
    .await;
    let client = with_secret(&server)
        .scope(Some("other"))
        .token_url(&format!("{}/token", elsewhere.uri()));
    client.build().unwrap().fetch().await.unwrap();
    let error = with_secret(&server)
        .token_url("http://login.example/token")
        .build()
        .unwrap_err();
    assert!(matches!(error, Error::TokenAddress(_)), "{error:?}");
}

#[tokio::test]
async fn a_token_that_ran_out_is_renewed_before_it_is_used() {
    let server = server(vec![
        (sign_in(), token("t1", 0), 1),
        (sign_in(), token("t2", 3600), 1),
        (get().and(header("authorization", "Bearer t1")), ok(), 1),
        (get().and(header("authorization", "Bearer t2")), ok(), 2),
    ])
    .await;
    let client = with_secret(&server).build().unwrap();
    for _ in 0..3 {
        client.fetch().await.unwrap();
    }
}

#[tokio::test]
async fn after_a_401_one_new_token_is_tried() {
    let unauthorised = ResponseTemplate::new(401);
    let server = server(vec![
        (sign_in(), token("t1", 3600), 1),
        (sign_in(), token("t2", 3600), 1),
        (
            get().and(header("authorization", "Bearer t1")),
            unauthorised.clone(),
            1,
        ),
        (get().and(header("authorization", "Bearer t2")), ok(), 1),
    ])
    .await;
    let client = with_secret(&server).build().unwrap();
    client.fetch().await.unwrap();

    let server = self::server(vec![
        (sign_in(), token("t", 3600), 2),
        (get(), unauthorised, 2),
    ])
    .await;
    let error = with_secret(&server)
        .build()
        .unwrap()
        .fetch()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Status { status, .. } if *status == 401),
        "{error:?}"
    );
}

#[tokio::test]
async fn one_renewal_serves_all_who_wait() {
    let slow = token("t1", 3600).set_delay(Duration::from_millis(100));
    let server = server(vec![(sign_in(), slow, 1), (get(), ok(), 4)]).await;
    let client = with_secret(&server).build().unwrap();
    let fetches: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.fetch().await })
        })
        .collect();
    for fetch in fetches {
        fetch.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn the_sign_in_is_part_of_the_time_that_an_attempt_may_take() {
    let server = MockServer::start().await;
    let pause = Duration::from_millis(400);
    sign_in()
        .respond_with(token("t1", 3600).set_delay(pause))
        .mount(&server)
        .await;
    get()
        .respond_with(ok().set_delay(pause))
        .mount(&server)
        .await;
    // Either of them is in time, but both together are not.
    let client = with_secret(&server)
        .timeout(Duration::from_millis(700))
        .retries(0)
        .build()
        .unwrap();
    match client.fetch().await {
        Err(Error::Transport(error)) => assert!(error.is_timeout(), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_failed_sign_in_is_its_own_error() {
    for (status, body, shown, advice) in [
        (
            400,
            r#"{"error":"invalid_client"}"#,
            "no token from the server: it answered 400 Bad Request (invalid_client)",
            "client secret or id is wrong",
        ),
        (
            400,
            r#"{"error":"invalid_scope"}"#,
            "no token from the server: it answered 400 Bad Request (invalid_scope)",
            "scope",
        ),
        (
            404,
            "<html></html>",
            "no token from the server: it answered 404 Not Found",
            "no sign-in service",
        ),
        (
            200,
            "{}",
            "no token from the server: it answered 200 OK",
            "gave no token",
        ),
        (
            200,
            r#"{"access_token":"a\nb"}"#,
            "no token from the server: it answered 200 OK",
            "gave no token",
        ),
        (
            302,
            "",
            "no token from the server: it answered 302 Found",
            "points elsewhere",
        ),
    ] {
        let answer = ResponseTemplate::new(status).set_body_string(body);
        let server = server(vec![(sign_in(), answer, 1)]).await;
        let error = with_secret(&server)
            .build()
            .unwrap()
            .fetch()
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Token { .. }), "{error:?}");
        assert_eq!(error.to_string(), shown);
        assert!(error.advice().unwrap().contains(advice), "{error:?}");
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let busy = |status| ResponseTemplate::new(status);
    let lock = "Lock request time out period exceeded.  The statement has been terminated.";
    for answer in [
        busy(408),
        busy(429),
        busy(502),
        busy(503),
        busy(504),
        message(503, "Busy", "Later."),
        message(500, "UnhandledException", DEADLOCK),
        message(200, "UnhandledException", DEADLOCK),
        message(500, "UnhandledException", lock),
        ResponseTemplate::new(200).set_body_string(&TERMS[..40]),
    ] {
        let server = server(vec![(get(), answer, 2), (get(), ok(), 1)]).await;
        builder(&server).build().unwrap().fetch().await.unwrap();
    }
    // The sign-in, too.
    let server = server(vec![
        (sign_in(), busy(503), 1),
        (sign_in(), token("t1", 3600), 1),
        (get(), ok(), 1),
    ])
    .await;
    with_secret(&server).build().unwrap().fetch().await.unwrap();
}

#[tokio::test]
async fn what_lasts_is_not_tried_again() {
    for answer in [
        ResponseTemplate::new(400),
        ResponseTemplate::new(401),
        ResponseTemplate::new(403),
        ResponseTemplate::new(410),
        ResponseTemplate::new(500),
        message(401, "InvalidApiKey", "The API key is invalid."),
        message(
            500,
            "UnhandledException",
            "Data at the root level is invalid. Line 1, position 1.",
        ),
        ResponseTemplate::new(200).set_body_string("<html></html>"),
        ResponseTemplate::new(200).set_body_string("{\"iSAMS\":{},}"),
    ] {
        let server = server(vec![(get(), answer, 1)]).await;
        let error = builder(&server).build().unwrap().fetch().await.unwrap_err();
        assert!(!error.is_retryable(), "{error:?}");
    }
}

#[tokio::test]
async fn six_attempts_are_enough() {
    let server = server(vec![(get(), ResponseTemplate::new(503), 6)]).await;
    let error = builder(&server).build().unwrap().fetch().await.unwrap_err();
    assert!(matches!(error, Error::Status { .. }), "{error:?}");
}

#[tokio::test]
async fn retry_after_is_kept_where_there_is_time() {
    let busy = |seconds: &str| ResponseTemplate::new(429).insert_header("Retry-After", seconds);
    let server = server(vec![(get(), busy("1"), 1), (get(), ok(), 1)]).await;
    let began = Instant::now();
    builder(&server).build().unwrap().fetch().await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));

    let server = self::server(vec![(get(), busy("3600"), 1)]).await;
    let error = builder(&server).build().unwrap().fetch().await.unwrap_err();
    assert!(error.advice().unwrap().contains("too often"), "{error:?}");
}

/// Answers each connection with the next of these bytes, and closes it.
fn raw_server(answers: Vec<Vec<u8>>) -> (String, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(&answer);
        }
    });
    (url, thread)
}

fn raw(announced: usize, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

#[tokio::test]
async fn a_connection_closed_early_and_a_cut_body_are_tried_again() {
    let whole = raw(TERMS.len(), TERMS);
    for first in [
        Vec::new(),
        b"HTTP/1.1 200 OK\r\nContent-".to_vec(),
        raw(TERMS.len(), &TERMS[..30]),
        raw(TERMS.len() + 10, TERMS),
    ] {
        let (url, thread) = raw_server(vec![first, whole.clone()]);
        let client = Client::builder(&url, ApiKey::from(KEY.to_owned()))
            .first_retry_after(Duration::from_millis(1));
        let payload = client.build().unwrap().fetch().await.unwrap();
        assert_eq!(payload.rows(DataArea::Terms), 1);
        thread.join().unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    let bomb = ResponseTemplate::new(200)
        .insert_header("Content-Encoding", "gzip")
        .set_body_bytes(include_bytes!("bomb.gz"));
    for (answer, max_bytes) in [(bomb.clone(), 1024 * 1024), (ok(), TERMS.len() as u64 - 1)] {
        let server = server(vec![(get(), answer, 1)]).await;
        let client = builder(&server).max_bytes(max_bytes).build().unwrap();
        let error = client.fetch().await.unwrap_err();
        assert!(
            matches!(error, Error::TooLarge { max_bytes: cap } if cap == max_bytes),
            "{error:?}"
        );
        assert!(!error.is_retryable());
    }
    // The whole of it is fine where it may be that long.
    let server = server(vec![(get(), bomb, 1), (get(), ok(), 1)]).await;
    builder(&server).build().unwrap().fetch().await.unwrap();
    let exact = builder(&server).max_bytes(TERMS.len() as u64);
    exact.build().unwrap().fetch().await.unwrap();

    let (url, thread) = raw_server(vec![raw(usize::MAX / 2, TERMS)]);
    let client = Client::builder(&url, ApiKey::from(KEY.to_owned()));
    let error = client.build().unwrap().fetch().await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error:?}");
    thread.join().unwrap();
}

#[tokio::test]
async fn a_compressed_answer_that_goes_on_without_an_end_is_not_read_for_ever() {
    // Empty blocks of deflate: five bytes each, which unpack to nothing.
    let mut endless = include_bytes!("bomb.gz")[..10].to_vec();
    endless.extend([0, 0, 0, 0xFF, 0xFF].repeat(100_000));
    let answer = ResponseTemplate::new(200)
        .insert_header("Content-Encoding", "gzip")
        .set_body_bytes(endless);
    let server = server(vec![(get(), answer, 1)]).await;
    let client = builder(&server).max_bytes(300_000).build().unwrap();
    let error = client.fetch().await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error:?}");
}

#[tokio::test]
async fn a_compressed_answer_that_was_cut_off_is_tried_again() {
    let packed = include_bytes!("bomb.gz");
    let gzip = |bytes: &[u8]| {
        ResponseTemplate::new(200)
            .insert_header("Content-Encoding", "GZip")
            .set_body_bytes(bytes)
    };
    let broken = [&packed[..10], b"this is no deflate"].concat();
    for bytes in [&packed[..packed.len() - 20], &broken] {
        let server = server(vec![(get(), gzip(bytes), 1), (get(), gzip(packed), 1)]).await;
        builder(&server).build().unwrap().fetch().await.unwrap();
    }
    let server = server(vec![(get(), gzip(&broken), 1)]).await;
    let client = builder(&server).retry_for(Duration::ZERO).build().unwrap();
    let error = client.fetch().await.unwrap_err();
    assert!(matches!(error, Error::Gzip(_)), "{error:?}");
    assert!(error.is_retryable() && error.advice().is_some());
}

#[tokio::test]
async fn xml_is_asked_for_at_its_own_address() {
    let server = server(vec![(
        Mock::given(path("/api/batch/1.0/xml.ashx")).and(query_param("apiKey", KEY)),
        ok(),
        1,
    )])
    .await;
    builder(&server)
        .format(Format::Xml)
        .build()
        .unwrap()
        .fetch()
        .await
        .unwrap();
}

#[tokio::test]
async fn events_by_dates_are_asked_for_by_their_own_method_and_may_be_refused() {
    let simulator = isams_simulator::Simulator::builder()
        .key_with(KEY, ["Calendar_GetEvents"])
        .key_with("lacks", ["School_GetSchoolTerms"])
        .strict_filters(true)
        .body(isams_simulator::generate::alder_prep().body())
        .start()
        .await
        .unwrap();
    let ask = async |key: &str| {
        let client = Client::builder(&simulator.url(), ApiKey::from(key.to_owned()))
            .build()
            .unwrap();
        let mut request = request(&[DataArea::EventsThisYear, DataArea::EventsNextYear]);
        request.filtered_events = true;
        client.fetch_with(&request).await.unwrap()
    };
    let payload = ask(KEY).await;
    assert_eq!(payload.state(DataArea::EventsThisYear), AreaState::Present);
    assert_eq!(payload.state(DataArea::EventsNextYear), AreaState::Missing);
    let payload = ask("lacks").await;
    assert_eq!(payload.state(DataArea::EventsThisYear), AreaState::Refused);
}
