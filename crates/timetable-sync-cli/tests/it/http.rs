//! Over real HTTP, against the program's own simulator.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
};

use crate::cli::{Cli, FIRST, Running, alder};

pub(crate) const KEY: &str = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";

/// Serves a day of Alder Prep, and returns its address.
pub(crate) fn simulate(cli: &Cli, day: &str) -> (Running, String) {
    let mut running = cli.start(&["simulate", &alder(""), "--day", day, "--key", KEY]);
    let mut out = BufReader::new(running.0.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("http://") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "no address");
    }
    // The rest of what it prints has somewhere to go.
    std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    (running, line.trim().to_owned())
}

#[test]
fn a_sync_over_http_does_what_one_from_files_does() {
    let cli = Cli::new();
    let (_simulator, url) = simulate(&cli, "first");
    let from_files = cli.json(&["plan", "--from", &alder("first"), "--now", FIRST]);
    // The key in a file, with a line break as editors leave it.
    let key = cli.write("key", format!("{{{KEY}}}\n"));
    let args = [
        "sync",
        "--url",
        &url,
        "--api-key-file",
        &key,
        "--now",
        FIRST,
        "--json",
    ];
    let report = cli.run(&args).expect(0).json();
    assert_eq!(report["status"], "applied");
    for same in ["fingerprint", "areas", "rooms", "lessons", "skipped"] {
        assert_eq!(report[same], from_files[same], "{same}");
    }

    // The address and the key's file from the settings, the key from the environment before it.
    cli.write(
        "timetable-sync.toml",
        format!("url = '{url}'\napi_key_file = 'none'\n"),
    );
    cli.run(&["sync", "--now", FIRST]).expect(2);
    let cli = cli.env("TIMETABLE_SYNC_API_KEY", KEY);
    let ran = cli.run(&["sync", "--now", FIRST, "--json"]).expect(0);
    assert_eq!(ran.json()["status"], "unchanged");
}

#[test]
fn a_wrong_key_is_refused_and_shown_nowhere() {
    let wrong = "ffffffff-4e5f-6789-abcd-ef0123456789";
    let cli = Cli::new().env("TIMETABLE_SYNC_LOG", "trace");
    let (_simulator, url) = simulate(&cli, "first");
    for key in [wrong, KEY] {
        let code = if key == KEY { 0 } else { 4 };
        let args = [
            "sync",
            "--url",
            &url,
            "--api-key",
            key,
            "--now",
            FIRST,
            "--json",
        ];
        let ran = cli.run(&args).expect(code);
        assert!(
            ran.stderr
                .contains("warning: --api-key shows in the process list")
        );
        for shown in [&ran.stdout, &ran.stderr] {
            assert!(!shown.contains(&key[..8]), "{shown}");
        }
        if key == wrong {
            assert!(
                ran.stderr.contains("error: iSAMS gave no usable answer"),
                "{}",
                ran.stderr
            );
            assert!(ran.stderr.contains("Invalid API Key"), "{}", ran.stderr);
            assert!(
                ran.stderr.contains("Check the API key against"),
                "{}",
                ran.stderr
            );
            assert_eq!(ran.json()["status"], "failed");
        }
    }
    let database = std::fs::read(cli.path("timetable-sync.db")).unwrap();
    let text = String::from_utf8_lossy(&database);
    assert!(!text.contains(KEY) && !text.contains(wrong));
}

#[test]
fn an_address_that_is_none_is_wrong_usage_and_one_without_answer_is_no_answer() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    for url in [
        "http://school.example",
        "ftp://school.example",
        " ",
        "https://x/?apiKey=0a1b2c3d",
    ] {
        let ran = cli.run(&["sync", "--url", url]).expect(2);
        assert!(!ran.stderr.contains("0a1b2c3d"), "{}", ran.stderr);
    }
    // A port on which nobody listens.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let ran = cli
        .run(&["sync", "--url", &url, "--timeout", "5"])
        .expect(4);
    assert!(
        ran.stderr.contains("Check the web address"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("0a1b2c3d"), "{}", ran.stderr);
}

#[test]
fn a_second_sync_of_a_school_waits_and_then_gives_up() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    // Takes the request and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let _first = cli.start(&["sync", "--url", &url, "--timeout", "60"]);
    let _connection = silent.accept().unwrap();
    let ran = cli
        .run(&["sync", "--from", &alder("first"), "--now", FIRST])
        .expect(1);
    assert!(
        ran.stderr
            .contains("another sync of this school is running"),
        "{}",
        ran.stderr
    );
    // Another school is not in its way.
    cli.run(&[
        "sync",
        "--from",
        &alder("first"),
        "--now",
        FIRST,
        "--school",
        "other",
    ])
    .expect(0);
}

#[test]
fn a_simulated_day_is_named_or_the_first_and_an_unknown_one_is_wrong_usage() {
    let cli = Cli::new();
    let ran = cli
        .run(&["simulate", &alder(""), "--day", "never"])
        .expect(2);
    assert!(
        ran.stderr.contains("first, unchanged, republished"),
        "{}",
        ran.stderr
    );
    cli.run(&["simulate", "none"]).expect(2);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    cli.run(&["simulate", &alder(""), "--port", &port])
        .expect(1);
}
