//! `terms`: the terms and their weeks as synced.

use chrono::{NaiveDate, NaiveDateTime};
use room_timetable::YearWeek;
use serde_json::{Value, json};
use timetable_sync::{CurrentTimetable, TermWeek};

use crate::{
    args::{TermsArgs, TermsCommand},
    context::Context,
    exit::{Exit, Failure, Outcome},
    table::{table, text},
};

pub(crate) async fn run(context: &Context, args: &TermsArgs) -> Outcome {
    match &args.command {
        None => list(context).await?,
        Some(TermsCommand::Acknowledge { week }) => {
            let week = named(&week.join(" "))?;
            let new = context
                .syncer()
                .acknowledge_week(&context.school, week)
                .await?;
            let is = if new { "is" } else { "was already" };
            let state = context.state_from(NaiveDateTime::MAX).await?;
            let timetable = CurrentTimetable::of(&state)?;
            let in_term = |day| timetable.terms().iter().any(|term| term.contains(day));
            let vain = if week.dates().any(in_term) {
                ""
            } else {
                ". It has no day in a term, so nothing changes now"
            };
            let what = format!("{is} acknowledged as a holiday{vain}");
            told(context, week, new, &what)?;
        }
        Some(TermsCommand::Withdraw { week }) => {
            let week = named(&week.join(" "))?;
            let there = context
                .syncer()
                .withdraw_week(&context.school, week)
                .await?;
            let what = if there {
                "is no longer acknowledged as a holiday"
            } else {
                "was not acknowledged as a holiday"
            };
            told(context, week, there, what)?;
        }
    }
    Ok(Exit::Done)
}

fn told(context: &Context, week: YearWeek, changed: bool, what: &str) -> Outcome<()> {
    let document = json!({ "year": week.year, "week": week.week, "changed": changed });
    let dates: Vec<NaiveDate> = week.dates().collect();
    context.out.result(&document, || {
        let span = match (dates.first(), dates.last()) {
            (Some(first), Some(last)) => format!(" ({} to {})", long(*first), long(*last)),
            _ => String::new(),
        };
        format!("{week}{span} {what}.\n")
    })
}

/// The week of a date, or the one with these numbers, as people and programs write it: `2031 week 44`, `2031/44`,
/// `2031-44`.
fn named(text: &str) -> Outcome<YearWeek> {
    let text = text.trim();
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(YearWeek::of(date));
    }
    let lower = text.to_lowercase();
    let parted = ["week", "/", "-"]
        .iter()
        .find_map(|between| lower.split_once(between));
    let numbers = parted.and_then(|(year, week)| {
        let (year, week) = (year.trim().parse().ok()?, week.trim().parse().ok()?);
        Some(YearWeek { year, week })
    });
    match numbers {
        Some(week) if week.dates().next().is_some() => Ok(week),
        _ => Err(Failure::usage(format!(
            "`{text}` is no week; write a date in it, such as 2031-10-27, or the week as `2031 week 44`"
        ))),
    }
}

async fn list(context: &Context) -> Outcome<()> {
    let state = context.state().await?;
    let timetable = CurrentTimetable::of(&state)?;
    let weeks = timetable.term_weeks(NaiveDate::MIN);
    let terms: Vec<Value> = timetable
        .terms()
        .iter()
        .map(|term| {
            json!({
                "name": term.name,
                "academic_year": term.academic_year,
                "first_day": term.first_day(),
                "last_day": term.last_day(),
            })
        })
        .collect();
    let documents: Vec<Value> = weeks.iter().map(week).collect();
    let document = json!({ "terms": terms, "weeks": documents });
    context
        .out
        .result(&document, || page(context, &timetable, &weeks))
}

fn week(week: &TermWeek) -> Value {
    json!({
        "year": week.week.year,
        "week": week.week.week,
        "cycle_weeks": week.cycle_weeks,
        "unknown": week.unknown.is_some(),
        "why": week.unknown.map(|why| why.to_string()),
    })
}

fn page(context: &Context, timetable: &CurrentTimetable, weeks: &[TermWeek]) -> String {
    if timetable.terms().is_empty() {
        return "No terms have been synced yet.\n".to_owned();
    }
    let mut terms = table(context.out, ["term", "year", "first day", "last day"]);
    for term in timetable.terms() {
        terms.add_row([
            term.name.clone(),
            term.academic_year
                .map(|year| year.to_string())
                .unwrap_or_default(),
            long(term.first_day()),
            long(term.last_day()),
        ]);
    }
    let mut table = table(context.out, ["week", "from", "to", "cycle", ""]);
    let today = context.now().date();
    for week in weeks {
        let dates: Vec<NaiveDate> = week.week.dates().collect();
        if dates.last().is_some_and(|&last| last < today) {
            continue;
        }
        let date = |date: Option<&NaiveDate>| date.copied().map(long).unwrap_or_default();
        table.add_row([
            week.week.to_string(),
            date(dates.first()),
            date(dates.last()),
            week.cycle_weeks.join(", "),
            week.unknown
                .map(|why| format!("not known: {why}"))
                .unwrap_or_default(),
        ]);
    }
    format!(
        "{}\nTerm weeks from {}:\n{}",
        text(&terms),
        long(today),
        text(&table)
    )
}

fn long(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}
