//! Terms and week allocations: which week of the cycle a date belongs to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::NaiveDate;

use crate::{ids::CycleWeekId, week::YearWeek};

/// A term: a span of school days, first and last day inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "written::Term", try_from = "written::Term")
)]
pub struct Term {
    first_day: NaiveDate,
    last_day: NaiveDate,
    /// The year in which its academic year begins, where the school says so.
    pub academic_year: Option<i32>,
    /// The name to show.
    pub name: String,
}

/// A term ends before it begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the term's last day {last_day} is before its first day {first_day}")]
pub struct ReversedTerm {
    /// The first day as given.
    pub first_day: NaiveDate,
    /// The last day as given.
    pub last_day: NaiveDate,
}

impl Term {
    /// A term from `first_day` to `last_day`, both school days.
    ///
    /// # Errors
    ///
    /// [`ReversedTerm`] when it would end before it begins.
    pub fn new(
        name: impl Into<String>,
        academic_year: Option<i32>,
        first_day: NaiveDate,
        last_day: NaiveDate,
    ) -> Result<Self, ReversedTerm> {
        if last_day < first_day {
            return Err(ReversedTerm {
                first_day,
                last_day,
            });
        }
        Ok(Self {
            first_day,
            last_day,
            academic_year,
            name: name.into(),
        })
    }

    /// The first day.
    pub fn first_day(&self) -> NaiveDate {
        self.first_day
    }

    /// The last day, which belongs to the term.
    pub fn last_day(&self) -> NaiveDate {
        self.last_day
    }

    /// Whether `date` lies in the term.
    pub fn contains(&self, date: NaiveDate) -> bool {
        (self.first_day..=self.last_day).contains(&date)
    }
}

/// A school's terms and its allocations of cycle weeks to weeks of the calendar year.
///
/// Only allocations decide which cycle week a date belongs to; Week A and B are never worked out by alternation, since
/// a one-week half term would flip them. A week may have several allocations: their lessons are joined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "written::Calendar", from = "written::Calendar")
)]
pub struct SchoolCalendar {
    terms: Vec<Term>,
    allocations: BTreeMap<YearWeek, BTreeSet<CycleWeekId>>,
    holidays: BTreeSet<YearWeek>,
}

/// Why it is not known which lessons a date has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum UnknownDay {
    /// A term week without allocation.
    Unallocated(YearWeek),
    /// The week is allocated, but no published timetable is in force.
    NoTimetable,
    /// No timetable has taken effect yet, whatever terms and weeks there are.
    NothingInEffect,
}

impl fmt::Display for UnknownDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unallocated(week) => write!(
                f,
                "{week} lies in a term and is allocated to no week of the cycle"
            ),
            Self::NoTimetable => f.write_str("no published timetable is in force"),
            Self::NothingInEffect => f.write_str("no sync has taken effect yet"),
        }
    }
}

impl SchoolCalendar {
    /// A calendar of these terms and allocations, in any order. Terms may overlap and allocations may repeat.
    pub fn new(
        terms: impl IntoIterator<Item = Term>,
        allocations: impl IntoIterator<Item = (YearWeek, CycleWeekId)>,
    ) -> Self {
        let mut terms: Vec<Term> = terms.into_iter().collect();
        terms.sort();
        terms.dedup();
        let mut by_week: BTreeMap<YearWeek, BTreeSet<CycleWeekId>> = BTreeMap::new();
        for (week, cycle_week) in allocations {
            by_week.entry(week).or_default().insert(cycle_week);
        }
        Self {
            terms,
            allocations: by_week,
            holidays: BTreeSet::new(),
        }
    }

    /// The same with these weeks acknowledged as holidays, instead of those before: without an allocation they have no
    /// lessons, and that is known. A week that is allocated to a week of the cycle is a school week all the same; an
    /// allocation to one that the cycle does not have is none.
    #[must_use]
    pub fn with_holidays(mut self, weeks: impl IntoIterator<Item = YearWeek>) -> Self {
        self.holidays = weeks.into_iter().collect();
        self
    }

    /// Whether the week is acknowledged as a holiday.
    pub fn is_holiday(&self, week: YearWeek) -> bool {
        self.holidays.contains(&week)
    }

    /// All terms by first day.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The terms that `date` lies in; none in the holidays.
    pub fn terms_on(&self, date: NaiveDate) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(move |term| term.contains(date))
    }

    /// The cycle weeks allocated to a week of the year, in or out of term.
    pub fn cycle_weeks(&self, week: YearWeek) -> impl Iterator<Item = &CycleWeekId> {
        self.allocations.get(&week).into_iter().flatten()
    }

    /// Every allocated week of the year with its cycle weeks, in order.
    pub fn allocations(&self) -> impl Iterator<Item = (YearWeek, &BTreeSet<CycleWeekId>)> {
        self.allocations
            .iter()
            .map(|(week, cycle_weeks)| (*week, cycle_weeks))
    }

    /// Every week of the year that holds a day of a term on or after `from`, in order.
    pub fn term_weeks(&self, from: NaiveDate) -> BTreeSet<YearWeek> {
        self.terms
            .iter()
            .flat_map(|term| {
                let first = term.first_day.max(from);
                first.iter_days().take_while(|&date| date <= term.last_day)
            })
            .map(YearWeek::of)
            .collect()
    }
}

/// How terms and calendars are written: without maps by week, which JSON does not have.
#[cfg(feature = "serde")]
mod written {
    use super::{
        BTreeMap, BTreeSet, CycleWeekId, NaiveDate, ReversedTerm, SchoolCalendar, YearWeek,
    };

    #[derive(serde::Serialize, serde::Deserialize)]
    pub(super) struct Term {
        name: String,
        academic_year: Option<i32>,
        first_day: NaiveDate,
        last_day: NaiveDate,
    }

    impl From<super::Term> for Term {
        fn from(term: super::Term) -> Self {
            Self {
                name: term.name,
                academic_year: term.academic_year,
                first_day: term.first_day,
                last_day: term.last_day,
            }
        }
    }

    impl TryFrom<Term> for super::Term {
        type Error = ReversedTerm;

        fn try_from(term: Term) -> Result<Self, ReversedTerm> {
            Self::new(term.name, term.academic_year, term.first_day, term.last_day)
        }
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    pub(super) struct Calendar {
        terms: Vec<super::Term>,
        allocations: Vec<(YearWeek, BTreeSet<CycleWeekId>)>,
        holidays: BTreeSet<YearWeek>,
    }

    impl From<SchoolCalendar> for Calendar {
        fn from(calendar: SchoolCalendar) -> Self {
            Self {
                terms: calendar.terms,
                allocations: calendar.allocations.into_iter().collect(),
                holidays: calendar.holidays,
            }
        }
    }

    impl From<Calendar> for SchoolCalendar {
        fn from(calendar: Calendar) -> Self {
            let allocations: BTreeMap<_, _> = calendar.allocations.into_iter().collect();
            let each = allocations.into_iter().flat_map(|(week, cycle_weeks)| {
                let cycle_weeks = cycle_weeks.into_iter();
                cycle_weeks.map(move |cycle_week| (week, cycle_week))
            });
            Self::new(calendar.terms, each).with_holidays(calendar.holidays)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2031, month, day).unwrap()
    }

    #[test]
    fn the_last_day_of_a_term_belongs_to_it() {
        let term = Term::new("Autumn", Some(2031), date(9, 3), date(12, 12)).unwrap();
        assert!(term.contains(date(12, 12)) && !term.contains(date(12, 13)));
        assert!(Term::new("Autumn", Some(2031), date(9, 3), date(9, 2)).is_err());
    }

    #[test]
    fn term_weeks_start_with_the_week_of_today() {
        let autumn = Term::new("Autumn", Some(2031), date(9, 3), date(9, 16)).unwrap();
        let calendar = SchoolCalendar::new([autumn], []);
        let weeks = |from| {
            calendar
                .term_weeks(from)
                .into_iter()
                .map(|week| week.week)
                .collect::<Vec<_>>()
        };
        assert_eq!(weeks(date(1, 1)), [36, 37, 38]);
        assert_eq!(weeks(date(9, 15)), [38]);
        assert_eq!(weeks(date(9, 17)), [0_u8; 0]);
    }
}
