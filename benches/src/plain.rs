//! The answer as plain derived structs: what the client's reader is measured against.
//!
//! The same nesting and members as `isams_client::Payload`, the same owned types, and what is not kept is ignored by
//! serde. Nothing is tolerated beyond what the generated payload holds: `null` for no rows, and one object where there
//! could be several, for which [`Many`] has two lines and no buffer. No blanks are trimmed, no path is kept, no second
//! name of a member is looked for, and a value that cannot be read fails the whole.

use std::{fmt, marker::PhantomData, str::FromStr};

use chrono::{NaiveDate, NaiveDateTime};
use isams_client::ClockTime;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// An answer of the generated schools.
///
/// Written as JSON, it reads as the payload that the same answer gives the client: it keeps what the client keeps.
#[derive(Debug, Deserialize, Serialize)]
pub struct Plain {
    #[serde(rename = "iSAMS")]
    isams: Managers,
}

impl Plain {
    /// Reads the JSON.
    ///
    /// # Errors
    ///
    /// Where anything is not exactly as expected.
    pub fn from_slice(json: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }
}

/// Structs with the wire names of their members, all of which may be absent.
macro_rules! plain {
    ($($name:ident { $($field:ident: $wire:literal $type:ty,)* })*) => {$(
        #[derive(Debug, Default, Deserialize, Serialize)]
        #[serde(default)]
        struct $name {
            $(#[serde(rename = $wire)] $field: $type,)*
        }
    )*};
}

type Text = Option<String>;

plain! {
    Managers {
        calendar: "CalendarManager" Calendar,
        cover: "CoverManager" CoverManager,
        estate: "EstateManager" Estate,
        hr: "HRManager" Hr,
        school: "SchoolManager" School,
        teaching: "TeachingManager" Teaching,
        timetable: "TimetableManager" TimetableManager,
    }
    Calendar { events: "Events" Many<Events>, }
    Events { rows: "Event" Many<Event>, }
    Event {
        id: "@Id" Text,
        category_id: "@CategoryId" Text,
        start_date: "StartDate" Typed<NaiveDate>,
        end_date: "EndDate" Typed<NaiveDate>,
        all_day: "AllDayEvent" Typed<bool>,
        start_time: "StartTime" Typed<ClockTime>,
        end_time: "EndTime" Typed<ClockTime>,
        description: "Description" Text,
        location: "Location" Text,
    }
    CoverManager {
        suspensions: "LessonSuspensions" Option<LessonSuspensions>,
        reasons: "RoomClosureReasons" Option<RoomClosureReasons>,
        closures: "RoomClosures" Option<RoomClosures>,
        covers: "Covers" Option<Covers>,
    }
    LessonSuspensions { rows: "LessonSuspension" Many<LessonSuspension>, }
    LessonSuspension {
        id: "@Id" Text,
        start_date: "StartDate" Typed<NaiveDate>,
        end_date: "EndDate" Typed<NaiveDate>,
        start_time: "StartTime" Typed<ClockTime>,
        end_time: "EndTime" Typed<ClockTime>,
        schedule_id: "ScheduleId" Text,
        code: "Code" Text,
        national_curriculum_year: "NationalCurriculumYear" Text,
        period_id: "PeriodId" Text,
        room_id: "RoomId" Text,
        reason: "Reason" Text,
    }
    RoomClosureReasons { rows: "RoomClosureReason" Many<RoomClosureReason>, }
    RoomClosureReason { id: "@Id" Text, name: "Name" Text, }
    RoomClosures { rows: "RoomClosure" Many<RoomClosure>, }
    RoomClosure {
        id: "@Id" Text,
        room_id: "RoomId" Text,
        reason_id: "ReasonId" Text,
        start_date: "StartDate" Typed<NaiveDate>,
        end_date: "EndDate" Typed<NaiveDate>,
        start_time: "StartTime" Typed<ClockTime>,
        end_time: "EndTime" Typed<ClockTime>,
    }
    Covers { rows: "Cover" Many<Cover>, }
    Cover {
        id: "@Id" Text,
        schedule_id: "ScheduleId" Text,
        date: "Date" Typed<NaiveDate>,
        teacher_id: "TeacherId" Text,
        room_id: "RoomId" Text,
    }
    Estate { buildings: "Buildings" Option<Buildings>, }
    Buildings { rows: "Building" Many<Building>, }
    Building {
        id: "@Id" Text,
        parent: "Parent" Text,
        name: "Name" Text,
        description: "Description" Text,
        initials: "Initials" Text,
        classrooms: "Classrooms" Option<Classrooms>,
    }
    Classrooms { rows: "Classroom" Many<Classroom>, }
    Classroom {
        id: "@Id" Text,
        name: "Name" Text,
        description: "Description" Text,
        initials: "Initials" Text,
        code: "Code" Text,
    }
    Hr { current_staff: "CurrentStaff" Option<CurrentStaff>, }
    CurrentStaff { rows: "StaffMember" Many<StaffMember>, }
    StaffMember {
        id: "@Id" Text,
        user_code: "UserCode" Text,
        name: "FullName" Text,
        email: "SchoolEmailAddress" Text,
    }
    School { terms: "Terms" Option<Terms>, }
    Terms { rows: "Term" Many<Term>, }
    Term {
        id: "@Id" Text,
        name: "Name" Text,
        school_year: "SchoolYear" Typed<i32>,
        start_date: "StartDate" Typed<NaiveDate>,
        finish_date: "FinishDate" Typed<NaiveDate>,
        author_id: "@AuthorId" Text,
        author: "Author" Option<Twin>,
        last_updated: "LastUpdated" Typed<NaiveDateTime>,
    }
    Twin { text: "#text" Text, }
    Teaching {
        departments: "Departments" Option<Departments>,
        sets: "Sets" Option<Sets>,
        forms: "TeachingForms" Option<TeachingForms>,
    }
    Departments { rows: "Department" Many<Department>, }
    Department { id: "@Id" Text, name: "Name" Text, subjects: "Subjects" Option<Subjects>, }
    Subjects { rows: "Subject" Many<Subject>, }
    Subject { id: "@Id" Text, code: "Code" Text, name: "Name" Text, }
    Sets { rows: "Set" Many<TeachingSet>, }
    TeachingSet {
        id: "@Id" Text,
        set_code: "SetCode" Text,
        name: "Name" Text,
        subject_id: "@SubjectId" Text,
        year_id: "@YearId" Text,
        set_number: "SetNumber" Text,
        block: "Block" Text,
        teacher: "Teacher" Option<Twin>,
        author_id: "@AuthorId" Text,
        author: "Author" Option<Twin>,
        description: "Description" Text,
        last_updated: "LastUpdated" Typed<NaiveDateTime>,
        teachers: "Teachers" Option<SetTeachers>,
    }
    SetTeachers { rows: "Teacher" Many<SetTeacher>, }
    SetTeacher {
        id: "@Id" Text,
        staff_id: "@StaffId" Text,
        primary: "@PrimaryTeacher" Typed<bool>,
    }
    TeachingForms { rows: "TeachingForm" Many<TeachingForm>, }
    TeachingForm {
        id: "@Id" Text,
        form_code: "FormCode" Text,
        timetable_code: "TimetableCode" Text,
        subject_id: "SubjectId" Text,
    }
    TimetableManager {
        structure: "Structure" Option<Structure>,
        published: "PublishedTimetables" Option<PublishedTimetables>,
        allocations: "TimetableAllocations" Option<TimetableAllocations>,
    }
    Structure { weeks: "Week" Many<Week>, }
    Week {
        id: "@Id" Text,
        name: "Name" Text,
        short_name: "ShortName" Text,
        ordinal: "Ordinal" Typed<i32>,
        active: "Active" Typed<bool>,
        days: "Days" Option<Days>,
    }
    Days { rows: "Day" Many<Day>, }
    Day {
        id: "@Id" Text,
        name: "Name" Text,
        short_name: "ShortName" Text,
        weekday: "Day" Typed<u8>,
        ordinal: "Ordinal" Typed<i32>,
        active: "Active" Typed<bool>,
        periods: "Periods" Option<Periods>,
    }
    Periods { rows: "Period" Many<Period>, }
    Period {
        id: "@Id" Text,
        name: "Name" Text,
        short_name: "ShortName" Text,
        start: "StartTime" Typed<ClockTime>,
        end: "EndTime" Typed<ClockTime>,
    }
    PublishedTimetables { rows: "Timetable" Many<Timetable>, }
    Timetable {
        id: "@Id" Text,
        name: "Name" Text,
        start_year: "StartYear" Typed<i32>,
        end_year: "EndYear" Typed<i32>,
        schedules: "Schedules" Option<Schedules>,
        staff_meetings: "StaffMeetings" Option<StaffMeetings>,
        tutorials: "Tutorials" Option<Tutorials>,
        year_schedules: "YearSchedules" Option<YearSchedules>,
    }
    Schedules { rows: "Schedule" Many<Schedule>, }
    Schedule {
        id: "@Id" Text,
        code: "Code" Text,
        teacher: "Teacher" Text,
        period_id: "PeriodId" Text,
        room_id: "RoomId" Text,
        set: "Set" Typed<bool>,
    }
    StaffMeetings { rows: "StaffMeeting" Many<StaffMeeting>, }
    StaffMeeting {
        id: "@Id" Text,
        period_id: "PeriodId" Text,
        teacher_id: "TeacherId" Text,
        meeting_group_id: "MeetingGroupId" Text,
        room_id: "RoomId" Text,
        display_name: "DisplayName" Text,
    }
    Tutorials { rows: "Tutorial" Many<Tutorial>, }
    Tutorial {
        id: "@Id" Text,
        display_code: "DisplayCode" Text,
        display_name: "DisplayName" Text,
        room_id: "RoomId" Text,
        periods: "Periods" Option<TutorialPeriods>,
        teachers: "Teachers" Option<TutorialTeachers>,
    }
    TutorialPeriods { rows: "Period" Many<TutorialPeriod>, }
    TutorialPeriod { period_id: "PeriodId" Text, }
    TutorialTeachers { rows: "Teacher" Many<TutorialTeacher>, }
    TutorialTeacher { teacher_id: "TeacherId" Text, }
    YearSchedules { rows: "YearSchedule" Many<YearSchedule>, }
    YearSchedule {
        id: "@Id" Text,
        name: "Name" Text,
        national_curriculum_year: "NationalCurriculumYear" Text,
        period_id: "PeriodId" Text,
        room_id: "RoomId" Text,
        teacher_id: "TeacherId" Text,
    }
    TimetableAllocations { rows: "TimetableAllocation" Many<TimetableAllocation>, }
    TimetableAllocation {
        id: "@Id" Text,
        week: "Week" Typed<u8>,
        year: "Year" Typed<i32>,
        timetable_week_id: "TimetableWeekId" Text,
    }
}

/// One row or an array of them.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Many<T>(Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ManyVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
            type Value = Many<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row or an array of rows")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|row| Many(vec![row]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = seq.next_element()? {
                    rows.push(row);
                }
                Ok(Many(rows))
            }
        }

        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

/// A value that is sent as text.
#[derive(Debug)]
struct Typed<T>(Option<T>);

impl<T> Default for Typed<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Sent> Deserialize<'de> for Typed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TypedVisitor<T>(PhantomData<T>);

        impl<T: Sent> Visitor<'_> for TypedVisitor<T> {
            type Value = Typed<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value as text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Typed<T>, E> {
                match T::of(text) {
                    Some(value) => Ok(Typed(Some(value))),
                    None => Err(E::custom(format_args!("`{text}` is no such value"))),
                }
            }
        }

        deserializer.deserialize_str(TypedVisitor(PhantomData))
    }
}

impl<T: fmt::Display> Serialize for Typed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_none(),
        }
    }
}

trait Sent: Sized {
    fn of(text: &str) -> Option<Self>;
}

impl Sent for bool {
    fn of(text: &str) -> Option<Self> {
        match text {
            "1" | "True" => Some(true),
            "0" | "False" => Some(false),
            _ => None,
        }
    }
}

impl Sent for NaiveDateTime {
    fn of(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// With the time of day that stands behind it, which is midnight.
impl Sent for NaiveDate {
    fn of(text: &str) -> Option<Self> {
        text.get(..10)?.parse().ok()
    }
}

macro_rules! sent_as_written {
    ($($type:ty)*) => {$(
        impl Sent for $type {
            fn of(text: &str) -> Option<Self> {
                <$type>::from_str(text).ok()
            }
        }
    )*};
}

sent_as_written!(i32 u8 ClockTime);
