//! The published timetable: lessons, meetings, tutorials and assemblies.

#[derive(Clone, Debug)]
pub(super) struct Timetable {
    pub(super) id: u32,
    pub(super) rows: Vec<Row>,
    pub(super) meetings: Vec<Meeting>,
    pub(super) tutorials: Vec<Tutorial>,
    pub(super) assemblies: Vec<Assembly>,
}

/// A `Schedule` row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: u32,
    pub(super) code: String,
    pub(super) teacher: String,
    pub(super) period: u32,
    pub(super) room: RoomRef,
    pub(super) set: bool,
}

/// How a row names its room, in the spellings of "none".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RoomRef {
    Room(u32),
    Absent,
    Zero,
    Null,
    Blank,
}

/// A `StaffMeeting` row: one of the people of one meeting.
#[derive(Clone, Debug)]
pub(super) struct Meeting {
    pub(super) id: u32,
    pub(super) period: u32,
    pub(super) teacher: String,
    pub(super) group: u32,
    pub(super) room: Option<u32>,
    pub(super) name: &'static str,
}

#[derive(Clone, Debug)]
pub(super) struct Tutorial {
    pub(super) id: u32,
    pub(super) code: String,
    pub(super) name: &'static str,
    pub(super) room: Option<u32>,
    pub(super) periods: Vec<u32>,
    pub(super) teachers: Vec<String>,
    /// Invented pupil ids.
    pub(super) pupils: Vec<String>,
}

/// A `YearSchedule` row.
#[derive(Clone, Debug)]
pub(super) struct Assembly {
    pub(super) id: u32,
    pub(super) name: &'static str,
    pub(super) year: u32,
    pub(super) period: u32,
    pub(super) room: u32,
    pub(super) teacher: String,
}

/// First ids of the timetable and its rows, before the school's base; a new timetable starts
/// elsewhere.
pub(super) const FIRST: Ids = Ids {
    timetable: 12,
    row: 9_001,
    meeting: 70,
    tutorial: 180,
    assembly: 290,
};
/// Ids after publishing again.
pub(super) const SECOND: Ids = Ids {
    timetable: 13,
    row: 3_000_001,
    meeting: 1_070,
    tutorial: 1_180,
    assembly: 1_290,
};

#[derive(Clone, Copy, Debug)]
pub(super) struct Ids {
    timetable: u32,
    row: u32,
    meeting: u32,
    tutorial: u32,
    assembly: u32,
}

impl Timetable {
    /// Gives all rows new ids, in the order in which they stand.
    pub(super) fn number(&mut self, ids: Ids, base: u32) {
        self.id = ids.timetable + base;
        (ids.row + base..)
            .zip(&mut self.rows)
            .for_each(|(id, row)| row.id = id);
        (ids.meeting + base..)
            .zip(&mut self.meetings)
            .for_each(|(id, row)| row.id = id);
        (ids.tutorial + base..)
            .zip(&mut self.tutorials)
            .for_each(|(id, row)| row.id = id);
        (ids.assembly + base..)
            .zip(&mut self.assemblies)
            .for_each(|(id, row)| row.id = id);
    }
}
