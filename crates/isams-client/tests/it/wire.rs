//! The known shapes of the wire, each area to its exact values. All people and codes are made up.

use isams_client::{
    AreaState, Building, Classroom, ClosuresAndCover, Cover, DataArea, Day, Department, Event,
    Field, LessonSuspension, Payload, Period, RoomClosure, RoomClosureReason, Schedule, Section,
    SetTeacher, StaffMeeting, StaffMember, Subject, TeachingForm, TeachingSet, Term, Timetable,
    TimetableAllocation, Tutorial, Week, YearSchedule,
};

use crate::{date, moment, text, time};

/// Reads a fragment, and checks that the rest is missing, nothing was noted, and writing it gives it back.
fn read(json: &str, areas: &[DataArea]) -> Payload {
    let mut payload = Payload::from_slice(json.as_bytes()).unwrap();
    assert_eq!(payload.findings(), []);
    for area in DataArea::ALL {
        let state = if areas.contains(&area) {
            AreaState::Present
        } else {
            AreaState::Missing
        };
        assert_eq!(payload.state(area), state, "{area}");
    }
    let as_read = payload.clone();
    payload.canonicalise();
    let written = serde_json::to_vec(&payload.to_json()).unwrap();
    assert_eq!(Payload::from_slice(&written).unwrap(), payload);
    as_read
}

#[test]
fn buildings_and_rooms() {
    let payload = read(
        r#"{"iSAMS":{"EstateManager":{"Buildings":{"Building":[
         {"@Id":"3","Parent":"0","Name":"Quarry Block","Description":null,"Initials":"QB",
          "Classrooms":{"Classroom":[
           {"@Id":"41","Name":"Quarry 1","Description":null,"Initials":"Q1","Code":"Q1"},
           {"@Id":"42","Name":"Quarry 2 ","Initials":"Q2","Code":"Q2"}]}},
         {"@Id":"4","Parent":"3","Name":"Old Gym","Initials":"OG",
          "Classrooms":{"Classroom":{"@Id":"50","Name":"Old Gym","Initials":"OG","Code":"OG"}}},
         {"@Id":"5","Parent":"0","Name":"Lodge","Classrooms":null}]}}}}"#,
        &[DataArea::BuildingsAndRooms],
    );
    let room = |id, name, code| Classroom {
        id: text(id),
        name: text(name),
        description: None,
        initials: text(code),
        code: text(code),
    };
    assert_eq!(
        payload.buildings_and_rooms,
        Section::Present(vec![
            Building {
                id: text("3"),
                parent: text("0"),
                name: text("Quarry Block"),
                description: None,
                initials: text("QB"),
                classrooms: vec![room("41", "Quarry 1", "Q1"), room("42", "Quarry 2", "Q2")],
            },
            Building {
                id: text("4"),
                parent: text("3"),
                name: text("Old Gym"),
                description: None,
                initials: text("OG"),
                classrooms: vec![room("50", "Old Gym", "OG")],
            },
            Building {
                id: text("5"),
                parent: text("0"),
                name: text("Lodge"),
                ..Building::default()
            },
        ])
    );
    assert_eq!(payload.rows(DataArea::BuildingsAndRooms), 3);
}

#[test]
fn timetable_structure() {
    let payload = read(
        r#"{"iSAMS":{"TimetableManager":{"Structure":{"Week":[
         {"@Id":"1","Name":"Week A","ShortName":"A","Ordinal":"1","Active":"1",
          "Days":{"Day":{"@Id":"11","Name":"Monday","ShortName":"Mon","Day":"2","Ordinal":"1","Active":"1",
           "Periods":{"Period":[
            {"@Id":"301","Name":"Period 1","ShortName":"P1","StartTime":"09:00","EndTime":"09:50"},
            {"@Id":"302","Name":"Period 2","ShortName":"P2","StartTime":"09:55","EndTime":"10:45"}]}}}},
         {"@Id":"2","Name":"Week B","ShortName":"B","Ordinal":"2","Active":"1",
          "Days":{"Day":[
           {"@Id":"21","Name":"Monday","ShortName":"Mon","Day":"2","Ordinal":"1","Active":"1",
            "Periods":{"Period":[
             {"@Id":"401","Name":"Period 1","ShortName":"P1","StartTime":"09:00","EndTime":"09:50"},
             {"@Id":"402","Name":"Period 2","ShortName":"P2","StartTime":"09:55","EndTime":"10:45"}]}},
           {"@Id":"27","Name":"Sunday","ShortName":"Sun","Day":"1","Ordinal":"7","Active":"0"}]}}]}}}}"#,
        &[DataArea::TimetableStructure],
    );
    let period = |id, number, start, end| Period {
        id: text(id),
        name: Some(format!("Period {number}")),
        short_name: Some(format!("P{number}")),
        start: time(start),
        end: time(end),
    };
    let monday = |id, first, second| Day {
        id: text(id),
        name: text("Monday"),
        short_name: text("Mon"),
        weekday: Field::Value(2),
        ordinal: Field::Value(1),
        active: Field::Value(true),
        periods: vec![
            period(first, 1, "09:00", "09:50"),
            period(second, 2, "09:55", "10:45"),
        ],
    };
    assert_eq!(
        payload.timetable_structure,
        Section::Present(vec![
            Week {
                id: text("1"),
                name: text("Week A"),
                short_name: text("A"),
                ordinal: Field::Value(1),
                active: Field::Value(true),
                days: vec![monday("11", "301", "302")],
            },
            Week {
                id: text("2"),
                name: text("Week B"),
                short_name: text("B"),
                ordinal: Field::Value(2),
                active: Field::Value(true),
                days: vec![
                    monday("21", "401", "402"),
                    Day {
                        id: text("27"),
                        name: text("Sunday"),
                        short_name: text("Sun"),
                        weekday: Field::Value(1),
                        ordinal: Field::Value(7),
                        active: Field::Value(false),
                        periods: vec![],
                    },
                ],
            },
        ])
    );
    assert_eq!(payload.rows(DataArea::TimetableStructure), 4);
}

#[test]
fn week_allocations() {
    let payload = read(
        r#"{"iSAMS":{"TimetableManager":{"TimetableAllocations":{"TimetableAllocation":[
         {"@Id":"501","Week":"36","Year":"2031","TimetableWeekId":"1"},
         {"@Id":"502","Week":"37","Year":"2031","TimetableWeekId":"2"}]}}}}"#,
        &[DataArea::WeekAllocations],
    );
    let allocation = |id, week, timetable_week| TimetableAllocation {
        id: text(id),
        week: Field::Value(week),
        year: Field::Value(2031),
        timetable_week_id: text(timetable_week),
    };
    assert_eq!(
        payload.week_allocations,
        Section::Present(vec![allocation("501", 36, "1"), allocation("502", 37, "2")])
    );
    assert_eq!(payload.rows(DataArea::WeekAllocations), 2);
}

#[test]
fn published_timetable() {
    let payload = read(
        r#"{"iSAMS":{"TimetableManager":{"PublishedTimetables":{"Timetable":{
         "@Id":"12","Name":"Main 2031-32","StartYear":"2031","EndYear":"2032",
         "Schedules":{"Schedule":[
          {"@Id":"9001","Code":"9A/Ma1","Teacher":"ZZ000101AA","PeriodId":"301","RoomId":"41","SetId":"1","Set":"1"},
          {"@Id":"9002","Code":"9A/Ma1","Teacher":"ZZ000102BB","PeriodId":"301","RoomId":"41","SetId":"1","Set":"1"},
          {"@Id":"9003","Code":"9B-PSHE","Teacher":"ZZ000102BB","PeriodId":"302","RoomId":"42","SetId":"0","Set":"0"},
          {"@Id":"9004","Code":"9X/Pe1","Teacher":"ZZ000103CC","PeriodId":"402","SetId":"1","Set":"1"}]},
         "StaffMeetings":{"StaffMeeting":[
          {"@Id":"70","PeriodId":"302","TeacherId":"ZZ000101AA","MeetingGroupId":"7","RoomId":"50","DisplayName":"Maths dept"},
          {"@Id":"71","PeriodId":"302","TeacherId":"ZZ000103CC","MeetingGroupId":"7","RoomId":"50","DisplayName":"Maths dept"}]},
         "Tutorials":{"Tutorial":{"@Id":"80","DisplayCode":"TUT1","DisplayName":"Interview practice","RoomId":"41",
          "Periods":{"Period":{"@Id":"1","PeriodId":"401"}},
          "Teachers":{"Teacher":{"@Id":"2","TeacherId":"ZZ000101AA"}},
          "Pupils":{"Pupil":{"@Id":"3","PupilId":"000000000001"}}}},
         "YearSchedules":{"YearSchedule":{"@Id":"90","Name":"Assembly","NationalCurriculumYear":"9","PeriodId":"401","RoomId":"50","TeacherId":"ZZ000103CC"}}}}}}}"#,
        &[DataArea::PublishedTimetable],
    );
    let lesson = |id, code, teacher, period, room: Option<&str>, set| Schedule {
        id: text(id),
        code: text(code),
        teacher: text(teacher),
        period_id: text(period),
        room_id: room.map(str::to_owned),
        set: Field::Value(set),
    };
    let meeting = |id, teacher| StaffMeeting {
        id: text(id),
        period_id: text("302"),
        teacher_id: text(teacher),
        meeting_group_id: text("7"),
        room_id: text("50"),
        display_name: text("Maths dept"),
    };
    assert_eq!(
        payload.published_timetable,
        Section::Present(vec![Timetable {
            id: text("12"),
            name: text("Main 2031-32"),
            start_year: Field::Value(2031),
            end_year: Field::Value(2032),
            schedules: vec![
                lesson("9001", "9A/Ma1", "ZZ000101AA", "301", Some("41"), true),
                lesson("9002", "9A/Ma1", "ZZ000102BB", "301", Some("41"), true),
                lesson("9003", "9B-PSHE", "ZZ000102BB", "302", Some("42"), false),
                lesson("9004", "9X/Pe1", "ZZ000103CC", "402", None, true),
            ],
            staff_meetings: vec![meeting("70", "ZZ000101AA"), meeting("71", "ZZ000103CC")],
            tutorials: vec![Tutorial {
                id: text("80"),
                display_code: text("TUT1"),
                display_name: text("Interview practice"),
                room_id: text("41"),
                period_ids: vec!["401".to_owned()],
                teacher_ids: vec!["ZZ000101AA".to_owned()],
            }],
            year_schedules: vec![YearSchedule {
                id: text("90"),
                name: text("Assembly"),
                national_curriculum_year: text("9"),
                period_id: text("401"),
                room_id: text("50"),
                teacher_id: text("ZZ000103CC"),
            }],
        }])
    );
    assert_eq!(payload.rows(DataArea::PublishedTimetable), 8);
    assert!(!payload.to_json().to_string().contains("000000000001"));
}

#[test]
fn terms() {
    let payload = read(
        r##"{"iSAMS":{"SchoolManager":{
         "Terms":{"Term":{"@Id":"61","@AuthorId":"1","Author":{"@Legacy":"True","#text":"ZZ000100AA"},
          "SchoolYear":"2031","Name":"Autumn","StartDate":"2031-09-03T00:00:00","FinishDate":"2031-12-12T00:00:00",
          "LastUpdated":"2031-02-01T10:15:30"}},
         "Forms":{"Form":{"@Id":"9B","@TutorId":"102","@YearId":"9","@RoomId":"42","@AuthorId":"1",
          "Tutor":{"@Legacy":"True","#text":"ZZ000102BB"},"AssistantFormTutor":{"@Legacy":"True"},
          "NationalCurriculumYear":{"@Legacy":"True","#text":"9"},"RoomId":{"@Legacy":"True","#text":"42"},
          "Author":{"@Legacy":"True","#text":"ZZ000100AA"},"Form":"9B","LastUpdated":"2031-02-01T10:15:30"}}}}}"##,
        &[DataArea::Terms],
    );
    assert_eq!(
        payload.terms,
        Section::Present(vec![Term {
            id: text("61"),
            name: text("Autumn"),
            school_year: Field::Value(2031),
            start_date: date("2031-09-03"),
            finish_date: date("2031-12-12"),
            author_id: text("1"),
            author: text("ZZ000100AA"),
            last_updated: moment("2031-02-01T10:15:30"),
        }])
    );
}

#[test]
fn current_staff() {
    let payload = read(
        r#"{"iSAMS":{"HRManager":{"CurrentStaff":{"StaffMember":{
         "@Id":"102","@PersonId":"5102","@PersonGuid":"00000000-0000-0000-0000-000000005102",
         "Initials":"QQB","UserCode":"ZZ000102BB","UserName":"q.bee","Title":null,"Forename":"Quill","MiddleNames":null,
         "Surname":"Bee","FullName":"Quill Bee","NameInitials":null,"PreferredName":"Quill","Salutation":"Quill Bee",
         "SchoolEmailAddress":"q.bee@school.example","SchoolMobileNumber":null,"TeachingStaff":"1",
         "Divisions":{"Division":{"@Id":"2","Name":"Senior"}}}}}}}"#,
        &[DataArea::CurrentStaff],
    );
    assert_eq!(
        payload.current_staff,
        Section::Present(vec![StaffMember {
            id: text("102"),
            user_code: text("ZZ000102BB"),
            name: text("Quill Bee"),
            email: text("q.bee@school.example"),
        }])
    );
}

#[test]
fn departments_sets_and_forms() {
    let payload = read(
        r##"{"iSAMS":{"TeachingManager":{
         "Departments":{"Department":[
          {"@Id":"4","Name":"Mathematics","Subjects":{"Subject":{"@Id":"14","Code":"MA","Name":"Mathematics"}}},
          {"@Id":"5","Name":"Admin"}]},
         "Sets":{"Set":{"@Id":"1401","@SubjectId":"14","@YearId":"9","@AuthorId":"1",
          "SubjectId":{"@Legacy":"True","#text":"14"},"YearId":{"@Legacy":"True","#text":"9"},
          "Teacher":{"@Legacy":"True","#text":"ZZ000101AA"},"Author":{"@Legacy":"True","#text":"ZZ000100AA"},
          "SetNumber":"1","Block":"A","SetCode":"9A/Ma1","Name":"9A/Ma1",
          "Teachers":{"Teacher":[{"@Id":"201","@StaffId":"101","@PrimaryTeacher":"True"},{"@Id":"202","@StaffId":"102","@PrimaryTeacher":"False"}]},
          "Description":null,"LastUpdated":"2031-02-01T10:15:30"}},
         "TeachingForms":{"TeachingForm":{"@Id":"31","FormCode":"9B","TimetableCode":"9B-PSHE","SubjectId":"14"}}}}}"##,
        &[
            DataArea::DepartmentsAndSubjects,
            DataArea::TeachingSets,
            DataArea::TeachingForms,
        ],
    );
    assert_eq!(
        payload.departments_and_subjects,
        Section::Present(vec![
            Department {
                id: text("4"),
                name: text("Mathematics"),
                subjects: vec![Subject {
                    id: text("14"),
                    code: text("MA"),
                    name: text("Mathematics"),
                }],
            },
            Department {
                id: text("5"),
                name: text("Admin"),
                subjects: vec![],
            },
        ])
    );
    let teacher = |id, staff, primary| SetTeacher {
        id: text(id),
        staff_id: text(staff),
        primary: Field::Value(primary),
    };
    assert_eq!(
        payload.teaching_sets,
        Section::Present(vec![TeachingSet {
            id: text("1401"),
            set_code: text("9A/Ma1"),
            name: text("9A/Ma1"),
            subject_id: text("14"),
            year_id: text("9"),
            set_number: text("1"),
            block: text("A"),
            teacher: text("ZZ000101AA"),
            author_id: text("1"),
            author: text("ZZ000100AA"),
            description: None,
            last_updated: moment("2031-02-01T10:15:30"),
            teachers: vec![teacher("201", "101", true), teacher("202", "102", false)],
        }])
    );
    assert_eq!(
        payload.teaching_forms,
        Section::Present(vec![TeachingForm {
            id: text("31"),
            form_code: text("9B"),
            timetable_code: text("9B-PSHE"),
            subject_id: text("14"),
        }])
    );
    assert_eq!(payload.rows(DataArea::DepartmentsAndSubjects), 2);
}

#[test]
fn calendar_events() {
    let payload = read(
        r#"{"iSAMS":{"CalendarManager":{
         "Categories":{"Category":[{"@Id":"4","Name":"Public"},{"@Id":"5","Name":"Internal"}]},
         "Events":{"Event":{"@Id":"8801","@CategoryId":"4","StartDate":"2031-10-02T00:00:00","AllDayEvent":"0",
          "StartTime":"1900-01-01T18:30:00","EndTime":"1900-01-01T20:00:00","Description":"Open evening","Location":"Old Gym"}}}}}"#,
        &[DataArea::EventsThisYear],
    );
    assert_eq!(
        payload.events_this_year,
        Section::Present(vec![Event {
            id: text("8801"),
            category_id: text("4"),
            start_date: date("2031-10-02"),
            end_date: Field::Absent,
            all_day: Field::Value(false),
            start_time: time("18:30"),
            end_time: time("20:00"),
            description: text("Open evening"),
            location: text("Old Gym"),
        }])
    );
}

/// Our own inference from the style of the rest: no public sample of the cover manager exists.
#[test]
fn cover_in_the_inferred_shape() {
    let payload = read(
        r#"{"iSAMS":{"CoverManager":{
         "LessonSuspensions":{"LessonSuspension":[
          {"@Id":"1","StartDate":"2031-11-03T00:00:00","EndDate":"2031-11-07T00:00:00","Code":"11A/Ma1","Reason":"Study leave"},
          {"@Id":"2","StartDate":"2031-11-10T00:00:00","EndDate":"2031-11-10T00:00:00","ScheduleId":"9003"}]},
         "RoomClosureReasons":{"RoomClosureReason":{"@Id":"2","Name":"Exams"}},
         "RoomClosures":{"RoomClosure":[
          {"@Id":"3","RoomId":"41","ReasonId":"2","StartDate":"2031-11-03T00:00:00","EndDate":"2031-11-04T00:00:00"},
          {"@Id":"4","RoomId":"50","StartDate":"2031-11-05T00:00:00","EndDate":"2031-11-05T00:00:00","StartTime":"09:00","EndTime":"11:00"},
          {"@Id":"5","RoomId":"42","StartDate":"2031-11-06T00:00:00"}]},
         "Covers":{"Cover":{"@Id":"6","ScheduleId":"9001","Date":"2031-11-03T00:00:00","TeacherId":"ZZ000103CC","RoomId":"42"}}}}}"#,
        &[
            DataArea::LessonSuspensions,
            DataArea::RoomClosureReasons,
            DataArea::RoomClosuresAndCover,
        ],
    );
    assert_eq!(
        payload.lesson_suspensions,
        Section::Present(vec![
            LessonSuspension {
                id: text("1"),
                start_date: date("2031-11-03"),
                end_date: date("2031-11-07"),
                code: text("11A/Ma1"),
                reason: text("Study leave"),
                ..LessonSuspension::default()
            },
            LessonSuspension {
                id: text("2"),
                start_date: date("2031-11-10"),
                end_date: date("2031-11-10"),
                schedule_id: text("9003"),
                ..LessonSuspension::default()
            },
        ])
    );
    assert_eq!(
        payload.room_closure_reasons,
        Section::Present(vec![RoomClosureReason {
            id: text("2"),
            name: text("Exams"),
        }])
    );
    assert_eq!(
        payload.room_closures_and_cover,
        Section::Present(ClosuresAndCover {
            closures: vec![
                RoomClosure {
                    id: text("3"),
                    room_id: text("41"),
                    reason_id: text("2"),
                    start_date: date("2031-11-03"),
                    end_date: date("2031-11-04"),
                    ..RoomClosure::default()
                },
                RoomClosure {
                    id: text("4"),
                    room_id: text("50"),
                    start_date: date("2031-11-05"),
                    end_date: date("2031-11-05"),
                    start_time: time("09:00"),
                    end_time: time("11:00"),
                    ..RoomClosure::default()
                },
                RoomClosure {
                    id: text("5"),
                    room_id: text("42"),
                    start_date: date("2031-11-06"),
                    ..RoomClosure::default()
                },
            ],
            covers: vec![Cover {
                id: text("6"),
                schedule_id: text("9001"),
                date: date("2031-11-03"),
                teacher_id: text("ZZ000103CC"),
                room_id: text("42"),
                by_shape: Field::Absent,
            }],
        })
    );
    assert_eq!(payload.rows(DataArea::RoomClosuresAndCover), 4);
}
