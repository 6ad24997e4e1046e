//! `calendar` in all its forms.

use std::fs;

use crate::cli::{BROKEN, Cli, FIRST, REPUBLISHED, alder};

const WEEK: [&str; 4] = ["calendar", "isams:41", "--week", "2031-09-10"];

fn school() -> Cli {
    let cli = Cli::new();
    cli.sync(&alder("first"), FIRST).expect(0);
    let file = cli.write(
        "bookings.csv",
        "id,room,start,end,owner_name,owner_email,title\n\
         1,isams:41,2031-09-10T17:00,2031-09-10T18:00,Ada,ada@school.example,<b>Chess</b>\n",
    );
    cli.run(&["import", &file]).expect(0);
    cli
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    WEEK.iter().chain(more).copied().collect()
}

fn lines<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    text.lines()
        .filter_map(|line| line.strip_prefix(name))
        .collect()
}

#[test]
fn all_forms_show_the_same_week() {
    let cli = school();
    let document = cli.json(&WEEK);
    let days = document["days"].as_array().unwrap();
    let entries: usize = days
        .iter()
        .map(|day| day["entries"].as_array().unwrap().len())
        .sum();
    assert!(entries > 5, "{document}");

    let json = cli.run(&with(&["--format", "json"])).expect(0);
    assert_eq!(json.json(), document);

    let html = cli.run(&with(&["--format", "html"])).expect(0).stdout;
    assert!(html.starts_with("<!DOCTYPE html>"), "{html}");
    assert_eq!(html.matches("<p class=\"name\">").count(), entries);
    assert!(html.contains("&lt;b&gt;Chess&lt;/b&gt;") && html.contains("Ada"));

    let ics = cli.run(&with(&["--format", "ics"])).expect(0).stdout;
    assert!(ics.starts_with("BEGIN:VCALENDAR\r\n"), "{ics}");
    assert!(ics.ends_with("END:VCALENDAR\r\n"), "{ics}");
    assert_eq!(ics.matches("\r\nBEGIN:VEVENT\r\n").count(), entries);
    for text in [
        "SUMMARY:Booking: <b>Chess</b>\r\n",
        "DTSTART;TZID=Europe/London:20310910T170000\r\n",
        "TZID:Europe/London\r\n",
    ] {
        assert!(ics.contains(text), "{text}\n{ics}");
    }
    for page in [html, ics, document.to_string()] {
        assert!(!page.contains("ada@school.example"), "{page}");
    }
}

#[test]
fn a_calendar_is_written_to_a_file() {
    let cli = school();
    for form in ["text", "html", "ics", "json"] {
        let file = format!("calendar.{form}");
        let ran = cli
            .run(&with(&[
                "--format", form, "--color", "always", "--out", &file,
            ]))
            .expect(0);
        assert_eq!(ran.stdout, format!("The calendar is in {file}.\n"));
        let written = fs::read_to_string(cli.path(&file)).unwrap();
        let printed = cli.run(&with(&["--format", form])).expect(0).stdout;
        assert_eq!(written, printed, "{form}");
    }
    let ran = cli
        .run(&with(&["--format", "ics", "--out", "new.ics", "--json"]))
        .expect(0);
    assert_eq!(ran.json()["written"], "new.ics");
    let ran = cli
        .run(&with(&["--format", "html", "--out", "no/such/folder.html"]))
        .expect(1);
    assert!(ran.stderr.contains("cannot be written"), "{}", ran.stderr);
    // Standard output is one document with --json, whatever the form.
    let page = cli.run(&with(&["--format", "html", "--json"])).expect(0);
    let page = page.json()["page"].as_str().unwrap().to_owned();
    assert!(page.starts_with("<!DOCTYPE html>"));
}

#[test]
fn the_width_of_the_terminal_decides_between_a_table_and_a_list() {
    let cli = school();
    let table = cli.run(&WEEK).expect(0).stdout;
    assert!(table.contains("│ 17:00-18:00"), "{table}");
    let cli = cli.env("COLUMNS", "80");
    let list = cli.run(&WEEK).expect(0).stdout;
    assert!(
        list.contains("\nWed 10 Sep\n")
            && list.contains("\n  17:00-18:00  [booked] <b>Chess</b>, Ada\n"),
        "{list}"
    );
    for line in list.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    // A file is no terminal.
    cli.run(&with(&["--out", "week.txt"])).expect(0);
    let written = fs::read_to_string(cli.path("week.txt")).unwrap();
    assert_eq!(written, table);
}

#[test]
fn several_weeks_are_shown_in_every_form() {
    let cli = school();
    let weeks = ["--weeks", "3"];
    let document = cli.json(&with(&weeks));
    assert_eq!(document["weeks"], 3);
    assert_eq!(document["days"].as_array().unwrap().len(), 21);
    let text = cli.run(&with(&weeks)).expect(0).stdout;
    assert_eq!(text.matches("week of").count(), 3);
    let html = with(&["--weeks", "3", "--format", "html"]);
    let html = cli.run(&html).expect(0).stdout;
    assert_eq!(html.matches("<h2>").count(), 3);
    let ics = |weeks| {
        let args = with(&["--weeks", weeks, "--format", "ics"]);
        let file = cli.run(&args).expect(0).stdout;
        let uids = lines(&file, "UID:").into_iter().map(str::to_owned);
        uids.collect::<Vec<_>>()
    };
    let (one, three) = (ics("1"), ics("3"));
    assert!(three.len() > one.len());
    assert_eq!(three[..one.len()], one);
    for wrong in ["0", "54", "-1", "many"] {
        cli.run(&with(&[&format!("--weeks={wrong}")])).expect(2);
    }
    cli.run(&with(&["--format", "pdf"])).expect(2);
}

#[test]
fn calendar_files_do_not_differ_without_reason() {
    let cli = school();
    let ics = [
        "calendar",
        "isams:42",
        "--week",
        "2031-09-22",
        "--format",
        "ics",
    ];
    let early = [&ics[..], &["--now", "2031-09-10T01:00"]].concat();
    let first = cli.run(&ics).expect(0).stdout;
    assert_eq!(cli.run(&early).expect(0).stdout, first);
    // The timetable is published again with other ids; most lessons are the same, and so are their events.
    cli.sync(&alder("republished"), REPUBLISHED).expect(0);
    let again = cli.run(&ics).expect(0).stdout;
    let (before, after) = (lines(&first, "UID:"), lines(&again, "UID:"));
    let kept = before.iter().filter(|uid| after.contains(uid)).count();
    assert!(
        !before.is_empty() && kept * 10 >= before.len() * 8,
        "{kept}"
    );
}

#[test]
fn half_term_and_what_is_held_are_marked_in_every_form() {
    let cli = school();
    cli.sync(&alder("republished"), REPUBLISHED).expect(0);
    let half_term = ["calendar", "isams:41", "--week", "2031-10-29", "--format"];
    let form = |form| {
        cli.run(&[&half_term[..], &[form]].concat())
            .expect(0)
            .stdout
    };
    assert!(form("html").contains("The lessons are not known, because"));
    let ics = form("ics");
    assert!(ics.contains("SUMMARY:? Lessons not known\r\n"), "{ics}");
    assert!(ics.contains("STATUS:TENTATIVE\r\n"), "{ics}");

    cli.sync(&alder("core-empty"), BROKEN).expect(3);
    let form = |form| cli.run(&with(&["--format", form])).expect(0).stdout;
    assert!(form("html").contains("? Lesson, doubtful"));
    let ics = form("ics");
    let statuses = lines(&ics, "STATUS:");
    let tentative = statuses.iter().filter(|status| **status == "TENTATIVE");
    // The booking stands.
    assert_eq!(tentative.count() + 1, statuses.len(), "{ics}");
}
