//! Rows of `id,name,days,start,end`.

use booking_store::{Origin, Timeslot};
use room_timetable::{TimeOfDay, TimeRange, Weekdays};

use super::csv_rows::{BadRow, Row};

pub(super) fn timeslot(row: &Row<'_>) -> Result<Timeslot, BadRow> {
    let id = row.needed("id")?;
    let name = row.needed("name")?;
    let days: Weekdays = row
        .needed("days")?
        .parse()
        .map_err(|error| row.bad("days", format!("{error}")))?;
    if days.is_empty() {
        return Err(row.bad("days", "no day of the week is named"));
    }
    let times = times(row)?;
    Ok(Timeslot {
        id: id.into(),
        name: name.to_owned(),
        days,
        times,
        origin: Origin::Local,
    })
}

/// The columns `start` and `end`.
pub(crate) fn times(row: &Row<'_>) -> Result<TimeRange, BadRow> {
    let (start, end) = (time(row, "start")?, time(row, "end")?);
    TimeRange::new(start, end).map_err(|error| {
        let hint = if end == TimeOfDay::MIDNIGHT {
            "; midnight as an end is 24:00"
        } else {
            ""
        };
        row.bad("end", format!("{error}{hint}"))
    })
}

fn time(row: &Row<'_>, column: &str) -> Result<TimeOfDay, BadRow> {
    let text = row.needed(column)?;
    text.parse().map_err(|error| {
        row.bad(
            column,
            format!("`{text}` is {error}; write for example 09:05"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{super::csv_rows::CsvFile, *};

    fn read(text: &str) -> Result<Timeslot, String> {
        let file = CsvFile::read(format!("id,name,days,start,end\n{text}\n").as_bytes()).unwrap();
        let row = file.rows().next().unwrap().unwrap();
        timeslot(&row).map_err(|bad| bad.to_string())
    }

    #[test]
    fn a_timeslot_may_end_at_midnight() {
        let slot = read("T,Night,Sat Sun,22:00,24:00").unwrap();
        assert_eq!(slot.times.to_string(), "22:00-24:00");
        assert_eq!(slot.days.to_string(), "Sat Sun");
    }

    #[test]
    fn what_is_no_timeslot_is_bad_at_its_field() {
        for (text, reason) in [
            ("T,,Mon,09:00,10:00", "2:3: `name` is blank"),
            (
                "T,P1,Mon Funday,09:00,10:00",
                "2:6: `Funday` is not a day of the week",
            ),
            ("T,P1,,09:00,10:00", "2:6: `days` is blank"),
            (
                "T,P1,\",;\",09:00,10:00",
                "2:6: no day of the week is named",
            ),
            ("T,P1,Mon,9am,10:00", "2:10: `9am` is not a time of the day"),
            (
                "T,P1,Mon,09:00,25:00",
                "2:16: `25:00` is not a time of the day",
            ),
            (
                "T,P1,Mon,10:00,10:00",
                "2:16: the end 10:00 is not after the start 10:00",
            ),
            (
                "T,P1,Mon,22:00,00:00",
                "2:16: the end 00:00 is not after the start 22:00; midnight",
            ),
        ] {
            let bad = read(text).unwrap_err();
            assert!(bad.starts_with(reason), "{bad}");
        }
    }
}
