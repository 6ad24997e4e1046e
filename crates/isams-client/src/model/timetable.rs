use super::drop_no_room;
use crate::{ClockTime, Field, row::row};

/// A week of the cycle: `TimetableManager.Structure.Week` (three public readers).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week {
    /// `@Id`, which an allocation calls `TimetableWeekId` (three public readers).
    pub id: Option<String>,
    /// `Name` (three public readers).
    pub name: Option<String>,
    /// `ShortName` (two public readers).
    pub short_name: Option<String>,
    /// `Ordinal` (one public reader).
    pub ordinal: Field<i32>,
    /// `Active` (one public reader). Whether inactive weeks are sent at all is unknown.
    pub active: Field<bool>,
    /// `Days.Day` (three public readers).
    pub days: Vec<Day>,
}

row!(Week {
    id: "@Id" else "Id",
    name: "Name",
    short_name: "ShortName",
    ordinal: "Ordinal",
    active: "Active",
    ; lists { days: "Days" / "Day", }
    ; also {
        fn count(&self) -> usize {
            self.days.iter().map(|day| day.periods.len()).sum()
        }
    }
});

/// A day of a week (three public readers).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// `@Id` (three public readers).
    pub id: Option<String>,
    /// `Name` (three public readers).
    pub name: Option<String>,
    /// `ShortName` (two public readers).
    pub short_name: Option<String>,
    /// The inner element `Day`: 1 is Sunday, 7 is Saturday (two public sources). Other numbers are unreadable.
    pub weekday: Field<u8>,
    /// `Ordinal` (one public reader). Another found it unreliable: it is not the day of the week.
    pub ordinal: Field<i32>,
    /// `Active` (one public reader).
    pub active: Field<bool>,
    /// `Periods.Period` (three public readers).
    pub periods: Vec<Period>,
}

row!(Day {
    id: "@Id" else "Id",
    name: "Name",
    short_name: "ShortName",
    weekday: "Day",
    ordinal: "Ordinal",
    active: "Active",
    ; lists { periods: "Periods" / "Period", }
    ; also {
        fn settle(&mut self) {
            if let Some(number) = self.weekday.copied()
                && !(1..=7).contains(&number)
            {
                self.weekday = Field::Unreadable(number.to_string());
            }
        }
    }
});

/// A period of a day (three public readers). Its id is unique over the whole structure (two).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// `@Id`, which timetable rows call `PeriodId` (three public readers).
    pub id: Option<String>,
    /// `Name`, which need not be unique (three public readers).
    pub name: Option<String>,
    /// `ShortName` (one public reader).
    pub short_name: Option<String>,
    /// `StartTime` (three public readers).
    pub start: Field<ClockTime>,
    /// `EndTime` (three public readers).
    pub end: Field<ClockTime>,
}

row!(Period {
    id: "@Id" else "Id",
    name: "Name",
    short_name: "ShortName",
    start: "StartTime",
    end: "EndTime",
});

/// A published timetable: `TimetableManager.PublishedTimetables.Timetable` (two public readers).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timetable {
    /// `@Id` (two public readers).
    pub id: Option<String>,
    /// `Name` (two public readers).
    pub name: Option<String>,
    /// `StartYear` (one public reader).
    pub start_year: Field<i32>,
    /// `EndYear` (one public reader).
    pub end_year: Field<i32>,
    /// `Schedules.Schedule` (two public readers).
    pub schedules: Vec<Schedule>,
    /// `StaffMeetings.StaffMeeting` (one public reader).
    pub staff_meetings: Vec<StaffMeeting>,
    /// `Tutorials.Tutorial` (one public reader).
    pub tutorials: Vec<Tutorial>,
    /// `YearSchedules.YearSchedule` (one public reader).
    pub year_schedules: Vec<YearSchedule>,
}

row!(Timetable {
    id: "@Id" else "Id",
    name: "Name",
    start_year: "StartYear",
    end_year: "EndYear",
    ; lists {
        schedules: "Schedules" / "Schedule",
        staff_meetings: "StaffMeetings" / "StaffMeeting",
        tutorials: "Tutorials" / "Tutorial",
        year_schedules: "YearSchedules" / "YearSchedule",
    }
    ; also {
        fn count(&self) -> usize {
            self.schedules.len()
                + self.staff_meetings.len()
                + self.tutorials.len()
                + self.year_schedules.len()
        }
    }
});

/// A lesson of a set or form in one period (two public readers).
///
/// Several teachers are several rows with the same code, period and room (one public reader).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Schedule {
    /// `@Id` (two public readers), which cover refers to (one).
    pub id: Option<String>,
    /// `Code` of the set or teaching form (two public readers).
    pub code: Option<String>,
    /// `Teacher`, the user code of a member of staff (two public readers).
    pub teacher: Option<String>,
    /// `PeriodId` (two public readers).
    pub period_id: Option<String>,
    /// `RoomId`, the id of a classroom (two public readers). Absent or 0 where there is no room (inferred).
    pub room_id: Option<String>,
    /// Whether `Code` is that of a set, or else of a teaching form: `Set`, else `SetId`, which is the same flag and
    /// no id (two public readers).
    pub set: Field<bool>,
}

row!(Schedule {
    id: "@Id" else "Id",
    code: "Code",
    teacher: "Teacher",
    period_id: "PeriodId",
    room_id: "RoomId",
    set: "Set" else "SetId",
    ; also {
        fn settle(&mut self) {
            drop_no_room(&mut self.room_id);
        }
    }
});

/// One teacher of a meeting in one period (one public reader).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct StaffMeeting {
    /// `@Id` (one public reader).
    pub id: Option<String>,
    /// `PeriodId` (one public reader).
    pub period_id: Option<String>,
    /// `TeacherId` (one public reader).
    pub teacher_id: Option<String>,
    /// `MeetingGroupId`, the same for all teachers of the meeting (one public reader).
    pub meeting_group_id: Option<String>,
    /// `RoomId` (one public reader). Absent or 0 where there is no room (inferred).
    pub room_id: Option<String>,
    /// `DisplayName` (one public reader).
    pub display_name: Option<String>,
}

row!(StaffMeeting {
    id: "@Id" else "Id",
    period_id: "PeriodId",
    teacher_id: "TeacherId",
    meeting_group_id: "MeetingGroupId",
    room_id: "RoomId",
    display_name: "DisplayName",
    ; also {
        fn settle(&mut self) {
            drop_no_room(&mut self.room_id);
        }
    }
});

/// A tutorial (one public reader). Its pupils are never read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tutorial {
    /// `@Id` (one public reader).
    pub id: Option<String>,
    /// `DisplayCode` (one public reader).
    pub display_code: Option<String>,
    /// `DisplayName` (one public reader).
    pub display_name: Option<String>,
    /// `RoomId` (one public reader). Absent or 0 where there is no room (inferred).
    pub room_id: Option<String>,
    /// `Periods.Period.PeriodId` (one public reader).
    pub period_ids: Vec<String>,
    /// `Teachers.Teacher.TeacherId` (one public reader).
    pub teacher_ids: Vec<String>,
}

row!(Tutorial {
    id: "@Id" else "Id",
    display_code: "DisplayCode",
    display_name: "DisplayName",
    room_id: "RoomId",
    ; references {
        period_ids: "Periods" / "Period" / "PeriodId",
        teacher_ids: "Teachers" / "Teacher" / "TeacherId",
    }
    ; also {
        fn settle(&mut self) {
            drop_no_room(&mut self.room_id);
        }
    }
});

/// Something a whole year group does in one period (one public reader).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct YearSchedule {
    /// `@Id` (one public reader).
    pub id: Option<String>,
    /// `Name` (one public reader).
    pub name: Option<String>,
    /// `NationalCurriculumYear` (one public reader).
    pub national_curriculum_year: Option<String>,
    /// `PeriodId` (one public reader).
    pub period_id: Option<String>,
    /// `RoomId` (one public reader). Absent or 0 where there is no room (inferred).
    pub room_id: Option<String>,
    /// `TeacherId` (one public reader).
    pub teacher_id: Option<String>,
}

row!(YearSchedule {
    id: "@Id" else "Id",
    name: "Name",
    national_curriculum_year: "NationalCurriculumYear",
    period_id: "PeriodId",
    room_id: "RoomId",
    teacher_id: "TeacherId",
    ; also {
        fn settle(&mut self) {
            drop_no_room(&mut self.room_id);
        }
    }
});

/// Which timetable week runs in a calendar week: `TimetableManager.TimetableAllocations.TimetableAllocation`
/// (one public reader, in production at two schools). `WeekAllocations.WeekAllocation` is read alike (inferred: no
/// public sample).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimetableAllocation {
    /// `@Id` (one public reader).
    pub id: Option<String>,
    /// `Week` as SQL Server numbers it, not ISO: Sunday to Saturday, week 1 holds 1 January, up to 54 (two public
    /// sources).
    pub week: Field<u8>,
    /// `Year`, the calendar year of the date (two public sources).
    pub year: Field<i32>,
    /// `TimetableWeekId`, the id of a week of the structure (one public reader).
    pub timetable_week_id: Option<String>,
}

row!(TimetableAllocation {
    id: "@Id" else "Id",
    week: "Week",
    year: "Year",
    timetable_week_id: "TimetableWeekId",
});
