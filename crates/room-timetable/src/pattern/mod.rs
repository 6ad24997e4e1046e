//! The recurring pattern, laid out so that most questions are answered by a mask.
//!
//! What a date has is not written down for each date: [`Days`] says which weeks of the cycle and which timetables a date
//! has, and [`Cells`] what these have in a room on a weekday. Only dates on which overlays touch the room are worked
//! out, and only from what stands there at the time that is asked about; see [`Touched`].
//!
//! To build it costs one look at every lesson, overlay, term and allocation, and it holds as much. A question costs one
//! look-up of the room and, for each date, one of the date and a test for each timetable and week of the cycle that the
//! room has lessons in on that weekday. Dates between terms on which nothing is put into the room are passed over.

mod ask;
mod cells;
mod days;
mod part;
mod touched;

use std::collections::HashMap;

use self::{
    cells::{Cells, CellsBuilder},
    days::Days,
    touched::{Dates, Touched},
};
use crate::{ids::RoomId, timetable::SchoolTimetable};

/// A school's pattern by date, room and time of the day.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    days: Days,
    rooms: HashMap<RoomId, Room>,
    /// Where overlays may change what stands in any room.
    everywhere: Dates,
}

/// What the pattern has in a room, and when that is not all there is to say.
#[derive(Clone, Debug, Default)]
struct Room {
    cells: Cells,
    touched: Touched,
}

impl Pattern {
    pub(crate) fn of(timetable: &SchoolTimetable) -> Self {
        let mut rooms: HashMap<RoomId, Room> = HashMap::new();
        for (room, lessons) in timetable.lessons_by_room() {
            let mut cells = CellsBuilder::default();
            for (at, week, period, certainty) in lessons {
                for &times in &period.times {
                    cells.add(period.weekday, (week, at.timetable()), times, at, certainty);
                }
            }
            let room = rooms.entry(room.clone()).or_default();
            room.cells = cells.build();
        }
        let (touched, everywhere) = touched::by_room(timetable);
        for (room, touched) in touched {
            rooms.entry(room.clone()).or_default().touched = touched;
        }
        Self {
            days: Days::of(timetable),
            rooms,
            everywhere,
        }
    }
}
