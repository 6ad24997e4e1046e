//! Suspensions, cover, closures and events: what differs from the pattern on certain dates.

use std::collections::BTreeMap;

use isams_client::{DataArea, Event, Field, LessonSuspension, Payload};
use room_timetable::{
    Certainty, CoverMove, CoverRoom, LessonFilter, Overlays, RoomClosure, RoomEvent, Suspension,
};

use super::{
    Skips, SourceRoom,
    cycle::Cycle,
    when::{self, OneDay, When},
};

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
            Ok(mut suspensions) => overlays.suspensions.append(&mut suspensions),
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
                Ok(mut events) => overlays.events.append(&mut events),
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
) -> Result<Vec<Suspension>, String> {
    if let Some(period) = &row.period_id
        && !cycle.periods.contains_key(period)
    {
        return Err(format!(
            "it is for the period {period}, which the structure does not have"
        ));
    }
    let which = LessonFilter {
        row: row.schedule_id.clone(),
        group: row.code.clone(),
        year: row.national_curriculum_year.clone(),
        period: row.period_id.as_deref().map(Into::into),
        room: match &row.room_id {
            Some(room) => Some(known(room, rooms)?.into()),
            None => None,
        },
    };
    let dates = when::dates(&row.start_date, &row.end_date, OneDay::Yes)?;
    let by_period = which.period.is_some();
    let whens = When::of(dates, &row.start_time, &row.end_time, by_period)?;
    let suspensions = whens.into_iter().map(|when| Suspension {
        id: id_of(&row.id),
        dates: when.dates,
        times: when.times,
        which: which.clone(),
        reason: row.reason.clone(),
        certainty: when.certainty.and(certainty(&row.by_shape)),
    });
    Ok(suspensions.collect())
}

fn closure(
    row: &isams_client::RoomClosure,
    reasons: &BTreeMap<&str, &str>,
    rooms: &BTreeMap<String, SourceRoom>,
) -> Result<Vec<RoomClosure>, String> {
    let room = row.room_id.as_deref().ok_or("it names no room")?;
    let room = known(room, rooms)?;
    let dates = when::dates(&row.start_date, &row.end_date, OneDay::No)?;
    let reason = row.reason_id.as_deref().and_then(|id| reasons.get(id));
    let label = reason.map_or("the room is closed", |name| *name);
    let by_period = row.period_id.is_some();
    let whens = When::of(dates, &row.start_time, &row.end_time, by_period)?;
    let closures = whens.into_iter().map(|when| RoomClosure {
        id: id_of(&row.id),
        room: room.into(),
        dates: when.dates,
        times: when.times,
        period: row.period_id.as_deref().map(Into::into),
        label: label.to_owned(),
        certainty: when.certainty.and(certainty(&row.by_shape)),
    });
    Ok(closures.collect())
}

fn cover(
    row: &isams_client::Cover,
    rooms: &BTreeMap<String, SourceRoom>,
) -> Result<CoverMove, String> {
    Ok(CoverMove {
        id: id_of(&row.id),
        row: row.schedule_id.clone().ok_or("it names no lesson")?,
        date: when::date(&row.date, "date")?,
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

fn event(row: &Event, room: &str) -> Result<Vec<RoomEvent>, String> {
    let all_day = row.all_day.copied() == Some(true);
    let dates = when::dates(&row.start_date, &row.end_date, OneDay::Yes)?;
    let whens = if all_day {
        vec![When::whole(dates)]
    } else {
        When::of(dates, &row.start_time, &row.end_time, false)?
    };
    let label = row.description.as_deref().unwrap_or("an event");
    let events = whens.into_iter().map(|when| RoomEvent {
        id: id_of(&row.id),
        room: room.into(),
        dates: when.dates,
        times: when.times,
        label: label.to_owned(),
        certainty: when.certainty,
    });
    Ok(events.collect())
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
