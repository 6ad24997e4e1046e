//! A school without rooms or bookings of its own.

use crate::cli::{Cli, FIRST, UNCHANGED, alder, len, names};

#[test]
fn a_new_school_takes_what_isams_has_and_then_stays_unchanged() {
    let cli = Cli::new();
    let report = cli.sync(&alder("first"), FIRST).expect(0).json();
    assert_eq!(report["status"], "applied");
    assert_eq!(report["run"], "1");
    assert_eq!(len(&report["areas"]), 14);
    assert!(report["lessons"]["added"].as_u64() > Some(0));

    let rooms = cli.json(&["rooms", "list"]);
    assert_eq!(
        rooms.as_array().unwrap().len() as u64,
        report["rooms"]["added"]
    );
    for room in rooms.as_array().unwrap() {
        assert_eq!(
            names(room),
            [
                "id",
                "name",
                "category",
                "isams",
                "hidden",
                "bookable",
                "counted",
                "part_bookable"
            ]
        );
        assert_eq!(room["category"], "Unassigned");
        assert_eq!(room["hidden"], true);
        assert_eq!(room["bookable"], false);
        assert_eq!(room["counted"], false);
        assert!(room["isams"].is_string());
    }

    let before = cli.everything();
    let report = cli.sync(&alder("unchanged"), UNCHANGED).expect(0).json();
    assert_eq!(report["status"], "unchanged");
    assert_eq!(report["notices"], 0);
    assert!(!report["skipped"].as_array().unwrap().is_empty());
    assert_eq!(cli.everything(), before);
    // On a new school confirming changes nothing.
    let confirmed = cli.json(&["match", "confirm"]);
    assert_eq!(
        (&confirmed["created"], &confirmed["was_waiting"]),
        (&0.into(), &false.into())
    );
    assert_eq!(cli.everything(), before);
}

#[test]
fn a_report_has_the_fields_of_the_contract() {
    let cli = Cli::matched_alder();
    let report = cli.sync(&alder("first"), FIRST).expect(0).json();
    for name in [
        "status",
        "run",
        "fingerprint",
        "removals",
        "rooms",
        "timeslots",
        "lessons",
        "terms",
        "areas",
        "skipped",
        "held_because",
        "notices",
        "warnings",
    ] {
        assert!(names(&report).contains(&name), "{name}");
    }
    for name in ["rooms", "timeslots", "lessons", "terms"] {
        assert_eq!(names(&report[name]), ["added", "changed", "removed"]);
    }
    for area in report["areas"].as_array().unwrap() {
        assert!(area["area"].is_string() && area["state"].is_string() && area["rows"].is_u64());
    }
    for skipped in report["skipped"].as_array().unwrap() {
        assert_eq!(names(skipped), ["area", "source_id", "reason"]);
    }
    let removals = report["removals"].as_array().unwrap();
    assert!(!removals.is_empty());
    for removal in removals {
        for name in [
            "booking",
            "room",
            "start",
            "end",
            "owner_email",
            "absorbed",
            "causes",
            "alternatives",
        ] {
            assert!(names(removal).contains(&name), "{name}");
        }
        for cause in removal["causes"].as_array().unwrap() {
            assert_eq!(
                names(cause),
                ["kind", "source_ids", "start", "end", "label"]
            );
            // Half-open spans of text that sorts by time.
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            assert!(text(&cause["start"]) < text(&removal["end"]));
            assert!(text(&removal["start"]) < text(&cause["end"]));
        }
    }
}

#[test]
fn a_new_school_imports_its_bookings_after_the_first_sync() {
    let cli = Cli::new();
    cli.sync(&alder("first"), FIRST).expect(0);
    // Room 41 has Mathematics on Monday mornings in Period 1, and nothing at noon on a Saturday.
    let file = cli.write(
        "bookings.csv",
        "id,room,start,end,owner_email\n\
         clash,isams:41,2031-09-08T09:00,2031-09-08T09:30,A.Person@alder.example\n\
         touch,Room 1,2031-09-08T08:00,2031-09-08T08:45,a.person@alder.example\n\
         free,isams-41,2031-09-13T12:00,2031-09-13T13:00,a.person@alder.example\n",
    );
    let imported = cli.json(&["import", &file]);
    assert_eq!(imported["added"], 3);
    let report = cli.sync(&alder("unchanged"), UNCHANGED).expect(0).json();
    assert_eq!(report["status"], "applied");
    assert_eq!(len(&report["removals"]), 1);
    assert_eq!(report["removals"][0]["booking"], "clash");
    assert_eq!(report["removals"][0]["room"], "isams-41");
    assert_eq!(report["notices"], 1);
    let bookings = cli.json(&["bookings"]);
    let kept: Vec<_> = bookings["kept"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kept| &kept["id"])
        .collect();
    assert_eq!(kept, ["free", "touch"]);

    // The same file again: what was removed stays so.
    let again = cli.json(&["import", &file]);
    assert_eq!(again["unchanged"], 2);
    assert_eq!(again["stay_removed"], serde_json::json!(["clash"]));
    assert_eq!(cli.json(&["bookings"]), bookings);
}

#[test]
fn an_administrator_sorts_a_room_and_a_sync_leaves_it_so() {
    let cli = Cli::new();
    cli.sync(&alder("first"), FIRST).expect(0);
    let room = cli.json(&[
        "rooms",
        "set",
        "isams:41",
        "--category",
        "Maths",
        "--name",
        "M1",
    ]);
    assert_eq!(room["id"], "isams-41");
    assert_eq!(
        (&room["name"], &room["category"]),
        (&"M1".into(), &"Maths".into())
    );
    assert_eq!(
        (&room["hidden"], &room["counted"]),
        (&false.into(), &true.into())
    );
    cli.sync(&alder("unchanged"), UNCHANGED).expect(0);
    let rooms = cli.json(&["rooms", "list"]);
    assert!(rooms.as_array().unwrap().contains(&room));

    cli.run(&["rooms", "set", "M1"]).expect(2);
    cli.run(&["rooms", "set", "M1", "--category", " "])
        .expect(2);
    cli.run(&["rooms", "set", "nowhere", "--category", "X"])
        .expect(1);
}

#[test]
fn terms_and_weeks_are_listed_as_synced() {
    let nothing = Cli::alder().json(&["terms"]);
    assert_eq!(nothing, serde_json::json!({ "terms": [], "weeks": [] }));
    let cli = Cli::new();
    cli.sync(&alder("first"), FIRST).expect(0);
    let document = cli.json(&["terms", "--now", FIRST]);
    let terms = document["terms"].as_array().unwrap();
    assert_eq!(
        names(&terms[0]),
        ["name", "academic_year", "first_day", "last_day"]
    );
    assert!(terms.iter().any(|term| {
        term["name"] == "Autumn"
            && term["first_day"] == "2031-09-03"
            && term["academic_year"] == 2031
    }));
    let week = |number: u64| {
        let weeks = document["weeks"].as_array().unwrap();
        let found = weeks
            .iter()
            .find(|week| week["year"] == 2031 && week["week"] == number);
        found.unwrap().clone()
    };
    assert_eq!(week(37)["unknown"], false);
    assert_eq!(len(&week(37)["cycle_weeks"]), 1);
    // Half-term.
    assert_eq!(week(44)["unknown"], true);
    let page = cli.run(&["terms", "--now", FIRST]).expect(0).stdout;
    assert!(
        page.contains("2031 week 44") && page.contains("not known"),
        "{page}"
    );
}

#[test]
fn the_calendar_shows_a_week_with_and_without_colour() {
    let cli = Cli::new();
    cli.sync(&alder("first"), FIRST).expect(0);
    let file = cli.write(
        "bookings.csv",
        "id,room,start,end,owner_name,title\n1,isams:41,2031-09-10T17:00,2031-09-10T18:00,Ada,Chess\n",
    );
    cli.run(&["import", &file]).expect(0);
    let week = ["calendar", "isams:41", "--week", "2031-09-10"];
    let page = cli.run(&week).expect(0).stdout;
    for text in [
        "Room 1, week of 8 September 2031",
        "Mon 8 Sep",
        "Period 1",
        "[booked] Chess, Ada",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    assert!(!page.contains('\u{1b}'), "{page}");
    let coloured = [&week[..], &["--color", "always"]].concat();
    assert!(cli.run(&coloured).expect(0).stdout.contains("\u{1b}["));

    let document = cli.json(&week);
    assert_eq!(document["week"], "2031-09-08");
    assert_eq!(len(&document["days"]), 7);
    let kinds: Vec<&str> = document["days"][2]["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"lesson") && kinds.contains(&"booking"),
        "{kinds:?}"
    );

    let half_term = cli
        .run(&["calendar", "isams:41", "--week", "2031-10-29"])
        .expect(0)
        .stdout;
    assert!(
        half_term.contains("the lessons are not known"),
        "{half_term}"
    );
    cli.run(&["calendar", "nowhere"]).expect(1);
    cli.run(&["calendar", "isams:41", "--week", "soon"])
        .expect(2);
}
