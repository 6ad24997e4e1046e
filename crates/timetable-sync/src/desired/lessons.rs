//! Published timetables: rows with one code, period and room are one lesson with several teachers.

use std::collections::{BTreeMap, BTreeSet};

use isams_client::{DataArea, Field, Payload, Timetable};
use room_timetable::{AcademicYears, Certainty, Lesson, LessonKind, PublishedTimetable};

use super::{Skips, SourceRoom, cycle::Cycle, labels::Labels};

/// Said of a lesson whose room is not listed.
pub(crate) const UNLISTED_ROOM: &str = "which the list of rooms does not have";

/// What makes rows one lesson: kind, the rows' own grouping, period, room.
type Key = (LessonKind, String, String, String);

/// What the rows of one lesson add up to.
#[derive(Debug, Default)]
struct Merged {
    group: String,
    label: String,
    year: Option<String>,
    teachers: BTreeSet<String>,
    source_ids: BTreeSet<String>,
}

/// One row of any of the four kinds, in one period.
struct Row<'p> {
    kind: LessonKind,
    id: &'p Option<String>,
    /// What rows of one lesson share, beside period and room.
    together: String,
    group: String,
    label: String,
    /// The year group, where it is known.
    year: Option<String>,
    period: Option<&'p str>,
    room: &'p Option<String>,
    teachers: Vec<&'p str>,
}

/// The timetables, and how many rows have no room.
pub(super) fn read(
    payload: &Payload,
    cycle: &Cycle,
    rooms: &BTreeMap<String, SourceRoom>,
    skips: &mut Skips,
) -> (Vec<PublishedTimetable>, usize) {
    let labels = Labels::of(payload);
    let mut without_room = 0;
    let mut published = Vec::new();
    for timetable in payload.published_timetable.value().into_iter().flatten() {
        let name = timetable
            .name
            .clone()
            .unwrap_or_else(|| "a timetable without a name".to_owned());
        let years = years(timetable);
        if let Err(reason) = &years {
            skips.add(
                DataArea::PublishedTimetable,
                timetable.id.as_deref(),
                format!("{name}: {reason}"),
            );
        }
        // Years that cannot be read leave it open when the timetable is in force, so its lessons are doubtful.
        let certainty = if years.is_ok() {
            Certainty::Certain
        } else {
            Certainty::Doubtful
        };
        let mut lessons: BTreeMap<Key, Merged> = BTreeMap::new();
        for row in rows(timetable, &labels) {
            let usable = match usable(&row, cycle, rooms) {
                Ok(Some(usable)) => usable,
                Ok(None) => {
                    without_room += 1;
                    continue;
                }
                Err(reason) => {
                    skips.add(DataArea::PublishedTimetable, row.id.as_deref(), reason);
                    continue;
                }
            };
            let key = (
                row.kind,
                row.together,
                usable.0.to_owned(),
                usable.1.to_owned(),
            );
            let merged = lessons.entry(key).or_default();
            merged.group = row.group;
            merged.label = row.label;
            merged.year = row.year;
            merged
                .teachers
                .extend(row.teachers.into_iter().map(str::to_owned));
            merged.source_ids.extend(row.id.clone());
        }
        let lessons = lessons
            .into_iter()
            .map(|((kind, _, period, room), merged)| Lesson {
                period: period.into(),
                room: room.into(),
                kind,
                group: merged.group,
                label: merged.label,
                year: merged.year,
                teachers: merged.teachers.into_iter().collect(),
                source_ids: merged.source_ids.into_iter().collect(),
                certainty,
            })
            .collect();
        published.push(PublishedTimetable {
            name,
            years: years.unwrap_or_default(),
            lessons,
        });
    }
    (published, without_room)
}

/// The row's period and room, or `None` where it has no room.
fn usable<'r>(
    row: &Row<'r>,
    cycle: &Cycle,
    rooms: &BTreeMap<String, SourceRoom>,
) -> Result<Option<(&'r str, &'r str)>, String> {
    let label = &row.label;
    let period = row
        .period
        .ok_or_else(|| format!("{label} names no period"))?;
    match cycle.periods.get(period) {
        None => {
            return Err(format!(
                "{label} is in the period {period}, which the structure does not have"
            ));
        }
        Some(Err(reason)) => {
            return Err(format!(
                "{label} is in a period that cannot be used: {reason}"
            ));
        }
        Some(Ok(())) => {}
    }
    let Some(room) = row.room.as_deref() else {
        return Ok(None);
    };
    if !rooms.contains_key(room) {
        return Err(format!("{label} is in the room {room}, {UNLISTED_ROOM}"));
    }
    Ok(Some((period, room)))
}

fn years(timetable: &Timetable) -> Result<AcademicYears, String> {
    let year = |field: &Field<i32>, which: &str| match field {
        Field::Absent => Ok(None),
        Field::Value(year) => Ok(Some(*year)),
        Field::Unreadable(text) => Err(format!(
            "its {which} year `{text}` is no year, so its lessons are doubtful"
        )),
    };
    let (start, end) = (
        year(&timetable.start_year, "start")?,
        year(&timetable.end_year, "end")?,
    );
    match (start, end) {
        (Some(first), Some(last)) if last < first => Err(format!(
            "it ends in {last}, before it starts in {first}, so its lessons are doubtful"
        )),
        _ => Ok(AcademicYears { start, end }),
    }
}

fn rows<'p>(timetable: &'p Timetable, labels: &Labels<'_>) -> Vec<Row<'p>> {
    let schedules = timetable.schedules.iter().map(|row| {
        let code = row.code.clone().unwrap_or_default();
        Row {
            kind: LessonKind::Lesson,
            id: &row.id,
            together: code.clone(),
            group: code,
            label: labels.label(row),
            year: labels.year(row),
            period: row.period_id.as_deref(),
            room: &row.room_id,
            teachers: row.teacher.as_deref().into_iter().collect(),
        }
    });
    let meetings = timetable.staff_meetings.iter().map(|row| {
        let label = row
            .display_name
            .clone()
            .unwrap_or_else(|| "Staff meeting".to_owned());
        Row {
            kind: LessonKind::Meeting,
            id: &row.id,
            together: row
                .meeting_group_id
                .clone()
                .unwrap_or_else(|| label.clone()),
            // The name outlives a republish with new ids.
            group: label.clone(),
            label,
            year: None,
            period: row.period_id.as_deref(),
            room: &row.room_id,
            teachers: row.teacher_id.as_deref().into_iter().collect(),
        }
    });
    let tutorials = timetable.tutorials.iter().flat_map(|row| {
        let label = row
            .display_name
            .clone()
            .or_else(|| row.display_code.clone());
        let label = label.unwrap_or_else(|| "Tutorial".to_owned());
        // A tutorial without periods is reported like any row that names none.
        let periods: Vec<Option<&str>> = match row.period_ids.as_slice() {
            [] => vec![None],
            periods => periods.iter().map(|period| Some(period.as_str())).collect(),
        };
        periods.into_iter().map(move |period| Row {
            kind: LessonKind::Tutorial,
            id: &row.id,
            together: row.id.clone().unwrap_or_else(|| label.clone()),
            group: row.display_code.clone().unwrap_or_else(|| label.clone()),
            label: label.clone(),
            year: None,
            period,
            room: &row.room_id,
            teachers: row.teacher_ids.iter().map(String::as_str).collect(),
        })
    });
    let year_schedules = timetable.year_schedules.iter().map(|row| {
        let name = row
            .name
            .clone()
            .unwrap_or_else(|| "Year schedule".to_owned());
        let label = match &row.national_curriculum_year {
            Some(year) => format!("{name} (year {year})"),
            None => name,
        };
        Row {
            kind: LessonKind::YearSchedule,
            id: &row.id,
            together: label.clone(),
            group: label.clone(),
            label,
            year: row.national_curriculum_year.clone(),
            period: row.period_id.as_deref(),
            room: &row.room_id,
            teachers: row.teacher_id.as_deref().into_iter().collect(),
        }
    });
    schedules
        .chain(meetings)
        .chain(tutorials)
        .chain(year_schedules)
        .collect()
}
