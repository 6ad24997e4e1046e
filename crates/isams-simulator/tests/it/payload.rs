use std::collections::BTreeSet;

use serde_json::Value;

use crate::feed::{Feed, children};
use crate::school;

fn body(name: &str, day: &str) -> Value {
    serde_json::from_slice(&school(name).day(day).unwrap().body().unwrap()).unwrap()
}

/// Calls `see` with every value and the name of the member it stands in.
fn walk(name: &str, value: &Value, see: &mut impl FnMut(&str, &Value)) {
    see(name, value);
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, member)| walk(name, member, see)),
        Value::Array(rows) => rows.iter().for_each(|row| walk("", row, see)),
        _ => {}
    }
}

#[test]
fn scalars_are_strings_and_an_array_has_at_least_two() {
    for name in ["alder-prep", "birchwood-college"] {
        for day in school(name).days() {
            walk(
                "",
                &body(name, &day.name),
                &mut |member, value| match value {
                    Value::Bool(_) | Value::Number(_) => panic!("{member}: {value}"),
                    Value::Array(rows) => assert!(rows.len() > 1, "{member}"),
                    Value::Object(members) => assert!(!members.is_empty(), "{member}"),
                    _ => {}
                },
            );
        }
    }
}

#[test]
fn all_fourteen_areas_hold_rows() {
    for name in ["alder-prep", "birchwood-college"] {
        let body = body(name, "first");
        let isams = &body["iSAMS"];
        for path in [
            "/SchoolManager/Terms/Term",
            "/HRManager/CurrentStaff/StaffMember",
            "/EstateManager/Buildings/Building",
            "/TeachingManager/Departments/Department",
            "/TeachingManager/Sets/Set",
            "/TeachingManager/TeachingForms/TeachingForm",
            "/TimetableManager/Structure/Week",
            "/TimetableManager/PublishedTimetables/Timetable/Schedules/Schedule",
            "/TimetableManager/TimetableAllocations/TimetableAllocation",
            "/CalendarManager/Events/0/Event",
            "/CalendarManager/Events/1/Event",
            "/CoverManager/LessonSuspensions/LessonSuspension",
            "/CoverManager/RoomClosureReasons/RoomClosureReason",
            "/CoverManager/RoomClosures/RoomClosure",
            "/CoverManager/Covers/Cover",
        ] {
            assert!(
                isams.pointer(path).is_some_and(|rows| !rows.is_null()),
                "{name} {path}"
            );
        }
    }
}

#[test]
fn the_empty_core_has_no_rows_and_the_rest_has() {
    let feed = Feed::of(&body("alder-prep", "core-empty"));
    assert!(
        feed.terms.is_empty()
            && feed.allocations.is_empty()
            && feed.days.is_empty()
            && feed.rows.is_empty()
    );
    assert!(!feed.staff.is_empty());
}

#[test]
fn the_day_without_staff_has_no_such_manager() {
    let body = body("alder-prep", "staff-missing");
    assert!(body["iSAMS"].get("HRManager").is_none());
    assert!(!Feed::of(&body).rows.is_empty());
}

#[test]
fn awkward_rows_are_there() {
    for name in ["alder-prep", "birchwood-college"] {
        let body = body(name, "first");
        let feed = Feed::of(&body);
        let rows = children(
            &body["iSAMS"]["TimetableManager"]["PublishedTimetables"]["Timetable"]["Schedules"],
            "Schedule",
        );
        let is =
            |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let rooms: BTreeSet<String> = rows
            .iter()
            .map(|row| format!("{:?}", row.get("RoomId").map(Value::as_str)))
            .collect();
        for none in [
            "None",
            "Some(None)",
            "Some(Some(\"0\"))",
            "Some(Some(\"\"))",
        ] {
            assert!(
                rooms.contains(none),
                "{name}: no row has its room spelt {none}"
            );
        }
        let mut parallel = BTreeSet::new();
        let same = rows.iter().filter(|row| {
            !parallel.insert((
                is(row.get("Code")),
                is(row.get("PeriodId")),
                is(row.get("RoomId")),
            ))
        });
        assert!(same.count() > 10, "{name}: parallel rows");
        let periods: BTreeSet<&str> = feed
            .days
            .iter()
            .flat_map(|day| day.periods.iter().map(|period| period.id.as_str()))
            .collect();
        let unknown = |known: &dyn Fn(&str) -> bool, field: &str| {
            rows.iter()
                .filter(|row| {
                    row.get(field)
                        .and_then(Value::as_str)
                        .is_some_and(|id| !id.is_empty() && id != "0" && !known(id))
                })
                .count()
        };
        assert_eq!(unknown(&|id| periods.contains(id), "PeriodId"), 3, "{name}");
        assert_eq!(
            unknown(&|id| feed.rooms.contains(id), "RoomId"),
            3,
            "{name}"
        );
        assert_eq!(
            unknown(
                &|code| feed.staff.iter().any(|member| member.code == code),
                "Teacher"
            ),
            3,
            "{name}"
        );
    }
}

#[test]
fn addresses_are_of_the_schools_only() {
    for (name, domain) in [
        ("alder-prep", "@alder.example"),
        ("birchwood-college", "@birchwood.example"),
    ] {
        let feed = Feed::of(&body(name, "first"));
        let addresses: Vec<_> = feed
            .staff
            .iter()
            .map(|member| member.email.trim())
            .filter(|email| !email.is_empty())
            .collect();
        assert!(
            addresses
                .iter()
                .all(|email| email.to_lowercase().ends_with(domain)),
            "{name}"
        );
        assert!(
            addresses
                .iter()
                .any(|email| email.to_lowercase() != **email),
            "{name}: all in lower case"
        );
        assert!(addresses.len() < feed.staff.len(), "{name}: all have one");
    }
}

#[test]
fn divisions_overlap_inside_a_day_and_repeat_their_names() {
    let feed = Feed::of(&body("birchwood-college", "first"));
    for day in feed.days.iter().filter(|day| day.weekday != 1) {
        assert_eq!(
            day.periods
                .iter()
                .filter(|period| period.name.trim() == "Period 1")
                .count(),
            2
        );
        let overlap = day.periods.iter().enumerate().any(|(n, one)| {
            day.periods[..n]
                .iter()
                .any(|other| one.start < other.end && other.start < one.end)
        });
        assert!(overlap);
    }
    let sundays: Vec<_> = feed.days.iter().filter(|day| day.weekday == 1).collect();
    assert_eq!(sundays.len(), 2);
    assert!(
        sundays
            .iter()
            .all(|day| !day.active && day.periods.is_empty())
    );
    let doubled = feed
        .allocations
        .values()
        .filter(|weeks| weeks.len() > 1)
        .count();
    assert_eq!(doubled, 4, "weeks with two rows");
    assert!(
        feed.allocations
            .values()
            .all(|weeks| weeks.iter().all(|week| *week == weeks[0]))
    );
}
