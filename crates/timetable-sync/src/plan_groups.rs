//! The removals of a report by whom they hit, by room and by cause.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use chrono::NaiveDateTime;
use room_timetable::CauseKind;
use serde::Serialize;

use crate::{
    messages::{self, one_line},
    removal::{Person, given},
    report::{RemovalReport, minutes},
    words,
};

/// So many rooms are named in a sentence; more are only counted.
const ROOMS_NAMED: usize = 3;

/// The same removals, gathered three ways. Its names are a contract, as those of the [`Report`](crate::Report) are.
///
/// Each list starts with the group that loses most. Groups that lose the same stand by name, so the order depends on
/// nothing but the removals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RemovalGroups<'r> {
    /// By owner. Each removal is in one group.
    pub person: Vec<RemovalGroup<'r, PersonKey>>,
    /// By the room that is lost. Each removal is in one group.
    pub room: Vec<RemovalGroup<'r, RoomKey>>,
    /// By what takes the room. A removal with several causes is in the group of each.
    pub cause: Vec<RemovalGroup<'r, CauseKey>>,
}

/// Removals that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RemovalGroup<'r, Key> {
    /// What they have in common.
    #[serde(flatten)]
    pub key: Key,
    /// How many they are.
    pub count: usize,
    /// How many of them are absorbed: the owner teaches what takes the room.
    pub absorbed: usize,
    /// How many people they belong to.
    pub people: usize,
    /// When the first of them starts, school-local.
    #[serde(serialize_with = "minutes")]
    pub first: NaiveDateTime,
    /// When the last of them starts.
    #[serde(serialize_with = "minutes")]
    pub last: NaiveDateTime,
    /// The group in plain English.
    pub text: String,
    /// The ids of the bookings, by start.
    pub bookings: Vec<&'r str>,
    /// Each of them in plain English, in the same order.
    pub sentences: Vec<&'r str>,
    /// The removals themselves, in the same order.
    #[serde(skip)]
    pub removals: Vec<&'r RemovalReport>,
}

/// The owner of bookings: one address with case ignored, else one name, else nobody who is named.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct PersonKey {
    /// The first name that is given with any of the bookings.
    pub name: Option<String>,
    /// The address as the first of the bookings has it.
    pub email: Option<String>,
}

/// A room of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RoomKey {
    /// Its id.
    pub room: String,
    /// Its name.
    pub name: String,
}

/// What takes rooms: everything of one kind and name, on all dates and in all rooms.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct CauseKey {
    /// What it is.
    pub kind: CauseKind,
    /// Its name.
    pub label: String,
}

impl<'r> RemovalGroups<'r> {
    /// Gathers the removals of a report.
    pub fn of(removals: &'r [RemovalReport]) -> Self {
        Self {
            person: by_person(removals),
            room: by_room(removals),
            cause: by_cause(removals),
        }
    }
}

impl fmt::Display for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (messages::line(&self.name), messages::line(&self.email)) {
            (Some(name), Some(email)) => write!(f, "{name} ({email})"),
            (Some(one), None) | (None, Some(one)) => f.write_str(&one),
            (None, None) => f.write_str("An owner who is not named"),
        }
    }
}

impl fmt::Display for RoomKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.name))
    }
}

impl fmt::Display for CauseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", one_line(&self.label), self.kind)
    }
}

fn by_person(removals: &[RemovalReport]) -> Vec<RemovalGroup<'_, PersonKey>> {
    let mut people: BTreeMap<Person, Vec<&RemovalReport>> = BTreeMap::new();
    for removal in removals {
        people.entry(owner(removal)).or_default().push(removal);
    }
    let groups = people.into_values().map(|removals| {
        let key = PersonKey {
            name: removals
                .iter()
                .find_map(|removal| given(&removal.owner_name)),
            email: removals
                .iter()
                .find_map(|removal| given(&removal.owner_email)),
        };
        group(key, removals, person_text)
    });
    in_order(groups.collect())
}

fn by_room(removals: &[RemovalReport]) -> Vec<RemovalGroup<'_, RoomKey>> {
    let mut rooms: BTreeMap<RoomKey, Vec<&RemovalReport>> = BTreeMap::new();
    for removal in removals {
        let key = RoomKey {
            room: removal.room.clone(),
            name: removal.room_name.clone(),
        };
        rooms.entry(key).or_default().push(removal);
    }
    let groups = rooms.into_iter().map(|(key, removals)| {
        group(key, removals, |group| {
            let (key, lost) = (&group.key, persons_bookings(group));
            format!("{key} loses {lost}{}.", own_lessons(group))
        })
    });
    in_order(groups.collect())
}

fn by_cause(removals: &[RemovalReport]) -> Vec<RemovalGroup<'_, CauseKey>> {
    let mut causes: BTreeMap<CauseKey, Vec<&RemovalReport>> = BTreeMap::new();
    for removal in removals {
        let mut keys: Vec<CauseKey> = removal
            .causes
            .iter()
            .map(|cause| CauseKey {
                kind: cause.kind,
                label: cause.label.clone(),
            })
            .collect();
        // One that meets twice within a booking is still one.
        keys.sort();
        keys.dedup();
        for key in keys {
            causes.entry(key).or_default().push(removal);
        }
    }
    let groups = causes.into_iter().map(|(key, removals)| {
        group(key, removals, |group| {
            let (key, lost, rooms) = (&group.key, persons_bookings(group), rooms(&group.removals));
            format!(
                "{key} takes the place of {lost} in {rooms}{}.",
                own_lessons(group)
            )
        })
    });
    in_order(groups.collect())
}

/// A group; its text is made from the rest of it.
fn group<'r, Key>(
    key: Key,
    removals: Vec<&'r RemovalReport>,
    text: impl FnOnce(&RemovalGroup<'r, Key>) -> String,
) -> RemovalGroup<'r, Key> {
    let mut people: Vec<Person> = removals.iter().map(|removal| owner(removal)).collect();
    people.sort();
    people.dedup();
    let starts = || removals.iter().map(|removal| removal.start);
    let texts = removals.iter().map(|removal| removal.text.as_str());
    let ids = removals.iter().map(|removal| removal.booking.as_str());
    let mut group = RemovalGroup {
        key,
        count: removals.len(),
        absorbed: removals.iter().filter(|removal| removal.absorbed).count(),
        people: people.len(),
        first: starts().min().unwrap_or_default(),
        last: starts().max().unwrap_or_default(),
        text: String::new(),
        bookings: ids.collect(),
        sentences: texts.collect(),
        removals,
    };
    group.text = text(&group);
    group
}

/// Those that lose most first, then by name. Groups come by key, and the sort is stable.
fn in_order<Key: fmt::Display>(
    mut groups: Vec<RemovalGroup<'_, Key>>,
) -> Vec<RemovalGroup<'_, Key>> {
    groups.sort_by_cached_key(|group| {
        (
            Reverse(group.count - group.absorbed),
            Reverse(group.count),
            group.key.to_string().to_lowercase(),
        )
    });
    groups
}

fn owner(removal: &RemovalReport) -> Person {
    Person::named(&removal.owner_email, &removal.owner_name, &removal.booking)
}

fn person_text(group: &RemovalGroup<'_, PersonKey>) -> String {
    let (who, absorbed) = (&group.key, group.absorbed);
    let lost = words::bookings(group.count - absorbed);
    match (group.count - absorbed, absorbed) {
        (_, 0) => format!("{who} loses {lost}."),
        (0, 1) => format!("1 booking of {who} is the owner's own lesson now."),
        (0, _) => format!("{absorbed} bookings of {who} are the owner's own lessons now."),
        (_, 1) => format!("{who} loses {lost}; 1 more is the owner's own lesson now."),
        (_, _) => {
            format!("{who} loses {lost}; {absorbed} more are the owner's own lessons now.")
        }
    }
}

/// `3 bookings of 2 people`.
fn persons_bookings<Key>(group: &RemovalGroup<'_, Key>) -> String {
    let bookings = words::bookings(group.count);
    match group.people {
        1 => format!("{bookings} of 1 person"),
        people => format!("{bookings} of {people} people"),
    }
}

fn own_lessons<Key>(group: &RemovalGroup<'_, Key>) -> String {
    match (group.count, group.absorbed) {
        (_, 0) => String::new(),
        (1, _) => "; it is the owner's own lesson now".to_owned(),
        (count, absorbed) if count == absorbed => {
            "; all are their owners' own lessons now".to_owned()
        }
        (_, 1) => "; 1 of them is the owner's own lesson now".to_owned(),
        (_, absorbed) => format!("; {absorbed} of them are their owners' own lessons now"),
    }
}

/// The rooms of removals by name, `Lab 1, Lab 2 and Lab 3`, or how many they are.
fn rooms(removals: &[&RemovalReport]) -> String {
    let mut rooms: Vec<(&str, &str)> = removals
        .iter()
        .map(|removal| (removal.room_name.as_str(), removal.room.as_str()))
        .collect();
    rooms.sort_unstable();
    rooms.dedup();
    let mut names: Vec<String> = rooms.into_iter().map(|(name, _)| one_line(name)).collect();
    if names.len() > ROOMS_NAMED {
        return format!("{} rooms", names.len());
    }
    match names.pop() {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removal(room: &str) -> RemovalReport {
        RemovalReport {
            booking: format!("in {room}"),
            room: room.to_owned(),
            start: NaiveDateTime::MIN,
            end: NaiveDateTime::MAX,
            owner_email: None,
            owner_name: None,
            title: None,
            room_name: format!("Lab {room}"),
            absorbed: false,
            causes: Vec::new(),
            alternatives: Vec::new(),
            because: String::new(),
            text: String::new(),
        }
    }

    #[test]
    fn three_rooms_are_named_and_four_are_counted() {
        let removals = ["1", "2", "3", "4", "2"].map(removal);
        let removals: Vec<&RemovalReport> = removals.iter().collect();
        assert_eq!(rooms(&removals[..1]), "Lab 1");
        assert_eq!(rooms(&removals[..3]), "Lab 1, Lab 2 and Lab 3");
        assert_eq!(rooms(&removals), "4 rooms");
    }
}
