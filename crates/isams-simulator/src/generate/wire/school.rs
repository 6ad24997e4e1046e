//! Terms, staff, the estate and teaching.

use serde_json::{Value, json};

use super::super::School;
use super::super::people::StaffMember;
use super::super::teaching::{DEPARTMENTS, SUBJECTS, subject_id};
use super::{day, legacy, rows, text};

const UPDATED: &str = "2031-02-01T10:15:30";

fn author(school: &School) -> (Value, Value) {
    let author = school.teaching.staff.last();
    (
        text(author.map_or(0, |author| author.id)),
        legacy(author.map_or("", |author| &author.user_code)),
    )
}

pub(super) fn terms(school: &School) -> Value {
    let (author_id, author) = author(school);
    rows(
        "Term",
        school.terms.iter().map(|term| {
            json!({
                "@Id": text(term.id), "@AuthorId": author_id, "Author": author,
                "SchoolYear": text(term.spec.school_year), "Name": term.spec.name,
                "StartDate": day(term.spec.start), "FinishDate": day(term.spec.finish),
                "LastUpdated": UPDATED,
            })
        }),
    )
}

pub(super) fn staff(school: &School) -> Value {
    rows(
        "StaffMember",
        school
            .teaching
            .staff
            .iter()
            .map(|member| staff_member(school, member)),
    )
}

fn staff_member(school: &School, member: &StaffMember) -> Value {
    let person = member.id + 5_000;
    let mut json = json!({
        "@Id": text(member.id), "@PersonId": text(person),
        "@PersonGuid": format!("00000000-0000-0000-0000-{person:012}"),
        "Initials": member.initials(), "UserCode": member.user_code, "UserName": member.user_name,
        "Title": member.title, "Forename": member.forename, "MiddleNames": null,
        "Surname": member.surname,
        "FullName": member.full_name(), "NameInitials": null,
        "PreferredName": member.forename.trim(),
        "Salutation": " ",
    });
    if let Value::Object(fields) = &mut json {
        // A member of staff without an address has no element at all.
        if let Some(email) = &member.email {
            fields.insert("SchoolEmailAddress".to_owned(), text(email));
        }
        fields.insert("TeachingStaff".to_owned(), text(u8::from(member.teaching)));
        if let Some(leaving) = member.leaving {
            fields.insert("LeavingDate".to_owned(), text(leaving));
        }
        let division = school.spec.divisions.get(member.division);
        let division =
            division.map(|division| json!({"@Id": text(division.id), "Name": division.name}));
        fields.insert("Divisions".to_owned(), rows("Division", division));
    }
    json
}

pub(super) fn buildings(school: &School) -> Value {
    rows(
        "Building",
        school.buildings.iter().map(|building| {
            json!({
                "@Id": text(building.id), "Parent": text(building.parent), "Name": building.name,
                "Description": null, "Initials": building.initials,
                "Classrooms": rows("Classroom", building.rooms.iter().map(|room| json!({
                    "@Id": text(room.id), "Name": room.name, "Description": null,
                    "Initials": room.code, "Code": room.code,
                }))),
            })
        }),
    )
}

pub(super) fn departments(school: &School) -> Value {
    let subject = |code: &str| {
        let name = SUBJECTS
            .iter()
            .find(|(known, _)| *known == code)
            .map_or("", |(_, name)| name);
        json!({"@Id": text(subject_id(&school.spec, code)), "Code": code, "Name": name})
    };
    rows(
        "Department",
        (4 + school.spec.base..)
            .zip(DEPARTMENTS)
            .map(|(id, (name, codes))| {
                let mut department = json!({"@Id": text(id), "Name": name});
                if !codes.is_empty() {
                    department["Subjects"] =
                        rows("Subject", codes.iter().map(|code| subject(code)));
                }
                department
            }),
    )
}

pub(super) fn sets(school: &School) -> Value {
    let (author_id, author) = author(school);
    let staff = &school.teaching.staff;
    rows(
        "Set",
        (1..).step_by(2).zip(&school.teaching.sets).map(|(link, set)| {
            let subject = subject_id(&school.spec, set.subject);
            let teacher = |link: u32, index: usize, primary: &str| {
                let member = staff.get(index)?;
                Some(json!({"@Id": text(link), "@StaffId": text(member.id), "@PrimaryTeacher": primary}))
            };
            let teachers = teacher(link, set.teacher, "True")
                .into_iter()
                .chain(set.second.and_then(|second| teacher(link + 1, second, "False")));
            // Somebody typed a space after every tenth name; the code is what counts.
            let name = if set.id % 10 == 0 { format!("{} ", set.code) } else { set.code.clone() };
            json!({
                "@Id": text(set.id), "@SubjectId": text(subject), "@YearId": text(set.year),
                "@AuthorId": author_id,
                "SubjectId": legacy(subject), "YearId": legacy(set.year),
                "Teacher": legacy(staff.get(set.teacher).map_or("", |member| &member.user_code)),
                "Author": author,
                "SetNumber": text(set.number),
                "Block": set.code.chars().find(char::is_ascii_uppercase).map(text),
                "SetCode": set.code, "Name": name, "Teachers": rows("Teacher", teachers),
                "Description": null,
                "LastUpdated": UPDATED,
            })
        }),
    )
}

pub(super) fn teaching_forms(school: &School) -> Value {
    let subject = subject_id(&school.spec, "PS");
    rows(
        "TeachingForm",
        school.teaching.forms.iter().map(|form| {
            json!({
                "@Id": text(form.id), "FormCode": form.form, "TimetableCode": form.code,
                "SubjectId": text(subject),
            })
        }),
    )
}
