//! Rehearsal: what would happen if the timetables in development were published. Nothing is written.

use std::collections::BTreeSet;

use booking_store::{RunFilter, RunKind, SchoolId};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use isams_client::{AreaState, DataArea, Field, Payload, Section, Timetable};
use tracing::instrument;

use crate::{
    areas,
    document::Document,
    error::Error,
    plan::{Outlook, Plan, PlanInput, plan},
    report::{Report, Status},
    source::Source,
    sync::{JOURNAL, Syncer},
};

/// What one rehearsal is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RehearsalRequest {
    /// Judge by this school-local time instead of the clock's.
    pub now: Option<NaiveDateTime>,
    /// The first date on which they would be in force: bookings that begin before it are left out. From now on unless
    /// set; the years of the timetables hold in any case.
    pub from: Option<NaiveDate>,
}

impl Syncer {
    /// Plans as if the timetables in development were published today: in force from the first of their years on, in the
    /// place of those that are published for the same years.
    ///
    /// Nothing is written, and nobody is told. The report is marked as a [`rehearsal`](Report::rehearsal). It has no
    /// fingerprint, so nothing can be applied by it, and its warnings say what was taken for published and why the guard
    /// would hold a sync of it. What is not known of the coming year, such as weeks without allocation, removes nothing here
    /// either.
    ///
    /// # Errors
    ///
    /// [`Error::NothingInDevelopment`] when the answer has no row of such a timetable, [`Error::Source`] when there is no
    /// usable answer, and errors of the store.
    #[instrument(skip_all, fields(school = %school))]
    pub async fn rehearse(
        &self,
        school: &SchoolId,
        source: &dyn Source,
        request: &RehearsalRequest,
    ) -> Result<Report, Error> {
        let now = request.now.unwrap_or_else(|| self.now().1);
        let mut asked = self.what_to_ask(school, now).await?;
        asked.development = true;
        let mut fresh = source.fetch(&asked).await?;
        fresh.canonicalise();

        // A night later is one on which what comes before it has begun.
        let judged = request.from.map_or(now, |from| now.max(eve(from)));
        let state = self.store().load(school, judged).await?;
        let area = DataArea::PublishedTimetable;
        if !matches!(fresh.state(area), AreaState::Present | AreaState::Empty) {
            // What did not arrive has not gone.
            fresh.take_from(areas::last_good(&Document::of(&state)?), area);
        }
        let taken = publish(&mut fresh)?;
        let which = RunFilter {
            kind: Some(RunKind::Sync),
            limit: Some(JOURNAL),
        };
        let journal = self.store().runs(school, &which).await?;
        let plan = plan(&PlanInput {
            state: &state,
            fresh: &fresh,
            asked: &asked,
            journal: &journal,
            removed: &[],
            now: judged,
            settings: self.settings(),
            accepted: &BTreeSet::new(),
        })?;
        Ok(report(&plan, taken))
    }
}

/// Right before the date begins.
fn eve(date: NaiveDate) -> NaiveDateTime {
    let midnight = date.and_time(NaiveTime::MIN);
    midnight
        .checked_sub_signed(TimeDelta::seconds(1))
        .unwrap_or(midnight)
}

fn report(plan: &Plan, taken: Vec<String>) -> Report {
    let unknown = plan.held_because.iter().any(|cause| cause.never);
    let status = match plan.outlook {
        Outlook::AwaitingMatch => Status::AwaitingMatch,
        // Nothing can be judged without the core of the feed.
        Outlook::Held if unknown => Status::Held,
        Outlook::Held | Outlook::Ready | Outlook::Unchanged => Status::Planned,
    };
    let mut report = Report::new(plan, status, None);
    report.rehearsal = true;
    report.fingerprint.clear();
    report.releasable = false;
    report.accept.clear();
    let mut warnings = taken;
    if status != Status::Held {
        let held = std::mem::take(&mut report.held_because);
        let held = held.into_iter();
        warnings.extend(held.map(|reason| format!("a sync of it would be held: {reason}")));
    }
    warnings.append(&mut report.warnings);
    report.warnings = warnings;
    report
}

/// Moves the timetables in development among the published ones, and says of each what it stands for.
fn publish(payload: &mut Payload) -> Result<Vec<String>, Error> {
    let section = payload.take_development();
    let state = section.state();
    let Section::Present(drafts) = section else {
        return Err(Error::NothingInDevelopment(state));
    };
    let published = match std::mem::take(&mut payload.published_timetable) {
        Section::Present(published) => published,
        _ => Vec::new(),
    };
    let taken = drafts.iter().map(|draft| sentence(draft, &published));
    let taken = taken.collect();
    let mut all = published;
    for draft in &drafts {
        all = all
            .into_iter()
            .flat_map(|timetable| without(timetable, years(draft)))
            .collect();
    }
    all.extend(drafts);
    payload.published_timetable = Section::Present(all);
    payload.canonicalise();
    Ok(taken)
}

fn sentence(draft: &Timetable, published: &[Timetable]) -> String {
    let name = |timetable: &Timetable| {
        let name = timetable.name.as_deref().or(timetable.id.as_deref());
        name.unwrap_or("a timetable without a name").to_owned()
    };
    let replaced: Vec<String> = published
        .iter()
        .filter(|timetable| share(years(timetable), years(draft)))
        .map(|timetable| format!("`{}`", name(timetable)))
        .collect();
    let place = match replaced.as_slice() {
        [] => "beside what is published".to_owned(),
        replaced => format!("in the place of {}", replaced.join(", ")),
    };
    let when = match years(draft) {
        (i32::MIN, _) => String::new(),
        (first, _) => format!(" from the school year {first} on"),
    };
    format!(
        "rehearsal: `{}` in development counts as published{when}, {place}; nothing was written",
        name(draft)
    )
}

/// The school years of a timetable, `[first, last)`; open ends reach to the ends of time.
fn years(timetable: &Timetable) -> (i32, i32) {
    let first = timetable.start_year.copied().unwrap_or(i32::MIN);
    let last = timetable.end_year.copied().unwrap_or(i32::MAX);
    // One whose years are the same holds in that year.
    (first, last.max(first.saturating_add(1)))
}

fn share(one: (i32, i32), other: (i32, i32)) -> bool {
    one.0 < other.1 && other.0 < one.1
}

/// What is left of a timetable where another takes these years.
fn without(timetable: Timetable, taken: (i32, i32)) -> Vec<Timetable> {
    let own = years(&timetable);
    // Rows that count for no year because it cannot be read are doubtful, and stay so.
    let readable = |field: &Field<i32>| !matches!(field, Field::Unreadable(_));
    if !share(own, taken) || !readable(&timetable.start_year) || !readable(&timetable.end_year) {
        return vec![timetable];
    }
    let before = (own.0 < taken.0).then(|| Timetable {
        end_year: Field::Value(taken.0),
        ..timetable.clone()
    });
    let after = (taken.1 < own.1).then_some(Timetable {
        start_year: Field::Value(taken.1),
        ..timetable
    });
    before.into_iter().chain(after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timetable(start: Option<i32>, end: Option<i32>) -> Timetable {
        Timetable {
            start_year: start.into(),
            end_year: end.into(),
            ..Timetable::default()
        }
    }

    #[test]
    fn a_draft_takes_exactly_its_years() {
        let draft = years(&timetable(Some(2032), Some(2033)));
        for (start, end, left) in [
            (Some(2031), Some(2032), vec![(Some(2031), Some(2032))]),
            (Some(2032), Some(2033), vec![]),
            (Some(2032), Some(2032), vec![]),
            (Some(2031), Some(2033), vec![(Some(2031), Some(2032))]),
            (Some(2032), Some(2034), vec![(Some(2033), Some(2034))]),
            (None, None, vec![(None, Some(2032)), (Some(2033), None)]),
            (Some(2033), None, vec![(Some(2033), None)]),
        ] {
            let rest: Vec<_> = without(timetable(start, end), draft)
                .iter()
                .map(|rest| (rest.start_year.copied(), rest.end_year.copied()))
                .collect();
            assert_eq!(rest, left, "{start:?} to {end:?}");
        }
    }
}
