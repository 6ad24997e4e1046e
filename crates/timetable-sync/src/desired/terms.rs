//! Terms and week allocations.

use chrono::NaiveDate;
use isams_client::{DataArea, Field, Payload, Term as SourceTerm};
use room_timetable::{CycleWeekId, SchoolCalendar, Term, YearWeek};

use super::{Skips, cycle::Cycle};

/// Days. Schools have terms of months, and some call a whole year a term; a longer one is a slip of the pen.
const LONGEST_TERM: i64 = 731;

pub(super) fn read(payload: &Payload, cycle: &Cycle, skips: &mut Skips) -> SchoolCalendar {
    let mut terms = Vec::new();
    for term in payload.terms.value().into_iter().flatten() {
        match read_term(term) {
            Ok(read) => {
                if let Field::Unreadable(year) = &term.school_year {
                    let reason = format!(
                        "its school year `{year}` cannot be read, so only timetables without years are in force in it"
                    );
                    skips.add(DataArea::Terms, term.id.as_deref(), reason);
                }
                terms.push(read);
            }
            Err(reason) => skips.add(DataArea::Terms, term.id.as_deref(), reason),
        }
    }
    let mut allocations = Vec::new();
    for allocation in payload.week_allocations.value().into_iter().flatten() {
        let read = || {
            let year = value(&allocation.year, "year")?;
            let week = value(&allocation.week, "week")?;
            let id = allocation
                .timetable_week_id
                .as_deref()
                .ok_or("it names no timetable week")?;
            if !(1..=54).contains(&week) {
                return Err(format!("it is for week {week}; years have weeks 1 to 54"));
            }
            if !cycle.weeks.iter().any(|known| known.id.as_str() == id) {
                return Err(format!(
                    "it names the timetable week {id}, which the structure does not have"
                ));
            }
            Ok((YearWeek { year, week }, CycleWeekId::new(id)))
        };
        match read() {
            Ok(allocation) => allocations.push(allocation),
            Err(reason) => skips.add(DataArea::WeekAllocations, allocation.id.as_deref(), reason),
        }
    }
    SchoolCalendar::new(terms, allocations)
}

fn read_term(term: &SourceTerm) -> Result<Term, String> {
    let date = |field: &Field<NaiveDate>, which| value(field, which);
    let (first, last) = (
        date(&term.start_date, "start date")?,
        date(&term.finish_date, "finish date")?,
    );
    let days = (last - first).num_days();
    if days > LONGEST_TERM {
        return Err(format!(
            "it lasts {days} days, from {first} to {last}, which looks like a mistake"
        ));
    }
    let name = term
        .name
        .clone()
        .unwrap_or_else(|| "a term without a name".to_owned());
    Term::new(name, term.school_year.value().copied(), first, last)
        .map_err(|error| error.to_string())
}

fn value<T: Copy>(field: &Field<T>, which: &str) -> Result<T, String> {
    match field {
        Field::Value(value) => Ok(*value),
        Field::Absent => Err(format!("it has no {which}")),
        Field::Unreadable(text) => Err(format!("its {which} `{text}` cannot be read")),
    }
}
