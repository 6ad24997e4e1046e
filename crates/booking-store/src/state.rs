//! What a store holds of a school.

use room_timetable::{
    BookingId, Cause, Interval, PeriodId, RoomId, TimeRange, TimeslotId, Weekdays, YearWeek,
};
use serde::{Deserialize, Serialize};

use crate::{Revision, RunId};

/// The category of rooms that a sync created and nobody has sorted yet.
///
/// Rooms in it are hidden, cannot be booked by users and do not count against a licence.
pub const UNASSIGNED: &str = "Unassigned";

/// Who created a room or timeslot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An administrator or an import.
    Local,
    /// A sync.
    Sync,
}

/// A room of the booking product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// The product's own id.
    pub id: RoomId,
    /// Owned by administrators once the room exists.
    pub name: String,
    /// Owned by administrators.
    pub category: String,
    /// Who created it.
    pub origin: Origin,
    /// A part of the room can be booked while another part is in use, so nothing clashes in it.
    pub part_bookable: bool,
}

impl Room {
    /// Whether the room is hidden from people who book: it is [`UNASSIGNED`].
    pub fn hidden(&self) -> bool {
        self.category == UNASSIGNED
    }

    /// Whether people can book it.
    pub fn bookable(&self) -> bool {
        !self.hidden()
    }

    /// Whether it counts against a licence.
    pub fn counted(&self) -> bool {
        !self.hidden()
    }
}

/// A start and an end time on some days of the week, as the product's users see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeslot {
    /// The product's own id.
    pub id: TimeslotId,
    /// Owned by administrators once the slot exists.
    pub name: String,
    /// The days it is on.
    pub days: Weekdays,
    /// School-local times.
    pub times: TimeRange,
    /// Who created it.
    pub origin: Origin,
}

/// Says that a local room is a room of the timetable source. Each side stands in at most one link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomLink {
    /// The product's room.
    pub room: RoomId,
    /// The source's id of it, as sent.
    pub source: String,
}

/// Says that a timeslot stands for a period of the timetable source, by an administrator's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeslotLink {
    /// The product's timeslot.
    pub timeslot: TimeslotId,
    /// The source's period.
    pub period: PeriodId,
}

/// Frees a room, or all rooms, for a time, whatever the source says. Owned by administrators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The product's own id.
    pub id: String,
    /// The room, or `None` for every room.
    pub room: Option<RoomId>,
    /// When, school-local.
    pub interval: Interval,
}

/// Whether an existing school's rooms have been matched with those of the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// No complete feed has arrived yet.
    #[default]
    NotStarted,
    /// An existing school's first complete feed has arrived; nothing takes effect before an administrator confirms.
    Awaiting,
    /// Syncs take effect.
    Confirmed,
}

/// A booking of one room, school-local, which may span days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The product's own id.
    pub id: BookingId,
    /// The product's room.
    pub room: RoomId,
    /// When.
    pub interval: Interval,
    /// Who booked.
    pub owner_name: Option<String>,
    /// Where to write to; case as given.
    pub owner_email: Option<String>,
    /// What for.
    pub title: Option<String>,
    /// The series it belongs to, where it does.
    pub series: Option<String>,
    /// Grows with every change of this booking, from 1, and never comes again for its id.
    pub version: u64,
}

/// A booking that a run removed, kept so that it can be restored and explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedBooking {
    /// The booking as it was.
    pub booking: Booking,
    /// The run that removed it.
    pub run: RunId,
    /// Everything that stood in its room at its time.
    pub causes: Vec<Cause>,
    /// Its owner teaches every lesson that took its place.
    pub absorbed: bool,
}

/// The synced timetable: one versioned document a school, whose content only the sync engine reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimetableDocument {
    /// The format of `content`.
    pub format: u32,
    /// Patterns, terms, dated rows and the last good state of every data area.
    pub content: serde_json::Value,
}

/// One consistent snapshot of a school.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchoolState {
    /// The state of everything but bookings.
    pub revision: Revision,
    /// The newest run in the journal; `RunId(0)` where there was none.
    pub last_run: RunId,
    /// Whether syncs take effect.
    pub matching: Matching,
    /// All rooms, by id.
    pub rooms: Vec<Room>,
    /// All timeslots, by id.
    pub timeslots: Vec<Timeslot>,
    /// All room links, by room.
    pub room_links: Vec<RoomLink>,
    /// All timeslot links, by timeslot and period.
    pub timeslot_links: Vec<TimeslotLink>,
    /// All exceptions, by id.
    pub exceptions: Vec<Exception>,
    /// Weeks that an administrator acknowledged as holidays, in order.
    pub holidays: Vec<YearWeek>,
    /// The bookings that end after the moment asked for, by id.
    pub bookings: Vec<Booking>,
    /// Whether the store holds any booking at all, past ones included.
    pub has_bookings: bool,
    /// The synced timetable, once there is one.
    pub timetable: Option<TimetableDocument>,
}
