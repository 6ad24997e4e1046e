//! Rooms of the source that have none of ours yet.

use std::collections::BTreeSet;

use booking_store::{Origin, Room, RoomLink, SchoolState, UNASSIGNED};
use room_timetable::RoomId;

use crate::{desired::Desired, free_id::free_id};

/// The rooms of the source that are linked with none of ours, as they will be created, and all their links.
///
/// A room that a sync created for the same source room before, and whose match was taken back, is linked again.
pub(crate) fn new_rooms(state: &SchoolState, desired: &Desired) -> (Vec<Room>, Vec<RoomLink>) {
    let linked: BTreeSet<&str> = state
        .room_links
        .iter()
        .map(|link| link.source.as_str())
        .collect();
    let unlinked = |room: &&Room| !state.room_links.iter().any(|link| link.room == room.id);
    let idle: BTreeSet<&str> = state
        .rooms
        .iter()
        .filter(|room| room.origin == Origin::Sync)
        .filter(unlinked)
        .map(|room| room.id.as_str())
        .collect();
    let mut taken: BTreeSet<String> = state.rooms.iter().map(|room| room.id.to_string()).collect();
    let (mut rooms, mut links) = (Vec::new(), Vec::new());
    for source in desired
        .rooms
        .values()
        .filter(|room| !linked.contains(room.id.as_str()))
    {
        let wish = format!("isams-{}", source.id);
        let id = if idle.contains(wish.as_str()) {
            RoomId::new(wish)
        } else {
            let id = RoomId::new(free_id(&mut taken, &wish));
            rooms.push(Room {
                id: id.clone(),
                name: source.name.clone(),
                category: UNASSIGNED.to_owned(),
                origin: Origin::Sync,
                part_bookable: false,
            });
            id
        };
        links.push(RoomLink {
            room: id,
            source: source.id.clone(),
        });
    }
    (rooms, links)
}

/// Whether a sync created the room and nobody has sorted it: it stands for a room of the source until a person says which
/// room that is.
pub(crate) fn is_placeholder(room: &Room) -> bool {
    room.origin == Origin::Sync && room.hidden()
}
