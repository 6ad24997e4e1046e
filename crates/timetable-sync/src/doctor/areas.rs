//! The fourteen data areas: which are there, and what is lost without them.

use isams_client::{AreaState, DataArea, Payload};
use serde::Serialize;

use super::{Check, Topic, Verdict, count, some_of};
use crate::areas::CORE;

/// How many findings are shown in a sentence.
const SHOWN: usize = 3;

/// One data area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AreaCheck {
    /// Which, by the name that programs use.
    pub area: DataArea,
    /// As iSAMS shows it to the administrator who ticks it.
    pub label: &'static str,
    /// Whether a school may leave it out.
    pub optional: bool,
    /// What the answer held of it.
    pub state: AreaState,
    /// How many rows.
    pub rows: usize,
    /// How that is.
    pub verdict: Verdict,
    /// What degrades because of its state; `None` where it is there.
    pub without: Option<String>,
}

/// What a sync does worse, or not at all, without an area.
pub(crate) fn without(area: DataArea) -> &'static str {
    match area {
        DataArea::EventsThisYear | DataArea::EventsNextYear => {
            "events of the school calendar do not occupy rooms"
        }
        DataArea::LessonSuspensions => "suspended lessons go on occupying their rooms",
        DataArea::RoomClosureReasons => "closed rooms show without the reason",
        DataArea::RoomClosuresAndCover => {
            "closed rooms look free, and covered lessons stay in their own room"
        }
        DataArea::BuildingsAndRooms => "there is nothing to match rooms with, so no sync",
        DataArea::CurrentStaff => {
            "lessons show no teacher, and nobody's own lesson is told from somebody else's"
        }
        DataArea::Terms => "no date is known to be in term, so no sync",
        DataArea::DepartmentsAndSubjects => "lessons show their code without the subject",
        DataArea::TeachingSets => "lessons of sets show their code without the subject",
        DataArea::TeachingForms => "lessons of forms show their code without the subject",
        DataArea::PublishedTimetable => "there are no lessons, so no sync",
        DataArea::WeekAllocations => "no date is known to have a week of the cycle, so no sync",
        DataArea::TimetableStructure => "no lesson has a time, so no sync",
    }
}

/// Whether there is no sync without it.
fn is_needed(area: DataArea) -> bool {
    CORE.contains(&area) || area == DataArea::BuildingsAndRooms
}

/// Whether a school may well have none of it at the moment.
fn may_be_empty(area: DataArea) -> bool {
    area.is_optional()
        || matches!(
            area,
            DataArea::LessonSuspensions | DataArea::RoomClosuresAndCover
        )
}

pub(super) fn checks(payload: &Payload) -> Vec<AreaCheck> {
    DataArea::ALL
        .into_iter()
        .map(|area| {
            let state = payload.state(area);
            let verdict = match state {
                AreaState::Present => Verdict::Good,
                _ if is_needed(area) => Verdict::Problem,
                AreaState::Empty if may_be_empty(area) => Verdict::Good,
                _ => Verdict::Notice,
            };
            let degrades = match state {
                AreaState::Present => None,
                AreaState::Empty if may_be_empty(area) => None,
                _ => Some(without(area).to_owned()),
            };
            AreaCheck {
                area,
                label: area.label(),
                optional: area.is_optional(),
                state,
                rows: payload.rows(area),
                verdict,
                without: degrades,
            }
        })
        .collect()
}

/// The answer as a whole: what the key lacks, and what could not be read.
pub(super) fn answer(payload: &Payload) -> Vec<Check> {
    let mut checks = Vec::new();
    let lacking = |wanted: &[AreaState]| -> Vec<String> {
        DataArea::ALL
            .into_iter()
            .filter(|area| !area.is_optional() && wanted.contains(&payload.state(*area)))
            .map(|area| format!("*{}*", area.label()))
            .collect()
    };
    let refused = lacking(&[AreaState::Refused]);
    if !refused.is_empty() {
        let them = if refused.len() == 1 { "it" } else { "them" };
        checks.push(
            Check::new(
                Topic::Key,
                Verdict::Notice,
                format!("the key lacks {}", refused.join(", ")),
            )
            .advice(format!("Tick {them} for this key in API Services Manager."))
            .cannot_tell(
                "whether an area is not ticked, or the school does not have the module that it belongs to",
            ),
        );
    }
    let missing = lacking(&[AreaState::Missing]);
    if !missing.is_empty() {
        checks.push(
            Check::new(
                Topic::Key,
                Verdict::Notice,
                format!("the answer does not hold {}", missing.join(", ")),
            )
            .advice("See in API Services Manager that all of these are ticked for the key.")
            .cannot_tell(
                "whether an area is not ticked, the module is not there, or a filter on the key leaves it out",
            ),
        );
    }
    let unreadable: Vec<String> = unreadable(payload);
    if !unreadable.is_empty() {
        checks.push(
            Check::new(
                Topic::Answer,
                Verdict::Notice,
                format!("it holds data in an unknown form: {}", some_of(&unreadable, SHOWN)),
            )
            .advice("Record the answer with `timetable-sync record`, and send it to whoever looks after the sync."),
        );
    }
    let findings: Vec<String> = payload
        .findings()
        .iter()
        .map(|finding| match finding.path.as_str() {
            "" => finding.reason.clone(),
            path => format!("{path}: {}", finding.reason),
        })
        .collect();
    checks.push(if findings.is_empty() {
        Check::new(Topic::Answer, Verdict::Good, "all of it could be read")
    } else {
        Check::new(
            Topic::Answer,
            Verdict::Notice,
            format!(
                "{} not as known, and left out or read as well as possible: {}",
                if findings.len() == 1 {
                    "1 place is".to_owned()
                } else {
                    format!("{} are", count(findings.len(), "place"))
                },
                some_of(&findings, SHOWN)
            ),
        )
    });
    checks
}

fn unreadable(payload: &Payload) -> Vec<String> {
    DataArea::ALL
        .into_iter()
        .filter_map(|area| {
            let reason = payload.unreadable(area)?;
            Some(format!("{} ({reason})", area.label()))
        })
        .collect()
}
