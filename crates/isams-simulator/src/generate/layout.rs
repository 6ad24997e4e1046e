//! JSON and XML with one row per line, so that a diff shows which rows changed.

use serde_json::Value;

/// Containers, and the rows that hold further rows: these are opened, everything below them is a
/// line.
const OPEN: [&str; 33] = [
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
    "WeekAllocations",
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

pub(super) fn json(document: &Value) -> String {
    let mut out = String::new();
    write(document, "", 0, &mut out);
    out.push('\n');
    out
}

fn write(value: &Value, key: &str, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) if is_open(key) && !members.is_empty() => {
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

fn is_open(name: &str) -> bool {
    OPEN.contains(&name) || name.ends_with("Manager")
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

/// The XML that the document would have come from, with line breaks between elements and nowhere else.
pub(super) fn xml(document: &Value) -> String {
    let compact = crate::xml::from_json(document);
    let mut out = String::with_capacity(compact.len() * 11 / 10);
    // Of each element that has not ended: whether it is opened, and whether an element is in it.
    let mut within: Vec<(bool, bool)> = Vec::new();
    // In what was written, `<` begins a tag and nothing else.
    for piece in compact.split_inclusive('>') {
        let (text, tag) = piece.split_at(piece.find('<').unwrap_or(piece.len()));
        out.push_str(text);
        if tag.starts_with("</") {
            if let Some((true, true)) = within.pop() {
                xml_line(within.len(), &mut out);
            }
            out.push_str(tag);
            continue;
        }
        let parent_is_open = match within.last_mut() {
            Some((is_open, has_element)) => {
                *has_element = true;
                *is_open
            }
            None => false,
        };
        if parent_is_open {
            xml_line(within.len(), &mut out);
        }
        out.push_str(tag);
        if !tag.ends_with("/>") {
            let name = tag.trim_matches(['<', '>']);
            let name = name.split(' ').next().unwrap_or_default();
            let is_open = within.is_empty() || parent_is_open && is_open(name);
            within.push((is_open, false));
        }
    }
    out.push('\n');
    out
}

fn xml_line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', depth));
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
        assert_eq!(super::json(&document), expected);
    }

    #[test]
    fn a_row_is_a_line_in_xml_too_and_no_text_is_changed() {
        let document = json!({"iSAMS": {"XManager": {
            "Structure": {"Week": {"@Id": "1", "Name": "A > B", "Days": {"Day": [
                {"@Id": "11", "Day": "2", "Periods": null},
                {"@Id": "12", "Periods": {"Period": {"@Id": "301", "Name": " "}}},
            ]}}},
            "TimetableAllocations": {"TimetableAllocation": {"@Id": "3", "Week": "36"}},
            "Terms": "",
        }}});
        let expected = r#"<iSAMS>
 <XManager>
  <Structure>
   <Week Id="1">
    <Name>A &gt; B</Name>
    <Days>
     <Day Id="11">
      <Day>2</Day>
      <Periods/>
     </Day>
     <Day Id="12">
      <Periods>
       <Period Id="301"><Name>&#x20;</Name></Period>
      </Periods>
     </Day>
    </Days>
   </Week>
  </Structure>
  <TimetableAllocations>
   <TimetableAllocation Id="3"><Week>36</Week></TimetableAllocation>
  </TimetableAllocations>
  <Terms></Terms>
 </XManager>
</iSAMS>
"#;
        assert_eq!(xml(&document), expected);
    }
}
