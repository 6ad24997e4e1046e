//! A time zone as iCalendar describes it.

use std::fmt::Write;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, Tz};

/// How far before the first date the change is looked for that is in force on it. Zones that change at all do so at
/// least once a year.
const BEFORE: Days = Days::new(400);

/// A moment from which a zone has another offset.
struct Change {
    at: DateTime<Utc>,
    /// Seconds east of Greenwich before and from then on.
    from: i32,
    to: i32,
    daylight: bool,
    name: Option<String>,
}

/// The `VTIMEZONE` that is right for all wall times from `first` to `last`, inclusive.
///
/// It lists the changes of these dates one by one, as the zone's history has them, and claims nothing of other years.
pub(super) fn vtimezone(zone: Tz, first: NaiveDate, last: NaiveDate) -> String {
    let mut changes = changes(zone, first, last);
    let start = first.and_time(NaiveTime::MIN).and_utc();
    // Only the last of those that came before is in force.
    let before = changes.partition_point(|change| change.at < start - TimeDelta::days(1));
    changes.drain(..before.saturating_sub(1));
    if before == 0 {
        changes.insert(0, Change::ever(zone, start));
    }
    let mut text = format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n", zone.name());
    for change in &changes {
        let kind = if change.daylight {
            "DAYLIGHT"
        } else {
            "STANDARD"
        };
        // Its wall time by the clock that was in force until then.
        let onset = change.at.naive_utc() + TimeDelta::seconds(change.from.into());
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "BEGIN:{kind}\r\nDTSTART:{}\r\nTZOFFSETFROM:{}\r\nTZOFFSETTO:{}\r\n",
            onset.format("%Y%m%dT%H%M%S"),
            offset(change.from),
            offset(change.to)
        );
        if let Some(name) = &change.name {
            let _ = write!(text, "TZNAME:{name}\r\n");
        }
        let _ = write!(text, "END:{kind}\r\n");
    }
    text.push_str("END:VTIMEZONE\r\n");
    text
}

impl Change {
    /// From `at` on, the offset that the zone then has; `from` is that of a moment earlier.
    fn to(zone: Tz, at: DateTime<Utc>, from: i32) -> Self {
        let offset = zone.offset_from_utc_datetime(&at.naive_utc());
        Self {
            at,
            from,
            to: offset.fix().local_minus_utc(),
            daylight: offset.dst_offset() > TimeDelta::zero(),
            name: offset.abbreviation().map(str::to_owned),
        }
    }

    /// The offset at a moment, as if it had always been so.
    fn ever(zone: Tz, moment: DateTime<Utc>) -> Self {
        Self {
            at: DateTime::UNIX_EPOCH,
            ..Self::to(zone, moment, seconds(zone, moment))
        }
    }
}

fn changes(zone: Tz, first: NaiveDate, last: NaiveDate) -> Vec<Change> {
    let start = first.checked_sub_days(BEFORE).unwrap_or(first);
    let midnights = start
        .iter_days()
        .take_while(|date| *date <= last || date.pred_opt().is_some_and(|date| date <= last))
        .map(|date| date.and_time(NaiveTime::MIN).and_utc());
    let mut changes = Vec::new();
    let mut earlier: Option<DateTime<Utc>> = None;
    for later in midnights {
        if let Some(earlier) = earlier
            && seconds(zone, earlier) != seconds(zone, later)
        {
            changes.push(Change::to(
                zone,
                between(zone, earlier, later),
                seconds(zone, earlier),
            ));
        }
        earlier = Some(later);
    }
    changes
}

/// The first second with the offset of `later`, where `earlier` has another.
fn between(zone: Tz, mut earlier: DateTime<Utc>, mut later: DateTime<Utc>) -> DateTime<Utc> {
    let new = seconds(zone, later);
    while later - earlier > TimeDelta::seconds(1) {
        let middle = earlier + TimeDelta::seconds((later - earlier).num_seconds() / 2);
        if seconds(zone, middle) == new {
            later = middle;
        } else {
            earlier = middle;
        }
    }
    later
}

fn seconds(zone: Tz, moment: DateTime<Utc>) -> i32 {
    let offset = zone.offset_from_utc_datetime(&moment.naive_utc());
    offset.fix().local_minus_utc()
}

/// `+0100`, with seconds only where there are any.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.unsigned_abs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{rest:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Each change: kind, onset, offset before and after.
    fn read(text: &str) -> Vec<(String, String, String, String)> {
        let value = |part: &str, name: &str| {
            let line = part.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim_start_matches(':').to_owned()
        };
        text.split("\r\nBEGIN:")
            .skip(1)
            .map(|part| {
                (
                    part.lines().next().unwrap_or_default().to_owned(),
                    value(part, "DTSTART"),
                    value(part, "TZOFFSETFROM"),
                    value(part, "TZOFFSETTO"),
                )
            })
            .collect()
    }

    fn rows(rows: &[(&str, &str, &str, &str)]) -> Vec<(String, String, String, String)> {
        let owned = |row: &(&str, &str, &str, &str)| {
            let (a, b, c, d) = *row;
            (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned())
        };
        rows.iter().map(owned).collect()
    }

    #[test]
    fn the_changes_of_the_dates_are_listed_and_the_one_before() {
        let text = vtimezone(
            chrono_tz::Europe::London,
            date("2031-10-20"),
            date("2032-04-04"),
        );
        assert!(text.starts_with("BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\n"));
        assert_eq!(
            read(&text),
            rows(&[
                ("DAYLIGHT", "20310330T010000", "+0000", "+0100"),
                ("STANDARD", "20311026T020000", "+0100", "+0000"),
                ("DAYLIGHT", "20320328T010000", "+0000", "+0100"),
            ])
        );
        assert!(text.contains("TZNAME:BST\r\n") && text.contains("TZNAME:GMT\r\n"));
    }

    #[test]
    fn a_week_of_one_offset_needs_one_change() {
        let text = vtimezone(
            chrono_tz::Europe::London,
            date("2031-12-01"),
            date("2031-12-07"),
        );
        assert_eq!(
            read(&text),
            rows(&[("STANDARD", "20311026T020000", "+0100", "+0000")])
        );
    }

    #[test]
    fn a_change_on_the_first_or_the_last_date_is_there() {
        let zone = chrono_tz::Europe::London;
        let changes = |first, last| read(&vtimezone(zone, date(first), date(last))).len();
        assert_eq!(changes("2031-10-26", "2031-10-26"), 2);
        assert_eq!(changes("2032-03-28", "2032-03-28"), 2);
        assert_eq!(changes("2031-10-19", "2031-10-25"), 1);
    }

    #[test]
    fn zones_that_never_change_or_have_odd_offsets_are_described() {
        let one = |zone| read(&vtimezone(zone, date("2031-09-08"), date("2031-09-14")));
        assert_eq!(
            one(chrono_tz::UTC),
            rows(&[("STANDARD", "19700101T000000", "+0000", "+0000")])
        );
        assert_eq!(
            one(chrono_tz::Asia::Kathmandu),
            rows(&[("STANDARD", "19700101T054500", "+0545", "+0545")])
        );
        assert_eq!(
            one(chrono_tz::America::St_Johns),
            rows(&[("DAYLIGHT", "20310309T020000", "-0330", "-0230")])
        );
        assert_eq!(offset(-(4 * 3600 + 30 * 60 + 1)), "-043001");
    }
}
