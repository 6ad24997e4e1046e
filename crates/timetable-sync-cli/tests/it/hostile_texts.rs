//! What people typed reaches a terminal and a page as text that is read, and never as something that is obeyed.

use std::fs;

use serde_json::Value;

use crate::cli::{Cli, FIRST, alder, len};

const TITLE: &str = "Chess\r\n  - forged line\u{1b}[31m\u{202e}bulc\u{2028}end";
const OWNER: &str = "Zo\u{1b}]0;owned\u{7}\u{9b}2J\u{200f}e";

/// Alder Prep, all of whose bookings have the same hostile title and owner.
fn hostile() -> Cli {
    let cli = Cli::matched_alder();
    let csv = fs::read_to_string(alder("existing/bookings.csv")).unwrap();
    let mut lines = csv.lines();
    let header = lines.next().unwrap();
    let columns: Vec<&str> = header.split(',').collect();
    let mut changed = format!("{header}\n");
    for line in lines {
        // A comma with a blank stands in a title only, and all titles are replaced.
        let line = line.replace(", ", " ");
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        assert_eq!(cells.len(), columns.len(), "{line}");
        for (column, cell) in columns.iter().zip(&mut cells) {
            match *column {
                "title" => *cell = format!("\"{TITLE}\""),
                "owner_name" => *cell = OWNER.to_owned(),
                _ => {}
            }
        }
        changed += &format!("{}\n", cells.join(","));
    }
    let file = cli.write("hostile.csv", changed);
    cli.run(&["import", &file]).expect(0);
    cli
}

#[track_caller]
fn harmless(text: &str, what: &[&str]) {
    // Our own styles are all that may stay.
    let mut plain = text.to_owned();
    for code in [
        "0", "1", "91", "92", "93", "96", "38;5;9", "38;5;10", "38;5;11", "38;5;14", "39", "22",
    ] {
        plain = plain.replace(&format!("\u{1b}[{code}m"), "");
    }
    let obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
    };
    assert!(!plain.contains(obeyed), "{what:?}: {plain:?}");
    let forged = plain.lines().find(|line| line.starts_with("  - forged"));
    assert_eq!(forged, None, "{what:?}");
}

#[test]
fn a_title_and_a_name_are_read_and_not_obeyed() {
    let cli = hostile();
    let from = alder("first");
    let of = |words: &[&'static str]| -> Vec<String> {
        let words = words.iter().map(|word| (*word).to_owned());
        words.chain(["--from".to_owned(), from.clone()]).collect()
    };
    let plan = cli.json(&["plan", "--from", &from, "--now", FIRST]);
    let room = plan["removals"][0]["room"].as_str().unwrap().to_owned();
    let id = plan["removals"][0]["booking"].as_str().unwrap().to_owned();
    let week = plan["removals"][0]["start"].as_str().unwrap()[..10].to_owned();
    assert_eq!(plan["removals"][0]["title"], TITLE, "data stays as it is");
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let calendar: Vec<String> = words(&["calendar", &room, "--week", &week]);
    let commands: Vec<Vec<String>> = vec![
        of(&["plan"]),
        of(&["plan", "--by", "person"]),
        of(&["plan", "--by", "cause"]),
        words(&["bookings"]),
        calendar.clone(),
        of(&["sync"]),
        words(&["bookings"]),
        words(&["bookings", "why", &id]),
        words(&["runs", "show", "13"]),
        words(&["outbox", "list"]),
        words(&["outbox", "show", "3"]),
        words(&["undo", "13"]),
        words(&["undo", "13", "--keep"]),
        calendar,
    ];
    for command in &commands {
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        for colour in ["always", "never"] {
            // What changes something is run once with each.
            let args = [&command[..], &["--now", FIRST, "--color", colour]].concat();
            let ran = cli.run(&args).expect(0);
            harmless(&ran.stdout, &args);
            harmless(&ran.stderr, &args);
            if ["plan", "bookings"].contains(&command[0]) {
                assert!(ran.stdout.contains("forged"), "{args:?}: {}", ran.stdout);
            }
        }
    }
}

#[test]
fn a_document_holds_what_was_typed_and_a_terminal_obeys_none_of_it() {
    let cli = hostile();
    let ran = cli.run(&["bookings", "--json"]).expect(0);
    harmless(&ran.stdout, &["bookings --json"]);
    let document: Value = ran.json();
    assert!(len(&document["kept"]) > 0);
    assert_eq!(document["kept"][0]["title"], TITLE);
    assert_eq!(document["kept"][0]["owner_name"], OWNER);
}

#[test]
fn the_pages_turn_no_reading_direction() {
    let cli = hostile();
    let from = alder("first");
    cli.write(
        "timetable-sync.toml",
        "[mail]\nschool_name = \"Alder \\u202E Prep\"\n",
    );
    let html = ["--html", "plan.html"];
    let plan = ["plan", "--from", &from, "--now", FIRST];
    cli.run(&[&plan[..], &html].concat()).expect(0);
    let page = fs::read_to_string(cli.path("plan.html")).unwrap();
    assert!(page.contains("forged line"), "{page}");
    let title = "<title>Timetable plan, Alder Prep</title>";
    assert!(page.contains(title), "{page}");
    harmless(&page, &["plan --html"]);
}
