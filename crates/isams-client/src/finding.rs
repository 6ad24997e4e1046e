use serde::Serialize;

use crate::DataArea;

/// Something in an answer that could not be used as sent, and that did not stop the rest from being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The area it belongs to, where it belongs to one.
    pub area: Option<DataArea>,
    /// Where it is, such as `TimetableManager.PublishedTimetables.Timetable.Schedules.Schedule[17]`.
    pub path: String,
    /// What is wrong with it. Shapes and member names only, never a value that was sent.
    pub reason: String,
}
