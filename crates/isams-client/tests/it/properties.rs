//! What holds for every document, however odd.

use isams_client::{AreaState, DataArea, Payload, Recording};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

/// Names that mean something somewhere, so that odd documents get far into the reader.
const NAMES: &[&str] = &[
    "@Id",
    "Id",
    "@Legacy",
    "#text",
    "Name",
    "CalendarManager",
    "Events",
    "EventsNextYear",
    "Event",
    "StartDate",
    "StartTime",
    "AllDayEvent",
    "CoverManager",
    "LessonSuspensions",
    "LessonSuspension",
    "RoomClosures",
    "RoomClosure",
    "Covers",
    "Cover",
    "Date",
    "EstateManager",
    "Buildings",
    "Building",
    "Classrooms",
    "Classroom",
    "HRManager",
    "CurrentStaff",
    "StaffMember",
    "FullName",
    "Surname",
    "SchoolManager",
    "Terms",
    "Term",
    "SchoolYear",
    "TeachingManager",
    "Departments",
    "Department",
    "Subjects",
    "Subject",
    "Sets",
    "Set",
    "@SubjectId",
    "SubjectId",
    "Teachers",
    "Teacher",
    "@PrimaryTeacher",
    "TeachingForms",
    "TeachingForm",
    "TimetableManager",
    "Structure",
    "Week",
    "Days",
    "Day",
    "Periods",
    "Period",
    "PublishedTimetables",
    "Timetable",
    "Schedules",
    "Schedule",
    "SetId",
    "RoomId",
    "Tutorials",
    "Tutorial",
    "PeriodId",
    "TeacherId",
    "TimetableAllocations",
    "TimetableAllocation",
    "WeekAllocations",
    "WeekAllocation",
];

const TEXTS: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "2",
    "10",
    "9B",
    "True",
    "false",
    "09:00",
    "24:00",
    ":",
    "2031-09-03",
    "2031-09-03T00:00:00",
    "1900-01-01T18:30:00",
    " Quarry ",
    "an array",
];

/// The levels from `iSAMS` to the innermost rows.
const PATHS: &[&[&str]] = &[
    &["CalendarManager", "Events", "Event"],
    &["CoverManager", "LessonSuspensions", "LessonSuspension"],
    &["CoverManager", "RoomClosures", "RoomClosure"],
    &["CoverManager", "Covers", "Cover"],
    &[
        "EstateManager",
        "Buildings",
        "Building",
        "Classrooms",
        "Classroom",
    ],
    &["HRManager", "CurrentStaff", "StaffMember"],
    &["SchoolManager", "Terms", "Term"],
    &[
        "TeachingManager",
        "Departments",
        "Department",
        "Subjects",
        "Subject",
    ],
    &["TeachingManager", "Sets", "Set", "Teachers", "Teacher"],
    &[
        "TimetableManager",
        "Structure",
        "Week",
        "Days",
        "Day",
        "Periods",
        "Period",
    ],
    &[
        "TimetableManager",
        "PublishedTimetables",
        "Timetable",
        "Schedules",
        "Schedule",
    ],
    &[
        "TimetableManager",
        "PublishedTimetables",
        "Timetable",
        "Tutorials",
        "Tutorial",
        "Periods",
        "Period",
    ],
    &[
        "TimetableManager",
        "TimetableAllocations",
        "TimetableAllocation",
    ],
];

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..3000).prop_map(Value::from),
        select(TEXTS).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((select(NAMES), inner), 0..5).prop_map(|members| {
                Value::Object(
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// A document with some odd values at the places where rows are expected.
fn any_document() -> impl Strategy<Value = Value> {
    let planted = (select(PATHS), 1..8_usize, any_value());
    vec(planted, 0..10).prop_map(|planted| {
        let mut isams = Value::Object(Map::new());
        for (path, depth, value) in planted {
            plant(&mut isams, &path[..depth.min(path.len())], value);
        }
        Value::Object(Map::from_iter([("iSAMS".to_owned(), isams)]))
    })
}

fn plant(at: &mut Value, path: &[&str], value: Value) {
    match (path, at) {
        ([], at) => {
            let old = at.take();
            *at = match old {
                Value::Null => value,
                Value::Array(mut many) => {
                    many.push(value);
                    Value::Array(many)
                }
                one => Value::Array(vec![one, value]),
            };
        }
        ([name, rest @ ..], Value::Object(members)) => {
            plant(members.entry(*name).or_insert(Value::Null), rest, value);
        }
        ([name, rest @ ..], at) => {
            if !at.is_null() {
                return;
            }
            let mut members = Map::new();
            plant(members.entry(*name).or_insert(Value::Null), rest, value);
            *at = Value::Object(members);
        }
    }
}

fn read(document: &Value) -> Payload {
    Payload::from_slice(&serde_json::to_vec(document).unwrap()).unwrap()
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(elements) => Value::Array(elements.iter().rev().map(reversed).collect()),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), reversed(value)))
                .collect(),
        ),
        scalar => scalar.clone(),
    }
}

fn texts_in<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| texts_in(value, texts)),
        Value::Object(members) => members.values().for_each(|value| texts_in(value, texts)),
        Value::String(text) => texts.push(text.trim()),
        _ => {}
    }
}

/// Whether a text is a pseudonym, or one of [`TEXTS`] that tells of nobody.
fn is_harmless(text: &str) -> bool {
    let pseudonym = ["Text ", "Group ", "Person ", "STAFF", "P", ""]
        .into_iter()
        .any(|before| {
            let number = text.strip_prefix(before);
            number.is_some_and(|number| {
                !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
            })
        });
    pseudonym
        || ["", "Person", ":", "True", "false", "true"].contains(&text)
        || text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:T".contains(&byte))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn writing_and_reading_gives_the_same_payload(document in any_document()) {
        let mut payload = read(&document);
        payload.canonicalise();
        let again = read(&payload.to_json());
        prop_assert_eq!(again.findings(), &[]);
        for area in DataArea::ALL {
            match payload.state(area) {
                AreaState::Present | AreaState::Empty => {
                    prop_assert_eq!(again.state(area), payload.state(area));
                    prop_assert_eq!(again.rows(area), payload.rows(area));
                    prop_assert_eq!(again.hash(area), payload.hash(area));
                }
                _ => prop_assert_eq!(again.state(area), AreaState::Missing),
            }
            payload.take_from(&again, area);
        }
        prop_assert_eq!(&again.to_json(), &payload.to_json());
        // The rows came back in canonical order: nothing is left to sort.
        let mut sorted = again.clone();
        sorted.canonicalise();
        prop_assert_eq!(sorted, again);
    }

    #[test]
    fn the_order_of_rows_never_matters(mut document in any_document()) {
        // Two containers of events are told apart by their order.
        if let Some(isams) = document["iSAMS"].as_object_mut() {
            isams.remove("CalendarManager");
        }
        let (mut one, mut other) = (read(&document), read(&reversed(&document)));
        one.canonicalise();
        other.canonicalise();
        for area in DataArea::ALL {
            prop_assert_eq!(one.state(area), other.state(area));
            prop_assert_eq!(one.hash(area), other.hash(area));
        }
        prop_assert_eq!(one.to_json(), other.to_json());
    }

    #[test]
    fn merging_with_itself_changes_nothing(document in any_document()) {
        let mut payload = read(&document);
        let before = payload.findings().len();
        payload.merge(payload.clone());
        payload.canonicalise();
        let mut once = read(&document);
        once.canonicalise();
        prop_assert_eq!(payload.to_json(), once.to_json());
        prop_assert_eq!(payload.findings().len(), 2 * before);
    }

    #[test]
    fn a_recording_reads_as_its_answer_and_shows_no_other_text(document in any_document()) {
        let recording = Recording::of(&serde_json::to_vec(&document).unwrap()).unwrap();
        let shown = &recording.answers()[0];
        let (original, recorded) = (read(&document), read(shown));
        for area in DataArea::ALL {
            prop_assert_eq!(recorded.state(area), original.state(area), "{}", area);
            prop_assert_eq!(recorded.rows(area), original.rows(area), "{}", area);
        }
        // Which of several unknown names is told of depends on their order.
        for finding in recorded.findings() {
            let same = original.findings().iter().any(|other| (other.area, &other.path) == (finding.area, &finding.path));
            prop_assert!(same, "{:?}", finding);
        }
        let kept: Vec<String> = recording.summary().kept_names.into_iter().map(|name| name.text).collect();
        let mut texts = Vec::new();
        texts_in(shown, &mut texts);
        for text in texts {
            prop_assert!(is_harmless(text) || kept.iter().any(|kept| kept == text), "{}", text);
        }
    }

    #[test]
    fn no_name_crashes_a_recording(
        name in "[\\PC]{0,12}",
        forename in "[\\PC]{0,4}",
        surname in "[\\PC]{0,6}",
        room in "(Mr |Dr\\.|Fr )?[\\PC]{0,6}('s|\u{2019}s|s')?[\\PC ]{0,6}",
    ) {
        let room = format!("{room} {surname}'s {forename} {surname}");
        let document = json!({ "iSAMS": {
            "HRManager": { "CurrentStaff": { "StaffMember": {
                "@Id": "1", "FullName": name, "Forename": forename, "Surname": surname, "Salutation": room } } },
            "EstateManager": { "Buildings": { "Building": { "Name": room } } },
            "CoverManager": { "Row": { "TeacherName": room, "Note": name, "Teacher": forename } },
        } });
        let recording = Recording::of(&serde_json::to_vec(&document).unwrap()).unwrap();
        // A full name of several words is nowhere left.
        let words = room.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).count();
        let shown = &recording.answers()[0]["iSAMS"];
        prop_assert_eq!(shown["HRManager"]["CurrentStaff"]["StaffMember"]["@Id"].as_str(), Some("1"));
        prop_assert!(words < 2 || shown["CoverManager"]["Row"]["TeacherName"] != room);
    }

    #[test]
    fn no_bytes_crash_the_reader(bytes in vec(any::<u8>(), 0..200), mark in select(&["", "{", "<", "<Message>", "<html>"][..])) {
        let _ = Payload::from_slice(&[mark.as_bytes(), &bytes].concat());
    }
}
