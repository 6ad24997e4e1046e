//! What differs between two states of a timetable, by meaning and not by id.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use chrono::NaiveDate;
use room_timetable::{AcademicYears, CauseKind, Certainty, Lesson, Term, TimeRange, YearWeek};
use serde::Serialize;

use crate::desired::Desired;

/// How many things of a kind differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New ones.
    pub added: usize,
    /// Ones that are known and differ.
    pub changed: usize,
    /// Ones that are gone.
    pub removed: usize,
}

impl Counts {
    /// Whether nothing differs.
    pub fn is_zero(self) -> bool {
        self == Self::default()
    }
}

/// A lesson by what it means to people: who meets, when in the cycle, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Meaning {
    kind: CauseKind,
    group: String,
    years: AcademicYears,
    week: String,
    weekday: u32,
    times: TimeRange,
    room: String,
}

/// What people read about a lesson beside its meaning: period, label, teachers, and whether it is certain.
type Detail = (Meaning, String, String, Vec<String>, Certainty);

/// Lessons that were added, moved to another room or time, or are gone.
pub(crate) fn lessons(before: &Desired, after: &Desired) -> Counts {
    if are_the_same(before, after) {
        return Counts::default();
    }
    moved(
        multiset(meanings(before)),
        multiset(meanings(after)),
        |meaning| (meaning.kind, meaning.group.clone()),
    )
}

/// Terms that are new, have other days, or are gone. Two terms of one name, such as those of two divisions, are two.
pub(crate) fn terms(before: &Desired, after: &Desired) -> Counts {
    let spans = |desired: &Desired| multiset(desired.calendar.terms().iter().cloned());
    moved(spans(before), spans(after), |term| {
        (term.academic_year, term.name.clone())
    })
}

/// Weeks of the year by the names of the cycle weeks they are allocated to.
pub(crate) fn allocations(before: &Desired, after: &Desired) -> Counts {
    let weeks = |desired: &Desired| {
        let names = week_names(desired);
        let mut weeks: BTreeMap<YearWeek, BTreeSet<String>> = BTreeMap::new();
        for (week, cycle_weeks) in desired.calendar.allocations() {
            let named = cycle_weeks
                .iter()
                .filter_map(|id| names.get(id.as_str()).cloned());
            weeks.insert(week, named.collect());
        }
        weeks
    };
    maps(&weeks(before), &weeks(after))
}

/// Source rooms by id: new, renamed, and no longer listed.
pub(crate) fn rooms(before: &Desired, after: &Desired) -> Counts {
    let names = |desired: &Desired| {
        desired
            .rooms
            .iter()
            .map(|(id, room)| (id.clone(), room.name.clone()))
            .collect::<BTreeMap<_, _>>()
    };
    maps(&names(before), &names(after))
}

/// Whether people would read anything different: labels, teachers, periods' names, staff, room and building names.
pub(crate) fn details_differ(before: &Desired, after: &Desired) -> bool {
    before.staff != after.staff
        || before.rooms != after.rooms
        || !(are_the_same(before, after) || details(before) == details(after))
}

/// Whether cycle and lessons are the same row by row, as on most nights; then they mean the same. To see that takes less
/// than to read what they mean.
fn are_the_same(before: &Desired, after: &Desired) -> bool {
    before.cycle == after.cycle && before.published == after.published
}

/// For every academic year that has a term of today or later: the merged weekly occupations in force in it.
pub(crate) fn occupations_by_year(
    desired: &Desired,
    today: NaiveDate,
) -> BTreeMap<Option<i32>, usize> {
    let count = |year| {
        let in_force = desired
            .published
            .iter()
            .filter(|timetable| timetable.years.include(year));
        in_force.map(|timetable| timetable.lessons.len()).sum()
    };
    years_to_come(desired, today)
        .into_iter()
        .map(|year| (year, count(year)))
        .collect()
}

/// For every academic year that has a term of today or later: how many timetables with lessons are in force in it.
pub(crate) fn timetables_by_year(
    desired: &Desired,
    today: NaiveDate,
) -> BTreeMap<Option<i32>, usize> {
    years_to_come(desired, today)
        .into_iter()
        .map(|year| (year, timetables_in(desired, year)))
        .collect()
}

/// The academic years that have a term of today or later.
fn years_to_come(desired: &Desired, today: NaiveDate) -> BTreeSet<Option<i32>> {
    let terms = desired
        .calendar
        .terms()
        .iter()
        .filter(|term| term.last_day() >= today);
    terms.map(|term| term.academic_year).collect()
}

/// The terms with days to come that are gone altogether: no day of theirs from today on is in a term, and no term of the
/// same year and name was put in their place.
pub(crate) fn terms_gone<'d>(
    before: &'d Desired,
    after: &Desired,
    today: NaiveDate,
) -> Vec<&'d Term> {
    let (before, after) = (before.calendar.terms(), after.calendar.terms());
    let is_left = |term: &Term| {
        after.iter().any(|other| {
            let overlaps = other.first_day() <= term.last_day()
                && other.last_day() >= term.first_day().max(today);
            let named_alike =
                (other.academic_year, other.name.trim()) == (term.academic_year, term.name.trim());
            overlaps || named_alike && !before.contains(other)
        })
    };
    let to_come = before.iter().filter(|term| term.last_day() >= today);
    to_come.filter(|term| !is_left(term)).collect()
}

/// The dates from today on that are in a term and whose week is allocated.
pub(crate) fn teaching_days(desired: &Desired, today: NaiveDate) -> BTreeSet<NaiveDate> {
    let calendar = &desired.calendar;
    let dates = calendar.terms().iter().flat_map(|term| {
        let dates = term.first_day().max(today).iter_days();
        dates.take_while(|&date| date <= term.last_day())
    });
    let allocated = |date: &NaiveDate| calendar.cycle_weeks(YearWeek::of(*date)).next().is_some();
    dates.filter(allocated).collect()
}

/// How many timetables with lessons are in force in an academic year.
pub(crate) fn timetables_in(desired: &Desired, year: Option<i32>) -> usize {
    desired
        .published
        .iter()
        .filter(|timetable| !timetable.lessons.is_empty() && timetable.years.include(year))
        .count()
}

fn maps<K: Ord, V: PartialEq>(before: &BTreeMap<K, V>, after: &BTreeMap<K, V>) -> Counts {
    Counts {
        added: after.keys().filter(|key| !before.contains_key(key)).count(),
        changed: after
            .iter()
            .filter(|(key, value)| before.get(key).is_some_and(|old| old != *value))
            .count(),
        removed: before.keys().filter(|key| !after.contains_key(key)).count(),
    }
}

/// What a group loses in one place and gains in another has changed; the rest was added or removed.
fn moved<T: Ord, G: Ord>(
    old: BTreeMap<T, usize>,
    new: BTreeMap<T, usize>,
    group: impl Fn(&T) -> G,
) -> Counts {
    let mut by_group: BTreeMap<G, (usize, usize)> = BTreeMap::new();
    for (thing, count) in &new {
        by_group.entry(group(thing)).or_default().0 +=
            count.saturating_sub(old.get(thing).copied().unwrap_or(0));
    }
    for (thing, count) in &old {
        by_group.entry(group(thing)).or_default().1 +=
            count.saturating_sub(new.get(thing).copied().unwrap_or(0));
    }
    by_group
        .values()
        .fold(Counts::default(), |counts, &(gained, lost)| {
            let changed = gained.min(lost);
            Counts {
                added: counts.added + gained - changed,
                changed: counts.changed + changed,
                removed: counts.removed + lost - changed,
            }
        })
}

fn multiset<T: Ord>(things: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_default() += 1;
    }
    counts
}

fn meanings(desired: &Desired) -> impl Iterator<Item = Meaning> {
    placed(desired).into_iter().map(|(meaning, _, _)| meaning)
}

fn details(desired: &Desired) -> BTreeSet<Detail> {
    placed(desired)
        .into_iter()
        .map(|(meaning, period, lesson)| {
            let certainty = period.certainty.and(lesson.certainty);
            (
                meaning,
                period.name.to_owned(),
                lesson.label.clone(),
                lesson.teachers.clone(),
                certainty,
            )
        })
        .collect()
}

/// A period by what it means to people.
struct PlacedPeriod<'d> {
    week: String,
    weekday: u32,
    name: &'d str,
    times: TimeRange,
    certainty: Certainty,
}

/// Every lesson with its meaning and its period.
fn placed(desired: &Desired) -> Vec<(Meaning, Rc<PlacedPeriod<'_>>, &Lesson)> {
    let names = week_names(desired);
    let mut periods = BTreeMap::new();
    for week in &desired.cycle {
        for day in &week.days {
            for period in &day.periods {
                let placed = PlacedPeriod {
                    week: names.get(week.id.as_str()).cloned().unwrap_or_default(),
                    weekday: day.weekday.num_days_from_monday(),
                    name: &period.name,
                    times: period.times,
                    certainty: week.certainty_on(day),
                };
                periods.insert(&period.id, Rc::new(placed));
            }
        }
    }
    let lessons = desired.published.iter().flat_map(|timetable| {
        timetable
            .lessons
            .iter()
            .map(|lesson| (timetable.years, lesson))
    });
    lessons
        .filter_map(|(years, lesson)| {
            let period = periods.get(&lesson.period)?;
            let meaning = Meaning {
                kind: lesson.kind.into(),
                group: lesson.group.clone(),
                years,
                week: period.week.clone(),
                weekday: period.weekday,
                times: period.times,
                room: lesson.room.to_string(),
            };
            Some((meaning, Rc::clone(period), lesson))
        })
        .collect()
}

/// Cycle weeks by id, named so that they are known again when ids change: by name, and by place where names repeat.
fn week_names(desired: &Desired) -> BTreeMap<&str, String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    desired
        .cycle
        .iter()
        .map(|week| {
            let times = seen.entry(&week.name).or_default();
            *times += 1;
            let name = if *times == 1 {
                week.name.clone()
            } else {
                format!("{} ({times})", week.name)
            };
            (week.id.as_str(), name)
        })
        .collect()
}
