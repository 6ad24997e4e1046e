//! `doctor` against a simulated iSAMS, and `setup-guide`.

use std::time::Duration;

use isams_client::DataArea;
use isams_simulator::{Fault, SimulatorBuilder};
use serde_json::Value;

use crate::{
    cli::{Cli, FIRST, Ran, UNCHANGED, alder},
    isams::{CLIENT_ID, Isams, KEY, SECRET, with_sign_in},
};

const CORE: [DataArea; 4] = [
    DataArea::Terms,
    DataArea::PublishedTimetable,
    DataArea::WeekAllocations,
    DataArea::TimetableStructure,
];

/// Examines a simulator, with these flags more.
fn examine(
    cli: &Cli,
    change: impl FnOnce(SimulatorBuilder) -> SimulatorBuilder,
    more: &[&str],
) -> Ran {
    let isams = Isams::start(change);
    let url = isams.url();
    let mut args = vec![
        "doctor",
        "--url",
        &url,
        "--now",
        UNCHANGED,
        "--retries",
        "0",
    ];
    args.extend(more);
    let ran = cli.run(&args);
    assert!(
        isams.log().iter().all(|request| request.only_reads()),
        "{:?}",
        isams.log()
    );
    for secret in [KEY, SECRET] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret));
    }
    ran
}

fn without(areas: &[DataArea]) -> impl FnOnce(SimulatorBuilder) -> SimulatorBuilder {
    let held: Vec<&str> = DataArea::ALL
        .into_iter()
        .filter(|area| !areas.contains(area))
        .map(DataArea::method)
        .collect();
    move |builder| builder.key_with(KEY, held)
}

fn cli() -> Cli {
    Cli::new().env("TIMETABLE_SYNC_API_KEY", KEY)
}

/// The state of each area.
fn states(diagnosis: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let areas = diagnosis["areas"].as_array().unwrap();
    areas
        .iter()
        .map(|area| (text(&area["area"]), text(&area["state"])))
        .collect()
}

fn verdicts<'d>(diagnosis: &'d Value, topic: &str) -> Vec<&'d str> {
    let checks = diagnosis["checks"].as_array().unwrap();
    checks
        .iter()
        .filter(|check| check["topic"] == topic)
        .map(|check| check["verdict"].as_str().unwrap())
        .collect()
}

#[test]
fn each_kind_of_row_is_shown() {
    // Present, missing, empty, refused and unreadable, each by its own cause.
    let present = examine(&cli(), |builder| builder.strict_filters(true), &["--json"]).expect(0);
    let diagnosis = present.json();
    assert!(
        states(&diagnosis)
            .iter()
            .all(|(_, state)| state == "present")
    );
    assert_eq!(states(&diagnosis).len(), 14);
    assert_eq!(diagnosis["would_sync"], true);

    let refused = examine(&cli(), without(&[DataArea::CurrentStaff]), &["--json"]).expect(0);
    let refused = refused.json();
    assert_eq!(refused["areas"][6]["state"], "refused");
    assert_eq!(verdicts(&refused, "key"), ["good", "notice"]);

    // A plain GET leaves out what the key does not hold.
    let missing = examine(
        &cli(),
        |builder| without(&[DataArea::CurrentStaff])(builder).get_only(),
        &["--json"],
    )
    .expect(0);
    assert_eq!(missing.json()["areas"][6]["state"], "missing");

    let empty = examine(
        &cli(),
        |builder| builder.script([Fault::EmptyManager("TeachingManager".to_owned())]),
        &["--json"],
    )
    .expect(0);
    // The manager is there, and holds no container at all.
    assert_eq!(empty.json()["areas"][8]["state"], "missing");
    let core_empty = cli().run(&["doctor", "--from", &alder("core-empty"), "--json"]);
    let core_empty = core_empty.expect(3).json();
    for area in CORE {
        let state = states(&core_empty)
            .into_iter()
            .find(|(name, _)| name == area.name());
        assert_eq!(state.unwrap().1, "empty", "{area}");
    }

    let unreadable = examine(
        &cli(),
        |builder| builder.body(r#"{"iSAMS":{"HRManager":{"CurrentStaff":"see the office"}}}"#),
        &["--json"],
    )
    .expect(3);
    assert_eq!(unreadable.json()["areas"][6]["state"], "unreadable");

    // The same for people.
    let text = examine(&cli(), without(&[DataArea::RoomClosuresAndCover]), &[]).expect(0);
    for shown in [
        "│ ! ┆ Cover Manager - Room Closures & Cover ",
        "┆ refused ┆ 0 ",
        "closed rooms look free",
        "! API key:     the key lacks *Cover Manager - Room Closures & Cover*",
        "Tick it for this key in API Services Manager.",
        "A sync would work.",
    ] {
        assert!(text.stdout.contains(shown), "{shown}: {}", text.stdout);
    }
}

#[test]
fn each_topic_has_a_row_and_exit_0_means_that_a_sync_would_work() {
    let ran = examine(&cli(), |builder| builder, &["--json"])
        .expect(0)
        .json();
    for topic in [
        "address",
        "tls",
        "token",
        "key",
        "answer",
        "cache_age",
        "terms",
        "allocations",
        "timetables",
        "periods",
        "lessons",
        "staff",
    ] {
        assert!(!verdicts(&ran, topic).is_empty(), "{topic}");
    }
    for area in [CORE.as_slice(), &[DataArea::BuildingsAndRooms]].concat() {
        let ran = examine(&cli(), without(&[area]), &["--json"]).expect(3);
        assert_eq!(ran.json()["would_sync"], false, "{area}");
        // And a sync would indeed not work.
        let isams = Isams::start(without(&[area]));
        let url = isams.url();
        cli()
            .run(&["sync", "--url", &url, "--now", UNCHANGED])
            .expect(3);
    }
}

#[test]
fn what_stops_on_the_way_is_no_usable_answer_and_says_where() {
    for (topic, ran) in [
        ("key", {
            let wrong = Cli::new().env("TIMETABLE_SYNC_API_KEY", "ffffffff-0000");
            examine(&wrong, |builder| builder, &["--json"])
        }),
        ("token", {
            let wrong = cli().env("TIMETABLE_SYNC_CLIENT_SECRET", "wrong-wrong");
            examine(&wrong, with_sign_in, &["--client-id", CLIENT_ID, "--json"])
        }),
        ("key", {
            let elsewhere = ["192.0.2.1".parse().unwrap()];
            examine(&cli(), |builder| builder.allow_ips(elsewhere), &["--json"])
        }),
        ("answer", {
            let retry_after = Duration::from_secs(600);
            let busy = [Fault::TooManyRequests { retry_after }];
            examine(&cli(), |builder| builder.script(busy), &["--json"])
        }),
        ("address", {
            let gone = Isams::start(|builder| builder);
            let url = gone.url();
            drop(gone);
            cli().run(&["doctor", "--url", &url, "--retries", "0", "--json"])
        }),
    ] {
        let diagnosis = ran.expect(4).json();
        assert_eq!(diagnosis["answered"], false);
        assert_eq!(verdicts(&diagnosis, topic), ["problem"], "{diagnosis}");
        let checks = diagnosis["checks"].as_array().unwrap();
        let problems = checks.iter().filter(|check| check["verdict"] == "problem");
        assert_eq!(problems.count(), 1, "{diagnosis}");
    }
    // An address that is none is wrong usage, as everywhere.
    cli()
        .run(&["doctor", "--url", "http://school.example"])
        .expect(2);
}

#[test]
fn the_periods_of_the_school_are_compared() {
    let cli = cli();
    let periods = cli.write(
        "periods.csv",
        "name,start,end\nPeriod 1,08:45,09:40\nPeriod 2,09:44,10:40\nLunch,12:50,13:45\n",
    );
    let args = [
        "doctor",
        "--from",
        &alder("first"),
        "--now",
        FIRST,
        "--periods",
        &periods,
    ];
    let ran = cli.run(&args).expect(0);
    for line in [
        "✓ Period 1: 08:45-09:40 in both",
        "! Period 2: iSAMS 09:45-10:40, you said 09:44-10:40",
        "! Lunch: iSAMS has no such period, you said 12:50-13:45",
        "! Prep: iSAMS 15:45-16:30, which your list does not have",
        "A sync would work. 8 periods differ.",
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    cli.write("periods.csv", "name,start,end\nPeriod 1,09:40,08:45\n");
    let ran = cli.run(&args).expect(1);
    assert!(
        ran.stderr.contains("periods.csv:2:16: the end"),
        "{}",
        ran.stderr
    );
    cli.run(&["doctor", "--from", &alder("first"), "--periods", "none.csv"])
        .expect(2);
}

#[test]
fn a_doctor_leaves_nothing_behind_and_reads_the_history_that_is_there() {
    let cli = cli();
    examine(&cli, |builder| builder, &[]).expect(0);
    assert!(!cli.path("timetable-sync.db").exists());

    let cli = Cli::synced_alder().env("TIMETABLE_SYNC_API_KEY", KEY);
    cli.sync(&alder("unchanged"), UNCHANGED).expect(0);
    let before = cli.json(&["runs", "--all"]);
    let ran = examine(&cli, |builder| builder, &["--json"])
        .expect(0)
        .json();
    let checks = ran["checks"].as_array().unwrap();
    let cache = checks.iter().find(|check| check["topic"] == "cache_age");
    let found = cache.unwrap()["found"].as_str().unwrap();
    assert!(
        found.starts_with("nothing has changed for 24 hours"),
        "{found}"
    );
    assert_eq!(cli.json(&["runs", "--all"]), before);
}

#[test]
fn the_page_for_the_school_comes_from_the_settings() {
    let cli = Cli::new();
    cli.write(
        "timetable-sync.toml",
        "expected_cache = 120\n[setup_guide]\nintegrator = 'Example Ltd'\nproduct = 'Example Rooms'\nip_addresses = ['192.0.2.10']\n",
    );
    let page = cli.run(&["setup-guide"]).expect(0).stdout;
    for shown in [
        "# Connecting iSAMS with Example Rooms",
        "- 192.0.2.10",
        "- Integrator: Example Ltd",
        "every 2 hours",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for area in DataArea::ALL {
        assert!(page.contains(area.label()), "{area}");
    }
    let args = [
        "setup-guide",
        "--format",
        "html",
        "--out",
        "page.html",
        "--product",
        "<b>",
        "--ip",
        "192.0.2.99",
    ];
    cli.run(&args).expect(0);
    let html = std::fs::read_to_string(cli.path("page.html")).unwrap();
    assert!(
        html.contains("&lt;b&gt;") && html.contains("192.0.2.99") && !html.contains("192.0.2.10")
    );
    assert!(
        !html.contains("<script")
            && !html.contains("http://")
            && html.matches("<tr>").count() == 15
    );
    assert_eq!(cli.json(&["setup-guide"])["page"], page);
}

#[test]
fn names_of_the_cover_manager_come_from_the_settings() {
    let cli = Cli::new();
    let answer = r#"{"iSAMS":{"CoverManager":{"Verlegungen":{"Verlegung":{"@Id":"6","Stunde":"9","Tag":"2031-11-03"}}}}}"#;
    let answer = cli.write("answer.json", answer);
    let state = || {
        let ran = cli.run(&["doctor", "--from", &answer, "--json"]).expect(3);
        ran.json()["areas"][4]["state"].clone()
    };
    assert_eq!(state(), "missing");
    cli.write(
        "timetable-sync.toml",
        "[cover_names]\nVerlegungen = 'Covers'\nVerlegung = 'Cover'\nStunde = 'ScheduleId'\nTag = 'Date'\n",
    );
    assert_eq!(state(), "present");
    cli.write("timetable-sync.toml", "[cover_names]\nTag = 'Day'\n");
    let ran = cli.run(&["doctor", "--from", &answer]).expect(2);
    assert!(ran.stderr.contains("`Day` is no name"), "{}", ran.stderr);
}
