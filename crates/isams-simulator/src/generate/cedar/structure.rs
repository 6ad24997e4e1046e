//! Weeks, days and periods.
//!
//! A period's id says where it is: week, weekday (1 for Sunday) and place in the day, so that 1203
//! is the third senior period of Monday in week A. New bells are counted from elsewhere.

use serde_json::{Value, json};

use super::{Bells, many};

pub(super) const WEEK_A: u32 = 1;
pub(super) const WEEK_B: u32 = 2;
/// Evenings on which prep is held in the library.
pub(super) const PREP: u32 = 3;

/// The place in the day of the first junior period, of Saturday's games, and so on.
pub(super) const JUNIOR: u32 = 11;
pub(super) const GAMES: u32 = 7;
pub(super) const STARS: u32 = 21;
pub(super) const CHAPEL: u32 = 31;
pub(super) const EVENING: u32 = 41;

const SUNDAY: u32 = 1;
const MONDAY: u32 = 2;
const FRIDAY: u32 = 6;
const SATURDAY: u32 = 7;

const NAMES: [&str; 8] = [
    "",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

type Bell = (u32, &'static str, &'static str, &'static str);

const SIX: [Bell; 6] = [
    (1, "Period 1", "09:00", "09:50"),
    (2, "Period 2", "09:55", "10:45"),
    (3, "Period 3", "11:05", "11:55"),
    (4, "Period 4 ", "12:00", "12:50"),
    (5, "Period 5", "13:50", "14:40"),
    (6, "Period 6", "14:45", "15:35"),
];
const EIGHT: [Bell; 8] = [
    (1, "Period 1", "08:40", "09:20"),
    (2, "Period 2", "09:20", "10:00"),
    (3, "Period 3", "10:05", "10:45"),
    (4, "Period 4", "11:05", "11:45"),
    (5, "Period 5", "11:45", "12:25"),
    (6, "Period 6", "12:25", "13:05"),
    (7, "Period 7", "14:00", "14:40"),
    (8, "Period 8", "14:45", "15:25"),
];
/// Their first period overlaps two of the seniors', and one is halved.
const JUNIORS: [Bell; 5] = [
    (11, "Period 1", "08:50", "09:30"),
    (12, "Period 2", "09:30", "10:10"),
    (13, "Period 3a", "10:30", "10:50"),
    (14, "Period 3b", "10:50", "11:10"),
    (15, "Period 4", "11:10", "12:10"),
];

impl Bells {
    fn first_id(self) -> u32 {
        match self {
            Self::Six => 0,
            Self::Eight => 50_000,
            Self::NextYear => 60_000,
        }
    }

    fn first_week(self) -> u32 {
        if self == Self::NextYear { 10 } else { 0 }
    }

    /// The id of the period at a place of a day.
    pub(super) fn period(self, week: u32, weekday: u32, place: u32) -> u32 {
        self.first_id() + week * 1_000 + weekday * 100 + place
    }

    /// Where the six lessons of a day are.
    pub(super) fn place(self, lesson: u32) -> u32 {
        match self {
            Self::Six => lesson,
            Self::Eight | Self::NextYear => lesson + (lesson - 1) / 2,
        }
    }

    /// The `Structure` container.
    pub(super) fn structure(self) -> Value {
        let mut weeks = vec![
            self.week(WEEK_A, "Week A", "A"),
            self.week(WEEK_B, "Week B ", "B"),
            self.prep_week(),
        ];
        if self == Self::Six {
            // Never allocated, and marked so.
            weeks.push(json!({
                "@Id": "4", "Name": "Spare", "ShortName": " ", "Ordinal": "4", "Active": "0", "Days": null,
            }));
        }
        many("Week", &weeks)
    }

    fn week(self, week: u32, name: &str, short: &str) -> Value {
        let mut days: Vec<Value> = (MONDAY..=SATURDAY)
            .map(|weekday| {
                let mut periods = self.periods(week, weekday);
                if self == Self::Six && (week, weekday) == (WEEK_A, MONDAY) {
                    periods.extend(odd_periods());
                }
                self.day(week, weekday, "1", &periods)
            })
            .collect();
        // The only period of a day is an object, and its times are spelt as moments. In week B
        // there is chapel too, but the day is marked inactive.
        let chapel = self.json(
            week,
            SUNDAY,
            (
                CHAPEL,
                "Chapel",
                "1900-01-01T10:00:00",
                "1900-01-01T11:00:00",
            ),
        );
        let active = if week == WEEK_A { "1" } else { "0" };
        days.push(self.day(week, SUNDAY, active, &[chapel]));
        if self == Self::Six && week == WEEK_B {
            // It does not say which day of the week it is, so nothing in it has a time.
            let period = self.json(week, 9, (1, "Period 1", "09:00", "09:50"));
            days.push(json!({
                "@Id": "2009", "Name": "Activities", "Ordinal": "2", "Active": "1",
                "Periods": many("Period", &[period]),
            }));
        }
        json!({
            "@Id": (week + self.first_week()).to_string(), "Name": name, "ShortName": short,
            "Ordinal": week.to_string(), "Active": "1", "Days": many("Day", &days),
        })
    }

    /// Two evenings; the week's other days are there without periods, in three spellings.
    fn prep_week(self) -> Value {
        let prep = |weekday| {
            let evening = self.json(PREP, weekday, (EVENING, "Prep", "19:00", "20:30"));
            self.day(PREP, weekday, "1", &[evening])
        };
        let without = |weekday: u32, periods: Option<Value>| {
            let mut day = self.day(PREP, weekday, "True", &[]);
            if let Value::Object(fields) = &mut day {
                fields.remove("Periods");
                fields.extend(periods.map(|periods| ("Periods".to_owned(), periods)));
            }
            day
        };
        let days = [
            prep(MONDAY),
            prep(3),
            without(4, None),
            without(5, Some(Value::Null)),
            without(6, Some(json!(""))),
        ];
        json!({
            "@Id": (PREP + self.first_week()).to_string(), "Name": "Prep", "ShortName": "P",
            "Ordinal": "1", "Active": "1", "Days": many("Day", &days),
        })
    }

    fn periods(self, week: u32, weekday: u32) -> Vec<Value> {
        let senior: &[Bell] = match (self, weekday) {
            (_, SATURDAY) => &SIX[..2],
            (Self::Six, _) => &SIX,
            _ => &EIGHT,
        };
        let mut periods: Vec<Value> = senior
            .iter()
            .map(|bell| self.json(week, weekday, *bell))
            .collect();
        if weekday == SATURDAY {
            periods.push(self.json(week, weekday, (GAMES, "Games", "14:00:00", "16:00:00")));
        } else {
            periods.extend(JUNIORS.map(|bell| self.json(week, weekday, bell)));
        }
        if weekday == FRIDAY {
            periods.push(self.json(week, weekday, (STARS, "Stars", "22:30", "24:00")));
        }
        periods
    }

    fn json(self, week: u32, weekday: u32, (place, name, start, end): Bell) -> Value {
        json!({
            "@Id": self.period(week, weekday, place).to_string(), "Name": name,
            "StartTime": start, "EndTime": end,
        })
    }

    fn day(self, week: u32, weekday: u32, active: &str, periods: &[Value]) -> Value {
        let name = NAMES.get(weekday as usize).copied().unwrap_or_default();
        json!({
            "@Id": (self.first_id() + week * 100 + weekday).to_string(), "Name": name,
            "ShortName": name.get(..3), "Day": weekday.to_string(),
            // Somebody sorted the days by hand; it says nothing of the weekday.
            "Ordinal": (8 - weekday).to_string(), "Active": active,
            "Periods": many("Period", periods),
        })
    }
}

/// Periods that never were: each can be used for nothing, and takes no other with it.
fn odd_periods() -> Vec<Value> {
    let odd = |id: u32, name: &str, start: Value, end: Value| json!({"@Id": id.to_string(), "Name": name, "StartTime": start, "EndTime": end});
    vec![
        odd(1291, "Colon", json!(":"), json!(":")),
        odd(1292, "Backwards", json!("16:00"), json!("15:45")),
        odd(1293, "Midnight", json!("23:00"), json!("00:00")),
        odd(1294, "Nothing", json!("16:00"), json!("16:00")),
        odd(1295, "Blank", json!(" "), json!(null)),
        // Without minutes of two digits, which is well understood.
        odd(1296, "Early", json!("7:30"), json!("8:00")),
        // The id is another's.
        odd(1201, "Twin", json!("17:00"), json!("18:00")),
        json!({"Name": "Nameless", "StartTime": "17:00", "EndTime": "18:00"}),
    ]
}
