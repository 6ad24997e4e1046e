//! On which dates overlays say more about a room than the pattern does.
//!
//! More dates than need be cost a closer look and change no answer; one too few would. So what a suspension or cover is
//! about is only looked up by the first thing that it names.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::{
    dates::DateSpan,
    ids::{PeriodId, RoomId},
    interval::Interval,
    lesson::Lesson,
    overlay::{CoverRoom, Suspension},
    timetable::SchoolTimetable,
};

/// Dates, as spans that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dates(Vec<(NaiveDate, NaiveDate)>);

impl Dates {
    fn of(mut spans: Vec<(NaiveDate, NaiveDate)>) -> Self {
        spans.sort_unstable();
        spans.dedup_by(|next, before| {
            let meets = before.1.succ_opt().is_none_or(|after| next.0 <= after);
            if meets {
                before.1 = before.1.max(next.1);
            }
            meets
        });
        Self(spans)
    }

    pub(super) fn contains(&self, date: NaiveDate) -> bool {
        self.from(date) == Some(date)
    }

    /// The first of them that is not before `date`.
    pub(super) fn from(&self, date: NaiveDate) -> Option<NaiveDate> {
        if self.0.is_empty() {
            return None;
        }
        let place = self.0.partition_point(|(_, last)| *last < date);
        self.0.get(place).map(|(first, _)| date.max(*first))
    }
}

/// Dates on which overlays touch a room.
#[derive(Clone, Debug, Default)]
pub(super) struct Touched {
    /// They may put something there: closures, events and lessons that are moved there.
    pub(super) put: Dates,
    /// They may only take away what is there, or the certainty of it: suspensions, moves and exceptions.
    pub(super) taken: Dates,
}

#[derive(Debug, Default)]
struct Spans {
    put: Vec<(NaiveDate, NaiveDate)>,
    taken: Vec<(NaiveDate, NaiveDate)>,
}

/// The dates by room, and those on which overlays may take something away from every room.
pub(super) fn by_room(timetable: &SchoolTimetable) -> (HashMap<&RoomId, Touched>, Dates) {
    let overlays = timetable.overlays();
    let mut rooms: HashMap<&RoomId, Spans> = HashMap::new();
    let mut everywhere = Vec::new();

    let by_dates = overlays.closures.iter().map(|it| (&it.room, it.dates));
    let by_dates = by_dates.chain(overlays.events.iter().map(|it| (&it.room, it.dates)));
    for (room, dates) in by_dates {
        rooms.entry(room).or_default().put.push(span(dates));
    }
    for cover in &overlays.covers {
        let date = (cover.date, cover.date);
        match &cover.room {
            CoverRoom::Own => continue,
            CoverRoom::Moved(room) => rooms.entry(room).or_default().put.push(date),
            CoverRoom::Unknown => {}
        }
        for lesson in timetable.lessons_of_row(&cover.row) {
            rooms.entry(&lesson.room).or_default().taken.push(date);
        }
    }
    for exception in &overlays.exceptions {
        let dates = dates(exception.interval);
        match &exception.room {
            Some(room) => rooms.entry(room).or_default().taken.push(dates),
            None => everywhere.push(dates),
        }
    }
    let mut whereabouts = None;
    for suspension in &overlays.suspensions {
        let dates = span(suspension.dates);
        let which = &suspension.which;
        if let Some(room) = &which.room {
            rooms.entry(room).or_default().taken.push(dates);
        } else if let Some(row) = &which.row {
            for lesson in timetable.lessons_of_row(row) {
                rooms.entry(&lesson.room).or_default().taken.push(dates);
            }
        } else if which.names_nothing() {
            everywhere.push(dates);
        } else {
            let whereabouts = whereabouts.get_or_insert_with(|| Whereabouts::of(timetable));
            for room in whereabouts.of_those(suspension) {
                rooms.entry(room).or_default().taken.push(dates);
            }
        }
    }

    let touched = rooms.into_iter().map(|(room, spans)| {
        let touched = Touched {
            put: Dates::of(spans.put),
            taken: Dates::of(spans.taken),
        };
        (room, touched)
    });
    (touched.collect(), Dates::of(everywhere))
}

fn span(dates: DateSpan) -> (NaiveDate, NaiveDate) {
    (dates.first(), dates.last().unwrap_or(NaiveDate::MAX))
}

fn dates(interval: Interval) -> (NaiveDate, NaiveDate) {
    (interval.start().date(), interval.end().date())
}

type RoomsBy<'t, K> = HashMap<K, BTreeSet<&'t RoomId>>;

/// The rooms of lessons by what suspensions name.
struct Whereabouts<'t> {
    groups: RoomsBy<'t, &'t str>,
    periods: RoomsBy<'t, &'t PeriodId>,
    /// Lessons of which the year is not known may be meant by any.
    years: RoomsBy<'t, Option<&'t str>>,
}

impl<'t> Whereabouts<'t> {
    fn of(timetable: &'t SchoolTimetable) -> Self {
        let (mut groups, mut periods, mut years) = (RoomsBy::new(), RoomsBy::new(), RoomsBy::new());
        let lessons = timetable.published().iter().flat_map(|one| &one.lessons);
        for lesson in lessons {
            let Lesson {
                group,
                period,
                year,
                room,
                ..
            } = lesson;
            groups.entry(group.as_str()).or_default().insert(room);
            periods.entry(period).or_default().insert(room);
            years.entry(year.as_deref()).or_default().insert(room);
        }
        Self {
            groups,
            periods,
            years,
        }
    }

    fn of_those(&self, suspension: &Suspension) -> Vec<&'t RoomId> {
        let which = &suspension.which;
        let (named, unsaid) = if let Some(group) = &which.group {
            (self.groups.get(group.as_str()), None)
        } else if let Some(period) = &which.period {
            (self.periods.get(period), None)
        } else {
            let year = which.year.as_deref();
            let named = year.and_then(|year| self.years.get(&Some(year)));
            (named, self.years.get(&None))
        };
        let rooms = named.into_iter().chain(unsaid).flatten();
        rooms.copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2031, 9, day).unwrap()
    }

    #[test]
    fn spans_that_meet_are_one() {
        let dates = Dates::of(vec![
            (day(10), day(20)),
            (day(12), day(13)),
            (day(3), day(4)),
            (day(5), day(5)),
            (day(21), day(22)),
        ]);
        assert_eq!(dates.0, [(day(3), day(5)), (day(10), day(22))]);
        let kept: Vec<u32> = (1..=30).filter(|&of| dates.contains(day(of))).collect();
        let expected: Vec<u32> = (3..=5).chain(10..=22).collect();
        assert_eq!(kept, expected);
        assert_eq!(dates.from(day(6)), Some(day(10)));
        assert_eq!(dates.from(day(23)), None);
    }

    #[test]
    fn what_has_no_end_reaches_the_last_date() {
        let dates = Dates::of(vec![
            (day(3), NaiveDate::MAX),
            (NaiveDate::MAX, NaiveDate::MAX),
            (NaiveDate::MIN, day(1)),
        ]);
        assert_eq!(dates.0.len(), 2);
        assert!(dates.contains(NaiveDate::MAX) && dates.contains(NaiveDate::MIN));
        assert!(!dates.contains(day(2)));
    }
}
