//! What a school can set.

use std::time::Duration;

use chrono_tz::Tz;

use crate::rollover::RolloverFreeze;

/// The settings of one school.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The school's zone. Used only to turn the clock's time into school-local time.
    pub zone: Tz,
    /// When to ask a person before anything is removed.
    pub guard: GuardSettings,
    /// The dates around the change of year on which changes of the timetable wait for a person; none unless set.
    pub rollover_freeze: Option<RolloverFreeze>,
    /// How often the school was asked to let its key refresh; one hour unless set.
    pub expected_cache: Duration,
    /// Whether events of the school calendar occupy the rooms that they name exactly.
    pub events_occupy: bool,
    /// Whether suspended lessons keep their rooms; unless set, a suspension frees them.
    pub suspended_occupy: bool,
    /// Whether to ask for the calendar's events by dates; see [`FetchRequest`](isams_client::FetchRequest).
    pub filtered_events: bool,
    /// For how many days after its run a removed booking is offered back once its cause has gone; 30 unless set, and 0
    /// for never. It can be undone for ever.
    pub offer_back: u32,
    /// What messages say beside what happened.
    pub messages: MessageSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            zone: chrono_tz::Europe::London,
            guard: GuardSettings::default(),
            rollover_freeze: None,
            expected_cache: Duration::from_secs(3600),
            events_occupy: false,
            suspended_occupy: false,
            filtered_events: false,
            offer_back: 30,
            messages: MessageSettings::default(),
        }
    }
}

/// What messages say beside what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageSettings {
    /// The name of the school, under its letters; none unless set.
    pub school_name: Option<String>,
    /// How to object, as the end of a sentence that begins with "please"; "reply to this message or ask the school
    /// office" unless set.
    pub contact: Option<String>,
    /// The address that answers go to, which is also the organizer in the calendar part; none unless set.
    pub reply_to: Option<String>,
}

/// How much a run may remove without asking a person. Absorbed bookings do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardSettings {
    /// So many removed bookings are always fine, unless they are more than half of all.
    pub removed: usize,
    /// Beyond that, this share of all future bookings in linked rooms, in per cent.
    pub removed_percent: usize,
    /// Below so many future bookings "more than half of them" says nothing.
    pub half_of_at_least: usize,
    /// People hit.
    pub people: usize,
    /// Removed bookings of one person.
    pub per_person: usize,
    /// By how much the weekly occupations in force may shrink, and the days to come that are in a term, in per cent. A
    /// week of days may always leave a term, since schools correct their dates.
    pub shrink_percent: usize,
    /// After so many nights in a row an empty area is believed.
    pub believe_empty_after_nights: usize,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self {
            removed: 10,
            removed_percent: 5,
            half_of_at_least: 4,
            people: 15,
            per_person: 10,
            shrink_percent: 20,
            believe_empty_after_nights: 7,
        }
    }
}
