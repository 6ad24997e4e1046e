//! Removed bookings whose cause has gone, so that they could come back by themselves. They never do: a person says so.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{
    Booking, BookingStore, RemovedBooking, Room, RunFilter, RunId, RunRecord, SchoolId,
};
use chrono::{NaiveDateTime, TimeDelta};
use room_timetable::{BookingId, CauseKind, RoomState, SchoolTimetable};

use crate::{
    error::Error,
    restored_words::line_with_owner,
    settings::Settings,
    standing::{Rooms, Standing},
    sync::Syncer,
};

/// A removed booking that could come back now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returnable {
    /// The run that removed it; an undo of it brings the booking back.
    pub run: RunId,
    /// The booking as it was removed.
    pub booking: Booking,
    /// The name of its room.
    pub room_name: String,
}

impl Returnable {
    /// Which booking it is, in plain English: `Mon 8 Sep 2031 09:30-10:30, Lab 1: “Chess club” (A. Example)`.
    pub fn text(&self) -> String {
        line_with_owner(&self.booking, &self.room_name)
    }
}

impl Syncer {
    /// The removed bookings that could come back now, by start and then id. [`undo`](Self::undo) of their runs does it.
    ///
    /// Such a booking has yet to begin, was removed by a run of the last [`Settings::offer_back`] days, its room is
    /// there, and neither another booking nor the timetable stands in its way. An offer is stricter than an undo: what
    /// is in doubt is no news that a room is free, and where the lessons of a date are not known, no booking is offered
    /// that a lesson took the place of. A match that was taken back counts at once, a cause that comes with the next
    /// feed does not. `now` is school-local time instead of the clock's.
    ///
    /// # Errors
    ///
    /// [`Error::Document`] when the stored timetable cannot be read, and errors of the store.
    pub async fn offers(
        &self,
        school: &SchoolId,
        now: Option<NaiveDateTime>,
    ) -> Result<Vec<Returnable>, Error> {
        let now = now.unwrap_or_else(|| self.now().1);
        let removed = recently_removed(self.store(), school, self.settings(), now, &[]).await?;
        if removed.is_empty() {
            return Ok(Vec::new());
        }
        let state = self.store().load(school, now).await?;
        let standing = Standing::of(state, self.settings())?;
        let (rooms, bookings) = (&standing.state.rooms, &standing.state.bookings);
        Ok(returnable(
            &removed,
            rooms,
            bookings,
            &standing.timetables(),
        ))
    }
}

/// The newest removal of each booking that has yet to begin, as far as its run is recent. `journal` has the runs that
/// are known already.
pub(crate) async fn recently_removed(
    store: &dyn BookingStore,
    school: &SchoolId,
    settings: &Settings,
    now: NaiveDateTime,
    journal: &[RunRecord],
) -> Result<Vec<RemovedBooking>, Error> {
    if settings.offer_back == 0 {
        return Ok(Vec::new());
    }
    let archive = store.removed(school).await?;
    let mut newest: BTreeMap<BookingId, RemovedBooking> = BTreeMap::new();
    // The archive is in the order of runs.
    for removed in archive {
        newest.insert(removed.booking.id.clone(), removed);
    }
    newest.retain(|_, removed| removed.booking.interval.start() > now);
    if newest.is_empty() {
        return Ok(Vec::new());
    }
    let times = |runs: &[RunRecord]| -> BTreeMap<RunId, NaiveDateTime> {
        runs.iter().map(|run| (run.id, run.judged_at)).collect()
    };
    let mut judged = times(journal);
    if !newest
        .values()
        .all(|removed| judged.contains_key(&removed.run))
    {
        judged = times(&store.runs(school, &RunFilter::default()).await?);
    }
    let oldest = now
        .checked_sub_signed(TimeDelta::days(settings.offer_back.into()))
        .unwrap_or(NaiveDateTime::MIN);
    let recent = |run: &RunId| judged.get(run).is_some_and(|judged| *judged >= oldest);
    Ok(newest
        .into_values()
        .filter(|removed| recent(&removed.run))
        .collect())
}

/// Those of `removed` on whose dates a plan makes nothing less certain: no date of theirs leaves the terms, nor do its
/// lessons become unknown.
///
/// That a room is free then is news of terms and weeks, not of the room; it may be no more than an incomplete answer.
pub(crate) fn on_dates_that_stay(
    removed: &[RemovedBooking],
    before: &SchoolTimetable,
    after: &SchoolTimetable,
) -> Vec<RemovedBooking> {
    let in_term = |it: &SchoolTimetable, date| it.calendar().terms_on(date).next().is_some();
    let stays = |date| {
        (in_term(after, date) || !in_term(before, date))
            && (after.unknown(date).is_none() || before.unknown(date).is_some())
    };
    let kept = removed
        .iter()
        .filter(|removed| removed.booking.interval.dates().all(stays));
    kept.cloned().collect()
}

/// Those of `removed` that could come back where all these timetables leave their room free, by start and then id.
pub(crate) fn returnable(
    removed: &[RemovedBooking],
    rooms: &[Room],
    bookings: &[Booking],
    timetables: &[&SchoolTimetable],
) -> Vec<Returnable> {
    if removed.is_empty() {
        return Vec::new();
    }
    let ids: BTreeSet<&BookingId> = bookings.iter().map(|booking| &booking.id).collect();
    let mut rooms = Rooms::of(rooms, bookings);
    let mut removed: Vec<&RemovedBooking> = removed.iter().collect();
    removed.sort_by_key(|removed| (removed.booking.interval.start(), &removed.booking.id));
    let mut found = Vec::new();
    for removed in removed {
        let booking = &removed.booking;
        let Some(room) = rooms.get(&booking.room) else {
            continue;
        };
        let free = room.part_bookable || timetables.iter().all(|it| is_free(it, removed));
        if free && !ids.contains(&booking.id) && rooms.in_the_way(booking).is_none() {
            rooms.add(booking);
            found.push(Returnable {
                run: removed.run,
                booking: booking.clone(),
                room_name: room.name.clone(),
            });
        }
    }
    found
}

/// Whether nothing stands in the booking's room any more. That nothing is known of the lessons is no news of lessons.
fn is_free(timetable: &SchoolTimetable, removed: &RemovedBooking) -> bool {
    let booking = &removed.booking;
    match timetable.state(&booking.room, booking.interval) {
        RoomState::Free => true,
        RoomState::Occupied | RoomState::Doubtful => false,
        RoomState::Unknown => removed
            .causes
            .iter()
            .all(|cause| matches!(cause.kind, CauseKind::Closure | CauseKind::Event)),
    }
}

/// Those that the run before did not know.
pub(crate) fn new_ones<'o>(
    offers: &'o [Returnable],
    journal: &[RunRecord],
) -> impl Iterator<Item = &'o Returnable> {
    let told: BTreeSet<(String, String)> = journal
        .first()
        .and_then(|run| run.report["offers"].as_array())
        .into_iter()
        .flatten()
        .filter_map(|offer| {
            let text = |name: &str| offer[name].as_str().map(str::to_owned);
            Some((text("run")?, text("booking")?))
        })
        .collect();
    offers
        .iter()
        .filter(move |offer| !told.contains(&(offer.run.to_string(), offer.booking.id.to_string())))
}

/// The warnings about bookings that could come back and that the run before did not know: one for each run that removed
/// some.
pub(crate) fn warnings(offers: &[Returnable], journal: &[RunRecord]) -> Vec<String> {
    by_run(new_ones(offers, journal))
        .into_iter()
        .map(|(run, offers)| {
            let texts: Vec<String> = offers.iter().map(|offer| offer.text()).collect();
            let (which, them) = match offers.len() {
                1 => ("a booking that run", "it"),
                _ => ("bookings that run", "them"),
            };
            format!(
                "{which} {run} removed can come back, since nothing stands there any more: {}; bring {them} back with \
                 `undo {run}`",
                texts.join("; ")
            )
        })
        .collect()
}

/// The same by the run that removed them.
pub(crate) fn by_run<'o>(
    offers: impl IntoIterator<Item = &'o Returnable>,
) -> BTreeMap<RunId, Vec<&'o Returnable>> {
    let mut runs: BTreeMap<RunId, Vec<&Returnable>> = BTreeMap::new();
    for offer in offers {
        runs.entry(offer.run).or_default().push(offer);
    }
    runs
}
