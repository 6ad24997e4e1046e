//! Rows of the cover manager that stand under no known name.

use isams_client::{AreaState, CoverNames, DataArea, Payload};

use crate::{read, text};

fn cover(cover: &str) -> Payload {
    read(&format!(r#"{{"CoverManager":{cover}}}"#))
}

fn findings(payload: &Payload) -> Vec<String> {
    payload
        .findings()
        .iter()
        .map(|finding| {
            let area = finding.area.map_or("-", DataArea::name);
            format!("{area} {}: {}", finding.path, finding.reason)
        })
        .collect()
}

/// How many closures, covers and suspensions.
fn rows(payload: &Payload) -> (usize, usize, usize) {
    let both = payload.room_closures_and_cover.value();
    (
        both.map_or(0, |both| both.closures.len()),
        both.map_or(0, |both| both.covers.len()),
        payload.rows(DataArea::LessonSuspensions),
    )
}

#[test]
fn the_shape_says_what_a_row_is() {
    for (row, counts) in [
        (r#""RoomId":"41","StartDate":"2031-11-03""#, (1, 0, 0)),
        (r#""@RoomId":"41","@Date":"2031-11-03T00:00:00""#, (1, 0, 0)),
        (
            r#""Classroom":{"@Id":"41"},"DateFrom":"2031-11-03","DateTo":"2031-11-04""#,
            (1, 0, 0),
        ),
        (
            r#""ClassroomID":"41","PeriodId":"301","Date":"2031-11-03""#,
            (1, 0, 0),
        ),
        (r#""ScheduleId":"9001","Date":"2031-11-03""#, (0, 1, 0)),
        (
            r##""TimetableScheduleId":{"@Legacy":"True","#text":"9001"},"CoverDate":"2031-11-03","CoverTeacher":"A""##,
            (0, 1, 0),
        ),
        (
            r#""ScheduleId":"9001","StartDate":"2031-11-03","EndDate":"2031-11-03","RoomId":"42""#,
            (0, 1, 0),
        ),
        (
            r#""ScheduleId":"9001","StartDate":"2031-11-03","EndDate":"2031-11-07""#,
            (0, 0, 1),
        ),
        (
            r#""PeriodId":"301","StartDate":"2031-11-03","EndDate":"2031-11-07""#,
            (0, 0, 1),
        ),
        // Neither without a date nor without a reference.
        (r#""RoomId":"41""#, (0, 0, 0)),
        (r#""RoomId":"41","Date":"soon""#, (0, 0, 0)),
        (
            r#""RoomId":"41","LastUpdated":"2031-11-03T00:00:00""#,
            (0, 0, 0),
        ),
        (r#""RoomId":"0","Date":"2031-11-03""#, (0, 0, 0)),
        (r#""OriginalRoomId":"41","Date":"2031-11-03""#, (0, 0, 0)),
        (r#""Code":"11A/Ma1","Date":"2031-11-03""#, (0, 0, 0)),
    ] {
        let payload = cover(&format!(
            r#"{{"Things":{{"Thing":[{{"@Id":"1",{row}}}]}}}}"#
        ));
        assert_eq!(rows(&payload), counts, "{row}");
        assert_eq!(payload.findings().len(), 1, "{row}");
    }
}

#[test]
fn the_values_of_a_row_read_by_shape() {
    let payload = cover(
        r#"{"AllRoomClosures":[{"Item":{"@Id":"3","RoomID":"41","RoomClosureReasonId":"2","DateFrom":"2031-11-03T00:00:00",
        "DateTo":"2031-11-04T00:00:00","TimeFrom":"09:00","TimeTo":"11:00"}},
        {"Item":[{"@Id":"6","ScheduleId":"9001","Date":"2031-11-03","TeacherId":"B","OldRoomId":"41","NewRoomId":"42"},
        {"@Id":"7","PeriodId":"301","Date":"2031-11-05","Code":"9A","Reason":"Trip"}]}]}"#,
    );
    let both = payload.room_closures_and_cover.value().unwrap();
    let closure = &both.closures[0];
    assert_eq!(closure.id, text("3"));
    assert_eq!(closure.room_id, text("41"));
    assert_eq!(closure.reason_id, text("2"));
    assert_eq!(closure.start_date, crate::date("2031-11-03"));
    assert_eq!(closure.end_date, crate::date("2031-11-04"));
    assert_eq!(closure.start_time, crate::time("09:00"));
    assert_eq!(closure.end_time, crate::time("11:00"));
    let moved = &both.covers[0];
    assert_eq!(moved.schedule_id, text("9001"));
    assert_eq!(moved.date, crate::date("2031-11-03"));
    assert_eq!(moved.teacher_id, text("B"));
    assert_eq!(moved.room_id, text("42"));
    let off = &payload.lesson_suspensions.value().unwrap()[0];
    assert_eq!(off.period_id, text("301"));
    assert_eq!(off.start_date, crate::date("2031-11-05"));
    assert_eq!(off.end_date, crate::date("2031-11-05"));
    assert_eq!(off.code, text("9A"));
    assert_eq!(off.reason, text("Trip"));
    assert_eq!(
        findings(&payload),
        [
            "lesson_suspensions CoverManager.AllRoomClosures: not a known name, 1 read by shape as lesson suspensions",
            "room_closures_and_cover CoverManager.AllRoomClosures: not a known name, 1 read by shape as room closures",
            "room_closures_and_cover CoverManager.AllRoomClosures: not a known name, 1 read by shape as cover",
        ]
    );
}

#[test]
fn unknown_rows_of_a_known_container_are_read_by_shape_beside_the_known() {
    let payload = cover(
        r#"{"RoomClosures":{"RoomClosure":{"@Id":"1","RoomId":"41"},
        "Closure":[{"@Id":"2","RoomId":"42","StartDate":"2031-11-03"}],"Note":"x"}}"#,
    );
    assert_eq!(rows(&payload), (2, 0, 0));
    let payload = cover(
        r#"{"LessonSuspensions":{"Suspension":{"@Id":"2","PeriodId":"1","StartDate":"2031-11-03"}}}"#,
    );
    assert_eq!(rows(&payload), (0, 0, 1));
    assert_eq!(payload.findings().len(), 1);
}

#[test]
fn what_no_area_is_made_of_is_a_finding_unless_it_is_known() {
    let payload = read(
        r#"{"CoverManager":{"AbsenceReasons":{"AbsenceReason":{"Name":"Ill"}},"Rota":{"Row":{"Name":"x"}},"@a":"1"},
        "SchoolManager":{"Forms":{"Form":{"@Id":"9B"}},"Clubs":{"Club":{}}},
        "TeachingManager":{"SetLists":{"SetList":{}}},
        "TimetableManager":{"DevelopmentTimetables":{"Timetable":{}},"Rota":null},
        "CalendarManager":{"Categories":{"Category":{}},"Other":{"Entry":{}}},
        "EstateManager":{"Sites":{}},"PupilManager":{"CurrentPupils":{}}}"#,
    );
    let unknown = "not a known name: what is inside was not read";
    assert_eq!(
        findings(&payload),
        [
            "CoverManager.Rota",
            "SchoolManager.Clubs",
            "TimetableManager.Rota",
            "CalendarManager.Other",
            "EstateManager.Sites",
        ]
        .map(|path| format!("- {path}: {unknown}"))
    );
    assert!(
        DataArea::ALL
            .into_iter()
            .all(|area| payload.state(area) == AreaState::Missing)
    );
}

#[test]
fn a_known_row_takes_what_it_lacks_from_its_shape() {
    let payload = cover(
        r#"{"RoomClosures":{"RoomClosure":[{"@Id":"3","@RoomId":"41","DateFrom":"2031-11-03","DateTo":"2031-11-04",
         "TimeFrom":"09:00","TimeTo":"11:00"},{"@Id":"4","RoomId":"42","StartDate":"2031-11-05"}]},
        "Covers":{"Cover":{"@Id":"6","TimetableManagerScheduleId":"9001","CoverDate":"2031-11-03","NewRoomId":"42",
         "CoverTeacher":"B"}},
        "LessonSuspensions":{"LessonSuspension":{"@Id":"1","SetCode":"11A/Ma1","FromDate":"2031-11-03"}}}"#,
    );
    let both = payload.room_closures_and_cover.value().unwrap();
    let [by_shape, as_known] = &both.closures[..] else {
        panic!("{both:?}")
    };
    assert_eq!(by_shape.room_id, text("41"));
    assert_eq!(by_shape.start_date, crate::date("2031-11-03"));
    assert_eq!(by_shape.end_date, crate::date("2031-11-04"));
    assert_eq!(by_shape.start_time, crate::time("09:00"));
    assert_eq!(by_shape.end_time, crate::time("11:00"));
    assert_eq!(as_known.room_id, text("42"));
    assert!(as_known.end_date.is_absent());
    let moved = &both.covers[0];
    assert_eq!(moved.schedule_id, text("9001"));
    assert_eq!(moved.date, crate::date("2031-11-03"));
    assert_eq!(moved.teacher_id, text("B"));
    assert_eq!(moved.room_id, text("42"));
    let off = &payload.lesson_suspensions.value().unwrap()[0];
    assert_eq!(off.code, text("11A/Ma1"));
    assert_eq!(off.start_date, crate::date("2031-11-03"));
    let found = findings(&payload);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(
        found.iter().any(|found| found
            == "room_closures_and_cover CoverManager.RoomClosures.RoomClosure: not all names are known, 1 row read by \
                shape"),
        "{found:#?}"
    );
}

#[test]
fn names_that_the_caller_supplies_are_read_in_both_forms_and_nowhere_else() {
    let names = CoverNames::new()
        .read("Verlegungen", "Covers")
        .and_then(|names| names.read("Verlegung", "Cover"))
        .and_then(|names| names.read("Stunde", "ScheduleId"))
        .and_then(|names| names.read("Tag", "Date"))
        .and_then(|names| names.read("Raum", "RoomId"))
        .unwrap();
    let json = r#"{"iSAMS":{"CoverManager":{"Verlegungen":{"Verlegung":
        {"@Id":"6","@Stunde":"9001","Tag":"2031-11-03","Raum":"42"}}},
        "SchoolManager":{"Terms":{"Term":{"@Id":"61","Tag":"x"}}}}}"#;
    let xml = r#"<iSAMS><CoverManager><Verlegungen><Verlegung Id="6" Stunde="9001"><Tag>2031-11-03</Tag>
        <Raum>42</Raum></Verlegung></Verlegungen></CoverManager>
        <SchoolManager><Terms><Term Id="61"><Tag>x</Tag></Term></Terms></SchoolManager></iSAMS>"#;
    let payload = Payload::from_slice_with(json.as_bytes(), &names).unwrap();
    assert_eq!(
        Payload::from_slice_with(xml.as_bytes(), &names).unwrap(),
        payload
    );
    let moved = &payload.room_closures_and_cover.value().unwrap().covers[0];
    assert_eq!(moved.schedule_id, text("9001"));
    assert_eq!(moved.room_id, text("42"));
    assert_eq!(payload.findings(), []);
    assert_eq!(payload.state(DataArea::Terms), AreaState::Present);
    // Without them it is not even known that this is cover.
    let unknown = Payload::from_slice(json.as_bytes()).unwrap();
    assert_eq!(rows(&unknown), (0, 0, 0));
    assert_eq!(unknown.findings().len(), 1);
}
