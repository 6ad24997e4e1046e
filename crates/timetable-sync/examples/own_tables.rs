//! A host whose bookings are rows of its own table, in its own SQLite database: what a sync removes is deleted from that
//! table and told to its owner in one transaction, or neither. `cargo run -p timetable-sync --example own_tables`.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use booking_store::{
    Booking, BookingStore, ChangeSet, Delivery, Lease, NoticeId, NoticeRecord, RemovedBooking,
    Revision, RunFilter, RunRecord, SchoolId, SchoolState, StoreError, StoreErrorKind,
};
use booking_store_sqlite::{
    SqliteStore,
    sqlx::{
        self, Row, SqliteConnection,
        sqlite::{SqlitePoolOptions, SqliteRow},
    },
    store_error, write,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use isams_client::Client;
use isams_simulator::{Fixture, Simulator};
use room_timetable::{BookingId, Interval};
use timetable_sync::{CurrentTimetable, RoomCalendar, Settings, SyncRequest, Syncer};

/// The host's own table. `UNIQUE` would be wrong: a room may be booked over a lesson, which is what a sync finds.
const SCHEMA: &str = "CREATE TABLE reservation (id TEXT PRIMARY KEY, room TEXT NOT NULL, starts TEXT NOT NULL, \
                      ends TEXT NOT NULL, owner TEXT, email TEXT, title TEXT, edits INTEGER NOT NULL) STRICT";

/// The host's reservations, and beside them, in the same database, the tables of the sync.
#[derive(Debug)]
struct HostStore {
    sync: SqliteStore,
    /// Fails between the reservations and the end of the transaction, to show that nothing is left of it.
    breaks: AtomicBool,
}

impl HostStore {
    async fn reserve(&self, booking: &Booking) -> Result<(), StoreError> {
        let mut transaction = self.sync.begin().await?;
        insert(&mut transaction, booking).await?;
        transaction.commit().await.map_err(store_error)
    }

    /// How many reservations there are, and how many messages.
    async fn counts(&self, school: &SchoolId) -> Result<(usize, usize), StoreError> {
        let mut transaction = self.sync.begin().await?;
        let reservations = reservations(&mut transaction).await?.len();
        drop(transaction);
        let notices = self.sync.notices(school).await?;
        let to_owners = notices.iter().filter(|it| !it.notice.removed.is_empty());
        Ok((reservations, to_owners.count()))
    }
}

#[async_trait]
impl BookingStore for HostStore {
    async fn load(
        &self,
        school: &SchoolId,
        from: NaiveDateTime,
    ) -> Result<SchoolState, StoreError> {
        // Reservations are read after the rest: a commit compares each one with what was read here.
        let mut state = self.sync.load(school, from).await?;
        let mut transaction = self.sync.begin().await?;
        let all = reservations(&mut transaction).await?;
        state.has_bookings = !all.is_empty();
        let to_come = all.into_iter().filter(|it| it.interval.end() > from);
        state.bookings = to_come.collect();
        Ok(state)
    }

    async fn commit(
        &self,
        school: &SchoolId,
        lease: &Lease,
        changes: &ChangeSet,
    ) -> Result<Revision, StoreError> {
        let mut transaction = self.sync.begin().await?;
        let rows = reservations(&mut transaction).await?;
        let conflict = |what| Err(StoreError::new(StoreErrorKind::Conflict, what));
        if changes
            .removed_rooms()
            .any(|room| rows.iter().any(|row| row.room == *room))
        {
            return conflict("reservations are in a room that is to go");
        }
        let own = write::commit_beside_own_rows_in(&mut transaction, school, lease, changes, &rows)
            .await?;
        for booking in &own.delete {
            sqlx::query("DELETE FROM reservation WHERE id = ?")
                .bind(booking.as_str())
                .execute(&mut *transaction)
                .await
                .map_err(store_error)?;
        }
        for back in &own.write {
            let overlaps =
                |row: &Booking| row.room == back.room && row.interval.overlaps(back.interval);
            if rows.iter().any(|row| row.id == back.id || overlaps(row)) {
                return conflict("a reservation is where another comes back");
            }
            insert(&mut transaction, back).await?;
        }
        if self.breaks.load(Ordering::Relaxed) {
            let text = "the power went out";
            return Err(StoreError::new(StoreErrorKind::Unavailable, text));
        }
        transaction.commit().await.map_err(store_error)?;
        Ok(own.revision)
    }

    // Nothing below touches reservations, so it is the store's.

    async fn lease(
        &self,
        school: &SchoolId,
        holder: &str,
        now: DateTime<Utc>,
        ttl: TimeDelta,
    ) -> Result<Option<Lease>, StoreError> {
        self.sync.lease(school, holder, now, ttl).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        self.sync.release(lease).await
    }

    async fn runs(
        &self,
        school: &SchoolId,
        which: &RunFilter,
    ) -> Result<Vec<RunRecord>, StoreError> {
        self.sync.runs(school, which).await
    }

    async fn removed(&self, school: &SchoolId) -> Result<Vec<RemovedBooking>, StoreError> {
        self.sync.removed(school).await
    }

    async fn notices(&self, school: &SchoolId) -> Result<Vec<NoticeRecord>, StoreError> {
        self.sync.notices(school).await
    }

    async fn claim(
        &self,
        school: Option<&SchoolId>,
        holder: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<NoticeRecord>, StoreError> {
        self.sync.claim(school, holder, now, limit).await
    }

    async fn settle(&self, notice: &NoticeId, outcome: &Delivery) -> Result<(), StoreError> {
        self.sync.settle(notice, outcome).await
    }

    async fn requeue(&self, notice: &NoticeId) -> Result<bool, StoreError> {
        self.sync.requeue(notice).await
    }
}

/// The rows as bookings, by id. `edits` is what tells that a row has changed since it was read.
async fn reservations(connection: &mut SqliteConnection) -> Result<Vec<Booking>, StoreError> {
    let rows = sqlx::query("SELECT * FROM reservation ORDER BY id")
        .fetch_all(connection)
        .await
        .map_err(store_error)?;
    rows.iter().map(booking).collect()
}

fn booking(row: &SqliteRow) -> Result<Booking, StoreError> {
    let text = |column| row.try_get::<String, _>(column).map_err(store_error);
    let optional = |column| row.try_get(column).map_err(store_error);
    let corrupt = |what: String| StoreError::new(StoreErrorKind::Corrupt, what);
    let moment = |column| -> Result<NaiveDateTime, StoreError> {
        let text = text(column)?;
        text.parse()
            .map_err(|error| corrupt(format!("`{text}` as {column}: {error}")))
    };
    let edits: i64 = row.try_get("edits").map_err(store_error)?;
    Ok(Booking {
        id: BookingId::from(text("id")?),
        room: text("room")?.into(),
        interval: Interval::new(moment("starts")?, moment("ends")?)
            .map_err(|error| corrupt(error.to_string()))?,
        owner_name: optional("owner")?,
        owner_email: optional("email")?,
        title: optional("title")?,
        series: None,
        version: u64::try_from(edits).map_err(|error| corrupt(error.to_string()))?,
    })
}

async fn insert(connection: &mut SqliteConnection, booking: &Booking) -> Result<(), StoreError> {
    let moment = |time: NaiveDateTime| time.format("%Y-%m-%dT%H:%M:%S").to_string();
    sqlx::query("INSERT INTO reservation VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(booking.id.as_str())
        .bind(booking.room.as_str())
        .bind(moment(booking.interval.start()))
        .bind(moment(booking.interval.end()))
        .bind(&booking.owner_name)
        .bind(&booking.owner_email)
        .bind(&booking.title)
        .bind(i64::try_from(booking.version).unwrap_or(i64::MAX))
        .execute(connection)
        .await
        .map_err(store_error)?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/alder-prep");
    let alder = Fixture::open(folder)?;
    let simulator = Simulator::builder()
        .key("secret")
        .day(&alder.days()[0])?
        .start()
        .await?;
    let isams = Client::builder(&simulator.url(), "secret".parse()?).build()?;

    // The host's database is there before the sync is; `with_pool` adds the tables of the sync to it.
    // One connection, because every one to `:memory:` would be a database of its own.
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect("sqlite::memory:").await?;
    sqlx::query(SCHEMA).execute(&pool).await?;
    let host = Arc::new(HostStore {
        sync: SqliteStore::with_pool(pool).await?,
        breaks: AtomicBool::new(false),
    });
    let school = SchoolId::new("alder");
    let now: DateTime<Utc> = "2031-09-02T00:00:00Z".parse()?;
    let store = Arc::clone(&host) as Arc<dyn BookingStore>;
    let syncer = Syncer::new(store, Settings::default(), Arc::new(move || now), "host");
    let request = SyncRequest::default();
    syncer.sync(&school, &isams, &request).await?;
    host.reserve(&over_a_lesson(&*host, &school, now.naive_utc()).await?)
        .await?;
    println!("before: {}", told(host.counts(&school).await?));

    host.breaks.store(true, Ordering::Relaxed);
    let error = syncer.sync(&school, &isams, &request).await;
    assert!(error.is_err(), "the broken commit was reported as done");
    println!(
        "after a commit that broke: {}",
        told(host.counts(&school).await?)
    );

    host.breaks.store(false, Ordering::Relaxed);
    let report = syncer.sync(&school, &isams, &request).await?;
    println!(
        "after one that did not: {}",
        told(host.counts(&school).await?)
    );
    for removal in &report.removals {
        println!("{}", removal.text);
    }
    Ok(())
}

fn told((reservations, messages): (usize, usize)) -> String {
    format!("reservations {reservations}, messages to owners {messages}")
}

/// A booking for the time of the first lesson of a room.
async fn over_a_lesson(
    store: &dyn BookingStore,
    school: &SchoolId,
    now: NaiveDateTime,
) -> Result<Booking, Box<dyn Error>> {
    let state = store.load(school, now).await?;
    let timetable = CurrentTimetable::of(&state)?;
    for room in &state.rooms {
        let weeks = RoomCalendar::new(&state, &timetable, room, now.date(), 2);
        let lesson = weeks.entries().find(|entry| entry.interval.start() > now);
        if let Some(lesson) = lesson {
            return Ok(Booking {
                id: "chess".into(),
                room: room.id.clone(),
                interval: lesson.interval,
                owner_name: Some("Zoë Ångmere".to_owned()),
                owner_email: Some("zoe.angmere@alder.example".to_owned()),
                title: Some("Chess club".to_owned()),
                series: None,
                version: 1,
            });
        }
    }
    Err("no room has a lesson".into())
}
