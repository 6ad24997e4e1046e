//! `simulate`: the Batch API on this computer.

use std::time::{Duration, Instant};

use isams_client::DataArea;
use isams_simulator::{
    Answer, Fixture, Request, Simulator, SimulatorBuilder, TOKEN_PATH, method_names,
};
use serde_json::json;

use crate::{
    args::SimulateArgs,
    exit::{Exit, Failure, Outcome},
    output::{self, Output},
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
    let simulator = builder(args)?
        .day(day)
        .map_err(unusable)?
        .start()
        .await
        .map_err(|error| Failure::new(Exit::Failed, error))?;

    if args.play {
        let days = school.days().iter();
        let bodies: Result<Vec<_>, _> = days
            .skip_while(|known| known.name != day.name)
            .map(|day| day.body().map(Answer::json))
            .collect();
        simulator.play(bodies.map_err(unusable)?);
    }

    let url = simulator.url();
    let switched_on = switched_on(args);
    let document = json!({
        "url": url, "school": school.name(), "day": day.name, "date": day.date, "switched_on": switched_on,
    });
    out.result(&document, || {
        let mut page = format!(
            "{} as on {} (day `{}`), until Ctrl-C, at\n  {url}\nTo sync with it:\n  {}timetable-sync sync --url {url} \
             --now {}T01:00\n",
            school.name(),
            day.date.format("%a %-d %b %Y"),
            day.name,
            variables(args),
            day.date,
        );
        if !switched_on.is_empty() {
            page += "Switched on:\n";
        }
        for what in &switched_on {
            page += &format!("  - {what}\n");
        }
        page
    })?;
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| Failure::new(Exit::Failed, error))?;
    let requests = simulator.requests();
    let left = simulator.faults_left();
    simulator.shutdown().await;
    output::message(summary(&requests));
    if left > 0 {
        output::message(format_args!(
            "{} did not happen",
            counted(left, "fault", "faults")
        ));
    }
    Ok(Exit::Done)
}

fn builder(args: &SimulateArgs) -> Outcome<SimulatorBuilder> {
    let key = args.key.as_ref().map_or(KEY, |key| key.expose());
    let started = Instant::now();
    let mut builder = Simulator::builder()
        .port(args.port)
        .clock(move || started.elapsed())
        .strict_filters(args.strict_filters)
        .script(args.fault.iter().cloned());
    builder = if !args.methods.is_empty() {
        builder.key_with(key, known(&args.methods)?)
    } else if !args.without.is_empty() {
        let held = DataArea::ALL
            .into_iter()
            .filter(|area| !args.without.contains(area));
        builder.key_with(key, held.map(DataArea::method))
    } else {
        builder.key(key)
    };
    if args.get_only {
        builder = builder.get_only();
    }
    if let (Some(id), Some(secret)) = (&args.client_id, &args.client_secret) {
        let expires_in = Duration::from_secs(args.expires_in);
        builder = builder.oauth(id.expose(), secret.expose(), expires_in);
    }
    if let Some(seconds) = args.cache {
        builder = builder.cache(Duration::from_secs(seconds));
    }
    if let Some(throttle) = args.throttle {
        builder = builder.throttle(throttle.requests, throttle.per);
    }
    if !args.allow_ip.is_empty() {
        builder = builder.allow_ips(args.allow_ip.iter().copied());
    }
    Ok(builder)
}

/// The names of methods, if all of them are.
fn known(methods: &[String]) -> Outcome<&[String]> {
    let is_known = |name: &str| method_names().any(|known| known.eq_ignore_ascii_case(name.trim()));
    match methods.iter().find(|name| !is_known(name)) {
        None => Ok(methods),
        Some(name) => Err(Failure::usage(format!(
            "`{name}` is no method; known are {}",
            method_names().collect::<Vec<_>>().join(", ")
        ))),
    }
}

/// All that differs from a plain simulator, in words. Secrets are not repeated.
fn switched_on(args: &SimulateArgs) -> Vec<String> {
    let mut on = Vec::new();
    if args.play {
        on.push("each request moves on to the next day".to_owned());
    }
    if !args.methods.is_empty() {
        on.push(format!("the key holds only {}", args.methods.join(", ")));
    }
    if !args.without.is_empty() {
        let areas: Vec<_> = args.without.iter().map(|area| area.name()).collect();
        on.push(format!("the key lacks {}", areas.join(", ")));
    }
    if args.strict_filters {
        on.push("the two cover methods are refused without a range of dates".to_owned());
    }
    if args.get_only {
        on.push("POST is refused".to_owned());
    }
    if args.client_id.is_some() {
        on.push(format!(
            "a sign-in with client id and secret; a token holds for {}",
            seconds(args.expires_in)
        ));
    }
    if let Some(expiry) = args.cache {
        on.push(format!("a cache that is renewed after {}", seconds(expiry)));
    }
    if let Some(throttle) = args.throttle {
        on.push(format!(
            "a limit of {} in {}",
            counted(throttle.requests as usize, "request", "requests"),
            seconds(throttle.per.as_secs())
        ));
    }
    if !args.allow_ip.is_empty() {
        let addresses: Vec<_> = args.allow_ip.iter().map(ToString::to_string).collect();
        on.push(format!("only {} may ask", addresses.join(", ")));
    }
    on.extend(args.fault.iter().map(|fault| format!("fault {fault}")));
    on
}

/// The variables that a sync needs, before its command.
fn variables(args: &SimulateArgs) -> String {
    let key = args.key.as_ref().map_or(KEY, |_| "the key you gave");
    let mut variables = format!("TIMETABLE_SYNC_API_KEY='{key}' ");
    if args.client_id.is_some() {
        variables += "TIMETABLE_SYNC_CLIENT_ID='the client id you gave' \
                      TIMETABLE_SYNC_CLIENT_SECRET='the client secret you gave' ";
    }
    variables
}

/// What was asked, and whether any of it could have written.
fn summary(requests: &[Request]) -> String {
    let mut text = format!(
        "stopped after {}",
        counted(requests.len(), "request", "requests")
    );
    if requests.is_empty() {
        return text;
    }
    let data = requests.iter().filter(|it| it.format.is_some()).count();
    let tokens = requests.iter().filter(|it| it.path == TOKEN_PATH).count();
    let parts: Vec<String> = [
        (data, "for data"),
        (tokens, "for a token"),
        (requests.len() - data - tokens, "for something else"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    text += &format!(" ({})", parts.join(", "));
    let written = requests.iter().filter(|it| !it.only_reads()).count();
    text += &match written {
        0 => "; all of them only read".to_owned(),
        count => format!("; {count} of them could have written"),
    };
    text
}

fn seconds(count: u64) -> String {
    counted(count as usize, "second", "seconds")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn unusable(error: isams_simulator::FixtureError) -> Failure {
    Failure::new(Exit::Usage, error).context("the fixture cannot be used")
}
