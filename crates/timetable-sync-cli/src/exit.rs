//! Exit codes, and the errors that lead to them.

use std::{fmt::Display, process::ExitCode};

use booking_store::{StoreError, StoreErrorKind};

/// How the program ends. The numbers are a contract: schedulers and scripts read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, which includes that there was nothing to do.
    Done = 0,
    /// Something failed.
    Failed = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// Held by the guard, or waiting for rooms to be matched.
    Held = 3,
    /// iSAMS gave no usable answer; nothing changed.
    NoAnswer = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What a command comes to.
pub(crate) type Outcome<T = Exit> = Result<T, Failure>;

/// An error with the exit code that it leads to.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) error: anyhow::Error,
}

impl Failure {
    pub(crate) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            error: error.into(),
        }
    }

    /// Something failed, in the program's own words.
    pub(crate) fn failed(text: impl Display) -> Self {
        Self::new(Exit::Failed, anyhow::anyhow!("{text}"))
    }

    /// Wrong usage or configuration, in the program's own words.
    pub(crate) fn usage(text: impl Display) -> Self {
        Self::new(Exit::Usage, anyhow::anyhow!("{text}"))
    }

    /// Says what was being done.
    pub(crate) fn context(self, text: impl Display) -> Self {
        Self {
            exit: self.exit,
            error: self.error.context(text.to_string()),
        }
    }

    /// The error and all its sources, outermost first.
    pub(crate) fn chain(&self) -> Vec<String> {
        self.error.chain().map(ToString::to_string).collect()
    }

    /// What a person can do about it, where that is known.
    pub(crate) fn advice(&self) -> Option<String> {
        self.error
            .chain()
            .find_map(|error| error.downcast_ref::<isams_client::Error>()?.advice())
    }
}

impl From<isams_client::Error> for Failure {
    fn from(error: isams_client::Error) -> Self {
        let exit = match error {
            isams_client::Error::Address(_) | isams_client::Error::TokenAddress(_) => Exit::Usage,
            _ => Exit::NoAnswer,
        };
        Self::new(exit, error)
    }
}

impl From<timetable_sync::Error> for Failure {
    fn from(error: timetable_sync::Error) -> Self {
        let exit = match error {
            timetable_sync::Error::Source(_) => Exit::NoAnswer,
            _ => Exit::Failed,
        };
        Self::new(exit, error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let text = match error.kind() {
            StoreErrorKind::Conflict => "the booking store changed meanwhile",
            _ => "the booking store failed",
        };
        Self::new(Exit::Failed, error).context(text)
    }
}
