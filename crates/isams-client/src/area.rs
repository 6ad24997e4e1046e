use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::request::FILTERED_EVENTS;

/// One of the fourteen data areas that a key is asked for.
///
/// ```
/// use isams_client::DataArea;
///
/// let area: DataArea = "week_allocations".parse()?;
/// assert_eq!(area.label(), "Timetable Manager Datasets - Timetable Week Allocations");
/// assert!("weeks".parse::<DataArea>().is_err());
/// # Ok::<(), isams_client::UnknownArea>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataArea {
    /// Calendar events of this year; optional.
    EventsThisYear,
    /// Calendar events of next year; optional.
    EventsNextYear,
    /// Lessons that do not happen.
    LessonSuspensions,
    /// Why rooms are closed.
    RoomClosureReasons,
    /// Closed rooms, and covered lessons.
    RoomClosuresAndCover,
    /// Buildings with their rooms.
    BuildingsAndRooms,
    /// Current staff.
    CurrentStaff,
    /// School terms.
    Terms,
    /// Departments with their subjects.
    DepartmentsAndSubjects,
    /// Teaching sets.
    TeachingSets,
    /// Teaching forms.
    TeachingForms,
    /// The published timetables.
    PublishedTimetable,
    /// Which timetable week runs in which calendar week.
    WeekAllocations,
    /// Weeks, days and periods.
    TimetableStructure,
}

impl DataArea {
    /// Every area, in the order of the permission list that iSAMS shows.
    pub const ALL: [Self; 14] = [
        Self::EventsThisYear,
        Self::EventsNextYear,
        Self::LessonSuspensions,
        Self::RoomClosureReasons,
        Self::RoomClosuresAndCover,
        Self::BuildingsAndRooms,
        Self::CurrentStaff,
        Self::Terms,
        Self::DepartmentsAndSubjects,
        Self::TeachingSets,
        Self::TeachingForms,
        Self::PublishedTimetable,
        Self::WeekAllocations,
        Self::TimetableStructure,
    ];

    /// The name that programs use. It does not change.
    pub fn name(self) -> &'static str {
        match self {
            Self::EventsThisYear => "events_this_year",
            Self::EventsNextYear => "events_next_year",
            Self::LessonSuspensions => "lesson_suspensions",
            Self::RoomClosureReasons => "room_closure_reasons",
            Self::RoomClosuresAndCover => "room_closures_and_cover",
            Self::BuildingsAndRooms => "buildings_and_rooms",
            Self::CurrentStaff => "current_staff",
            Self::Terms => "terms",
            Self::DepartmentsAndSubjects => "departments_and_subjects",
            Self::TeachingSets => "teaching_sets",
            Self::TeachingForms => "teaching_forms",
            Self::PublishedTimetable => "published_timetable",
            Self::WeekAllocations => "week_allocations",
            Self::TimetableStructure => "timetable_structure",
        }
    }

    /// The name that iSAMS shows to the administrator who ticks the areas of a key.
    pub fn label(self) -> &'static str {
        match self {
            Self::EventsThisYear => "Calendar Manager Datasets - Events - This Year",
            Self::EventsNextYear => "Calendar Manager Datasets - Events - Next Year",
            Self::LessonSuspensions => "Cover Manager - Lesson Suspensions",
            Self::RoomClosureReasons => "Cover Manager - Room Closure Reasons",
            Self::RoomClosuresAndCover => "Cover Manager - Room Closures & Cover",
            Self::BuildingsAndRooms => "Estates Manager Datasets - All Buildings & Rooms",
            Self::CurrentStaff => "HR Manager - Current Staff",
            Self::Terms => "School Manager - School Terms",
            Self::DepartmentsAndSubjects => "Teaching Manager - Departments & Subjects",
            Self::TeachingSets => "Teaching Manager - Teaching Sets",
            Self::TeachingForms => "Teaching Manager - Teaching Forms",
            Self::PublishedTimetable => "Timetable Manager Datasets - Published Timetable Schedule",
            Self::WeekAllocations => "Timetable Manager Datasets - Timetable Week Allocations",
            Self::TimetableStructure => "Timetable Manager Datasets - Weeks, Days & Periods",
        }
    }

    /// Whether a school may leave the area out: true of the two event areas only.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::EventsThisYear | Self::EventsNextYear)
    }

    /// The method of the Batch API that answers with the area (one public client, from the vendor's demonstration
    /// server).
    pub fn method(self) -> &'static str {
        match self {
            Self::EventsThisYear => "Calendar_GetEventsThisYear",
            Self::EventsNextYear => "Calendar_GetEventsNextYear",
            Self::LessonSuspensions => "Cover_GetAllLessonSuspensions",
            Self::RoomClosureReasons => "Cover_GetAllRoomClosureReasons",
            Self::RoomClosuresAndCover => "Cover_GetAllRoomClosuresAndCover",
            Self::BuildingsAndRooms => "Estate_GetAllBuildingsAndClassrooms",
            Self::CurrentStaff => "HumanResources_GetCurrentStaff",
            Self::Terms => "School_GetSchoolTerms",
            Self::DepartmentsAndSubjects => "Teaching_GetDepartmentsAndSubjects",
            Self::TeachingSets => "Teaching_GetTeachingSets",
            Self::TeachingForms => "Teaching_GetTeachingForms",
            Self::PublishedTimetable => "Timetable_GetPublishedTimetables",
            Self::WeekAllocations => "Timetable_GetTimetableWeekAllocations",
            Self::TimetableStructure => "Timetable_GetTimetableStructure",
        }
    }

    /// The area that a method answers with, whatever the case of its name: error documents write it in lower case
    /// (one recorded document). Events of a span of dates count as those of this year.
    pub fn from_method(method: &str) -> Option<Self> {
        if FILTERED_EVENTS.eq_ignore_ascii_case(method) {
            return Some(Self::EventsThisYear);
        }
        Self::ALL
            .into_iter()
            .find(|area| area.method().eq_ignore_ascii_case(method))
    }

    /// The filter with the dates, for a method that is refused without one (one public client).
    pub(crate) fn filter(self) -> Option<&'static str> {
        match self {
            Self::LessonSuspensions => Some("AllLessonSuspensions"),
            Self::RoomClosuresAndCover => Some("AllRoomClosuresAndCover"),
            _ => None,
        }
    }

    /// The node of the answer that holds the area.
    pub(crate) fn manager(self) -> &'static str {
        match self {
            Self::EventsThisYear | Self::EventsNextYear => "CalendarManager",
            Self::LessonSuspensions | Self::RoomClosureReasons | Self::RoomClosuresAndCover => {
                "CoverManager"
            }
            Self::BuildingsAndRooms => "EstateManager",
            Self::CurrentStaff => "HRManager",
            Self::Terms => "SchoolManager",
            Self::DepartmentsAndSubjects | Self::TeachingSets | Self::TeachingForms => {
                "TeachingManager"
            }
            Self::PublishedTimetable | Self::WeekAllocations | Self::TimetableStructure => {
                "TimetableManager"
            }
        }
    }

    /// The container of the rows in the manager, and the name of a row; where there are two, the first.
    pub(crate) fn container(self) -> (&'static str, &'static str) {
        match self {
            Self::EventsThisYear => ("EventsThisYear", "Event"),
            Self::EventsNextYear => ("EventsNextYear", "Event"),
            Self::LessonSuspensions => ("LessonSuspensions", "LessonSuspension"),
            Self::RoomClosureReasons => ("RoomClosureReasons", "RoomClosureReason"),
            Self::RoomClosuresAndCover => ("RoomClosures", "RoomClosure"),
            Self::BuildingsAndRooms => ("Buildings", "Building"),
            Self::CurrentStaff => ("CurrentStaff", "StaffMember"),
            Self::Terms => ("Terms", "Term"),
            Self::DepartmentsAndSubjects => ("Departments", "Department"),
            Self::TeachingSets => ("Sets", "Set"),
            Self::TeachingForms => ("TeachingForms", "TeachingForm"),
            Self::PublishedTimetable => ("PublishedTimetables", "Timetable"),
            Self::WeekAllocations => ("TimetableAllocations", "TimetableAllocation"),
            Self::TimetableStructure => ("Structure", "Week"),
        }
    }
}

impl fmt::Display for DataArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no data area; its text lists those that are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownArea {
    name: String,
}

impl fmt::Display for UnknownArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = DataArea::ALL.map(DataArea::name).join(", ");
        write!(
            f,
            "`{}` is no data area, expected one of {names}",
            self.name
        )
    }
}

impl std::error::Error for UnknownArea {}

impl FromStr for DataArea {
    type Err = UnknownArea;

    fn from_str(name: &str) -> Result<Self, UnknownArea> {
        Self::ALL
            .into_iter()
            .find(|area| area.name() == name)
            .ok_or_else(|| UnknownArea {
                name: name.to_owned(),
            })
    }
}

impl Serialize for DataArea {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for DataArea {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// What an answer held of an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AreaState {
    /// At least one row.
    Present,
    /// The area is there and holds no row.
    Empty,
    /// The area is not in the answer.
    Missing,
    /// iSAMS said that the key may not have the area.
    Refused,
    /// The area is there in a shape that could not be read.
    Unreadable,
}

impl fmt::Display for AreaState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Present => "present",
            Self::Empty => "empty",
            Self::Missing => "missing",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_its_area() {
        for area in DataArea::ALL {
            assert_eq!(area.name().parse(), Ok(area));
            let json = serde_json::to_string(&area).unwrap();
            assert_eq!(json, format!("\"{area}\""));
            assert_eq!(serde_json::from_str::<DataArea>(&json).unwrap(), area);
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = "weeks".parse::<DataArea>().unwrap_err().to_string();
        for area in DataArea::ALL {
            assert!(error.contains(area.name()), "{error}");
        }
    }

    #[test]
    fn only_the_event_areas_are_optional() {
        let optional: Vec<_> = DataArea::ALL
            .into_iter()
            .filter(|area| area.is_optional())
            .collect();
        assert_eq!(
            optional,
            [DataArea::EventsThisYear, DataArea::EventsNextYear]
        );
    }

    #[test]
    fn a_state_is_written_in_lower_case() {
        for (state, name) in [
            (AreaState::Present, "present"),
            (AreaState::Empty, "empty"),
            (AreaState::Missing, "missing"),
            (AreaState::Refused, "refused"),
            (AreaState::Unreadable, "unreadable"),
        ] {
            assert_eq!(state.to_string(), name);
            assert_eq!(serde_json::to_value(state).unwrap(), name);
        }
    }
}
