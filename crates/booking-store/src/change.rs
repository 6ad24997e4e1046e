//! What is written: one all-or-nothing change, which a sync, an administrator or an undo makes alike.

use room_timetable::{BookingId, Cause, Interval, RoomId, TimeslotId, YearWeek};
use serde::{Deserialize, Serialize};

use crate::{
    Booking, Exception, Matching, Notice, Revision, Room, RoomLink, RunId, RunRecord, Timeslot,
    TimeslotLink, TimetableDocument,
};

/// A change to the rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomChange {
    /// Adds a room whose id is not in use, or replaces the room with this id.
    Put(Room),
    /// Removes a room and its link; one that is not there is left at that. Exceptions for it stay.
    ///
    /// The whole change is refused when a booking is in the room, past or future, or is restored into it.
    Remove(RoomId),
}

/// A change to the timeslots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeslotChange {
    /// Adds a timeslot, or replaces the one with this id.
    Put(Timeslot),
    /// Removes a timeslot and its links; one that is not there is left at that.
    Remove(TimeslotId),
}

/// A change to the links with the timetable source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkChange {
    /// Links a room, replacing any link of that room or of that source room.
    Room(RoomLink),
    /// Removes the link of a room, where it has one.
    ClearRoom(RoomId),
    /// Links a timeslot with one more period; a link that is there already stays one.
    Timeslot(TimeslotLink),
    /// Removes all links of a timeslot.
    ClearTimeslot(TimeslotId),
}

/// A change to the exceptions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionChange {
    /// Adds an exception, or replaces the one with this id.
    Put(Exception),
    /// Removes the exception with this id; one that is not there is left at that.
    Remove(String),
}

/// A change to the weeks that are acknowledged as holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolidayChange {
    /// Acknowledges a week; one that is acknowledged already stays so.
    Acknowledge(YearWeek),
    /// Takes an acknowledgement back; a week without one is left at that.
    Withdraw(YearWeek),
}

/// A booking as a plan read it. A removal of it is refused when any of this has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsRead {
    /// Its room.
    pub room: RoomId,
    /// When it is.
    pub interval: Interval,
    /// Its version.
    pub version: u64,
}

impl From<&Booking> for AsRead {
    fn from(booking: &Booking) -> Self {
        Self {
            room: booking.room.clone(),
            interval: booking.interval,
            version: booking.version,
        }
    }
}

/// The removal of one booking. The booking goes to the archive with the run and the causes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// Which booking.
    pub booking: BookingId,
    /// What the plan read of it.
    pub as_read: AsRead,
    /// Why it goes; never empty in a plan of the sync engine.
    pub causes: Vec<Cause>,
    /// Its owner teaches every lesson that takes its place.
    pub absorbed: bool,
}

/// Everything that one run writes, all or nothing.
///
/// Changes of one list take effect in their order, and rooms and timeslots before links. Removals and restores are judged by
/// what was there before the change, so a booking cannot be in both, nor twice in one, and a room cannot go together with
/// its bookings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// The revision that was read.
    pub expected: Revision,
    /// Whether syncs take effect from now on; `None` leaves it as it is.
    pub matching: Option<Matching>,
    /// Rooms.
    pub rooms: Vec<RoomChange>,
    /// Timeslots.
    pub timeslots: Vec<TimeslotChange>,
    /// Links.
    pub links: Vec<LinkChange>,
    /// Exceptions.
    pub exceptions: Vec<ExceptionChange>,
    /// Weeks acknowledged as holidays.
    #[serde(default)]
    pub holidays: Vec<HolidayChange>,
    /// Bookings to remove.
    pub remove: Vec<Removal>,
    /// Removed bookings to put back as they were but for the next version, each from its newest removal. They leave the
    /// archive.
    pub restore: Vec<BookingId>,
    /// The new timetable; `None` leaves it as it is.
    pub timetable: Option<TimetableDocument>,
    /// Messages of this school to queue, in this order.
    pub notices: Vec<Notice>,
    /// The journal's row. Its id makes the change idempotent.
    pub run: RunRecord,
}

impl ChangeSet {
    /// A change that writes nothing but its journal row.
    pub fn new(expected: Revision, run: RunRecord) -> Self {
        Self {
            expected,
            matching: None,
            rooms: Vec::new(),
            timeslots: Vec::new(),
            links: Vec::new(),
            exceptions: Vec::new(),
            holidays: Vec::new(),
            remove: Vec::new(),
            restore: Vec::new(),
            timetable: None,
            notices: Vec::new(),
            run,
        }
    }

    /// The run that makes the change.
    pub fn id(&self) -> RunId {
        self.run.id
    }

    /// Whether a room is there after the change's list of rooms, given whether it was there before.
    pub fn has_room(&self, room: &RoomId, before: bool) -> bool {
        let last = self.rooms.iter().rev().find_map(|change| match change {
            RoomChange::Put(put) if put.id == *room => Some(true),
            RoomChange::Remove(id) if id == room => Some(false),
            _ => None,
        });
        last.unwrap_or(before)
    }

    /// The rooms that the change removes, whether it puts them back or not.
    pub fn removed_rooms(&self) -> impl Iterator<Item = &RoomId> {
        self.rooms.iter().filter_map(|change| match change {
            RoomChange::Remove(room) => Some(room),
            RoomChange::Put(_) => None,
        })
    }

    /// Whether committing it changes sync-owned or administrator-owned data, and so the revision.
    ///
    /// Removed and restored bookings, notices and the journal row do not.
    pub fn bumps_revision(&self) -> bool {
        self.matching.is_some()
            || self.timetable.is_some()
            || !(self.rooms.is_empty()
                && self.timeslots.is_empty()
                && self.links.is_empty()
                && self.exceptions.is_empty()
                && self.holidays.is_empty())
    }
}
