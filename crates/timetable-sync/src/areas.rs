//! Which state of each data area to believe: the one that just arrived, or the last good one.

use std::collections::BTreeSet;

use booking_store::{AreaRecord, RunRecord};
use chrono::NaiveDate;
use isams_client::{AreaState, DataArea, FetchRequest, Payload};

use crate::{
    document::{Document, Withheld},
    window,
};

/// Terms, allocations, structure and timetable stand or fall together.
pub(crate) const CORE: [DataArea; 4] = [
    DataArea::Terms,
    DataArea::WeekAllocations,
    DataArea::TimetableStructure,
    DataArea::PublishedTimetable,
];

/// An area that keeps its last good state, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frozen {
    /// Which area.
    pub area: DataArea,
    /// What arrived instead.
    pub state: AreaState,
}

/// What to plan with.
#[derive(Clone, Debug)]
pub(crate) struct Believed {
    /// The areas to plan with, as if every cause to hold the run were accepted.
    pub target: Payload,
    /// Core areas that had rows and came empty, missing, refused or unreadable; any of them holds the run.
    pub core: Vec<Frozen>,
    /// Other areas that keep their last good state; the run goes on.
    pub alone: Vec<Frozen>,
    /// The core cannot be judged at all: an area of it is missing, refused or unreadable, which is never believed.
    pub core_unknown: bool,
    /// A first sync without all it needs.
    pub incomplete: Vec<Frozen>,
    /// Suspensions that began before the dates asked for and are kept, as the answer does not prove them gone.
    pub unproven: usize,
}

/// What to ask for: every area, with the dates up to the last term that is known.
pub(crate) fn request(
    document: &Document,
    today: NaiveDate,
    filtered_events: bool,
) -> FetchRequest {
    let terms = last_good(document).terms.value();
    FetchRequest {
        last_term_end: terms
            .into_iter()
            .flatten()
            .filter_map(|term| term.finish_date.copied())
            .max(),
        filtered_events,
        ..FetchRequest::new(today)
    }
}

/// Chooses between what arrived and what is known.
///
/// An empty area that had rows is believed when an administrator accepts it or when it came empty so many nights in a
/// row; a missing one never is. `nights` tells for how many nights an area has been empty, tonight included.
pub(crate) fn believe(
    fresh: &Payload,
    document: &Document,
    asked: &FetchRequest,
    accepted: &BTreeSet<DataArea>,
    nights: impl Fn(DataArea) -> usize,
    believe_after: usize,
) -> Believed {
    let known = last_good(document);
    let mut believed = Believed {
        target: fresh.clone(),
        core: Vec::new(),
        alone: Vec::new(),
        core_unknown: false,
        incomplete: Vec::new(),
        unproven: 0,
    };
    // What is in development is in no calendar, and no reason to write.
    believed.target.drop_development();
    // An area may be empty by an administrator's word; only what never took effect is missing.
    let first = CORE
        .iter()
        .any(|&area| known.state(area) == AreaState::Missing);
    for area in DataArea::ALL {
        let state = fresh.state(area);
        let core = CORE.contains(&area);
        if state == AreaState::Present {
            continue;
        }
        let frozen = Frozen { area, state };
        if first && (core || area == DataArea::BuildingsAndRooms) {
            believed.incomplete.push(frozen);
            continue;
        }
        // An empty answer says nothing about rows of other dates than were asked for.
        let had_rows = match state {
            AreaState::Empty => window::expects_rows(known, area, asked),
            _ => known.state(area) == AreaState::Present,
        };
        let is_believed = state == AreaState::Empty
            && (!had_rows || accepted.contains(&area) || nights(area) >= believe_after);
        if is_believed {
            // A core area is accepted only together with the plan's fingerprint, so it still counts as a cause.
            let by_hand_only = core && had_rows && nights(area) < believe_after;
            if by_hand_only {
                believed.core.push(frozen);
            }
            continue;
        }
        if core && had_rows {
            if state != AreaState::Empty {
                believed.core_unknown = true;
                believed.target.take_from(known, area);
            }
            believed.core.push(frozen);
            continue;
        }
        believed.target.take_from(known, area);
        if had_rows {
            believed.alone.push(frozen);
        }
    }
    if believed.core_unknown {
        for area in CORE {
            believed.target.take_from(known, area);
        }
    }
    if !accepted.contains(&DataArea::LessonSuspensions) {
        believed.unproven = window::keep_unproven(&mut believed.target, fresh, known, asked);
    }
    window::keep_outside(&mut believed.target, known, asked);
    believed
}

/// The last good state to freeze to: what is in effect, or, before anything is, the complete feed that waits.
pub(crate) fn last_good(document: &Document) -> &Payload {
    match &document.withheld {
        Some(Withheld { payload, .. }) if !has_taken_effect(document) => payload,
        _ => &document.good,
    }
}

/// Whether a sync has taken effect. An area may be empty by an administrator's word; only what never took effect is
/// missing.
pub(crate) fn has_taken_effect(document: &Document) -> bool {
    document.good.state(DataArea::Terms) != AreaState::Missing
}

/// For how many nights in a row an area has been empty, with a run on `tonight` that found it so; several runs of one
/// date are one night.
pub(crate) fn nights_empty(area: DataArea, tonight: NaiveDate, journal: &[RunRecord]) -> usize {
    let empty = |record: &&RunRecord| {
        record
            .areas
            .iter()
            .any(|seen| seen.area == area.name() && seen.state == AreaState::Empty.to_string())
    };
    let mut nights: BTreeSet<NaiveDate> = journal
        .iter()
        .take_while(empty)
        .map(|record| record.judged_at.date())
        .collect();
    nights.insert(tonight);
    nights.len()
}

/// What the journal keeps of the areas that arrived.
pub(crate) fn records(payload: &Payload) -> Vec<AreaRecord> {
    DataArea::ALL
        .into_iter()
        .map(|area| AreaRecord {
            area: area.name().to_owned(),
            state: payload.state(area).to_string(),
            rows: payload.rows(area) as u64,
            hash: payload.hash(area),
        })
        .collect()
}
