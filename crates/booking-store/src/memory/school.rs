//! The data of one school: checks that write nothing, and writes that cannot fail.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use room_timetable::{BookingId, PeriodId, RoomId, TimeslotId, YearWeek};

use super::{conflict, invalid};
use crate::{
    AsRead, Booking, ChangeSet, Exception, ExceptionChange, HolidayChange, Import, ImportReport,
    Lease, LinkChange, Matching, Removal, RemovedBooking, Revision, Room, RoomChange, RoomLink,
    RunFilter, RunId, RunRecord, SchoolId, SchoolState, StoreError, Timeslot, TimeslotChange,
    TimeslotLink, TimetableDocument,
};

#[derive(Default)]
pub(super) struct School {
    revision: Revision,
    matching: Matching,
    rooms: BTreeMap<RoomId, Room>,
    timeslots: BTreeMap<TimeslotId, Timeslot>,
    room_links: BTreeMap<RoomId, String>,
    timeslot_links: BTreeSet<(TimeslotId, PeriodId)>,
    exceptions: BTreeMap<String, Exception>,
    holidays: BTreeSet<YearWeek>,
    timetable: Option<TimetableDocument>,
    bookings: BTreeMap<BookingId, Booking>,
    /// The last version of each booking that was cancelled or removed, so that its id never counts from 1 again.
    last_versions: BTreeMap<BookingId, u64>,
    archive: BTreeMap<(RunId, BookingId), RemovedBooking>,
    /// Each with the revision that it led to.
    runs: BTreeMap<RunId, (RunRecord, Revision)>,
    lease: Option<LastLease>,
}

/// The newest lease; it stays when it is released or expires, because tokens only grow.
struct LastLease {
    holder: String,
    token: u64,
    /// `None` once it is released.
    expires: Option<DateTime<Utc>>,
}

/// What the snapshot and the lists hold.
impl School {
    pub(super) fn state(&self, from: NaiveDateTime) -> SchoolState {
        let room_links = self.room_links.iter().map(|(room, source)| RoomLink {
            room: room.clone(),
            source: source.clone(),
        });
        let timeslot_links = self
            .timeslot_links
            .iter()
            .map(|(slot, period)| TimeslotLink {
                timeslot: slot.clone(),
                period: period.clone(),
            });
        let upcoming = self
            .bookings
            .values()
            .filter(|booking| booking.interval.end() > from);
        SchoolState {
            revision: self.revision,
            last_run: self.runs.keys().next_back().copied().unwrap_or_default(),
            matching: self.matching,
            rooms: self.rooms.values().cloned().collect(),
            timeslots: self.timeslots.values().cloned().collect(),
            room_links: room_links.collect(),
            timeslot_links: timeslot_links.collect(),
            exceptions: self.exceptions.values().cloned().collect(),
            holidays: self.holidays.iter().copied().collect(),
            bookings: upcoming.cloned().collect(),
            has_bookings: !self.bookings.is_empty(),
            timetable: self.timetable.clone(),
        }
    }

    pub(super) fn runs(&self, which: &RunFilter) -> Vec<RunRecord> {
        self.runs
            .values()
            .rev()
            .map(|(run, _)| run)
            .filter(|run| which.kind.is_none_or(|kind| run.kind == kind))
            .take(which.limit.unwrap_or(usize::MAX))
            .cloned()
            .collect()
    }

    pub(super) fn removed(&self) -> Vec<RemovedBooking> {
        self.archive.values().cloned().collect()
    }

    pub(super) fn bookings(&self) -> Vec<Booking> {
        self.bookings.values().cloned().collect()
    }
}

impl School {
    /// The token, where `holder` gets the lease.
    pub(super) fn lease(
        &mut self,
        holder: &str,
        now: DateTime<Utc>,
        expires: DateTime<Utc>,
    ) -> Option<u64> {
        let token = match &self.lease {
            None => 1,
            Some(last) => match last.expires {
                Some(_) if last.holder == holder => last.token,
                Some(until) if until > now => return None,
                _ => last.token + 1,
            },
        };
        self.lease = Some(LastLease {
            holder: holder.to_owned(),
            token,
            expires: Some(expires),
        });
        Some(token)
    }

    pub(super) fn release(&mut self, lease: &Lease) {
        if let Some(last) = &mut self.lease
            && last.is(lease)
        {
            last.expires = None;
        }
    }
}

impl LastLease {
    fn is(&self, lease: &Lease) -> bool {
        self.token == lease.token && self.holder == lease.holder
    }
}

/// One commit: [`revision_after`](Self::revision_after), then [`check`](Self::check), then [`apply`](Self::apply).
impl School {
    /// The revision that this very run led to, where it is in the journal.
    pub(super) fn revision_after(&self, run: &RunRecord) -> Result<Option<Revision>, StoreError> {
        match self.runs.get(&run.id) {
            None => Ok(None),
            Some((known, revision)) if known == run => Ok(Some(*revision)),
            Some(_) => Err(conflict(format!("run {} is a different run", run.id))),
        }
    }

    pub(super) fn check(
        &self,
        school: &SchoolId,
        lease: &Lease,
        changes: &ChangeSet,
    ) -> Result<(), StoreError> {
        let held = self.lease.as_ref().is_some_and(|last| last.is(lease));
        if lease.school != *school || !held {
            return Err(conflict(format!(
                "`{}` no longer holds the lease",
                lease.holder
            )));
        }
        if changes.expected != self.revision {
            return Err(conflict("the school has changed since it was read"));
        }
        self.check_removals(&changes.remove)?;
        self.check_restores(changes)?;
        self.check_rooms(changes)
    }

    fn check_rooms(&self, changes: &ChangeSet) -> Result<(), StoreError> {
        for room in changes.removed_rooms() {
            if self.bookings.values().any(|booking| booking.room == *room) {
                return Err(conflict(format!("bookings are in the room `{room}`")));
            }
        }
        Ok(())
    }

    fn check_removals(&self, removals: &[Removal]) -> Result<(), StoreError> {
        let mut seen = HashSet::new();
        for removal in removals {
            let id = &removal.booking;
            match self.bookings.get(id) {
                Some(_) if !seen.insert(id) => {
                    return Err(conflict(format!("booking `{id}` is removed twice")));
                }
                Some(booking) if AsRead::from(booking) == removal.as_read => {}
                Some(_) => {
                    return Err(conflict(format!(
                        "booking `{id}` has changed since it was read"
                    )));
                }
                None => return Err(conflict(format!("booking `{id}` is gone"))),
            }
        }
        Ok(())
    }

    fn check_restores(&self, changes: &ChangeSet) -> Result<(), StoreError> {
        let mut seen = HashSet::new();
        for id in &changes.restore {
            let archived = self
                .newest_removal(id)
                .and_then(|run| self.archive.get(&(run, id.clone())));
            let Some(archived) = archived else {
                return Err(conflict(format!("booking `{id}` is not in the archive")));
            };
            let room = &archived.booking.room;
            if !changes.has_room(room, self.rooms.contains_key(room)) {
                return Err(conflict(format!(
                    "booking `{id}` is of room `{room}`, which is gone"
                )));
            }
            if self.bookings.contains_key(id) || !seen.insert(id) {
                return Err(conflict(format!("booking `{id}` is in use again")));
            }
            if let Some(other) = self.in_the_way(&archived.booking) {
                return Err(conflict(format!(
                    "booking `{id}` is where booking `{}` stands",
                    other.id
                )));
            }
        }
        Ok(())
    }

    /// A booking that another cannot stand beside.
    fn in_the_way(&self, booking: &Booking) -> Option<&Booking> {
        let room = self.rooms.get(&booking.room)?;
        let overlaps = |other: &&Booking| {
            other.room == booking.room && other.interval.overlaps(booking.interval)
        };
        let others = self.bookings.values();
        others.filter(|_| !room.part_bookable).find(overlaps)
    }

    fn newest_removal(&self, booking: &BookingId) -> Option<RunId> {
        self.archive
            .keys()
            .rev()
            .find(|(_, id)| id == booking)
            .map(|(run, _)| *run)
    }

    pub(super) fn apply(&mut self, changes: &ChangeSet) -> Revision {
        if let Some(matching) = changes.matching {
            self.matching = matching;
        }
        for change in &changes.rooms {
            self.apply_room(change);
        }
        for change in &changes.timeslots {
            self.apply_timeslot(change);
        }
        for change in &changes.links {
            self.apply_link(change);
        }
        for change in &changes.exceptions {
            match change {
                ExceptionChange::Put(exception) => {
                    self.exceptions
                        .insert(exception.id.clone(), exception.clone());
                }
                ExceptionChange::Remove(id) => {
                    self.exceptions.remove(id);
                }
            }
        }
        for change in &changes.holidays {
            match change {
                HolidayChange::Acknowledge(week) => self.holidays.insert(*week),
                HolidayChange::Withdraw(week) => self.holidays.remove(week),
            };
        }
        // A restore is of a removal by an earlier run.
        for id in &changes.restore {
            self.restore(id);
        }
        for removal in &changes.remove {
            self.archive(removal, changes.run.id);
        }
        if let Some(timetable) = &changes.timetable {
            self.timetable = Some(timetable.clone());
        }
        if changes.bumps_revision() {
            self.revision.0 += 1;
        }
        self.runs
            .insert(changes.run.id, (changes.run.clone(), self.revision));
        self.revision
    }

    fn apply_room(&mut self, change: &RoomChange) {
        match change {
            RoomChange::Put(room) => {
                self.rooms.insert(room.id.clone(), room.clone());
            }
            RoomChange::Remove(id) => {
                self.rooms.remove(id);
                self.room_links.remove(id);
            }
        }
    }

    fn apply_timeslot(&mut self, change: &TimeslotChange) {
        match change {
            TimeslotChange::Put(slot) => {
                self.timeslots.insert(slot.id.clone(), slot.clone());
            }
            TimeslotChange::Remove(id) => {
                self.timeslots.remove(id);
                self.timeslot_links.retain(|(slot, _)| slot != id);
            }
        }
    }

    fn apply_link(&mut self, change: &LinkChange) {
        match change {
            LinkChange::Room(link) => {
                self.room_links.retain(|_, source| *source != link.source);
                self.room_links
                    .insert(link.room.clone(), link.source.clone());
            }
            LinkChange::ClearRoom(room) => {
                self.room_links.remove(room);
            }
            LinkChange::Timeslot(link) => {
                self.timeslot_links
                    .insert((link.timeslot.clone(), link.period.clone()));
            }
            LinkChange::ClearTimeslot(id) => self.timeslot_links.retain(|(slot, _)| slot != id),
        }
    }

    fn restore(&mut self, id: &BookingId) {
        let removed = self
            .newest_removal(id)
            .and_then(|run| self.archive.remove(&(run, id.clone())));
        if let Some(removed) = removed {
            let version = self.next_version(id);
            self.bookings.insert(
                id.clone(),
                Booking {
                    version,
                    ..removed.booking
                },
            );
        }
    }

    fn archive(&mut self, removal: &Removal, run: RunId) {
        if let Some(booking) = self.take(&removal.booking) {
            let removed = RemovedBooking {
                booking,
                run,
                causes: removal.causes.clone(),
                absorbed: removal.absorbed,
            };
            self.archive.insert((run, removal.booking.clone()), removed);
        }
    }
}

/// The desk.
impl School {
    pub(super) fn import(&mut self, rows: &Import) -> Result<ImportReport, StoreError> {
        let new_rooms: HashSet<&RoomId> = rows.rooms.iter().map(|room| &room.id).collect();
        for booking in &rows.bookings {
            if !new_rooms.contains(&booking.room) {
                self.check_room(booking)?;
            }
        }

        let mut report = ImportReport::default();
        for room in &rows.rooms {
            let mut room = room.clone();
            if let Some(known) = self.rooms.get(&room.id) {
                room.origin = known.origin;
            }
            put(&mut self.rooms, room.id.clone(), room, &mut report);
        }
        for slot in &rows.timeslots {
            let mut slot = slot.clone();
            if let Some(known) = self.timeslots.get(&slot.id) {
                slot.origin = known.origin;
            }
            put(&mut self.timeslots, slot.id.clone(), slot, &mut report);
        }
        if report.added + report.changed > 0 {
            self.revision.0 += 1;
        }
        for booking in &rows.bookings {
            self.import_booking(booking, &mut report);
        }
        Ok(report)
    }

    fn import_booking(&mut self, booking: &Booking, report: &mut ImportReport) {
        let mut booking = booking.clone();
        match self.bookings.get(&booking.id) {
            Some(known) => {
                booking.version = known.version;
                if *known != booking {
                    booking.version = known.version.saturating_add(1);
                }
            }
            None if self.stays_removed(&booking) => {
                report.stay_removed.push(booking.id);
                return;
            }
            None => booking.version = self.next_version(&booking.id),
        }
        put(&mut self.bookings, booking.id.clone(), booking, report);
    }

    fn stays_removed(&self, booking: &Booking) -> bool {
        self.archive.values().any(|removed| {
            let was = &removed.booking;
            was.id == booking.id && was.room == booking.room && was.interval == booking.interval
        })
    }

    pub(super) fn book(&mut self, booking: &Booking) -> Result<(), StoreError> {
        self.check_room(booking)?;
        let mut booking = booking.clone();
        match self.bookings.get(&booking.id) {
            Some(known) => {
                let asked = std::mem::replace(&mut booking.version, known.version);
                if *known == booking && asked <= known.version {
                    return Ok(());
                }
                booking.version = asked.max(known.version.saturating_add(1));
            }
            None => booking.version = booking.version.max(self.next_version(&booking.id)),
        }
        self.bookings.insert(booking.id.clone(), booking);
        Ok(())
    }

    pub(super) fn cancel(&mut self, id: &BookingId) -> bool {
        self.take(id).is_some()
    }

    fn check_room(&self, booking: &Booking) -> Result<(), StoreError> {
        if self.rooms.contains_key(&booking.room) {
            return Ok(());
        }
        Err(invalid(format!(
            "booking `{}` is of room `{}`, which is not there",
            booking.id, booking.room
        )))
    }

    fn take(&mut self, id: &BookingId) -> Option<Booking> {
        let booking = self.bookings.remove(id)?;
        self.last_versions.insert(id.clone(), booking.version);
        Some(booking)
    }

    /// The version of a booking whose id is not in use.
    fn next_version(&self, id: &BookingId) -> u64 {
        self.last_versions
            .get(id)
            .map_or(1, |last| last.saturating_add(1))
    }
}

fn put<K: Ord, V: PartialEq>(rows: &mut BTreeMap<K, V>, key: K, row: V, report: &mut ImportReport) {
    match rows.get(&key) {
        None => report.added += 1,
        Some(known) if *known == row => {
            report.unchanged += 1;
            return;
        }
        Some(_) => report.changed += 1,
    }
    rows.insert(key, row);
}
