use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use super::{
    plain::{is_guid, is_id, is_plain},
    summary::{KeptName, Summary},
    words::{fold, words},
};

/// What stands for whom. A value that was not met before gets the next pseudonym.
///
/// Blank values stay blank, and blanks around a value do not count. Its `Debug` text shows no value.
#[derive(Default)]
pub struct Pseudonyms {
    /// How many people have a number.
    pub(super) people: u32,
    pub(super) ids: Numbers,
    /// The other ids that people have (added to the feed in 2023).
    pub(super) person_ids: Numbers,
    pub(super) codes: Numbers,
    pub(super) emails: Numbers,
    /// Folded full names.
    pub(super) names: HashMap<String, u32>,
    /// Folded surnames.
    pub(super) surnames: HashMap<String, u32>,
    pub(super) forenames: HashSet<String>,
    pub(super) initials: HashMap<String, u32>,
    /// Folded names, short names and codes of rooms.
    pub(super) rooms: HashSet<String>,
    name_spellings: Spellings,
    code_spellings: Spellings,
    groups: HashMap<String, usize>,
    texts: HashMap<String, usize>,
    guids: HashMap<String, usize>,
    kept: BTreeMap<(&'static str, String), bool>,
}

/// Values that each have a number of their own.
#[derive(Default)]
pub(super) struct Numbers {
    by_value: HashMap<String, u32>,
    taken: HashSet<u32>,
}

impl Numbers {
    pub(super) fn get(&self, value: &str) -> Option<u32> {
        self.by_value.get(value).copied()
    }

    /// The number of a value: the person's unless another value has that, else that of one more.
    pub(super) fn number(&mut self, value: &str, person: Option<u32>, people: &mut u32) -> u32 {
        if let Some(number) = self.get(value) {
            return number;
        }
        let number = match person.filter(|person| !self.taken.contains(person)) {
            Some(person) => person,
            None => next(people),
        };
        self.taken.insert(number);
        self.by_value.insert(value.to_owned(), number);
        number
    }
}

/// The exact spellings of values that are one when folded, so that those that differed still do.
#[derive(Default)]
struct Spellings {
    known: HashMap<String, String>,
    count: HashMap<u32, usize>,
}

impl Spellings {
    /// The pseudonym of a spelling, made from how many others the number has.
    fn of(&mut self, text: &str, number: u32, make: impl FnOnce(usize) -> String) -> String {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let count = self.count.entry(number).or_default();
        let made = make(*count);
        *count += 1;
        self.known.insert(text.to_owned(), made.clone());
        made
    }
}

/// One person more.
pub(super) fn next(people: &mut u32) -> u32 {
    *people += 1;
    *people
}

impl Pseudonyms {
    /// `person-12@school.example`, the same for an address in any case.
    pub fn email(&mut self, address: &str) -> String {
        let folded = address.trim().to_lowercase();
        if folded.is_empty() {
            return String::new();
        }
        let number = self.emails.number(&folded, None, &mut self.people);
        format!("person-{number}@school.example")
    }

    /// `Person 12`, or `Person 12 (2)` for another spelling of the same name, such as with the surname first.
    pub fn name(&mut self, name: &str) -> String {
        let name = name.trim();
        if name.is_empty() {
            return String::new();
        }
        let number = self.name_number(name);
        self.name_spellings.of(name, number, |others| match others {
            0 => format!("Person {number}"),
            _ => format!("Person {number} ({})", others + 1),
        })
    }

    /// `Text 5`, whatever the text, unless it is blank.
    pub fn text(&mut self, text: &str) -> String {
        match text.trim() {
            "" => String::new(),
            text => format!("Text {}", place(&mut self.texts, text)),
        }
    }

    /// The text as a name that may be shown, in which members of staff and addresses are replaced. Unless it is
    /// but a number, date or time, the summary lists it as of this kind.
    pub fn keep(&mut self, kind: &'static str, name: &str) -> String {
        if is_plain(name.trim()) {
            return name.to_owned();
        }
        let clean = self.without_staff(name);
        let shown = clean.trim();
        if !shown.is_empty() {
            let like_staff = self.is_like_staff(shown);
            self.kept.insert((kind, shown.to_owned()), like_staff);
        }
        clean
    }

    /// What an answer would have in a member that is not known: numbers, flags, dates and times as they are, the pseudonym
    /// of a code, address or name that is known, and else that of a text.
    pub fn value(&mut self, value: &str) -> String {
        let value = value.trim();
        if value.is_empty() || is_plain(value) {
            return value.to_owned();
        }
        self.known(value).unwrap_or_else(|| {
            if is_guid(value) {
                let number = place(&mut self.guids, &value.to_lowercase());
                return format!("00000000-0000-0000-0000-{number:012}");
            }
            self.text(value)
        })
    }

    /// The pseudonym of a value that is an address, or is known as something else than a text.
    pub(super) fn known(&mut self, value: &str) -> Option<String> {
        if self.groups.contains_key(value) {
            return Some(self.group(value));
        }
        if self.is_code(value) && !is_id(value) {
            return Some(self.code(value));
        }
        if is_address(value) {
            return Some(self.email(value));
        }
        let words = words(value).len();
        (words > 1 && self.names.contains_key(&fold(value))).then(|| self.name(value))
    }

    /// `Group 17`, for a code or name of a set or form. Groups are joined by the exact code.
    pub(super) fn group(&mut self, code: &str) -> String {
        format!("Group {}", place(&mut self.groups, code))
    }

    /// `STAFF0012`. The sync compares codes exactly, so another case stays another code.
    pub(super) fn code(&mut self, code: &str) -> String {
        let folded = code.to_lowercase();
        let number = self.codes.number(&folded, None, &mut self.people);
        self.code_spellings.of(code, number, |others| {
            let letters = "STAFF".chars().enumerate().map(|(place, letter)| {
                if others >> place & 1 == 1 {
                    letter.to_ascii_lowercase()
                } else {
                    letter
                }
            });
            let letters: String = letters.collect();
            format!("{letters}{number:04}")
        })
    }

    fn is_code(&self, value: &str) -> bool {
        self.codes.get(&value.to_lowercase()).is_some()
    }

    /// The number of a member of staff instead of the id.
    pub(super) fn id(&mut self, id: &str) -> String {
        self.ids.number(id, None, &mut self.people).to_string()
    }

    /// What stands for a reference to staff, be it a code, an id or a name. 0 stands for nobody.
    pub(super) fn staff(&mut self, member: &str, value: &str) -> String {
        let flag = value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
        if flag || matches!(value, "0" | "-1") {
            return value.to_owned();
        }
        let is_id = is_id(value);
        if is_id && member.ends_with("PersonId") {
            let number = self.person_ids.number(value, None, &mut self.people);
            return number.to_string();
        }
        // `TeacherId` holds a user code (one public reader), other ids are ids.
        let ids_first = is_id && member.ends_with("Id") && !member.ends_with("TeacherId");
        let known_id = self.ids.get(value).is_some();
        if self.is_code(value) && !(ids_first && known_id) {
            return self.code(value);
        }
        if is_address(value) {
            return self.email(value);
        }
        if known_id || is_id {
            return self.id(value);
        }
        let folded = fold(value);
        if self.names.contains_key(&folded) || self.surnames.contains_key(&folded) {
            return self.name(value);
        }
        if self.initials.contains_key(&folded) {
            return self.initials(value);
        }
        if value.contains(char::is_whitespace) {
            return self.name(value);
        }
        self.code(value)
    }

    /// `12`, which after a `Person` for the forename makes the full name.
    pub(super) fn surname(&mut self, surname: &str) -> String {
        self.surname_number(&fold(surname)).to_string()
    }

    /// `P12`
    pub(super) fn initials(&mut self, initials: &str) -> String {
        let people = &mut self.people;
        let number = self
            .initials
            .entry(fold(initials))
            .or_insert_with(|| next(people));
        format!("P{number}")
    }

    pub(super) fn surname_number(&mut self, folded: &str) -> u32 {
        let people = &mut self.people;
        *self
            .surnames
            .entry(folded.to_owned())
            .or_insert_with(|| next(people))
    }

    fn name_number(&mut self, name: &str) -> u32 {
        let folded = fold(name);
        let known = self.names.get(&folded).or(self.surnames.get(&folded));
        if let Some(number) = known.copied().or_else(|| self.titled(name)) {
            return number;
        }
        let number = next(&mut self.people);
        self.names.insert(folded, number);
        number
    }

    /// What the summary says of values. It knows nothing of what was left out.
    pub(super) fn summary(&self) -> Summary {
        let mut kept_names: Vec<KeptName> = self
            .kept
            .iter()
            .map(|((kind, text), &like_staff)| KeptName {
                kind,
                text: text.clone(),
                like_staff,
            })
            .collect();
        kept_names.sort_by_key(|name| !name.like_staff);
        Summary {
            people: self.people as usize,
            addresses: self.emails.by_value.len(),
            codes: self.codes.by_value.len(),
            groups: self.groups.len(),
            texts: self.texts.len() + self.guids.len(),
            left_out: Vec::new(),
            kept_names,
        }
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pseudonyms")
            .field("people", &self.people)
            .finish_non_exhaustive()
    }
}

/// The place of a value among all that were met, from 1.
fn place(values: &mut HashMap<String, usize>, value: &str) -> usize {
    let next = values.len() + 1;
    *values.entry(value.to_owned()).or_insert(next)
}

/// Whether a text is one e-mail address.
pub(super) fn is_address(text: &str) -> bool {
    let inside = text.split_once('@');
    inside.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_pseudonym_and_another_has_another() {
        let mut pseudonyms = Pseudonyms::default();
        assert_eq!(
            pseudonyms.email(" Q.Bee@bee.example"),
            "person-1@school.example"
        );
        assert_eq!(
            pseudonyms.email("q.bee@BEE.example "),
            "person-1@school.example"
        );
        assert_eq!(
            pseudonyms.email("r.bee@bee.example"),
            "person-2@school.example"
        );
        assert_eq!(pseudonyms.text("chess"), "Text 1");
        assert_eq!(pseudonyms.text("Chess"), "Text 2");
        assert_eq!(pseudonyms.text(" chess "), "Text 1");
        assert_eq!(pseudonyms.group("9A/Ma1"), "Group 1");
        // A text that is a group's code is that group.
        assert_eq!(pseudonyms.value("9A/Ma1"), "Group 1");
        assert_eq!(pseudonyms.value("9a/ma1"), "Text 3");
    }

    #[test]
    fn spellings_of_one_name_are_one_person_and_still_differ() {
        let mut pseudonyms = Pseudonyms::default();
        assert_eq!(pseudonyms.name("School Office"), "Person 1");
        assert_eq!(pseudonyms.name("school office"), "Person 1 (2)");
        assert_eq!(pseudonyms.name(" School Office "), "Person 1");
        assert_eq!(pseudonyms.name("Friends of Alder"), "Person 2");
    }

    #[test]
    fn codes_in_another_case_are_one_person_and_still_another_code() {
        let mut pseudonyms = Pseudonyms::default();
        assert_eq!(pseudonyms.code("ZZ1AB"), "STAFF0001");
        assert_eq!(pseudonyms.code("zz1ab"), "sTAFF0001");
        assert_eq!(pseudonyms.code("Zz1Ab"), "StAFF0001");
        assert_eq!(pseudonyms.code("ZZ1AB"), "STAFF0001");
        assert_eq!(pseudonyms.code("ZZ2AB"), "STAFF0002");
    }

    #[test]
    fn blank_stays_blank() {
        let mut pseudonyms = Pseudonyms::default();
        for blank in ["", " "] {
            assert_eq!(pseudonyms.email(blank), "");
            assert_eq!(pseudonyms.name(blank), "");
            assert_eq!(pseudonyms.text(blank), "");
            assert_eq!(pseudonyms.value(blank), "");
            assert_eq!(pseudonyms.keep("room", blank), blank);
        }
        assert_eq!(pseudonyms.summary(), Summary::default());
    }

    #[test]
    fn values_of_harmless_shapes_stay_and_guids_keep_theirs() {
        let mut pseudonyms = Pseudonyms::default();
        for plain in ["41", "2031-09-03T00:00:00", "09:05", "True"] {
            assert_eq!(pseudonyms.value(plain), plain);
        }
        let guid = "0A1B2C3D-0000-4000-8000-00000000ABCD";
        assert_eq!(
            pseudonyms.value(guid),
            "00000000-0000-0000-0000-000000000001"
        );
        assert_eq!(
            pseudonyms.value(&guid.to_lowercase()),
            "00000000-0000-0000-0000-000000000001"
        );
    }

    #[test]
    fn the_debug_text_shows_no_value() {
        let mut pseudonyms = Pseudonyms::default();
        pseudonyms.name("Quill Bee");
        assert_eq!(format!("{pseudonyms:?}"), "Pseudonyms { people: 1, .. }");
    }
}
