//! Terms, weeks, timetables, periods, lessons and staff of an answer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use isams_client::{DataArea, Payload};
use room_timetable::{LessonKind, PublishedTimetable, Term};

use super::{Check, Topic, Verdict, count, is_present, some_of};
use crate::{
    desired::{Desired, Local},
    warnings::{UnknownWeeks, unknown_weeks},
};

/// How many examples are shown in a sentence.
const SHOWN: usize = 3;

pub(super) fn checks(payload: &Payload, desired: &Desired, today: NaiveDate) -> Vec<Check> {
    let mut checks = Vec::new();
    if is_present(payload, DataArea::Terms) {
        checks.push(terms(desired, today));
    }
    let nothing = Desired::of(&Payload::default());
    let unknown = unknown_weeks(&nothing, desired, &Local::default(), today);
    if is_present(payload, DataArea::Terms) && is_present(payload, DataArea::WeekAllocations) {
        checks.push(allocations(desired, &unknown, today));
    }
    if is_present(payload, DataArea::PublishedTimetable) {
        checks.push(timetables(desired, &unknown, today));
    }
    if is_present(payload, DataArea::TimetableStructure) {
        checks.push(periods(desired));
    }
    if is_present(payload, DataArea::PublishedTimetable) {
        checks.push(lessons(desired));
    }
    if is_present(payload, DataArea::CurrentStaff) {
        checks.push(staff(payload, desired));
    }
    checks
}

fn terms(desired: &Desired, today: NaiveDate) -> Check {
    let terms = desired.calendar.terms();
    let now: Vec<&Term> = terms.iter().filter(|term| term.contains(today)).collect();
    let next = terms.iter().find(|term| term.first_day() > today);
    let spoken = |term: &Term| {
        format!(
            "{} ({} to {})",
            term.name,
            day(term.first_day()),
            day(term.last_day())
        )
    };
    match (now.first(), next) {
        (Some(term), Some(next)) => Check::new(
            Topic::Terms,
            Verdict::Good,
            format!("today is in {}; next comes {}", spoken(term), spoken(next)),
        ),
        (None, Some(next)) => Check::new(
            Topic::Terms,
            Verdict::Good,
            format!("today is in no term; next comes {}", spoken(next)),
        ),
        (Some(term), None) => Check::new(
            Topic::Terms,
            Verdict::Notice,
            format!("today is in {}, and no later term is known", spoken(term)),
        )
        .advice("Enter the next terms in iSAMS before this one ends."),
        (None, None) => Check::new(
            Topic::Terms,
            Verdict::Problem,
            match terms.last() {
                Some(last) => format!("the last term that is known is {}", spoken(last)),
                None => "no term can be used".to_owned(),
            },
        )
        .advice("Enter the dates of this and the next terms in iSAMS, in School Manager."),
    }
}

fn allocations(desired: &Desired, unknown: &[UnknownWeeks], today: NaiveDate) -> Check {
    let weeks = desired.calendar.term_weeks(today);
    let without: Vec<&UnknownWeeks> = unknown.iter().filter(|weeks| weeks.unallocated).collect();
    let open: usize = without.iter().map(|weeks| weeks.count).sum();
    if without.is_empty() {
        return Check::new(
            Topic::Allocations,
            Verdict::Good,
            match weeks.len() {
                0 => "there is no term week to come".to_owned(),
                1 => "the one term week to come is allocated".to_owned(),
                weeks => format!("all {weeks} term weeks to come are allocated"),
            },
        );
    }
    let verdict = if open == weeks.len() {
        Verdict::Problem
    } else {
        Verdict::Notice
    };
    let spans: Vec<String> = without.iter().map(|weeks| weeks.span()).collect();
    Check::new(
        Topic::Allocations,
        verdict,
        format!(
            "{open} of {} to come {} no timetable week: {}; nothing is removed there, and no room counts as free",
            count(weeks.len(), "term week"),
            has(open),
            some_of(&spans, SHOWN)
        ),
    )
    .advice("Allocate them in iSAMS, in Timetable Manager. For a half term this is as it should be.")
}

fn timetables(desired: &Desired, unknown: &[UnknownWeeks], today: NaiveDate) -> Check {
    let years: BTreeSet<Option<i32>> = desired
        .calendar
        .terms()
        .iter()
        .filter(|term| term.last_day() >= today)
        .map(|term| term.academic_year)
        .collect();
    let in_force = |timetable: &&PublishedTimetable| {
        years.is_empty() || years.iter().any(|year| timetable.years.include(*year))
    };
    let (current, stale): (Vec<_>, Vec<_>) = desired.published.iter().partition(in_force);
    let named = |timetables: &[&PublishedTimetable]| -> String {
        let names: Vec<String> = timetables
            .iter()
            .map(
                |timetable| match (timetable.years.start, timetable.years.end) {
                    (None, None) => timetable.name.clone(),
                    (start, end) => {
                        let year =
                            |year: Option<i32>| year.map_or("?".to_owned(), |y| y.to_string());
                        format!("{} ({}-{})", timetable.name, year(start), year(end))
                    }
                },
            )
            .collect();
        some_of(&names, SHOWN)
    };
    let without: Vec<String> = unknown
        .iter()
        .filter(|weeks| !weeks.unallocated)
        .map(UnknownWeeks::span)
        .collect();
    let mut found = match current.as_slice() {
        [] => format!(
            "no published timetable is for a term to come; there is only {}",
            named(&stale)
        ),
        [one] => format!("{} is published", named(&[*one])),
        several => format!(
            "{} timetables are published, and all of them count: {}",
            several.len(),
            named(several)
        ),
    };
    if !current.is_empty() && !stale.is_empty() {
        let are = if stale.len() == 1 { "is" } else { "are" };
        found.push_str(&format!("; {} {are} for no term to come", named(&stale)));
    }
    if !current.is_empty() && !without.is_empty() {
        found.push_str(&format!(
            "; none is in force in {}",
            some_of(&without, SHOWN)
        ));
    }
    let check = |verdict| Check::new(Topic::Timetables, verdict, found.clone());
    if current.is_empty() {
        check(Verdict::Problem)
            .advice("Publish the timetable of the current year in iSAMS, in Timetable Manager.")
    } else if !without.is_empty() {
        check(Verdict::Notice).advice("Publish the timetable of that year when it is ready.")
    } else if current.len() > 1 {
        check(Verdict::Notice).advice(
            "If these are divisions, this is right. If one replaces another, unpublish the old one in iSAMS.",
        )
    } else {
        check(Verdict::Good)
    }
}

fn periods(desired: &Desired) -> Check {
    let usable: usize = desired
        .cycle
        .iter()
        .flat_map(|week| &week.days)
        .map(|day| day.periods.len())
        .sum();
    let skipped = skipped(desired, DataArea::TimetableStructure);
    if skipped.is_empty() {
        let weeks = count(desired.cycle.len(), "week");
        return Check::new(
            Topic::Periods,
            Verdict::Good,
            format!("all {} of {weeks} have times", count(usable, "period")),
        );
    }
    let verdict = if usable == 0 {
        Verdict::Problem
    } else {
        Verdict::Notice
    };
    Check::new(
        Topic::Periods,
        verdict,
        format!(
            "{} cannot be used: {}; lessons in them are left out",
            count(skipped.len(), "row"),
            some_of(&skipped, SHOWN)
        ),
    )
    .advice("Give every period a start and a later end in iSAMS, in Timetable Manager. Midnight is 24:00.")
}

fn lessons(desired: &Desired) -> Check {
    let mut kinds: BTreeMap<LessonKind, usize> = BTreeMap::new();
    for lesson in desired
        .published
        .iter()
        .flat_map(|published| &published.lessons)
    {
        *kinds.entry(lesson.kind).or_default() += 1;
    }
    let all: usize = kinds.values().sum();
    let skipped = skipped(desired, DataArea::PublishedTimetable);
    let mut found = format!(
        "{} {} a room and a time",
        count(all, "weekly lesson"),
        has(all)
    );
    if desired.without_room > 0 {
        found.push_str(&format!(
            ", and {} {} no room",
            count(desired.without_room, "row"),
            has(desired.without_room)
        ));
    }
    if !skipped.is_empty() {
        found.push_str(&format!(
            "; {} cannot be used: {}",
            count(skipped.len(), "row"),
            some_of(&skipped, SHOWN)
        ));
    }
    if all == 0 {
        return Check::new(Topic::Lessons, Verdict::Problem, found)
            .advice("See in iSAMS that the published timetable has lessons with rooms.");
    }
    if skipped.is_empty() {
        return Check::new(Topic::Lessons, Verdict::Good, found);
    }
    Check::new(Topic::Lessons, Verdict::Notice, found).advice(
        "These rows point at something that is not there any more. Publishing the timetable again often mends that.",
    )
}

fn staff(payload: &Payload, desired: &Desired) -> Check {
    let members = payload.current_staff.value().map_or(&[][..], Vec::as_slice);
    let teaching: BTreeSet<&str> = desired
        .published
        .iter()
        .flat_map(|published| &published.lessons)
        .flat_map(|lesson| &lesson.teachers)
        .map(String::as_str)
        .collect();
    let known: BTreeSet<&str> = members
        .iter()
        .filter_map(|member| member.user_code.as_deref())
        .collect();
    let without = members
        .iter()
        .filter(|member| member.email.is_none())
        .filter(|member| {
            member
                .user_code
                .as_deref()
                .is_some_and(|code| teaching.contains(code))
        })
        .count();
    let mut holders: BTreeMap<String, usize> = BTreeMap::new();
    for email in members.iter().filter_map(|member| member.email.as_ref()) {
        *holders.entry(email.to_lowercase()).or_default() += 1;
    }
    let shared = holders.values().filter(|holders| **holders > 1).count();
    let strangers = teaching.difference(&known).count();
    let mut found = Vec::new();
    if without > 0 {
        found.push(format!(
            "{without} of those who teach {} no school e-mail address",
            has(without)
        ));
    }
    if shared > 0 {
        found.push(format!(
            "{} shared by several people",
            if shared == 1 {
                "1 address is".to_owned()
            } else {
                format!("{shared} addresses are")
            }
        ));
    }
    if strangers > 0 {
        found.push(format!(
            "{} {} lessons, but {} not among the current staff",
            count(strangers, "teacher"),
            has(strangers),
            if strangers == 1 { "is" } else { "are" }
        ));
    }
    let total = count(members.len(), "member");
    if found.is_empty() {
        return Check::new(
            Topic::Staff,
            Verdict::Good,
            format!("{total} of staff, and all who teach have a school e-mail address"),
        );
    }
    Check::new(
        Topic::Staff,
        Verdict::Notice,
        format!("of {total} of staff, {}", found.join("; ")),
    )
    .advice(
        "A booking that its owner's own lesson replaces is recognised by the school e-mail address; enter them in iSAMS, \
         in HR Manager.",
    )
}

/// The rows of an area that cannot be used, each with its id and the reason.
fn skipped(desired: &Desired, area: DataArea) -> Vec<String> {
    desired
        .skipped
        .iter()
        .filter(|skipped| skipped.area == area.name())
        .map(|skipped| format!("{} (row {})", skipped.reason, skipped.source_id))
        .collect()
}

fn has(number: usize) -> &'static str {
    if number == 1 { "has" } else { "have" }
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}
