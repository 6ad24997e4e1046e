//! Spans of dates, both ends inclusive, as schools write them.

use std::fmt;

use chrono::NaiveDate;

/// Dates from a first to a last, both inclusive, or on without an end.
///
/// ```
/// use chrono::NaiveDate;
/// use room_timetable::DateSpan;
///
/// let day = |day| NaiveDate::from_ymd_opt(2031, 11, day).unwrap();
/// let week = DateSpan::new(day(3), Some(day(7)))?;
/// assert!(week.contains(day(7)) && !week.contains(day(8)));
/// assert!(DateSpan::new(day(3), None)?.contains(day(30)));
/// assert!(DateSpan::new(day(3), Some(day(2))).is_err());
/// # Ok::<(), room_timetable::ReversedDates>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(
        into = "(NaiveDate, Option<NaiveDate>)",
        try_from = "(NaiveDate, Option<NaiveDate>)"
    )
)]
pub struct DateSpan {
    first: NaiveDate,
    last: Option<NaiveDate>,
}

/// The last date is before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the last date {last} is before the first, {first}")]
pub struct ReversedDates {
    /// The first date as given.
    pub first: NaiveDate,
    /// The last date as given.
    pub last: NaiveDate,
}

impl DateSpan {
    /// The dates from `first` up to and including `last`; without one they go on.
    ///
    /// # Errors
    ///
    /// [`ReversedDates`] when `last` is before `first`.
    pub fn new(first: NaiveDate, last: Option<NaiveDate>) -> Result<Self, ReversedDates> {
        match last {
            Some(last) if last < first => Err(ReversedDates { first, last }),
            _ => Ok(Self { first, last }),
        }
    }

    /// One date.
    pub fn day(date: NaiveDate) -> Self {
        Self {
            first: date,
            last: Some(date),
        }
    }

    /// The first date.
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// The last date, where there is one.
    pub fn last(self) -> Option<NaiveDate> {
        self.last
    }

    /// Whether the date lies in it.
    pub fn contains(self, date: NaiveDate) -> bool {
        self.first <= date && self.last.is_none_or(|last| date <= last)
    }
}

impl fmt::Display for DateSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |date: NaiveDate| date.format("%-d %b %Y");
        match self.last {
            Some(last) if last == self.first => write!(f, "{}", day(last)),
            Some(last) => write!(f, "{} to {}", day(self.first), day(last)),
            None => write!(f, "{} until further notice", day(self.first)),
        }
    }
}

impl From<DateSpan> for (NaiveDate, Option<NaiveDate>) {
    fn from(span: DateSpan) -> Self {
        (span.first, span.last)
    }
}

impl TryFrom<(NaiveDate, Option<NaiveDate>)> for DateSpan {
    type Error = ReversedDates;

    fn try_from((first, last): (NaiveDate, Option<NaiveDate>)) -> Result<Self, ReversedDates> {
        Self::new(first, last)
    }
}
