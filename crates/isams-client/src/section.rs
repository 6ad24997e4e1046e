use crate::AreaState;

/// One data area of a payload, with its rows where it has any.
///
/// *Missing* and *empty* are kept apart because neither may be taken for "everything was deleted": a method
/// that is not on the key leaves its node out of the answer (inferred from how public readers guard each level).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Section<T> {
    /// At least one row.
    Present(T),
    /// The area is there and holds no row.
    Empty,
    /// The area is not in the answer.
    #[default]
    Missing,
    /// iSAMS said that the key may not have the area. Only [`Client::fetch_with`](crate::Client::fetch_with) yields this.
    Refused,
    /// The area could not be read: the reason, with the path.
    Unreadable(String),
}

impl<T> Section<T> {
    /// The state without the rows.
    pub fn state(&self) -> AreaState {
        match self {
            Self::Present(_) => AreaState::Present,
            Self::Empty => AreaState::Empty,
            Self::Missing => AreaState::Missing,
            Self::Refused => AreaState::Refused,
            Self::Unreadable(_) => AreaState::Unreadable,
        }
    }

    /// The rows of a present area.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn into_value(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            _ => None,
        }
    }
}
