//! A school takes its new timetable back, and what was removed for it comes back.

use std::collections::BTreeSet;

use booking_store::{Booking, BookingStore, Recipient, RunId};
use chrono::Days;
use timetable_sync::{Status, UndoRequest};

use super::{
    school::{NIGHT, School},
    story::Story,
};
use crate::{
    commands::undo,
    exit::{Failure, Outcome},
};

pub(super) async fn tell(story: &mut Story, school: &School<'_>) -> Outcome<()> {
    story.step("The school takes the new timetable back: undo")?;
    story.say(
        "The new timetable was a mistake. The school publishes the old one again, and the lessons that had moved into \
         booked rooms are gone. Nothing comes back by itself, since people may have made other plans; the sync says \
         once what could:",
    )?;
    let newest = school
        .removed()
        .await?
        .iter()
        .map(|removed| removed.run)
        .max();
    let run = newest.ok_or_else(|| Failure::failed("no booking was removed"))?;
    let lost: Vec<Booking> = school
        .removed()
        .await?
        .into_iter()
        .filter(|removed| removed.run == run)
        .map(|removed| removed.booking)
        .collect();
    let day = school.fixture.day("staff-missing");
    let date = day.map_or_else(Default::default, |day| day.date) + Days::new(1);
    let before = school.bookings().await?;
    let report = school.sync_again(story, "unchanged", date).await?;
    for warning in &report.warnings {
        story.show(&format!("  - {warning}"))?;
    }
    story.check(
        "the sync was applied and removed nothing",
        report.status == Status::Applied && report.removals.is_empty(),
    )?;
    story.check(
        &format!(
            "it offers {} of {} removed bookings back",
            report.offers.len(),
            lost.len()
        ),
        report.offers.len() == lost.len() && school.bookings().await? == before,
    )?;

    story.say(&format!(
        "The administrator takes the removals of run {run} back:"
    ))?;
    let request = UndoRequest {
        run,
        keep: false,
        now: Some(date.and_time(NIGHT)),
    };
    let syncer = school.context.syncer();
    let undone = syncer.undo(&school.context.school, &request).await?;
    story.show(&undo::page(&school.context, &undone))?;
    let after = school.bookings().await?;
    let is_back = |lost: &Booking| {
        after.iter().any(|booking| {
            let version = booking.version;
            *booking
                == Booking {
                    version,
                    ..lost.clone()
                }
        })
    };
    story.check(
        &format!(
            "all {} are back as they were, and the other {} untouched",
            lost.len(),
            before.len()
        ),
        lost.iter().all(is_back)
            && before.iter().all(|booking| after.contains(booking))
            && after.len() == before.len() + lost.len(),
    )?;
    told_once(story, school, undone.by, &lost).await?;
    let again = syncer.undo(&school.context.school, &request).await?;
    story.check(
        "a second undo does nothing",
        again.by.is_none() && again.restored.is_empty() && school.bookings().await? == after,
    )?;
    let quiet = school
        .sync_again(story, "unchanged", date + Days::new(1))
        .await?;
    story.check(
        "the next sync leaves them there",
        quiet.status == Status::Unchanged && school.bookings().await? == after,
    )
}

/// Each owner hears once that their bookings are back.
async fn told_once(
    story: &mut Story,
    school: &School<'_>,
    by: Option<RunId>,
    back: &[Booking],
) -> Outcome<()> {
    let owners: BTreeSet<String> = back
        .iter()
        .filter_map(|booking| Some(booking.owner_email.as_ref()?.trim().to_lowercase()))
        .collect();
    let messages = school.context.store.notices(&school.context.school).await?;
    let told: Vec<String> = messages
        .iter()
        .filter(|record| Some(record.notice.run) == by)
        .filter_map(|record| match &record.notice.to {
            Recipient::Owner { email, .. } => Some(email.to_lowercase()),
            Recipient::Administrator => None,
        })
        .collect();
    story.check(
        &format!("each of the {} people is told once", owners.len()),
        told.len() == owners.len() && told.iter().cloned().collect::<BTreeSet<_>>() == owners,
    )
}
