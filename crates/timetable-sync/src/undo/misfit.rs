//! Why a removed booking does not come back.

use std::fmt;

use booking_store::{Booking, RunId};
use room_timetable::{Cause, RoomId};

use crate::{
    restored_words::{line, owner, title},
    words::{because, span},
};

/// Why a removed booking does not fit any more. As text it is a lower-case sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// It would be under way.
    Begun,
    /// It would be over.
    Past,
    /// Its room is not there any more.
    RoomGone(RoomId),
    /// It was restored or booked again, and a later run removed it, too.
    RemovedAgain(RunId),
    /// A booking has its id.
    IdInUse(Box<Booking>),
    /// Another booking stands in its room at its time.
    Taken(Box<Booking>),
    /// What certainly stands in its room at its time. With [`UndoRequest::keep`](crate::UndoRequest::keep) it comes back.
    CauseStands {
        /// The run that removed it.
        run: RunId,
        /// The booking as it was.
        booking: Box<Booking>,
        /// Everything that it overlaps.
        causes: Vec<Cause>,
    },
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begun => f.write_str("it has begun by now"),
            Self::Past => f.write_str("it is over by now"),
            Self::RoomGone(room) => write!(f, "its room `{room}` is gone"),
            Self::RemovedAgain(run) => write!(
                f,
                "run {run} removed it again later; `undo {run}` restores it from there"
            ),
            Self::IdInUse(other) => write!(
                f,
                "its id is in use again: {}{}",
                line(other, other.room.as_str()),
                owner(other)
            ),
            Self::Taken(other) => write!(
                f,
                "another booking stands there now: {}{}, {}",
                title(other),
                owner(other),
                span(other.interval)
            ),
            Self::CauseStands {
                run,
                booking,
                causes,
            } => write!(
                f,
                "{}; `undo {run} --keep` restores it with an exception",
                because(causes, booking.interval)
            ),
        }
    }
}
