//! Undo, offers of what can come back, and what waits for an administrator.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::{Cli, FIRST, UNCHANGED, alder, len, matches, names};

fn ids<'v>(list: &'v Value, name: &str) -> BTreeSet<&'v str> {
    let list = list.as_array().unwrap().iter();
    list.map(|row| row[name].as_str().unwrap()).collect()
}

/// What the first sync of Alder Prep removed: the run, and the bookings by id.
fn first_run(cli: &Cli) -> (String, Value) {
    let removed = cli.json(&["bookings"])["removed"].clone();
    let run = removed[0]["run"].as_str().unwrap().to_owned();
    (run, removed)
}

#[test]
fn undo_restores_nothing_while_all_causes_stand_and_keep_restores_it_with_exceptions() {
    let cli = Cli::synced_alder();
    let (run, removed) = first_run(&cli);
    let before = cli.json(&["bookings"]);
    let undone = cli.json(&["undo", &run, "--now", FIRST]);
    assert_eq!(
        names(&undone),
        [
            "run",
            "by",
            "restored",
            "not_restored",
            "exceptions",
            "notices"
        ]
    );
    assert_eq!(undone["restored"], json!([]));
    assert_eq!(ids(&undone["not_restored"], "id"), ids(&removed, "id"));
    for not in undone["not_restored"].as_array().unwrap() {
        assert_eq!(names(not), ["id", "reason"]);
        let reason = not["reason"].as_str().unwrap();
        assert!(
            reason.ends_with(&format!(
                "`undo {run} --keep` restores it with an exception"
            )),
            "{reason}"
        );
    }
    assert_eq!(cli.json(&["bookings"]), before);
    let page = cli.run(&["undo", &run, "--now", FIRST]).expect(0).stdout;
    assert!(
        page.starts_with("Restored: 0 bookings\n\nNot restored: "),
        "{page}"
    );

    let kept = cli.json(&["undo", &run, "--keep", "--now", FIRST]);
    let restored: BTreeSet<&str> = kept["restored"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    assert_eq!(restored, ids(&removed, "id"));
    assert_eq!(kept["not_restored"], json!([]));
    let after = cli.json(&["bookings"]);
    assert_eq!(after["removed"], json!([]));
    assert_eq!(len(&after["kept"]), len(&before["kept"]) + len(&removed));
    let exceptions = cli.json(&["exceptions", "list"]);
    assert_eq!(ids(&exceptions, "id").len(), len(&removed));
    for booking in removed.as_array().unwrap() {
        let same = |exception: &&Value| {
            ["room", "start", "end"]
                .iter()
                .all(|name| exception[name] == booking[name])
        };
        assert_eq!(
            exceptions.as_array().unwrap().iter().filter(same).count(),
            1
        );
    }

    // Each person has one message of the undo, and the next sync leaves everything as it is.
    let outbox = cli.json(&["outbox", "list"]);
    let told: Vec<&Value> = outbox
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["run"] == kept["by"])
        .collect();
    assert_eq!(told.len() as u64, kept["notices"]);
    let people: BTreeSet<&str> = told
        .iter()
        .map(|message| message["to"].as_str().unwrap())
        .collect();
    assert_eq!(people.len(), told.len());
    let report = cli.sync(&alder("unchanged"), UNCHANGED).expect(0).json();
    assert_eq!(
        (&report["status"], &report["removals"]),
        (&json!("unchanged"), &json!([]))
    );
    assert_eq!(cli.json(&["bookings"]), after);

    let page = cli.run(&["undo", &run]).expect(0).stdout;
    assert!(page.starts_with("There is nothing to restore"), "{page}");
    let runs = cli.json(&["runs", "--all"]);
    let undo = runs
        .as_array()
        .unwrap()
        .iter()
        .find(|run| run["run"] == kept["by"]);
    assert_eq!(undo.unwrap()["kind"], "undo");
}

#[test]
fn people_read_what_is_back_and_what_is_not() {
    let cli = Cli::synced_alder();
    let (run, removed) = first_run(&cli);
    let page = cli
        .run(&["undo", &run, "--keep", "--now", FIRST])
        .expect(0)
        .stdout;
    for id in ids(&removed, "id") {
        assert!(page.contains(id), "{id}\n{page}");
    }
    assert!(page.contains("exception") && page.contains("e1"), "{page}");
    assert!(page.contains("timetable-sync outbox list"), "{page}");
    let outbox = cli.json(&["outbox", "list"]);
    let back = |message: &&Value| message["subject"].as_str().unwrap().contains("back");
    let first = outbox.as_array().unwrap().iter().find(back).unwrap();
    let letter = cli.run(&["outbox", "show", first["id"].as_str().unwrap()]);
    let letter = letter.expect(0).stdout;
    assert!(
        letter.contains("the school has decided that the booking stands all the same"),
        "{letter}"
    );
}

#[test]
fn an_undo_of_no_run_fails_and_of_no_number_is_wrong_usage() {
    let cli = Cli::synced_alder();
    let ran = cli.run(&["undo", "99", "--json"]).expect(1);
    assert_eq!(ran.json()["status"], "failed");
    assert_eq!(ran.stderr, "error: there is no run 99\n");
    for args in [&["undo"][..], &["undo", "last"], &["undo", "-1"]] {
        cli.run(args).expect(2);
    }
    // A run that removed nothing has nothing to restore.
    let undone = cli.json(&["undo", "1"]);
    assert_eq!(
        (&undone["restored"], &undone["not_restored"]),
        (&json!([]), &json!([]))
    );
}

#[test]
fn row_31_a_match_that_is_cleared_lists_what_can_come_back_with_the_command() {
    let cli = Cli::synced_alder();
    let (run, removed) = first_run(&cli);
    let room = removed[0]["room"].as_str().unwrap();
    let in_room: Vec<&Value> = removed
        .as_array()
        .unwrap()
        .iter()
        .filter(|booking| booking["room"] == room)
        .collect();
    let at = ["--now", FIRST];
    let cleared = cli.json(&[&["match", "clear", "room", room][..], &at].concat());
    let offers = &cleared["offers"];
    let expected: BTreeSet<&str> = in_room
        .iter()
        .map(|booking| booking["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids(offers, "booking"), expected);
    for offer in offers.as_array().unwrap() {
        assert_eq!((&offer["run"], &offer["room"]), (&json!(run), &json!(room)));
        assert_eq!(
            names(offer),
            [
                "booking",
                "run",
                "room",
                "start",
                "end",
                "owner_email",
                "text"
            ]
        );
    }
    // Offered, and no more.
    assert_eq!(cli.json(&["bookings"])["removed"], removed);

    // The same for people, in the command and in the list of what waits.
    let source = matches("alder-prep")
        .into_iter()
        .find(|(local, _)| local == room)
        .unwrap()
        .1;
    cli.run(&["match", "set", "room", room, &source]).expect(0);
    let page = cli
        .run(&[&["match", "clear", "room", room][..], &at].concat())
        .expect(0)
        .stdout;
    let command = format!("timetable-sync undo {run} --now {FIRST}");
    assert!(
        page.contains(&format!("To bring them back: {command}")),
        "{page}"
    );
    let tasks = cli.json(&[&["tasks"][..], &at].concat());
    let returnable = tasks
        .as_array()
        .unwrap()
        .iter()
        .find(|task| task["task"] == "returnable");
    assert_eq!(ids(&returnable.unwrap()["bookings"], "booking"), expected);

    let undone = cli.json(&[&["undo", &run][..], &at].concat());
    let restored: BTreeSet<&str> = undone["restored"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    assert_eq!(restored, expected);
    // The lessons leave the room with the next sync, and the bookings stay.
    let report = cli.sync(&alder("unchanged"), UNCHANGED).expect(0).json();
    assert_eq!(report["removals"], json!([]));
    assert_eq!(report["offers"], json!([]));
}

#[test]
fn a_room_that_becomes_another_lists_what_can_come_back() {
    let cli = Cli::synced_alder();
    let (_, removed) = first_run(&cli);
    let room = removed[0]["room"].as_str().unwrap();
    // Any iSAMS room that nobody uses: one that a sync put into Unassigned.
    let list = cli.json(&["match", "list"]);
    let all: Vec<&Value> = list["rooms"].as_array().unwrap().iter().collect();
    let unsorted: Vec<&str> = all
        .iter()
        .filter(|room| room["category"] == "Unassigned")
        .map(|room| room["isams"].as_str().unwrap())
        .collect();
    let offered = unsorted.iter().any(|isams| {
        let set = cli.json(&["match", "set", "room", room, isams, "--now", FIRST]);
        set.get("offers").is_some_and(|offers| {
            assert!(ids(offers, "room").contains(room), "{set}");
            true
        })
    });
    assert!(
        offered,
        "every room of {unsorted:?} has lessons at the same times"
    );

    // A file that takes the match back does the same.
    let cli = Cli::synced_alder();
    let file = cli.write("matches.csv", format!("local,isams\n{room},\n"));
    let imported = cli.json(&["match", "import", &file, "--now", FIRST]);
    assert_eq!(imported["cleared"], json!([room]));
    assert!(
        ids(&imported["offers"], "room").contains(room),
        "{imported}"
    );
}

#[test]
fn what_waits_for_an_administrator_is_listed_with_the_command_to_begin_with() {
    let cli = Cli::alder();
    assert_eq!(cli.json(&["tasks"]), json!([]));
    let page = cli.run(&["tasks"]).expect(0).stdout;
    assert_eq!(page, "Nothing waits for an administrator.\n");
    cli.sync(&alder("first"), FIRST).expect(3);
    let tasks = cli.json(&["tasks", "--now", FIRST]);
    assert_eq!(tasks[0]["task"], "awaiting_match");
    assert_eq!(tasks[0]["rooms"], 30);
    let text = tasks[0]["text"].as_str().unwrap();
    assert!(text.starts_with("The rooms wait to be matched"), "{text}");
    let page = cli.run(&["tasks", "--now", FIRST]).expect(0).stdout;
    assert!(
        page.contains(&format!(
            "- {text}\n  timetable-sync match suggest --now {FIRST}\n"
        )),
        "{page}"
    );
}

#[test]
fn a_held_run_waits_with_its_fingerprint() {
    let cli = Cli::synced_alder();
    let held = cli.sync(&alder("core-empty"), UNCHANGED).expect(3).json();
    let tasks = cli.json(&["tasks", "--now", UNCHANGED]);
    let task = tasks
        .as_array()
        .unwrap()
        .iter()
        .find(|task| task["task"] == "held_run");
    let task = task.unwrap();
    assert_eq!(
        (&task["run"], &task["because"]),
        (&held["run"], &held["held_because"])
    );
    let expected = if held["releasable"] == true {
        held["fingerprint"].clone()
    } else {
        Value::Null
    };
    assert_eq!(task["fingerprint"], expected);
}
