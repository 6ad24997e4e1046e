//! Nights on which iSAMS sends less than it should: nothing is removed because of it.

use crate::cli::{BROKEN, Cli, FIRST, REPUBLISHED, alder, fixtures, len};

#[test]
fn a_night_without_a_timetable_is_held_and_shown_as_doubtful() {
    let cli = Cli::synced_alder();
    cli.sync(&alder("republished"), REPUBLISHED).expect(0);
    let before = cli.everything();
    let report = cli.sync(&alder("core-empty"), BROKEN).expect(3).json();
    assert_eq!(report["status"], "held");
    assert_eq!(report["notices"], 0);
    assert!(len(&report["held_because"]) > 0);
    assert_eq!(
        report["accept"],
        serde_json::json!([
            "published_timetable",
            "terms",
            "timetable_structure",
            "week_allocations"
        ])
    );
    assert_eq!(cli.everything(), before);

    let page = cli
        .run(&["sync", "--from", &alder("core-empty"), "--now", BROKEN])
        .expect(3)
        .stdout;
    let release = page
        .lines()
        .find(|line| line.contains("--apply-plan"))
        .unwrap();
    assert!(
        release.contains(report["fingerprint"].as_str().unwrap()),
        "{release}"
    );
    assert!(
        release.contains("--accept published_timetable"),
        "{release}"
    );

    let tasks = cli.run(&["tasks", "--now", BROKEN]).expect(0).stdout;
    let release = format!(
        "  timetable-sync sync --apply-plan {} --accept published_timetable --accept terms --accept \
         timetable_structure --accept week_allocations --now {BROKEN}\n",
        report["fingerprint"].as_str().unwrap()
    );
    assert!(tasks.contains(&release), "{tasks}");

    let week = cli
        .run(&["calendar", "RM1", "--week", "2031-09-17"])
        .expect(0)
        .stdout;
    assert!(week.contains("? ") && week.contains("(doubtful)"), "{week}");

    assert_eq!(doubts(&cli), [true]);

    // The next whole answer ends it.
    let report = cli.sync(&alder("republished"), BROKEN).expect(0).json();
    assert_eq!(len(&report["removals"]), 0);
    assert_eq!(cli.everything(), before);
    assert_eq!(doubts(&cli), [false]);
}

/// Whether the lessons of a week are in doubt: all, none, or some of each.
fn doubts(cli: &Cli) -> Vec<bool> {
    let week = cli.json(&["calendar", "RM1", "--week", "2031-09-17"]);
    let days = week["days"].as_array().unwrap();
    let entries = days
        .iter()
        .flat_map(|day| day["entries"].as_array().unwrap());
    let mut doubts: Vec<bool> = entries
        .filter(|entry| entry["kind"] != "booking")
        .map(|entry| entry["doubtful"].as_bool().unwrap())
        .collect();
    doubts.sort_unstable();
    doubts.dedup();
    doubts
}

#[test]
fn a_night_without_staff_goes_on_with_a_warning() {
    let cli = Cli::synced_alder();
    cli.sync(&alder("republished"), REPUBLISHED).expect(0);
    let before = cli.everything();
    let report = cli.sync(&alder("staff-missing"), BROKEN).expect(0).json();
    let warnings = report["warnings"].to_string();
    assert!(
        warnings.contains("HR Manager - Current Staff is missing"),
        "{warnings}"
    );
    assert_eq!(cli.everything(), before);
}

#[test]
fn a_missing_core_cannot_be_released_and_the_text_says_so() {
    let cli = Cli::synced_alder();
    let before = cli.everything();
    for name in ["terms", "rooms", "staff"] {
        let from = fixtures().join(format!("alder-prep/first/{name}.json"));
        cli.write(&format!("part/{name}.json"), std::fs::read(from).unwrap());
    }
    let page = cli
        .run(&["sync", "--from", "part", "--now", BROKEN])
        .expect(3)
        .stdout;
    assert!(
        page.contains("cannot be released") && !page.contains("--apply-plan"),
        "{page}"
    );
    let report = cli.sync("part", BROKEN).expect(3).json();
    let tasks = cli.run(&["tasks", "--now", BROKEN]).expect(0).stdout;
    let run = report["run"].as_str().unwrap();
    assert!(
        tasks.contains(&format!("  timetable-sync runs show {run} ")),
        "{tasks}"
    );
    let fingerprint = report["fingerprint"].as_str().unwrap();
    let args = [
        "sync",
        "--from",
        "part",
        "--now",
        BROKEN,
        "--apply-plan",
        fingerprint,
        "--accept",
        "published_timetable",
        "--accept",
        "week_allocations",
        "--accept",
        "timetable_structure",
    ];
    cli.run(&args).expect(3);
    assert_eq!(cli.everything(), before);
}

#[test]
fn a_first_sync_without_its_core_stores_nothing() {
    let cli = Cli::new();
    let answer = cli.write(
        "answer.json",
        r#"{"iSAMS":{"SchoolManager":{"Terms":null}}}"#,
    );
    let report = cli.sync(&answer, FIRST).expect(3).json();
    assert_eq!(report["status"], "held");
    assert_eq!(len(&cli.json(&["rooms", "list"])), 0);
    let page = cli
        .run(&["sync", "--from", &answer, "--now", FIRST])
        .expect(3)
        .stdout;
    assert!(page.contains("cannot be released"), "{page}");
    // It is still a new school.
    assert_eq!(
        cli.sync(&alder("first"), FIRST).expect(0).json()["status"],
        "applied"
    );
}
