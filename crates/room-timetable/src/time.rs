//! Times of the day in school-local wall time.

use std::{fmt, str::FromStr};

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::interval::Interval;

const SECONDS_A_DAY: u32 = 86_400;

/// A time of the day from 00:00 up to and including 24:00, to the second, school-local.
///
/// 24:00 exists because a period may end at midnight; as a moment it is the next day's 00:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "String", try_from = "String")
)]
pub struct TimeOfDay(u32);

/// The text or number is not a time of the day between 00:00 and 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the day between 00:00 and 24:00")]
pub struct InvalidTime;

impl TimeOfDay {
    /// The first moment of the day.
    pub const MIDNIGHT: Self = Self(0);
    /// The end of the day.
    pub const END_OF_DAY: Self = Self(SECONDS_A_DAY);

    /// The time `seconds` after midnight.
    ///
    /// # Errors
    ///
    /// [`InvalidTime`] past 86,400 seconds, which is 24:00.
    pub fn from_seconds(seconds: u32) -> Result<Self, InvalidTime> {
        if seconds <= SECONDS_A_DAY {
            Ok(Self(seconds))
        } else {
            Err(InvalidTime)
        }
    }

    /// The time `hour:minute`.
    ///
    /// # Errors
    ///
    /// [`InvalidTime`] where that is no time of a day; `24:00` is one.
    ///
    /// ```
    /// use room_timetable::TimeOfDay;
    ///
    /// assert_eq!(TimeOfDay::from_hm(8, 45).unwrap().to_string(), "08:45");
    /// assert!(TimeOfDay::from_hm(24, 0).is_ok());
    /// assert!(TimeOfDay::from_hm(24, 1).is_err());
    /// ```
    pub fn from_hm(hour: u32, minute: u32) -> Result<Self, InvalidTime> {
        if hour > 24 || minute > 59 {
            return Err(InvalidTime);
        }
        Self::from_seconds(hour * 3_600 + minute * 60)
    }

    /// Seconds since midnight, at most 86,400.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// The moment this time names on `date`.
    pub fn on(self, date: NaiveDate) -> NaiveDateTime {
        match NaiveTime::from_num_seconds_from_midnight_opt(self.0, 0) {
            Some(time) => date.and_time(time),
            // The last day there is has no next one.
            None => date
                .checked_add_days(Days::new(1))
                .map_or(NaiveDateTime::MAX, |next| next.and_time(NaiveTime::MIN)),
        }
    }
}

impl From<NaiveTime> for TimeOfDay {
    /// Fractions of a second are dropped.
    fn from(time: NaiveTime) -> Self {
        Self(time.num_seconds_from_midnight())
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        write!(f, "{hour:02}:{minute:02}")?;
        if second != 0 {
            write!(f, ":{second:02}")?;
        }
        Ok(())
    }
}

impl FromStr for TimeOfDay {
    type Err = InvalidTime;

    /// Reads `H:MM`, `HH:MM` or `HH:MM:SS`.
    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let mut parts = text.trim().split(':').map(|part| {
            let digits =
                (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits {
                part.parse::<u32>().map_err(|_| InvalidTime)
            } else {
                Err(InvalidTime)
            }
        });
        let (hour, minute) = (
            parts.next().ok_or(InvalidTime)??,
            parts.next().ok_or(InvalidTime)??,
        );
        let second = parts.next().transpose()?.unwrap_or(0);
        if parts.next().is_some() || second > 59 {
            return Err(InvalidTime);
        }
        Self::from_seconds(Self::from_hm(hour, minute)?.0 + second)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = InvalidTime;

    fn try_from(text: String) -> Result<Self, InvalidTime> {
        text.parse()
    }
}

/// A span of one day, `[start, end)`, that can recur on many dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "(TimeOfDay, TimeOfDay)", try_from = "(TimeOfDay, TimeOfDay)")
)]
pub struct TimeRange {
    start: TimeOfDay,
    end: TimeOfDay,
}

/// The end is not after the start, so no time would lie between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end {end} is not after the start {start}")]
pub struct ReversedTimes {
    /// The start as given.
    pub start: TimeOfDay,
    /// The end as given.
    pub end: TimeOfDay,
}

impl TimeRange {
    /// The span from `start` up to, but not including, `end`.
    ///
    /// # Errors
    ///
    /// [`ReversedTimes`] when `end` is not after `start`; 00:00 as an end is such a case, 24:00 is not.
    pub fn new(start: TimeOfDay, end: TimeOfDay) -> Result<Self, ReversedTimes> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(ReversedTimes { start, end })
        }
    }

    /// The first moment.
    pub fn start(self) -> TimeOfDay {
        self.start
    }

    /// The first moment after the span.
    pub fn end(self) -> TimeOfDay {
        self.end
    }

    /// How many seconds long it is.
    pub(crate) fn seconds(self) -> u32 {
        self.end.seconds() - self.start.seconds()
    }

    /// How many seconds lie in both; touching spans share none.
    pub(crate) fn seconds_shared(self, other: Self) -> u32 {
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        end.seconds().saturating_sub(start.seconds())
    }

    /// The span on one date.
    pub fn on(self, date: NaiveDate) -> Interval {
        Interval::of_ordered(self.start.on(date), self.end.on(date))
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

impl From<TimeRange> for (TimeOfDay, TimeOfDay) {
    fn from(times: TimeRange) -> Self {
        (times.start, times.end)
    }
}

impl TryFrom<(TimeOfDay, TimeOfDay)> for TimeRange {
    type Error = ReversedTimes;

    fn try_from((start, end): (TimeOfDay, TimeOfDay)) -> Result<Self, ReversedTimes> {
        Self::new(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_read_and_written() {
        for (text, written) in [
            ("9:05", "09:05"),
            ("09:05", "09:05"),
            ("24:00", "24:00"),
            ("09:05:30", "09:05:30"),
        ] {
            assert_eq!(time(text).to_string(), written);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "", "9", "24:01", "25:00", "09:60", "09:05:60", "+9:05", "009:05", "9:5:5:5", "a:b",
        ] {
            assert_eq!(text.parse::<TimeOfDay>(), Err(InvalidTime), "{text}");
        }
    }

    #[test]
    fn a_period_may_end_at_midnight_but_not_at_zero_hours() {
        assert!(TimeRange::new(time("23:00"), time("24:00")).is_ok());
        assert!(TimeRange::new(time("23:00"), time("00:00")).is_err());
        let new_years_eve = NaiveDate::from_ymd_opt(2031, 12, 31).unwrap();
        assert_eq!(
            time("24:00").on(new_years_eve).to_string(),
            "2032-01-01 00:00:00"
        );
    }

    #[test]
    fn an_empty_span_cannot_be_built() {
        assert!(TimeRange::new(time("09:00"), time("09:00")).is_err());
    }
}
