//! What the two schools had booked, case by case.

pub(super) mod alder;
pub(super) mod birchwood;

use chrono::{NaiveDateTime, NaiveTime};

use super::School;
use super::desk::{Desk, Window};
use super::existing::{LocalRoom, LocalRooms, Owner};
use super::people::StaffMember;
use super::schools::date;

const TITLES: [&str; 14] = [
    "Parents' evening preparation",
    "Department meeting",
    "Revision clinic",
    "Choir rehearsal",
    "Governors' visit",
    "Photographs, Year 7",
    "Debating",
    "Staff training",
    "Careers talk",
    "Interview panel",
    "Board games club",
    "Exam marking",
    "\"Young Scientists\" club",
    "Café français",
];

/// Bookings in free places, up to `total`.
fn fill(desk: &mut Desk<'_>, window: Window, owners: &[Owner], total: usize) {
    for (owner, title) in owners
        .iter()
        .cycle()
        .zip(TITLES.iter().cycle())
        .take(total.saturating_sub(desk.len()))
    {
        desk.in_free_slot(window, owner, title);
    }
}

fn local_rooms(school: &School, rooms: &[(&str, &str, &'static str, &str)]) -> LocalRooms {
    LocalRooms(
        rooms
            .iter()
            .map(|&(id, name, category, isams)| LocalRoom {
                id: id.to_owned(),
                name: name.to_owned(),
                category,
                isams: school.room(isams),
            })
            .collect(),
    )
}

/// The first members of staff that have an address; every fourth is written surname first.
fn staff_owners(school: &School, count: usize) -> Vec<Owner> {
    school
        .teaching
        .staff
        .iter()
        .enumerate()
        .filter_map(|(index, member)| {
            let mut owner = Owner::of_staff(member)?;
            if index % 4 == 3 {
                owner.name = format!("{}, {}", member.surname, member.forename.trim());
            }
            Some(owner)
        })
        .take(count)
        .collect()
}

impl Owner {
    /// A member of staff who can be written to; the address in lower case, as the booking product
    /// keeps it.
    pub(super) fn of_staff(member: &StaffMember) -> Option<Self> {
        let email = member
            .email
            .as_deref()
            .map(str::trim)
            .filter(|email| !email.is_empty())?;
        Some(Self {
            name: member.full_name(),
            email: Some(email.to_lowercase()),
            code: Some(member.user_code.clone()),
        })
    }
}

fn owner(name: &str, email: Option<&str>) -> Owner {
    Owner {
        name: name.to_owned(),
        email: email.map(str::to_owned),
        code: None,
    }
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}

type Moment = (i32, u32, u32, u32, u32);

/// Two moments written as numbers.
trait At {
    fn at(self) -> (NaiveDateTime, NaiveDateTime);
}

impl At for (Moment, Moment) {
    fn at(self) -> (NaiveDateTime, NaiveDateTime) {
        let at = |(year, month, day, hour, minute): Moment| {
            date((year, month, day)).and_time(time(hour, minute))
        };
        (at(self.0), at(self.1))
    }
}
