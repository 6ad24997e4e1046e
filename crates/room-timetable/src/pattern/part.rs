//! The part of a question that is about one date.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};

use crate::{
    interval::Interval,
    time::{TimeOfDay, TimeRange},
};

/// The seconds of the day for each bit of a mask: a mask is a whole day.
const SECONDS_A_BIT: u32 = TimeOfDay::END_OF_DAY.seconds() / u64::BITS;

/// From when to when a date is asked about, in whole seconds that were widened to hold it. Times of the pattern are
/// whole seconds, so that they overlap it where they overlap what was asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) weekday: Weekday,
    start: u32,
    end: u32,
    bits: u64,
}

impl Part {
    /// The part of `interval` on a date that it has.
    pub(super) fn of(interval: Interval, date: NaiveDate) -> Self {
        let start = match interval.start() {
            start if start.date() == date => start.num_seconds_from_midnight(),
            _ => 0,
        };
        let end = match interval.end() {
            end if end.date() == date => seconds_up(end),
            _ => TimeOfDay::END_OF_DAY.seconds(),
        };
        Self {
            weekday: date.weekday(),
            start,
            end,
            bits: bits(start, end),
        }
    }

    pub(super) fn overlaps(self, times: TimeRange) -> bool {
        times.start().seconds() < self.end && self.start < times.end().seconds()
    }

    /// Whether times with this mask may overlap it. Where it says no they do not.
    pub(super) fn may_overlap(self, mask: u64) -> bool {
        self.bits & mask != 0
    }

    /// Whether times that start then start after its end, so that they do not overlap it.
    pub(super) fn ends_by(self, start: TimeOfDay) -> bool {
        self.end <= start.seconds()
    }
}

fn seconds_up(at: NaiveDateTime) -> u32 {
    at.num_seconds_from_midnight() + u32::from(at.nanosecond() > 0)
}

/// The bits of the day that these times touch.
pub(super) fn mask(times: TimeRange) -> u64 {
    bits(times.start().seconds(), times.end().seconds())
}

fn bits(start: u32, end: u32) -> u64 {
    let (first, last) = (start / SECONDS_A_BIT, (end - 1) / SECONDS_A_BIT);
    (u64::MAX << first) & (u64::MAX >> (u64::BITS - 1 - last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(start: u32, end: u32) -> TimeRange {
        let at = |seconds| TimeOfDay::from_seconds(seconds).unwrap();
        TimeRange::new(at(start), at(end)).unwrap()
    }

    #[test]
    fn a_day_has_as_many_bits_as_a_mask() {
        assert_eq!(SECONDS_A_BIT * u64::BITS, TimeOfDay::END_OF_DAY.seconds());
        assert_eq!(mask(times(0, 86_400)), u64::MAX);
        assert_eq!(mask(times(0, 1)), 1);
        assert_eq!(mask(times(86_399, 86_400)), 1 << 63);
    }

    #[test]
    fn a_bit_is_set_where_its_time_is_touched_and_not_where_it_is_met() {
        let bit = SECONDS_A_BIT;
        assert_eq!(mask(times(bit, 2 * bit)), 0b10);
        assert_eq!(mask(times(bit - 1, 2 * bit + 1)), 0b111);
    }

    #[test]
    fn parts_of_a_second_count() {
        let date = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap();
        let at = |second, nano| date.and_hms_nano_opt(9, 0, second, nano).unwrap();
        let asked = |start, end| Part::of(Interval::new(start, end).unwrap(), date);
        let nine = 9 * 3_600;
        let before = asked(at(0, 0), at(1, 0));
        assert!(!before.overlaps(times(nine + 1, nine + 2)));
        let into = asked(at(0, 0), at(1, 1));
        assert!(into.overlaps(times(nine + 1, nine + 2)));
        let still = asked(at(0, 999_999_999), at(5, 0));
        assert!(still.overlaps(times(nine, nine + 1)));
    }
}
