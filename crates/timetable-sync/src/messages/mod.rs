//! Messages to people: how they are sent.

mod backoff;
mod notifier;
mod send;

pub use self::{
    notifier::Notifier,
    send::{Attempt, SendReport, send_due},
};
