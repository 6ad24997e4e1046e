//! Arguments, settings and the demo.

use serde_json::json;

use crate::cli::{Cli, FIRST, alder, fixtures};

#[test]
fn wrong_usage_is_exit_2() {
    let cli = Cli::new();
    let first = alder("first");
    for args in [
        &[][..],
        &["dance"],
        &["sync"],
        &["plan"],
        &["sync", "--from", &first, "--url", "school.example"],
        &["sync", "--from", &first, "--accept", "timetable"],
        &["sync", "--from", &first, "--timeout", "0"],
        &["sync", "--from", &first, "--now", "tonight"],
        &["sync", "--from", &first, "--zone", "Mars/Base"],
        &["sync", "--from", &first, "--db", "postgres://host/db"],
        &["sync", "--from", &first, "--config", "none.toml"],
        &["rooms", "list", "--db", "sqlite:"],
        &[
            "sync",
            "--from",
            &first,
            "--api-key",
            "a",
            "--api-key-file",
            "b",
        ],
        &["sync", "--url", "school.example"],
        &["sync", "--url", "school.example", "--api-key-file", "none"],
        &["rooms", "list", "--school", " "],
        &["import"],
        &["demo", "--fixtures", "none"],
    ] {
        let ran = cli.run(args).expect(2);
        assert!(ran.stdout.is_empty(), "{args:?}: {}", ran.stdout);
        assert!(!ran.stderr.is_empty(), "{args:?}");
    }
    let ran = cli
        .run(&["sync", "--accept", "timetable", "--json"])
        .expect(2);
    assert!(ran.stderr.contains("published_timetable"), "{}", ran.stderr);
    assert_eq!(ran.json()["status"], "failed");
    let ran = cli
        .run(&["rooms", "list", "--db", "postgres://u:pw@h/d", "--json"])
        .expect(2);
    assert!(
        ran.stderr.contains("SQLite only") && !ran.stderr.contains("pw"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.json()["error"]
            .as_str()
            .unwrap()
            .contains("SQLite only")
    );
}

#[test]
fn help_and_the_version_are_no_errors() {
    let cli = Cli::new();
    let help = cli.run(&["--help"]).expect(0).stdout;
    for text in ["sync", "simulate", "Exit codes:", "--school"] {
        assert!(help.contains(text), "{help}");
    }
    cli.run(&["sync", "--help"]).expect(0);
    cli.run(&["--version", "--json"]).expect(0);
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let cli = Cli::new().env("TIMETABLE_SYNC_DB", "environment.db");
    cli.write("timetable-sync.toml", "db = 'file.db'\nschool = 'one'\n");
    cli.sync(&alder("first"), FIRST).expect(0);
    assert!(cli.path("environment.db").exists() && !cli.path("file.db").exists());
    let rooms = |args: &[&str]| cli.json(args).as_array().unwrap().len();
    assert_eq!(rooms(&["rooms", "list"]), 30);
    assert_eq!(rooms(&["rooms", "list", "--school", "one"]), 30);
    assert_eq!(rooms(&["--school", "two", "rooms", "list"]), 0);
    cli.run(&["rooms", "list", "--db", "flag.db"]).expect(2);
    let csv = cli.write("rooms.csv", "id,name,category\nA,Lab,Labs\n");
    cli.run(&["import", &csv, "--db", "flag.db"]).expect(0);
    assert_eq!(rooms(&["rooms", "list", "--db", "flag.db"]), 1);
    let url = "sqlite://environment.db";
    assert_eq!(rooms(&["rooms", "list", "--db", url]), 30);
    let other = cli.write("other/settings.toml", "school = 'two'\n");
    assert_eq!(rooms(&["rooms", "list", "--config", &other]), 0);
}

#[test]
fn an_unknown_setting_is_named_and_its_value_is_not() {
    let cli = Cli::new();
    cli.write(
        "timetable-sync.toml",
        "zone = 'Europe/London'\napi_key = '0a1b2c3d'\n",
    );
    let ran = cli.run(&["rooms", "list"]).expect(2);
    assert!(
        ran.stderr.contains("line 2: unknown field `api_key`"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("0a1b2c3d"), "{}", ran.stderr);
}

#[test]
fn a_file_that_is_no_database_fails() {
    let cli = Cli::new();
    let file = cli.write(
        "notes.db",
        "These are notes, and they are long enough to be no SQLite database.".repeat(20),
    );
    let ran = cli
        .run(&["rooms", "list", "--db", &file, "--json"])
        .expect(1);
    assert_eq!(ran.json()["status"], "failed");
    assert!(
        ran.stderr
            .starts_with("error: the database notes.db cannot be used"),
        "{}",
        ran.stderr
    );
}

#[test]
fn with_json_standard_output_is_one_document_and_messages_go_elsewhere() {
    let cli = Cli::synced_alder();
    for args in [
        &["rooms", "list"][..],
        &["terms"],
        &["match", "list"],
        &["match", "confirm"],
        &["bookings"],
        &["calendar", "LAB1"],
        &["runs"],
        &["outbox", "list"],
        &["tasks"],
        &["undo", "1"],
    ] {
        let ran = cli.run(&[args, &["--json"]].concat()).expect(0);
        ran.json();
        assert!(ran.stderr.is_empty(), "{args:?}: {}", ran.stderr);
    }
    assert_eq!(
        cli.json(&["match", "clear", "room", "BUS"]),
        json!({ "room": "BUS", "cleared": false })
    );
}

#[test]
fn the_demo_checks_its_claims_and_leaves_nothing_behind() {
    let cli = Cli::new();
    std::fs::create_dir(cli.path("tmp")).unwrap();
    let tmp = cli.path("tmp").to_str().unwrap().to_owned();
    let cli = cli.env("TMPDIR", &tmp);
    let fixtures = fixtures().to_str().unwrap().to_owned();
    let ran = cli
        .run(&["demo", "--no-serve", "--fixtures", &fixtures])
        .expect(0);
    for text in [
        "1. Is the key right, and is everything there?",
        "the sync waits for matching",
        "is removed, because",
        "To: ",
        "36 bookings before, 36 after",
        "its own applies it",
        "All syncs of this journey",
        "all of which hold",
    ] {
        assert!(ran.stdout.contains(text), "{text}\n{}", ran.stdout);
    }
    assert!(
        !ran.stdout.contains('\u{1b}') && ran.stderr.is_empty(),
        "{}",
        ran.stderr
    );
    assert_eq!(std::fs::read_dir(tmp).unwrap().count(), 0);
}

#[test]
fn a_demo_whose_claims_do_not_hold_fails() {
    let cli = Cli::new();
    // A school whose second night is as its republished one: the claim that nothing changed is wrong.
    let school = fixtures().join("alder-prep");
    copy(&school, &cli.path("fixtures/alder-prep"));
    let days = std::fs::read_to_string(school.join("days.toml")).unwrap();
    let (first, rest) = days.split_once("name = \"unchanged\"").unwrap();
    let rest = rest.replacen(
        "first/published-timetable.json",
        "republished/published-timetable.json",
        1,
    );
    cli.write(
        "fixtures/alder-prep/days.toml",
        format!("{first}name = \"unchanged\"{rest}"),
    );
    copy(
        &fixtures().join("birchwood-college"),
        &cli.path("fixtures/birchwood-college"),
    );
    let ran = cli.run(&["demo", "--no-serve"]).expect(1);
    assert!(
        ran.stderr
            .contains("the demo expected that the sync is unchanged"),
        "{}",
        ran.stderr
    );
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target)
        } else {
            std::fs::copy(&path, &target).map(drop).unwrap()
        }
    }
}
