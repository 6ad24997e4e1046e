use serde_json::Value;

use super::{
    pseudonyms::{Pseudonyms, next},
    words::{fold, words},
};

/// Gives every member of staff a number, in the order in which they stand.
pub(super) fn learn_staff(document: &Value, pseudonyms: &mut Pseudonyms) {
    for manager in objects(&document["iSAMS"]["HRManager"]) {
        for staff in objects(&manager["CurrentStaff"]) {
            for rows in staff
                .as_object()
                .into_iter()
                .flat_map(|staff| staff.values())
            {
                objects(rows).for_each(|row| pseudonyms.learn(row));
            }
        }
    }
}

/// The object, or the objects of an array.
fn objects(value: &Value) -> impl Iterator<Item = &Value> {
    let rows = match value {
        Value::Array(rows) => rows.as_slice(),
        value => std::slice::from_ref(value),
    };
    rows.iter().filter(|row| row.is_object())
}

/// The text of a member, as the reader takes it.
fn text(row: &Value, member: &str) -> Option<String> {
    let text = match &row[member] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(members) => members.get("#text")?.as_str()?.to_owned(),
        _ => return None,
    };
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl Pseudonyms {
    /// Takes note of one member of staff and of all that names them. The same id is the same person, and so is the same
    /// code or address where there is no id.
    fn learn(&mut self, row: &Value) {
        let of = |member: &str| text(row, member);
        let id = of("@Id").or_else(|| of("Id"));
        let code = of("UserCode").map(|code| code.to_lowercase());
        let email = of("SchoolEmailAddress").map(|email| email.to_lowercase());
        let known = match (&id, &code, &email) {
            (Some(id), _, _) => self.ids.get(id),
            (None, Some(code), _) => self.codes.get(code),
            (None, None, Some(email)) => self.emails.get(email),
            (None, None, None) => None,
        };
        let person = known.unwrap_or_else(|| next(&mut self.people));
        if let Some(id) = id {
            self.ids.number(&id, Some(person), &mut self.people);
        }
        if let Some(id) = of("@PersonId").or_else(|| of("PersonId")) {
            self.person_ids.number(&id, Some(person), &mut self.people);
        }
        if let Some(code) = code {
            self.codes.number(&code, Some(person), &mut self.people);
        }
        if let Some(email) = email {
            self.emails.number(&email, Some(person), &mut self.people);
        }
        if let Some(initials) = of("Initials") {
            self.initials.entry(fold(&initials)).or_insert(person);
        }
        self.learn_names(
            person,
            of("FullName").as_deref(),
            [of("PreferredName"), of("Forename")],
            of("Surname").as_deref(),
        );
        if let Some(salutation) = of("Salutation")
            && words(&salutation).len() > 1
        {
            self.names.entry(fold(&salutation)).or_insert(person);
        }
    }

    fn learn_names(
        &mut self,
        person: u32,
        full: Option<&str>,
        forenames: [Option<String>; 2],
        surname: Option<&str>,
    ) {
        let mut surname = surname.map(fold);
        let mut forenames: Vec<String> = forenames
            .into_iter()
            .flatten()
            .map(|name| fold(&name))
            .collect();
        if let Some(full) = full {
            self.names.entry(fold(full)).or_insert(person);
            // Where the parts are not sent, the first and the last word are the likeliest.
            if let [first, .., last] = words(full).as_slice() {
                surname.get_or_insert_with(|| last.folded.clone());
                if forenames.is_empty() {
                    forenames.push(first.folded.clone());
                }
            }
        }
        for forename in forenames.into_iter().filter(|name| !name.is_empty()) {
            if let Some(surname) = &surname {
                for name in [
                    format!("{forename} {surname}"),
                    format!("{surname} {forename}"),
                ] {
                    self.names.entry(name).or_insert(person);
                }
            }
            self.forenames.insert(forename);
        }
        if let Some(surname) = surname.filter(|surname| !surname.is_empty()) {
            self.surnames.entry(surname).or_insert(person);
        }
    }
}
