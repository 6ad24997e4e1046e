//! The arguments.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use chrono::{NaiveDate, NaiveTime};
use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{EnumValueParser, NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser},
};
use isams_client::{ApiKey, ClientSecret, DataArea};
use isams_simulator::Fault;
use room_timetable::TimeOfDay;

use crate::{
    connection::{self, ClientAuth, MAX_SIZE, WireFormat},
    output::ColourChoice,
    secret::Hidden,
};

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
    /// Who asks for this, for the history; TIMETABLE_SYNC_BY says it, too
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) by: Option<String>,
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
    /// Print the page by which a school makes its key
    SetupGuide(SetupGuideArgs),
    /// Look whether the key is right, everything is there and the periods agree; changes nothing
    Doctor(DoctorArgs),
    /// Fetch, plan, check by the guard and apply
    Sync(SyncArgs),
    /// Show what a sync would do; changes nothing
    Plan(PlanArgs),
    /// Import rooms, timeslots or bookings from a CSV file; its header decides which
    Import(ImportArgs),
    /// List rooms, or change one
    #[command(subcommand)]
    Rooms(RoomsCommand),
    /// Show the terms and weeks as synced, or say that a week is a holiday
    Terms(TermsArgs),
    /// Free a room for a time, whatever iSAMS says
    #[command(subcommand)]
    Exceptions(ExceptionsCommand),
    /// Say why a room is free or occupied at a moment
    Explain(ExplainArgs),
    /// Match rooms with those of iSAMS
    #[command(subcommand)]
    Match(MatchCommand),
    /// Restore what a run removed and still fits, and say why the rest does not
    Undo(UndoArgs),
    /// List what waits for an administrator
    Tasks,
    /// List the bookings that are there and those that syncs removed, with the reasons, or say why one was removed
    Bookings(BookingsArgs),
    /// Show a room's week, or write it as a page or a calendar file
    Calendar(CalendarArgs),
    /// Show the history of syncs, or all that is known of one run
    Runs(RunsArgs),
    /// Show the messages to people, send them, and try again what failed
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Copy the database to a new file, also while others use it
    Backup(BackupArgs),
    /// Sync every night and send messages every minute, until it is stopped
    Serve(ServeArgs),
    /// Play the Batch API on this computer from a fixture folder
    Simulate(SimulateArgs),
    /// Save the answer of iSAMS with all people replaced, to be shown to others
    Record(RecordArgs),
    /// Show the whole journey with invented schools
    Demo(DemoArgs),
}

/// Where the timetable comes from.
#[derive(Clone, Debug, Args)]
pub(crate) struct SourceArgs {
    /// The address at which staff open iSAMS
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// A recorded answer, or a folder of them
    #[arg(long, value_name = "FILE|DIR", conflicts_with_all = [
        "url", "api_key", "api_key_file", "client_id", "client_secret", "client_secret_file", "scope", "token_url",
        "client_auth", "format", "timeout", "retries", "max_size",
    ])]
    pub(crate) from: Option<PathBuf>,
    /// The Batch API key; shows in the process list, so prefer TIMETABLE_SYNC_API_KEY or a file
    #[arg(long, value_name = "KEY", value_parser = not_empty::<ApiKey>(), conflicts_with = "api_key_file")]
    pub(crate) api_key: Option<ApiKey>,
    /// A file with the Batch API key, or with several, one a line; may be repeated. Later keys win
    #[arg(long, value_name = "FILE")]
    pub(crate) api_key_file: Vec<PathBuf>,
    /// The client id, where iSAMS asks for a sign-in [default: the first API key]
    #[arg(long, value_name = "ID", value_parser = not_empty::<Hidden>())]
    pub(crate) client_id: Option<Hidden>,
    /// The client secret; shows in the process list, so prefer TIMETABLE_SYNC_CLIENT_SECRET or a file
    #[arg(long, value_name = "SECRET", value_parser = not_empty::<ClientSecret>(), conflicts_with = "client_secret_file")]
    pub(crate) client_secret: Option<ClientSecret>,
    /// A file with the client secret; with one, the program signs in before it asks for data
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// The scope to sign in for; an empty text for none [default: apiv1]
    #[arg(long)]
    pub(crate) scope: Option<String>,
    /// The address to sign in at [default: /auth/connect/token on the host of iSAMS]
    #[arg(long, value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// How client id and secret are sent [default: form]
    #[arg(long, value_enum, value_name = "HOW")]
    pub(crate) client_auth: Option<ClientAuth>,
    /// The form in which iSAMS is asked to answer [default: json]
    #[arg(long, value_enum)]
    pub(crate) format: Option<WireFormat>,
    /// How long iSAMS may take to answer [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: Option<u64>,
    /// How often to ask again within two minutes where iSAMS is busy or the connection breaks [default: 5]
    #[arg(long, value_name = "N")]
    pub(crate) retries: Option<usize>,
    /// How large an answer may be once unpacked [default: 256]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=MAX_SIZE))]
    pub(crate) max_size: Option<u64>,
}

/// What to do every night.
#[derive(Debug, Args)]
#[command(
    after_help = "A school that was not synced since its last night is synced at once. A sync that fails is tried again \
                  after 10, 30, 60, 60, ... minutes until the next night. GET /health answers 503 where no sync came to an \
                  end for 36 hours, or where the last two failed; a held one came to an end. SIGTERM and Ctrl-C end what is \
                  under way and stop (exit 0); a second one stops at once (exit 1), and nothing is left half done.\n\
                  A rehearsal is as real as any night but for the clock and the messages: it changes the database and asks \
                  iSAMS, so name a copy of the database with --db; `backup` makes one. Its messages stay queued, unless \
                  --send says to send them to the real people. \
                  TIMETABLE_SYNC_LOG sets what is logged [default for serve: a line for each run]."
)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Only the nightly sync and the sender, without the pages for administrators
    #[arg(long)]
    pub(crate) no_pages: bool,
    /// When to sync, in school time [default: 01:00]
    #[arg(long, value_name = "TIME", value_parser = time_of_day)]
    pub(crate) at: Option<NaiveTime>,
    /// The school is late by a part of so many minutes, the same every night, so that not all schools ask at once
    /// [default: 20]
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(0..=MAX_JITTER))]
    pub(crate) jitter: Option<u64>,
    /// Say at this address of this computer, such as 127.0.0.1:8080, whether all is well: GET /health
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) health: Option<SocketAddr>,
    /// Live through so many days from --now on, as fast as they go, list what happened and end; needs --db
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) rehearse: Option<u16>,
    /// Send the messages of a rehearsal, and all that wait in its database, to the real people
    #[arg(long, requires = "rehearse")]
    pub(crate) send: bool,
    /// The form of the log on standard error
    #[arg(long, value_enum, default_value_t)]
    pub(crate) log_format: LogFormat,
}

/// The longest jitter in minutes: half a day.
pub(crate) const MAX_JITTER: u64 = 720;

/// The form of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document a line
    Json,
}

/// Reads a time of day such as 01:00.
pub(crate) fn time_of_day(text: &str) -> Result<NaiveTime, &'static str> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M")
        .map_err(|_| "it is no time of day; write for example 01:00")
}

/// What an administrator takes responsibility for.
#[derive(Clone, Debug, Args)]
pub(crate) struct AcceptArgs {
    /// Accept that this data area lost what it had; may be repeated
    #[arg(long = "accept", value_name = "AREA", value_delimiter = ',')]
    pub(crate) areas: Vec<DataArea>,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) accept: AcceptArgs,
    /// Apply a held plan, if it is still the one with this fingerprint
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) apply_plan: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) accept: AcceptArgs,
    /// List the bookings that would be removed by time, or gathered by person, room or cause [default: time]
    // The common option has the same name, and clap wants one type of both: a plan is in no history.
    #[arg(long, value_name = "HOW", value_parser = PossibleValuesParser::new(EnumValueParser::<Grouping>::new().possible_values().into_iter().flatten()))]
    pub(crate) by: Option<String>,
    /// Also write the plan to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Also write the plan to this file, as a page to read or print
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Plan as if the timetables in development were published; nothing can be applied by it
    #[arg(long, conflicts_with = "areas")]
    pub(crate) rehearse_development: bool,
    /// The first date on which they would be in force [default: now]; the years of the timetables hold in any case
    #[arg(long, value_name = "DATE", requires = "rehearse_development")]
    pub(crate) in_force_from: Option<NaiveDate>,
}

impl PlanArgs {
    /// How removals are gathered.
    ///
    /// # Errors
    ///
    /// The word that says it, where it is none: one that stands before `plan` is not checked by the parser.
    pub(crate) fn grouping(&self) -> Result<Grouping, &str> {
        self.by.as_deref().map_or(Ok(Grouping::Time), |word| {
            Grouping::from_str(word, false).map_err(|_| word)
        })
    }
}

/// How removals are gathered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Grouping {
    /// One list, by start
    #[default]
    Time,
    /// By owner
    Person,
    /// By room
    Room,
    /// By what takes the room
    Cause,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 a sync would work, 3 iSAMS answers but a sync would not work, 4 no usable answer. \
                  Nothing is changed, and no database is made. The periods are a CSV file: name,start,end."
)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The periods as the school states them, to compare with: a CSV file with name,start,end
    #[arg(long, value_name = "FILE")]
    pub(crate) periods: Option<PathBuf>,
    /// Go through the checklist for the change of the school year, although none is near
    #[arg(long)]
    pub(crate) rollover: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SetupGuideArgs {
    /// The form of the page
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: PageFormat,
    /// What to enter as the integrator [default: timetable-sync]
    #[arg(long, value_name = "NAME")]
    pub(crate) integrator: Option<String>,
    /// The product that books rooms, which is also the name of the integration [default: Room Booking]
    #[arg(long, value_name = "NAME")]
    pub(crate) product: Option<String>,
    /// An address that the sync asks from; may be repeated
    #[arg(long, value_name = "ADDR")]
    pub(crate) ip: Vec<String>,
    /// Write the page to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The form of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageFormat {
    /// Markdown
    #[default]
    Markdown,
    /// One HTML file
    Html,
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
    /// Change a room's category or name, or whether anything clashes in it
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
        /// Whether a part of the room can be booked while another is in use, so that nothing clashes in it
        #[arg(long, value_name = "YES|NO", group = "change")]
        part_bookable: Option<YesNo>,
    },
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum YesNo {
    /// Yes
    Yes,
    /// No
    No,
}

#[derive(Debug, Args)]
pub(crate) struct TermsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<TermsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TermsCommand {
    /// Say that a term week without allocation is a holiday
    Acknowledge {
        /// A date in the week, or the week as `2031 week 44`, as the list of weeks shows it, or `2031/44`
        #[arg(required = true, num_args = 1..=3)]
        week: Vec<String>,
    },
    /// Take that back
    Withdraw {
        /// A date in the week, or the week as `2031 week 44` or `2031/44`
        #[arg(required = true, num_args = 1..=3)]
        week: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExceptionsCommand {
    /// Free a room, or all rooms, for a day or a part of it
    Add {
        /// The room: its id, its name, or `isams:41`; or `all`
        room: String,
        /// The date
        date: NaiveDate,
        /// From when [default: the whole day]
        #[arg(requires = "end")]
        start: Option<TimeOfDay>,
        /// Until when; midnight is 24:00
        end: Option<TimeOfDay>,
    },
    /// List all exceptions
    List,
    /// Take an exception back; bookings that it kept may go at the next sync
    Remove {
        /// Its id in the list
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The room: its id, its name, or `isams:41`
    pub(crate) room: String,
    /// The date
    pub(crate) date: NaiveDate,
    /// The time, such as 09:30
    pub(crate) time: TimeOfDay,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MatchCommand {
    /// List the rooms and periods of iSAMS beside the school's own
    List,
    /// Suggest which room may be which room of iSAMS, and what became of rooms that are gone
    Suggest {
        /// Match the rooms whose suggestion is certain
        #[arg(long)]
        set_certain: bool,
    },
    /// Write the matches to a CSV file, with the certain suggestions filled in
    Export {
        /// The file
        file: PathBuf,
        /// Also write for which periods the timeslots stand, to this file
        #[arg(long, value_name = "FILE")]
        slots: Option<PathBuf>,
    },
    /// Match as a CSV file says: its columns `local,isams`, or `timeslot,periods`; blank is no match. The calendar follows
    /// as with `set`
    Import {
        /// The file
        file: PathBuf,
    },
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
    /// Say that a room is a room of iSAMS; once matches are confirmed the calendar follows now, and bookings are judged
    /// at the next sync
    Room {
        /// The school's room: its id, its name, or `isams:41`
        local: String,
        /// The room of iSAMS: `41` or `isams:41`
        isams: String,
    },
    /// Say that a timeslot stands for these periods of iSAMS: their lessons have its times
    Slot {
        /// The school's timeslot: its id, or its name where no other has it
        local: String,
        /// The ids of the periods, as `match list --json` shows them
        #[arg(required = true)]
        periods: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MatchClear {
    /// Take the match of a room back; its lessons leave the calendar now, and bookings are judged at the next sync
    Room {
        /// The school's room: its id, its name, or `isams:41`
        local: String,
    },
    /// Take the periods of a timeslot back; their lessons have their own times again
    Slot {
        /// The school's timeslot: its id, or its name where no other has it
        local: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// The number of the run, as `runs` and `bookings` show it
    #[arg(value_name = "RUN")]
    pub(crate) run: u64,
    /// Also restore bookings whose cause stands, each with an exception for its time in its room
    #[arg(long)]
    pub(crate) keep: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CalendarArgs {
    /// The room: its id, its name, or `isams:41`
    pub(crate) room: String,
    /// The week that holds this date [default: this week]
    #[arg(long, value_name = "DATE")]
    pub(crate) week: Option<NaiveDate>,
    /// How many weeks, from that one on
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=53))]
    pub(crate) weeks: u16,
    /// The form of it [default: text, or json with --json]
    #[arg(long, value_enum)]
    pub(crate) format: Option<CalendarFormat>,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The form of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CalendarFormat {
    /// For the terminal: a table, or a list of days where a table would be too wide
    Text,
    /// One HTML file, to be shown or printed
    Html,
    /// An iCalendar file, for other calendars
    Ics,
    /// JSON
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    /// Administrators' changes and undos, too
    #[arg(long)]
    pub(crate) all: bool,
    #[command(subcommand)]
    pub(crate) command: Option<RunsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// Show all that is known of one run, of any kind
    Show {
        /// Its number
        #[arg(value_name = "RUN")]
        run: u64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BookingsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<BookingsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BookingsCommand {
    /// Say why a booking was removed, by the timetable as it was then
    Why {
        /// The booking's id
        booking: String,
    },
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
        /// Write it as an e-mail into this file instead
        #[arg(long, value_name = "FILE")]
        eml: Option<PathBuf>,
    },
    /// Send what is due now
    Send,
    /// Queue failed messages again
    Retry {
        /// The number of one in the list, or its id
        #[arg(value_name = "N|ID", required_unless_present = "failed")]
        message: Option<String>,
        /// All that have failed
        #[arg(long, conflicts_with = "message")]
        failed: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The file to write, with all schools of the database; there is none yet
    pub(crate) file: PathBuf,
}

/// The faults as they are written; the simulator's documentation has the same list.
const FAULTS: &str = "\
Faults, each for one request for data, after which answers are as usual:
  deadlock, deadlock:2, lock-timeout     the two errors of a busy database
  error:NAME                             an error document: InvalidApiKey, MethodsNotAllocated,
                                         FiltersRequired, MissingParameter, Deadlock, LockTimeout, BadFilter
  status:503                             any status with a plain text
  too-many-requests:5, unavailable:5     429 and 503, to come back after 5 seconds
  redirect:https://other.example/        a redirect
  html-page                              a log-in page with status 200
  empty-manager:HRManager                a payload with a manager that is empty
  slow-drip:64:50ms                      64 bytes at a time, with a pause after each
  cut-body:1000, reset                   a connection that ends after so many bytes, or before any
  wrong-length:+100, wrong-length:-100   a length that is too large or too small
  gzip-bomb:300MiB, deep-nesting:100000  an answer that unpacks to a huge one; one that is nested deeply
  invalid-utf8, bom                      a byte that is no UTF-8; a byte order mark";

#[derive(Debug, Args)]
#[command(after_help = FAULTS)]
pub(crate) struct SimulateArgs {
    /// A school's folder with its `days.toml`
    pub(crate) fixture: PathBuf,
    /// Which day to serve [default: the first]
    #[arg(long, value_name = "NAME")]
    pub(crate) day: Option<String>,
    /// Serve all days from that one on, each to one request, and the last to all that follow
    #[arg(long)]
    pub(crate) play: bool,
    /// The port to listen on; any free one unless given
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// The key to let in; an invented one unless given
    #[arg(long, value_name = "KEY", value_parser = not_empty::<Hidden>())]
    pub(crate) key: Option<Hidden>,
    /// The methods that the key holds, such as School_GetSchoolTerms [default: all]
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with = "without"
    )]
    pub(crate) methods: Vec<String>,
    /// A data area that the key lacks, such as current_staff; may be repeated
    #[arg(long, value_name = "AREA", value_delimiter = ',')]
    pub(crate) without: Vec<DataArea>,
    /// Refuse the two cover methods without a range of dates
    #[arg(long)]
    pub(crate) strict_filters: bool,
    /// Refuse POST
    #[arg(long)]
    pub(crate) get_only: bool,
    /// Ask for a sign-in with this client id
    #[arg(long, value_name = "ID", value_parser = not_empty::<Hidden>(), requires = "client_secret")]
    pub(crate) client_id: Option<Hidden>,
    /// Ask for a sign-in with this client secret; an invented one will do
    #[arg(long, value_name = "SECRET", value_parser = not_empty::<Hidden>(), requires = "client_id")]
    pub(crate) client_secret: Option<Hidden>,
    /// How long a token of the sign-in holds
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 3_600,
        requires = "client_id"
    )]
    pub(crate) expires_in: u64,
    /// Answer from a cache that is renewed after so long
    #[arg(long, value_name = "SECONDS")]
    pub(crate) cache: Option<u64>,
    /// How many requests are answered in so many seconds, such as 100/3600
    #[arg(long, value_name = "N/SECONDS")]
    pub(crate) throttle: Option<Throttle>,
    /// Let in this address only; may be repeated
    #[arg(long, value_name = "ADDR")]
    pub(crate) allow_ip: Vec<IpAddr>,
    /// What goes wrong with a request, such as deadlock:2; may be repeated, one after another [see below]
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<Fault>,
}

/// How many requests are answered in how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Throttle {
    pub(crate) requests: u32,
    pub(crate) per: Duration,
}

impl FromStr for Throttle {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = |text: &str| {
            let (requests, seconds) = text.split_once('/')?;
            let (requests, seconds) = (requests.parse().ok()?, seconds.parse().ok()?);
            (requests > 0 && seconds > 0).then_some(Self {
                requests,
                per: Duration::from_secs(seconds),
            })
        };
        read(text).ok_or("write for example 100/3600 for 100 requests an hour")
    }
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// The folder to write to: answer-1.json and so on, one for each key or file
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Also write the rooms, timeslots, matches and bookings as CSV, with the same people replaced; ids stay
    #[arg(long)]
    pub(crate) with_bookings: bool,
    /// Replace what an earlier recording left in the folder
    #[arg(long)]
    pub(crate) force: bool,
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

/// Reads a text that is not empty.
fn not_empty<T: From<String> + Clone + Send + Sync + 'static>() -> impl TypedValueParser<Value = T>
{
    NonEmptyStringValueParser::new().map(T::from)
}

impl SourceArgs {
    /// The flags that name the source, as they are typed, to repeat them in a hint. A word in capitals stands for each
    /// secret that was typed, and for the client id, which may be the key.
    pub(crate) fn typed(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.to_string_lossy().into_owned();
        let mut words = Vec::new();
        let mut add = |flag: &str, value: Option<String>| {
            words.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
        };
        add("--url", self.url.clone());
        add("--from", self.from.as_ref().map(path));
        let secret = |given: bool, word: &str| given.then(|| word.to_owned());
        add("--api-key", secret(self.api_key.is_some(), "KEY"));
        add("--client-id", secret(self.client_id.is_some(), "ID"));
        add(
            "--client-secret",
            secret(self.client_secret.is_some(), "SECRET"),
        );
        for file in &self.api_key_file {
            add("--api-key-file", Some(path(file)));
        }
        add(
            "--client-secret-file",
            self.client_secret_file.as_ref().map(path),
        );
        add("--scope", self.scope.clone());
        add("--token-url", self.token_url.clone());
        add("--client-auth", self.client_auth.map(connection::typed));
        add("--format", self.format.map(connection::typed));
        add("--timeout", self.timeout.map(|it| it.to_string()));
        add("--retries", self.retries.map(|it| it.to_string()));
        add("--max-size", self.max_size.map(|it| it.to_string()));
        words
    }
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
    use std::collections::BTreeSet;

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
    fn secrets_show_neither_in_the_parsed_arguments_nor_in_a_hint() {
        let parsed = Arguments::try_parse_from([
            "timetable-sync",
            "sync",
            "--url",
            "school.example",
            "--api-key",
            "0a1b2c3d",
            "--client-id",
            "0a1b2c3d",
            "--client-secret",
            "0a1b2c3d",
            "--scope",
            "",
            "--format",
            "xml",
            "--retries",
            "0",
        ])
        .unwrap();
        assert!(!format!("{parsed:?}").contains("0a1b2c3d"));
        let Command::Sync(sync) = parsed.command else {
            panic!("another command")
        };
        let typed = "--url school.example --api-key KEY --client-id ID --client-secret SECRET --scope  --format xml \
                     --retries 0";
        assert_eq!(sync.source.typed().join(" "), typed);
    }

    #[test]
    fn a_recorded_answer_is_reached_without_settings_of_the_connection() {
        for words in [
            "--url a",
            "--api-key a",
            "--api-key-file a",
            "--client-id a",
            "--client-secret a",
            "--client-secret-file a",
            "--scope a",
            "--token-url a",
            "--client-auth basic",
            "--format xml",
            "--timeout 1",
            "--retries 1",
            "--max-size 1",
        ] {
            let refused = |first: &str| {
                let line = format!("timetable-sync plan {first} {words}");
                Arguments::try_parse_from(line.split_whitespace()).is_err()
            };
            assert!(refused("--from a"), "{words}");
            assert!(!refused(""), "{words}");
        }
    }

    #[test]
    fn the_help_lists_every_fault_as_it_is_written() {
        let listed: Vec<&str> = FAULTS
            .lines()
            .skip(1)
            .filter_map(|line| line.get(2..41))
            .flat_map(|column| column.split(','))
            .map(str::trim)
            .filter(|fault| !fault.is_empty())
            .collect();
        for fault in listed.iter().filter(|fault| **fault != "error:NAME") {
            assert!(fault.parse::<Fault>().is_ok(), "{fault}");
        }
        let names = |faults: &[&str]| -> BTreeSet<String> {
            let names = faults.iter().filter_map(|fault| fault.split(':').next());
            names.map(str::to_owned).collect()
        };
        let unknown = "?".parse::<Fault>().unwrap_err().to_string();
        let (_, known) = unknown.split_once("known are ").unwrap();
        let known: Vec<&str> = known.split(", ").collect();
        assert_eq!(names(&listed), names(&known));
        for error in isams_simulator::KnownError::ALL {
            assert!(FAULTS.contains(error.name()), "{error:?}");
        }
    }

    #[test]
    fn a_throttle_is_a_number_of_requests_in_a_time() {
        let hour = Throttle {
            requests: 100,
            per: Duration::from_secs(3_600),
        };
        assert_eq!("100/3600".parse(), Ok(hour));
        for wrong in ["100", "0/5", "5/0", "a/b", "1/2/3", "-1/5", ""] {
            assert!(wrong.parse::<Throttle>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_of_day_has_hours_and_minutes() {
        assert_eq!(
            time_of_day("01:00"),
            Ok(NaiveTime::MIN + chrono::TimeDelta::hours(1))
        );
        for wrong in ["1 am", "24:00", "01:60", "0100", "01:00:00", ""] {
            assert!(time_of_day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_empty_secret_is_refused() {
        for flag in ["--api-key", "--client-id", "--client-secret"] {
            assert!(Arguments::try_parse_from(["timetable-sync", "plan", flag, ""]).is_err());
        }
    }
}
