//! `plan`: gathered, as a page, and without a trace.

use std::{collections::BTreeSet, fs};

use booking_store_sqlite::{
    SqliteStore,
    sqlx::{AssertSqlSafe, Row, query},
};
use serde_json::Value;

use crate::cli::{Cli, FIRST, alder, len, names};

fn plan(cli: &Cli, more: &[&str]) -> crate::cli::Ran {
    let from = alder("first");
    let args = ["plan", "--from", &from, "--now", FIRST];
    cli.run(&args.iter().chain(more).copied().collect::<Vec<_>>())
}

#[test]
fn the_groups_come_under_a_key_of_their_own_and_hold_every_removal() {
    let cli = Cli::matched_alder();
    let report = plan(&cli, &["--json"]).expect(0).json();
    let keys = names(&report);
    assert_eq!(
        keys.last(),
        Some(&"groups"),
        "the other names keep their places"
    );
    let removals = report["removals"].as_array().unwrap();
    let ids: BTreeSet<&str> = removals
        .iter()
        .map(|removal| removal["booking"].as_str().unwrap())
        .collect();
    assert!(ids.len() > 3);
    let groups = &report["groups"];
    assert_eq!(names(groups), ["person", "room", "cause"]);
    for by in ["person", "room"] {
        let of = groups[by].as_array().unwrap();
        let in_groups: Vec<&str> = of
            .iter()
            .flat_map(|group| group["bookings"].as_array().unwrap())
            .map(|id| id.as_str().unwrap())
            .collect();
        assert_eq!(in_groups.len(), ids.len(), "{by}");
        assert_eq!(in_groups.into_iter().collect::<BTreeSet<_>>(), ids, "{by}");
    }
    // The owners by address, counted from the removals.
    let owners: BTreeSet<String> = removals
        .iter()
        .filter_map(|removal| Some(removal["owner_email"].as_str()?.to_lowercase()))
        .collect();
    let with_address = groups["person"].as_array().unwrap().iter();
    let with_address = with_address.filter(|group| group["email"] != Value::Null);
    assert_eq!(with_address.count(), owners.len());
    // What is applied says the same.
    let applied = cli.sync(&alder("first"), FIRST).expect(0).json();
    assert_eq!(&applied["groups"], groups);
}

#[test]
fn people_read_the_plan_by_person_room_and_cause() {
    let cli = Cli::matched_alder();
    let report = plan(&cli, &["--json"]).expect(0).json();
    let by_time = plan(&cli, &[]).expect(0).stdout;
    assert_eq!(plan(&cli, &["--by", "time"]).expect(0).stdout, by_time);
    for by in ["person", "room", "cause"] {
        let page = plan(&cli, &["--by", by]).expect(0).stdout;
        let heading = format!("Would be removed: {} bookings", len(&report["removals"]));
        assert!(page.contains(&heading), "{page}");
        assert!(page.contains(&format!("│ {by}")), "a table: {page}");
        for group in report["groups"][by].as_array().unwrap() {
            let text = group["text"].as_str().unwrap();
            assert!(page.contains(text), "{text}\n{page}");
            for sentence in group["sentences"].as_array().unwrap() {
                let sentence = sentence.as_str().unwrap();
                assert!(page.contains(sentence), "{sentence}\n{page}");
            }
        }
    }
    plan(&cli, &["--by", "colour"]).expect(2);
    let from = alder("first");
    let before = ["--by", "colour", "plan", "--from", &from, "--now", FIRST];
    let ran = cli.run(&before).expect(2);
    assert!(ran.stderr.contains("not by `colour`"), "{}", ran.stderr);
}

#[test]
fn a_long_plan_by_person_is_a_table_alone() {
    let cli = Cli::matched_alder();
    let header = "id,room,start,end,owner_name,owner_email,title,series\n";
    let report = plan(&cli, &["--json"]).expect(0).json();
    let (room, start) = (
        &report["removals"][0]["room"],
        &report["removals"][0]["start"],
    );
    let end = &report["removals"][0]["end"];
    let rows: String = (0..60)
        .map(|number| {
            let (room, start) = (room.as_str().unwrap(), start.as_str().unwrap());
            let end = end.as_str().unwrap();
            format!("long{number},{room},{start},{end},L. Long,long@school.example,,\n")
        })
        .collect();
    let file = cli.write("long.csv", format!("{header}{rows}"));
    cli.run(&["import", &file]).expect(0);
    let page = plan(&cli, &["--by", "person"]).expect(3).stdout;
    let row = page
        .lines()
        .find(|line| line.contains("L. Long (long@school.example)"))
        .unwrap();
    assert!(row.starts_with('│') && row.contains(" 60 "), "{row}");
    assert!(!page.contains("is removed, because"), "{page}");
    assert!(page.contains("--html FILE"), "{page}");
}

#[test]
fn the_page_of_a_held_plan_names_the_command_that_releases_it() {
    let cli = Cli::matched_alder();
    cli.write(
        "timetable-sync.toml",
        "[guard]\nremoved = 0\nremoved_percent = 0\n",
    );
    let ran = plan(&cli, &["--html", "plan.html", "--json"]).expect(3);
    let report = ran.json();
    let page = fs::read_to_string(cli.path("plan.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    for removal in report["removals"].as_array().unwrap() {
        let because = removal["because"].as_str().unwrap();
        assert!(page.contains(because), "{because}");
    }
    let command = page
        .split_once("<pre><code>")
        .and_then(|(_, rest)| rest.split_once("</code></pre>"))
        .unwrap()
        .0;
    let fingerprint = report["fingerprint"].as_str().unwrap();
    assert!(command.contains(&format!("--apply-plan {fingerprint}")));
    // The command is what it says, but for the time that the test plays.
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let words: Vec<&str> = words.into_iter().chain(["--json"]).collect();
    let applied = cli.run(&words).expect(0).json();
    assert_eq!(applied["status"], "applied");
    let said = plan(&cli, &["--html", "plan.html"]).expect(0).stdout;
    assert!(said.ends_with("The page is in plan.html.\n"), "{said}");
    plan(&cli, &["--html", "none/plan.html"]).expect(1);
}

/// Every row of every table, in the order of the file's own keys.
async fn dump(cli: &Cli) -> Vec<String> {
    let path = cli.path("timetable-sync.db");
    let store = SqliteStore::open(path.to_str().unwrap()).await.unwrap();
    let mut connection = store.begin().await.unwrap();
    let tables = query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    let mut dump = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        let columns = query(
            "SELECT group_concat('quote(' || name || ')', ' || '','' || ') FROM pragma_table_info(?)",
        )
        .bind(&table)
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        let columns: String = columns.get(0);
        let rows = format!("SELECT {columns} FROM {table} ORDER BY 1");
        let rows = query(AssertSqlSafe(rows))
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        dump.extend(
            rows.iter()
                .map(|row| format!("{table}: {}", row.get::<String, _>(0))),
        );
    }
    drop(connection);
    store.close().await;
    dump
}

#[tokio::test]
async fn planning_leaves_no_trace_in_the_database_not_even_a_lease() {
    for cli in [Cli::alder(), Cli::matched_alder(), Cli::synced_alder()] {
        let before = dump(&cli).await;
        assert!(before.iter().any(|row| row.starts_with("sync_bookings: ")));
        for day in ["first", "republished", "core-empty"] {
            let from = alder(day);
            for more in [&[][..], &["--by", "room", "--html", "plan.html"]] {
                let args = ["plan", "--from", &from, "--now", FIRST];
                let args: Vec<&str> = args.iter().chain(more).copied().collect();
                let code = cli.run(&args).code;
                assert!(code == 0 || code == 3, "{day}: {code}");
            }
        }
        assert_eq!(dump(&cli).await, before);
    }
}
