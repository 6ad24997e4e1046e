//! Rows of `id,room,start,end,owner_name,owner_email,title,series`.

use booking_store::Booking;
use chrono::NaiveDateTime;
use room_timetable::Interval;
use timetable_sync::local_time as written;

use super::csv_rows::{BadRow, Row};
use crate::{local_time, room_index::RoomIndex};

pub(super) fn booking(row: &Row<'_>, rooms: &RoomIndex<'_>) -> Result<Booking, BadRow> {
    let id = row.needed("id")?;
    let room = rooms
        .find(row.needed("room")?)
        .map_err(|error| row.bad("room", format!("{error}")))?;
    let (start, end) = (time(row, "start")?, time(row, "end")?);
    let interval = Interval::new(start, end).map_err(|_| {
        let (start, end) = (written(start), written(end));
        row.bad(
            "end",
            format!("the end {end} is not after the start {start}"),
        )
    })?;
    Ok(Booking {
        id: id.into(),
        room: room.id.clone(),
        interval,
        owner_name: row.optional("owner_name"),
        owner_email: row.optional("owner_email"),
        title: row.optional("title"),
        series: row.optional("series"),
        version: 0,
    })
}

fn time(row: &Row<'_>, column: &str) -> Result<NaiveDateTime, BadRow> {
    local_time::parse(row.needed(column)?).map_err(|reason| row.bad(column, reason))
}

#[cfg(test)]
mod tests {
    use booking_store::{Origin, Room, RoomLink};

    use super::{super::csv_rows::CsvFile, *};

    fn read(text: &str) -> Result<Booking, String> {
        let room = |id: &str, name: &str| Room {
            id: id.into(),
            name: name.to_owned(),
            category: "Rooms".to_owned(),
            origin: Origin::Local,
            part_bookable: false,
        };
        let rooms = [room("A", "Lab"), room("B", "Hall"), room("C", "Hall")];
        let links = [RoomLink {
            room: "B".into(),
            source: "41".to_owned(),
        }];
        let file = CsvFile::read(format!("id,room,start,end,title\n{text}\n").as_bytes()).unwrap();
        let row = file.rows().next().unwrap().unwrap();
        booking(&row, &RoomIndex::new(&rooms, &links)).map_err(|bad| bad.to_string())
    }

    #[test]
    fn a_room_is_named_by_id_name_or_isams_id() {
        for (named, id) in [("A", "A"), ("Lab", "A"), ("isams:41", "B")] {
            let text = format!("1,{named},2031-09-08T09:00,2031-09-08 10:00:00,");
            let booking = read(&text).unwrap();
            assert_eq!(booking.room.as_str(), id);
            assert_eq!(booking.title, None);
        }
    }

    #[test]
    fn a_booking_may_end_at_midnight() {
        let booking = read("1,A,2031-09-08T22:00,2031-09-08T24:00,Night").unwrap();
        assert_eq!(written(booking.interval.end()), "2031-09-09T00:00");
    }

    #[test]
    fn what_is_no_booking_is_bad_at_its_field() {
        for (text, reason) in [
            (
                "1,,2031-09-08T09:00,2031-09-08T10:00,",
                "2:3: `room` is blank",
            ),
            (
                "1,Gym,2031-09-08T09:00,2031-09-08T10:00,",
                "2:3: there is no room `Gym`",
            ),
            (
                "1,Hall,2031-09-08T09:00,2031-09-08T10:00,",
                "2:3: `Hall` is the name of several rooms; give an id: B, C",
            ),
            (
                "1,A,8/9/31,2031-09-08T10:00,",
                "2:5: `8/9/31` is no date and time",
            ),
            ("1,A,2031-09-08T09:00,,", "2:22: `end` is blank"),
            (
                "1,A,2031-09-08T09:00,2031-09-08T09:00,",
                "2:22: the end 2031-09-08T09:00 is not after the start 2031-09-08T09:00",
            ),
        ] {
            let bad = read(text).unwrap_err();
            assert!(bad.starts_with(reason), "{bad}");
        }
    }
}
