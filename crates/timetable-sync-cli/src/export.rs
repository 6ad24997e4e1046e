//! The school's own rows in the form in which they are imported, with the people in them replaced.

use std::collections::BTreeSet;

use booking_store::{Booking, Origin, Room, SchoolState};
use isams_client::Pseudonyms;
use timetable_sync::local_time;

use crate::{
    exit::{Exit, Failure, Outcome},
    sheet,
};

/// The files that [`files`] makes.
pub(crate) const NAMES: [&str; 4] = ["rooms.csv", "timeslots.csv", "matches.csv", "bookings.csv"];

/// Rooms, timeslots, matches and bookings, each as the content of a CSV file under its name.
///
/// What a sync created is left out, as it comes again, unless there are bookings in it. Ids stay: those of bookings as
/// they are, and those of rooms unless they name a member of staff. The files cannot say that a room is part-bookable.
pub(crate) fn files(
    state: &SchoolState,
    bookings: &[Booking],
    pseudonyms: &mut Pseudonyms,
) -> Outcome<Vec<(String, Vec<u8>)>> {
    let booked: BTreeSet<&str> = bookings
        .iter()
        .map(|booking| booking.room.as_str())
        .collect();
    let own = |room: &&Room| room.origin == Origin::Local || booked.contains(room.id.as_str());
    let rooms: Vec<&Room> = state.rooms.iter().filter(own).collect();

    let mut room_rows = Csv::new(&["id", "name", "category"])?;
    for room in &rooms {
        room_rows.row(&[
            room_id(pseudonyms, room.id.as_str()),
            pseudonyms.keep("own room", &room.name),
            pseudonyms.keep("category", &room.category),
        ])?;
    }
    let mut slot_rows = Csv::new(&["id", "name", "days", "start", "end"])?;
    for slot in state
        .timeslots
        .iter()
        .filter(|slot| slot.origin == Origin::Local)
    {
        slot_rows.row(&[
            pseudonyms.keep("own timeslot's id", slot.id.as_str()),
            pseudonyms.keep("own timeslot", &slot.name),
            slot.days.to_string(),
            slot.times.start().to_string(),
            slot.times.end().to_string(),
        ])?;
    }
    let mut match_rows = Csv::new(&["local", "isams"])?;
    for link in &state.room_links {
        if rooms.iter().any(|room| room.id == link.room) {
            match_rows.row(&[
                room_id(pseudonyms, link.room.as_str()),
                pseudonyms.value(&link.source),
            ])?;
        }
    }
    let mut booking_rows = Csv::new(&[
        "id",
        "room",
        "start",
        "end",
        "owner_name",
        "owner_email",
        "title",
        "series",
    ])?;
    for booking in bookings {
        let given = |text: &Option<String>| text.clone().unwrap_or_default();
        booking_rows.row(&[
            booking.id.to_string(),
            room_id(pseudonyms, booking.room.as_str()),
            local_time(booking.interval.start()),
            local_time(booking.interval.end()),
            pseudonyms.name(&given(&booking.owner_name)),
            pseudonyms.email(&given(&booking.owner_email)),
            pseudonyms.text(&given(&booking.title)),
            pseudonyms.text(&given(&booking.series)),
        ])?;
    }
    NAMES
        .into_iter()
        .zip([room_rows, slot_rows, match_rows, booking_rows])
        .map(|(name, rows)| Ok((name.to_owned(), rows.finish()?)))
        .collect()
}

/// The id of a room. One that names a member of staff becomes a text of its own, so that no two become one.
fn room_id(pseudonyms: &mut Pseudonyms, id: &str) -> String {
    let kept = pseudonyms.keep("own room's id", id);
    if kept == id {
        kept
    } else {
        pseudonyms.text(id)
    }
}

/// A CSV file while it is written.
pub(crate) struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    pub(crate) fn new(header: &[&str]) -> Outcome<Self> {
        let mut csv = Self(csv::Writer::from_writer(Vec::new()));
        csv.0.write_record(header).map_err(cannot)?;
        Ok(csv)
    }

    pub(crate) fn row(&mut self, fields: &[String]) -> Outcome<()> {
        self.0.write_record(fields).map_err(cannot)
    }

    /// A row for people who open the file in a spreadsheet; whoever reads it again asks for [`sheet::text`].
    pub(crate) fn sheet_row(&mut self, fields: &[String]) -> Outcome<()> {
        let cells = fields.iter().map(|field| sheet::cell(field));
        self.0
            .write_record(cells.map(String::into_bytes))
            .map_err(cannot)
    }

    pub(crate) fn finish(self) -> Outcome<Vec<u8>> {
        self.0
            .into_inner()
            .map_err(|error| cannot(error.into_error().into()))
    }
}

fn cannot(error: csv::Error) -> Failure {
    Failure::new(Exit::Failed, error).context("the rows cannot be written as CSV")
}

#[cfg(test)]
mod tests {
    use booking_store::{Booking, Matching, RoomLink, Timeslot};
    use room_timetable::{Interval, TimeRange};

    use super::*;

    fn at(text: &str) -> chrono::NaiveDateTime {
        crate::local_time::parse(text).unwrap()
    }

    fn room(id: &str, origin: Origin) -> Room {
        Room {
            id: id.into(),
            name: format!("{id} of Quill Bee"),
            category: "Rooms".to_owned(),
            origin,
            part_bookable: false,
        }
    }

    fn booking(id: &str, room: &str, owner: Option<&str>) -> Booking {
        Booking {
            id: id.into(),
            room: room.into(),
            interval: Interval::new(at("2031-09-08T22:00"), at("2031-09-08T24:00")).unwrap(),
            owner_name: None,
            owner_email: owner.map(str::to_owned),
            title: Some("Quill's club".to_owned()),
            series: Some("clubs".to_owned()),
            version: 1,
        }
    }

    #[test]
    fn own_rows_are_written_and_the_people_in_them_replaced() {
        let link = |room: &str, source: &str| RoomLink {
            room: room.into(),
            source: source.to_owned(),
        };
        let slot = |id: &str, origin| Timeslot {
            id: id.into(),
            name: "Bee's evening".to_owned(),
            days: "Mon Tue".parse().unwrap(),
            times: TimeRange::new("22:00".parse().unwrap(), "24:00".parse().unwrap()).unwrap(),
            origin,
        };
        let state = SchoolState {
            matching: Matching::Confirmed,
            rooms: vec![
                room("LAB", Origin::Local),
                room("Mx Bee", Origin::Local),
                room("isams-41", Origin::Sync),
                room("isams-42", Origin::Sync),
            ],
            room_links: vec![
                link("LAB", "40"),
                link("isams-41", "41"),
                link("isams-42", "42"),
            ],
            timeslots: vec![slot("T1", Origin::Local), slot("T2", Origin::Sync)],
            ..SchoolState::default()
        };
        let staff = br#"{"iSAMS":{"HRManager":{"CurrentStaff":{"StaffMember":
            {"@Id":"7","FullName":"Quill Bee","SchoolEmailAddress":"q.bee@bee.example"}}}}}"#;
        let mut recording = isams_client::Recording::of(staff).unwrap();
        let bookings = [
            booking("1", "Mx Bee", Some("Q.Bee@bee.example")),
            booking("2", "isams-42", None),
        ];
        let files = files(&state, &bookings, recording.pseudonyms()).unwrap();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, content)| (name.as_str(), std::str::from_utf8(content).unwrap()))
            .collect();
        assert_eq!(
            files,
            [
                (
                    "rooms.csv",
                    "id,name,category\nLAB,LAB of Person 1,Rooms\nText 1,Mx Person 1 of Person 1,Rooms\n\
                     isams-42,isams-42 of Person 1,Rooms\n"
                ),
                (
                    "timeslots.csv",
                    "id,name,days,start,end\nT1,Person 1's evening,Mon Tue,22:00,24:00\n"
                ),
                ("matches.csv", "local,isams\nLAB,40\nisams-42,42\n"),
                (
                    "bookings.csv",
                    "id,room,start,end,owner_name,owner_email,title,series\n\
                     1,Text 1,2031-09-08T22:00,2031-09-09T00:00,,person-1@school.example,Text 2,Text 3\n\
                     2,isams-42,2031-09-08T22:00,2031-09-09T00:00,,,Text 2,Text 3\n"
                ),
            ]
        );
    }
}
