use std::{collections::BTreeMap, fmt, time::Duration};

use chrono::{DateTime, Utc};

use crate::DataArea;

/// Fewer changes than this tell nothing about a rhythm.
const CHANGES: usize = 4;

/// In seconds.
const HOUR: u64 = 3600;

/// A past answer: when it came, and a hash for each area, as [`Payload::hash`](crate::Payload::hash) gives it.
pub type Observation = (DateTime<Utc>, Vec<(DataArea, String)>);

/// Signs that iSAMS answers from a cache for longer than a school was asked to set.
///
/// An answer does not say when it was made, so this is a guess from what changed when, and says so: a school at rest
/// changes nothing either.
///
/// ```
/// use std::time::Duration;
/// use isams_client::{DataArea, freshness};
///
/// let hour = Duration::from_secs(3600);
/// let history: Vec<_> = (0..=30)
///     .map(|hour| {
///         let at = format!("2031-11-0{}T{:02}:00:00Z", 3 + hour / 24, hour % 24);
///         (at.parse().expect("a time"), vec![(DataArea::Terms, "the same".to_owned())])
///     })
///     .collect();
/// let found = freshness(&history, hour).expect("30 hours are longer than one");
/// assert_eq!(found.unchanged_for, 30 * hour);
/// assert_eq!(found.looks_like, None);
/// assert!(freshness(&history[..2], hour).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// For how long, up to the last answer, nothing at all has changed. At least: it may have been so before.
    pub unchanged_for: Duration,
    /// How often the key seems to refresh, to the hour, where changes came in a steady rhythm.
    pub looks_like: Option<Duration>,
    /// How often it should.
    pub expected: Duration,
}

/// Looks at past answers for signs of a cache.
///
/// `None` while nothing points to a cache longer than `expected`. The order of the history does not matter.
pub fn freshness(history: &[Observation], expected: Duration) -> Option<Freshness> {
    let mut answers: Vec<(DateTime<Utc>, BTreeMap<DataArea, &str>)> = history
        .iter()
        .map(|(at, areas)| {
            let areas = areas.iter().map(|(area, hash)| (*area, hash.as_str()));
            (*at, areas.collect())
        })
        .collect();
    answers.sort_by_key(|(at, _)| *at);
    let (first, last) = (answers.first()?.0, answers.last()?.0);
    let changes: Vec<_> = answers
        .windows(2)
        .filter(|pair| pair[0].1 != pair[1].1)
        .map(|pair| pair[1].0)
        .collect();
    let unchanged_for = between(changes.last().copied().unwrap_or(first), last);
    let longest_pause = answers
        .windows(2)
        .map(|pair| between(pair[0].0, pair[1].0))
        .max()
        .unwrap_or_default();
    let looks_like = rhythm(&changes, longest_pause).filter(|rhythm| *rhythm > expected);
    (looks_like.is_some() || unchanged_for > expected).then_some(Freshness {
        unchanged_for,
        looks_like,
        expected,
    })
}

/// The time between two changes, to the hour, if all of them are about a multiple of the shortest. Looking too seldom
/// makes a rhythm of its own, so the pauses between answers must be much shorter.
fn rhythm(changes: &[DateTime<Utc>], longest_pause: Duration) -> Option<Duration> {
    if changes.len() < CHANGES {
        return None;
    }
    let gaps = || changes.windows(2).map(|pair| between(pair[0], pair[1]));
    let shortest = gaps().min()?;
    // Each change is seen late by up to a pause, which evens out over all of them.
    let step = shortest.as_secs();
    if step == 0 || longest_pause * 3 > shortest {
        return None;
    }
    let mut steps = 0;
    for gap in gaps() {
        let gap = gap.as_secs();
        let times = (gap + step / 2) / step;
        if gap.abs_diff(times * step) > times * longest_pause.as_secs() {
            return None;
        }
        steps += times;
    }
    let all: Duration = gaps().sum();
    let hours = (all.as_secs() / steps + HOUR / 2) / HOUR;
    (hours > 0).then(|| Duration::from_secs(hours * HOUR))
}

fn between(earlier: DateTime<Utc>, later: DateTime<Utc>) -> Duration {
    (later - earlier).to_std().unwrap_or_default()
}

impl fmt::Display for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unchanged, expected) = (spoken(self.unchanged_for), spoken(self.expected));
        let every = expected.strip_prefix("1 ").unwrap_or(&expected);
        match self.looks_like {
            Some(rhythm) => write!(
                f,
                "your key looks like it refreshes every {}; set it to {expected}",
                spoken(rhythm)
            ),
            None => write!(
                f,
                "nothing has changed for {unchanged}: the school may be at rest, or the key may refresh less often than \
                 every {every}"
            ),
        }
    }
}

fn spoken(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    let (number, unit) = if minutes >= 60 {
        (minutes / 60, "hour")
    } else {
        (minutes, "minute")
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const HOUR: Duration = Duration::from_secs(super::HOUR);

    /// An answer every so many minutes; what it tells changes at these minutes.
    fn history(every: i64, until: i64, changes: &[i64]) -> Vec<Observation> {
        let start: DateTime<Utc> = "2031-11-03T00:00:00Z".parse().unwrap();
        (0..=until / every)
            .map(|index| {
                let minute = index * every;
                let version = changes.iter().filter(|change| **change <= minute).count();
                let areas = vec![
                    (DataArea::Terms, "same".to_owned()),
                    (DataArea::PublishedTimetable, version.to_string()),
                ];
                (start + TimeDelta::minutes(minute), areas)
            })
            .collect()
    }

    #[test]
    fn a_daily_rhythm_seen_every_hour_is_a_cache_of_a_day() {
        let day = 24 * 60;
        let history = history(
            60,
            9 * day,
            &[day + 60, 2 * day + 60, 3 * day + 90, 6 * day + 60],
        );
        let found = freshness(&history, HOUR).unwrap();
        assert_eq!(found.looks_like, Some(24 * HOUR));
        assert_eq!(
            found.to_string(),
            "your key looks like it refreshes every 24 hours; set it to 1 hour"
        );
        // In any order.
        let reversed: Vec<_> = history.into_iter().rev().collect();
        assert_eq!(freshness(&reversed, HOUR), Some(found));
    }

    #[test]
    fn no_rhythm_is_claimed_without_a_reason() {
        let day = 24 * 60;
        for (every, changes) in [
            // Too few changes.
            (60, vec![day, 2 * day, 3 * day]),
            // No common step.
            (60, vec![day, 2 * day, 2 * day + 1000, 4 * day]),
            // Looked at once a day only.
            (day, vec![day, 2 * day, 3 * day, 4 * day, 5 * day]),
        ] {
            let found = freshness(&history(every, 9 * day, &changes), HOUR).unwrap();
            assert_eq!(found.looks_like, None, "{changes:?}");
        }
    }

    #[test]
    fn answers_of_one_moment_have_no_rhythm() {
        let moment: DateTime<Utc> = "2031-11-03T00:00:00Z".parse().unwrap();
        let history: Vec<Observation> = (0..9)
            .map(|version| (moment, vec![(DataArea::Terms, version.to_string())]))
            .collect();
        assert_eq!(freshness(&history, HOUR), None);
    }

    #[test]
    fn changes_as_expected_are_no_news() {
        let changes: Vec<_> = (1..48).map(|hour| hour * 60).collect();
        assert_eq!(freshness(&history(20, 48 * 60, &changes), HOUR), None);
        assert_eq!(freshness(&[], HOUR), None);
        assert_eq!(freshness(&history(60, 0, &[]), HOUR), None);
    }

    #[test]
    fn a_long_quiet_is_told_without_blame() {
        let found = freshness(&history(30, 26 * 60, &[60]), HOUR).unwrap();
        assert_eq!(found.unchanged_for, 25 * HOUR);
        assert_eq!(
            found.to_string(),
            "nothing has changed for 25 hours: the school may be at rest, or the key may refresh less often than \
             every hour"
        );
    }
}
