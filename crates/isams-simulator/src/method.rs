//! The methods of the Batch API that the simulator knows, and the nodes that they write.

/// A method, such as `School_GetSchoolTerms`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) manager: &'static str,
    /// The nodes in the manager.
    pub(crate) containers: &'static [&'static str],
    /// Module and element of the filter that the method needs.
    pub(crate) filter: Option<(&'static str, &'static str)>,
}

pub(crate) const EVENTS_THIS_YEAR: &str = "Calendar_GetEventsThisYear";
pub(crate) const EVENTS_NEXT_YEAR: &str = "Calendar_GetEventsNextYear";
pub(crate) const FILTERED_EVENTS: &str = "Calendar_GetEvents";

const fn method(
    name: &'static str,
    manager: &'static str,
    containers: &'static [&'static str],
) -> Method {
    Method {
        name,
        manager,
        containers,
        filter: None,
    }
}

const fn filtered(
    name: &'static str,
    manager: &'static str,
    containers: &'static [&'static str],
    filter: (&'static str, &'static str),
) -> Method {
    Method {
        name,
        manager,
        containers,
        filter: Some(filter),
    }
}

/// Every method that a key can hold here. That the events come with their categories is inferred.
pub(crate) static METHODS: [Method; 19] = [
    method(
        EVENTS_THIS_YEAR,
        "CalendarManager",
        &["Categories", "Events", "EventsThisYear"],
    ),
    method(
        EVENTS_NEXT_YEAR,
        "CalendarManager",
        &["Categories", "Events", "EventsNextYear"],
    ),
    filtered(
        FILTERED_EVENTS,
        "CalendarManager",
        &["Categories", "Events"],
        ("Calendar", "Events"),
    ),
    method("Calendar_GetCategories", "CalendarManager", &["Categories"]),
    filtered(
        "Cover_GetAllLessonSuspensions",
        "CoverManager",
        &["LessonSuspensions"],
        ("CoverManager", "AllLessonSuspensions"),
    ),
    method(
        "Cover_GetAllRoomClosureReasons",
        "CoverManager",
        &["RoomClosureReasons"],
    ),
    filtered(
        "Cover_GetAllRoomClosuresAndCover",
        "CoverManager",
        &["RoomClosures", "Covers"],
        ("CoverManager", "AllRoomClosuresAndCover"),
    ),
    method(
        "Estate_GetAllBuildingsAndClassrooms",
        "EstateManager",
        &["Buildings"],
    ),
    method(
        "HumanResources_GetCurrentStaff",
        "HRManager",
        &["CurrentStaff"],
    ),
    method("School_GetSchoolTerms", "SchoolManager", &["Terms"]),
    method("School_GetSchoolForms", "SchoolManager", &["Forms"]),
    method(
        "Teaching_GetDepartmentsAndSubjects",
        "TeachingManager",
        &["Departments"],
    ),
    method("Teaching_GetTeachingSets", "TeachingManager", &["Sets"]),
    method(
        "Teaching_GetTeachingSetLists",
        "TeachingManager",
        &["SetLists"],
    ),
    method(
        "Teaching_GetTeachingForms",
        "TeachingManager",
        &["TeachingForms"],
    ),
    method(
        "Timetable_GetPublishedTimetables",
        "TimetableManager",
        &["PublishedTimetables"],
    ),
    method(
        "Timetable_GetDevelopmentTimetables",
        "TimetableManager",
        &["DevelopmentTimetables"],
    ),
    method(
        "Timetable_GetTimetableStructure",
        "TimetableManager",
        &["Structure"],
    ),
    method(
        "Timetable_GetTimetableWeekAllocations",
        "TimetableManager",
        &["TimetableAllocations", "WeekAllocations"],
    ),
];

/// The names of the methods that a key can hold, for
/// [`key_with`](crate::SimulatorBuilder::key_with).
///
/// ```
/// // A key that holds all but the staff.
/// let methods = isams_simulator::method_names().filter(|name| !name.starts_with("Human"));
/// let builder = isams_simulator::Simulator::builder().key_with("k", methods);
/// ```
pub fn method_names() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|method| method.name)
}

impl Method {
    /// The method of this name, in any case.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        METHODS
            .iter()
            .find(|method| method.name.eq_ignore_ascii_case(name))
    }
}
