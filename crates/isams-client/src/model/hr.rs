use serde::de::MapAccess;

use crate::{
    place::Place,
    row::{Row, row, row_rest, row_serde},
};

/// A member of staff: `HRManager.CurrentStaff.StaffMember` (more than three public sources, two fixtures).
///
/// The node carries far more personal data than a room timetable needs; everything else is dropped while reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct StaffMember {
    /// `@Id`, which sets and forms refer to (more than three public sources).
    pub id: Option<String>,
    /// `UserCode`, which the timetable refers to (more than three public sources).
    pub user_code: Option<String>,
    /// The name to show: `FullName`, else `PreferredName` or `Forename` with `Surname`, else `Salutation`
    /// (the members: two fixtures; the order: our choice). Written as `FullName`.
    pub name: Option<String>,
    /// `SchoolEmailAddress`, in the case it was sent in, which is random (two fixtures).
    pub email: Option<String>,
}

impl Row for StaffMember {
    fn read<'de, A: MapAccess<'de>>(map: A, at: Place<'_>) -> Result<Self, A::Error> {
        AsSent::read(map, at).map(Self::from)
    }

    row_rest!(StaffMember {
        id: "@Id", user_code: "UserCode", name: "FullName", email: "SchoolEmailAddress",
        ; lists {}
        ; references {}
    });
}

row_serde!(StaffMember {
    id: "@Id", user_code: "UserCode", name: "FullName", email: "SchoolEmailAddress",
    ; lists {}
    ; references {}
});

/// What is looked at to find the name to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct AsSent {
    id: Option<String>,
    user_code: Option<String>,
    full_name: Option<String>,
    preferred_name: Option<String>,
    forename: Option<String>,
    surname: Option<String>,
    salutation: Option<String>,
    email: Option<String>,
}

row!(AsSent {
    id: "@Id" else "Id",
    user_code: "UserCode",
    full_name: "FullName",
    preferred_name: "PreferredName",
    forename: "Forename",
    surname: "Surname",
    salutation: "Salutation",
    email: "SchoolEmailAddress",
});

impl From<AsSent> for StaffMember {
    fn from(sent: AsSent) -> Self {
        let first = sent.preferred_name.or(sent.forename);
        let both = match (first, sent.surname) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (first, last) => first.or(last),
        };
        Self {
            id: sent.id,
            user_code: sent.user_code,
            name: sent.full_name.or(both).or(sent.salutation),
            email: sent.email,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_to_show() {
        for (members, name) in [
            (r#""FullName":"Quill Bee","Surname":"B""#, Some("Quill Bee")),
            (
                r#""FullName":" ","PreferredName":"Quill","Forename":"Q","Surname":"Bee""#,
                Some("Quill Bee"),
            ),
            (r#""Forename":"Q","Surname":"Bee""#, Some("Q Bee")),
            (r#""Surname":"Bee","Salutation":"Mx Bee""#, Some("Bee")),
            (r#""PreferredName":"Quill""#, Some("Quill")),
            (r#""Salutation":"Mx Bee""#, Some("Mx Bee")),
            (r#""Initials":"QQB""#, None),
        ] {
            let staff: StaffMember = serde_json::from_str(&format!("{{{members}}}")).unwrap();
            assert_eq!(staff.name.as_deref(), name, "{members}");
        }
    }
}
