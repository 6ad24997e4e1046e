//! Messages to people: what they say, and how they are sent.

mod backoff;
mod compose;
#[cfg(feature = "smtp")]
mod files;
mod letter;
#[cfg(feature = "smtp")]
mod letterhead;
mod line;
mod news;
mod notifier;
mod send;
#[cfg(feature = "smtp")]
mod smtp;
mod templates;

pub use self::line::one_line;
pub(crate) use self::{
    compose::{Told, notice_id, owners},
    letter::line,
    line::turns_direction,
};
#[cfg(feature = "smtp")]
pub use self::{
    files::FileNotifier,
    letterhead::{InvalidAddress, Letterhead, Undeliverable},
    smtp::{SmtpError, SmtpNotifier, SmtpSecurity, SmtpSettings},
};
pub use self::{
    letter::{Digest, Letter, News, OfferedItem, RemovedItem, RestoredItem, RestoredLetter},
    notifier::Notifier,
    send::{Attempt, SendReport, send_due, send_due_until},
    templates::{Rendered, TemplateError, Templates},
};
