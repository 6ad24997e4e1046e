//! Integration tests of the sync: a small school whose feed the tests write themselves, and a real store.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, not the helpers of tests"
)]

mod alternatives;
mod calendar;
mod clock;
mod doctor;
mod doubt;
mod existing;
mod explanation;
mod feed;
mod fortnight;
mod guarantees;
mod guard;
mod index;
mod jump;
mod killed;
mod messages;
mod metrics;
mod nightly;
mod nights;
mod overlaps;
mod overlays;
mod periods;
mod plan_groups;
mod plan_page;
mod rehearsal;
mod release;
mod returns;
mod rollover;
mod rollover_checklist;
mod school;
mod sender;
mod skipped;
mod smtp;
mod structure;
mod suggestions;
mod tasks;
mod undo;
mod undo_letters;
mod window;
