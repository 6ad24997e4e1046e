//! What differs from the pattern on certain dates.
//!
//! Overlays compose in this order, whatever the order in which they are given:
//!
//! 1. A row of a lesson that is suspended does not happen, and neither does its cover.
//! 2. Any other stands in the room that its cover names, else in its own. When some rows of a lesson have gone and
//!    others have not, the lesson stands in each of the rooms; its own is free when all have gone.
//! 3. A room is occupied by what stands there, by its closures and by events. A closure neither cancels nor moves a
//!    lesson.
//! 4. Exceptions are taken away from that, closures included.

use chrono::NaiveDate;

use crate::{
    cycle::Certainty,
    dates::DateSpan,
    ids::{PeriodId, RoomId},
    interval::Interval,
    time::{TimeOfDay, TimeRange},
};

/// Everything that differs from the pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Overlays {
    /// Lessons that do not happen.
    pub suspensions: Vec<Suspension>,
    /// Lessons that happen in another room, or under another teacher.
    pub covers: Vec<CoverMove>,
    /// Rooms that are closed.
    pub closures: Vec<RoomClosure>,
    /// Events that take place in a room.
    pub events: Vec<RoomEvent>,
    /// Rooms that an administrator has freed.
    pub exceptions: Vec<Exception>,
}

/// Lessons that do not happen on some dates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Suspension {
    /// Its id in the source.
    pub id: String,
    /// On which dates.
    pub dates: DateSpan,
    /// Between which times of each date; all day where there are none.
    pub times: Option<TimeRange>,
    /// Which lessons.
    pub which: LessonFilter,
    /// Why, where that is known.
    pub reason: Option<String>,
    /// Doubtful where its source does not vouch for it: then the lessons may happen after all.
    pub certainty: Certainty,
}

/// Which lessons are meant. All that is named must fit; where nothing is named it is not known which are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LessonFilter {
    /// The id of a source row.
    pub row: Option<String>,
    /// The group that meets.
    pub group: Option<String>,
    /// The year group; a lesson of which that is not known may be meant.
    pub year: Option<String>,
    /// The period.
    pub period: Option<PeriodId>,
    /// The lesson's own room.
    pub room: Option<RoomId>,
}

impl LessonFilter {
    /// Whether nothing is named.
    pub fn names_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// A source row of a lesson that is covered on one date.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CoverMove {
    /// Its id in the source.
    pub id: String,
    /// The id of the source row that is covered.
    pub row: String,
    /// When.
    pub date: NaiveDate,
    /// Where to.
    pub room: CoverRoom,
    /// Who covers, by user code, where that is known.
    pub teacher: Option<String>,
    /// Doubtful where its source does not vouch for it.
    pub certainty: Certainty,
}

/// The room of a cover.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum CoverRoom {
    /// None is named: only the teacher changes.
    Own,
    /// This one.
    Moved(RoomId),
    /// One that is not known, so whether the lesson leaves its own room is in doubt.
    Unknown,
}

/// A room that is closed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RoomClosure {
    /// Its id in the source.
    pub id: String,
    /// Which room.
    pub room: RoomId,
    /// On which dates; without an end until it is lifted.
    pub dates: DateSpan,
    /// Between which times of each date; all day where there are none, or for the period.
    pub times: Option<TimeRange>,
    /// Only on the dates that have this period, and for as long as it runs where there are no times. Where a date's
    /// lessons are not known, or the cycle does not have the period, the closure is doubtful.
    pub period: Option<PeriodId>,
    /// Why, to show.
    pub label: String,
    /// Doubtful where its source does not vouch for it.
    pub certainty: Certainty,
}

/// An event that takes place in a room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RoomEvent {
    /// Its id in the source.
    pub id: String,
    /// Where.
    pub room: RoomId,
    /// On which dates.
    pub dates: DateSpan,
    /// Between which times of each date; all day where there are none.
    pub times: Option<TimeRange>,
    /// What, to show.
    pub label: String,
    /// Doubtful where its source does not vouch for it.
    pub certainty: Certainty,
}

/// Frees a room, or all rooms, whatever the source says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Exception {
    /// Its id.
    pub id: String,
    /// The room; `None` for all.
    pub room: Option<RoomId>,
    /// When, school-local.
    pub interval: Interval,
}

impl Overlays {
    /// The same in an order that does not depend on the order of rows.
    pub(crate) fn in_order(mut self) -> Self {
        self.suspensions.sort_unstable();
        self.covers.sort_unstable();
        self.closures.sort_unstable();
        self.events.sort_unstable();
        self.exceptions.sort_unstable();
        self
    }
}

/// What a row of a suspension, closure or event does on one date: the time of that date that it is about.
pub(crate) fn on(date: NaiveDate, dates: DateSpan, times: Option<TimeRange>) -> Option<Interval> {
    dates.contains(date).then(|| match times {
        Some(times) => times.on(date),
        None => Interval::of_ordered(TimeOfDay::MIDNIGHT.on(date), TimeOfDay::END_OF_DAY.on(date)),
    })
}
