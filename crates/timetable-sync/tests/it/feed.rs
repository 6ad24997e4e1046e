//! A small school's feed, written as the Batch API would send it.

use isams_client::Payload;
use serde_json::{Map, Value, json};

/// A lesson row: id, code, teacher, period, room.
pub(crate) type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// The parts of the feed. A part that is `None` is not in the answer.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    pub(crate) rooms: Option<Vec<(String, String)>>,
    pub(crate) staff: Option<Value>,
    pub(crate) terms: Option<Value>,
    pub(crate) structure: Option<Value>,
    pub(crate) allocations: Option<Value>,
    pub(crate) timetables: Option<Value>,
    pub(crate) departments: Option<Value>,
    pub(crate) sets: Option<Value>,
    pub(crate) forms: Option<Value>,
    pub(crate) suspensions: Option<Value>,
    pub(crate) reasons: Option<Value>,
    pub(crate) closures: Option<Value>,
    pub(crate) covers: Option<Value>,
    pub(crate) events: Option<Value>,
}

/// Week 1 of the cycle has Monday to Wednesday with three periods a day: 09:00-10:00, 10:00-11:00, 11:15-12:15. The
/// period `21` is the first of Tuesday.
pub(crate) fn feed(rows: &[Row]) -> Feed {
    let period = |id: String, name: &str, start: &str, end: &str| json!({"@Id": id, "Name": name, "ShortName": name, "StartTime": start, "EndTime": end});
    let day = |number: u32, name: &str| {
        json!({"@Id": number.to_string(), "Name": name, "Day": (number + 1).to_string(), "Active": "1", "Periods": {"Period": [
            period(format!("{number}1"), "Period 1", "09:00", "10:00"),
            period(format!("{number}2"), "Period 2", "10:00", "11:00"),
            period(format!("{number}3"), "Period 3", "11:15", "12:15"),
        ]}})
    };
    // Week 36 holds 1 September 2031, a Monday; 40 is the last, and the term runs to 3 October.
    let allocations: Vec<Value> = (36..=40)
        .map(|week| json!({"@Id": format!("5{week}"), "Week": week.to_string(), "Year": "2031", "TimetableWeekId": "1"}))
        .collect();
    Feed {
        rooms: Some(
            (1..=8)
                .map(|number| (number.to_string(), format!("Room {number}")))
                .collect(),
        ),
        staff: Some(json!({"StaffMember": [
            {"@Id": "101", "UserCode": "T1", "FullName": "Quill Bee", "SchoolEmailAddress": "Q.Bee@school.example", "DOB": "1970-01-01T00:00:00"},
            {"@Id": "102", "UserCode": "T2", "FullName": "Wren Dee", "SchoolEmailAddress": "w.dee@school.example"},
        ]})),
        terms: Some(
            json!({"Term": {"@Id": "61", "SchoolYear": "2031", "Name": "Autumn",
            "StartDate": "2031-09-01T00:00:00", "FinishDate": "2031-10-03T00:00:00"}}),
        ),
        structure: Some(json!({"Week": {"@Id": "1", "Name": "Week 1", "Active": "1",
            "Days": {"Day": [day(1, "Monday"), day(2, "Tuesday"), day(3, "Wednesday")]}}})),
        allocations: Some(json!({"TimetableAllocation": allocations})),
        timetables: Some(json!({"Timetable": timetable("12", rows)})),
        departments: Some(
            json!({"Department": {"@Id": "4", "Name": "Sciences", "Subjects": {"Subject": {"@Id": "14", "Code": "PH", "Name": "Physics"}}}}),
        ),
        sets: Some(
            json!({"Set": {"@Id": "1401", "@SubjectId": "14", "SubjectId": {"@Legacy": "True", "#text": "14"}, "SetCode": "10B/Ph1", "Name": "10B/Ph1"}}),
        ),
        forms: Some(
            json!({"TeachingForm": {"@Id": "31", "FormCode": "9B", "TimetableCode": "9B-PSHE", "SubjectId": "14"}}),
        ),
        suspensions: Some(
            json!({"LessonSuspension": {"@Id": "1", "StartDate": "2031-09-08T00:00:00", "EndDate": "2031-09-08T00:00:00", "Code": "nobody"}}),
        ),
        reasons: Some(json!({"RoomClosureReason": {"@Id": "2", "Name": "Exams"}})),
        closures: Some(
            json!({"RoomClosure": {"@Id": "3", "RoomId": "8", "ReasonId": "2", "StartDate": "2031-09-08T00:00:00", "EndDate": "2031-09-08T00:00:00"}}),
        ),
        covers: None,
        events: None,
    }
}

/// A published timetable of 2031-32.
pub(crate) fn timetable(id: &str, rows: &[Row]) -> Value {
    let schedules: Vec<Value> = rows
        .iter()
        .map(|(id, code, teacher, period, room)| {
            let mut row = json!({"@Id": id, "Code": code, "Teacher": teacher, "PeriodId": period, "SetId": "1", "Set": "1"});
            if !room.is_empty() {
                row["RoomId"] = json!(room);
            }
            row
        })
        .collect();
    json!({"@Id": id, "Name": "Main", "StartYear": "2031", "EndYear": "2032", "Schedules": {"Schedule": schedules}})
}

impl Feed {
    /// The answer.
    pub(crate) fn json(&self) -> Value {
        let rooms = self.rooms.as_ref().map(|rooms| {
            let rooms: Vec<Value> = rooms
                .iter()
                .map(|(id, name)| json!({"@Id": id, "Name": name, "Initials": name}))
                .collect();
            json!({"Building": {"@Id": "3", "Name": "Main", "Classrooms": {"Classroom": rooms}}})
        });
        let mut answer = Map::new();
        let mut put = |manager: &str, container: &str, value: Option<Value>| {
            let Some(value) = value else { return };
            let manager = answer.entry(manager).or_insert_with(|| json!({}));
            manager[container] = value;
        };
        put("EstateManager", "Buildings", rooms);
        put("HRManager", "CurrentStaff", self.staff.clone());
        put("SchoolManager", "Terms", self.terms.clone());
        put("TimetableManager", "Structure", self.structure.clone());
        put(
            "TimetableManager",
            "TimetableAllocations",
            self.allocations.clone(),
        );
        put(
            "TimetableManager",
            "PublishedTimetables",
            self.timetables.clone(),
        );
        put("TeachingManager", "Departments", self.departments.clone());
        put("TeachingManager", "Sets", self.sets.clone());
        put("TeachingManager", "TeachingForms", self.forms.clone());
        put(
            "CoverManager",
            "LessonSuspensions",
            self.suspensions.clone(),
        );
        put("CoverManager", "RoomClosureReasons", self.reasons.clone());
        put("CoverManager", "RoomClosures", self.closures.clone());
        put("CoverManager", "Covers", self.covers.clone());
        put("CalendarManager", "Events", self.events.clone());
        json!({ "iSAMS": answer })
    }

    /// The answer as the client reads it.
    pub(crate) fn payload(&self) -> Payload {
        payload(&self.json())
    }

    /// The same with these rows of cover.
    pub(crate) fn with_covers(self, rows: Value) -> Self {
        Self {
            covers: Some(json!({ "Cover": rows })),
            ..self
        }
    }

    /// The weeks that are allocated.
    pub(crate) fn allocate(&mut self, weeks: impl IntoIterator<Item = u32>) {
        let rows: Vec<Value> = weeks
            .into_iter()
            .map(|week| json!({"@Id": format!("5{week}"), "Week": week.to_string(), "Year": "2031", "TimetableWeekId": "1"}))
            .collect();
        self.allocations = Some(json!({ "TimetableAllocation": rows }));
    }
}

/// Any answer as the client reads it.
pub(crate) fn payload(answer: &Value) -> Payload {
    Payload::from_slice(answer.to_string().as_bytes()).unwrap()
}

/// What a source says that has no usable answer.
pub(crate) fn no_answer() -> isams_client::Error {
    isams_client::Error::TooLarge { max_bytes: 1 }
}

/// The same answer with the rows of every list the other way round.
pub(crate) fn reversed(answer: &Value) -> Value {
    match answer {
        Value::Array(rows) => Value::Array(rows.iter().rev().map(reversed).collect()),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, value)| (key.clone(), reversed(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}
