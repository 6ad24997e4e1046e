use std::time::Duration;

use isams_simulator::{Simulator, TOKEN_PATH};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::{KEY, json_url, sent};

const SECRET: &str = "s3cret+&=";
const FORM: &str = "grant_type=client_credentials&client_id={00000000-0000-0000-0000-00000000000b}\
                    &client_secret=s3cret%2B%26%3D&scope=apiv1";

async fn simulator() -> Simulator {
    Simulator::builder()
        .key(KEY)
        .oauth(KEY, SECRET, Duration::from_secs(3_600))
        .start()
        .await
        .unwrap()
}

fn ask(simulator: &Simulator, form: &str) -> RequestBuilder {
    Client::new()
        .post(format!("{}{TOKEN_PATH}", simulator.url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned())
}

async fn token(simulator: &Simulator) -> String {
    let (status, body) = sent(ask(simulator, FORM)).await;
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["expires_in"], 3_600);
    assert_eq!(body["token_type"], "Bearer");
    body["access_token"].as_str().unwrap().to_owned()
}

async fn status(simulator: &Simulator, token: &str) -> u16 {
    sent(Client::new().get(json_url(simulator)).bearer_auth(token))
        .await
        .0
}

#[tokio::test]
async fn data_needs_a_token_that_holds() {
    let simulator = simulator().await;
    let refused = reqwest::get(json_url(&simulator)).await.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    assert_eq!(status(&simulator, "guessed").await, 401);

    let first = token(&simulator).await;
    assert_eq!(status(&simulator, &first).await, 200);
    simulator.advance(Duration::from_secs(3_599));
    assert_eq!(status(&simulator, &first).await, 200);
    let second = token(&simulator).await;
    simulator.advance(Duration::from_secs(1));
    assert_eq!(status(&simulator, &first).await, 401);
    assert_eq!(status(&simulator, &second).await, 200);
    simulator.expire_tokens();
    assert_eq!(status(&simulator, &second).await, 401);
    assert_ne!(token(&simulator).await, second);
}

#[tokio::test]
async fn the_key_is_needed_as_well() {
    let simulator = simulator().await;
    let token = token(&simulator).await;
    let url = json_url(&simulator).replace(KEY, "another");
    let (status, body) = sent(Client::new().get(url).bearer_auth(&token)).await;
    assert_eq!((status, body.contains("InvalidApiKey")), (401, true));
}

#[tokio::test]
async fn credentials_come_in_the_form_or_by_basic() {
    let simulator = simulator().await;
    let basic = ask(&simulator, "grant_type=client_credentials").basic_auth(KEY, Some(SECRET));
    assert_eq!(sent(basic).await.0, 200);
    token(&simulator).await;
    let scopes: Vec<_> = simulator
        .requests()
        .into_iter()
        .map(|it| (it.method, it.path, it.scope, it.bearer))
        .collect();
    let log = |scope: Option<&str>| {
        let (method, path) = ("POST".to_owned(), TOKEN_PATH.to_owned());
        (method, path, scope.map(str::to_owned), false)
    };
    assert_eq!(scopes, [log(None), log(Some("apiv1"))]);
}

#[tokio::test]
async fn others_get_no_token() {
    let simulator = simulator().await;
    let client_error = json!({"error": "invalid_client"});
    for (form, expected) in [
        (FORM.replace("s3cret", "guess"), &client_error),
        (FORM.replace("client_id={0", "client_id={1"), &client_error),
        ("grant_type=client_credentials".to_owned(), &client_error),
        (
            FORM.replace("client_credentials", "password"),
            &json!({"error": "unsupported_grant_type"}),
        ),
        (String::new(), &json!({"error": "unsupported_grant_type"})),
    ] {
        let (status, body) = sent(ask(&simulator, &form)).await;
        assert_eq!(status, 400);
        assert_eq!(&serde_json::from_str::<Value>(&body).unwrap(), expected);
    }
    let basic = ask(&simulator, "grant_type=client_credentials").basic_auth(KEY, Some("guess"));
    assert_eq!(sent(basic).await.0, 400);
    let get = Client::new().get(format!("{}{TOKEN_PATH}", simulator.url()));
    assert_eq!(sent(get).await.0, 405);
}

#[tokio::test]
async fn without_oauth_there_is_no_such_path_and_no_token_is_needed() {
    let simulator = Simulator::builder().key(KEY).start().await.unwrap();
    assert_eq!(sent(ask(&simulator, FORM)).await.0, 404);
    assert_eq!(status(&simulator, "any").await, 200);
    assert!(simulator.requests()[1].bearer);
}

#[tokio::test]
async fn nothing_that_is_printed_shows_a_secret() {
    let builder = Simulator::builder()
        .key(KEY)
        .key_with("second-key", ["School_GetSchoolTerms"])
        .oauth(KEY, SECRET, Duration::from_secs(3_600));
    let before = format!("{builder:?}");
    let simulator = builder.start().await.unwrap();
    let token = token(&simulator).await;
    assert_eq!(status(&simulator, &token).await, 200);
    let after = format!("{simulator:?} {:?}", simulator.requests());
    for shown in [before, after] {
        for secret in [KEY, "second-key", SECRET, "s3cret", token.as_str()] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}
