//! What an administrator should know although the run goes on.

use std::{collections::BTreeMap, fmt, time::Duration};

use booking_store::{Room, RoomLink, RunRecord};
use chrono::{NaiveDate, NaiveDateTime};
use isams_client::{AreaState, DataArea, Payload};
use room_timetable::{SchoolTimetable, UnknownDay, YearWeek};

use crate::{
    areas::{self, Frozen},
    cache,
    desired::{Desired, Local, source_rooms},
    document::Document,
    overlaps, rematches,
};

/// What there is to notice.
#[derive(Debug)]
pub(crate) struct Noticed<'p> {
    pub(crate) fresh: &'p Payload,
    pub(crate) document: &'p Document,
    /// Areas that keep their last good state while the run goes on.
    pub(crate) frozen: &'p [Frozen],
    /// Suspensions that are kept although the answer lacks them.
    pub(crate) unproven: usize,
    pub(crate) rooms: &'p [Room],
    pub(crate) links: &'p [RoomLink],
    pub(crate) before: &'p Desired,
    pub(crate) after: &'p Desired,
    pub(crate) today: NaiveDate,
    /// Weeks that an administrator acknowledged.
    pub(crate) holidays: &'p [YearWeek],
    /// The school's syncs so far.
    pub(crate) journal: &'p [RunRecord],
    /// School-local time.
    pub(crate) now: NaiveDateTime,
    pub(crate) expected_cache: Duration,
}

pub(crate) fn warnings(noticed: &Noticed<'_>) -> Vec<String> {
    let Noticed {
        fresh,
        document,
        frozen,
        unproven,
        rooms,
        links,
        before,
        after,
        today,
        holidays,
        journal,
        now,
        expected_cache,
    } = *noticed;
    let frozen_areas = frozen;
    let mut warnings = Vec::new();
    for frozen in frozen_areas {
        let accept = if frozen.state == AreaState::Empty {
            format!("; if that is right, accept {}", frozen.area)
        } else {
            String::new()
        };
        warnings.push(format!(
            "{} is {}, so its last good state is kept{accept}",
            frozen.area.label(),
            frozen.state
        ));
    }
    if unproven > 0 {
        let (suspensions, they) = match unproven {
            1 => ("1 lesson suspension".to_owned(), "it is"),
            many => (format!("{many} lesson suspensions"), "they are"),
        };
        warnings.push(format!(
            "{suspensions} that began before the dates asked for can no longer be seen, which may be by those dates \
             alone, so {they} kept until the last day; if iSAMS no longer has {}, accept {}",
            if unproven == 1 { "it" } else { "them" },
            DataArea::LessonSuspensions
        ));
    }
    for area in DataArea::ALL {
        let state = fresh.state(area);
        let never_there = document.good.state(area) == AreaState::Missing
            && !frozen_areas.iter().any(|frozen| frozen.area == area);
        if !matches!(state, AreaState::Present | AreaState::Empty)
            && never_there
            && !area.is_optional()
        {
            warnings.push(format!("{} is {state}: the key may lack it", area.label()));
        }
    }
    // Before anything is in effect, the rooms that wait are the ones that were matched.
    let known_rooms = source_rooms(areas::last_good(document));
    warnings.extend(rematches::warnings(
        rooms,
        links,
        &known_rooms,
        &after.rooms,
    ));
    warnings.extend(overlaps::warnings(before, after));
    let local = Local {
        holidays,
        ..Local::default()
    };
    let unknown = unknown_weeks(before, after, &local, today);
    warnings.extend(unknown.iter().map(UnknownWeeks::to_string));
    // Quiet alone is no news to tell every night; a rhythm is.
    warnings.extend(
        cache::freshness(journal, Some((now, fresh)), expected_cache)
            .filter(|found| found.looks_like.is_some())
            .map(|found| found.to_string()),
    );
    warnings
}

/// Weeks that follow one another and whose lessons are not known, for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnknownWeeks {
    pub(crate) first: YearWeek,
    pub(crate) last: YearWeek,
    /// How many keys of weeks that is; a week over New Year has two.
    pub(crate) count: usize,
    /// They have no timetable week; otherwise no published timetable is in force.
    pub(crate) unallocated: bool,
}

impl UnknownWeeks {
    /// A week without an allocation.
    pub(crate) fn one(week: YearWeek) -> Self {
        Self {
            first: week,
            last: week,
            count: 1,
            unallocated: true,
        }
    }

    /// Which weeks these are, with their dates.
    pub(crate) fn span(&self) -> String {
        let (first, last) = (self.first, self.last);
        let weeks = if first == last {
            first.to_string()
        } else {
            format!("{first} to {last}")
        };
        match (first.dates().next(), last.dates().last()) {
            (Some(from), Some(to)) => format!(
                "{weeks} ({} to {})",
                from.format("%-d %b %Y"),
                to.format("%-d %b %Y")
            ),
            _ => weeks,
        }
    }
}

impl fmt::Display for UnknownWeeks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lie, are) = if self.first == self.last {
            ("lies", "is")
        } else {
            ("lie", "are")
        };
        let span = self.span();
        let why = if self.unallocated {
            format!("{lie} in a term but {are} allocated to no timetable week")
        } else {
            format!("{lie} in a term, but no published timetable is in force")
        };
        write!(
            f,
            "{span} {why}; nothing is removed there, and no room counts as free"
        )
    }
}

/// Weeks of term from today on whose lessons are not known, where that is new.
pub(crate) fn unknown_weeks(
    before: &Desired,
    after: &Desired,
    local: &Local<'_>,
    today: NaiveDate,
) -> Vec<UnknownWeeks> {
    let (Ok(old), Ok(new)) = (before.calendar(local), after.calendar(local)) else {
        return Vec::new();
    };
    let (old, new) = (unknown(&old, today), unknown(&new, today));
    let mut runs: Vec<UnknownWeeks> = Vec::new();
    for (week, why) in new.iter().filter(|(week, why)| old.get(week) != Some(*why)) {
        let unallocated = matches!(why, UnknownDay::Unallocated(_));
        match runs.last_mut() {
            Some(run) if run.unallocated == unallocated && follows(run.last, *week) => {
                run.last = *week;
                run.count += 1;
            }
            _ => runs.push(UnknownWeeks {
                first: *week,
                last: *week,
                count: 1,
                unallocated,
            }),
        }
    }
    runs
}

/// Whether a week begins where another ends.
fn follows(one: YearWeek, next: YearWeek) -> bool {
    one.dates().last().and_then(|last| last.succ_opt()) == next.dates().next()
}

fn unknown(timetable: &SchoolTimetable, today: NaiveDate) -> BTreeMap<YearWeek, UnknownDay> {
    let weeks = timetable.calendar().term_weeks(today).into_iter();
    weeks
        .filter_map(|week| {
            let mut dates = week.dates().filter(|&date| date >= today);
            dates
                .find_map(|date| timetable.unknown(date))
                .map(|why| (week, why))
        })
        .collect()
}
