//! Comparing: confirmed pairs, then equal times, then several in a row, then one to one, then what is left.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use chrono::Weekday;

use super::{SlotComparison, SlotEntry, SlotRelation, Timeslot};
use crate::{
    cycle::{CycleWeek, Period},
    ids::{CycleWeekId, PeriodId, TimeslotId},
    time::TimeRange,
    weekdays::Weekdays,
};

/// How many seconds may lie between neighbours in a row, and between a row's ends and what it makes up.
const SLACK: u32 = 10 * 60;

/// Compares the periods of the cycle with the timeslots, day by day, by start and end and never by name.
///
/// On each day of the week, over all weeks of the cycle together:
///
/// 1. *Confirmed*: what `confirmed` (a timeslot and a period that it stands for) holds together, directly or through
///    others. A pair counts where the timeslot is on the period's day. Periods and timeslots of exactly the times of
///    one of these timeslots, and in no pair themselves, are with them.
/// 2. *Exact*: the same start and end.
/// 3. *Split* and *merged*: a timeslot that several periods in a row make up, or a period that several timeslots make
///    up. A row may leave out up to ten minutes at either end and between neighbours, each of its parts lies mostly
///    within the whole, and its periods share a week of the cycle. The closest rows come first.
/// 4. *Shifted*: one to one where the two share at least half of the longer one. Those that share most come first, and
///    no pair crosses an exact or shifted one: if a period is before another, by start and then end, so is its
///    timeslot.
/// 5. *New* and *gone*: what is left.
///
/// The order of weeks, days, periods, timeslots and pairs plays no part.
///
/// ```
/// use chrono::Weekday;
/// use room_timetable::*;
///
/// let times = |text: &str| {
///     let (start, end) = text.split_once('-').unwrap();
///     TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
/// };
/// let period = |id: &str, name: &str, text| Period { id: id.into(), name: name.into(), times: times(text) };
/// let monday = SchoolDay {
///     weekday: Weekday::Mon,
///     active: true,
///     periods: vec![period("1", "Period 1", "09:00-10:00"), period("2", "Period 2", "10:00-11:00")],
/// };
/// let cycle = [CycleWeek { id: "A".into(), name: "Week A".into(), active: true, days: vec![monday] }];
/// let slot = |id: &str, name: &str, text| Timeslot {
///     id: id.into(),
///     name: name.into(),
///     days: "Mon".parse().unwrap(),
///     times: times(text),
/// };
/// let slots = [slot("a", "Period 2", "09:00-10:00"), slot("b", "Slot B", "10:05-11:05")];
///
/// let compared = compare_timeslots(&cycle, &slots, &[]);
/// let words: Vec<String> = compared.entries.iter().map(ToString::to_string).collect();
/// assert_eq!(
///     words,
///     [
///         "Mon Period 1 09:00-10:00 is the same here: Period 2 09:00-10:00",
///         "Mon Period 2 10:00-11:00 is 5 minutes later here: Slot B 10:05-11:05",
///     ]
/// );
/// assert!(!compared.entries[1].relation.takes_effect());
///
/// let compared = compare_timeslots(&cycle, &slots, &[("b".into(), "2".into())]);
/// assert!(compared.entries[1].relation.takes_effect());
/// ```
pub fn compare_timeslots(
    cycle: &[CycleWeek],
    timeslots: &[Timeslot],
    confirmed: &[(TimeslotId, PeriodId)],
) -> SlotComparison {
    let school_days = cycle.iter().flat_map(|week| &week.days);
    let days: Weekdays = school_days
        .map(|day| day.weekday)
        .chain(timeslots.iter().flat_map(|slot| slot.days.iter()))
        .collect();
    let mut entries = Vec::new();
    for weekday in days.iter() {
        let mut day = Day::new(weekday, cycle, timeslots);
        day.confirmed(confirmed);
        day.exact();
        day.rows();
        day.shifted();
        day.left();
        entries.append(&mut day.sorted());
    }
    SlotComparison { entries }
}

/// One day of the week: what is not yet in an entry, and the entries.
struct Day<'a> {
    weekday: Weekday,
    periods: BTreeMap<TimeRange, Vec<At<'a>>>,
    timeslots: BTreeMap<TimeRange, Vec<&'a Timeslot>>,
    /// Exact and shifted pairs, which no other pair may cross.
    pairs: Vec<(TimeRange, TimeRange)>,
    entries: Vec<SlotEntry>,
}

/// A period and its week.
struct At<'a> {
    week: &'a CycleWeekId,
    period: &'a Period,
}

impl<'a> Day<'a> {
    fn new(weekday: Weekday, cycle: &'a [CycleWeek], timeslots: &'a [Timeslot]) -> Self {
        let mut periods: BTreeMap<TimeRange, Vec<At<'a>>> = BTreeMap::new();
        for week in cycle {
            for day in week.days.iter().filter(|day| day.weekday == weekday) {
                for period in &day.periods {
                    let week = &week.id;
                    periods
                        .entry(period.times)
                        .or_default()
                        .push(At { week, period });
                }
            }
        }
        let mut slots: BTreeMap<TimeRange, Vec<&Timeslot>> = BTreeMap::new();
        for slot in timeslots.iter().filter(|slot| slot.days.contains(weekday)) {
            slots.entry(slot.times).or_default().push(slot);
        }
        Self {
            weekday,
            periods,
            timeslots: slots,
            pairs: Vec::new(),
            entries: Vec::new(),
        }
    }

    fn confirmed(&mut self, confirmed: &[(TimeslotId, PeriodId)]) {
        let periods: BTreeSet<&PeriodId> = self
            .periods
            .values()
            .flatten()
            .map(|at| &at.period.id)
            .collect();
        let slots: BTreeSet<&TimeslotId> =
            self.timeslots.values().flatten().map(|at| &at.id).collect();
        let mut open: BTreeSet<(&TimeslotId, &PeriodId)> = confirmed
            .iter()
            .filter(|(slot, period)| slots.contains(slot) && periods.contains(period))
            .map(|(slot, period)| (slot, period))
            .collect();
        let paired: BTreeSet<&PeriodId> = open.iter().map(|(_, period)| *period).collect();
        let paired_slots: BTreeSet<&TimeslotId> = open.iter().map(|(slot, _)| *slot).collect();
        while let Some((slot, period)) = open.pop_first() {
            let (mut slots, mut periods) = (BTreeSet::from([slot]), BTreeSet::from([period]));
            loop {
                let (joined, apart): (BTreeSet<_>, BTreeSet<_>) = open
                    .into_iter()
                    .partition(|(slot, period)| slots.contains(slot) || periods.contains(period));
                open = apart;
                if joined.is_empty() {
                    break;
                }
                for (slot, period) in joined {
                    slots.insert(slot);
                    periods.insert(period);
                }
            }
            let times: BTreeSet<TimeRange> = self
                .timeslots
                .iter()
                .filter(|(_, at)| at.iter().any(|slot| slots.contains(&slot.id)))
                .map(|(times, _)| *times)
                .collect();
            let slots = self.take_timeslots(|slot| {
                let same_times = times.contains(&slot.times) && !paired_slots.contains(&slot.id);
                same_times || slots.contains(&slot.id)
            });
            let periods = self.take_periods(|period| {
                let same_times = times.contains(&period.times) && !paired.contains(&period.id);
                same_times || periods.contains(&period.id)
            });
            self.put(SlotRelation::Confirmed, periods, slots);
        }
    }

    fn exact(&mut self) {
        let both: Vec<TimeRange> = self
            .periods
            .keys()
            .filter(|times| self.timeslots.contains_key(times))
            .copied()
            .collect();
        for times in both {
            self.pairs.push((times, times));
            self.put_times(SlotRelation::Exact, &[times], &[times]);
        }
    }

    fn rows(&mut self) {
        while let Some((split, whole, parts)) = self.closest_row() {
            if split {
                self.put_times(SlotRelation::Split, &parts, &[whole]);
            } else {
                self.put_times(SlotRelation::Merged, &[whole], &parts);
            }
        }
    }

    /// Whether it is split rather than merged, the whole, and its parts.
    fn closest_row(&self) -> Option<(bool, TimeRange, Vec<TimeRange>)> {
        let weeks: BTreeSet<&CycleWeekId> =
            self.periods.values().flatten().map(|at| at.week).collect();
        let periods_of_weeks: Vec<Vec<TimeRange>> = weeks
            .into_iter()
            .map(|week| {
                let of_week = self
                    .periods
                    .iter()
                    .filter(|(_, periods)| periods.iter().any(|at| at.week == week));
                of_week.map(|(times, _)| *times).collect()
            })
            .collect();
        let slots: Vec<TimeRange> = self.timeslots.keys().copied().collect();
        let split = slots.iter().flat_map(|whole| {
            periods_of_weeks
                .iter()
                .filter_map(|parts| Some((row(*whole, parts)?, true, *whole)))
        });
        let merged = self
            .periods
            .keys()
            .filter_map(|whole| Some((row(*whole, &slots)?, false, *whole)));
        split
            .chain(merged)
            .min_by(|((off, parts, ..), split, whole), (b, b_split, b_whole)| {
                (off, whole, split, parts).cmp(&(&b.0, b_whole, b_split, &b.1))
            })
            .map(|((_, parts), split, whole)| (split, whole, parts))
    }

    fn shifted(&mut self) {
        let mut near: Vec<(TimeRange, TimeRange)> = self
            .periods
            .keys()
            .flat_map(|period| self.timeslots.keys().map(|slot| (*period, *slot)))
            .filter(|(period, slot)| {
                2 * period.seconds_shared(*slot) >= period.seconds().max(slot.seconds())
            })
            .collect();
        near.sort_by_key(|&(period, slot)| {
            let off = period.start().seconds().abs_diff(slot.start().seconds())
                + period.end().seconds().abs_diff(slot.end().seconds());
            (Reverse(period.seconds_shared(slot)), off, period, slot)
        });
        for (period, slot) in near {
            let crosses = self
                .pairs
                .iter()
                .any(|(other, others)| period.cmp(other) != slot.cmp(others));
            let is_left = self.periods.contains_key(&period) && self.timeslots.contains_key(&slot);
            if is_left && !crosses {
                self.pairs.push((period, slot));
                let relation = SlotRelation::Shifted {
                    start_minutes: minutes_later(period.start().seconds(), slot.start().seconds()),
                    end_minutes: minutes_later(period.end().seconds(), slot.end().seconds()),
                };
                self.put_times(relation, &[period], &[slot]);
            }
        }
    }

    fn left(&mut self) {
        while let Some(times) = self.periods.keys().next().copied() {
            self.put_times(SlotRelation::New, &[times], &[]);
        }
        while let Some(times) = self.timeslots.keys().next().copied() {
            self.put_times(SlotRelation::Gone, &[], &[times]);
        }
    }

    fn sorted(self) -> Vec<SlotEntry> {
        let mut entries = self.entries;
        entries.sort_by_cached_key(|entry| {
            let periods = entry.periods.iter().map(|period| period.times);
            let slots = entry.timeslots.iter().map(|slot| slot.times);
            let first = periods.chain(slots).min();
            let ids = entry.periods.first().map(|period| period.id.clone());
            let slot_ids = entry.timeslots.first().map(|slot| slot.id.clone());
            (first, entry.relation, ids, slot_ids)
        });
        entries
    }

    /// Makes an entry of everything that has these times.
    fn put_times(&mut self, relation: SlotRelation, periods: &[TimeRange], slots: &[TimeRange]) {
        let periods = self.take_periods(|period| periods.contains(&period.times));
        let slots = self.take_timeslots(|slot| slots.contains(&slot.times));
        self.put(relation, periods, slots);
    }

    fn put(&mut self, relation: SlotRelation, periods: Vec<Period>, timeslots: Vec<Timeslot>) {
        self.entries.push(SlotEntry {
            weekday: self.weekday,
            relation,
            periods,
            timeslots,
        });
    }

    fn take_periods(&mut self, is_taken: impl Fn(&Period) -> bool) -> Vec<Period> {
        let mut taken: Vec<Period> = Vec::new();
        self.periods.retain(|_, at| {
            taken.extend(
                at.extract_if(.., |at| is_taken(at.period))
                    .map(|at| at.period.clone()),
            );
            !at.is_empty()
        });
        taken.sort_by(|a, b| (a.times, &a.id, &a.name).cmp(&(b.times, &b.id, &b.name)));
        taken
    }

    fn take_timeslots(&mut self, is_taken: impl Fn(&Timeslot) -> bool) -> Vec<Timeslot> {
        let mut taken: Vec<Timeslot> = Vec::new();
        self.timeslots.retain(|_, at| {
            taken.extend(at.extract_if(.., |slot| is_taken(slot)).cloned());
            !at.is_empty()
        });
        taken.sort_by(|a, b| (a.times, a).cmp(&(b.times, b)));
        taken
    }
}

/// The closest row of two or more parts that makes up the whole, and by how many seconds it is off.
///
/// `parts` are in order, and each is there once.
fn row(whole: TimeRange, parts: &[TimeRange]) -> Option<(u32, Vec<TimeRange>)> {
    /// The best row so far that ends with a part, by seconds off.
    type Best = Option<(u32, Vec<TimeRange>)>;
    let within: Vec<TimeRange> = parts
        .iter()
        .filter(|part| 2 * part.seconds_shared(whole) > part.seconds())
        .copied()
        .collect();
    // For each part as the last one: the row of it alone, and the best of several.
    let mut rows: Vec<(Best, Best)> = Vec::with_capacity(within.len());
    for part in &within {
        let late = whole.start().seconds().abs_diff(part.start().seconds());
        let alone = (late <= SLACK).then(|| (late, vec![*part]));
        let several = rows
            .iter()
            .flat_map(|(alone, several)| [alone, several])
            .flatten()
            .filter_map(|(off, row)| {
                let gap = part
                    .start()
                    .seconds()
                    .checked_sub(row.last()?.end().seconds())?;
                (gap <= SLACK).then(|| (off + gap, [row.as_slice(), &[*part]].concat()))
            })
            .min();
        rows.push((alone, several));
    }
    rows.into_iter()
        .filter_map(|(_, several)| several)
        .filter_map(|(off, row)| {
            let early = whole.end().seconds().abs_diff(row.last()?.end().seconds());
            (early <= SLACK).then_some((off + early, row))
        })
        .min()
}

/// The minutes from the period's time to the timeslot's, away from zero, so that no difference reads as none.
fn minutes_later(period: u32, slot: u32) -> i32 {
    let minutes = i32::try_from(period.abs_diff(slot).div_ceil(60)).unwrap_or(i32::MAX);
    if slot < period { -minutes } else { minutes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycle::SchoolDay;

    fn range(text: &str) -> TimeRange {
        let (start, end) = text.split_once('-').unwrap();
        TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    /// Mondays, one for each list of periods: `id name times`.
    fn cycle(weeks: &[&[&str]]) -> Vec<CycleWeek> {
        let week = |(number, periods): (usize, &&[&str])| {
            let periods = periods.iter().map(|text| {
                let mut words = text.split(' ');
                Period {
                    id: words.next().unwrap().into(),
                    name: words.next().unwrap().to_owned(),
                    times: range(words.next().unwrap()),
                }
            });
            CycleWeek {
                id: number.to_string().into(),
                name: format!("Week {number}"),
                active: true,
                days: vec![SchoolDay {
                    weekday: Weekday::Mon,
                    active: true,
                    periods: periods.collect(),
                }],
            }
        };
        weeks.iter().enumerate().map(week).collect()
    }

    /// Timeslots of Monday: `name times`; the name is the id too.
    fn slots(texts: &[&str]) -> Vec<Timeslot> {
        let slot = |text: &&str| {
            let (name, times) = text.split_once(' ').unwrap();
            Timeslot {
                id: name.into(),
                name: name.to_owned(),
                days: "Mon".parse().unwrap(),
                times: range(times),
            }
        };
        texts.iter().map(slot).collect()
    }

    fn words(weeks: &[&[&str]], timeslots: &[&str], confirmed: &[(&str, &str)]) -> Vec<String> {
        let confirmed: Vec<(TimeslotId, PeriodId)> = confirmed
            .iter()
            .map(|(slot, period)| ((*slot).into(), (*period).into()))
            .collect();
        compare_timeslots(&cycle(weeks), &slots(timeslots), &confirmed)
            .entries
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn equal_times_pair_and_equal_names_do_not() {
        assert_eq!(
            words(
                &[&["1 P1 09:00-09:50", "2 P2 14:00-14:50"]],
                &["P2 09:00-09:50", "P1 16:00-16:50"],
                &[]
            ),
            [
                "Mon P1 09:00-09:50 is the same here: P2 09:00-09:50",
                "Mon P2 14:00-14:50 has no timeslot here",
                "Mon P1 16:00-16:50 has no period in the timetable",
            ]
        );
    }

    #[test]
    fn weeks_and_divisions_that_share_times_share_an_entry() {
        assert_eq!(
            words(
                &[
                    &["1 P1 09:00-09:50", "3 Prep1 09:00-09:50"],
                    &["2 P1 09:00-09:50"]
                ],
                &["A 09:00-09:50", "B 09:00-09:50"],
                &[]
            ),
            ["Mon P1 / Prep1 09:00-09:50 is the same here: A / B 09:00-09:50"]
        );
    }

    #[test]
    fn other_minutes_are_told_with_their_direction() {
        for (period, slot, told) in [
            ("10:00-11:00", "10:05-11:05", "is 5 minutes later here"),
            ("10:00-11:00", "09:59-10:59", "is 1 minute earlier here"),
            ("10:00-11:00", "10:00-10:45", "ends 15 minutes earlier here"),
            ("10:00-11:00", "10:10-11:00", "starts 10 minutes later here"),
            (
                "10:00-11:00",
                "09:50-11:05",
                "starts 10 minutes earlier and ends 5 minutes later here",
            ),
            (
                "10:00-11:00",
                "10:00:30-11:00",
                "starts 1 minute later here",
            ),
        ] {
            let expected = format!("Mon P {period} {told}: S {slot}");
            let found = words(&[&[&format!("1 P {period}")]], &[&format!("S {slot}")], &[]);
            assert_eq!(found, [expected]);
        }
    }

    #[test]
    fn less_than_half_in_common_is_no_shift() {
        let period: &[&str] = &["1 P 10:00-11:00"];
        assert_eq!(
            words(&[period], &["S 10:30-11:30"], &[]),
            ["Mon P 10:00-11:00 is 30 minutes later here: S 10:30-11:30"]
        );
        assert_eq!(words(&[period], &["S 10:31-11:31"], &[]).len(), 2);
        assert_eq!(words(&[period], &["S 10:00-10:29"], &[]).len(), 2);
    }

    #[test]
    fn a_double_timeslot_is_split_over_its_periods_and_the_reverse_is_merged() {
        let halves = ["1 P1 09:00-09:30", "2 P2 09:35-10:00"];
        assert_eq!(
            words(&[&halves], &["S 09:00-10:05"], &[]),
            ["Mon P1 09:00-09:30 and P2 09:35-10:00 are one timeslot here: S 09:00-10:05"]
        );
        assert_eq!(
            words(
                &[&["1 P 09:00-10:05"]],
                &["A 09:00-09:30", "B 09:35-10:00"],
                &[]
            ),
            ["Mon P 09:00-10:05 is several timeslots here: A 09:00-09:30 and B 09:35-10:00"]
        );
    }

    #[test]
    fn a_row_with_a_break_in_it_is_none() {
        let entries = words(
            &[&["1 P1 09:00-09:30", "2 P2 09:41-10:10"]],
            &["S 09:00-10:10"],
            &[],
        );
        assert_eq!(entries.len(), 3, "{entries:?}");
    }

    #[test]
    fn a_row_may_leave_out_ten_minutes_and_not_eleven() {
        let is_row = |start, next, end| {
            let (first, second) = (format!("1 P1 {start}-09:30"), format!("2 P2 {next}-{end}"));
            words(&[&[&first, &second]], &["S 09:00-10:00"], &[]).len() == 1
        };
        assert!(is_row("09:10", "09:40", "09:50"));
        assert!(!is_row("09:11", "09:40", "09:50"));
        assert!(!is_row("09:10", "09:41", "09:50"));
        assert!(!is_row("09:10", "09:40", "09:49"));
        assert!(is_row("08:50", "09:40", "10:10"));
        assert!(!is_row("08:49", "09:40", "10:10"));
        assert!(!is_row("08:50", "09:40", "10:11"));
    }

    #[test]
    fn periods_of_different_weeks_make_no_row() {
        let (first, second) = ("1 P1 09:00-09:30", "2 P2 09:30-10:00");
        assert_eq!(words(&[&[first, second]], &["S 09:00-10:00"], &[]).len(), 1);
        assert!(
            words(&[&[first], &[second]], &["S 09:00-10:00"], &[])
                .iter()
                .all(|entry| !entry.contains("one timeslot"))
        );
    }

    #[test]
    fn the_closest_row_comes_first() {
        // Both slots could be made up of the two periods.
        assert_eq!(
            words(
                &[&["1 P1 09:00-09:30", "2 P2 09:30-10:00"]],
                &["A 08:55-10:00", "B 09:00-10:00"],
                &[]
            ),
            [
                "Mon A 08:55-10:00 has no period in the timetable",
                "Mon P1 09:00-09:30 and P2 09:30-10:00 are one timeslot here: B 09:00-10:00",
            ]
        );
    }

    #[test]
    fn shifted_pairs_do_not_cross() {
        // The second period has more in common with the first slot than the first period has with the second.
        let entries = words(
            &[&["1 P1 09:00-10:00", "2 P2 09:20-10:20"]],
            &["A 09:15-10:15", "B 09:30-10:30"],
            &[],
        );
        assert_eq!(
            entries,
            [
                "Mon P1 09:00-10:00 has no timeslot here",
                "Mon P2 09:20-10:20 is 5 minutes earlier here: A 09:15-10:15",
                "Mon B 09:30-10:30 has no period in the timetable",
            ]
        );
    }

    #[test]
    fn an_administrators_pair_stands_whatever_the_times() {
        assert_eq!(
            words(
                &[
                    &["1 P1 09:00-10:00"],
                    &["2 P1 09:10-10:00", "3 P2 15:00-16:00"]
                ],
                &["A 11:00-12:00", "B 09:10-10:00"],
                &[("A", "1"), ("B", "1")]
            ),
            [
                "Mon P1 09:00-10:00 and P1 09:10-10:00 are paired by an administrator with B 09:10-10:00 and A \
                 11:00-12:00",
                "Mon P2 15:00-16:00 has no timeslot here",
            ]
        );
    }

    #[test]
    fn periods_of_exactly_a_confirmed_timeslots_times_are_with_it() {
        assert_eq!(
            words(
                &[&["1 P1 09:00-10:00"], &["2 P1 09:05-10:05"]],
                &["A 09:05-10:05", "B 09:00-10:00"],
                &[("A", "1")]
            ),
            [
                "Mon P1 09:00-10:00 and P1 09:05-10:05 are paired by an administrator with A 09:05-10:05",
                "Mon B 09:00-10:00 has no period in the timetable",
            ]
        );
    }

    #[test]
    fn a_pair_on_another_day_counts_for_nothing() {
        let tuesdays = Timeslot {
            days: "Tue".parse().unwrap(),
            ..slots(&["A 09:00-10:00"]).remove(0)
        };
        let confirmed = [("A".into(), "1".into()), ("gone".into(), "1".into())];
        let compared = compare_timeslots(&cycle(&[&["1 P1 09:00-10:00"]]), &[tuesdays], &confirmed);
        let relations: Vec<(Weekday, SlotRelation)> = compared
            .entries
            .iter()
            .map(|entry| (entry.weekday, entry.relation))
            .collect();
        assert_eq!(
            relations,
            [
                (Weekday::Mon, SlotRelation::New),
                (Weekday::Tue, SlotRelation::Gone)
            ]
        );
        assert_eq!(compared.days().to_string(), "Mon Tue");
        assert_eq!(compared.on(Weekday::Tue).count(), 1);
    }
}
