//! What comes of comparing, as data and in words.

use std::fmt;

use chrono::Weekday;

use super::Timeslot;
use crate::{cycle::Period, time::TimeRange, weekdays::Weekdays};

/// The periods of the cycle beside the timeslots.
///
/// Every period is in exactly one entry, and so is every timeslot on each of its days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SlotComparison {
    /// The entries, from Monday on and by time within a day.
    pub entries: Vec<SlotEntry>,
}

/// Periods and timeslots of one day of the week that belong together, or one side that has no counterpart.
///
/// Its [`Display`](fmt::Display) says the same in plain English.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SlotEntry {
    /// The day.
    pub weekday: Weekday,
    /// How the two sides compare.
    pub relation: SlotRelation,
    /// The periods by time, then id; several share a time where weeks or divisions do. Empty where it is
    /// [`Gone`](SlotRelation::Gone).
    pub periods: Vec<Period>,
    /// The timeslots by time, then id. Empty where it is [`New`](SlotRelation::New).
    pub timeslots: Vec<Timeslot>,
}

/// How periods and timeslots compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "snake_case")
)]
pub enum SlotRelation {
    /// The same start and end.
    Exact,
    /// An administrator says that they belong together. Periods of exactly the times of one of these slots are with
    /// them.
    Confirmed,
    /// One to one, at other times.
    Shifted {
        /// By how many minutes the timeslot starts later than the period; negative where it starts earlier. Parts of
        /// a minute count as a whole one.
        start_minutes: i32,
        /// By how many minutes it ends later; negative where it ends earlier.
        end_minutes: i32,
    },
    /// One timeslot for several periods in a row.
    Split,
    /// Several timeslots in a row for one period.
    Merged,
    /// Periods that have no timeslot.
    New,
    /// A timeslot that has no period.
    Gone,
}

impl SlotComparison {
    /// The days on which there is a period or a timeslot.
    pub fn days(&self) -> Weekdays {
        self.entries.iter().map(|entry| entry.weekday).collect()
    }

    /// The entries of one day, by time.
    pub fn on(&self, weekday: Weekday) -> impl Iterator<Item = &SlotEntry> {
        self.entries
            .iter()
            .filter(move |entry| entry.weekday == weekday)
    }
}

impl SlotRelation {
    /// Whether the pair takes effect: only the same times and an administrator's word do.
    pub fn takes_effect(self) -> bool {
        matches!(self, Self::Exact | Self::Confirmed)
    }

    /// The relation in one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Confirmed => "confirmed",
            Self::Shifted { .. } => "shifted",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

impl SlotEntry {
    /// The periods of each start and end time, in order.
    pub fn periods_by_times(&self) -> Vec<(TimeRange, &[Period])> {
        self.periods
            .chunk_by(|a, b| a.times == b.times)
            .filter_map(|periods| Some((periods.first()?.times, periods)))
            .collect()
    }

    /// The timeslots of each start and end time, in order.
    pub fn timeslots_by_times(&self) -> Vec<(TimeRange, &[Timeslot])> {
        self.timeslots
            .chunk_by(|a, b| a.times == b.times)
            .filter_map(|slots| Some((slots.first()?.times, slots)))
            .collect()
    }

    fn periods_in_words(&self) -> String {
        let parts = self
            .periods_by_times()
            .into_iter()
            .map(|(times, periods)| {
                let names = names(periods.iter().map(|period| period.name.as_str()));
                format!("{names} {times}")
            })
            .collect();
        list(parts)
    }

    fn timeslots_in_words(&self) -> String {
        let parts = self
            .timeslots_by_times()
            .into_iter()
            .map(|(times, slots)| {
                let names = names(slots.iter().map(|slot| slot.name.as_str()));
                format!("{names} {times}")
            })
            .collect();
        list(parts)
    }
}

impl fmt::Display for SlotRelation {
    /// What is so here, seen from the periods: `5 minutes later here`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exact => f.write_str("the same here"),
            Self::Confirmed => f.write_str("paired by an administrator"),
            Self::Shifted {
                start_minutes,
                end_minutes,
            } if start_minutes == end_minutes => write!(f, "{} here", minutes(start_minutes)),
            Self::Shifted {
                start_minutes,
                end_minutes,
            } => {
                let start = (start_minutes != 0).then(|| minutes(start_minutes));
                let end = (end_minutes != 0).then(|| minutes(end_minutes));
                match (start, end) {
                    (Some(start), Some(end)) => {
                        write!(f, "starts {start} and ends {end} here")
                    }
                    (Some(start), None) => write!(f, "starts {start} here"),
                    (None, end) => write!(f, "ends {} here", end.unwrap_or_default()),
                }
            }
            Self::Split => f.write_str("one timeslot here"),
            Self::Merged => f.write_str("several timeslots here"),
            Self::New => f.write_str("no timeslot here"),
            Self::Gone => f.write_str("no period in the timetable"),
        }
    }
}

impl fmt::Display for SlotEntry {
    /// For example: `Mon Period 2 10:00-11:00 is 5 minutes later here: Slot B 10:05-11:05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, relation) = (self.weekday, self.relation);
        let (periods, slots) = (self.periods_in_words(), self.timeslots_in_words());
        let verb = if self.periods_by_times().len() == 1 {
            "is"
        } else {
            "are"
        };
        match relation {
            SlotRelation::New => write!(f, "{day} {periods} has {relation}"),
            SlotRelation::Gone => write!(f, "{day} {slots} has {relation}"),
            SlotRelation::Confirmed => write!(f, "{day} {periods} {verb} {relation} with {slots}"),
            SlotRelation::Shifted {
                start_minutes,
                end_minutes,
            } if start_minutes != end_minutes => write!(f, "{day} {periods} {relation}: {slots}"),
            _ => write!(f, "{day} {periods} {verb} {relation}: {slots}"),
        }
    }
}

/// Each name once, in order.
fn names<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.join(" / ")
}

fn list(mut parts: Vec<String>) -> String {
    match parts.pop() {
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} and {last}", parts.join(", ")),
        None => String::new(),
    }
}

fn minutes(later: i32) -> String {
    let count = later.unsigned_abs();
    let unit = if count == 1 { "minute" } else { "minutes" };
    let direction = if later < 0 { "earlier" } else { "later" };
    format!("{count} {unit} {direction}")
}
