//! Why a room is free or occupied at a moment: the chain of reasons, from the term to the exception.

use std::fmt;

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use crate::{
    calendar::UnknownDay,
    cause::CauseKind,
    cycle::Certainty,
    dates::DateSpan,
    ids::RoomId,
    interval::Interval,
    occurrence::Occurrence,
    overlay::{self, CoverRoom},
    time::{TimeOfDay, TimeRange},
    timetable::{Fate, RoomState, SchoolTimetable, rows_of},
    week::YearWeek,
};

/// Why a room is free or occupied at a moment.
///
/// The reasons are in the order in which the rules apply. Written out, each is a line of plain English, and the last one
/// says what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Explanation {
    /// Which room.
    pub room: RoomId,
    /// When, school-local.
    pub at: NaiveDateTime,
    /// What the reasons come to.
    pub state: RoomState,
    /// The reasons.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "reason", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Reason {
    /// The date is in a term.
    Term {
        /// Its name.
        name: String,
        /// Its dates.
        dates: DateSpan,
    },
    /// The date is in no term, so there are no lessons.
    Holidays,
    /// The week is a week of the cycle, or several.
    Allocated {
        /// Which week of the year.
        week: YearWeek,
        /// The names of the cycle weeks.
        cycle_weeks: Vec<String>,
    },
    /// The week is no week of the cycle: it is not known whether there are lessons.
    Unallocated {
        /// Which week of the year.
        week: YearWeek,
    },
    /// The week is no week of the cycle, and was acknowledged as a holiday.
    Acknowledged {
        /// Which week of the year.
        week: YearWeek,
    },
    /// These timetables are in force.
    InForce {
        /// Their names.
        timetables: Vec<String>,
    },
    /// No timetable is in force: it is not known whether there are lessons.
    NoTimetable,
    /// No timetable has taken effect yet: it is not known whether there are lessons.
    NothingInEffect,
    /// A period runs at this time.
    Period {
        /// Its name.
        name: String,
        /// The name of its week of the cycle.
        week: String,
        /// Its times, or those of the timeslots that it was paired with.
        times: TimeRange,
    },
    /// No period runs at this time.
    NoPeriod,
    /// The timetable has this lesson here and now.
    Timetabled {
        /// What kind of lesson.
        kind: CauseKind,
        /// Its name.
        label: String,
        /// The ids of its rows.
        rows: Vec<String>,
        /// Doubtful where it is on a week or day that is marked inactive, or its source does not vouch for it.
        certainty: Certainty,
    },
    /// The timetable has no lesson here and now.
    NotTimetabled,
    /// A row of the lesson does not happen.
    Suspended {
        /// The lesson's name.
        label: String,
        /// The row, where it has an id.
        row: Option<String>,
        /// The suspension's id.
        suspension: String,
        /// On which dates.
        dates: DateSpan,
        /// Why, where that is known.
        why: Option<String>,
    },
    /// A row of the lesson takes place in another room.
    MovedAway {
        /// The lesson's name.
        label: String,
        /// The row.
        row: Option<String>,
        /// The cover's id.
        cover: String,
        /// Where to.
        to: RoomId,
    },
    /// A suspension or a cover leaves open whether the lesson takes place here.
    InDoubt {
        /// The lesson's name.
        label: String,
    },
    /// A lesson was moved here.
    MovedHere {
        /// Its name.
        label: String,
        /// The covers' ids.
        covers: Vec<String>,
        /// Doubtful where it is not clear that it was.
        certainty: Certainty,
    },
    /// The room is closed.
    Closed {
        /// Why.
        label: String,
        /// The closure's id.
        closure: String,
        /// On which dates.
        dates: DateSpan,
        /// From when to when on this date; all day where there are none.
        times: Option<TimeRange>,
        /// Doubtful where its source does not vouch for it.
        certainty: Certainty,
    },
    /// An event takes place here.
    Event {
        /// Its name.
        label: String,
        /// Its id.
        event: String,
        /// From when to when on this date; all day where there are none.
        times: Option<TimeRange>,
        /// Doubtful where its source does not vouch for it.
        certainty: Certainty,
    },
    /// An administrator has freed the room.
    Excepted {
        /// The exception's id.
        exception: String,
        /// For how long.
        interval: Interval,
        /// Whether it frees all rooms.
        all_rooms: bool,
    },
    /// What follows.
    Verdict {
        /// The state.
        state: RoomState,
    },
}

impl SchoolTimetable {
    /// Why `room` is free or occupied at `time` on `date`.
    ///
    /// 24:00 is the next day's midnight, which has reasons of its own.
    ///
    /// ```
    /// # use room_timetable::*;
    /// # let timetable: SchoolTimetable = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/school.rs"));
    /// let monday = chrono::NaiveDate::from_ymd_opt(2031, 9, 8).expect("a date");
    /// let why = timetable.explain(&"lab-2".into(), monday, TimeOfDay::from_hm(9, 30)?);
    /// assert_eq!(why.state, RoomState::Occupied);
    /// assert_eq!(
    ///     why.to_string(),
    ///     "Mon 8 Sep 2031 is in the term Autumn (1 Sep 2031 to 30 Sep 2031).\n\
    ///      2031 week 37 is allocated to Week A.\n\
    ///      The timetable Main is in force.\n\
    ///      Period 1 of Week A runs from 09:00 to 10:00.\n\
    ///      Physics 10B/Ph1 is timetabled here (row 9001).\n\
    ///      So the room is occupied."
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(&self, room: &RoomId, date: NaiveDate, time: TimeOfDay) -> Explanation {
        let at = time.on(date);
        let date = at.date();
        let holds = |interval: Interval| interval.start() <= at && at < interval.end();
        let mut reasons = Vec::new();
        let mut terms: Vec<_> = self.calendar().terms_on(date).collect();
        terms.sort_by_key(|term| (term.first_day(), term.last_day(), &term.name));
        reasons.extend(terms.iter().filter_map(|term| {
            Some(Reason::Term {
                name: term.name.clone(),
                dates: DateSpan::new(term.first_day(), Some(term.last_day())).ok()?,
            })
        }));
        let unknown = self.unknown(date);
        if !terms.is_empty() {
            self.explain_week(date, &mut reasons);
        } else if unknown.is_none() {
            reasons.push(Reason::Holidays);
        }
        if unknown == Some(UnknownDay::NothingInEffect) {
            reasons.push(Reason::NothingInEffect);
        }
        let mut cycle_weeks = self.calendar().cycle_weeks(YearWeek::of(date));
        let is_school_week = cycle_weeks.any(|id| self.cycle().iter().any(|known| known.id == *id));
        if !terms.is_empty() && unknown.is_none() && is_school_week {
            self.explain_lessons(room, date, holds, &mut reasons);
        }
        let day = self.day(room, date);
        for closure in &self.overlays().closures {
            if closure.room != *room {
                continue;
            }
            let closed = self.closed_on(closure, date);
            if let Some((when, certainty)) = closed.into_iter().find(|(when, _)| holds(*when)) {
                reasons.push(Reason::Closed {
                    label: closure.label.clone(),
                    closure: closure.id.clone(),
                    dates: closure.dates,
                    times: times_of(when),
                    certainty,
                });
            }
        }
        for event in &self.overlays().events {
            let on = overlay::on(date, event.dates, event.times);
            if let Some(when) = on.filter(|when| event.room == *room && holds(*when)) {
                reasons.push(Reason::Event {
                    label: event.label.clone(),
                    event: event.id.clone(),
                    times: times_of(when),
                    certainty: event.certainty,
                });
            }
        }
        for exception in &self.overlays().exceptions {
            let here = exception.room.as_ref().is_none_or(|freed| freed == room);
            if here && holds(exception.interval) {
                reasons.push(Reason::Excepted {
                    exception: exception.id.clone(),
                    interval: exception.interval,
                    all_rooms: exception.room.is_none(),
                });
            }
        }
        let standing = day
            .occurrences
            .iter()
            .filter(|occurrence| holds(occurrence.interval))
            .map(|occurrence| occurrence.certainty)
            .min();
        let state = match standing {
            Some(Certainty::Certain) => RoomState::Occupied,
            Some(Certainty::Doubtful) => RoomState::Doubtful,
            None if day.excepted.iter().any(|freed| holds(*freed)) => RoomState::Free,
            None if day.unknown.is_some() => RoomState::Unknown,
            None => RoomState::Free,
        };
        reasons.push(Reason::Verdict { state });
        Explanation {
            room: room.clone(),
            at,
            state,
            reasons,
        }
    }

    fn explain_week(&self, date: NaiveDate, reasons: &mut Vec<Reason>) {
        let week = YearWeek::of(date);
        let cycle_weeks: Vec<String> = self
            .calendar()
            .cycle_weeks(week)
            .filter_map(|id| self.cycle().iter().find(|known| known.id == *id))
            .map(|known| known.name.clone())
            .collect();
        if cycle_weeks.is_empty() {
            reasons.push(if self.calendar().is_holiday(week) {
                Reason::Acknowledged { week }
            } else {
                Reason::Unallocated { week }
            });
            return;
        }
        reasons.push(Reason::Allocated { week, cycle_weeks });
        match self.unknown(date) {
            Some(UnknownDay::NoTimetable) => {
                reasons.push(Reason::NoTimetable);
                return;
            }
            Some(UnknownDay::NothingInEffect) => return,
            _ => {}
        }
        let published = self.published().iter();
        let in_force = published.filter(|timetable| self.in_force(timetable, date));
        let mut timetables: Vec<String> =
            in_force.map(|timetable| timetable.name.clone()).collect();
        timetables.sort_unstable();
        reasons.push(Reason::InForce { timetables });
    }

    fn explain_lessons(
        &self,
        room: &RoomId,
        date: NaiveDate,
        holds: impl Fn(Interval) -> bool,
        reasons: &mut Vec<Reason>,
    ) {
        let mut running = Vec::new();
        for week in self.cycle() {
            let mut allocated = self.calendar().cycle_weeks(YearWeek::of(date));
            if !allocated.any(|id| *id == week.id) {
                continue;
            }
            let days = week.days.iter().filter(|day| day.weekday == date.weekday());
            for period in days.flat_map(|day| &day.periods) {
                let times = self.times(&period.id).iter();
                let now = times.filter(|times| holds(times.on(date)));
                running.extend(now.map(|times| (*times, &period.name, &week.name)));
            }
        }
        running.sort_unstable();
        if running.is_empty() {
            reasons.push(Reason::NoPeriod);
        }
        let running = running.into_iter();
        reasons.extend(running.map(|(times, name, week)| Reason::Period {
            name: name.clone(),
            week: week.clone(),
            times,
        }));
        let before = reasons.len();
        let mut lessons: Vec<_> = self.pattern(room, date).collect();
        lessons.sort_by(|(a, _), (b, _)| (a.kind, &a.label, a).cmp(&(b.kind, &b.label, b)));
        for (lesson, period) in lessons {
            for times in period.times.iter().filter(|times| holds(times.on(date))) {
                reasons.push(Reason::Timetabled {
                    kind: lesson.kind.into(),
                    label: lesson.label.clone(),
                    rows: lesson.source_ids.clone(),
                    certainty: period.certainty.and(lesson.certainty),
                });
                let mut doubt = false;
                for row in rows_of(lesson) {
                    let (label, id) = (lesson.label.clone(), row.map(str::to_owned));
                    match self.fate(lesson, row, times.on(date), date) {
                        Fate::Stays(Certainty::Certain) => {}
                        Fate::Stays(Certainty::Doubtful) => doubt = true,
                        Fate::Suspended(suspension) => reasons.push(Reason::Suspended {
                            label,
                            row: id,
                            suspension: suspension.id.clone(),
                            dates: suspension.dates,
                            why: suspension.reason.clone(),
                        }),
                        Fate::Moved(cover, _) => {
                            if let CoverRoom::Moved(to) = &cover.room {
                                reasons.push(Reason::MovedAway {
                                    label,
                                    row: id,
                                    cover: cover.id.clone(),
                                    to: to.clone(),
                                });
                            }
                        }
                    }
                }
                if doubt {
                    reasons.push(Reason::InDoubt {
                        label: lesson.label.clone(),
                    });
                }
            }
        }
        let mut moved = Vec::new();
        self.covers_in(room, date, &mut moved);
        moved.sort_by(Occurrence::in_order);
        let here = moved.iter().filter(|moved| holds(moved.interval));
        reasons.extend(here.map(|moved| Reason::MovedHere {
            label: moved.label().to_owned(),
            covers: moved.source_ids().into_iter().map(str::to_owned).collect(),
            certainty: moved.certainty,
        }));
        if reasons.len() == before {
            reasons.push(Reason::NotTimetabled);
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, reason) in self.reasons.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            f.write_str(&reason.on(self.at.date()))?;
        }
        Ok(())
    }
}

impl Reason {
    /// The reason as a line of plain English that names the date, where it is about the date.
    pub fn on(&self, date: NaiveDate) -> String {
        let date = date.format("%a %-d %b %Y");
        match self {
            Self::Term { name, dates } => format!("{date} is in the term {name} ({dates})."),
            Self::Holidays => format!("{date} is in no term, so there are no lessons."),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Term { name, dates } => write!(f, "The date is in the term {name} ({dates})."),
            Self::Holidays => f.write_str("The date is in no term, so there are no lessons."),
            Self::Allocated { week, cycle_weeks } => {
                write!(f, "{week} is allocated to {}.", listed(cycle_weeks))
            }
            Self::Unallocated { week } => write!(
                f,
                "{week} is allocated to no week of the cycle, so it is not known which lessons there are."
            ),
            Self::Acknowledged { week } => write!(
                f,
                "{week} is allocated to no week of the cycle, and was acknowledged as a holiday."
            ),
            Self::InForce { timetables } => match timetables.as_slice() {
                [one] => write!(f, "The timetable {one} is in force."),
                several => write!(f, "The timetables {} are in force.", listed(several)),
            },
            Self::NoTimetable => f.write_str(
                "No published timetable is in force, so it is not known which lessons there are.",
            ),
            Self::NothingInEffect => f.write_str(
                "No sync has taken effect yet, so it is not known which lessons there are.",
            ),
            Self::Period { name, week, times } => {
                write!(f, "{name} of {week} runs{}.", from_to(Some(*times)))
            }
            Self::NoPeriod => f.write_str("No period runs at this time."),
            Self::Timetabled {
                label,
                rows,
                certainty,
                ..
            } => {
                write!(f, "{label} is timetabled here{}", of_rows(rows))?;
                match certainty {
                    Certainty::Certain => f.write_str("."),
                    Certainty::Doubtful => f.write_str(
                        ", but its week or day is marked inactive or its timetable is in doubt, so it may not happen.",
                    ),
                }
            }
            Self::NotTimetabled => f.write_str("No lesson is timetabled here at this time."),
            Self::Suspended {
                label,
                row,
                suspension,
                dates,
                why,
            } => {
                write!(
                    f,
                    "{label}{} does not happen: suspension {suspension}, {dates}",
                    of_row(row)
                )?;
                match why {
                    Some(why) => write!(f, " ({why})."),
                    None => f.write_str("."),
                }
            }
            Self::MovedAway {
                label,
                row,
                cover,
                to,
            } => write!(
                f,
                "{label}{} takes place in the room {to} instead: cover {cover}.",
                of_row(row)
            ),
            Self::InDoubt { label } => write!(
                f,
                "A suspension or a cover leaves open whether {label} takes place here."
            ),
            Self::MovedHere {
                label,
                covers,
                certainty,
            } => {
                let may = match certainty {
                    Certainty::Certain => "was moved here",
                    Certainty::Doubtful => "may have been moved here",
                };
                write!(f, "{label} {may}: cover {}.", listed(covers))
            }
            Self::Closed {
                label,
                closure,
                dates,
                times,
                certainty,
            } => {
                let is = match certainty {
                    Certainty::Certain => "is",
                    Certainty::Doubtful => "may be",
                };
                write!(
                    f,
                    "The room {is} closed{}: {label}, {dates} (closure {closure}).",
                    from_to(*times)
                )
            }
            Self::Event {
                label,
                event,
                times,
                certainty,
            } => {
                let takes = match certainty {
                    Certainty::Certain => "takes place",
                    Certainty::Doubtful => "may take place",
                };
                write!(
                    f,
                    "{label} {takes} here{} (event {event}).",
                    from_to(*times)
                )
            }
            Self::Excepted {
                exception,
                interval,
                all_rooms,
            } => {
                let rooms = if *all_rooms { "all rooms" } else { "the room" };
                write!(
                    f,
                    "An administrator has freed {rooms} {} (exception {exception}).",
                    on(*interval)
                )
            }
            Self::Verdict { state } => f.write_str(match state {
                RoomState::Free => "So the room is free.",
                RoomState::Occupied => "So the room is occupied.",
                RoomState::Doubtful => "So it is doubtful whether the room is free.",
                RoomState::Unknown => "So it is not known whether the room is free.",
            }),
        }
    }
}

/// The times of an interval that lies on one date; `None` where it is all of that.
fn times_of(interval: Interval) -> Option<TimeRange> {
    let start = TimeOfDay::from(interval.start().time());
    let end = match TimeOfDay::from(interval.end().time()) {
        TimeOfDay::MIDNIGHT => TimeOfDay::END_OF_DAY,
        end => end,
    };
    let times = TimeRange::new(start, end).ok()?;
    let all_day = (times.start(), times.end()) == (TimeOfDay::MIDNIGHT, TimeOfDay::END_OF_DAY);
    (!all_day).then_some(times)
}

fn from_to(times: Option<TimeRange>) -> String {
    times
        .map(|times| format!(" from {} to {}", times.start(), times.end()))
        .unwrap_or_default()
}

/// `on 20 Oct 2031 from 09:00 to 09:20`, or both dates where it goes over midnight.
fn on(interval: Interval) -> String {
    let day = |moment: NaiveDateTime| moment.format("%-d %b %Y");
    let time = |moment: NaiveDateTime| TimeOfDay::from(moment.time());
    let (start, end) = (interval.start(), interval.end());
    if interval.dates().nth(1).is_none() {
        return format!("on {}{}", day(start), from_to(times_of(interval)));
    }
    format!(
        "from {} {} to {} {}",
        day(start),
        time(start),
        day(end),
        time(end)
    )
}

fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn of_rows(rows: &[String]) -> String {
    match rows {
        [] => String::new(),
        [one] => format!(" (row {one})"),
        several => format!(" (rows {})", listed(several)),
    }
}

fn of_row(row: &Option<String>) -> String {
    row.as_ref()
        .map(|row| format!(" (row {row})"))
        .unwrap_or_default()
}
