//! What iSAMS sends.

use booking_store::AreaRecord;
use isams_client::{AreaState, DataArea};
use isams_simulator::Fixture;

use super::{school::World, story::Story};
use crate::{exit::Outcome, report_view};

pub(super) async fn tell(story: &mut Story, world: &World, alder: &Fixture) -> Outcome<()> {
    story.step("What iSAMS sends")?;
    story.say(
        "Alder Prep has made a Batch API key with fourteen data areas. One request brings them all:",
    )?;
    let payload = world.fetch(story, alder, "first").await?;
    let records: Vec<AreaRecord> = DataArea::ALL
        .into_iter()
        .map(|area| AreaRecord {
            area: area.name().to_owned(),
            state: payload.state(area).to_string(),
            rows: payload.rows(area) as u64,
            hash: None,
        })
        .collect();
    story.show(&report_view::areas(story.out, &records))?;
    let present = |area: &DataArea| payload.state(*area) == AreaState::Present;
    story.check(
        "all fourteen areas are present",
        DataArea::ALL.iter().all(present),
    )
}
