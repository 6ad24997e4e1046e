//! The best assignment of rows to columns, and whether there is only one.

/// For each row, the columns that it has in one best assignment or another; [`None`] stands for no column.
///
/// `weights[row][column]` says what a pair is worth; 0 or less means that it is out of the question. A row and a column
/// are used once at most, and the sum is as large as it can be. Where every best assignment agrees about a row it has
/// one partner here; where they do not, the row is tied.
pub(super) fn best_partners(weights: &[Vec<i64>]) -> Vec<Vec<Option<usize>>> {
    let (rows, columns) = (weights.len(), weights.first().map_or(0, Vec::len));
    // Square, so that every row and column may also stay alone, for nothing.
    let size = rows + columns;
    let weight = |row: usize, column: usize| match weights.get(row) {
        Some(row) => row.get(column).copied().unwrap_or(0).max(0),
        None => 0,
    };
    let solved = Solved::of(size, |row, column| -weight(row, column));
    let tight = |row: usize, column: usize| {
        -weight(row, column) == solved.of_rows[row] + solved.of_columns[column]
    };
    let partner = |row: usize, column: usize| (weight(row, column) > 0).then_some(column);
    (0..rows)
        .map(|row| {
            // Another best assignment differs by a cycle of pairs that cost nothing to change.
            let mut starts: Vec<Option<usize>> = vec![None; size];
            let mut stack = vec![row];
            let mut reached = vec![false; size];
            let mut partners = vec![partner(row, solved.column_of[row])];
            for column in (0..size).filter(|&column| tight(row, column)) {
                starts[solved.row_of[column]] = Some(column);
            }
            // Backwards from the row: whose column could it take, so that the chain comes back?
            while let Some(open) = stack.pop() {
                let column = solved.column_of[open];
                for (other, reached) in reached.iter_mut().enumerate() {
                    if !*reached && other != open && tight(other, column) {
                        *reached = true;
                        stack.push(other);
                    }
                }
            }
            for (other, start) in starts.iter().enumerate() {
                if let Some(column) = start
                    && reached[other]
                {
                    partners.push(partner(row, *column));
                }
            }
            partners.sort_unstable();
            partners.dedup();
            partners
        })
        .collect()
}

/// A cheapest assignment with the prices that prove it.
#[derive(Debug)]
struct Solved {
    column_of: Vec<usize>,
    row_of: Vec<usize>,
    /// No pair costs less than the prices of its row and its column together, and assigned pairs cost just that.
    of_rows: Vec<i64>,
    of_columns: Vec<i64>,
}

impl Solved {
    /// The Hungarian method: rows join one by one, each along the cheapest chain of changes.
    fn of(size: usize, cost: impl Fn(usize, usize) -> i64) -> Self {
        let mut of_rows = vec![0_i64; size];
        let mut of_columns = vec![0_i64; size];
        let mut row_of: Vec<Option<usize>> = vec![None; size];
        for new in 0..size {
            let mut cheapest = vec![i64::MAX; size];
            let mut came_from: Vec<Option<usize>> = vec![None; size];
            let mut done = vec![false; size];
            let (mut row, mut last) = (new, None);
            let end = loop {
                let mut next: Option<usize> = None;
                for column in (0..size).filter(|&column| !done[column]) {
                    let over = cost(row, column) - of_rows[row] - of_columns[column];
                    if over < cheapest[column] {
                        cheapest[column] = over;
                        came_from[column] = last;
                    }
                    if next.is_none_or(|next| cheapest[column] < cheapest[next]) {
                        next = Some(column);
                    }
                }
                let Some(next) = next else { break last };
                let step = cheapest[next];
                of_rows[new] += step;
                for column in 0..size {
                    if done[column] {
                        of_columns[column] -= step;
                        if let Some(row) = row_of[column] {
                            of_rows[row] += step;
                        }
                    } else {
                        cheapest[column] -= step;
                    }
                }
                done[next] = true;
                last = Some(next);
                match row_of[next] {
                    Some(taken) => row = taken,
                    None => break last,
                }
            };
            let mut column = end;
            while let Some(taken) = column {
                let before = came_from[taken];
                row_of[taken] = match before {
                    Some(before) => row_of[before],
                    None => Some(new),
                };
                column = before;
            }
        }
        let mut column_of = vec![0; size];
        let row_of: Vec<usize> = row_of.into_iter().map(Option::unwrap_or_default).collect();
        for (column, row) in row_of.iter().enumerate() {
            column_of[*row] = column;
        }
        Self {
            column_of,
            row_of,
            of_rows,
            of_columns,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Every assignment there is, one row after the other; the best sum and what each row has in any that reaches it.
    fn by_trying(weights: &[Vec<i64>]) -> Vec<Vec<Option<usize>>> {
        fn try_rows(
            weights: &[Vec<i64>],
            chosen: &mut Vec<Option<usize>>,
            all: &mut Vec<(i64, Vec<Option<usize>>)>,
        ) {
            let row = chosen.len();
            if row == weights.len() {
                let pairs = chosen.iter().enumerate();
                let sum = pairs.filter_map(|(row, column)| column.map(|c| weights[row][c]));
                all.push((sum.sum(), chosen.clone()));
                return;
            }
            let open = (0..weights[row].len())
                .filter(|column| weights[row][*column] > 0 && !chosen.contains(&Some(*column)));
            let choices: Vec<Option<usize>> = open.map(Some).chain([None]).collect();
            for choice in choices {
                chosen.push(choice);
                try_rows(weights, chosen, all);
                chosen.pop();
            }
        }
        let mut all = Vec::new();
        try_rows(weights, &mut Vec::new(), &mut all);
        let best = all.iter().map(|(sum, _)| *sum).max().unwrap_or_default();
        let mut partners = vec![BTreeSet::new(); weights.len()];
        for (_, chosen) in all.iter().filter(|(sum, _)| *sum == best) {
            for (row, column) in chosen.iter().enumerate() {
                partners[row].insert(*column);
            }
        }
        partners
            .into_iter()
            .map(|set| set.into_iter().collect())
            .collect()
    }

    fn table() -> impl Strategy<Value = Vec<Vec<i64>>> {
        // Few different weights, so that ties are common.
        (1..5_usize, 1..5_usize, 1..8_i64).prop_flat_map(|(rows, columns, top)| {
            prop::collection::vec(prop::collection::vec(-1..=top, columns), rows)
        })
    }

    proptest! {
        #[test]
        fn partners_are_those_of_every_best_assignment(weights in table()) {
            prop_assert_eq!(best_partners(&weights), by_trying(&weights));
        }
    }

    #[test]
    fn nothing_to_assign_is_no_partner() {
        assert_eq!(best_partners(&[]), Vec::<Vec<Option<usize>>>::new());
        assert_eq!(best_partners(&[vec![], vec![]]), [[None], [None]]);
        assert_eq!(best_partners(&[vec![0, -5]]), [[None]]);
    }

    #[test]
    fn the_sum_counts_and_not_the_first_row() {
        assert_eq!(
            best_partners(&[vec![9, 8], vec![8, 1]]),
            [[Some(1)], [Some(0)]]
        );
    }
}
