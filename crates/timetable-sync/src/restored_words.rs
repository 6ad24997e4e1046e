//! The plain English about bookings that come back.

use booking_store::Booking;
use room_timetable::Cause;

use crate::{
    removal::given,
    words::{because, span},
};

/// A booking by its title, else by its id.
pub(crate) fn title(booking: &Booking) -> String {
    given(&booking.title).map_or_else(
        || format!("booking {}", booking.id),
        |title| format!("\u{201c}{}\u{201d}", one_line(&title)),
    )
}

/// When and where a booking is, and which it is: `Mon 8 Sep 2031 09:30-10:30, Lab 2: “Chess club”`.
pub(crate) fn line(booking: &Booking, room_name: &str) -> String {
    format!(
        "{}, {}: {}",
        span(booking.interval),
        one_line(room_name),
        title(booking)
    )
}

/// The same with its owner, for people who are not the owner.
pub(crate) fn line_with_owner(booking: &Booking, room_name: &str) -> String {
    line(booking, room_name) + &owner(booking)
}

/// ` (A. Example)`; nothing where nobody is named.
pub(crate) fn owner(booking: &Booking) -> String {
    let owner = given(&booking.owner_name).or_else(|| given(&booking.owner_email));
    owner
        .map(|owner| format!(" ({})", one_line(&owner)))
        .unwrap_or_default()
}

/// The subject of a letter about so many restored bookings.
pub(crate) fn subject(count: usize) -> String {
    match count {
        1 => "One of your room bookings is back".to_owned(),
        many => format!("{many} of your room bookings are back"),
    }
}

/// The letter to one owner. Each booking comes with what it overrules.
pub(crate) fn letter(name: Option<&str>, items: &[(&Booking, &str, &[Cause])]) -> String {
    let greeting = name.map_or_else(
        || "Hello,".to_owned(),
        |name| format!("Dear {},", one_line(name)),
    );
    let (these, they) = match items.len() {
        1 => ("this room booking of yours, which", "it stands"),
        _ => ("these room bookings of yours, which", "they stand"),
    };
    let mut text = format!(
        "{greeting}\n\nThe school has restored {these} had been removed for the timetable:\n\n"
    );
    for (booking, room, overruled) in items {
        text += &format!(
            "- {}\n{}\n",
            line(booking, room),
            despite(overruled, booking)
        );
    }
    text += &format!(
        "You need do nothing; {they} as before. If something looks wrong, please reply to this message or ask the \
         school office.\n"
    );
    text
}

/// The letter to the administrator about owners who cannot be written to.
pub(crate) fn digest(items: &[(&Booking, &str, &[Cause])]) -> String {
    let mut text = "These bookings were restored, and their owners have no e-mail address. Please let them know:\n\n"
        .to_owned();
    for (booking, room, overruled) in items {
        let line = line_with_owner(booking, room);
        text += &format!("- {line}\n{}\n", despite(overruled, booking));
    }
    text
}

fn despite(overruled: &[Cause], booking: &Booking) -> String {
    if overruled.is_empty() {
        return String::new();
    }
    format!(
        "  By the timetable {}; the school has decided that the booking stands all the same.\n",
        because(overruled, booking.interval)
    )
}

/// Names and titles are what people typed, and stay on their line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use room_timetable::Interval;

    use super::*;

    #[test]
    fn what_people_typed_stays_on_its_line() {
        let nine = "2031-09-08T09:00:00".parse().unwrap();
        let ten = "2031-09-08T10:00:00".parse().unwrap();
        let booking = Booking {
            id: "b1".into(),
            room: "lab".into(),
            interval: Interval::new(nine, ten).unwrap(),
            owner_name: Some("Ann\r\nBcc: all@school.example".to_owned()),
            owner_email: None,
            title: Some("Chess\n\nclub".to_owned()),
            series: None,
            version: 1,
        };
        assert_eq!(
            line_with_owner(&booking, "Lab\n2"),
            "Mon 8 Sep 2031 09:00-10:00, Lab 2: \u{201c}Chess club\u{201d} (Ann Bcc: all@school.example)"
        );
        let text = letter(booking.owner_name.as_deref(), &[(&booking, "Lab", &[])]);
        assert!(
            text.starts_with("Dear Ann Bcc: all@school.example,\n\nThe school has restored this"),
            "{text}"
        );
        assert_eq!(
            title(&Booking {
                title: Some(" ".to_owned()),
                ..booking
            }),
            "booking b1"
        );
    }
}
