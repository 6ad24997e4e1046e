//! A small reader of its own, so that the generator is not checked by itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use serde_json::Value;

pub(crate) struct Feed {
    /// Only those of the school year that the timetable is for.
    pub(crate) terms: Vec<(NaiveDate, NaiveDate)>,
    pub(crate) allocations: BTreeMap<(i32, u32), Vec<String>>,
    pub(crate) days: Vec<Day>,
    pub(crate) rows: Vec<Row>,
    pub(crate) staff: Vec<Staff>,
    pub(crate) rooms: BTreeSet<String>,
}

pub(crate) struct Day {
    pub(crate) week: String,
    /// 1 for Sunday.
    pub(crate) weekday: u32,
    pub(crate) active: bool,
    pub(crate) periods: Vec<Period>,
}

pub(crate) struct Period {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) start: NaiveTime,
    pub(crate) end: NaiveTime,
}

/// Anything on the timetable that takes a room for a period.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) lesson: bool,
    pub(crate) code: String,
    pub(crate) teacher: String,
    pub(crate) period: String,
    pub(crate) room: String,
}

pub(crate) struct Staff {
    pub(crate) code: String,
    pub(crate) email: String,
}

/// None, one or many.
pub(crate) fn children<'a>(container: &'a Value, name: &str) -> Vec<&'a Value> {
    match container.get(name) {
        Some(Value::Array(rows)) => rows.iter().collect(),
        Some(Value::Object(_)) => vec![&container[name]],
        _ => Vec::new(),
    }
}

fn text(row: &Value, name: &str) -> String {
    row.get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

impl Feed {
    pub(crate) fn of(body: &Value) -> Self {
        let isams = &body["iSAMS"];
        let timetable = &isams["TimetableManager"];
        let published = &timetable["PublishedTimetables"]["Timetable"];
        let date = |row: &Value, name| text(row, name).parse::<NaiveDateTime>().unwrap().date();
        let time =
            |row: &Value, name| NaiveTime::parse_from_str(&text(row, name), "%H:%M").unwrap();

        let mut allocations: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in children(&timetable["TimetableAllocations"], "TimetableAllocation") {
            let key = (
                text(row, "Year").parse().unwrap(),
                text(row, "Week").parse().unwrap(),
            );
            allocations
                .entry(key)
                .or_default()
                .push(text(row, "TimetableWeekId"));
        }
        let mut days = Vec::new();
        for week in children(&timetable["Structure"], "Week") {
            for day in children(&week["Days"], "Day") {
                let periods = day
                    .get("Periods")
                    .map_or(Vec::new(), |periods| children(periods, "Period"));
                days.push(Day {
                    week: text(week, "@Id"),
                    weekday: text(day, "Day").parse().unwrap(),
                    active: text(day, "Active") == "1",
                    periods: periods
                        .into_iter()
                        .map(|row| Period {
                            id: text(row, "@Id"),
                            name: text(row, "Name"),
                            start: time(row, "StartTime"),
                            end: time(row, "EndTime"),
                        })
                        .collect(),
                });
            }
        }
        let row = |row: &Value, period: &Value, lesson, code, teacher| Row {
            lesson,
            code: text(row, code),
            teacher: text(row, teacher),
            period: text(period, "PeriodId"),
            room: text(row, "RoomId"),
        };
        let mut rows = Vec::new();
        for of in children(&published["Schedules"], "Schedule") {
            rows.push(row(of, of, true, "Code", "Teacher"));
        }
        for of in children(&published["StaffMeetings"], "StaffMeeting") {
            rows.push(row(of, of, false, "DisplayName", "TeacherId"));
        }
        for of in children(&published["Tutorials"], "Tutorial") {
            rows.extend(
                children(&of["Periods"], "Period")
                    .into_iter()
                    .map(|period| row(of, period, false, "DisplayCode", "")),
            );
        }
        for of in children(&published["YearSchedules"], "YearSchedule") {
            rows.push(row(of, of, false, "Name", "TeacherId"));
        }
        Self {
            terms: children(&isams["SchoolManager"]["Terms"], "Term")
                .into_iter()
                .filter(|term| text(term, "SchoolYear") == text(published, "StartYear"))
                .map(|term| (date(term, "StartDate"), date(term, "FinishDate")))
                .collect(),
            allocations,
            days,
            rows,
            staff: children(&isams["HRManager"]["CurrentStaff"], "StaffMember")
                .into_iter()
                .map(|row| Staff {
                    code: text(row, "UserCode"),
                    email: text(row, "SchoolEmailAddress"),
                })
                .collect(),
            rooms: children(&isams["EstateManager"]["Buildings"], "Building")
                .into_iter()
                .flat_map(|building| children(&building["Classrooms"], "Classroom"))
                .map(|room| text(room, "@Id"))
                .collect(),
        }
    }

    /// What takes the room in the minute that begins at `minute`.
    pub(crate) fn at(&self, room: &str, minute: NaiveDateTime) -> Vec<&Row> {
        let date = minute.date();
        if !self
            .terms
            .iter()
            .any(|&(start, finish)| start <= date && date <= finish)
        {
            return Vec::new();
        }
        // Week 1 has 1 January; every Sunday after it begins another.
        let sundays = date
            .with_ordinal(1)
            .unwrap()
            .iter_days()
            .skip(1)
            .take_while(|&day| day <= date);
        let week = 1 + sundays.filter(|day| day.weekday() == Weekday::Sun).count();
        let Some(weeks) = self
            .allocations
            .get(&(date.year(), u32::try_from(week).unwrap()))
        else {
            return Vec::new();
        };
        let periods: Vec<&str> = self
            .days
            .iter()
            .filter(|day| {
                day.active
                    && weeks.contains(&day.week)
                    && day.weekday == date.weekday().number_from_sunday()
            })
            .flat_map(|day| &day.periods)
            .filter(|period| period.start <= minute.time() && minute.time() < period.end)
            .map(|period| period.id.as_str())
            .collect();
        if periods.is_empty() {
            return Vec::new();
        }
        self.rows
            .iter()
            .filter(|row| row.room == room && periods.contains(&row.period.as_str()))
            .collect()
    }
}
