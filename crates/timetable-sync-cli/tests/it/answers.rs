//! Recorded answers, good and unusable.

use serde_json::json;

use crate::cli::{Cli, FIRST, UNCHANGED, alder, fixtures};

#[test]
fn an_unusable_answer_changes_nothing() {
    let cli = Cli::synced_alder();
    let before = (cli.everything(), cli.json(&["runs", "--all"]));
    let whole = std::fs::read_to_string(alder("first/rooms.json")).unwrap();
    let half = &whole[..whole.len() / 2];
    for (content, said) in [
        (
            "<!DOCTYPE html><html><head><title>Log in</title></head></html>",
            "Log in",
        ),
        (half, "broken or cut off"),
        ("{\"iSAMS\":", "broken or cut off"),
        ("", "an empty answer"),
        ("{}", "without an `iSAMS` object"),
        ("hello", "not from iSAMS"),
        ("<iSAMS><SchoolManager>", "broken or cut off"),
        (
            "<?xml version=\"1.0\"?><Message><MessageId>InvalidApiKey</MessageId><Title>Invalid API Key</Title></Message>",
            "Invalid API Key",
        ),
        (
            r#"{"Message":{"MessageId":"UnhandledException","Title":"Unknown Error"}}"#,
            "Unknown Error",
        ),
    ] {
        let file = cli.write("answer.json", content);
        let ran = cli
            .run(&["sync", "--from", &file, "--now", UNCHANGED])
            .expect(4);
        assert!(
            ran.stderr.starts_with("error: answer.json cannot be used"),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
        let document = cli.sync(&file, UNCHANGED).expect(4).json();
        assert_eq!(document["status"], "failed");
        assert!(
            document["error"].as_str().unwrap().contains(said),
            "{document}"
        );
        cli.run(&["plan", "--from", &file, "--now", UNCHANGED])
            .expect(4);
        assert_eq!((cli.everything(), cli.json(&["runs", "--all"])), before);
    }
}

#[test]
fn the_same_answer_as_xml_changes_nothing() {
    let cli = Cli::synced_alder();
    let fixture = isams_simulator::Fixture::open(fixtures().join("alder-prep")).unwrap();
    let xml = fixture.day("first").unwrap().xml_body().unwrap();
    for name in ["answer.xml", "day/answer.xml"] {
        cli.write(name, &xml);
    }
    for from in ["answer.xml", "day"] {
        let report = cli.sync(from, UNCHANGED).expect(0).json();
        assert_eq!(report["status"], "unchanged", "{from}");
        assert_eq!(report["areas"][11]["rows"], 809, "{from}");
    }
}

#[test]
fn one_unusable_file_of_a_folder_is_named() {
    let cli = Cli::new();
    cli.write("day/a.json", r#"{"iSAMS":{}}"#);
    cli.write("day/b.json", "<html></html>");
    let ran = cli
        .run(&["sync", "--from", "day", "--now", FIRST])
        .expect(4);
    assert!(
        ran.stderr.contains("b.json cannot be used"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_folder_is_merged_as_several_keys_are() {
    let cli = Cli::new();
    let fixture = cli.json(&["plan", "--from", &alder("first"), "--now", FIRST]);
    for entry in std::fs::read_dir(fixtures().join("alder-prep/first")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let form = path.extension().unwrap().to_str().unwrap();
        for folder in [form, "both"] {
            cli.write(&format!("{folder}/{name}"), std::fs::read(&path).unwrap());
        }
    }
    // Each row of the last comes twice and counts once.
    for folder in ["json", "xml", "both"] {
        cli.write(&format!("{folder}/notes.txt"), "not an answer");
        cli.write(&format!("{folder}/deeper/b.json"), "not looked at");
        let merged = cli
            .run(&["plan", "--from", folder, "--now", FIRST, "--json"])
            .expect(0)
            .json();
        assert_eq!(merged, fixture, "{folder}");
    }
}

#[test]
fn a_day_that_has_no_folder_of_its_own_is_known_by_its_list() {
    let cli = Cli::new();
    assert!(!fixtures().join("alder-prep/unchanged").exists());
    let plan = cli.json(&["plan", "--from", &alder("unchanged"), "--now", FIRST]);
    assert_eq!(plan["rooms"]["added"], 30);
    cli.run(&["plan", "--from", &alder("never"), "--now", FIRST])
        .expect(2);
}

#[test]
fn what_is_no_source_is_wrong_usage_and_leaves_no_database() {
    let cli = Cli::new();
    std::fs::create_dir(cli.path("empty")).unwrap();
    for from in ["none.json", "none", "empty"] {
        let ran = cli.run(&["sync", "--from", from, "--json"]).expect(2);
        assert_eq!(ran.json()["status"], "failed");
    }
    let ran = cli.run(&["sync", "--from", &alder("")]).expect(2);
    assert!(
        ran.stderr.contains("first, unchanged, republished"),
        "{}",
        ran.stderr
    );
    assert!(!cli.path("timetable-sync.db").exists());
}

#[test]
fn rows_that_cannot_be_used_are_skipped_with_a_reason() {
    let cli = Cli::new();
    let report = cli.sync(&alder("first"), FIRST).expect(0).json();
    let skipped = report["skipped"].as_array().unwrap();
    assert!(
        skipped
            .iter()
            .all(|row| row["area"] == json!("published_timetable"))
    );
    let again = cli.sync(&alder("unchanged"), UNCHANGED).expect(0).json();
    assert_eq!(again["skipped"], report["skipped"]);
}

#[test]
fn what_is_said_of_the_whole_answer_is_shown_as_that() {
    let cli = Cli::new();
    cli.write(
        "odd.json",
        b"{\"iSAMS\": {\"SchoolManager\": {\"Terms\": {\"Term\": {\"@Id\": \"61\", \"Name\": \"\xFF\"}}}}}",
    );
    let ran = cli
        .run(&["plan", "--from", "odd.json", "--now", FIRST])
        .expect(3);
    assert!(
        ran.stdout
            .contains("- the answer: not all of the answer is UTF-8"),
        "{}",
        ran.stdout
    );
}
