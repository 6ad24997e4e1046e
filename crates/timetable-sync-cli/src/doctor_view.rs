//! What the doctor found, for people.

use std::fmt::Write;

use timetable_sync::{AreaCheck, Check, Diagnosis, PeriodCheck, Verdict};

use crate::{
    output::{Output, Style},
    table,
};

/// The whole page: the data areas, what was looked at, the periods, and what it comes to.
pub(crate) fn text(out: Output, diagnosis: &Diagnosis) -> String {
    let mut page = String::new();
    if !diagnosis.areas.is_empty() {
        page += &areas(out, &diagnosis.areas);
        page.push('\n');
    }
    for check in &diagnosis.checks {
        page += &line(out, check);
    }
    if !diagnosis.periods.is_empty() {
        page += &format!("\n{}\n", out.bold("Your periods"));
        for period in &diagnosis.periods {
            page += &of_period(out, period);
        }
    }
    if !diagnosis.rollover.is_empty() {
        page += &format!("\n{}\n", out.bold("The change of the school year"));
        for check in &diagnosis.rollover {
            page += &line(out, check);
        }
    }
    page.push('\n');
    page += &headline(out, diagnosis);
    page
}

fn areas(out: Output, areas: &[AreaCheck]) -> String {
    let mut rows = table::table(out, ["", "data area", "state", "rows", "without it"]);
    for area in areas {
        let state = if area.optional && area.verdict != Verdict::Good {
            format!("{} (optional)", area.state)
        } else {
            area.state.to_string()
        };
        rows.add_row([
            table::styled(out, mark(area.verdict), style(area.verdict)),
            area.label.into(),
            state.into(),
            area.rows.into(),
            area.without.as_deref().unwrap_or_default().into(),
        ]);
    }
    table::text(&rows)
}

fn line(out: Output, check: &Check) -> String {
    let label = format!("{}:", check.topic.label());
    let mark = out.styled(mark(check.verdict), style(check.verdict));
    let mut line = format!("{mark} {label:<12} {}\n", check.found);
    // Writing to a String cannot fail.
    if let Some(advice) = &check.advice {
        let _ = writeln!(line, "{:15}{advice}", "");
    }
    if let Some(open) = &check.cannot_tell {
        let _ = writeln!(line, "{:15}The answer does not tell {open}.", "");
    }
    line
}

fn of_period(out: Output, period: &PeriodCheck) -> String {
    let verdict = if period.agrees() {
        Verdict::Good
    } else {
        Verdict::Notice
    };
    format!("{} {period}\n", out.styled(mark(verdict), style(verdict)))
}

fn headline(out: Output, diagnosis: &Diagnosis) -> String {
    let differ = diagnosis
        .periods
        .iter()
        .filter(|period| !period.agrees())
        .count();
    let mut text = if diagnosis.would_sync {
        out.bold("A sync would work.")
    } else if diagnosis.answered {
        out.bold("A sync would not work yet: see what is marked \u{2717}.")
    } else {
        out.bold("There is no usable answer from iSAMS: see what is marked \u{2717}.")
    };
    match differ {
        0 => {}
        1 => text += " One period differs.",
        differ => text += &format!(" {differ} periods differ."),
    }
    text.push('\n');
    text
}

/// Told apart without a colour.
fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "\u{2713}",
        Verdict::Notice => "!",
        Verdict::Problem => "\u{2717}",
        Verdict::Unknown => "?",
    }
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Good => Style::Green,
        Verdict::Notice => Style::Yellow,
        Verdict::Problem => Style::Red,
        Verdict::Unknown => Style::Cyan,
    }
}
