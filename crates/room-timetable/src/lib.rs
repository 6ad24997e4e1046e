//! School timetables by room: which lessons stand where, and which bookings clash with them.
//!
//! The crate is pure arithmetic. It does no input or output, reads no clock and knows no database; dates are passed in.
//! All times are school-local wall time, and every span is half-open, `[start, end)`: touching is no clash.
//!
//! # From a date to the lessons of a room
//!
//! 1. A date lies in a [`Term`] or it does not; in the holidays there are no lessons.
//! 2. Its [`YearWeek`] is allocated to weeks of the cycle by the [`SchoolCalendar`]. A term week without allocation is
//!    *unknown*: neither free nor occupied.
//! 3. The [`CycleWeek`] has a [`SchoolDay`] with that weekday, and the day has [`Period`]s with times.
//! 4. The [`PublishedTimetable`]s in force say which [`Lesson`]s meet in which period and room.
//!
//! [`SchoolTimetable`] holds all of that as the pattern that it is; nothing is expanded over the year.
//!
//! # What differs on certain dates
//!
//! [`Overlays`] compose in one order, whatever the order in which they are given:
//!
//! 1. What a [`Suspension`] names does not happen, and neither does its cover.
//! 2. Any other lesson stands in the room to which a [`CoverMove`] takes it, else in its own. A lesson that is merged
//!    from several rows moves row by row, and its own room is free when all have gone.
//! 3. [`RoomClosure`]s and [`RoomEvent`]s occupy their rooms beside the lessons, in the holidays too.
//! 4. An [`Exception`] takes its time away from all of that: an administrator has freed the room.
//!
//! # Certain, doubtful, unknown
//!
//! Every occupied interval is [`Certain`](Certainty::Certain) or [`Doubtful`](Certainty::Doubtful): lessons of a week or
//! day that is marked inactive, what a suspension may or may not mean, covers that contradict each other, and whatever its
//! source does not vouch for. Doubtful ones keep a room from being free, but only certain ones make a [`Clash`]. A date
//! of which the lessons are not known is neither free nor occupied.
//!
//! # The questions
//!
//! | question | answer |
//! |---|---|
//! | Is this room free? | [`state`](SchoolTimetable::state): free, occupied, doubtful or unknown |
//! | When is it occupied on a date, and by what? | [`occupied`](SchoolTimetable::occupied), [`day`](SchoolTimetable::day) |
//! | May this be booked? | [`any_clash`](SchoolTimetable::any_clash) |
//! | Which bookings have to go, and why? | [`clashes`](SchoolTimetable::clashes) |
//! | Which rooms are free instead? | [`free_rooms`](SchoolTimetable::free_rooms); for many bookings at once [`relocate`] |
//! | Why is it so? | [`explain`](SchoolTimetable::explain): the chain of reasons, as data and in plain English |
//!
//! The answers do not depend on the order of anything that is given. Everything is `Send` and `Sync`; with the feature
//! `serde` the value types can be written and read.
//!
//! # The same room on both sides
//!
//! The school's own rooms and those of the timetable's source have names, not ids, in common. [`room_match`] suggests
//! which are the same, with reasons.
//!
//! # The same hour on both sides
//!
//! [`compare_timeslots`] lays the periods of the cycle beside a school's own timeslots, and [`effective_times`] gives
//! the times that count where an administrator paired the two.
//!
//! # An example
//!
//! ```
//! use chrono::{NaiveDate, Weekday};
//! use room_timetable::*;
//!
//! let date = |d| NaiveDate::from_ymd_opt(2031, 9, d).unwrap();
//! let term = Term::new("Autumn", Some(2031), date(1), date(30))?;
//! let week = YearWeek::of(date(8));
//! let nine = TimeRange::new(TimeOfDay::from_hm(9, 0)?, TimeOfDay::from_hm(10, 0)?)?;
//! let period = Period { id: "p1".into(), name: "Period 1".into(), times: nine };
//! let monday = SchoolDay { weekday: Weekday::Mon, active: true, periods: vec![period] };
//! let cycle = vec![CycleWeek { id: "A".into(), name: "Week A".into(), active: true, days: vec![monday] }];
//! let physics = Lesson {
//!     period: "p1".into(),
//!     room: "lab-2".into(),
//!     kind: LessonKind::Lesson,
//!     group: "10B/Ph1".into(),
//!     label: "Physics 10B/Ph1".into(),
//!     year: None,
//!     teachers: vec![],
//!     source_ids: vec!["9001".into()],
//!     certainty: Certainty::Certain,
//! };
//! let years = AcademicYears { start: Some(2031), end: Some(2032) };
//! let published = vec![PublishedTimetable { name: "Main".into(), years, lessons: vec![physics] }];
//! let timetable = SchoolTimetable::new(SchoolCalendar::new([term], [(week, "A".into())]), cycle, published)?;
//!
//! let at = |d, hour, minute| date(d).and_hms_opt(hour, minute, 0).unwrap();
//! let booking = |start, end| Booking {
//!     id: "chemistry-club".into(),
//!     room: "lab-2".into(),
//!     interval: Interval::new(start, end).unwrap(),
//! };
//! assert_eq!(timetable.clashes(&[booking(at(8, 9, 30), at(8, 10, 30))]).len(), 1);
//! assert_eq!(timetable.clashes(&[booking(at(8, 10, 0), at(8, 11, 0))]).len(), 0); // touches
//! assert_eq!(timetable.clashes(&[booking(at(15, 9, 30), at(15, 10, 30))]).len(), 0); // unallocated week
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calendar;
mod cause;
mod clash;
mod cycle;
mod dates;
mod explain;
mod ids;
mod interval;
mod lesson;
mod occurrence;
mod overlay;
mod pattern;
#[doc(hidden)]
pub mod plain;
mod relocate;
pub mod room_match;
mod slots;
mod time;
mod timetable;
mod week;
mod weekdays;

pub use calendar::{ReversedTerm, SchoolCalendar, Term, UnknownDay};
pub use cause::{Cause, CauseKind};
pub use clash::{Booking, Clash};
pub use cycle::{Certainty, CycleWeek, Period, SchoolDay};
pub use dates::{DateSpan, ReversedDates};
pub use explain::{Explanation, Reason};
pub use ids::{BookingId, CycleWeekId, PeriodId, RoomId, SourceRoomId, TimeslotId};
pub use interval::{EmptyInterval, Interval};
pub use lesson::{AcademicYears, Lesson, LessonKind, PublishedTimetable};
pub use occurrence::{Occupier, Occurrence};
pub use overlay::{
    CoverMove, CoverRoom, Exception, LessonFilter, Overlays, RoomClosure, RoomEvent, Suspension,
};
pub use relocate::{Displaced, OFFERS, Offer, RoomInfo, SeriesFit, relocate};
pub use slots::{
    SlotComparison, SlotEntry, SlotRelation, Timeslot, compare_timeslots, effective_times,
};
pub use time::{InvalidTime, ReversedTimes, TimeOfDay, TimeRange};
pub use timetable::{RoomDay, RoomState, SchoolTimetable, TimetableError};
pub use week::YearWeek;
pub use weekdays::{InvalidWeekday, Weekdays};
