use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::{ClockTime, clock_time::time_of_day};

/// A typed value as sent: absent, read, or there but not readable.
///
/// Absent, `null`, an empty and a blank text are one value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field<T> {
    /// Not sent, or blank.
    #[default]
    Absent,
    /// Read.
    Value(T),
    /// Sent, but not of this type: the text, so that a report can quote it.
    Unreadable(String),
}

impl<T> Field<T> {
    /// The value, if one was read.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }

    /// A copy of the value, if one was read.
    pub fn copied(&self) -> Option<T>
    where
        T: Copy,
    {
        self.value().copied()
    }

    /// Whether nothing was sent.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

/// A type that the wire carries as text.
pub(crate) trait FromWire: Sized {
    /// Reads a text that is trimmed and not blank.
    fn from_wire(text: &str) -> Option<Self>;

    /// Whether this text stands for no value, as blanks do for every type.
    fn is_nothing(_text: &str) -> bool {
        false
    }

    /// The text as iSAMS would send it in the member `name`.
    fn to_wire(&self, name: &str) -> String;
}

impl FromWire for bool {
    fn from_wire(text: &str) -> Option<Self> {
        if text == "1" || text.eq_ignore_ascii_case("true") {
            Some(true)
        } else if text == "0" || text.eq_ignore_ascii_case("false") {
            Some(false)
        } else {
            None
        }
    }

    /// Elements carry 0 and 1 (three public sources), attributes `True` and `False` (two).
    fn to_wire(&self, name: &str) -> String {
        match (name.starts_with('@'), self) {
            (true, true) => "True",
            (true, false) => "False",
            (false, true) => "1",
            (false, false) => "0",
        }
        .to_owned()
    }
}

impl FromWire for i32 {
    fn from_wire(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn to_wire(&self, _name: &str) -> String {
        self.to_string()
    }
}

impl FromWire for u8 {
    fn from_wire(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn to_wire(&self, _name: &str) -> String {
        self.to_string()
    }
}

/// `YYYY-MM-DD`, alone or before a time. The date is taken as written, whatever the offset.
impl FromWire for NaiveDate {
    fn from_wire(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        if let Some(time) = rest.strip_prefix(['T', ' ']) {
            time_of_day(time)?;
        } else if !rest.is_empty() {
            return None;
        }
        let mut parts = date.split('-');
        let mut number = |digits| {
            parts
                .next()
                .filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        Self::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    fn to_wire(&self, _name: &str) -> String {
        self.format("%Y-%m-%dT00:00:00").to_string()
    }
}

/// `YYYY-MM-DDTHH:MM:SS`. The wall time is taken as written, without fraction and offset.
impl FromWire for NaiveDateTime {
    fn from_wire(text: &str) -> Option<Self> {
        let date = NaiveDate::from_wire(text)?;
        let time = match text.split_at_checked(11) {
            Some((_, time)) => time_of_day(time)?,
            None => ClockTime::default(),
        };
        match NaiveTime::from_num_seconds_from_midnight_opt(time.seconds(), 0) {
            Some(time) => Some(date.and_time(time)),
            // 24:00
            None => Some(date.succ_opt()?.and_time(NaiveTime::MIN)),
        }
    }

    fn to_wire(&self, _name: &str) -> String {
        self.format("%Y-%m-%dT%H:%M:%S").to_string()
    }
}

impl FromWire for ClockTime {
    fn from_wire(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// The database behind the feed holds `:` for no time (one public source).
    fn is_nothing(text: &str) -> bool {
        text == ":"
    }

    fn to_wire(&self, _name: &str) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_sent() {
        let date = NaiveDate::from_ymd_opt(2031, 9, 3);
        for text in [
            "2031-09-03",
            "2031-09-03T00:00:00",
            "2031-09-03 00:00:00",
            "2031-09-03T23:59:59.997",
            "2031-09-03T00:00:00Z",
            "2031-09-03T00:00:00+01:00",
            "2031-09-03T24:00:00",
        ] {
            assert_eq!(NaiveDate::from_wire(text), date, "{text}");
        }
        for text in [
            "2031-9-3",
            "03/09/2031",
            "2031-02-30",
            "2031-09-03x",
            "2031-09-03T",
            "2031-09-03Tnoon",
            "20310903",
            "é031-09-0",
        ] {
            assert_eq!(NaiveDate::from_wire(text), None, "{text}");
        }
    }

    #[test]
    fn moments_as_sent() {
        for (text, written) in [
            ("2031-02-01T10:15:30", Some("2031-02-01T10:15:30")),
            ("2031-02-01 10:15", Some("2031-02-01T10:15:00")),
            ("2031-02-01T10:15:30.997+01:00", Some("2031-02-01T10:15:30")),
            ("2031-02-01", Some("2031-02-01T00:00:00")),
            ("2031-12-31T24:00:00", Some("2032-01-01T00:00:00")),
            ("2031-02-01T", None),
            ("2031-02-01T25:00", None),
            ("yesterday", None),
        ] {
            let read = NaiveDateTime::from_wire(text).map(|read| read.to_wire(""));
            assert_eq!(read.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn flags_as_sent() {
        for (text, flag) in [
            ("1", Some(true)),
            ("0", Some(false)),
            ("True", Some(true)),
            ("FALSE", Some(false)),
            ("yes", None),
            ("2", None),
        ] {
            assert_eq!(bool::from_wire(text), flag, "{text}");
        }
    }
}
