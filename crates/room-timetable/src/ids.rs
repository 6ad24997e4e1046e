//! Identifiers. Each is a type of its own, so that a room cannot be passed for a booking.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as it is; ids are opaque and compared byte for byte.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }
    };
}

id! {
    /// A room that can be booked or taught in.
    RoomId
}
id! {
    /// A room as the timetable's source numbers it.
    SourceRoomId
}
id! {
    /// A booking of one room.
    BookingId
}
id! {
    /// A timeslot: a start and an end time on some days of the week.
    TimeslotId
}
id! {
    /// A named row of one day of one cycle week.
    PeriodId
}
id! {
    /// A week of the cycle: Week A, Week B, or any other that the school names.
    CycleWeekId
}
