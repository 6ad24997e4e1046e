use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use crate::DataArea;

/// Cover of the past week can still explain a booking that stands today.
const DAYS_BACK: Days = Days::new(7);

/// More than a year, so that the last weeks of the summer term are seen from the first days of autumn.
const DAYS_AHEAD: Days = Days::new(400);

/// The method that answers with the events of a span of dates (one public client).
pub(crate) const FILTERED_EVENTS: &str = "Calendar_GetEvents";

/// The method that answers with the timetables in development (one public client).
pub(crate) const DEVELOPMENT_TIMETABLES: &str = "Timetable_GetDevelopmentTimetables";

/// What to ask for: the areas, and the dates for those that iSAMS only answers for a span of dates.
///
/// ```
/// use chrono::NaiveDate;
/// use isams_client::{DataArea, FetchRequest};
///
/// let today = NaiveDate::from_ymd_opt(2031, 9, 3).expect("a date");
/// let request = FetchRequest {
///     areas: vec![DataArea::Terms, DataArea::LessonSuspensions],
///     ..FetchRequest::new(today)
/// };
/// let (from, to) = request.window();
/// assert_eq!((from.to_string(), to.to_string()), ("2031-08-27".into(), "2032-10-07".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchRequest {
    /// The date at the school. It is passed in: this crate reads no clock.
    pub today: NaiveDate,
    /// The last day of the last term that is known, if any is.
    pub last_term_end: Option<NaiveDate>,
    /// The areas to ask for; one that is named twice is asked for once. None at all sends nothing.
    pub areas: Vec<DataArea>,
    /// Whether to ask for the calendar's events by dates (`Calendar_GetEvents`) instead of for this year's and next
    /// year's: some keys hold only that method. All of them then count as events of this year.
    pub filtered_events: bool,
    /// Whether to ask for the timetables in development, too. A key without their method answers without them.
    pub development: bool,
}

impl FetchRequest {
    /// Asks for every area, with no term known.
    pub fn new(today: NaiveDate) -> Self {
        Self {
            today,
            last_term_end: None,
            areas: DataArea::ALL.to_vec(),
            filtered_events: false,
            development: false,
        }
    }

    /// The first and the last date of the suspensions, closures, cover and filtered events that are asked for: from 7
    /// days ago to the end of the last known term, and at least 400 days from today.
    ///
    /// A row outside it is not gone because it is not in the answer. One that lies partly inside is expected in the
    /// answer: that iSAMS goes by overlap, and not by the first date of a row, is inferred.
    pub fn window(&self) -> (NaiveDate, NaiveDate) {
        let from = self
            .today
            .checked_sub_days(DAYS_BACK)
            .unwrap_or(NaiveDate::MIN);
        let to = self
            .today
            .checked_add_days(DAYS_AHEAD)
            .unwrap_or(NaiveDate::MAX);
        (
            from,
            self.last_term_end.map_or(to, |term_end| term_end.max(to)),
        )
    }

    /// Whether only the rows of the [`window`](Self::window) are asked for.
    pub fn is_windowed(&self, area: DataArea) -> bool {
        area.filter().is_some() || self.filtered_events && area == DataArea::EventsThisYear
    }

    /// The areas, each once, in the order of [`DataArea::ALL`].
    pub(crate) fn wanted(&self) -> Vec<DataArea> {
        let mut wanted: Vec<DataArea> = self
            .areas
            .iter()
            .map(|area| match area {
                DataArea::EventsNextYear if self.filtered_events => DataArea::EventsThisYear,
                area => *area,
            })
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }

    /// The `Filters` document: just these methods, with dates for the two that need them (the names: the vendor's
    /// documentation and one public client; that the dates are inclusive is inferred).
    pub(crate) fn filters(&self, areas: &[DataArea]) -> String {
        let (from, to) = self.window();
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Filters>");
        xml.push_str("<MethodsToRun>");
        let filtered_events = self.filtered_events && areas.contains(&DataArea::EventsThisYear);
        for area in areas {
            let method = match area {
                DataArea::EventsThisYear if filtered_events => FILTERED_EVENTS,
                area => area.method(),
            };
            // Writing to a String cannot fail.
            let _ = write!(xml, "<Method>{method}</Method>");
        }
        if self.development {
            let _ = write!(xml, "<Method>{DEVELOPMENT_TIMETABLES}</Method>");
        }
        xml.push_str("</MethodsToRun>");
        let dates = |filter| {
            let (from, to) = (from.format("%Y-%m-%d"), to.format("%Y-%m-%d"));
            format!("<{filter} StartDate=\"{from}\" EndDate=\"{to}\"/>")
        };
        if filtered_events {
            let _ = write!(xml, "<Calendar>{}</Calendar>", dates("Events"));
        }
        let dated: String = areas
            .iter()
            .filter_map(|area| area.filter())
            .map(dates)
            .collect();
        if !dated.is_empty() {
            let _ = write!(xml, "<CoverManager>{dated}</CoverManager>");
        }
        xml.push_str("</Filters>");
        xml
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_window_reaches_to_the_last_term_and_at_least_400_days() {
        for (last_term_end, end) in [
            (None, "2032-10-07"),
            (Some("2032-07-09"), "2032-10-07"),
            (Some("2033-07-08"), "2033-07-08"),
        ] {
            let request = FetchRequest {
                last_term_end: last_term_end.map(date),
                ..FetchRequest::new(date("2031-09-03"))
            };
            assert_eq!(request.window(), (date("2031-08-27"), date(end)));
        }
    }

    #[test]
    fn the_ends_of_time_are_no_panic() {
        assert_eq!(FetchRequest::new(NaiveDate::MIN).window().0, NaiveDate::MIN);
        assert_eq!(FetchRequest::new(NaiveDate::MAX).window().1, NaiveDate::MAX);
    }

    #[test]
    fn only_the_wanted_methods_and_their_filters_are_sent() {
        let request = FetchRequest {
            areas: vec![
                DataArea::Terms,
                DataArea::LessonSuspensions,
                DataArea::Terms,
            ],
            ..FetchRequest::new(date("2031-09-03"))
        };
        assert_eq!(
            request.filters(&request.wanted()),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Filters><MethodsToRun>\
             <Method>Cover_GetAllLessonSuspensions</Method><Method>School_GetSchoolTerms</Method></MethodsToRun>\
             <CoverManager><AllLessonSuspensions StartDate=\"2031-08-27\" EndDate=\"2032-10-07\"/></CoverManager>\
             </Filters>"
        );
        assert_eq!(
            request.filters(&[DataArea::CurrentStaff]),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Filters><MethodsToRun>\
             <Method>HumanResources_GetCurrentStaff</Method></MethodsToRun></Filters>"
        );
        let filtered = FetchRequest {
            areas: vec![DataArea::EventsNextYear, DataArea::EventsThisYear],
            filtered_events: true,
            ..request.clone()
        };
        assert_eq!(
            filtered.filters(&filtered.wanted()),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Filters><MethodsToRun><Method>Calendar_GetEvents</Method>\
             </MethodsToRun><Calendar><Events StartDate=\"2031-08-27\" EndDate=\"2032-10-07\"/></Calendar></Filters>"
        );
        assert!(filtered.is_windowed(DataArea::EventsThisYear));
        assert!(!request.is_windowed(DataArea::EventsThisYear));
        let development = FetchRequest {
            development: true,
            ..request.clone()
        };
        assert!(
            development.filters(&[DataArea::Terms]).contains(
                "School_GetSchoolTerms</Method><Method>Timetable_GetDevelopmentTimetables</Method></MethodsToRun>"
            )
        );
        let all = request.filters(&DataArea::ALL);
        assert_eq!(all.matches("<Method>").count(), 14);
        assert!(all.contains("<AllRoomClosuresAndCover StartDate="));
    }
}
