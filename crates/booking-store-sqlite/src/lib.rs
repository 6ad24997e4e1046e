//! The embedded booking store: SQLite.
//!
//! [`SqliteStore`] keeps any number of schools in one database file, which several programs may use at the same time.
//!
//! ```
//! use booking_store::{BookingDesk, BookingStore, Import, Origin, Room, SchoolId};
//! use booking_store_sqlite::SqliteStore;
//! use chrono::NaiveDateTime;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = SqliteStore::open("sqlite::memory:").await?; // or a path
//! let school = SchoolId::new("greenwood");
//! let hall = Room {
//!     id: "hall".into(),
//!     name: "Hall".to_owned(),
//!     category: "Halls".to_owned(),
//!     origin: Origin::Local,
//!     part_bookable: false,
//! };
//! let rows = Import { rooms: vec![hall.clone()], ..Import::default() };
//! assert_eq!(store.import(&school, &rows).await?.added, 1);
//! assert_eq!(store.load(&school, NaiveDateTime::MIN).await?.rooms, [hall]);
//! # Ok(())
//! # }
//! ```
//!
//! # Guarantees
//!
//! - A commit that was reported is on the disk: the database is in WAL mode with `synchronous = FULL`. A program that
//!   is killed leaves all or nothing of a change.
//! - Every write begins with `BEGIN IMMEDIATE`, so it waits for others instead of failing half-way; after ten seconds
//!   it gives up with [`Unavailable`](booking_store::StoreErrorKind::Unavailable).
//! - A snapshot is read in one transaction, and readers do not wait for writers.
//!
//! # Tables
//!
//! Every table is keyed by school first and starts with `sync_`, so that it can live in a booking product's own
//! database: [`SqliteStore::with_pool`], [`write`](mod@write). The file is made to be read with the `sqlite3` shell: times are text
//! such as `2031-09-08T09:00:00`, and JSON stands only where the structure is open.
//!
//! | table | holds |
//! |---|---|
//! | `sync_schools` | revision and matching |
//! | `sync_leases` | the last lease |
//! | `sync_rooms`, `sync_timeslots` | rooms and timeslots |
//! | `sync_room_links`, `sync_timeslot_links` | what they are in the timetable source |
//! | `sync_exceptions` | times at which a room is free whatever the source says |
//! | `sync_holidays` | weeks acknowledged as holidays |
//! | `sync_bookings` | bookings |
//! | `sync_removed` | the archive: bookings that runs removed, with the causes (JSON) |
//! | `sync_last_versions` | the versions of bookings that are gone |
//! | `sync_timetables` | the timetable document (JSON), written only when it changes |
//! | `sync_runs` | the journal, with areas and report (JSON) |
//! | `sync_notices` | the outbox, with what each message tells of (JSON) |
//! | `sync_migrations` | which migrations have run |

mod batch;
mod desk;
mod error;
mod migrate;
mod read;
mod rows;
mod store;
pub mod write;

pub use error::store_error;
/// The `sqlx` whose connections and pools this crate takes.
pub use sqlx;
pub use store::SqliteStore;
