//! What a held run lets through.

use std::collections::{BTreeMap, BTreeSet};

use isams_client::{AreaState, DataArea, Payload, Section};

/// The last good state with what a held run lets through: new rooms, and names of rooms, staff and lessons.
pub(crate) fn with_names(good: &Payload, target: &Payload) -> Payload {
    let mut names = good.clone();
    for area in [
        DataArea::BuildingsAndRooms,
        DataArea::CurrentStaff,
        DataArea::DepartmentsAndSubjects,
        DataArea::TeachingSets,
        DataArea::TeachingForms,
    ] {
        if target.state(area) == AreaState::Present {
            names.take_from(target, area);
        }
    }
    only_known_rooms(&mut names, good);
    keep_rooms(&mut names, good);
    names.canonicalise();
    names
}

/// Takes out the rooms that are new: they are created, but rows that wait for them must not become lessons before the
/// plan is released.
fn only_known_rooms(names: &mut Payload, good: &Payload) {
    let Section::Present(listed) = &mut names.buildings_and_rooms else {
        return;
    };
    let known: BTreeSet<&String> = good
        .buildings_and_rooms
        .value()
        .into_iter()
        .flatten()
        .flat_map(|building| &building.classrooms)
        .filter_map(|room| room.id.as_ref())
        .collect();
    for building in listed.iter_mut() {
        building
            .classrooms
            .retain(|room| room.id.as_ref().is_some_and(|id| known.contains(id)));
    }
    listed.retain(|building| !building.classrooms.is_empty());
    if listed.is_empty() {
        names.buildings_and_rooms = good.buildings_and_rooms.clone();
    }
}

/// Puts back the rooms that the new list leaves out.
fn keep_rooms(names: &mut Payload, good: &Payload) {
    let (Section::Present(listed), Some(known)) = (
        &mut names.buildings_and_rooms,
        good.buildings_and_rooms.value(),
    ) else {
        return;
    };
    let seen: BTreeSet<String> = listed
        .iter()
        .flat_map(|building| &building.classrooms)
        .filter_map(|room| room.id.clone())
        .collect();
    let places: BTreeMap<Option<String>, usize> = listed
        .iter()
        .enumerate()
        .map(|(place, building)| (building.id.clone(), place))
        .collect();
    for building in known {
        let mut unseen = building.clone();
        unseen
            .classrooms
            .retain(|room| room.id.as_ref().is_some_and(|id| !seen.contains(id)));
        if unseen.classrooms.is_empty() {
            continue;
        }
        match places.get(&building.id) {
            Some(&place) => listed[place].classrooms.append(&mut unseen.classrooms),
            None => listed.push(unseen),
        }
    }
}
