//! Suspensions, cover, closures and events: what differs from the pattern on certain dates.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use isams_client::{ClockTime, DataArea, Event, Field, LessonSuspension, Payload};
use room_timetable::{
    Certainty, CoverMove, CoverRoom, DateSpan, LessonFilter, Overlays, RoomClosure, RoomEvent,
    Suspension, TimeOfDay, TimeRange,
};

use super::{Skips, SourceRoom, cycle::Cycle};

/// What the areas say, by the source's room ids.
pub(super) fn read(
    payload: &Payload,
    cycle: &Cycle,
    rooms: &BTreeMap<String, SourceRoom>,
    skips: &mut Skips,
) -> Overlays {
    let mut overlays = Overlays::default();
    for row in payload.lesson_suspensions.value().into_iter().flatten() {
        match suspension(row, cycle, rooms) {
            Ok(suspension) => overlays.suspensions.push(suspension),
            Err(reason) => skips.add(DataArea::LessonSuspensions, row.id.as_deref(), reason),
        }
    }
    let reasons: BTreeMap<&str, &str> = payload
        .room_closure_reasons
        .value()
        .into_iter()
        .flatten()
        .filter_map(|reason| Some((reason.id.as_deref()?, reason.name.as_deref()?)))
        .collect();
    let area = DataArea::RoomClosuresAndCover;
    for row in payload
        .room_closures_and_cover
        .value()
        .into_iter()
        .flat_map(|both| &both.closures)
    {
        match closure(row, &reasons, rooms) {
            Ok(mut closures) => {
                if let Some(period) = &row.period_id
                    && !cycle.periods.contains_key(period)
                {
                    let reason = format!(
                        "it is for the period {period}, which the structure does not have, so when its room is closed \
                         is in doubt"
                    );
                    skips.add(area, row.id.as_deref(), reason);
                }
                overlays.closures.append(&mut closures);
            }
            Err(reason) => skips.add(area, row.id.as_deref(), reason),
        }
    }
    for row in payload
        .room_closures_and_cover
        .value()
        .into_iter()
        .flat_map(|both| &both.covers)
    {
        match cover(row, rooms) {
            Ok(cover) => {
                if cover.room == CoverRoom::Unknown {
                    let reason = format!(
                        "it moves a lesson to the room {}, which the list of rooms does not have, so where that lesson \
                         is on {} is in doubt",
                        row.room_id.as_deref().unwrap_or_default(),
                        cover.date
                    );
                    skips.add(area, row.id.as_deref(), reason);
                }
                if cover.certainty == Certainty::Doubtful {
                    // It may mean something else, and the lesson stay where it is.
                    overlays.covers.push(CoverMove {
                        room: CoverRoom::Unknown,
                        ..cover.clone()
                    });
                }
                overlays.covers.push(cover);
            }
            Err(reason) => skips.add(area, row.id.as_deref(), reason),
        }
    }
    let known = Known::of(rooms);
    // Both methods may send the same event.
    let mut seen = BTreeMap::new();
    for (area, section) in [
        (DataArea::EventsThisYear, &payload.events_this_year),
        (DataArea::EventsNextYear, &payload.events_next_year),
    ] {
        for row in section.value().into_iter().flatten() {
            let Some(room) = row.location.as_deref().and_then(|place| known.room(place)) else {
                continue;
            };
            if let Some(id) = &row.id
                && seen.insert(id, row) == Some(row)
            {
                continue;
            }
            match event(row, room) {
                Ok(event) => overlays.events.push(event),
                Err(reason) => skips.add(area, row.id.as_deref(), reason),
            }
        }
    }
    overlays
}

/// The id of a row; rows without one are told apart by nothing.
fn id_of(id: &Option<String>) -> String {
    id.clone().unwrap_or_else(|| "(no id)".to_owned())
}

fn suspension(
    row: &LessonSuspension,
    cycle: &Cycle,
    rooms: &BTreeMap<String, SourceRoom>,
) -> Result<Suspension, String> {
    if let Some(period) = &row.period_id
        && !cycle.periods.contains_key(period)
    {
        return Err(format!(
            "it is for the period {period}, which the structure does not have"
        ));
    }
    Ok(Suspension {
        id: id_of(&row.id),
        dates: dates(&row.start_date, &row.end_date, OneDay::Yes)?,
        times: times(&row.start_time, &row.end_time)?,
        which: LessonFilter {
            row: row.schedule_id.clone(),
            group: row.code.clone(),
            year: row.national_curriculum_year.clone(),
            period: row.period_id.as_deref().map(Into::into),
            room: match &row.room_id {
                Some(room) => Some(known(room, rooms)?.into()),
                None => None,
            },
        },
        reason: row.reason.clone(),
        certainty: certainty(&row.by_shape),
    })
}

/// A closure with times over several days may mean these times of every day, or from the first time to the last. What
/// both mean is certain, and what only the second means is doubtful.
fn closure(
    row: &isams_client::RoomClosure,
    reasons: &BTreeMap<&str, &str>,
    rooms: &BTreeMap<String, SourceRoom>,
) -> Result<Vec<RoomClosure>, String> {
    let room = row.room_id.as_deref().ok_or("it names no room")?;
    let room = known(room, rooms)?;
    let dates = dates(&row.start_date, &row.end_date, OneDay::No)?;
    let reason = row.reason_id.as_deref().and_then(|id| reasons.get(id));
    let whole = RoomClosure {
        id: id_of(&row.id),
        room: room.into(),
        dates,
        times: None,
        period: row.period_id.as_deref().map(Into::into),
        label: reason.map_or_else(
            || "the room is closed".to_owned(),
            |name| (*name).to_owned(),
        ),
        certainty: certainty(&row.by_shape),
    };
    let (start, end) = (time(&row.start_time, "start")?, time(&row.end_time, "end")?);
    let Some((start, end)) = both_ends(start, end) else {
        return Ok(vec![whole]);
    };
    if whole.period.is_some() || dates.last() == Some(dates.first()) {
        let times = Some(range(start, end)?);
        return Ok(vec![RoomClosure { times, ..whole }]);
    }
    let daily = TimeRange::new(start, end).ok();
    let certainty = match daily {
        Some(_) => Certainty::Doubtful,
        // No day has such times, so it can only mean from the first to the last.
        None => whole.certainty,
    };
    let mut closures: Vec<RoomClosure> = daily
        .into_iter()
        .map(|times| RoomClosure {
            times: Some(times),
            ..whole.clone()
        })
        .collect();
    let mut add = |first: NaiveDate, last: Option<NaiveDate>, from: TimeOfDay, to: TimeOfDay| {
        let (Ok(dates), Ok(times)) = (DateSpan::new(first, last), TimeRange::new(from, to)) else {
            return;
        };
        closures.push(RoomClosure {
            dates,
            times: Some(times),
            certainty,
            ..whole.clone()
        });
    };
    let (midnight, end_of_day) = (TimeOfDay::MIDNIGHT, TimeOfDay::END_OF_DAY);
    add(dates.first(), Some(dates.first()), start, end_of_day);
    if let Some(next) = dates.first().succ_opt() {
        match dates.last() {
            Some(last) => {
                if let Some(before) = last.pred_opt() {
                    add(next, Some(before), midnight, end_of_day);
                }
                add(last, Some(last), midnight, end);
            }
            None => add(next, None, midnight, end_of_day),
        }
    }
    Ok(closures)
}

fn cover(
    row: &isams_client::Cover,
    rooms: &BTreeMap<String, SourceRoom>,
) -> Result<CoverMove, String> {
    Ok(CoverMove {
        id: id_of(&row.id),
        row: row.schedule_id.clone().ok_or("it names no lesson")?,
        date: date(&row.date, "date")?,
        room: match &row.room_id {
            None => CoverRoom::Own,
            Some(room) if rooms.contains_key(room) => CoverRoom::Moved(room.as_str().into()),
            Some(_) => CoverRoom::Unknown,
        },
        teacher: row.teacher_id.clone(),
        certainty: certainty(&row.by_shape),
    })
}

/// What a row says whose names are not known may be misunderstood: a room may be the one that a lesson leaves.
fn certainty(by_shape: &Field<bool>) -> Certainty {
    match by_shape {
        Field::Absent | Field::Value(false) => Certainty::Certain,
        _ => Certainty::Doubtful,
    }
}

fn event(row: &Event, room: &str) -> Result<RoomEvent, String> {
    let all_day = row.all_day.copied() == Some(true);
    Ok(RoomEvent {
        id: id_of(&row.id),
        room: room.into(),
        dates: dates(&row.start_date, &row.end_date, OneDay::Yes)?,
        times: if all_day {
            None
        } else {
            times(&row.start_time, &row.end_time)?
        },
        label: row
            .description
            .clone()
            .unwrap_or_else(|| "an event".to_owned()),
        certainty: Certainty::Certain,
    })
}

fn known<'r>(room: &'r str, rooms: &BTreeMap<String, SourceRoom>) -> Result<&'r str, String> {
    if rooms.contains_key(room) {
        Ok(room)
    } else {
        Err(format!(
            "it is for the room {room}, which the list of rooms does not have"
        ))
    }
}

/// What a row without a last date means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OneDay {
    Yes,
    /// It goes on until it is lifted.
    No,
}

fn dates(
    start: &Field<NaiveDate>,
    end: &Field<NaiveDate>,
    one_day: OneDay,
) -> Result<DateSpan, String> {
    let first = date(start, "start date")?;
    let last = match end {
        Field::Absent if one_day == OneDay::Yes => Some(first),
        Field::Absent => None,
        end => Some(date(end, "end date")?),
    };
    DateSpan::new(first, last).map_err(|error| error.to_string())
}

fn date(field: &Field<NaiveDate>, which: &str) -> Result<NaiveDate, String> {
    match field {
        Field::Value(date) => Ok(*date),
        Field::Absent => Err(format!("it has no {which}")),
        Field::Unreadable(text) => Err(format!("its {which} `{text}` cannot be read")),
    }
}

fn times(start: &Field<ClockTime>, end: &Field<ClockTime>) -> Result<Option<TimeRange>, String> {
    both_ends(time(start, "start")?, time(end, "end")?)
        .map(|(start, end)| range(start, end))
        .transpose()
}

/// Both times, or `None` for whole days: without times, and with 00:00 at both ends.
fn both_ends(start: Option<TimeOfDay>, end: Option<TimeOfDay>) -> Option<(TimeOfDay, TimeOfDay)> {
    match (start, end) {
        (None, None) => None,
        (Some(TimeOfDay::MIDNIGHT), Some(TimeOfDay::MIDNIGHT)) => None,
        (start, end) => Some((
            start.unwrap_or(TimeOfDay::MIDNIGHT),
            end.unwrap_or(TimeOfDay::END_OF_DAY),
        )),
    }
}

fn range(start: TimeOfDay, end: TimeOfDay) -> Result<TimeRange, String> {
    TimeRange::new(start, end)
        .map_err(|_| format!("it ends at {end}, which is not after its start at {start}"))
}

fn time(field: &Field<ClockTime>, which: &str) -> Result<Option<TimeOfDay>, String> {
    match field {
        Field::Absent => Ok(None),
        Field::Value(time) => TimeOfDay::from_seconds(time.seconds())
            .map(Some)
            .map_err(|_| format!("its {which} time {time} is past the end of the day")),
        Field::Unreadable(text) => Err(format!("its {which} time `{text}` cannot be read")),
    }
}

/// The rooms by what people call them. A name that two rooms have names neither.
struct Known<'r>(BTreeMap<String, Option<&'r str>>);

impl<'r> Known<'r> {
    fn of(rooms: &'r BTreeMap<String, SourceRoom>) -> Self {
        let mut names: BTreeMap<String, Option<&str>> = BTreeMap::new();
        for room in rooms.values() {
            let mut own: Vec<String> =
                [Some(&room.name), room.code.as_ref(), room.initials.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(|name| spoken(name))
                    .collect();
            own.sort();
            own.dedup();
            for name in own {
                names
                    .entry(name)
                    .and_modify(|known| *known = None)
                    .or_insert(Some(&room.id));
            }
        }
        Self(names)
    }

    fn room(&self, place: &str) -> Option<&'r str> {
        self.0.get(&spoken(place)).copied().flatten()
    }
}

fn spoken(name: &str) -> String {
    name.trim().to_lowercase()
}
