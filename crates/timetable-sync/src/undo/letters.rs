//! Who is told that bookings are back: one message per person and undo.

use std::collections::BTreeMap;

use booking_store::{Booking, Notice, Recipient, RunId, SchoolId};
use room_timetable::Cause;

use super::Restored;
use crate::{
    messages::notice_id,
    removal::{Person, given},
    restored_words::{digest, letter, subject},
    words::bookings,
};

/// The messages about these bookings: one to each owner with an address, and one to the administrator about the rest.
pub(super) fn letters(school: &SchoolId, by: RunId, restored: &[Restored]) -> Vec<Notice> {
    let mut owners: BTreeMap<String, Vec<&Restored>> = BTreeMap::new();
    let mut unreachable = Vec::new();
    for back in restored {
        match Person::of(&back.booking) {
            Person::Email(email) => owners.entry(email).or_default().push(back),
            Person::Name(_) | Person::Booking(_) => unreachable.push(back),
        }
    }
    let notice = |to: Recipient, subject, text, back: &[&Restored]| Notice {
        id: notice_id(school, by, &to),
        school: school.clone(),
        run: by,
        to,
        subject,
        text,
        html: None,
        calendar: None,
        removed: Vec::new(),
        restored: back.iter().map(|back| back.booking.clone()).collect(),
    };
    let mut notices: Vec<Notice> = owners
        .into_values()
        .filter_map(|back| {
            let email = given(&back.first()?.booking.owner_email)?;
            let name = back.iter().find_map(|back| given(&back.booking.owner_name));
            let text = letter(name.as_deref(), &items(&back));
            let to = Recipient::Owner { name, email };
            Some(notice(to, subject(back.len()), text, &back))
        })
        .collect();
    if !unreachable.is_empty() {
        let count = bookings(unreachable.len());
        let subject = format!("{count} restored without an address to write to");
        let text = digest(&items(&unreachable));
        notices.push(notice(
            Recipient::Administrator,
            subject,
            text,
            &unreachable,
        ));
    }
    notices
}

fn items<'r>(back: &[&'r Restored]) -> Vec<(&'r Booking, &'r str, &'r [Cause])> {
    back.iter()
        .map(|back| {
            let room = back.room_name.as_str();
            (&back.booking, room, back.overruled.as_slice())
        })
        .collect()
}
