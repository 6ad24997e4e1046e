//! Who is told that bookings are back: one message per person and undo.

use std::collections::BTreeMap;

use booking_store::{Booking, Notice, Recipient, RunId, SchoolId};
use chrono::{DateTime, Utc};

use super::Restored;
use crate::{
    address::address,
    calendar::CalendarPart,
    messages::{Rendered, RestoredLetter, Templates, line, notice_id},
    removal::Person,
    settings::Settings,
};

/// What the messages of an undo are made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters<'r> {
    pub(super) school: &'r SchoolId,
    pub(super) settings: &'r Settings,
    pub(super) templates: &'r Templates,
    /// The run that restores.
    pub(super) by: RunId,
    /// When it started.
    pub(super) started: DateTime<Utc>,
}

impl Letters<'_> {
    /// The messages about these bookings: one to each owner with an address, and one to the administrator about the rest.
    pub(super) fn about(&self, restored: &[Restored]) -> Vec<Notice> {
        let mut owners: BTreeMap<String, Vec<&Restored>> = BTreeMap::new();
        let mut unreachable = Vec::new();
        for back in restored {
            match Person::of(&back.booking) {
                Person::Email(email) => owners.entry(email).or_default().push(back),
                Person::Name(_) | Person::Booking(_) => unreachable.push(back),
            }
        }
        let mut notices: Vec<Notice> = owners
            .into_values()
            .filter_map(|back| self.for_owner(&back))
            .collect();
        if !unreachable.is_empty() {
            let letter = RestoredLetter::new(&self.settings.messages, self.by, None, &unreachable);
            let rendered = self.templates.restored_digest(&letter);
            notices.push(self.notice(Recipient::Administrator, rendered, None, &unreachable));
        }
        notices
    }

    fn for_owner(&self, back: &[&Restored]) -> Option<Notice> {
        let email = address(back.first()?.booking.owner_email.as_deref()?)?.to_owned();
        let name = back.iter().find_map(|back| line(&back.booking.owner_name));
        let messages = &self.settings.messages;
        let letter = RestoredLetter::new(messages, self.by, name.clone(), back);
        let rendered = self.templates.restored_letter(&letter);
        let part = CalendarPart {
            school: self.school,
            zone: self.settings.zone,
            stamp: self.started,
            organizer: messages.reply_to.as_deref(),
            attendee: &email,
        };
        let bookings: Vec<(&Booking, &str)> = back
            .iter()
            .map(|back| (&back.booking, back.room_name.as_str()))
            .collect();
        let calendar = part.restored(&bookings);
        let to = Recipient::Owner { name, email };
        Some(self.notice(to, rendered, Some(calendar), back))
    }

    fn notice(
        &self,
        to: Recipient,
        rendered: Rendered,
        calendar: Option<String>,
        back: &[&Restored],
    ) -> Notice {
        Notice {
            id: notice_id(self.school, self.by, &to),
            school: self.school.clone(),
            run: self.by,
            to,
            subject: rendered.subject,
            text: rendered.text,
            html: Some(rendered.html),
            calendar,
            removed: Vec::new(),
            restored: back.iter().map(|back| back.booking.clone()).collect(),
        }
    }
}
