//! The school's own side: its rooms, timeslots and bookings.
//!
//! A booking's title says what becomes of it: `goes on DAY: CAUSE` or `stays: WHY`. Those that
//! people make later, when a room seems to be free, are in a file of their own.

use super::estate::{
    GARDEN_1, GARDEN_2, GARDEN_STUDIO, HALL, LAB_1, LAB_2, LIBRARY, OAK_1, OAK_2, OAK_3, OLD_GYM,
    STUDIO,
};
use crate::generate::existing::csv;

/// Local id, local name, and the room it is.
const ROOMS: [(&str, &str, Option<u32>); 13] = [
    ("OAK1", "Oak 1", Some(OAK_1)),
    ("OAK2", "Oak 02", Some(OAK_2)),
    ("OAK3", "oak 3", Some(OAK_3)),
    ("HALL", "Main Hall", Some(HALL)),
    ("LIB", "Library", Some(LIBRARY)),
    ("GYM", "Gym", Some(OLD_GYM)),
    ("LAB1", "Laboratory 1", Some(LAB_1)),
    ("LAB2", "Laboratory 2", Some(LAB_2)),
    ("STUDIO", "Art Studio", Some(STUDIO)),
    ("GARD1", "Garden Room 1", Some(GARDEN_1)),
    ("GARD2", "Garden Room 2", Some(GARDEN_2)),
    ("GSTUDIO", "Garden Studio", Some(GARDEN_STUDIO)),
    ("VAN", "Minibus", None),
];

const WEEKDAYS: &str = "Mon Tue Wed Thu Fri";

const TIMESLOTS: [[&str; 5]; 9] = [
    ["T1", "Lesson 1", WEEKDAYS, "09:00", "09:50"],
    ["T2", "Lesson 2", WEEKDAYS, "09:55", "10:45"],
    ["T3", "Lesson 3", WEEKDAYS, "11:05", "11:55"],
    ["T4", "Lesson 4", WEEKDAYS, "12:00", "12:50"],
    ["T5", "Lesson 5", WEEKDAYS, "13:50", "14:40"],
    ["T6", "Lesson 6", WEEKDAYS, "14:45", "15:35"],
    // The juniors halve it.
    ["T7", "Junior 3", WEEKDAYS, "10:30", "11:10"],
    ["T8", "Games", "Sat", "14:00", "16:00"],
    ["T9", "Stars", "Fri", "22:30", "24:00"],
];

const OWNERS: [[&str; 2]; 9] = [
    ["Larch Quarry", "larch@visitors.example"],
    ["Moss, Nettle & Co", "office@moss.example"],
    ["Otter Plover", "Otter@Visitors.example"],
    ["Rowan Sorrel", "rowan@visitors.example"],
    ["Zoë Emberwick", "science@cedar.example"],
    ["Thistle Club", ""],
    ["Otter Plover", "otter@visitors.EXAMPLE"],
    ["Basil Brackendale", "b.brackendale@cedar.example"],
    ["Willow Yarrow", "willow@visitors.example"],
];

/// Room, start, end and title, one word each but the last.
type Booking = &'static str;

const BEFORE: [Booking; 65] = [
    // The timetable.
    "OAK1 2031-12-29T09:00 2031-12-29T09:30 goes on first: English 9A/En1",
    "GARD1 2031-09-08T09:20 2031-09-08T09:40 goes on first: English J3-CL",
    "HALL 2031-09-10T11:20 2031-09-10T11:30 goes on first: Art 12X/Ar1",
    "LAB2 2031-09-12T23:00 2031-09-13T01:00 goes on first: Physics 12X/Ph1",
    // An own lesson too, if it is hers: two share the address.
    "LAB1 2031-09-08T09:00 2031-09-08T09:50 goes on first: Physics 10B/Ph1",
    "LIB 2031-09-22T20:00 2031-09-22T21:00 goes on first: PREP",
    "GYM 2031-09-09T13:50 2031-09-09T14:40 goes on first: Physical Education 10D/Pe1",
    // His own lesson, so that he loses nothing.
    "OAK1 2031-09-09T09:00 2031-09-09T09:50 goes on first: Mathematics 9B/Ma1",
    "OAK1 2031-09-13T09:00 2031-09-13T09:30 goes on first: Economics 13X/Ec1",
    "OAK3 2031-09-19T12:00 2031-09-19T12:30 goes on first: Mathematics 14/Re1",
    "LIB 2031-09-16T10:00 2031-09-16T10:30 goes on first: Interview practice",
    "HALL 2031-09-19T08:50 2031-09-19T09:10 goes on first: Songs (year -1)",
    "OAK1 2031-09-08T09:50 2031-09-08T09:55 stays: between two lessons",
    "OAK1 2031-09-11T09:00 2031-09-11T09:50 stays: only in the other week",
    "GARD1 2031-09-10T10:30 2031-09-10T10:50 stays: in the other half of the period",
    "LAB2 2031-09-13T00:00 2031-09-13T01:00 stays: from midnight on",
    "OAK1 2031-10-27T09:00 2031-10-27T09:50 stays: nobody knows what is in half term",
    "OAK1 2032-02-16T09:00 2032-02-16T09:50 stays: the other half term",
    "OAK1 2031-12-15T09:00 2031-12-15T09:50 stays: in the holidays",
    "GARD1 2032-01-02T09:30 2032-01-02T10:10 stays: after New Year it is week B",
    "OAK3 2031-09-15T09:55 2031-09-15T10:45 stays: only in last year's timetable",
    "OAK3 2031-09-15T16:00 2031-09-15T17:00 stays: the times of that period are reversed",
    "VAN 2031-09-09T09:00 2031-09-09T15:00 stays: no room of the timetable",
    "GYM 2031-09-13T16:00 2031-09-13T17:00 stays: after the games",
    "LIB 2031-09-15T19:00 2031-09-15T20:00 stays: no prep in that week",
    // The closures.
    "HALL 2031-09-18T18:00 2031-09-18T19:00 goes on closure: Exams",
    "OAK3 2031-09-17T17:30 2031-09-17T18:30 goes on closure: the room is closed",
    "OAK3 2031-09-17T18:00 2031-09-17T19:00 stays: touches a closure",
    "OAK3 2031-09-18T16:00 2031-09-18T17:00 stays: that closure ends before it begins",
    "STUDIO 2031-09-23T17:30 2031-09-23T18:30 goes on closure: Repairs",
    "STUDIO 2031-09-22T20:00 2031-09-22T21:00 stays: closed only if it means from first to last",
    "STUDIO 2031-09-24T20:00 2031-09-24T21:00 stays: after the closure, whatever it means",
    "GYM 2031-11-10T18:00 2031-11-10T19:00 goes on closure: Out of use",
    "GYM 2032-02-03T20:00 2032-02-03T21:00 goes on closure: Out of use",
    "GYM 2031-09-30T20:00 2031-09-30T21:00 stays: on the day before the closure",
    "LIB 2031-10-28T10:00 2031-10-28T11:00 goes on closure: Exams",
    "LAB2 2031-09-19T07:00 2031-09-19T08:00 goes on closure: the room is closed",
    // Cover.
    "LAB2 2031-10-09T11:05 2031-10-09T11:55 goes on cover: Physics 10B/Ph1",
    "OAK3 2031-10-21T12:00 2031-10-21T12:50 goes on cover: Physics 10B/Ph1",
    "OAK3 2031-10-15T09:55 2031-10-15T10:45 stays: a lesson may have been moved there",
    "OAK3 2031-10-13T09:00 2031-10-13T09:50 stays: the covered lesson is suspended",
    "LAB2 2031-10-13T12:00 2031-10-13T12:50 stays: that cover names no lesson",
    "LAB2 2031-10-15T10:00 2031-10-15T11:00 stays: nobody knows the lesson of that cover",
    // The rest of the year.
    "LIB 2031-10-16T18:30 2031-10-16T20:00 stays: events occupy nothing unless asked to",
    "OAK3 2031-11-05T10:00 2031-11-05T11:00 stays: the room only has another name",
    "LAB1 2031-11-20T09:00 2031-11-20T09:50 stays: only the names were swapped",
    "GARD2 2031-11-17T16:00 2031-11-17T17:00 stays: in the room that was deleted",
    "OAK1 2032-01-12T08:30 2032-01-12T08:55 goes on eight-periods: English 9A/En1",
    "OAK2 2032-01-12T12:50 2032-01-12T13:00 goes on eight-periods: English 9A/En1",
    "OAK2 2032-01-12T13:05 2032-01-12T13:30 stays: touches a period",
    "OAK1 2032-01-12T10:45 2032-01-12T11:00 stays: in the break",
    "LAB1 2032-01-20T18:00 2032-01-20T19:00 stays: in the evening",
    "LAB2 2032-01-21T18:00 2032-01-21T19:00 stays: in the evening",
    "HALL 2032-03-10T18:00 2032-03-10T22:00 stays: in the evening",
    "HALL 2032-03-28T00:30 2032-03-28T02:30 stays: in the night when the clocks go forward",
    "OAK1 2032-06-05T12:00 2032-06-05T13:00 stays: after Saturday's lessons",
    "OAK1 2032-09-06T08:40 2032-09-06T09:00 goes on rollover: English 9A/En1",
    "OAK2 2032-09-08T08:40 2032-09-08T09:00 goes on rollover: Mathematics 11A/Ma1",
    "OAK1 2032-09-07T18:00 2032-09-07T19:00 stays: in the evening",
    "OAK2 2032-09-07T18:00 2032-09-07T19:00 stays: in the evening",
    "HALL 2032-09-08T18:00 2032-09-08T19:00 stays: in the evening",
    "LIB 2032-09-09T18:00 2032-09-09T19:00 stays: in the evening",
    "OAK1 2033-01-10T09:00 2033-01-10T10:00 stays: nobody has allocated that week",
    // Over several days.
    "LAB1 2031-09-12T18:00 2031-09-15T08:00 stays: from Friday evening to Monday morning",
    "GSTUDIO 2031-09-10T18:00 2031-09-12T08:00 goes on first: Music N/Mu1",
];

/// Rooms that a closure no longer holds.
const AFTER_CLOSURE_LIFTED: [Booking; 1] =
    ["GYM 2031-11-10T18:00 2031-11-10T19:30 stays: the closure was lifted"];

/// Lessons that do not happen.
const AFTER_SUSPENSION: [Booking; 8] = [
    "OAK1 2031-09-30T09:00 2031-09-30T09:50 stays: the row is suspended",
    "OAK2 2031-10-06T09:00 2031-10-06T09:50 goes on cover: Mathematics 11A/Ma1",
    "OAK2 2031-10-08T09:00 2031-10-08T09:50 stays: the set is away",
    "OAK2 2031-10-06T11:05 2031-10-06T11:55 goes on cover: Mathematics 9B/Ma1",
    "LAB1 2031-10-13T09:00 2031-10-13T10:45 stays: the year has examinations",
    "OAK1 2031-09-29T09:00 2031-09-29T09:50 stays: the period is suspended",
    "STUDIO 2031-10-01T12:00 2031-10-01T12:50 stays: the room's lessons are suspended",
    "OAK2 2031-10-22T09:00 2031-10-22T09:50 stays: that suspension names nothing",
];

/// Lessons that have gone elsewhere, or may have.
const AFTER_COVER: [Booking; 5] = [
    "LAB1 2031-10-09T11:05 2031-10-09T11:55 goes on event: Physics 10B/Ph1",
    "LAB1 2031-10-21T12:00 2031-10-21T12:50 stays: both rows have moved",
    "OAK1 2031-10-21T11:05 2031-10-21T11:55 stays: moved to a room that nobody knows",
    "OAK1 2031-10-15T09:55 2031-10-15T10:45 stays: two covers disagree",
    "OAK2 2031-10-13T11:05 2031-10-13T11:55 goes on event: Mathematics 9B/Ma1",
];

/// The old room, whose lessons are in the new one.
const AFTER_RECREATED: [Booking; 1] =
    ["GARD2 2031-11-18T08:50 2031-11-18T09:30 stays: its lessons are in the new room"];

/// Name and text of each file.
pub(super) fn files() -> Vec<(&'static str, String)> {
    let rooms = ROOMS.iter().map(|(id, name, _)| {
        let category = if *id == "VAN" {
            "Vehicles"
        } else {
            "Classrooms"
        };
        vec![(*id).to_owned(), (*name).to_owned(), category.to_owned()]
    });
    let matches = ROOMS
        .iter()
        .filter_map(|(id, _, isams)| Some(vec![(*id).to_owned(), isams.as_ref()?.to_string()]));
    let slots = TIMESLOTS
        .iter()
        .map(|slot| slot.map(str::to_owned).to_vec());
    vec![
        ("rooms.csv", csv("id,name,category", rooms)),
        ("timeslots.csv", csv("id,name,days,start,end", slots)),
        ("matches.csv", csv("local,isams", matches)),
        ("bookings.csv", booked("B", &BEFORE)),
        (
            "after-closure-lifted.csv",
            booked("L", &AFTER_CLOSURE_LIFTED),
        ),
        ("after-suspension.csv", booked("S", &AFTER_SUSPENSION)),
        ("after-cover.csv", booked("C", &AFTER_COVER)),
        ("after-recreated.csv", booked("R", &AFTER_RECREATED)),
    ]
}

fn booked(prefix: &str, bookings: &[Booking]) -> String {
    let rows = (1..).zip(bookings).zip(OWNERS.iter().cycle()).map(
        |((number, booking), [name, email]): ((u32, _), _)| {
            let mut row = vec![format!("{prefix}{number:03}")];
            let mut words = booking.splitn(4, ' ').map(str::to_owned);
            row.extend(words.by_ref().take(3));
            row.extend([*name, *email].map(str::to_owned));
            row.extend(words);
            row.push(String::new());
            row
        },
    );
    csv(
        "id,room,start,end,owner_name,owner_email,title,series",
        rows,
    )
}
