//! Ids for what a sync creates.

use std::collections::BTreeSet;

/// The wished id, or the first of `wish-2`, `wish-3`, ... that is not taken. It is taken from then on.
pub(crate) fn free_id(taken: &mut BTreeSet<String>, wish: &str) -> String {
    let mut id = wish.to_owned();
    let mut number = 1;
    while !taken.insert(id.clone()) {
        number += 1;
        id = format!("{wish}-{number}");
    }
    id
}
