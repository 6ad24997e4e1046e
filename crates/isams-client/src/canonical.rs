use std::cmp::Ordering;

use crate::row::Row;

/// Sorts the rows and every list inside them, and drops exact duplicates.
pub(crate) fn sort_rows<T: Row>(rows: &mut Vec<T>) {
    for row in &mut *rows {
        row.sort_lists();
    }
    rows.sort_unstable_by(|a, b| compare_ids(a.id(), b.id()).then_with(|| a.cmp(b)));
    rows.dedup();
}

/// Sorts ids and drops duplicates.
pub(crate) fn sort_ids(ids: &mut Vec<String>) {
    ids.sort_unstable_by(|a, b| compare_ids(Some(a), Some(b)));
    ids.dedup();
}

/// Numeric ids by number, then other ids by text, then none. Equal only when the texts are.
pub(crate) fn compare_ids(a: Option<&str>, b: Option<&str>) -> Ordering {
    fn rank(id: Option<&str>) -> (u8, usize, &str) {
        match id {
            // Without leading zeros, a longer number is a greater one: no id is too long to compare.
            Some(id) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
                let number = id.trim_start_matches('0');
                (0, number.len(), number)
            }
            Some(id) => (1, 0, id),
            None => (2, 0, ""),
        }
    }
    rank(a).cmp(&rank(b)).then_with(|| a.cmp(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_number_then_text_then_none() {
        let sorted = [
            Some("0"),
            Some("007"),
            Some("7"),
            Some("10"),
            Some("99999999999999999999999998"),
            Some("99999999999999999999999999"),
            Some("-1"),
            Some("9B"),
            Some("a"),
            None,
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare_ids(*a, *b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }
}
