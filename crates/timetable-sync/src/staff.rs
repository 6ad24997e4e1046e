//! Who teaches: names and school addresses by user code.

use std::collections::{BTreeMap, BTreeSet};

use isams_client::Payload;

/// The members of staff, as far as a room timetable needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    names: BTreeMap<String, String>,
    /// Lower-case school address to the user codes that have it.
    by_email: BTreeMap<String, BTreeSet<String>>,
}

impl Staff {
    /// Reads the staff of a payload; rows without user code are of no use and are left out.
    pub fn of(payload: &Payload) -> Self {
        let mut staff = Self::default();
        for member in payload.current_staff.value().into_iter().flatten() {
            let Some(code) = &member.user_code else {
                continue;
            };
            if let Some(name) = &member.name {
                staff.names.insert(code.clone(), name.clone());
            }
            if let Some(email) = &member.email {
                staff
                    .by_email
                    .entry(email.to_lowercase())
                    .or_default()
                    .insert(code.clone());
            }
        }
        staff
    }

    /// The name of a member of staff.
    pub fn name(&self, user_code: &str) -> Option<&str> {
        self.names.get(user_code).map(String::as_str)
    }

    /// The one member of staff with this school address, case ignored; `None` where two share it.
    pub fn with_email(&self, email: &str) -> Option<&str> {
        let codes = self.by_email.get(&email.trim().to_lowercase())?;
        match codes.len() {
            1 => codes.first().map(String::as_str),
            _ => None,
        }
    }
}
