//! The JSON documents that more than one command prints. Their names are a contract.

use booking_store::{Booking, Room, RoomLink};
use serde::Serialize;
use serde_json::{Value, json};
use timetable_sync::{CauseReport, RemovalGroups, Report, local_time};

use crate::exit::{Exit, Failure, Outcome};

/// One document as it is printed.
pub(crate) fn text(document: &impl Serialize) -> Outcome<String> {
    serde_json::to_string_pretty(document)
        .map(|text| text + "\n")
        .map_err(|error| {
            Failure::new(Exit::Failed, error).context("the result cannot be written as JSON")
        })
}

/// What stands on standard output where a command failed.
pub(crate) fn failure(failure: &Failure) -> Value {
    let mut document = json!({ "status": "failed", "error": failure.chain().join(": ") });
    if let Some(advice) = failure.advice() {
        document["advice"] = advice.into();
    }
    document
}

/// A plan's or run's report as it is printed, with its removals gathered.
#[derive(Debug, Serialize)]
pub(crate) struct ReportDocument<'r> {
    #[serde(flatten)]
    report: &'r Report,
    groups: RemovalGroups<'r>,
}

impl<'r> From<&'r Report> for ReportDocument<'r> {
    fn from(report: &'r Report) -> Self {
        Self {
            report,
            groups: RemovalGroups::of(&report.removals),
        }
    }
}

/// A room as `rooms` lists it.
#[derive(Debug, Serialize)]
pub(crate) struct RoomRow<'r> {
    id: &'r str,
    name: &'r str,
    category: &'r str,
    isams: Option<&'r str>,
    hidden: bool,
    bookable: bool,
    counted: bool,
    part_bookable: bool,
}

impl<'r> RoomRow<'r> {
    pub(crate) fn of(room: &'r Room, links: &'r [RoomLink]) -> Self {
        let link = links.iter().find(|link| link.room == room.id);
        Self {
            id: room.id.as_str(),
            name: &room.name,
            category: &room.category,
            isams: link.map(|link| link.source.as_str()),
            hidden: room.hidden(),
            bookable: room.bookable(),
            counted: room.counted(),
            part_bookable: room.part_bookable,
        }
    }

    pub(crate) fn isams(&self) -> Option<&'r str> {
        self.isams
    }
}

/// A booking with the fields of the CSV file.
#[derive(Debug, Serialize)]
pub(crate) struct BookingRow<'b> {
    id: &'b str,
    room: &'b str,
    start: String,
    end: String,
    owner_name: Option<&'b str>,
    owner_email: Option<&'b str>,
    title: Option<&'b str>,
    series: Option<&'b str>,
}

impl<'b> From<&'b Booking> for BookingRow<'b> {
    fn from(booking: &'b Booking) -> Self {
        Self {
            id: booking.id.as_str(),
            room: booking.room.as_str(),
            start: local_time(booking.interval.start()),
            end: local_time(booking.interval.end()),
            owner_name: booking.owner_name.as_deref(),
            owner_email: booking.owner_email.as_deref(),
            title: booking.title.as_deref(),
            series: booking.series.as_deref(),
        }
    }
}

/// A booking that a run removed.
#[derive(Debug, Serialize)]
pub(crate) struct RemovedRow<'b> {
    #[serde(flatten)]
    booking: BookingRow<'b>,
    run: String,
    causes: Vec<CauseReport>,
}

impl<'b> From<&'b booking_store::RemovedBooking> for RemovedRow<'b> {
    fn from(removed: &'b booking_store::RemovedBooking) -> Self {
        Self {
            booking: (&removed.booking).into(),
            run: removed.run.to_string(),
            causes: removed.causes.iter().map(CauseReport::from).collect(),
        }
    }
}
