//! A set of days of the week.

use std::{fmt, str::FromStr};

use chrono::Weekday;

const WEEK: [(Weekday, &str); 7] = [
    (Weekday::Mon, "Mon"),
    (Weekday::Tue, "Tue"),
    (Weekday::Wed, "Wed"),
    (Weekday::Thu, "Thu"),
    (Weekday::Fri, "Fri"),
    (Weekday::Sat, "Sat"),
    (Weekday::Sun, "Sun"),
];

/// A set of days of the week, written `Mon Tue`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "String", try_from = "String")
)]
pub struct Weekdays(u8);

/// The word is not a day of the week.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day of the week (write for example `Mon Tue Wed`)")]
pub struct InvalidWeekday(String);

impl Weekdays {
    /// Whether `day` is in the set.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// Whether every day of `other` is in the set.
    pub fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Adds `day`.
    pub fn insert(&mut self, day: Weekday) {
        self.0 |= bit(day);
    }

    /// Whether no day is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The days from Monday to Sunday.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        WEEK.into_iter()
            .map(|(day, _)| day)
            .filter(move |&day| self.contains(day))
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        let mut set = Self::default();
        days.into_iter().for_each(|day| set.insert(day));
        set
    }
}

impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = WEEK
            .iter()
            .filter(|(day, _)| self.contains(*day))
            .map(|(_, name)| *name)
            .collect();
        f.write_str(&names.join(" "))
    }
}

impl FromStr for Weekdays {
    type Err = InvalidWeekday;

    /// Reads short or long English names, case ignored, parted by spaces, commas or semicolons.
    fn from_str(text: &str) -> Result<Self, InvalidWeekday> {
        text.split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|word| !word.is_empty())
            .map(|word| {
                word.parse::<Weekday>()
                    .map_err(|_| InvalidWeekday(word.to_owned()))
            })
            .collect()
    }
}

impl From<Weekdays> for String {
    fn from(days: Weekdays) -> Self {
        days.to_string()
    }
}

impl TryFrom<String> for Weekdays {
    type Error = InvalidWeekday;

    fn try_from(text: String) -> Result<Self, InvalidWeekday> {
        text.parse()
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.num_days_from_monday()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_from_monday() {
        let days: Weekdays = "sat, Monday;wed".parse().unwrap();
        assert_eq!(days.to_string(), "Mon Wed Sat");
        assert!(days.contains(Weekday::Sat) && !days.contains(Weekday::Sun));
        assert!(days.contains_all([Weekday::Mon, Weekday::Sat].into_iter().collect()));
        assert!(!days.contains_all([Weekday::Mon, Weekday::Sun].into_iter().collect()));
    }

    #[test]
    fn a_word_that_is_no_day_is_named() {
        assert_eq!(
            "Mon Funday".parse::<Weekdays>().unwrap_err().to_string(),
            "`Funday` is not a day of the week (write for example `Mon Tue Wed`)"
        );
    }
}
