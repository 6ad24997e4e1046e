use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::{
    member::{Place, Treatment},
    plain::is_plain,
    pseudonyms::{Pseudonyms, is_address},
    words::fold,
};
use crate::document::Manager;

/// Goes through an answer, member by member in the order of their names.
pub(super) struct Walk<'w> {
    pseudonyms: &'w mut Pseudonyms,
    /// Nowhere to note it while learning.
    left_out: Option<&'w mut BTreeMap<String, usize>>,
    /// The members on the way, without places in lists.
    path: Vec<String>,
}

/// How the members of an element are found out.
#[derive(Clone, Copy)]
enum Rules {
    /// By place and name.
    Names,
    /// As those of the container of staff.
    Container,
    /// As those of a member of staff.
    Staff,
}

impl<'w> Walk<'w> {
    /// Takes note of what is known by its member alone, so that the same value is found in others.
    pub(super) fn learning(pseudonyms: &'w mut Pseudonyms) -> Self {
        Self {
            pseudonyms,
            left_out: None,
            path: Vec::new(),
        }
    }

    pub(super) fn replacing(
        pseudonyms: &'w mut Pseudonyms,
        left_out: &'w mut BTreeMap<String, usize>,
    ) -> Self {
        Self {
            pseudonyms,
            left_out: Some(left_out),
            path: Vec::new(),
        }
    }

    /// The whole answer.
    pub(super) fn document(&mut self, document: &Value) -> Value {
        let mut replaced = Map::new();
        for (name, value) in sorted(document) {
            // The prolog of the XML that it was made from.
            if name == "?xml" {
                continue;
            }
            if name == "iSAMS" {
                replaced.insert(name.clone(), self.managers(value));
            } else {
                self.path.push(shown(name).to_owned());
                self.leave_out();
                self.path.pop();
            }
        }
        Value::Object(replaced)
    }

    fn managers(&mut self, isams: &Value) -> Value {
        if !isams.is_object() {
            return Value::Null;
        }
        self.each(isams, |walk, name, value| {
            let manager = Manager::named(name)?;
            Some(walk.one_or_many(value, |walk, value| walk.containers(manager, value)))
        })
    }

    fn containers(&mut self, manager: Manager, value: &Value) -> Value {
        self.each(value, |walk, name, value| {
            let is_attribute = name.starts_with(['@', '#']);
            let is_read = match manager {
                Manager::Hr => name == "CurrentStaff",
                Manager::School => name == "Terms",
                // Nothing is known of it, so all of it is worth having.
                Manager::Cover => true,
                Manager::Timetable if name == "PublishedTimetables" => true,
                _ => is_attribute || !manager.leaves_out(name),
            };
            if !is_read || walk.treatment(name) == Treatment::LeaveOut {
                return None;
            }
            let rules = if manager == Manager::Hr {
                Rules::Container
            } else {
                Rules::Names
            };
            Some(walk.value(value, name, Treatment::Value, rules))
        })
    }

    /// The value of the member `name`, whose text has this treatment.
    fn value(&mut self, value: &Value, name: &str, text: Treatment, rules: Rules) -> Value {
        match value {
            Value::Null => Value::Null,
            Value::Bool(flag) => Value::Bool(*flag),
            Value::Number(number) => {
                let replaced = self.leaf(&number.to_string(), name, text);
                match replaced.parse::<Number>() {
                    Ok(number) => Value::Number(number),
                    Err(_) => Value::String(replaced),
                }
            }
            Value::String(content) => Value::String(self.leaf(content, name, text)),
            Value::Array(values) => {
                let values = values
                    .iter()
                    .map(|value| self.value(value, name, text, rules));
                Value::Array(values.collect())
            }
            Value::Object(_) => self.members(value, name, text, rules),
        }
    }

    /// The members of an element. Its own text has the treatment of the element.
    fn members(&mut self, value: &Value, element: &str, text: Treatment, rules: Rules) -> Value {
        let names_staff = |name: &str| {
            let name = name.trim_start_matches('@');
            ["StaffId", "TeacherId", "PersonId"].contains(&name)
        };
        // An id beside a reference to staff is that of the link between the two (a public fixture).
        let is_link = sorted(value).any(|(name, _)| names_staff(name));
        self.each(value, |walk, name, value| {
            let is_id = matches!(name, "@Id" | "Id");
            let (treatment, inner) = match rules {
                Rules::Staff => (Treatment::of_staff(name), Rules::Staff),
                Rules::Container if name.starts_with('@') => (Treatment::LeaveOut, Rules::Names),
                Rules::Container => (walk.treatment(name), Rules::Staff),
                Rules::Names if name == "#text" => (text, Rules::Names),
                Rules::Names if is_id && !is_link && Treatment::is_staff(element) => {
                    (Treatment::StaffId, Rules::Names)
                }
                Rules::Names => (walk.treatment(name), Rules::Names),
            };
            if treatment == Treatment::LeaveOut {
                return None;
            }
            // What should be a text of a member of staff and is an element has nothing but its text.
            let is_text_of_staff = matches!(rules, Rules::Staff);
            match value {
                Value::Object(members) if is_text_of_staff => {
                    let content = members.get("#text")?;
                    Some(walk.value(content, name, treatment, Rules::Names))
                }
                Value::Array(_) if is_text_of_staff => None,
                value => Some(walk.value(value, name, treatment, inner)),
            }
        })
    }

    /// The object with the members that `replace` keeps.
    fn each(
        &mut self,
        value: &Value,
        mut replace: impl FnMut(&mut Self, &str, &Value) -> Option<Value>,
    ) -> Value {
        let Value::Object(_) = value else {
            return self.value(value, "", Treatment::Value, Rules::Names);
        };
        let mut replaced = Map::new();
        for (name, value) in sorted(value) {
            self.path.push(shown(name).to_owned());
            let kept = if is_xml_name(name) {
                replace(self, name, value)
            } else {
                None
            };
            match kept {
                Some(value) => {
                    replaced.insert(name.clone(), value);
                }
                None => self.leave_out(),
            }
            self.path.pop();
        }
        Value::Object(replaced)
    }

    fn one_or_many(
        &mut self,
        value: &Value,
        mut replace: impl FnMut(&mut Self, &Value) -> Value,
    ) -> Value {
        match value {
            Value::Array(values) => {
                Value::Array(values.iter().map(|value| replace(self, value)).collect())
            }
            value => replace(self, value),
        }
    }

    /// The treatment of the member at the end of the path.
    fn treatment(&self, name: &str) -> Treatment {
        let step = |place: usize| self.path.get(place).map_or("", String::as_str);
        let place = Place {
            manager: step(0),
            container: step(1),
            element: self.path.len().checked_sub(2).map_or("", step),
        };
        Treatment::of(place, name)
    }

    fn leave_out(&mut self) {
        if let Some(left_out) = &mut self.left_out {
            *left_out.entry(self.path.join(".")).or_default() += 1;
        }
    }

    /// The text that stands for another. The blanks around it stay, and a blank text is empty.
    fn leaf(&mut self, whole: &str, member: &str, treatment: Treatment) -> String {
        let text = whole.trim();
        if text.is_empty() {
            return String::new();
        }
        let learning = self.left_out.is_none();
        let pseudonyms = &mut *self.pseudonyms;
        let replaced = match treatment {
            Treatment::LeaveOut => String::new(),
            Treatment::Staff => pseudonyms.staff(member, text),
            Treatment::Code => pseudonyms.code(text),
            Treatment::StaffId => pseudonyms.staff("StaffId", text),
            Treatment::Name => pseudonyms.name(text),
            Treatment::Forename => "Person".to_owned(),
            Treatment::Surname => pseudonyms.surname(text),
            Treatment::Initials => pseudonyms.initials(text),
            Treatment::Email => pseudonyms.email(text),
            Treatment::Group => pseudonyms.group(text),
            Treatment::Kept(kind) if learning => {
                if kind == "room" {
                    pseudonyms.rooms.insert(fold(text));
                }
                // Who stands after a title here may stand without one before.
                pseudonyms.without_staff(text)
            }
            Treatment::Kept(kind) => pseudonyms.keep(kind, text),
            Treatment::Room | Treatment::Value if learning => {
                if is_address(text) {
                    pseudonyms.email(text);
                }
                String::new()
            }
            Treatment::Room if !is_plain(text) && pseudonyms.rooms.contains(&fold(text)) => {
                pseudonyms.keep("location", text)
            }
            Treatment::Room | Treatment::Value => pseudonyms.value(text),
        };
        let start = whole.len() - whole.trim_start().len();
        let end = whole.trim_end().len();
        format!("{}{replaced}{}", &whole[..start], &whole[end..])
    }
}

/// The members of an object in the order of their names, whatever order it keeps them in.
fn sorted(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let mut members: Vec<_> = value.as_object().into_iter().flatten().collect();
    members.sort_by_key(|(name, _)| *name);
    members.into_iter()
}

/// The name of a member, unless it could be anything.
fn shown(name: &str) -> &str {
    if is_xml_name(name) {
        name
    } else {
        "(no name of XML)"
    }
}

/// Whether a member can have been an element, an attribute or a text.
fn is_xml_name(name: &str) -> bool {
    let bare = name.trim_start_matches(['@', '#']);
    !bare.is_empty()
        && bare
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}
