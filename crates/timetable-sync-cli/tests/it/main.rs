//! The program as its users run it: every test starts processes and reads what they print.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

mod answers;
mod broken_nights;
mod calendar;
mod cedar_house;
mod cli;
mod connection;
mod database_file;
mod decisions;
mod doctor;
mod existing_school;
mod faults;
mod history;
mod hostile_texts;
mod http;
mod import;
mod isams;
mod journeys;
mod killed;
mod mail;
mod matching;
#[expect(dead_code, reason = "the simulator's tests ask it for more")]
#[path = "../../../isams-simulator/tests/it/feed.rs"]
mod minutes;
mod new_school;
mod plan;
mod record;
mod rehearsal;
mod release;
#[cfg(unix)] // it is stopped by a signal
mod rollover;
mod serve;
#[cfg(unix)] // it is stopped by a signal
mod simulate;
mod suggest;
mod undo;
mod usage;
