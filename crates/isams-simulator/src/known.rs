//! The error documents of iSAMS that are publicly known.

use crate::answer::Answer;

/// One of the seven error documents that a public client recorded.
///
/// The documents are theirs to the byte, with line ends as LF: a prolog that claims UTF-16 before
/// bytes that are not, and the fields `MessageId`, `MessageName`, `Title` and `Description`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KnownError {
    /// The key is unknown; 401.
    InvalidApiKey,
    /// A method of `MethodsToRun` is unknown or not on the key; 403. The recorded one names
    /// `schoolreports_getrecords`.
    MethodsNotAllocated,
    /// A method was to run without the filter that it needs; the status 400 is inferred. The
    /// recorded one names `SchoolReports - GetReports`.
    FiltersRequired,
    /// No key, or an ill-formed one; the status 400 is inferred.
    MissingParameter,
    /// The database gave the transaction up; 500, worth another try.
    Deadlock,
    /// The database waited for too long; 500, worth another try.
    LockTimeout,
    /// The filters are no XML; 500, and again the next time.
    BadFilter,
}

impl KnownError {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::InvalidApiKey,
        Self::MethodsNotAllocated,
        Self::FiltersRequired,
        Self::MissingParameter,
        Self::Deadlock,
        Self::LockTimeout,
        Self::BadFilter,
    ];

    /// The HTTP status that comes with it.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidApiKey => 401,
            Self::MethodsNotAllocated => 403,
            Self::FiltersRequired | Self::MissingParameter => 400,
            Self::Deadlock | Self::LockTimeout | Self::BadFilter => 500,
        }
    }

    /// Its name, such as `InvalidApiKey`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidApiKey => "InvalidApiKey",
            Self::MethodsNotAllocated => "MethodsNotAllocated",
            Self::FiltersRequired => "FiltersRequired",
            Self::MissingParameter => "MissingParameter",
            Self::Deadlock => "Deadlock",
            Self::LockTimeout => "LockTimeout",
            Self::BadFilter => "BadFilter",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::InvalidApiKey => "InvalidApiKey",
            Self::MethodsNotAllocated => "MethodsNotAllocatedToKeyException",
            Self::FiltersRequired => "FiltersRequiredException",
            Self::MissingParameter => "MissingParameter",
            Self::Deadlock | Self::LockTimeout | Self::BadFilter => "UnhandledException",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::InvalidApiKey => "Invalid API Key",
            Self::MethodsNotAllocated => "Methods Not Allocated To Key",
            Self::FiltersRequired => "Filters Required",
            Self::MissingParameter => "Missing Field: apiKey",
            Self::Deadlock | Self::LockTimeout | Self::BadFilter => "Unknown Error",
        }
    }

    fn description(self) -> String {
        match self {
            Self::InvalidApiKey => {
                "The API key is invalid.\nPlease contact your iSAMS administrator.".to_owned()
            }
            Self::MethodsNotAllocated => not_allocated("schoolreports_getrecords"),
            Self::FiltersRequired => filters_required("SchoolReports_GetReports"),
            Self::MissingParameter => {
                "A required field \"apiKey\" was not supplied or was in an incorrect format."
                    .to_owned()
            }
            Self::Deadlock => "Transaction (Process ID 118) was deadlocked on lock resources with \
                               another process and has been chosen as the deadlock victim. Rerun \
                               the transaction."
                .to_owned(),
            Self::LockTimeout => "Lock request time out period exceeded.  The statement has been \
                                  terminated."
                .to_owned(),
            Self::BadFilter => "Data at the root level is invalid. Line 1, position 1.".to_owned(),
        }
    }

    fn answer(self, description: &str) -> Answer {
        let mut answer = Answer::message(self.status(), self.id(), self.title(), description);
        // The recorded ones end with the closing tag.
        if answer.body.last() == Some(&b'\n') {
            answer.body.pop();
        }
        answer
    }
}

impl Answer {
    /// One of the known error documents, with its status.
    ///
    /// ```
    /// use isams_simulator::{Answer, KnownError};
    ///
    /// let answer = Answer::known(KnownError::InvalidApiKey);
    /// assert_eq!(answer.status, 401);
    /// assert!(answer.body.starts_with(br#"<?xml version="1.0" encoding="utf-16"?>"#));
    /// ```
    #[must_use]
    pub fn known(error: KnownError) -> Self {
        error.answer(&error.description())
    }

    /// The key lacks these methods.
    pub(crate) fn methods_not_allocated(names: &[String]) -> Self {
        let names = names.join(", ").to_lowercase();
        KnownError::MethodsNotAllocated.answer(&not_allocated(&names))
    }

    /// The method was to run without its filter.
    pub(crate) fn filters_required(method: &str) -> Self {
        KnownError::FiltersRequired.answer(&filters_required(method))
    }

    /// A date of a filter is none. The text is .NET's and inferred.
    pub(crate) fn bad_date() -> Self {
        KnownError::BadFilter.answer("String was not recognized as a valid DateTime.")
    }
}

fn not_allocated(names: &str) -> String {
    format!(
        "The following methods specified in the MethodsToRun filter are not allocated to the \
         requested key: {names}"
    )
}

fn filters_required(method: &str) -> String {
    let shown = method.replacen('_', " - ", 1);
    format!("Method \"{shown}\" requires at least one filter. No filters have been supplied.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_are_those_that_were_recorded() {
        let lengths = KnownError::ALL.map(|error| Answer::known(error).body.len());
        assert_eq!(lengths, [269, 381, 324, 290, 362, 287, 267]);
        assert_eq!(
            String::from_utf8(Answer::known(KnownError::FiltersRequired).body).unwrap(),
            "<?xml version=\"1.0\" encoding=\"utf-16\"?>\n\
             <Message>\n  \
               <MessageId>FiltersRequiredException</MessageId>\n  \
               <MessageName>FiltersRequiredException</MessageName>\n  \
               <Title>Filters Required</Title>\n  \
               <Description>Method \"SchoolReports - GetReports\" requires at least one filter. \
               No filters have been supplied.</Description>\n\
             </Message>"
        );
    }
}
