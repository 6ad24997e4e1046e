//! What stands in a room on a date.

use std::cmp::Ordering;

use crate::{
    cause::{Cause, CauseKind},
    cycle::Certainty,
    interval::Interval,
    lesson::Lesson,
    overlay::{CoverMove, RoomClosure, RoomEvent},
};

/// Something that stands in a room on a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence<'t> {
    /// When. Where an exception frees a part of it, the rest is one occurrence for each piece.
    pub interval: Interval,
    /// Whether it certainly does.
    pub certainty: Certainty,
    /// What it is.
    pub occupier: Occupier<'t>,
}

/// What stands in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occupier<'t> {
    /// A lesson in its own room.
    Lesson {
        /// Which lesson.
        lesson: &'t Lesson,
        /// The name of its period.
        period: &'t str,
        /// The ids of those of its source rows that take place here, sorted.
        rows: Vec<&'t str>,
    },
    /// A lesson that was moved here for the date.
    Cover {
        /// Which lesson.
        lesson: &'t Lesson,
        /// The name of its period.
        period: &'t str,
        /// The covers that move it, by id.
        covers: Vec<&'t CoverMove>,
    },
    /// The room is closed.
    Closure(&'t RoomClosure),
    /// An event takes place in it.
    Event(&'t RoomEvent),
}

impl<'t> Occurrence<'t> {
    /// The lesson, where it is one, in its own room or moved here.
    pub fn lesson(&self) -> Option<&'t Lesson> {
        match self.occupier {
            Occupier::Lesson { lesson, .. } | Occupier::Cover { lesson, .. } => Some(lesson),
            Occupier::Closure(_) | Occupier::Event(_) => None,
        }
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> CauseKind {
        match &self.occupier {
            Occupier::Lesson { lesson, .. } => lesson.kind.into(),
            Occupier::Cover { .. } => CauseKind::Cover,
            Occupier::Closure(_) => CauseKind::Closure,
            Occupier::Event(_) => CauseKind::Event,
        }
    }

    /// The name to show.
    pub fn label(&self) -> &'t str {
        match self.occupier {
            Occupier::Lesson { lesson, .. } | Occupier::Cover { lesson, .. } => &lesson.label,
            Occupier::Closure(closure) => &closure.label,
            Occupier::Event(event) => &event.label,
        }
    }

    /// The ids of the source rows that put it here: the lesson's, the covers', the closure's or the event's.
    pub fn source_ids(&self) -> Vec<&'t str> {
        match &self.occupier {
            Occupier::Lesson { rows, .. } => rows.clone(),
            Occupier::Cover { covers, .. } => {
                covers.iter().map(|cover| cover.id.as_str()).collect()
            }
            Occupier::Closure(closure) => vec![&closure.id],
            Occupier::Event(event) => vec![&event.id],
        }
    }

    /// An order that does not depend on the order in which the source gives its rows: by start, then end, kind, lesson,
    /// name and source ids.
    pub(crate) fn in_order(&self, other: &Self) -> Ordering {
        (self.interval, self.kind())
            .cmp(&(other.interval, other.kind()))
            .then_with(|| self.lesson().cmp(&other.lesson()))
            .then_with(|| self.label().cmp(other.label()))
            .then_with(|| self.source_ids().cmp(&other.source_ids()))
            .then_with(|| self.certainty.cmp(&other.certainty))
    }

    /// The occurrence as a value of its own.
    pub fn to_cause(&self) -> Cause {
        let named = |period: &str| (!period.is_empty()).then(|| period.to_owned());
        let (group, period, teachers) = match &self.occupier {
            Occupier::Lesson { lesson, period, .. } => {
                (lesson.group.clone(), named(period), lesson.teachers.clone())
            }
            Occupier::Cover {
                lesson,
                period,
                covers,
            } => {
                let mut teachers: Vec<String> = covers
                    .iter()
                    .filter_map(|cover| cover.teacher.clone())
                    .collect();
                teachers.sort();
                teachers.dedup();
                if teachers.is_empty() {
                    teachers.clone_from(&lesson.teachers);
                }
                (lesson.group.clone(), named(period), teachers)
            }
            Occupier::Closure(closure) => (closure.label.clone(), None, Vec::new()),
            Occupier::Event(event) => (event.label.clone(), None, Vec::new()),
        };
        let source_ids = self.source_ids().into_iter().map(str::to_owned).collect();
        Cause {
            interval: self.interval,
            kind: self.kind(),
            group,
            label: self.label().to_owned(),
            period,
            teachers,
            source_ids,
        }
    }
}
