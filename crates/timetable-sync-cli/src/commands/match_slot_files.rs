//! The paired timeslots as a CSV file: what `match export --slots` writes, and `match import` reads.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{Matching, SchoolState};
use room_timetable::{PeriodId, SlotComparison, SlotEntry, TimeslotId};
use serde_json::json;
use timetable_sync::MatchList;

use super::matching;
use crate::{
    context::Context,
    exit::Outcome,
    export::Csv,
    import::{BadRow, CsvFile, Row},
    returns_view, sheet,
};

/// The column with the school's timeslot.
pub(super) const TIMESLOT: &str = "timeslot";
/// The column with the ids of the periods that it stands for by an administrator's word, with blanks between them.
const PERIODS: &str = "periods";
const COLUMNS: [&str; 8] = [
    TIMESLOT,
    "timeslot_name",
    "days",
    "start",
    "end",
    PERIODS,
    "suggested",
    "compared",
];

/// A row for each timeslot. Periods of its times need not be named, and others are told where they may be meant.
pub(super) fn export(state: &SchoolState, list: &MatchList) -> Outcome<Vec<u8>> {
    let mut csv = Csv::new(&COLUMNS)?;
    for slot in &state.timeslots {
        let links = state.timeslot_links.iter();
        let periods: Vec<&str> = links
            .filter(|link| link.timeslot == slot.id)
            .map(|link| link.period.as_str())
            .collect();
        let differ = differing(&list.timeslots, &slot.id);
        let suggested: BTreeSet<&str> = differ
            .iter()
            .flat_map(|entry| &entry.periods)
            .map(|period| period.id.as_str())
            .collect();
        let suggested: Vec<&str> = suggested.into_iter().collect();
        let compared: Vec<String> = differ.iter().map(ToString::to_string).collect();
        csv.sheet_row(&[
            slot.id.to_string(),
            slot.name.clone(),
            slot.days.to_string(),
            slot.times.start().to_string(),
            slot.times.end().to_string(),
            periods.join(" "),
            suggested.join(" "),
            compared.join("; "),
        ])?;
    }
    csv.finish()
}

/// Where a timeslot is beside periods that do not take effect with it.
fn differing<'c>(comparison: &'c SlotComparison, slot: &TimeslotId) -> Vec<&'c SlotEntry> {
    let entries = comparison.entries.iter();
    entries
        .filter(|entry| !entry.relation.takes_effect())
        .filter(|entry| entry.timeslots.iter().any(|it| it.id == *slot))
        .collect()
}

/// What a file says of timeslots.
pub(super) type SlotPeriods = BTreeMap<TimeslotId, BTreeSet<PeriodId>>;

/// What the file says, and the rows that cannot be used.
pub(super) fn read(
    file: &CsvFile,
    state: &SchoolState,
    list: &MatchList,
) -> (SlotPeriods, Vec<BadRow>) {
    let entries = list.timeslots.entries.iter();
    let listed = entries.flat_map(|entry| &entry.periods).map(|it| &it.id);
    // What is paired already may stay, listed or not.
    let paired = state.timeslot_links.iter().map(|link| &link.period);
    let known: BTreeSet<&str> = listed.chain(paired).map(PeriodId::as_str).collect();
    let mut lines: BTreeMap<TimeslotId, usize> = BTreeMap::new();
    let (mut matches, mut bad) = (BTreeMap::new(), Vec::new());
    for row in file.rows() {
        let read = row.and_then(|row| {
            let (slot, periods) = read_row(&row, state, &known)?;
            if let Some(line) = lines.insert(slot.clone(), row.line()) {
                let reason = format!("the timeslot `{slot}` is on line {line} already");
                return Err(row.bad(TIMESLOT, reason));
            }
            Ok((slot, periods))
        });
        match read {
            Ok((slot, periods)) => {
                matches.insert(slot, periods);
            }
            Err(row) => bad.push(row),
        }
    }
    (matches, bad)
}

fn read_row(
    row: &Row<'_>,
    state: &SchoolState,
    known: &BTreeSet<&str>,
) -> Result<(TimeslotId, BTreeSet<PeriodId>), BadRow> {
    let id = sheet::text(row.needed(TIMESLOT)?);
    let Some(slot) = state.timeslots.iter().find(|slot| slot.id.as_str() == id) else {
        return Err(row.bad(TIMESLOT, format!("there is no timeslot `{id}`")));
    };
    let periods = sheet::text(row.text(PERIODS)).split_whitespace();
    if let Some(period) = periods.clone().find(|period| !known.contains(period)) {
        let reason = format!("iSAMS has no period with the id `{period}`");
        return Err(row.bad(PERIODS, reason));
    }
    Ok((slot.id.clone(), periods.map(PeriodId::from).collect()))
}

/// The columns that must be there, each once.
pub(super) const NEEDED: [&str; 2] = [TIMESLOT, PERIODS];

pub(super) async fn apply(
    context: &Context,
    matches: &SlotPeriods,
    matching: Matching,
) -> Outcome<()> {
    let before = returns_view::Before::read(context).await?;
    let done = context
        .syncer()
        .match_slots(&context.school, matches)
        .await?;
    let offers = before.new_ones(context).await?;
    let mut document = json!({ "changed": done.changed, "unchanged": done.unchanged });
    returns_view::add(&mut document, &offers);
    context.out.result(&document, || {
        format!(
            "timeslots: {} changed, {} unchanged.{}\n{}",
            done.changed.len(),
            done.unchanged,
            matching::effect_of(done.changed.len(), matching),
            returns_view::text(context, &offers)
        )
    })
}
