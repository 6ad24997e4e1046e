//! One module for each command.

pub(crate) mod backup;
pub(crate) mod booking_why;
pub(crate) mod bookings;
pub(crate) mod calendar;
pub(crate) mod doctor;
pub(crate) mod exceptions;
pub(crate) mod explain;
pub(crate) mod import;
pub(crate) mod match_export;
pub(crate) mod match_import;
pub(crate) mod match_slot_files;
pub(crate) mod matching;
pub(crate) mod outbox;
pub(crate) mod plan;
pub(crate) mod record;
pub(crate) mod rooms;
pub(crate) mod run_show;
pub(crate) mod runs;
pub(crate) mod serve;
pub(crate) mod setup_guide;
pub(crate) mod simulate;
pub(crate) mod suggest;
pub(crate) mod sync;
pub(crate) mod tasks;
pub(crate) mod terms;
pub(crate) mod undo;
