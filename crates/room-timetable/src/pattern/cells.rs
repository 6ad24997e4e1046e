//! What the pattern has in one room: for each weekday, week of the cycle and timetable the times, and a mask of them.

use std::{collections::BTreeMap, ops::Range};

use chrono::Weekday;

use super::{
    days::Taught,
    part::{self, Part},
};
use crate::{cycle::Certainty, time::TimeRange, timetable::LessonAt};

/// A week of the cycle and a published timetable, by their places.
type Source = (usize, usize);

/// The times of one room's lessons.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    /// Where the cells of each weekday begin, from Monday, and where the last one's end.
    weekdays: [usize; 8],
    cells: Vec<Cell>,
    spans: Vec<Span>,
}

/// The lessons of one week of the cycle and one timetable on a weekday.
#[derive(Clone, Debug)]
struct Cell {
    source: Source,
    mask: u64,
    spans: Range<usize>,
}

/// A time at which a lesson meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) times: TimeRange,
    pub(super) at: LessonAt,
    /// That of the lesson and its period.
    pub(super) certainty: Certainty,
}

/// Takes the lessons of one room in any order.
#[derive(Debug, Default)]
pub(super) struct CellsBuilder(BTreeMap<(u32, Source), Vec<Span>>);

impl CellsBuilder {
    pub(super) fn add(
        &mut self,
        weekday: Weekday,
        source: Source,
        times: TimeRange,
        at: LessonAt,
        certainty: Certainty,
    ) {
        let key = (weekday.num_days_from_monday(), source);
        self.0.entry(key).or_default().push(Span {
            times,
            at,
            certainty,
        });
    }

    pub(super) fn build(self) -> Cells {
        let mut built = Cells::default();
        for ((weekday, source), mut spans) in self.0 {
            spans.sort_unstable();
            let from = built.spans.len();
            let masks = spans.iter().map(|span| part::mask(span.times));
            built.cells.push(Cell {
                source,
                mask: masks.fold(0, |all, mask| all | mask),
                spans: from..from + spans.len(),
            });
            built.spans.append(&mut spans);
            for later in &mut built.weekdays[weekday as usize + 1..] {
                *later = built.cells.len();
            }
        }
        built
    }
}

impl Cells {
    /// The times that overlap `part` on a date on which `taught` takes place.
    pub(super) fn overlapping(&self, taught: Taught<'_>, part: Part) -> impl Iterator<Item = Span> {
        let weekday = part.weekday.num_days_from_monday() as usize;
        let cells = &self.cells[self.weekdays[weekday]..self.weekdays[weekday + 1]];
        cells
            .iter()
            .filter(move |cell| part.may_overlap(cell.mask) && taught.has(cell.source))
            .flat_map(move |cell| {
                let spans = self.spans[cell.spans.clone()].iter().copied();
                spans
                    .take_while(move |span| !part.ends_by(span.times.start()))
                    .filter(move |span| part.overlaps(span.times))
            })
    }
}
