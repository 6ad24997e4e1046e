//! A large school whose first sync is held and released by its fingerprint.

use std::collections::BTreeSet;

use timetable_sync::{Report, Status};

use super::{
    existing_school::matching,
    school::{School, check_removals},
    story::Story,
};
use crate::exit::Outcome;

/// How many of the removals are shown.
const SHOWN: usize = 5;

pub(super) async fn tell(story: &mut Story, school: &School<'_>) -> Outcome<()> {
    story.step("A large school: held, looked at, released")?;
    story.say(
        "Birchwood College has a senior and a junior division with times of their own, Saturday school, and many \
         bookings from the years before.",
    )?;
    school.import_all(story).await?;
    let before = school.bookings().await?;
    let report = school.sync(story, "first").await?;
    story.check(
        "the first sync waits for matching",
        report.status == Status::AwaitingMatch,
    )?;
    matching(story, school).await?;

    let held = school.sync(story, "first").await?;
    story.say("The guard holds the next sync, because it would hit many people at once:")?;
    for reason in &held.held_because {
        story.show(&format!("  - {reason}"))?;
    }
    story.show("")?;
    for removal in held.removals.iter().take(SHOWN) {
        story.show(&format!("  - {}", removal.text))?;
    }
    let more = held.removals.len().saturating_sub(SHOWN);
    story.show(&format!("  and {more} more\n"))?;
    story.check("the run is held", held.status == Status::Held)?;
    story.check(
        &format!("all {} bookings are still there", before.len()),
        school.bookings().await? == before && school.outbox().await?.is_empty(),
    )?;

    story.say(&format!(
        "The administrator reads the list, finds it right, and releases exactly this plan with `--apply-plan {}`. The \
         plan is made again from what iSAMS says now, and applied only if it is still the same.",
        held.fingerprint
    ))?;
    let other = school
        .sync_with(story, "first", Some("0123456789abcdef0123"))
        .await?;
    story.check(
        "another fingerprint releases nothing",
        other.status == Status::Held && school.bookings().await? == before,
    )?;
    let applied = school
        .sync_with(story, "first", Some(&held.fingerprint))
        .await?;
    story.check("its own applies it", applied.status == Status::Applied)?;
    story.check(
        "it removes exactly what was listed",
        ids(&applied) == ids(&held),
    )?;
    check_removals(story, school, &applied, &before, 0).await?;

    let after = school.bookings().await?;
    let again = school
        .sync_with(story, "first", Some(&held.fingerprint))
        .await?;
    story.check(
        "a used fingerprint does nothing",
        again.status == Status::Held && again.run.is_none() && school.bookings().await? == after,
    )?;
    let quiet = school.sync(story, "first").await?;
    story.check(
        "the next sync is unchanged",
        quiet.status == Status::Unchanged && school.bookings().await? == after,
    )
}

fn ids(report: &Report) -> BTreeSet<&str> {
    let removals = report.removals.iter();
    removals.map(|removal| removal.booking.as_str()).collect()
}
