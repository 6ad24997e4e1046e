//! Terms and week allocations.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};

use super::spec::{Spec, TermSpec};

#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) id: u32,
    pub(super) spec: TermSpec,
}

#[derive(Clone, Debug)]
pub(super) struct Allocation {
    pub(super) id: u32,
    pub(super) key: (i32, u32),
    pub(super) cycle_week: u32,
}

/// Calendar year and SQL Server's `DATEPART(week)` with weeks from Sunday; 1 January is always in
/// week 1.
pub(super) fn sql_week(date: NaiveDate) -> (i32, u32) {
    let week = (date.ordinal() + 12 - date.weekday().num_days_from_sunday()) / 7;
    (date.year(), week)
}

pub(super) fn terms(spec: &Spec) -> Vec<Term> {
    (61 + spec.base..)
        .zip(&spec.terms)
        .map(|(id, term)| Term {
            id,
            spec: term.clone(),
        })
        .collect()
}

/// One row per (year, week) that a term touches, half terms left out; the cycle restarts each term.
pub(super) fn allocations(spec: &Spec, cycle: &[u32]) -> Vec<Allocation> {
    let mut rows: Vec<((i32, u32), u32)> = Vec::new();
    for term in &spec.terms {
        let mut weeks = cycle.iter().copied().cycle();
        let mut sunday = sunday_before(term.start);
        while sunday <= term.finish {
            if sunday + Days::new(1) != term.half_term
                && let Some(week) = weeks.next()
            {
                rows.extend(keys(sunday).into_iter().map(|key| (key, week)));
            }
            sunday = sunday + Days::new(7);
        }
    }
    if let Some(&week) = cycle.first() {
        for &sunday in &spec.allocated_holidays {
            rows.extend(keys(sunday).into_iter().map(|key| (key, week)));
        }
    }
    // The feed has them in the order in which somebody entered them: the doubled ones last.
    let this_year: Vec<_> = rows
        .iter()
        .copied()
        .filter(|&(key, _)| key >= (2031, 36))
        .collect();
    rows.extend(
        this_year
            .into_iter()
            .skip(3)
            .step_by(7)
            .take(spec.doubled_allocations),
    );
    (501 + spec.base..)
        .zip(rows)
        .map(|(id, (key, cycle_week))| Allocation {
            id,
            key,
            cycle_week,
        })
        .collect()
}

fn sunday_before(date: NaiveDate) -> NaiveDate {
    date - Days::new(u64::from(date.weekday().num_days_from_sunday()))
}

/// The one or, over New Year, two keys of a Sunday-to-Saturday week.
fn keys(sunday: NaiveDate) -> BTreeSet<(i32, u32)> {
    sunday.iter_days().take(7).map(sql_week).collect()
}

#[cfg(test)]
mod tests {
    use super::super::schools::date;
    use super::*;

    #[test]
    fn weeks_are_numbered_as_sql_server_does() {
        for (day, key) in [
            ((2023, 12, 31), (2023, 53)),
            ((2024, 1, 1), (2024, 1)),
            ((2022, 1, 1), (2022, 1)),
            ((2022, 1, 2), (2022, 2)),
            ((2028, 12, 31), (2028, 54)),
            ((2024, 9, 2), (2024, 36)),
            ((2025, 12, 29), (2025, 53)),
            ((2026, 1, 2), (2026, 1)),
            ((2031, 12, 29), (2031, 53)),
            ((2032, 1, 2), (2032, 1)),
        ] {
            assert_eq!(sql_week(date(day)), key, "{day:?}");
        }
    }

    #[test]
    fn new_year_has_two_keys_of_one_cycle_week_and_half_term_none() {
        let rows = allocations(&super::super::schools::birchwood(), &[1, 2]);
        let of = |day| {
            let key = sql_week(date(day));
            rows.iter()
                .filter(|row| row.key == key)
                .map(|row| row.cycle_week)
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(of((2031, 12, 29)), [1].into());
        assert_eq!(of((2032, 1, 2)), [1].into());
        assert_eq!(of((2031, 10, 15)), [1].into());
        assert_eq!(of((2031, 10, 22)), [].into());
        assert_eq!(
            of((2031, 10, 29)),
            [2].into(),
            "the week after half term goes on where the cycle stopped"
        );
    }
}
