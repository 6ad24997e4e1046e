//! Subjects, sets and forms, and who teaches them.

use serde_json::{Value, json};

use super::many;
use super::people::{AMBER, BRACKEN, CLOVER, DAPPLE, EMBER, FERN, GORSE, HOLLOW, IVY};

/// A set or a form as the timetable knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub(super) code: &'static str,
    subject: u32,
    /// Its National Curriculum year; nurseries are below 0, and some go on after 13. A form says none.
    year: Option<i32>,
    pub(super) teachers: &'static [&'static str],
}

const SUBJECTS: [(u32, &str, &str); 9] = [
    (11, "EN", "English"),
    (12, "MA", "Mathematics"),
    (13, "PH", "Physics"),
    (14, "CH", "Chemistry"),
    (15, "HI", "History"),
    (16, "AR", "Art"),
    (17, "EC", "Economics"),
    (18, "PE", "Physical Education"),
    (19, "MU", "Music"),
];

pub(super) const GROUPS: [Group; 15] = [
    set("9A/En1", 11, 9, &[AMBER]),
    set("9B/Ma1", 12, 9, &[BRACKEN]),
    // Two teach it together.
    set("10B/Ph1", 13, 10, &[CLOVER, DAPPLE]),
    set("10A/Ch1", 14, 10, &[DAPPLE]),
    set("11A/Ma1", 12, 11, &[BRACKEN]),
    set("11B/Hi1", 15, 11, &[EMBER]),
    set("12X/Ar1", 16, 12, &[FERN]),
    set("12X/Ph1", 13, 12, &[CLOVER]),
    set("13X/Ec1", 17, 13, &[AMBER]),
    set("10C/Pe1", 18, 10, &[GORSE]),
    set("10D/Pe1", 18, 10, &[HOLLOW]),
    set("N/Mu1", 19, -1, &[IVY]),
    set("14/Re1", 12, 14, &[BRACKEN]),
    form("J3-CL", 11, &[GORSE]),
    form("J4-CL", 11, &[IVY]),
];

const fn set(
    code: &'static str,
    subject: u32,
    year: i32,
    teachers: &'static [&'static str],
) -> Group {
    Group {
        code,
        subject,
        year: Some(year),
        teachers,
    }
}

const fn form(code: &'static str, subject: u32, teachers: &'static [&'static str]) -> Group {
    Group {
        code,
        subject,
        year: None,
        teachers,
    }
}

impl Group {
    pub(super) fn of(code: &str) -> Option<&'static Self> {
        GROUPS.iter().find(|group| group.code == code)
    }

    pub(super) fn is_set(&self) -> bool {
        self.year.is_some()
    }
}

pub(super) fn departments() -> Value {
    let subject = |(id, code, name): (u32, &str, &str)| json!({"@Id": id.to_string(), "Code": code, "Name": name});
    let subjects: Vec<Value> = SUBJECTS.into_iter().map(subject).collect();
    many(
        "Department",
        &[
            json!({"@Id": "1", "Name": "All", "Subjects": many("Subject", &subjects)}),
            // Art is in two departments.
            json!({"@Id": "2", "Name": "Arts ", "Subjects": many("Subject", &[subject(SUBJECTS[5])])}),
            json!({"@Id": "3", "Name": "Office", "Subjects": null}),
            json!({"@Id": "4", "Name": "Kitchen"}),
        ],
    )
}

pub(super) fn sets(first_id: u32) -> Value {
    let sets: Vec<Value> = (first_id..)
        .zip(GROUPS.iter())
        .filter_map(|(id, group)| {
            let mut row = json!({
                "@Id": id.to_string(), "@SubjectId": group.subject.to_string(),
                "@YearId": group.year?.to_string(), "SetCode": group.code,
                // What people call it is not what the timetable calls it.
                "Name": format!("{} ", group.code.to_lowercase()),
            });
            if group.code == "12X/Ar1" {
                // The twins of an older scheme say something else; the attributes are right.
                row["SubjectId"] = json!({"@Legacy": "True", "#text": "11"});
                row["YearId"] = json!({"@Legacy": "True", "#text": "9"});
            }
            Some(row)
        })
        .collect();
    many("Set", &sets)
}

pub(super) fn forms() -> Value {
    let forms: Vec<Value> = (31..)
        .zip(GROUPS.iter().filter(|group| !group.is_set()))
        .map(|(id, group): (u32, _)| {
            json!({
                "@Id": id.to_string(), "FormCode": group.code.replace("-CL", ""),
                "TimetableCode": group.code, "SubjectId": group.subject.to_string(),
            })
        })
        .collect();
    many("TeachingForm", &forms)
}
