//! What is known of a room on either side, and how its bookings fit the lessons.

use crate::ids::{RoomId, SourceRoomId};

/// A room as one side describes it; every field but id and name may be unknown.
///
/// The school's own rooms have a [`RoomId`], the timetable's a [`SourceRoomId`], so the two sides cannot be confused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RoomCard<Id> {
    /// Its identity, unique on its side. It is never compared with the ids of the other side.
    pub id: Id,
    /// The name as people write it.
    pub name: String,
    /// A short code such as `L2`.
    pub code: Option<String>,
    /// Initials, a second short code where a side has one.
    pub initials: Option<String>,
    /// The building's name.
    pub building: Option<String>,
}

impl<Id> RoomCard<Id> {
    /// A room of which only the name is known.
    pub fn new(id: impl Into<Id>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            code: None,
            initials: None,
            building: None,
        }
    }

    /// The same room with a short code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The same room in a building.
    #[must_use]
    pub fn in_building(mut self, building: impl Into<String>) -> Self {
        self.building = Some(building.into());
        self
    }
}

/// How often a booking of the local room stands at the time of a lesson in the source's room that belongs to it: taught
/// by the booking's owner, or of the group in its title.
///
/// People book the room in which they already teach, so many such bookings say that the two rooms are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SharedUse {
    /// The booked room.
    pub local: RoomId,
    /// The room of the lessons.
    pub source: SourceRoomId,
    /// How many bookings.
    pub times: usize,
}
