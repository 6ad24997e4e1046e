use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};

/// What the reader knows in the cover manager: containers, rows and members (inferred: all of them).
const KNOWN: [&str; 23] = [
    "LessonSuspensions",
    "LessonSuspension",
    "RoomClosureReasons",
    "RoomClosureReason",
    "RoomClosures",
    "RoomClosure",
    "Covers",
    "Cover",
    "Id",
    "Name",
    "ScheduleId",
    "Code",
    "NationalCurriculumYear",
    "PeriodId",
    "RoomId",
    "Reason",
    "ReasonId",
    "TeacherId",
    "Date",
    "StartDate",
    "EndDate",
    "StartTime",
    "EndTime",
];

/// The names that a school's iSAMS uses in the cover manager, where they differ from the inferred ones.
///
/// No answer of the cover manager is public, so the names that this crate reads are inferred, and rows with other names
/// are read by their shape where that can only mean one thing. Whoever has seen a real answer can do better, and say
/// which name stands for which:
///
/// ```
/// use isams_client::{CoverNames, Payload};
///
/// let names = CoverNames::new()
///     .read("ClosedRooms", "RoomClosures")?
///     .read("ClosedRoom", "RoomClosure")?
///     .read("Where", "RoomId")?
///     .read("Since", "StartDate")?;
/// let answer = br#"{"iSAMS": {"CoverManager": {"ClosedRooms": {"ClosedRoom": {
///     "@Id": "3", "Where": "41", "Since": "2031-11-03T00:00:00"
/// }}}}}"#;
/// let payload = Payload::from_slice_with(answer, &names)?;
/// let closures = &payload.room_closures_and_cover.value().expect("closures").closures;
/// assert_eq!(closures[0].room_id.as_deref(), Some("41"));
///
/// assert!(CoverNames::new().read("Where", "Room").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverNames {
    /// Known names by those that are sent.
    known: BTreeMap<String, &'static str>,
}

impl CoverNames {
    /// The inferred names only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the container, row or member `sent` as the `known` one, anywhere in the cover manager. An attribute is
    /// named without its `@`.
    ///
    /// # Errors
    ///
    /// [`UnknownCoverName`] when this crate reads nothing of the name `known`.
    pub fn read(mut self, sent: &str, known: &str) -> Result<Self, UnknownCoverName> {
        let known = known.trim();
        let Some(known) = KNOWN.into_iter().find(|name| *name == known) else {
            return Err(UnknownCoverName {
                name: known.to_owned(),
            });
        };
        let sent = sent.trim().trim_start_matches('@');
        self.known.insert(sent.to_owned(), known);
        Ok(self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The manager under the known names. What two names make one becomes an array, as repeated elements are.
    pub(crate) fn apply(&self, value: Value) -> Value {
        match value {
            Value::Array(values) => {
                Value::Array(values.into_iter().map(|value| self.apply(value)).collect())
            }
            Value::Object(members) => {
                let mut renamed = Map::new();
                for (name, value) in members {
                    let value = self.apply(value);
                    let name = match self.known.get(name.trim_start_matches('@')) {
                        Some(known) => (*known).to_owned(),
                        None => name,
                    };
                    match renamed.get_mut(&name) {
                        Some(first) => {
                            let mut values = many(first.take());
                            values.extend(many(value));
                            *first = Value::Array(values);
                        }
                        None => {
                            renamed.insert(name, value);
                        }
                    }
                }
                Value::Object(renamed)
            }
            other => other,
        }
    }
}

fn many(value: Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values,
        one => vec![one],
    }
}

/// A name that the reader does not know in the cover manager; its text lists those that it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCoverName {
    name: String,
}

impl fmt::Display for UnknownCoverName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no name of the cover manager, expected one of {}",
            self.name,
            KNOWN.join(", ")
        )
    }
}

impl std::error::Error for UnknownCoverName {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_read_as_others_at_every_depth() {
        let names = CoverNames::new()
            .read("@Key", "Id")
            .and_then(|names| names.read("Shut", "RoomClosure"))
            .unwrap();
        let sent = json!({"RoomClosures": {"RoomClosure": {"Id": "5"}, "Shut": [{"@Key": "3"}, {"Key": "4"}]}});
        assert_eq!(
            names.apply(sent),
            json!({"RoomClosures": {"RoomClosure": [{"Id": "5"}, {"Id": "3"}, {"Id": "4"}]}}),
            "two names of one row are one list"
        );
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = CoverNames::new()
            .read("x", "Rooms")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`Rooms`") && error.contains("RoomClosures"),
            "{error}"
        );
    }
}
