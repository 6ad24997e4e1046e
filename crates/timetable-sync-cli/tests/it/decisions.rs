//! What administrators decide beside matches of rooms, and why a room is free.

use serde_json::json;

use crate::cli::{BROKEN, Cli, FIRST, UNCHANGED, alder};

#[test]
fn an_exception_frees_a_room_until_it_is_taken_back() {
    let cli = Cli::synced_alder();
    // A lesson of ART, and a booking over it.
    let why = cli
        .run(&["explain", "ART", "2031-09-22", "09:00"])
        .expect(0);
    assert!(
        why.stdout.contains("So the room is occupied."),
        "{}",
        why.stdout
    );
    let bookings = cli.write(
        "bookings.csv",
        "id,room,start,end,owner_name,owner_email,title\nx,ART,2031-09-22T08:50,2031-09-22T09:30,A,a@alder.example,Visit\n",
    );
    cli.run(&["import", &bookings]).expect(0);
    let added = cli.json(&["exceptions", "add", "ART", "2031-09-22", "08:45", "09:40"]);
    assert_eq!(added["id"], "e1");
    let report = cli.sync(&alder("unchanged"), UNCHANGED).expect(0).json();
    assert_eq!(report["removals"].as_array().unwrap().len(), 0);
    let why = cli
        .run(&["explain", "ART", "2031-09-22", "09:00"])
        .expect(0);
    assert!(
        why.stdout.contains(
            "An administrator has freed the room on 22 Sep 2031 from 08:45 to 09:40 (exception e1)."
        ) && why
            .stdout
            .contains("The room is booked by A from 08:50 to 09:30 (booking x, “Visit”).")
            && why
                .stdout
                .contains("So the room is free of lessons, but booked."),
        "{}",
        why.stdout
    );
    assert_eq!(
        cli.json(&["exceptions", "list"])[0]["end"],
        "2031-09-22T09:40"
    );
    cli.run(&["exceptions", "remove", "e1"]).expect(0);
    cli.run(&["exceptions", "remove", "e1"]).expect(1);
    let report = cli.sync(&alder("unchanged"), UNCHANGED).expect(0).json();
    assert_eq!(report["removals"][0]["booking"], "x");
}

#[test]
fn explain_and_the_calendar_say_the_same_before_a_sync_takes_effect_and_while_one_is_held() {
    let cli = Cli::alder();
    // ART has a lesson at 09:00 and none at 18:00.
    let asked = |cli: &Cli| {
        let days = cli.json(&["calendar", "ART", "--week", "2031-09-22"])["days"].clone();
        let state = |time| cli.json(&["explain", "ART", "2031-09-22", time])["state"].clone();
        json!([
            days[0]["why"],
            days[0]["entries"][0]["doubtful"],
            state("09:00"),
            state("18:00"),
        ])
    };
    let nothing = "no sync has taken effect yet";
    let unknown = json!([nothing, null, "unknown", "unknown"]);
    assert_eq!(asked(&cli), unknown);
    let text = cli
        .run(&["calendar", "ART", "--week", "2031-09-22"])
        .expect(0);
    let note = format!("the lessons are not known, because {nothing}.");
    assert!(text.stdout.contains(&note), "{}", text.stdout);
    cli.sync(&alder("first"), FIRST).expect(3);
    assert_eq!(asked(&cli), unknown);
    let text = cli
        .run(&["explain", "ART", "2031-09-22", "09:00"])
        .expect(0);
    for line in [
        "is in the term Autumn",
        "No sync has taken effect yet, so it is not known which lessons there are.",
        "The room is matched with no iSAMS room",
        "So it is not known whether the room is free.",
    ] {
        assert!(text.stdout.contains(line), "{line}\n{}", text.stdout);
    }

    let cli = Cli::synced_alder();
    assert_eq!(asked(&cli), json!([null, false, "occupied", "free"]));
    cli.sync(&alder("core-empty"), BROKEN).expect(3);
    assert_eq!(asked(&cli), json!([null, true, "doubtful", "free"]));
    let text = cli
        .run(&["explain", "ART", "2031-09-22", "09:00"])
        .expect(0);
    assert!(
        text.stdout.contains("A held run ") && !text.stdout.contains("`calendar` shows where"),
        "{}",
        text.stdout
    );
    let text = cli
        .run(&["explain", "ART", "2031-09-22", "18:00"])
        .expect(0);
    assert!(
        text.stdout.contains("`calendar` shows where"),
        "{}",
        text.stdout
    );
}

#[test]
fn an_exception_needs_a_room_and_times_in_order() {
    let cli = Cli::synced_alder();
    for args in [
        &["exceptions", "add", "ART", "2031-09-22", "10:00", "09:00"][..],
        &["exceptions", "add", "ART", "2031-09-22", "10:00"],
        &["exceptions", "add", "ART", "22.9.2031"],
    ] {
        cli.run(args).expect(2);
    }
    cli.run(&["exceptions", "add", "nowhere", "2031-09-22"])
        .expect(1);
    let all = cli.json(&["exceptions", "add", "all", "2031-12-12", "12:00", "24:00"]);
    assert_eq!(
        (&all["room"], &all["end"]),
        (&serde_json::Value::Null, &"2031-12-13T00:00".into())
    );
}

#[test]
fn a_week_without_allocation_is_acknowledged_by_a_date_in_it() {
    let cli = Cli::synced_alder();
    // Half term.
    let unknown = |cli: &Cli| {
        let terms = cli.json(&["terms", "--now", FIRST]);
        let weeks = terms["weeks"].as_array().unwrap();
        let week = weeks
            .iter()
            .find(|week| week["year"] == 2031 && week["week"] == 44);
        week.unwrap()["unknown"].as_bool().unwrap()
    };
    assert!(unknown(&cli));
    let why = cli
        .run(&["explain", "ART", "2031-10-28", "09:00"])
        .expect(0);
    assert!(why.stdout.contains("So it is not known"), "{}", why.stdout);
    let told = cli.run(&["terms", "acknowledge", "2031-10-28"]).expect(0);
    assert!(
        told.stdout.contains("2031 week 44") && told.stdout.contains("is acknowledged"),
        "{}",
        told.stdout
    );
    assert!(!unknown(&cli));
    let why = cli
        .run(&["explain", "ART", "2031-10-28", "09:00"])
        .expect(0);
    assert!(
        why.stdout.contains("was acknowledged as a holiday")
            && why.stdout.contains("So the room is free."),
        "{}",
        why.stdout
    );
    assert_eq!(cli.json(&["terms", "withdraw", "2031-44"])["changed"], true);
    assert!(unknown(&cli));
    let lessons = cli.run(&["terms", "acknowledge", "2031-09-08"]).expect(1);
    assert!(
        lessons.stderr.contains("so it has lessons"),
        "{}",
        lessons.stderr
    );
    for wrong in [
        "next week",
        "2031-60",
        "2031 week 60",
        "2031-W44",
        "week 44",
        "2031/44/1",
    ] {
        let words: Vec<&str> = wrong.split(' ').collect();
        for words in [&[wrong][..], &words] {
            let args = [&["terms", "acknowledge"], words].concat();
            cli.run(&args).expect(2);
        }
    }
}

#[test]
fn a_week_is_named_as_warnings_write_it() {
    let cli = Cli::synced_alder();
    for week in [
        &["2031 week 44"][..],
        &["2031", "week", "44"],
        &["2031/44"],
        &["2031 / 44"],
        &["2031-44"],
        &["2031-10-28"],
        &["2031 Week 44"],
    ] {
        for command in ["acknowledge", "withdraw"] {
            let told = cli.json(&[&["terms", command], week].concat());
            assert_eq!(
                (&told["year"], &told["week"], &told["changed"]),
                (&json!(2031), &json!(44), &json!(true)),
                "{command} {week:?}"
            );
        }
    }
    let half_term = cli.run(&["terms", "acknowledge", "2031/44"]).expect(0);
    assert_eq!(
        half_term.stdout,
        "2031 week 44 (Sun 26 Oct 2031 to Sat 1 Nov 2031) is acknowledged as a holiday.\n"
    );
    let summer = cli.run(&["terms", "acknowledge", "2032/33"]).expect(0);
    assert_eq!(
        summer.stdout,
        "2032 week 33 (Sun 8 Aug 2032 to Sat 14 Aug 2032) is acknowledged as a holiday. It has no day in a term, so \
         nothing changes now.\n"
    );
}

#[test]
fn a_timeslot_is_matched_with_periods_by_hand() {
    let cli = Cli::synced_alder();
    let slots = cli.json(&["match", "list"]);
    let period = slots["timeslots"][0]["periods"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let slot = slots["timeslots"][1]["timeslots"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let set = cli.json(&["match", "set", "slot", &slot, &period]);
    assert_eq!(set["periods"][0], period.as_str());
    assert_eq!(
        cli.json(&["match", "clear", "slot", &slot])["cleared"],
        true
    );
    assert_eq!(
        cli.json(&["match", "clear", "slot", &slot])["cleared"],
        false
    );
    cli.run(&["match", "set", "slot", "none", &period])
        .expect(1);
    let unknown = cli
        .run(&["match", "set", "slot", &slot, "999999"])
        .expect(1);
    assert!(
        unknown.stderr.contains("no period with the id `999999`"),
        "{}",
        unknown.stderr
    );
}
