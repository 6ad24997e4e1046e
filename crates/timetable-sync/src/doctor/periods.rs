//! iSAMS's periods against the list that the school stated when it was asked.

use std::collections::BTreeMap;

use room_timetable::{CycleWeek, TimeRange, Weekdays};
use serde::{Serialize, Serializer};

/// A period as the school states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedPeriod {
    /// Its name.
    pub name: String,
    /// Its times.
    pub times: TimeRange,
}

/// A period of either side, against the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeriodCheck {
    /// The name as stated, or else as in iSAMS.
    pub name: String,
    /// The times as stated.
    #[serde(serialize_with = "as_text")]
    pub stated: Option<TimeRange>,
    /// The times in iSAMS, each with the days on which it has them.
    #[serde(serialize_with = "with_days")]
    pub isams: Vec<(TimeRange, Weekdays)>,
    /// How they compare.
    pub verdict: PeriodVerdict,
}

/// How a period compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodVerdict {
    /// iSAMS has a period of these times.
    Agrees,
    /// iSAMS has these times under another name, which does not matter: only times count.
    OtherName,
    /// iSAMS has a period of this name, at other times.
    OtherTimes,
    /// iSAMS has neither the times nor the name.
    NotInIsams,
    /// iSAMS has a period that the list does not.
    NotStated,
}

impl PeriodCheck {
    /// Whether the two sides agree in what counts.
    pub fn agrees(&self) -> bool {
        matches!(
            self.verdict,
            PeriodVerdict::Agrees | PeriodVerdict::OtherName
        )
    }
}

impl std::fmt::Display for PeriodCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stated = self
            .stated
            .map(|times| times.to_string())
            .unwrap_or_default();
        let isams: Vec<String> = self
            .isams
            .iter()
            .map(|(times, days)| match self.isams.len() {
                1 => times.to_string(),
                _ => format!("{times} ({days})"),
            })
            .collect();
        let isams = isams.join(", ");
        let name = &self.name;
        match self.verdict {
            PeriodVerdict::Agrees => write!(f, "{name}: {stated} in both"),
            PeriodVerdict::OtherName => {
                write!(f, "{name}: {stated} in both, under another name in iSAMS")
            }
            PeriodVerdict::OtherTimes => write!(f, "{name}: iSAMS {isams}, you said {stated}"),
            PeriodVerdict::NotInIsams => {
                write!(f, "{name}: iSAMS has no such period, you said {stated}")
            }
            PeriodVerdict::NotStated => {
                write!(f, "{name}: iSAMS {isams}, which your list does not have")
            }
        }
    }
}

/// Compares by times, and then by name to say what differs. Nothing was stated: nothing is compared.
pub(super) fn compare(cycle: &[CycleWeek], stated: &[StatedPeriod]) -> Vec<PeriodCheck> {
    if stated.is_empty() {
        return Vec::new();
    }
    // Names by times and times by names; a period may be at other times on other days.
    let mut by_name: BTreeMap<&str, BTreeMap<TimeRange, Weekdays>> = BTreeMap::new();
    for day in cycle.iter().flat_map(|week| &week.days) {
        for period in &day.periods {
            let times = by_name.entry(period.name.trim()).or_default();
            times.entry(period.times).or_default().insert(day.weekday);
        }
    }
    let named = |name: &str| -> Option<&BTreeMap<TimeRange, Weekdays>> {
        by_name
            .iter()
            .find(|(known, _)| same_name(known, name))
            .map(|(_, times)| times)
    };
    let at = |times: TimeRange| -> Option<Weekdays> {
        let days = by_name.values().filter_map(|known| known.get(&times));
        let days: Weekdays = days.flat_map(|days| days.iter()).collect();
        (!days.is_empty()).then_some(days)
    };
    let mut checks: Vec<PeriodCheck> = stated
        .iter()
        .map(|stated| {
            let same_name = named(&stated.name);
            let days = same_name.and_then(|times| times.get(&stated.times));
            let (verdict, isams) = match (days, at(stated.times), same_name) {
                // It may be at other times on other days: then not all of it agrees.
                (Some(days), _, Some(all)) if all.len() == 1 => {
                    (PeriodVerdict::Agrees, vec![(stated.times, *days)])
                }
                (Some(_), _, Some(all)) => (PeriodVerdict::OtherTimes, listed(all)),
                (_, Some(days), _) => (PeriodVerdict::OtherName, vec![(stated.times, days)]),
                (_, None, Some(all)) => (PeriodVerdict::OtherTimes, listed(all)),
                (_, None, None) => (PeriodVerdict::NotInIsams, Vec::new()),
            };
            PeriodCheck {
                name: stated.name.clone(),
                stated: Some(stated.times),
                isams,
                verdict,
            }
        })
        .collect();
    let unstated = by_name.iter().filter_map(|(name, times)| {
        if stated.iter().any(|stated| same_name(name, &stated.name)) {
            return None;
        }
        let rest: Vec<(TimeRange, Weekdays)> = listed(times)
            .into_iter()
            .filter(|(times, _)| stated.iter().all(|stated| stated.times != *times))
            .collect();
        (!rest.is_empty()).then(|| PeriodCheck {
            name: (*name).to_owned(),
            stated: None,
            isams: rest,
            verdict: PeriodVerdict::NotStated,
        })
    });
    checks.extend(unstated);
    checks
}

fn listed(times: &BTreeMap<TimeRange, Weekdays>) -> Vec<(TimeRange, Weekdays)> {
    times.iter().map(|(times, days)| (*times, *days)).collect()
}

fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn as_text<S: Serializer>(times: &Option<TimeRange>, serializer: S) -> Result<S::Ok, S::Error> {
    match times {
        Some(times) => serializer.serialize_some(&times.to_string()),
        None => serializer.serialize_none(),
    }
}

#[derive(Serialize)]
struct OnDays {
    times: String,
    days: String,
}

fn with_days<S: Serializer>(
    isams: &[(TimeRange, Weekdays)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(isams.iter().map(|(times, days)| OnDays {
        times: times.to_string(),
        days: days.to_string(),
    }))
}
