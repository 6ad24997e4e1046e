//! *Cedar House*, a small school put down by hand: whatever a payload can show, it shows once.
//!
//! The other schools are drawn from a seed and are regular. Here every oddity has its place, and
//! the days are what happens to a school in a year. Each file of this folder is one part of it.

mod bookings;
mod calendar;
mod days;
mod estate;
mod lessons;
mod overlays;
mod people;
mod structure;
mod teaching;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub(super) use self::days::files;

/// The bells that ring, and with them the ids of weeks, days, periods and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bells {
    /// Six senior periods a day, from September.
    Six,
    /// Eight shorter ones, from January.
    Eight,
    /// The same eight in the next school year, with ids of their own.
    NextYear,
}

/// Rows in their container: none is `null`, one an object, several an array.
fn many(name: &str, rows: &[Value]) -> Value {
    super::wire::rows(name, rows.iter().cloned())
}

/// A date as the API writes it.
fn at(date: &str) -> Value {
    json!(format!("{date}T00:00:00"))
}
