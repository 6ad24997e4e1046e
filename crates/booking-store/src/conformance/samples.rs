//! A small school for the cases, and the steps that they share.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};
use room_timetable::{BookingId, Cause, CauseKind, Interval, TimeOfDay, TimeRange, YearWeek};
use serde_json::json;

use super::Desk;
use crate::{
    AreaRecord, AsRead, Booking, ChangeSet, Exception, ExceptionChange, HolidayChange, Lease,
    LinkChange, Matching, Notice, NoticeId, NoticeRecord, Origin, Recipient, Removal,
    RemovedBooking, Revision, Room, RoomChange, RoomLink, RunFilter, RunId, RunKind, RunRecord,
    RunStatus, SchoolId, SchoolState, Timeslot, TimeslotChange, TimeslotLink, TimetableDocument,
};

pub(super) fn school() -> SchoolId {
    SchoolId::new("greenwood")
}

pub(super) fn other_school() -> SchoolId {
    SchoolId::new("hillside")
}

/// A local moment of September 2031.
pub(super) fn at(day: u32, hour: u32, minute: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2031, 9, day)
        .and_then(|date| date.and_hms_opt(hour, minute, 0))
        .unwrap()
}

/// A moment of the clock, minutes after 1 September 2031, 01:00 UTC.
pub(super) fn minute(minutes: i64) -> DateTime<Utc> {
    at(1, 1, 0).and_utc() + TimeDelta::minutes(minutes)
}

/// Before every booking.
pub(super) fn long_ago() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(1999, 1, 1)
        .unwrap()
        .and_time(chrono::NaiveTime::MIN)
}

pub(super) fn hours(day: u32, from: u32, to: u32) -> Interval {
    Interval::new(at(day, from, 0), at(day, to, 0)).unwrap()
}

pub(super) fn room(id: &str) -> Room {
    Room {
        id: id.into(),
        name: format!("Room {id}"),
        category: "Teaching".to_owned(),
        origin: Origin::Local,
        part_bookable: false,
    }
}

pub(super) fn timeslot(id: &str) -> Timeslot {
    let time = |hour| TimeOfDay::from_hm(hour, 5).unwrap();
    Timeslot {
        id: id.into(),
        name: format!("Period {id}"),
        days: [Weekday::Mon, Weekday::Sat].into_iter().collect(),
        times: TimeRange::new(time(9), time(10)).unwrap(),
        origin: Origin::Local,
    }
}

pub(super) fn week(year: i32, week: u8) -> YearWeek {
    YearWeek { year, week }
}

pub(super) fn exception(id: &str) -> Exception {
    Exception {
        id: id.to_owned(),
        room: Some("hall".into()),
        interval: hours(9, 9, 10),
    }
}

/// A booking on 8 September, 9 to 10.
pub(super) fn booking(id: &str, room: &str) -> Booking {
    Booking {
        id: id.into(),
        room: room.into(),
        interval: hours(8, 9, 10),
        owner_name: Some("Ann Smith".to_owned()),
        owner_email: Some("Ann.Smith@example.org".to_owned()),
        title: Some("Chess club".to_owned()),
        series: None,
        version: 1,
    }
}

pub(super) fn room_link(room: &str, source: &str) -> LinkChange {
    LinkChange::Room(RoomLink {
        room: room.into(),
        source: source.to_owned(),
    })
}

pub(super) fn timeslot_link(timeslot: &str, period: &str) -> LinkChange {
    LinkChange::Timeslot(TimeslotLink {
        timeslot: timeslot.into(),
        period: period.into(),
    })
}

pub(super) fn document(text: &str) -> TimetableDocument {
    TimetableDocument {
        format: 1,
        content: json!({ "terms": [text], "weeks": { "A": 1, "B": null } }),
    }
}

pub(super) fn cause(label: &str) -> Cause {
    Cause {
        interval: hours(8, 9, 11),
        kind: CauseKind::Lesson,
        group: "10B/Ph1".to_owned(),
        label: label.to_owned(),
        period: Some("Period 1".to_owned()),
        teachers: vec!["ASM".to_owned(), "BJO".to_owned()],
        source_ids: vec!["9001".to_owned(), "9002".to_owned()],
    }
}

pub(super) fn removal(booking: &Booking) -> Removal {
    Removal {
        booking: booking.id.clone(),
        as_read: AsRead::from(booking),
        causes: vec![cause("Physics 10B/Ph1"), cause("Assembly")],
        absorbed: false,
    }
}

pub(super) fn removed(booking: &Booking, run: u64) -> RemovedBooking {
    let removal = removal(booking);
    RemovedBooking {
        booking: booking.clone(),
        run: RunId(run),
        causes: removal.causes,
        absorbed: removal.absorbed,
    }
}

pub(super) fn notice(id: &str, run: u64) -> Notice {
    Notice {
        id: NoticeId::new(id),
        school: school(),
        run: RunId(run),
        to: Recipient::Owner {
            name: Some("Ann Smith".to_owned()),
            email: "Ann.Smith@example.org".to_owned(),
        },
        subject: "A booking had to go, and another is back".to_owned(),
        text: "Dear Ann,\n\nyour booking is gone.\n".to_owned(),
        html: None,
        calendar: None,
        removed: vec![removed(&booking("b1", "hall"), run)],
        restored: vec![booking("b2", "lab")],
    }
}

pub(super) fn run(id: u64) -> RunRecord {
    RunRecord {
        id: RunId(id),
        kind: RunKind::Sync,
        status: RunStatus::Applied,
        started: minute(0),
        finished: Some(minute(1)),
        by: Some("A. Example".to_owned()),
        judged_at: at(1, 2, 0),
        fingerprint: Some("2f1c".to_owned()),
        areas: vec![AreaRecord {
            area: "terms".to_owned(),
            state: "present".to_owned(),
            rows: 3,
            hash: Some("c0ffee".to_owned()),
        }],
        report: json!({ "removals": [], "warnings": ["none"] }),
    }
}

/// The next change of the school, from its state as it is now.
pub(super) async fn next_change(store: &Desk, school: &SchoolId) -> ChangeSet {
    let state = load(store, school).await;
    ChangeSet::new(state.revision, run(state.last_run.next().0))
}

pub(super) async fn load(store: &Desk, school: &SchoolId) -> SchoolState {
    store.load(school, long_ago()).await.unwrap()
}

pub(super) async fn lease(store: &Desk, school: &SchoolId) -> Lease {
    store
        .lease(school, "worker", minute(0), TimeDelta::minutes(30))
        .await
        .unwrap()
        .unwrap()
}

/// Takes the lease and commits.
pub(super) async fn commit(store: &Desk, school: &SchoolId, changes: &ChangeSet) -> Revision {
    let lease = lease(store, school).await;
    store.commit(school, &lease, changes).await.unwrap()
}

/// Commits the rooms `hall` and `lab` as run 1, which leads to revision 1.
pub(super) async fn seed(store: &Desk, school: &SchoolId) {
    let mut changes = next_change(store, school).await;
    changes.rooms = ["hall", "lab"].map(|id| RoomChange::Put(room(id))).to_vec();
    commit(store, school, &changes).await;
}

/// Books, and returns the booking as the store has it.
pub(super) async fn book(store: &Desk, school: &SchoolId, booking: &Booking) -> Booking {
    store.book(school, booking).await.unwrap();
    booked(store, school, &booking.id).await.unwrap()
}

pub(super) async fn booked(store: &Desk, school: &SchoolId, id: &BookingId) -> Option<Booking> {
    let bookings = store.bookings(school).await.unwrap();
    bookings.into_iter().find(|booking| booking.id == *id)
}

/// Removes the bookings in one run, and returns the run.
pub(super) async fn remove(store: &Desk, school: &SchoolId, bookings: &[&Booking]) -> RunId {
    let mut changes = next_change(store, school).await;
    changes.remove = bookings.iter().map(|booking| removal(booking)).collect();
    commit(store, school, &changes).await;
    changes.id()
}

/// Queues messages in one run of their own.
pub(super) async fn queue(store: &Desk, school: &SchoolId, ids: &[&str]) {
    let mut changes = next_change(store, school).await;
    let run = changes.id().0;
    changes.notices = ids
        .iter()
        .map(|id| Notice {
            school: school.clone(),
            ..notice(id, run)
        })
        .collect();
    commit(store, school, &changes).await;
}

/// A change that writes something of every kind: it removes `gone` and restores `back`.
pub(super) async fn full_change(
    store: &Desk,
    school: &SchoolId,
    gone: &Booking,
    back: &Booking,
) -> ChangeSet {
    let mut changes = next_change(store, school).await;
    let run = changes.id().0;
    changes.matching = Some(Matching::Confirmed);
    changes.rooms = vec![RoomChange::Put(room("gym"))];
    changes.timeslots = vec![TimeslotChange::Put(timeslot("p1"))];
    changes.links = vec![room_link("gym", "41"), timeslot_link("p1", "A-Mon-1")];
    changes.exceptions = vec![ExceptionChange::Put(exception("e1"))];
    changes.holidays = vec![HolidayChange::Acknowledge(week(2031, 44))];
    changes.remove = vec![removal(gone)];
    changes.restore = vec![back.id.clone()];
    changes.timetable = Some(document("Autumn"));
    changes.notices = vec![Notice {
        school: school.clone(),
        ..notice(&format!("{school}-{run}-1"), run)
    }];
    changes
}

/// All that can be seen of a school.
#[derive(Debug, PartialEq)]
pub(super) struct Everything {
    state: SchoolState,
    bookings: Vec<Booking>,
    removed: Vec<RemovedBooking>,
    runs: Vec<RunRecord>,
    notices: Vec<NoticeRecord>,
}

pub(super) async fn everything(store: &Desk, school: &SchoolId) -> Everything {
    Everything {
        state: load(store, school).await,
        bookings: store.bookings(school).await.unwrap(),
        removed: store.removed(school).await.unwrap(),
        runs: store.runs(school, &RunFilter::default()).await.unwrap(),
        notices: store.notices(school).await.unwrap(),
    }
}
