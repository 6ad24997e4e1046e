//! `simulate`, and what can be switched on.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use crate::cli::{Cli, FIRST, alder};

const KEY: &str = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";
const SECRET: &str = "hush-hush-alder";

/// The program's own simulator, until it is stopped.
struct Simulation {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The document that it printed.
    document: Value,
}

impl Simulation {
    fn start(cli: &Cli, flags: &[&str]) -> Self {
        let folder = alder("");
        let words = ["simulate", &folder, "--key", KEY, "--json"];
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

    fn url(&self) -> &str {
        self.document["url"].as_str().unwrap()
    }

    /// Ends it as by Ctrl-C, and returns what it says then.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &pid])
                .status()
                .unwrap()
                .success()
        );
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert!(self.child.wait().unwrap().success(), "{said}");
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "more than one document");
        said
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn faults_happen_in_their_order_and_the_end_says_that_all_requests_only_read() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let flags = [
        "--fault",
        "html-page",
        "--fault",
        "error:BadFilter",
        "--fault",
        "deadlock:2",
    ];
    let simulation = Simulation::start(&cli, &flags);
    assert_eq!(
        simulation.document["switched_on"],
        json!([
            "fault html-page",
            "fault error:BadFilter",
            "fault deadlock:2"
        ])
    );
    let sync = |code| {
        let words = [
            "sync",
            "--url",
            simulation.url(),
            "--now",
            FIRST,
            "--retries",
            "0",
        ];
        cli.run(&words).expect(code).stderr
    };
    assert!(sync(4).contains("Log in"));
    assert!(sync(4).contains("Data at the root level is invalid"));
    assert!(sync(4).contains("deadlocked"));
    let said = simulation.stop();
    assert!(
        said.contains("stopped after 3 requests (3 for data); all of them only read"),
        "{said}"
    );
    assert!(said.contains("1 fault did not happen"), "{said}");
}

#[test]
fn a_sign_in_a_limit_and_a_lacking_area_are_switched_on_and_told() {
    let cli = Cli::new()
        .env("TIMETABLE_SYNC_API_KEY", KEY)
        .env("TIMETABLE_SYNC_CLIENT_ID", "office")
        .env("TIMETABLE_SYNC_CLIENT_SECRET", SECRET);
    let flags = [
        "--client-id",
        "office",
        "--client-secret",
        SECRET,
        "--expires-in",
        "60",
        "--without",
        "current_staff,events_next_year",
        "--throttle",
        "1/3600",
        "--cache",
        "60",
        "--strict-filters",
        "--allow-ip",
        "127.0.0.1",
    ];
    let simulation = Simulation::start(&cli, &flags);
    let told = simulation.document["switched_on"].to_string();
    for text in [
        "the key lacks current_staff, events_next_year",
        "date",
        "holds for 60 seconds",
        "renewed after 60 seconds",
        "1 request in 3600 seconds",
        "only 127.0.0.1 may ask",
    ] {
        assert!(told.contains(text), "{text}: {told}");
    }
    assert!(
        !told.contains(SECRET) && !told.contains(KEY) && !told.contains("office"),
        "{told}"
    );
    // The first answer is given or refused for the want of filters; either way the second comes too soon.
    let words = ["sync", "--url", simulation.url(), "--now", FIRST, "--json"];
    cli.run(&words);
    let ran = cli.run(&words).expect(4);
    assert!(
        ran.stderr.contains("429 Too Many Requests"),
        "{}",
        ran.stderr
    );
    let said = simulation.stop();
    assert!(
        said.contains("2 for a token); all of them only read"),
        "{said}"
    );
}

#[test]
fn a_key_may_hold_a_few_methods_only() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let methods = "School_GetSchoolTerms,estate_getallbuildingsandclassrooms";
    let simulation = Simulation::start(&cli, &["--methods", methods]);
    let words = ["plan", "--url", simulation.url(), "--now", FIRST, "--json"];
    let report = cli.run(&words).expect(3).json();
    let present: Vec<&Value> = report["areas"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|area| area["state"] == "present")
        .map(|area| &area["area"])
        .collect();
    assert_eq!(present, [&json!("buildings_and_rooms"), &json!("terms")]);
}

#[test]
fn addresses_that_are_not_listed_are_kept_out() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let simulation = Simulation::start(
        &cli,
        &["--allow-ip", "192.0.2.1", "--allow-ip", "2001:db8::1"],
    );
    let ran = cli
        .run(&["sync", "--url", simulation.url(), "--now", FIRST])
        .expect(4);
    assert!(ran.stderr.contains("403 Forbidden"), "{}", ran.stderr);
    assert!(
        simulation
            .stop()
            .contains("stopped after 1 request (1 for data); all of them only read")
    );
}

#[test]
fn what_cannot_be_switched_on_is_wrong_usage_and_names_what_can() {
    let cli = Cli::new();
    let folder = alder("");
    for (flags, says) in [
        (
            &["--fault", "dance"][..],
            "`dance` is no fault; known are deadlock:TIMES",
        ),
        (
            &["--fault", "cut-body"],
            "write this fault as `cut-body:BYTES`",
        ),
        (
            &["--methods", "School_GetEverything"],
            "known are Calendar_GetEventsThisYear",
        ),
        (&["--without", "staff"], "current_staff"),
        (&["--throttle", "many"], "100/3600"),
        (&["--client-id", "office"], "--client-secret"),
        (&["--client-secret", "hush-hush"], "--client-id"),
        (&["--expires-in", "5"], "--client-id"),
        (&["--allow-ip", "everybody"], "invalid IP address"),
        (
            &["--methods", "School_GetSchoolTerms", "--without", "terms"],
            "cannot be used with",
        ),
    ] {
        let ran = cli.run(&[&["simulate", &folder], flags].concat()).expect(2);
        assert!(ran.stderr.contains(says), "{flags:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("hush-hush"), "{}", ran.stderr);
    }
}

#[test]
fn days_that_are_played_are_served_one_after_another() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let simulation = Simulation::start(&cli, &["--play", "--day", "unchanged"]);
    assert_eq!(
        simulation.document["switched_on"],
        json!(["each request moves on to the next day"])
    );
    for day in [
        "unchanged",
        "republished",
        "core-empty",
        "staff-missing",
        "staff-missing",
    ] {
        let plan = |words: &[&str]| {
            let words = [&["plan", "--now", FIRST, "--json"], words].concat();
            cli.run(&words).json()
        };
        let served = plan(&["--url", simulation.url()]);
        let recorded = plan(&["--from", &alder(day)]);
        for same in ["areas", "lessons", "status"] {
            assert_eq!(served[same], recorded[same], "{day}: {same}");
        }
    }
    simulation.stop();
}
