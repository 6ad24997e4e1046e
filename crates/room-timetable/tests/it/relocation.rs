//! Where displaced bookings could go, against a grid with a cell for every hour and room.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use room_timetable::*;

const ROOMS: usize = 6;
/// Two days, so that bookings go over midnight too.
const HOURS: u32 = 48;

#[derive(Clone, Debug)]
struct Plain {
    /// Category, building and whether it is bookable.
    rooms: Vec<(u8, Option<u8>, bool)>,
    /// Room, first hour, length and series.
    displaced: Vec<(usize, u32, u32, Option<u8>)>,
    /// Room, first hour and length.
    kept: Vec<(usize, u32, u32)>,
    /// Room, hour, and what is so then; free otherwise.
    states: Vec<(usize, u32, RoomState)>,
    limit: usize,
}

fn plain() -> impl Strategy<Value = Plain> {
    let room = (
        0..2_u8,
        prop::option::of(0..2_u8),
        prop::bool::weighted(0.9),
    );
    let displaced = (0..ROOMS, 12..36_u32, 1..6_u32, prop::option::of(0..2_u8));
    let kept = (0..ROOMS, 8..40_u32, 1..4_u32);
    let state = prop_oneof![
        Just(RoomState::Occupied),
        Just(RoomState::Doubtful),
        Just(RoomState::Unknown)
    ];
    (
        prop::collection::vec(room, ROOMS),
        prop::collection::vec(displaced, 0..10),
        prop::collection::vec(kept, 0..6),
        prop::collection::vec((0..ROOMS, 8..44_u32, state), 0..12),
        0..4_usize,
    )
        .prop_map(|(rooms, displaced, kept, states, limit)| Plain {
            rooms,
            displaced,
            kept,
            states,
            limit,
        })
}

fn hours(start: u32, length: u32) -> Interval {
    let midnight = NaiveDate::from_ymd_opt(2031, 9, 8)
        .unwrap()
        .and_hms_opt(0, 0, 0)
        .unwrap();
    let at = |hour: u32| midnight + TimeDelta::hours(hour.into());
    Interval::new(at(start), at(start + length)).unwrap()
}

fn room(index: usize) -> RoomId {
    format!("room-{index}").into()
}

fn rooms(plain: &Plain) -> Vec<RoomInfo> {
    plain
        .rooms
        .iter()
        .enumerate()
        .map(|(index, &(category, building, bookable))| RoomInfo {
            id: room(index),
            name: format!("Room {index}"),
            category: category.to_string(),
            building: building.map(|building| building.to_string()),
            bookable,
        })
        .collect()
}

fn displaced(plain: &Plain) -> Vec<Displaced> {
    plain
        .displaced
        .iter()
        .enumerate()
        .map(|(id, &(at, start, length, series))| Displaced {
            id: format!("lost-{id}").into(),
            room: room(at),
            interval: hours(start, length),
            series: series.map(|series| series.to_string()),
        })
        .collect()
}

fn kept(plain: &Plain) -> Vec<Booking> {
    plain
        .kept
        .iter()
        .enumerate()
        .map(|(id, &(at, start, length))| Booking {
            id: format!("kept-{id}").into(),
            room: room(at),
            interval: hours(start, length),
        })
        .collect()
}

fn state(plain: &Plain, asked: &RoomId, interval: Interval) -> RoomState {
    let states = plain
        .states
        .iter()
        .filter(|(index, hour, _)| room(*index) == *asked && hours(*hour, 1).overlaps(interval));
    states
        .map(|(.., state)| *state)
        .next()
        .unwrap_or(RoomState::Free)
}

fn offers(plain: &Plain, limit: usize) -> BTreeMap<BookingId, Vec<Offer>> {
    relocate(
        &displaced(plain),
        &rooms(plain),
        &kept(plain),
        limit,
        |room, interval| state(plain, room, interval),
    )
}

/// The rooms by their places that a displaced booking could have, cell by cell.
fn possible(plain: &Plain, index: usize) -> BTreeSet<usize> {
    let (had, start, length, _) = plain.displaced[index];
    (0..ROOMS)
        .filter(|&other| {
            let (category, _, bookable) = plain.rooms[other];
            let is_taken =
                |hour: u32| {
                    plain.kept.iter().any(|&(at, first, long)| {
                        at == other && (first..first + long).contains(&hour)
                    }) || plain
                        .states
                        .iter()
                        .any(|&(at, not_free, _)| at == other && not_free == hour)
                };
            bookable
                && other != had
                && category == plain.rooms[had].0
                && !(start..start + length).any(is_taken)
        })
        .collect()
}

/// The places of the rooms that each displaced booking is offered.
fn offered(plain: &Plain, limit: usize) -> Vec<Vec<usize>> {
    let offers = offers(plain, limit);
    (0..plain.displaced.len())
        .map(|index| {
            let offers = &offers[&format!("lost-{index}").into()];
            let place = |offer: &Offer| offer.room.as_str()[5..].parse().unwrap();
            offers.iter().map(place).collect()
        })
        .collect()
}

proptest! {
    #[test]
    fn every_offer_is_free_and_no_cell_is_offered_twice(plain in plain()) {
        let offered = offered(&plain, plain.limit);
        let mut cells = BTreeSet::new();
        for (index, rooms) in offered.iter().enumerate() {
            prop_assert!(rooms.len() <= plain.limit);
            let possible = possible(&plain, index);
            let (_, start, length, _) = plain.displaced[index];
            for room in rooms {
                prop_assert!(possible.contains(room), "{index} {room}");
                for hour in start..start + length {
                    prop_assert!(cells.insert((*room, hour)), "{room} at {hour}");
                }
            }
        }
        prop_assert!(cells.iter().all(|(_, hour)| *hour < HOURS));
    }

    #[test]
    fn a_room_that_could_be_offered_is(plain in plain()) {
        let offered = offered(&plain, plain.limit);
        for (index, rooms) in offered.iter().enumerate() {
            let (_, start, length, _) = plain.displaced[index];
            for room in possible(&plain, index) {
                let elsewhere = offered.iter().zip(&plain.displaced).any(|(others, &(_, first, long, _))| {
                    others.contains(&room) && first < start + length && start < first + long
                });
                prop_assert!(rooms.len() == plain.limit || elsewhere, "{index} could have {room}");
            }
        }
    }

    #[test]
    fn second_offers_take_nothing_from_first_ones(plain in plain()) {
        let (first, more) = (offered(&plain, 1), offered(&plain, 3));
        for (first, more) in first.iter().zip(&more) {
            prop_assert!(first.iter().all(|room| more.contains(room)));
            prop_assert_eq!(first.is_empty(), more.is_empty());
        }
    }

    #[test]
    fn the_order_of_what_is_passed_plays_no_part(plain in plain()) {
        let (mut lost, mut rooms, mut kept) = (displaced(&plain), rooms(&plain), kept(&plain));
        lost.reverse();
        rooms.reverse();
        kept.reverse();
        let reversed = relocate(&lost, &rooms, &kept, plain.limit, |room, interval| state(&plain, room, interval));
        prop_assert_eq!(reversed, offers(&plain, plain.limit));
    }

    #[test]
    fn the_dates_of_a_series_are_those_that_are_offered(plain in plain()) {
        let offers = offers(&plain, plain.limit);
        let of_series = |wanted: &str| displaced(&plain).into_iter().filter(move |lost| lost.series.as_deref() == Some(wanted)).collect::<Vec<_>>();
        for lost in displaced(&plain) {
            let members = lost.series.as_deref().map(of_series).unwrap_or_default();
            for offer in &offers[&lost.id] {
                let date = |member: &Displaced| member.interval.start().date();
                let dates: BTreeSet<NaiveDate> = members.iter().map(date).collect();
                let offered = |member: &Displaced| offers[&member.id].iter().any(|other| other.room == offer.room);
                // A date with several of them fits where all of them do.
                let fits = dates.iter().filter(|on| members.iter().filter(|member| date(member) == **on).all(offered)).count();
                let expected = (dates.len() > 1).then_some(SeriesFit { fits, dates: dates.len() });
                prop_assert_eq!(offer.series, expected);
            }
        }
    }
}

fn named(id: &str, building: &str) -> RoomInfo {
    RoomInfo {
        id: id.into(),
        name: id.to_owned(),
        category: "Labs".to_owned(),
        building: Some(building.to_owned()),
        bookable: true,
    }
}

fn lost(id: &str, room: &str, hour: u32, series: Option<&str>) -> Displaced {
    Displaced {
        id: id.into(),
        room: room.into(),
        interval: hours(hour, 1),
        series: series.map(str::to_owned),
    }
}

fn names(offers: &[Offer]) -> Vec<&str> {
    offers.iter().map(|offer| offer.name.as_str()).collect()
}

#[test]
fn the_same_building_comes_before_a_nearer_name() {
    let rooms = [
        named("Lab 2", "Science"),
        named("Lab 3", "Annexe"),
        named("Lab 9", " science"),
        named("Lab 1", "Annexe"),
        named("Library", "Science"),
    ];
    let found = relocate(
        &[lost("a", "Lab 2", 9, None)],
        &rooms,
        &[],
        OFFERS + 1,
        |_, _| RoomState::Free,
    );
    assert_eq!(
        names(&found[&"a".into()]),
        ["Lab 9", "Library", "Lab 1", "Lab 3"]
    );
}

#[test]
fn a_booking_with_one_choice_keeps_it() {
    let rooms = [
        named("Lab 1", "S"),
        named("Lab 2", "S"),
        named("Lab 3", "S"),
    ];
    // The first booking would like Lab 2 best, but the second one has nothing else.
    let state = |room: &RoomId, interval: Interval| {
        let long = interval.end() - interval.start() > TimeDelta::hours(1);
        if long && room.as_str() == "Lab 3" {
            RoomState::Doubtful
        } else {
            RoomState::Free
        }
    };
    let long = Displaced {
        interval: hours(9, 2),
        ..lost("b", "Lab 1", 9, None)
    };
    let found = relocate(
        &[lost("a", "Lab 1", 9, None), long],
        &rooms,
        &[],
        OFFERS,
        state,
    );
    assert_eq!(names(&found[&"a".into()]), ["Lab 3"]);
    assert_eq!(names(&found[&"b".into()]), ["Lab 2"]);
}

#[test]
fn a_series_is_offered_one_room_for_all_its_dates_first() {
    let rooms = [
        named("Lab 1", "S"),
        named("Lab 2", "S"),
        named("Lab 7", "T"),
    ];
    let dates: Vec<Displaced> = (0..10)
        .map(|date| {
            lost(
                &format!("club-{date}"),
                "Lab 1",
                9 + 24 * date,
                Some("club"),
            )
        })
        .collect();
    let taken = Booking {
        id: "exam".into(),
        room: "Lab 2".into(),
        interval: hours(9 + 24 * 3, 1),
    };
    let found = relocate(&dates, &rooms, &[taken], OFFERS, |_, _| RoomState::Free);
    let words = |booking: &str| -> Vec<String> {
        let offers = found[&booking.into()].iter();
        offers
            .map(|offer| format!("{} {}", offer.name, offer.series.unwrap()))
            .collect()
    };
    assert_eq!(
        words("club-0"),
        ["Lab 7 fits 10 of 10 dates", "Lab 2 fits 9 of 10 dates"]
    );
    assert_eq!(words("club-3"), ["Lab 7 fits 10 of 10 dates"]);
}

#[test]
fn without_a_limit_every_room_that_fits_is_offered() {
    let rooms = [
        named("Lab 1", "S"),
        named("Lab 2", "S"),
        named("Lab 3", "S"),
    ];
    let wanted = [lost("a", "Lab 1", 9, None)];
    let found = relocate(&wanted, &rooms, &[], usize::MAX, |_, _| RoomState::Free);
    assert_eq!(names(&found[&"a".into()]), ["Lab 2", "Lab 3"]);
}

#[test]
fn two_bookings_of_a_series_on_one_date_are_one_date() {
    let rooms = [named("Lab 1", "S"), named("Lab 2", "S")];
    let lost = [9, 11, 33].map(|hour| lost(&format!("club-{hour}"), "Lab 1", hour, Some("club")));
    // Lab 2 is taken for the second one of the first date.
    let state = |_: &RoomId, interval: Interval| match interval == hours(11, 1) {
        true => RoomState::Occupied,
        false => RoomState::Free,
    };
    let found = relocate(&lost, &rooms, &[], OFFERS, state);
    let fit = found[&"club-9".into()][0].series.unwrap();
    assert_eq!(fit.to_string(), "fits 1 of 2 dates");
    assert_eq!(found[&"club-33".into()][0].series, Some(fit));
    assert!(found[&"club-11".into()].is_empty());
}

#[test]
fn a_booking_whose_room_is_not_known_is_offered_nothing() {
    let rooms = [named("Lab 1", "S")];
    let found = relocate(
        &[lost("a", "Lab 9", 9, None)],
        &rooms,
        &[],
        OFFERS,
        |_, _| RoomState::Free,
    );
    assert_eq!(found[&"a".into()], []);
}
