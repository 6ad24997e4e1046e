//! The messages of a run: one per person.

use std::collections::BTreeMap;

use booking_store::{
    Notice, NoticeId, Recipient, RemovedBooking, RunId, RunRecord, SchoolId, SchoolState,
};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::{
    letter::{Digest, Letter, line},
    news,
    templates::{Rendered, Templates},
};
use crate::{
    address::address,
    calendar,
    plan::Plan,
    removal::{Person, PlannedRemoval},
    report::{Report, Status},
    returns,
    settings::Settings,
};

/// What the messages of a run are made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'r> {
    pub(crate) school: &'r SchoolId,
    pub(crate) settings: &'r Settings,
    pub(crate) templates: &'r Templates,
    pub(crate) run: RunId,
    /// When the run started.
    pub(crate) started: DateTime<Utc>,
    pub(crate) report: &'r Report,
    pub(crate) plan: &'r Plan,
    /// The school as it was read.
    pub(crate) state: &'r SchoolState,
    /// The syncs before it, newest first.
    pub(crate) journal: &'r [RunRecord],
}

impl Told<'_> {
    /// The messages of the run: one to each owner with an address who loses bookings, and one to the administrator where
    /// there is news, or owners who cannot be written to, or bookings that can come back.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        let removals: &[PlannedRemoval] = match self.report.status {
            Status::Applied | Status::Unchanged => &self.plan.removals,
            // What is withheld is told to the administrator only.
            Status::Planned | Status::Held | Status::AwaitingMatch => &[],
        };
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
            .map(|removals| self.for_owner(&removals))
            .collect();
        notices.extend(self.for_administrator(&unreachable));
        notices
    }

    fn for_owner(&self, removals: &[&PlannedRemoval]) -> Notice {
        let email = removals
            .iter()
            .find_map(|removal| removal.booking.owner_email.as_deref().and_then(address))
            .unwrap_or_default()
            .to_owned();
        let name = removals
            .iter()
            .find_map(|removal| line(&removal.booking.owner_name));
        let messages = &self.settings.messages;
        let letter = Letter::new(messages, self.run, name.clone(), removals);
        let part = calendar::CalendarPart {
            school: self.school,
            zone: self.settings.zone,
            stamp: self.started,
            organizer: messages.reply_to.as_deref(),
            attendee: &email,
        };
        let calendar = part.cancelled(removals);
        let to = Recipient::Owner { name, email };
        let rendered = self.templates.letter(&letter);
        self.notice(to, rendered, Some(calendar), removals)
    }

    fn for_administrator(&self, unreachable: &[&PlannedRemoval]) -> Option<Notice> {
        let news = news::news(self.report, self.plan, self.state, self.journal);
        let offers: Vec<_> = returns::new_ones(&self.plan.offers, self.journal).collect();
        if news.is_none() && unreachable.is_empty() && offers.is_empty() {
            return None;
        }
        let messages = &self.settings.messages;
        let digest = Digest::new(messages, self.run, news, unreachable, &offers);
        let rendered = self.templates.digest(&digest);
        Some(self.notice(Recipient::Administrator, rendered, None, unreachable))
    }

    fn notice(
        &self,
        to: Recipient,
        rendered: Rendered,
        calendar: Option<String>,
        removals: &[&PlannedRemoval],
    ) -> Notice {
        let (run, school) = (self.run, self.school);
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
            subject: rendered.subject,
            text: rendered.text,
            html: Some(rendered.html),
            calendar,
            removed,
            restored: Vec::new(),
        }
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
