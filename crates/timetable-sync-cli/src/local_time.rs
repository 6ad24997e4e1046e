//! School-local times as people and files write them.

use chrono::{NaiveDate, NaiveDateTime};
use room_timetable::TimeOfDay;

/// Reads `2031-09-08T09:00`, also with seconds or with a space instead of the `T`. `24:00` is the next day's 00:00.
pub(crate) fn parse(text: &str) -> Result<NaiveDateTime, String> {
    let unreadable = || format!("`{text}` is no date and time; write for example 2031-09-08T09:00");
    let (day, time) = text
        .trim()
        .split_once(['T', 't', ' '])
        .ok_or_else(unreadable)?;
    let date = date(day).ok_or_else(unreadable)?;
    let time: TimeOfDay = time.parse().map_err(|_| unreadable())?;
    Ok(time.on(date))
}

/// Reads `2031-09-08` with all its digits: `31-9-8` could be meant in several ways.
fn date(text: &str) -> Option<NaiveDate> {
    let shape = text.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if text.len() != 10 || !shape {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        for (text, read) in [
            ("2031-09-08T09:00", "2031-09-08 09:00:00"),
            ("2031-09-08 09:00", "2031-09-08 09:00:00"),
            ("2031-09-08T9:05:30", "2031-09-08 09:05:30"),
            ("2031-12-31T24:00", "2032-01-01 00:00:00"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), read);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2031-09-08",
            "09:00",
            "2031-09-31T09:00",
            "31-09-08T09:00",
            "08/09/2031 09:00",
            "2031-09-08T24:01",
            "2031-09-08T09:00Z",
            "2031-09-08T",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
