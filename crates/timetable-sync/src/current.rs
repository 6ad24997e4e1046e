//! The timetable as it stands: what is in effect, and what a held run puts in doubt.

use std::collections::BTreeSet;

use booking_store::{Matching, SchoolState};
use chrono::NaiveDate;
use room_timetable::{
    Cause, CauseKind, Certainty, Interval, RoomId, SchoolTimetable, Term, UnknownDay, YearWeek,
};

use crate::{
    areas,
    desired::{Desired, Local, source_rooms},
    document::Document,
    error::Error,
    settings::Settings,
    staff::Staff,
};

/// A school's timetable by local room, as it was last synced.
#[derive(Clone, Debug)]
pub struct CurrentTimetable {
    /// Before a sync has taken effect it is not in effect, has no lessons, and has the terms and weeks as they arrived.
    pub(crate) good: SchoolTimetable,
    /// The same with its suspensions, where the settings leave suspended lessons in their rooms.
    pub(crate) suspended: Option<SchoolTimetable>,
    /// What a held run withholds.
    withheld: Option<SchoolTimetable>,
    core_frozen: bool,
    /// The ids of the source's rooms that are listed, also by what is withheld.
    listed: BTreeSet<String>,
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

/// What stands in a room, and what a held run says of it.
pub(crate) struct Standing {
    pub(crate) cause: Cause,
    pub(crate) certainty: Certainty,
    pub(crate) withheld: Option<HeldBack>,
}

/// What a held run withholds about something that stands in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeldBack {
    /// It would be here no more.
    Goes,
    /// It would come here.
    Comes,
    /// The core of the feed is frozen.
    Incomplete,
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
    /// The timetable of a school; one of which no date is known before a sync has taken effect.
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
        let in_effect = state.matching == Matching::Confirmed && areas::has_taken_effect(&document);
        if !in_effect {
            good.calendar = arrived.calendar.clone();
            good.cycle = arrived.cycle.clone();
            good.published.clear();
        }
        let placed = |local: &Local<'_>| {
            let timetable = good.timetable(local)?;
            Ok::<_, Error>(if in_effect {
                timetable
            } else {
                timetable.not_in_effect()
            })
        };
        let suspended = if settings.suspended_occupy {
            Some(placed(&Local {
                suspended_occupy: false,
                ..local
            })?)
        } else {
            None
        };
        let held = document.withheld.as_ref();
        let mut listed: BTreeSet<String> = arrived.rooms.keys().cloned().collect();
        listed.extend(
            held.iter()
                .flat_map(|held| source_rooms(&held.payload).into_keys()),
        );
        let held = held.filter(|_| in_effect);
        let core_frozen = held.is_some_and(|held| held.core_frozen);
        let withheld = match held {
            Some(held) => Some(Desired::of(&held.payload).timetable(&local)?),
            None => None,
        };
        Ok(Self {
            good: placed(&local)?,
            suspended,
            withheld,
            core_frozen,
            listed,
            calendar,
            staff: arrived.staff,
        })
    }

    /// What stands in a local room on a date.
    ///
    /// What is in effect and also in the withheld plan is certain; what stands in only one of them is doubtful, and so
    /// is everything while the core of the feed is frozen.
    pub fn day(&self, room: &RoomId, date: NaiveDate) -> CurrentDay {
        let standing = self.standing(room, date).into_iter();
        CurrentDay {
            unknown: self.good.unknown(date),
            occupied: standing.map(|it| (it.cause, it.certainty)).collect(),
        }
    }

    /// What [`day`](Self::day) says is there, with what a held run says of it.
    pub(crate) fn standing(&self, room: &RoomId, date: NaiveDate) -> Vec<Standing> {
        let of = |timetable: &SchoolTimetable| -> Vec<Standing> {
            let day = timetable.day(room, date);
            let occurrences = day.occurrences.iter();
            occurrences
                .map(|occurrence| Standing {
                    cause: occurrence.to_cause(),
                    certainty: occurrence.certainty,
                    withheld: None,
                })
                .collect()
        };
        let mut standing = of(&self.good);
        let Some(withheld) = &self.withheld else {
            return standing;
        };
        let same = |one: &Standing, other: &Standing| meaning(&one.cause) == meaning(&other.cause);
        let mut new = of(withheld);
        for known in &mut standing {
            let agreed = new.iter().any(|other| same(other, known));
            known.withheld = if self.core_frozen {
                Some(HeldBack::Incomplete)
            } else {
                (!agreed).then_some(HeldBack::Goes)
            };
        }
        new.retain(|new| !standing.iter().any(|known| same(known, new)));
        for comes in &mut new {
            comes.withheld = Some(HeldBack::Comes);
        }
        standing.append(&mut new);
        for it in standing.iter_mut().filter(|it| it.withheld.is_some()) {
            it.certainty = Certainty::Doubtful;
        }
        standing.sort_by(|a, b| (&a.cause, a.certainty).cmp(&(&b.cause, b.certainty)));
        standing
    }

    /// Whether the source still has a room with this id.
    pub(crate) fn lists(&self, source: &str) -> bool {
        self.listed.contains(source)
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
