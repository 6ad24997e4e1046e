//! Dated rows outside the dates that were asked for: not being in the answer, they are not gone.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use isams_client::{
    ClosuresAndCover, Cover, DataArea, Event, FetchRequest, Field, LessonSuspension, Payload,
    RoomClosure, Section,
};

/// For how long rows that are past are kept: longer than anybody asks about last year's cover.
const KEPT: Days = Days::new(400);

/// A row that is for certain dates.
trait Dated: Clone {
    fn id(&self) -> Option<&str>;

    /// The first date; `None` where that is not known.
    fn first(&self) -> Option<NaiveDate>;

    /// The last date; `None` where that is not known, or there is none.
    fn last(&self) -> Option<NaiveDate>;

    /// Whether it began before the dates asked for and still stood on the first of them.
    fn begins_before(&self, (from, _): (NaiveDate, NaiveDate)) -> bool {
        self.first().is_some_and(|first| first < from)
            && self.last().is_some_and(|last| last >= from)
    }

    /// Whether no date of it was asked for. A row whose dates are not known may be in any answer.
    fn is_outside(&self, (from, to): (NaiveDate, NaiveDate)) -> bool {
        self.first().is_some_and(|first| first > to) || self.last().is_some_and(|last| last < from)
    }
}

fn last(first: &Field<NaiveDate>, end: &Field<NaiveDate>) -> Option<NaiveDate> {
    match end {
        Field::Absent => first.copied(),
        end => end.copied(),
    }
}

impl Dated for LessonSuspension {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn first(&self) -> Option<NaiveDate> {
        self.start_date.copied()
    }

    fn last(&self) -> Option<NaiveDate> {
        last(&self.start_date, &self.end_date)
    }
}

impl Dated for RoomClosure {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn first(&self) -> Option<NaiveDate> {
        self.start_date.copied()
    }

    /// Without an end it lasts until it is lifted.
    fn last(&self) -> Option<NaiveDate> {
        self.end_date.copied()
    }
}

impl Dated for Cover {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn first(&self) -> Option<NaiveDate> {
        self.date.copied()
    }

    fn last(&self) -> Option<NaiveDate> {
        self.date.copied()
    }
}

impl Dated for Event {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn first(&self) -> Option<NaiveDate> {
        self.start_date.copied()
    }

    fn last(&self) -> Option<NaiveDate> {
        last(&self.start_date, &self.end_date)
    }
}

/// Whether an area of the last good state has a row that the answer should hold, if it still stands.
pub(crate) fn expects_rows(known: &Payload, area: DataArea, asked: &FetchRequest) -> bool {
    if !asked.is_windowed(area) {
        return known.rows(area) > 0;
    }
    let window = asked.window();
    fn any<T: Dated>(rows: &[T], window: (NaiveDate, NaiveDate)) -> bool {
        rows.iter().any(|row| !row.is_outside(window))
    }
    match area {
        DataArea::LessonSuspensions => known
            .lesson_suspensions
            .value()
            .is_some_and(|rows| any(rows, window)),
        DataArea::RoomClosuresAndCover => known
            .room_closures_and_cover
            .value()
            .is_some_and(|both| any(&both.closures, window) || any(&both.covers, window)),
        DataArea::EventsThisYear => known
            .events_this_year
            .value()
            .is_some_and(|rows| any(rows, window)),
        _ => known.rows(area) > 0,
    }
}

/// Keeps suspensions that began before the dates asked for and are not in the answer, and tells how many.
///
/// That iSAMS answers with every row that touches the dates asked for is inferred. If it looks at the first date of a
/// row alone, a long suspension drops out of the answer while it still stands, and bookings would be removed from the
/// rooms that it freed. So they are gone only where the answer proves, by one row that began before the dates, that it
/// has such rows. A closure or an event that drops out removes nothing.
pub(crate) fn keep_unproven(
    target: &mut Payload,
    fresh: &Payload,
    known: &Payload,
    asked: &FetchRequest,
) -> usize {
    fn any<T: Dated>(rows: &[T], window: (NaiveDate, NaiveDate)) -> bool {
        rows.iter().any(|row| row.begins_before(window))
    }
    let window = asked.window();
    let closures = fresh.room_closures_and_cover.value();
    let events = fresh
        .events_this_year
        .value()
        .filter(|_| asked.is_windowed(DataArea::EventsThisYear));
    if !asked.is_windowed(DataArea::LessonSuspensions)
        || fresh
            .lesson_suspensions
            .value()
            .is_some_and(|rows| any(rows, window))
        || closures.is_some_and(|both| any(&both.closures, window))
        || events.is_some_and(|rows| any(rows, window))
    {
        return 0;
    }
    let section = &mut target.lesson_suspensions;
    let mut rows = match section {
        Section::Present(rows) => std::mem::take(rows),
        Section::Empty => Vec::new(),
        _ => return 0,
    };
    let sent: HashSet<&str> = rows.iter().filter_map(Dated::id).collect();
    let kept: Vec<LessonSuspension> = known
        .lesson_suspensions
        .value()
        .into_iter()
        .flatten()
        .filter(|row| row.begins_before(window))
        .filter(|row| row.id().is_none_or(|id| !sent.contains(id)))
        .filter(|row| !rows.contains(row))
        .cloned()
        .collect();
    let count = kept.len();
    rows.extend(kept);
    *section = if rows.is_empty() {
        Section::Empty
    } else {
        Section::Present(rows)
    };
    count
}

/// Adds the rows of the last good state that nobody asked for. Of rows with one id the new one stands.
pub(crate) fn keep_outside(target: &mut Payload, known: &Payload, asked: &FetchRequest) {
    let window = asked.window();
    for area in DataArea::ALL {
        if !asked.is_windowed(area) {
            continue;
        }
        match area {
            DataArea::LessonSuspensions => {
                keep(
                    &mut target.lesson_suspensions,
                    &known.lesson_suspensions,
                    window,
                );
            }
            DataArea::EventsThisYear => {
                keep(
                    &mut target.events_this_year,
                    &known.events_this_year,
                    window,
                );
            }
            DataArea::RoomClosuresAndCover => {
                let section = &mut target.room_closures_and_cover;
                let mut both = match section {
                    Section::Present(both) => both.clone(),
                    Section::Empty => ClosuresAndCover::default(),
                    _ => continue,
                };
                let Some(known) = known.room_closures_and_cover.value() else {
                    continue;
                };
                add(&mut both.closures, &known.closures, window);
                add(&mut both.covers, &known.covers, window);
                if both != ClosuresAndCover::default() {
                    *section = Section::Present(both);
                }
            }
            _ => {}
        }
    }
    target.canonicalise();
}

fn keep<T: Dated>(
    target: &mut Section<Vec<T>>,
    known: &Section<Vec<T>>,
    window: (NaiveDate, NaiveDate),
) {
    let mut rows = match target {
        Section::Present(rows) => std::mem::take(rows),
        Section::Empty => Vec::new(),
        _ => return,
    };
    if let Some(known) = known.value() {
        add(&mut rows, known, window);
    }
    *target = if rows.is_empty() {
        Section::Empty
    } else {
        Section::Present(rows)
    };
}

/// Rows without id that were sent are added again, and are dropped as exact duplicates later.
fn add<T: Dated>(rows: &mut Vec<T>, known: &[T], window: (NaiveDate, NaiveDate)) {
    let oldest = window.0.checked_sub_days(KEPT).unwrap_or(NaiveDate::MIN);
    let sent: HashSet<&str> = rows.iter().filter_map(Dated::id).collect();
    let kept: Vec<T> = known
        .iter()
        .filter(|row| row.is_outside(window))
        .filter(|row| row.last().is_none_or(|last| last >= oldest))
        .filter(|row| row.id().is_none_or(|id| !sent.contains(id)))
        .cloned()
        .collect();
    rows.extend(kept);
}
