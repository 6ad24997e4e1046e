//! Suggestions, and matching in a spreadsheet.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::{Value, json};

use crate::cli::{Cli, FIRST, UNCHANGED, alder, fixtures, len, matches, names};

const SCHOOLS: [&str; 2] = ["alder-prep", "birchwood-college"];

/// A path of a recorded school.
fn path(school: &str, name: &str) -> String {
    let path = fixtures().join(school).join(name);
    path.to_str().unwrap().to_owned()
}

/// A school that waits for its rooms to be matched.
fn waiting(school: &str) -> Cli {
    let cli = Cli::new();
    for file in ["rooms", "timeslots", "bookings"] {
        let file = path(school, &format!("existing/{file}.csv"));
        cli.run(&["import", &file]).expect(0);
    }
    cli.sync(&path(school, "first"), FIRST).expect(3);
    cli
}

fn suggest(cli: &Cli) -> Value {
    cli.json(&["match", "suggest", "--now", FIRST])
}

/// Confirms, and syncs until the plan is applied. What each sync said: its status, fingerprint, causes and removals.
fn taken_effect(cli: &Cli, school: &str) -> Vec<Value> {
    cli.run(&["match", "confirm"]).expect(0);
    let first = path(school, "first");
    let mut reports = vec![cli.sync(&first, FIRST).json()];
    if reports[0]["status"] == "held" {
        let fingerprint = reports[0]["fingerprint"].as_str().unwrap();
        let args = [
            "sync",
            "--from",
            &first,
            "--now",
            FIRST,
            "--apply-plan",
            fingerprint,
        ];
        let released = cli.json(&args);
        reports.push(released);
    }
    assert_eq!(reports.last().unwrap()["status"], "applied");
    assert!(len(&reports[0]["removals"]) > 0);
    let same = [
        "status",
        "fingerprint",
        "held_because",
        "removals",
        "notices",
    ];
    reports
        .iter()
        .map(|report| {
            same.map(|field| report[field].clone())
                .into_iter()
                .collect()
        })
        .collect()
}

/// Local rooms to rooms of iSAMS.
fn links(cli: &Cli) -> BTreeMap<String, String> {
    let list = cli.json(&["match", "list"]);
    let rooms = list["rooms"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    rooms
        .filter_map(|room| Some((text(&room["local"])?, text(&room["isams"])?)))
        .collect()
}

#[test]
fn what_schools_matched_by_hand_is_suggested_and_what_is_certain_is_right() {
    for school in SCHOOLS {
        let cli = waiting(school);
        let found = suggest(&cli);
        assert_eq!(found["matching"], "awaiting");
        assert_eq!(len(&found["rematches"]), 0);
        let by_hand: BTreeMap<String, String> = matches(school).into_iter().collect();
        let mut certain = 0;
        let mut unsure = Vec::new();
        for room in found["rooms"].as_array().unwrap() {
            let local = room["local"].as_str().unwrap();
            let suggestion = &room["suggestion"];
            assert_eq!(
                suggestion["isams"].as_str(),
                by_hand.get(local).map(String::as_str),
                "{school}: {room}"
            );
            match suggestion["confidence"].as_str() {
                Some("certain") => certain += 1,
                Some("likely") | None => {}
                Some(_) => unsure.push(local),
            }
            if suggestion.is_object() {
                let fields = ["isams", "name", "confidence", "score", "reasons", "doubts"];
                assert_eq!(names(suggestion), fields);
                assert!(len(&suggestion["reasons"]) > 0);
            }
        }
        // One has a word more than the library of iSAMS, and could be another.
        let expected = if school == "alder-prep" {
            vec![]
        } else {
            vec!["LIB"]
        };
        assert_eq!(unsure, expected, "{school}");
        assert!(certain * 4 >= by_hand.len() * 3, "{school}: {certain}");
        // Looking changes nothing.
        assert!(links(&cli).is_empty());
    }
}

#[test]
fn suggestions_and_a_file_lead_where_matching_by_hand_does() {
    for school in SCHOOLS {
        let by_hand = waiting(school);
        for (local, isams) in matches(school) {
            by_hand
                .run(&["match", "set", "room", &local, &isams])
                .expect(0);
        }

        let suggested = waiting(school);
        let expected = suggest(&suggested);
        let expected = expected["rooms"].as_array().unwrap().iter();
        let expected: BTreeSet<&str> = expected
            .filter(|room| room["suggestion"]["confidence"] == "certain")
            .map(|room| room["local"].as_str().unwrap())
            .collect();
        let done = suggested.json(&["match", "suggest", "--set-certain", "--now", FIRST]);
        let set: BTreeSet<&str> = done["set"]
            .as_array()
            .unwrap()
            .iter()
            .map(|set| set["local"].as_str().unwrap())
            .collect();
        assert_eq!(set, expected);
        assert_eq!(links(&suggested).len(), set.len());
        let file = path(school, "existing/matches.csv");
        let imported = suggested.json(&["match", "import", &file]);
        assert_eq!(len(&imported["set"]), matches(school).len() - set.len());
        assert_eq!(imported["unchanged"], set.len());
        assert_eq!(links(&suggested), links(&by_hand));
        // Nothing took effect so far.
        assert_eq!(suggested.json(&["bookings"]), by_hand.json(&["bookings"]));
        assert_eq!(len(&suggested.told()), 0);

        assert_eq!(
            taken_effect(&suggested, school),
            taken_effect(&by_hand, school),
            "{school}"
        );
        let kept = |cli: &Cli| cli.json(&["bookings"])["kept"].clone();
        assert!(kept(&suggested) == kept(&by_hand), "{school}");
        let rooms = |cli: &Cli| cli.json(&["rooms", "list"]);
        assert!(rooms(&suggested) == rooms(&by_hand), "{school}");
    }
}

#[test]
fn an_export_can_be_edited_and_imported() {
    let cli = waiting("alder-prep");
    let written = cli.json(&["match", "export", "m.csv", "--now", FIRST]);
    assert_eq!(
        (&written["matched"], &written["certain"]),
        (&json!(0), &json!(8))
    );
    let text = fs::read_to_string(cli.path("m.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "local,local_name,isams,isams_name,confidence,reason"
    );
    for line in [
        "GYM,Gym (old),70,Old Gym,certain,the same words in another order",
        "LAB2,Science Lab 2,,,likely,\"Lab 2 (56): the same name but for \"\"science\"\"\"",
        "BUS,Minibus,,,none,",
        ",,57,Lab 3,,",
    ] {
        assert!(lines.contains(&line), "{line}\n{text}");
    }
    // A room that is filled in already is not offered to others.
    assert!(!text.contains(",,70,"), "{text}");

    let edited = text.replace("LAB2,Science Lab 2,,", "LAB2,Science Lab 2,56,");
    cli.write("m.csv", &edited);
    cli.run(&["match", "import", "m.csv"]).expect(0);
    let expected: BTreeMap<String, String> = matches("alder-prep").into_iter().collect();
    assert_eq!(links(&cli), expected);
    // As other programs save it: with a mark, other line ends, and rows without a room of the school.
    let edited = edited
        .replace("GYM,Gym (old),70", "GYM,Gym (old),")
        .replace('\n', "\r\n");
    cli.write("m.csv", format!("\u{feff}{edited}"));
    let done = cli.json(&["match", "import", "m.csv"]);
    assert_eq!((&done["cleared"], len(&done["set"])), (&json!(["GYM"]), 0));
    assert!(!links(&cli).contains_key("GYM"));
}

#[test]
fn names_that_look_like_formulas_stay_texts_in_a_spreadsheet() {
    let cli = Cli::new();
    let rooms = cli.write(
        "rooms.csv",
        "id,name,category\n=1+1,\"=HYPERLINK(\"\"http://x.example\"\")\",Rooms\n",
    );
    cli.run(&["import", &rooms]).expect(0);
    cli.sync(&alder("first"), FIRST).expect(3);
    cli.run(&["match", "set", "room", "=1+1", "55"]).expect(0);
    cli.run(&["match", "export", "m.csv", "--now", FIRST])
        .expect(0);
    let file = fs::read_to_string(cli.path("m.csv")).unwrap();
    let line = file.lines().find(|line| line.contains("1+1")).unwrap();
    assert!(
        line.starts_with("'=1+1,\"'=HYPERLINK(\"\"http://x.example\"\")\",55,"),
        "{line}"
    );
    let done = cli.json(&["match", "import", "m.csv"]);
    assert_eq!(done["unchanged"], 1);
    assert_eq!((len(&done["set"]), len(&done["cleared"])), (0, 0));
}

#[test]
fn exporting_and_importing_changes_nothing() {
    for cli in [Cli::matched_alder(), Cli::synced_alder()] {
        let before = cli.everything();
        let runs = cli.json(&["runs", "--all"]);
        cli.run(&["match", "export", "m.csv", "--now", FIRST])
            .expect(0);
        let done = cli.json(&["match", "import", "m.csv"]);
        assert_eq!(
            done,
            json!({ "set": [], "cleared": [], "unchanged": 10, "merged": [] })
        );
        assert_eq!(cli.everything(), before);
        assert_eq!(cli.json(&["runs", "--all"]), runs);
    }
}

#[test]
fn a_file_with_a_wrong_row_matches_nothing_and_names_every_wrong_row() {
    let cli = waiting("alder-prep");
    cli.run(&["match", "set", "room", "BUS", "60"]).expect(0);
    let before = links(&cli);
    let file = cli.write(
        "m.csv",
        "isams,local,note\n41,RM1,\n999,RM2,\n55,ATTIC,\n41,LAB1,twice\n57,RM1,again\n60,ART,\n58,\n",
    );
    let ran = cli.run(&["match", "import", &file]).expect(1);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "m.csv:3:1: iSAMS has no room with the id `999`",
            "m.csv:4:4: there is no room `ATTIC`",
            "m.csv:5:1: the iSAMS room `41` is on line 2 already",
            "m.csv:6:4: the room `RM1` is on line 2 already",
            "m.csv:7:1: the iSAMS room `60` is matched with the room `BUS`, which the file does not have",
            "m.csv:8:1: the row has 2 fields, and the header 3",
            "error: 6 rows of m.csv cannot be used, so nothing was matched",
        ]
    );
    let document = cli
        .run(&["match", "import", &file, "--json"])
        .expect(1)
        .json();
    assert_eq!(
        (&document["status"], len(&document["bad"])),
        (&json!("failed"), 6)
    );
    assert_eq!(links(&cli), before);
    for header in ["local\n", "local,isams,isams\n", "isams\n"] {
        let file = cli.write("m.csv", header);
        let ran = cli.run(&["match", "import", &file]).expect(1);
        assert!(ran.stderr.contains("the column `"), "{}", ran.stderr);
    }
    cli.run(&["match", "import", "none.csv"]).expect(2);
    // What the file gives to another room need not be cleared first.
    let file = cli.write("m.csv", "local,isams\nBUS,\nART,60\n");
    cli.run(&["match", "import", &file]).expect(0);
    assert_eq!(links(&cli).get("ART").map(String::as_str), Some("60"));
}

#[test]
fn people_read_why_a_room_is_suggested() {
    let cli = waiting("alder-prep");
    let page = cli
        .run(&["match", "suggest", "--now", FIRST])
        .expect(0)
        .stdout;
    for text in [
        "the same words in another order",
        "likely",
        "1 of its bookings coincides with a lesson there",
        "timetable-sync match suggest --set-certain",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    let args = ["match", "suggest", "--set-certain", "--now", FIRST];
    let page = cli.run(&args).expect(0).stdout;
    for text in [
        "The room GYM is the iSAMS room 70, Old Gym.",
        "They take effect once the matches are confirmed.",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    let page = cli.run(&args).expect(0).stdout;
    assert!(page.contains("No suggestion is certain"), "{page}");
}

#[test]
fn before_anything_has_arrived_there_is_nothing_to_suggest_from() {
    let without_rooms = Cli::new();
    let file = alder("existing/timeslots.csv");
    without_rooms.run(&["import", &file]).expect(0);
    for cli in [without_rooms, Cli::alder()] {
        for args in [
            &["match", "suggest"][..],
            &["match", "suggest", "--set-certain"],
        ] {
            let page = cli.run(args).expect(0).stdout;
            assert_eq!(page, "No complete answer of iSAMS has arrived yet.\n");
        }
        let list = cli.run(&["match", "list"]).expect(0).stdout;
        assert!(
            list.starts_with("No complete answer of iSAMS has arrived yet.\n"),
            "{list}"
        );
        assert_eq!(cli.json(&["match", "suggest"])["matching"], "not_started");
    }
}

#[test]
fn the_first_sync_of_an_existing_school_names_every_way_to_match_its_rooms() {
    let cli = Cli::alder();
    let ran = cli
        .run(&["sync", "--from", &alder("first"), "--now", FIRST])
        .expect(3);
    let (_, next) = ran.stdout.split_once("Match the rooms, ").unwrap();
    let commands: Vec<&str> = next
        .lines()
        .skip(1)
        .map(|line| line.trim().strip_prefix("timetable-sync ").unwrap())
        .collect();
    for (command, expected) in commands.iter().zip([
        "match list",
        "match suggest",
        "match export matches.csv",
        "match import matches.csv",
        "match set room LOCAL ISAMS",
        "match confirm",
        "sync --from",
    ]) {
        assert!(command.starts_with(expected), "{command}");
    }
    assert_eq!(commands.len(), 7);
}

#[test]
fn files_with_semicolons_are_read_as_those_with_commas() {
    let cli = Cli::new();
    let semicolons = |file: &str| fs::read_to_string(alder(file)).unwrap().replace(',', ";");
    for kind in ["rooms", "timeslots", "bookings"] {
        let text = fs::read_to_string(alder(&format!("existing/{kind}.csv"))).unwrap();
        // A field with a comma is in quotes, so that only those between fields are replaced.
        let parted: Vec<String> = text
            .split('"')
            .enumerate()
            .map(|(place, part)| match place % 2 {
                0 => part.replace(',', ";"),
                _ => part.to_owned(),
            })
            .collect();
        let file = cli.write(&format!("{kind}.csv"), parted.join("\""));
        cli.run(&["import", &file]).expect(0);
    }
    let (commas, semis) = (Cli::alder(), &cli);
    for list in [&["rooms", "list"][..], &["bookings"]] {
        assert_eq!(semis.json(list), commas.json(list));
    }
    cli.sync(&alder("first"), FIRST).expect(3);
    cli.write("m.csv", semicolons("existing/matches.csv"));
    cli.run(&["match", "import", "m.csv"]).expect(0);
    let expected: BTreeMap<String, String> = matches("alder-prep").into_iter().collect();
    assert_eq!(links(&cli), expected);
}

#[test]
fn rooms_that_fit_equally_well_are_all_named_and_none_is_set() {
    let cli = waiting("alder-prep");
    let file = cli.write(
        "rooms.csv",
        "id,name,category\nA,Orchard 3,X\nB,Orchard 3,X\n",
    );
    cli.run(&["import", &file]).expect(0);
    let found = suggest(&cli);
    for (local, rival) in [("A", "B"), ("B", "A")] {
        let rooms = found["rooms"].as_array().unwrap();
        let room = rooms.iter().find(|room| room["local"] == local).unwrap();
        assert_eq!(room["suggestion"], Value::Null);
        let tied = &room["tie"][0];
        assert_eq!(
            (&tied["isams"], &tied["name"]),
            (&json!("64"), &json!("Orchard 3"))
        );
        assert_eq!(room["tie"].as_array().unwrap().len(), 1);
        assert_eq!(room["rivals"], json!([rival]));
    }
    let args = ["match", "suggest", "--set-certain", "--now", FIRST];
    let page = cli.run(&args).expect(0).stdout;
    assert!(page.contains(" tie "), "{page}");
    assert!(page.contains("fits B as well"), "{page}");
    let links = links(&cli);
    assert!(!links.contains_key("A") && !links.contains_key("B"));
    cli.run(&["match", "export", "m.csv", "--now", FIRST])
        .expect(0);
    let text = fs::read_to_string(cli.path("m.csv")).unwrap();
    assert!(
        text.contains("A,Orchard 3,,,tie,Orchard 3 (64); fits B as well\n"),
        "{text}"
    );
}

#[test]
fn a_recreated_room_is_accepted_and_keeps_its_bookings_and_lessons() {
    let cli = Cli::synced_alder();
    let file = fs::read_dir(alder("first")).unwrap();
    for file in file.map(|file| file.unwrap().path()) {
        if file.extension().is_some_and(|kind| kind == "json") {
            let name = file.file_name().unwrap().to_str().unwrap();
            let text = fs::read_to_string(&file).unwrap();
            let text = text
                .replace(
                    "\"@Id\":\"55\",\"Name\":\"Lab 1\"",
                    "\"@Id\":\"955\",\"Name\":\"Lab 1\"",
                )
                .replace("\"RoomId\":\"55\"", "\"RoomId\":\"955\"");
            cli.write(&format!("recreated/{name}"), text);
        }
    }
    let week = |room: &str| cli.json(&["calendar", room, "--week", "2031-09-22"]);
    let before = week("LAB1")["days"].clone();
    let bookings = cli.json(&["bookings"]);
    let report = cli.sync("recreated", UNCHANGED).json();
    assert_eq!(report["status"], "applied", "{}", report["held_because"]);
    let warnings = report["warnings"].to_string();
    assert!(
        warnings.contains("a new one of the same name (955) has come")
            && warnings.contains("`match set room LAB1 955`"),
        "{warnings}"
    );
    let found = cli.json(&["match", "suggest", "--now", UNCHANGED]);
    let rematch = &found["rematches"][0];
    assert_eq!(
        (&rematch["kind"], &rematch["local"]),
        (&json!("unseen"), &json!("LAB1"))
    );
    // Its last name is known no more, and that of the school is not passed off as it.
    assert_eq!(rematch["name"], Value::Null);
    let text = rematch["text"].as_str().unwrap();
    assert!(
        text.starts_with("the iSAMS room 55, matched with Lab 01, is gone, and Lab 1 (955)"),
        "{text}"
    );
    let page = cli
        .run(&["match", "suggest", "--now", UNCHANGED])
        .expect(0)
        .stdout;
    assert!(page.contains(rematch["text"].as_str().unwrap()), "{page}");
    assert_ne!(week("LAB1")["days"], before);
    assert_eq!(week("isams-955")["days"], before);

    let set = cli.run(&["match", "set", "room", "LAB1", "955"]).expect(0);
    assert!(
        set.stdout
            .contains("The room isams-955, which a sync had created, is gone"),
        "{}",
        set.stdout
    );
    assert_eq!(week("LAB1")["days"], before);
    cli.run(&["calendar", "isams-955"]).expect(1);
    assert_eq!(cli.json(&["bookings"]), bookings);
    let found = cli.json(&["match", "suggest", "--now", UNCHANGED]);
    assert_eq!(len(&found["rematches"]), 0);
    let report = cli.sync("recreated", UNCHANGED).expect(0).json();
    assert_eq!(report["status"], "unchanged");
}

#[test]
fn timeslots_are_paired_in_a_file_too() {
    let cli = Cli::new();
    let file = cli.write(
        "slots.csv",
        "id,name,days,start,end\nA,First,Mon,08:50,09:35\nB,Second,Mon,09:45,10:40\n",
    );
    cli.run(&["import", &file]).expect(0);
    cli.sync(&alder("first"), FIRST).expect(3);
    let export = || {
        cli.run(&["match", "export", "rooms.csv", "--slots", "m.csv"])
            .expect(0);
        fs::read_to_string(cli.path("m.csv")).unwrap()
    };
    let text = export();
    let lines: Vec<&str> = text.lines().collect();
    let header = "timeslot,timeslot_name,days,start,end,periods,suggested,compared";
    assert_eq!((lines.len(), lines[0]), (3, header), "{text}");
    // A slot of a period's own times needs no word of anybody.
    assert_eq!(lines[2], "B,Second,Mon,09:45,10:40,,,");
    let fields: Vec<&str> = lines[1].splitn(8, ',').collect();
    assert_eq!(fields[..6], ["A", "First", "Mon", "08:50", "09:35", ""]);
    let list = cli.json(&["match", "list"]);
    let first = &list["timeslots"][0];
    assert_eq!(first["relation"], "shifted");
    let period = first["periods"][0]["id"].as_str().unwrap();
    assert_eq!(
        (fields[6], fields[7]),
        (period, first["text"].as_str().unwrap())
    );

    cli.write(
        "m.csv",
        text.replace("09:35,,", &format!("09:35,{period},")),
    );
    let done = cli.json(&["match", "import", "m.csv"]);
    assert_eq!(done, json!({ "changed": ["A"], "unchanged": 1 }));
    let list = cli.json(&["match", "list"]);
    assert_eq!(list["timeslots"][0]["relation"], "confirmed");
    let text = export();
    assert!(
        text.contains(&format!("A,First,Mon,08:50,09:35,{period},,\n")),
        "{text}"
    );
    let done = cli.json(&["match", "import", "m.csv"]);
    assert_eq!(done, json!({ "changed": [], "unchanged": 2 }));

    let file = cli.write("bad.csv", "periods,timeslot\n,A\n9999,B\n,C\n,A\n");
    let ran = cli.run(&["match", "import", &file]).expect(1);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "bad.csv:3:1: iSAMS has no period with the id `9999`",
            "bad.csv:4:2: there is no timeslot `C`",
            "bad.csv:5:2: the timeslot `A` is on line 2 already",
        ]
    );
    assert_eq!(cli.json(&["match", "list"]), list);
    let file = cli.write("bad.csv", "timeslot\nA\n");
    let ran = cli.run(&["match", "import", &file]).expect(1);
    assert!(
        ran.stderr.contains("`periods` is missing"),
        "{}",
        ran.stderr
    );
    let file = cli.write("m.csv", "timeslot,periods\nA,\n");
    cli.run(&["match", "import", &file]).expect(0);
    let list = cli.json(&["match", "list"]);
    assert_eq!(list["timeslots"][0]["relation"], "shifted");
}
