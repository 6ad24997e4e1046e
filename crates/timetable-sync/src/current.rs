//! The timetable as it stands: what is in effect, and what a held run puts in doubt.

use booking_store::SchoolState;
use chrono::NaiveDate;
use room_timetable::{
    Cause, CauseKind, Certainty, Explanation, Interval, RoomId, SchoolTimetable, Term, TimeOfDay,
    UnknownDay, YearWeek,
};

use crate::{
    areas,
    desired::{Desired, Local},
    document::Document,
    error::Error,
    settings::Settings,
    staff::Staff,
};

/// A school's timetable by local room, as it was last synced.
#[derive(Clone, Debug)]
pub struct CurrentTimetable {
    good: SchoolTimetable,
    /// What a held run withholds.
    withheld: Option<SchoolTimetable>,
    core_frozen: bool,
    /// The terms and weeks as they arrived last: before rooms are matched these are known, but no lesson is in effect.
    calendar: SchoolTimetable,
    staff: Staff,
}

/// One room on one date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrentDay {
    /// Why the lessons of the date are not known, where they are not.
    pub unknown: Option<UnknownDay>,
    /// What stands in the room, by start, with how certain it is.
    pub occupied: Vec<(Cause, Certainty)>,
}

/// A term week and the cycle weeks that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermWeek {
    /// Which week of the year.
    pub week: YearWeek,
    /// The names of its cycle weeks.
    pub cycle_weeks: Vec<String>,
    /// Why its lessons are not known, where they are not.
    pub unknown: Option<UnknownDay>,
}

impl CurrentTimetable {
    /// The timetable of a school; one without lessons before a sync has taken effect.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] when what is stored cannot be read.
    pub fn of(state: &SchoolState) -> Result<Self, Error> {
        Self::with_settings(state, &Settings::default())
    }

    /// The same by the settings that its syncs have: with the events, where those occupy rooms.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] when what is stored cannot be read.
    pub fn with_settings(state: &SchoolState, settings: &Settings) -> Result<Self, Error> {
        let document = Document::of(state)?;
        let local = Local {
            events_occupy: settings.events_occupy,
            suspended_occupy: settings.suspended_occupy,
            ..Local::of(state)
        };
        let arrived = Desired::of(areas::last_good(&document));
        let calendar = arrived.timetable(&Local {
            holidays: &state.holidays,
            ..Local::default()
        })?;
        let mut good = Desired::of(&document.good);
        good.doubt(&document.frozen);
        let good = good.timetable(&local)?;
        let in_effect =
            state.matching == booking_store::Matching::Confirmed && !good.published().is_empty();
        let held = document.withheld.filter(|_| in_effect);
        let core_frozen = held.as_ref().is_some_and(|held| held.core_frozen);
        let withheld = match held {
            Some(held) => Some(Desired::of(&held.payload).timetable(&local)?),
            None => None,
        };
        Ok(Self {
            good,
            withheld,
            core_frozen,
            calendar,
            staff: arrived.staff,
        })
    }

    /// What stands in a local room on a date.
    ///
    /// What is in effect and also in the withheld plan is certain; what stands in only one of them is doubtful, and so
    /// is everything while the core of the feed is frozen.
    pub fn day(&self, room: &RoomId, date: NaiveDate) -> CurrentDay {
        let good = self.good.day(room, date);
        let mut occupied: Vec<(Cause, Certainty)> = good
            .occurrences
            .iter()
            .map(|occurrence| (occurrence.to_cause(), occurrence.certainty))
            .collect();
        if let Some(withheld) = &self.withheld {
            let others: Vec<(Cause, Certainty)> = withheld
                .day(room, date)
                .occurrences
                .iter()
                .map(|occurrence| (occurrence.to_cause(), occurrence.certainty))
                .collect();
            for (cause, certainty) in &mut occupied {
                let agreed = others
                    .iter()
                    .any(|(other, _)| meaning(other) == meaning(cause));
                if self.core_frozen || !agreed {
                    *certainty = Certainty::Doubtful;
                }
            }
            let known: Vec<_> = occupied.iter().map(|(cause, _)| cause.clone()).collect();
            let new = others
                .into_iter()
                .filter(|(other, _)| !known.iter().any(|cause| meaning(other) == meaning(cause)));
            occupied.extend(new.map(|(cause, _)| (cause, Certainty::Doubtful)));
            occupied.sort();
        }
        CurrentDay {
            unknown: good.unknown,
            occupied,
        }
    }

    /// Why a local room is free or occupied at a moment, by the timetable that is in effect.
    ///
    /// What a held run withholds is not in it; [`day`](Self::day) shows that as doubtful.
    pub fn explain(&self, room: &RoomId, date: NaiveDate, time: TimeOfDay) -> Explanation {
        self.good.explain(room, date, time)
    }

    /// What is in effect, and what a held run withholds.
    pub(crate) fn timetables(&self) -> impl Iterator<Item = &SchoolTimetable> {
        std::iter::once(&self.good).chain(&self.withheld)
    }

    /// Whether a held run withholds changes, so that what is in effect may be in doubt.
    pub fn is_withheld(&self) -> bool {
        self.withheld.is_some()
    }

    /// The terms, by first day.
    pub fn terms(&self) -> &[Term] {
        self.calendar.calendar().terms()
    }

    /// The members of staff as they arrived last.
    pub fn staff(&self) -> &Staff {
        &self.staff
    }

    /// Every week that holds a day of term on or after `from`, with its cycle weeks.
    pub fn term_weeks(&self, from: NaiveDate) -> Vec<TermWeek> {
        let calendar = self.calendar.calendar();
        calendar
            .term_weeks(from)
            .into_iter()
            .map(|week| {
                let names = calendar.cycle_weeks(week).filter_map(|id| {
                    self.calendar
                        .cycle()
                        .iter()
                        .find(|cycle| cycle.id == *id)
                        .map(|cycle| cycle.name.clone())
                });
                let unknown = week.dates().find_map(|date| self.calendar.unknown(date));
                TermWeek {
                    week,
                    cycle_weeks: names.collect(),
                    unknown,
                }
            })
            .collect()
    }
}

fn meaning(cause: &Cause) -> (CauseKind, &str, Interval) {
    (cause.kind, &cause.group, cause.interval)
}
