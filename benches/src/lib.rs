//! Inputs of the benches, the candidates that do the same work from them, and the means to compare them.
//!
//! Two questions are raced; `README.md` beside this crate has the figures.
//!
//! *Which bookings overlap which dated lessons in their room?* Our engine is given the school's timetable as the
//! pattern that it is. The interval libraries cannot use a pattern, so they are given the lessons of the year already
//! expanded to dated rows; that work is not charged to them.
//!
//! *What is in an answer of the Batch API?* The client's tolerant reader is given the JSON and the XML of one school;
//! [`Plain`] is what serde derives for the JSON of just that school.
//!
//! Beside them, [`Year`] is a large school's night as the sync plans it, to see whether a plan takes long.

mod inputs;
mod memory;
mod peers;
mod plain;
mod race;
mod year;

pub use inputs::{DatedLesson, Inputs};
pub use memory::{Counting, Memory, measured};
pub use peers::{
    Coitrees, Pairs, SuperIntervals, recurring, recurring_at_first, recurring_plainly,
};
pub use plain::Plain;
pub use race::{Race, Standing, Standings};
pub use year::Year;
