//! The doctor: is the key right, is everything there, do the periods agree? It only looks.

mod areas;
mod connection;
mod history;
mod periods;
mod rollover;
mod timetable;

use std::time::Duration;

use booking_store::RunRecord;
use chrono::NaiveDateTime;
use isams_client::{AreaState, Client, FetchRequest, Payload, Term as SourceTerm};
use serde::Serialize;

pub(crate) use self::areas::without;
pub use self::{
    areas::AreaCheck,
    periods::{PeriodCheck, PeriodVerdict, StatedPeriod},
};
use crate::{desired::Desired, document::Document, rollover::RolloverFreeze, settings::Settings};

/// What the doctor goes by beside iSAMS's answer.
#[derive(Clone, Debug)]
pub struct Consultation {
    /// School-local time.
    pub now: NaiveDateTime,
    /// How often the school was asked to let its key refresh.
    pub expected_cache: Duration,
    /// Whether to ask for the calendar's events by dates.
    pub filtered_events: bool,
    /// The school's syncs so far, in any order; empty where there were none.
    pub journal: Vec<RunRecord>,
    /// The terms of the last good state, so that as much is asked for as a sync would.
    pub terms: Vec<SourceTerm>,
    /// The periods as the school states them; empty where it did not.
    pub periods: Vec<StatedPeriod>,
    /// When changes of the timetable wait for a person around the change of year.
    pub rollover_freeze: Option<RolloverFreeze>,
    /// Whether to go through the checklist for the change of year although none is near.
    pub rollover: bool,
}

impl Consultation {
    /// For a school that has never synced.
    pub fn new(now: NaiveDateTime, settings: &Settings) -> Self {
        Self {
            now,
            expected_cache: settings.expected_cache,
            filtered_events: settings.filtered_events,
            journal: Vec::new(),
            terms: Vec::new(),
            periods: Vec::new(),
            rollover_freeze: settings.rollover_freeze,
            rollover: false,
        }
    }

    /// With what a school's store knows.
    #[must_use]
    pub fn knowing(mut self, document: &Document, journal: Vec<RunRecord>) -> Self {
        self.terms = document.good.terms.value().cloned().unwrap_or_default();
        self.journal = journal;
        self
    }

    fn request(&self) -> FetchRequest {
        FetchRequest {
            last_term_end: self
                .terms
                .iter()
                .filter_map(|term| term.finish_date.copied())
                .max(),
            filtered_events: self.filtered_events,
            ..FetchRequest::new(self.now.date())
        }
    }
}

/// What the doctor found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Whether a sync would work: there is a usable answer, and nothing that it cannot do without is missing. Whether
    /// the guard would let it pass is another question, which a plan answers.
    pub would_sync: bool,
    /// Whether iSAMS gave a usable answer at all.
    pub answered: bool,
    /// The fourteen data areas; none where there was no answer.
    pub areas: Vec<AreaCheck>,
    /// What was looked at, from the web address to the staff.
    pub checks: Vec<Check>,
    /// The periods against the school's own list; none where it gave none.
    pub periods: Vec<PeriodCheck>,
    /// The checklist for the change of the school year: within 60 days before a year ends, in the time of
    /// [`RolloverFreeze`], where the last year that is known has ended, and where it was asked for. Whether a sync would
    /// work does not depend on it.
    pub rollover: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What.
    pub topic: Topic,
    /// How it is.
    pub verdict: Verdict,
    /// What was found, in plain English.
    pub found: String,
    /// What an administrator can do about it.
    pub advice: Option<String>,
    /// What the answer leaves open, where it does.
    pub cannot_tell: Option<String>,
}

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The school's web address.
    Address,
    /// The encrypted connection.
    Tls,
    /// The sign-in with client id and secret.
    Token,
    /// The API key.
    Key,
    /// The answer as a whole.
    Answer,
    /// How old an answer may be.
    CacheAge,
    /// Terms.
    Terms,
    /// Week allocations.
    Allocations,
    /// Published timetables.
    Timetables,
    /// Periods.
    Periods,
    /// Lessons.
    Lessons,
    /// Staff.
    Staff,
    /// Rooms.
    Rooms,
    /// The data areas of the key.
    Areas,
}

impl Topic {
    /// The name to show.
    pub fn label(self) -> &'static str {
        match self {
            Self::Address => "web address",
            Self::Tls => "encryption",
            Self::Token => "sign-in",
            Self::Key => "API key",
            Self::Answer => "answer",
            Self::CacheAge => "cache",
            Self::Terms => "terms",
            Self::Allocations => "weeks",
            Self::Timetables => "timetables",
            Self::Periods => "periods",
            Self::Lessons => "lessons",
            Self::Staff => "staff",
            Self::Rooms => "rooms",
            Self::Areas => "data areas",
        }
    }
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// It cannot be told.
    Unknown,
    /// A sync works, but somebody should look.
    Notice,
    /// A sync does not work.
    Problem,
}

impl Check {
    fn new(topic: Topic, verdict: Verdict, found: impl Into<String>) -> Self {
        Self {
            topic,
            verdict,
            found: found.into(),
            advice: None,
            cannot_tell: None,
        }
    }

    fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    fn cannot_tell(mut self, what: impl Into<String>) -> Self {
        self.cannot_tell = Some(what.into());
        self
    }
}

/// Asks iSAMS as a sync would, and looks at what comes of it. Nothing is written anywhere.
///
/// That there is no usable answer is not an error here but a finding.
pub async fn doctor(client: &Client, consultation: &Consultation) -> Diagnosis {
    match client.fetch_with(&consultation.request()).await {
        Ok(payload) => examine(payload, connection::answered(client), consultation),
        Err(error) => {
            let mut checks = connection::failed(client, &error);
            checks.push(history::cache(None, consultation));
            Diagnosis {
                would_sync: false,
                answered: false,
                areas: Vec::new(),
                checks,
                periods: Vec::new(),
                rollover: Vec::new(),
            }
        }
    }
}

/// Looks at an answer that was recorded.
pub fn examine_recorded(payload: Payload, consultation: &Consultation) -> Diagnosis {
    examine(payload, Vec::new(), consultation)
}

fn examine(mut payload: Payload, mut checks: Vec<Check>, consultation: &Consultation) -> Diagnosis {
    payload.canonicalise();
    let today = consultation.now.date();
    let desired = Desired::of(&payload);
    let areas = areas::checks(&payload);
    checks.extend(areas::answer(&payload));
    checks.push(history::cache(Some(&payload), consultation));
    checks.extend(timetable::checks(&payload, &desired, today));
    let periods = periods::compare(&desired.cycle, &consultation.periods);
    let would_sync = areas.iter().all(|area| area.verdict != Verdict::Problem)
        && checks.iter().all(|check| check.verdict != Verdict::Problem);
    let rollover = rollover::checks(&payload, &desired, &areas, consultation);
    Diagnosis {
        would_sync,
        answered: true,
        areas,
        checks,
        periods,
        rollover,
    }
}

/// Whether the area holds rows.
fn is_present(payload: &Payload, area: isams_client::DataArea) -> bool {
    payload.state(area) == AreaState::Present
}

/// `1 lesson` or `5 lessons`.
fn count(number: usize, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

/// The first few, and how many more there are.
fn some_of(all: &[String], shown: usize) -> String {
    let first: Vec<&str> = all.iter().take(shown).map(String::as_str).collect();
    let more = all.len().saturating_sub(shown);
    let first = first.join("; ");
    if more == 0 {
        first
    } else {
        format!("{first}; and {more} more")
    }
}
