use chrono::NaiveDateTime;

use crate::{Field, row::row};

/// A department: `TeachingManager.Departments.Department` (more than three public readers).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Department {
    /// `@Id` (more than three public readers).
    pub id: Option<String>,
    /// `Name` (more than three public readers).
    pub name: Option<String>,
    /// `Subjects.Subject` (more than three public readers). A subject may stand under several departments.
    pub subjects: Vec<Subject>,
}

row!(Department {
    id: "@Id" else "Id",
    name: "Name",
    ; lists { subjects: "Subjects" / "Subject", }
});

/// A subject of a department (more than three public readers).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// `@Id` (more than three public readers).
    pub id: Option<String>,
    /// `Code` (more than three public readers).
    pub code: Option<String>,
    /// `Name` (more than three public readers).
    pub name: Option<String>,
}

row!(Subject {
    id: "@Id" else "Id",
    code: "Code",
    name: "Name",
});

/// A teaching set: `TeachingManager.Sets.Set` (a public fixture and more than three readers).
///
/// Its pupils are in another node, which is never read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TeachingSet {
    /// `@Id` (public fixture).
    pub id: Option<String>,
    /// `SetCode`, which a timetable row calls `Code` (public fixture; the meaning: one reader).
    pub set_code: Option<String>,
    /// `Name`, which may differ from the code (public fixture).
    pub name: Option<String>,
    /// `@SubjectId`, else the element `SubjectId`; both are sent (public fixture).
    pub subject_id: Option<String>,
    /// `@YearId`, else the element `YearId` (public fixture).
    pub year_id: Option<String>,
    /// `SetNumber` (public fixture).
    pub set_number: Option<String>,
    /// `Block` (public fixture).
    pub block: Option<String>,
    /// The legacy element `Teacher`, the user code of one teacher (public fixture).
    pub teacher: Option<String>,
    /// `@AuthorId`, the id of a member of staff (public fixture).
    pub author_id: Option<String>,
    /// The legacy twin `Author`, a user code (public fixture).
    pub author: Option<String>,
    /// `Description` (public fixture).
    pub description: Option<String>,
    /// `LastUpdated`, school-local (public fixture; the zone: inferred).
    pub last_updated: Field<NaiveDateTime>,
    /// `Teachers.Teacher`, which may be missing (public fixture).
    pub teachers: Vec<SetTeacher>,
}

row!(TeachingSet {
    id: "@Id" else "Id",
    set_code: "SetCode",
    name: "Name",
    subject_id: "@SubjectId" else "SubjectId",
    year_id: "@YearId" else "YearId",
    set_number: "SetNumber",
    block: "Block",
    teacher: "Teacher",
    author_id: "@AuthorId" else "AuthorId",
    author: "Author",
    description: "Description",
    last_updated: "LastUpdated",
    ; lists { teachers: "Teachers" / "Teacher", }
});

/// A teacher of a set (public fixture).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SetTeacher {
    /// `@Id` of the link between set and teacher (public fixture).
    pub id: Option<String>,
    /// `@StaffId`, the id of the member of staff, not the user code (public fixture).
    pub staff_id: Option<String>,
    /// `@PrimaryTeacher` (public fixture).
    pub primary: Field<bool>,
}

row!(SetTeacher {
    id: "@Id" else "Id",
    staff_id: "@StaffId" else "StaffId",
    primary: "@PrimaryTeacher" else "PrimaryTeacher",
});

/// A teaching form: `TeachingManager.TeachingForms.TeachingForm` (one public reader).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TeachingForm {
    /// `@Id` (one public reader).
    pub id: Option<String>,
    /// `FormCode`, the id of a school form (one public reader).
    pub form_code: Option<String>,
    /// `TimetableCode`, which a timetable row calls `Code` (one public reader).
    pub timetable_code: Option<String>,
    /// `SubjectId` (one public reader).
    pub subject_id: Option<String>,
}

row!(TeachingForm {
    id: "@Id" else "Id",
    form_code: "FormCode",
    timetable_code: "TimetableCode",
    subject_id: "SubjectId",
});
