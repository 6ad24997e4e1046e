//! `serve`: the nightly syncs of the real program, until it is stopped; and weeks that are rehearsed.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use isams_simulator::{Answer, Fixture, KnownError};
use serde_json::{Value, json};

use crate::{
    cli::{Cli, FIRST, Running, alder, fixtures, len},
    isams::{Isams, KEY},
    mail::{MailServer, settings},
};

/// The program while it serves.
struct Serving {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The document that it printed.
    document: Value,
}

/// How it ended.
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Serving {
    fn start(cli: &Cli, flags: &[&str]) -> Self {
        let words = ["serve", "--no-pages", "--json", "--health", "127.0.0.1:0"];
        let mut child = cli
            .command(&[&words, flags].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.ends_with("\n}\n") {
            assert!(
                stdout.read_line(&mut text).unwrap() > 0,
                "no document: {text}"
            );
        }
        let document = serde_json::from_str(&text).unwrap();
        Self {
            child,
            stdout,
            document,
        }
    }

    /// The status and the document of its health.
    fn health(&self) -> (u16, Value) {
        let url = self.document["health"].as_str().unwrap();
        let address = url
            .trim_start_matches("http://")
            .trim_end_matches("/health");
        health(address).unwrap()
    }

    /// Its health once it is so.
    fn health_when(&self, is: impl Fn(&Value) -> bool) -> (u16, Value) {
        loop {
            let (status, document) = self.health();
            if is(&document) {
                return (status, document);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        // It may be gone already.
        let _ = Command::new("kill")
            .args([name, &pid])
            .stderr(Stdio::null())
            .status();
    }

    fn end(mut self) -> Ended {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let mut errors = self.child.stderr.take().unwrap();
        errors.read_to_string(&mut stderr).unwrap();
        self.stdout.read_to_string(&mut stdout).unwrap();
        let code = self.child.wait().unwrap().code().unwrap();
        Ended {
            code,
            stdout,
            stderr,
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn health(address: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    let request = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

fn statuses(cli: &Cli) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut runs: Vec<_> = cli
        .json(&["runs"])
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (text(&run["started"]), text(&run["status"])))
        .collect();
    runs.reverse();
    runs
}

#[test]
fn what_serve_cannot_do_it_says_before_it_makes_a_database() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let url = ["--url", "https://school.example"];
    for (words, says) in [
        (vec![], "the pages for administrators are not there yet"),
        (
            vec!["--no-pages", "--now", "2031-09-02T01:00"],
            "--now is for --rehearse only",
        ),
        (
            vec!["--no-pages", "--health", "0.0.0.0:8080"],
            "answers on this computer only",
        ),
        (
            vec!["--no-pages", "--health", "192.0.2.1:8080"],
            "not 192.0.2.1",
        ),
        (vec!["--no-pages", "--at", "1 am"], "for example 01:00"),
        (vec!["--no-pages", "--jitter", "721"], "721"),
    ] {
        let ran = cli.run(&[&["serve"], &url[..], &words].concat()).expect(2);
        assert!(ran.stderr.contains(says), "{says}: {}", ran.stderr);
    }
    let from = alder("first");
    let ran = cli.run(&["serve", "--no-pages", "--from", &from]).expect(2);
    assert!(
        ran.stderr.contains("--from is for --rehearse only"),
        "{}",
        ran.stderr
    );
    assert!(!cli.path("timetable-sync.db").exists());
}

/// A time of day half a day from now, so that no test goes over it.
fn far_from_now() -> String {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    format!("{:02}:00", (since.as_secs() / 3600 + 12) % 24)
}

#[test]
fn it_syncs_at_once_says_that_all_is_well_and_stops_by_either_signal() {
    for signal in ["-TERM", "-INT"] {
        let isams = Isams::start(|it| it);
        let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
        let (at, url) = (far_from_now(), isams.url());
        let mut flags = vec!["--url", &url, "--zone", "UTC", "--at", &at];
        flags.extend(["--jitter", "0", "--log-format", "json"]);
        let serving = Serving::start(&cli, &flags);
        assert_eq!(serving.document["school"], "school");
        assert_eq!(serving.document["at_once"], true);
        assert_eq!(serving.document["mail"], false);
        let next = serving.document["next"].as_str().unwrap();
        assert!(next.ends_with(&format!("T{at}")), "{next}");

        let (status, health) = serving.health_when(|it| it["schools"][0]["last_run"].is_object());
        assert_eq!((status, &health["healthy"]), (200, &true.into()));
        let school = &health["schools"][0];
        assert_eq!(school["last_run"]["status"], "applied");
        assert_eq!(school["last_run"]["started"], school["last_success"]);
        // The administrator is to hear of the first run, and no mail server is set.
        assert_eq!(health["outbox"], json!({"queued": 1, "failed": 0}));

        serving.signal(signal);
        let ended = serving.end();
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert_eq!(ended.stdout, "", "more than one document");
        assert!(!cli.path("timetable-sync.db-wal").exists());
        // The log: one line for the run, with school and run, and no key.
        let lines: Vec<Value> = ended
            .stderr
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let [line] = &lines[..] else {
            panic!("{}", ended.stderr)
        };
        assert_eq!(line["fields"]["message"], "run committed");
        assert_eq!(line["fields"]["status"], "applied");
        let spans = line["spans"].as_array().unwrap();
        assert_eq!(spans[0]["school"], "school");
        assert_eq!(spans[0]["run"], "1");
        assert!(!ended.stderr.contains(&KEY[..8]));
        assert_eq!(statuses(&cli).len(), 1);
        assert_eq!(isams.log().len(), 1);

        // A restart on the same day syncs nothing again.
        let serving = Serving::start(&cli, &flags);
        assert_eq!(serving.document["at_once"], false);
        let (status, health) = serving.health_when(|it| it["schools"][0].is_object());
        assert_eq!(status, 200);
        assert_eq!(health["schools"][0]["last_run"]["status"], "applied");
        serving.signal(signal);
        assert_eq!(serving.end().code, 0);
        assert_eq!(isams.log().len(), 1);
    }
}

#[test]
fn a_signal_drops_what_is_being_read_and_leaves_nothing_behind() {
    // Some seconds for the whole answer.
    let isams = Isams::start(|it| it.script(["slow-drip:8192:100ms".parse().unwrap()]));
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let serving = Serving::start(&cli, &["--url", &isams.url()]);
    serving.health_when(|it| it["schools"][0]["running"] == true || !statuses(&cli).is_empty());
    serving.signal("-TERM");
    let ended = serving.end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    // Reading writes nothing, so it is dropped; a run that was past that is whole.
    assert!(statuses(&cli).iter().all(|(_, status)| status == "applied"));
    cli.sync(&alder("first"), "2031-09-02T01:00").expect(0);
}

#[test]
fn a_signal_does_not_wait_for_an_answer_that_never_comes() {
    // Takes the request and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let serving = Serving::start(&cli, &["--url", &url, "--timeout", "3600"]);
    let _connection = silent.accept().unwrap();
    serving.signal("-TERM");
    let ended = serving.end();
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(statuses(&cli).is_empty());
    cli.sync(&alder("first"), "2031-09-02T01:00").expect(0);
}

#[test]
fn a_second_signal_stops_at_once_and_the_next_sync_is_not_in_its_way() {
    // A mail server that takes the connection and never says a word, while a message waits to be sent.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let isams = Isams::start(|it| it);
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    cli.sync(&alder("first"), "2031-09-02T01:00").expect(0);
    let cli = cli
        .env("TIMETABLE_SYNC_SMTP_HOST", "127.0.0.1")
        .env("TIMETABLE_SYNC_SMTP_PORT", &port)
        .env("TIMETABLE_SYNC_SMTP_SECURITY", "none")
        .env("TIMETABLE_SYNC_SMTP_FROM", "rooms@school.example")
        .env("TIMETABLE_SYNC_SMTP_ADMINISTRATOR", "office@school.example")
        .env("TIMETABLE_SYNC_SMTP_TIMEOUT", "300");
    let mut serving = Serving::start(&cli, &["--url", &isams.url()]);
    let _connection = silent.accept().unwrap();
    while serving.child.try_wait().unwrap().is_none() {
        // Two that come together are one.
        serving.signal("-TERM");
        std::thread::sleep(Duration::from_millis(100));
    }
    let ended = serving.end();
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("stopped at once"), "{}", ended.stderr);
    let cli = cli.env("TIMETABLE_SYNC_SMTP_TIMEOUT", "1");
    cli.sync(&alder("first"), "2031-09-03T01:00").expect(0);
}

#[test]
fn a_monitor_is_told_when_a_second_sync_fails() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let health_at = format!("127.0.0.1:{port}");
    // Nobody listens there any more, nor at this one.
    let url = "http://127.0.0.1:1";
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let words = [
        "serve",
        "--no-pages",
        "--url",
        url,
        "--retries",
        "0",
        "--health",
        &health_at,
        "--now",
        "2031-09-02T00:00",
        "--db",
        "timetable-sync.db",
        "--rehearse",
        "1000",
    ];
    let serving: Running = cli.start(&words);
    let (status, document) = loop {
        match health(&health_at) {
            Some((status, document)) if status == 503 => break (status, document),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    drop(serving);
    assert_eq!(status, 503);
    let school = &document["schools"][0];
    assert_eq!(
        (&document["healthy"], &school["healthy"]),
        (&false.into(), &false.into())
    );
    assert!(school["consecutive_failures"].as_u64().unwrap() >= 2);
    assert_eq!(school["last_run"]["status"], "failed");
    assert_eq!(school["last_success"], Value::Null);
    let reason = school["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("iSAMS gave no usable answer"),
        "{reason}"
    );
    assert!(!document.to_string().contains(&KEY[..8]));
}

/// The nights of a week: which day of Alder Prep iSAMS answers, and what becomes of it.
const WEEK: [(&str, &str, &str); 7] = [
    ("2031-09-02T01:00", "first", "applied"),
    ("2031-09-03T01:00", "unchanged", "unchanged"),
    ("2031-09-04T01:00", "republished", "applied"),
    // At one o'clock the database of iSAMS is busy.
    ("2031-09-05T01:10", "republished", "unchanged"),
    ("2031-09-06T01:00", "core-empty", "held"),
    ("2031-09-07T01:00", "republished", "unchanged"),
    ("2031-09-08T01:00", "republished", "unchanged"),
];

#[test]
fn a_rehearsed_week_beside_isams_and_a_mail_server_ends_as_the_same_week_night_by_night() {
    let school = Fixture::open(fixtures().join("alder-prep")).unwrap();
    let isams = Isams::start(|it| it);
    let mut answers = Vec::new();
    for (at, day, _) in WEEK {
        if !at.ends_with("01:00") {
            answers.push(Answer::known(KnownError::Deadlock));
        }
        answers.push(Answer::json(school.day(day).unwrap().body().unwrap()));
    }
    isams.play(answers);

    let (post, post_by_hand) = (MailServer::start(), MailServer::start());
    let cli = Cli::matched_alder().env("TIMETABLE_SYNC_API_KEY", KEY);
    cli.write("timetable-sync.toml", settings(post.port));
    let url = isams.url();
    let words = [
        "serve",
        "--no-pages",
        "--url",
        &url,
        "--retries",
        "0",
        "--jitter",
        "0",
        "--json",
        "--now",
        "2031-09-02T01:00",
        "--db",
        "timetable-sync.db",
        "--rehearse",
        "7",
        "--send",
    ];
    let ran = cli.run(&words).expect(0);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lived: Vec<(String, String)> = ran
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (text(&run["started"]), text(&run["status"])))
        .collect();
    let expected = WEEK.map(|(at, _, status)| (at.to_owned(), status.to_owned()));
    assert_eq!(lived, expected);
    assert_eq!(isams.log().len(), 8);
    assert!(isams.log().iter().all(isams_simulator::Request::only_reads));
    let failures = ran.stderr.matches("the sync failed").count();
    assert_eq!(failures, 1, "{}", ran.stderr);
    assert!(!ran.stderr.contains(&KEY[..8]));

    let by_hand = Cli::matched_alder();
    by_hand.write("timetable-sync.toml", settings(post_by_hand.port));
    for (at, day, status) in WEEK {
        let code = if status == "held" { 3 } else { 0 };
        let report = by_hand.sync(&alder(day), at).expect(code).json();
        assert_eq!(report["status"], status, "{at}");
    }
    assert_eq!(cli.everything(), by_hand.everything());

    // Every message went out once.
    let outbox = cli.json(&["outbox", "list"]);
    let outbox = outbox.as_array().unwrap();
    assert!(outbox.iter().all(|message| message["state"] == "sent"));
    let mut owners: Vec<String> = outbox
        .iter()
        .map(|message| text(&message["to"]).replace("administrator", "it@alder.example"))
        .collect();
    owners.sort();
    assert!(owners.len() > 5, "{owners:?}");
    for post in [post, post_by_hand] {
        let mut to: Vec<String> = post.taken().into_iter().map(|(to, _)| to).collect();
        to.sort();
        assert_eq!(to, owners);
    }
}

#[test]
fn a_rehearsal_sends_nothing_and_wants_a_database_of_its_own() {
    let post = MailServer::start();
    let cli = Cli::matched_alder();
    cli.write("timetable-sync.toml", settings(post.port));
    let from = alder("first");
    let mut words = vec!["serve", "--no-pages", "--from", &from, "--now", FIRST];
    words.extend(["--rehearse", "2"]);
    let ran = cli.run(&words).expect(2);
    assert!(
        ran.stderr
            .contains("name the one to rehearse in with --db: a copy"),
        "{}",
        ran.stderr
    );
    assert_eq!(len(&cli.told()), 0);

    cli.run(&["backup", "copy.db"]).expect(0);
    words.extend(["--db", "copy.db"]);
    let ran = cli.run(&words).expect(0);
    assert!(ran.stdout.contains("applied"), "{}", ran.stdout);
    let outbox = cli.json(&["outbox", "list", "--db", "copy.db"]);
    let outbox = outbox.as_array().unwrap();
    assert!(outbox.len() > 2, "{outbox:?}");
    assert!(outbox.iter().all(|message| message["state"] == "queued"));
    let said = format!(
        "{} messages stay queued: a rehearsal sends none",
        outbox.len()
    );
    assert!(ran.stdout.contains(&said), "{}", ran.stdout);
    assert!(post.taken().is_empty());
    assert_eq!(len(&cli.told()), 0);

    // Who serves for good cannot be without its messages by mistake.
    let url = [
        "serve",
        "--no-pages",
        "--url",
        "https://school.example",
        "--send",
    ];
    cli.run(&url).expect(2);
}

#[test]
fn a_recorded_answer_can_be_rehearsed_and_shows_as_a_table() {
    let cli = Cli::new();
    let from = alder("first");
    let words = [
        "serve",
        "--no-pages",
        "--from",
        &from,
        "--at",
        "02:30",
        "--jitter",
        "0",
        "--now",
        "2031-10-25T12:00",
        "--db",
        "timetable-sync.db",
        "--rehearse",
        "2",
    ];
    let ran = cli.run(&words).expect(0);
    let runs = statuses(&cli);
    let expected = [
        ("2031-10-25T12:00", "applied"),
        ("2031-10-26T02:30", "unchanged"),
        ("2031-10-27T02:30", "unchanged"),
    ];
    assert_eq!(
        runs,
        expected.map(|(at, status)| (at.to_owned(), status.to_owned()))
    );
    for (at, status) in expected {
        let row = ran.stdout.lines().find(|line| line.contains(at)).unwrap();
        assert!(row.contains(status), "{row}");
    }
}

#[test]
fn the_log_has_a_span_with_its_duration_for_each_stage() {
    let cli = Cli::new().env("TIMETABLE_SYNC_LOG", "timetable_sync=debug");
    let from = alder("first");
    let words = [
        "serve",
        "--no-pages",
        "--from",
        &from,
        "--log-format",
        "json",
        "--now",
        "2031-09-02T12:00",
        "--db",
        "timetable-sync.db",
        "--rehearse",
        "1",
    ];
    let ran = cli.run(&words).expect(0);
    let mut stages = Vec::new();
    for line in ran.stderr.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let Some(stage) = line["span"]["name"].as_str().filter(|name| *name != "sync") else {
            continue;
        };
        assert!(line["span"]["ms"].is_u64(), "{line}");
        assert_eq!(line["spans"][0]["school"], "school", "{line}");
        stages.push(stage.to_owned());
    }
    // At once, and in the night.
    assert_eq!(
        stages,
        ["fetch", "plan", "commit", "fetch", "plan", "commit"]
    );
}
