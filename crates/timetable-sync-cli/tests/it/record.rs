//! An answer that is saved to be shown: nobody is in it, and it plans the same.

use std::{collections::BTreeSet, fs, path::Path};

use isams_client::{DataArea, Payload};
use isams_simulator::Fixture;
use serde_json::{Value, json};

use crate::{
    cli::{Cli, FIRST, REPUBLISHED, alder, fixtures, len},
    http::{KEY, simulate},
};

/// When Birchwood publishes its timetable again.
const BIRCHWOOD_REPUBLISHED: &str = "2031-09-23T01:00";

/// A school that has the CSV files of a folder, matched with an answer as its `matches.csv` says, and confirmed.
fn matched(folder: &Path, from: &str, now: &str) -> Cli {
    let cli = Cli::new();
    for file in ["rooms", "timeslots", "bookings"] {
        let file = folder.join(format!("{file}.csv"));
        cli.run(&["import", file.to_str().unwrap()]).expect(0);
    }
    cli.sync(from, now).expect(3);
    let matches = fs::read_to_string(folder.join("matches.csv")).unwrap();
    for pair in matches.lines().skip(1) {
        let (local, isams) = pair.split_once(',').unwrap();
        cli.run(&["match", "set", "room", local, isams]).expect(0);
    }
    cli.run(&["match", "confirm"]).expect(0);
    cli
}

/// What a report says beside names and addresses.
fn gist(report: &Value) -> Value {
    let removals: Vec<Value> = report["removals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|removal| {
            let mut causes: Vec<Value> = removal["causes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|cause| {
                    json!([
                        cause["start"],
                        cause["end"],
                        cause["kind"],
                        cause["source_ids"]
                    ])
                })
                .collect();
            causes.sort_by_key(ToString::to_string);
            let of = |name: &str| removal[name].clone();
            json!([
                of("booking"),
                of("room"),
                of("start"),
                of("end"),
                of("absorbed"),
                causes
            ])
        })
        .collect();
    let pairs = |rows: &str, one: &str, other: &str| -> Vec<String> {
        let rows = report[rows].as_array().unwrap().iter();
        let mut rows: Vec<String> = rows
            .map(|row| format!("{} {}", row[one], row[other]))
            .collect();
        rows.sort();
        rows
    };
    let mut gist = json!({
        "removals": removals,
        "areas": pairs("areas", "area", "state"),
        "rows": pairs("areas", "area", "rows"),
        "skipped": pairs("skipped", "area", "source_id"),
        "warnings": len(&report["warnings"]),
    });
    for same in [
        "status",
        "rooms",
        "timeslots",
        "lessons",
        "terms",
        "allocations",
        "without_room",
        "held_because",
        "accept",
        "releasable",
        "notices",
    ] {
        gist[same] = report[same].clone();
    }
    gist
}

fn plan(cli: &Cli, from: &str, now: &str) -> Value {
    let ran = cli.run(&["plan", "--from", from, "--now", now, "--json"]);
    assert!([0, 3].contains(&ran.code), "{}", ran.stderr);
    ran.json()
}

/// A folder of the program's own, as it is passed.
fn shown(cli: &Cli) -> String {
    cli.path("shown").to_str().unwrap().to_owned()
}

fn record(cli: &Cli, from: &str, more: &[&str]) -> Value {
    let args: Vec<&str> = ["record", "--from", from, "--out", "shown"]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    cli.json(&args)
}

/// Everything that the recording wrote, in lower case.
fn written(cli: &Cli) -> String {
    let files = fs::read_dir(cli.path("shown")).unwrap();
    files
        .map(|file| {
            fs::read_to_string(file.unwrap().path())
                .unwrap()
                .to_lowercase()
        })
        .collect()
}

#[test]
fn the_replaced_answer_with_the_replaced_bookings_plans_the_same() {
    for (school, day, now, removed) in [
        ("alder-prep", "first", FIRST, 5),
        ("alder-prep", "republished", REPUBLISHED, 11),
        ("birchwood-college", "first", FIRST, 31),
        (
            "birchwood-college",
            "republished",
            BIRCHWOOD_REPUBLISHED,
            30,
        ),
    ] {
        let folder = fixtures().join(school);
        let from = folder.join(day).to_str().unwrap().to_owned();
        let original = matched(&folder.join("existing"), &from, now);
        let recorded = record(&original, &from, &["--with-bookings"]);
        assert!(
            recorded["replaced"]["people"].as_u64().unwrap() > 30,
            "{recorded}"
        );

        let again = matched(&original.path("shown"), &shown(&original), now);
        let before = plan(&original, &from, now);
        let after = plan(&again, &shown(&original), now);
        assert_eq!(gist(&after), gist(&before), "{school} {day}");
        // It is a plan that removes bookings, some of them absorbed.
        assert!(
            len(&before["removals"]) >= removed,
            "{school} {day}: {}",
            len(&before["removals"])
        );
        if day == "first" {
            let absorbed = before["removals"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|removal| removal["absorbed"] == true);
            assert_eq!(absorbed.count(), 1, "{school}");
            assert!(len(&before["skipped"]) > 0, "{school}");
        }
        if school == "birchwood-college" && day == "first" {
            assert_eq!(before["status"], "held");
        }
    }
}

#[test]
fn two_days_with_one_mapping_are_synced_one_after_another_as_the_originals() {
    let school = Fixture::open(fixtures().join("alder-prep")).unwrap();
    let original = matched(
        &fixtures().join("alder-prep/existing"),
        &alder("first"),
        FIRST,
    );
    for (file, day) in [("days/1.json", "first"), ("days/2.json", "republished")] {
        original.write(file, school.day(day).unwrap().body().unwrap());
    }
    let recorded = record(&original, "days", &["--with-bookings"]);
    assert_eq!(
        recorded["files"],
        json!([
            "answer-1.json",
            "answer-2.json",
            "rooms.csv",
            "timeslots.csv",
            "matches.csv",
            "bookings.csv"
        ])
    );
    let first = original
        .path("shown/answer-1.json")
        .to_str()
        .unwrap()
        .to_owned();
    let second = original
        .path("shown/answer-2.json")
        .to_str()
        .unwrap()
        .to_owned();
    let again = matched(&original.path("shown"), &first, FIRST);
    for (day, answer, now, removed) in [
        ("first", first, FIRST, 5),
        ("republished", second, REPUBLISHED, 6),
    ] {
        let before = original.sync(&alder(day), now).expect(0).json();
        let after = again.sync(&answer, now).expect(0).json();
        assert_eq!(gist(&after), gist(&before), "{day}");
        assert_eq!(len(&before["removals"]), removed, "{day}");
    }
    // A third night finds nothing new in either.
    let third = again.sync(
        original.path("shown/answer-2.json").to_str().unwrap(),
        "2031-09-17T01:00",
    );
    assert_eq!(third.expect(0).json()["status"], "unchanged");
}

#[test]
fn nobody_is_in_what_is_written_and_printed() {
    let cli = Cli::matched_alder();
    let args = [
        "record",
        "--from",
        &alder("first"),
        "--out",
        "shown",
        "--with-bookings",
    ];
    let printed = cli.run(&args).expect(0);
    let mut names = BTreeSet::new();
    let bookings = cli.json(&["bookings"]);
    for booking in bookings["kept"].as_array().unwrap() {
        for field in ["owner_name", "owner_email", "title", "series"] {
            names.extend(booking[field].as_str().map(str::to_lowercase));
        }
    }
    assert!(names.contains("chess") && names.contains("zoë ångmere"));
    let staff = fs::read_to_string(fixtures().join("alder-prep/first/staff.json")).unwrap();
    let staff: Value = serde_json::from_str(&staff).unwrap();
    for member in staff["iSAMS"]["HRManager"]["CurrentStaff"]["StaffMember"]
        .as_array()
        .unwrap()
    {
        for field in ["FullName", "Surname", "UserCode", "SchoolEmailAddress"] {
            names.extend(
                member[field]
                    .as_str()
                    .map(|name| name.trim().to_lowercase()),
            );
        }
    }
    names.remove("");
    let all = format!(
        "{}{}{}",
        written(&cli),
        printed.stdout.to_lowercase(),
        printed.stderr
    );
    for name in &names {
        assert!(!all.contains(name.as_str()), "{name}");
    }
    // People are told what to do next, and what to look at.
    for text in [
        "must read these files before anybody else gets them",
        "answer-01.json",
        "bookings.csv",
        "HRManager.CurrentStaff.StaffMember.UserName",
        "codes and names of sets and forms",
        "- building: LO \u{b7} Lodge \u{b7} MH",
        "Great Hall",
        "- own room: Gym (old) \u{b7} Hall, Great",
    ] {
        assert!(printed.stdout.contains(text), "{text}\n{}", printed.stdout);
    }
}

#[test]
fn over_http_the_answer_is_what_a_sync_would_get() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let (_simulator, url) = simulate(&cli, "first");
    let args = ["record", "--url", &url, "--out", "shown", "--now", FIRST];
    let recorded = cli.json(&args);
    assert_eq!(recorded["files"], json!(["answer-1.json"]));
    assert!(!written(&cli).contains(KEY));
    // No store is needed.
    assert!(!cli.path("timetable-sync.db").exists());
    assert_eq!(
        gist(&plan(&cli, &shown(&cli), FIRST)),
        gist(&plan(&cli, &alder("first"), FIRST))
    );
}

#[test]
fn the_dates_that_are_asked_for_follow_the_time_that_is_given() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let (_simulator, url) = simulate(&cli, "first");
    // More than a year before the cover of the fixture, and in the midst of it.
    for (now, closures) in [("2029-09-02T01:00", 0), ("2032-06-01T01:00", 3)] {
        cli.json(&[
            "record", "--url", &url, "--out", "shown", "--now", now, "--force",
        ]);
        let answer = fs::read_to_string(cli.path("shown/answer-1.json")).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let rows = &answer["iSAMS"]["CoverManager"]["RoomClosures"]["RoomClosure"];
        assert_eq!(
            rows.as_array().map_or(0, Vec::len),
            closures,
            "{now}: {rows}"
        );
    }
}

#[test]
fn events_are_asked_for_by_dates_where_a_sync_does_so() {
    let cli = Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY);
    let (_simulator, url) = simulate(&cli, "first");
    // More than a year before the first of them.
    let now = "2029-09-02T01:00";
    for (settings, events) in [
        ("filtered_events = false", 5),
        ("filtered_events = true", 0),
    ] {
        cli.write("timetable-sync.toml", settings);
        cli.json(&[
            "record", "--url", &url, "--out", "shown", "--now", now, "--force",
        ]);
        let answer = fs::read(cli.path("shown/answer-1.json")).unwrap();
        let answer = Payload::from_slice(&answer).unwrap();
        let rows = answer.rows(DataArea::EventsThisYear) + answer.rows(DataArea::EventsNextYear);
        assert_eq!(rows, events, "{settings}");
    }
}

#[test]
fn a_refused_request_is_no_answer_and_nothing_is_written() {
    let wrong = "ffffffff-4e5f-6789-abcd-ef0123456789";
    let cli = Cli::new()
        .env("TIMETABLE_SYNC_API_KEY", wrong)
        .env("TIMETABLE_SYNC_LOG", "trace");
    let (_simulator, url) = simulate(&cli, "first");
    let args = [
        "record",
        "--url",
        &url,
        "--out",
        "shown",
        "--with-bookings",
        "--json",
    ];
    let ran = cli.run(&args).expect(4);
    assert_eq!(ran.json()["status"], "failed");
    assert!(
        ran.stderr.contains("Check the API key against"),
        "{}",
        ran.stderr
    );
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(&wrong[..8]), "{text}");
    }
    assert!(!cli.path("shown").exists() && !cli.path("timetable-sync.db").exists());
}

#[test]
fn nothing_is_written_over_unless_forced_and_then_nothing_old_is_left() {
    let cli = Cli::new();
    let first = record(&cli, &alder("first"), &[]);
    assert!(len(&first["files"]) > 9);
    cli.write("shown/mine.txt", "mine");
    let from = alder("first/rooms.json");
    let args = ["record", "--from", &from, "--out", "shown"];
    let ran = cli.run(&args).expect(2);
    assert!(
        ran.stderr
            .contains("answer-01.json is there already; --force"),
        "{}",
        ran.stderr
    );
    let kept = written(&cli);
    assert!(kept.contains("great hall") && kept.contains("person 1"));

    let second = record(&cli, &from, &["--force"]);
    assert_eq!(second["files"], json!(["answer-1.json"]));
    let names: BTreeSet<String> = fs::read_dir(cli.path("shown"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["answer-1.json".to_owned(), "mine.txt".to_owned()])
    );
    assert_eq!(
        second["replaced"],
        json!({ "people": 0, "addresses": 0, "codes": 0, "groups": 0, "texts": 0 })
    );
    assert_eq!(second["left_out"], json!([]));
    let kinds: BTreeSet<&str> = second["kept_names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, BTreeSet::from(["building", "room"]));
}

#[test]
fn what_is_no_answer_is_not_recorded() {
    let cli = Cli::new();
    cli.write("page.json", "<html></html>");
    for (from, code) in [("page.json", 4), ("none", 2)] {
        cli.run(&["record", "--from", from, "--out", "shown"])
            .expect(code);
    }
    // A file where the folder should be.
    cli.run(&["record", "--from", &alder("first"), "--out", "page.json"])
        .expect(2);
    // Without a source or a folder.
    cli.run(&["record", "--out", "shown"]).expect(2);
    cli.run(&["record", "--from", &alder("first")]).expect(2);
    assert!(!cli.path("shown").exists());
}
