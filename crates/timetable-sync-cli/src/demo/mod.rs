//! `demo`: the whole journey with invented schools, over real HTTP, with every claim checked.

mod broken_nights;
mod daily;
mod existing_school;
mod first_look;
mod held_school;
mod new_school;
mod school;
mod story;
mod taken_back;
mod temporary;

use std::path::{Path, PathBuf};

use booking_store_sqlite::SqliteStore;
use isams_simulator::{Fixture, Simulator};

use self::{
    school::{KEY, School, World},
    story::Story,
    temporary::TemporaryFolder,
};
use crate::{
    args::DemoArgs,
    exit::{Exit, Failure, Outcome},
    output::Output,
};

pub(crate) async fn run(args: &DemoArgs, out: Output) -> Outcome {
    let fixtures = fixtures(args.fixtures.as_deref())?;
    let alder = fixture(&fixtures, "alder-prep")?;
    let birchwood = fixture(&fixtures, "birchwood-college")?;
    let folder = TemporaryFolder::create(args.keep)?;
    let database = folder.path().join("demo.db");
    let store = SqliteStore::open(&database.to_string_lossy()).await?;
    let simulator = Simulator::builder()
        .key(KEY)
        .start()
        .await
        .map_err(|error| Failure::new(Exit::Failed, error))?;
    let mut story = Story::new(out);
    story.say(&format!(
        "Everything here is invented: two schools, their people and their bookings. A simulated iSAMS answers at {}, \
         and the sync asks it over HTTP as it would ask the real one. The bookings are in an SQLite file. Each line \
         that begins with {} was checked; the first that does not hold ends the demo with exit code 1.",
        simulator.url(),
        story::MARK,
    ))?;
    let letters = folder.path().to_owned();
    let world = World::new(store.clone(), simulator, letters, out);
    let journey = journey(&mut story, &world, &alder, &birchwood).await;
    store.close().await;
    if args.keep {
        story.say(&format!(
            "The database and the letter are in {}.",
            folder.path().display()
        ))?;
    }
    folder.remove();
    journey?;
    if !args.no_serve {
        story.say("The admin pages, which would open now, are not in this version yet.")?;
    }
    story.end()?;
    Ok(Exit::Done)
}

async fn journey(
    story: &mut Story,
    world: &World,
    alder: &Fixture,
    birchwood: &Fixture,
) -> Outcome<()> {
    first_look::tell(story, world, alder).await?;
    new_school::tell(story, &School::new(world, alder, "alder-new")).await?;
    let existing = School::new(world, alder, "alder");
    existing_school::tell(story, &existing).await?;
    daily::unchanged(story, &existing).await?;
    daily::republished(story, &existing).await?;
    broken_nights::tell(story, &existing).await?;
    taken_back::tell(story, &existing).await?;
    held_school::tell(story, &School::new(world, birchwood, "birchwood")).await?;

    story.summary()?;
    let requests = world.simulator.requests();
    let reads = requests
        .iter()
        .filter(|request| request.only_reads() && request.status == 200)
        .count();
    story.check(
        &format!("iSAMS was asked {reads} times, and only ever read"),
        reads == requests.len() && reads == story.fetches(),
    )
}

fn fixture(fixtures: &Path, school: &str) -> Outcome<Fixture> {
    Fixture::open(fixtures.join(school)).map_err(|error| {
        Failure::new(Exit::Usage, error).context(format!(
            "the invented schools are not in {}; --fixtures says where they are",
            fixtures.display()
        ))
    })
}

/// The folder that was named, else `fixtures` here or above, else the one of the sources.
fn fixtures(named: Option<&Path>) -> Outcome<PathBuf> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let here = std::env::current_dir().map_err(|error| Failure::new(Exit::Failed, error))?;
    let above = here
        .ancestors()
        .map(|folder| folder.join("fixtures"))
        .find(|folder| folder.join("alder-prep").join("days.toml").is_file());
    Ok(above
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures"))))
}
