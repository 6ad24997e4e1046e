//! Two things in one room at one time.

use crate::{
    cycle::Certainty,
    ids::{BookingId, RoomId},
    interval::Interval,
    occurrence::Occurrence,
    timetable::SchoolTimetable,
};

/// What clash detection needs to know of a booking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Booking {
    /// Which booking.
    pub id: BookingId,
    /// Its room.
    pub room: RoomId,
    /// When, school-local; it may span days.
    pub interval: Interval,
}

/// A booking in a room that something certainly occupies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash<'t> {
    /// Which booking.
    pub booking: BookingId,
    /// Everything that certainly stands there, by start; never empty.
    pub causes: Vec<Occurrence<'t>>,
}

impl SchoolTimetable {
    /// Whether a booking overlaps anything certain in its room. It costs less than to list all causes.
    ///
    /// ```
    /// # use room_timetable::*;
    /// # let timetable: SchoolTimetable = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/school.rs"));
    /// # let at = |day, hour| chrono::NaiveDate::from_ymd_opt(2031, 9, day).unwrap().and_hms_opt(hour, 0, 0).unwrap();
    /// // May this be booked? Physics meets in lab-2 on Mondays from 09:00 to 10:00.
    /// let booking = |room: &str, start, end| {
    ///     let interval = Interval::new(at(8, start), at(8, end))?;
    ///     Ok::<_, EmptyInterval>(Booking { id: "club".into(), room: room.into(), interval })
    /// };
    /// assert!(timetable.any_clash(&booking("lab-2", 8, 10)?));
    /// assert!(!timetable.any_clash(&booking("lab-2", 10, 11)?)); // it touches
    /// assert!(!timetable.any_clash(&booking("lab-3", 9, 10)?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn any_clash(&self, booking: &Booking) -> bool {
        self.is_certainly_occupied(&booking.room, booking.interval)
    }

    /// The bookings that overlap a certain occurrence in their room, each with all of them, in the order given.
    ///
    /// Touching is no clash, and neither doubtful lessons nor unknown dates are causes.
    ///
    /// ```
    /// # use room_timetable::*;
    /// # let timetable: SchoolTimetable = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/school.rs"));
    /// # let at = |day, hour| chrono::NaiveDate::from_ymd_opt(2031, 9, day).unwrap().and_hms_opt(hour, 0, 0).unwrap();
    /// let bookings = [("chess", 8), ("choir", 9), ("drama", 15)].map(|(id, day)| Booking {
    ///     id: id.into(),
    ///     room: "lab-2".into(),
    ///     interval: Interval::new(at(day, 8), at(day, 17)).unwrap(),
    /// });
    /// // Only Monday's lesson is certain: Tuesday is marked inactive, and of the 15th nothing is known.
    /// let clashes = timetable.clashes(&bookings);
    /// assert_eq!(clashes.len(), 1);
    /// assert_eq!(clashes[0].booking.as_str(), "chess");
    /// assert_eq!(clashes[0].causes[0].label(), "Physics 10B/Ph1");
    /// assert_eq!(clashes[0].causes[0].source_ids(), ["9001"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clashes<'b>(&self, bookings: impl IntoIterator<Item = &'b Booking>) -> Vec<Clash<'_>> {
        bookings
            .into_iter()
            .filter_map(|booking| {
                let causes: Vec<Occurrence<'_>> = self
                    .overlapping(&booking.room, booking.interval)
                    .filter(|occurrence| occurrence.certainty == Certainty::Certain)
                    .collect();
                (!causes.is_empty()).then(|| Clash {
                    booking: booking.id.clone(),
                    causes,
                })
            })
            .collect()
    }
}
