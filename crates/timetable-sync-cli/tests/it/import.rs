//! CSV files, good and bad.

use serde_json::json;

use crate::cli::{Cli, FIRST, alder, len};

#[test]
fn files_of_every_kind_are_imported_and_again_without_a_change() {
    let cli = Cli::new();
    for (kind, rows) in [("rooms", 10), ("timeslots", 8), ("bookings", 47)] {
        let file = alder(&format!("existing/{kind}.csv"));
        assert_eq!(
            cli.json(&["import", &file]),
            json!({ "kind": kind, "added": rows, "changed": 0, "unchanged": 0, "stay_removed": [], "bad": [] })
        );
        assert_eq!(cli.json(&["import", &file])["unchanged"], rows);
    }
    assert_eq!(len(&cli.json(&["rooms", "list"])), 10);
    let kept = cli.json(&["bookings"]);
    // Over the autumn clock change, as it was written.
    let night = kept["kept"]
        .as_array()
        .unwrap()
        .iter()
        .find(|kept| kept["id"] == "B020")
        .unwrap();
    assert_eq!(night["start"], "2031-10-25T22:00");
    assert_eq!(night["end"], "2031-10-26T03:00");
    assert_eq!(night["series"], json!(null));
}

#[test]
fn columns_in_any_order_a_byte_order_mark_and_other_line_ends_are_welcome() {
    let cli = Cli::new();
    let rooms = cli.write(
        "rooms.csv",
        "\u{feff}category,id,name\r\nScience,A,\"Lab, \"\"old\"\"\"\r\n,B,Zoë\u{2019}s Room\r\n",
    );
    assert_eq!(cli.json(&["import", &rooms])["added"], 2);
    let listed = cli.json(&["rooms", "list"]);
    assert_eq!(listed[0]["name"], "Lab, \"old\"");
    assert_eq!(listed[1]["name"], "Zoë\u{2019}s Room");
    assert_eq!(
        (&listed[1]["category"], &listed[1]["bookable"]),
        (&"Rooms".into(), &true.into())
    );
    let bookings = cli.write(
        "bookings.csv",
        "end,start,room,id\n2031-09-08T24:00,2031-09-08 22:00:30,Zoë\u{2019}s Room,1\n",
    );
    cli.run(&["import", &bookings]).expect(0);
    let kept = &cli.json(&["bookings"])["kept"][0];
    assert_eq!(
        (&kept["room"], &kept["start"]),
        (&"B".into(), &"2031-09-08T22:00:30".into())
    );
    assert_eq!(kept["end"], "2031-09-09T00:00");
}

#[test]
fn every_bad_row_is_reported_and_nothing_is_imported() {
    let cli = Cli::new();
    cli.run(&["import", &alder("existing/rooms.csv")]).expect(0);
    let lines: [&[u8]; 12] = [
        b"\xEF\xBB\xBFid,room,start,end,title",
        b"1,HALL,2031-09-08T09:00,2031-09-08T10:00,\"a title",
        b"on two lines\"",
        b",HALL,2031-09-08T09:00,2031-09-08T10:00,",
        b"1,HALL,2031-09-08T09:00,2031-09-08T10:00,again",
        b"2,Nowhere,2031-09-08T09:00,2031-09-08T10:00,",
        b"\"3\",\"HALL\",2031-09-08T09:00,2031-09-08T09:00,",
        b"4,HALL,soon,2031-09-08T09:00,",
        b"5,HALL,2031-09-08T09:00",
        b"6,HALL,2031-09-08T09:00,2031-09-08T10:00,Caf\xE9",
        b"\"\xC3\xA9\",HALL,2031-09-08T09:00,late,",
        b"7,HALL,2031-09-08T09:00,2031-09-08T10:00,good",
    ];
    let file = cli.write("bad.csv", lines.join(&b"\r\n"[..]));
    let ran = cli.run(&["import", &file]).expect(1);
    let reported: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("bad.csv:"))
        .collect();
    assert_eq!(
        reported,
        [
            "bad.csv:4:1: `id` is blank",
            "bad.csv:5:1: the id `1` is on line 2 already",
            "bad.csv:6:3: there is no room `Nowhere`",
            "bad.csv:7:29: the end 2031-09-08T09:00 is not after the start 2031-09-08T09:00",
            "bad.csv:8:8: `soon` is no date and time; write for example 2031-09-08T09:00",
            "bad.csv:9:1: the row has 3 fields, and the header 5",
            "bad.csv:10:42: this is not UTF-8; save the file as CSV in UTF-8",
            "bad.csv:11:27: `late` is no date and time; write for example 2031-09-08T09:00",
        ]
    );
    assert!(
        ran.stdout.is_empty() && ran.stderr.contains("error: 8 rows"),
        "{}",
        ran.stderr
    );
    assert_eq!(len(&cli.json(&["bookings"])["kept"]), 0);

    let ran = cli.run(&["import", &file, "--json"]).expect(1).json();
    assert_eq!(
        (&ran["status"], &ran["kind"]),
        (&"failed".into(), &"bookings".into())
    );
    assert_eq!(
        ran["bad"][0],
        json!({ "line": 4, "column": 1, "reason": "`id` is blank" })
    );

    let ran = cli
        .run(&["import", &file, "--skip-bad", "--json"])
        .expect(0);
    assert_eq!(ran.json()["added"], 2);
    assert_eq!(len(&ran.json()["bad"]), 8);
    assert_eq!(
        ran.stderr
            .lines()
            .filter(|line| line.starts_with("bad.csv:"))
            .count(),
        8
    );
    assert_eq!(len(&cli.json(&["bookings"])["kept"]), 2);
}

#[test]
fn bad_rooms_and_timeslots_are_reported_where_they_stand() {
    let cli = Cli::new();
    for (text, reported) in [
        ("id,name,category\nA,,X\n", "f.csv:2:3: `name` is blank"),
        (
            "id,name,days,start,end\nA,P1,Mon Blursday,09:00,10:00\n",
            "f.csv:2:6: `Blursday` is not a day of the week (write for example `Mon Tue Wed`)",
        ),
        (
            "id,name,days,start,end\nA,P1,Mon,9 o'clock,10:00\n",
            "f.csv:2:10: `9 o'clock` is not a time of the day between 00:00 and 24:00; write for example 09:05",
        ),
        (
            "id,name,days,start,end\nA,P1,Mon,10:00,09:00\n",
            "f.csv:2:16: the end 09:00 is not after the start 10:00",
        ),
    ] {
        let file = cli.write("f.csv", text);
        let ran = cli.run(&["import", &file]).expect(1);
        assert_eq!(ran.stderr.lines().next(), Some(reported));
    }
    assert_eq!(len(&cli.json(&["rooms", "list"])), 0);
}

#[test]
fn an_unknown_header_fails_and_names_what_is_known() {
    let cli = Cli::new();
    for (text, problem) in [
        (
            "id,name,category,colour\nA,B,C,D\n",
            "unknown column `colour`",
        ),
        ("id,name,category,id\nA,B,C,D\n", "`id` is there twice"),
        ("id,room,start\nA,B,C\n", "`end` is missing"),
        ("name;id\n", "of no kind"),
        ("", "it is empty"),
    ] {
        let file = cli.write("f.csv", text);
        let ran = cli.run(&["import", &file]).expect(1);
        assert!(ran.stderr.contains(problem), "{}", ran.stderr);
        if !text.is_empty() {
            assert!(ran.stderr.contains("id,"), "{}", ran.stderr);
        }
    }
    cli.run(&["import", "none.csv"]).expect(2);
}

#[test]
fn a_name_that_two_rooms_have_is_a_bad_row() {
    let cli = Cli::new();
    let rooms = cli.write("rooms.csv", "id,name,category\nA,Lab,X\nB,Lab,X\n");
    cli.run(&["import", &rooms]).expect(0);
    let file = cli.write(
        "f.csv",
        "id,room,start,end\n1,Lab,2031-09-08T09:00,2031-09-08T10:00\n",
    );
    let ran = cli.run(&["import", &file]).expect(1);
    assert!(
        ran.stderr
            .starts_with("f.csv:2:3: `Lab` is the name of several rooms; give an id: A, B\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_import_over_a_synced_room_keeps_its_match() {
    let cli = Cli::new();
    cli.sync(&alder("first"), FIRST).expect(0);
    let file = cli.write("rooms.csv", "id,name,category\nisams-41,Maths 1,Maths\n");
    assert_eq!(cli.json(&["import", &file])["changed"], 1);
    let rooms = cli.json(&["rooms", "list"]);
    assert_eq!(rooms[0]["isams"], "41");
    assert_eq!(rooms[0]["category"], "Maths");
}
