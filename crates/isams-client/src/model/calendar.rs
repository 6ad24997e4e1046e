use chrono::NaiveDate;

use crate::{ClockTime, Field, row::row};

/// A calendar event: `CalendarManager.Events.Event` (one public reader).
///
/// It names no room: `location` is free text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// `@Id` (inferred: the public reader takes it by position).
    pub id: Option<String>,
    /// `@CategoryId` (inferred: the public reader takes it by position).
    pub category_id: Option<String>,
    /// `StartDate` (one public reader).
    pub start_date: Field<NaiveDate>,
    /// `EndDate` (inferred: no public sample).
    pub end_date: Field<NaiveDate>,
    /// `AllDayEvent` (one public reader).
    pub all_day: Field<bool>,
    /// `StartTime`, sent as a date-time whose date means nothing (one public reader).
    pub start_time: Field<ClockTime>,
    /// `EndTime`, as [`start_time`](Self::start_time) (one public reader).
    pub end_time: Field<ClockTime>,
    /// `Description`, the title of the event (one public reader).
    pub description: Option<String>,
    /// `Location`, free text (one public reader).
    pub location: Option<String>,
}

row!(Event {
    id: "@Id" else "Id",
    category_id: "@CategoryId" else "CategoryId",
    start_date: "StartDate",
    end_date: "EndDate",
    all_day: "AllDayEvent",
    start_time: "StartTime",
    end_time: "EndTime",
    description: "Description",
    location: "Location",
});
