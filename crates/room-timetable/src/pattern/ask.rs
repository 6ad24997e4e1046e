//! The questions, asked of the pattern.

use chrono::NaiveDate;

use super::{
    Pattern, Room,
    cells::Span,
    days::{Day, Taught},
    part::Part,
};
use crate::{
    cycle::Certainty,
    ids::RoomId,
    interval::Interval,
    occurrence::{Occupier, Occurrence},
    timetable::{RoomState, SchoolTimetable},
};

impl SchoolTimetable {
    /// Whether anything certain stands in `room` during `interval`.
    pub(crate) fn is_certainly_occupied(&self, room: &RoomId, interval: Interval) -> bool {
        let asked = Asked::new(self, room, interval);
        asked.dates().any(|(date, day)| match asked.on(date, day) {
            Found::Pattern(taught, there, part) => there
                .cells
                .overlapping(taught, part)
                .any(|span| span.certainty == Certainty::Certain),
            Found::Empty => false,
            Found::Touched => asked
                .worked_out(date, day)
                .iter()
                .any(|occurrence| occurrence.certainty == Certainty::Certain),
        })
    }

    /// What stands in `room` during `interval`, date by date, each in the order of the occurrences.
    pub(crate) fn standing(
        &self,
        room: &RoomId,
        interval: Interval,
    ) -> impl Iterator<Item = Occurrence<'_>> {
        let asked = Asked::new(self, room, interval);
        let mut found = Vec::new();
        for (date, day) in asked.dates() {
            match asked.on(date, day) {
                Found::Pattern(taught, there, part) => {
                    let before = found.len();
                    let spans = there.cells.overlapping(taught, part);
                    found.extend(spans.filter_map(|span| self.as_it_is(span, date)));
                    found[before..].sort_by(Occurrence::in_order);
                }
                Found::Empty => {}
                Found::Touched => found.append(&mut asked.worked_out(date, day)),
            }
        }
        found.into_iter()
    }

    /// What the room's state is; see [`state`](Self::state).
    pub(crate) fn state_during(&self, room: &RoomId, interval: Interval) -> RoomState {
        let asked = Asked::new(self, room, interval);
        let mut state = RoomState::Free;
        for (date, day) in asked.dates() {
            let (certainty, dark) = match asked.on(date, day) {
                Found::Pattern(taught, there, part) => {
                    let spans = there.cells.overlapping(taught, part);
                    (spans.map(|span| span.certainty).min(), false)
                }
                Found::Empty => (None, matches!(day, Day::Unknown)),
                Found::Touched => {
                    let found = asked.worked_out(date, day);
                    let certainty = found.iter().map(|occurrence| occurrence.certainty).min();
                    let dark = matches!(day, Day::Unknown) && self.is_dark(room, date, interval);
                    (certainty, dark)
                }
            };
            match certainty {
                Some(Certainty::Certain) => return RoomState::Occupied,
                Some(Certainty::Doubtful) => state = RoomState::Doubtful,
                None if dark && state == RoomState::Free => state = RoomState::Unknown,
                None => {}
            }
        }
        state
    }

    /// A lesson of a date on which no overlay touches its room.
    fn as_it_is(&self, span: Span, date: NaiveDate) -> Option<Occurrence<'_>> {
        let (lesson, period) = self.lesson(span.at)?;
        Some(Occurrence {
            interval: span.times.on(date),
            certainty: span.certainty,
            occupier: Occupier::Lesson {
                lesson,
                period: &period.name,
                rows: lesson.source_ids.iter().map(String::as_str).collect(),
            },
        })
    }
}

/// A question about a room, with all that is known of the room.
struct Asked<'t, 'r> {
    timetable: &'t SchoolTimetable,
    pattern: &'t Pattern,
    room: &'r RoomId,
    there: Option<&'t Room>,
    interval: Interval,
}

/// Where the answer for one date is found.
enum Found<'t> {
    /// In the pattern.
    Pattern(Taught<'t>, &'t Room, Part),
    /// Nothing stands there.
    Empty,
    /// Overlays have a say.
    Touched,
}

impl<'t, 'r> Asked<'t, 'r> {
    fn new(timetable: &'t SchoolTimetable, room: &'r RoomId, interval: Interval) -> Self {
        let pattern = timetable.by_pattern();
        Self {
            timetable,
            pattern,
            room,
            there: pattern.rooms.get(room),
            interval,
        }
    }

    /// The dates of the question on which something may stand there or is not known.
    fn dates(&self) -> impl Iterator<Item = (NaiveDate, Day<'t>)> {
        let mut next = Some(self.interval.start().date());
        std::iter::from_fn(move || {
            let date = next.filter(|date| {
                let midnight = date.and_time(chrono::NaiveTime::MIN);
                midnight < self.interval.end()
            })?;
            let day = self.pattern.days.on(self.timetable, date);
            next = date.succ_opt();
            if let (Day::EmptyUntil(lessons), Some(tomorrow)) = (day, next) {
                let put = self
                    .there
                    .and_then(|there| there.touched.put.from(tomorrow));
                next = match (lessons, put) {
                    (Some(lessons), Some(put)) => Some(lessons.min(put)),
                    (lessons, put) => lessons.or(put),
                };
            }
            Some((date, day))
        })
    }

    fn on(&self, date: NaiveDate, day: Day<'t>) -> Found<'t> {
        // The last date of all ends a moment before its midnight.
        let is_put = |there: &Room| there.touched.put.contains(date);
        if date == NaiveDate::MAX || self.there.is_some_and(is_put) {
            return Found::Touched;
        }
        let taken = || {
            self.pattern.everywhere.contains(date)
                || self
                    .there
                    .is_some_and(|there| there.touched.taken.contains(date))
        };
        match (day, self.there) {
            (Day::Unknown, _) if taken() => Found::Touched,
            (Day::Taught(taught), Some(there)) => {
                let part = Part::of(self.interval, date);
                let mut spans = there.cells.overlapping(taught, part);
                match spans.next() {
                    None => Found::Empty,
                    Some(_) if taken() => Found::Touched,
                    Some(_) => Found::Pattern(taught, there, part),
                }
            }
            _ => Found::Empty,
        }
    }

    /// What stands there on a date, in order, by what the overlays make of the lessons that the pattern has there.
    fn worked_out(&self, date: NaiveDate, day: Day<'t>) -> Vec<Occurrence<'t>> {
        if date == NaiveDate::MAX {
            let mut found = self.timetable.day(self.room, date).occurrences;
            found.retain(|occurrence| occurrence.interval.overlaps(self.interval));
            return found;
        }
        let mut found = Vec::new();
        if let Day::Taught(taught) = day {
            if let Some(there) = self.there {
                let part = Part::of(self.interval, date);
                let spans = there.cells.overlapping(taught, part);
                found.extend(spans.filter_map(|span| {
                    let (lesson, period) = self.timetable.lesson(span.at)?;
                    self.timetable.lesson_on(lesson, period, span.times, date)
                }));
            }
            self.timetable.covers_in(self.room, date, &mut found);
        }
        self.timetable
            .closures_and_events_in(self.room, date, &mut found);
        let excepted = self.timetable.excepted(self.room, date);
        let mut found = SchoolTimetable::without(found, &excepted);
        found.retain(|occurrence| occurrence.interval.overlaps(self.interval));
        found.sort_by(Occurrence::in_order);
        found
    }
}
