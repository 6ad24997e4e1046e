//! Storage of rooms, bookings and the synced timetable.
//!
//! [`BookingStore`] is all that a booking product implements over its own tables. A sync loads one [`SchoolState`],
//! works out one [`ChangeSet`] and commits it: rooms, links, removed bookings, the timetable and the messages about it
//! take effect together or not at all. [`BookingDesk`] adds booking, cancelling and importing, for products that have no
//! tables yet. [`MemoryStore`] has both, for tests and demonstrations.
//!
//! ```
//! use booking_store::{
//!     Booking, BookingDesk, BookingStore, ChangeSet, MemoryStore, Origin, Removal, Room, RoomChange, RunKind,
//!     RunRecord, RunStatus, SchoolId, StoreErrorKind,
//! };
//! use chrono::{DateTime, NaiveDate, TimeDelta};
//! use room_timetable::Interval;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new();
//! let school = SchoolId::new("greenwood");
//! let now = DateTime::UNIX_EPOCH;
//! let run = |id| RunRecord {
//!     id,
//!     kind: RunKind::Sync,
//!     status: RunStatus::Applied,
//!     started: now,
//!     finished: None,
//!     by: None,
//!     judged_at: now.naive_utc(),
//!     fingerprint: None,
//!     areas: Vec::new(),
//!     report: serde_json::Value::Null,
//! };
//!
//! // One process at a time may change a school.
//! let lease = store.lease(&school, "worker-1", now, TimeDelta::minutes(10)).await?.unwrap();
//! assert!(store.lease(&school, "worker-2", now, TimeDelta::minutes(10)).await?.is_none());
//!
//! let state = store.load(&school, now.naive_utc()).await?;
//! let mut changes = ChangeSet::new(state.revision, run(state.last_run.next()));
//! changes.rooms.push(RoomChange::Put(Room {
//!     id: "hall".into(),
//!     name: "Hall".to_owned(),
//!     category: "Halls".to_owned(),
//!     origin: Origin::Local,
//!     part_bookable: false,
//! }));
//! let revision = store.commit(&school, &lease, &changes).await?;
//! // A process that missed the answer asks again, and nothing is written twice.
//! assert_eq!(store.commit(&school, &lease, &changes).await?, revision);
//!
//! let monday = NaiveDate::from_ymd_opt(2031, 9, 8).unwrap();
//! let at = |hour| monday.and_hms_opt(hour, 0, 0).unwrap();
//! let mut chess = Booking {
//!     id: "b1".into(),
//!     room: "hall".into(),
//!     interval: Interval::new(at(9), at(10))?,
//!     owner_name: Some("Ann Smith".to_owned()),
//!     owner_email: Some("ann@example.org".to_owned()),
//!     title: Some("Chess club".to_owned()),
//!     series: None,
//!     version: 1,
//! };
//! store.book(&school, &chess).await?;
//!
//! // A plan to remove it holds only while it is as it was read.
//! let state = store.load(&school, at(8)).await?;
//! let mut changes = ChangeSet::new(state.revision, run(state.last_run.next()));
//! changes.remove.push(Removal {
//!     booking: chess.id.clone(),
//!     as_read: (&state.bookings[0]).into(),
//!     causes: Vec::new(),
//!     absorbed: false,
//! });
//! chess.interval = Interval::new(at(14), at(15))?;
//! store.book(&school, &chess).await?;
//! let refused = store.commit(&school, &lease, &changes).await.unwrap_err();
//! assert_eq!(refused.kind(), StoreErrorKind::Conflict);
//! assert_eq!(refused.to_string(), "booking `b1` has changed since it was read");
//! assert!(store.removed(&school).await?.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Over a product's own tables
//!
//! A product that has rooms and bookings of its own reads and deletes its own rows, and keeps the rest as it likes:
//! every value type is `serde`. It needs, keyed by school,
//!
//! | what | kept as |
//! |---|---|
//! | the revision, [`Matching`] and the last lease | one row, which also serves as the lock of a commit |
//! | [`RoomLink`], [`TimeslotLink`], [`Exception`] | rows; each side of a room link is unique |
//! | [`TimetableDocument`] | one value, replaced whole |
//! | [`RunRecord`] and the revision after it | rows by [`RunId`] |
//! | [`RemovedBooking`] | rows by run and booking |
//! | [`NoticeRecord`], and who claimed it until when | rows in one order over all schools |
//! | [`Booking::version`], the last one also of bookings that are gone | a column, and one small row for each id |
//!
//! A commit is one transaction that no other commit of the school runs beside:
//!
//! 1. Where the run's id is in the journal: the same record is the answer, another is a conflict.
//! 2. Compare the lease's token with the last one given, and the revision with the one expected.
//! 3. Read each booking to be removed and compare it with [`Removal::as_read`]; find each one to be restored in the
//!    archive, its id free, its room there and no booking over it; see that no booking is in a room to be removed.
//! 4. Write, and the journal row last.
//!
//! A booking that changes between 3 and 4 must not be lost, so its row is locked, or deleted only `where` it is still
//! as it was read. Where bookings are behind a remote interface nothing can be promised but 1.
//!
//! The feature `conformance` has the suite that shows whether an implementation keeps every sentence of the traits:
//! see `booking_store_conformance!`. A product with SQLite tables can write its own rows and ours in one transaction:
//! see the crate `booking-store-sqlite`.

mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
mod desk;
mod error;
mod memory;
mod notice;
mod run;
mod school;
mod state;
mod store;

pub use change::{
    AsRead, ChangeSet, ExceptionChange, HolidayChange, LinkChange, Removal, RoomChange,
    TimeslotChange,
};
pub use desk::{BookingDesk, Import, ImportReport};
pub use error::{StoreError, StoreErrorKind};
pub use memory::MemoryStore;
pub use notice::{Delivery, Notice, NoticeId, NoticeRecord, NoticeState, Recipient};
pub use run::{AreaRecord, RunFilter, RunKind, RunRecord, RunStatus};
pub use school::{Revision, RunId, SchoolId};
pub use state::{
    Booking, Exception, Matching, Origin, RemovedBooking, Room, RoomLink, SchoolState, Timeslot,
    TimeslotLink, TimetableDocument, UNASSIGNED,
};
pub use store::{BookingStore, CLAIM_MINUTES, Lease};
