//! Recurring lessons and the timetables that publish them.

use crate::{
    cause::CauseKind,
    cycle::Certainty,
    ids::{PeriodId, RoomId},
};

/// What kind of recurring thing meets in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum LessonKind {
    /// A lesson of a set or form.
    Lesson,
    /// A staff meeting.
    Meeting,
    /// A tutorial.
    Tutorial,
    /// Something a whole year group is timetabled for.
    YearSchedule,
}

impl From<LessonKind> for CauseKind {
    fn from(kind: LessonKind) -> Self {
        match kind {
            LessonKind::Lesson => Self::Lesson,
            LessonKind::Meeting => Self::Meeting,
            LessonKind::Tutorial => Self::Tutorial,
            LessonKind::YearSchedule => Self::YearSchedule,
        }
    }
}

/// Something that meets in a room in one period of the cycle.
///
/// A double lesson is two of these, a fortnightly one is one of one week. Two lessons in one room at one time are
/// legal: one occupied time, two causes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Lesson {
    /// When: a period of a day of a cycle week.
    pub period: PeriodId,
    /// Where.
    pub room: RoomId,
    /// What.
    pub kind: LessonKind,
    /// The group that meets, by which the same lesson is known again when its ids change.
    pub group: String,
    /// The name to show.
    pub label: String,
    /// The year group, where it is known.
    pub year: Option<String>,
    /// Who teaches or leads, by user code. A timetable keeps each once, in order.
    pub teachers: Vec<String>,
    /// The ids of every source row that makes up this lesson. A timetable keeps each once, in order.
    pub source_ids: Vec<String>,
    /// Doubtful where its source does not vouch for it.
    pub certainty: Certainty,
}

impl Lesson {
    /// Each teacher and each row once, in an order that does not depend on the source's.
    pub(crate) fn put_in_order(&mut self) {
        for list in [&mut self.teachers, &mut self.source_ids] {
            list.sort_unstable();
            list.dedup();
        }
    }
}

/// The academic years in which a timetable is in force: from `start` up to, but not including, `end`.
///
/// Where both are the same year, that one year. A missing side is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AcademicYears {
    /// The first year.
    pub start: Option<i32>,
    /// The year after the last, or the only year.
    pub end: Option<i32>,
}

impl AcademicYears {
    /// Whether the timetable is in force in an academic year. A term that does not say its year (`None`) has only
    /// timetables without years.
    ///
    /// ```
    /// use room_timetable::AcademicYears;
    ///
    /// let years = |start, end| AcademicYears { start, end };
    /// assert!(years(Some(2031), Some(2032)).include(Some(2031)));
    /// assert!(!years(Some(2031), Some(2032)).include(Some(2032)));
    /// assert!(years(Some(2031), Some(2031)).include(Some(2031)));
    /// assert!(years(Some(2031), None).include(Some(2040)));
    /// assert!(years(None, None).include(None) && !years(Some(2031), None).include(None));
    /// ```
    pub fn include(self, year: Option<i32>) -> bool {
        match (self.start, self.end, year) {
            (None, None, _) => true,
            (_, _, None) => false,
            (Some(start), Some(end), Some(year)) if start == end => year == start,
            (start, end, Some(year)) => {
                start.is_none_or(|start| start <= year) && end.is_none_or(|end| year < end)
            }
        }
    }
}

/// A timetable that the school has published.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PublishedTimetable {
    /// The name to show.
    pub name: String,
    /// When it is in force.
    pub years: AcademicYears,
    /// Its lessons.
    pub lessons: Vec<Lesson>,
}
