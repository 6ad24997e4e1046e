//! JSON with one row per line, so that a diff shows which rows changed.

use serde_json::Value;

/// Containers, and the rows that hold further rows: these are opened, everything below them is a
/// line.
const OPEN: [&str; 32] = [
    "iSAMS",
    "Terms",
    "CurrentStaff",
    "Buildings",
    "Building",
    "Classrooms",
    "Departments",
    "Department",
    "Subjects",
    "Sets",
    "TeachingForms",
    "Structure",
    "Week",
    "Days",
    "Day",
    "Periods",
    "PublishedTimetables",
    "Timetable",
    "Schedules",
    "StaffMeetings",
    "Tutorials",
    "YearSchedules",
    "TimetableAllocations",
    "Categories",
    "Events",
    "LessonSuspensions",
    "RoomClosureReasons",
    "RoomClosures",
    "Covers",
    "CalendarManager",
    "CoverManager",
    "",
];

pub(super) fn text(document: &Value) -> String {
    let mut out = String::new();
    write(document, "", 0, &mut out);
    out.push('\n');
    out
}

fn write(value: &Value, key: &str, depth: usize, out: &mut String) {
    let open = OPEN.contains(&key) || key.ends_with("Manager");
    match value {
        Value::Object(members) if open && !members.is_empty() => {
            out.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                line(index, depth + 1, out);
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push_str(": ");
                write(member, name, depth + 1, out);
            }
            end(depth, '}', out);
        }
        Value::Array(rows) if !rows.is_empty() => {
            out.push('[');
            for (index, row) in rows.iter().enumerate() {
                line(index, depth + 1, out);
                write(row, key, depth + 1, out);
            }
            end(depth, ']', out);
        }
        line => out.push_str(&line.to_string()),
    }
}

fn line(index: usize, depth: usize, out: &mut String) {
    out.push_str(if index == 0 { "\n" } else { ",\n" });
    out.extend(std::iter::repeat_n(' ', depth));
}

fn end(depth: usize, bracket: char, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth));
    out.push(bracket);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_is_a_line() {
        let document = json!({"iSAMS": {"XManager": {"Sets": {"Set": [
            {"@Id": "1", "Teachers": {"Teacher": [{"@Id": "2"}]}},
            {"@Id": "3"},
        ]}}}});
        let expected = r#"{
 "iSAMS": {
  "XManager": {
   "Sets": {
    "Set": [
     {"@Id":"1","Teachers":{"Teacher":[{"@Id":"2"}]}},
     {"@Id":"3"}
    ]
   }
  }
 }
}
"#;
        assert_eq!(text(&document), expected);
    }
}
