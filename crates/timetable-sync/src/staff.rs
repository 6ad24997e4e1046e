//! Who teaches: names and school addresses by user code.

use std::collections::BTreeMap;

use isams_client::Payload;

/// The members of staff, as far as a room timetable needs them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    names: BTreeMap<String, String>,
    /// Lower-case school address to the user codes of all who have it; some have an address and no code.
    by_email: BTreeMap<String, Vec<Option<String>>>,
}

impl Staff {
    /// Reads the staff of a payload.
    pub fn of(payload: &Payload) -> Self {
        let mut staff = Self::default();
        for member in payload.current_staff.value().into_iter().flatten() {
            if let (Some(code), Some(name)) = (&member.user_code, &member.name) {
                staff.names.insert(code.clone(), name.clone());
            }
            if let Some(email) = &member.email {
                let holders = staff.by_email.entry(email.to_lowercase()).or_default();
                // The same person twice is one person.
                if member.user_code.is_none() || !holders.contains(&member.user_code) {
                    holders.push(member.user_code.clone());
                }
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
        match self.by_email.get(&email.trim().to_lowercase())?.as_slice() {
            [only] => only.as_deref(),
            _ => None,
        }
    }
}
