//! Who teaches.

use serde_json::{Value, json};

use super::many;

/// User codes, in the order of [`staff`].
pub(super) const AMBER: &str = "CH000101AA";
pub(super) const BRACKEN: &str = "CH000102BB";
pub(super) const CLOVER: &str = "CH000103CC";
pub(super) const DAPPLE: &str = "CH000104DD";
pub(super) const EMBER: &str = "CH000105EE";
pub(super) const FERN: &str = "CH000106FF";
pub(super) const GORSE: &str = "CH000107GG";
pub(super) const HOLLOW: &str = "CH000108HH";
pub(super) const IVY: &str = "CH000109II";

fn member(id: u32, code: &str, forename: &str, surname: &str) -> Value {
    json!({
        "@Id": id.to_string(), "@PersonId": (id + 5_000).to_string(),
        "UserCode": code, "Title": "Ms", "Forename": forename, "Surname": surname,
        "FullName": format!("{} {}", forename.trim(), surname.trim()), "TeachingStaff": "1",
    })
}

fn with(mut member: Value, fields: Value) -> Value {
    if let (Value::Object(member), Value::Object(fields)) = (&mut member, fields) {
        member.extend(fields);
    }
    member
}

pub(super) fn staff() -> Value {
    let address = |address: &str| json!({"SchoolEmailAddress": address});
    let twice = with(
        member(103, CLOVER, "Cora", "Cloverby"),
        address("C.Cloverby@Cedar.example"),
    );
    many(
        "StaffMember",
        &[
            with(
                member(101, AMBER, "Ada", "Amberley"),
                address("a.amberley@cedar.example"),
            ),
            // Whoever typed it left the shift key down, and a space at the end.
            with(
                member(102, BRACKEN, "Basil ", "Brackendale"),
                address("B.BRACKENDALE@cedar.example "),
            ),
            twice.clone(),
            // Two share one address.
            with(
                member(104, DAPPLE, "Dermot", "Dappleford"),
                address("science@cedar.example"),
            ),
            with(
                member(105, EMBER, "Zoë", "Emberwick"),
                address("science@cedar.example"),
            ),
            // No address in each of its spellings.
            member(106, FERN, "Fergus", "Fernshaw"),
            with(
                member(107, GORSE, "Greta", "Gorsebeck"),
                json!({"SchoolEmailAddress": null, "Title": " "}),
            ),
            with(
                member(108, HOLLOW, "Hugo", "O'Hollow-Ness"),
                json!({"SchoolEmailAddress": " ", "Title": null}),
            ),
            // She has left, and still teaches by the timetable.
            with(
                member(109, IVY, "Ines", "Ivygarth"),
                json!({"SchoolEmailAddress": "i.ivygarth@cedar.example",
                    "LeavingDate": "2031-07-31T00:00:00"}),
            ),
            // The same row again, as two methods of one key send it.
            twice,
            // No user code, so that nothing on the timetable can name him.
            with(
                member(110, "", "Jasper", "Juniperstead"),
                json!({"UserCode": "", "TeachingStaff": "0",
                    "SchoolEmailAddress": "j.juniperstead@cedar.example"}),
            ),
        ],
    )
}
