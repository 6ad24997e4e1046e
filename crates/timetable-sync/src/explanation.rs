//! Why a room is free or occupied at a moment, by all that the school knows: its timetable, what a held run withholds,
//! its matches, its settings and its bookings.

use std::fmt;

use booking_store::{Booking, Matching, SchoolState};
use chrono::{NaiveDate, NaiveDateTime};
use room_timetable::{
    CauseKind, Certainty, DateSpan, Explanation, Interval, Reason, RoomId, RoomState, TimeOfDay,
};
use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::{
    current::{CurrentTimetable, HeldBack, Standing},
    removal::given,
    report::local_time,
    words,
};

/// Why a room is free or occupied at a moment.
///
/// Written out, each reason is a line of plain English, then come the bookings, and the last line says what follows. As
/// JSON it has the members `room`, `at`, `state`, `bookings` and `reasons`; those of a booking are named as in the
/// calendar's.
///
/// ```
/// use booking_store::SchoolState;
/// use room_timetable::{RoomState, TimeOfDay};
/// use timetable_sync::{CurrentTimetable, RoomExplanation};
///
/// let state = SchoolState::default();
/// let timetable = CurrentTimetable::of(&state)?;
/// let monday = chrono::NaiveDate::from_ymd_opt(2031, 9, 8).unwrap();
/// let why = RoomExplanation::new(&state, &timetable, &"LAB".into(), monday, TimeOfDay::MIDNIGHT);
/// assert_eq!(why.state, RoomState::Unknown);
/// assert!(why.to_string().starts_with("No sync has taken effect yet"));
/// # Ok::<(), timetable_sync::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomExplanation {
    /// Which room.
    pub room: RoomId,
    /// When, school-local.
    pub at: NaiveDateTime,
    /// What the reasons come to. Bookings have no part in it: a room that nothing else stands in is free, of lessons.
    pub state: RoomState,
    /// The bookings of the room at that moment.
    pub bookings: Vec<Booking>,
    /// The reasons, in the order in which the rules apply; the last one says what follows.
    pub reasons: Vec<RoomReason>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum RoomReason {
    /// The timetable's own.
    Timetable(Reason),
    /// Another.
    School(SchoolReason),
}

/// A reason that is not the timetable's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SchoolReason {
    /// A row of a lesson is suspended, but the settings leave it in its room.
    SuspendedButKept {
        /// The lesson's name.
        label: String,
        /// The row, where it has an id.
        row: Option<String>,
        /// The suspension's id.
        suspension: String,
        /// On which dates.
        dates: DateSpan,
        /// Why, where that is known.
        why: Option<String>,
    },
    /// A lesson may be suspended, but the settings leave it in its room.
    PerhapsSuspendedButKept {
        /// The lesson's name.
        label: String,
    },
    /// A held run would take this away from here.
    WouldGo {
        /// What it is.
        kind: CauseKind,
        /// Its name.
        label: String,
    },
    /// A held run would bring this here.
    WouldCome {
        /// What it is.
        kind: CauseKind,
        /// Its name.
        label: String,
    },
    /// A held run got no complete timetable, so what stands here is in doubt.
    Incomplete {
        /// What it is.
        kind: CauseKind,
        /// Its name.
        label: String,
    },
    /// The room is matched with no room of iSAMS.
    NotMatched,
    /// The room's room of iSAMS is no longer listed.
    Gone {
        /// The id of the iSAMS room.
        isams: String,
    },
}

impl RoomExplanation {
    /// Why `room` is free or occupied at `time` on `date`.
    ///
    /// `state` must hold the bookings of that moment, and `timetable` be of the same state. What stands in the room, and
    /// how certain it is, is what [`CurrentTimetable::day`] says. A room whose room of iSAMS is gone is not known to be
    /// free, unless an exception frees it. 24:00 is the next day's midnight.
    pub fn new(
        state: &SchoolState,
        timetable: &CurrentTimetable,
        room: &RoomId,
        date: NaiveDate,
        time: TimeOfDay,
    ) -> Self {
        let explained = timetable.good.explain(room, date, time);
        let at = explained.at;
        let holds = |interval: Interval| interval.start() <= at && at < interval.end();
        let mut standing = timetable.standing(room, at.date());
        standing.retain(|it| holds(it.cause.interval));
        let mut verdict = match standing.iter().map(|it| it.certainty).min() {
            Some(Certainty::Certain) => RoomState::Occupied,
            Some(Certainty::Doubtful) => RoomState::Doubtful,
            None => explained.state,
        };
        let suspended = timetable.suspended.as_ref();
        let suspended = suspended.map(|suspended| suspended.explain(room, date, time));
        let mut reasons = timetabled(explained, suspended);
        reasons.extend(standing.iter().filter_map(withheld).map(RoomReason::School));
        let caveat = caveat(state, timetable, room);
        let gone = matches!(caveat, Some(SchoolReason::Gone { .. }));
        if gone && verdict == RoomState::Free && !excepted(&reasons) {
            verdict = RoomState::Unknown;
        }
        reasons.extend(caveat.map(RoomReason::School));
        reasons.push(RoomReason::Timetable(Reason::Verdict { state: verdict }));
        let bookings = state.bookings.iter();
        let bookings = bookings.filter(|booking| booking.room == *room && holds(booking.interval));
        Self {
            room: room.clone(),
            at,
            state: verdict,
            bookings: bookings.cloned().collect(),
            reasons,
        }
    }

    /// Whether a held run is among the reasons.
    pub fn is_in_doubt_by_a_held_run(&self) -> bool {
        use SchoolReason::{Incomplete, WouldCome, WouldGo};
        self.reasons.iter().any(|reason| {
            matches!(
                reason,
                RoomReason::School(WouldGo { .. } | WouldCome { .. } | Incomplete { .. })
            )
        })
    }

    /// The last line.
    fn verdict(&self) -> String {
        let not_matched = RoomReason::School(SchoolReason::NotMatched);
        // What an administrator has freed is free, whatever is known.
        let known = if self.reasons.contains(&not_matched) && !excepted(&self.reasons) {
            " as far as is known"
        } else {
            ""
        };
        match (self.state, self.bookings.is_empty()) {
            (RoomState::Free, true) => format!("So the room is free{known}."),
            (RoomState::Free, false) => {
                format!("So the room is free of lessons{known}, but booked.")
            }
            (RoomState::Occupied, false) => {
                "So the room is occupied, and booked as well.".to_owned()
            }
            (RoomState::Doubtful, false) => {
                "So it is doubtful whether the room is free of lessons, and it is booked."
                    .to_owned()
            }
            (RoomState::Unknown, false) => {
                "So it is not known whether the room is free of lessons, and it is booked."
                    .to_owned()
            }
            (state, true) => Reason::Verdict { state }.to_string(),
        }
    }
}

/// Why the timetable may know too little of a room: it has no match, or its room of the source is gone.
pub(crate) fn caveat(
    state: &SchoolState,
    timetable: &CurrentTimetable,
    room: &RoomId,
) -> Option<SchoolReason> {
    match state.room_links.iter().find(|link| link.room == *room) {
        // Before anything has arrived there is nothing to match with.
        None => (state.matching != Matching::NotStarted).then_some(SchoolReason::NotMatched),
        Some(link) => (!timetable.lists(&link.source)).then(|| SchoolReason::Gone {
            isams: link.source.clone(),
        }),
    }
}

/// The reasons of the timetable without its verdict. `suspended` is what it would say if suspensions freed rooms.
fn timetabled(explained: Explanation, suspended: Option<Explanation>) -> Vec<RoomReason> {
    let mut kept: Vec<Reason> = suspended.map_or_else(Vec::new, |with| with.reasons);
    kept.retain(|reason| match reason {
        Reason::Suspended { label, row, .. } => !explained.reasons.iter().any(|other| {
            matches!(other, Reason::MovedAway { label: moved, row: of, .. } if (moved, of) == (label, row))
        }),
        Reason::InDoubt { .. } => !explained.reasons.contains(reason),
        _ => false,
    });
    let mut reasons = Vec::new();
    for reason in explained.reasons {
        let mut more = Vec::new();
        if let Reason::Timetabled { label, rows, .. } = &reason {
            kept.retain(|reason| match but_kept(reason, label, rows) {
                Some(reason) => {
                    more.push(RoomReason::School(reason));
                    false
                }
                None => true,
            });
        }
        if !matches!(reason, Reason::Verdict { .. }) {
            reasons.push(RoomReason::Timetable(reason));
        }
        reasons.append(&mut more);
    }
    reasons
}

/// What a suspension comes to that frees no room, if it is about this lesson.
fn but_kept(reason: &Reason, lesson: &str, rows: &[String]) -> Option<SchoolReason> {
    match reason {
        Reason::Suspended {
            label,
            row,
            suspension,
            dates,
            why,
        } if label == lesson && row.as_ref().is_none_or(|row| rows.contains(row)) => {
            Some(SchoolReason::SuspendedButKept {
                label: label.clone(),
                row: row.clone(),
                suspension: suspension.clone(),
                dates: *dates,
                why: why.clone(),
            })
        }
        Reason::InDoubt { label } if label == lesson => {
            let label = label.clone();
            Some(SchoolReason::PerhapsSuspendedButKept { label })
        }
        _ => None,
    }
}

fn withheld(standing: &Standing) -> Option<SchoolReason> {
    let (kind, label) = (standing.cause.kind, standing.cause.label.clone());
    Some(match standing.withheld? {
        HeldBack::Goes => SchoolReason::WouldGo { kind, label },
        HeldBack::Comes => SchoolReason::WouldCome { kind, label },
        HeldBack::Incomplete => SchoolReason::Incomplete { kind, label },
    })
}

fn excepted(reasons: &[RoomReason]) -> bool {
    reasons
        .iter()
        .any(|reason| matches!(reason, RoomReason::Timetable(Reason::Excepted { .. })))
}

impl fmt::Display for RoomExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for reason in &self.reasons {
            match reason {
                RoomReason::Timetable(Reason::Verdict { .. }) => {}
                RoomReason::Timetable(reason) => writeln!(f, "{}", reason.on(self.at.date()))?,
                RoomReason::School(reason) => writeln!(f, "{reason}")?,
            }
        }
        for booking in &self.bookings {
            writeln!(f, "{}", booked(booking))?;
        }
        f.write_str(&self.verdict())
    }
}

impl fmt::Display for SchoolReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SuspendedButKept {
                label,
                row,
                suspension,
                dates,
                why,
            } => {
                let row = row.as_ref().map(|row| format!(" (row {row})"));
                let why = why.as_ref().map(|why| format!(": {why}"));
                write!(
                    f,
                    "{label}{} is suspended (suspension {suspension}, {dates}{}), but keeps its room as the settings say.",
                    row.unwrap_or_default(),
                    why.unwrap_or_default()
                )
            }
            Self::PerhapsSuspendedButKept { label } => write!(
                f,
                "A suspension leaves open whether {label} takes place, but it keeps its room as the settings say."
            ),
            Self::WouldGo { kind, label } => write!(
                f,
                "A held run would take {} away from here, so it is in doubt.",
                named(*kind, label)
            ),
            Self::WouldCome { kind, label } => write!(
                f,
                "A held run would bring {} here, so it is in doubt.",
                named(*kind, label)
            ),
            Self::Incomplete { kind, label } => write!(
                f,
                "A held run got no complete timetable, so {} is in doubt.",
                named(*kind, label)
            ),
            Self::NotMatched => f.write_str(
                "The room is matched with no iSAMS room, so no lessons are known of it.",
            ),
            Self::Gone { isams } => write!(
                f,
                "Its iSAMS room {isams} is gone, so its lessons may be elsewhere."
            ),
        }
    }
}

/// A lesson by its name, anything else by its kind and name.
fn named(kind: CauseKind, label: &str) -> String {
    match kind {
        CauseKind::Closure | CauseKind::Event => format!("the {kind} {label}"),
        _ => label.to_owned(),
    }
}

fn booked(booking: &Booking) -> String {
    let by = given(&booking.owner_name).map(|name| format!(" by {name}"));
    let title = given(&booking.title).map(|title| format!(", \u{201c}{title}\u{201d}"));
    format!(
        "The room is booked{} {} (booking {}{}).",
        by.unwrap_or_default(),
        words::from_to(booking.interval),
        booking.id,
        title.unwrap_or_default()
    )
}

impl Serialize for RoomExplanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bookings: Vec<Booked<'_>> = self.bookings.iter().map(Booked).collect();
        let mut explanation = serializer.serialize_struct("RoomExplanation", 5)?;
        explanation.serialize_field("room", &self.room)?;
        explanation.serialize_field("at", &local_time(self.at))?;
        explanation.serialize_field("state", &self.state)?;
        explanation.serialize_field("bookings", &bookings)?;
        explanation.serialize_field("reasons", &self.reasons)?;
        explanation.end()
    }
}

/// A booking with its members named as in the calendar.
struct Booked<'b>(&'b Booking);

impl Serialize for Booked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(booking) = self;
        let mut written = serializer.serialize_struct("Booking", 6)?;
        written.serialize_field("booking", &booking.id)?;
        written.serialize_field("start", &local_time(booking.interval.start()))?;
        written.serialize_field("end", &local_time(booking.interval.end()))?;
        written.serialize_field("label", &booking.title)?;
        written.serialize_field("owner_name", &booking.owner_name)?;
        written.serialize_field("series", &booking.series)?;
        written.end()
    }
}
