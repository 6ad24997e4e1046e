//! `plan --rehearse-development`: the draft of another timetable, planned and never applied.

use std::fs;

use serde_json::Value;

use crate::cli::{Cli, FIRST, UNCHANGED, alder, len};

/// Alder Prep's first day in a folder of its own, with the timetable that is published later as a draft.
fn with_draft(cli: &Cli) -> String {
    for file in fs::read_dir(alder("first")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            cli.write(&format!("drafted/{name}"), fs::read(&path).unwrap());
        }
    }
    let later = fs::read_to_string(alder("republished/published-timetable.json")).unwrap();
    let draft = later.replace("PublishedTimetables", "DevelopmentTimetables");
    assert_ne!(draft, later);
    cli.write("drafted/development.json", draft);
    "drafted".to_owned()
}

#[test]
fn a_draft_is_planned_against_the_bookings_of_today_and_nothing_is_written() {
    let cli = Cli::synced_alder();
    let from = with_draft(&cli);
    let before = (cli.everything(), cli.json(&["runs", "--all"]));
    let plan = ["plan", "--from", &from, "--now", UNCHANGED];
    let rehearse = |more: &[&str]| {
        let words = plan.iter().chain(&["--rehearse-development"]).chain(more);
        let words: Vec<&str> = words.copied().collect();
        cli.run(&words)
    };
    let report = rehearse(&["--json", "--out", "plan.json"]).expect(0).json();
    assert_eq!(report["status"], "planned");
    assert_eq!(report["rehearsal"], true);
    assert_eq!(report["fingerprint"], "");
    assert_eq!(report["run"], Value::Null);
    assert!(len(&report["removals"]) > 0, "{report}");
    let written = fs::read_to_string(cli.path("plan.json")).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written, report);
    let page = rehearse(&[]).expect(0).stdout;
    assert!(
        page.starts_with(
            "A rehearsal, as if the timetables in development were published. It cannot be applied.\n"
        ),
        "{page}"
    );
    assert!(
        page.contains("in development counts as published"),
        "{page}"
    );
    assert!(!page.contains("--apply-plan"), "{page}");
    let far = rehearse(&["--in-force-from", "2040-01-01", "--json"])
        .expect(0)
        .json();
    assert_eq!(len(&far["removals"]), 0);
    assert_eq!((cli.everything(), cli.json(&["runs", "--all"])), before);

    // Without the flag the draft is nothing.
    let plain = cli.run(&plan).expect(0).stdout;
    assert!(plain.contains("A sync would change nothing."), "{plain}");
}

#[test]
fn a_rehearsal_without_a_draft_says_so() {
    let cli = Cli::synced_alder();
    let from = alder("first");
    let args = [
        "plan",
        "--from",
        &from,
        "--now",
        FIRST,
        "--rehearse-development",
    ];
    let ran = cli.run(&args).expect(1);
    assert!(
        ran.stderr.contains("there is nothing to rehearse")
            && ran.stderr.contains("Timetable_GetDevelopmentTimetables"),
        "{}",
        ran.stderr
    );
    let alone = ["plan", "--from", &from, "--in-force-from", "2031-10-01"];
    cli.run(&alone).expect(2);
}
