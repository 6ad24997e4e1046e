//! The part of a document that a request gets: the areas of its methods, and rows in its windows.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::filters::{Filters, Window};
use crate::method::{EVENTS_NEXT_YEAR, EVENTS_THIS_YEAR, FILTERED_EVENTS, METHODS, Method};

/// The methods that run for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Running {
    /// Everything that is there.
    Everything,
    /// These, and nothing else is answered.
    Only(Vec<&'static Method>),
}

impl Running {
    fn has(&self, name: &str) -> bool {
        match self {
            // Its rows are those of the other two, so it runs where it is asked for.
            Self::Everything => name != FILTERED_EVENTS,
            Self::Only(methods) => methods.iter().any(|method| method.name == name),
        }
    }

    /// The first method that needs a filter and has none.
    pub(crate) fn lacks_filter(&self, filters: &Filters) -> Option<&'static Method> {
        METHODS.iter().find(|method| {
            self.has(method.name)
                && method
                    .filter
                    .is_some_and(|(module, name)| filters.window(module, name).is_none())
        })
    }

    fn writes(&self, manager: &str, container: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(methods) => methods
                .iter()
                .any(|method| method.manager == manager && method.containers.contains(&container)),
        }
    }

    fn writes_in(&self, manager: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(methods) => methods.iter().any(|method| method.manager == manager),
        }
    }
}

/// Leaves in the document what the methods write, with the filters applied. A document without
/// `iSAMS` stays as it is.
pub(crate) fn select(document: &mut Value, running: &Running, filters: &Filters) {
    let Some(Value::Object(managers)) = document.get_mut("iSAMS") else {
        return;
    };
    for (name, mut manager) in std::mem::take(managers) {
        if !running.writes_in(&name) {
            continue;
        }
        let was_empty = is_empty(&manager);
        match &mut manager {
            Value::Array(parts) => parts
                .iter_mut()
                .for_each(|part| select_containers(&name, part, running, filters)),
            one => select_containers(&name, one, running, filters),
        }
        if was_empty || !is_empty(&manager) {
            managers.insert(name, manager);
        }
    }
}

fn is_empty(manager: &Value) -> bool {
    match manager {
        Value::Object(containers) => containers.is_empty(),
        Value::Array(parts) => parts.iter().all(is_empty),
        other => other.is_null(),
    }
}

fn select_containers(manager: &str, part: &mut Value, running: &Running, filters: &Filters) {
    let Value::Object(containers) = part else {
        return;
    };
    for (name, mut container) in std::mem::take(containers) {
        if !running.writes(manager, &name) {
            continue;
        }
        if (manager, name.as_str()) == ("CalendarManager", "Events") {
            container = events(container, running, filters);
        }
        let window = METHODS
            .iter()
            .filter(|method| method.manager == manager && manager == "CoverManager")
            .filter(|method| method.containers.contains(&name.as_str()))
            .find_map(|method| method.filter)
            .and_then(|(module, filter)| filters.window(module, filter));
        if let Some(window) = window {
            keep(&mut container, |row| overlaps(row, window, Unended::GoesOn));
        }
        containers.insert(name, container);
    }
}

/// Events of this year and of next stand in containers of the same name: the last of several is
/// next year's, a single one this year's (inferred).
fn events(container: Value, running: &Running, filters: &Filters) -> Value {
    let mut this_year = match container {
        Value::Array(containers) => containers,
        one => vec![one],
    };
    let next_year = if this_year.len() > 1 {
        this_year.pop()
    } else {
        None
    };
    let filtered = filters.window("Calendar", "Events").and_then(|window| {
        let asked = match running {
            Running::Everything => true,
            Running::Only(_) => running.has(FILTERED_EVENTS),
        };
        asked.then(|| {
            let mut all = Map::new();
            let rows = this_year.iter().chain(&next_year).flat_map(rows).cloned();
            all.insert("Event".to_owned(), Value::Array(rows.collect()));
            let mut all = Value::Object(all);
            keep(&mut all, |row| overlaps(row, window, Unended::OneDay));
            all
        })
    });
    let mut answered = Vec::new();
    if running.has(EVENTS_THIS_YEAR) {
        answered.append(&mut this_year);
    }
    if running.has(EVENTS_NEXT_YEAR) {
        answered.extend(next_year);
    }
    answered.extend(filtered);
    match answered.len() {
        0 => Value::Null,
        1 => answered.remove(0),
        _ => Value::Array(answered),
    }
}

fn rows(container: &Value) -> &[Value] {
    match container.get("Event") {
        Some(Value::Array(rows)) => rows,
        Some(Value::Null) | None => &[],
        Some(one) => std::slice::from_ref(one),
    }
}

/// Keeps the rows for which `stays` holds, and writes what is left as the API does: none as
/// `null`, one as an object, several as an array.
fn keep(container: &mut Value, stays: impl Fn(&Value) -> bool) {
    let Value::Object(members) = container else {
        return;
    };
    for rows in members.values_mut() {
        match rows {
            Value::Array(all) => {
                all.retain(&stays);
                match all.len() {
                    0 => *rows = Value::Null,
                    1 => *rows = all.remove(0),
                    _ => {}
                }
            }
            Value::Object(_) if !stays(rows) => *rows = Value::Null,
            _ => {}
        }
    }
    if members.values().all(Value::is_null) {
        *container = Value::Null;
    }
}

/// What a row without an end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unended {
    GoesOn,
    OneDay,
}

/// Whether the row's dates touch the window. A row without dates does.
fn overlaps(row: &Value, window: Window, unended: Unended) -> bool {
    let date = |name: &str| -> Option<NaiveDate> {
        let text = row.get(name)?.as_str()?.trim();
        text.get(..10)?.parse().ok()
    };
    let start = date("StartDate").or_else(|| date("Date"));
    let end = date("EndDate")
        .or_else(|| date("Date"))
        .or_else(|| start.filter(|_| unended == Unended::OneDay));
    let begins_too_late = matches!((start, window.end), (Some(start), Some(last)) if start > last);
    let ends_too_early = matches!((end, window.start), (Some(end), Some(first)) if end < first);
    !begins_too_late && !ends_too_early
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn selected(document: &Value, methods: &[&str], filters: &str) -> Value {
        let mut document = json!({"iSAMS": document});
        let methods = methods.iter().map(|name| Method::named(name).unwrap());
        let running = Running::Only(methods.collect());
        let filters = Filters::parse(filters.as_bytes()).unwrap();
        select(&mut document, &running, &filters);
        document["iSAMS"].take()
    }

    #[test]
    fn managers_and_containers_of_other_methods_are_missing() {
        let document = json!({
            "SchoolManager": {"Terms": {"Term": {"@Id": "1"}}, "Forms": null, "Odd": null},
            "HRManager": {"CurrentStaff": null},
            "Other": null,
        });
        assert_eq!(
            selected(&document, &["school_getschoolterms"], ""),
            json!({"SchoolManager": {"Terms": {"Term": {"@Id": "1"}}}})
        );
        assert_eq!(
            selected(&document, &["HumanResources_GetCurrentStaff"], ""),
            json!({"HRManager": {"CurrentStaff": null}})
        );
        assert_eq!(
            selected(&document, &["Teaching_GetTeachingSets"], ""),
            json!({})
        );
        assert_eq!(
            selected(
                &json!({"HRManager": null}),
                &["HumanResources_GetCurrentStaff"],
                ""
            ),
            json!({"HRManager": null})
        );
    }

    #[test]
    fn events_of_the_years_are_told_apart() {
        let (this, next) = (
            json!({"Event": {"@Id": "1", "StartDate": "2031-10-02T00:00:00"}}),
            json!({"Event": {"@Id": "2", "StartDate": "2032-10-02T00:00:00"}}),
        );
        let both = json!({"CalendarManager": {"Events": [this, next]}});
        let events = |document: &Value, methods: &[&str], filters| {
            selected(document, methods, filters)["CalendarManager"]["Events"].take()
        };
        assert_eq!(events(&both, &[EVENTS_THIS_YEAR], ""), this);
        assert_eq!(events(&both, &[EVENTS_NEXT_YEAR], ""), next);
        assert_eq!(
            events(&both, &[EVENTS_NEXT_YEAR, EVENTS_THIS_YEAR], ""),
            json!([this, next])
        );
        let one = json!({"CalendarManager": {"Events": this}});
        assert_eq!(events(&one, &[EVENTS_THIS_YEAR], ""), this);
        assert_eq!(events(&one, &[EVENTS_NEXT_YEAR], ""), json!(null));
        let window = r#"<Filters><Calendar><Events StartDate="2032-10-02" EndDate="2032-10-02"/></Calendar></Filters>"#;
        assert_eq!(events(&both, &[FILTERED_EVENTS], window), next);
    }

    #[test]
    fn rows_stay_where_they_touch_the_window() {
        let suspensions = "Cover_GetAllLessonSuspensions";
        let rows = |filters: &str| {
            let row = |id: &str, start: &str, end: Option<&str>| json!({"@Id": id, "StartDate": start, "EndDate": end});
            let document = json!({"CoverManager": {"LessonSuspensions": {"LessonSuspension": [
                row("1", "2031-11-03T00:00:00", Some("2031-11-07T00:00:00")),
                row("2", "2031-11-10", Some("2031-11-10")),
                row("3", "2031-11-20", None),
                {"@Id": "4"},
            ]}}});
            let filters = format!(
                "<Filters><CoverManager><AllLessonSuspensions {filters}/></CoverManager></Filters>"
            );
            let rows =
                selected(&document, &[suspensions], &filters)["CoverManager"]["LessonSuspensions"]
                    ["LessonSuspension"]
                    .take();
            match rows {
                Value::Array(rows) => rows,
                one => vec![one],
            }
            .iter()
            .filter_map(|row| row["@Id"].as_str().map(str::to_owned))
            .collect::<String>()
        };
        for (window, ids) in [
            (r#"StartDate="2031-11-07" EndDate="2031-11-10""#, "124"),
            (r#"StartDate="2031-11-08" EndDate="2031-11-09""#, "4"),
            (r#"StartDate="2032-01-01" EndDate="2032-12-31""#, "34"),
            (r#"EndDate="2031-11-03""#, "14"),
            (r#"StartDate="2031-11-10""#, "234"),
        ] {
            assert_eq!(rows(window), ids, "{window}");
        }
    }

    #[test]
    fn a_container_without_rows_is_null() {
        let document = json!({"CoverManager": {
            "RoomClosures": {"RoomClosure": {"@Id": "1", "StartDate": "2031-11-03", "EndDate": "2031-11-03"}},
            "Covers": {"Cover": [
                {"@Id": "2", "Date": "2031-11-03T00:00:00"},
                {"@Id": "3", "Date": "2032-01-05T00:00:00"},
            ]},
        }});
        let filters = r#"<Filters><CoverManager><AllRoomClosuresAndCover StartDate="2032-01-01" EndDate="2032-01-31"/></CoverManager></Filters>"#;
        assert_eq!(
            selected(&document, &["Cover_GetAllRoomClosuresAndCover"], filters),
            json!({"CoverManager": {
                "RoomClosures": null,
                "Covers": {"Cover": {"@Id": "3", "Date": "2032-01-05T00:00:00"}},
            }})
        );
    }
}
