//! A host that tells people in its own way and in its own words: a [`Notifier`] of its own, and a template of its own.
#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use booking_store::{Booking, BookingDesk, BookingStore, Delivery, MemoryStore, Notice, SchoolId};
use chrono::{DateTime, NaiveDateTime, Utc};
use isams_client::Client;
use isams_simulator::{Fixture, Simulator};
use timetable_sync::{
    CurrentTimetable, Notifier, RoomCalendar, Settings, SyncRequest, Syncer, Templates, send_due,
};

/// Puts messages where the host's users read them: here, on the screen.
#[derive(Debug)]
struct Inbox;

#[async_trait]
impl Notifier for Inbox {
    async fn deliver(&self, notice: &Notice) -> Delivery {
        // The id is the same when a message is handed over again, so a host can know it.
        println!(
            "[{}] to {}: {}\n{}",
            notice.id, notice.to, notice.subject, notice.text
        );
        Delivery::Sent
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/alder-prep");
    let alder = Fixture::open(fixture)?;
    let simulator = Simulator::builder()
        .key("secret")
        .day(&alder.days()[0])?
        .start()
        .await?;
    let isams = Client::builder(&simulator.url(), "secret".parse()?).build()?;

    let (store, school) = (MemoryStore::new(), SchoolId::new("alder"));
    let now: DateTime<Utc> = "2031-09-02T00:00:00Z".parse()?;
    let templates = Templates::new()
        .with("owner.subject.txt", "Alder Rooms: {{ removed|length }} of your bookings had to go")?
        .with(
            "owner.txt",
            "{% for booking in removed %}\n{{ booking.when }} in {{ booking.room }}: {{ booking.reason }}.\n{% endfor %}\n",
        )?;
    let syncer = Syncer::new(
        Arc::new(store.clone()),
        Settings::default(),
        Arc::new(move || now),
        "host",
    )
    .templates(templates);
    syncer
        .sync(&school, &isams, &SyncRequest::default())
        .await?;

    book_over_a_lesson(&store, &school, now.naive_utc()).await?;
    syncer
        .sync(&school, &isams, &SyncRequest::default())
        .await?;
    let report = send_due(&store, &Inbox, "host", now, 100).await?;
    // The administrator hears that the first run took effect, and the owner that a booking had to go.
    assert_eq!((report.sent(), report.failed()), (2, 0));
    Ok(())
}

/// Books a room for the time of the first lesson in it.
async fn book_over_a_lesson(
    store: &MemoryStore,
    school: &SchoolId,
    now: NaiveDateTime,
) -> Result<(), Box<dyn Error>> {
    let state = store.load(school, now).await?;
    let timetable = CurrentTimetable::of(&state)?;
    let mut lessons = state.rooms.iter().filter_map(|room| {
        let weeks = RoomCalendar::new(&state, &timetable, room, now.date(), 2);
        let lesson = weeks
            .entries()
            .map(|entry| entry.interval)
            .find(|it| it.start() > now)?;
        Some((room, lesson))
    });
    let (room, interval) = lessons.next().ok_or("no room has a lesson")?;
    let booking = Booking {
        id: "chess".into(),
        room: room.id.clone(),
        interval,
        owner_name: Some("Zoë Ångmere".to_owned()),
        owner_email: Some("zoe.angmere@alder.example".to_owned()),
        title: Some("Chess club".to_owned()),
        series: None,
        version: 1,
    };
    store.book(school, &booking).await?;
    Ok(())
}
