//! Random days of periods and timeslots, against what is obvious minute by minute.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Weekday;
use proptest::prelude::*;
use room_timetable::*;

/// Cycle week, day (Monday or Tuesday), start and length in five minutes.
type PlainPeriod = (usize, u8, u32, u32);
/// Whether it is on Monday and Tuesday, start and length in five minutes.
type PlainSlot = (bool, bool, u32, u32);

#[derive(Clone, Debug)]
struct Plain {
    periods: Vec<PlainPeriod>,
    slots: Vec<PlainSlot>,
    /// Slot and period by their places.
    confirmed: Vec<(usize, usize)>,
}

fn plain() -> impl Strategy<Value = Plain> {
    // Short days, so that times meet and overlap often.
    let period = (0..2_usize, 0..2_u8, 100..124_u32, 1..13_u32);
    let slot = (any::<bool>(), any::<bool>(), 100..124_u32, 1..13_u32);
    (
        prop::collection::vec(period, 0..9),
        prop::collection::vec(slot, 0..7),
        prop::collection::vec((0..7_usize, 0..9_usize), 0..3),
    )
        .prop_map(|(periods, slots, confirmed)| Plain {
            periods,
            slots,
            confirmed,
        })
}

fn range(start: u32, length: u32) -> TimeRange {
    let at = |fives: u32| TimeOfDay::from_seconds(fives * 300).unwrap();
    TimeRange::new(at(start), at(start + length)).unwrap()
}

fn weekday(day: u8) -> Weekday {
    Weekday::try_from(day).unwrap()
}

fn cycle(plain: &Plain) -> Vec<CycleWeek> {
    let day = |id: usize, &(_, day, start, length): &PlainPeriod| SchoolDay {
        weekday: weekday(day),
        active: true,
        periods: vec![Period {
            id: format!("p{id}").into(),
            name: "Period".to_owned(),
            times: range(start, length),
        }],
    };
    (0..2)
        .map(|week| CycleWeek {
            id: week.to_string().into(),
            name: week.to_string(),
            active: true,
            days: plain
                .periods
                .iter()
                .enumerate()
                .filter(|(_, period)| period.0 == week)
                .map(|(id, period)| day(id, period))
                .collect(),
        })
        .collect()
}

fn timeslots(plain: &Plain) -> Vec<Timeslot> {
    plain
        .slots
        .iter()
        .enumerate()
        .map(|(id, &(monday, tuesday, start, length))| Timeslot {
            id: format!("s{id}").into(),
            name: "Period".to_owned(),
            days: [(monday, Weekday::Mon), (tuesday, Weekday::Tue)]
                .into_iter()
                .filter_map(|(on, day)| on.then_some(day))
                .collect(),
            times: range(start, length),
        })
        .collect()
}

fn confirmed(plain: &Plain) -> Vec<(TimeslotId, PeriodId)> {
    plain
        .confirmed
        .iter()
        .map(|(slot, period)| (format!("s{slot}").into(), format!("p{period}").into()))
        .collect()
}

fn compared(plain: &Plain) -> SlotComparison {
    compare_timeslots(&cycle(plain), &timeslots(plain), &confirmed(plain))
}

fn minutes(times: TimeRange) -> BTreeSet<u32> {
    (times.start().seconds() / 60..times.end().seconds() / 60).collect()
}

/// The longest run of minutes of `whole` that none of `parts` has.
fn longest_gap(whole: TimeRange, parts: &[TimeRange]) -> usize {
    let covered: BTreeSet<u32> = parts.iter().flat_map(|part| minutes(*part)).collect();
    let (mut longest, mut run) = (0, 0);
    for minute in minutes(whole) {
        run = if covered.contains(&minute) {
            0
        } else {
            run + 1
        };
        longest = longest.max(run);
    }
    longest
}

/// Whether the parts in any order make up the whole, minute by minute.
fn make_up(whole: TimeRange, parts: &[TimeRange]) -> bool {
    let all: BTreeSet<u32> = parts.iter().flat_map(|part| minutes(*part)).collect();
    let disjoint = all.len() == parts.iter().map(|part| minutes(*part).len()).sum::<usize>();
    let within = |part: &TimeRange| {
        2 * minutes(*part).intersection(&minutes(whole)).count() > minutes(*part).len()
    };
    let outside = parts.iter().all(|part| {
        let (start, end) = (whole.start().seconds(), whole.end().seconds());
        let early = start.saturating_sub(part.start().seconds());
        let late = part.end().seconds().saturating_sub(end);
        early.max(late) <= 600
    });
    parts.len() > 1
        && disjoint
        && parts.iter().all(within)
        && outside
        && longest_gap(whole, parts) <= 10
}

fn subsets(of: &[TimeRange]) -> impl Iterator<Item = Vec<TimeRange>> {
    (0_u32..1 << of.len()).map(move |mask| {
        let chosen = of
            .iter()
            .enumerate()
            .filter(|(bit, _)| mask >> bit & 1 == 1);
        chosen.map(|(_, times)| *times).collect()
    })
}

fn distinct(times: impl Iterator<Item = TimeRange>) -> Vec<TimeRange> {
    times.collect::<BTreeSet<_>>().into_iter().collect()
}

fn period_times(entry: &SlotEntry) -> Vec<TimeRange> {
    distinct(entry.periods.iter().map(|period| period.times))
}

fn slot_times(entry: &SlotEntry) -> Vec<TimeRange> {
    distinct(entry.timeslots.iter().map(|slot| slot.times))
}

proptest! {
    #[test]
    fn every_period_and_every_day_of_a_timeslot_is_in_one_entry(plain in plain()) {
        let compared = compared(&plain);
        let mut periods: Vec<(Weekday, String)> = Vec::new();
        let mut slots: Vec<(Weekday, String)> = Vec::new();
        for entry in &compared.entries {
            periods.extend(entry.periods.iter().map(|period| (entry.weekday, period.id.to_string())));
            slots.extend(entry.timeslots.iter().map(|slot| (entry.weekday, slot.id.to_string())));
        }
        let mut expected: Vec<(Weekday, String)> = plain
            .periods
            .iter()
            .enumerate()
            .map(|(id, period)| (weekday(period.1), format!("p{id}")))
            .collect();
        let key = |(day, id): &(Weekday, String)| (day.num_days_from_monday(), id.clone());
        periods.sort_by_key(key);
        expected.sort_by_key(key);
        prop_assert_eq!(periods, expected);
        let mut expected: Vec<(Weekday, String)> = Vec::new();
        for (id, slot) in plain.slots.iter().enumerate() {
            for (on, day) in [(slot.0, Weekday::Mon), (slot.1, Weekday::Tue)] {
                if on {
                    expected.push((day, format!("s{id}")));
                }
            }
        }
        slots.sort_by_key(key);
        expected.sort_by_key(key);
        prop_assert_eq!(slots, expected);
    }

    #[test]
    fn every_entry_is_what_it_says(plain in plain()) {
        let weeks: BTreeMap<String, usize> =
            plain.periods.iter().enumerate().map(|(id, period)| (format!("p{id}"), period.0)).collect();
        for entry in &compared(&plain).entries {
            let (periods, slots) = (period_times(entry), slot_times(entry));
            let text = entry.to_string();
            match entry.relation {
                SlotRelation::Exact => prop_assert!(periods.len() == 1 && periods == slots, "{}", text),
                SlotRelation::Confirmed => {
                    for period in &entry.periods {
                        let pair = |slot: &Timeslot| {
                            confirmed(&plain).contains(&(slot.id.clone(), period.id.clone())) || slot.times == period.times
                        };
                        prop_assert!(entry.timeslots.iter().any(pair), "{}", text);
                    }
                }
                SlotRelation::Shifted { start_minutes, end_minutes } => {
                    let ([period], [slot]) = (&periods[..], &slots[..]) else {
                        return Err(TestCaseError::fail(text));
                    };
                    prop_assert!(period != slot);
                    let later = |a: TimeOfDay, b: TimeOfDay| (b.seconds() as i32 - a.seconds() as i32) / 60;
                    prop_assert_eq!(start_minutes, later(period.start(), slot.start()));
                    prop_assert_eq!(end_minutes, later(period.end(), slot.end()));
                    let (a, b) = (minutes(*period), minutes(*slot));
                    prop_assert!(2 * a.intersection(&b).count() >= a.len().max(b.len()), "{}", text);
                }
                SlotRelation::Split => {
                    prop_assert_eq!(slots.len(), 1);
                    prop_assert!(make_up(slots[0], &periods), "{}", text);
                    let one_week = |week: usize| periods.iter().all(|times| {
                        entry.periods.iter().any(|period| period.times == *times && weeks[period.id.as_str()] == week)
                    });
                    prop_assert!(one_week(0) || one_week(1), "{}", text);
                }
                SlotRelation::Merged => {
                    prop_assert_eq!(periods.len(), 1);
                    prop_assert!(make_up(periods[0], &slots), "{}", text);
                }
                SlotRelation::New => prop_assert!(periods.len() == 1 && slots.is_empty()),
                SlotRelation::Gone => prop_assert!(periods.is_empty() && slots.len() == 1),
            }
        }
    }

    #[test]
    fn nothing_is_left_that_would_belong_together(plain in plain()) {
        let compared = compared(&plain);
        let weeks = |times: TimeRange, entries: &[&SlotEntry]| -> BTreeSet<usize> {
            let periods = entries.iter().flat_map(|entry| &entry.periods).filter(|period| period.times == times);
            periods.map(|period| plain.periods[period.id.as_str()[1..].parse::<usize>().unwrap()].0).collect()
        };
        for day in [Weekday::Mon, Weekday::Tue] {
            let left: Vec<&SlotEntry> = compared
                .on(day)
                .filter(|entry| matches!(entry.relation, SlotRelation::New | SlotRelation::Gone))
                .collect();
            let pairs: Vec<(TimeRange, TimeRange)> = compared
                .on(day)
                .filter(|entry| matches!(entry.relation, SlotRelation::Exact | SlotRelation::Shifted { .. }))
                .map(|entry| (entry.periods[0].times, entry.timeslots[0].times))
                .collect();
            let periods = distinct(left.iter().flat_map(|entry| period_times(entry)));
            let slots = distinct(left.iter().flat_map(|entry| slot_times(entry)));
            for slot in &slots {
                prop_assert!(!periods.contains(slot));
                for row in subsets(&periods) {
                    let shared = row.iter().map(|times| weeks(*times, &left)).reduce(|a, b| &a & &b);
                    prop_assert!(!make_up(*slot, &row) || shared.unwrap_or_default().is_empty());
                }
                for period in &periods {
                    let (a, b) = (minutes(*period), minutes(*slot));
                    let near = 2 * a.intersection(&b).count() >= a.len().max(b.len());
                    let crosses = pairs.iter().any(|(other, others)| period.cmp(other) != slot.cmp(others));
                    prop_assert!(!near || crosses, "{period} and {slot}");
                }
            }
            for period in &periods {
                prop_assert!(subsets(&slots).all(|row| !make_up(*period, &row)));
            }
            for (period, slot) in &pairs {
                for (other, others) in &pairs {
                    prop_assert_eq!(period.cmp(other), slot.cmp(others));
                }
            }
        }
    }

    #[test]
    fn the_order_of_what_is_compared_plays_no_part(plain in plain()) {
        let (mut cycle, mut slots, mut pairs) = (cycle(&plain), timeslots(&plain), confirmed(&plain));
        let compared = compare_timeslots(&cycle, &slots, &pairs);
        cycle.reverse();
        cycle.iter_mut().for_each(|week| week.days.reverse());
        slots.reverse();
        pairs.reverse();
        prop_assert_eq!(&compared, &compare_timeslots(&cycle, &slots, &pairs));
        pairs.extend(confirmed(&plain));
        prop_assert_eq!(compared, compare_timeslots(&cycle, &slots, &pairs));
    }

    #[test]
    fn a_period_has_its_own_times_unless_it_is_paired_on_its_day(plain in plain()) {
        let (slots, pairs) = (timeslots(&plain), confirmed(&plain));
        let effective = effective_times(&cycle(&plain), &slots, &pairs);
        prop_assert_eq!(effective.len(), plain.periods.len());
        for (id, &(_, day, start, length)) in plain.periods.iter().enumerate() {
            let id = PeriodId::new(format!("p{id}"));
            let mut expected = distinct(
                slots
                    .iter()
                    .filter(|slot| slot.days.contains(weekday(day)) && pairs.contains(&(slot.id.clone(), id.clone())))
                    .map(|slot| slot.times),
            );
            if expected.is_empty() {
                expected = vec![range(start, length)];
            }
            prop_assert_eq!(&effective[&id], &expected);
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_comparison_is_written_and_read_back() {
    let plain = Plain {
        periods: vec![(0, 0, 108, 12), (0, 0, 120, 12)],
        slots: vec![(true, false, 108, 12), (true, true, 121, 12)],
        confirmed: vec![],
    };
    let compared = compared(&plain);
    let json = serde_json::to_value(&compared).unwrap();
    assert_eq!(json["entries"][0]["weekday"], "Mon");
    assert_eq!(json["entries"][0]["relation"]["kind"], "exact");
    assert_eq!(
        json["entries"][1]["relation"],
        serde_json::json!({ "kind": "shifted", "start_minutes": 5, "end_minutes": 5 })
    );
    assert_eq!(json["entries"][1]["periods"][0]["id"], "p1");
    assert_eq!(
        serde_json::from_value::<SlotComparison>(json).unwrap(),
        compared
    );
}
