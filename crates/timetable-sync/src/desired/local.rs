//! What the school's own side adds to what its source says.

use std::collections::BTreeMap;

use booking_store::{RoomLink, SchoolState, TimeslotLink};
use room_timetable::{
    CycleWeek, Exception, PeriodId, TimeRange, Timeslot, TimeslotId, YearWeek, effective_times,
};

/// Links, exceptions, acknowledged weeks and paired timeslots of a school.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local<'s> {
    /// Which room of the source is which of the school's own.
    pub room_links: &'s [RoomLink],
    /// The school's timeslots.
    pub timeslots: &'s [booking_store::Timeslot],
    /// Which timeslots stand for a period, by an administrator's word.
    pub timeslot_links: &'s [TimeslotLink],
    /// Times at which rooms are free whatever the source says.
    pub exceptions: &'s [booking_store::Exception],
    /// Unallocated weeks that an administrator acknowledged as holidays.
    pub holidays: &'s [YearWeek],
    /// Whether events of the school calendar occupy the rooms that they name.
    pub events_occupy: bool,
    /// Whether suspended lessons keep their rooms.
    pub suspended_occupy: bool,
}

impl<'s> Local<'s> {
    /// The school's own side as its store has it.
    pub fn of(state: &'s SchoolState) -> Self {
        Self {
            room_links: &state.room_links,
            timeslots: &state.timeslots,
            timeslot_links: &state.timeslot_links,
            exceptions: &state.exceptions,
            holidays: &state.holidays,
            events_occupy: false,
            suspended_occupy: false,
        }
    }

    pub(super) fn holidays(&self) -> impl Iterator<Item = YearWeek> {
        self.holidays.iter().copied()
    }

    pub(super) fn exceptions(&self) -> Vec<Exception> {
        self.exceptions
            .iter()
            .map(|exception| Exception {
                id: exception.id.clone(),
                room: exception.room.clone(),
                interval: exception.interval,
            })
            .collect()
    }

    /// The times of every period: its own, or those of the timeslots that it was paired with.
    pub(super) fn times(&self, cycle: &[CycleWeek]) -> BTreeMap<PeriodId, Vec<TimeRange>> {
        effective_times(cycle, &slots(self.timeslots), &pairs(self.timeslot_links))
    }
}

/// The timeslots as the domain has them.
pub(crate) fn slots(timeslots: &[booking_store::Timeslot]) -> Vec<Timeslot> {
    timeslots
        .iter()
        .map(|slot| Timeslot {
            id: slot.id.clone(),
            name: slot.name.clone(),
            days: slot.days,
            times: slot.times,
        })
        .collect()
}

/// Which timeslots stand for a period, by an administrator's word.
pub(crate) fn pairs(links: &[TimeslotLink]) -> Vec<(TimeslotId, PeriodId)> {
    links
        .iter()
        .map(|link| (link.timeslot.clone(), link.period.clone()))
        .collect()
}
