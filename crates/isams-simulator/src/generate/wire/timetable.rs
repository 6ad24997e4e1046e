//! Structure, week allocations and the published timetable.

use chrono::Weekday;
use serde_json::{Map, Value, json};

use super::super::structure::{Day, Period, Week};
use super::super::timetable::{RoomRef, Row, Tutorial};
use super::super::{SCHOOL_YEAR, School};
use super::{rows, text};

pub(super) fn structure(school: &School) -> Value {
    rows(
        "Week",
        (1..)
            .zip(&school.weeks)
            .map(|(ordinal, week)| week_json(ordinal, week)),
    )
}

fn week_json(ordinal: u32, week: &Week) -> Value {
    json!({
        "@Id": text(week.id), "Name": week.name, "ShortName": week.short, "Ordinal": text(ordinal),
        "Active": "1",
        "Days": rows("Day", (1..).zip(&week.days).map(|(ordinal, day)| day_json(ordinal, day))),
    })
}

fn day_json(ordinal: u32, day: &Day) -> Value {
    let mut json = json!({
        "@Id": text(day.id), "Name": weekday_name(day.weekday), "ShortName": text(day.weekday),
        "Day": text(day.weekday.num_days_from_sunday() + 1), "Ordinal": text(ordinal),
        "Active": text(u8::from(day.active)),
    });
    if !day.periods.is_empty() {
        json["Periods"] = rows("Period", day.periods.iter().map(period_json));
    }
    json
}

fn period_json(period: &Period) -> Value {
    json!({
        "@Id": text(period.id), "Name": period.name, "ShortName": period.short,
        "StartTime": text(period.start.format("%H:%M")),
        "EndTime": text(period.end.format("%H:%M")),
    })
}

fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

pub(super) fn allocations(school: &School) -> Value {
    rows(
        "TimetableAllocation",
        school.allocations.iter().map(|row| {
            json!({
                "@Id": text(row.id), "Week": text(row.key.1), "Year": text(row.key.0),
                "TimetableWeekId": text(row.cycle_week),
            })
        }),
    )
}

/// Id, name and years of the timetable, without anything in it.
pub(super) fn head(school: &School) -> Value {
    let year = SCHOOL_YEAR;
    json!({
        "@Id": text(school.timetable.id), "Name": format!("Main {year}-{}", (year + 1) % 100),
        "StartYear": text(year), "EndYear": text(year + 1),
    })
}

pub(super) fn published(school: &School) -> Value {
    let timetable = &school.timetable;
    let mut json = head(school);
    json["Schedules"] = rows("Schedule", timetable.rows.iter().map(schedule));
    json["StaffMeetings"] = rows(
        "StaffMeeting",
        timetable.meetings.iter().map(|row| {
            let mut json = json!({
                "@Id": text(row.id), "PeriodId": text(row.period), "TeacherId": row.teacher,
                "MeetingGroupId": text(row.group),
            });
            if let Some(room) = row.room {
                json["RoomId"] = text(room);
            }
            json["DisplayName"] = text(row.name);
            json
        }),
    );
    json["Tutorials"] = rows("Tutorial", timetable.tutorials.iter().map(tutorial));
    json["YearSchedules"] = rows(
        "YearSchedule",
        timetable.assemblies.iter().map(|row| {
            json!({
                "@Id": text(row.id), "Name": row.name, "NationalCurriculumYear": text(row.year),
                "PeriodId": text(row.period), "RoomId": text(row.room), "TeacherId": row.teacher,
            })
        }),
    );
    json!({"Timetable": json})
}

fn schedule(row: &Row) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("@Id", text(row.id));
    put("Code", text(&row.code));
    put("Teacher", text(&row.teacher));
    put("PeriodId", text(row.period));
    match row.room {
        RoomRef::Room(room) => put("RoomId", text(room)),
        RoomRef::Absent => None,
        RoomRef::Zero => put("RoomId", text(0)),
        RoomRef::Null => put("RoomId", Value::Null),
        RoomRef::Blank => put("RoomId", text("")),
    };
    put("SetId", text(u8::from(row.set)));
    put("Set", text(u8::from(row.set)));
    Value::Object(fields)
}

fn tutorial(row: &Tutorial) -> Value {
    let mut json = json!({"@Id": text(row.id), "DisplayCode": row.code, "DisplayName": row.name});
    if let Some(room) = row.room {
        json["RoomId"] = text(room);
    }
    json["Periods"] = rows(
        "Period",
        (1..)
            .zip(&row.periods)
            .map(|(id, period)| json!({"@Id": text(id), "PeriodId": text(period)})),
    );
    json["Teachers"] = rows(
        "Teacher",
        (1..)
            .zip(&row.teachers)
            .map(|(id, teacher)| json!({"@Id": text(id), "TeacherId": teacher})),
    );
    json["Pupils"] = rows(
        "Pupil",
        (1..)
            .zip(&row.pupils)
            .map(|(id, pupil)| json!({"@Id": text(id), "PupilId": pupil})),
    );
    json
}
