//! Rooms of the source that have none of ours yet.

use std::collections::BTreeSet;

use booking_store::{Origin, Room, RoomLink, SchoolState, UNASSIGNED};
use room_timetable::RoomId;

use crate::desired::Desired;

/// The rooms of the source that are linked with none of ours, as they will be created, with their links.
pub(crate) fn new_rooms(state: &SchoolState, desired: &Desired) -> (Vec<Room>, Vec<RoomLink>) {
    let linked: BTreeSet<&str> = state
        .room_links
        .iter()
        .map(|link| link.source.as_str())
        .collect();
    let mut taken: BTreeSet<RoomId> = state.rooms.iter().map(|room| room.id.clone()).collect();
    desired
        .rooms
        .values()
        .filter(|room| !linked.contains(room.id.as_str()))
        .map(|source| {
            let id = free_id(&mut taken, &format!("isams-{}", source.id));
            let room = Room {
                id: id.clone(),
                name: source.name.clone(),
                category: UNASSIGNED.to_owned(),
                origin: Origin::Sync,
                part_bookable: false,
            };
            (
                room,
                RoomLink {
                    room: id,
                    source: source.id.clone(),
                },
            )
        })
        .unzip()
}

fn free_id(taken: &mut BTreeSet<RoomId>, wanted: &str) -> RoomId {
    let mut id = RoomId::new(wanted);
    let mut number = 1;
    while !taken.insert(id.clone()) {
        number += 1;
        id = RoomId::new(format!("{wanted}-{number}"));
    }
    id
}
