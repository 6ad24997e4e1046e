//! The periods of iSAMS and the timeslots here, drawn side by side for each day of the week.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Weekday;
use room_timetable::{PeriodId, SlotComparison, SlotEntry, SlotRelation, TimeRange, Weekdays};

use crate::output::{Output, Style};

/// The widest that a block's text may be; longer ones are cut.
const WIDEST: usize = 30;

/// How many lines a block has: its text between two lines.
const LINES: usize = 3;

/// Which published timetables use a period.
type Users = BTreeMap<PeriodId, BTreeSet<String>>;

/// Draws the comparison: two columns of blocks with times. Days that look alike share a drawing. Where there are several
/// timetables, as for divisions with times of their own, each period says whose it is.
pub(crate) fn draw(out: Output, compared: &SlotComparison, users: &Users) -> String {
    if compared.entries.is_empty() {
        return "No periods of iSAMS have arrived yet.\n".to_owned();
    }
    let (left, right) = (" iSAMS", " here");
    let several = users.values().flatten().collect::<BTreeSet<_>>().len() > 1;
    let users = several.then_some(users);
    let width = |blocks: &dyn Fn(&SlotEntry) -> Vec<String>, heading: &str| {
        let entries = compared.entries.iter();
        let widths = entries.flat_map(blocks).map(|text| text.chars().count());
        widths.chain([heading.chars().count()]).max().unwrap_or(0)
    };
    let widths = (
        width(&|entry| periods(entry, users), left),
        width(&timeslots, right),
    );
    let mut drawings: Vec<(Vec<Weekday>, String)> = Vec::new();
    for day in compared.days().iter() {
        let drawing: String = compared
            .on(day)
            .map(|found| entry(out, found, users, widths))
            .collect();
        match drawings.iter_mut().find(|(_, known)| *known == drawing) {
            Some((days, _)) => days.push(day),
            None => drawings.push((vec![day], drawing)),
        }
    }
    let mut page = String::new();
    for (days, drawing) in drawings {
        let days: Weekdays = days.into_iter().collect();
        page += &out.bold(&days.to_string());
        page += &format!("\n  {left:<0$}{right}\n", widths.0 + 7);
        page += &drawing;
        page.push('\n');
    }
    page + &summary(compared)
}

/// One entry's lines.
fn entry(
    out: Output,
    found: &SlotEntry,
    users: Option<&Users>,
    (left_width, right_width): (usize, usize),
) -> String {
    let (left, right) = (periods(found, users), timeslots(found));
    let height = LINES * left.len().max(right.len());
    let (left, right) = (
        column(&left, left_width, height),
        column(&right, right_width, height),
    );
    let mut text = String::new();
    for (number, (left, right)) in left.iter().zip(&right).enumerate() {
        let (sign, words) = if number == 1 {
            (sign(found.relation), words(out, found.relation))
        } else {
            (' ', String::new())
        };
        let line = format!("  {left} {sign} {right}  {words}");
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// The blocks below each other; the last one reaches down to the full height.
fn column(blocks: &[String], width: usize, height: usize) -> Vec<String> {
    let rule = "─".repeat(width + 2);
    let mut lines = Vec::with_capacity(height);
    for (number, text) in blocks.iter().enumerate() {
        lines.push(format!("┌{rule}┐"));
        lines.push(format!("│ {text:<width$} │"));
        if number + 1 == blocks.len() {
            while lines.len() + 1 < height {
                lines.push(format!("│ {:width$} │", ""));
            }
        }
        lines.push(format!("└{rule}┘"));
    }
    lines.resize(height, " ".repeat(width + 4));
    lines
}

fn periods(entry: &SlotEntry, users: Option<&Users>) -> Vec<String> {
    let blocks = entry.periods_by_times().into_iter();
    blocks
        .map(|(times, periods)| {
            let of = |period: &PeriodId| users.and_then(|users| users.get(period));
            let users = periods.iter().filter_map(|period| of(&period.id));
            let users: BTreeSet<&str> = users.flatten().map(String::as_str).collect();
            let text = block(times, periods.iter().map(|period| period.name.as_str()));
            if users.is_empty() {
                return text;
            }
            let users: Vec<&str> = users.into_iter().collect();
            format!("{text} ({})", cut(&users.join(", ")))
        })
        .collect()
}

fn timeslots(entry: &SlotEntry) -> Vec<String> {
    let blocks = entry.timeslots_by_times().into_iter();
    blocks
        .map(|(times, slots)| block(times, slots.iter().map(|slot| slot.name.as_str())))
        .collect()
}

/// The times, and each name once.
fn block<'n>(times: TimeRange, names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    cut(&format!("{times} {}", names.join(", ")))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    let kept: String = text.chars().take(WIDEST - 1).collect();
    format!("{}…", kept.trim_end())
}

fn sign(relation: SlotRelation) -> char {
    match relation {
        SlotRelation::Exact | SlotRelation::Confirmed => '=',
        SlotRelation::Shifted { .. } => '~',
        SlotRelation::Split => '>',
        SlotRelation::Merged => '<',
        SlotRelation::New | SlotRelation::Gone => ' ',
    }
}

fn words(out: Output, relation: SlotRelation) -> String {
    let name = relation.name();
    match relation {
        SlotRelation::Exact | SlotRelation::Confirmed => out.styled(name, Style::Green),
        SlotRelation::Gone => out.styled("gone: no period in iSAMS", Style::Yellow),
        _ => out.styled(&format!("{name}: {relation}"), Style::Yellow),
    }
}

/// How many there are of each, over the week.
fn summary(compared: &SlotComparison) -> String {
    let mut counts: BTreeMap<u8, (&str, usize)> = BTreeMap::new();
    for entry in &compared.entries {
        let place = match entry.relation {
            SlotRelation::Exact => 0,
            SlotRelation::Confirmed => 1,
            SlotRelation::Shifted { .. } => 2,
            SlotRelation::Split => 3,
            SlotRelation::Merged => 4,
            SlotRelation::New => 5,
            SlotRelation::Gone => 6,
        };
        counts.entry(place).or_insert((entry.relation.name(), 0)).1 += 1;
    }
    let counts: Vec<String> = counts
        .values()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    format!(
        "Periods and timeslots over the week: {}. Only exact and confirmed pairs take effect.\n",
        counts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use room_timetable::{CycleWeek, Period, SchoolDay, Timeslot, compare_timeslots};

    use super::*;

    const PLAIN: Output = Output {
        json: false,
        colour: false,
    };

    fn range(text: &str) -> TimeRange {
        let (start, end) = text.split_once('-').unwrap();
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    fn day(weekday: Weekday, periods: &[(&str, &str)]) -> SchoolDay {
        let period = |(name, times): &(&str, &str)| Period {
            id: format!("{weekday} {name}").into(),
            name: (*name).to_owned(),
            times: range(times),
        };
        SchoolDay {
            weekday,
            active: true,
            periods: periods.iter().map(period).collect(),
        }
    }

    fn slot(name: &str, days: &str, times: &str) -> Timeslot {
        Timeslot {
            id: name.into(),
            name: name.to_owned(),
            days: days.parse().unwrap(),
            times: range(times),
        }
    }

    #[test]
    fn both_sides_are_drawn_beside_each_other_and_equal_days_once() {
        let whole = [
            ("Registration", "08:40-09:00"),
            ("Period 1", "09:00-10:00"),
            ("Period 2a", "10:00-10:30"),
            ("Period 2b", "10:30-11:00"),
            ("Period 3", "11:15-12:15"),
        ];
        let wednesday = [("Double", "09:00-11:00"), ("Chapel", "17:00-17:30")];
        let cycle = [CycleWeek {
            id: "1".into(),
            name: "Week A".to_owned(),
            active: true,
            days: vec![
                day(Weekday::Mon, &whole),
                day(Weekday::Tue, &whole),
                day(Weekday::Wed, &wednesday),
            ],
        }];
        let slots = [
            slot("Lesson 1", "Mon Tue Wed", "09:00-10:00"),
            slot("Lesson 2", "Mon Tue Wed", "10:00-11:00"),
            slot("Lesson 3", "Mon Tue", "11:20-12:20"),
            slot("Clubs, societies and everything else", "Wed", "16:00-17:00"),
        ];
        let confirmed = ["Lesson 1", "Lesson 2"].map(|slot| (slot.into(), "Wed Double".into()));
        let compared = compare_timeslots(&cycle, &slots, &confirmed);
        let expected = "\
Mon Tue
   iSAMS                          here
  ┌──────────────────────────┐
  │ 08:40-09:00 Registration │                                      new: no timeslot here
  └──────────────────────────┘
  ┌──────────────────────────┐   ┌───────────────────────────────┐
  │ 09:00-10:00 Period 1     │ = │ 09:00-10:00 Lesson 1          │  exact
  └──────────────────────────┘   └───────────────────────────────┘
  ┌──────────────────────────┐   ┌───────────────────────────────┐
  │ 10:00-10:30 Period 2a    │ > │ 10:00-11:00 Lesson 2          │  split: one timeslot here
  └──────────────────────────┘   │                               │
  ┌──────────────────────────┐   │                               │
  │ 10:30-11:00 Period 2b    │   │                               │
  └──────────────────────────┘   └───────────────────────────────┘
  ┌──────────────────────────┐   ┌───────────────────────────────┐
  │ 11:15-12:15 Period 3     │ ~ │ 11:20-12:20 Lesson 3          │  shifted: 5 minutes later here
  └──────────────────────────┘   └───────────────────────────────┘

Wed
   iSAMS                          here
  ┌──────────────────────────┐   ┌───────────────────────────────┐
  │ 09:00-11:00 Double       │ = │ 09:00-10:00 Lesson 1          │  confirmed
  │                          │   └───────────────────────────────┘
  │                          │   ┌───────────────────────────────┐
  │                          │   │ 10:00-11:00 Lesson 2          │
  └──────────────────────────┘   └───────────────────────────────┘
                                 ┌───────────────────────────────┐
                                 │ 16:00-17:00 Clubs, societies… │  gone: no period in iSAMS
                                 └───────────────────────────────┘
  ┌──────────────────────────┐
  │ 17:00-17:30 Chapel       │                                      new: no timeslot here
  └──────────────────────────┘

Periods and timeslots over the week: 2 exact, 1 confirmed, 2 shifted, 2 split, 3 new, 1 gone. \
Only exact and confirmed pairs take effect.
";
        let drawn = draw(PLAIN, &compared, &Users::new());
        assert_eq!(drawn, expected, "{drawn}");
    }

    #[test]
    fn row_06_periods_of_one_name_say_to_which_division_they_belong() {
        let cycle = [CycleWeek {
            id: "1".into(),
            name: "Week A".to_owned(),
            active: true,
            days: vec![
                day(Weekday::Mon, &[("Period 1", "09:00-10:00")]),
                day(
                    Weekday::Tue,
                    &[("Period 1", "08:30-09:10"), ("Tea", "16:00-16:20")],
                ),
            ],
        }];
        let compared = compare_timeslots(&cycle, &[], &[]);
        let of = |period: &str, names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            (PeriodId::from(period), names)
        };
        let users = Users::from([
            of("Mon Period 1", &["Senior School"]),
            of("Tue Period 1", &["Prep", "Pre-Prep"]),
        ]);
        let drawn = draw(PLAIN, &compared, &users);
        for line in [
            "│ 09:00-10:00 Period 1 (Senior School)  │",
            "│ 08:30-09:10 Period 1 (Pre-Prep, Prep) │",
            "│ 16:00-16:20 Tea                       │",
        ] {
            assert!(drawn.contains(line), "{drawn}");
        }
        let one = Users::from([of("Mon Period 1", &["Main"])]);
        let drawn = draw(PLAIN, &compared, &one);
        assert!(!drawn.contains("Main"), "{drawn}");
    }

    #[test]
    fn nothing_to_compare_is_said() {
        let drawn = draw(PLAIN, &SlotComparison::default(), &Users::new());
        assert_eq!(drawn, "No periods of iSAMS have arrived yet.\n");
    }
}
