//! `simulate`: the Batch API on this computer.

use isams_simulator::{Fixture, Simulator};
use serde_json::json;

use crate::{
    args::SimulateArgs,
    exit::{Exit, Failure, Outcome},
    output::Output,
    source::day_names,
};

/// What the simulator lets in where no key is given. It opens nothing else.
const KEY: &str = "{00000000-0000-0000-0000-000000000001}";

pub(crate) async fn run(args: &SimulateArgs, out: Output) -> Outcome {
    let (school, day) = match Fixture::of_day_folder(&args.fixture).map_err(unusable)? {
        Some((school, day)) => (school, Some(day)),
        None => (Fixture::open(&args.fixture).map_err(unusable)?, None),
    };
    let name = args.day.as_deref().or(day.as_deref());
    let day = match name {
        Some(name) => school.day(name),
        None => school.days().first(),
    };
    let day = day.ok_or_else(|| {
        let name = name.unwrap_or_default();
        Failure::usage(format!(
            "{} has no day `{name}`; its days are {}",
            school.name(),
            day_names(&school)
        ))
    })?;
    let simulator = Simulator::builder()
        .port(args.port)
        .key(args.key.as_deref().unwrap_or(KEY))
        .day(day)
        .map_err(unusable)?
        .start()
        .await
        .map_err(|error| Failure::new(Exit::Failed, error))?;

    let url = simulator.url();
    let document =
        json!({ "url": url, "school": school.name(), "day": day.name, "date": day.date });
    out.result(&document, || {
        let key = if args.key.is_some() {
            "the key you gave".to_owned()
        } else {
            KEY.to_owned()
        };
        format!(
            "{} as on {} (day `{}`), until Ctrl-C, at\n  {url}\nTo sync with it:\n  \
             TIMETABLE_SYNC_API_KEY='{key}' timetable-sync sync --url {url} --now {}T01:00\n",
            school.name(),
            day.date.format("%a %-d %b %Y"),
            day.name,
            day.date,
        )
    })?;
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| Failure::new(Exit::Failed, error))?;
    let answered = simulator.requests().len();
    simulator.shutdown().await;
    crate::output::message(format_args!("stopped after {answered} requests"));
    Ok(Exit::Done)
}

fn unusable(error: isams_simulator::FixtureError) -> Failure {
    Failure::new(Exit::Usage, error).context("the fixture cannot be used")
}
