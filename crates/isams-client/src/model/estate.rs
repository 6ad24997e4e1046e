use crate::row::row;

/// A building: `EstateManager.Buildings.Building` (two public readers).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Building {
    /// `@Id` (two public readers).
    pub id: Option<String>,
    /// `Parent`, the id of the building it belongs to (one public reader); 0 at the top is inferred.
    pub parent: Option<String>,
    /// `Name` (two public readers).
    pub name: Option<String>,
    /// `Description` (one public reader).
    pub description: Option<String>,
    /// `Initials` (one public reader).
    pub initials: Option<String>,
    /// `Classrooms.Classroom`, none or more (two public readers).
    pub classrooms: Vec<Classroom>,
}

row!(Building {
    id: "@Id" else "Id",
    parent: "Parent",
    name: "Name",
    description: "Description",
    initials: "Initials",
    ; lists { classrooms: "Classrooms" / "Classroom", }
    ; also {
        fn count(&self) -> usize {
            self.classrooms.len()
        }
    }
});

/// A room: `EstateManager.Buildings.Building.Classrooms.Classroom` (two public readers).
///
/// Capacity, type and whether a room may be booked were not seen in any public sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Classroom {
    /// `@Id`, which timetable rows call `RoomId` (two public readers).
    pub id: Option<String>,
    /// `Name` (two public readers).
    pub name: Option<String>,
    /// `Description` (one public reader).
    pub description: Option<String>,
    /// `Initials`, the short name of the room (two public readers).
    pub initials: Option<String>,
    /// `Code` (one public reader).
    pub code: Option<String>,
}

row!(Classroom {
    id: "@Id" else "Id",
    name: "Name",
    description: "Description",
    initials: "Initials",
    code: "Code",
});
