//! The file of the database: whole when no command runs, and made only by commands that fill it.

use std::{fs, path::Path};

use crate::cli::{Cli, FIRST, alder, len};

const DATABASE: &str = "timetable-sync.db";

#[test]
fn no_command_leaves_a_part_of_the_database_beside_its_file() {
    let cli = Cli::matched_alder();
    let from = alder("first");
    let rooms = alder("existing/rooms.csv");
    let commands: [(&[&str], i32); 22] = [
        (&["plan", "--from", &from, "--now", FIRST], 0),
        (&["sync", "--from", &from, "--now", FIRST], 0),
        (&["import", &rooms], 0),
        (&["import", "missing.csv"], 2),
        (&["doctor", "--from", &from, "--now", FIRST], 0),
        (&["rooms", "list"], 0),
        (&["rooms", "set", "nowhere", "--category", "Labs"], 1),
        (&["terms"], 0),
        (&["exceptions", "add", "all", "2031-09-10"], 0),
        (&["explain", "nowhere", "2031-09-10", "09:30"], 1),
        (&["match", "list"], 0),
        (&["undo", "99"], 1),
        (&["tasks"], 0),
        (&["bookings"], 0),
        (&["calendar", "nowhere"], 1),
        (&["runs"], 0),
        (&["runs", "show", "99"], 2),
        (&["outbox", "list"], 0),
        (&["outbox", "send"], 2),
        (&["outbox", "retry", "1"], 0),
        (&["backup", "copy.db"], 0),
        (
            &[
                "record",
                "--from",
                &from,
                "--out",
                "recorded",
                "--with-bookings",
            ],
            0,
        ),
    ];
    for (command, code) in commands {
        cli.run(command).expect(code);
        for part in ["-wal", "-shm", "-journal"] {
            let beside = cli.path(&format!("{DATABASE}{part}"));
            assert!(!beside.exists(), "{command:?} leaves {part}");
        }
    }
}

#[test]
fn a_plain_copy_and_a_backup_hold_what_the_database_holds() {
    let cli = Cli::synced_alder();
    let whole = cli.everything();
    assert!(len(&whole[0]["removed"]) > 0);
    let of = |file: &Path| {
        let copy = Cli::new();
        fs::copy(file, copy.path(DATABASE)).unwrap();
        copy.everything()
    };
    assert_eq!(of(&cli.path(DATABASE)), whole);
    let said = cli.json(&["backup", "copy.db"]);
    assert_eq!(said["written"], "copy.db");
    assert_eq!(of(&cli.path("copy.db")), whole);
    assert_eq!(cli.everything(), whole);

    // Whatever is there stays as it is.
    cli.write("other.txt", "mine");
    for taken in ["copy.db", "other.txt", DATABASE] {
        let ran = cli.run(&["backup", taken]).expect(2);
        assert!(ran.stderr.contains("is there already"), "{}", ran.stderr);
    }
    assert_eq!(fs::read(cli.path("other.txt")).unwrap(), b"mine");
    let ran = cli.run(&["backup", "no/such/folder.db"]).expect(1);
    assert!(ran.stderr.contains("cannot be copied"), "{}", ran.stderr);
}

#[test]
fn a_command_for_a_school_that_is_there_makes_no_database() {
    let cli = Cli::new();
    let commands: [&[&str]; 16] = [
        &["tasks"],
        &["runs"],
        &["runs", "show", "1"],
        &["outbox", "list"],
        &["outbox", "send"],
        &["undo", "1"],
        &["bookings"],
        &["bookings", "why", "b1"],
        &["rooms", "list"],
        &["terms"],
        &["exceptions", "list"],
        &["explain", "lab", "2031-09-10", "09:30"],
        &["match", "list"],
        &["match", "confirm"],
        &["calendar", "lab"],
        &["backup", "copy.db"],
    ];
    for command in commands {
        let ran = cli.run(&[command, &["--db", "typo.db"]].concat()).expect(2);
        assert!(
            ran.stderr
                .contains("there is no database typo.db; `import` or `sync` makes one"),
            "{command:?}: {}",
            ran.stderr
        );
        assert_eq!(ran.stdout, "", "{command:?}");
    }
    let from = alder("first");
    let plan = ["plan", "--from", &from, "--now", FIRST, "--db", "typo.db"];
    let planned = cli.json(&plan);
    assert_eq!(planned["status"], "planned");
    assert!(planned["rooms"]["added"].as_u64().unwrap() > 0, "{planned}");
    assert!(!cli.path("typo.db").exists() && !cli.path("copy.db").exists());
    cli.run(&["sync", "--from", &from, "--now", FIRST, "--db", "typo.db"])
        .expect(0);
    assert!(cli.path("typo.db").exists());
}
