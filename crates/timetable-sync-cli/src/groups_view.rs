//! A plan's removals by person, room or cause, for people at a terminal.

use std::fmt::{Display, Write};

use chrono::NaiveDateTime;
use comfy_table::{Cell, CellAlignment};
use timetable_sync::{RemovalGroup, RemovalGroups, RemovalReport, one_line};

use crate::{
    args::Grouping,
    output::Output,
    table::{table, text},
};

/// A plan with more removals than this is a table alone; nobody reads so many sentences at a terminal.
const SENTENCES: usize = 40;

/// The groups as a table and, where they are not too many, each of their removals in a sentence.
///
/// By time there are no groups, and nothing is shown.
pub(crate) fn groups(out: Output, removals: &[RemovalReport], by: Grouping) -> String {
    let groups = RemovalGroups::of(removals);
    match by {
        Grouping::Time => String::new(),
        Grouping::Person => view(out, "person", &groups.person, removals.len()),
        Grouping::Room => view(out, "room", &groups.room, removals.len()),
        Grouping::Cause => view(out, "cause", &groups.cause, removals.len()),
    }
}

fn view<Key: Display>(
    out: Output,
    of: &str,
    groups: &[RemovalGroup<'_, Key>],
    removals: usize,
) -> String {
    // Of a person's bookings the people are that one.
    let people = (of != "person").then_some("people");
    let headings = [of, "bookings", "own lessons"].into_iter();
    let headings = headings.chain(people).chain(["first", "last"]);
    let mut table = table(out, headings);
    for group in groups {
        let people = people.map(|_| group.people);
        let numbers = [group.count, group.absorbed].into_iter().chain(people);
        let numbers = numbers.map(|number| Cell::new(number).set_alignment(CellAlignment::Right));
        let dates = [group.first, group.last].map(|start| Cell::new(date(start)));
        let name = Cell::new(&group.key);
        table.add_row([name].into_iter().chain(numbers).chain(dates));
    }
    let mut page = text(&table);
    if removals > SENTENCES {
        page.push_str("Each booking stands in --json, and on the page that --html FILE writes.\n");
        return page;
    }
    for group in groups {
        // Writing to a text does not fail.
        let _ = writeln!(page, "\n{}", out.bold(&group.text));
        for sentence in &group.sentences {
            let _ = writeln!(page, "  - {}", one_line(sentence));
        }
    }
    page
}

fn date(start: NaiveDateTime) -> String {
    start.format("%a %-d %b %Y").to_string()
}
