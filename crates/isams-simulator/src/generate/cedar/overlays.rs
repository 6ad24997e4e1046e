//! Suspensions, cover, closures and events. Their shapes are inferred, as everywhere.

use serde_json::{Value, json};

use super::estate::{HALL, LAB_1, LAB_2, LIBRARY, NOWHERE, OAK_1, OAK_2, OAK_3, OLD_GYM, STUDIO};
use super::lessons::Lessons;
use super::people::FERN;
use super::structure::{WEEK_A, WEEK_B};
use super::{Bells, at, many};

const ORPHAN_ROW: u32 = 970_001;

/// What of the suspensions there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspensions {
    /// Only the study leave of next June.
    StudyLeave,
    All,
    /// The field trip starts a day later.
    TripLater,
}

pub(super) fn suspensions(lessons: &Lessons, which: Suspensions) -> Value {
    let row = |id: u32, start: &str, end: &str, fields: Value| {
        let mut row = json!({"@Id": id.to_string(), "StartDate": at(start), "EndDate": at(end)});
        if let (Value::Object(row), Value::Object(fields)) = (&mut row, fields) {
            row.extend(fields);
        }
        row
    };
    let leave = row(
        400,
        "2032-06-07",
        "2032-06-18",
        json!({"NationalCurriculumYear": "11", "Reason": "Study leave"}),
    );
    if which == Suspensions::StudyLeave {
        return many("LessonSuspension", &[leave]);
    }
    let [maths, _] = lessons.rows(OAK_1, Bells::Six.period(WEEK_A, 3, 1));
    let trip = match which {
        Suspensions::TripLater => "2031-10-07",
        _ => "2031-10-06",
    };
    many(
        "LessonSuspension",
        &[
            leave,
            row(
                401,
                "2031-09-30",
                "2031-09-30",
                json!({"ScheduleId": maths.to_string()}),
            ),
            row(
                402,
                trip,
                "2031-10-10",
                json!({"Code": "11A/Ma1 ", "Reason": "Field trip"}),
            ),
            row(
                403,
                "2031-10-13",
                "2031-10-17",
                json!({"NationalCurriculumYear": "10", "Reason": "Examinations"}),
            ),
            row(
                404,
                "2031-09-29",
                "2031-09-29",
                json!({"PeriodId": Bells::Six.period(WEEK_A, 2, 1).to_string()}),
            ),
            row(
                405,
                "2031-10-01",
                "2031-10-01",
                json!({"RoomId": STUDIO.to_string(), "Reason": null}),
            ),
            // It names nothing, so nobody knows which lessons it means.
            row(406, "2031-10-22", "2031-10-22", json!({"Reason": " "})),
            // A period and a row that are not there, and dates in the wrong order.
            row(407, "2031-10-02", "2031-10-02", json!({"PeriodId": "8888"})),
            row(
                408,
                "2031-10-02",
                "2031-10-02",
                json!({"ScheduleId": ORPHAN_ROW.to_string()}),
            ),
            row(409, "2031-10-09", "2031-10-02", json!({"Code": "9A/En1"})),
            row(
                410,
                "2031-10-02",
                "2031-10-02",
                json!({"NationalCurriculumYear": "-1"}),
            ),
        ],
    )
}

pub(super) fn reasons() -> Value {
    many(
        "RoomClosureReason",
        &[
            json!({"@Id": "2", "Name": "Exams"}),
            json!({"@Id": "3", "Name": "Repairs"}),
            json!({"@Id": "4", "Name": "Out of use "}),
            json!({"@Id": "5", "Name": " "}),
        ],
    )
}

/// What of the closures there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closures {
    None,
    All,
    /// The gym is open again.
    GymLifted,
}

pub(super) fn closures(which: Closures) -> Value {
    if which == Closures::None {
        return Value::Null;
    }
    let row = |id: u32, room: u32, reason: Option<u32>, start: &str, end: Option<&str>| {
        let mut row = json!({"@Id": id.to_string(), "RoomId": room.to_string()});
        if let Some(reason) = reason {
            row["ReasonId"] = json!(reason.to_string());
        }
        row["StartDate"] = at(start);
        if let Some(end) = end {
            row["EndDate"] = at(end);
        }
        row
    };
    let timed = |mut row: Value, start: &str, end: &str| {
        row["StartTime"] = json!(start);
        row["EndTime"] = json!(end);
        row
    };
    let day = |id, room, reason, date| row(id, room, reason, date, Some(date));
    let mut rows = vec![
        day(601, HALL, Some(2), "2031-09-18"),
        timed(day(602, OAK_3, None, "2031-09-17"), "16:00", "18:00"),
        timed(
            row(603, STUDIO, Some(3), "2031-09-22", Some("2031-09-24")),
            "17:00",
            "19:00",
        ),
        day(605, NOWHERE, Some(2), "2031-09-18"),
        // Midnight at both ends is the whole day.
        timed(day(606, LAB_2, Some(5), "2031-09-19"), "00:00", "00:00"),
        timed(day(607, OAK_3, None, "2031-09-18"), "18:00", "09:00"),
        // In half term.
        day(608, LIBRARY, Some(2), "2031-10-28"),
    ];
    if which == Closures::All {
        // Nobody knows until when.
        rows.push(row(604, OLD_GYM, Some(4), "2031-10-01", None));
    }
    many("RoomClosure", &rows)
}

/// Cover of a fortnight in October, by lessons of the first timetable.
pub(super) fn covers(lessons: &Lessons) -> Value {
    let row = |id: u32, row: u32, date: &str, room: Option<u32>| {
        let mut json = json!({
            "@Id": id.to_string(), "ScheduleId": row.to_string(), "Date": at(date),
            "TeacherId": FERN,
        });
        if let Some(room) = room {
            json["RoomId"] = json!(room.to_string());
        }
        json
    };
    let bells = Bells::Six;
    let [_, thursday] = lessons.rows(LAB_1, bells.period(WEEK_B, 5, 3));
    let tuesday = lessons.rows(LAB_1, bells.period(WEEK_B, 3, 4));
    let [lost, _] = lessons.rows(OAK_1, bells.period(WEEK_B, 3, 3));
    let [torn, _] = lessons.rows(OAK_1, bells.period(WEEK_A, 4, 2));
    let [own, _] = lessons.rows(OAK_2, bells.period(WEEK_A, 2, 3));
    let [teacher, _] = lessons.rows(OAK_2, bells.period(WEEK_A, 2, 5));
    let [suspended, _] = lessons.rows(LAB_1, bells.period(WEEK_A, 2, 1));
    many(
        "Cover",
        &[
            // One of the two who teach it goes elsewhere, and the other stays.
            row(701, thursday, "2031-10-09", Some(LAB_2)),
            // Both go to one room.
            row(702, tuesday[0], "2031-10-21", Some(OAK_3)),
            row(703, tuesday[1], "2031-10-21", Some(OAK_3)),
            row(704, lost, "2031-10-21", Some(NOWHERE)),
            // Two say two things.
            row(705, torn, "2031-10-15", Some(OAK_3)),
            row(706, torn, "2031-10-15", Some(STUDIO)),
            row(707, ORPHAN_ROW, "2031-10-15", Some(LAB_2)),
            // To where it is anyway.
            row(708, own, "2031-10-13", Some(OAK_2)),
            row(709, teacher, "2031-10-13", None),
            // The lesson is suspended on that date.
            row(710, suspended, "2031-10-13", Some(OAK_3)),
            json!({"@Id": "711", "Date": at("2031-10-13"), "RoomId": LAB_2.to_string()}),
        ],
    )
}

/// The members of `CalendarManager`: two methods send the same containers.
pub(super) fn calendar(with_events: bool) -> Value {
    let row = |id: u32, date: &str, times: Option<(&str, &str)>, title: &str, place: Value| {
        let (start, end) = times.unwrap_or(("00:00", "00:00"));
        json!({
            "@Id": id.to_string(), "@CategoryId": "4", "StartDate": at(date),
            "AllDayEvent": u8::from(times.is_none()).to_string(),
            "StartTime": format!("1900-01-01T{start}:00"),
            "EndTime": format!("1900-01-01T{end}:00"),
            "Description": title, "Location": place,
        })
    };
    let evening = Some(("18:30", "20:00"));
    let first = row(
        8_801,
        "2031-10-16",
        evening,
        "Open evening",
        json!("Library"),
    );
    let mut this_year = vec![row(
        8_800,
        "2031-11-11",
        Some(("10:45", "11:15")),
        "Remembrance",
        json!("Front lawn"),
    )];
    if with_events {
        let mut over_days = row(8_805, "2031-11-24", evening, "Play", json!("Oak 3"));
        over_days["EndDate"] = at("2031-11-26");
        this_year.extend([
            first.clone(),
            // By its code, whatever the case.
            row(8_802, "2031-10-17", evening, "Science club", json!("l1 ")),
            row(8_804, "2031-11-22", None, "Open day", json!("Hall")),
            over_days,
            // There are two.
            row(8_806, "2031-10-17", evening, "Concert", json!("Studio")),
            row(
                8_807,
                "2031-10-18",
                Some(("20:00", "18:30")),
                "Quiz",
                json!("Library"),
            ),
            row(8_808, "2031-10-19", None, "Walk", Value::Null),
        ]);
    }
    let mut next_year = vec![row(
        8_851,
        "2032-10-14",
        evening,
        "Open evening",
        json!(" "),
    )];
    if with_events {
        // Both methods send it.
        next_year.push(first);
    }
    json!({
        "Categories": {"Category": {"@Id": "4", "Name": "Public "}},
        "Events": [many("Event", &this_year), many("Event", &next_year)],
    })
}

/// The ids of all schedule rows that suspensions and cover mean to name.
#[cfg(test)]
pub(super) fn named_rows(overlay: &Value, container: &str) -> Vec<String> {
    let rows = overlay[container].as_array().cloned().unwrap_or_default();
    rows.iter()
        .filter_map(|row| row["ScheduleId"].as_str().map(str::to_owned))
        .collect()
}
#[cfg(test)]
pub(super) const ORPHAN: u32 = ORPHAN_ROW;
