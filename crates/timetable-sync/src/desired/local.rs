//! What the school's own side adds to what its source says.

use std::collections::BTreeMap;

use booking_store::{RoomLink, SchoolState, Timeslot, TimeslotLink};
use chrono::Weekday;
use room_timetable::{CycleWeek, Exception, PeriodId, TimeRange, YearWeek};

/// Links, exceptions, acknowledged weeks and paired timeslots of a school.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local<'s> {
    /// Which room of the source is which of the school's own.
    pub room_links: &'s [RoomLink],
    /// The school's timeslots.
    pub timeslots: &'s [Timeslot],
    /// Which timeslots stand for a period, by an administrator's word.
    pub timeslot_links: &'s [TimeslotLink],
    /// Times at which rooms are free whatever the source says.
    pub exceptions: &'s [booking_store::Exception],
    /// Unallocated weeks that an administrator acknowledged as holidays.
    pub holidays: &'s [YearWeek],
    /// Whether events of the school calendar occupy the rooms that they name.
    pub events_occupy: bool,
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

    /// The times of paired periods: those of their timeslots that are on the period's day.
    pub(super) fn times(&self, cycle: &[CycleWeek]) -> BTreeMap<PeriodId, Vec<TimeRange>> {
        let days: BTreeMap<&PeriodId, Weekday> = cycle
            .iter()
            .flat_map(|week| &week.days)
            .flat_map(|day| day.periods.iter().map(|period| (&period.id, day.weekday)))
            .collect();
        let mut times: BTreeMap<PeriodId, Vec<TimeRange>> = BTreeMap::new();
        for link in self.timeslot_links {
            let slot = self.timeslots.iter().find(|slot| slot.id == link.timeslot);
            let (Some(slot), Some(day)) = (slot, days.get(&link.period)) else {
                continue;
            };
            if slot.days.contains(*day) {
                times
                    .entry(link.period.clone())
                    .or_default()
                    .push(slot.times);
            }
        }
        times
    }
}
