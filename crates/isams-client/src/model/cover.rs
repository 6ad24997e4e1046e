use chrono::NaiveDate;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use super::drop_no_room;
use crate::{
    ClockTime, Field,
    list::{Container, OneOrMany},
    place::{Ledger, Place},
    row::{row, write_list},
    text::Name,
};

/// Lessons that do not happen: `CoverManager.LessonSuspensions.LessonSuspension` (inferred: no public sample).
///
/// It may name a lesson row, a set or form, a year, a period or a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LessonSuspension {
    /// `@Id` (inferred: no public sample).
    pub id: Option<String>,
    /// `StartDate` (inferred: no public sample).
    pub start_date: Field<NaiveDate>,
    /// `EndDate`, inclusive (inferred: no public sample).
    pub end_date: Field<NaiveDate>,
    /// `StartTime` (inferred: no public sample).
    pub start_time: Field<ClockTime>,
    /// `EndTime` (inferred: no public sample).
    pub end_time: Field<ClockTime>,
    /// `ScheduleId`, the id of a timetable row (inferred: no public sample).
    pub schedule_id: Option<String>,
    /// `Code` of a set or form (inferred: no public sample).
    pub code: Option<String>,
    /// `NationalCurriculumYear` (inferred: no public sample).
    pub national_curriculum_year: Option<String>,
    /// `PeriodId` (inferred: no public sample).
    pub period_id: Option<String>,
    /// `RoomId` (inferred: no public sample).
    pub room_id: Option<String>,
    /// `Reason` (inferred: no public sample).
    pub reason: Option<String>,
    /// Not of the wire: whether any member was read by shape, its name not being known. What it says may be
    /// misunderstood, so its lessons may happen after all. Written as `@ByShape`, so that a stored payload keeps it.
    pub by_shape: Field<bool>,
}

row!(LessonSuspension {
    id: "@Id" else "Id",
    start_date: "StartDate",
    end_date: "EndDate",
    start_time: "StartTime",
    end_time: "EndTime",
    schedule_id: "ScheduleId",
    code: "Code",
    national_curriculum_year: "NationalCurriculumYear",
    period_id: "PeriodId",
    room_id: "RoomId",
    reason: "Reason",
    by_shape: "@ByShape",
    ; also {
        fn settle(&mut self) {
            drop_no_room(&mut self.room_id);
        }
    }
});

/// Why rooms are closed: `CoverManager.RoomClosureReasons.RoomClosureReason` (inferred: no public sample).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomClosureReason {
    /// `@Id` (inferred: no public sample).
    pub id: Option<String>,
    /// `Name` (inferred: no public sample).
    pub name: Option<String>,
}

row!(RoomClosureReason {
    id: "@Id" else "Id",
    name: "Name",
});

/// A closed room: `CoverManager.RoomClosures.RoomClosure` (inferred: no public sample).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomClosure {
    /// `@Id` (inferred: no public sample).
    pub id: Option<String>,
    /// `RoomId` (inferred: no public sample).
    pub room_id: Option<String>,
    /// `ReasonId`, the id of a closure reason (inferred: no public sample).
    pub reason_id: Option<String>,
    /// `StartDate` (inferred: no public sample).
    pub start_date: Field<NaiveDate>,
    /// `EndDate`, inclusive; absent while the end is not known (inferred: no public sample).
    pub end_date: Field<NaiveDate>,
    /// `StartTime` (inferred: no public sample).
    pub start_time: Field<ClockTime>,
    /// `EndTime` (inferred: no public sample).
    pub end_time: Field<ClockTime>,
    /// `PeriodId`, where it is closed for a period only (inferred: no public sample).
    pub period_id: Option<String>,
    /// Not of the wire: whether any member was read by shape, its name not being known. What it says may be
    /// misunderstood, so nothing should be removed because of it. Written as `@ByShape`, so that a stored payload keeps it.
    pub by_shape: Field<bool>,
}

row!(RoomClosure {
    id: "@Id" else "Id",
    room_id: "RoomId",
    reason_id: "ReasonId",
    start_date: "StartDate",
    end_date: "EndDate",
    start_time: "StartTime",
    end_time: "EndTime",
    period_id: "PeriodId",
    by_shape: "@ByShape",
    ; also {
        fn settle(&mut self) {
            drop_no_room(&mut self.room_id);
        }
    }
});

/// A covered lesson: `CoverManager.Covers.Cover` (inferred: no public sample).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cover {
    /// `@Id` (inferred: no public sample).
    pub id: Option<String>,
    /// `ScheduleId`, the id of the timetable row that is covered (inferred: no public sample).
    pub schedule_id: Option<String>,
    /// `Date` (inferred: no public sample).
    pub date: Field<NaiveDate>,
    /// `TeacherId`, the user code of who covers (inferred: no public sample).
    pub teacher_id: Option<String>,
    /// `RoomId`; absent where only the teacher changes (inferred: no public sample).
    pub room_id: Option<String>,
    /// Not of the wire: whether any member was read by shape, its name not being known. What it says may be
    /// misunderstood, so nothing should be removed because of it. Written as `@ByShape`, so that a stored payload keeps it.
    pub by_shape: Field<bool>,
}

row!(Cover {
    id: "@Id" else "Id",
    schedule_id: "ScheduleId",
    date: "Date",
    teacher_id: "TeacherId",
    room_id: "RoomId",
    by_shape: "@ByShape",
    ; also {
        fn settle(&mut self) {
            drop_no_room(&mut self.room_id);
        }
    }
});

/// Closed rooms and covered lessons, which one area carries (inferred: no public sample).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClosuresAndCover {
    /// `RoomClosures.RoomClosure` (inferred: no public sample).
    pub closures: Vec<RoomClosure>,
    /// `Covers.Cover` (inferred: no public sample).
    pub covers: Vec<Cover>,
}

impl Serialize for ClosuresAndCover {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write_list(&mut map, "RoomClosures", "RoomClosure", &self.closures)?;
        write_list(&mut map, "Covers", "Cover", &self.covers)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for ClosuresAndCover {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Both;

        impl<'de> Visitor<'de> for Both {
            type Value = ClosuresAndCover;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<ClosuresAndCover, A::Error> {
                let ledger = Ledger::default();
                let root = Place::root(&ledger);
                let mut both = ClosuresAndCover::default();
                while let Some(name) = map.next_key::<Name<'_>>()? {
                    let at = root.member(&name);
                    match &*name {
                        "RoomClosures" => {
                            let child = "RoomClosure";
                            let rows = &mut both.closures;
                            map.next_value_seed(OneOrMany::new(
                                &mut Container { child, rows },
                                at,
                            ))?;
                        }
                        "Covers" => {
                            let child = "Cover";
                            let rows = &mut both.covers;
                            map.next_value_seed(OneOrMany::new(
                                &mut Container { child, rows },
                                at,
                            ))?;
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(both)
            }
        }

        deserializer.deserialize_map(Both)
    }
}
