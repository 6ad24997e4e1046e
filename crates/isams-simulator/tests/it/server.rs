use isams_simulator::{Answer, BATCH_PATH, Simulator};
use reqwest::{Client, Method, StatusCode};

use crate::school;

const KEY: &str = "00000000-0000-0000-0000-00000000000a";

async fn simulator() -> Simulator {
    Simulator::builder()
        .key(KEY)
        .body(r#"{"iSAMS":{}}"#)
        .start()
        .await
        .unwrap()
}

/// Status, content type and text of a GET.
async fn get(url: String) -> (u16, String, String) {
    let answer = reqwest::get(url).await.unwrap();
    let status = answer.status().as_u16();
    let content_type = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (status, content_type, answer.text().await.unwrap())
}

#[tokio::test]
async fn a_right_key_gets_the_body_however_it_is_written() {
    let simulator = simulator().await;
    let batch = format!("{}{BATCH_PATH}", simulator.url());
    for query in [
        format!("apiKey={KEY}"),
        format!("apiKey={{{KEY}}}"),
        format!("apiKey=%7B{KEY}%7D"),
        format!("APIKEY={KEY}"),
        format!("other=1&apikey={KEY}"),
    ] {
        let (status, content_type, body) = get(format!("{batch}?{query}")).await;
        assert_eq!(
            (status, content_type.as_str()),
            (200, "application/json; charset=utf-8"),
            "{query}"
        );
        assert_eq!(body, r#"{"iSAMS":{}}"#);
    }
}

#[tokio::test]
async fn a_key_in_braces_lets_in_the_one_without() {
    let simulator = Simulator::builder()
        .key(&format!("{{{KEY}}}"))
        .key("second")
        .start()
        .await
        .unwrap();
    for key in [KEY, "second"] {
        assert_eq!(
            get(format!("{}{BATCH_PATH}?apiKey={key}", simulator.url()))
                .await
                .0,
            200
        );
    }
}

#[tokio::test]
async fn a_wrong_or_missing_key_gets_the_error_document() {
    let simulator = simulator().await;
    let batch = format!("{}{BATCH_PATH}", simulator.url());
    for (query, status, id) in [
        ("?apiKey=wrong", 401, "InvalidApiKey"),
        ("?apiKey=", 400, "MissingParameter"),
        ("?key=1", 400, "MissingParameter"),
        ("", 400, "MissingParameter"),
    ] {
        let (answered, _, body) = get(format!("{batch}{query}")).await;
        assert_eq!(answered, status, "{query}");
        assert!(
            body.starts_with(r#"<?xml version="1.0" encoding="utf-16"?>"#),
            "{body}"
        );
        assert!(
            body.contains(&format!("<MessageId>{id}</MessageId>")),
            "{body}"
        );
    }
}

#[tokio::test]
async fn only_get_and_post_of_the_batch_paths_are_answered_and_all_is_logged() {
    let simulator = simulator().await;
    let client = Client::new();
    let url = simulator.url();
    for (method, path, status) in [
        (Method::GET, BATCH_PATH, StatusCode::OK),
        (Method::POST, BATCH_PATH, StatusCode::OK),
        (Method::PUT, BATCH_PATH, StatusCode::METHOD_NOT_ALLOWED),
        (Method::HEAD, BATCH_PATH, StatusCode::METHOD_NOT_ALLOWED),
        (Method::DELETE, BATCH_PATH, StatusCode::METHOD_NOT_ALLOWED),
        (
            Method::GET,
            "/api/batch/1.0/other.ashx",
            StatusCode::NOT_FOUND,
        ),
        (Method::POST, "/", StatusCode::NOT_FOUND),
    ] {
        let answer = client
            .request(method, format!("{url}{path}?apiKey={KEY}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status);
    }
    let requests = simulator.requests();
    let reads: Vec<_> = requests.iter().map(|it| it.only_reads()).collect();
    assert_eq!(reads, [true, true, false, true, false, true, false]);
    let log: Vec<_> = requests
        .into_iter()
        .map(|it| (it.method, it.path, it.status))
        .collect();
    let log: Vec<_> = log
        .iter()
        .map(|(method, path, status)| (method.as_str(), path.as_str(), *status))
        .collect();
    assert_eq!(
        log,
        [
            ("GET", BATCH_PATH, 200),
            ("POST", BATCH_PATH, 200),
            ("PUT", BATCH_PATH, 405),
            ("HEAD", BATCH_PATH, 405),
            ("DELETE", BATCH_PATH, 405),
            ("GET", "/api/batch/1.0/other.ashx", 404),
            ("POST", "/", 404),
        ]
    );
}

#[tokio::test]
async fn any_answer_can_be_given_in_turn() {
    let simulator = simulator().await;
    let url = format!("{}{BATCH_PATH}?apiKey={KEY}", simulator.url());
    let page = Answer {
        status: 200,
        content_type: "text/html".to_owned(),
        body: b"<!DOCTYPE html><p>Log in".to_vec(),
    };
    let busy = Answer::message(
        500,
        "UnhandledException",
        "Unknown Error",
        "a < b. Rerun the transaction.",
    );
    let cut = Answer::json(r#"{"iSAMS":{"Scho"#);
    simulator.set_answer(page);
    assert_eq!(
        get(url.clone()).await,
        (
            200,
            "text/html".to_owned(),
            "<!DOCTYPE html><p>Log in".to_owned()
        )
    );
    simulator.set_answer(busy);
    let (status, _, body) = get(url.clone()).await;
    assert_eq!(status, 500);
    assert!(
        body.contains("<Description>a &lt; b. Rerun the transaction.</Description>"),
        "{body}"
    );
    simulator.set_answer(cut);
    assert_eq!(get(url.clone()).await.2, r#"{"iSAMS":{"Scho"#);
    simulator.set_body(r#"{"iSAMS":null}"#);
    assert_eq!(get(url).await.2, r#"{"iSAMS":null}"#);
}

#[tokio::test]
async fn a_day_is_served_and_then_the_next() {
    let alder = school("alder-prep");
    let day = |name| alder.day(name).unwrap();
    let simulator = Simulator::builder()
        .key(KEY)
        .day(day("first"))
        .unwrap()
        .start()
        .await
        .unwrap();
    let url = format!("{}{BATCH_PATH}?apiKey={KEY}", simulator.url());
    assert!(get(url.clone()).await.2.as_bytes() == day("first").body().unwrap());
    simulator.serve_day(day("republished")).unwrap();
    assert!(get(url).await.2.as_bytes() == day("republished").body().unwrap());
}

#[tokio::test]
async fn nothing_that_is_printed_shows_the_key() {
    let builder = Simulator::builder().key(KEY);
    assert!(format!("{builder:?}").contains("[redacted]"));
    assert!(!format!("{builder:?}").contains(KEY));
    let simulator = builder.start().await.unwrap();
    get(format!("{}{BATCH_PATH}?apiKey={KEY}", simulator.url())).await;
    let shown = format!("{simulator:?} {:?}", simulator.requests());
    assert!(
        shown.contains("[redacted]") && !shown.contains(KEY),
        "{shown}"
    );
}

#[tokio::test]
async fn shutdown_frees_the_port_for_the_next() {
    let first = simulator().await;
    let url = first.url();
    get(format!("{url}{BATCH_PATH}")).await;
    first.shutdown().await;
    assert!(reqwest::get(&url).await.is_err());

    let port = url.rsplit(':').next().unwrap().parse().unwrap();
    let second = Simulator::builder().port(port).start().await.unwrap();
    assert_eq!(second.url(), url);
    let error = Simulator::builder().port(port).start().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot listen on 127.0.0.1:{port}")
    );
}

#[tokio::test]
async fn dropping_stops_the_server() {
    let simulator = simulator().await;
    let url = simulator.url();
    drop(simulator);
    for _ in 0..100 {
        if reqwest::get(&url).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("still listening");
}
