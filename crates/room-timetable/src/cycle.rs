//! The weeks of the cycle, their days and periods.

use chrono::Weekday;

use crate::{
    ids::{CycleWeekId, PeriodId},
    time::TimeRange,
};

/// Whether something certainly occupies a room.
///
/// Doubtful occupations show in the calendar and keep a room from being free, but never remove a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Certainty {
    /// It does.
    Certain,
    /// It may.
    Doubtful,
}

impl Certainty {
    /// Certain only where both are.
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// A week of the cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CycleWeek {
    /// Its id, by which allocations name it.
    pub id: CycleWeekId,
    /// The name to show, such as `Week A`.
    pub name: String,
    /// Whether the school marks it active; lessons of a week that is not are doubtful.
    pub active: bool,
    /// Its days; a weekday may occur twice, and their periods are joined.
    pub days: Vec<SchoolDay>,
}

impl CycleWeek {
    /// Whether lessons on one of its days are certain: both the week and the day are active.
    pub fn certainty_on(&self, day: &SchoolDay) -> Certainty {
        if self.active && day.active {
            Certainty::Certain
        } else {
            Certainty::Doubtful
        }
    }
}

/// A day of a cycle week.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SchoolDay {
    /// Which day of the week it is.
    pub weekday: Weekday,
    /// Whether the school marks it active; lessons of a day that is not are doubtful.
    pub active: bool,
    /// Its periods; their times may overlap, since divisions keep different times.
    pub periods: Vec<Period>,
}

/// A named row of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Period {
    /// Its id, unique over the whole cycle.
    pub id: PeriodId,
    /// The name to show, such as `Period 3`; not unique.
    pub name: String,
    /// When it is.
    pub times: TimeRange,
}
