//! What happens every night afterwards.

use std::collections::BTreeSet;

use isams_client::Payload;
use timetable_sync::Status;

use super::{
    school::{School, check_removals},
    story::Story,
};
use crate::{
    calendar_view,
    commands::{calendar, outbox},
    exit::{Failure, Outcome},
    report_view,
    table::terminal_width,
};

pub(super) async fn unchanged(story: &mut Story, school: &School<'_>) -> Outcome<()> {
    story.step("The next night: nothing new")?;
    story.say("iSAMS says the same as the night before.")?;
    let (before, queued) = (school.state().await?, school.outbox().await?);
    let report = school.sync(story, "unchanged").await?;
    let mut after = school.state().await?;
    story.check("the sync is unchanged", report.status == Status::Unchanged)?;
    // The journal has a row for each run; everything else must be the same.
    after.last_run = before.last_run;
    story.check(
        "rooms, timeslots, matches, bookings and timetable were not written",
        after == before,
    )?;
    story.check(
        "nobody gets a message",
        school.outbox().await? == queued && report.notices == 0,
    )
}

pub(super) async fn republished(story: &mut Story, school: &School<'_>) -> Outcome<()> {
    story.step("The timetable is published again")?;
    story.say(
        "Two weeks later the school publishes its timetable anew. iSAMS gives every row a new id; what counts is what \
         the rows mean. A few lessons have moved, into rooms and times that were free and have been booked:",
    )?;
    let before = school.bookings().await?;
    let queued = school.outbox().await?.len();
    let old_ids = lesson_ids(&school.fetch(story, "unchanged").await?);
    let new_ids = lesson_ids(&school.fetch(story, "republished").await?);
    let report = school.sync(story, "republished").await?;
    story.show(&report_view::removals(story.out, &report))?;
    story.check("the sync was applied", report.status == Status::Applied)?;
    let lessons = report.lessons;
    let differ = lessons.added + lessons.changed + lessons.removed;
    story.check(
        &format!(
            "all {} rows of lessons have new ids, and yet only {differ} weekly lessons differ",
            new_ids.len()
        ),
        old_ids.is_disjoint(&new_ids) && differ > 0 && differ * 10 < new_ids.len(),
    )?;
    check_removals(story, school, &report, &before, queued).await?;
    story.say("These messages are queued:")?;
    let outbox = school.outbox().await?;
    story.show(&outbox::list(&school.context, story.out, &outbox[queued..]))?;

    let first = report
        .removals
        .first()
        .ok_or_else(|| Failure::failed("no booking was removed"))?;
    story.say("The first of these rooms, in the week of that booking:")?;
    let week = calendar::weeks(&school.context, &first.room, first.start.date(), 1).await?;
    story.show(&calendar_view::page(story.out, &week, terminal_width()))?;
    story.check(
        &format!(
            "the calendar shows {} lessons, none in doubt",
            calendar_view::lessons(&week)
        ),
        calendar_view::lessons(&week) > 0 && calendar_view::doubtful(&week) == 0,
    )
}

fn lesson_ids(payload: &Payload) -> BTreeSet<String> {
    let timetables = payload.published_timetable.value().into_iter().flatten();
    timetables
        .flat_map(|timetable| &timetable.schedules)
        .filter_map(|row| row.id.clone())
        .collect()
}
