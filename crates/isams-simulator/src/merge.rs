//! Puts documents of several keys, or files, together as one key would have answered.

use serde_json::{Map, Value};

/// Merges `from` into `into`: managers and containers deeply, rows one after the other.
pub(crate) fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (into, from) if is_nothing(into) => *into = from,
        (_, from) if is_nothing(&from) => {}
        (Value::Object(into), Value::Object(from)) if !is_row(into) && !is_row(&from) => {
            for (key, value) in from {
                match into.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None => {
                        into.insert(key, value);
                    }
                }
            }
        }
        (into, from) => {
            let mut rows = listed(into.take());
            rows.extend(listed(from));
            *into = Value::Array(rows);
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Only rows have an id; containers have none.
fn is_row(object: &Map<String, Value>) -> bool {
    object.contains_key("@Id")
}

fn listed(value: Value) -> Vec<Value> {
    match value {
        Value::Array(rows) => rows,
        one => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(one: Value, other: Value) -> Value {
        let mut into = one;
        merge(&mut into, other);
        into
    }

    #[test]
    fn areas_of_one_manager_stand_side_by_side() {
        assert_eq!(
            merged(
                json!({"iSAMS": {"T": {"A": {"X": null}}}}),
                json!({"iSAMS": {"T": {"B": "b"}, "U": null}})
            ),
            json!({"iSAMS": {"T": {"A": {"X": null}, "B": "b"}, "U": null}})
        );
    }

    #[test]
    fn rows_of_one_container_follow_each_other_whatever_their_number() {
        assert_eq!(
            merged(
                json!({"Sets": {"Set": {"@Id": "1"}}}),
                json!({"Sets": {"Set": [{"@Id": "2"}, {"@Id": "3"}]}})
            ),
            json!({"Sets": {"Set": [{"@Id": "1"}, {"@Id": "2"}, {"@Id": "3"}]}})
        );
        assert_eq!(
            merged(json!({"Set": {"@Id": "1"}}), json!({"Set": {"@Id": "2"}})),
            json!({"Set": [{"@Id": "1"}, {"@Id": "2"}]})
        );
    }

    #[test]
    fn an_empty_container_takes_nothing_away() {
        let full = json!({"Sets": {"Set": {"@Id": "1"}}});
        for empty in [
            json!({"Sets": null}),
            json!({"Sets": ""}),
            json!({"Sets": {}}),
        ] {
            assert_eq!(merged(full.clone(), empty.clone()), full);
            assert_eq!(merged(empty, full.clone()), full);
        }
    }

    #[test]
    fn a_container_that_came_twice_keeps_both() {
        assert_eq!(
            merged(
                json!({"Events": [{"Event": null}, {"Event": null}]}),
                json!({"Events": {"Event": {"@Id": "1"}}})
            ),
            json!({"Events": [{"Event": null}, {"Event": null}, {"Event": {"@Id": "1"}}]})
        );
    }
}
