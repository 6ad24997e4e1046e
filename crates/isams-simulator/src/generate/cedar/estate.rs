//! Buildings and rooms.

use serde_json::{Value, json};

use super::many;

pub(super) const OAK_1: u32 = 41;
pub(super) const OAK_2: u32 = 42;
pub(super) const OAK_3: u32 = 43;
pub(super) const HALL: u32 = 44;
pub(super) const CHAPEL: u32 = 45;
pub(super) const LIBRARY: u32 = 46;
pub(super) const COMMON_ROOM: u32 = 47;
pub(super) const OLD_GYM: u32 = 50;
pub(super) const LAB_1: u32 = 51;
pub(super) const LAB_2: u32 = 52;
/// In the Science Block; the Garden Wing has a room of the same name.
pub(super) const STUDIO: u32 = 53;
pub(super) const GARDEN_1: u32 = 61;
pub(super) const GARDEN_2: u32 = 62;
pub(super) const GARDEN_STUDIO: u32 = 63;
/// The room that stands where [`GARDEN_2`] was deleted.
pub(super) const GARDEN_2_AGAIN: u32 = 66;
/// A room that no list has.
pub(super) const NOWHERE: u32 = 999;

/// What may change about the rooms in a year.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estate {
    pub(super) oak_3: &'static str,
    pub(super) labs: [&'static str; 2],
    pub(super) garden_2: u32,
}

impl Estate {
    pub(super) const FIRST: Self = Self {
        oak_3: "Oak 3",
        labs: ["Lab 1", "Lab 2"],
        garden_2: GARDEN_2,
    };

    /// The `Buildings` container.
    pub(super) fn buildings(self) -> Value {
        let [lab_1, lab_2] = self.labs;
        let hall = room(HALL, "Hall", "HALL");
        let house = json!({
            "@Id": "3", "Parent": "0", "Name": "Cedar House", "Description": null, "Initials": "CH",
            "Classrooms": many("Classroom", &[
                room(OAK_1, "Oak 1", "O1"),
                room(OAK_2, "Oak 2 ", "O2 "),
                room(OAK_3, self.oak_3, "O3"),
                hall.clone(),
                room(CHAPEL, "Chapel", "CP"),
                room(LIBRARY, "Library", "LIB"),
                room(COMMON_ROOM, "Common Room", "CR"),
            ]),
        });
        let science = json!({
            "@Id": "4", "Parent": "3", "Name": "Science Block", "Initials": "SB",
            "Classrooms": many("Classroom", &[
                room(LAB_1, lab_1, "L1"),
                room(LAB_2, lab_2, "L2"),
                room(STUDIO, "Studio", "ST"),
            ]),
        });
        // One room is an object.
        let gym = json!({
            "@Id": "5", "Parent": "0", "Name": "Old Gym", "Initials": "OG",
            "Classrooms": many("Classroom", &[room(OLD_GYM, "Old Gym", "OG")]),
        });
        let garden = json!({
            "@Id": "6", "Parent": "0", "Name": "Garden Wing ", "Initials": "GW",
            "Classrooms": many("Classroom", &[
                room(GARDEN_1, "Garden 1", "G1"),
                room(self.garden_2, "Garden 2", "G2"),
                room(GARDEN_STUDIO, "Studio", "GS"),
                // It has a door to the garden, so somebody put it here as well.
                hall,
                // Only its initials say what it is called; the next has nothing at all.
                json!({"@Id": "64", "Name": " ", "Description": "", "Initials": "Shed"}),
                json!({"@Id": "65", "Name": null, "Initials": null, "Code": ""}),
                json!({"Name": "Cupboard", "Initials": "CB"}),
            ]),
        });
        // None is a null, an empty text, or not there.
        many(
            "Building",
            &[
                house,
                science,
                gym,
                garden,
                json!({"@Id": "7", "Parent": "3", "Name": "Lodge", "Classrooms": null}),
                json!({"@Id": "8", "Parent": "0", "Name": "Boathouse", "Classrooms": ""}),
                json!({"@Id": "9", "Name": "Pavilion"}),
            ],
        )
    }
}

fn room(id: u32, name: &str, code: &str) -> Value {
    json!({"@Id": id.to_string(), "Name": name, "Initials": code, "Code": code})
}
