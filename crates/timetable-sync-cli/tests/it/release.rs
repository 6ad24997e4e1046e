//! A held plan is released by its fingerprint, once.

use serde_json::Value;

use crate::cli::{Cli, FIRST, alder, len};

/// Alder Prep with a guard that asks at the first booking.
fn careful() -> Cli {
    let cli = Cli::matched_alder();
    cli.write(
        "timetable-sync.toml",
        "[guard]\nremoved = 0\nremoved_percent = 0\n",
    );
    cli
}

fn release(cli: &Cli, fingerprint: &str, code: i32) -> Value {
    let from = alder("first");
    let args = [
        "sync",
        "--from",
        &from,
        "--now",
        FIRST,
        "--apply-plan",
        fingerprint,
        "--json",
    ];
    cli.run(&args).expect(code).json()
}

#[test]
fn only_its_own_fingerprint_releases_a_plan_and_only_once() {
    let cli = careful();
    let before = cli.everything();
    let plan = cli
        .run(&["plan", "--from", &alder("first"), "--now", FIRST, "--json"])
        .expect(3)
        .json();
    let held = cli.sync(&alder("first"), FIRST).expect(3).json();
    assert_eq!(held["status"], "held");
    assert_eq!(plan["status"], "held");
    assert_eq!(plan["fingerprint"], held["fingerprint"]);
    assert!(len(&held["removals"]) > 0);
    assert_eq!(cli.everything(), before);
    let page = cli
        .run(&["sync", "--from", &alder("first"), "--now", FIRST])
        .expect(3)
        .stdout;
    assert!(
        page.contains("Withheld: ") && page.contains("normal road"),
        "{page}"
    );

    let wrong = release(&cli, "0123456789abcdef0123", 3);
    assert_eq!(
        (&wrong["status"], &wrong["run"]),
        (&"held".into(), &Value::Null)
    );
    assert_eq!(cli.everything(), before);

    let fingerprint = held["fingerprint"].as_str().unwrap();
    let applied = release(&cli, fingerprint, 0);
    assert_eq!(applied["status"], "applied");
    assert_eq!(applied["removals"], held["removals"]);
    let after = cli.everything();
    assert_eq!(len(&after[0]["removed"]), len(&held["removals"]));

    let used = release(&cli, fingerprint, 3);
    assert_eq!(
        (&used["status"], &used["run"]),
        (&"held".into(), &Value::Null)
    );
    assert_eq!(cli.everything(), after);
    let page = cli
        .run(&[
            "sync",
            "--from",
            &alder("first"),
            "--now",
            FIRST,
            "--apply-plan",
            fingerprint,
        ])
        .expect(3)
        .stdout;
    assert!(page.contains("nothing was done"), "{page}");
    assert!(page.contains("needs no release"), "{page}");
    assert!(!page.contains("--apply-plan"), "{page}");
    assert_eq!(
        cli.sync(&alder("first"), FIRST).expect(0).json()["status"],
        "unchanged"
    );
}

#[test]
fn accepting_an_area_alone_releases_nothing() {
    let cli = careful();
    let before = cli.everything();
    let args = [
        "sync",
        "--from",
        &alder("first"),
        "--now",
        FIRST,
        "--accept",
        "published_timetable",
        "--json",
    ];
    assert_eq!(cli.run(&args).expect(3).json()["status"], "held");
    assert_eq!(cli.everything(), before);
}
