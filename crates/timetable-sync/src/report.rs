//! The report of a plan or run, as data that other programs read. Its names are a contract; new ones may be added.

use booking_store::{AreaRecord, RunId, RunStatus};
use chrono::NaiveDateTime;
use room_timetable::{Cause, CauseKind, Offer, SeriesFit};
use serde::{Serialize, Serializer};

use crate::{
    desired::Skipped, diff::Counts, messages, plan::Plan, removal::PlannedRemoval,
    returns::Returnable, words,
};

/// What a plan says or what a run did. All times are school-local, `2031-09-08T09:00`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How it ended.
    pub status: Status,
    /// Whether it was made as if the timetables in development were published; there only where it was. Nothing can be
    /// applied by it.
    #[serde(skip_serializing_if = "is_not")]
    pub rehearsal: bool,
    /// The run; `None` for a plan, which is none.
    #[serde(serialize_with = "as_text")]
    pub run: Option<RunId>,
    /// By which a person releases it; empty in a rehearsal.
    pub fingerprint: String,
    /// Bookings that are removed, or that a held plan withholds.
    pub removals: Vec<RemovalReport>,
    /// Rooms.
    pub rooms: Counts,
    /// Timeslots.
    pub timeslots: Counts,
    /// Weekly lessons.
    pub lessons: Counts,
    /// Terms.
    pub terms: Counts,
    /// Weeks of the year with their weeks of the cycle.
    pub allocations: Counts,
    /// All data areas as they arrived.
    pub areas: Vec<AreaRecord>,
    /// Rows that could not be used.
    pub skipped: Vec<Skipped>,
    /// Rows that have no room and are shown nowhere.
    pub without_room: usize,
    /// Why the guard holds it.
    pub held_because: Vec<String>,
    /// The data areas to accept by name before it can be released.
    pub accept: Vec<String>,
    /// Whether a person can release it by its fingerprint; false where nothing is held, and where nothing can be
    /// judged because an area is missing.
    pub releasable: bool,
    /// Why the fingerprint that was given released nothing; it is the first reason of `held_because` too.
    pub refused: Option<String>,
    /// How many owners get a message.
    pub notices: usize,
    /// What an administrator should know.
    pub warnings: Vec<String>,
    /// Removed bookings that could come back now; those that the run before did not list are in the warnings.
    pub offers: Vec<OfferReport>,
}

/// How a plan or run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A plan that a sync would apply.
    Planned,
    /// A run that took effect.
    Applied,
    /// Nothing to change.
    Unchanged,
    /// Held by the guard, or not released by the fingerprint given.
    Held,
    /// The school's rooms must be matched first.
    AwaitingMatch,
}

impl From<RunStatus> for Status {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Applied => Self::Applied,
            RunStatus::Unchanged => Self::Unchanged,
            RunStatus::Held => Self::Held,
            RunStatus::AwaitingMatch => Self::AwaitingMatch,
        }
    }
}

/// A booking that goes, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemovalReport {
    /// The booking's id.
    pub booking: String,
    /// The local room's id.
    pub room: String,
    /// When it starts.
    #[serde(serialize_with = "minutes")]
    pub start: NaiveDateTime,
    /// When it ends; midnight is the next day's 00:00.
    #[serde(serialize_with = "minutes")]
    pub end: NaiveDateTime,
    /// Who is told.
    pub owner_email: Option<String>,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// What the booking is called.
    pub title: Option<String>,
    /// The local room's name.
    pub room_name: String,
    /// The owner teaches every lesson that takes its place.
    pub absorbed: bool,
    /// Everything that it overlaps.
    pub causes: Vec<CauseReport>,
    /// Rooms that are free instead, best first; empty where none is known to be, and where the booking is absorbed.
    pub alternatives: Vec<Alternative>,
    /// The causes in plain English: `Physics 10B/Ph1 meets there in Period 3 (11:20-12:10)`.
    pub because: String,
    /// All of it in plain English.
    pub text: String,
}

/// One occurrence that a booking overlaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CauseReport {
    /// What it is.
    pub kind: CauseKind,
    /// The ids of all rows that it is made of, as sent.
    pub source_ids: Vec<String>,
    /// When it starts.
    #[serde(serialize_with = "minutes")]
    pub start: NaiveDateTime,
    /// When it ends.
    #[serde(serialize_with = "minutes")]
    pub end: NaiveDateTime,
    /// Its name.
    pub label: String,
}

/// A room that is free instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// The local room's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// For a booking of a series that lost its room on several dates: how many of them this room fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesFit>,
}

/// A removed booking that could come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OfferReport {
    /// The booking's id.
    pub booking: String,
    /// The run that removed it: `undo RUN` brings it back.
    pub run: String,
    /// The local room's id.
    pub room: String,
    /// When it starts.
    #[serde(serialize_with = "minutes")]
    pub start: NaiveDateTime,
    /// When it ends; midnight is the next day's 00:00.
    #[serde(serialize_with = "minutes")]
    pub end: NaiveDateTime,
    /// Whose it is.
    pub owner_email: Option<String>,
    /// The same in plain English.
    pub text: String,
}

impl From<&Returnable> for OfferReport {
    fn from(offer: &Returnable) -> Self {
        let booking = &offer.booking;
        Self {
            booking: booking.id.to_string(),
            run: offer.run.to_string(),
            room: booking.room.to_string(),
            start: booking.interval.start(),
            end: booking.interval.end(),
            owner_email: booking.owner_email.clone(),
            text: offer.text(),
        }
    }
}

impl Report {
    /// The report of a plan with this ending.
    pub(crate) fn new(plan: &Plan, status: Status, run: Option<RunId>) -> Self {
        let told = matches!(status, Status::Planned | Status::Applied);
        let mut accept: Vec<String> = plan
            .held_because
            .iter()
            .flat_map(|cause| &cause.accept)
            .map(|area| area.name().to_owned())
            .collect();
        accept.sort();
        accept.dedup();
        Self {
            status,
            rehearsal: false,
            run,
            fingerprint: plan.fingerprint.to_string(),
            removals: plan.removals.iter().map(RemovalReport::from).collect(),
            rooms: plan.changes.rooms,
            timeslots: plan.changes.timeslots,
            lessons: plan.changes.lessons,
            terms: plan.changes.terms,
            allocations: plan.changes.allocations,
            areas: plan.areas.clone(),
            skipped: plan.skipped.clone(),
            without_room: plan.without_room,
            held_because: plan
                .held_because
                .iter()
                .map(|cause| cause.text.clone())
                .collect(),
            accept,
            releasable: plan.is_releasable(),
            refused: None,
            notices: if told {
                messages::owners(&plan.removals)
            } else {
                0
            },
            warnings: plan.warnings.clone(),
            offers: plan.offers.iter().map(OfferReport::from).collect(),
        }
    }
}

impl From<&PlannedRemoval> for RemovalReport {
    fn from(removal: &PlannedRemoval) -> Self {
        let booking = &removal.booking;
        Self {
            booking: booking.id.to_string(),
            room: booking.room.to_string(),
            start: booking.interval.start(),
            end: booking.interval.end(),
            owner_email: booking.owner_email.clone(),
            owner_name: booking.owner_name.clone(),
            title: booking.title.clone(),
            room_name: removal.room_name.clone(),
            absorbed: removal.absorbed,
            causes: removal.causes.iter().map(CauseReport::from).collect(),
            alternatives: removal.alternatives.iter().map(Alternative::from).collect(),
            because: words::because(&removal.causes, booking.interval),
            text: words::sentence(removal),
        }
    }
}

impl From<&Offer> for Alternative {
    fn from(offer: &Offer) -> Self {
        Self {
            id: offer.room.to_string(),
            name: offer.name.clone(),
            series: offer.series,
        }
    }
}

impl From<&Cause> for CauseReport {
    fn from(cause: &Cause) -> Self {
        Self {
            kind: cause.kind,
            source_ids: cause.source_ids.clone(),
            start: cause.interval.start(),
            end: cause.interval.end(),
            label: cause.label.clone(),
        }
    }
}

/// School-local time as the contract writes it; seconds only where there are any.
pub fn local_time(time: NaiveDateTime) -> String {
    let seconds = chrono::Timelike::second(&time) != 0;
    time.format(if seconds {
        "%Y-%m-%dT%H:%M:%S"
    } else {
        "%Y-%m-%dT%H:%M"
    })
    .to_string()
}

pub(crate) fn minutes<S: Serializer>(
    time: &NaiveDateTime,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&local_time(*time))
}

fn is_not(flag: &bool) -> bool {
    !flag
}

fn as_text<S: Serializer>(run: &Option<RunId>, serializer: S) -> Result<S::Ok, S::Error> {
    match run {
        Some(run) => serializer.serialize_str(&run.to_string()),
        None => serializer.serialize_none(),
    }
}
