//! When a school is synced: once for each date of its own calendar.

use std::time::Duration;

use booking_store::SchoolId;
use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use sha2::{Digest, Sha256};

/// The time of day unless a school has another.
const ONE_O_CLOCK: NaiveTime = match NaiveTime::from_hms_opt(1, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// The moments at which a school is due, one for each of its dates.
///
/// On a night on which the clocks change, a time that is skipped is the first moment after the gap, and of a time that
/// comes twice it is the first. A date that the school's clocks skip altogether has no moment.
///
/// So that thousands of schools do not ask at once, each is late by its own part of the window, which depends on its id
/// alone: the same school comes at the same time every night. That part is added as elapsed time, so it spreads the
/// schools in the night of the gap, too.
///
/// A daily time is all that a nightly sync needs; a cron expression could name a schedule that comes twice a night, or
/// never.
///
/// ```
/// use booking_store::SchoolId;
/// use chrono::NaiveTime;
/// use timetable_sync::Schedule;
///
/// let schedule = Schedule::new(&SchoolId::new("alder"), chrono_tz::Europe::London)
///     .at(NaiveTime::from_hms_opt(1, 30, 0).unwrap())
///     .window(std::time::Duration::ZERO);
/// // On 28 March 2032 the clocks go from 01:00 to 02:00, which is 01:00 UTC.
/// let before = "2032-03-28T00:00:00Z".parse().unwrap();
/// assert_eq!(schedule.next_after(before).to_string(), "2032-03-28 01:00:00 UTC");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    zone: Tz,
    at: NaiveTime,
    window: Duration,
    /// Spreads schools over the window.
    hash: u64,
}

impl Schedule {
    /// The window unless a school has another.
    pub const WINDOW: Duration = Duration::from_secs(20 * 60);

    /// 01:00 in the school's zone, spread over [`WINDOW`](Self::WINDOW).
    pub fn new(school: &SchoolId, zone: Tz) -> Self {
        let digest = Sha256::digest(school.as_str());
        let hash = digest
            .iter()
            .take(8)
            .fold(0, |hash, byte| (hash << 8) | u64::from(*byte));
        Self {
            zone,
            at: ONE_O_CLOCK,
            window: Self::WINDOW,
            hash,
        }
    }

    /// Another time of day, as the school's clocks show it.
    #[must_use]
    pub fn at(mut self, at: NaiveTime) -> Self {
        self.at = at;
        self
    }

    /// Another window. The school is late by whole seconds and by less than the window; zero is punctual.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// By how much the school is late.
    pub fn lateness(&self) -> Duration {
        let late = self.hash.checked_rem(self.window.as_secs());
        Duration::from_secs(late.unwrap_or_default())
    }

    /// The first moment after `time`. At the end of all dates it is the last moment there is.
    pub fn next_after(&self, time: DateTime<Utc>) -> DateTime<Utc> {
        let today = time.with_timezone(&self.zone).date_naive();
        // Lateness may put the moment of a date behind its midnight, so the search begins before today.
        let days_back = Days::new(self.window.as_secs() / 86_400 + 2);
        let first = today.checked_sub_days(days_back).unwrap_or(NaiveDate::MIN);
        first
            .iter_days()
            .take_while(|date| *date - today <= TimeDelta::days(4))
            .filter_map(|date| self.on(date))
            .find(|moment| *moment > time)
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Whether the school is due at `now`, when it was last seen to at `last`.
    ///
    /// However many nights were missed, it is due once; a school that was never seen to is due. A time that lies more
    /// than a day ahead is of a rehearsal, or of a clock that was wrong, and counts as never.
    pub fn due(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        last.filter(|last| *last - now <= TimeDelta::days(1))
            .is_none_or(|last| self.next_after(last) <= now)
    }

    /// The moment of a date; `None` where the school's clocks skip the whole date.
    fn on(&self, date: NaiveDate) -> Option<DateTime<Utc>> {
        let local = date.and_time(self.at);
        let punctual = match self.zone.from_local_datetime(&local) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time,
            LocalResult::None => {
                let gap = GapInfo::new(&local, &self.zone)?;
                let (begin, _) = gap.begin?;
                let (first, next) = (date.and_time(NaiveTime::MIN), date.succ_opt()?);
                let end = gap.end?;
                if begin <= first && end.naive_local() >= next.and_time(NaiveTime::MIN) {
                    return None;
                }
                end
            }
        };
        let late = TimeDelta::from_std(self.lateness()).ok()?;
        punctual.to_utc().checked_add_signed(late)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn punctual(zone: Tz, at: &str) -> Schedule {
        Schedule::new(&SchoolId::new("school"), zone)
            .at(at.parse().unwrap())
            .window(Duration::ZERO)
    }

    /// Walks minute by minute: the first at which the clocks show a date's time or a later one, for every date that they
    /// show at all.
    fn walked(
        zone: Tz,
        at: NaiveTime,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Vec<DateTime<Utc>> {
        let minutes =
            || (0..(to - from).num_minutes()).map(|minute| from + TimeDelta::minutes(minute));
        let local = |time: &DateTime<Utc>| time.with_timezone(&zone).naive_local();
        let shown: BTreeSet<NaiveDate> = minutes().map(|time| local(&time).date()).collect();
        let mut moments = Vec::new();
        let mut time = minutes().peekable();
        // The first and the last date are not shown whole.
        for date in shown.iter().skip(1).take(shown.len() - 2) {
            while time
                .next_if(|time| local(time) < date.and_time(at))
                .is_some()
            {}
            moments.extend(time.peek().copied());
        }
        moments
    }

    #[test]
    fn every_date_has_one_moment_as_a_walk_by_minutes_finds_it() {
        for (zone, from, days) in [
            (chrono_tz::Europe::London, "2031-10-20T12:00:00Z", 12),
            (chrono_tz::Europe::London, "2032-03-22T12:00:00Z", 12),
            (chrono_tz::America::New_York, "2031-10-28T12:00:00Z", 10),
            (chrono_tz::America::New_York, "2031-03-05T12:00:00Z", 10),
            // Half an hour.
            (chrono_tz::Australia::Lord_Howe, "2031-03-31T12:00:00Z", 10),
            (chrono_tz::Australia::Lord_Howe, "2031-09-30T12:00:00Z", 10),
            // Without 30 December 2011.
            (chrono_tz::Pacific::Apia, "2011-12-26T12:00:00Z", 10),
            (chrono_tz::Pacific::Apia, "2011-09-20T12:00:00Z", 8),
            // From 24:00 to 01:00 and from 24:00 to 23:00.
            (chrono_tz::Asia::Beirut, "2031-03-26T12:00:00Z", 8),
            (chrono_tz::Asia::Beirut, "2031-10-22T12:00:00Z", 8),
            (chrono_tz::America::St_Johns, "2010-11-03T12:00:00Z", 8),
            (chrono_tz::America::Scoresbysund, "2024-03-28T12:00:00Z", 8),
            (chrono_tz::Asia::Kathmandu, "2031-06-01T12:00:00Z", 5),
        ] {
            let (from, to) = (utc(from), utc(from) + TimeDelta::days(days));
            for minute in (0..24 * 60)
                .step_by(60)
                .chain([1, 30, 59, 61, 90, 121, 150, 1410, 1439])
            {
                let at = NaiveTime::MIN + TimeDelta::minutes(minute);
                let expected = walked(zone, at, from, to);
                assert!(expected.len() as i64 >= days - 2, "{zone} {at}");
                let schedule = punctual(zone, &at.to_string());
                let mut found = Vec::new();
                let mut next = schedule.next_after(expected[0] - TimeDelta::seconds(1));
                while found.len() < expected.len() {
                    found.push(next);
                    next = schedule.next_after(next);
                }
                assert_eq!(found, expected, "{zone} {at}");
            }
        }
    }

    #[test]
    fn a_time_that_comes_twice_counts_once_and_one_that_is_skipped_comes_after_the_gap() {
        let schedule = punctual(chrono_tz::Europe::London, "01:30:00");
        for (after, next) in [
            // 26 October 2031: 01:30 British Summer Time, and not again an hour later.
            ("2031-10-25T12:00:00Z", "2031-10-26T00:30:00Z"),
            ("2031-10-26T00:30:00Z", "2031-10-27T01:30:00Z"),
            // 28 March 2032: 02:00 British Summer Time.
            ("2032-03-27T12:00:00Z", "2032-03-28T01:00:00Z"),
            ("2032-03-28T01:00:00Z", "2032-03-29T00:30:00Z"),
        ] {
            assert_eq!(schedule.next_after(utc(after)), utc(next), "{after}");
        }
    }

    #[test]
    fn any_number_of_missed_nights_is_due_once() {
        let schedule = punctual(chrono_tz::Europe::London, "01:00:00");
        let last = utc("2031-11-03T01:00:00Z");
        let on = |text| schedule.due(Some(last), utc(text));
        assert!(!on("2031-11-03T01:00:00Z") && !on("2031-11-04T00:59:59Z"));
        assert!(on("2031-11-04T01:00:00Z") && on("2031-12-24T15:00:00Z"));
        let caught_up = utc("2031-12-24T15:00:00Z");
        assert!(!schedule.due(Some(caught_up), utc("2031-12-25T00:59:59Z")));
        assert!(schedule.due(Some(caught_up), utc("2031-12-25T01:00:00Z")));
        assert!(schedule.due(None, last));
        // A clock that is a little ahead is no rehearsal.
        assert!(!on("2031-11-03T00:59:00Z") && on("2031-11-02T00:59:00Z"));
    }

    #[test]
    fn schools_are_spread_over_the_window_and_each_keeps_its_time() {
        let zone = chrono_tz::Europe::London;
        let moment = |number: u32, evening: &str| {
            let school = SchoolId::new(format!("school-{number}"));
            Schedule::new(&school, zone).next_after(utc(evening))
        };
        for (evening, punctual) in [
            ("2031-11-03T18:00:00Z", "2031-11-04T01:00:00Z"),
            ("2032-03-27T18:00:00Z", "2032-03-28T01:00:00Z"),
        ] {
            let late = |number| (moment(number, evening) - utc(punctual)).num_seconds();
            let mut minutes = [0; 20];
            for number in 0..2_000 {
                minutes[usize::try_from(late(number) / 60).unwrap()] += 1;
                assert_eq!(late(number), late(number));
            }
            // A hundred each, were they spread evenly.
            assert!(
                minutes.iter().all(|count| (60..=140).contains(count)),
                "{minutes:?}"
            );
        }
        let nights = ["2031-11-03T18:00:00Z", "2031-11-04T18:00:00Z"].map(|it| moment(7, it));
        assert_eq!(nights[1] - nights[0], TimeDelta::days(1));
    }

    #[test]
    fn lateness_over_midnight_loses_no_date() {
        let schedule = Schedule::new(&SchoolId::new("school"), chrono_tz::Europe::London)
            .at("23:59:00".parse().unwrap())
            .window(Duration::from_secs(3 * 3600));
        let late = TimeDelta::from_std(schedule.lateness()).unwrap();
        assert!(late > TimeDelta::minutes(1), "{late}");
        let mut time = utc("2031-11-03T12:00:00Z");
        for date in 3..10 {
            time = schedule.next_after(time);
            assert_eq!(time, utc(&format!("2031-11-{date:02}T23:59:00Z")) + late);
        }
    }
}
