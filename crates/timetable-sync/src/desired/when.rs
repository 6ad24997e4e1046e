//! When a row of an overlay is in force: its dates, and the times of them.

use chrono::NaiveDate;
use isams_client::{ClockTime, Field};
use room_timetable::{Certainty, DateSpan, TimeOfDay, TimeRange};

/// Some dates, and a time of each; all day where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    pub(super) dates: DateSpan,
    pub(super) times: Option<TimeRange>,
    /// Doubtful where a row may mean it or not.
    pub(super) certainty: Certainty,
}

impl When {
    /// The whole dates.
    pub(super) fn whole(dates: DateSpan) -> Self {
        Self {
            dates,
            times: None,
            certainty: Certainty::Certain,
        }
    }

    /// When a row with these dates and times is in force.
    ///
    /// Times over several days may mean these times of every day, or from the first time to the last (inferred: nobody
    /// has seen which). What both mean is certain, and what only the second means is doubtful. Where they are no times of
    /// one day, since the last is not after the first, only the second can be meant. A row for a period means every day
    /// that has it.
    pub(super) fn of(
        dates: DateSpan,
        start: &Field<ClockTime>,
        end: &Field<ClockTime>,
        by_period: bool,
    ) -> Result<Vec<Self>, String> {
        let (start, end) = (time(start, "start")?, time(end, "end")?);
        let Some((start, end)) = both_ends(start, end) else {
            return Ok(vec![Self::whole(dates)]);
        };
        if by_period || dates.last() == Some(dates.first()) {
            let times = Some(range(start, end)?);
            return Ok(vec![Self {
                times,
                ..Self::whole(dates)
            }]);
        }
        let (midnight, end_of_day) = (TimeOfDay::MIDNIGHT, TimeOfDay::END_OF_DAY);
        let (first, last) = (dates.first(), dates.last());
        // An open end has no day before it.
        let (next, before) = (first.succ_opt(), last.and_then(|last| last.pred_opt()));
        let mut whens = Vec::new();
        let mut add = |first: Option<NaiveDate>, last, from, to, certainty| {
            if let Some(Ok(dates)) = first.map(|first| DateSpan::new(first, last))
                && let Ok(times) = TimeRange::new(from, to)
            {
                let times = Some(times);
                whens.push(Self {
                    dates,
                    times,
                    certainty,
                });
            }
        };
        if start < end {
            add(Some(first), last, start, end, Certainty::Certain);
            add(Some(first), before, end, end_of_day, Certainty::Doubtful);
            add(next, last, midnight, start, Certainty::Doubtful);
        } else {
            add(
                Some(first),
                Some(first),
                start,
                end_of_day,
                Certainty::Certain,
            );
            add(next, before, midnight, end_of_day, Certainty::Certain);
            add(last, last, midnight, end, Certainty::Certain);
        }
        Ok(whens)
    }
}

/// What a row without a last date means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OneDay {
    Yes,
    /// It goes on until it is lifted.
    No,
}

pub(super) fn dates(
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

pub(super) fn date(field: &Field<NaiveDate>, which: &str) -> Result<NaiveDate, String> {
    match field {
        Field::Value(date) => Ok(*date),
        Field::Absent => Err(format!("it has no {which}")),
        Field::Unreadable(text) => Err(format!("its {which} `{text}` cannot be read")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn date(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2031, 9, day).unwrap()
    }

    fn when(last: Option<u32>, start: &str, end: &str) -> Result<Vec<String>, String> {
        let field = |text: &str| match text {
            "" => Field::Absent,
            text => Field::Value(text.parse().unwrap()),
        };
        let dates = DateSpan::new(date(8), last.map(date)).unwrap();
        let whens = When::of(dates, &field(start), &field(end), false)?;
        let texts = whens.iter().map(|when| {
            let times = when
                .times
                .map_or("all day".to_owned(), |times| times.to_string());
            let last = when
                .dates
                .last()
                .map_or("..".to_owned(), |last| last.format("%-d").to_string());
            let first = when.dates.first().format("%-d");
            format!("{first}-{last} {times} {:?}", when.certainty)
        });
        Ok(texts.collect())
    }

    #[test]
    fn times_over_several_days_are_certain_where_both_readings_agree() {
        let one_day = when(Some(8), "09:00", "11:00").unwrap();
        assert_eq!(one_day, ["8-8 09:00-11:00 Certain"]);
        let several = when(Some(10), "09:00", "11:00").unwrap();
        assert_eq!(
            several,
            [
                "8-10 09:00-11:00 Certain",
                "8-9 11:00-24:00 Doubtful",
                "9-10 00:00-09:00 Doubtful"
            ]
        );
        let open = when(None, "09:00", "11:00").unwrap();
        assert_eq!(
            open,
            [
                "8-.. 09:00-11:00 Certain",
                "8-.. 11:00-24:00 Doubtful",
                "9-.. 00:00-09:00 Doubtful"
            ]
        );
    }

    #[test]
    fn times_that_no_day_has_mean_from_the_first_to_the_last() {
        let two_days = when(Some(9), "18:00", "09:00").unwrap();
        assert_eq!(
            two_days,
            ["8-8 18:00-24:00 Certain", "9-9 00:00-09:00 Certain"]
        );
        let open = when(None, "18:00", "09:00").unwrap();
        assert_eq!(
            open,
            ["8-8 18:00-24:00 Certain", "9-.. 00:00-24:00 Certain"]
        );
        let error = when(Some(8), "18:00", "09:00").unwrap_err();
        assert_eq!(
            error,
            "it ends at 09:00, which is not after its start at 18:00"
        );
    }

    #[test]
    fn no_times_and_two_midnights_are_whole_days() {
        assert_eq!(when(Some(9), "", "").unwrap(), ["8-9 all day Certain"]);
        assert_eq!(
            when(Some(9), "00:00", "00:00").unwrap(),
            ["8-9 all day Certain"]
        );
        assert_eq!(
            when(Some(8), "", "10:00").unwrap(),
            ["8-8 00:00-10:00 Certain"]
        );
        assert_eq!(
            when(Some(8), "18:00", "").unwrap(),
            ["8-8 18:00-24:00 Certain"]
        );
    }
}
