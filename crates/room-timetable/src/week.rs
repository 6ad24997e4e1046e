//! Weeks of the calendar year as timetables number them.

use std::fmt;

use chrono::{Datelike, Days, NaiveDate};

/// A week of a calendar year: weeks run from Sunday to Saturday and week 1 holds 1 January.
///
/// This is how SQL Server's `DATEPART(week)` counts under its default settings, not ISO 8601. The last week of a
/// year and the first of the next may share one Sunday-to-Saturday week, so a week over New Year has two keys.
///
/// ```
/// use chrono::NaiveDate;
/// use room_timetable::YearWeek;
///
/// let week = |y, m, d| YearWeek::of(NaiveDate::from_ymd_opt(y, m, d).unwrap());
/// assert_eq!(week(2024, 9, 2), YearWeek { year: 2024, week: 36 });
/// assert_eq!(week(2028, 12, 31), YearWeek { year: 2028, week: 54 });
/// assert_eq!((week(2025, 12, 29).week, week(2026, 1, 2).week), (53, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct YearWeek {
    /// The calendar year.
    pub year: i32,
    /// The week, from 1 to 54.
    pub week: u8,
}

impl YearWeek {
    /// The week that holds `date`.
    pub fn of(date: NaiveDate) -> Self {
        let week = (date.ordinal() + 12 - date.weekday().num_days_from_sunday()) / 7;
        // At most (366 + 12) / 7 = 54.
        Self {
            year: date.year(),
            week: week as u8,
        }
    }

    /// The dates of the week in order: seven, or fewer at either end of the year; none where the year has no such week.
    pub fn dates(self) -> impl Iterator<Item = NaiveDate> {
        let offset = u64::from(self.week).saturating_sub(1) * 7;
        let first = NaiveDate::from_ymd_opt(self.year, 1, 1).and_then(|new_year| {
            let sunday = new_year
                .checked_sub_days(Days::new(new_year.weekday().num_days_from_sunday().into()))?;
            sunday.checked_add_days(Days::new(offset))
        });
        first
            .into_iter()
            .flat_map(|first| first.iter_days().take(7))
            .filter(move |&date| Self::of(date) == self)
    }
}

impl fmt::Display for YearWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} week {}", self.year, self.week)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(year: i32, month: u32, day: u32) -> (i32, u8) {
        let week = YearWeek::of(NaiveDate::from_ymd_opt(year, month, day).unwrap());
        (week.year, week.week)
    }

    #[test]
    fn the_published_examples_hold() {
        for ((y, m, d), expected) in [
            ((2023, 12, 31), (2023, 53)),
            ((2024, 1, 1), (2024, 1)),
            ((2022, 1, 1), (2022, 1)),
            ((2022, 1, 2), (2022, 2)),
            ((2028, 12, 31), (2028, 54)),
            ((2024, 9, 2), (2024, 36)),
            ((2025, 12, 29), (2025, 53)),
            ((2026, 1, 2), (2026, 1)),
        ] {
            assert_eq!(week(y, m, d), expected, "{y}-{m}-{d}");
        }
    }

    /// The rule in words: count on from 1 January and begin a new week on each Sunday.
    #[test]
    fn every_day_of_sixty_years_agrees_with_counting_sundays() {
        for year in 2000..=2060 {
            let mut expected = 1;
            for date in NaiveDate::from_ymd_opt(year, 1, 1)
                .unwrap()
                .iter_days()
                .take_while(|date| date.year() == year)
            {
                if date.ordinal() > 1 && date.weekday() == chrono::Weekday::Sun {
                    expected += 1;
                }
                assert_eq!(
                    YearWeek::of(date),
                    YearWeek {
                        year,
                        week: expected
                    }
                );
                assert!(
                    YearWeek::of(date).dates().any(|other| other == date),
                    "{date}"
                );
            }
        }
    }

    #[test]
    fn a_week_the_year_does_not_have_is_empty() {
        assert_eq!(
            YearWeek {
                year: 2031,
                week: 54
            }
            .dates()
            .count(),
            0
        );
        assert_eq!(
            YearWeek {
                year: 2031,
                week: 0
            }
            .dates()
            .count(),
            0
        );
        assert_eq!(
            YearWeek {
                year: 2031,
                week: 36
            }
            .dates()
            .count(),
            7
        );
    }
}
