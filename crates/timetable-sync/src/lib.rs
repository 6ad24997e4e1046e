//! Keeps a school's room bookings in step with its iSAMS timetable, every night.
//!
//! # The way of the data
//!
//! It goes in one direction, and every step has a room of its own:
//!
//! 1. A [`Source`] yields a [`Payload`](isams_client::Payload): all data areas, each present, empty or missing.
//! 2. What arrived is weighed against the last good state in the school's [`Document`]: an area that had rows and came
//!    without any is *frozen*, since absence of data is never a reason to delete.
//! 3. The areas are read into the [`Desired`] timetable. Rows that cannot be used are [`Skipped`] with a reason, and the
//!    rest goes on.
//! 4. [`plan`] compares it with the store's [`SchoolState`](booking_store::SchoolState): rooms, timeslots, lessons, and
//!    every booking that would have to go, with its causes and the rooms that are free instead. It is pure: the same
//!    input gives the same [`Plan`].
//! 5. The guard looks at the consequences for people. A plan that is too large or that something is missing from is held
//!    until a person releases it by its [`Fingerprint`].
//! 6. [`Syncer::sync`] commits it: rooms, links, removals, messages, timetable and journal take effect together or not
//!    at all.
//!
//! # New and existing schools
//!
//! A new school takes rooms and timeslots as they come. A school whose store already held a room, timeslot or booking
//! waits: [`MatchSuggestions`] says which local room may be which, [`Syncer::match_room`] which it is, and nothing takes
//! effect before [`Syncer::confirm_matches`].
//!
//! # Rehearsal
//!
//! [`Syncer::rehearse`] plans as if the timetables in development were published, for the weeks before a change of year.
//! Nothing is written, and nothing can be applied by it.
//!
//! # Undo, and what can come back
//!
//! Removed bookings are archived with their run and causes. [`Syncer::undo`] restores what a run removed and still fits,
//! and says of each of the others why it does not; [`UndoRequest::keep`] also restores those whose cause stands, each
//! with an exception. Where a cause disappears by itself, nothing comes back silently: [`Syncer::offers`] lists the
//! bookings that could, and a sync tells of them once. [`Syncer::pending_tasks`] is all that waits for an administrator,
//! for a host's home page.
//!
//! # History
//!
//! Every run is in the journal with the hashes of its areas, its plan, its verdict, who asked for it
//! ([`Syncer::by`]) and how long it took. [`PastRemoval`] answers from it why a booking was removed, also after the
//! timetable has changed.
//!
//! # Calendars
//!
//! [`RoomCalendar`] is what stands in a room, week by week: lessons, closures, cover, events and bookings, with what is
//! doubtful and what is not known. It becomes a page, an iCalendar file or, by serde, JSON.
//!
//! # Messages
//!
//! The same commit queues one message for each person who loses bookings, and one for the administrator where somebody
//! has to know or look: of the first run that takes effect, of rooms that wait to be matched, and of a held run, each
//! once. Each has a text, a page and, for owners, a calendar part. What they say is in [`Templates`], which a host can
//! replace; [`send_due`] hands them to a [`Notifier`]. With the feature `smtp` there is one that sends e-mails.
//!
//! # Every night
//!
//! [`Nightly`] runs in a host's own runtime: it syncs each of the host's [`Schools`] once a night by its [`Schedule`],
//! sends what is in the outbox every minute, and says how that goes as [`Health`]. Clock and [`Sleeper`] are passed in,
//! so that a test or a [`Rehearsal`] lives through a fortnight in a moment.
//!
//! # Time
//!
//! Everything is school-local wall time. The clock is passed in as a [`Clock`], and the zone in [`Settings`] turns its
//! time into the school's; beside it, only calendar files depend on a zone.
//!
//! # Examples
//!
//! Beside the source stand `whole_sync`, over the default store; `own_tables`, for a host whose bookings are rows of its
//! own; and `own_notifier`, for one that tells people in its own way and words.

mod address;
mod administer;
mod alternatives;
mod areas;
mod cache;
mod calendar;
mod clock;
mod current;
mod desired;
mod diff;
mod doctor;
mod document;
mod error;
mod explanation;
mod fingerprint;
mod free_id;
mod guard;
mod held;
mod history;
mod lease;
mod markup;
mod match_rooms;
mod match_slots;
mod matching;
mod messages;
mod metrics;
mod nightly;
mod overlaps;
mod plan;
mod plan_groups;
mod plan_page;
mod rehearsal;
mod rematches;
mod removal;
mod report;
mod restored_words;
mod returns;
mod rollover;
mod rooms;
mod schedule;
mod settings;
mod setup_guide;
mod shared_use;
mod source;
mod staff;
mod standing;
mod structure;
mod suggestions;
mod sync;
mod tasks;
mod timeslots;
mod undo;
mod warnings;
mod window;
mod words;

pub use calendar::{CalendarDay, CalendarEntry, Occupant, RoomCalendar};
pub use clock::Clock;
pub use current::{CurrentDay, CurrentTimetable, TermWeek};
pub use desired::{Desired, Local, Skipped, SourceRoom};
pub use diff::Counts;
pub use doctor::{
    AreaCheck, Check, Consultation, Diagnosis, PeriodCheck, PeriodVerdict, StatedPeriod, Topic,
    Verdict, doctor, examine_recorded,
};
pub use document::{Document, Withheld};
pub use error::Error;
pub use explanation::{RoomExplanation, RoomReason, SchoolReason};
pub use fingerprint::Fingerprint;
pub use guard::HoldCause;
pub use history::{PastRemoval, was_released};
pub use match_rooms::MatchesChanged;
pub use match_slots::SlotsChanged;
pub use matching::{Confirmed, MatchList, RoomMatch};
pub use messages::{
    Attempt, Digest, Letter, News, Notifier, OfferedItem, RemovedItem, Rendered, RestoredItem,
    RestoredLetter, SendReport, TemplateError, Templates, one_line, send_due, send_due_until,
};
#[cfg(feature = "smtp")]
pub use messages::{
    FileNotifier, InvalidAddress, Letterhead, SmtpError, SmtpNotifier, SmtpSecurity, SmtpSettings,
    Undeliverable,
};
pub use metrics::{Metrics, Stage};
pub use nightly::{
    AttemptStatus, Health, LastAttempt, Nightly, OutboxHealth, Rehearsal, School, SchoolHealth,
    Schools, Sleeper, WallSleeper,
};
pub use plan::{Changes, Outlook, Plan, PlanInput, plan};
pub use plan_groups::{CauseKey, PersonKey, RemovalGroup, RemovalGroups, RoomKey};
pub use plan_page::PlanPage;
pub use rehearsal::RehearsalRequest;
pub use removal::{Person, PlannedRemoval};
pub use report::{
    Alternative, CauseReport, OfferReport, RemovalReport, Report, Status, local_time,
};
pub use returns::Returnable;
pub use rollover::{InvalidMonthDay, MonthDay, RolloverFreeze};
pub use schedule::Schedule;
pub use settings::{GuardSettings, MessageSettings, Settings};
pub use setup_guide::SetupGuide;
pub use source::{Recorded, Source};
pub use staff::Staff;
pub use suggestions::{MatchSuggestions, RoomSuggestion};
pub use sync::{SyncRequest, Syncer};
pub use tasks::{FailedMessage, PendingTask};
pub use undo::{Misfit, NotRestored, Restored, UndoRequest, Undone};
pub use words::{because, bookings, sentence, span};

/// Runs the examples of the workspace's README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
