use chrono::NaiveDate;

use crate::{ClockTime, field::FromWire};

/// As long as a date without separators and a digit more; telephone numbers and pupil numbers are longer.
const MOST_DIGITS: usize = 9;

/// Whether a text is a number, flag, date or time, which tell of nobody.
///
/// What the reader takes for a value of these types is always one, so that no such value is lost. `text` is trimmed.
pub(super) fn is_plain(text: &str) -> bool {
    bool::from_wire(text).is_some()
        || NaiveDate::from_wire(text).is_some()
        || ClockTime::from_wire(text).is_some()
        || ClockTime::is_nothing(text)
        || is_number(text)
        || is_other_date(text)
}

/// Whether a text is a whole number as ids are.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    is_id(digits) && digits.len() <= MOST_DIGITS
}

/// Such as `03/09/2031`, `2031-32` or `9.30`, which the reader does not take but a person wants to see.
fn is_other_date(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only_dates = |byte: u8| byte.is_ascii_digit() || b"/-.:".contains(&byte);
    (1..=8).contains(&digits) && text.bytes().all(only_dates)
}

/// Whether a text is a GUID, with or without braces.
pub(super) fn is_guid(text: &str) -> bool {
    let text = text.trim_start_matches('{').trim_end_matches('}');
    let mut parts = text.split('-').map(str::len);
    [8, 4, 4, 4, 12]
        .into_iter()
        .all(|length| parts.next() == Some(length))
        && parts.next().is_none()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_flags_dates_and_times_are_plain() {
        for text in [
            "0",
            "41",
            "-1",
            "123456789",
            "1",
            "True",
            "false",
            "2031-09-03",
            "2031-09-03T00:00:00",
            "1900-01-01T18:30:00",
            "9:05",
            "09:05:30",
            "24:00",
            ":",
            "03/09/2031",
            "2031/32",
            "9.30",
        ] {
            assert!(is_plain(text), "{text}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for text in [
            "Bee",
            "9A/Ma1",
            "Y9",
            "yes",
            "01632960123",
            "01632 960123",
            "+441632960123",
            "000000900000",
            "ZZ000101QB",
            "a@b.example",
            "2031-09-03 Bee",
            "09:00 Bee",
            "1 2",
            "-",
            "x",
            "00000000-0000-0000-0000-000000005101",
        ] {
            // A lone hyphen says nothing, but is no value either.
            assert!(!is_plain(text), "{text}");
        }
    }

    #[test]
    fn a_guid_has_five_parts_of_hexadecimal_digits() {
        assert!(is_guid("00000000-0000-0000-0000-00000000abcd"));
        assert!(is_guid("{0A1B2C3D-0000-4000-8000-000000000001}"));
        for text in [
            "",
            "0A1B2C3D",
            "0A1B2C3D-0000-4000-8000-0000000KEY01",
            "0-0-0-0-0",
        ] {
            assert!(!is_guid(text), "{text}");
        }
    }
}
