//! The stored timetable: the last good state of every data area, and what a run holds back.

use booking_store::{SchoolState, TimetableDocument};
use isams_client::{DataArea, Payload};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::error::Error;

/// The format that this version writes.
const FORMAT: u32 = 1;

/// What is stored of a school's timetable. The data areas are kept in the wire's own form, less what is not needed, so
/// that one reader serves both and a stored timetable can be read again by any later version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The last good state of every area: what is in effect. Empty until a first sync takes effect.
    pub good: Payload,
    /// What has arrived but is not in effect: a held plan, or an existing school's feed before its rooms are matched.
    pub withheld: Option<Withheld>,
    /// Areas of which the last answer had nothing, so that their rows are of an earlier night and in doubt.
    pub frozen: Vec<DataArea>,
}

/// A feed that is not in effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// The areas as they would be if the plan were released.
    pub payload: Payload,
    /// A core area was missing or empty, so even the last good timetable is in doubt.
    pub core_frozen: bool,
}

/// What is stored, apart from payloads: those are read where they stand, since they are large.
#[derive(Deserialize)]
struct Stored {
    #[serde(rename = "good")]
    _good: IgnoredAny,
    withheld: Option<StoredWithheld>,
    #[serde(default)]
    frozen: Vec<DataArea>,
}

#[derive(Deserialize)]
struct StoredWithheld {
    #[serde(rename = "payload")]
    _payload: IgnoredAny,
    core_frozen: bool,
}

impl Document {
    /// The document of a school; an empty one where nothing was stored yet.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] where it is of a newer format or cannot be read.
    pub fn of(state: &SchoolState) -> Result<Self, Error> {
        let Some(document) = &state.timetable else {
            return Ok(Self::default());
        };
        if document.format != FORMAT {
            return Err(Error::Document(format!(
                "it has format {}, and this version reads format {FORMAT}",
                document.format
            )));
        }
        let content = &document.content;
        let stored =
            Stored::deserialize(content).map_err(|error| Error::Document(error.to_string()))?;
        let withheld = match stored.withheld {
            Some(withheld) => Some(Withheld {
                payload: payload(&content["withheld"]["payload"])?,
                core_frozen: withheld.core_frozen,
            }),
            None => None,
        };
        Ok(Self {
            good: payload(&content["good"])?,
            withheld,
            frozen: stored.frozen,
        })
    }

    /// The document as it is stored.
    pub fn to_stored(&self) -> TimetableDocument {
        let withheld = self.withheld.as_ref().map(|withheld| {
            serde_json::json!({ "payload": withheld.payload.to_json(), "core_frozen": withheld.core_frozen })
        });
        let mut content = serde_json::json!({ "good": self.good.to_json(), "withheld": withheld });
        if !self.frozen.is_empty() {
            content["frozen"] = serde_json::json!(self.frozen);
        }
        TimetableDocument {
            format: FORMAT,
            content,
        }
    }
}

fn payload(stored: &Value) -> Result<Payload, Error> {
    let mut payload = Payload::from_slice(stored.to_string().as_bytes())
        .map_err(|error| Error::Document(error.to_string()))?;
    payload.canonicalise();
    Ok(payload)
}
