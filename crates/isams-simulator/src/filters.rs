//! What a request asks for in its body: chosen methods, and windows of dates.

use chrono::NaiveDate;

use crate::markup::{self, Element};

/// The filters of a request; none where the body is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    /// The names as written; `None` where every method of the key is to run.
    pub(crate) methods: Option<Vec<String>>,
    windows: Vec<(String, String, Window)>,
}

/// Dates from `start` to `end`, both included, each open where it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: Option<NaiveDate>,
    pub(crate) end: Option<NaiveDate>,
}

/// Why filters are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadFilters {
    /// No XML, or another root than `Filters`.
    Malformed,
    /// A date is none.
    Date,
}

impl Filters {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, BadFilters> {
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let root = std::str::from_utf8(body)
            .ok()
            .and_then(|text| markup::parse(text).ok())
            .filter(|root| root.name == "Filters")
            .ok_or(BadFilters::Malformed)?;
        let methods: Vec<String> = root
            .child("MethodsToRun")
            .map(|list| list.children.as_slice())
            .unwrap_or_default()
            .iter()
            .filter(|child| child.name == "Method")
            .map(|child| child.text.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        let mut windows = Vec::new();
        for module in &root.children {
            for filter in &module.children {
                if let Some(window) = window(filter)? {
                    windows.push((module.name.clone(), filter.name.clone(), window));
                }
            }
        }
        Ok(Self {
            methods: (!methods.is_empty()).then_some(methods),
            windows,
        })
    }

    /// The window of a module's filter, such as `CoverManager` and `AllLessonSuspensions`.
    pub(crate) fn window(&self, module: &str, filter: &str) -> Option<Window> {
        self.windows
            .iter()
            .find(|(known, name, _)| known == module && name == filter)
            .map(|(_, _, window)| *window)
    }

    /// Whether nothing is asked for in particular.
    pub(crate) fn is_empty(&self) -> bool {
        self.methods.is_none() && self.windows.is_empty()
    }
}

fn window(filter: &Element) -> Result<Option<Window>, BadFilters> {
    let date = |name| match filter.attribute(name).map(str::trim) {
        None | Some("") => Ok(None),
        // A time behind the date changes nothing.
        Some(text) => text
            .split('T')
            .next()
            .and_then(|date| date.parse().ok())
            .map(Some)
            .ok_or(BadFilters::Date),
    };
    let (start, end) = (date("StartDate")?, date("EndDate")?);
    Ok((start.is_some() || end.is_some()).then_some(Window { start, end }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_and_windows_are_read() {
        let filters = Filters::parse(
            br#"<?xml version="1.0" encoding="utf-8"?>
            <Filters>
              <MethodsToRun><Method>A_B</Method><Method> c_d </Method><Method/></MethodsToRun>
              <CoverManager>
                <AllLessonSuspensions StartDate="2031-09-01" endDate="2031-12-31"/>
                <AllRoomClosuresAndCover/>
              </CoverManager>
            </Filters>"#,
        )
        .unwrap();
        assert_eq!(
            filters.methods,
            Some(vec!["A_B".to_owned(), "c_d".to_owned()])
        );
        let window = filters
            .window("CoverManager", "AllLessonSuspensions")
            .unwrap();
        assert_eq!(window.start, "2031-09-01".parse().ok());
        assert_eq!(window.end, "2031-12-31".parse().ok());
        assert_eq!(
            filters.window("CoverManager", "AllRoomClosuresAndCover"),
            None
        );
        assert_eq!(filters.window("Cover", "AllLessonSuspensions"), None);
    }

    #[test]
    fn nothing_is_asked_for_in_particular() {
        for body in [
            "",
            " \n",
            "<Filters/>",
            "<Filters><MethodsToRun/></Filters>",
        ] {
            assert!(
                Filters::parse(body.as_bytes()).unwrap().is_empty(),
                "{body}"
            );
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for body in ["x", "<Filter/>", "<Filters>", "\u{1}", "{}"] {
            assert_eq!(
                Filters::parse(body.as_bytes()),
                Err(BadFilters::Malformed),
                "{body}"
            );
        }
        assert_eq!(Filters::parse(b"\xff"), Err(BadFilters::Malformed));
        assert_eq!(
            Filters::parse(b"<Filters><C><X StartDate=\"soon\"/></C></Filters>"),
            Err(BadFilters::Date)
        );
    }
}
