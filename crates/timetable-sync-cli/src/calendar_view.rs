//! A room's calendar for people at a terminal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use comfy_table::{Cell, ColumnConstraint, Width, presets};
use room_timetable::{CauseKind, UnknownDay};
use timetable_sync::{CalendarDay, CalendarEntry, Occupant, RoomCalendar, one_line};

use crate::{
    output::{Output, Style},
    table::{styled, table, text},
};

/// How many lessons and other rows of the timetable it shows.
pub(crate) fn lessons(calendar: &RoomCalendar) -> usize {
    timetabled(calendar).count()
}

/// How many of them are doubtful.
pub(crate) fn doubtful(calendar: &RoomCalendar) -> usize {
    timetabled(calendar)
        .filter(|entry| entry.occupant.is_doubtful())
        .count()
}

/// A day of a grid needs so many columns, its border included, for most words to stay whole: five days need 100.
const DAY: usize = 17;
/// The times of a row with a blank at either side.
const TIMES: u16 = "09:00-10:00".len() as u16 + 2;

/// Each week as a grid: a column for each day, a row for each span of time. On a narrow terminal it is a list, day by
/// day. Without a width no line is broken.
pub(crate) fn page(out: Output, calendar: &RoomCalendar, width: Option<u16>) -> String {
    let mut page = String::new();
    let mut lists = false;
    for days in calendar.weeks() {
        let monday = days
            .first()
            .map(|day| day.date.format("%-d %B %Y").to_string());
        let heading = format!(
            "{}, week of {}",
            one_line(&calendar.name),
            monday.unwrap_or_default()
        );
        page.push_str(&out.bold(&heading));
        page.push('\n');
        let shown: Vec<&CalendarDay> = days.iter().filter(|day| day.is_shown()).collect();
        let needed = usize::from(TIMES) + 2 + shown.len() * DAY;
        let narrow = width.map(usize::from).filter(|width| *width < needed);
        lists |= narrow.is_some();
        page.push_str(&match narrow {
            Some(width) => list(out, &shown, width),
            None => grid(out, &shown, width),
        });
        for note in notes(&shown) {
            let lines = wrapped(&note, width.map_or(usize::MAX, usize::from));
            lines.iter().for_each(|line| page += &format!("{line}\n"));
        }
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page.push_str(if lists { "\n\n" } else { "\n" });
    if let Some(caveat) = &calendar.caveat {
        page += &format!("{}\n", out.styled(&caveat.to_string(), Style::Yellow));
    }
    page + &legend(out, lists)
}

fn timetabled(calendar: &RoomCalendar) -> impl Iterator<Item = &CalendarEntry> {
    calendar
        .entries()
        .filter(|entry| matches!(entry.occupant, Occupant::Timetable { .. }))
}

/// The days one below the other.
fn list(out: Output, shown: &[&CalendarDay], width: usize) -> String {
    let mut list = String::new();
    for day in shown {
        let heading = heading(day).replace('\n', ": ");
        list += &format!("\n{}\n", out.bold(&heading));
        if day.entries.is_empty() && day.unknown.is_none() {
            list += "  nothing\n";
        }
        for entry in &day.entries {
            let occupant = &entry.occupant;
            let mut text = words(occupant);
            if let Some(period) = occupant.period() {
                text = format!("{text}, {period}");
            }
            let mut before = format!("  {}-{}  ", start(entry), end(entry));
            let indent = before.len();
            for line in wrapped(&text, width.saturating_sub(indent)) {
                list += &format!("{before}{}\n", out.styled(&line, style(occupant)));
                before = " ".repeat(indent);
            }
        }
    }
    list.push('\n');
    list
}

/// The lines of a text that is broken between words. A word that is too long stands alone.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn grid(out: Output, shown: &[&CalendarDay], width: Option<u16>) -> String {
    let headings: Vec<String> = ["".to_owned()]
        .into_iter()
        .chain(shown.iter().map(|day| heading(day)))
        .collect();
    let mut grid = table(out, headings.iter().map(String::as_str));
    grid.load_style(presets::UTF8_FULL).force_no_tty();
    if let Some(width) = width {
        grid.set_width(width);
    }
    let mut rows: BTreeMap<(String, String), Vec<Vec<&Occupant>>> = BTreeMap::new();
    for (column, day) in shown.iter().enumerate() {
        for entry in &day.entries {
            let row = rows
                .entry((start(entry), end(entry)))
                .or_insert_with(|| vec![Vec::new(); shown.len()]);
            row[column].push(&entry.occupant);
        }
    }
    for ((start, end), row) in &rows {
        let periods: BTreeSet<&str> = row
            .iter()
            .flatten()
            .filter_map(|occupant| occupant.period())
            .collect();
        let mut head = format!("{start}-{end}");
        if let [period] = periods.into_iter().collect::<Vec<_>>()[..] {
            head = format!("{head}\n{period}");
        }
        let cells = row.iter().map(|occupants| cell(out, occupants));
        grid.add_row([Cell::new(head)].into_iter().chain(cells));
    }
    if rows.is_empty() {
        let nothing = shown.iter().map(|_| Cell::new(""));
        grid.add_row([Cell::new("nothing")].into_iter().chain(nothing));
    }
    if let Some(column) = grid.column_mut(0) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(TIMES)));
    }
    text(&grid)
}

/// Why lessons are not known, with the days for which that is so.
fn notes(shown: &[&CalendarDay]) -> Vec<String> {
    let mut days: BTreeMap<UnknownDay, Vec<String>> = BTreeMap::new();
    for day in shown {
        if let Some(why) = day.unknown {
            let date = day.date.format("%a %-d %b").to_string();
            days.entry(why).or_default().push(date);
        }
    }
    days.iter()
        .map(|(why, days)| {
            let days = days.join(", ");
            format!("{days}: the lessons are not known, because {why}.")
        })
        .collect()
}

fn heading(day: &CalendarDay) -> String {
    let date = day.date.format("%a %-d %b");
    if day.unknown.is_some() {
        format!("{date}\nnot known")
    } else if !day.in_term {
        format!("{date}\nno term")
    } else {
        date.to_string()
    }
}

fn start(entry: &CalendarEntry) -> String {
    entry.interval.start().format("%H:%M").to_string()
}

/// A day ends at 24:00.
fn end(entry: &CalendarEntry) -> String {
    let end = entry.interval.end();
    if end.time() == NaiveDateTime::MIN.time() {
        "24:00".to_owned()
    } else {
        end.format("%H:%M").to_string()
    }
}

/// What it is, in words that need no colour.
fn words(occupant: &Occupant) -> String {
    match occupant {
        Occupant::Timetable { cause, .. } => {
            let kind = match cause.kind {
                CauseKind::Lesson => String::new(),
                CauseKind::Closure => "closed: ".to_owned(),
                kind => format!("{kind}: "),
            };
            let (mark, doubt) = if occupant.is_doubtful() {
                ("? ", " (doubtful)")
            } else {
                ("", "")
            };
            format!("{mark}{kind}{}{doubt}", one_line(&cause.label))
        }
        Occupant::Booking(booking) => {
            let title = one_line(booking.title.as_deref().unwrap_or(booking.id.as_str()));
            match &booking.owner_name {
                Some(owner) => format!("[booked] {title}, {}", one_line(owner)),
                None => format!("[booked] {title}"),
            }
        }
    }
}

fn style(occupant: &Occupant) -> Style {
    match occupant {
        Occupant::Timetable { cause, .. } => match cause.kind {
            CauseKind::Closure => Style::Red,
            CauseKind::Event => Style::Green,
            _ => Style::Yellow,
        },
        Occupant::Booking(_) => Style::Cyan,
    }
}

/// A cell has one style: that of what the timetable says, where it says anything.
fn cell(out: Output, occupants: &[&Occupant]) -> Cell {
    let Some(first) = occupants.first() else {
        return Cell::new("");
    };
    let all: Vec<String> = occupants.iter().map(|occupant| words(occupant)).collect();
    let timetabled = occupants
        .iter()
        .find(|occupant| matches!(occupant, Occupant::Timetable { .. }));
    styled(out, all.join("\n"), style(timetabled.unwrap_or(first)))
}

fn legend(out: Output, narrow: bool) -> String {
    let gap = if narrow { "\n" } else { "   " };
    format!(
        "{}   {}   {}   {}{gap}? (doubtful): may not take place; removes no booking\n",
        out.styled("lesson: from the timetable", Style::Yellow),
        out.styled("closed:", Style::Red),
        out.styled("event:", Style::Green),
        out.styled("[booked]: a booking", Style::Cyan),
    )
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use room_timetable::{Cause, Certainty, Interval};
    use timetable_sync::SchoolReason;

    use super::*;

    fn at(day: u32, hour: u32) -> NaiveDateTime {
        let date = NaiveDate::from_ymd_opt(2031, 9, day).unwrap();
        date.and_hms_opt(hour, 0, 0).unwrap()
    }

    fn entry(day: u32, kind: CauseKind, certainty: Certainty) -> CalendarEntry {
        let interval = Interval::new(at(day, 9), at(day, 10)).unwrap();
        let cause = Cause {
            interval,
            kind,
            group: "10B".to_owned(),
            label: "Physics 10B".to_owned(),
            period: Some("Period 1".to_owned()),
            teachers: Vec::new(),
            source_ids: Vec::new(),
        };
        CalendarEntry {
            interval,
            occupant: Occupant::Timetable {
                cause,
                certainty,
                teachers: Vec::new(),
            },
        }
    }

    fn calendar(unknown: Option<UnknownDay>) -> RoomCalendar {
        let days = (8..15).map(|day| CalendarDay {
            date: at(day, 0).date(),
            in_term: day < 13,
            unknown: unknown.filter(|_| day == 9),
            entries: match day {
                8 => vec![entry(8, CauseKind::Lesson, Certainty::Certain)],
                10 => vec![entry(10, CauseKind::Lesson, Certainty::Doubtful)],
                11 => vec![entry(11, CauseKind::Closure, Certainty::Certain)],
                12 => vec![entry(12, CauseKind::Event, Certainty::Certain)],
                _ => Vec::new(),
            },
        });
        RoomCalendar {
            room: "A".into(),
            name: "Lab".to_owned(),
            caveat: None,
            days: days.collect(),
        }
    }

    const PLAIN: Output = Output {
        json: false,
        colour: false,
    };

    #[test]
    fn the_week_can_be_read_without_colour() {
        let page = page(PLAIN, &calendar(Some(UnknownDay::NoTimetable)), None);
        for text in [
            "Lab, week of 8 September 2031",
            "? Physics 10B (doubtful)",
            "not known",
            "Tue 9 Sep: the lessons are not known",
            "closed: Physics 10B",
            "event: Physics 10B",
        ] {
            assert!(page.contains(text), "{text}\n{page}");
        }
        assert!(!page.contains("Sat") && !page.contains('\u{1b}'), "{page}");
    }

    /// A week of seven days with a long name, a double lesson and a booking.
    fn full() -> RoomCalendar {
        let mut calendar = calendar(Some(UnknownDay::NoTimetable));
        calendar.days[5].entries = vec![entry(13, CauseKind::Cover, Certainty::Doubtful)];
        let mut long = entry(14, CauseKind::Lesson, Certainty::Certain);
        if let Occupant::Timetable { cause, .. } = &mut long.occupant {
            cause.period = Some("Period 1, Period 2".to_owned());
            cause.label =
                "Personal, Social, Health and Economic Education of the whole upper school"
                    .to_owned();
        }
        calendar.days[6].entries = vec![long];
        calendar
    }

    #[test]
    fn a_narrow_terminal_gets_a_list_of_days() {
        let page = page(PLAIN, &full(), Some(80));
        for line in page.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let expected = [
            "Lab, week of 8 September 2031",
            "",
            "Mon 8 Sep",
            "  09:00-10:00  Physics 10B, Period 1",
            "",
            "Tue 9 Sep: not known",
            "",
            "Wed 10 Sep",
            "  09:00-10:00  ? Physics 10B (doubtful), Period 1",
            "",
            "Thu 11 Sep",
            "  09:00-10:00  closed: Physics 10B, Period 1",
            "",
            "Fri 12 Sep",
            "  09:00-10:00  event: Physics 10B, Period 1",
            "",
            "Sat 13 Sep: no term",
            "  09:00-10:00  ? cover: Physics 10B (doubtful), Period 1",
            "",
            "Sun 14 Sep: no term",
            "  09:00-10:00  Personal, Social, Health and Economic Education of the whole",
            "               upper school, Period 1, Period 2",
            "",
            "Tue 9 Sep: the lessons are not known, because no published timetable is in",
            "force.",
            "",
        ];
        let lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines[..expected.len()], expected);
    }

    #[test]
    fn a_wide_terminal_gets_a_grid_in_which_no_time_is_broken() {
        for width in [134, 160] {
            let page = page(PLAIN, &full(), Some(width));
            let grid = page.lines().take_while(|line| !line.starts_with("Tue"));
            for line in grid {
                assert!(line.chars().count() <= width.into(), "{line}");
            }
            assert!(page.contains("│ 09:00-10:00 ┆"), "{page}");
            assert!(page.contains("┆ Sun 14 Sep"), "{page}");
            assert!(page.contains("(doubtful)"), "{page}");
        }
        // Seven days need more than five.
        assert!(page(PLAIN, &full(), Some(133)).contains("\nSun 14 Sep: no term\n"));
        let five = calendar(None);
        assert!(page(PLAIN, &five, Some(100)).contains("│ 09:00-10:00 ┆"));
        assert!(page(PLAIN, &five, Some(99)).contains("\nMon 8 Sep\n"));
    }

    #[test]
    fn each_kind_has_a_colour_where_there_is_colour() {
        let colour = Output {
            json: false,
            colour: true,
        };
        let page = page(colour, &calendar(None), None);
        for (kind, code) in [("lesson", 11), ("closure", 9), ("event", 10)] {
            assert!(
                page.contains(&format!("\u{1b}[38;5;{code}m")),
                "{kind} {page:?}"
            );
        }
    }

    #[test]
    fn why_lessons_may_be_missing_stands_below_the_weeks() {
        let caveat = Some(SchoolReason::NotMatched);
        let calendar = RoomCalendar {
            caveat,
            ..calendar(None)
        };
        for width in [None, Some(80)] {
            let page = page(PLAIN, &calendar, width);
            let line = "\nThe room is matched with no iSAMS room, so no lessons are known of it.\n";
            assert!(page.contains(line), "{page}");
        }
    }

    #[test]
    fn several_weeks_come_one_after_another_with_one_legend() {
        let mut both = calendar(None);
        both.days.extend(calendar(None).days);
        let page = page(PLAIN, &both, None);
        assert_eq!(page.matches("Lab, week of").count(), 2);
        assert_eq!(page.matches("[booked]").count(), 1);
        assert_eq!((lessons(&both), doubtful(&both)), (8, 2));
    }
}
