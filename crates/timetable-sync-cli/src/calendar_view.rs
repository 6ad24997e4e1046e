//! A room's week for people and programs.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{Booking, Room, SchoolState};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};
use comfy_table::{Cell, presets};
use room_timetable::{Cause, CauseKind, Certainty, Interval, UnknownDay};
use serde_json::{Value, json};
use timetable_sync::{CurrentTimetable, Error, local_time};

use crate::{
    output::{Output, Style},
    table::{styled, table, text},
};

/// A room's week from Monday to Sunday.
#[derive(Debug)]
pub(crate) struct Week {
    room: Room,
    days: Vec<Day>,
}

#[derive(Debug)]
struct Day {
    date: NaiveDate,
    in_term: bool,
    unknown: Option<UnknownDay>,
    entries: Vec<Entry>,
}

/// Something that stands in the room on a day.
#[derive(Debug)]
struct Entry {
    what: What,
    /// As far as it lies on the day.
    interval: Interval,
}

#[derive(Debug)]
enum What {
    Timetable(Cause, Certainty),
    Booking(Booking),
}

impl Week {
    /// The seven days from `monday`. `state` must hold the bookings since then.
    pub(crate) fn of(state: &SchoolState, room: &Room, monday: NaiveDate) -> Result<Self, Error> {
        let timetable = CurrentTimetable::of(state)?;
        let days = monday
            .iter_days()
            .take(7)
            .map(|date| {
                let day = timetable.day(&room.id, date);
                let mut entries: Vec<Entry> = day
                    .occupied
                    .into_iter()
                    .map(|(cause, certainty)| Entry {
                        interval: cause.interval,
                        what: What::Timetable(cause, certainty),
                    })
                    .collect();
                entries.extend(state.bookings.iter().filter_map(|booking| {
                    let here = booking.room == room.id;
                    Some(Entry {
                        interval: on(date, booking.interval).filter(|_| here)?,
                        what: What::Booking(booking.clone()),
                    })
                }));
                entries.sort_by_key(|entry| entry.interval);
                Day {
                    date,
                    in_term: timetable.terms().iter().any(|term| term.contains(date)),
                    unknown: day.unknown,
                    entries,
                }
            })
            .collect();
        Ok(Self {
            room: room.clone(),
            days,
        })
    }

    /// How many lessons and other rows of the timetable it shows.
    pub(crate) fn lessons(&self) -> usize {
        let entries = self.days.iter().flat_map(|day| &day.entries);
        entries
            .filter(|entry| matches!(entry.what, What::Timetable(..)))
            .count()
    }

    /// How many of them are doubtful.
    pub(crate) fn doubtful(&self) -> usize {
        let entries = self.days.iter().flat_map(|day| &day.entries);
        entries
            .filter(|entry| matches!(entry.what, What::Timetable(_, Certainty::Doubtful)))
            .count()
    }

    /// The week as data.
    pub(crate) fn document(&self) -> Value {
        let days: Vec<Value> = self
            .days
            .iter()
            .map(|day| {
                json!({
                    "date": day.date,
                    "in_term": day.in_term,
                    "unknown": day.unknown.is_some(),
                    "why": day.unknown.map(|why| why.to_string()),
                    "entries": day.entries.iter().map(Entry::document).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "room": self.room.id,
            "name": self.room.name,
            "week": self.days.first().map(|day| day.date),
            "days": days,
        })
    }

    /// The week as a grid: a column for each day, a row for each span of time.
    pub(crate) fn page(&self, out: Output) -> String {
        let shown: Vec<&Day> = self.days.iter().filter(|day| day.is_shown()).collect();
        let headings: Vec<String> = ["".to_owned()]
            .into_iter()
            .chain(shown.iter().map(|day| day.heading()))
            .collect();
        let mut grid = table(out, headings.iter().map(String::as_str));
        grid.load_style(presets::UTF8_FULL);
        let mut rows: BTreeMap<(String, String), Vec<Vec<&Entry>>> = BTreeMap::new();
        for (column, day) in shown.iter().enumerate() {
            for entry in &day.entries {
                let key = (entry.start(), entry.end());
                let row = rows
                    .entry(key)
                    .or_insert_with(|| vec![Vec::new(); shown.len()]);
                row[column].push(entry);
            }
        }
        for ((start, end), row) in &rows {
            let periods: BTreeSet<&str> = row
                .iter()
                .flatten()
                .filter_map(|entry| entry.period())
                .collect();
            let mut head = format!("{start}-{end}");
            if let [period] = periods.into_iter().collect::<Vec<_>>()[..] {
                head = format!("{head}\n{period}");
            }
            let cells = row.iter().map(|entries| cell(out, entries));
            grid.add_row([Cell::new(head)].into_iter().chain(cells));
        }
        if rows.is_empty() {
            let nothing = shown.iter().map(|_| Cell::new(""));
            grid.add_row([Cell::new("nothing")].into_iter().chain(nothing));
        }
        let week = self
            .days
            .first()
            .map(|day| day.date.format("%-d %B %Y").to_string());
        let heading = format!("{}, week of {}", self.room.name, week.unwrap_or_default());
        format!(
            "{}\n{}{}{}",
            out.bold(&heading),
            text(&grid),
            self.notes(),
            legend(out)
        )
    }

    /// Why lessons are not known, with the days for which that is so.
    fn notes(&self) -> String {
        let mut days: BTreeMap<UnknownDay, Vec<String>> = BTreeMap::new();
        for day in self.days.iter().filter(|day| day.is_shown()) {
            if let Some(why) = day.unknown {
                let date = day.date.format("%a %-d %b").to_string();
                days.entry(why).or_default().push(date);
            }
        }
        days.iter()
            .map(|(why, days)| {
                let days = days.join(", ");
                format!("{days}: the lessons are not known, because {why}.\n")
            })
            .collect()
    }
}

impl Day {
    fn is_shown(&self) -> bool {
        let weekend = matches!(self.date.weekday(), Weekday::Sat | Weekday::Sun);
        !weekend || !self.entries.is_empty()
    }

    fn heading(&self) -> String {
        let date = self.date.format("%a %-d %b");
        if self.unknown.is_some() {
            format!("{date}\nnot known")
        } else if !self.in_term {
            format!("{date}\nno term")
        } else {
            date.to_string()
        }
    }
}

impl Entry {
    fn start(&self) -> String {
        self.interval.start().format("%H:%M").to_string()
    }

    /// A day ends at 24:00.
    fn end(&self) -> String {
        let text = self.interval.end().format("%H:%M").to_string();
        if text == "00:00" {
            "24:00".to_owned()
        } else {
            text
        }
    }

    fn period(&self) -> Option<&str> {
        match &self.what {
            What::Timetable(cause, _) => cause.period.as_deref(),
            What::Booking(_) => None,
        }
    }

    /// What it is, in words that need no colour.
    fn words(&self) -> String {
        match &self.what {
            What::Timetable(cause, certainty) => {
                let kind = match cause.kind {
                    CauseKind::Lesson => String::new(),
                    CauseKind::Closure => "closed: ".to_owned(),
                    kind => format!("{kind}: "),
                };
                let (mark, doubt) = match certainty {
                    Certainty::Certain => ("", ""),
                    Certainty::Doubtful => ("? ", " (doubtful)"),
                };
                format!("{mark}{kind}{}{doubt}", cause.label)
            }
            What::Booking(booking) => {
                let title = booking.title.as_deref().unwrap_or(booking.id.as_str());
                match &booking.owner_name {
                    Some(owner) => format!("[booked] {title}, {owner}"),
                    None => format!("[booked] {title}"),
                }
            }
        }
    }

    fn document(&self) -> Value {
        let (start, end) = (
            local_time(self.interval.start()),
            local_time(self.interval.end()),
        );
        match &self.what {
            What::Timetable(cause, certainty) => json!({
                "kind": cause.kind.name(),
                "start": start,
                "end": end,
                "label": cause.label,
                "doubtful": *certainty == Certainty::Doubtful,
                "period": cause.period,
                "source_ids": cause.source_ids,
            }),
            What::Booking(booking) => json!({
                "kind": "booking",
                "start": start,
                "end": end,
                "label": booking.title,
                "doubtful": false,
                "booking": booking.id,
                "owner_name": booking.owner_name,
            }),
        }
    }
}

fn cell(out: Output, entries: &[&Entry]) -> Cell {
    if entries.is_empty() {
        return Cell::new("");
    }
    let words: Vec<String> = entries.iter().map(|entry| entry.words()).collect();
    let words = words.join("\n");
    let lesson = entries
        .iter()
        .any(|entry| matches!(entry.what, What::Timetable(..)));
    let style = if lesson { Style::Yellow } else { Style::Cyan };
    styled(out, words, style)
}

fn legend(out: Output) -> String {
    format!(
        "{}   {}   ? (doubtful): may not take place; removes no booking\n",
        out.styled("lesson: from the timetable", Style::Yellow),
        out.styled("[booked]: a booking", Style::Cyan),
    )
}

/// The part of an interval that lies on a date.
fn on(date: NaiveDate, interval: Interval) -> Option<Interval> {
    let midnight = NaiveDateTime::MIN.time();
    let (from, to) = (date.and_time(midnight), date.succ_opt()?.and_time(midnight));
    Interval::new(interval.start().max(from), interval.end().min(to)).ok()
}

#[cfg(test)]
mod tests {
    use booking_store::Origin;

    use super::*;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2031, 9, day).unwrap()
    }

    fn at(day: u32, hour: u32) -> NaiveDateTime {
        date(day).and_hms_opt(hour, 0, 0).unwrap()
    }

    fn room() -> Room {
        Room {
            id: "A".into(),
            name: "Lab".to_owned(),
            category: "Science".to_owned(),
            origin: Origin::Local,
            part_bookable: false,
        }
    }

    fn lesson(day: u32, certainty: Certainty) -> Entry {
        let interval = Interval::new(at(day, 9), at(day, 10)).unwrap();
        let cause = Cause {
            interval,
            kind: CauseKind::Lesson,
            group: "10B".to_owned(),
            label: "Physics 10B".to_owned(),
            period: Some("Period 1".to_owned()),
            teachers: Vec::new(),
            source_ids: Vec::new(),
        };
        Entry {
            interval,
            what: What::Timetable(cause, certainty),
        }
    }

    fn week(unknown: Option<UnknownDay>) -> Week {
        let days = (8..15).map(|day| Day {
            date: date(day),
            in_term: day < 13,
            unknown: unknown.filter(|_| day == 9),
            entries: match day {
                8 => vec![lesson(8, Certainty::Certain)],
                10 => vec![lesson(10, Certainty::Doubtful)],
                _ => Vec::new(),
            },
        });
        Week {
            room: room(),
            days: days.collect(),
        }
    }

    const PLAIN: Output = Output {
        json: false,
        colour: false,
    };

    #[test]
    fn the_week_can_be_read_without_colour() {
        let page = week(Some(UnknownDay::NoTimetable)).page(PLAIN);
        assert!(page.contains("? Physics 10B (doubtful)"), "{page}");
        assert!(page.contains("not known"), "{page}");
        assert!(
            page.contains("Tue 9 Sep: the lessons are not known"),
            "{page}"
        );
        assert!(!page.contains("Sat") && !page.contains('\u{1b}'), "{page}");
    }

    #[test]
    fn lessons_are_yellow_where_there_is_colour() {
        let page = week(None).page(Output {
            json: false,
            colour: true,
        });
        assert!(page.contains("\u{1b}[38;5;11m"), "{page:?}");
    }

    #[test]
    fn a_booking_over_midnight_stands_on_both_days() {
        let night = Interval::new(at(8, 22), at(9, 3)).unwrap();
        assert_eq!(on(date(8), night), Interval::new(at(8, 22), at(9, 0)).ok());
        assert_eq!(on(date(9), night), Interval::new(at(9, 0), at(9, 3)).ok());
        assert_eq!(on(date(10), night), None);
    }
}
