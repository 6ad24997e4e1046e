//! Every fault of the simulator against the real client.

use std::{collections::BTreeSet, error::Error as _, net::TcpListener, time::Duration};

use isams_client::{
    ApiKey, AreaState, Client, ClientBuilder, ClientSecret, DataArea, Error, Format, Payload,
};
use isams_simulator::{Fault, KnownError, Request, Simulator, SimulatorBuilder};

const KEY: &str = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";
const SECRET: &str = "hush-hush-secret";

const BODY: &str = r#"{"iSAMS":{"SchoolManager":{"Terms":{"Term":{"@Id":"61","Name":"Autumn"}}},"HRManager":{"CurrentStaff":{"StaffMember":{"@Id":"1","Initials":"ABC"}}}}}"#;

/// How an attempt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With a payload.
    Payload,
    /// With an error of this variant, which lasts.
    Lasts(&'static str),
    /// With an error of this variant, after which the client tries again.
    Passes(&'static str),
}
use End::{Lasts, Passes, Payload as Answered};

/// What each fault leads to in JSON and in XML.
const FAULTS: [(&str, End, End); 27] = [
    ("deadlock", Passes("server"), Passes("server")),
    ("lock-timeout", Passes("server"), Passes("server")),
    ("error:InvalidApiKey", Lasts("server"), Lasts("server")),
    (
        "error:MethodsNotAllocated",
        Lasts("server"),
        Lasts("server"),
    ),
    ("error:FiltersRequired", Lasts("server"), Lasts("server")),
    ("error:MissingParameter", Lasts("server"), Lasts("server")),
    ("error:Deadlock", Passes("server"), Passes("server")),
    ("error:LockTimeout", Passes("server"), Passes("server")),
    ("error:BadFilter", Lasts("server"), Lasts("server")),
    (SLOW, Passes("transport"), Passes("transport")),
    ("slow-drip:50:1ms", Answered, Answered),
    ("cut-body:0", Passes("transport"), Passes("transport")),
    ("cut-body:30", Passes("transport"), Passes("transport")),
    ("reset", Passes("transport"), Passes("transport")),
    ("html-page", Lasts("not iSAMS"), Lasts("not iSAMS")),
    ("empty-manager:HRManager", Answered, Answered),
    ("gzip-bomb:30MiB", Lasts("too large"), Lasts("too large")),
    ("wrong-length:+5", Passes("transport"), Passes("transport")),
    ("wrong-length:-5", Passes("decode"), Passes("xml")),
    (
        "redirect:https://other.example/?apiKey=x",
        Lasts("status"),
        Lasts("status"),
    ),
    // serde_json reads past what nobody asked for without going down into it.
    ("deep-nesting:100000", Answered, Lasts("xml")),
    ("invalid-utf8", Answered, Answered),
    ("bom", Answered, Answered),
    ("status:500", Lasts("status"), Lasts("status")),
    ("status:503", Passes("status"), Passes("status")),
    ("too-many-requests:0", Passes("status"), Passes("status")),
    ("unavailable:0", Passes("status"), Passes("status")),
];

const SLOW: &str = "slow-drip:8:3600s";

fn fault(text: &str) -> Fault {
    text.parse().unwrap()
}

fn simulator() -> SimulatorBuilder {
    Simulator::builder().key(KEY).body(BODY)
}

fn client(simulator: &Simulator, format: Format) -> ClientBuilder {
    Client::builder(&simulator.url(), ApiKey::from(KEY.to_owned()))
        .format(format)
        .first_retry_after(Duration::from_millis(1))
        .max_bytes(16 << 20)
}

fn variant(error: &Error) -> &'static str {
    match error {
        Error::Transport(_) => "transport",
        Error::Token { .. } => "token",
        Error::Status { .. } => "status",
        Error::Server(_) => "server",
        Error::TooLarge { .. } => "too large",
        Error::NotIsams { .. } => "not iSAMS",
        Error::Decode { .. } => "decode",
        Error::Xml { .. } => "xml",
        _ => "other",
    }
}

fn end(answer: &Result<Payload, Error>) -> End {
    match answer {
        Ok(_) => Answered,
        Err(error) if error.is_retryable() => Passes(variant(error)),
        Err(error) => Lasts(variant(error)),
    }
}

/// The error with its sources, and the advice.
fn shown(error: &Error) -> String {
    let mut shown = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        shown += &format!(": {error}");
        source = error.source();
    }
    shown + " | " + &error.advice().unwrap_or_default()
}

fn assert_only_reads(log: &[Request], fault: &str) {
    assert!(log.iter().all(Request::only_reads), "{fault}: {log:?}");
}

#[tokio::test]
async fn every_fault_ends_as_it_should_with_one_attempt_and_with_two() {
    for (text, json, xml) in FAULTS {
        // Only the slow answer uses it up; the whole one after it is small.
        let seconds = if text == SLOW { [1, 3] } else { [60, 60] };
        let [once, twice] = seconds.map(Duration::from_secs);
        for (format, expected) in [(Format::Json, json), (Format::Xml, xml)] {
            let simulator = simulator().script([fault(text)]).start().await.unwrap();
            let client = |timeout| client(&simulator, format).timeout(timeout);
            let once = client(once).retries(0);
            let answer = once.build().unwrap().fetch().await;
            assert_eq!(end(&answer), expected, "{text} {format:?}: {answer:?}");
            assert_eq!(simulator.requests().len(), 1, "{text} {format:?}");

            simulator.script([fault(text)]);
            let again = client(twice).retries(1).build().unwrap().fetch().await;
            let log = simulator.requests();
            if let Passes(_) = expected {
                assert_eq!(log.len(), 1 + 2, "{text} {format:?}");
                assert_eq!(again.unwrap().rows(DataArea::Terms), 1, "{text} {format:?}");
            } else {
                assert_eq!(log.len(), 1 + 1, "{text} {format:?}");
                assert_eq!(end(&again), expected, "{text} {format:?}: {again:?}");
            }
            assert_eq!(simulator.faults_left(), 0, "{text}");
            assert_only_reads(&log, text);
        }
    }
}

#[test]
fn the_table_has_every_fault_and_every_error_document() {
    let named = |text: &str| text.split(':').next().unwrap().to_owned();
    let names: BTreeSet<_> = FAULTS.iter().map(|(text, ..)| named(text)).collect();
    let unknown = "?".parse::<Fault>().unwrap_err().to_string();
    let (_, known) = unknown.split_once("known are ").unwrap();
    assert_eq!(names, known.split(", ").map(named).collect());
    for error in KnownError::ALL {
        let written = Fault::Known(error).to_string();
        assert!(
            FAULTS.iter().any(|(text, ..)| *text == written),
            "{written}"
        );
    }
}

#[tokio::test]
async fn a_fault_that_leaves_a_payload_shows_in_it() {
    for format in [Format::Json, Format::Xml] {
        let after = async |text: &str| {
            let simulator = simulator().script([fault(text)]).start().await.unwrap();
            let client = client(&simulator, format).build().unwrap();
            client.fetch().await.unwrap()
        };
        let whole = after("slow-drip:50:1ms").await;
        assert_eq!(whole.state(DataArea::CurrentStaff), AreaState::Present);
        assert!(whole.findings().is_empty(), "{:?}", whole.findings());
        assert_eq!(after("bom").await, whole);

        let emptied = after("empty-manager:HRManager").await;
        assert_eq!(emptied.state(DataArea::CurrentStaff), AreaState::Missing);
        assert_eq!(emptied.terms, whole.terms);

        let mended = after("invalid-utf8").await;
        assert_eq!(mended.rows(DataArea::Terms), 1);
        assert_eq!(mended.findings().len(), 1);
        assert!(mended.findings()[0].reason.contains("UTF-8"));
    }
    let simulator = simulator()
        .script([fault("deep-nesting:100000")])
        .start()
        .await
        .unwrap();
    let client = client(&simulator, Format::Json).build().unwrap();
    let deep = client.fetch().await.unwrap();
    assert_eq!(deep.state(DataArea::Terms), AreaState::Unreadable);
}

/// Texts that are the same because the client cannot tell the faults apart.
const SAME: [(&str, &str); 4] = [
    // Two ways to ask for the same document.
    ("deadlock", "error:Deadlock"),
    ("lock-timeout", "error:LockTimeout"),
    // The connection ends before the length that was stated, whether the server or the length is to blame.
    ("cut-body:0", "cut-body:30"),
    ("cut-body:0", "wrong-length:+5"),
];

#[tokio::test]
async fn every_failure_has_its_own_text_and_advice() {
    let mut texts: Vec<(&str, String)> = Vec::new();
    for (text, json, _) in FAULTS.into_iter().filter(|(_, json, _)| *json != Answered) {
        let timeout = Duration::from_secs(if text == SLOW { 1 } else { 60 });
        let simulator = simulator().script([fault(text)]).start().await.unwrap();
        let client = client(&simulator, Format::Json).timeout(timeout).retries(0);
        let error = client.build().unwrap().fetch().await.unwrap_err();
        assert_eq!(
            variant(&error),
            match json {
                Passes(variant) | Lasts(variant) => variant,
                Answered => "none",
            }
        );
        assert!(error.advice().is_some(), "{text}: {error}");
        texts.push((text, shown(&error)));
    }
    for (index, (fault, text)) in texts.iter().enumerate() {
        let earlier = texts[..index].iter().find(|(_, earlier)| earlier == text);
        let same = SAME.iter().find(|(_, later)| later == fault);
        assert_eq!(
            earlier.map(|(earlier, _)| *earlier),
            same.map(|(earlier, _)| *earlier),
            "{fault}: {text}"
        );
    }
}

#[tokio::test]
async fn who_does_not_listen_and_who_speaks_no_tls_are_told_apart() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let simulator = simulator().start().await.unwrap();
    let nobody = format!("http://127.0.0.1:{port}");
    let no_tls = simulator.url().replace("http:", "https:");
    let mut texts = BTreeSet::new();
    for (url, text) in [
        (nobody, "no connection to the server"),
        (no_tls, "no secure connection to the server"),
    ] {
        let client = Client::builder(&url, ApiKey::from(KEY.to_owned()))
            .build()
            .unwrap();
        let error = error_of(&client).await;
        assert_eq!(variant(&error), "transport");
        assert!(!error.is_retryable(), "{error:?}");
        assert_eq!(error.to_string(), text);
        texts.insert(error.advice());
    }
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(simulator.requests().is_empty());
}

async fn error_of(client: &Client) -> Error {
    client.fetch().await.unwrap_err()
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_told_and_not_kept() {
    for (text, told) in [
        (
            "too-many-requests:3600",
            "asks to come back after 3600 seconds",
        ),
        ("unavailable:3600", "asks to come back after 3600 seconds"),
    ] {
        let simulator = simulator().script([fault(text)]).start().await.unwrap();
        let client = client(&simulator, Format::Json).build().unwrap();
        let error = error_of(&client).await;
        assert!(error.to_string().ends_with(told), "{error}");
        assert_eq!(simulator.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_token_that_ran_out_is_no_failure_and_wrong_credentials_are_their_own() {
    let lasting = Duration::from_secs(3_600);
    let simulator = simulator()
        .oauth("client-id", SECRET, lasting)
        .start()
        .await
        .unwrap();
    let with = |id: &str, secret: &str| {
        client(&simulator, Format::Json)
            .client_id(id)
            .client_secret(ClientSecret::from(secret.to_owned()))
            .build()
            .unwrap()
    };
    let right = with("client-id", SECRET);
    right.fetch().await.unwrap();
    simulator.expire_tokens();
    right.fetch().await.unwrap();
    // Token, data; then data refused, another token, data.
    let statuses: Vec<_> = simulator.requests().iter().map(|it| it.status).collect();
    assert_eq!(statuses, [200, 200, 401, 200, 200]);

    for wrong in [with("client-id", "guess-guess"), with("someone", SECRET)] {
        let error = error_of(&wrong).await;
        assert_eq!(variant(&error), "token");
        assert!(!error.is_retryable(), "{error:?}");
        let text = shown(&error);
        assert!(text.contains("client secret or id is wrong"), "{text}");
        assert!(!text.contains(SECRET) && !text.contains("guess"), "{text}");
    }
    let none = client(&simulator, Format::Json).build().unwrap();
    let error = error_of(&none).await;
    assert!(error.advice().unwrap().contains("client id and secret"));
    assert_only_reads(&simulator.requests(), "sign-in");
}
