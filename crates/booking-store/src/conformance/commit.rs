//! `commit`: what a change writes, and the revision after it.

use super::{Desk, samples::*};
use crate::{
    Booking, ChangeSet, ExceptionChange, HolidayChange, LinkChange, Matching, Notice, NoticeRecord,
    NoticeState, Origin, Revision, Room, RoomChange, RunFilter, RunKind, StoreErrorKind, Timeslot,
    TimeslotChange,
};

/// A change is written whole: rooms, timeslots, links, exceptions, holidays, matching, timetable, removals, restores, notices
/// and the journal row.
pub async fn a_commit_writes_everything_together(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let back = book(&store, &school, &booking("back", "lab")).await;
    remove(&store, &school, &[&back]).await;
    let gone = book(&store, &school, &booking("gone", "hall")).await;
    let stays = book(&store, &school, &booking("stays", "hall")).await;
    let changes = full_change(&store, &school, &gone, &back).await;
    let revision = commit(&store, &school, &changes).await;

    let state = load(&store, &school).await;
    assert_eq!(state.revision, revision);
    assert_eq!(state.last_run, changes.id());
    assert_eq!(state.matching, Matching::Confirmed);
    assert_eq!(state.rooms, ["gym", "hall", "lab"].map(room));
    assert_eq!(state.timeslots, [timeslot("p1")]);
    assert_eq!(state.exceptions, [exception("e1")]);
    assert_eq!(state.holidays, [week(2031, 44)]);
    assert_eq!(state.timetable, changes.timetable);
    assert_eq!(
        [room_link("gym", "41"), timeslot_link("p1", "A-Mon-1")],
        [
            LinkChange::Room(state.room_links[0].clone()),
            LinkChange::Timeslot(state.timeslot_links[0].clone())
        ]
    );
    let restored = Booking { version: 2, ..back };
    assert_eq!(state.bookings, [restored, stays]);
    let archive = store.removed(&school).await.unwrap();
    assert_eq!(archive, [removed(&gone, changes.id().0)]);
    let queued = NoticeRecord {
        notice: changes.notices[0].clone(),
        state: NoticeState::Queued,
        attempts: 0,
        last_error: None,
        next_attempt: None,
    };
    assert_eq!(store.notices(&school).await.unwrap(), [queued]);
    let runs = store.runs(&school, &RunFilter::default()).await.unwrap();
    assert_eq!(runs[0], changes.run);
}

/// A change without contents writes its journal row and nothing else.
pub async fn a_commit_without_changes_writes_its_journal_row(store: Desk) {
    let school = school();
    let changes = next_change(&store, &school).await;
    assert_eq!(commit(&store, &school, &changes).await, Revision(0));
    let mut state = load(&store, &school).await;
    assert_eq!(state.last_run, changes.id());
    state.last_run = crate::RunId(0);
    assert_eq!(state, crate::SchoolState::default());
    let runs = store.runs(&school, &RunFilter::default()).await.unwrap();
    assert_eq!(runs, [changes.run]);
}

/// `commit` returns the revision after it, which `load` then shows.
pub async fn a_commit_returns_the_revision_after_it(store: Desk) {
    let school = school();
    for expected in 1..=3 {
        let mut changes = next_change(&store, &school).await;
        changes.rooms = vec![RoomChange::Put(room(&expected.to_string()))];
        let revision = commit(&store, &school, &changes).await;
        assert_eq!(revision, Revision(expected));
        assert_eq!(load(&store, &school).await.revision, revision);
    }
}

/// The revision grows by one where [`ChangeSet::bumps_revision`] says so.
pub async fn the_revision_grows_by_one_for_each_kind_of_change_that_counts(store: Desk) {
    let school = school();
    let kinds: [fn(&mut ChangeSet); 7] = [
        |changes| changes.matching = Some(Matching::Awaiting),
        |changes| changes.rooms = vec![RoomChange::Put(room("hall"))],
        |changes| changes.timeslots = vec![TimeslotChange::Put(timeslot("p1"))],
        |changes| changes.links = vec![room_link("hall", "41"), room_link("hall", "42")],
        |changes| changes.exceptions = vec![ExceptionChange::Put(exception("e1"))],
        |changes| changes.holidays = vec![HolidayChange::Acknowledge(week(2031, 44))],
        |changes| changes.timetable = Some(document("Autumn")),
    ];
    for (kind, revision) in kinds.iter().zip(1..) {
        let mut changes = next_change(&store, &school).await;
        kind(&mut changes);
        assert!(changes.bumps_revision());
        assert_eq!(
            commit(&store, &school, &changes).await,
            Revision(revision),
            "kind {revision}"
        );
    }
}

/// Removed and restored bookings, notices and the journal row do not raise the revision.
pub async fn removals_restores_notices_and_journal_rows_do_not_count(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let before = load(&store, &school).await.revision;
    let back = book(&store, &school, &booking("back", "lab")).await;
    let gone = book(&store, &school, &booking("gone", "hall")).await;
    remove(&store, &school, &[&back]).await;
    let mut changes = next_change(&store, &school).await;
    changes.remove = vec![removal(&gone)];
    changes.restore = vec![back.id];
    changes.notices = vec![notice("n1", changes.id().0)];
    assert_eq!(commit(&store, &school, &changes).await, before);
    assert_eq!(load(&store, &school).await.revision, before);
}

/// Users book all day, and the revision stays; a change made before they did still commits.
pub async fn bookings_do_not_count(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let mut changes = next_change(&store, &school).await;
    changes.rooms = vec![RoomChange::Put(room("gym"))];
    book(&store, &school, &booking("b1", "hall")).await;
    book(&store, &school, &booking("b1", "lab")).await;
    store.cancel(&school, &"b1".into()).await.unwrap();
    assert_eq!(load(&store, &school).await.revision, changes.expected);
    commit(&store, &school, &changes).await;
}

/// Repeating a change whose run record is in the journal returns the revision that it led to and writes nothing.
pub async fn repeating_a_change_returns_its_revision_and_writes_nothing(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let back = book(&store, &school, &booking("back", "lab")).await;
    remove(&store, &school, &[&back]).await;
    let gone = book(&store, &school, &booking("gone", "hall")).await;
    let mut changes = full_change(&store, &school, &gone, &back).await;
    // As a real clock gives it.
    changes.run.started += chrono::TimeDelta::nanoseconds(123_456_789);
    let first = commit(&store, &school, &changes).await;
    let after = everything(&store, &school).await;
    assert_eq!(commit(&store, &school, &changes).await, first);
    assert_eq!(everything(&store, &school).await, after);

    // Also after others have gone on, and with the bookings as they were before.
    let mut later = next_change(&store, &school).await;
    later.rooms = vec![RoomChange::Put(Room {
        name: "Sports hall".to_owned(),
        ..room("gym")
    })];
    commit(&store, &school, &later).await;
    book(&store, &school, &gone).await;
    store.cancel(&school, &back.id).await.unwrap();
    let after = everything(&store, &school).await;
    assert_eq!(commit(&store, &school, &changes).await, first);
    assert_eq!(everything(&store, &school).await, after);
}

/// A process that lost its answer, and its lease after that, learns that its change was written.
pub async fn a_change_can_be_repeated_after_the_lease_has_passed_on(store: Desk) {
    let school = school();
    let mut changes = next_change(&store, &school).await;
    changes.rooms = vec![RoomChange::Put(room("hall"))];
    let old = lease(&store, &school).await;
    let revision = store.commit(&school, &old, &changes).await.unwrap();
    store
        .lease(&school, "other", minute(60), chrono::TimeDelta::minutes(5))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        store.commit(&school, &old, &changes).await.unwrap(),
        revision
    );
}

/// A room whose id is not in use is added; else the room with this id is replaced.
pub async fn putting_a_room_adds_or_replaces_it(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let hall = Room {
        name: "Great Hall".to_owned(),
        category: "Halls".to_owned(),
        origin: Origin::Sync,
        part_bookable: true,
        ..room("hall")
    };
    let booking = book(&store, &school, &booking("b1", "hall")).await;
    let mut changes = next_change(&store, &school).await;
    changes.rooms = vec![
        RoomChange::Put(hall.clone()),
        RoomChange::Put(room("annexe")),
    ];
    changes.links = vec![room_link("hall", "41")];
    commit(&store, &school, &changes).await;
    let mut changes = next_change(&store, &school).await;
    changes.rooms = vec![RoomChange::Put(hall.clone())];
    commit(&store, &school, &changes).await;
    let state = load(&store, &school).await;
    assert_eq!(state.rooms, [room("annexe"), hall, room("lab")]);
    // What hangs on the room stays.
    assert_eq!(state.bookings, [booking]);
    assert_eq!(state.room_links.len(), 1);
}

/// A timeslot is added, or the one with its id is replaced, and keeps its links.
pub async fn putting_a_timeslot_adds_or_replaces_it(store: Desk) {
    let school = school();
    let mut changes = next_change(&store, &school).await;
    changes.timeslots = vec![
        TimeslotChange::Put(timeslot("p1")),
        TimeslotChange::Put(timeslot("p2")),
    ];
    changes.links = vec![timeslot_link("p1", "A-Mon-1")];
    commit(&store, &school, &changes).await;
    let moved = Timeslot {
        name: "Assembly".to_owned(),
        days: "Fri".parse().unwrap(),
        origin: Origin::Sync,
        ..timeslot("p1")
    };
    let mut changes = next_change(&store, &school).await;
    changes.timeslots = vec![TimeslotChange::Put(moved.clone())];
    commit(&store, &school, &changes).await;
    let state = load(&store, &school).await;
    assert_eq!(state.timeslots, [moved, timeslot("p2")]);
    assert_eq!(state.timeslot_links.len(), 1);
}

/// Removing a room that is not there is left at that, and one that is put again in the same change is there.
pub async fn removing_a_room_that_is_not_there_is_left_at_that(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let mut changes = next_change(&store, &school).await;
    changes.rooms = vec![
        RoomChange::Remove("attic".into()),
        RoomChange::Put(room("attic")),
        RoomChange::Remove("hall".into()),
        RoomChange::Put(room("gym")),
        RoomChange::Remove("gym".into()),
    ];
    let before = changes.expected;
    let revision = commit(&store, &school, &changes).await;
    assert_eq!(revision, Revision(before.0 + 1));
    assert_eq!(
        load(&store, &school).await.rooms,
        [room("attic"), room("lab")]
    );
}

/// Removing a timeslot that is not there is left at that.
pub async fn removing_a_timeslot_that_is_not_there_is_left_at_that(store: Desk) {
    let school = school();
    let mut changes = next_change(&store, &school).await;
    changes.timeslots = vec![
        TimeslotChange::Remove("p9".into()),
        TimeslotChange::Put(timeslot("p1")),
    ];
    commit(&store, &school, &changes).await;
    assert_eq!(load(&store, &school).await.timeslots, [timeslot("p1")]);
}

/// An exception is added, or the one with its id is replaced; it may be for every room.
pub async fn putting_an_exception_adds_or_replaces_it(store: Desk) {
    let school = school();
    let mut everywhere = exception("e1");
    everywhere.room = None;
    for exceptions in [
        vec![exception("e1"), exception("e2")],
        vec![everywhere.clone()],
    ] {
        let mut changes = next_change(&store, &school).await;
        changes.exceptions = exceptions.into_iter().map(ExceptionChange::Put).collect();
        commit(&store, &school, &changes).await;
    }
    assert_eq!(
        load(&store, &school).await.exceptions,
        [everywhere, exception("e2")]
    );
}

/// An exception is removed by its id; one that is not there is left at that.
pub async fn removing_an_exception_removes_only_that_one(store: Desk) {
    let school = school();
    let mut changes = next_change(&store, &school).await;
    changes.exceptions = ["e1", "e2"]
        .map(|id| ExceptionChange::Put(exception(id)))
        .to_vec();
    commit(&store, &school, &changes).await;
    let mut changes = next_change(&store, &school).await;
    changes.exceptions = ["e1", "e9"]
        .map(|id| ExceptionChange::Remove(id.to_owned()))
        .to_vec();
    commit(&store, &school, &changes).await;
    assert_eq!(load(&store, &school).await.exceptions, [exception("e2")]);
}

/// A week is acknowledged once, and by itself; one that is not acknowledged is left at that when it is withdrawn.
pub async fn acknowledging_a_week_keeps_it_until_it_is_withdrawn(store: Desk) {
    use HolidayChange::{Acknowledge, Withdraw};
    let school = school();
    for (holidays, left) in [
        (
            vec![
                Acknowledge(week(2032, 1)),
                Acknowledge(week(2031, 53)),
                Acknowledge(week(2031, 9)),
            ],
            vec![week(2031, 9), week(2031, 53), week(2032, 1)],
        ),
        (
            vec![
                Acknowledge(week(2031, 53)),
                Withdraw(week(2031, 9)),
                Withdraw(week(2031, 10)),
            ],
            vec![week(2031, 53), week(2032, 1)],
        ),
        (
            vec![
                Withdraw(week(2032, 1)),
                Acknowledge(week(2032, 1)),
                Withdraw(week(2031, 53)),
            ],
            vec![week(2032, 1)],
        ),
    ] {
        let mut changes = next_change(&store, &school).await;
        changes.holidays = holidays;
        commit(&store, &school, &changes).await;
        assert_eq!(load(&store, &school).await.holidays, left);
    }
}

/// `None` leaves the matching and the timetable as they are; a new timetable replaces the old one whole.
pub async fn matching_and_timetable_stay_where_a_change_does_not_name_them(store: Desk) {
    let school = school();
    let mut changes = next_change(&store, &school).await;
    changes.matching = Some(Matching::Awaiting);
    changes.timetable = Some(document("Autumn"));
    commit(&store, &school, &changes).await;
    seed(&store, &school).await;
    let state = load(&store, &school).await;
    assert_eq!(state.matching, Matching::Awaiting);
    assert_eq!(state.timetable, Some(document("Autumn")));

    let mut changes = next_change(&store, &school).await;
    changes.matching = Some(Matching::Confirmed);
    commit(&store, &school, &changes).await;
    let mut changes = next_change(&store, &school).await;
    let mut spring = document("Spring");
    spring.format = 2;
    spring.content = serde_json::json!({});
    changes.timetable = Some(spring.clone());
    commit(&store, &school, &changes).await;
    let state = load(&store, &school).await;
    assert_eq!(state.matching, Matching::Confirmed);
    assert_eq!(state.timetable, Some(spring));
}

/// Changes of one list take effect in their order.
pub async fn changes_of_one_list_take_effect_in_their_order(store: Desk) {
    let school = school();
    let named = |name: &str| Room {
        name: name.to_owned(),
        ..room("hall")
    };
    let mut changes = next_change(&store, &school).await;
    changes.rooms = ["Hall", "Great Hall", "Old Hall"]
        .map(|name| RoomChange::Put(named(name)))
        .to_vec();
    changes.timeslots = vec![
        TimeslotChange::Put(timeslot("p1")),
        TimeslotChange::Put(timeslot("p2")),
        TimeslotChange::Remove("p1".into()),
        TimeslotChange::Remove("p2".into()),
        TimeslotChange::Put(timeslot("p2")),
    ];
    changes.links = vec![
        room_link("hall", "1"),
        room_link("lab", "1"),
        room_link("lab", "2"),
        LinkChange::ClearRoom("lab".into()),
        room_link("hall", "2"),
        timeslot_link("p2", "a"),
        LinkChange::ClearTimeslot("p2".into()),
        timeslot_link("p2", "b"),
    ];
    changes.exceptions = vec![
        ExceptionChange::Put(exception("e1")),
        ExceptionChange::Remove("e1".to_owned()),
        ExceptionChange::Remove("e2".to_owned()),
        ExceptionChange::Put(exception("e2")),
    ];
    commit(&store, &school, &changes).await;
    let state = load(&store, &school).await;
    assert_eq!(state.rooms, [named("Old Hall")]);
    assert_eq!(state.timeslots, [timeslot("p2")]);
    assert_eq!(state.exceptions, [exception("e2")]);
    let links = state.room_links.into_iter().map(LinkChange::Room);
    assert_eq!(links.collect::<Vec<_>>(), [room_link("hall", "2")]);
    let links = state.timeslot_links.into_iter().map(LinkChange::Timeslot);
    assert_eq!(links.collect::<Vec<_>>(), [timeslot_link("p2", "b")]);
}

/// A first sync writes thousands of rows, and a bad day removes thousands of bookings.
pub async fn thousands_of_rows_are_one_change(store: Desk) {
    const ROWS: u32 = 1_501;
    let school = school();
    let ids: Vec<String> = (0..ROWS).map(|row| format!("{row:05}")).collect();
    let mut changes = next_change(&store, &school).await;
    for id in &ids {
        changes.rooms.push(RoomChange::Put(room(id)));
        changes.timeslots.push(TimeslotChange::Put(timeslot(id)));
        changes.links.push(room_link(id, id));
        changes.exceptions.push(ExceptionChange::Put(exception(id)));
        changes.notices.push(notice(id, 1));
    }
    let links = ids.iter().map(|id| timeslot_link(id, id));
    changes.links.extend(links);
    commit(&store, &school, &changes).await;
    let bookings: Vec<Booking> = ids.iter().map(|id| booking(id, id)).collect();
    for booking in &bookings[..20] {
        book(&store, &school, booking).await;
    }
    let state = load(&store, &school).await;
    assert_eq!(state.rooms.len(), ids.len());
    assert_eq!(state.room_links.len(), ids.len());
    assert_eq!(state.timeslot_links.len(), ids.len());
    assert_eq!(state.exceptions.len(), ids.len());
    let queued = store.notices(&school).await.unwrap();
    assert!(
        queued
            .iter()
            .map(|record| &record.notice)
            .eq(&changes.notices)
    );

    let mut changes = next_change(&store, &school).await;
    changes.remove = bookings[..20].iter().map(removal).collect();
    for id in &ids {
        changes
            .timeslots
            .push(TimeslotChange::Remove(id.as_str().into()));
        changes
            .links
            .push(LinkChange::ClearRoom(id.as_str().into()));
        changes.exceptions.push(ExceptionChange::Remove(id.clone()));
    }
    commit(&store, &school, &changes).await;
    let state = load(&store, &school).await;
    assert_eq!(state.rooms.len(), ids.len());
    assert_eq!(state.timeslots, []);
    assert_eq!(state.room_links, []);
    assert_eq!(state.timeslot_links, []);
    assert_eq!(state.exceptions, []);
    assert_eq!(state.bookings, []);
    assert_eq!(store.removed(&school).await.unwrap().len(), 20);
}

/// Of changes made from the same revision at the same time one is written, and the others are a conflict.
pub async fn of_two_commits_from_the_same_revision_one_wins(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let lease = lease(&store, &school).await;
    for round in 0..10 {
        let changes = next_change(&store, &school).await;
        let commits = [0, 1].map(|task| {
            let (store, school, lease) = (store.clone(), school.clone(), lease.clone());
            let mut changes = changes.clone();
            changes.run.id.0 += task;
            changes.rooms = vec![RoomChange::Put(room(&format!("{round}-{task}")))];
            tokio::spawn(async move { store.commit(&school, &lease, &changes).await })
        });
        let mut written = 0;
        for commit in commits {
            match commit.await.unwrap() {
                Ok(revision) => {
                    assert_eq!(revision.0, changes.expected.0 + 1);
                    written += 1;
                }
                Err(error) => assert_eq!(error.kind(), StoreErrorKind::Conflict),
            }
        }
        assert_eq!(written, 1);
        let state = load(&store, &school).await;
        assert_eq!(state.revision.0, changes.expected.0 + 1);
        assert_eq!(state.rooms.len(), 3 + round);
    }
}

/// Removals do not raise the revision, and yet a booking is removed, and its owner told, once.
pub async fn of_two_commits_of_the_same_removal_one_wins(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let lease = lease(&store, &school).await;
    for round in 1..=10 {
        let gone = book(&store, &school, &booking(&format!("b{round}"), "hall")).await;
        let changes = next_change(&store, &school).await;
        let commits = [0, 1].map(|task| {
            let (store, school, lease) = (store.clone(), school.clone(), lease.clone());
            let mut changes = changes.clone();
            changes.run.id.0 += task;
            changes.remove = vec![removal(&gone)];
            changes.notices = vec![notice(&format!("n{round}-{task}"), changes.id().0)];
            tokio::spawn(async move { store.commit(&school, &lease, &changes).await.is_ok() })
        });
        let mut written = 0;
        for commit in commits {
            written += u32::from(commit.await.unwrap());
        }
        assert_eq!(written, 1);
        assert_eq!(store.removed(&school).await.unwrap().len(), round);
        assert_eq!(store.notices(&school).await.unwrap().len(), round);
    }
}

/// A change that is sent twice at the same time is written once, and both get its revision.
pub async fn the_same_change_at_the_same_time_is_written_once(store: Desk) {
    let school = school();
    seed(&store, &school).await;
    let lease = lease(&store, &school).await;
    let mut changes = next_change(&store, &school).await;
    changes.run.kind = RunKind::Administrator;
    changes.rooms = vec![RoomChange::Put(room("gym"))];
    changes.notices = vec![Notice {
        removed: Vec::new(),
        ..notice("n1", changes.id().0)
    }];
    let commits = [0; 8].map(|_| {
        let (store, school, lease) = (store.clone(), school.clone(), lease.clone());
        let changes = changes.clone();
        tokio::spawn(async move { store.commit(&school, &lease, &changes).await })
    });
    for commit in commits {
        assert_eq!(commit.await.unwrap().unwrap().0, changes.expected.0 + 1);
    }
    assert_eq!(
        load(&store, &school).await.revision.0,
        changes.expected.0 + 1
    );
    assert_eq!(store.notices(&school).await.unwrap().len(), 1);
}
