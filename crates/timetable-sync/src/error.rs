//! What can go wrong in a sync.

use booking_store::{RunId, StoreError};
use isams_client::AreaState;
use room_timetable::{PeriodId, RoomId, TimeslotId, TimetableError, YearWeek};

/// Why a sync or an administrator's change could not be done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// iSAMS gave no usable answer.
    #[error("iSAMS gave no usable answer")]
    Source(#[from] isams_client::Error),
    /// The store could not be read or written.
    #[error("the booking store failed")]
    Store(#[from] StoreError),
    /// Another process holds the school's lease.
    #[error("another sync of this school is running; try again when it has ended")]
    Busy,
    /// The host was asked to stop while iSAMS was being read.
    #[error("stopped while iSAMS was being read")]
    Stopped,
    /// The stored timetable document cannot be read.
    #[error("the stored timetable cannot be read: {0}")]
    Document(String),
    /// The parts of the timetable do not fit together.
    #[error("the timetable does not fit together")]
    Timetable(#[from] TimetableError),
    /// No feed has arrived yet, so there is nothing to match with.
    #[error("nothing has been synced yet; run a sync first")]
    NothingSynced,
    /// The local room is not in the store.
    #[error("there is no room `{0}`")]
    UnknownRoom(RoomId),
    /// The timeslot is not in the store.
    #[error("there is no timeslot `{0}`")]
    UnknownTimeslot(TimeslotId),
    /// The source has no such period.
    #[error("iSAMS has no period with the id `{0}`")]
    UnknownPeriod(PeriodId),
    /// There is no timetable in development to rehearse with.
    #[error(
        "there is nothing to rehearse: iSAMS sent no lessons of a timetable in development ({0}); the key needs the \
         method {method}, and a timetable has to be in development",
        method = "Timetable_GetDevelopmentTimetables"
    )]
    NothingInDevelopment(AreaState),
    /// The journal has no such run.
    #[error("there is no run {0}")]
    UnknownRun(RunId),
    /// The week has lessons, so it is no holiday.
    #[error("{0} is allocated to a week of the cycle, so it has lessons")]
    WeekAllocated(YearWeek),
    /// The source has no such room.
    #[error("iSAMS has no room with the id `{0}`")]
    UnknownSourceRoom(String),
    /// A source room stands for one local room at most.
    #[error(
        "the iSAMS room `{source_room}` is matched with the room `{room}` already; clear that match first"
    )]
    AlreadyMatched {
        /// The source room's id.
        source_room: String,
        /// The room that has it.
        room: RoomId,
    },
}
