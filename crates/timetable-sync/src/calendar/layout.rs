//! Where entries stand in a grid of a week: which hours it shows, its lines, and lanes for what overlaps.

use chrono::{NaiveDate, Timelike};
use room_timetable::Interval;

use super::{CalendarDay, CalendarEntry};

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;
/// The hours that a grid shows at least.
const SHOWN: (u32, u32) = (8 * HOUR, 18 * HOUR);

/// The lines of a week's grid, in minutes after midnight.
///
/// There is one for every full hour and for every time at which something starts or ends, so that a row between two
/// lines can be as high as its texts need it while all days keep the same lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lines(Vec<u32>);

/// The lane of an entry, and how many there are beside each other where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) lane: usize,
    pub(super) of: usize,
}

impl Lines {
    /// The lines for these days. What lasts a whole day does not make the grid longer.
    pub(super) fn of(days: &[&CalendarDay]) -> Self {
        let times: Vec<(u32, u32)> = days
            .iter()
            .flat_map(|day| {
                let date = day.date;
                day.entries
                    .iter()
                    .map(move |entry| minutes(date, entry.interval))
            })
            .filter(|times| *times != (0, DAY))
            .collect();
        let first = times.iter().map(|(start, _)| *start).min();
        let last = times.iter().map(|(_, end)| *end).max();
        let first = first.map_or(SHOWN.0, |first| first.min(SHOWN.0)) / HOUR * HOUR;
        let last = last
            .map_or(SHOWN.1, |last| last.max(SHOWN.1))
            .next_multiple_of(HOUR);
        let mut lines: Vec<u32> = (first..=last).step_by(HOUR as usize).collect();
        lines.extend(times.iter().flat_map(|(start, end)| [*start, *end]));
        lines.sort_unstable();
        lines.dedup();
        Self(lines)
    }

    /// From the first line to the last, in minutes.
    pub(super) fn span(&self) -> u32 {
        self.rows().sum()
    }

    /// How many minutes each row has.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        self.0.windows(2).map(|pair| pair[1] - pair[0])
    }

    /// The full hours, each with the number of its line, from 0.
    pub(super) fn hours(&self) -> impl Iterator<Item = (u32, usize)> {
        let lines = self.0.iter().enumerate();
        lines
            .filter(|(_, minute)| minute.is_multiple_of(HOUR))
            .map(|(line, minute)| (minute / HOUR, line))
    }

    /// The numbers of the lines between which an entry stands, from 0. What lasts longer than the grid fills it.
    pub(super) fn place(&self, date: NaiveDate, entry: &CalendarEntry) -> (usize, usize) {
        let (start, end) = minutes(date, entry.interval);
        let line = |minute: u32| {
            let after = self.0.partition_point(|line| *line < minute);
            after.min(self.0.len().saturating_sub(1))
        };
        (line(start), line(end))
    }
}

/// A lane for each entry, so that those that overlap stand side by side. The entries are by start.
pub(super) fn lanes(entries: &[CalendarEntry]) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::with_capacity(entries.len());
    // The ends of the lanes of those entries, from `group` on, that hang together.
    let mut ends = Vec::new();
    let mut group = 0;
    for (index, entry) in entries.iter().enumerate() {
        let start = entry.interval.start();
        if ends.iter().all(|end| *end <= start) {
            close(&mut lanes[group..], ends.len());
            ends.clear();
            group = index;
        }
        let lane = match ends.iter().position(|end| *end <= start) {
            Some(free) => free,
            None => {
                ends.push(start);
                ends.len() - 1
            }
        };
        ends[lane] = entry.interval.end();
        lanes.push(Lane { lane, of: 1 });
    }
    close(&mut lanes[group..], ends.len());
    lanes
}

fn close(group: &mut [Lane], of: usize) {
    for lane in group {
        lane.of = of;
    }
}

/// The start and the end of what lies on a date, in minutes after its midnight.
fn minutes(date: NaiveDate, interval: Interval) -> (u32, u32) {
    let end = interval.end();
    let end = if end.date() > date {
        DAY
    } else {
        end.time().num_seconds_from_midnight().div_ceil(60)
    };
    (
        interval.start().time().num_seconds_from_midnight() / 60,
        end,
    )
}

#[cfg(test)]
mod tests {
    use booking_store::Booking;
    use chrono::TimeDelta;

    use super::*;
    use crate::calendar::Occupant;

    fn monday() -> NaiveDate {
        NaiveDate::from_ymd_opt(2031, 9, 8).unwrap()
    }

    /// Bookings from one hour and minute to another.
    fn day(times: &[(u32, u32)]) -> CalendarDay {
        let at = |time: u32| {
            monday().and_hms_opt(0, 0, 0).unwrap()
                + TimeDelta::minutes(i64::from(time / 100 * 60 + time % 100))
        };
        let entries = times.iter().map(|(start, end)| {
            let interval = Interval::new(at(*start), at(*end)).unwrap();
            let booking = Booking {
                id: "b".into(),
                room: "A".into(),
                interval,
                owner_name: None,
                owner_email: None,
                title: None,
                series: None,
                version: 1,
            };
            CalendarEntry {
                interval,
                occupant: Occupant::Booking(booking),
            }
        });
        CalendarDay {
            date: monday(),
            in_term: true,
            unknown: None,
            entries: entries.collect(),
        }
    }

    #[test]
    fn a_school_day_is_always_shown_and_more_where_something_stands() {
        let hours = |day: &CalendarDay| {
            let lines = Lines::of(&[day]);
            let hours: Vec<u32> = lines.hours().map(|(hour, _)| hour).collect();
            (hours[0], hours[hours.len() - 1])
        };
        assert_eq!(hours(&day(&[])), (8, 18));
        assert_eq!(hours(&day(&[(900, 1000)])), (8, 18));
        assert_eq!(hours(&day(&[(730, 1815)])), (7, 19));
        assert_eq!(hours(&day(&[(2200, 2400)])), (8, 24));
        assert_eq!(hours(&day(&[(0, 2400)])), (8, 18));
    }

    #[test]
    fn there_is_a_line_for_every_start_and_end() {
        let day = day(&[(0, 2400), (850, 940), (940, 1030)]);
        let lines = Lines::of(&[&day]);
        assert_eq!(&lines.0[..6], [480, 530, 540, 580, 600, 630]);
        assert_eq!(lines.span(), 600);
        let places: Vec<_> = day
            .entries
            .iter()
            .map(|entry| lines.place(day.date, entry))
            .collect();
        assert_eq!(places, [(0, lines.0.len() - 1), (1, 3), (3, 5)]);
    }

    #[test]
    fn what_overlaps_stands_side_by_side_and_the_rest_has_the_whole_width() {
        let lanes = |times: &[(u32, u32)]| -> Vec<(usize, usize)> {
            super::lanes(&day(times).entries)
                .iter()
                .map(|lane| (lane.lane, lane.of))
                .collect()
        };
        assert_eq!(lanes(&[]), []);
        // Touching is not overlapping.
        assert_eq!(lanes(&[(900, 1000), (1000, 1100)]), [(0, 1), (0, 1)]);
        assert_eq!(
            lanes(&[(900, 1200), (900, 1000), (1000, 1100), (1200, 1300)]),
            [(0, 2), (1, 2), (1, 2), (0, 1)]
        );
        assert_eq!(
            lanes(&[(900, 1000), (930, 1030), (945, 1100)]),
            [(0, 3), (1, 3), (2, 3)]
        );
    }
}
