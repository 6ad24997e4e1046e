use std::ops::Range;

use super::{
    pseudonyms::{Pseudonyms, is_address},
    words::{Word, join, words},
};

/// What stands before a surname and nowhere else.
const TITLES: [&str; 10] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "revd",
    "rev",
    "prof",
    "professor",
];

/// What may stand before a surname, and may be something else: a subject, or a form of address alone.
const DOUBTFUL_TITLES: [&str; 6] = ["sir", "madam", "dame", "fr", "father", "sister"];

/// What stands inside a surname, before its last word.
const PARTICLES: [&str; 14] = [
    "de", "da", "di", "du", "del", "della", "la", "le", "van", "von", "den", "der", "bin", "st",
];

/// Names of more words are not looked for.
const LONGEST: usize = 6;

/// A user code of fewer letters may be a room's short name.
const SHORTEST_CODE: usize = 5;

/// Words that are someone, and who.
struct Found {
    words: Range<usize>,
    person: String,
}

impl Pseudonyms {
    /// The text with e-mail addresses, full names of staff, their user codes, and surnames after a title or before a
    /// possessive replaced.
    pub(super) fn without_staff(&mut self, text: &str) -> String {
        let text = self.without_addresses(text);
        let words = words(&text);
        let mut clean = String::with_capacity(text.len());
        let (mut place, mut copied) = (0, 0);
        while place < words.len() {
            let Some(found) = self.someone(&words, place) else {
                place += 1;
                continue;
            };
            let (first, last) = (&words[found.words.start], &words[found.words.end - 1]);
            clean.push_str(&text[copied..first.range.start]);
            clean.push_str(&found.person);
            copied = last.range.end;
            place = found.words.end;
        }
        clean.push_str(&text[copied..]);
        clean
    }

    /// Whether a word is part of the name of a member of staff.
    pub(super) fn is_like_staff(&self, text: &str) -> bool {
        words(text).iter().any(|word| {
            word.folded.chars().count() > 2
                && (self.surnames.contains_key(&word.folded)
                    || self.forenames.contains(&word.folded))
        })
    }

    /// The number of a known surname after a title, where that is all the text.
    pub(super) fn titled(&mut self, text: &str) -> Option<u32> {
        let words = words(text);
        let (title, rest) = words.split_first()?;
        let rest = join(rest);
        let number = self.names.get(&rest).or(self.surnames.get(&rest));
        number.copied().filter(|_| is_title(title))
    }

    fn without_addresses(&mut self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        for piece in text.split_inclusive(char::is_whitespace) {
            let start = piece.trim_start_matches(|c: char| !c.is_alphanumeric());
            let address = start.trim_end_matches(|c: char| !c.is_alphanumeric());
            if is_address(address) {
                clean.push_str(&piece[..piece.len() - start.len()]);
                clean.push_str(&self.email(address));
                clean.push_str(&start[address.len()..]);
            } else {
                clean.push_str(piece);
            }
        }
        clean
    }

    /// Who stands at this place, if anybody does.
    fn someone(&mut self, words: &[Word], place: usize) -> Option<Found> {
        let lengths = || (1..=LONGEST.min(words.len() - place)).rev();
        for length in lengths().filter(|length| *length > 1) {
            let range = place..place + length;
            if let Some(number) = self.names.get(&join(&words[range.clone()])) {
                return Some(Found {
                    words: range,
                    person: format!("Person {number}"),
                });
            }
        }
        if let Some(found) = self.after_title(words, place) {
            return Some(found);
        }
        for range in lengths().map(|length| place..place + length) {
            if words[range.end - 1].possessive
                && let Some(number) = self.surnames.get(&join(&words[range.clone()]))
            {
                return Some(Found {
                    words: range,
                    person: format!("Person {number}"),
                });
            }
        }
        let word = &words[place].folded;
        let number = self.codes.get(word)?;
        (word.chars().count() >= SHORTEST_CODE).then(|| Found {
            words: place..place + 1,
            person: format!("STAFF{number:04}"),
        })
    }

    /// Who stands after the title at this place. After one that is nothing else it is somebody, known or not.
    fn after_title(&mut self, words: &[Word], place: usize) -> Option<Found> {
        let title = &words[place];
        if title.possessive || !is_title(title) {
            return None;
        }
        let certain = TITLES.contains(&title.folded.as_str());
        // Initials belong to the name.
        let first = place + 1;
        let initials = words[first..]
            .iter()
            .take_while(|word| word.folded.chars().count() == 1 && is_letters(word))
            .count();
        let surname = first + initials;
        let rest = words.get(surname..).filter(|rest| !rest.is_empty())?;
        let found = |person: u32, length: usize| Found {
            words: first..surname + length,
            person: format!("Person {person}"),
        };
        for length in (1..=LONGEST.min(rest.len())).rev() {
            let name = join(&rest[..length]);
            if let Some(&number) = self.surnames.get(&name).or(self.names.get(&name)) {
                return Some(found(number, length));
            }
        }
        // Of `Mr & Mrs Bee` only the second title has the name.
        if !certain || !is_letters(&rest[0]) || is_title(&rest[0]) {
            return None;
        }
        // A forename that others have is followed by the surname.
        let goes_on = |word: &&Word| {
            let before_surname =
                PARTICLES.contains(&word.folded.as_str()) || self.forenames.contains(&word.folded);
            before_surname && !word.possessive
        };
        let before = rest.iter().take_while(goes_on).count();
        let length = if rest.get(before).is_some_and(is_letters) {
            before + 1
        } else {
            before.max(1)
        };
        let number = self.surname_number(&join(&rest[..length]));
        Some(found(number, length))
    }
}

fn is_title(word: &Word) -> bool {
    let word = word.folded.as_str();
    TITLES.contains(&word) || DOUBTFUL_TITLES.contains(&word)
}

fn is_letters(word: &Word) -> bool {
    word.folded.starts_with(char::is_alphabetic)
        && !word.folded.contains(|c: char| c.is_ascii_digit())
}
