//! A school that has rooms and bookings of its own: match first, then sync.

use booking_store::{Matching, NoticeRecord, UNASSIGNED};
use room_timetable::SlotEntry;
use timetable_sync::{MatchList, Status};

use super::{
    school::{School, check_removals},
    story::Story,
};
use crate::{
    commands::outbox,
    exit::Outcome,
    report_view,
    table::{table, text},
};

pub(super) async fn tell(story: &mut Story, school: &School<'_>) -> Outcome<()> {
    story.step("An existing school: nothing happens before its rooms are matched")?;
    story
        .say("The same school, but it has been booking rooms for years, under names of its own:")?;
    school.import_all(story).await?;
    let before = school.bookings().await?;

    story.say("Its first sync only looks. It cannot know yet which room is which.")?;
    let report = school.sync(story, "first").await?;
    story.check(
        "the sync waits for matching",
        report.status == Status::AwaitingMatch,
    )?;
    story.check(
        &format!(
            "all {} bookings are there, and no owner was told anything",
            before.len()
        ),
        school.bookings().await? == before && school.outbox().await?.is_empty(),
    )?;

    matching(story, school).await?;

    story.say(
        "The plan says what the next sync would do, before anything is done. Bookings that stand where the timetable \
         puts a lesson have to go, each with its reason:",
    )?;
    let plan = school.plan(story, "first").await?;
    story.show(&report_view::removals(story.out, &plan))?;
    story.check(
        "the plan wrote nothing and told nobody",
        plan.run.is_none()
            && school.bookings().await? == before
            && school.outbox().await?.is_empty(),
    )?;

    story.say("Now the sync takes effect.")?;
    let report = school.sync(story, "first").await?;
    story.check("the sync was applied", report.status == Status::Applied)?;
    story.check(
        "it did exactly what the plan said",
        report.removals == plan.removals && report.fingerprint == plan.fingerprint,
    )?;
    check_removals(story, school, &report, &before, 0).await?;

    story.say("These messages wait to be sent:")?;
    let queued = school.outbox().await?;
    story.show(&outbox::list(&school.context, story.out, &queued))?;
    if let Some(longest) = queued
        .iter()
        .max_by_key(|record| record.notice.removed.len())
    {
        story.say("One of them in full:")?;
        let letter = outbox::letter(longest);
        let indented: Vec<String> = letter.lines().map(|line| format!("  | {line}")).collect();
        story.show(&indented.join("\n"))?;
        e_mail(story, school, longest)?;
    }
    Ok(())
}

/// A message as it would go out: the text, a page, and what takes each booking out of a calendar.
fn e_mail(story: &mut Story, school: &School<'_>, message: &NoticeRecord) -> Outcome<()> {
    let (path, email) = school.write_letter(message)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    story.say(&format!("As an e-mail, {name}, it has these parts:"))?;
    let shown = [
        "From:",
        "To:",
        "Message-ID:",
        "Auto-Submitted:",
        "Content-Type:",
    ];
    let heads = email
        .lines()
        .filter(|line| shown.iter().any(|head| line.starts_with(head)));
    let heads: Vec<String> = heads.map(|line| format!("  | {line}")).collect();
    story.show(&heads.join("\n"))?;
    let parts = ["text/plain", "text/html", "text/calendar; method=CANCEL"];
    story.check(
        "a text, a page, and a cancellation that calendars understand",
        parts.iter().all(|part| email.contains(part)),
    )
}

/// The administrator pairs the rooms and confirms.
pub(super) async fn matching(story: &mut Story, school: &School<'_>) -> Outcome<()> {
    story.say(
        "The administrator pairs the school's rooms with those of iSAMS. Timeslots pair by their times, whatever they \
         are called:",
    )?;
    let pairs = school.match_all().await?;
    let state = school.state().await?;
    let list = MatchList::of(&state)?;
    let mut table = table(
        story.out,
        ["room here", "called", "room in iSAMS", "called there"],
    );
    let mut matched = 0;
    for found in &list.rooms {
        if let (Some(local), Some(id), Some(source)) =
            (&found.local, &found.source_id, &found.source)
        {
            matched += 1;
            table.add_row([local.id.as_str(), &local.name, id, &source.name]);
        }
    }
    let alone = list.rooms.len() - matched;
    story.show(&text(&table))?;
    let times = |entry: &SlotEntry| entry.periods_by_times().len();
    let entries = &list.timeslots.entries;
    let all: usize = entries.iter().map(times).sum();
    let in_effect = entries.iter().filter(|entry| entry.relation.takes_effect());
    let with_slot: usize = in_effect.map(times).sum();
    story.check(
        &format!("{matched} rooms are matched, {alone} stand alone on either side"),
        matched == pairs.len() && matched > 0,
    )?;
    story.check(
        &format!(
            "{with_slot} of {all} periods of the week have a timeslot of exactly their times",
        ),
        with_slot > 0,
    )?;
    let bookings = school.bookings().await?;
    let confirmed = school.confirm().await?;
    let state = school.state().await?;
    let unassigned = state
        .rooms
        .iter()
        .filter(|room| room.category == UNASSIGNED)
        .count();
    story.check(
        &format!(
            "confirming creates the {} other rooms of iSAMS in {UNASSIGNED}",
            confirmed.created
        ),
        confirmed.was_waiting
            && confirmed.created == unassigned
            && state.matching == Matching::Confirmed,
    )?;
    story.check(
        "confirming removes no booking",
        school.bookings().await? == bookings,
    )
}
