//! The plain English about bookings that come back.

use booking_store::Booking;

use crate::{
    messages::{self, one_line},
    words::{name, span},
};

/// A booking by its title, else by its id.
pub(crate) fn title(booking: &Booking) -> String {
    match messages::line(&booking.title) {
        Some(title) => format!("\u{201c}{title}\u{201d}"),
        None => name(booking),
    }
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
    let owner =
        messages::line(&booking.owner_name).or_else(|| messages::line(&booking.owner_email));
    owner.map(|owner| format!(" ({owner})")).unwrap_or_default()
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
        assert_eq!(
            title(&Booking {
                title: Some(" ".to_owned()),
                ..booking
            }),
            "booking b1"
        );
    }
}
