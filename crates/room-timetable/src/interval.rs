//! Spans of school-local time and their arithmetic, which lives here once.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};

/// A span of school-local time, `[start, end)`.
///
/// The end is exclusive, so a lesson that ends at 10:00 does not overlap one that starts at 10:00.
///
/// ```
/// use chrono::NaiveDate;
/// use room_timetable::Interval;
///
/// let day = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap();
/// let at = |hour, minute| day.and_hms_opt(hour, minute, 0).unwrap();
/// let lesson = Interval::new(at(9, 0), at(10, 0)).unwrap();
/// let meeting = Interval::new(at(10, 0), at(11, 0)).unwrap();
/// assert!(!lesson.overlaps(meeting));
/// assert!(Interval::new(at(10, 0), at(10, 0)).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Span", into = "Span")
)]
pub struct Interval {
    start: NaiveDateTime,
    end: NaiveDateTime,
}

/// The end is not after the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end {end} is not after the start {start}")]
pub struct EmptyInterval {
    /// The start as given.
    pub start: NaiveDateTime,
    /// The end as given.
    pub end: NaiveDateTime,
}

impl Interval {
    /// Creates the interval from `start` up to, but not including, `end`.
    ///
    /// # Errors
    ///
    /// [`EmptyInterval`] when `end` is not after `start`.
    pub fn new(start: NaiveDateTime, end: NaiveDateTime) -> Result<Self, EmptyInterval> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(EmptyInterval { start, end })
        }
    }

    /// For callers whose types already say that `start` is before `end`.
    pub(crate) fn of_ordered(start: NaiveDateTime, end: NaiveDateTime) -> Self {
        debug_assert!(start < end);
        Self { start, end }
    }

    /// The first moment.
    pub fn start(self) -> NaiveDateTime {
        self.start
    }

    /// The first moment after the interval.
    pub fn end(self) -> NaiveDateTime {
        self.end
    }

    /// Whether the two share a moment; touching is not overlapping.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The moments in both.
    pub fn shared(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }

    /// Whether all of `other` lies within this one.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The dates on which some moment of the interval lies, in order.
    ///
    /// An interval that ends at 00:00 does not reach the date it ends on.
    pub fn dates(self) -> impl Iterator<Item = NaiveDate> {
        std::iter::successors(Some(self.start.date()), NaiveDate::succ_opt)
            .take_while(move |date| date.and_time(chrono::NaiveTime::MIN) < self.end)
    }

    /// The moments in any of the intervals, as the fewest intervals in order; touching ones become one.
    pub fn union(intervals: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut sorted: Vec<Self> = intervals.into_iter().collect();
        sorted.sort_unstable();
        let mut merged: Vec<Self> = Vec::with_capacity(sorted.len());
        for next in sorted {
            match merged.last_mut() {
                // The end may lie before the last one's: 10-14 with 11-12 is 10-14.
                Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
                _ => merged.push(next),
            }
        }
        merged
    }

    /// What is left of this interval without the holes, in order.
    pub fn without(self, holes: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut rest = Vec::new();
        let mut from = self.start;
        for hole in Self::union(holes) {
            if hole.end <= from {
                continue;
            }
            if hole.start >= self.end {
                break;
            }
            if from < hole.start {
                rest.push(Self::of_ordered(from, hole.start));
            }
            from = hole.end;
        }
        if from < self.end {
            rest.push(Self::of_ordered(from, self.end));
        }
        rest
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} to {}",
            self.start.format("%Y-%m-%d %H:%M"),
            self.end.format("%Y-%m-%d %H:%M")
        )
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Span {
    start: NaiveDateTime,
    end: NaiveDateTime,
}

#[cfg(feature = "serde")]
impl From<Interval> for Span {
    fn from(interval: Interval) -> Self {
        Self {
            start: interval.start,
            end: interval.end,
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Span> for Interval {
    type Error = EmptyInterval;

    fn try_from(span: Span) -> Result<Self, EmptyInterval> {
        Self::new(span.start, span.end)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::*;

    fn hours(start: u32, end: u32) -> Interval {
        let day = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap();
        let midnight = day.and_hms_opt(0, 0, 0).unwrap();
        let at = |hour: u32| midnight + chrono::TimeDelta::hours(hour.into());
        Interval::new(at(start), at(end)).unwrap()
    }

    #[test]
    fn touching_is_not_overlapping() {
        assert!(!hours(9, 10).overlaps(hours(10, 11)));
        assert!(!hours(10, 11).overlaps(hours(9, 10)));
    }

    #[test]
    fn one_inside_the_other_overlaps_both_ways() {
        assert!(hours(9, 12).overlaps(hours(10, 11)));
        assert!(hours(10, 11).overlaps(hours(9, 12)));
        assert!(hours(9, 12).contains(hours(10, 11)) && !hours(10, 11).contains(hours(9, 12)));
    }

    #[test]
    fn an_enclosed_interval_does_not_shorten_the_union() {
        assert_eq!(
            Interval::union([hours(10, 18), hours(12, 14)]),
            [hours(10, 18)]
        );
        assert_eq!(
            Interval::union([hours(12, 14), hours(9, 10), hours(10, 11)]),
            [hours(9, 11), hours(12, 14)]
        );
    }

    #[test]
    fn what_is_left_without_holes() {
        let whole = hours(9, 17);
        for (holes, rest) in [
            (vec![], vec![hours(9, 17)]),
            (vec![hours(12, 13)], vec![hours(9, 12), hours(13, 17)]),
            (vec![hours(8, 10), hours(16, 20)], vec![hours(10, 16)]),
            (vec![hours(7, 9), hours(17, 18)], vec![hours(9, 17)]),
            (
                vec![hours(11, 15), hours(10, 12), hours(14, 16)],
                vec![hours(9, 10), hours(16, 17)],
            ),
            (vec![hours(9, 17)], vec![]),
            (vec![hours(8, 18)], vec![]),
        ] {
            assert_eq!(whole.without(holes.clone()), rest, "{holes:?}");
        }
    }

    #[test]
    fn an_interval_to_midnight_stays_on_its_date() {
        let day = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap();
        assert_eq!(hours(22, 24).dates().collect::<Vec<_>>(), [day]);
        assert_eq!(
            hours(22, 25).dates().collect::<Vec<_>>(),
            [day, day + Days::new(1)]
        );
    }
}
