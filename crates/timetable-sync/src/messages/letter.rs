//! Letters as data: all that a template can say.

use std::collections::BTreeSet;

use booking_store::RunId;
use chrono::NaiveDateTime;
use room_timetable::{Cause, CauseKind};
use serde::{Serialize, Serializer};

use super::line::one_line;
use crate::{
    removal::{PlannedRemoval, given},
    report::local_time,
    restored_words,
    returns::Returnable,
    settings::MessageSettings,
    undo::Restored,
    words,
};

/// A letter to the owner of bookings that a run removed. Every text is on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// The name of the school, where it is set.
    pub school: Option<String>,
    /// The owner's name, where it is known.
    pub name: Option<String>,
    /// The run, as a number.
    pub run: u64,
    /// Bookings that are lost, by start.
    pub removed: Vec<RemovedItem>,
    /// Bookings that are no longer needed, because the owner's own lessons have the room; by start.
    pub absorbed: Vec<RemovedItem>,
    /// What took the place of the bookings that are lost, each kind once: `lesson`, `meeting`, `tutorial`,
    /// `year_schedule`, `cover`, `closure` or `event`.
    pub kinds: Vec<&'static str>,
    /// How to object, as the end of "please …", where it is set.
    pub contact: Option<String>,
}

/// A letter to the administrator: what somebody should know of a run. Every text is on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// The name of the school, where it is set.
    pub school: Option<String>,
    /// The run, as a number.
    pub run: u64,
    /// How the run ended, where that is news.
    pub news: Option<News>,
    /// Removed bookings whose owners cannot be written to, by start.
    pub unreachable: Vec<RemovedItem>,
    /// Bookings that earlier runs removed and that can come back since nothing stands there any more, by start; each is
    /// told once.
    pub offers: Vec<OfferedItem>,
}

/// A removed booking that can come back, as a letter tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OfferedItem {
    /// The booking's id.
    pub id: String,
    /// The run that removed it, as a number; an undo of it brings the booking back.
    pub run: u64,
    /// When, where, which and whose it is, as one line.
    pub line: String,
}

/// A letter about bookings that are back: to their owner, or to the administrator about owners who cannot be written to.
/// Every text is on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RestoredLetter {
    /// The name of the school, where it is set.
    pub school: Option<String>,
    /// The owner's name, where it is known; none in the letter to the administrator.
    pub name: Option<String>,
    /// The run that restored them, as a number.
    pub run: u64,
    /// The bookings, by start.
    pub restored: Vec<RestoredItem>,
    /// How to object, as the end of "please …", where it is set.
    pub contact: Option<String>,
}

/// A booking that is back, as a letter tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RestoredItem {
    /// The booking's id.
    pub id: String,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// Its title in quotation marks, or else its id.
    pub what: String,
    /// The name of its room.
    pub room: String,
    /// When it is: `Wed 24 Sep 2031 16:00-17:30`.
    pub when: String,
    /// When it starts, school-local: `2031-09-24T16:00`.
    #[serde(serialize_with = "minutes")]
    pub start: NaiveDateTime,
    /// When it ends.
    #[serde(serialize_with = "minutes")]
    pub end: NaiveDateTime,
    /// What stands there by the timetable and was overruled: `Art 3C/Ar2 meets there in Prep (15:45-16:30)`.
    pub despite: Option<String>,
    /// When, where, which and whose it is, as one line.
    pub line: String,
}

/// A removed booking, as a letter tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RemovedItem {
    /// The booking's id.
    pub id: String,
    /// Its title, where it has one.
    pub title: Option<String>,
    /// Its title in quotation marks, or else its id.
    pub what: String,
    /// The name of its room.
    pub room: String,
    /// When it was: `Wed 24 Sep 2031 16:00-17:30`.
    pub when: String,
    /// When it would have started, school-local: `2031-09-24T16:00`.
    #[serde(serialize_with = "minutes")]
    pub start: NaiveDateTime,
    /// When it would have ended.
    #[serde(serialize_with = "minutes")]
    pub end: NaiveDateTime,
    /// Why it had to go: `Art 3C/Ar2 meets there in Prep (15:45-16:30)`.
    pub reason: String,
    /// What took its place, each kind once: `lesson`, `meeting`, `tutorial`, `year_schedule`, `cover`, `closure` or
    /// `event`.
    pub kinds: Vec<&'static str>,
    /// The rooms that are free then, best first, as one text; `None` where none is. No other letter offers them for an
    /// overlapping time.
    pub free: Option<String>,
    /// Their names.
    pub free_rooms: Vec<String>,
    /// All of it as one sentence, with the owner.
    pub sentence: String,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// The first sync took effect.
    Applied {
        /// Weekly lessons that it brought.
        lessons: usize,
        /// Bookings that it removed.
        removed: usize,
    },
    /// Nothing takes effect until rooms are matched.
    AwaitingMatch {
        /// Rooms of the store without a match.
        unmatched: usize,
    },
    /// The guard held it.
    Held {
        /// No sync has taken effect yet, so there is no timetable that stays.
        first: bool,
        /// Why.
        reasons: Vec<String>,
        /// Data areas that must be accepted by name.
        accept: Vec<String>,
        /// By which it is released; `None` where it cannot be.
        fingerprint: Option<String>,
        /// The removals that it withholds, each as a sentence; the first of them where there are many.
        removals: Vec<String>,
        /// How many more there are.
        more: usize,
    },
}

impl Letter {
    pub(super) fn new(
        settings: &MessageSettings,
        run: RunId,
        name: Option<String>,
        removals: &[&PlannedRemoval],
    ) -> Self {
        let (absorbed, removed) = removals
            .iter()
            .partition::<Vec<&PlannedRemoval>, _>(|removal| removal.absorbed);
        let items =
            |removals: Vec<&PlannedRemoval>| removals.into_iter().map(RemovedItem::from).collect();
        let kinds = kinds(removed.iter().flat_map(|removal| &removal.causes));
        Self {
            school: line(&settings.school_name),
            name,
            run: run.0,
            kinds,
            removed: items(removed),
            absorbed: items(absorbed),
            contact: line(&settings.contact),
        }
    }
}

impl Digest {
    pub(super) fn new(
        settings: &MessageSettings,
        run: RunId,
        news: Option<News>,
        unreachable: &[&PlannedRemoval],
        offers: &[&Returnable],
    ) -> Self {
        Self {
            school: line(&settings.school_name),
            run: run.0,
            news,
            unreachable: unreachable.iter().copied().map(RemovedItem::from).collect(),
            offers: offers.iter().copied().map(OfferedItem::from).collect(),
        }
    }
}

impl RestoredLetter {
    pub(crate) fn new(
        settings: &MessageSettings,
        run: RunId,
        name: Option<String>,
        restored: &[&Restored],
    ) -> Self {
        Self {
            school: line(&settings.school_name),
            name,
            run: run.0,
            restored: restored.iter().copied().map(RestoredItem::from).collect(),
            contact: line(&settings.contact),
        }
    }
}

impl From<&Returnable> for OfferedItem {
    fn from(offer: &Returnable) -> Self {
        Self {
            id: one_line(offer.booking.id.as_str()),
            run: offer.run.0,
            line: one_line(&offer.text()),
        }
    }
}

impl From<&Restored> for RestoredItem {
    fn from(back: &Restored) -> Self {
        let booking = &back.booking;
        let despite = (!back.overruled.is_empty())
            .then(|| one_line(&words::because(&back.overruled, booking.interval)));
        Self {
            id: one_line(booking.id.as_str()),
            title: line(&booking.title),
            what: one_line(&restored_words::title(booking)),
            room: one_line(&back.room_name),
            when: words::span(booking.interval),
            start: booking.interval.start(),
            end: booking.interval.end(),
            despite,
            line: one_line(&restored_words::line_with_owner(booking, &back.room_name)),
        }
    }
}

impl From<&PlannedRemoval> for RemovedItem {
    fn from(removal: &PlannedRemoval) -> Self {
        let booking = &removal.booking;
        Self {
            id: one_line(booking.id.as_str()),
            title: line(&booking.title),
            what: one_line(&words::title(removal)),
            room: one_line(&removal.room_name),
            when: words::span(booking.interval),
            start: booking.interval.start(),
            end: booking.interval.end(),
            reason: one_line(&words::because(&removal.causes, booking.interval)),
            kinds: kinds(&removal.causes),
            free: words::free(&removal.alternatives).map(|rooms| one_line(&rooms)),
            free_rooms: removal
                .alternatives
                .iter()
                .map(|offer| one_line(&offer.name))
                .collect(),
            sentence: one_line(&words::sentence(removal)),
        }
    }
}

fn kinds<'c>(causes: impl IntoIterator<Item = &'c Cause>) -> Vec<&'static str> {
    let kinds: BTreeSet<CauseKind> = causes.into_iter().map(|cause| cause.kind).collect();
    kinds.into_iter().map(CauseKind::name).collect()
}

/// A text that says something, on one line.
pub(crate) fn line(text: &Option<String>) -> Option<String> {
    given(text)
        .map(|text| one_line(&text))
        .filter(|text| !text.is_empty())
}

fn minutes<S: Serializer>(time: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&local_time(*time))
}
