//! The published timetables: who is where in which period.

use serde_json::{Value, json};

use super::estate::{
    CHAPEL, COMMON_ROOM, GARDEN_1, GARDEN_2, GARDEN_STUDIO, HALL, LAB_1, LAB_2, LIBRARY, NOWHERE,
    OAK_1, OAK_2, OAK_3, OLD_GYM, STUDIO,
};
use super::people::{AMBER, BRACKEN, FERN, GORSE, HOLLOW, IVY};
use super::structure::{self, PREP, WEEK_A, WEEK_B};
use super::teaching::Group;
use super::{Bells, many};

/// A room's lessons on a weekday, in the weeks named. Each word is a period: `.` is none, and two
/// groups with `&` between them are in the room at once.
type Line = (&'static str, u32, u32, &'static str);

const MON: u32 = 2;
const TUE: u32 = 3;
const WED: u32 = 4;
const THU: u32 = 5;
const FRI: u32 = 6;
const SAT: u32 = 7;

/// Six periods of the seniors, wherever the bells put them.
const SENIORS: [Line; 27] = [
    ("AB", OAK_1, MON, "9A/En1 9A/En1 . 11B/Hi1 . 13X/Ec1"),
    ("AB", OAK_1, TUE, "9B/Ma1 . 11A/Ma1 . 9A/En1 ."),
    ("AB", OAK_1, WED, ". 11B/Hi1 . 9B/Ma1 13X/Ec1 ."),
    ("A", OAK_1, THU, "11A/Ma1 11A/Ma1 . . 9A/En1 ."),
    ("B", OAK_1, THU, ". 11A/Ma1 . . . 9A/En1"),
    ("AB", OAK_1, FRI, "13X/Ec1 . 9B/Ma1 . 11B/Hi1 ."),
    ("AB", OAK_2, MON, "11A/Ma1 . 9B/Ma1 . 14/Re1 ."),
    ("AB", OAK_2, TUE, ". 11B/Hi1 . 13X/Ec1 . ."),
    ("AB", OAK_2, WED, "11A/Ma1 . 14/Re1 . . 9A/En1"),
    ("AB", OAK_2, THU, ". . 9B/Ma1 13X/Ec1 . ."),
    ("AB", OAK_2, FRI, "11A/Ma1 . . 9A/En1 . 14/Re1"),
    ("AB", OAK_3, TUE, "12X/Ar1 . . . . ."),
    ("AB", OAK_3, WED, "9A/En1 . . . . ."),
    ("AB", HALL, WED, ". . 12X/Ar1 . . ."),
    (
        "AB",
        OLD_GYM,
        TUE,
        ". . . . 10C/Pe1&10D/Pe1 10C/Pe1&10D/Pe1",
    ),
    ("AB", OLD_GYM, THU, ". . . . 10C/Pe1 ."),
    ("AB", LAB_1, MON, "10B/Ph1 10B/Ph1 . 10A/Ch1 . ."),
    ("AB", LAB_1, TUE, ". 10A/Ch1 . 10B/Ph1 . ."),
    ("A", LAB_1, WED, "10B/Ph1 . . . 10A/Ch1 ."),
    ("AB", LAB_1, THU, ". . 10B/Ph1 . . 10A/Ch1"),
    ("AB", LAB_1, FRI, "10A/Ch1 . . 10B/Ph1 . ."),
    ("AB", LAB_2, MON, ". . 10A/Ch1 . . ."),
    ("AB", LAB_2, THU, "10A/Ch1 . . . . ."),
    ("AB", STUDIO, MON, "12X/Ar1 12X/Ar1 12X/Ar1 . . ."),
    ("AB", STUDIO, WED, ". . . 12X/Ar1 12X/Ar1 ."),
    ("AB", STUDIO, FRI, ". 12X/Ar1 . . . 12X/Ar1"),
    ("AB", OAK_1, SAT, "13X/Ec1 13X/Ec1"),
];

/// Five periods of the juniors.
const JUNIORS: [Line; 11] = [
    ("AB", GARDEN_1, MON, "J3-CL J3-CL . . J3-CL"),
    ("AB", GARDEN_1, TUE, "J3-CL J3-CL N/Mu1 N/Mu1 ."),
    ("AB", GARDEN_1, WED, "J3-CL . . J3-CL J3-CL"),
    ("AB", GARDEN_1, THU, "J3-CL J3-CL . . J3-CL"),
    ("A", GARDEN_1, FRI, ". J3-CL . . J3-CL"),
    ("AB", GARDEN_2, MON, "J4-CL . N/Mu1 N/Mu1 ."),
    ("AB", GARDEN_2, TUE, "J4-CL J4-CL . . ."),
    ("AB", GARDEN_2, THU, ". J4-CL J4-CL . J4-CL"),
    ("AB", GARDEN_STUDIO, THU, "N/Mu1 . . . ."),
    // While the seniors have Art there.
    ("AB", HALL, WED, ". . . . J4-CL"),
    ("AB", GARDEN_STUDIO, FRI, "J4-CL . . . ."),
];

/// A row of `Schedules`.
#[derive(Clone, Copy, Debug)]
struct Row {
    id: u32,
    code: &'static str,
    teacher: &'static str,
    period: u32,
    room: u32,
    set: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Lessons {
    bells: Bells,
    seniors: Vec<Row>,
    juniors: Vec<Row>,
}

impl Lessons {
    pub(super) fn of(bells: Bells) -> Self {
        let first = match bells {
            Bells::Six => 9_001,
            Bells::Eight => 39_001,
            Bells::NextYear => 69_001,
        };
        let mut next = first..;
        let mut rows = Vec::new();
        let mut add = |rows: &mut Vec<Row>, code, period, room| {
            let Some(group) = Group::of(code) else { return };
            for (teacher, id) in group.teachers.iter().zip(next.by_ref()) {
                rows.push(Row {
                    id,
                    code,
                    teacher,
                    period,
                    room,
                    set: group.is_set(),
                });
            }
        };
        let weeks = |of: &str| match of {
            "A" => vec![WEEK_A],
            "B" => vec![WEEK_B],
            _ => vec![WEEK_A, WEEK_B],
        };
        for (in_weeks, room, weekday, line) in SENIORS {
            for week in weeks(in_weeks) {
                for (lesson, word) in (1..).zip(line.split(' ')) {
                    let place = if weekday == SAT {
                        lesson
                    } else {
                        bells.place(lesson)
                    };
                    for code in word.split('&') {
                        add(&mut rows, code, bells.period(week, weekday, place), room);
                    }
                }
            }
        }
        for week in [WEEK_A, WEEK_B] {
            add(
                &mut rows,
                "10C/Pe1",
                bells.period(week, SAT, structure::GAMES),
                OLD_GYM,
            );
            add(
                &mut rows,
                "12X/Ph1",
                bells.period(week, FRI, structure::STARS),
                LAB_2,
            );
            if bells != Bells::Six {
                // What the two new periods of Monday are for.
                add(&mut rows, "13X/Ec1", bells.period(week, MON, 3), OAK_1);
                add(&mut rows, "9A/En1", bells.period(week, MON, 6), OAK_2);
            }
        }
        let mut juniors = Vec::new();
        for (in_weeks, room, weekday, line) in JUNIORS {
            for week in weeks(in_weeks) {
                for (place, code) in (structure::JUNIOR..).zip(line.split(' ')) {
                    add(&mut juniors, code, bells.period(week, weekday, place), room);
                }
            }
        }
        Self {
            bells,
            seniors: rows,
            juniors,
        }
    }

    /// The same with one room in the place of another; the rows keep their ids.
    pub(super) fn moved(&self, from: u32, to: u32) -> Self {
        let mut moved = self.clone();
        for row in moved.seniors.iter_mut().chain(&mut moved.juniors) {
            if row.room == from {
                row.room = to;
            }
        }
        moved
    }

    /// The ids of the rows that stand in a room in a period, one per teacher; 0 where there is none.
    pub(super) fn rows(&self, room: u32, period: u32) -> [u32; 2] {
        let mut found = self
            .seniors
            .iter()
            .chain(&self.juniors)
            .filter(|row| row.room == room && row.period == period)
            .map(|row| row.id);
        [found.next().unwrap_or(0), found.next().unwrap_or(0)]
    }

    /// The `PublishedTimetables` container.
    pub(super) fn published(&self) -> Value {
        let (year, ids) = match self.bells {
            Bells::Six => (2031, (12, 13)),
            Bells::Eight => (2031, (22, 23)),
            Bells::NextYear => (2032, (32, 33)),
        };
        let rows = |rows: &[Row]| rows.iter().map(schedule).collect::<Vec<_>>();
        let mut seniors = rows(&self.seniors);
        seniors.extend(self.chapel_and_prep());
        if self.bells == Bells::Six {
            seniors.extend(self.odd_rows());
        }
        let mut timetables = vec![
            json!({
                "@Id": ids.0.to_string(), "Name": format!("Seniors {year}"),
                "StartYear": year.to_string(), "EndYear": (year + 1).to_string(),
                "Schedules": many("Schedule", &seniors),
                "StaffMeetings": many("StaffMeeting", &self.meetings()),
                "Tutorials": many("Tutorial", &self.tutorials()),
                "YearSchedules": many("YearSchedule", &self.assemblies()),
            }),
            json!({
                "@Id": ids.1.to_string(), "Name": format!("Juniors {year} "),
                "StartYear": year.to_string(), "EndYear": (year + 1).to_string(),
                "Schedules": many("Schedule", &rows(&self.juniors)),
                "StaffMeetings": null, "Tutorials": "",
            }),
        ];
        if self.bells != Bells::NextYear {
            // Last year's, which nobody took down; its one row is an object.
            let old = json!({
                "@Id": "2", "Code": "9A/En1", "Teacher": AMBER,
                "PeriodId": self.bells.period(WEEK_A, MON, 2).to_string(),
                "RoomId": OAK_3.to_string(), "SetId": "1", "Set": "1",
            });
            timetables.push(json!({
                "@Id": "11", "Name": "Seniors 2030", "StartYear": "2030", "EndYear": "2031",
                "Schedules": many("Schedule", &[old]),
            }));
        }
        many("Timetable", &timetables)
    }

    /// Rows whose codes are no set and no form.
    fn chapel_and_prep(&self) -> Vec<Value> {
        let row = |id: u32, code: &str, period: u32, room: u32| {
            json!({
                "@Id": (self.first_odd() + id).to_string(), "Code": code, "Teacher": FERN,
                "PeriodId": period.to_string(), "RoomId": room.to_string(), "SetId": "0", "Set": "0",
            })
        };
        let chapel = |week| self.bells.period(week, 1, structure::CHAPEL);
        let evening = |weekday| self.bells.period(PREP, weekday, structure::EVENING);
        vec![
            row(1, "CHAPEL", chapel(WEEK_A), CHAPEL),
            row(2, "CHAPEL", chapel(WEEK_B), CHAPEL),
            row(3, "PREP", evening(MON), LIBRARY),
            row(4, "PREP", evening(TUE), LIBRARY),
        ]
    }

    fn first_odd(&self) -> u32 {
        match self.bells {
            Bells::Six => 9_900,
            Bells::Eight => 39_900,
            Bells::NextYear => 69_900,
        }
    }

    /// Rows that cannot be used, or only with care.
    fn odd_rows(&self) -> Vec<Value> {
        let row = |id: u32, period: u32, room: Option<Value>| {
            let mut row = json!({
                "@Id": id.to_string(), "Code": "14/Re1", "Teacher": BRACKEN,
                "PeriodId": period.to_string(), "SetId": "1", "Set": "1",
            });
            row["RoomId"] = room.unwrap_or_default();
            row
        };
        let without = |mut row: Value, field: &str| {
            if let Value::Object(fields) = &mut row {
                fields.remove(field);
            }
            row
        };
        let with = |mut row: Value, field: &str, value: Value| {
            row[field] = value;
            row
        };
        let room = |room: u32| Some(json!(room.to_string()));
        let period = self.bells.period(WEEK_A, FRI, 5);
        let twin = with(row(9_931, period, room(OAK_3)), "Code", json!("14/Re1 "));
        vec![
            // A period and a room that are not there, and a period without usable times.
            row(9_921, 8_888, room(OAK_3)),
            row(9_922, period, room(NOWHERE)),
            row(9_923, 1_292, room(OAK_3)),
            row(9_924, 1_291, room(OAK_3)),
            without(row(9_925, period, room(OAK_3)), "PeriodId"),
            // No room, four times.
            row(9_926, period, None),
            row(9_927, period, Some(json!("0"))),
            row(9_928, period, Some(json!(""))),
            without(row(9_929, period, None), "RoomId"),
            // Nobody knows the teacher, yet there is a lesson.
            with(
                row(
                    9_930,
                    self.bells.period(WEEK_A, FRI, 4),
                    Some(json!(" 43 ")),
                ),
                "Teacher",
                json!("CH999999ZZ"),
            ),
            // One row twice, and its flags say two things.
            with(twin.clone(), "SetId", json!("0")),
            with(twin, "SetId", json!("0")),
            // It has neither code nor id.
            without(
                without(
                    row(0, self.bells.period(WEEK_B, FRI, 4), room(OAK_3)),
                    "Code",
                ),
                "@Id",
            ),
        ]
    }

    fn meetings(&self) -> Vec<Value> {
        let meeting = |id: u32, group: u32, period: u32, teacher: &str, room: Value, name: &str| {
            json!({
                "@Id": (self.first_odd() + 50 + id).to_string(), "PeriodId": period.to_string(),
                "TeacherId": teacher, "MeetingGroupId": group.to_string(), "RoomId": room,
                "DisplayName": name,
            })
        };
        let room = || json!(COMMON_ROOM.to_string());
        let wednesday = self.bells.period(WEEK_A, WED, self.bells.place(6));
        let friday = self.bells.period(WEEK_B, FRI, self.bells.place(2));
        vec![
            meeting(1, 7, wednesday, GORSE, room(), "Tutors"),
            meeting(2, 7, wednesday, HOLLOW, room(), "Tutors"),
            meeting(3, 8, friday, IVY, Value::Null, "Walk"),
        ]
    }

    fn tutorials(&self) -> Vec<Value> {
        let id = self.first_odd() + 60;
        let period = |place: u32| self.bells.period(WEEK_A, TUE, self.bells.place(place));
        let twice = many(
            "Period",
            &[
                json!({"@Id": "1", "PeriodId": period(2).to_string()}),
                json!({"@Id": "2", "PeriodId": period(3).to_string()}),
            ],
        );
        vec![
            json!({
                "@Id": id.to_string(), "DisplayCode": "TUT1", "DisplayName": "Interview practice",
                "RoomId": LIBRARY.to_string(), "Periods": twice,
                "Teachers": many("Teacher", &[json!({"@Id": "1", "TeacherId": FERN})]),
                "Pupils": many("Pupil", &[json!({"@Id": "1", "PupilId": "000000900001"})]),
            }),
            // Nobody said when.
            json!({
                "@Id": (id + 1).to_string(), "DisplayCode": "TUT2", "DisplayName": null,
                "RoomId": LIBRARY.to_string(), "Periods": null, "Pupils": null,
            }),
        ]
    }

    fn assemblies(&self) -> Vec<Value> {
        let assembly = |id: u32, name: &str, year: i32, period: u32| {
            json!({
                "@Id": (self.first_odd() + 70 + id).to_string(), "Name": name,
                "NationalCurriculumYear": year.to_string(), "PeriodId": period.to_string(),
                "RoomId": HALL.to_string(), "TeacherId": HOLLOW,
            })
        };
        let friday = |place| self.bells.period(WEEK_A, FRI, place);
        vec![
            assembly(1, "Assembly", 9, friday(self.bells.place(3))),
            assembly(2, "Assembly", 14, friday(self.bells.place(4))),
            assembly(3, "Songs", -1, friday(structure::JUNIOR)),
        ]
    }
}

fn schedule(row: &Row) -> Value {
    let set = u8::from(row.set).to_string();
    json!({
        "@Id": row.id.to_string(), "Code": row.code, "Teacher": row.teacher,
        "PeriodId": row.period.to_string(), "RoomId": row.room.to_string(), "SetId": set, "Set": set,
    })
}
