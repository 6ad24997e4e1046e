use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A school-local time of day, from 00:00 up to and including 24:00.
///
/// Read from `H:MM`, `HH:MM` or `HH:MM:SS`, or from a full date-time, of which only the time part is taken: the
/// date part of an event's times is not to be trusted (one public reader ignores it). A fraction of a second and
/// an offset are dropped.
///
/// ```
/// use isams_client::ClockTime;
///
/// let start: ClockTime = "9:05".parse()?;
/// assert_eq!(start.seconds(), 9 * 3600 + 5 * 60);
/// assert_eq!(start.to_string(), "09:05");
/// assert_eq!("1900-01-01T18:30:00".parse::<ClockTime>()?.to_string(), "18:30");
/// assert!("24:01".parse::<ClockTime>().is_err());
/// # Ok::<(), isams_client::ParseClockTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClockTime {
    seconds: u32,
}

impl ClockTime {
    /// 24:00, the end of the day.
    pub const END_OF_DAY: Self = Self { seconds: 86_400 };

    /// The time so many seconds after midnight; `None` after [`END_OF_DAY`](Self::END_OF_DAY).
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        (seconds <= Self::END_OF_DAY.seconds).then_some(Self { seconds })
    }

    /// Seconds since midnight.
    pub fn seconds(self) -> u32 {
        self.seconds
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (
            self.seconds / 3600,
            self.seconds / 60 % 60,
            self.seconds % 60,
        );
        write!(f, "{hours:02}:{minutes:02}")?;
        if seconds != 0 {
            write!(f, ":{seconds:02}")?;
        }
        Ok(())
    }
}

/// A text that is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseClockTimeError;

impl fmt::Display for ParseClockTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a time such as 09:05, 09:05:30 or 24:00")
    }
}

impl std::error::Error for ParseClockTimeError {}

impl FromStr for ClockTime {
    type Err = ParseClockTimeError;

    fn from_str(text: &str) -> Result<Self, ParseClockTimeError> {
        let text = text.trim();
        let time = match text.split_once(['T', ' ']) {
            Some((date, time)) if looks_like_a_date(date) => time,
            Some(_) => return Err(ParseClockTimeError),
            None => text,
        };
        time_of_day(time).ok_or(ParseClockTimeError)
    }
}

/// Reads `H:MM[:SS[.fraction]][Z|offset]`.
pub(crate) fn time_of_day(text: &str) -> Option<ClockTime> {
    let text = without_offset(text)?;
    let text = match text.split_once('.') {
        Some((whole, fraction)) if all_digits(fraction) => whole,
        Some(_) => return None,
        None => text,
    };
    let mut parts = text.split(':');
    let hours = number(parts.next()?, 1..=2)?;
    let minutes = number(parts.next()?, 2..=2)?;
    let seconds = match parts.next() {
        Some(seconds) => number(seconds, 2..=2)?,
        None => 0,
    };
    if parts.next().is_some() || minutes > 59 || seconds > 59 {
        return None;
    }
    ClockTime::from_seconds(hours * 3600 + minutes * 60 + seconds)
}

fn without_offset(text: &str) -> Option<&str> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some(time);
    }
    match text.split_once(['+', '-']) {
        Some((time, offset)) => offset
            .split(':')
            .all(|part| part.len() >= 2 && all_digits(part))
            .then_some(time),
        None => Some(text),
    }
}

fn looks_like_a_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut part = |digits| {
        parts
            .next()
            .is_some_and(|part| part.len() == digits && all_digits(part))
    };
    part(4) && part(2) && part(2) && parts.next().is_none()
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
    (digits.contains(&text.len()) && all_digits(text)).then(|| text.parse().ok())?
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_sent() {
        for (text, shown) in [
            ("9:05", "09:05"),
            ("09:05", "09:05"),
            ("09:05:30", "09:05:30"),
            ("09:05:00", "09:05"),
            (" 09:05 ", "09:05"),
            ("00:00", "00:00"),
            ("23:59:59", "23:59:59"),
            ("24:00", "24:00"),
            ("24:00:00", "24:00"),
            ("1900-01-01T18:30:00", "18:30"),
            ("1900-01-01 18:30:00", "18:30"),
            ("1900-01-01T18:30:00.000", "18:30"),
            ("1900-01-01T18:30:00Z", "18:30"),
            ("1900-01-01T18:30:00+01:00", "18:30"),
            ("18:30:00.5-0500", "18:30"),
        ] {
            assert_eq!(
                text.parse::<ClockTime>().unwrap().to_string(),
                shown,
                "{text}"
            );
        }
    }

    #[test]
    fn texts_that_are_no_times() {
        for text in [
            "",
            ":",
            "9",
            "9:5",
            "009:05",
            "09:60",
            "09:05:60",
            "24:01",
            "25:00",
            "-1:00",
            "09:05:00:00",
            "9.05",
            "noon",
            "T09:05",
            "2031-09-03",
            "soon 09:05",
            "09:05 am",
            "09:05:00.x",
            "09:05+x",
        ] {
            assert!(text.parse::<ClockTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_day_ends_at_24_00() {
        assert_eq!(ClockTime::from_seconds(86_400), Some(ClockTime::END_OF_DAY));
        assert_eq!(ClockTime::from_seconds(86_401), None);
    }
}
