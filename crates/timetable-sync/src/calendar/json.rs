//! The calendar as JSON. The names are a contract: other programs read them.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::{CalendarDay, CalendarEntry, Occupant, RoomCalendar};
use crate::report::local_time;

impl Serialize for RoomCalendar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut calendar = serializer.serialize_struct("RoomCalendar", 6)?;
        calendar.serialize_field("room", &self.room)?;
        calendar.serialize_field("name", &self.name)?;
        calendar.serialize_field("week", &self.days.first().map(|day| day.date))?;
        calendar.serialize_field("weeks", &self.weeks().count())?;
        let caveat = self.caveat.as_ref().map(ToString::to_string);
        calendar.serialize_field("caveat", &caveat)?;
        calendar.serialize_field("days", &self.days)?;
        calendar.end()
    }
}

impl Serialize for CalendarDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut day = serializer.serialize_struct("CalendarDay", 5)?;
        day.serialize_field("date", &self.date)?;
        day.serialize_field("in_term", &self.in_term)?;
        day.serialize_field("unknown", &self.unknown.is_some())?;
        day.serialize_field("why", &self.unknown.map(|why| why.to_string()))?;
        day.serialize_field("entries", &self.entries)?;
        day.end()
    }
}

impl Serialize for CalendarEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_struct("CalendarEntry", 8)?;
        entry.serialize_field("kind", self.occupant.kind())?;
        entry.serialize_field("start", &local_time(self.interval.start()))?;
        entry.serialize_field("end", &local_time(self.interval.end()))?;
        match &self.occupant {
            Occupant::Timetable {
                cause, teachers, ..
            } => {
                entry.serialize_field("label", &cause.label)?;
                entry.serialize_field("doubtful", &self.occupant.is_doubtful())?;
                entry.serialize_field("period", &cause.period)?;
                entry.serialize_field("teachers", teachers)?;
                entry.serialize_field("source_ids", &cause.source_ids)?;
            }
            Occupant::Booking(booking) => {
                entry.serialize_field("label", &booking.title)?;
                entry.serialize_field("doubtful", &false)?;
                entry.serialize_field("booking", &booking.id)?;
                entry.serialize_field("owner_name", &booking.owner_name)?;
                entry.serialize_field("series", &booking.series)?;
            }
        }
        entry.end()
    }
}
