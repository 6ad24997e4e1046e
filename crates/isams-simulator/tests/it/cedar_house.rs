//! *Cedar House* really has what its README promises.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::feed::children;
use crate::{fixtures, school};

fn day(name: &str) -> Value {
    let body = school("cedar-house").day(name).unwrap().body().unwrap();
    serde_json::from_slice(&body).unwrap()
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn classrooms(body: &Value) -> Vec<&Value> {
    children(&body["iSAMS"]["EstateManager"]["Buildings"], "Building")
        .into_iter()
        .flat_map(|building| {
            building
                .get("Classrooms")
                .map_or(Vec::new(), |rooms| children(rooms, "Classroom"))
        })
        .collect()
}

fn periods(body: &Value) -> Vec<&Value> {
    days(body)
        .into_iter()
        .filter_map(|day| day.get("Periods"))
        .flat_map(|periods| children(periods, "Period"))
        .collect()
}

fn days(body: &Value) -> Vec<&Value> {
    children(&body["iSAMS"]["TimetableManager"]["Structure"], "Week")
        .into_iter()
        .flat_map(|week| children(&week["Days"], "Day"))
        .collect()
}

fn timetables(body: &Value) -> Vec<&Value> {
    let timetable = &body["iSAMS"]["TimetableManager"];
    children(&timetable["PublishedTimetables"], "Timetable")
}

fn schedules(body: &Value) -> Vec<&Value> {
    timetables(body)
        .into_iter()
        .flat_map(|timetable| children(&timetable["Schedules"], "Schedule"))
        .collect()
}

fn rows<'a>(body: &'a Value, manager: &str, container: &str, row: &str) -> Vec<&'a Value> {
    children(&body["iSAMS"][manager][container], row)
}

/// The names of what a value can be.
fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "absent",
        Some(Value::Null) => "null",
        Some(Value::String(text)) if text.trim().is_empty() => "blank",
        Some(Value::String(_)) => "text",
        Some(Value::Array(_)) => "array",
        Some(_) => "object",
    }
}

#[test]
fn containers_are_spelt_in_every_way() {
    let body = day("first");
    let buildings = rows(&body, "EstateManager", "Buildings", "Building");
    let classrooms: BTreeSet<_> = buildings
        .iter()
        .map(|building| match building.get("Classrooms") {
            Some(Value::Object(rooms)) => kind(rooms.get("Classroom")),
            other => kind(other),
        })
        .collect();
    assert_eq!(
        classrooms,
        BTreeSet::from(["absent", "array", "blank", "null", "object"])
    );
    let periods: BTreeSet<_> = days(&body)
        .iter()
        .map(|day| match day.get("Periods") {
            Some(Value::Object(periods)) => kind(periods.get("Period")),
            other => kind(other),
        })
        .collect();
    assert_eq!(
        periods,
        BTreeSet::from(["absent", "array", "blank", "null", "object"])
    );
    let terms = body["iSAMS"]["SchoolManager"]["Terms"].as_array().unwrap();
    assert_eq!(terms.len(), 2, "the container comes twice");
    let first: BTreeSet<_> = children(&terms[0], "Term")
        .iter()
        .map(|term| text(term, "@Id"))
        .collect();
    assert!(
        children(&terms[1], "Term")
            .iter()
            .any(|term| first.contains(text(term, "@Id")))
    );
    let events = &body["iSAMS"]["CalendarManager"]["Events"];
    assert_eq!(events.as_array().unwrap().len(), 2);
}

#[test]
fn rooms_are_odd() {
    let body = day("first");
    let rooms = classrooms(&body);
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for room in &rooms {
        *by_id.entry(text(room, "@Id")).or_default() += 1;
        by_name
            .entry(text(room, "Name").trim())
            .or_default()
            .insert(text(room, "@Id"));
    }
    assert_eq!(by_id["44"], 2, "the hall is in two buildings");
    assert_eq!(by_name["Studio"].len(), 2, "two rooms of one name");
    assert_eq!(by_id[""], 1, "one has no id");
    assert!(by_name[""].len() > 1, "some have no name");
    assert!(rooms.iter().any(|room| text(room, "Name").ends_with(' ')));
    assert_eq!(by_id.len() - 1, 16);
}

#[test]
fn periods_are_odd_and_their_times_are_spelt_in_many_ways() {
    let body = day("first");
    let periods = periods(&body);
    let starts: BTreeSet<&str> = periods
        .iter()
        .map(|period| text(period, "StartTime"))
        .collect();
    for spelling in [":", " ", "7:30", "09:00", "14:00:00", "1900-01-01T10:00:00"] {
        assert!(starts.contains(spelling), "{spelling}");
    }
    let has = |start: &str, end: &str| {
        periods
            .iter()
            .any(|period| text(period, "StartTime") == start && text(period, "EndTime") == end)
    };
    assert!(has("16:00", "15:45"), "reversed");
    assert!(has("16:00", "16:00"), "no time at all");
    assert!(has("23:00", "00:00"), "past midnight");
    assert!(has("22:30", "24:00"), "until midnight");
    assert!(has("10:30", "10:50") && has("10:50", "11:10"), "halved");
    let ids: Vec<&str> = periods.iter().map(|period| text(period, "@Id")).collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(known.len() + 1, ids.len(), "one id is given twice");
    assert!(known.contains(""), "one has none");
    assert!(
        days(&body)
            .iter()
            .any(|day| text(day, "Active") == "0" && text(day, "Day") == "1")
    );
    assert!(days(&body).iter().any(|day| day.get("Day").is_none()));
}

#[test]
fn schedule_rows_are_odd() {
    let body = day("first");
    let all = schedules(&body);
    let rooms: BTreeSet<&str> = all.iter().map(|row| kind(row.get("RoomId"))).collect();
    assert_eq!(rooms, BTreeSet::from(["absent", "blank", "null", "text"]));
    assert!(all.iter().any(|row| text(row, "RoomId") == "0"));
    let with = |field: &str, value: &str| {
        all.iter()
            .filter(|row| text(row, field) == value)
            .collect::<Vec<_>>()
    };
    assert_eq!(with("PeriodId", "8888").len(), 1);
    assert_eq!(with("RoomId", "999").len(), 1);
    assert_eq!(with("Teacher", "CH999999ZZ").len(), 1);
    let twins = with("@Id", "9931");
    assert_eq!(twins.len(), 2);
    assert_eq!(twins[0], twins[1]);
    assert_ne!(twins[0]["Set"], twins[0]["SetId"]);
    let same = |row: &Value| {
        all.iter()
            .filter(|other| {
                ["Code", "PeriodId", "RoomId"]
                    .iter()
                    .all(|field| text(row, field) == text(other, field))
                    && text(row, "Teacher") != text(other, "Teacher")
            })
            .count()
    };
    assert!(
        with("Code", "10B/Ph1").iter().all(|row| same(row) == 1),
        "two teach it"
    );
    let in_force: Vec<_> = timetables(&body)
        .into_iter()
        .filter(|timetable| text(timetable, "StartYear") == "2031")
        .collect();
    assert_eq!(in_force.len(), 2);
    assert_eq!(timetables(&body).len(), 3, "and last year's");
    let sets = rows(&body, "TeachingManager", "Sets", "Set");
    let years: BTreeSet<&str> = sets.iter().map(|set| text(set, "@YearId")).collect();
    assert!(years.contains("-1") && years.contains("14"));
    assert!(sets.iter().any(|set| {
        set.get("SubjectId")
            .is_some_and(|twin| text(twin, "#text") != text(set, "@SubjectId"))
    }));
}

#[test]
fn staff_are_odd_and_nobody_is_real() {
    let body = day("first");
    let staff = rows(&body, "HRManager", "CurrentStaff", "StaffMember");
    let mut addresses: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for member in &staff {
        let address = member.get("SchoolEmailAddress");
        kinds.insert(kind(address));
        if let Some(address) = address.and_then(Value::as_str) {
            let address = address.trim().to_lowercase();
            assert!(address.is_empty() || address.ends_with("@cedar.example"));
            addresses
                .entry(address)
                .or_default()
                .insert(text(member, "@Id"));
        }
    }
    assert_eq!(kinds, BTreeSet::from(["absent", "blank", "null", "text"]));
    assert_eq!(addresses["science@cedar.example"].len(), 2);
    let ids: BTreeSet<_> = staff.iter().map(|member| text(member, "@Id")).collect();
    assert_eq!(ids.len() + 1, staff.len(), "one comes twice");
    assert!(
        staff
            .iter()
            .any(|member| text(member, "UserCode").is_empty())
    );
    assert!(
        staff
            .iter()
            .any(|member| member.get("LeavingDate").is_some())
    );
}

#[test]
fn weeks_are_allocated_twice_or_never_and_new_year_has_two_keys() {
    let body = day("first");
    let allocations = rows(
        &body,
        "TimetableManager",
        "TimetableAllocations",
        "TimetableAllocation",
    );
    let of = |year: &str, week: &str| -> Vec<&str> {
        allocations
            .iter()
            .filter(|row| text(row, "Year") == year && text(row, "Week") == week)
            .map(|row| text(row, "TimetableWeekId"))
            .collect()
    };
    assert_eq!(of("2031", "53"), ["1"]);
    assert_eq!(of("2032", "1"), ["2"]);
    assert_eq!(of("2031", "39"), ["2", "3"], "week B with prep");
    assert_eq!(of("2031", "40"), ["1", "1"]);
    assert_eq!(of("2031", "41"), ["2", "77"]);
    for (year, half_term) in [("2031", "44"), ("2032", "8")] {
        assert!(of(year, half_term).is_empty());
    }
    assert_eq!(of("2031", "A").len() + of("2031", "55").len(), 2);
    let alone = allocations
        .iter()
        .filter(|row| text(row, "TimetableWeekId") == "3");
    assert_eq!(alone.count(), 1, "prep is never alone");
    let january = day("eight-periods");
    assert!(
        january["iSAMS"]["TimetableManager"]
            .get("TimetableAllocations")
            .is_none()
    );
    let alias = rows(
        &january,
        "TimetableManager",
        "WeekAllocations",
        "WeekAllocation",
    );
    assert_eq!(alias.len(), allocations.len());
}

#[test]
fn each_day_changes_what_it_is_named_after() {
    let changed = |day: &str| -> BTreeSet<String> {
        let folder = fixtures().join("cedar-house").join(day);
        std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(".json").map(str::to_owned)
            })
            .collect()
    };
    for (day, files) in [
        ("closure", &["closures-and-cover"][..]),
        ("closure-lifted", &["closures-and-cover"]),
        ("suspension", &["suspensions"]),
        ("cover", &["closures-and-cover", "suspensions"]),
        ("event", &["calendar"]),
        ("renamed", &["rooms"]),
        ("swapped", &["rooms"]),
        ("recreated", &["published-timetable", "rooms"]),
        (
            "eight-periods",
            &["published-timetable", "structure", "week-allocations"],
        ),
        (
            "rollover",
            &[
                "published-timetable",
                "sets",
                "structure",
                "terms",
                "week-allocations",
            ],
        ),
    ] {
        let files: BTreeSet<String> = files.iter().map(|&file| file.to_owned()).collect();
        assert_eq!(changed(day), files, "{day}");
    }
}

#[test]
fn overlays_name_what_they_are_about_in_every_way() {
    let body = day("cover");
    let suspensions = rows(
        &body,
        "CoverManager",
        "LessonSuspensions",
        "LessonSuspension",
    );
    let naming = |field: &str| suspensions.iter().any(|row| row.get(field).is_some());
    for field in [
        "ScheduleId",
        "Code",
        "NationalCurriculumYear",
        "PeriodId",
        "RoomId",
    ] {
        assert!(naming(field), "{field}");
        let nothing = suspensions.iter().find(|row| text(row, "@Id") == "406");
        assert!(nothing.unwrap().get(field).is_none());
    }
    let covers = rows(&body, "CoverManager", "Covers", "Cover");
    assert!(covers.iter().any(|row| row.get("RoomId").is_none()));
    assert!(covers.iter().any(|row| row.get("ScheduleId").is_none()));
    assert!(covers.iter().any(|row| text(row, "RoomId") == "999"));
    let closed = |day: &str| -> BTreeSet<String> {
        let body = self::day(day);
        rows(&body, "CoverManager", "RoomClosures", "RoomClosure")
            .iter()
            .map(|row| text(row, "@Id").to_owned())
            .collect()
    };
    let lifted: Vec<String> = closed("closure")
        .difference(&closed("closure-lifted"))
        .cloned()
        .collect();
    assert_eq!(lifted, ["604"]);
    assert_eq!(closed("first"), BTreeSet::new());
}

#[test]
fn rooms_are_renamed_swapped_and_made_again() {
    let name = |day: &str, id: &str| {
        let body = self::day(day);
        classrooms(&body)
            .iter()
            .find(|room| text(room, "@Id") == id)
            .map(|room| text(room, "Name").to_owned())
    };
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(name("event", "43"), named("Oak 3"));
    assert_eq!(name("renamed", "43"), named("Sixth Form Room"));
    assert_eq!(name("renamed", "51"), name("swapped", "52"));
    assert_eq!(name("renamed", "52"), name("swapped", "51"));
    assert_eq!(name("swapped", "62"), name("recreated", "66"));
    assert_eq!(name("recreated", "62"), None);
    let in_room = |day: &str, id: &str| {
        let body = self::day(day);
        schedules(&body)
            .iter()
            .filter(|row| text(row, "RoomId") == id)
            .count()
    };
    assert_eq!(in_room("swapped", "62"), in_room("recreated", "66"));
    assert_eq!(in_room("recreated", "62"), 0);
}

#[test]
fn bells_and_years_take_new_ids() {
    let ids = |day: &str| -> BTreeSet<String> {
        let body = self::day(day);
        periods(&body)
            .iter()
            .map(|period| text(period, "@Id").to_owned())
            .collect()
    };
    let seniors = |day: &str| {
        let body = self::day(day);
        let tuesday = days(&body)
            .into_iter()
            .find(|day| text(day, "Name") == "Tuesday")
            .unwrap()
            .clone();
        children(&tuesday["Periods"], "Period").len() - 5
    };
    assert_eq!((seniors("recreated"), seniors("eight-periods")), (6, 8));
    assert!(ids("recreated").is_disjoint(&ids("eight-periods")));
    assert!(ids("eight-periods").is_disjoint(&ids("rollover")));
    let years = |day: &str| -> Vec<Value> {
        let body = self::day(day);
        timetables(&body)
            .iter()
            .map(|timetable| timetable["StartYear"].clone())
            .collect()
    };
    assert_eq!(
        years("eight-periods"),
        [json!("2031"), json!("2031"), json!("2030")]
    );
    assert_eq!(years("rollover"), [json!("2032"), json!("2032")]);
}

#[test]
fn it_is_small() {
    let size = |form: &str| -> u64 {
        let school = school("cedar-house");
        let mut files = BTreeSet::new();
        for day in school.days() {
            for (path, _) in day.documents().unwrap() {
                files.insert(path.with_extension(form));
            }
        }
        files
            .iter()
            .map(|path| std::fs::metadata(path).unwrap().len())
            .sum()
    };
    for form in ["json", "xml"] {
        assert!(size(form) < 400_000, "{form}: {}", size(form));
    }
}
