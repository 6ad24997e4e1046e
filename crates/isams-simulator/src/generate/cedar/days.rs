//! What happens at the school in a year.

use serde_json::{Value, json};

use super::estate::{Estate, GARDEN_2, GARDEN_2_AGAIN};
use super::lessons::Lessons;
use super::overlays::{self, Closures, Suspensions};
use super::{Bells, bookings, calendar, people, teaching};
use crate::generate::GeneratedFile;
use crate::generate::days::Book;
use crate::generate::wire::{self, Area};

/// The areas as they are on a day.
#[derive(Clone, Debug)]
struct School {
    estate: Estate,
    bells: Bells,
    lessons: Lessons,
    suspensions: Value,
    closures: Closures,
    covers: Value,
    events: bool,
}

impl School {
    fn first() -> Self {
        let lessons = Lessons::of(Bells::Six);
        Self {
            estate: Estate::FIRST,
            bells: Bells::Six,
            suspensions: overlays::suspensions(&lessons, Suspensions::StudyLeave),
            lessons,
            closures: Closures::None,
            covers: Value::Null,
            events: false,
        }
    }

    fn areas(&self) -> Vec<Area> {
        let area = |file, manager, container: &str, content: Value| {
            wire::area(file, manager, json!({container: content}))
        };
        let first_set = if self.bells == Bells::NextYear {
            2_401
        } else {
            1_401
        };
        vec![
            area(
                "terms",
                "SchoolManager",
                "Terms",
                calendar::terms(self.bells),
            ),
            area("staff", "HRManager", "CurrentStaff", people::staff()),
            area(
                "rooms",
                "EstateManager",
                "Buildings",
                self.estate.buildings(),
            ),
            area(
                "departments",
                "TeachingManager",
                "Departments",
                teaching::departments(),
            ),
            area("sets", "TeachingManager", "Sets", teaching::sets(first_set)),
            area(
                "teaching-forms",
                "TeachingManager",
                "TeachingForms",
                teaching::forms(),
            ),
            area(
                "structure",
                "TimetableManager",
                "Structure",
                self.bells.structure(),
            ),
            area(
                "published-timetable",
                "TimetableManager",
                "PublishedTimetables",
                self.lessons.published(),
            ),
            wire::area(
                "week-allocations",
                "TimetableManager",
                calendar::allocations(self.bells),
            ),
            wire::area(
                "calendar",
                "CalendarManager",
                overlays::calendar(self.events),
            ),
            area(
                "suspensions",
                "CoverManager",
                "LessonSuspensions",
                self.suspensions.clone(),
            ),
            area(
                "closure-reasons",
                "CoverManager",
                "RoomClosureReasons",
                overlays::reasons(),
            ),
            wire::area(
                "closures-and-cover",
                "CoverManager",
                json!({"RoomClosures": overlays::closures(self.closures), "Covers": self.covers}),
            ),
        ]
    }
}

/// All files of the school.
pub(in crate::generate) fn files() -> Vec<GeneratedFile> {
    let mut book = Book::new("cedar-house", "Cedar House");
    let mut now = School::first();
    let lessons = now.lessons.clone();
    book.day("first", "2031-09-02", now.areas());
    now.closures = Closures::All;
    book.day("closure", "2031-09-09", now.areas());
    now.closures = Closures::GymLifted;
    book.day("closure-lifted", "2031-09-16", now.areas());
    now.suspensions = overlays::suspensions(&lessons, Suspensions::All);
    book.day("suspension", "2031-09-23", now.areas());
    now.suspensions = overlays::suspensions(&lessons, Suspensions::TripLater);
    now.covers = overlays::covers(&lessons);
    book.day("cover", "2031-09-30", now.areas());
    now.events = true;
    book.day("event", "2031-10-07", now.areas());
    now.estate.oak_3 = "Sixth Form Room";
    book.day("renamed", "2031-10-14", now.areas());
    now.estate.labs = ["Lab 2", "Lab 1"];
    book.day("swapped", "2031-11-04", now.areas());
    now.estate.garden_2 = GARDEN_2_AGAIN;
    now.lessons = lessons.moved(GARDEN_2, GARDEN_2_AGAIN);
    book.day("recreated", "2031-11-11", now.areas());
    now.bells = Bells::Eight;
    now.lessons = Lessons::of(now.bells).moved(GARDEN_2, GARDEN_2_AGAIN);
    book.day("eight-periods", "2032-01-06", now.areas());
    now.bells = Bells::NextYear;
    now.lessons = Lessons::of(now.bells).moved(GARDEN_2, GARDEN_2_AGAIN);
    book.day("rollover", "2032-09-01", now.areas());
    book.finish(bookings::files())
}
