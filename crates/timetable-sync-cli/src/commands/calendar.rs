//! `calendar`: a room's week or weeks.

use booking_store::RunStatus;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Utc};
use serde_json::json;
use timetable_sync::{CurrentTimetable, RoomCalendar};

use crate::{
    args::{CalendarArgs, CalendarFormat},
    calendar_view,
    context::Context,
    exit::{Exit, Failure, Outcome},
    json,
    output::Output,
    room_index::RoomIndex,
    table::terminal_width,
};

pub(crate) async fn run(context: &Context, args: &CalendarArgs) -> Outcome {
    let date = args.week.unwrap_or_else(|| context.now().date());
    let calendar = weeks(context, &args.room, date, args.weeks).await?;
    let format = args.format.unwrap_or(if context.out.json {
        CalendarFormat::Json
    } else {
        CalendarFormat::Text
    });
    // A file or a member of a document is no terminal.
    let plain = Output {
        colour: context.out.colour && args.out.is_none(),
        ..context.out
    };
    let page = match format {
        CalendarFormat::Text => {
            let terminal = args.out.is_none() && !context.out.json;
            let width = terminal.then(terminal_width).flatten();
            calendar_view::page(plain, &calendar, width)
        }
        CalendarFormat::Html => calendar.html(),
        CalendarFormat::Ics => {
            let stamp = last_change(context).await?;
            calendar.ics(&context.school, context.settings.zone, stamp)
        }
        CalendarFormat::Json => json::text(&calendar)?,
    };
    let Some(path) = &args.out else {
        match format {
            CalendarFormat::Json => {
                let document = Output {
                    json: true,
                    ..context.out
                };
                document.print(&page)?;
            }
            CalendarFormat::Html | CalendarFormat::Ics if !context.out.json => {
                context.out.print_as_it_is(&page)?;
            }
            _ => context
                .out
                .result(&json!({ "page": page }), || page.clone())?,
        }
        return Ok(Exit::Done);
    };
    std::fs::write(path, &page).map_err(|error| {
        let text = format!("the calendar cannot be written to {}", path.display());
        Failure::new(Exit::Failed, error).context(text)
    })?;
    context.out.result(&json!({ "written": path }), || {
        format!("The calendar is in {}.", path.display())
    })?;
    Ok(Exit::Done)
}

/// So many weeks, from the Monday of the one that holds `date`.
pub(crate) async fn weeks(
    context: &Context,
    room: &str,
    date: NaiveDate,
    weeks: u16,
) -> Outcome<RoomCalendar> {
    let since_monday = u64::from(date.weekday().num_days_from_monday());
    let monday = date
        .checked_sub_days(Days::new(since_monday))
        .filter(|monday| {
            let days = Days::new(7 * u64::from(weeks));
            monday.checked_add_days(days).is_some()
        })
        .ok_or_else(|| Failure::usage("the date is out of range"))?;
    let state = context
        .state_from(monday.and_time(NaiveDateTime::MIN.time()))
        .await?;
    let room = RoomIndex::new(&state.rooms, &state.room_links).find(room)?;
    let timetable = CurrentTimetable::with_settings(&state, &context.settings)?;
    Ok(RoomCalendar::new(
        &state,
        &timetable,
        room,
        monday,
        weeks.into(),
    ))
}

/// When a run last changed anything, so that calendar files do not differ because of the hour at which they are made.
async fn last_change(context: &Context) -> Outcome<DateTime<Utc>> {
    let runs = context.runs(None).await?;
    let applied = runs.iter().find(|run| run.status == RunStatus::Applied);
    Ok(applied.map_or(DateTime::UNIX_EPOCH, |run| run.started))
}
