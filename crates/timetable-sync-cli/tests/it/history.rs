//! The history: what one run saw and did, and why a booking was removed although the timetable has changed since.

use serde_json::{Value, json};

use crate::cli::{Cli, FIRST, REPUBLISHED, UNCHANGED, alder, len};

/// Alder Prep with a guard that asks at the first booking, and its first plan released by A. Example.
fn released() -> (Cli, Value) {
    let cli = Cli::matched_alder();
    cli.write(
        "timetable-sync.toml",
        "[guard]\nremoved = 0\nremoved_percent = 0\n",
    );
    let held = cli.sync(&alder("first"), FIRST).expect(3).json();
    let from = alder("first");
    let args = [
        "sync",
        "--from",
        &from,
        "--now",
        FIRST,
        "--apply-plan",
        held["fingerprint"].as_str().unwrap(),
        "--by",
        " A. Example\n",
        "--json",
    ];
    let applied = cli.run(&args).expect(0).json();
    assert_eq!(applied["status"], "applied");
    (cli, applied)
}

#[test]
fn a_run_is_shown_with_its_areas_plan_verdict_and_who_released_it() {
    let (cli, applied) = released();
    let run = applied["run"].as_str().unwrap();
    let shown = cli.json(&["runs", "show", run]);
    assert_eq!(shown["by"], "A. Example");
    assert_eq!(shown["released"], true);
    assert_eq!(shown["fingerprint"], applied["fingerprint"]);
    // What is gathered of the report is made for each answer, and kept nowhere.
    let mut report = applied.clone();
    assert!(report.as_object_mut().unwrap().remove("groups").is_some());
    assert_eq!(shown["report"], report);
    assert_eq!(shown["areas"], applied["areas"]);
    assert!(shown["areas"][0]["hash"].is_string());
    assert!(shown["duration_ms"].is_u64(), "{shown}");
    let page = cli.run(&["runs", "show", run]).expect(0).stdout;
    for text in [
        &format!("Run {run}: sync, applied"),
        "Released by: A. Example",
        applied["fingerprint"].as_str().unwrap(),
        "Held because:",
        "future bookings would be removed",
        "published_timetable",
        applied["removals"][0]["text"].as_str().unwrap(),
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }

    // The run before it was held: nothing was released, and it only says what it would have removed.
    let before = (run.parse::<u64>().unwrap() - 1).to_string();
    let held = cli.json(&["runs", "show", &before]);
    assert_eq!(
        (&held["status"], &held["released"], &held["by"]),
        (&json!("held"), &json!(false), &Value::Null)
    );
    let page = cli.run(&["runs", "show", &before]).expect(0).stdout;
    assert!(page.contains("Withheld: ") && !page.contains("Removed: "));
    let page = cli.run(&["runs"]).expect(0).stdout;
    let others = len(&cli.json(&["runs", "--all"])) - len(&cli.json(&["runs"]));
    assert!(others > 1);
    let remark = format!(
        "{others} other runs are changes and undos by administrators, matches among them: timetable-sync runs --all\n"
    );
    assert!(page.ends_with(&remark), "{page}");
    let page = cli.run(&["runs", "--all"]).expect(0).stdout;
    assert!(!page.contains("other runs"), "{page}");
    let listed = cli.json(&["runs"]);
    assert_eq!(listed[0]["by"], "A. Example");
    assert_eq!(listed[1]["by"], Value::Null);
}

#[test]
fn why_a_booking_went_is_answered_by_the_timetable_of_then() {
    let (cli, applied) = released();
    let removal = &applied["removals"][0];
    let booking = removal["booking"].as_str().unwrap();
    let why = || cli.json(&["bookings", "why", booking]);
    let then = why();
    assert_eq!(then["state"], "removed");
    assert_eq!(len(&then["removals"]), 1);
    let past = &then["removals"][0];
    assert_eq!(past["removal"], *removal);
    assert_eq!(past["run"], applied["run"]);
    assert_eq!(past["fingerprint"], applied["fingerprint"]);
    assert_eq!(past["areas"], applied["areas"]);
    assert_eq!(
        (&past["by"], &past["released"], &past["restored_by"]),
        (&json!("A. Example"), &json!(true), &Value::Null)
    );

    // The timetable is another now, and the answer is the same.
    let later = cli.sync(&alder("republished"), REPUBLISHED).json();
    if later["status"] == "held" {
        let fingerprint = later["fingerprint"].as_str().unwrap();
        let from = alder("republished");
        let release = ["sync", "--from", &from, "--now", REPUBLISHED];
        let release: Vec<&str> = release
            .into_iter()
            .chain(["--apply-plan", fingerprint, "--json"])
            .collect();
        assert_eq!(cli.run(&release).expect(0).json()["status"], "applied");
    }
    let hash = |document: &Value| {
        let areas = document["areas"].as_array().unwrap().iter();
        let mut areas = areas.filter(|area| area["area"] == "published_timetable");
        areas.next().unwrap()["hash"].clone()
    };
    let now = cli.json(&["runs"]);
    let now = cli.json(&["runs", "show", now[0]["run"].as_str().unwrap()]);
    assert_ne!(hash(&now), hash(past));
    assert_eq!(why(), then);
    let page = cli.run(&["bookings", "why", booking]).expect(0).stdout;
    for text in [
        &format!("Booking {booking} is removed."),
        "by the timetable as it was then",
        removal["text"].as_str().unwrap(),
        removal["causes"][0]["label"].as_str().unwrap(),
        "Released by: A. Example",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn a_booking_that_is_back_says_which_undo_brought_it() {
    let cli = Cli::synced_alder().env("TIMETABLE_SYNC_BY", "The office");
    let removed = cli.json(&["bookings"])["removed"][0].clone();
    let (booking, run) = (
        removed["id"].as_str().unwrap(),
        removed["run"].as_str().unwrap(),
    );
    let undone = cli.json(&["undo", run, "--keep", "--now", FIRST]);
    let why = cli.json(&["bookings", "why", booking]);
    assert_eq!(why["state"], "kept");
    assert_eq!(why["removals"][0]["restored_by"], undone["by"]);
    let page = cli.run(&["bookings", "why", booking]).expect(0).stdout;
    assert!(page.contains("is there now; it had been removed"), "{page}");

    let undo = undone["by"].as_str().unwrap();
    let shown = cli.json(&["runs", "show", undo, "--by", "Somebody else"]);
    assert_eq!(
        (&shown["by"], &shown["kind"]),
        (&json!("The office"), &json!("undo"))
    );
    let page = cli.run(&["runs", "show", undo]).expect(0).stdout;
    assert!(
        page.contains(&format!("Took back run {run}. Restored: "))
            && page.contains(booking)
            && page.contains("Asked for by: The office"),
        "{page}"
    );
    assert_eq!(cli.json(&["runs", "--all"])[0]["by"], "The office");
}

#[test]
fn the_flag_names_who_asks_before_the_environment_and_an_administrator_s_change_is_kept() {
    let cli = Cli::synced_alder().env("TIMETABLE_SYNC_BY", "The office");
    cli.run(&[
        "exceptions",
        "add",
        "all",
        "2031-09-05",
        "--by",
        "B. Example",
    ])
    .expect(0);
    let run = cli.json(&["runs", "--all"])[0].clone();
    assert_eq!(
        (&run["by"], &run["kind"]),
        (&json!("B. Example"), &json!("administrator"))
    );
    let shown = cli.json(&["runs", "show", run["run"].as_str().unwrap()]);
    assert_eq!(len(&shown["report"]["exceptions"]), 1);
    assert_eq!(shown["released"], false);
    cli.sync(&alder("first"), UNCHANGED).expect(0);
    assert_eq!(cli.json(&["runs"])[0]["by"], "The office");
}

#[test]
fn what_the_history_does_not_know_is_wrong_usage() {
    let cli = Cli::synced_alder();
    let run = cli.run(&["runs", "show", "999"]).expect(2);
    assert!(run.stderr.contains("there is no run 999"), "{}", run.stderr);
    let booking = cli.run(&["bookings", "why", "nothing"]).expect(2);
    assert!(booking.stderr.contains("no booking `nothing`"));
    let kept = cli.json(&["bookings"])["kept"][0]["id"].clone();
    let why = cli.json(&["bookings", "why", kept.as_str().unwrap()]);
    assert_eq!(
        (&why["state"], &why["removals"]),
        (&json!("kept"), &json!([]))
    );
}
