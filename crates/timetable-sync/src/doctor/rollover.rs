//! The checklist for the change of the school year.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use isams_client::{AreaState, DataArea, Payload};
use room_timetable::{PublishedTimetable, Term, YearWeek};

use super::{AreaCheck, Check, Consultation, Topic, Verdict, count, some_of};
use crate::desired::{Desired, UNLISTED_ROOM};

/// So many days before a school year ends its checklist begins to show.
const DAYS_BEFORE: TimeDelta = TimeDelta::days(60);

/// How many examples are shown in a sentence.
const SHOWN: usize = 3;

/// The two school years that a change of year is between.
struct Change<'d> {
    /// Where it is known, the year that ends.
    old: Option<i32>,
    /// The year that comes.
    new: Option<i32>,
    /// The last day of the year that ends, where it has not ended.
    ends: Option<NaiveDate>,
    /// The terms of the year that comes.
    terms: Vec<&'d Term>,
}

/// The checks; none where no change of year is near, and nobody asked.
pub(super) fn checks(
    payload: &Payload,
    desired: &Desired,
    areas: &[AreaCheck],
    consultation: &Consultation,
) -> Vec<Check> {
    let today = consultation.now.date();
    let change = Change::at(desired, today);
    let frozen = consultation
        .rollover_freeze
        .is_some_and(|freeze| freeze.covers(today));
    if !(consultation.rollover || frozen || change.is_near(today)) {
        return Vec::new();
    }
    vec![
        terms(&change),
        allocations(desired, &change),
        timetables(desired, &change),
        old_timetables(desired, &change),
        rooms(payload, desired),
        staff(payload, desired, &change),
        ticked(areas),
    ]
}

impl<'d> Change<'d> {
    fn at(desired: &'d Desired, today: NaiveDate) -> Self {
        let terms = desired.calendar.terms();
        let next = terms
            .iter()
            .filter(|term| term.last_day() >= today)
            .min_by_key(|term| term.last_day());
        let of = |year: Option<i32>| terms.iter().filter(move |term| term.academic_year == year);
        let last = terms.iter().max_by_key(|term| term.last_day());
        let year = next.or(last).and_then(|term| term.academic_year);
        let begun = of(year).any(|term| term.first_day() <= today);
        // Between two years it is the one to come that has terms left.
        let (old, new) = if begun {
            (year, year.map(|year| year + 1))
        } else {
            (year.map(|year| year - 1), year)
        };
        let ends = of(old).map(Term::last_day).max();
        Self {
            old,
            new,
            ends: ends.filter(|ends| *ends >= today),
            terms: match new {
                Some(_) => of(new).collect(),
                None => Vec::new(),
            },
        }
    }

    /// Whether the year that ends has few days left, or has ended and no other has begun to be entered.
    fn is_near(&self, today: NaiveDate) -> bool {
        match self.ends {
            Some(ends) => ends - today <= DAYS_BEFORE,
            None => self.terms.is_empty(),
        }
    }

    fn name(&self) -> String {
        self.new.map_or_else(
            || "the next school year".to_owned(),
            |year| format!("the school year {year}"),
        )
    }

    /// The timetables that are in force in the year that comes.
    fn timetables<'t>(
        &'t self,
        desired: &'t Desired,
    ) -> impl Iterator<Item = &'t PublishedTimetable> {
        let in_force = |timetable: &&PublishedTimetable| {
            !timetable.lessons.is_empty() && self.new.is_some() && timetable.years.include(self.new)
        };
        desired.published.iter().filter(in_force)
    }
}

fn terms(change: &Change<'_>) -> Check {
    let names: Vec<String> = change.terms.iter().map(|term| term.name.clone()).collect();
    if names.is_empty() {
        return Check::new(
            Topic::Terms,
            Verdict::Notice,
            format!("no term of {} is entered", change.name()),
        )
        .advice("Enter its terms in iSAMS, in School Manager, each with its school year.");
    }
    Check::new(
        Topic::Terms,
        Verdict::Good,
        format!(
            "{} has {}: {}",
            change.name(),
            count(names.len(), "term"),
            names.join(", ")
        ),
    )
}

fn allocations(desired: &Desired, change: &Change<'_>) -> Check {
    if change.terms.is_empty() {
        return Check::new(
            Topic::Allocations,
            Verdict::Unknown,
            format!(
                "without terms no week of {} can be allocated",
                change.name()
            ),
        );
    }
    let weeks: BTreeSet<YearWeek> = change
        .terms
        .iter()
        .flat_map(|term| {
            term.first_day()
                .iter_days()
                .take_while(|day| *day <= term.last_day())
        })
        .map(YearWeek::of)
        .collect();
    let open: Vec<String> = weeks
        .iter()
        .filter(|week| desired.calendar.cycle_weeks(**week).next().is_none())
        .map(ToString::to_string)
        .collect();
    if open.is_empty() {
        return Check::new(
            Topic::Allocations,
            Verdict::Good,
            format!(
                "all {} of {} are allocated",
                count(weeks.len(), "term week"),
                change.name()
            ),
        );
    }
    Check::new(
        Topic::Allocations,
        Verdict::Notice,
        format!(
            "{} of {} of {} not allocated: {}",
            open.len(),
            count(weeks.len(), "term week"),
            change.name(),
            some_of(&open, SHOWN)
        ),
    )
    .advice(
        "Allocate them in iSAMS, in Timetable Manager. For a half term this is as it should be.",
    )
}

fn timetables(desired: &Desired, change: &Change<'_>) -> Check {
    let names: Vec<String> = change
        .timetables(desired)
        .map(|timetable| {
            let lessons = count(timetable.lessons.len(), "weekly lesson");
            format!("{} ({lessons})", timetable.name)
        })
        .collect();
    if names.is_empty() {
        return Check::new(
            Topic::Timetables,
            Verdict::Notice,
            format!("no published timetable is in force in {}", change.name()),
        )
        .advice(
            "Publish it in iSAMS when it is ready. While it is in development, `plan --rehearse-development` shows what \
             it will do.",
        );
    }
    Check::new(
        Topic::Timetables,
        Verdict::Good,
        format!(
            "published and in force in {}: {}",
            change.name(),
            names.join(", ")
        ),
    )
}

/// The timetable that ends has to stay until it does, and must not go on after that.
fn old_timetables(desired: &Desired, change: &Change<'_>) -> Check {
    let old: Vec<&PublishedTimetable> = desired
        .published
        .iter()
        .filter(|timetable| {
            !timetable.lessons.is_empty()
                && change.old.is_some()
                && timetable.years.include(change.old)
        })
        .collect();
    let names: Vec<String> = old.iter().map(|timetable| timetable.name.clone()).collect();
    let names = some_of(&names, SHOWN);
    let overlap = old
        .iter()
        .any(|timetable| timetable.years.include(change.new))
        && change.timetables(desired).count() > 1;
    if overlap {
        return Check::new(
            Topic::Timetables,
            Verdict::Notice,
            format!(
                "{names} of the year that ends would be in force in {} beside the new one",
                change.name()
            ),
        )
        .advice("Set its end year in iSAMS, or both would occupy their rooms.");
    }
    match (change.ends, old.is_empty()) {
        (Some(ends), true) => Check::new(
            Topic::Timetables,
            Verdict::Notice,
            format!(
                "no timetable of the year that ends is published, and that lasts until {}",
                ends.format("%-d %b %Y")
            ),
        )
        .advice("Leave the old timetable published until its last day."),
        (Some(ends), false) => Check::new(
            Topic::Timetables,
            Verdict::Good,
            format!(
                "{names} is still published, and has to be until {}",
                ends.format("%-d %b %Y")
            ),
        ),
        (None, true) => Check::new(
            Topic::Timetables,
            Verdict::Good,
            "no timetable of the year that has ended is published any more",
        ),
        (None, false) => Check::new(
            Topic::Timetables,
            Verdict::Good,
            format!("{names} is still published; its year has ended, so it can be unpublished"),
        ),
    }
}

fn rooms(payload: &Payload, desired: &Desired) -> Check {
    let area = DataArea::BuildingsAndRooms;
    if payload.state(area) != AreaState::Present {
        return Check::new(
            Topic::Rooms,
            Verdict::Notice,
            format!("the list of rooms is {}", payload.state(area)),
        );
    }
    let unknown: Vec<String> = desired
        .skipped
        .iter()
        .filter(|row| row.area == DataArea::PublishedTimetable.name())
        .filter(|row| row.reason.contains(UNLISTED_ROOM))
        .map(|row| format!("row {}", row.source_id))
        .collect();
    if unknown.is_empty() {
        return Check::new(
            Topic::Rooms,
            Verdict::Good,
            format!(
                "{} listed, and every lesson's room is one of them",
                count(desired.rooms.len(), "room")
            ),
        );
    }
    Check::new(
        Topic::Rooms,
        Verdict::Notice,
        format!(
            "{} in a room that is not listed: {}",
            count(unknown.len(), "lesson"),
            some_of(&unknown, SHOWN)
        ),
    )
    .advice("Enter new rooms in iSAMS, in Estate Manager, before the timetable is published.")
}

fn staff(payload: &Payload, desired: &Desired, change: &Change<'_>) -> Check {
    let known: BTreeSet<&str> = payload
        .current_staff
        .value()
        .into_iter()
        .flatten()
        .filter_map(|member| member.user_code.as_deref())
        .collect();
    let strangers: BTreeSet<&str> = change
        .timetables(desired)
        .flat_map(|timetable| &timetable.lessons)
        .flat_map(|lesson| &lesson.teachers)
        .map(String::as_str)
        .filter(|teacher| !known.contains(teacher))
        .collect();
    if strangers.is_empty() {
        return Check::new(
            Topic::Staff,
            Verdict::Good,
            format!(
                "all who teach in {} are among the current staff",
                change.name()
            ),
        );
    }
    Check::new(
        Topic::Staff,
        Verdict::Notice,
        format!(
            "{} of {} not among the current staff",
            count(strangers.len(), "teacher"),
            change.name()
        ),
    )
    .advice(
        "New members of staff become current on their first day in iSAMS. Until then a booking of theirs is not known \
         as their own.",
    )
}

/// Areas are switched off in summer, and then nothing that they feed can change.
fn ticked(areas: &[AreaCheck]) -> Check {
    let gone: Vec<String> = areas
        .iter()
        .filter(|area| {
            let off = matches!(area.state, AreaState::Missing | AreaState::Refused);
            off && !area.optional
        })
        .map(|area| area.label.to_owned())
        .collect();
    if gone.is_empty() {
        return Check::new(
            Topic::Areas,
            Verdict::Good,
            "all required data areas are still ticked",
        );
    }
    Check::new(
        Topic::Areas,
        Verdict::Notice,
        format!("no longer ticked: {}", gone.join("; ")),
    )
    .advice("Tick them again for the key in iSAMS, in API Services Manager.")
}
