//! Bookings that stand where their owners or groups have lessons: people book the room in which they teach.

use std::collections::{BTreeMap, BTreeSet};

use booking_store::{Booking, RoomLink, SchoolState};
use chrono::TimeDelta;
use room_timetable::{
    Lesson, LessonKind, RoomId, SchoolTimetable, SourceRoomId, room_match::SharedUse,
};

use crate::{
    address::address,
    desired::{Desired, Local},
    error::Error,
};

/// No longer booking can stand for at least half of its time in one lesson.
const LONGEST: TimeDelta = TimeDelta::days(1);
/// In how many words of a title a group is looked for.
const WORDS: usize = 3;

/// Counts the bookings of each wanted room that coincide with lessons in each room of the source.
///
/// A booking coincides with a lesson that takes at least half of its time, and that its owner teaches or whose group is
/// in its title. Only the dates of bookings are looked at.
///
/// # Errors
///
/// [`Error::Timetable`] where the parts of the timetable do not fit.
pub(crate) fn shared_use(
    state: &SchoolState,
    desired: &Desired,
    wanted: impl Fn(&RoomId) -> bool,
) -> Result<Vec<SharedUse>, Error> {
    let own: Vec<RoomLink> = desired
        .rooms
        .keys()
        .map(|id| RoomLink {
            room: id.as_str().into(),
            source: id.clone(),
        })
        .collect();
    let local = Local {
        room_links: &own,
        // Exceptions name local rooms, and these are the source's.
        exceptions: &[],
        ..Local::of(state)
    };
    let timetable = desired.timetable(&local)?;
    let places = Places::of(desired);
    let mut counts: BTreeMap<(&RoomId, &RoomId), usize> = BTreeMap::new();
    for booking in &state.bookings {
        if !wanted(&booking.room) || length(booking) > LONGEST {
            continue;
        }
        let whose = Whose::of(booking, desired, &places);
        for room in places.of_whom(&whose) {
            if coincides(booking, room, &whose, &timetable) {
                *counts.entry((&booking.room, room)).or_default() += 1;
            }
        }
    }
    Ok(counts
        .into_iter()
        .map(|((local, source), times)| SharedUse {
            local: local.clone(),
            source: SourceRoomId::new(source.as_str()),
            times,
        })
        .collect())
}

fn length(booking: &Booking) -> TimeDelta {
    booking.interval.end() - booking.interval.start()
}

fn coincides(
    booking: &Booking,
    room: &RoomId,
    whose: &Whose<'_>,
    timetable: &SchoolTimetable,
) -> bool {
    booking.interval.dates().any(|date| {
        let day = timetable.day(room, date);
        day.occurrences.iter().any(|occurrence| {
            let shared = occurrence.interval.shared(booking.interval);
            let half = shared.is_some_and(|it| (it.end() - it.start()) * 2 >= length(booking));
            half && occurrence.lesson().is_some_and(|lesson| whose.has(lesson))
        })
    })
}

/// Whose lessons a booking may stand for.
struct Whose<'d> {
    teacher: Option<&'d str>,
    groups: BTreeSet<&'d str>,
}

impl<'d> Whose<'d> {
    fn of(booking: &Booking, desired: &'d Desired, places: &Places<'d>) -> Self {
        let email = booking.owner_email.as_deref().and_then(address);
        let title = booking.title.as_deref().unwrap_or_default();
        Self {
            teacher: email.and_then(|email| desired.staff.with_email(email)),
            groups: places.groups_in(title),
        }
    }

    fn has(&self, lesson: &Lesson) -> bool {
        let taught = |teacher: &str| lesson.teachers.iter().any(|one| one == teacher);
        is_class(lesson)
            && (self.teacher.is_some_and(taught) || self.groups.contains(lesson.group.as_str()))
    }
}

/// Where teachers teach and groups are taught.
struct Places<'d> {
    by_teacher: BTreeMap<&'d str, BTreeSet<&'d RoomId>>,
    by_group: BTreeMap<&'d str, BTreeSet<&'d RoomId>>,
    /// Groups by their lower-case names.
    groups: BTreeMap<String, BTreeSet<&'d str>>,
}

impl<'d> Places<'d> {
    fn of(desired: &'d Desired) -> Self {
        let mut places = Self {
            by_teacher: BTreeMap::new(),
            by_group: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        let lessons = desired.published.iter().flat_map(|one| &one.lessons);
        for lesson in lessons.filter(|lesson| is_class(lesson)) {
            for teacher in &lesson.teachers {
                let rooms = places.by_teacher.entry(teacher).or_default();
                rooms.insert(&lesson.room);
            }
            let group = lesson.group.as_str();
            if !group.is_empty() {
                places
                    .by_group
                    .entry(group)
                    .or_default()
                    .insert(&lesson.room);
                let named = places.groups.entry(group.to_lowercase()).or_default();
                named.insert(group);
            }
        }
        places
    }

    /// The groups whose names stand in a title as words of it.
    fn groups_in(&self, title: &str) -> BTreeSet<&'d str> {
        let title = title.to_lowercase();
        let words: Vec<&str> = title.split_whitespace().collect();
        let runs = (0..words.len())
            .flat_map(|from| (from + 1..=words.len().min(from + WORDS)).map(move |to| (from, to)));
        runs.filter_map(|(from, to)| {
            let run = words[from..to].join(" ");
            self.groups
                .get(run.trim_matches(|mark: char| !mark.is_alphanumeric()))
        })
        .flatten()
        .copied()
        .collect()
    }

    fn of_whom(&self, whose: &Whose<'_>) -> BTreeSet<&'d RoomId> {
        let taught = whose
            .teacher
            .and_then(|teacher| self.by_teacher.get(teacher));
        let groups = whose
            .groups
            .iter()
            .filter_map(|group| self.by_group.get(group));
        taught
            .into_iter()
            .chain(groups)
            .flatten()
            .copied()
            .collect()
    }
}

/// Whether people are taught in it, so that those who teach it would book its room.
fn is_class(lesson: &Lesson) -> bool {
    matches!(lesson.kind, LessonKind::Lesson | LessonKind::Tutorial)
}
