//! Keeps a school's room bookings in step with its iSAMS timetable, from the command line.

mod args;
mod calendar_view;
mod commands;
mod config;
mod connection;
mod context;
mod demo;
mod doctor_view;
mod exit;
mod export;
mod groups_view;
mod health;
mod import;
mod json;
mod local_time;
mod mail;
mod output;
mod periods_file;
mod progress;
mod report_view;
mod returns_view;
mod room_index;
mod secret;
mod sheet;
mod signals;
mod slots_view;
mod source;
mod table;

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use clap::Parser;
use timetable_sync::Source;
use tracing_subscriber::EnvFilter;

use crate::{
    args::{Arguments, Command, Common, LogFormat, SourceArgs},
    config::Config,
    context::Context,
    exit::{Exit, Failure, Outcome},
    output::Output,
};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error),
    };
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let out = Output::new(arguments.common.json, arguments.common.color, no_colour);
    log(&arguments.command);
    match start(&arguments, out) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            report(&failure, out);
            failure.exit.into()
        }
    }
}

fn start(arguments: &Arguments, out: Output) -> Outcome {
    tokio::runtime::Runtime::new()
        .map_err(|error| Failure::new(Exit::Failed, error).context("the program cannot start"))?
        .block_on(run(arguments, out))
}

async fn run(arguments: &Arguments, out: Output) -> Outcome {
    let common = &arguments.common;
    match &arguments.command {
        Command::SetupGuide(args) => commands::setup_guide::run(&Config::load(common)?, args, out),
        Command::Doctor(args) => commands::doctor::run(&Config::load(common)?, args, out).await,
        Command::Sync(args) => {
            let (source, config) = open_source(common, &args.source)?;
            let context = Context::open(&config, out, common.typed()).await?;
            closing(context, async |it| {
                commands::sync::run(it, &*source, args).await
            })
            .await
        }
        Command::Plan(args) => {
            let (source, config) = open_source(common, &args.source)?;
            let context = Context::existing_or_empty(&config, out, common.typed()).await?;
            closing(context, async |it| {
                commands::plan::run(it, &*source, args).await
            })
            .await
        }
        Command::Import(args) => {
            let context = Context::open(&Config::load(common)?, out, common.typed()).await?;
            closing(context, async |it| commands::import::run(it, args).await).await
        }
        Command::Serve(args) => {
            commands::serve::run(&Config::load(common)?, common, args, out).await
        }
        Command::Simulate(args) => commands::simulate::run(args, out).await,
        Command::Record(args) => commands::record::run(common, args, out).await,
        Command::Demo(args) => demo::run(args, out).await,
        Command::Rooms(command) => {
            known(common, out, async |it| {
                commands::rooms::run(it, command).await
            })
            .await
        }
        Command::Terms(args) => {
            known(common, out, async |it| commands::terms::run(it, args).await).await
        }
        Command::Exceptions(command) => {
            known(common, out, async |it| {
                commands::exceptions::run(it, command).await
            })
            .await
        }
        Command::Explain(args) => {
            known(common, out, async |it| {
                commands::explain::run(it, args).await
            })
            .await
        }
        Command::Match(command) => {
            known(common, out, async |it| {
                commands::matching::run(it, command).await
            })
            .await
        }
        Command::Undo(args) => {
            known(common, out, async |it| commands::undo::run(it, args).await).await
        }
        Command::Tasks => known(common, out, async |it| commands::tasks::run(it).await).await,
        Command::Bookings(args) => {
            known(common, out, async |it| {
                commands::bookings::run(it, args).await
            })
            .await
        }
        Command::Calendar(args) => {
            known(common, out, async |it| {
                commands::calendar::run(it, args).await
            })
            .await
        }
        Command::Runs(args) => {
            known(common, out, async |it| commands::runs::run(it, args).await).await
        }
        Command::Outbox(command) => {
            known(common, out, async |it| {
                commands::outbox::run(it, command).await
            })
            .await
        }
        Command::Backup(args) => {
            known(common, out, async |it| {
                commands::backup::run(it, args).await
            })
            .await
        }
    }
}

/// Runs a command for a school that is there. It makes no database.
async fn known(
    common: &Common,
    out: Output,
    command: impl AsyncFnOnce(&Context) -> Outcome,
) -> Outcome {
    let context = Context::existing(&Config::load(common)?, out, common.typed()).await?;
    closing(context, command).await
}

/// Runs a command and closes its store, however it ended: so the file alone is the whole database, and can be copied.
async fn closing(context: Context, command: impl AsyncFnOnce(&Context) -> Outcome) -> Outcome {
    let outcome = command(&context).await;
    context.store.close().await;
    outcome
}

/// Opens the source before the store, so that what is no source leaves no database behind.
fn open_source(common: &Common, args: &SourceArgs) -> Outcome<(Box<dyn Source>, Config)> {
    let config = Config::load(common)?;
    let source = source::open(args, &config.connection)?;
    Ok((source, config))
}

/// Prints an error with all its sources, and what can be done about it.
fn report(failure: &Failure, out: Output) {
    let mut chain = failure.chain().into_iter();
    let first = chain.next().unwrap_or_default();
    output::message(format_args!("error: {first}"));
    for source in chain {
        output::message(format_args!("  because: {source}"));
    }
    if let Some(advice) = failure.advice() {
        output::message(advice);
    }
    if out.json
        && let Ok(document) = json::text(&json::failure(failure))
    {
        // The exit code says that it failed even where nobody reads this.
        let _ = out.print(&document);
    }
}

/// What the argument parser has to say: help, the version, or what is wrong.
fn refused(error: &clap::Error) -> ExitCode {
    // Where nobody reads it, the exit code still says it.
    let _ = error.print();
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text);
        let first = text.lines().next().unwrap_or_default();
        if let Ok(document) = json::text(&json::failure(&Failure::usage(first))) {
            let out = Output {
                json: true,
                colour: false,
            };
            let _ = out.print(&document);
        }
    }
    if error.use_stderr() {
        Exit::Usage.into()
    } else {
        Exit::Done.into()
    }
}

/// The log of a command. What runs for weeks says what it did; the others print it.
fn log(command: &Command) {
    let (default, format) = match command {
        Command::Serve(args) => ("warn,timetable_sync=info", args.log_format),
        _ => ("warn", LogFormat::Text),
    };
    let filter =
        EnvFilter::try_from_env("TIMETABLE_SYNC_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().init(),
    }
}
