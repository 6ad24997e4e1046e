//! A school that booked rooms before: its own rooms, timeslots and bookings as CSV.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, NaiveTime, Weekday};

use super::School;

#[derive(Clone, Debug)]
pub(super) struct Existing {
    pub(super) rooms: LocalRooms,
    pub(super) bookings: Vec<Booking>,
}

#[derive(Clone, Debug)]
pub(super) struct LocalRooms(pub(super) Vec<LocalRoom>);

#[derive(Clone, Debug)]
pub(super) struct LocalRoom {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) category: &'static str,
    /// The room it is, where the timetable knows it.
    pub(super) isams: Option<u32>,
}

#[derive(Clone, Debug)]
pub(super) struct Booking {
    /// Local room id.
    pub(super) room: String,
    pub(super) start: NaiveDateTime,
    pub(super) end: NaiveDateTime,
    pub(super) owner: Owner,
    pub(super) title: String,
    pub(super) series: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) email: Option<String>,
    /// The user code of a member of staff.
    pub(super) code: Option<String>,
}

impl LocalRooms {
    pub(super) fn matched(&self) -> Vec<u32> {
        self.0.iter().filter_map(|room| room.isams).collect()
    }
}

impl Existing {
    /// Name and text of each file.
    pub(super) fn files(&self, school: &School) -> [(&'static str, String); 4] {
        let rooms = self
            .rooms
            .0
            .iter()
            .map(|room| vec![room.id.clone(), room.name.clone(), room.category.to_owned()]);
        let matches = self
            .rooms
            .0
            .iter()
            .filter_map(|room| Some(vec![room.id.clone(), room.isams?.to_string()]));
        let mut bookings: Vec<&Booking> = self.bookings.iter().collect();
        bookings.sort_by_key(|booking| (booking.start, &booking.room));
        let bookings = (1..).zip(bookings).map(|(number, booking): (u32, _)| {
            vec![
                format!("B{number:03}"),
                booking.room.clone(),
                minutes(booking.start),
                minutes(booking.end),
                booking.owner.name.clone(),
                booking.owner.email.clone().unwrap_or_default(),
                booking.title.clone(),
                booking.series.unwrap_or_default().to_owned(),
            ]
        });
        [
            ("rooms.csv", csv("id,name,category", rooms)),
            (
                "timeslots.csv",
                csv("id,name,days,start,end", timeslots(school)),
            ),
            (
                "bookings.csv",
                csv(
                    "id,room,start,end,owner_name,owner_email,title,series",
                    bookings,
                ),
            ),
            ("matches.csv", csv("local,isams", matches)),
        ]
    }
}

fn minutes(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M").to_string()
}

/// One slot per division and pair of times, on the days that have it.
fn timeslots(school: &School) -> Vec<Vec<String>> {
    let mut slots: BTreeMap<(usize, NaiveTime, NaiveTime), (&str, Vec<Weekday>)> = BTreeMap::new();
    for day in school.weeks.iter().flat_map(|week| &week.days) {
        for period in &day.periods {
            let key = (period.division, period.start, period.end);
            let (_, days) = slots.entry(key).or_insert((period.name.trim(), Vec::new()));
            if !days.contains(&day.weekday) {
                days.push(day.weekday);
            }
        }
    }
    let divisions = &school.spec.divisions;
    (1..)
        .zip(slots)
        .map(
            |(number, ((division, start, end), (name, days))): (u32, _)| {
                let name = match divisions.get(division) {
                    Some(division) if divisions.len() > 1 => format!("{} {name}", division.name),
                    _ => name.to_owned(),
                };
                let days: Vec<_> = days.iter().map(Weekday::to_string).collect();
                let time = |time: NaiveTime| time.format("%H:%M").to_string();
                vec![
                    format!("T{number:02}"),
                    name,
                    days.join(" "),
                    time(start),
                    time(end),
                ]
            },
        )
        .collect()
}

pub(super) fn csv(header: &str, rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut out = format!("{header}\n");
    for row in rows {
        let fields: Vec<_> = row.iter().map(|field| quoted(field)).collect();
        out.push_str(&fields.join(","));
        out.push('\n');
    }
    out
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_quotes_are_quoted() {
        let row = ["Hall, Main", "the \"old\" one", "Zoë"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(
            csv("a,b,c", [row]),
            "a,b,c\n\"Hall, Main\",\"the \"\"old\"\" one\",Zoë\n"
        );
    }
}
