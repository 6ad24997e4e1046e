//! Something that stands in a room, and the words for it.

use std::fmt;

use booking_store::Booking;
use chrono::NaiveDateTime;
use room_timetable::{Cause, CauseKind, Certainty, Interval};

/// Something that stands in a room on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
    /// As far as it lies on the day.
    pub interval: Interval,
    /// What it is.
    pub occupant: Occupant,
}

/// What stands in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occupant {
    /// A lesson or whatever else the timetable says.
    Timetable {
        /// What it is.
        cause: Cause,
        /// Whether it certainly takes place.
        certainty: Certainty,
        /// Who teaches or leads, by name; by user code where the name is not known.
        teachers: Vec<String>,
    },
    /// A booking.
    Booking(Booking),
}

impl Occupant {
    /// All of its time, which may begin before the day and end after it.
    pub fn interval(&self) -> Interval {
        match self {
            Self::Timetable { cause, .. } => cause.interval,
            Self::Booking(booking) => booking.interval,
        }
    }

    /// The kind as a program reads it: that of [`CauseKind::name`], or `booking`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Timetable { cause, .. } => cause.kind.name(),
            Self::Booking(_) => "booking",
        }
    }

    /// Whether it may not take place. A booking always does.
    pub fn is_doubtful(&self) -> bool {
        matches!(
            self,
            Self::Timetable {
                certainty: Certainty::Doubtful,
                ..
            }
        )
    }

    /// The named row of the day, where there is one.
    pub fn period(&self) -> Option<&str> {
        match self {
            Self::Timetable { cause, .. } => cause.period.as_deref(),
            Self::Booking(_) => None,
        }
    }

    /// The kind as a person reads it.
    pub(super) fn heading(&self) -> String {
        match self {
            Self::Timetable { cause, .. } => match cause.kind {
                CauseKind::Lesson => "Lesson".to_owned(),
                CauseKind::Meeting => "Staff meeting".to_owned(),
                CauseKind::Tutorial => "Tutorial".to_owned(),
                CauseKind::YearSchedule => "Year schedule".to_owned(),
                CauseKind::Closure => "Closed".to_owned(),
                CauseKind::Cover => "Cover, moved here".to_owned(),
                CauseKind::Event => "Event".to_owned(),
                other => other.to_string(),
            },
            Self::Booking(_) => "Booking".to_owned(),
        }
    }

    /// Its name; that of a booking without a title is `booking` with its id.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Timetable { cause, .. } => cause.label.clone(),
            Self::Booking(booking) => match booking.title.as_deref().map(str::trim) {
                None | Some("") => format!("booking {}", booking.id),
                Some(title) => title.to_owned(),
            },
        }
    }

    /// Who teaches, leads or has booked, where that is known.
    pub(super) fn people(&self) -> Option<String> {
        let people = match self {
            Self::Timetable { teachers, .. } => teachers.join(", "),
            Self::Booking(booking) => booking.owner_name.clone().unwrap_or_default(),
        };
        Some(people).filter(|people| !people.trim().is_empty())
    }
}

/// A time of a day as people read it; the end of a day reads 24:00.
pub(super) struct Clock(pub(super) NaiveDateTime, pub(super) Side);

/// Whether a time starts or ends something.
#[derive(PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(time, side) = self;
        if *side == Side::End && time.time() == NaiveDateTime::MIN.time() {
            f.write_str("24:00")
        } else {
            write!(f, "{}", time.format("%H:%M"))
        }
    }
}
