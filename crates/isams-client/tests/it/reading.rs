//! One table per reading rule.

use isams_client::{
    AreaState::{self, Empty, Missing, Present, Unreadable},
    Classroom, DataArea, Error, Field, Payload, Schedule, Section, SetTeacher, StaffMember,
    TeachingSet, Term, Tutorial,
};

use crate::{date, read, text};

fn row<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

/// The findings as `path: reason`.
fn findings(payload: &Payload) -> Vec<String> {
    payload
        .findings()
        .iter()
        .map(|finding| format!("{}: {}", finding.path, finding.reason))
        .collect()
}

#[test]
fn blank_values_are_absent() {
    for value in [
        "null",
        r#""""#,
        r#"" ""#,
        r#""\t\n""#,
        "[]",
        r#"{"@Legacy":"True"}"#,
        "{}",
    ] {
        let room: Classroom = row(&format!(r#"{{"Name":{value}}}"#));
        assert_eq!(room, Classroom::default(), "{value}");
        let term: Term = row(&format!(r#"{{"StartDate":{value},"SchoolYear":{value}}}"#));
        assert_eq!(term, Term::default(), "{value}");
    }
}

#[test]
fn a_scalar_may_be_text_number_or_flag() {
    for (value, name) in [
        (r#""41""#, "41"),
        (r#"" 41 ""#, "41"),
        ("41", "41"),
        ("-2", "-2"),
        ("1.5", "1.5"),
        ("18446744073709551615", "18446744073709551615"),
        ("true", "true"),
        (r##"{"@Legacy":"True","#text":"41"}"##, "41"),
        (r##"{"#text":41}"##, "41"),
        (r#""\u0051uarry""#, "Quarry"),
    ] {
        let room: Classroom = row(&format!(r#"{{"Name":{value}}}"#));
        assert_eq!(room.name.as_deref(), Some(name), "{value}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_kept_as_text() {
    let term: Term = row(r#"{"SchoolYear":"2031/32","StartDate":"3 Sept","FinishDate":[1]}"#);
    assert_eq!(term.school_year, Field::Unreadable("2031/32".to_owned()));
    assert_eq!(term.start_date, Field::Unreadable("3 Sept".to_owned()));
    assert_eq!(term.finish_date, Field::Unreadable("an array".to_owned()));
}

#[test]
fn names_are_exact_and_the_attribute_comes_first() {
    let set: TeachingSet = row(
        r##"{"Id":"2","SubjectId":{"#text":"15"},"@Id":"1","@SubjectId":"14","YearId":"9","name":"x"}"##,
    );
    assert_eq!(
        set,
        TeachingSet {
            id: text("1"),
            subject_id: text("14"),
            year_id: text("9"),
            ..TeachingSet::default()
        }
    );
    let set: TeachingSet = row(r#"{"@Id":" ","Id":"2","@SubjectId":null,"SubjectId":"15"}"#);
    assert_eq!((set.id, set.subject_id), (text("2"), text("15")));
    let teacher: SetTeacher = row(r#"{"StaffId":"101","PrimaryTeacher":"true"}"#);
    assert_eq!(teacher.staff_id, text("101"));
    assert_eq!(teacher.primary, Field::Value(true));
}

#[test]
fn the_set_flag_and_its_twin() {
    for (members, set) in [
        (r#""Set":"1","SetId":"0""#, Field::Value(true)),
        (r#""SetId":"0","Set":"1""#, Field::Value(true)),
        (r#""SetId":"1""#, Field::Value(true)),
        (r#""Set":" ","SetId":"0""#, Field::Value(false)),
        (r#""Set":"1401""#, Field::Unreadable("1401".to_owned())),
        (r#""Code":"9A""#, Field::Absent),
    ] {
        let lesson: Schedule = row(&format!("{{{members}}}"));
        assert_eq!(lesson.set, set, "{members}");
    }
}

#[test]
fn room_0_is_no_room() {
    for (value, room) in [
        (r#""0""#, None),
        ("0", None),
        ("null", None),
        (r#""41""#, text("41")),
    ] {
        let lesson: Schedule = row(&format!(r#"{{"RoomId":{value}}}"#));
        assert_eq!(lesson.room_id, room, "{value}");
    }
}

#[test]
fn weekdays_run_from_1_to_7() {
    for (day, weekday) in [
        ("1", Field::Value(1)),
        ("7", Field::Value(7)),
        ("0", Field::Unreadable("0".to_owned())),
        ("8", Field::Unreadable("8".to_owned())),
        ("Monday", Field::Unreadable("Monday".to_owned())),
        ("-1", Field::Unreadable("-1".to_owned())),
        (" ", Field::Absent),
    ] {
        let read: isams_client::Day = row(&format!(r#"{{"Day":"{day}"}}"#));
        assert_eq!(read.weekday, weekday, "{day}");
    }
}

#[test]
fn times_of_a_period() {
    for (sent, start) in [
        ("09:00", crate::time("09:00")),
        ("9:00", crate::time("09:00")),
        ("24:00", crate::time("24:00")),
        (":", Field::Absent),
        (" ", Field::Absent),
        ("late", Field::Unreadable("late".to_owned())),
    ] {
        let period: isams_client::Period = row(&format!(r#"{{"StartTime":"{sent}"}}"#));
        assert_eq!(period.start, start, "{sent}");
    }
}

#[test]
fn email_keeps_its_case() {
    let staff: StaffMember = row(r#"{"SchoolEmailAddress":" Q.Bee@School.example "}"#);
    assert_eq!(staff.email, text("Q.Bee@School.example"));
}

#[test]
fn staff_data_that_is_not_needed_is_dropped() {
    let payload = read(
        r#"{"HRManager":{"CurrentStaff":{"StaffMember":{"@Id":"1","DOB":"1980-01-01T00:00:00",
        "PersonalMobileNumber":"07700 900000","Salutation":"Mx Bee","Gender":"X"}}}}"#,
    );
    let kept = format!("{payload:?}{}", payload.to_json());
    for personal in ["1980", "07700", "Gender"] {
        assert!(!kept.contains(personal), "{personal}");
    }
}

#[test]
fn one_many_or_no_child_at_any_level() {
    let room = r#"{"@Id":"41"}"#;
    for (rooms, ids) in [
        (format!(r#"{{"Classroom":{room}}}"#), vec!["41"]),
        (
            format!(r#"{{"Classroom":[{room},{{"@Id":"42"}}]}}"#),
            vec!["41", "42"],
        ),
        (r#"{"Classroom":[]}"#.to_owned(), vec![]),
        (r#"{"Classroom":null}"#.to_owned(), vec![]),
        (r#"{"Classroom":""}"#.to_owned(), vec![]),
        ("{}".to_owned(), vec![]),
        ("null".to_owned(), vec![]),
        (r#"" ""#.to_owned(), vec![]),
        (r#"{"@Count":"0"}"#.to_owned(), vec![]),
        (
            format!(r#"[{{"Classroom":{room}}},null,{{"Classroom":{{"@Id":"42"}}}}]"#),
            vec!["41", "42"],
        ),
    ] {
        let payload = read(&format!(
            r#"{{"EstateManager":{{"Buildings":{{"Building":[{{"@Id":"3","Classrooms":{rooms}}},
            {{"@Id":"4","Classrooms":{{"Classroom":{{"@Id":"50"}}}}}}]}}}}}}"#
        ));
        let buildings = payload.buildings_and_rooms.value().unwrap();
        let read: Vec<_> = buildings[0]
            .classrooms
            .iter()
            .filter_map(|room| room.id.as_deref())
            .collect();
        assert_eq!(read, ids, "{rooms}");
        assert!(findings(&payload).is_empty(), "{rooms}");
    }
}

/// What each shape of a container, and of the manager around it, says of the area.
#[test]
fn area_states() {
    let table: &[(&str, AreaState)] = &[
        ("{}", Missing),
        (r#"{"SchoolManager":null}"#, Missing),
        (r#"{"SchoolManager":""}"#, Missing),
        (r#"{"SchoolManager":" "}"#, Missing),
        (r#"{"SchoolManager":{}}"#, Missing),
        (
            r#"{"SchoolManager":{"Forms":{"Form":{"@Id":"9B"}}}}"#,
            Missing,
        ),
        (r#"{"schoolmanager":{"Terms":{"Term":{}}}}"#, Missing),
        (r#"{"SchoolManager":{"Terms":null}}"#, Empty),
        (r#"{"SchoolManager":{"Terms":""}}"#, Empty),
        (r#"{"SchoolManager":{"Terms":{}}}"#, Empty),
        (r#"{"SchoolManager":{"Terms":[]}}"#, Empty),
        (r#"{"SchoolManager":{"Terms":[null,{}]}}"#, Empty),
        (r#"{"SchoolManager":{"Terms":{"Term":null}}}"#, Empty),
        (r#"{"SchoolManager":{"Terms":{"Term":[]}}}"#, Empty),
        (r#"{"SchoolManager":{"Terms":{"@Filtered":"True"}}}"#, Empty),
        (r#"{"SchoolManager":{"Terms":"none"}}"#, Unreadable),
        (r#"{"SchoolManager":{"Terms":0}}"#, Unreadable),
        (r#"{"SchoolManager":{"Terms":false}}"#, Unreadable),
        (r#"{"SchoolManager":{"Terms":["none"]}}"#, Unreadable),
        (
            r#"{"SchoolManager":{"Terms":{"SchoolTerm":{"@Id":"61"}}}}"#,
            Unreadable,
        ),
        (
            r#"{"SchoolManager":{"Terms":{"Term":"Autumn"}}}"#,
            Unreadable,
        ),
        (
            r#"{"SchoolManager":{"Terms":{"Term":["Autumn",null,[]]}}}"#,
            Unreadable,
        ),
        (
            r#"{"SchoolManager":{"Terms":{"Term":{"@Id":"61"}}}}"#,
            Present,
        ),
        (
            r#"{"SchoolManager":{"Terms":{"Term":["Autumn",{"@Id":"61"}]}}}"#,
            Present,
        ),
        (
            r#"{"SchoolManager":{"Terms":["none",{"Term":{"@Id":"61"}}]}}"#,
            Present,
        ),
        (
            r#"{"SchoolManager":[null,{"Terms":{"Term":{"@Id":"61"}}}]}"#,
            Present,
        ),
    ];
    for (isams, state) in table {
        let payload = read(isams);
        assert_eq!(payload.state(DataArea::Terms), *state, "{isams}");
        assert_eq!(
            payload.rows(DataArea::Terms),
            usize::from(*state == Present),
            "{isams}"
        );
        assert_eq!(
            payload.hash(DataArea::Terms).is_some(),
            matches!(state, Present | Empty),
            "{isams}"
        );
    }
}

#[test]
fn containers_without_a_row_inside_are_empty() {
    for (isams, area) in [
        (
            r#"{"EstateManager":{"Buildings":{"Building":{"@Id":"3","Classrooms":null}}}}"#,
            DataArea::BuildingsAndRooms,
        ),
        (
            r#"{"TimetableManager":{"Structure":{"Week":{"@Id":"1","Days":{"Day":{"@Id":"11"}}}}}}"#,
            DataArea::TimetableStructure,
        ),
        (
            r#"{"TimetableManager":{"PublishedTimetables":{"Timetable":{"@Id":"12","Schedules":""}}}}"#,
            DataArea::PublishedTimetable,
        ),
        (
            r#"{"CoverManager":{"Covers":null}}"#,
            DataArea::RoomClosuresAndCover,
        ),
    ] {
        assert_eq!(read(isams).state(area), Empty, "{isams}");
    }
}

#[test]
fn rows_lost_inside_make_an_area_without_rows_unreadable() {
    let payload = read(
        r#"{"EstateManager":{"Buildings":{"Building":{"@Id":"3","Classrooms":{"Room":{"@Id":"41"}}}}}}"#,
    );
    assert_eq!(
        payload.buildings_and_rooms,
        Section::Unreadable(
            "expected `Classroom`, found `Room` at `EstateManager.Buildings.Building.Classrooms`"
                .to_owned()
        )
    );
}

#[test]
fn what_is_no_row_is_a_finding_with_its_path() {
    let payload = read(
        r#"{"TimetableManager":{"PublishedTimetables":{"Timetable":{"@Id":"12",
        "Schedules":{"Schedule":[{"@Id":"1"},"x",{"@Id":"2","Code":{"Sub":"y"}},7]},
        "Tutorials":"none",
        "YearSchedules":{"Year":{}}}}},
        "EstateManager":{"Buildings":[{"Building":{"Classrooms":{"Classroom":{}}}},true]},
        "HRManager":"none"}"#,
    );
    assert_eq!(
        findings(&payload),
        [
            "HRManager: expected an object, found text",
            "EstateManager.Buildings[1]: expected an object with `Building`, found a flag",
            "TimetableManager.PublishedTimetables.Timetable.Schedules.Schedule[1]: expected an object, found text",
            "TimetableManager.PublishedTimetables.Timetable.Schedules.Schedule[2].Code: expected text, found an object",
            "TimetableManager.PublishedTimetables.Timetable.Schedules.Schedule[3]: expected an object, found a number",
            "TimetableManager.PublishedTimetables.Timetable.Tutorials: expected an object with `Tutorial`, found text",
            "TimetableManager.PublishedTimetables.Timetable.YearSchedules: expected `YearSchedule`, found `Year`",
        ]
    );
    let areas: Vec<_> = payload
        .findings()
        .iter()
        .map(|finding| finding.area)
        .collect();
    assert_eq!(areas[0], None);
    assert_eq!(areas[1], Some(DataArea::BuildingsAndRooms));
    assert!(
        areas[2..]
            .iter()
            .all(|area| *area == Some(DataArea::PublishedTimetable))
    );
    assert_eq!(payload.rows(DataArea::PublishedTimetable), 2);
    assert_eq!(payload.state(DataArea::CurrentStaff), Missing);
}

#[test]
fn references_inside_a_tutorial() {
    let tutorial: Tutorial = row(
        r#"{"Periods":{"Period":[{"PeriodId":"401"},{"@Id":"2"},"x",{"PeriodId":402}]},
        "Teachers":[{"Teacher":{"TeacherId":"A"}},{"Teacher":{"TeacherId":"B"}}]}"#,
    );
    assert_eq!(tutorial.period_ids, ["401", "402"]);
    assert_eq!(tutorial.teacher_ids, ["A", "B"]);
}

#[test]
fn allocations_under_either_name() {
    for isams in [
        r#"{"TimetableManager":{"WeekAllocations":{"WeekAllocation":{"Week":"36"}}}}"#,
        r#"{"TimetableManager":{"TimetableAllocations":{"TimetableAllocation":{"Week":"36"}}}}"#,
        r#"{"TimetableManager":{"TimetableAllocations":null,"WeekAllocations":{"WeekAllocation":{"Week":"36"}}}}"#,
    ] {
        let payload = read(isams);
        assert_eq!(payload.rows(DataArea::WeekAllocations), 1, "{isams}");
    }
}

#[test]
fn events_by_container() {
    let event = r#"{"Event":{"@Id":"1","StartDate":"2031-10-02"}}"#;
    for (calendar, this_year, next_year) in [
        (format!(r#"{{"Events":{event}}}"#), Present, Missing),
        (format!(r#"{{"Events":[{event}]}}"#), Present, Missing),
        (
            format!(r#"{{"Events":[{event},{event}]}}"#),
            Present,
            Present,
        ),
        (format!(r#"{{"Events":[null,{event}]}}"#), Empty, Present),
        (format!(r#"{{"Events":[{event},""]}}"#), Present, Empty),
        (
            format!(r#"{{"Events":[{event},"none"]}}"#),
            Present,
            Unreadable,
        ),
        (
            format!(r#"{{"Events":["none",{event}]}}"#),
            Unreadable,
            Present,
        ),
        (r#"{"Events":null}"#.to_owned(), Empty, Missing),
        (r#"{"Events":{}}"#.to_owned(), Empty, Missing),
        (r#"{"Events":"none"}"#.to_owned(), Unreadable, Missing),
        (r#"{"Events":{"Entry":{}}}"#.to_owned(), Unreadable, Missing),
        (format!(r#"{{"EventsThisYear":{event}}}"#), Present, Missing),
        (format!(r#"{{"EventsNextYear":{event}}}"#), Missing, Present),
        (
            format!(r#"{{"EventsThisMonth":{event}}}"#),
            Present,
            Missing,
        ),
        (
            r#"{"EventsThisMonth":null,"Categories":{"Category":{}}}"#.to_owned(),
            Missing,
            Missing,
        ),
        (
            r#"{"Other":"text","More":[1,{"Event":null}]}"#.to_owned(),
            Empty,
            Missing,
        ),
    ] {
        let payload = read(&format!(r#"{{"CalendarManager":{calendar}}}"#));
        let states = (
            payload.state(DataArea::EventsThisYear),
            payload.state(DataArea::EventsNextYear),
        );
        assert_eq!(states, (this_year, next_year), "{calendar}");
    }
    let payload = read(&format!(
        r#"{{"CalendarManager":{{"Events":[{event},null,{event}]}}}}"#
    ));
    assert_eq!(payload.rows(DataArea::EventsThisYear), 2);
    assert_eq!(payload.findings()[0].path, "CalendarManager.Events[2]");
}

#[test]
fn closures_and_cover_are_one_area() {
    let closures = r#""RoomClosures":{"RoomClosure":{"@Id":"3"}}"#;
    let covers = r#""Covers":{"Cover":[{"@Id":"6"},{"@Id":"7"}]}"#;
    for (cover, state, rows) in [
        (String::new(), Missing, 0),
        (r#""RoomClosureReasons":null"#.to_owned(), Missing, 0),
        (r#""RoomClosures":null"#.to_owned(), Empty, 0),
        (closures.to_owned(), Present, 1),
        (covers.to_owned(), Present, 2),
        (format!("{closures},{covers}"), Present, 3),
        (format!(r#"{closures},"Covers":null"#), Present, 1),
        (format!(r#"{closures},"Covers":"none""#), Unreadable, 0),
        (
            format!(r#""RoomClosures":{{"Closure":{{}}}},{covers}"#),
            Unreadable,
            0,
        ),
    ] {
        let payload = read(&format!(r#"{{"CoverManager":{{{cover}}}}}"#));
        assert_eq!(
            payload.state(DataArea::RoomClosuresAndCover),
            state,
            "{cover}"
        );
        assert_eq!(
            payload.rows(DataArea::RoomClosuresAndCover),
            rows,
            "{cover}"
        );
    }
}

#[test]
fn dates_with_time_fraction_and_offset() {
    for sent in [
        "2031-09-03",
        "2031-09-03T00:00:00",
        "2031-09-03T23:59:59.9+01:00",
    ] {
        let term: Term = row(&format!(r#"{{"StartDate":"{sent}"}}"#));
        assert_eq!(term.start_date, date("2031-09-03"), "{sent}");
    }
}

#[test]
fn nothing_in_isams_is_a_document_without_areas() {
    for document in [
        r#"{"iSAMS":null}"#,
        r#"{"iSAMS":""}"#,
        r#"{"iSAMS":{}}"#,
        r#"{"?xml":{"@version":"1.0"},"iSAMS":{}}"#,
        "\u{feff}{\"iSAMS\":{}}",
        " \r\n {\"iSAMS\":{}} \n",
    ] {
        let payload = Payload::from_slice(document.as_bytes()).unwrap();
        assert_eq!(payload, Payload::default(), "{document}");
    }
}

#[test]
fn what_is_not_from_isams_says_what_it_is() {
    for (document, received) in [
        ("", "an empty answer"),
        (" \n", "an empty answer"),
        ("{}", "JSON without an `iSAMS` object: {}"),
        (
            r#"{"iSAMS":[{}]}"#,
            r#"JSON without an `iSAMS` object: {"iSAMS":[{}]}"#,
        ),
        (
            r#"{"iSAMS":"x"}"#,
            r#"JSON without an `iSAMS` object: {"iSAMS":"x"}"#,
        ),
        (
            r#"{"Message":"Not here"}"#,
            r#"JSON without an `iSAMS` object: {"Message":"Not here"}"#,
        ),
        ("[]", "[]"),
        ("nope\u{7}", "nope"),
        (
            "<!DOCTYPE html>\n<html><head><title>Log in &amp; wait</title>",
            "an HTML page titled `Log in & wait`",
        ),
        ("<HTML><body>", "an HTML page"),
        (
            "<!-- x --><html><Title lang='en'> A\n B </TITLE>",
            "an HTML page titled `A B`",
        ),
        ("<feed/>", "<feed/>"),
    ] {
        match Payload::from_slice(document.as_bytes()) {
            Err(Error::NotIsams { received: found }) => assert_eq!(found, received, "{document}"),
            other => panic!("{document}: {other:?}"),
        }
    }
    let long = format!("{}{}", "x".repeat(79), "é".repeat(1000));
    match Payload::from_slice(long.as_bytes()) {
        Err(Error::NotIsams { received }) => assert_eq!(received.chars().count(), 80),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_error_document_is_recognised_in_any_dress() {
    let body =
        "<Message><MessageId>InvalidApiKey</MessageId><Title>Invalid API Key</Title></Message>";
    let prolog = r#"<?xml version="1.0" encoding="utf-16"?>"#;
    let utf16: Vec<u8> = format!("{prolog}{body}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [
        body.as_bytes().to_vec(),
        format!("{prolog}\r\n{body}").into_bytes(),
        format!("\u{feff}{prolog}<!-- x -->{body}").into_bytes(),
        utf16.clone(),
        [vec![0xFF, 0xFE], utf16].concat(),
        br#"{"Message":{"MessageId":"InvalidApiKey","Title":"Invalid API Key"}}"#.to_vec(),
    ] {
        match Payload::from_slice(&bytes) {
            Err(Error::Server(message)) => {
                assert_eq!(message.id.as_deref(), Some("InvalidApiKey"));
                assert_eq!(message.title.as_deref(), Some("Invalid API Key"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_broken_document_names_the_place() {
    let cut =
        "{\"iSAMS\":{\"SchoolManager\":{\n\"Terms\":{\"Term\":[{\"@Id\":\"61\"},{\"Name\":\"Aut";
    let error = Payload::from_slice(cut.as_bytes()).unwrap_err();
    assert_eq!(error.line_and_column(), Some((2, 42)));
    assert_eq!(
        error.to_string(),
        "the answer is broken or cut off at `iSAMS.SchoolManager.Terms.Term[1].Name`"
    );
    for broken in [
        "{",
        "{\"iSAMS\":{}} x",
        "{\"iSAMS\":{},}",
        "{not json",
        "{\"a\":\"\u{1}\"}",
    ] {
        let error = Payload::from_slice(broken.as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{broken}: {error:?}");
    }
}

#[test]
fn a_document_nested_too_deeply_is_no_crash() {
    let deep = |open: &str, close: &str| {
        format!(
            r#"{{"iSAMS":{{"SchoolManager":{{"Terms":{{"Term":{{"Name":{}1{}}}}}}}}}}}"#,
            open.repeat(100_000),
            close.repeat(100_000)
        )
    };
    let _ = Payload::from_slice(deep("[", "]").as_bytes());
    let _ = Payload::from_slice(deep(r##"{"#text":"##, "}").as_bytes());
}
