//! Calendar events and, in the inferred shapes, cover.

use serde_json::{Value, json};

use super::super::School;
use super::super::overlays::{REASONS, Suspended, reason_id};
use super::{MIDNIGHT, day, rows, text};

/// Events of this year and of next: two methods, and so the same container twice.
pub(super) fn calendar(school: &School) -> Value {
    let base = school.spec.base;
    let event = |id: u32,
                 category: u32,
                 date: &str,
                 times: Option<(&str, &str)>,
                 title: &str,
                 place: Option<&str>| {
        let (start, end) = times.unwrap_or(("00:00", "00:00"));
        json!({
            "@Id": text(8_800 + base + id), "@CategoryId": text(category + base),
            "StartDate": format!("{date}{MIDNIGHT}"),
            "AllDayEvent": text(u8::from(times.is_none())),
            "StartTime": format!("1900-01-01T{start}:00"),
            "EndTime": format!("1900-01-01T{end}:00"),
            "Description": title, "Location": place,
        })
    };
    let this_year = [
        event(
            1,
            4,
            "2031-10-02",
            Some(("18:30", "20:00")),
            "Open evening",
            Some("Whole school"),
        ),
        event(
            2,
            5,
            "2031-11-11",
            Some(("10:45", "11:15")),
            "Remembrance",
            Some("Front lawn"),
        ),
        event(3, 5, "2031-12-10", None, "Carol service", Some(" ")),
        event(
            4,
            4,
            "2032-06-26",
            Some(("12:00", "16:00")),
            "Summer fair",
            None,
        ),
    ];
    let next_year = event(
        51,
        4,
        "2032-09-30",
        Some(("18:30", "20:00")),
        "Open evening ",
        Some("Whole school"),
    );
    json!({
        "Categories": {"Category": [
            {"@Id": text(4 + base), "Name": "Public"},
            {"@Id": text(5 + base), "Name": "Internal"},
        ]},
        "Events": [rows("Event", this_year), rows("Event", [next_year])],
    })
}

pub(super) fn suspensions(school: &School) -> Value {
    rows(
        "LessonSuspension",
        school.overlays.suspensions.iter().map(|row| {
            let mut json =
                json!({"@Id": text(row.id), "StartDate": day(row.start), "EndDate": day(row.end)});
            match &row.what {
                Suspended::Group(code) => json["Code"] = text(code),
                Suspended::Row(id) => json["ScheduleId"] = text(id),
                Suspended::Year(year) => json["NationalCurriculumYear"] = text(year),
            }
            if let Some(reason) = row.reason {
                json["Reason"] = text(reason);
            }
            json
        }),
    )
}

pub(super) fn reasons(school: &School) -> Value {
    rows(
        "RoomClosureReason",
        (0..).zip(REASONS).map(
            |(index, name)| json!({"@Id": text(reason_id(school.spec.base, index)), "Name": name}),
        ),
    )
}

pub(super) fn closures_and_cover(school: &School) -> Value {
    let closures = rows(
        "RoomClosure",
        school.overlays.closures.iter().map(|row| {
            let mut json = json!({"@Id": text(row.id), "RoomId": text(row.room)});
            if let Some(reason) = row.reason {
                json["ReasonId"] = text(reason);
            }
            json["StartDate"] = day(row.start);
            json["EndDate"] = day(row.end);
            if let Some((start, end)) = row.times {
                json["StartTime"] = text(start);
                json["EndTime"] = text(end);
            }
            json
        }),
    );
    let covers = rows(
        "Cover",
        school.overlays.covers.iter().map(|row| {
            let mut json = json!({
                "@Id": text(row.id), "ScheduleId": text(row.row), "Date": day(row.date),
                "TeacherId": row.teacher,
            });
            if let Some(room) = row.room {
                json["RoomId"] = text(room);
            }
            json
        }),
    );
    json!({"RoomClosures": closures, "Covers": covers})
}
