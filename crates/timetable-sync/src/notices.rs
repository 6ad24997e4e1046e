//! What people are told: one message per person and run.

use std::collections::BTreeMap;

use booking_store::{Notice, NoticeId, Recipient, RemovedBooking, RunId, SchoolId};
use sha2::{Digest, Sha256};

use crate::{
    removal::{Person, PlannedRemoval, given},
    words,
};

/// The messages about these removals: one to each owner with an address, and one to the administrator about the rest.
pub(crate) fn notices(school: &SchoolId, run: RunId, removals: &[PlannedRemoval]) -> Vec<Notice> {
    let mut owners: BTreeMap<String, Vec<&PlannedRemoval>> = BTreeMap::new();
    let mut unreachable = Vec::new();
    for removal in removals {
        match Person::of(&removal.booking) {
            Person::Email(email) => owners.entry(email).or_default().push(removal),
            Person::Name(_) | Person::Booking(_) => unreachable.push(removal),
        }
    }
    let mut notices: Vec<Notice> = owners
        .into_values()
        .map(|removals| {
            let first = &removals[0].booking;
            let email = first
                .owner_email
                .as_deref()
                .unwrap_or_default()
                .trim()
                .to_owned();
            let name = removals
                .iter()
                .find_map(|removal| given(&removal.booking.owner_name));
            let text = words::letter(name.as_deref(), &removals);
            notice(
                school,
                run,
                Recipient::Owner { name, email },
                words::subject(&removals),
                text,
                &removals,
            )
        })
        .collect();
    if !unreachable.is_empty() {
        let subject = format!(
            "{} without an address to write to",
            words::bookings(unreachable.len())
        );
        let text = words::digest(&unreachable);
        notices.push(notice(
            school,
            run,
            Recipient::Administrator,
            subject,
            text,
            &unreachable,
        ));
    }
    notices
}

/// How many owners get a message.
pub(crate) fn owners(removals: &[PlannedRemoval]) -> usize {
    let mut people: Vec<Person> = removals
        .iter()
        .map(|removal| Person::of(&removal.booking))
        .collect();
    people.retain(|person| matches!(person, Person::Email(_)));
    people.sort();
    people.dedup();
    people.len()
}

fn notice(
    school: &SchoolId,
    run: RunId,
    to: Recipient,
    subject: String,
    text: String,
    removals: &[&PlannedRemoval],
) -> Notice {
    let removed = removals
        .iter()
        .map(|removal| RemovedBooking {
            booking: removal.booking.clone(),
            run,
            causes: removal.causes.clone(),
            absorbed: removal.absorbed,
        })
        .collect();
    Notice {
        id: notice_id(school, run, &to),
        school: school.clone(),
        run,
        to,
        subject,
        text,
        html: None,
        calendar: None,
        removed,
        restored: Vec::new(),
    }
}

/// The id of the one message that a run sends to a person; the same whenever it is worked out.
pub(crate) fn notice_id(school: &SchoolId, run: RunId, to: &Recipient) -> NoticeId {
    let person = match to {
        Recipient::Owner { email, .. } => format!("owner {}", email.to_lowercase()),
        Recipient::Administrator => "administrator".to_owned(),
    };
    let hash = Sha256::digest(format!("{:?} {run} {person:?}", school.as_str()));
    let id = hash.iter().take(16).map(|byte| format!("{byte:02x}"));
    NoticeId::new(id.collect::<String>())
}
