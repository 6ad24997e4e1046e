//! Names for lessons: the subject of the set or form that a code stands for.

use std::collections::BTreeMap;

use isams_client::{Payload, Schedule};

/// Subject names by the codes that schedule rows carry.
#[derive(Debug)]
pub(super) struct Labels<'p> {
    sets: BTreeMap<&'p str, &'p str>,
    forms: BTreeMap<&'p str, &'p str>,
    /// Year groups of sets; a form does not say its own.
    years: BTreeMap<&'p str, &'p str>,
}

impl<'p> Labels<'p> {
    pub(super) fn of(payload: &'p Payload) -> Self {
        let subjects: BTreeMap<&str, &str> = payload
            .departments_and_subjects
            .value()
            .into_iter()
            .flatten()
            .flat_map(|department| &department.subjects)
            .filter_map(|subject| Some((subject.id.as_deref()?, subject.name.as_deref()?)))
            .collect();
        let named = |code: &'p Option<String>, subject: &Option<String>| {
            Some((code.as_deref()?, *subjects.get(subject.as_deref()?)?))
        };
        let years = payload.teaching_sets.value().into_iter().flatten();
        let sets = payload.teaching_sets.value().into_iter().flatten();
        let forms = payload.teaching_forms.value().into_iter().flatten();
        Self {
            sets: sets
                .filter_map(|set| named(&set.set_code, &set.subject_id))
                .collect(),
            forms: forms
                .filter_map(|form| named(&form.timetable_code, &form.subject_id))
                .collect(),
            years: years
                .filter_map(|set| Some((set.set_code.as_deref()?, set.year_id.as_deref()?)))
                .collect(),
        }
    }

    /// The year group, where the row is of a set that has one.
    pub(super) fn year(&self, row: &Schedule) -> Option<String> {
        let is_form = row.set.value() == Some(&false);
        let code = row.code.as_deref().filter(|_| !is_form)?;
        self.years.get(code).map(|year| (*year).to_owned())
    }

    /// Subject and code, or the code alone where the subject is not known.
    pub(super) fn label(&self, row: &Schedule) -> String {
        let Some(code) = row.code.as_deref() else {
            return "a lesson without a code".to_owned();
        };
        let subject = match row.set.value() {
            Some(true) => self.sets.get(code),
            Some(false) => self.forms.get(code),
            None => self.sets.get(code).or_else(|| self.forms.get(code)),
        };
        subject.map_or_else(|| code.to_owned(), |subject| format!("{subject} {code}"))
    }
}
