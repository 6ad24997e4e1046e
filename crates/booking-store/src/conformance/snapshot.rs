//! `load`, and that what is written comes back as it was.

use chrono::{NaiveDateTime, TimeDelta};
use room_timetable::{Interval, TimeOfDay, TimeRange, Weekdays};
use serde_json::json;

use super::{Desk, samples::*};
use crate::{
    Booking, Exception, ExceptionChange, Matching, Notice, Origin, Recipient, Room, RoomChange,
    RoomLink, RunFilter, RunRecord, SchoolState, Timeslot, TimeslotChange, TimeslotLink,
    TimetableDocument, UNASSIGNED,
};

/// A school that was never written to is empty.
pub async fn a_school_that_was_never_written_to_is_empty(store: Desk) {
    let school = school();
    assert_eq!(load(&store, &school).await, SchoolState::default());
    assert_eq!(store.bookings(&school).await.unwrap(), []);
    assert_eq!(store.removed(&school).await.unwrap(), []);
    assert_eq!(store.notices(&school).await.unwrap(), []);
    assert_eq!(
        store.runs(&school, &RunFilter::default()).await.unwrap(),
        []
    );
    assert_eq!(
        store.claim(None, "sender", minute(0), 10).await.unwrap(),
        []
    );
}

/// Rooms, timeslots, exceptions and bookings are by id, room links by room, timeslot links by timeslot and period.
pub async fn a_snapshot_holds_everything_in_order(store: Desk) {
    let school = school();
    let mut changes = next_change(&store, &school).await;
    changes.matching = Some(Matching::Awaiting);
    changes.rooms = ["r2", "r10", "R3", "r1"]
        .map(|id| RoomChange::Put(room(id)))
        .to_vec();
    changes.timeslots = ["t2", "t10", "t1"]
        .map(|id| TimeslotChange::Put(timeslot(id)))
        .to_vec();
    changes.links = vec![
        room_link("r2", "1"),
        timeslot_link("t2", "a"),
        room_link("r10", "2"),
        timeslot_link("t1", "b"),
        timeslot_link("t1", "a"),
        timeslot_link("t10", "z"),
    ];
    changes.exceptions = ["e2", "e10", "e1"]
        .map(|id| ExceptionChange::Put(exception(id)))
        .to_vec();
    changes.timetable = Some(document("Autumn"));
    commit(&store, &school, &changes).await;
    for id in ["b2", "b10", "b1"] {
        book(&store, &school, &booking(id, "r2")).await;
    }

    let state = load(&store, &school).await;
    // Byte by byte: `10` is before `2`, and capitals are before small letters.
    assert_eq!(state.rooms, ["R3", "r1", "r10", "r2"].map(room));
    assert_eq!(state.timeslots, ["t1", "t10", "t2"].map(timeslot));
    let link = |room: &str, source: &str| RoomLink {
        room: room.into(),
        source: source.to_owned(),
    };
    assert_eq!(state.room_links, [link("r10", "2"), link("r2", "1")]);
    let link = |(timeslot, period): (&str, &str)| TimeslotLink {
        timeslot: timeslot.into(),
        period: period.into(),
    };
    assert_eq!(
        state.timeslot_links,
        [("t1", "a"), ("t1", "b"), ("t10", "z"), ("t2", "a")].map(link)
    );
    assert_eq!(state.exceptions, ["e1", "e10", "e2"].map(exception));
    assert_eq!(
        state.bookings,
        ["b1", "b10", "b2"].map(|id| booking(id, "r2"))
    );
    assert_eq!(state.timetable, Some(document("Autumn")));
    assert_eq!(state.matching, Matching::Awaiting);
    assert_eq!(state.revision.0, 1);
    assert_eq!(state.last_run.0, 1);
    assert!(state.has_bookings);
}

/// The snapshot holds the bookings that end after `from`; one that ends at that moment is over.
pub async fn a_snapshot_holds_the_bookings_that_end_after_the_moment(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    for (id, start, end) in [
        ("over", at(8, 8, 0), at(8, 9, 0)),
        ("ends", at(8, 8, 0), at(8, 10, 0)),
        (
            "a-second-more",
            at(8, 8, 0),
            at(8, 10, 0) + TimeDelta::seconds(1),
        ),
        ("running", at(7, 9, 0), at(9, 9, 0)),
        ("ahead", at(9, 9, 0), at(9, 10, 0)),
        (
            "next-year",
            at(9, 9, 0),
            at(9, 10, 0) + TimeDelta::days(366),
        ),
    ] {
        let interval = Interval::new(start, end).unwrap();
        let booking = Booking {
            interval,
            ..booking(id, "hall")
        };
        book(&store, &school, &booking).await;
    }
    let loaded = async |from: NaiveDateTime| -> Vec<String> {
        let state = store.load(&school, from).await.unwrap();
        assert!(state.has_bookings);
        let ids = state.bookings.iter().map(|booking| booking.id.to_string());
        ids.collect()
    };
    assert_eq!(
        loaded(at(8, 10, 0)).await,
        ["a-second-more", "ahead", "next-year", "running"]
    );
    let half_a_second_earlier = at(8, 10, 0) - TimeDelta::milliseconds(500);
    assert_eq!(
        loaded(half_a_second_earlier).await,
        ["a-second-more", "ahead", "ends", "next-year", "running"]
    );
    assert_eq!(loaded(NaiveDateTime::MIN).await.len(), 6);
    assert!(loaded(NaiveDateTime::MAX).await.is_empty());
}

/// `has_bookings` counts past bookings too.
pub async fn a_snapshot_knows_of_past_bookings(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    assert!(!load(&store, &school).await.has_bookings);
    book(&store, &school, &booking("b1", "hall")).await;
    let state = store.load(&school, at(20, 0, 0)).await.unwrap();
    assert_eq!(state.bookings, []);
    assert!(state.has_bookings);
    store.cancel(&school, &"b1".into()).await.unwrap();
    assert!(!load(&store, &school).await.has_bookings);
}

/// A snapshot is consistent: while changes are committed, none is seen in part.
pub async fn a_snapshot_is_of_one_moment(store: Desk) {
    let school = school();
    let writer = {
        let (store, school) = (store.clone(), school.clone());
        tokio::spawn(async move {
            for _ in 0..20 {
                let mut changes = next_change(&store, &school).await;
                let text = changes.id().to_string();
                changes.rooms = vec![RoomChange::Put(room(&text))];
                changes.timeslots = vec![TimeslotChange::Put(timeslot(&text))];
                changes.links = vec![room_link(&text, &text), timeslot_link(&text, "p")];
                changes.exceptions = vec![ExceptionChange::Put(exception(&text))];
                changes.timetable = Some(document(&text));
                commit(&store, &school, &changes).await;
            }
        })
    };
    loop {
        let last = writer.is_finished();
        let state = load(&store, &school).await;
        let runs = state.last_run.0;
        assert_eq!(state.revision.0, runs);
        let expected = usize::try_from(runs).unwrap();
        assert_eq!(state.rooms.len(), expected);
        assert_eq!(state.timeslots.len(), expected);
        assert_eq!(state.room_links.len(), expected);
        assert_eq!(state.timeslot_links.len(), expected);
        assert_eq!(state.exceptions.len(), expected);
        let newest = (runs > 0).then(|| document(&runs.to_string()));
        assert_eq!(state.timetable, newest);
        if last {
            break;
        }
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
    assert_eq!(load(&store, &school).await.revision.0, 20);
}

/// Ids and texts are opaque: whatever they hold comes back as it was.
pub async fn texts_survive_byte_for_byte(store: Desk) {
    let long = "Kammermusik für Anfänger – 室内楽 🎻 ".repeat(2_000);
    let awkward = [
        "Łódź, Ærø, Şırnak",
        "e\u{301} is not é",
        "it's \"quoted\"; DROP TABLE rooms; --",
        "100 % of_it \\ /",
        "two\nlines\r\n\tand a tab",
        " spaces around ",
        "",
        "NULL",
        "007",
        "1e3",
        "🦊👩‍🏫",
        long.as_str(),
    ];
    let school = crate::SchoolId::new("Schule »Ñandú« №1");
    let mut changes = next_change(&store, &school).await;
    let (mut bookings, mut rooms) = (Vec::new(), Vec::new());
    for (number, text) in awkward.iter().enumerate() {
        let id = format!("{number:02} {}", text.chars().take(40).collect::<String>());
        rooms.push(Room {
            id: id.as_str().into(),
            name: (*text).to_owned(),
            category: (*text).to_owned(),
            ..room("")
        });
        bookings.push(Booking {
            id: id.as_str().into(),
            owner_name: Some((*text).to_owned()),
            owner_email: Some((*text).to_owned()),
            title: Some((*text).to_owned()),
            series: Some((*text).to_owned()),
            ..booking("", &id)
        });
        changes.links.push(room_link(&id, text));
        changes.links.push(timeslot_link(&id, text));
        let mut run_notice = Notice {
            school: school.clone(),
            to: Recipient::Owner {
                name: Some((*text).to_owned()),
                email: (*text).to_owned(),
            },
            subject: (*text).to_owned(),
            text: (*text).to_owned(),
            ..notice(&id, 1)
        };
        run_notice.removed[0].causes = vec![cause(text)];
        run_notice.restored[0].title = Some((*text).to_owned());
        changes.notices.push(run_notice);
    }
    changes.rooms = rooms.iter().cloned().map(RoomChange::Put).collect();
    changes.run.fingerprint = Some(awkward[0].to_owned());
    changes.run.report = json!(awkward);
    commit(&store, &school, &changes).await;
    for booking in &bookings {
        book(&store, &school, booking).await;
    }

    let state = load(&store, &school).await;
    assert_eq!(state.rooms, rooms);
    assert_eq!(state.bookings, bookings);
    let sources: Vec<_> = state.room_links.iter().map(|link| &link.source).collect();
    assert_eq!(sources, awkward);
    let periods: Vec<_> = state
        .timeslot_links
        .iter()
        .map(|link| link.period.as_str())
        .collect();
    assert_eq!(periods, awkward);
    let sent = store.notices(&school).await.unwrap();
    let sent: Vec<_> = sent.into_iter().map(|record| record.notice).collect();
    assert_eq!(sent, changes.notices);
    let runs = store.runs(&school, &RunFilter::default()).await.unwrap();
    assert_eq!(runs, [changes.run]);

    let all: Vec<&Booking> = bookings.iter().collect();
    remove(&store, &school, &all).await;
    let archive = store.removed(&school).await.unwrap();
    let archived: Vec<_> = archive.into_iter().map(|removed| removed.booking).collect();
    assert_eq!(archived, bookings);
}

/// Times come back to the second, also the end of a day, a clock-change hour and a span over the new year; so does
/// what is absent.
pub async fn times_survive(store: Desk) {
    let school = school();
    let spans = [
        ("2031-10-26T01:30:00", "2031-10-26T02:30:00"),
        ("2031-03-30T01:15:30", "2031-03-30T01:45:59"),
        ("2031-12-31T23:00:00", "2032-01-01T00:00:00"),
        ("2031-12-29T08:00:00", "2032-01-03T18:00:00"),
        ("2032-02-29T00:00:00", "2032-03-01T00:00:00"),
    ];
    let spans = spans
        .map(|(start, end)| Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap());
    let exceptions: Vec<Exception> = (0..)
        .zip(spans)
        .map(|(number, interval)| Exception {
            id: format!("e{number}"),
            room: None,
            interval,
        })
        .collect();
    let slots: Vec<Timeslot> = [
        ("00:00", "24:00", "Mon Tue Wed Thu Fri Sat Sun"),
        ("08:45:30", "09:05", "Sun"),
        ("23:59:59", "24:00", ""),
    ]
    .iter()
    .zip(["t1", "t2", "t3"])
    .map(|((start, end, days), id)| {
        let time = |text: &str| text.parse::<TimeOfDay>().unwrap();
        Timeslot {
            days: days.parse::<Weekdays>().unwrap(),
            times: TimeRange::new(time(start), time(end)).unwrap(),
            origin: Origin::Sync,
            ..timeslot(id)
        }
    })
    .collect();
    let rooms = [
        Room {
            category: UNASSIGNED.to_owned(),
            origin: Origin::Sync,
            ..room("r1")
        },
        Room {
            part_bookable: true,
            ..room("r2")
        },
    ];
    let mut changes = next_change(&store, &school).await;
    changes.rooms = rooms.iter().cloned().map(RoomChange::Put).collect();
    changes.timeslots = slots.iter().cloned().map(TimeslotChange::Put).collect();
    changes.exceptions = exceptions
        .iter()
        .cloned()
        .map(ExceptionChange::Put)
        .collect();
    commit(&store, &school, &changes).await;
    let bookings: Vec<Booking> = (0..)
        .zip(spans)
        .map(|(number, interval)| Booking {
            interval,
            owner_name: None,
            owner_email: None,
            title: None,
            ..booking(&format!("b{number}"), "r1")
        })
        .collect();
    for booking in &bookings {
        book(&store, &school, booking).await;
    }

    let state = load(&store, &school).await;
    assert_eq!(state.rooms, rooms);
    assert_eq!(state.timeslots, slots);
    assert_eq!(state.exceptions, exceptions);
    assert_eq!(state.bookings, bookings);
}

/// A timetable document comes back as the same data, whatever its size.
pub async fn documents_survive(store: Desk) {
    let school = school();
    let rows: Vec<_> = (0..5_000)
        .map(|row| json!({ "id": row, "label": format!("Leçon № {row}"), "teachers": ["ASM", "BJO"] }))
        .collect();
    let content = json!({
        "": null,
        "numbers": [0, -1, i64::MAX, u64::MAX, 0.1, 1.000_000_000_000_000_2, 123_456_789.123_456_79, 1e300],
        "nested": [[[[{ "deep": true }]]], {}, []],
        "text": "\u{0}\u{1f}\u{7f}\u{2028}\"\\/",
        "rows": rows,
    });
    let timetable = TimetableDocument { format: 7, content };
    let mut changes = next_change(&store, &school).await;
    changes.timetable = Some(timetable.clone());
    changes.run.report = timetable.content.clone();
    commit(&store, &school, &changes).await;
    assert_eq!(load(&store, &school).await.timetable, Some(timetable));
    let runs: Vec<RunRecord> = store.runs(&school, &RunFilter::default()).await.unwrap();
    assert_eq!(runs, [changes.run]);
}

/// Every call concerns one school: the same ids in another are other things.
pub async fn schools_are_kept_apart(store: Desk) {
    let (school, other) = (school(), other_school());
    for school in [&school, &other] {
        seed(&store, school).await;
        book(&store, school, &booking("back", "lab")).await;
        let back = booked(&store, school, &"back".into()).await.unwrap();
        remove(&store, school, &[&back]).await;
        book(&store, school, &booking("gone", "hall")).await;
    }
    let before = everything(&store, &other).await;

    let gone = booking("gone", "hall");
    let back = booking("back", "lab");
    let changes = full_change(&store, &school, &gone, &back).await;
    commit(&store, &school, &changes).await;
    let mut changes = next_change(&store, &school).await;
    changes.timeslots = vec![TimeslotChange::Remove("p1".into())];
    changes.exceptions = vec![ExceptionChange::Remove("e1".to_owned())];
    changes.holidays = vec![crate::HolidayChange::Withdraw(week(2031, 44))];
    changes.links = vec![crate::LinkChange::ClearRoom("gym".into())];
    commit(&store, &school, &changes).await;
    book(&store, &school, &booking("b9", "lab")).await;
    store.cancel(&school, &"back".into()).await.unwrap();
    assert_eq!(everything(&store, &other).await, before);

    // And the other way round: what the first school has is not in the way of the same in the second.
    let before = everything(&store, &school).await;
    let changes = full_change(&store, &other, &gone, &back).await;
    commit(&store, &other, &changes).await;
    assert!(store.cancel(&other, &"back".into()).await.unwrap());
    assert_eq!(everything(&store, &school).await, before);
}
