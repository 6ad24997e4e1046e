use chrono::{NaiveDate, NaiveDateTime};

use crate::{Field, row::row};

/// A term: `SchoolManager.Terms.Term` (a public fixture and two readers).
///
/// Terms of all years are sent (inferred from the fixture). There is no half term in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// `@Id` (public fixture).
    pub id: Option<String>,
    /// `Name` (public fixture).
    pub name: Option<String>,
    /// `SchoolYear`, the calendar year in which the school year starts (public fixture).
    pub school_year: Field<i32>,
    /// `StartDate` (public fixture).
    pub start_date: Field<NaiveDate>,
    /// `FinishDate` (public fixture), the last day, inclusive (inferred).
    pub finish_date: Field<NaiveDate>,
    /// `@AuthorId`, the id of a member of staff (public fixture).
    pub author_id: Option<String>,
    /// The legacy twin `Author`, a user code (public fixture).
    pub author: Option<String>,
    /// `LastUpdated`, school-local as all times here (public fixture; the zone: inferred).
    pub last_updated: Field<NaiveDateTime>,
}

row!(Term {
    id: "@Id" else "Id",
    name: "Name",
    school_year: "SchoolYear",
    start_date: "StartDate",
    finish_date: "FinishDate",
    author_id: "@AuthorId" else "AuthorId",
    author: "Author",
    last_updated: "LastUpdated",
});
