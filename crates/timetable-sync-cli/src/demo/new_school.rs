//! The first sync of a school that has nothing yet.

use booking_store::{Matching, UNASSIGNED};
use timetable_sync::Status;

use super::{school::School, story::Story};
use crate::{
    exit::Outcome,
    table::{table, text},
};

/// How many rooms are shown.
const ROOMS: usize = 5;

pub(super) async fn tell(story: &mut Story, school: &School<'_>) -> Outcome<()> {
    story.step("A new school: it takes what iSAMS has")?;
    story.say(
        "A school without rooms or bookings of its own has nothing to match, so the first sync takes effect at once. \
         Rooms come into the category Unassigned, where nobody sees or books them and no licence counts them, until an \
         administrator sorts them. Periods become timeslots.",
    )?;
    let report = school.sync(story, "first").await?;
    let state = school.state().await?;

    let mut rooms = table(story.out, ["room", "name", "category", "hidden"]);
    for room in state.rooms.iter().take(ROOMS) {
        let hidden = if room.hidden() { "yes" } else { "no" };
        rooms.add_row([room.id.as_str(), &room.name, &room.category, hidden]);
    }
    let more = state.rooms.len().saturating_sub(ROOMS);
    story.show(&format!("\n{}and {more} more\n", text(&rooms)))?;
    let mut slots = table(story.out, ["timeslot", "times", "days"]);
    for slot in &state.timeslots {
        slots.add_row([
            slot.name.clone(),
            slot.times.to_string(),
            slot.days.to_string(),
        ]);
    }
    story.show(&text(&slots))?;

    story.check("the sync was applied", report.status == Status::Applied)?;
    story.check(
        &format!(
            "{} rooms were created, all in {UNASSIGNED}",
            state.rooms.len()
        ),
        report.rooms.added == state.rooms.len()
            && !state.rooms.is_empty()
            && state
                .rooms
                .iter()
                .all(|room| room.hidden() && !room.counted()),
    )?;
    story.check(
        &format!(
            "{} timeslots and {} weekly lessons arrived",
            state.timeslots.len(),
            report.lessons.added
        ),
        report.timeslots.added == state.timeslots.len()
            && !state.timeslots.is_empty()
            && report.lessons.added > 0,
    )?;
    story.check(
        "later syncs need no matching",
        state.matching == Matching::Confirmed,
    )
}
