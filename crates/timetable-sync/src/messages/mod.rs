//! Messages to people: what they say, and how they are sent.

mod backoff;
mod compose;
mod letter;
mod line;
mod news;
mod notifier;
mod send;
mod templates;

pub(crate) use self::{
    compose::{Told, notice_id, owners},
    line::one_line,
};
pub use self::{
    letter::{Digest, Letter, News, RemovedItem},
    notifier::Notifier,
    send::{Attempt, SendReport, send_due},
    templates::{Rendered, TemplateError, Templates},
};
