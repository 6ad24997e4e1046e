//! What the doctor says of the school's key.

use isams_client::AreaState;
use isams_simulator::Fixture;
use timetable_sync::{Consultation, Settings};

use super::{
    school::{NIGHT, World},
    story::Story,
};
use crate::{doctor_view, exit::Outcome};

pub(super) async fn tell(story: &mut Story, world: &World, alder: &Fixture) -> Outcome<()> {
    story.step("Is the key right, and is everything there?")?;
    story.say(
        "Alder Prep has made a Batch API key with fourteen data areas. Before anything is synced, a doctor looks at \
         what one request with it brings:",
    )?;
    let date = world.serve(alder, "first")?;
    let consultation = Consultation::new(date.and_time(NIGHT), &Settings::default());
    let diagnosis = timetable_sync::doctor(&world.client()?, &consultation).await;
    story.fetched();
    story.show(&format!("\n{}", doctor_view::text(story.out, &diagnosis)))?;
    let present = diagnosis
        .areas
        .iter()
        .filter(|area| area.state == AreaState::Present)
        .count();
    story.check("all fourteen areas are present", present == 14)?;
    story.check("a sync would work", diagnosis.would_sync)
}
