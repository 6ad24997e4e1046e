//! Naming rooms, and matching them.

use serde_json::{Value, json};

use crate::cli::{Cli, FIRST, alder, fixtures, len};

fn room<'l>(list: &'l Value, local: &str) -> &'l Value {
    let rooms = list["rooms"].as_array().unwrap();
    rooms.iter().find(|room| room["local"] == local).unwrap()
}

#[test]
fn matches_are_listed_set_and_cleared() {
    let cli = Cli::alder();
    let before = cli.json(&["match", "list"]);
    assert_eq!(before["matching"], "not_started");
    assert_eq!(len(&before["timeslots"]), 0);
    // Nothing has arrived yet that could be matched.
    cli.run(&["match", "confirm"]).expect(1);
    cli.run(&["match", "set", "room", "LAB1", "55"]).expect(1);

    cli.sync(&alder("first"), FIRST).expect(3);
    let list = cli.json(&["match", "list"]);
    assert_eq!(list["matching"], "awaiting");
    assert_eq!(room(&list, "LAB1")["matched"], false);
    let theirs = list["rooms"].as_array().unwrap().iter();
    assert!(
        theirs
            .clone()
            .any(|room| room["local"].is_null() && room["isams"] == "55")
    );
    let slots = list["timeslots"].as_array().unwrap();
    assert!(slots.iter().all(|slot| slot["matched"] == true));
    assert_eq!(slots[0]["day"], "Mon");
    assert_eq!(slots[0]["timeslots"], json!(["T01"]));

    let set = cli.json(&["match", "set", "room", "Lab 01", "isams:55"]);
    assert_eq!(set, json!({ "room": "LAB1", "isams": "55" }));
    let list = cli.json(&["match", "list"]);
    assert_eq!(room(&list, "LAB1")["isams"], "55");
    assert_eq!(room(&list, "LAB1")["isams_name"], "Lab 1");
    // Each side stands in one match.
    cli.run(&["match", "set", "room", "LAB2", "55"]).expect(1);
    cli.run(&["match", "set", "room", "LAB2", "999"]).expect(1);

    assert_eq!(
        cli.json(&["match", "clear", "room", "isams:55"])["cleared"],
        true
    );
    assert_eq!(
        cli.json(&["match", "clear", "room", "LAB1"])["cleared"],
        false
    );
    assert_eq!(
        room(&cli.json(&["match", "list"]), "LAB1")["isams"],
        Value::Null
    );
    let page = cli.run(&["match", "list"]).expect(0).stdout;
    assert!(
        page.contains("here only") && page.contains("iSAMS only"),
        "{page}"
    );
}

#[test]
fn a_change_of_matches_says_when_it_shows_and_when_it_counts() {
    let cli = Cli::synced_alder();
    let follows = "The calendar follows now; bookings are judged at the next sync.";
    let lessons = || {
        let week = cli.json(&["calendar", "LAB1", "--week", "2031-09-22"]);
        let days = week["days"].as_array().unwrap().iter();
        let entries = days.flat_map(|day| day["entries"].as_array().unwrap());
        entries.filter(|entry| entry["kind"] == "lesson").count()
    };
    let before = lessons();
    assert!(before > 0);
    let cleared = cli.run(&["match", "clear", "room", "LAB1"]).expect(0);
    let leave = "Its lessons leave the calendar now; bookings are judged at the next sync.";
    assert!(cleared.stdout.contains(leave), "{}", cleared.stdout);
    assert_eq!(lessons(), 0);
    let set = cli.run(&["match", "set", "room", "LAB1", "55"]).expect(0);
    assert!(set.stdout.contains(follows), "{}", set.stdout);
    assert_eq!(lessons(), before);
    let file = cli.write("m.csv", "local,isams\nLAB1,\n");
    let imported = cli.run(&["match", "import", &file]).expect(0);
    assert!(imported.stdout.contains(follows), "{}", imported.stdout);
    assert_eq!(lessons(), 0);
    let again = cli.run(&["match", "import", &file]).expect(0);
    assert_eq!(again.stdout, "matches: 0 set, 0 taken back, 1 unchanged.\n");

    // Before matches are confirmed nothing follows.
    let cli = Cli::alder();
    cli.sync(&alder("first"), FIRST).expect(3);
    let waits = "It takes effect once the matches are confirmed.";
    let set = cli.run(&["match", "set", "room", "LAB1", "55"]).expect(0);
    assert!(set.stdout.contains(waits), "{}", set.stdout);
    let file = cli.write("m.csv", "local,isams\nLAB2,56\n");
    let imported = cli.run(&["match", "import", &file]).expect(0);
    assert!(imported.stdout.contains(waits), "{}", imported.stdout);
}

#[test]
fn row_06_the_match_list_says_which_timetables_use_a_period() {
    let cli = Cli::new();
    cli.sync(
        fixtures()
            .join("cedar-house")
            .join("first")
            .to_str()
            .unwrap(),
        FIRST,
    )
    .expect(0);
    let list = cli.json(&["match", "list"]);
    let periods = list["timeslots"].as_array().unwrap().iter();
    let periods = periods.flat_map(|slot| slot["periods"].as_array().unwrap());
    let used: Vec<String> = periods
        .filter(|period| period["name"] == "Period 1")
        .take(4)
        .map(|period| format!("{} {}", period["start"], period["timetables"]))
        .collect();
    // One name, two divisions, two times.
    assert_eq!(
        used,
        [
            r#""08:50" ["Juniors 2031"]"#,
            r#""08:50" ["Juniors 2031"]"#,
            r#""09:00" ["Seniors 2031"]"#,
            r#""09:00" ["Seniors 2031"]"#,
        ]
    );
    let page = cli.run(&["match", "list"]).expect(0).stdout;
    assert!(
        page.contains("08:50-09:30 Period 1 (Juniors 2031)"),
        "{page}"
    );
}

#[test]
fn row_28_a_room_says_whether_anything_clashes_in_it() {
    let cli = Cli::alder();
    let set = cli.json(&["rooms", "set", "LAB1", "--part-bookable", "yes"]);
    assert_eq!(
        (&set["id"], &set["part_bookable"]),
        (&json!("LAB1"), &json!(true))
    );
    let page = cli.run(&["rooms", "list"]).expect(0).stdout;
    let line = page.lines().find(|line| line.contains("LAB1")).unwrap();
    assert!(line.contains("part-bookable, so nothing clashes"), "{line}");
    let set = cli.json(&["rooms", "set", "Lab 01", "--part-bookable", "no"]);
    assert_eq!(set["part_bookable"], false);
}

#[test]
fn a_period_without_a_timeslot_is_marked() {
    let cli = Cli::new();
    let file = cli.write(
        "slots.csv",
        "id,name,days,start,end\nA,First,Mon,08:45,09:40\n",
    );
    cli.run(&["import", &file]).expect(0);
    cli.sync(&alder("first"), FIRST).expect(3);
    let list = cli.json(&["match", "list"]);
    let slots = list["timeslots"].as_array().unwrap();
    let matched = slots.iter().filter(|slot| slot["matched"] == true).count();
    assert_eq!((matched, slots[0]["timeslots"][0].as_str()), (1, Some("A")));
    assert_eq!(slots[0]["relation"], "exact");
    assert_eq!(slots[1]["relation"], "new");
    let text = slots[1]["text"].as_str().unwrap();
    assert!(text.ends_with("has no timeslot here"), "{text}");
    let page = cli.run(&["match", "list"]).expect(0).stdout;
    assert!(page.contains("new: no timeslot here"), "{page}");
    assert!(page.contains("│ 08:45-09:40 First"), "{page}");
}

#[test]
fn an_ambiguous_name_is_wrong_usage_and_an_unknown_one_a_failure() {
    let cli = Cli::new();
    let file = cli.write(
        "rooms.csv",
        "id,name,category\nA,Lab,X\nB,Lab,X\nLab 2,Other,X\nC,Lab 2,X\n",
    );
    cli.run(&["import", &file]).expect(0);
    let ran = cli
        .run(&["rooms", "set", "Lab", "--category", "Y"])
        .expect(2);
    assert!(
        ran.stderr.contains("`Lab`") && ran.stderr.contains("A, B"),
        "{}",
        ran.stderr
    );
    cli.run(&["calendar", "Lab"]).expect(2);
    cli.run(&["match", "set", "room", "Lab", "1"]).expect(2);
    cli.run(&["match", "clear", "room", "Lab"]).expect(2);
    for none in ["lab", "isams:1", "D"] {
        cli.run(&["match", "clear", "room", none]).expect(1);
    }
    // An id comes before a name.
    let room = cli.json(&["rooms", "set", "Lab 2", "--category", "Y"]);
    assert_eq!(room["name"], "Other");
}
