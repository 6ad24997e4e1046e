//! Timeslots beside the periods of the cycle, paired by start and end time and never by name.

mod compare;
mod comparison;
mod effective;

pub use compare::compare_timeslots;
pub use comparison::{SlotComparison, SlotEntry, SlotRelation};
pub use effective::effective_times;

use crate::{ids::TimeslotId, time::TimeRange, weekdays::Weekdays};

/// A start and an end time on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Timeslot {
    /// Which timeslot.
    pub id: TimeslotId,
    /// The name to show; it is local, and nothing is paired by it.
    pub name: String,
    /// The days it is on.
    pub days: Weekdays,
    /// When.
    pub times: TimeRange,
}
