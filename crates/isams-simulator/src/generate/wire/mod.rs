//! The areas as the API sends them: `@` for attributes, every scalar a string, one child an object.

mod overlays;
mod school;
mod timetable;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::School;

const MIDNIGHT: &str = "T00:00:00";

/// One area in a document of its own.
#[derive(Clone, Debug)]
pub(super) struct Area {
    pub(super) file: &'static str,
    pub(super) json: Value,
}

pub(super) fn areas(of: &School) -> Vec<Area> {
    vec![
        area(
            "terms",
            "SchoolManager",
            json!({"Terms": school::terms(of)}),
        ),
        area(
            "staff",
            "HRManager",
            json!({"CurrentStaff": school::staff(of)}),
        ),
        area(
            "rooms",
            "EstateManager",
            json!({"Buildings": school::buildings(of)}),
        ),
        area(
            "departments",
            "TeachingManager",
            json!({"Departments": school::departments(of)}),
        ),
        area("sets", "TeachingManager", json!({"Sets": school::sets(of)})),
        area(
            "teaching-forms",
            "TeachingManager",
            json!({"TeachingForms": school::teaching_forms(of)}),
        ),
        area(
            "structure",
            "TimetableManager",
            json!({"Structure": timetable::structure(of)}),
        ),
        area(
            "published-timetable",
            "TimetableManager",
            json!({"PublishedTimetables": timetable::published(of)}),
        ),
        area(
            "week-allocations",
            "TimetableManager",
            json!({"TimetableAllocations": timetable::allocations(of)}),
        ),
        area("calendar", "CalendarManager", overlays::calendar(of)),
        area(
            "suspensions",
            "CoverManager",
            json!({"LessonSuspensions": overlays::suspensions(of)}),
        ),
        area(
            "closure-reasons",
            "CoverManager",
            json!({"RoomClosureReasons": overlays::reasons(of)}),
        ),
        area(
            "closures-and-cover",
            "CoverManager",
            overlays::closures_and_cover(of),
        ),
    ]
}

/// The core of a timetable with nothing in it, each area in another spelling of "nothing".
pub(super) fn empty_core(of: &School) -> Vec<Area> {
    let timetable = timetable::head(of);
    vec![
        area("terms", "SchoolManager", json!({"Terms": null})),
        area(
            "structure",
            "TimetableManager",
            json!({"Structure": {"Week": null}}),
        ),
        area(
            "published-timetable",
            "TimetableManager",
            json!({"PublishedTimetables": {"Timetable": timetable}}),
        ),
        area(
            "week-allocations",
            "TimetableManager",
            json!({"TimetableAllocations": ""}),
        ),
    ]
}

pub(super) fn area(file: &'static str, manager: &str, containers: Value) -> Area {
    Area {
        file,
        json: json!({"iSAMS": {manager: containers}}),
    }
}

/// None is `null`, one an object, several an array.
pub(super) fn rows(name: &str, rows: impl IntoIterator<Item = Value>) -> Value {
    let mut rows: Vec<Value> = rows.into_iter().collect();
    match rows.len() {
        0 => Value::Null,
        1 => json!({name: rows.remove(0)}),
        _ => json!({name: rows}),
    }
}

pub(super) fn text(value: impl ToString) -> Value {
    Value::String(value.to_string())
}

pub(super) fn legacy(value: impl ToString) -> Value {
    json!({"@Legacy": "True", "#text": value.to_string()})
}

fn day(date: NaiveDate) -> Value {
    text(format!("{date}{MIDNIGHT}"))
}

/// How many rows an area's document holds, counting the innermost rows where a row holds further
/// ones.
pub(super) fn row_count(json: &Value) -> usize {
    let Value::Object(members) = json else {
        return 0;
    };
    members
        .iter()
        .map(|(name, value)| match (name.as_str(), value) {
            (_, Value::Array(all)) if all.iter().any(|one| one.get("@Id").is_none()) => {
                all.iter().map(row_count).sum()
            }
            ("Building" | "Week" | "Day" | "Timetable" | "Department", Value::Array(all)) => {
                all.iter().map(row_count).sum()
            }
            ("Building" | "Week" | "Day" | "Timetable" | "Department", one) => row_count(one),
            (_, Value::Array(all)) => all.len(),
            (_, one) if one.get("@Id").is_some() => 1,
            (_, one) => row_count(one),
        })
        .sum()
}
