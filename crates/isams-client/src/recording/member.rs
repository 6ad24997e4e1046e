/// What becomes of the text of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// The member is left out with all that is in it.
    LeaveOut,
    /// A reference to a member of staff: a code, an id or a name.
    Staff,
    /// The user code of a member of staff.
    Code,
    /// The id of a member of staff.
    StaffId,
    /// A person's full name.
    Name,
    Forename,
    Surname,
    Initials,
    Email,
    /// A code or name of a set or form.
    Group,
    /// A name that may be shown, of this kind.
    Kept(&'static str),
    /// Where something is: shown where it is the name of a room.
    Room,
    /// Anything else.
    Value,
}

/// Where a member stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    /// The manager, such as `CoverManager`.
    pub(super) manager: &'p str,
    /// The member of the manager.
    pub(super) container: &'p str,
    /// The element whose member it is.
    pub(super) element: &'p str,
}

/// What a member's name may not contain, in lower case.
const PERSONAL: [&str; 23] = [
    "pupil",
    "student",
    "learner",
    "candidate",
    "admission",
    "guardian",
    "birth",
    "phone",
    "mobile",
    "passport",
    "ethnic",
    "religio",
    "medical",
    "disab",
    "salary",
    "payroll",
    "photo",
    "postcode",
    "homeaddress",
    "nationality",
    "nationalinsurance",
    "gender",
    "password",
];

/// What a member may not be called, in lower case: lists of pupils, their numbers, and more that is personal.
const PERSONAL_NAMES: [&str; 7] = [
    "setlists", "setlist", "schoolid", "dob", "sex", "tel", "fax",
];

/// How names of members end that refer to staff, in lower case.
const STAFF: [&str; 17] = [
    "teacher",
    "teacherid",
    "teachercode",
    "author",
    "authorid",
    "tutor",
    "tutorid",
    "staff",
    "staffid",
    "staffcode",
    "staffmember",
    "staffmemberid",
    "personid",
    "employeeid",
    "usercode",
    "username",
    "userid",
];

/// Flags that end like a reference to staff (more than three public sources).
const FLAGS: [&str; 2] = ["primaryteacher", "teachingstaff"];

/// How names of members end that hold a person's name, in lower case.
const NAMES: [(&str, Treatment); 15] = [
    ("fullname", Treatment::Name),
    ("salutation", Treatment::Name),
    ("teachername", Treatment::Name),
    ("staffname", Treatment::Name),
    ("authorname", Treatment::Name),
    ("tutorname", Treatment::Name),
    ("personname", Treatment::Name),
    ("forename", Treatment::Forename),
    ("firstname", Treatment::Forename),
    ("preferredname", Treatment::Forename),
    ("middlename", Treatment::Forename),
    ("middlenames", Treatment::Forename),
    ("surname", Treatment::Surname),
    ("lastname", Treatment::Surname),
    ("initials", Treatment::Initials),
];

/// Members that hold the code of a set or form (the public readers, and one inferred for suspensions).
const GROUPS: [&str; 5] = [
    "Code",
    "SetCode",
    "TimetableCode",
    "FormCode",
    "DisplayCode",
];

/// How names of members end that say where something is, in lower case.
const ROOMS: [&str; 6] = [
    "location",
    "venue",
    "room",
    "roomname",
    "roomcode",
    "classroom",
];

impl Treatment {
    /// The treatment of the member `name` at this place.
    pub(super) fn of(place: Place<'_>, name: &str) -> Self {
        let bare = name.trim_start_matches('@');
        let lower = bare.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
        if PERSONAL.iter().any(|word| lower.contains(word)) || PERSONAL_NAMES.contains(&&*lower) {
            return Self::LeaveOut;
        }
        if let Some(kind) = kept(place, bare) {
            return Self::Kept(kind);
        }
        if lower.contains("email") {
            return Self::Email;
        }
        if let Some((_, treatment)) = NAMES.iter().find(|(ending, _)| lower.ends_with(ending)) {
            return *treatment;
        }
        let by_somebody = bare.ends_with("By") || bare.ends_with("ById");
        if (ends(&STAFF) || by_somebody) && !FLAGS.contains(&&*lower) {
            return Self::Staff;
        }
        let of_group = bare == "Name" && ["Set", "TeachingForm", "Form"].contains(&place.element);
        if GROUPS.contains(&bare) || of_group {
            return Self::Group;
        }
        if ends(&ROOMS) {
            return Self::Room;
        }
        Self::Value
    }

    /// The treatment of a member of a member of staff; all but a few are left out.
    pub(super) fn of_staff(name: &str) -> Self {
        match name {
            "@Id" | "Id" => Self::StaffId,
            "UserCode" => Self::Code,
            "FullName" | "Salutation" => Self::Name,
            "PreferredName" | "Forename" => Self::Forename,
            "Surname" => Self::Surname,
            "SchoolEmailAddress" => Self::Email,
            _ => Self::LeaveOut,
        }
    }

    /// Whether the id of an element of this name is that of a member of staff.
    pub(super) fn is_staff(element: &str) -> bool {
        let lower = element.to_ascii_lowercase();
        STAFF.iter().any(|ending| lower.ends_with(ending))
    }
}

/// Of what a member is the name, where it may be shown.
fn kept(place: Place<'_>, name: &str) -> Option<&'static str> {
    let Place {
        manager,
        container,
        element,
    } = place;
    let is_name = ["Name", "ShortName"].contains(&name);
    let is_code = is_name || name == "Code";
    let is_initials = is_code || name == "Initials";
    match (manager, element) {
        ("SchoolManager", "Term") if is_name => Some("term"),
        ("TimetableManager", "Week") if container == "Structure" && is_name => Some("week"),
        ("TimetableManager", "Day") if container == "Structure" && is_name => Some("day"),
        ("TimetableManager", "Period") if container == "Structure" && is_name => Some("period"),
        ("EstateManager", "Building") if is_initials => Some("building"),
        ("EstateManager", "Classroom") if is_initials => Some("room"),
        ("TeachingManager", "Department") if is_code => Some("department"),
        ("TeachingManager", "Subject") if is_code => Some("subject"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_by_place_and_name() {
        use Treatment::*;
        for (path, name, expected) in [
            ("SchoolManager.Terms.Term", "Name", Kept("term")),
            ("SchoolManager.Terms.Term", "@AuthorId", Staff),
            ("SchoolManager.Terms.Term", "Author", Staff),
            ("SchoolManager.Terms.Term", "FinishDate", Value),
            (
                "EstateManager.Buildings.Building",
                "Initials",
                Kept("building"),
            ),
            ("EstateManager.Buildings.Classroom", "Code", Kept("room")),
            ("EstateManager.Buildings.Classroom", "Description", Value),
            (
                "TeachingManager.Departments.Subject",
                "Code",
                Kept("subject"),
            ),
            ("TeachingManager.Sets.Set", "SetCode", Group),
            ("TeachingManager.Sets.Set", "Name", Group),
            ("TeachingManager.Sets.Set", "Description", Value),
            ("TeachingManager.Sets.Teacher", "@StaffId", Staff),
            ("TeachingManager.Sets.Teacher", "@PrimaryTeacher", Value),
            (
                "TimetableManager.Structure.Period",
                "ShortName",
                Kept("period"),
            ),
            ("TimetableManager.PublishedTimetables.Period", "Name", Value),
            (
                "TimetableManager.PublishedTimetables.Schedule",
                "Code",
                Group,
            ),
            (
                "TimetableManager.PublishedTimetables.Schedule",
                "SetId",
                Value,
            ),
            (
                "TimetableManager.PublishedTimetables.Schedule",
                "RoomId",
                Value,
            ),
            (
                "TimetableManager.PublishedTimetables.StaffMeeting",
                "TeacherId",
                Staff,
            ),
            (
                "TimetableManager.PublishedTimetables.Tutorial",
                "Pupils",
                LeaveOut,
            ),
            (
                "TimetableManager.PublishedTimetables.Tutorial",
                "StudentNotes",
                LeaveOut,
            ),
            ("CoverManager.Unheard.Row", "CoverTeacherId", Staff),
            ("CoverManager.Unheard.Row", "LastUpdatedBy", Staff),
            ("CoverManager.Unheard.Row", "Standby", Value),
            ("CoverManager.Unheard.Row", "StaffName", Name),
            ("CoverManager.Unheard.Row", "TeacherInitials", Initials),
            ("CoverManager.Unheard.Row", "ContactEmail", Email),
            ("CoverManager.Unheard.Row", "@PUPILID", LeaveOut),
            ("CoverManager.Unheard.Row", "SchoolId", LeaveOut),
            ("CoverManager.Unheard.Row", "DateOfBirth", LeaveOut),
            ("CoverManager.Unheard.Row", "RoomName", Room),
            ("CoverManager.Unheard.Row", "Notes", Value),
            ("CalendarManager.Events.Event", "Location", Room),
        ] {
            let steps: Vec<&str> = path.split('.').collect();
            let [manager, container, element] = steps[..] else {
                panic!("{path}");
            };
            let place = Place {
                manager,
                container,
                element,
            };
            assert_eq!(Treatment::of(place, name), expected, "{path}.{name}");
        }
    }

    #[test]
    fn of_a_member_of_staff_nothing_else_is_kept() {
        for (name, treatment) in [
            ("@Id", Treatment::StaffId),
            ("UserCode", Treatment::Code),
            ("FullName", Treatment::Name),
            ("PreferredName", Treatment::Forename),
            ("Forename", Treatment::Forename),
            ("Surname", Treatment::Surname),
            ("Salutation", Treatment::Name),
            ("SchoolEmailAddress", Treatment::Email),
        ] {
            assert_eq!(Treatment::of_staff(name), treatment, "{name}");
        }
        for name in [
            "Title",
            "Initials",
            "@PersonId",
            "UserName",
            "Divisions",
            "userCode",
        ] {
            assert_eq!(Treatment::of_staff(name), Treatment::LeaveOut, "{name}");
        }
    }
}
