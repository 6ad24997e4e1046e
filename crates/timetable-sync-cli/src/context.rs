//! What every command works with: the store, the school and the clock.

use std::{
    process,
    sync::{Arc, LazyLock},
};

use booking_store::{
    BookingStore, RunFilter, RunKind, RunRecord, SchoolId, SchoolState, StoreError, StoreErrorKind,
};
use booking_store_sqlite::SqliteStore;
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use timetable_sync::{Settings, Syncer, Templates};

use crate::{
    config::Config,
    exit::{Exit, Failure, Outcome},
    mail::Mail,
    output::Output,
};

/// One school in one store.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) school: SchoolId,
    pub(crate) settings: Settings,
    /// School-local time to judge by instead of the clock's.
    pub(crate) given_now: Option<NaiveDateTime>,
    /// Who asks, for the history.
    pub(crate) by: Option<String>,
    /// How messages are sent.
    pub(crate) mail: Mail,
    pub(crate) templates: Templates,
    pub(crate) out: Output,
    /// The common flags as they were typed, to repeat them in hints.
    pub(crate) flags: Vec<String>,
}

impl Context {
    pub(crate) async fn open(config: &Config, out: Output, flags: Vec<String>) -> Outcome<Self> {
        let templates = config.mail.templates()?;
        let store = SqliteStore::open(&config.db).await;
        let store = store.map_err(|error| unusable(config, error))?;
        Ok(Self::of(store, templates, config, out, flags))
    }

    /// The same for a database that is there; it makes none.
    pub(crate) async fn existing(
        config: &Config,
        out: Output,
        flags: Vec<String>,
    ) -> Outcome<Self> {
        let templates = config.mail.templates()?;
        let Some(store) = existing(config).await? else {
            return Err(Failure::usage(format!(
                "there is no database {}; `import` or `sync` makes one",
                config.db
            )));
        };
        Ok(Self::of(store, templates, config, out, flags))
    }

    /// The same with an empty one in memory where there is none.
    pub(crate) async fn existing_or_empty(
        config: &Config,
        out: Output,
        flags: Vec<String>,
    ) -> Outcome<Self> {
        let templates = config.mail.templates()?;
        let store = match existing(config).await? {
            Some(store) => store,
            None => SqliteStore::open("sqlite::memory:").await?,
        };
        Ok(Self::of(store, templates, config, out, flags))
    }

    fn of(
        store: SqliteStore,
        templates: Templates,
        config: &Config,
        out: Output,
        flags: Vec<String>,
    ) -> Self {
        Self {
            store: Arc::new(store),
            school: config.school.clone(),
            settings: config.settings.clone(),
            given_now: config.now,
            by: config.by.clone(),
            mail: config.mail.clone(),
            templates,
            out,
            flags,
        }
    }

    /// School-local time.
    pub(crate) fn now(&self) -> NaiveDateTime {
        self.given_now.unwrap_or_else(|| self.local(utc_now()))
    }

    /// The time as the school has it.
    pub(crate) fn local(&self, time: DateTime<Utc>) -> NaiveDateTime {
        time.with_timezone(&self.settings.zone).naive_local()
    }

    pub(crate) fn syncer(&self) -> Syncer {
        let store: Arc<dyn BookingStore> = self.store.clone();
        // The clock is the machine's even in a rehearsal: leases of other processes run by it.
        let clock = Arc::new(utc_now);
        Syncer::new(store, self.settings.clone(), clock, HOLDER.as_str())
            .templates(self.templates.clone())
            .by(self.by.as_deref().unwrap_or_default())
    }

    /// Names this process among all that sync and send.
    pub(crate) fn holder(&self) -> &'static str {
        HOLDER.as_str()
    }

    /// The time, or the one to judge by.
    pub(crate) fn utc_now(&self) -> DateTime<Utc> {
        let given = self.given_now.map(|now| self.utc(now));
        given.unwrap_or_else(utc_now)
    }

    /// When it is so at the school. A time that the clocks skip or repeat is its first moment.
    pub(crate) fn utc(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let earliest = self.settings.zone.from_local_datetime(&local).earliest();
        earliest.map_or_else(|| local.and_utc(), |time| time.to_utc())
    }

    /// The school with the bookings that end after `from`.
    pub(crate) async fn state_from(&self, from: NaiveDateTime) -> Outcome<SchoolState> {
        Ok(self.store.load(&self.school, from).await?)
    }

    /// The school with its present and future bookings.
    pub(crate) async fn state(&self) -> Outcome<SchoolState> {
        self.state_from(self.now()).await
    }

    /// The journal, newest first; only syncs unless `kind` says otherwise.
    pub(crate) async fn runs(&self, kind: Option<RunKind>) -> Outcome<Vec<RunRecord>> {
        let which = RunFilter { kind, limit: None };
        Ok(self.store.runs(&self.school, &which).await?)
    }

    /// A command as it is typed for this school.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let words = words.iter().copied();
        let flags = self.flags.iter().map(String::as_str);
        let all: Vec<String> = ["timetable-sync"]
            .into_iter()
            .chain(words)
            .chain(flags)
            .map(quoted)
            .collect();
        all.join(" ")
    }
}

async fn existing(config: &Config) -> Outcome<Option<SqliteStore>> {
    let store = SqliteStore::open_existing(&config.db).await;
    store.map_err(|error| unusable(config, error))
}

fn unusable(config: &Config, error: StoreError) -> Failure {
    let no_address = error.kind() == StoreErrorKind::Invalid;
    let mut failure = Failure::from(error);
    if no_address {
        failure.exit = Exit::Usage;
    }
    failure.context(format!("the database {} cannot be used", config.db))
}

/// School-local time where there is no store.
pub(crate) fn school_now(config: &Config) -> NaiveDateTime {
    let now = || utc_now().with_timezone(&config.settings.zone);
    config.now.unwrap_or_else(|| now().naive_local())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command line owns the clock; this is the one place that reads it"
)]
pub(crate) fn utc_now() -> DateTime<Utc> {
    Utc::now()
}

/// Names this process among all that may hold a school's lease.
static HOLDER: LazyLock<String> = LazyLock::new(|| {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .or_else(|_| std::env::var("HOSTNAME"))
        .or_else(|_| std::env::var("COMPUTERNAME"))
        .unwrap_or_default();
    let host = match host.trim() {
        "" => "host",
        host => host,
    };
    // A process id comes back after a while, and the same one may run in two containers.
    format!("{host}/{}/{}", process::id(), utc_now().timestamp_micros())
});

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("2031-09-03T01:00"), "2031-09-03T01:00");
        assert_eq!(quoted("My School"), "'My School'");
        assert_eq!(quoted("King's"), r"'King'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
