//! Schools as a secretary would write them down: one line a fact, read into a timetable.
//!
//! ```text
//! term       Autumn 2031  2031-09-03 2031-12-12   name, academic year (`-` for none), first and last day
//! weeks      A  2031/36 2031/38                   the weeks of the year that a cycle week is allocated to
//! holiday    2031/43                              acknowledged weeks
//! period     A Mon 1  09:00-10:00                 week, day, name, times; its id is `A-Mon-1`
//! inactive   A            (or `inactive A Mon`)
//! slots      A-Mon-1  09:00-09:30 09:30-10:00     the times of the timeslots that a period is paired with
//! timetable  Main 2031 2032                       years or `-`; the lessons that follow are in it
//! lesson     Physics A-Mon-1 Lab  rows=1,2 year=11 kind=meeting doubtful
//! suspended  2031-11-03..2031-11-07 09:00-12:00  row=1 group=Physics year=11 period=A-Mon-1 room=Lab
//! cover      6  row=1 2031-11-03 Hall             a room, `own` or `unknown`; `doubtful`
//! closed     Lab 2031-11-03.. 09:00-12:00  doubtful
//! event      Fair Hall 2031-11-03
//! exception  Lab 2031-11-03T09:00 2031-11-03T10:00    a room or `all`
//! ```

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, Weekday};
use room_timetable::*;

/// Reads a school; a line that cannot be read is a mistake in the test.
pub(crate) fn school(text: &str) -> SchoolTimetable {
    let mut terms = Vec::new();
    let mut allocations: Vec<(YearWeek, CycleWeekId)> = Vec::new();
    let mut holidays = Vec::new();
    let mut cycle: Vec<CycleWeek> = Vec::new();
    let mut slots: Vec<(PeriodId, Vec<TimeRange>)> = Vec::new();
    let mut published: Vec<PublishedTimetable> = Vec::new();
    let mut overlays = Overlays::default();
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let extra = Extra::of(&words);
        match *words.as_slice() {
            [] => {}
            ["term", name, year, first, last] => {
                terms.push(Term::new(name, year.parse().ok(), date(first), date(last)).unwrap());
            }
            ["weeks", week, ref allocated @ ..] => {
                named(&mut cycle, week);
                allocations.extend(allocated.iter().map(|text| (year_week(text), week.into())));
            }
            ["holiday", ref weeks @ ..] => {
                holidays.extend(weeks.iter().map(|text| year_week(text)))
            }
            ["period", week, weekday, name, times] => {
                let period = Period {
                    id: PeriodId::new(format!("{week}-{weekday}-{name}")),
                    name: name.to_owned(),
                    times: range(times),
                };
                day(&mut cycle, week, weekday).periods.push(period);
            }
            ["inactive", week] => named(&mut cycle, week).active = false,
            ["inactive", week, weekday] => day(&mut cycle, week, weekday).active = false,
            ["slots", period, ref times @ ..] => {
                slots.push((
                    period.into(),
                    times.iter().map(|text| range(text)).collect(),
                ));
            }
            ["timetable", name, start, end] => published.push(timetable(name, start, end)),
            ["lesson", group, period, room, ..] => {
                if published.is_empty() {
                    published.push(timetable("Main", "-", "-"));
                }
                let lessons = &mut published.last_mut().unwrap().lessons;
                lessons.push(extra.lesson(group, period, room));
            }
            ["suspended", dates, ..] => overlays.suspensions.push(Suspension {
                id: number.to_string(),
                dates: span(dates),
                times: extra.times,
                which: extra.filter(),
                reason: None,
                certainty: extra.certainty,
            }),
            ["cover", id, row, on, room, ..] => overlays.covers.push(CoverMove {
                id: id.to_owned(),
                row: row.strip_prefix("row=").unwrap().to_owned(),
                date: date(on),
                room: match room {
                    "own" => CoverRoom::Own,
                    "unknown" => CoverRoom::Unknown,
                    room => CoverRoom::Moved(room.into()),
                },
                teacher: None,
                certainty: extra.certainty,
            }),
            ["closed", room, dates, ..] => overlays.closures.push(RoomClosure {
                id: number.to_string(),
                room: room.into(),
                dates: span(dates),
                times: extra.times,
                period: extra.text("period").map(PeriodId::from),
                label: "closed".to_owned(),
                certainty: extra.certainty,
            }),
            ["event", label, room, dates, ..] => overlays.events.push(RoomEvent {
                id: number.to_string(),
                room: room.into(),
                dates: span(dates),
                times: extra.times,
                label: label.to_owned(),
                certainty: extra.certainty,
            }),
            ["exception", room, start, end] => overlays.exceptions.push(Exception {
                id: number.to_string(),
                room: (room != "all").then(|| room.into()),
                interval: Interval::new(at(start), at(end)).unwrap(),
            }),
            _ => panic!("line {number} is no fact about a school: {line}"),
        }
    }
    let calendar = SchoolCalendar::new(terms, allocations).with_holidays(holidays);
    SchoolTimetable::new(calendar, cycle, published)
        .unwrap()
        .with_times(slots)
        .with_overlays(overlays)
}

/// What stands in a room on a date, such as `09:00-10:00 Physics, 10:00-11:00 ?closed`: doubtful ones have a question
/// mark, moved lessons an arrow, and a date that is not known comes first as `unknown`.
pub(crate) fn shown(school: &SchoolTimetable, room: &str, on: &str) -> String {
    let day = school.day(&room.into(), date(on));
    let unknown = day.unknown.map(|_| "unknown".to_owned());
    let occurrences = day.occurrences.iter().map(|occurrence| {
        let interval = occurrence.interval;
        let end = match interval.end().format("%H:%M").to_string() {
            end if interval.end().date() == interval.start().date() => end,
            _ => "24:00".to_owned(),
        };
        let doubt = match occurrence.certainty {
            Certainty::Certain => "",
            Certainty::Doubtful => "?",
        };
        let arrow = match occurrence.occupier {
            Occupier::Cover { .. } => "->",
            _ => "",
        };
        let start = interval.start().format("%H:%M");
        format!("{start}-{end} {doubt}{arrow}{}", occurrence.label())
    });
    unknown
        .into_iter()
        .chain(occurrences)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Checks a table with a line for each date and room: `date room expectation`, where `-` stands for nothing.
pub(crate) fn check(school: &SchoolTimetable, table: &str) {
    let mut lines = 0;
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (on, rest) = line.split_once(' ').unwrap();
        let (room, expected) = rest.trim().split_once(' ').unwrap();
        let expected = expected.trim();
        let expected = if expected == "-" { "" } else { expected };
        assert_eq!(shown(school, room, on), expected, "{line}");
        lines += 1;
    }
    assert!(lines > 0, "the table is empty");
}

/// A booking called by its room and start.
pub(crate) fn booking(room: &str, start: &str, end: &str) -> Booking {
    Booking {
        id: BookingId::new(format!("{room} {start}")),
        room: room.into(),
        interval: Interval::new(at(start), at(end)).unwrap(),
    }
}

/// The labels of everything that a booking clashes with; empty where it may stay.
pub(crate) fn causes(school: &SchoolTimetable, room: &str, start: &str, end: &str) -> Vec<String> {
    let clashes = school.clashes(&[booking(room, start, end)]);
    let causes = clashes.iter().flat_map(|clash| &clash.causes);
    causes.map(|cause| cause.label().to_owned()).collect()
}

/// Whether a room is free from one moment to another.
pub(crate) fn state(school: &SchoolTimetable, room: &str, start: &str, end: &str) -> RoomState {
    school.state(&room.into(), Interval::new(at(start), at(end)).unwrap())
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

pub(crate) fn range(text: &str) -> TimeRange {
    let (start, end) = text.split_once('-').unwrap();
    TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

fn span(text: &str) -> DateSpan {
    match text.split_once("..") {
        Some((first, "")) => DateSpan::new(date(first), None).unwrap(),
        Some((first, last)) => DateSpan::new(date(first), Some(date(last))).unwrap(),
        None => DateSpan::day(date(text)),
    }
}

fn year_week(text: &str) -> YearWeek {
    let (year, week) = text.split_once('/').unwrap();
    YearWeek {
        year: year.parse().unwrap(),
        week: week.parse().unwrap(),
    }
}

fn timetable(name: &str, start: &str, end: &str) -> PublishedTimetable {
    PublishedTimetable {
        name: name.to_owned(),
        years: AcademicYears {
            start: start.parse().ok(),
            end: end.parse().ok(),
        },
        lessons: Vec::new(),
    }
}

fn named<'c>(cycle: &'c mut Vec<CycleWeek>, id: &str) -> &'c mut CycleWeek {
    let place = cycle.iter().position(|week| week.id.as_str() == id);
    let place = place.unwrap_or_else(|| {
        cycle.push(CycleWeek {
            id: id.into(),
            name: format!("Week {id}"),
            active: true,
            days: Vec::new(),
        });
        cycle.len() - 1
    });
    &mut cycle[place]
}

fn day<'c>(cycle: &'c mut Vec<CycleWeek>, week: &str, weekday: &str) -> &'c mut SchoolDay {
    let weekday: Weekday = weekday.parse().unwrap();
    let days = &mut named(cycle, week).days;
    let place = days.iter().position(|day| day.weekday == weekday);
    let place = place.unwrap_or_else(|| {
        days.push(SchoolDay {
            weekday,
            active: true,
            periods: Vec::new(),
        });
        days.len() - 1
    });
    &mut days[place]
}

/// The words at the end of a line: `key=value`, times and `doubtful`.
struct Extra<'l> {
    values: BTreeMap<&'l str, &'l str>,
    times: Option<TimeRange>,
    certainty: Certainty,
}

impl<'l> Extra<'l> {
    fn of(words: &[&'l str]) -> Self {
        let times = words
            .iter()
            .find(|word| word.contains(':') && word.contains('-') && !word.contains('T'));
        Self {
            values: words
                .iter()
                .filter_map(|word| word.split_once('='))
                .collect(),
            times: times.map(|text| range(text)),
            certainty: if words.contains(&"doubtful") {
                Certainty::Doubtful
            } else {
                Certainty::Certain
            },
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        self.values.get(key).map(|&value| value.to_owned())
    }

    fn filter(&self) -> LessonFilter {
        LessonFilter {
            row: self.text("row"),
            group: self.text("group"),
            year: self.text("year"),
            period: self.text("period").map(PeriodId::from),
            room: self.text("room").map(RoomId::from),
        }
    }

    fn lesson(&self, group: &str, period: &str, room: &str) -> Lesson {
        let rows = self.values.get("rows").copied().unwrap_or_default();
        Lesson {
            period: period.into(),
            room: room.into(),
            kind: match self.values.get("kind") {
                None => LessonKind::Lesson,
                Some(&"meeting") => LessonKind::Meeting,
                Some(&"tutorial") => LessonKind::Tutorial,
                Some(&"year-schedule") => LessonKind::YearSchedule,
                Some(kind) => panic!("{kind} is no kind of lesson"),
            },
            group: group.to_owned(),
            label: group.to_owned(),
            year: self.text("year"),
            teachers: Vec::new(),
            source_ids: rows
                .split(',')
                .filter(|row| !row.is_empty())
                .map(str::to_owned)
                .collect(),
            certainty: self.certainty,
        }
    }
}
