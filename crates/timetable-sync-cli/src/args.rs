//! The arguments.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use isams_client::{ApiKey, DataArea};

use crate::output::ColourChoice;

/// Keeps a school's room bookings in step with its iSAMS timetable.
#[derive(Debug, Parser)]
#[command(
    name = "timetable-sync",
    version,
    after_help = "Exit codes: 0 done (also where nothing changed), 1 failed, 2 wrong usage or configuration, \
                  3 held by the guard or waiting for matching, 4 no usable answer from iSAMS (nothing changed).\n\
                  Settings: flags, then the environment (TIMETABLE_SYNC_DB, ...), then a TOML file. \
                  TIMETABLE_SYNC_LOG sets what is logged, for example `debug`."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes, before or after its name.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Common {
    /// SQLite file, or `sqlite:` URL [default: timetable-sync.db]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) db: Option<String>,
    /// Which school of the database [default: school]
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) school: Option<String>,
    /// The school's time zone [default: Europe/London]
    #[arg(long, global = true, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// Judge by this school-local time, such as 2031-09-03T01:00, instead of the clock's
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) now: Option<String>,
    /// Print one JSON document on standard output, and messages on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Settings in TOML [default: timetable-sync.toml, where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// When to use colour
    #[arg(
        long,
        visible_alias = "colour",
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN"
    )]
    pub(crate) color: ColourChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fetch, plan, check by the guard and apply
    Sync(SyncArgs),
    /// Show what a sync would do; changes nothing
    Plan(PlanArgs),
    /// Import rooms, timeslots or bookings from a CSV file; its header decides which
    Import(ImportArgs),
    /// List rooms, or change one
    #[command(subcommand)]
    Rooms(RoomsCommand),
    /// Show the terms and weeks as synced
    Terms,
    /// Match rooms with those of iSAMS
    #[command(subcommand)]
    Match(MatchCommand),
    /// List the bookings that are there and those that syncs removed, with the reasons
    Bookings,
    /// Show a room's week
    Calendar(CalendarArgs),
    /// Show the history of syncs
    Runs(RunsArgs),
    /// Show the messages to people whose bookings were removed
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Play the Batch API on this computer from a fixture folder
    Simulate(SimulateArgs),
    /// Show the whole journey with invented schools
    Demo(DemoArgs),
}

/// Where the timetable comes from.
#[derive(Clone, Debug, Args)]
pub(crate) struct SourceArgs {
    /// The address at which staff open iSAMS
    #[arg(long, conflicts_with = "from")]
    pub(crate) url: Option<String>,
    /// A recorded answer, or a folder of them
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) from: Option<PathBuf>,
    /// The Batch API key; shows in the process list, so prefer TIMETABLE_SYNC_API_KEY or a file
    #[arg(long, value_name = "KEY", conflicts_with = "api_key_file")]
    pub(crate) api_key: Option<ApiKey>,
    /// A file that holds the Batch API key
    #[arg(long, value_name = "FILE")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// How long iSAMS may take to answer [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: Option<u64>,
    /// Accept that this data area lost what it had; may be repeated
    #[arg(long, value_name = "AREA", value_delimiter = ',')]
    pub(crate) accept: Vec<DataArea>,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Apply a held plan, if it is still the one with this fingerprint
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) apply_plan: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Also write the plan to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The CSV file, in UTF-8
    pub(crate) file: PathBuf,
    /// Import the rows that can be used, although others cannot
    #[arg(long)]
    pub(crate) skip_bad: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RoomsCommand {
    /// List all rooms
    List,
    /// Change a room's category or name
    #[command(group = clap::ArgGroup::new("change").required(true).multiple(true))]
    Set {
        /// Its id, its name, or `isams:41`
        room: String,
        /// The category to sort it into; a room in `Unassigned` is hidden
        #[arg(long, value_name = "NAME", group = "change")]
        category: Option<String>,
        /// The name to show
        #[arg(long, value_name = "NAME", group = "change")]
        name: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MatchCommand {
    /// List the rooms and periods of iSAMS beside the school's own
    List,
    /// Match a room
    #[command(subcommand)]
    Set(MatchSet),
    /// Take a match back
    #[command(subcommand)]
    Clear(MatchClear),
    /// Say that the matches are complete; the next sync takes effect
    Confirm,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MatchSet {
    /// Say that a room is a room of iSAMS
    Room {
        /// The school's room: its id, its name, or `isams:41`
        local: String,
        /// The room of iSAMS: `41` or `isams:41`
        isams: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MatchClear {
    /// Take the match of a room back; its lessons leave at the next sync
    Room {
        /// The school's room: its id, its name, or `isams:41`
        local: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CalendarArgs {
    /// The room: its id, its name, or `isams:41`
    pub(crate) room: String,
    /// The week that holds this date [default: this week]
    #[arg(long, value_name = "DATE")]
    pub(crate) week: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    /// Administrators' changes, too
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// List all messages
    List,
    /// Print one message
    Show {
        /// Its number in the list, or its id
        #[arg(value_name = "N|ID")]
        message: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// A school's folder with its `days.toml`
    pub(crate) fixture: PathBuf,
    /// Which day to serve [default: the first]
    #[arg(long, value_name = "NAME")]
    pub(crate) day: Option<String>,
    /// The port to listen on; any free one unless given
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The key to let in; an invented one unless given
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// End after the journey
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// The folder with the invented schools [default: `fixtures` here or above]
    #[arg(long, value_name = "DIR")]
    pub(crate) fixtures: Option<PathBuf>,
    /// Keep the database, and say where it is
    #[arg(long)]
    pub(crate) keep: bool,
}

impl Common {
    /// The flags that name a school and its settings, as they are typed, to repeat them in a hint.
    pub(crate) fn typed(&self) -> Vec<String> {
        let config = self
            .config
            .as_ref()
            .map(|path| path.to_string_lossy().into_owned());
        [
            ("--config", &config),
            ("--db", &self.db),
            ("--school", &self.school),
            ("--zone", &self.zone),
            ("--now", &self.now),
        ]
        .into_iter()
        .filter_map(|(flag, value)| Some([flag.to_owned(), value.clone()?]))
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn common_options_may_follow_the_command() {
        let parsed = Arguments::try_parse_from([
            "timetable-sync",
            "sync",
            "--from",
            "day",
            "--db",
            "a.db",
            "--json",
        ])
        .unwrap();
        assert_eq!(parsed.common.db.as_deref(), Some("a.db"));
        assert!(parsed.common.json);
        assert_eq!(parsed.common.typed(), ["--db", "a.db"]);
    }

    #[test]
    fn a_key_does_not_show_in_the_parsed_arguments() {
        let parsed = Arguments::try_parse_from([
            "timetable-sync",
            "sync",
            "--url",
            "school.example",
            "--api-key",
            "0a1b2c3d",
        ])
        .unwrap();
        assert!(!format!("{parsed:?}").contains("0a1b2c3d"));
    }
}
