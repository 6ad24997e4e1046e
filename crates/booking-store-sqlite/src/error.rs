//! The one place where SQLite's errors become the store's.

use std::error::Error as StdError;

use booking_store::{StoreError, StoreErrorKind};
use sqlx::migrate::MigrateError;

/// SQLite's primary result codes that matter here: <https://sqlite.org/rescode.html>.
mod code {
    pub(super) const ERROR: i32 = 1;
    pub(super) const BUSY: i32 = 5;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const CONSTRAINT: i32 = 19;
    pub(super) const MISMATCH: i32 = 20;
    pub(super) const NOT_A_DATABASE: i32 = 26;
}

/// The store's error for one of SQLite's, for callers that run transactions of their own.
pub fn store_error(error: sqlx::Error) -> StoreError {
    let (kind, message) = classify(&error);
    StoreError::with_source(kind, message, error)
}

fn classify(error: &sqlx::Error) -> (StoreErrorKind, &'static str) {
    use sqlx::Error::{
        ColumnDecode, ColumnIndexOutOfBounds, ColumnNotFound, Configuration, Database, Decode,
        Encode, RowNotFound,
    };

    match error {
        Database(database) => match primary_code(database.as_ref()) {
            Some(code::NOT_A_DATABASE) => (
                StoreErrorKind::Corrupt,
                "the file is not an SQLite database",
            ),
            Some(code::BUSY) => (
                StoreErrorKind::Unavailable,
                "the database is busy with somebody else's writes",
            ),
            Some(code::CORRUPT) => (StoreErrorKind::Corrupt, "the database is damaged"),
            Some(code::ERROR | code::MISMATCH) => (
                StoreErrorKind::Corrupt,
                "the database does not have the tables of this version",
            ),
            Some(code::CONSTRAINT) => (
                StoreErrorKind::Invalid,
                "the database refused values that make no sense together",
            ),
            _ => (
                StoreErrorKind::Unavailable,
                "the database could not be used",
            ),
        },
        ColumnDecode { .. }
        | ColumnNotFound(_)
        | ColumnIndexOutOfBounds { .. }
        | Decode(_)
        | RowNotFound => (
            StoreErrorKind::Corrupt,
            "the database holds a value that cannot be read",
        ),
        Encode(_) => (
            StoreErrorKind::Invalid,
            "a value cannot be written to the database",
        ),
        Configuration(_) => (
            StoreErrorKind::Invalid,
            "the database's address cannot be used",
        ),
        _ => (StoreErrorKind::Unavailable, "the database did not answer"),
    }
}

pub(crate) fn migrate_error(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) => store_error(error),
        MigrateError::VersionMissing(version) => corrupt(format!(
            "the database is of a newer version, with migration {version}, which this version does not know"
        )),
        MigrateError::VersionMismatch(version) => corrupt(format!(
            "the database was made with another migration {version} than this version's"
        )),
        MigrateError::ExecuteMigration(error, version) => {
            let (kind, _) = classify(&error);
            StoreError::with_source(kind, format!("migration {version} failed"), error)
        }
        error => StoreError::with_source(
            StoreErrorKind::Corrupt,
            "the database cannot be brought up to date",
            error,
        ),
    }
}

/// What was read is not what a store writes; `what` is the column.
pub(crate) fn unreadable(what: &str, source: impl StdError + Send + Sync + 'static) -> StoreError {
    let message = format!("the database holds a value that cannot be read ({what})");
    StoreError::with_source(StoreErrorKind::Corrupt, message, source)
}

/// The file of a copy cannot be written.
pub(crate) fn uncopied(source: std::io::Error) -> StoreError {
    StoreError::with_source(
        StoreErrorKind::Unavailable,
        "the copy cannot be written",
        source,
    )
}

pub(crate) fn corrupt(message: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, message)
}

pub(crate) fn conflict(message: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Conflict, message)
}

pub(crate) fn invalid(message: impl Into<String>) -> StoreError {
    StoreError::new(StoreErrorKind::Invalid, message)
}

/// Whether another connection stood in the way.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(database) if primary_code(database.as_ref()) == Some(code::BUSY))
}

fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<i32> {
    // The low byte; the rest says where it happened.
    let extended: i32 = error.code()?.parse().ok()?;
    Some(extended & 0xff)
}
