//! A school with a store of its own, and the steps that tests take with it.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use booking_store::{
    Booking, BookingDesk, BookingStore, Import, MemoryStore, NoticeRecord, Origin, Room, SchoolId,
    SchoolState, Timeslot,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use isams_client::{DataArea, Payload};
use room_timetable::{Interval, TimeRange};
use timetable_sync::{Clock, Error, Recorded, Report, Settings, SyncRequest, Syncer};

use crate::feed::Feed;

/// One school in a store in memory. Time stands still unless a test moves it.
#[derive(Debug)]
pub(crate) struct School {
    pub(crate) store: MemoryStore,
    pub(crate) id: SchoolId,
    pub(crate) syncer: Syncer,
    pub(crate) now: NaiveDateTime,
}

pub(crate) fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

pub(crate) fn span(start: &str, end: &str) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

/// A clock that gains a millisecond whenever it is read, so that no two runs start at one moment.
fn clock() -> Clock {
    let reads = Arc::new(AtomicI64::new(0));
    Arc::new(move || {
        let start: DateTime<Utc> = "2031-09-01T00:00:00Z".parse().unwrap();
        start + TimeDelta::milliseconds(reads.fetch_add(1, Ordering::Relaxed))
    })
}

impl School {
    /// A school that knows nothing, early on the first day of term.
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let store = MemoryStore::new();
        let syncer = Syncer::new(Arc::new(store.clone()), settings, clock(), "test");
        Self {
            store,
            id: SchoolId::new("school"),
            syncer,
            now: at("2031-09-01T01:00"),
        }
    }

    /// A new school whose first sync has taken effect.
    pub(crate) async fn synced(feed: &Feed) -> Self {
        let school = Self::new();
        let report = school.sync(feed).await;
        assert_eq!(
            report.status,
            timetable_sync::Status::Applied,
            "{:?}",
            report.held_because
        );
        school
    }

    pub(crate) fn request(&self) -> SyncRequest {
        SyncRequest {
            now: Some(self.now),
            ..SyncRequest::default()
        }
    }

    pub(crate) async fn try_sync(
        &self,
        payload: Payload,
        request: &SyncRequest,
    ) -> Result<Report, Error> {
        self.syncer
            .sync(&self.id, &Recorded(payload), request)
            .await
    }

    pub(crate) async fn sync(&self, feed: &Feed) -> Report {
        self.try_sync(feed.payload(), &self.request())
            .await
            .unwrap()
    }

    pub(crate) async fn plan(&self, feed: &Feed) -> Report {
        self.syncer
            .plan(&self.id, &Recorded(feed.payload()), &self.request())
            .await
            .unwrap()
    }

    /// Releases a plan by its fingerprint, accepting areas.
    pub(crate) async fn release(
        &self,
        feed: &Feed,
        fingerprint: &str,
        accepted: &[DataArea],
    ) -> Report {
        let request = SyncRequest {
            apply_plan: Some(fingerprint.to_owned()),
            accepted: accepted.iter().copied().collect(),
            ..self.request()
        };
        self.try_sync(feed.payload(), &request).await.unwrap()
    }

    pub(crate) async fn accept(&self, feed: &Feed, accepted: &[DataArea]) -> Report {
        let accepted: BTreeSet<DataArea> = accepted.iter().copied().collect();
        self.try_sync(
            feed.payload(),
            &SyncRequest {
                accepted,
                ..self.request()
            },
        )
        .await
        .unwrap()
    }

    /// Books a room: id, room, start, end, owner's address.
    pub(crate) async fn book(&self, id: &str, room: &str, start: &str, end: &str, owner: &str) {
        self.store
            .book(&self.id, &booking(id, room, start, end, owner))
            .await
            .unwrap();
    }

    pub(crate) async fn import_rooms(&self, rooms: &[(&str, &str)]) {
        let rooms = rooms
            .iter()
            .map(|(id, name)| Room {
                id: (*id).into(),
                name: (*name).to_owned(),
                category: "Classrooms".to_owned(),
                origin: Origin::Local,
                part_bookable: false,
            })
            .collect();
        self.store
            .import(
                &self.id,
                &Import {
                    rooms,
                    ..Import::default()
                },
            )
            .await
            .unwrap();
    }

    pub(crate) async fn import_slot(
        &self,
        id: &str,
        name: &str,
        days: &str,
        start: &str,
        end: &str,
    ) {
        let times = TimeRange::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
        let (name, days) = (name.to_owned(), days.parse().unwrap());
        let timeslots = vec![Timeslot {
            id: id.into(),
            name,
            days,
            times,
            origin: Origin::Local,
        }];
        self.store
            .import(
                &self.id,
                &Import {
                    timeslots,
                    ..Import::default()
                },
            )
            .await
            .unwrap();
    }

    /// All messages, in the order they were queued.
    pub(crate) async fn outbox(&self) -> Vec<NoticeRecord> {
        self.store.notices(&self.id).await.unwrap()
    }

    /// The messages that tell of removed bookings: not those by which the administrator only hears of a run.
    pub(crate) async fn told(&self) -> Vec<NoticeRecord> {
        let mut told = self.outbox().await;
        told.retain(|record| !record.notice.removed.is_empty());
        told
    }

    pub(crate) async fn state(&self) -> SchoolState {
        self.store.load(&self.id, NaiveDateTime::MIN).await.unwrap()
    }

    /// Ids of the bookings that are left.
    pub(crate) async fn kept(&self) -> Vec<String> {
        self.state()
            .await
            .bookings
            .iter()
            .map(|booking| booking.id.to_string())
            .collect()
    }
}

pub(crate) fn booking(id: &str, room: &str, start: &str, end: &str, owner: &str) -> Booking {
    Booking {
        id: id.into(),
        room: room.into(),
        interval: span(start, end),
        owner_name: None,
        owner_email: (!owner.is_empty()).then(|| owner.to_owned()),
        title: Some(format!("title of {id}")),
        series: None,
        version: 1,
    }
}

/// The ids of a report's removals.
pub(crate) fn removed(report: &Report) -> Vec<&str> {
    report
        .removals
        .iter()
        .map(|removal| removal.booking.as_str())
        .collect()
}
