//! Nights on which iSAMS does not send what it should.

use isams_client::DataArea;
use timetable_sync::Status;

use super::{school::School, story::Story};
use crate::{calendar_view, commands::calendar, exit::Outcome};

pub(super) async fn tell(story: &mut Story, school: &School<'_>) -> Outcome<()> {
    story.step("Nights on which something breaks")?;
    story.say(
        "One night the timetable, its weeks and the terms come empty. Believing that would empty every calendar, so \
         the run is held: the last good timetable stays, and is marked as doubtful until iSAMS answers completely.",
    )?;
    let before = school.bookings().await?;
    let queued = school.outbox().await?.len();
    let report = school.sync(story, "core-empty").await?;
    for reason in &report.held_because {
        story.show(&format!("  - {reason}"))?;
    }
    story.check("the run is held", report.status == Status::Held)?;
    nothing_lost(story, school, &before, queued).await?;
    let date = school
        .fixture
        .day("core-empty")
        .map_or_else(Default::default, |day| day.date);
    if let Some(room) = school.state().await?.room_links.first() {
        let week = calendar::weeks(&school.context, room.room.as_str(), date, 1).await?;
        story.check(
            &format!(
                "the calendar still shows the {} lessons of that week in {}, all marked as doubtful",
                calendar_view::lessons(&week),
                room.room
            ),
            calendar_view::lessons(&week) > 0
                && calendar_view::doubtful(&week) == calendar_view::lessons(&week),
        )?;
    }

    story.say(
        "Another night the staff are missing from the answer: somebody unticked them on the key. That area keeps its \
         last good state, and the rest goes on.",
    )?;
    let report = school.sync(story, "staff-missing").await?;
    for warning in &report.warnings {
        story.show(&format!("  - {warning}"))?;
    }
    story.check(
        "the run goes on",
        matches!(report.status, Status::Unchanged | Status::Applied),
    )?;
    story.check(
        "it warns that the staff are missing",
        report
            .warnings
            .iter()
            .any(|warning| warning.contains(DataArea::CurrentStaff.label())),
    )?;
    nothing_lost(story, school, &before, queued).await
}

async fn nothing_lost(
    story: &mut Story,
    school: &School<'_>,
    before: &[booking_store::Booking],
    queued: usize,
) -> Outcome<()> {
    let after = school.bookings().await?;
    story.check(
        &format!(
            "{} bookings before, {} after: nothing was removed, and no owner was told anything",
            before.len(),
            after.len()
        ),
        after == before && school.outbox().await?.len() == queued,
    )
}
