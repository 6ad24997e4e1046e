//! A school that had rooms and bookings before its first sync.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cli::{Cli, FIRST, REPUBLISHED, UNCHANGED, alder, len, names};

#[test]
fn an_existing_school_waits_matches_confirms_and_syncs() {
    let cli = Cli::alder();
    let imported = cli.json(&["bookings"]);
    let total = len(&imported["kept"]);

    let report = cli.sync(&alder("first"), FIRST).expect(3).json();
    assert_eq!(report["status"], "awaiting_match");
    assert_eq!(report["notices"], 0);
    let page = cli
        .run(&["sync", "--from", &alder("first"), "--now", FIRST])
        .expect(3);
    assert!(
        page.stdout.contains("timetable-sync match confirm"),
        "{}",
        page.stdout
    );
    assert_eq!(cli.json(&["bookings"]), imported);
    assert_eq!(cli.told(), Value::Array(Vec::new()));

    for (local, isams) in crate::cli::matches("alder-prep") {
        let isams = format!("isams:{isams}");
        let set = cli.json(&["match", "set", "room", &local, &isams]);
        assert_eq!(set["room"], local.as_str());
    }
    // The plan lists what the matches so far would remove, and still waits.
    let plan = cli
        .run(&["plan", "--from", &alder("first"), "--now", FIRST, "--json"])
        .expect(3)
        .json();
    assert_eq!(plan["status"], "awaiting_match");
    assert!(len(&plan["removals"]) > 0);

    let confirmed = cli.json(&["match", "confirm"]);
    assert_eq!(confirmed["was_waiting"], true);
    assert_eq!(cli.json(&["bookings"]), imported);
    let rooms = cli.json(&["rooms", "list"]);
    let unassigned = rooms
        .as_array()
        .unwrap()
        .iter()
        .filter(|room| room["category"] == "Unassigned");
    assert_eq!(unassigned.count() as u64, confirmed["created"]);

    let plan = cli.json(&["plan", "--from", &alder("first"), "--now", FIRST]);
    assert_eq!(
        (&plan["status"], &plan["run"]),
        (&"planned".into(), &Value::Null)
    );
    let report = cli.sync(&alder("first"), FIRST).expect(0).json();
    assert_eq!(report["status"], "applied");
    for same in ["fingerprint", "removals", "notices"] {
        assert_eq!(plan[same], report[same]);
    }
    check_removals(&cli, &report, total);

    let before = cli.everything();
    let report = cli.sync(&alder("unchanged"), UNCHANGED).expect(0).json();
    assert_eq!(report["status"], "unchanged");
    assert_eq!(len(&report["removals"]), 0);
    assert_eq!(cli.everything(), before);

    let report = cli
        .sync(&alder("republished"), REPUBLISHED)
        .expect(0)
        .json();
    assert_eq!(report["status"], "applied");
    assert!(len(&report["removals"]) > 0);
    check_removals(&cli, &report, total);

    let runs = cli.json(&["runs"]);
    let statuses: Vec<&str> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        statuses,
        [
            "applied",
            "unchanged",
            "applied",
            "awaiting_match",
            "awaiting_match"
        ]
    );
    let run = &runs[0];
    assert_eq!(names(run)[..3], ["run", "status", "started"]);
    assert_eq!(run["run"], report["run"]);
    assert!(len(&cli.json(&["runs", "--all"])) > runs.as_array().unwrap().len());
}

/// What the run removed is archived with its causes, and each owner has one message.
fn check_removals(cli: &Cli, report: &Value, total: usize) {
    let bookings = cli.json(&["bookings"]);
    assert_eq!(len(&bookings["kept"]) + len(&bookings["removed"]), total);
    let removed: Vec<&Value> = bookings["removed"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|removed| removed["run"] == report["run"])
        .collect();
    assert_eq!(removed.len(), len(&report["removals"]));
    for removed in removed {
        assert_eq!(
            names(removed),
            [
                "id",
                "room",
                "start",
                "end",
                "owner_name",
                "owner_email",
                "title",
                "series",
                "run",
                "causes"
            ]
        );
        let listed = report["removals"].as_array().unwrap();
        let listed = listed
            .iter()
            .find(|listed| listed["booking"] == removed["id"])
            .unwrap();
        assert_eq!(listed["causes"], removed["causes"]);
        assert!(len(&removed["causes"]) > 0);
    }
    let owners: BTreeSet<String> = report["removals"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|removal| Some(removal["owner_email"].as_str()?.to_lowercase()))
        .collect();
    assert_eq!(report["notices"], owners.len());
    let outbox = cli.json(&["outbox", "list"]);
    let told: Vec<String> = outbox
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["run"] == report["run"])
        .map(|message| {
            assert_eq!(names(message)[..3], ["to", "run", "state"]);
            assert_eq!(message["state"], "queued");
            message["to"].as_str().unwrap().to_lowercase()
        })
        .filter(|to| to != "administrator")
        .collect();
    assert_eq!(told.len(), owners.len());
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), owners);
}

#[test]
fn a_message_is_shown_by_its_number_and_by_its_id() {
    let cli = Cli::synced_alder();
    let outbox = cli.json(&["outbox", "list"]);
    let first = cli.run(&["outbox", "show", "1"]).expect(0).stdout;
    let to = outbox[0]["to"].as_str().unwrap();
    assert!(
        first.starts_with(&format!("To: {to}\nSubject: ")),
        "{first}"
    );
    let id = outbox[0]["id"].as_str().unwrap();
    assert_eq!(cli.run(&["outbox", "show", id]).expect(0).stdout, first);
    assert!(first.contains(cli.json(&["outbox", "show", "1"])["text"].as_str().unwrap()));
    for none in ["0", "999", "x"] {
        cli.run(&["outbox", "show", none]).expect(1);
    }
}

#[test]
fn people_read_which_bookings_go_and_why() {
    let cli = Cli::matched_alder();
    let page = cli
        .run(&["sync", "--from", &alder("first"), "--now", FIRST])
        .expect(0);
    for text in [
        "Applied",
        "published_timetable",
        "Timetable Manager Datasets - Published Timetable Schedule",
        "Removed: ",
        "is removed, because",
        "meets there in",
        "Rows that cannot be used",
        "timetable-sync outbox list",
    ] {
        assert!(page.stdout.contains(text), "{text}\n{}", page.stdout);
    }
    assert!(page.stderr.is_empty(), "{}", page.stderr);
    let page = cli.run(&["bookings"]).expect(0).stdout;
    assert!(
        page.contains("bookings kept") && page.contains("meets there"),
        "{page}"
    );
    cli.run(&["runs"]).expect(0);
    cli.run(&["rooms", "list"]).expect(0);
    cli.run(&["match", "list"]).expect(0);
    cli.run(&["outbox", "list"]).expect(0);
}

#[test]
fn a_plan_is_written_to_a_file() {
    let cli = Cli::matched_alder();
    let args = [
        "plan",
        "--from",
        &alder("first"),
        "--now",
        FIRST,
        "--out",
        "plan.json",
        "--json",
    ];
    let printed = cli.run(&args).expect(0);
    assert_eq!(
        std::fs::read_to_string(cli.path("plan.json")).unwrap(),
        printed.stdout
    );
    let args = [
        "plan",
        "--from",
        &alder("first"),
        "--now",
        FIRST,
        "--out",
        "none/plan.json",
    ];
    cli.run(&args).expect(1);
    // A plan is no run.
    assert_eq!(len(&cli.json(&["runs"])), 1);
}
