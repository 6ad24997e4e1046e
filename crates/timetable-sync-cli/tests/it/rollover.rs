//! The change of the school year: the freeze in the settings, and the doctor's checklist.

use crate::cli::{Cli, REPUBLISHED, alder, len};

#[test]
fn in_the_freeze_a_new_timetable_waits_for_a_person() {
    let cli = Cli::synced_alder();
    cli.write(
        "timetable-sync.toml",
        "rollover_freeze = { from = '09-16', to = '09-16' }\n",
    );
    let from = alder("republished");
    let held = cli.sync(&from, REPUBLISHED).expect(3).json();
    assert_eq!(held["status"], "held");
    let reasons: Vec<&str> = held["held_because"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|reason| reason.as_str())
        .collect();
    assert!(
        reasons.iter().any(|reason| reason.starts_with(
            "from 16 September to 16 September the school year changes, and changes of the timetable wait for a person: "
        )),
        "{reasons:?}"
    );
    let args = [
        "sync",
        "--from",
        &from,
        "--now",
        REPUBLISHED,
        "--apply-plan",
    ];
    let fingerprint = held["fingerprint"].as_str().unwrap();
    let args: Vec<&str> = args.into_iter().chain([fingerprint, "--json"]).collect();
    assert_eq!(cli.run(&args).expect(0).json()["status"], "applied");
}

#[test]
fn the_doctor_goes_through_the_change_of_year_where_it_is_asked_to() {
    let cli = Cli::new();
    let from = alder("first");
    let doctor = |more: &[&str]| {
        let args = ["doctor", "--from", &from, "--now", "2031-10-02T01:00"];
        let args: Vec<&str> = args.into_iter().chain(more.iter().copied()).collect();
        cli.run(&args).expect(0)
    };
    let heading = "The change of the school year";
    assert!(!doctor(&[]).stdout.contains(heading));
    assert_eq!(len(&doctor(&["--json"]).json()["rollover"]), 0);
    let page = doctor(&["--rollover"]).stdout;
    assert!(page.contains(heading), "{page}");
    assert!(
        page.contains("no published timetable is in force in the school year 2032")
            && page.contains("plan --rehearse-development")
            && page.contains("A sync would work."),
        "{page}"
    );
    let list = &doctor(&["--rollover", "--json"]).json()["rollover"];
    assert_eq!(len(list), 7);
    assert_eq!(list[6]["topic"], "areas");
}
