//! Integration tests of `room-timetable`.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, not the helpers of tests"
)]

mod explained;
mod index;
mod minute_grid;
mod overlay_combinations;
mod overlay_rules;
mod promises;
mod relocation;
mod room_match;
mod room_names;
mod rules;
mod school_year;
mod slots;
mod written;
