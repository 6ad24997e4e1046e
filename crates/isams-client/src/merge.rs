use crate::{
    Section,
    canonical::{compare_ids, sort_rows},
    place::Place,
    row::Row,
};

/// What is noted where two rows with one id differ.
pub(crate) const DIFFERENT: &str = "two answers differ here, the later one is kept";

/// Adds the later rows to ours: the union by id, at every level.
///
/// A row with an id that we have takes over ours, and a difference is noted; rows inside it are united in turn, so
/// that two keys which each show a part of a building or of a timetable lose neither part. Rows without id are
/// united by content.
pub(crate) fn unite<T: Row>(ours: &mut Vec<T>, mut later: Vec<T>, at: Place<'_>) {
    sort_rows(ours);
    sort_rows(&mut later);
    let mut united = Vec::with_capacity(ours.len().max(later.len()));
    let mut ours_left = std::mem::take(ours).into_iter().peekable();
    let mut later_left = later.into_iter().peekable();
    while let (Some(our), Some(their)) = (ours_left.peek(), later_left.peek()) {
        let order = compare_ids(our.id(), their.id());
        let Some(id) = our.id().filter(|_| order.is_eq()).map(str::to_owned) else {
            united.extend(if order.is_gt() {
                later_left.next()
            } else {
                ours_left.next()
            });
            continue;
        };
        let same = |row: &T| row.id() == Some(&id);
        let mut old: Vec<T> = std::iter::from_fn(|| ours_left.next_if(same)).collect();
        let mut new: Vec<T> = std::iter::from_fn(|| later_left.next_if(same)).collect();
        let at = at.row(&id);
        if old.len() == 1 && new.len() == 1 {
            if let (Some(mut row), Some(later)) = (old.pop(), new.pop()) {
                row.absorb(later, at);
                united.push(row);
            }
            continue;
        }
        // One answer holds the id several times: which row would be which is not known.
        if old != new {
            at.note(DIFFERENT);
        }
        united.append(&mut new);
    }
    united.extend(ours_left);
    united.extend(later_left);
    sort_rows(&mut united);
    *ours = united;
}

impl<T> Section<T> {
    /// Unites two present ones, and else takes the state that decides.
    pub(crate) fn merge(&mut self, later: Self, unite: impl FnOnce(&mut T, T)) {
        match (&mut *self, later) {
            (Self::Present(ours), Self::Present(later)) => unite(ours, later),
            (ours, later) if later.strength() > ours.strength() => *ours = later,
            _ => {}
        }
    }

    fn strength(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Refused => 1,
            Self::Empty => 2,
            Self::Present(_) => 3,
            // What could not be read may be half of the area, so what could is not the whole of it.
            Self::Unreadable(_) => 4,
        }
    }
}
