//! Values as columns and back.

use booking_store::{
    Booking, Exception, Matching, Notice, NoticeId, NoticeRecord, NoticeState, Origin, Recipient,
    RemovedBooking, Room, RoomLink, RunId, RunKind, RunRecord, RunStatus, SchoolId, StoreError,
    Timeslot, TimeslotLink,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use room_timetable::{Interval, TimeOfDay, TimeRange, Weekdays, YearWeek};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, Sqlite, sqlite::SqliteRow};

use crate::error::{corrupt, invalid, store_error, unreadable};

/// Local times sort as text as they do in time, in the years 0 to 9999.
const MOMENT: &str = "%Y-%m-%dT%H:%M:%S%.f";

pub(crate) fn moment(moment: NaiveDateTime) -> String {
    moment.format(MOMENT).to_string()
}

pub(crate) fn utc(moment: DateTime<Utc>) -> String {
    self::moment(moment.naive_utc())
}

/// SQLite's integers are signed.
pub(crate) fn integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| invalid(format!("{number} is too large for the database")))
}

pub(crate) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| invalid(format!("no JSON can be made: {error}")))
}

pub(crate) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Local => "local",
        Origin::Sync => "sync",
    }
}

pub(crate) fn matching(matching: Matching) -> &'static str {
    match matching {
        Matching::NotStarted => "not_started",
        Matching::Awaiting => "awaiting",
        Matching::Confirmed => "confirmed",
    }
}

pub(crate) fn run_kind(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Sync => "sync",
        RunKind::Administrator => "administrator",
        RunKind::Undo => "undo",
    }
}

/// A run record as its columns, by which a repeated run is known.
#[derive(PartialEq)]
pub(crate) struct EncodedRun {
    pub(crate) run: i64,
    pub(crate) kind: String,
    pub(crate) status: String,
    pub(crate) started_utc: String,
    pub(crate) finished_utc: Option<String>,
    pub(crate) by: Option<String>,
    pub(crate) judged_at: String,
    pub(crate) fingerprint: Option<String>,
    pub(crate) areas: String,
    pub(crate) report: String,
}

impl EncodedRun {
    pub(crate) fn new(run: &RunRecord) -> Result<Self, StoreError> {
        Ok(Self {
            run: integer(run.id.0)?,
            kind: run_kind(run.kind).to_owned(),
            status: run.status.name().to_owned(),
            started_utc: utc(run.started),
            finished_utc: run.finished.map(utc),
            by: run.by.clone(),
            judged_at: moment(run.judged_at),
            fingerprint: run.fingerprint.clone(),
            areas: json(&run.areas)?,
            report: json(&run.report)?,
        })
    }

    pub(crate) fn read(row: &SqliteRow, run: i64) -> Result<Self, StoreError> {
        let row = Columns(row);
        Ok(Self {
            run,
            kind: row.text("kind")?,
            status: row.text("status")?,
            started_utc: row.text("started_utc")?,
            finished_utc: row.optional_text("finished_utc")?,
            by: row.optional_text("done_by")?,
            judged_at: row.text("judged_at")?,
            fingerprint: row.optional_text("fingerprint")?,
            areas: row.text("areas")?,
            report: row.text("report")?,
        })
    }
}

/// Selects messages, with the rest of the statement. By name: a connection that was open when another one added columns
/// would be confused by a `*`.
macro_rules! select_notices {
    ($rest:literal) => {
        concat!(
            "SELECT school, id, run, to_name, to_email, subject, body, html, calendar, removed, restored, \
             state, reason, attempts, not_before_utc FROM sync_notices ",
            $rest
        )
    };
}
pub(crate) use select_notices;

/// Selects runs, with the rest of the statement; by name, as [`select_notices`] does.
macro_rules! select_runs {
    ($rest:literal) => {
        concat!(
            "SELECT school, run, kind, status, started_utc, finished_utc, done_by, judged_at, fingerprint, areas, report, \
             revision FROM sync_runs ",
            $rest
        )
    };
}
pub(crate) use select_runs;

/// The columns of one row.
pub(crate) struct Columns<'r>(pub(crate) &'r SqliteRow);

impl Columns<'_> {
    fn get<T>(&self, name: &'static str) -> Result<T, StoreError>
    where
        T: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
    {
        self.0.try_get(name).map_err(store_error)
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<String, StoreError> {
        self.get(name)
    }

    pub(crate) fn optional_text(&self, name: &'static str) -> Result<Option<String>, StoreError> {
        self.get(name)
    }

    fn flag(&self, name: &'static str) -> Result<bool, StoreError> {
        Ok(self.get::<i64>(name)? != 0)
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.get::<i64>(name)?).map_err(|error| unreadable(name, error))
    }

    pub(crate) fn small_number(&self, name: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.get::<i64>(name)?).map_err(|error| unreadable(name, error))
    }

    fn moment(&self, name: &'static str) -> Result<NaiveDateTime, StoreError> {
        read_moment(&self.text(name)?, name)
    }

    pub(crate) fn optional_utc(
        &self,
        name: &'static str,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.optional_text(name)?
            .map(|text| read_moment(&text, name).map(|moment| moment.and_utc()))
            .transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(name)?).map_err(|error| unreadable(name, error))
    }

    fn interval(&self) -> Result<Interval, StoreError> {
        Interval::new(self.moment("starts")?, self.moment("ends")?)
            .map_err(|error| unreadable("starts, ends", error))
    }

    fn origin(&self) -> Result<Origin, StoreError> {
        match self.text("origin")?.as_str() {
            "local" => Ok(Origin::Local),
            "sync" => Ok(Origin::Sync),
            other => Err(unknown("origin", other)),
        }
    }

    pub(crate) fn matching(&self) -> Result<Matching, StoreError> {
        match self.text("matching")?.as_str() {
            "not_started" => Ok(Matching::NotStarted),
            "awaiting" => Ok(Matching::Awaiting),
            "confirmed" => Ok(Matching::Confirmed),
            other => Err(unknown("matching", other)),
        }
    }

    pub(crate) fn room(&self) -> Result<Room, StoreError> {
        Ok(Room {
            id: self.text("id")?.into(),
            name: self.text("name")?,
            category: self.text("category")?,
            origin: self.origin()?,
            part_bookable: self.flag("part_bookable")?,
        })
    }

    pub(crate) fn timeslot(&self) -> Result<Timeslot, StoreError> {
        let time = |name: &'static str| {
            self.text(name)?
                .parse::<TimeOfDay>()
                .map_err(|error| unreadable(name, error))
        };
        let times = TimeRange::new(time("starts")?, time("ends")?)
            .map_err(|error| unreadable("starts, ends", error))?;
        let days = self
            .text("days")?
            .parse::<Weekdays>()
            .map_err(|error| unreadable("days", error))?;
        Ok(Timeslot {
            id: self.text("id")?.into(),
            name: self.text("name")?,
            days,
            times,
            origin: self.origin()?,
        })
    }

    pub(crate) fn room_link(&self) -> Result<RoomLink, StoreError> {
        Ok(RoomLink {
            room: self.text("room")?.into(),
            source: self.text("source")?,
        })
    }

    pub(crate) fn timeslot_link(&self) -> Result<TimeslotLink, StoreError> {
        Ok(TimeslotLink {
            timeslot: self.text("timeslot")?.into(),
            period: self.text("period")?.into(),
        })
    }

    pub(crate) fn exception(&self) -> Result<Exception, StoreError> {
        Ok(Exception {
            id: self.text("id")?,
            room: self.optional_text("room")?.map(Into::into),
            interval: self.interval()?,
        })
    }

    pub(crate) fn year_week(&self) -> Result<YearWeek, StoreError> {
        let number =
            |column| -> Result<i64, StoreError> { self.0.try_get(column).map_err(store_error) };
        let (year, week) = (number("year")?, number("week")?);
        match (i32::try_from(year), u8::try_from(week)) {
            (Ok(year), Ok(week)) => Ok(YearWeek { year, week }),
            _ => Err(corrupt(format!("`{year}/{week}` is no week of a year"))),
        }
    }

    pub(crate) fn booking(&self) -> Result<Booking, StoreError> {
        Ok(Booking {
            id: self.text("id")?.into(),
            room: self.text("room")?.into(),
            interval: self.interval()?,
            owner_name: self.optional_text("owner_name")?,
            owner_email: self.optional_text("owner_email")?,
            title: self.optional_text("title")?,
            series: self.optional_text("series")?,
            version: self.number("version")?,
        })
    }

    pub(crate) fn removed_booking(&self) -> Result<RemovedBooking, StoreError> {
        Ok(RemovedBooking {
            booking: self.booking()?,
            run: RunId(self.number("run")?),
            causes: self.json("causes")?,
            absorbed: self.flag("absorbed")?,
        })
    }

    pub(crate) fn run(&self) -> Result<RunRecord, StoreError> {
        let kind = match self.text("kind")?.as_str() {
            "sync" => RunKind::Sync,
            "administrator" => RunKind::Administrator,
            "undo" => RunKind::Undo,
            other => return Err(unknown("kind", other)),
        };
        let status = match self.text("status")?.as_str() {
            "applied" => RunStatus::Applied,
            "unchanged" => RunStatus::Unchanged,
            "held" => RunStatus::Held,
            "awaiting_match" => RunStatus::AwaitingMatch,
            other => return Err(unknown("status", other)),
        };
        Ok(RunRecord {
            id: RunId(self.number("run")?),
            kind,
            status,
            started: self.moment("started_utc")?.and_utc(),
            finished: self.optional_utc("finished_utc")?,
            by: self.optional_text("done_by")?,
            judged_at: self.moment("judged_at")?,
            fingerprint: self.optional_text("fingerprint")?,
            areas: self.json("areas")?,
            report: self.json("report")?,
        })
    }

    pub(crate) fn notice(&self) -> Result<Notice, StoreError> {
        let name = self.optional_text("to_name")?;
        let to = match self.optional_text("to_email")? {
            Some(email) => Recipient::Owner { name, email },
            None => Recipient::Administrator,
        };
        Ok(Notice {
            id: NoticeId::new(self.text("id")?),
            school: SchoolId::new(self.text("school")?),
            run: RunId(self.number("run")?),
            to,
            subject: self.text("subject")?,
            text: self.text("body")?,
            html: self.optional_text("html")?,
            calendar: self.optional_text("calendar")?,
            removed: self.json("removed")?,
            restored: self.json("restored")?,
        })
    }

    pub(crate) fn notice_record(&self) -> Result<NoticeRecord, StoreError> {
        let state = match self.text("state")?.as_str() {
            "queued" => NoticeState::Queued,
            "sent" => NoticeState::Sent,
            "failed" => NoticeState::Failed(self.optional_text("reason")?.unwrap_or_default()),
            other => return Err(unknown("state", other)),
        };
        Ok(NoticeRecord {
            notice: self.notice()?,
            state,
            attempts: self.small_number("attempts")?,
            last_error: self.optional_text("reason")?,
            next_attempt: self.optional_utc("not_before_utc")?,
        })
    }
}

fn read_moment(text: &str, name: &'static str) -> Result<NaiveDateTime, StoreError> {
    text.parse().map_err(|error| unreadable(name, error))
}

fn unknown(column: &str, value: &str) -> StoreError {
    corrupt(format!("the database holds `{value}` as {column}"))
}
