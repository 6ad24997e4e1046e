//! What only the stores of this project need: booking, cancelling, importing.

use async_trait::async_trait;
use room_timetable::BookingId;

use crate::{Booking, BookingStore, Room, SchoolId, StoreError, Timeslot};

/// Rows to import. Each replaces the row with the same id or is added; of two with one id the later counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// Rooms.
    pub rooms: Vec<Room>,
    /// Timeslots.
    pub timeslots: Vec<Timeslot>,
    /// Bookings; their `version` is ignored.
    pub bookings: Vec<Booking>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows that were not there before.
    pub added: usize,
    /// Rows that replaced one with other content.
    pub changed: usize,
    /// Rows that were there already with the same content.
    pub unchanged: usize,
    /// Bookings that a run removed and that came again with the same room, start and end: they stay removed.
    pub stay_removed: Vec<BookingId>,
}

/// The desk of a booking product: what its users and administrators do between syncs.
#[async_trait]
pub trait BookingDesk: BookingStore {
    /// Imports all rows or none.
    ///
    /// A room or timeslot that is there keeps its origin. A booking that changes gets the next version. The revision
    /// grows by one where a room or timeslot was added or changed; bookings do not count.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::StoreErrorKind::Invalid), and nothing is written, when a booking names a room that is
    /// neither in the store nor in the import.
    async fn import(&self, school: &SchoolId, rows: &Import) -> Result<ImportReport, StoreError>;

    /// Adds a booking, or replaces the one with the same id. Clashes and hidden rooms are no reason to refuse.
    ///
    /// A `version` that is not above every earlier one of this id becomes the next one. Booking the same again changes
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::StoreErrorKind::Invalid) when its room is not in the store.
    async fn book(&self, school: &SchoolId, booking: &Booking) -> Result<(), StoreError>;

    /// Takes a booking back; it does not go to the archive. Whether it was there.
    ///
    /// # Errors
    ///
    /// When the store cannot be written to.
    async fn cancel(&self, school: &SchoolId, booking: &BookingId) -> Result<bool, StoreError>;

    /// All bookings, past ones included, by id.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn bookings(&self, school: &SchoolId) -> Result<Vec<Booking>, StoreError>;
}
