//! A plan's or run's report for people.

use std::{collections::BTreeSet, fmt::Write};

use booking_store::{AreaRecord, RunKind, RunStatus};
use isams_client::DataArea;
use timetable_sync::{Report, Status, bookings, one_line};

use crate::{
    args::{AcceptArgs, Grouping, SourceArgs},
    context::Context,
    exit::Outcome,
    groups_view,
    output::{Output, Style},
    table::{styled, table, text},
};

/// How many skipped rows are shown; the JSON has all.
const SKIPPED_SHOWN: usize = 10;

/// What a hint needs to know to name the command that comes next.
#[derive(Clone, Debug)]
pub(crate) struct Hints {
    context: Context,
    source: Vec<String>,
    /// The areas that the call accepted; a plan is the same only if they are accepted again.
    accepted: Vec<DataArea>,
    /// The fingerprint that the call gave.
    fingerprint: Option<String>,
    /// No sync has taken effect yet.
    first: bool,
}

impl Hints {
    /// The hints for the school as it is after the run.
    pub(crate) async fn new(
        context: &Context,
        source: &SourceArgs,
        accept: &AcceptArgs,
        fingerprint: Option<&str>,
    ) -> Outcome<Self> {
        let runs = context.runs(Some(RunKind::Sync)).await?;
        Ok(Self {
            first: !runs.iter().any(|run| run.status == RunStatus::Applied),
            context: context.clone(),
            source: source.typed(),
            accepted: accept.areas.clone(),
            fingerprint: fingerprint.map(|text| text.trim().to_ascii_lowercase()),
        })
    }

    fn sync(&self, more: &[&str]) -> String {
        let words: Vec<&str> = ["sync"]
            .into_iter()
            .chain(self.source.iter().map(String::as_str))
            .chain(more.iter().copied())
            .collect();
        self.context.command(&words)
    }

    /// The command that releases a held plan; `None` where nothing does.
    pub(crate) fn release(&self, report: &Report) -> Option<String> {
        if !report.releasable {
            return None;
        }
        let mut words = vec!["--apply-plan", &report.fingerprint];
        let accepted = self.accepted.iter().map(|area| area.name());
        let accept: BTreeSet<&str> = report
            .accept
            .iter()
            .map(String::as_str)
            .chain(accepted)
            .collect();
        for area in accept {
            words.extend(["--accept", area]);
        }
        Some(self.sync(&words))
    }
}

/// What a run did.
pub(crate) fn run(out: Output, report: &Report, hints: &Hints) -> String {
    let number = report
        .run
        .map(|run| format!("Run {run}. "))
        .unwrap_or_default();
    let headline = match report.status {
        Status::Applied | Status::Planned => format!("{number}Applied."),
        Status::Unchanged => {
            format!("{number}Unchanged: nothing was written, and nobody gets a message.")
        }
        Status::Held if report.refused.is_some() => "Not released: nothing was done.".to_owned(),
        Status::Held => format!("{number}Held: a person must look first. No booking was removed."),
        Status::AwaitingMatch => {
            format!(
                "{number}Waiting for matching: nothing takes effect, and no booking was removed."
            )
        }
    };
    body(out, report, hints, &headline, Grouping::Time)
}

/// What a sync would do.
pub(crate) fn plan(out: Output, report: &Report, hints: &Hints, by: Grouping) -> String {
    let headline = match report.status {
        Status::Planned | Status::Applied => "A sync would do this. Nothing was written.",
        Status::Unchanged => "A sync would change nothing.",
        Status::Held => "A sync would be held: a person must look first. Nothing was written.",
        Status::AwaitingMatch => "A sync would wait for matching. Nothing was written.",
    };
    body(out, report, hints, headline, by)
}

fn body(out: Output, report: &Report, hints: &Hints, headline: &str, by: Grouping) -> String {
    let style = match report.status {
        Status::Held | Status::AwaitingMatch => Style::Yellow,
        Status::Planned | Status::Applied | Status::Unchanged => Style::Green,
    };
    let mut page = format!("{}\n\n", out.styled(headline, style));
    page += &areas(out, &report.areas);
    page.push('\n');
    page += &counts(out, report);
    page += &match by {
        Grouping::Time => removals(out, report),
        by => removals_by(out, report, by),
    };
    list(&mut page, out, "Warnings", &report.warnings);
    page += &skipped(out, report);
    list(&mut page, out, "Held because", &report.held_because);
    page += &next(out, report, hints);
    page
}

/// The data areas as they arrived.
fn areas(out: Output, records: &[AreaRecord]) -> String {
    let headings = ["data area", "state", "rows", "in the list of permissions"];
    let mut areas = table(out, headings);
    for record in records {
        let style = match record.state.as_str() {
            "present" => Style::Green,
            "empty" => Style::Yellow,
            _ => Style::Red,
        };
        let label = record.area.parse().map_or("", DataArea::label);
        areas.add_row([
            comfy_table::Cell::new(&record.area),
            styled(out, &record.state, style),
            comfy_table::Cell::new(record.rows).set_alignment(comfy_table::CellAlignment::Right),
            comfy_table::Cell::new(label),
        ]);
    }
    text(&areas)
}

fn counts(out: Output, report: &Report) -> String {
    let kinds = [
        ("rooms", report.rooms),
        ("timeslots", report.timeslots),
        ("weekly lessons", report.lessons),
        ("terms", report.terms),
        ("allocated weeks", report.allocations),
    ];
    if kinds.iter().all(|(_, counts)| counts.is_zero()) {
        return "No change to rooms, timeslots, lessons, terms or weeks.\n".to_owned();
    }
    let mut table = table(out, ["", "added", "changed", "removed"]);
    for (kind, counts) in kinds {
        let numbers = [counts.added, counts.changed, counts.removed];
        let cells = numbers.map(|number| {
            comfy_table::Cell::new(number).set_alignment(comfy_table::CellAlignment::Right)
        });
        table.add_row([comfy_table::Cell::new(kind)].into_iter().chain(cells));
    }
    text(&table)
}

/// The removals, each in a sentence with its reason.
pub(crate) fn removals(out: Output, report: &Report) -> String {
    let mut page = heading(out, report);
    for removal in &report.removals {
        // Writing to a text does not fail.
        let _ = writeln!(page, "  - {}", one_line(&removal.text));
    }
    page
}

fn removals_by(out: Output, report: &Report, by: Grouping) -> String {
    let mut page = heading(out, report);
    if !report.removals.is_empty() {
        page += &groups_view::groups(out, &report.removals, by);
    }
    page
}

/// How many bookings go, in the words that the status calls for.
fn heading(out: Output, report: &Report) -> String {
    if report.removals.is_empty() {
        return match report.status {
            Status::Applied => "\nNo booking was removed.\n".to_owned(),
            Status::Planned => "\nNo booking would be removed.\n".to_owned(),
            _ => String::new(),
        };
    }
    let count = bookings(report.removals.len());
    let heading = match report.status {
        Status::Applied | Status::Unchanged => format!("Removed: {count}"),
        Status::Planned => format!("Would be removed: {count}"),
        Status::Held => format!("Withheld: {count} would be removed"),
        Status::AwaitingMatch => format!("By the matches so far, {count} would be removed"),
    };
    format!("\n{}\n", out.bold(&heading))
}

fn skipped(out: Output, report: &Report) -> String {
    let mut lines: Vec<String> = report
        .skipped
        .iter()
        .take(SKIPPED_SHOWN)
        .map(|row| match (row.area.as_str(), row.source_id.as_str()) {
            // What is said of no row is said of the area, and what is said of no area of the answer.
            ("unknown", "") => format!("the answer: {}", row.reason),
            (area, "") => format!("{area}: {}", row.reason),
            (area, id) => format!("{area} {id}: {}", row.reason),
        })
        .collect();
    let more = report.skipped.len().saturating_sub(SKIPPED_SHOWN);
    if more > 0 {
        lines.push(format!("and {more} more; --json has all"));
    }
    let mut page = String::new();
    list(&mut page, out, "Rows that cannot be used", &lines);
    if report.without_room > 0 {
        let rows = if report.without_room == 1 {
            "row has"
        } else {
            "rows have"
        };
        // Writing to a text does not fail.
        let _ = writeln!(
            page,
            "\n{} {rows} no room and stand in no calendar.",
            report.without_room
        );
    }
    page
}

fn next(out: Output, report: &Report, hints: &Hints) -> String {
    let context = &hints.context;
    let lines: Vec<String> = match report.status {
        Status::Planned | Status::Applied if report.notices == 0 => return String::new(),
        Status::Planned => vec![format!("{} would get a message.", people(report.notices))],
        Status::Applied => vec![
            format!("{} will get a message:", people(report.notices)),
            context.command(&["outbox", "list"]),
        ],
        Status::Unchanged => return String::new(),
        // The first reason is that the fingerprint was refused; without another, the guard does not hold the plan.
        Status::Held if report.refused.is_some() && report.held_because.len() == 1 => vec![
            "The present plan needs no release:".to_owned(),
            hints.sync(&[]),
        ],
        // The right fingerprint is refused only because it was used.
        Status::Held
            if report.refused.is_some()
                && hints.fingerprint.as_deref() == Some(report.fingerprint.as_str()) =>
        {
            return String::new();
        }
        Status::Held => match hints.release(report) {
            Some(command) => {
                let usual = if hints.first {
                    "A school's first sync is often held, and releasing it is the normal road. "
                } else {
                    ""
                };
                vec![
                    format!("{usual}To release exactly this plan, once it is found to be right:"),
                    command,
                ]
            }
            None => vec![
                "This cannot be released. Sync again when iSAMS answers completely; check that the API key \
                 holds all data areas."
                    .to_owned(),
            ],
        },
        Status::AwaitingMatch => vec![
            "Match the rooms, confirm the matches, and sync again:".to_owned(),
            context.command(&["match", "list"]),
            context.command(&["match", "suggest"]),
            context.command(&["match", "export", "matches.csv"]),
            context.command(&["match", "import", "matches.csv"]),
            context.command(&["match", "set", "room", "LOCAL", "ISAMS"]),
            context.command(&["match", "confirm"]),
            hints.sync(&[]),
        ],
    };
    let mut page = String::new();
    let mut lines = lines.into_iter();
    if let Some(first) = lines.next() {
        page = format!("\n{}\n", out.bold(&first));
    }
    lines.for_each(|line| page += &format!("  {line}\n"));
    page
}

fn people(count: usize) -> String {
    if count == 1 {
        "1 owner".to_owned()
    } else {
        format!("{count} owners")
    }
}

fn list(page: &mut String, out: Output, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    page.push_str(&format!("\n{}\n", out.bold(heading)));
    for line in lines {
        page.push_str(&format!("  - {}\n", one_line(line)));
    }
}
