//! Finds the room that a person means: by id, else by name, else as `isams:41`.

use std::{collections::HashMap, fmt};

use booking_store::{Room, RoomLink};

use crate::exit::{Exit, Failure};

/// What stands before the iSAMS id of a room.
pub(crate) const ISAMS: &str = "isams:";

/// The rooms of a school by everything that names them.
#[derive(Debug)]
pub(crate) struct RoomIndex<'r> {
    by_id: HashMap<&'r str, &'r Room>,
    by_name: HashMap<&'r str, Vec<&'r Room>>,
    by_isams: HashMap<&'r str, &'r Room>,
}

/// No room is meant, or more than one could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoRoom {
    Unknown(String),
    Ambiguous { name: String, ids: Vec<String> },
}

impl<'r> RoomIndex<'r> {
    pub(crate) fn new(rooms: &'r [Room], links: &'r [RoomLink]) -> Self {
        let by_id: HashMap<&str, &Room> =
            rooms.iter().map(|room| (room.id.as_str(), room)).collect();
        let mut by_name: HashMap<&str, Vec<&Room>> = HashMap::new();
        for room in rooms {
            by_name.entry(room.name.trim()).or_default().push(room);
        }
        let by_isams = links
            .iter()
            .filter_map(|link| Some((link.source.as_str(), *by_id.get(link.room.as_str())?)))
            .collect();
        Self {
            by_id,
            by_name,
            by_isams,
        }
    }

    /// The room that `text` names.
    pub(crate) fn find(&self, text: &str) -> Result<&'r Room, NoRoom> {
        let text = text.trim();
        if let Some(room) = self.by_id.get(text) {
            return Ok(room);
        }
        match self.by_name.get(text).map(Vec::as_slice) {
            Some([room]) => return Ok(room),
            Some(rooms) => {
                return Err(NoRoom::Ambiguous {
                    name: text.to_owned(),
                    ids: rooms.iter().map(|room| room.id.to_string()).collect(),
                });
            }
            None => {}
        }
        text.strip_prefix(ISAMS)
            .and_then(|id| self.by_isams.get(id.trim()).copied())
            .ok_or_else(|| NoRoom::Unknown(text.to_owned()))
    }
}

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(text) => match text.strip_prefix(ISAMS) {
                Some(id) => write!(f, "no room is matched with the iSAMS room `{}`", id.trim()),
                None => write!(f, "there is no room `{text}`"),
            },
            Self::Ambiguous { name, ids } => write!(
                f,
                "`{name}` is the name of several rooms; give an id: {}",
                ids.join(", ")
            ),
        }
    }
}

impl From<NoRoom> for Failure {
    fn from(error: NoRoom) -> Self {
        let exit = match error {
            NoRoom::Unknown(_) => Exit::Failed,
            NoRoom::Ambiguous { .. } => Exit::Usage,
        };
        Self::new(exit, anyhow::anyhow!("{error}"))
    }
}

/// The iSAMS id in `41` or `isams:41`.
pub(crate) fn isams_id(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix(ISAMS).unwrap_or(text).trim()
}

#[cfg(test)]
mod tests {
    use booking_store::Origin;

    use super::*;

    fn room(id: &str, name: &str) -> Room {
        Room {
            id: id.into(),
            name: name.to_owned(),
            category: "Classrooms".to_owned(),
            origin: Origin::Local,
            part_bookable: false,
        }
    }

    #[test]
    fn an_id_comes_before_a_name_and_both_before_isams() {
        let rooms = [
            room("R1", "R2"),
            room("R2", "Library"),
            room("L1", "Lab"),
            room("L2", "Lab"),
            room("isams:9", "Nine"),
        ];
        let link = |room: &str, source: &str| RoomLink {
            room: room.into(),
            source: source.to_owned(),
        };
        let links = [link("L1", "41"), link("R1", "9"), link("gone", "42")];
        let index = RoomIndex::new(&rooms, &links);
        let found = |text| index.find(text).map(|room| room.id.to_string());

        assert_eq!(found("R2").unwrap(), "R2");
        assert_eq!(found(" Library ").unwrap(), "R2");
        assert_eq!(found("isams:41").unwrap(), "L1");
        assert_eq!(found("isams:9").unwrap(), "isams:9");
        assert_eq!(
            found("Lab"),
            Err(NoRoom::Ambiguous {
                name: "Lab".to_owned(),
                ids: vec!["L1".to_owned(), "L2".to_owned()],
            })
        );
        for unknown in ["lab", "41", "isams:42", "isams:", ""] {
            assert!(
                matches!(found(unknown), Err(NoRoom::Unknown(_))),
                "{unknown}"
            );
        }
    }

    #[test]
    fn an_isams_id_is_read_with_and_without_its_mark() {
        assert_eq!(isams_id("isams:41"), "41");
        assert_eq!(isams_id(" 41 "), "41");
    }
}
