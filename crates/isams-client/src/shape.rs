//! Rows of the cover manager that are known by their shape only.
//!
//! No answer of the cover manager is public. What stands in a container, or under a name, that is not known is still
//! used where it can only mean one thing (inferred: all of it).

use chrono::NaiveDate;
use serde::de::{DeserializeSeed, Error as _, MapAccess};
use serde_json::{Map, Value};

use crate::{
    DataArea, Field, Finding,
    clock_time::ClockTime,
    list::{Objects, OneOrMany, Rows},
    model::{Cover, LessonSuspension, RoomClosure},
    place::{Ledger, Place, name_to_show},
    row::Row,
    text::{Member, Name},
};

/// What was read by shape.
pub(crate) struct Shaped {
    pub(crate) closures: Vec<RoomClosure>,
    pub(crate) covers: Vec<Cover>,
    pub(crate) suspensions: Vec<LessonSuspension>,
    closure_ledger: Ledger,
    suspension_ledger: Ledger,
}

impl Shaped {
    pub(crate) fn new() -> Self {
        Self {
            closures: Vec::new(),
            covers: Vec::new(),
            suspensions: Vec::new(),
            closure_ledger: Ledger::new(Some(DataArea::RoomClosuresAndCover)),
            suspension_ledger: Ledger::new(Some(DataArea::LessonSuspensions)),
        }
    }

    pub(crate) fn findings(self) -> Vec<Finding> {
        let (mut findings, _) = self.suspension_ledger.close();
        findings.extend(self.closure_ledger.close().0);
        findings
    }

    /// Takes the rows that are anywhere inside, and notes how many of each kind. Whether there were any.
    pub(crate) fn take(&mut self, value: &Value, at: Place<'_>) -> bool {
        let before = self.counts();
        self.walk(value);
        let after = self.counts();
        for (index, kind) in ["room closures", "cover", "lesson suspensions"]
            .into_iter()
            .enumerate()
        {
            let rows = after[index] - before[index];
            if rows > 0 {
                let ledger = match index {
                    2 => &self.suspension_ledger,
                    _ => &self.closure_ledger,
                };
                at.noted_in(ledger)
                    .note(format!("not a known name, {rows} read by shape as {kind}"));
            }
        }
        before != after
    }

    fn counts(&self) -> [usize; 3] {
        [
            self.closures.len(),
            self.covers.len(),
            self.suspensions.len(),
        ]
    }

    fn walk(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.walk(value)),
            Value::Object(members) if !self.row(members) => {
                members.values().for_each(|value| self.walk(value));
            }
            _ => {}
        }
    }

    /// Takes the row, if it is one: something with a room, lesson or period, and a date.
    fn row(&mut self, members: &Map<String, Value>) -> bool {
        let row = Seen::of(members);
        let starts = row.date.or(row.start);
        let (Some(starts), true) = (
            starts,
            row.room.is_some() || row.schedule.is_some() || row.period.is_some(),
        ) else {
            return false;
        };
        // An end before the start is left for others to complain about.
        let ends = row.date.or(row.end);
        // A lesson on one date, or with a new teacher or room, is covered; else it does not happen.
        let is_cover = row.schedule.is_some()
            && (row.date.is_some() || row.end.is_none() || row.teacher.or(row.room).is_some());
        match (row.schedule, row.room) {
            (Some(schedule), room) if is_cover => self.covers.push(settled(Cover {
                id: owned(row.id),
                schedule_id: owned(Some(schedule)),
                date: date(Some(starts)),
                teacher_id: owned(row.teacher),
                room_id: owned(room),
                by_shape: Field::Value(true),
            })),
            (None, Some(room)) => self.closures.push(settled(RoomClosure {
                id: owned(row.id),
                room_id: owned(Some(room)),
                reason_id: owned(row.reason_id),
                start_date: date(Some(starts)),
                end_date: date(ends),
                start_time: time(row.start_time),
                end_time: time(row.end_time),
                period_id: owned(row.period),
                by_shape: Field::Value(true),
            })),
            (schedule, room) => self.suspensions.push(settled(LessonSuspension {
                id: owned(row.id),
                start_date: date(Some(starts)),
                end_date: date(ends),
                start_time: time(row.start_time),
                end_time: time(row.end_time),
                schedule_id: owned(schedule),
                code: owned(row.code),
                national_curriculum_year: owned(row.year),
                period_id: owned(row.period),
                room_id: owned(room),
                reason: owned(row.reason),
                by_shape: Field::Value(true),
            })),
        }
        true
    }
}

/// The members that tell what an object is, whatever the exact spelling of their names.
#[derive(Default)]
pub(crate) struct Seen<'v> {
    id: Option<&'v str>,
    room: Option<&'v str>,
    schedule: Option<&'v str>,
    period: Option<&'v str>,
    date: Option<&'v str>,
    start: Option<&'v str>,
    end: Option<&'v str>,
    start_time: Option<&'v str>,
    end_time: Option<&'v str>,
    teacher: Option<&'v str>,
    code: Option<&'v str>,
    year: Option<&'v str>,
    reason: Option<&'v str>,
    reason_id: Option<&'v str>,
}

impl<'v> Seen<'v> {
    fn of(members: &'v Map<String, Value>) -> Self {
        let mut seen = Self::default();
        for (name, value) in members {
            let Some(value) = text(value) else {
                continue;
            };
            let name: String = name
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            if let Some(member) = seen.member(&name, value) {
                member.get_or_insert(value);
            }
        }
        seen
    }

    /// The place for a member of this name and value. A date counts only if it is one.
    fn member(&mut self, name: &str, value: &str) -> Option<&mut Option<&'v str>> {
        let is_date = || is_date(value);
        Some(match name {
            "id" => &mut self.id,
            "startdate" | "datestart" | "fromdate" | "datefrom" | "start" | "from"
            | "startdatetime"
                if is_date() =>
            {
                &mut self.start
            }
            "enddate" | "finishdate" | "dateend" | "todate" | "dateto" | "end" | "to"
            | "finish" | "until" | "enddatetime"
                if is_date() =>
            {
                &mut self.end
            }
            "date" | "coverdate" | "lessondate" | "closuredate" | "closeddate"
            | "suspensiondate"
                if is_date() =>
            {
                &mut self.date
            }
            "starttime" | "timestart" | "fromtime" | "timefrom" => &mut self.start_time,
            "endtime" | "finishtime" | "timeend" | "totime" | "timeto" => &mut self.end_time,
            "code" | "setcode" | "timetablecode" => &mut self.code,
            "nationalcurriculumyear" | "ncyear" | "yearid" => &mut self.year,
            "reason" => &mut self.reason,
            "teacher" | "teacherid" | "coverteacher" | "coverteacherid" | "staffid"
            | "coverstaffid" => &mut self.teacher,
            "room" | "classroom" => &mut self.room,
            "schedule" | "lessonid" => &mut self.schedule,
            "period" => &mut self.period,
            // The room that a lesson leaves is not the one it goes to.
            _ if name.starts_with("original") || name.starts_with("old") => return None,
            _ if name.ends_with("roomid") => &mut self.room,
            _ if name.ends_with("scheduleid") => &mut self.schedule,
            _ if name.ends_with("periodid") => &mut self.period,
            _ if name.ends_with("reasonid") => &mut self.reason_id,
            _ => return None,
        })
    }
}

/// The text of a member, or the id of the object that it is.
fn text(value: &Value) -> Option<&str> {
    let text = match value {
        Value::String(text) => text,
        Value::Object(members) => ["#text", "@Id"]
            .into_iter()
            .find_map(|name| members.get(name)?.as_str())?,
        _ => return None,
    };
    let text = text.trim();
    // 0 stands for none.
    (!text.is_empty() && text != "0").then_some(text)
}

fn is_date(text: &str) -> bool {
    matches!(date(Some(text)), Field::Value(_))
}

fn date(text: Option<&str>) -> Field<NaiveDate> {
    field(text)
}

fn time(text: Option<&str>) -> Field<ClockTime> {
    field(text)
}

fn field<T>(text: Option<&str>) -> Field<T>
where
    Field<T>: Member,
{
    let mut field = Field::default();
    if let Some(text) = text {
        field.take(text);
    }
    field
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn settled<T: Row>(mut row: T) -> T {
    row.settle();
    row
}

/// A row of a known name takes from its shape what it does not have under the known names.
pub(crate) trait ByShape: Row {
    fn fill(&mut self, seen: &Seen<'_>);

    /// Notes that the shape gave something that matters.
    fn mark(&mut self);
}

impl ByShape for LessonSuspension {
    fn fill(&mut self, seen: &Seen<'_>) {
        fill(&mut self.id, seen.id);
        fill(&mut self.start_date, seen.start.or(seen.date));
        fill(&mut self.end_date, seen.end.or(seen.date));
        fill(&mut self.start_time, seen.start_time);
        fill(&mut self.end_time, seen.end_time);
        fill(&mut self.schedule_id, seen.schedule);
        fill(&mut self.code, seen.code);
        fill(&mut self.national_curriculum_year, seen.year);
        fill(&mut self.period_id, seen.period);
        fill(&mut self.room_id, seen.room);
        fill(&mut self.reason, seen.reason);
    }

    fn mark(&mut self) {
        self.by_shape = Field::Value(true);
    }
}

impl ByShape for RoomClosure {
    fn fill(&mut self, seen: &Seen<'_>) {
        fill(&mut self.id, seen.id);
        fill(&mut self.room_id, seen.room);
        fill(&mut self.reason_id, seen.reason_id);
        fill(&mut self.start_date, seen.start.or(seen.date));
        fill(&mut self.end_date, seen.end.or(seen.date));
        fill(&mut self.start_time, seen.start_time);
        fill(&mut self.end_time, seen.end_time);
        fill(&mut self.period_id, seen.period);
    }

    fn mark(&mut self) {
        self.by_shape = Field::Value(true);
    }
}

impl ByShape for Cover {
    fn fill(&mut self, seen: &Seen<'_>) {
        fill(&mut self.id, seen.id);
        fill(&mut self.schedule_id, seen.schedule);
        fill(&mut self.date, seen.date.or(seen.start));
        fill(&mut self.teacher_id, seen.teacher);
        fill(&mut self.room_id, seen.room);
    }

    fn mark(&mut self) {
        self.by_shape = Field::Value(true);
    }
}

fn fill(member: &mut impl Member, seen: Option<&str>) {
    if let Some(seen) = seen
        && member.is_absent()
    {
        member.take(seen);
    }
}

/// Fills each row from the object that it was read from. How many rows that changed.
fn fill_rows<T: ByShape>(rows: &mut [T], value: &Value) -> usize {
    let one = std::slice::from_ref(value);
    let objects = value.as_array().map_or(one, Vec::as_slice);
    let objects = objects.iter().filter_map(Value::as_object);
    let mut filled = 0;
    for (row, members) in rows.iter_mut().zip(objects) {
        let before = row.clone();
        row.fill(&Seen::of(members));
        row.settle();
        if *row != before {
            row.mark();
            filled += 1;
        }
    }
    filled
}

/// A container of the cover manager: its rows by name, and what else is in it by shape.
pub(crate) struct CoverContainer<'a, T> {
    pub(crate) child: &'static str,
    pub(crate) rows: &'a mut Vec<T>,
    pub(crate) shaped: &'a mut Shaped,
}

impl<'de, T: ByShape> Objects<'de> for CoverContainer<'_, T> {
    fn object<A: MapAccess<'de>>(
        &mut self,
        mut map: A,
        at: Place<'_>,
        _index: Option<usize>,
    ) -> Result<(), A::Error> {
        let mut understood = false;
        let mut stranger = None;
        while let Some(name) = map.next_key::<Name<'_>>()? {
            if &*name == self.child {
                understood = true;
                let at = at.member(self.child);
                let value: Value = map.next_value()?;
                let before = self.rows.len();
                OneOrMany::new(&mut Rows(self.rows), at)
                    .deserialize(&value)
                    .map_err(A::Error::custom)?;
                let rows = self.rows.get_mut(before..).unwrap_or_default();
                let filled = fill_rows(rows, &value);
                if filled > 0 {
                    let plural = if filled == 1 { "" } else { "s" };
                    at.note(format!(
                        "not all names are known, {filled} row{plural} read by shape"
                    ));
                }
            } else {
                let value: Value = map.next_value()?;
                if name.starts_with('@') {
                    continue;
                }
                if self.shaped.take(&value, at.member(&name)) {
                    understood = true;
                } else if stranger.is_none() {
                    stranger = Some(name_to_show(&name).into_owned());
                }
            }
        }
        if let (false, Some(stranger)) = (understood, stranger) {
            at.lose(format!("expected `{}`, found `{stranger}`", self.child));
        }
        Ok(())
    }

    fn other(&mut self, at: Place<'_>, shape: &str) {
        at.lose(format!(
            "expected an object with `{}`, found {shape}",
            self.child
        ));
    }
}
