//! Inputs of the benches, and the candidates that answer the same question from them.
//!
//! The question: which bookings overlap which dated lessons in their room? Our engine is given the school's timetable
//! as the pattern that it is. The interval libraries cannot use a pattern, so they are given the lessons of the year
//! already expanded to dated rows; that work is not charged to them.

mod inputs;
mod peers;

pub use inputs::{DatedLesson, Inputs};
pub use peers::{Coitrees, Pairs, SuperIntervals, recurring};
