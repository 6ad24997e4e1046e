//! The store: a pool of connections to one database file.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::ErrorKind,
    path::Path,
    str::FromStr,
    time::Duration,
};

use async_trait::async_trait;
use booking_store::{
    Booking, BookingDesk, BookingStore, ChangeSet, Delivery, Import, ImportReport, Lease, NoticeId,
    NoticeRecord, RemovedBooking, Revision, RunFilter, RunRecord, SchoolId, SchoolState,
    StoreError,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use room_timetable::BookingId;
use sqlx::{
    ConnectOptions, Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    desk,
    error::{invalid, is_busy, store_error, uncopied},
    migrate::migrate,
    read, write,
};

/// Connections of a store on a file: readers do not wait for each other, and writers take turns anyway.
const CONNECTIONS: u32 = 4;

/// How long a write waits for another connection's, in this process or another.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A store in one SQLite database. Clones share its connections.
#[derive(Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens the database, creates it where it is missing, and brings its tables up to date.
    ///
    /// Takes a path, a `sqlite:` URL, or `sqlite::memory:` for a database that lasts as long as the store.
    ///
    /// # Errors
    ///
    /// [`Corrupt`](booking_store::StoreErrorKind::Corrupt) when the file is no SQLite database or of a newer version,
    /// [`Invalid`](booking_store::StoreErrorKind::Invalid) when the address names no database, and
    /// [`Unavailable`](booking_store::StoreErrorKind::Unavailable) when the file cannot be opened.
    pub async fn open(url_or_path: &str) -> Result<Self, StoreError> {
        Self::open_with(url_or_path, CONNECTIONS).await
    }

    /// Opens the database if its file is there, and makes none.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open).
    pub async fn open_existing(url_or_path: &str) -> Result<Option<Self>, StoreError> {
        let address = Address::parse(url_or_path)?;
        if address.in_memory || !address.options.get_filename().is_file() {
            return Ok(None);
        }
        Self::open(url_or_path).await.map(Some)
    }

    /// As [`open`](Self::open) with at most so many connections; a database in memory has one in any case.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open).
    pub async fn open_with(url_or_path: &str, connections: u32) -> Result<Self, StoreError> {
        let address = Address::parse(url_or_path)?;
        let options = address
            .options
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            // In WAL mode, the usual NORMAL may lose the last commits when the power fails. A lost commit here is a
            // removal that people were told of and that is undone, so each one is on the disk before it is reported.
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging();
        let mut pool = SqlitePoolOptions::new();
        if address.in_memory {
            // Every connection would be a database of its own, and it ends with its connection.
            pool = pool
                .min_connections(1)
                .max_connections(1)
                .idle_timeout(None)
                .max_lifetime(None);
        } else {
            pool = pool.max_connections(connections.max(1));
        }
        let pool = pool.connect_with(options).await.map_err(store_error)?;
        let mut connection = pool.acquire().await.map_err(store_error)?;
        use_wal(&mut connection).await?;
        drop(connection);
        Self::with_pool(pool).await
    }

    /// A store in a booking product's own database, over the product's connections. Brings the store's tables up to
    /// date and touches no other.
    ///
    /// The product's connections need a busy time-out, or writes fail where they would wait, and `synchronous = FULL`,
    /// or the last commits can be lost in a power cut.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open).
    pub async fn with_pool(pool: SqlitePool) -> Result<Self, StoreError> {
        let store = Self { pool };
        let mut transaction = store.begin().await?;
        migrate(&mut transaction).await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(store)
    }

    /// Begins a transaction for the functions of [`write`](mod@write). Dropped without a commit, it is rolled back.
    ///
    /// # Errors
    ///
    /// [`Unavailable`](booking_store::StoreErrorKind::Unavailable) when another connection keeps writing.
    pub async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        // A plain BEGIN would read first and fail, without waiting, when somebody else writes before it does.
        self.pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(store_error)
    }

    /// Copies the database, as it is at one moment, to a new file. The copy is on the disk when this returns.
    ///
    /// # Errors
    ///
    /// [`Invalid`](booking_store::StoreErrorKind::Invalid) when there is such a file already, and
    /// [`Unavailable`](booking_store::StoreErrorKind::Unavailable) when it cannot be written; then there is none.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let name = to
            .to_str()
            .ok_or_else(|| invalid("the name of the copy is not UTF-8"))?;
        // SQLite takes an empty file, too, and only the one who makes it knows that nobody else did.
        let file = OpenOptions::new().write(true).create_new(true).open(to);
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => invalid("the file of the copy is there already"),
            _ => uncopied(error),
        })?;
        let copied = match self.vacuum_into(name).await {
            Ok(()) => file.sync_all().map_err(uncopied),
            Err(error) => Err(error),
        };
        if copied.is_err() {
            // What went wrong is said in any case.
            let _ = fs::remove_file(to);
        }
        copied
    }

    async fn vacuum_into(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO ?")
            .bind(name)
            .execute(&mut *self.connection().await?)
            .await
            .map(drop)
            .map_err(store_error)
    }

    /// Closes all connections, after which the file alone is the whole database unless others have it open. Later calls
    /// fail.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn connection(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        self.pool.acquire().await.map_err(store_error)
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = self.pool.connect_options();
        f.debug_struct("SqliteStore")
            .field("file", &options.get_filename())
            .finish_non_exhaustive()
    }
}

struct Address {
    options: SqliteConnectOptions,
    in_memory: bool,
}

impl Address {
    fn parse(text: &str) -> Result<Self, StoreError> {
        const MEMORY: &str = ":memory:";
        let Some(rest) = text.strip_prefix("sqlite:") else {
            return match text {
                "" => Err(invalid("the database has no name")),
                MEMORY => Self::parse("sqlite::memory:"),
                path => Ok(Self {
                    options: SqliteConnectOptions::new().filename(path),
                    in_memory: false,
                }),
            };
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (name, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let in_memory = name == MEMORY || parameters.split('&').any(|one| one == "mode=memory");
        if name.is_empty() && !in_memory {
            return Err(invalid("the database has no name"));
        }
        Ok(Self {
            options: SqliteConnectOptions::from_str(text).map_err(store_error)?,
            in_memory,
        })
    }
}

/// Writes go to a log beside the file, so that readers do not wait for a writer.
async fn use_wal(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    const ATTEMPTS: u32 = 20;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let switched = sqlx::query("PRAGMA journal_mode = WAL")
            .execute(&mut *connection)
            .await;
        match switched {
            // SQLite does not wait for others to leave a new file before it switches; taking the write lock does.
            Err(error) if is_busy(&error) && attempt < ATTEMPTS => {
                sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK")
                    .execute(&mut *connection)
                    .await
                    .map_err(store_error)?;
            }
            switched => return switched.map(drop).map_err(store_error),
        }
    }
}

#[async_trait]
impl BookingStore for SqliteStore {
    async fn load(
        &self,
        school: &SchoolId,
        from: NaiveDateTime,
    ) -> Result<SchoolState, StoreError> {
        // One transaction, so that all tables are read as they were at one moment.
        let mut transaction = self.pool.begin().await.map_err(store_error)?;
        let state = read::state(&mut transaction, school, from).await?;
        transaction.rollback().await.map_err(store_error)?;
        Ok(state)
    }

    async fn commit(
        &self,
        school: &SchoolId,
        lease: &Lease,
        changes: &ChangeSet,
    ) -> Result<Revision, StoreError> {
        let mut transaction = self.begin().await?;
        let revision = write::commit_in(&mut transaction, school, lease, changes).await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(revision)
    }

    async fn lease(
        &self,
        school: &SchoolId,
        holder: &str,
        now: DateTime<Utc>,
        ttl: TimeDelta,
    ) -> Result<Option<Lease>, StoreError> {
        let mut transaction = self.begin().await?;
        let lease = write::lease_in(&mut transaction, school, holder, now, ttl).await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(lease)
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        write::release_in(&mut transaction, lease).await?;
        transaction.commit().await.map_err(store_error)
    }

    async fn runs(
        &self,
        school: &SchoolId,
        which: &RunFilter,
    ) -> Result<Vec<RunRecord>, StoreError> {
        read::runs(&mut *self.connection().await?, school, which).await
    }

    async fn removed(&self, school: &SchoolId) -> Result<Vec<RemovedBooking>, StoreError> {
        read::removed(&mut *self.connection().await?, school).await
    }

    async fn notices(&self, school: &SchoolId) -> Result<Vec<NoticeRecord>, StoreError> {
        read::notices(&mut *self.connection().await?, school).await
    }

    async fn claim(
        &self,
        school: Option<&SchoolId>,
        holder: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<NoticeRecord>, StoreError> {
        let mut transaction = self.begin().await?;
        let notices = write::claim_in(&mut transaction, school, holder, now, limit).await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(notices)
    }

    async fn settle(&self, notice: &NoticeId, outcome: &Delivery) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        write::settle_in(&mut transaction, notice, outcome).await?;
        transaction.commit().await.map_err(store_error)
    }

    async fn requeue(&self, notice: &NoticeId) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let found = write::requeue_in(&mut transaction, notice).await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(found)
    }
}

#[async_trait]
impl BookingDesk for SqliteStore {
    async fn import(&self, school: &SchoolId, rows: &Import) -> Result<ImportReport, StoreError> {
        let mut transaction = self.begin().await?;
        let report = desk::import(&mut transaction, school, rows).await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(report)
    }

    async fn book(&self, school: &SchoolId, booking: &Booking) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        desk::book(&mut transaction, school, booking).await?;
        transaction.commit().await.map_err(store_error)
    }

    async fn cancel(&self, school: &SchoolId, booking: &BookingId) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let was_there = desk::cancel(&mut transaction, school, booking).await?;
        transaction.commit().await.map_err(store_error)?;
        Ok(was_there)
    }

    async fn bookings(&self, school: &SchoolId) -> Result<Vec<Booking>, StoreError> {
        read::bookings(&mut *self.connection().await?, school).await
    }
}
