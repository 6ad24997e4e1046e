//! `commit`: the links with the timetable source.

use super::{Desk, samples::*};
use crate::{LinkChange, RoomChange, TimeslotChange};

async fn link(store: &Desk, links: &[LinkChange]) {
    let mut changes = next_change(store, &school()).await;
    changes.links = links.to_vec();
    commit(store, &school(), &changes).await;
}

async fn room_links(store: &Desk) -> Vec<LinkChange> {
    let state = load(store, &school()).await;
    let links = state.room_links.into_iter().map(LinkChange::Room);
    links.collect()
}

async fn timeslot_links(store: &Desk) -> Vec<LinkChange> {
    let state = load(store, &school()).await;
    let links = state.timeslot_links.into_iter().map(LinkChange::Timeslot);
    links.collect()
}

/// A room link replaces any link of that room or of that source room.
pub async fn each_side_stands_in_at_most_one_room_link(store: Desk) {
    seed(&store, &school()).await;
    link(&store, &[room_link("hall", "1"), room_link("lab", "2")]).await;
    assert_eq!(
        room_links(&store).await,
        [room_link("hall", "1"), room_link("lab", "2")]
    );
    // Takes the place of both: the hall's and source 2's.
    link(&store, &[room_link("hall", "2")]).await;
    assert_eq!(room_links(&store).await, [room_link("hall", "2")]);
    link(&store, &[room_link("lab", "1")]).await;
    // Two rooms swap.
    link(&store, &[room_link("hall", "1"), room_link("lab", "2")]).await;
    assert_eq!(
        room_links(&store).await,
        [room_link("hall", "1"), room_link("lab", "2")]
    );
    link(&store, &[room_link("lab", "2")]).await;
    assert_eq!(room_links(&store).await.len(), 2);
}

/// Clearing a room removes its link, and the source room is free for another.
pub async fn clearing_a_room_removes_its_link(store: Desk) {
    seed(&store, &school()).await;
    link(&store, &[room_link("hall", "1"), room_link("lab", "2")]).await;
    link(&store, &[LinkChange::ClearRoom("hall".into())]).await;
    assert_eq!(room_links(&store).await, [room_link("lab", "2")]);
    link(&store, &[room_link("lab", "1")]).await;
    assert_eq!(room_links(&store).await, [room_link("lab", "1")]);
}

/// A timeslot link adds one more period, and a period may have several timeslots.
pub async fn a_timeslot_can_stand_for_several_periods(store: Desk) {
    let links = [
        timeslot_link("p1", "a"),
        timeslot_link("p1", "b"),
        timeslot_link("p2", "a"),
    ];
    for one in &links {
        link(&store, std::slice::from_ref(one)).await;
    }
    assert_eq!(timeslot_links(&store).await, links);
}

/// Linking a timeslot with a period that it has already leaves one link.
pub async fn linking_a_timeslot_again_changes_nothing(store: Desk) {
    link(
        &store,
        &[timeslot_link("p1", "a"), timeslot_link("p1", "a")],
    )
    .await;
    link(&store, &[timeslot_link("p1", "a")]).await;
    assert_eq!(timeslot_links(&store).await, [timeslot_link("p1", "a")]);
}

/// Clearing a timeslot removes all its links and no other's.
pub async fn clearing_a_timeslot_removes_all_its_links(store: Desk) {
    link(
        &store,
        &[
            timeslot_link("p1", "a"),
            timeslot_link("p1", "b"),
            timeslot_link("p10", "a"),
        ],
    )
    .await;
    link(&store, &[LinkChange::ClearTimeslot("p1".into())]).await;
    assert_eq!(timeslot_links(&store).await, [timeslot_link("p10", "a")]);
}

/// Removing a room removes its link and no other's; the source room is free for another in the same change.
pub async fn removing_a_room_removes_its_link(store: Desk) {
    seed(&store, &school()).await;
    link(&store, &[room_link("hall", "1"), room_link("lab", "2")]).await;
    let mut changes = next_change(&store, &school()).await;
    changes.rooms = vec![RoomChange::Remove("hall".into())];
    commit(&store, &school(), &changes).await;
    assert_eq!(load(&store, &school()).await.rooms, [room("lab")]);
    assert_eq!(room_links(&store).await, [room_link("lab", "2")]);
    // Also when the room comes again.
    let mut changes = next_change(&store, &school()).await;
    changes.rooms = vec![
        RoomChange::Remove("lab".into()),
        RoomChange::Put(room("lab")),
        RoomChange::Put(room("gym")),
    ];
    changes.links = vec![room_link("gym", "2")];
    commit(&store, &school(), &changes).await;
    assert_eq!(room_links(&store).await, [room_link("gym", "2")]);
}

/// Removing a timeslot removes its links.
pub async fn removing_a_timeslot_removes_its_links(store: Desk) {
    let mut changes = next_change(&store, &school()).await;
    changes.timeslots = ["p1", "p2"]
        .map(|id| TimeslotChange::Put(timeslot(id)))
        .to_vec();
    changes.links = vec![
        timeslot_link("p1", "a"),
        timeslot_link("p1", "b"),
        timeslot_link("p2", "c"),
    ];
    commit(&store, &school(), &changes).await;
    let mut changes = next_change(&store, &school()).await;
    changes.timeslots = vec![TimeslotChange::Remove("p1".into())];
    commit(&store, &school(), &changes).await;
    assert_eq!(load(&store, &school()).await.timeslots, [timeslot("p2")]);
    assert_eq!(timeslot_links(&store).await, [timeslot_link("p2", "c")]);
    // Also when the timeslot comes again.
    let mut changes = next_change(&store, &school()).await;
    changes.timeslots = vec![
        TimeslotChange::Remove("p2".into()),
        TimeslotChange::Put(timeslot("p2")),
    ];
    commit(&store, &school(), &changes).await;
    assert_eq!(timeslot_links(&store).await, []);
}

/// Clearing a room or timeslot that has no link is left at that.
pub async fn clearing_what_is_not_linked_is_left_at_that(store: Desk) {
    seed(&store, &school()).await;
    link(&store, &[room_link("lab", "2"), timeslot_link("p2", "c")]).await;
    link(
        &store,
        &[
            LinkChange::ClearRoom("hall".into()),
            LinkChange::ClearRoom("nowhere".into()),
            LinkChange::ClearTimeslot("p9".into()),
        ],
    )
    .await;
    assert_eq!(room_links(&store).await, [room_link("lab", "2")]);
    assert_eq!(timeslot_links(&store).await, [timeslot_link("p2", "c")]);
}
