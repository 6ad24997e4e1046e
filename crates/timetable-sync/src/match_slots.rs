//! Pairing of several timeslots at once, all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{LinkChange, SchoolId, SchoolState, TimeslotLink};
use room_timetable::{PeriodId, TimeslotId};

use crate::{administer::Writes, error::Error, matching::known, sync::Syncer};

/// What a change of paired timeslots did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotsChanged {
    /// Timeslots that stand for other periods than before, or for none any more.
    pub changed: Vec<TimeslotId>,
    /// How many timeslots were as they should be already.
    pub unchanged: usize,
}

impl Syncer {
    /// Says for which periods timeslots stand, each for these and no others. Timeslots that are not named stay as they
    /// are. All of it is one change. The calendar follows at once; bookings are
    /// judged at the next sync.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownTimeslot`], [`Error::UnknownPeriod`], and errors of the store; nothing was changed.
    pub async fn match_slots(
        &self,
        school: &SchoolId,
        matches: &BTreeMap<TimeslotId, BTreeSet<PeriodId>>,
    ) -> Result<SlotsChanged, Error> {
        let mut done = SlotsChanged::default();
        self.administer(school, |state| {
            done = changed(state, matches)?;
            let links = done.changed.iter().flat_map(|slot| {
                let periods = matches.get(slot).into_iter().flatten();
                let links = periods.map(|period| {
                    LinkChange::Timeslot(TimeslotLink {
                        timeslot: slot.clone(),
                        period: period.clone(),
                    })
                });
                std::iter::once(LinkChange::ClearTimeslot(slot.clone())).chain(links)
            });
            let links: Vec<LinkChange> = links.collect();
            Ok((!links.is_empty()).then(|| Writes {
                links,
                ..Writes::default()
            }))
        })
        .await?;
        Ok(done)
    }
}

fn changed(
    state: &SchoolState,
    matches: &BTreeMap<TimeslotId, BTreeSet<PeriodId>>,
) -> Result<SlotsChanged, Error> {
    let desired = known(state)?;
    let days = desired.cycle.iter().flat_map(|week| &week.days);
    let periods: BTreeSet<&PeriodId> = days
        .flat_map(|day| &day.periods)
        .map(|period| &period.id)
        .collect();
    let mut done = SlotsChanged::default();
    for (slot, wanted) in matches {
        if !state.timeslots.iter().any(|known| known.id == *slot) {
            return Err(Error::UnknownTimeslot(slot.clone()));
        }
        let links = state.timeslot_links.iter();
        let before: BTreeSet<&PeriodId> = links
            .filter(|link| link.timeslot == *slot)
            .map(|link| &link.period)
            .collect();
        if before == wanted.iter().collect() {
            done.unchanged += 1;
            continue;
        }
        // What it stands for already may have left iSAMS since, and is no new mistake.
        let unknown = wanted
            .iter()
            .find(|period| !periods.contains(period) && !before.contains(period));
        if let Some(period) = unknown {
            return Err(Error::UnknownPeriod(period.clone()));
        }
        done.changed.push(slot.clone());
    }
    Ok(done)
}
