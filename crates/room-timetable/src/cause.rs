//! What stands in a room, as a value that outlives the timetable it was read from.

use std::fmt;

use crate::interval::Interval;

/// What kind of thing occupies a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum CauseKind {
    /// A lesson of a set or form.
    Lesson,
    /// A staff meeting.
    Meeting,
    /// A tutorial.
    Tutorial,
    /// Something a whole year group is timetabled for, such as an assembly.
    YearSchedule,
    /// The room is closed.
    Closure,
    /// A lesson that was moved here for the date.
    Cover,
    /// A calendar event.
    Event,
}

impl CauseKind {
    /// The kind as a program reads it, for example `year_schedule`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lesson => "lesson",
            Self::Meeting => "meeting",
            Self::Tutorial => "tutorial",
            Self::YearSchedule => "year_schedule",
            Self::Closure => "closure",
            Self::Cover => "cover",
            Self::Event => "event",
        }
    }
}

impl fmt::Display for CauseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::YearSchedule => "year schedule",
            _ => self.name(),
        })
    }
}

/// One dated occupation of a room: the reason why a booking there cannot stay.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cause {
    /// When it occupies the room.
    pub interval: Interval,
    /// What it is.
    pub kind: CauseKind,
    /// The group that meets, by which the same lesson is known again when its ids change.
    pub group: String,
    /// The name to show, such as `Physics 10B/Ph1`.
    pub label: String,
    /// The named row of the day, such as `Period 3`, where there is one.
    pub period: Option<String>,
    /// Who teaches or leads, by user code, sorted.
    pub teachers: Vec<String>,
    /// The ids of every source row that makes up this occupation, sorted.
    pub source_ids: Vec<String>,
}
