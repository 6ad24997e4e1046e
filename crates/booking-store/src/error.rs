//! What can go wrong in a store.

use std::error::Error as StdError;

/// Why a store could not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// What the change was made from is no longer so; load, plan and try again.
    Conflict,
    /// The values make no sense together, such as a booking of a room that is not there.
    Invalid,
    /// The database is not one of ours, or of a newer version, or holds what cannot be read.
    Corrupt,
    /// The database could not be reached or did not answer in time.
    Unavailable,
}

/// A failed call of a store. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StoreError {
    /// An error of this kind; `message` is a lower-case fragment.
    pub fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The same with the backend's own error as its source.
    pub fn with_source(
        kind: StoreErrorKind,
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self {
            kind,
            message: message.into(),
            source: Some(Box::new(source)),
        }
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}
