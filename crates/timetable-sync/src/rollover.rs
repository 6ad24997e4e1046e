//! The change of the school year: a span of dates around which nothing of the timetable changes unseen.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};

use crate::plan::Changes;

/// A day of any year, such as 15 July.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MonthDay {
    month: u32,
    day: u32,
}

/// No day of a year; it is written `07-15`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day of a year; write month and day, such as 07-15")]
pub struct InvalidMonthDay(String);

/// The dates around the change of year on which changes of the timetable wait for a person, school-local and both
/// inclusive. Where the last comes before the first, they go over New Year.
///
/// On these dates a sync is held that would change or take away lessons, terms, allocated weeks or timeslots, and one that
/// adds some and would remove a booking in the same run. What it holds is released by its fingerprint, like any other plan.
/// Additions that clash with nothing go through as always, and so does a run that leaves the timetable as it is: closures,
/// cover, and bookings over lessons that stand already.
///
/// ```
/// use chrono::NaiveDate;
/// use timetable_sync::RolloverFreeze;
///
/// let freeze = RolloverFreeze { from: "07-15".parse()?, to: "09-05".parse()? };
/// let date = |month, day| NaiveDate::from_ymd_opt(2032, month, day).unwrap();
/// assert!(!freeze.covers(date(7, 14)));
/// assert!(freeze.covers(date(7, 15)) && freeze.covers(date(9, 5)));
/// assert!(!freeze.covers(date(9, 6)));
/// assert_eq!(freeze.to_string(), "15 July to 5 September");
/// # Ok::<(), timetable_sync::InvalidMonthDay>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RolloverFreeze {
    /// The first day.
    pub from: MonthDay,
    /// The last day.
    pub to: MonthDay,
}

impl RolloverFreeze {
    /// Whether a date is one of them.
    pub fn covers(&self, date: NaiveDate) -> bool {
        let day = MonthDay::of(date);
        if self.from <= self.to {
            self.from <= day && day <= self.to
        } else {
            self.from <= day || day <= self.to
        }
    }

    /// Why it holds a run of this date; `None` where it does not.
    pub(crate) fn holds(
        &self,
        today: NaiveDate,
        changes: &Changes,
        removals: usize,
    ) -> Option<String> {
        if !self.covers(today) {
            return None;
        }
        let core = [
            ("weekly lesson", changes.lessons),
            ("term", changes.terms),
            ("allocated week", changes.allocations),
            ("timeslot", changes.timeslots),
        ];
        let mut would: Vec<String> = Vec::new();
        for (what, counts) in core {
            for (count, happens) in [(counts.changed, "changed"), (counts.removed, "removed")] {
                would.extend((count > 0).then(|| format!("{} {happens}", counted(count, what))));
            }
        }
        let added = core.iter().any(|(_, counts)| counts.added > 0);
        if would.is_empty() && !(added && removals > 0) {
            return None;
        }
        for (what, counts) in core {
            let count = counts.added;
            would.extend((count > 0).then(|| format!("{} added", counted(count, what))));
        }
        Some(format!(
            "from {self} the school year changes, and changes of the timetable wait for a person: {}",
            would.join(", ")
        ))
    }
}

impl fmt::Display for RolloverFreeze {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

impl MonthDay {
    /// The day of a date.
    pub fn of(date: NaiveDate) -> Self {
        Self {
            month: date.month(),
            day: date.day(),
        }
    }

    /// The day in a leap year, which has all of them.
    fn in_a_leap_year(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2000, self.month, self.day)
    }
}

impl FromStr for MonthDay {
    type Err = InvalidMonthDay;

    fn from_str(text: &str) -> Result<Self, InvalidMonthDay> {
        let read = || {
            let (month, day) = text.trim().split_once('-')?;
            let number = |digits: &str| {
                let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
                plain.then(|| digits.parse().ok()).flatten()
            };
            let day = Self {
                month: number(month)?,
                day: number(day)?,
            };
            day.in_a_leap_year().map(|_| day)
        };
        read().ok_or_else(|| InvalidMonthDay(text.to_owned()))
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.in_a_leap_year() {
            Some(date) => write!(f, "{}", date.format("%-d %B")),
            None => write!(f, "{:02}-{:02}", self.month, self.day),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn freeze(from: &str, to: &str) -> RolloverFreeze {
        RolloverFreeze {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        }
    }

    #[test]
    fn both_ends_are_in_it_and_it_may_go_over_new_year() {
        for (from, to, inside, outside) in [
            (
                "07-15",
                "09-05",
                ["2032-07-15", "2031-09-05"],
                ["2032-07-14", "2032-09-06"],
            ),
            (
                "12-01",
                "01-31",
                ["2031-12-01", "2032-01-31"],
                ["2031-11-30", "2032-02-01"],
            ),
            (
                "02-29",
                "02-29",
                ["2032-02-29", "2028-02-29"],
                ["2032-02-28", "2032-03-01"],
            ),
        ] {
            let freeze = freeze(from, to);
            let covers = |date: &str| freeze.covers(date.parse().unwrap());
            assert!(inside.into_iter().all(covers), "{freeze}");
            assert!(!outside.into_iter().any(covers), "{freeze}");
        }
    }

    #[test]
    fn what_is_no_day_is_quoted() {
        for text in ["7-15", "13-01", "02-30", "0715", "", "07-1x", "07-15-31"] {
            let error = text.parse::<MonthDay>().unwrap_err();
            assert!(error.to_string().contains(&format!("`{text}`")), "{error}");
        }
    }
}
