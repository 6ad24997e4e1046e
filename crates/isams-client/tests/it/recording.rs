//! What a recording keeps, and that nobody is in it.

use std::{collections::BTreeSet, path::Path};

use isams_client::{DataArea, Payload, Recording};
use isams_simulator::{
    Fixture,
    generate::{alder_prep, birchwood_college},
};
use serde_json::{Value, json};

const STAFF: &str = r##"{"StaffMember":[
    {"@Id":"101","UserCode":"ZZ101QB","FullName":"Quill Bee","Forename":"Quill","PreferredName":"Quill","Surname":"Bee",
     "Salutation":" ","SchoolEmailAddress":"Q.Bee@bee.example","Initials":"QB","Title":"Mx","@PersonId":"102"},
    {"@Id":"102","UserCode":"ZZ102RO","FullName":"Rosa O'Dell","Forename":"Rosa","Surname":"O'Dell",
     "SchoolEmailAddress":"office@bee.example"},
    {"@Id":"103","UserCode":"ZZ103SV","FullName":"Sam van der Berg","Forename":"Sam","Surname":"van der Berg",
     "SchoolEmailAddress":"OFFICE@bee.example"}
]}"##;

/// The content of `iSAMS` beside that staff, replaced.
fn replaced(isams: Value) -> (Value, Recording) {
    let mut isams = isams;
    isams["HRManager"] = json!({ "CurrentStaff": serde_json::from_str::<Value>(STAFF).unwrap() });
    let recording = Recording::of(json!({ "iSAMS": isams }).to_string().as_bytes()).unwrap();
    (recording.answers()[0]["iSAMS"].clone(), recording)
}

/// A row of the cover manager with this member, replaced.
fn cover(member: &str, value: impl Into<Value>) -> Value {
    let row = json!({ member: value.into() });
    let (isams, _) = replaced(json!({ "CoverManager": { "Unheard": { "Row": row } } }));
    isams["CoverManager"]["Unheard"]["Row"][member].clone()
}

/// The name of a room, replaced.
fn room(name: &str) -> String {
    let room = json!({ "@Id": "41", "Name": name });
    let (isams, _) = replaced(
        json!({ "EstateManager": { "Buildings": { "Building": { "Classrooms": { "Classroom": room } } } } }),
    );
    let room = &isams["EstateManager"]["Buildings"]["Building"]["Classrooms"]["Classroom"];
    assert_eq!(room["@Id"], "41");
    room["Name"].as_str().unwrap().to_owned()
}

#[test]
fn of_staff_only_what_is_read_is_kept_and_one_person_has_one_number() {
    let (isams, recording) = replaced(json!({}));
    assert_eq!(
        isams["HRManager"]["CurrentStaff"]["StaffMember"],
        json!([
            {"@Id":"1","UserCode":"STAFF0001","FullName":"Person 1","Forename":"Person","PreferredName":"Person",
             "Surname":"1","Salutation":"","SchoolEmailAddress":"person-1@school.example"},
            {"@Id":"2","UserCode":"STAFF0002","FullName":"Person 2","Forename":"Person","Surname":"2",
             "SchoolEmailAddress":"person-2@school.example"},
            // The address that two share stays shared.
            {"@Id":"3","UserCode":"STAFF0003","FullName":"Person 3","Forename":"Person","Surname":"3",
             "SchoolEmailAddress":"person-2@school.example"},
        ])
    );
    let summary = recording.summary();
    assert_eq!(
        (summary.people, summary.addresses, summary.codes),
        (3, 2, 3)
    );
    let left_out: Vec<_> = summary
        .left_out
        .iter()
        .map(|left| (left.path.as_str(), left.times))
        .collect();
    assert_eq!(
        left_out,
        [
            ("HRManager.CurrentStaff.StaffMember.@PersonId", 1),
            ("HRManager.CurrentStaff.StaffMember.Initials", 1),
            ("HRManager.CurrentStaff.StaffMember.Title", 1),
        ]
    );
}

#[test]
fn references_to_staff_are_replaced_wherever_they_stand() {
    for (member, value, expected) in [
        ("CoverTeacher", "ZZ101QB", "STAFF0001"),
        ("CoverTeacher", " ZZ101QB ", " STAFF0001 "),
        // The sync compares codes exactly, so a code in another case stays another code of the same person.
        ("TeacherId", "zz101qb", "STAFF0001"),
        ("@StaffId", "103", "3"),
        ("@AuthorId", "102", "2"),
        ("CoverPersonId", "102", "1"),
        ("LastUpdatedBy", "ZZ102RO", "STAFF0002"),
        ("Teacher", "Quill Bee", "Person 1"),
        ("Teacher", "Bee, Quill", "Person 1"),
        ("Teacher", "Bee", "Person 1"),
        ("Teacher", "QB", "P1"),
        ("TeacherName", "Mx Bee", "Person 1"),
        ("TeacherSurname", "BEE", "1"),
        ("TeacherForename", "Quill", "Person"),
        (
            "ContactEmail",
            "q.bee@BEE.example",
            "person-1@school.example",
        ),
        // Unknown ones are people, too.
        ("Teacher", "ZZ999XX", "STAFF0004"),
        ("StaffId", "999", "4"),
        ("StaffName", "Nobody Known", "Person 4"),
        // Nobody is nobody.
        ("TeacherId", "0", "0"),
        ("TeacherId", "", ""),
        ("TeacherId", " ", ""),
        ("@PrimaryTeacher", "True", "True"),
    ] {
        let replaced = cover(member, value);
        assert_eq!(replaced.as_str().unwrap(), expected, "{member}: {value}");
    }
    assert_eq!(cover("StaffId", 103), json!(3));
    assert_eq!(
        cover("Teacher", json!({ "@Legacy": "True", "#text": "ZZ101QB" }))["#text"],
        "STAFF0001"
    );
    // An element of staff has a person's id; one that links has an id of its own.
    assert_eq!(cover("Teacher", json!({ "@Id": "103" }))["@Id"], "3");
    assert_eq!(
        cover("Teacher", json!({ "@Id": "7", "@StaffId": "103" })),
        json!({ "@Id": "7", "@StaffId": "3" })
    );
}

#[test]
fn two_spellings_of_a_code_stay_two() {
    let rows =
        json!([{ "Teacher": "ZZ101QB" }, { "Teacher": "zz101qb" }, { "Teacher": "ZZ101QB" }]);
    let (isams, _) = replaced(json!({ "CoverManager": { "Unheard": { "Row": rows } } }));
    let codes: Vec<_> = isams["CoverManager"]["Unheard"]["Row"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["Teacher"])
        .collect();
    assert_eq!(codes, ["STAFF0001", "sTAFF0001", "STAFF0001"]);
}

#[test]
fn ids_dates_and_flags_of_rows_stay_even_where_they_equal_an_id_of_staff() {
    for (member, value) in [
        ("@Id", "101"),
        ("ScheduleId", "101"),
        ("RoomId", "0"),
        ("StartDate", "2031-11-03T00:00:00"),
        ("StartTime", "9:05"),
        ("EndTime", ":"),
        ("Year", "2031"),
        ("Active", "True"),
        ("Unheard", "03/11/2031"),
    ] {
        assert_eq!(cover(member, value), value, "{member}");
    }
    assert_eq!(cover("Unheard", true), json!(true));
    assert_eq!(cover("Unheard", 41), json!(41));
    assert_eq!(cover("Unheard", Value::Null), Value::Null);
}

#[test]
fn every_other_text_is_replaced_wholly_and_alike() {
    for (member, value, expected) in [
        ("Reason", "Quill Bee is ill", "Text 1"),
        ("Notes", "call 01632 960123", "Text 1"),
        ("Notes", "01632960123", "Text 1"),
        ("Unheard", "write to q.bee@bee.example", "Text 1"),
        ("Unheard", "q.bee@bee.example", "person-1@school.example"),
        ("Unheard", "ZZ101QB", "STAFF0001"),
        ("Unheard", "Bee, Quill", "Person 1 (2)"),
        ("Unheard", "Bee", "Text 1"),
        ("Week", "odd", "Text 1"),
        (
            "Unheard",
            "{0A1B2C3D-0000-4000-8000-000000000abc}",
            "00000000-0000-0000-0000-000000000001",
        ),
    ] {
        assert_eq!(cover(member, value), expected, "{member}: {value}");
    }
    let rows = json!([{ "A": "one", "B": "two" }, { "A": "two ", "C": { "D": ["one", "ONE"] } }]);
    let (isams, recording) = replaced(json!({ "CoverManager": { "Unheard": { "Row": rows } } }));
    assert_eq!(
        isams["CoverManager"]["Unheard"]["Row"],
        json!([{ "A": "Text 1", "B": "Text 2" }, { "A": "Text 2 ", "C": { "D": ["Text 1", "Text 3"] } }])
    );
    assert_eq!(recording.summary().texts, 3);
}

#[test]
fn codes_of_groups_are_joined_as_before() {
    let (isams, recording) = replaced(json!({
        // It stands before the group that it names, in a member that nobody knows.
        "CoverManager": {
            "Another": { "Row": { "Class": "9A/Ma1" } },
            "LessonSuspensions": { "LessonSuspension": { "@Id": "1", "Code": " 9A/Ma1 " } },
        },
        "TeachingManager": {
            "Sets": { "Set": [{ "@Id": "1", "SetCode": "9A/Ma1", "Name": "9A/Ma1 " }, { "@Id": "2", "SetCode": "9a/ma1", "Name": "Bee's set" }] },
            "TeachingForms": { "TeachingForm": { "@Id": "3", "FormCode": "9", "TimetableCode": "9-PSHE" } },
        },
        "TimetableManager": { "PublishedTimetables": { "Timetable": { "Schedules": { "Schedule": [
            { "Code": "9A/Ma1", "Set": "1", "SetId": "1" }, { "Code": "9-PSHE", "Set": "0" }, { "Code": "" },
        ] } } } },
    }));
    assert_eq!(isams["CoverManager"]["Another"]["Row"]["Class"], "Group 1");
    assert_eq!(
        isams["CoverManager"]["LessonSuspensions"]["LessonSuspension"]["Code"],
        " Group 1 "
    );
    let sets = &isams["TeachingManager"]["Sets"]["Set"];
    assert_eq!(
        sets[0],
        json!({ "@Id": "1", "SetCode": "Group 1", "Name": "Group 1 " })
    );
    // Codes that differ in case are two groups for the sync.
    assert_eq!(
        sets[1],
        json!({ "@Id": "2", "SetCode": "Group 3", "Name": "Group 2" })
    );
    let form = &isams["TeachingManager"]["TeachingForms"]["TeachingForm"];
    assert_eq!(
        form,
        &json!({ "@Id": "3", "FormCode": "Group 4", "TimetableCode": "Group 5" })
    );
    assert_eq!(
        isams["TimetableManager"]["PublishedTimetables"]["Timetable"]["Schedules"]["Schedule"],
        json!([{ "Code": "Group 1", "Set": "1", "SetId": "1" }, { "Code": "Group 5", "Set": "0" }, { "Code": "" }])
    );
    assert_eq!(recording.summary().groups, 5);
}

#[test]
fn names_of_rooms_stay_without_staff() {
    for (name, expected) in [
        ("Lab 1", "Lab 1"),
        ("Great Hall ", "Great Hall "),
        ("St Mary's", "St Mary's"),
        ("Boys' changing", "Boys' changing"),
        ("Mr Bee's Lab", "Mr Person 1's Lab"),
        ("MRS BEE", "MRS Person 1"),
        ("mx. q. bee (old)", "mx. Person 1 (old)"),
        ("Bee's Lab", "Person 1's Lab"),
        ("Bee\u{2019}s Lab", "Person 1\u{2019}s Lab"),
        ("Bee Lab", "Bee Lab"),
        ("O\u{2019}Dell's", "Person 2's"),
        ("Dr van der Berg 2", "Dr Person 3 2"),
        ("Van der Berg's room", "Person 3's room"),
        ("Quill Bee Studio", "Person 1 Studio"),
        ("Studio (BEE, QUILL)", "Studio (Person 1)"),
        // Whoever stands after a title is somebody.
        ("Mrs Pankhurst Room", "Mrs Person 4 Room"),
        ("Mrs Rosa Pankhurst Room", "Mrs Person 4 Room"),
        ("Mr & Mrs Bee", "Mr & Mrs Person 1"),
        ("Mrs de la Cruz Room", "Mrs Person 4 Room"),
        ("Fr 2", "Fr 2"),
        ("Fr Lab", "Fr Lab"),
        ("Fr Bee", "Fr Person 1"),
        ("Dr 2", "Dr 2"),
        ("ask q.bee@bee.example.", "ask person-1@school.example."),
        ("ZZ101QB store", "STAFF0001 store"),
    ] {
        assert_eq!(room(name), expected, "{name}");
    }
}

#[test]
fn whoever_stands_after_a_title_is_known_in_every_name() {
    let rooms = json!([{ "Name": "Pankhurst's Lab" }, { "Name": "Mrs Pankhurst" }, { "Name": "Pankhurst's Lab" }]);
    let (isams, recording) = replaced(
        json!({ "EstateManager": { "Buildings": { "Building": { "Classrooms": { "Classroom": rooms } } } } }),
    );
    assert_eq!(
        isams["EstateManager"]["Buildings"]["Building"]["Classrooms"]["Classroom"],
        json!([{ "Name": "Person 4's Lab" }, { "Name": "Mrs Person 4" }, { "Name": "Person 4's Lab" }])
    );
    assert_eq!(recording.summary().kept_names.len(), 2);
}

#[test]
fn names_are_listed_for_a_person_to_look_at_and_likely_people_come_first() {
    let (isams, recording) = replaced(json!({
        "EstateManager": { "Buildings": { "Building": { "@Id": "3", "Name": "Main", "Description": "opened by Quill Bee",
            "Classrooms": { "Classroom": [{ "@Id": "41", "Name": "Lab 1", "Code": "L1" }, { "@Id": "42", "Name": "Bee Lab" }] } } } },
        "SchoolManager": { "Terms": { "Term": { "Name": "Autumn", "AuthorId": "101" } } },
        "TimetableManager": { "Structure": { "Week": { "Name": "1", "Days": { "Day": { "Name": "Monday", "Day": "2", "Periods": {
            "Period": { "@Id": "1", "Name": "Mr Bee's period", "StartTime": "09:00" } } } } } } },
        "TeachingManager": { "Departments": { "Department": { "Name": "Science", "Subjects": { "Subject": { "Code": "SC", "Name": "Science" } } } } },
        "CalendarManager": { "Events": { "Event": [
            { "Description": "Play", "Location": "lab 1 " }, { "Description": "Play", "Location": "Bee's house" }] } },
    }));
    let names: Vec<_> = recording
        .summary()
        .kept_names
        .into_iter()
        .map(|name| (name.kind, name.text, name.like_staff))
        .collect();
    let expected = [
        ("room", "Bee Lab", true),
        ("building", "Main", false),
        ("day", "Monday", false),
        ("department", "Science", false),
        ("location", "lab 1", false),
        ("period", "Mr Person 1's period", false),
        ("room", "L1", false),
        ("room", "Lab 1", false),
        ("subject", "SC", false),
        ("subject", "Science", false),
        ("term", "Autumn", false),
    ];
    assert_eq!(
        names,
        expected.map(|(kind, text, like)| (kind, text.to_owned(), like))
    );
    let events = &isams["CalendarManager"]["Events"]["Event"];
    assert_eq!(
        (&events[0]["Location"], &events[1]["Location"]),
        (&json!("lab 1 "), &json!("Text 2"))
    );
    assert_eq!(
        isams["EstateManager"]["Buildings"]["Building"]["Description"],
        "Text 3"
    );
}

#[test]
fn pupils_and_what_is_not_read_are_left_out_and_listed() {
    let (isams, recording) = replaced(json!({
        "PupilManager": { "CurrentPupils": { "Pupil": { "@Id": "7", "Surname": "Secret" } } },
        "SchoolManager": { "Forms": { "Form": { "@Id": "9A", "Tutor": "ZZ101QB" } }, "Terms": null },
        "TeachingManager": { "SetLists": { "SetList": { "SchoolId": "000000900000" } }, "Sets": { "Set": { "@Id": "1", "PUPILS": "3" } } },
        "TimetableManager": { "DevelopmentTimetables": { "Timetable": {} }, "PublishedTimetables": { "Timetable": { "Tutorials": { "Tutorial": [
            { "@Id": "80", "Pupils": { "Pupil": { "PupilId": "000000900000" } } }, { "@Id": "81", "Pupils": null }] } } } },
        "CoverManager": { "Unheard": { "Row": { "@Id": "1", "Deep": { "StudentRef": "5", "SchoolId": "6", "DOB": "2020-01-01" }, "Bee, Quill": "x" } } },
    }));
    assert_eq!(isams.get("PupilManager"), None);
    assert_eq!(isams["SchoolManager"], json!({ "Terms": null }));
    assert_eq!(
        isams["TeachingManager"],
        json!({ "Sets": { "Set": { "@Id": "1" } } })
    );
    assert_eq!(
        isams["TimetableManager"],
        json!({ "PublishedTimetables": { "Timetable": { "Tutorials": { "Tutorial": [{ "@Id": "80" }, { "@Id": "81" }] } } } })
    );
    assert_eq!(
        isams["CoverManager"],
        json!({ "Unheard": { "Row": { "@Id": "1", "Deep": {} } } })
    );
    let left_out: Vec<_> = recording
        .summary()
        .left_out
        .into_iter()
        .filter(|left| !left.path.starts_with("HRManager"))
        .map(|left| (left.path, left.times))
        .collect();
    let expected = [
        ("CoverManager.Unheard.Row.(no name of XML)", 1),
        ("CoverManager.Unheard.Row.Deep.DOB", 1),
        ("CoverManager.Unheard.Row.Deep.SchoolId", 1),
        ("CoverManager.Unheard.Row.Deep.StudentRef", 1),
        ("PupilManager", 1),
        ("SchoolManager.Forms", 1),
        ("TeachingManager.SetLists", 1),
        ("TeachingManager.Sets.Set.PUPILS", 1),
        ("TimetableManager.DevelopmentTimetables", 1),
        (
            "TimetableManager.PublishedTimetables.Timetable.Tutorials.Tutorial.Pupils",
            2,
        ),
    ];
    assert_eq!(
        left_out,
        expected.map(|(path, times)| (path.to_owned(), times))
    );
}

#[test]
fn several_answers_have_one_mapping() {
    let staff = format!(r#"{{"iSAMS":{{"HRManager":{{"CurrentStaff":{STAFF}}}}}}}"#);
    // The staff come last, and still have the first numbers.
    let cover = r#"{"iSAMS":{"CoverManager":{"Row":{"Teacher":"ZZ103SV","Other":"ZZ000XX","Note":"one"}}}}"#;
    let again = r#"<iSAMS><CoverManager><Row StaffId="103"><Note>one</Note><Teacher>ZZ000XX</Teacher></Row></CoverManager></iSAMS>"#;
    let recording = Recording::of_all([cover, again, &staff]).unwrap();
    let row = |answer: usize| &recording.answers()[answer]["iSAMS"]["CoverManager"]["Row"];
    // What a later answer shows to be a person's code is one in the earlier answer, too.
    assert_eq!(
        row(0),
        &json!({ "Note": "Text 1", "Other": "STAFF0004", "Teacher": "STAFF0003" })
    );
    assert_eq!(
        row(1),
        &json!({ "@StaffId": "3", "Note": "Text 1", "Teacher": "STAFF0004" })
    );
    // The same staff again are the same people.
    let twice = Recording::of_all([&staff, &staff]).unwrap();
    assert_eq!(twice.answers()[0], twice.answers()[1]);
    assert_eq!(twice.summary().people, 3);
}

#[test]
fn what_is_no_answer_is_the_reader_s_error() {
    for body in [
        "",
        "{",
        "<iSAMS>",
        "{\"iSAMS\":[]}",
        "<Message><MessageId>X</MessageId></Message>",
        "<html></html>",
    ] {
        let ours = Recording::of(body.as_bytes()).unwrap_err();
        let readers = Payload::from_slice(body.as_bytes()).unwrap_err();
        assert_eq!(ours.to_string(), readers.to_string(), "{body}");
    }
}

/// Every text that is a value, with the path of names that leads to it.
fn texts(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                texts(value, &format!("{path}.{name}"), found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| texts(value, path, found)),
        Value::String(text) => found.push((path.to_owned(), text.trim().to_owned())),
        _ => {}
    }
}

/// The distinct ones.
fn texts_of(value: &Value) -> BTreeSet<(String, String)> {
    let mut found = Vec::new();
    texts(value, "", &mut found);
    found.into_iter().collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphabetic())
        .map(str::to_lowercase)
}

/// All days of the schools with the bodies that their keys answer.
fn days() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    ["alder-prep", "birchwood-college", "cedar-house"]
        .into_iter()
        .flat_map(|school| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../fixtures")
                .join(school);
            let school = Fixture::open(path).unwrap();
            let days = school.days().iter().map(|day| {
                let name = format!("{} {}", school.name(), day.name);
                (name, day.body().unwrap(), day.xml_body().unwrap())
            });
            days.collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn nobody_of_the_fixtures_is_left() {
    for (day, body, _) in days() {
        let original = texts_of(&serde_json::from_slice(&body).unwrap());
        let recording = Recording::of(&body).unwrap();
        let answer = &recording.answers()[0];
        let shown = texts_of(answer);
        let whole: BTreeSet<&str> = shown.iter().map(|(_, text)| text.as_str()).collect();
        let all: Vec<String> = whole.iter().map(|text| text.to_lowercase()).collect();
        let all = all.join("\n");
        let rooms: BTreeSet<String> = original
            .iter()
            .filter(|(path, _)| path.contains(".Classroom."))
            .map(|(_, text)| text.to_lowercase())
            .collect();
        let kept_words: BTreeSet<String> = original
            .iter()
            .filter(|(path, _)| {
                (path.contains(".EstateManager.") || path.contains(".Departments."))
                    && path.ends_with("Name")
            })
            .flat_map(|(_, text)| words(text))
            .collect();
        let shown_words: BTreeSet<String> =
            shown.iter().flat_map(|(_, text)| words(text)).collect();
        let mut seen = BTreeSet::new();
        for (path, text) in &original {
            let name = path.rsplit('.').next().unwrap();
            // A text with attributes is a member of its own.
            let name = if name == "#text" {
                path.rsplit('.').nth(1).unwrap()
            } else {
                name
            };
            let of_staff = path.contains(".StaffMember.");
            match name {
                _ if text.is_empty() => continue,
                "UserCode" | "UserName" | "SchoolEmailAddress" | "FullName" | "Teacher"
                | "TeacherId" | "Author" | "PupilId" | "@PersonGuid" => {
                    assert!(!all.contains(&text.to_lowercase()), "{day}: {path}: {text}");
                }
                "Forename" | "Surname" | "PreferredName" | "Initials"
                    if of_staff && name != "Initials" =>
                {
                    assert!(!whole.contains(text.as_str()), "{day}: {path}: {text}");
                    for word in words(text)
                        .filter(|word| word.chars().count() > 2 && !kept_words.contains(word))
                    {
                        assert!(!shown_words.contains(&word), "{day}: {path}: {word}");
                    }
                }
                // It is the room that matters, and rooms keep their names.
                "Location" if rooms.contains(&text.to_lowercase()) => {
                    assert!(
                        shown.contains(&(path.clone(), text.clone())),
                        "{day}: {path}: {text}"
                    );
                }
                "SetCode" | "TimetableCode" | "FormCode" | "DisplayCode" | "Reason"
                | "DisplayName" | "Description" | "Location" => {
                    assert!(!whole.contains(text.as_str()), "{day}: {path}: {text}")
                }
                "Code" if path.contains(".Schedule.") || path.contains(".LessonSuspension.") => {
                    assert!(!whole.contains(text.as_str()), "{day}: {path}: {text}");
                }
                "Name"
                    if path.contains(".Set.")
                        || path.contains(".YearSchedule.")
                        || path.contains(".Timetable.") =>
                {
                    assert!(!whole.contains(text.as_str()), "{day}: {path}: {text}");
                }
                _ => continue,
            }
            seen.insert(name.to_owned());
        }
        // The table above is about members that are there.
        let wanted: &[&str] = if day.ends_with("core-empty") {
            &["UserCode", "Surname", "SetCode", "Author"]
        } else if day.ends_with("staff-missing") {
            &[
                "Teacher",
                "TeacherId",
                "Author",
                "PupilId",
                "SetCode",
                "Code",
                "DisplayName",
            ]
        } else {
            &[
                "UserCode", "Surname", "Teacher", "PupilId", "SetCode", "Code", "Name", "Reason",
                "Location", "FormCode",
            ]
        };
        for name in wanted {
            assert!(seen.contains(*name), "{day}: {name}");
        }
    }
}

#[test]
fn a_recording_reads_as_the_answer_did() {
    for (day, body, xml) in days() {
        let recording = Recording::of(&body).unwrap();
        let answer = &recording.answers()[0];
        let original = Payload::from_slice(&body).unwrap();
        let read = Payload::from_slice(answer.to_string().as_bytes()).unwrap();
        for area in DataArea::ALL {
            assert_eq!(read.state(area), original.state(area), "{day}: {area}");
            assert_eq!(read.rows(area), original.rows(area), "{day}: {area}");
        }
        assert_eq!(read.findings(), original.findings(), "{day}");
        // The same again, and the same from XML.
        assert_eq!(Recording::of(&body).unwrap().answers()[0], *answer, "{day}");
        let from_xml = Recording::of(&xml).unwrap();
        assert_eq!(from_xml.answers()[0], *answer, "{day}");
        assert_eq!(from_xml.summary(), recording.summary(), "{day}");
    }
}

#[test]
fn every_member_survives_or_is_listed() {
    for school in [alder_prep(), birchwood_college()] {
        let body = school.body();
        let recording = Recording::of(&body).unwrap();
        let paths = |value: &Value| -> BTreeSet<String> {
            let mut found = BTreeSet::new();
            names(value, "", &mut found);
            found
        };
        let shown = paths(&recording.answers()[0]["iSAMS"]);
        let original = paths(&serde_json::from_slice::<Value>(&body).unwrap()["iSAMS"]);
        let left_out: Vec<String> = recording
            .summary()
            .left_out
            .into_iter()
            .map(|left| format!(".{}", left.path))
            .collect();
        for path in &original {
            let listed = left_out
                .iter()
                .any(|left| path == left || path.starts_with(&format!("{left}.")));
            assert_ne!(shown.contains(path), listed, "{path}");
        }
        assert!(shown.is_subset(&original));
        assert!(shown.contains(".TimetableManager.PublishedTimetables.Timetable.Tutorials.Tutorial.Teachers.Teacher.TeacherId"));
    }
}

fn names(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = format!("{path}.{name}");
                names(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, path, found)),
        _ => {}
    }
}

#[test]
fn an_answer_full_of_names_in_odd_places_shows_none() {
    let odd = json!({
        "?xml": { "@version": "1.0" },
        "Quill Bee": "Quill Bee",
        "iSAMS": {
            "@Who": "Quill Bee",
            "HRManager": {
                "@Head": "Quill Bee",
                "Leavers": { "StaffMember": { "FullName": "Rosa Dell" } },
                "CurrentStaff": { "@By": "Quill Bee", "StaffMember": [
                    { "@Id": "101", "UserCode": { "@Was": "Quill", "#text": "ZZ101QB" }, "Surname": "Bee", "Forename": "Quill", "Salutation": "Mx Bee",
                      "SchoolEmailAddress": "q.bee@bee.example", "Next": { "Of": { "Kin": "Rosa Dell" } }, "FullName": ["Quill Bee", "Q Bee"] },
                    "Quill Bee",
                    { "@Id": 102, "FullName": "Rosa Dell", "UserCode": 102 },
                ] },
            },
            "CoverManager": {
                "Notes": "Quill Bee, 01632 960123",
                "Nested": { "Deep": [{ "Deeper": { "Said": "Quill", "CoveredFor": "ZZ101QB", "By": "Bee", "Mail": "Q.BEE@bee.example" } }, "Rosa Dell"] },
                "Quill Bee": { "Row": 1 },
            },
            "CalendarManager": { "Events": { "Event": { "Description": "write to q.bee@bee.example", "Location": "Mr Bee's Lab " } } },
            "EstateManager": { "Buildings": { "Building": { "Name": "Rosa Dell Building", "Description": "Bee",
                "Classrooms": { "Classroom": { "@Id": "Bee", "Name": "Mr Bee's Lab", "Initials": "ZZ101QB", "Code": "R Dell, Rosa" } } } } },
            "TeachingManager": { "Sets": { "Set": { "SetCode": "9A/Bee", "Name": "Mx Bee's set", "Teacher": "Quill Bee", "SubjectId": "Bee" } },
                "Departments": { "Department": { "Name": "Dr Quill Bee's department", "Head": "Bee" } } },
            "SchoolManager": { "Terms": { "Term": { "Name": "Bee's term", "FinishDate": "ask Quill", "Author": "102" } } },
        },
    });
    let mut recording = Recording::of(odd.to_string().as_bytes()).unwrap();
    let answer = recording.answers()[0].to_string();
    let summary = serde_json::to_string(&recording.summary()).unwrap();
    for shown in [answer.to_lowercase(), summary.to_lowercase()] {
        for name in ["quill", "bee", "rosa", "dell", "zz101qb", "01632", "q.bee"] {
            assert!(!shown.contains(name), "{name} in {shown}");
        }
    }
    let isams = &recording.answers()[0]["iSAMS"];
    assert_eq!(
        isams["CoverManager"]["Nested"]["Deep"][0]["Deeper"]["CoveredFor"],
        "STAFF0001"
    );
    assert_eq!(
        isams["CalendarManager"]["Events"]["Event"]["Location"],
        "Mr Person 1's Lab "
    );
    assert_eq!(
        isams["SchoolManager"]["Terms"]["Term"]["Author"],
        "STAFF0002"
    );
    let row = &isams["HRManager"]["CurrentStaff"]["StaffMember"][2];
    assert_eq!(
        row,
        &json!({ "@Id": 2, "FullName": "Person 2", "UserCode": "STAFF0002" })
    );
    let mail = isams["CoverManager"]["Nested"]["Deep"][0]["Deeper"]["Mail"].clone();
    assert_eq!(mail, recording.pseudonyms().email("q.bee@bee.example"));
    assert!(!format!("{:?}", recording.pseudonyms()).contains("Bee"));
}
