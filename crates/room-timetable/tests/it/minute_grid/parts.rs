//! The same school for the crate.

use chrono::Weekday;
use room_timetable::*;

use super::{LESSONS, ROOMS, ROWS, plain::Plain};

/// Everything that a timetable is made of, in some order.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) terms: Vec<Term>,
    pub(super) allocations: Vec<(YearWeek, CycleWeekId)>,
    pub(super) holidays: Vec<YearWeek>,
    pub(super) cycle: Vec<CycleWeek>,
    pub(super) published: Vec<PublishedTimetable>,
    pub(super) slots: Vec<(PeriodId, Vec<TimeRange>)>,
    pub(super) overlays: Overlays,
}

pub(super) fn room(index: usize) -> RoomId {
    RoomId::new(format!("room-{index}"))
}

fn certainty(doubtful: bool) -> Certainty {
    if doubtful {
        Certainty::Doubtful
    } else {
        Certainty::Certain
    }
}

fn range((start, end): (u32, u32)) -> TimeRange {
    let minutes = |minute: u32| TimeOfDay::from_seconds(minute * 60).unwrap();
    TimeRange::new(minutes(start), minutes(end)).unwrap()
}

/// The id of a row. Rows that are not of lessons have numbers of their own, so that they may equal a lesson's.
pub(super) fn row_id((timetable, lesson, row): (usize, usize, usize)) -> String {
    format!("{}", (timetable * LESSONS + lesson) * ROWS + row)
}

pub(super) fn parts(plain: &Plain) -> Parts {
    let span = |(first, last): (u32, Option<u32>)| {
        DateSpan::new(plain.date(first), last.map(|last| plain.date(last))).unwrap()
    };
    let week = |day: u32| YearWeek::of(plain.date(day));
    let cycle = plain.weeks.iter().enumerate().map(|(index, &active)| {
        let periods = plain.periods.iter().enumerate();
        let days = periods
            .filter(|(_, period)| period.week == index)
            .map(|(id, period)| SchoolDay {
                weekday: Weekday::try_from(period.weekday as u8).unwrap(),
                active: period.active,
                periods: vec![Period {
                    id: PeriodId::new(id.to_string()),
                    name: id.to_string(),
                    times: range(period.times),
                }],
            });
        CycleWeek {
            id: CycleWeekId::new(index.to_string()),
            name: index.to_string(),
            active,
            days: days.collect(),
        }
    });
    let slots = plain.periods.iter().enumerate().map(|(id, period)| {
        let times = period.slots.iter().map(|&times| range(times)).collect();
        (PeriodId::new(id.to_string()), times)
    });
    let published =
        plain
            .timetables
            .iter()
            .enumerate()
            .map(|(timetable, (start, end, lessons))| {
                let lessons = lessons.iter().enumerate().map(|(index, lesson)| Lesson {
                    period: PeriodId::new(lesson.period.to_string()),
                    room: room(lesson.room),
                    kind: [
                        LessonKind::Lesson,
                        LessonKind::Meeting,
                        LessonKind::Tutorial,
                        LessonKind::YearSchedule,
                    ][lesson.kind],
                    group: lesson.group.to_string(),
                    label: (timetable * LESSONS + index).to_string(),
                    year: lesson.year.map(|year| year.to_string()),
                    teachers: vec!["T1".to_owned(), "T2".to_owned()],
                    source_ids: (0..lesson.rows)
                        .map(|row| row_id((timetable, (index + lesson.kind) % LESSONS, row)))
                        .collect(),
                    certainty: certainty(lesson.doubtful),
                });
                PublishedTimetable {
                    name: timetable.to_string(),
                    years: AcademicYears {
                        start: *start,
                        end: *end,
                    },
                    lessons: lessons.collect(),
                }
            });
    let suspensions = plain
        .suspensions
        .iter()
        .enumerate()
        .map(|(id, suspension)| Suspension {
            id: id.to_string(),
            dates: span(suspension.days),
            times: suspension.times.map(range),
            which: LessonFilter {
                row: suspension.row.map(row_id),
                group: suspension.group.map(|group| group.to_string()),
                year: suspension.year.map(|year| year.to_string()),
                period: suspension
                    .period
                    .map(|period| PeriodId::new(period.to_string())),
                room: suspension.room.map(room),
            },
            reason: None,
            certainty: certainty(suspension.doubtful),
        });
    let covers = plain
        .covers
        .iter()
        .enumerate()
        .map(|(id, cover)| CoverMove {
            id: id.to_string(),
            row: row_id(cover.row),
            date: plain.date(cover.day),
            room: match cover.room {
                None => CoverRoom::Own,
                Some(to) if to < ROOMS => CoverRoom::Moved(room(to)),
                Some(_) => CoverRoom::Unknown,
            },
            teacher: None,
            certainty: certainty(cover.doubtful),
        });
    // All have one label, so that their order rests on more than that.
    let closures = plain
        .closures
        .iter()
        .enumerate()
        .map(|(id, closure)| RoomClosure {
            id: id.to_string(),
            room: room(closure.room),
            dates: span(closure.days),
            times: closure.times.map(range),
            period: closure
                .period
                .map(|period| PeriodId::new(period.to_string())),
            label: "closed".to_owned(),
            certainty: certainty(closure.doubtful),
        });
    let events = plain
        .events
        .iter()
        .enumerate()
        .map(|(id, event)| RoomEvent {
            id: id.to_string(),
            room: room(event.room),
            dates: span(event.days),
            times: event.times.map(range),
            label: "event".to_owned(),
            certainty: certainty(event.doubtful),
        });
    let exceptions = plain
        .exceptions
        .iter()
        .enumerate()
        .map(|(id, &(of, start, length))| Exception {
            id: id.to_string(),
            room: of.map(room),
            interval: plain.interval(start, length),
        });
    let terms = plain.terms.iter();
    Parts {
        terms: terms
            .map(|&(a, b, year)| Term::new("term", year, plain.date(a), plain.date(b)).unwrap())
            .collect(),
        allocations: plain
            .allocations
            .iter()
            .map(|&(day, to)| (week(day), CycleWeekId::new(to.to_string())))
            .collect(),
        holidays: plain.holidays.iter().map(|&day| week(day)).collect(),
        cycle: cycle.collect(),
        published: published.collect(),
        slots: slots.collect(),
        overlays: Overlays {
            suspensions: suspensions.collect(),
            covers: covers.collect(),
            closures: closures.collect(),
            events: events.collect(),
            exceptions: exceptions.collect(),
        },
    }
}

impl Parts {
    pub(super) fn timetable(self) -> SchoolTimetable {
        let calendar =
            SchoolCalendar::new(self.terms, self.allocations).with_holidays(self.holidays);
        SchoolTimetable::new(calendar, self.cycle, self.published)
            .unwrap()
            .with_times(self.slots)
            .with_overlays(self.overlays)
    }

    /// Every list in another order.
    pub(super) fn shuffled(mut self, seed: u64) -> Self {
        let mut shuffle = Shuffle(seed);
        shuffle.list(&mut self.terms);
        shuffle.list(&mut self.allocations);
        shuffle.list(&mut self.holidays);
        shuffle.list(&mut self.slots);
        shuffle.list(&mut self.cycle);
        for week in &mut self.cycle {
            shuffle.list(&mut week.days);
        }
        shuffle.list(&mut self.published);
        for timetable in &mut self.published {
            shuffle.list(&mut timetable.lessons);
            for lesson in &mut timetable.lessons {
                shuffle.list(&mut lesson.teachers);
                shuffle.list(&mut lesson.source_ids);
                let again = lesson.source_ids.first().cloned();
                lesson.source_ids.extend(again);
            }
        }
        shuffle.list(&mut self.overlays.suspensions);
        shuffle.list(&mut self.overlays.covers);
        shuffle.list(&mut self.overlays.closures);
        shuffle.list(&mut self.overlays.events);
        shuffle.list(&mut self.overlays.exceptions);
        self
    }
}

struct Shuffle(u64);

impl Shuffle {
    fn list<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            list.swap(end, (self.0 >> 33) as usize % (end + 1));
        }
    }
}
