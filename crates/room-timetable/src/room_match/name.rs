//! A room's name as words and marks that can be compared.

use super::{
    tokens::{
        canonical, canonical_word, is_mark, is_number, is_remark_piece, joined, loud, phrases,
        pieces, spelt, split, without_zeros,
    },
    words::{
        KIN_PHRASES, is_annexe, is_building_word, is_container, is_countable, is_filler, is_former,
        is_preposition, is_qualifier, is_subject, is_title, kin,
    },
};

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The name without blanks at its ends.
    pub(super) raw: String,
    /// Letters and digits only, in lower case and without accents; a point stands between two numbers. Leading zeros
    /// and remarks are still there.
    pub(super) letters: String,
    /// As `letters`, but without remarks and leading zeros: what a short code is compared with.
    pub(super) key: String,
    /// Everything that counts, written out, in the order of the name.
    pub(super) tokens: Vec<String>,
    /// The words that tell rooms apart, sorted.
    pub(super) words: Vec<String>,
    /// Numbers and single letters in the order of the name: `1` and `a` of `Lab 1A`.
    pub(super) marks: Vec<String>,
    /// The words as they are spelt, without numbers and single letters.
    pub(super) spelt: Vec<String>,
    /// The words before they were written out.
    plain: Vec<String>,
    /// The words of remarks such as `new`, which may belong to the name after all.
    pub(super) remarks: Vec<String>,
    /// The words of the name that the room had before, as a remark says.
    pub(super) former: Vec<String>,
}

impl Name {
    pub(super) fn of(name: &str) -> Self {
        let pieces = pieces(name);
        let all: Vec<String> = pieces.iter().flat_map(|piece| split(piece)).collect();
        let (mut plain, mut remarks, mut former) = (Vec::new(), Vec::new(), Vec::new());
        for piece in &pieces {
            let mut piece: Vec<String> = split(piece).into_iter().map(without_zeros).collect();
            if plain.is_empty() {
                plain = piece;
            } else if piece.first().is_some_and(|word| is_former(word)) {
                former = piece.split_off(1);
            } else if is_remark_piece(&piece) {
                remarks.extend(piece);
            } else {
                plain.extend(piece);
            }
        }
        Self {
            remarks,
            former,
            ..Self::taken_apart(name.trim(), joined(&all), plain)
        }
    }

    fn taken_apart(raw: &str, letters: String, plain: Vec<String>) -> Self {
        let tokens = canonical(&plain);
        let mut words: Vec<String> = tokens
            .iter()
            .filter(|token| !is_mark(token) && !is_filler(token))
            .cloned()
            .collect();
        words.sort();
        Self {
            raw: raw.to_owned(),
            letters,
            key: joined(&plain),
            marks: tokens.iter().filter(|t| is_mark(t)).cloned().collect(),
            tokens,
            words,
            spelt: spelt(&plain),
            plain,
            remarks: Vec::new(),
            former: Vec::new(),
        }
    }

    /// The name with its remarks as words like others, where it has any.
    pub(super) fn with_remarks(&self) -> Option<Self> {
        let plain = [self.plain.as_slice(), &self.remarks].concat();
        (!self.remarks.is_empty()).then(|| self.made_of(plain))
    }

    /// The name that the room had before, where a remark says so.
    pub(super) fn before(&self) -> Option<Self> {
        (!self.former.is_empty()).then(|| self.made_of(self.former.clone()))
    }

    /// This name with other words.
    fn made_of(&self, plain: Vec<String>) -> Self {
        Self::taken_apart(&self.raw, joined(&plain), plain)
    }

    /// The name without the words of a building, where it has them.
    ///
    /// The first word of a building's name is enough: `Lantern 1` is in the Lantern Arts Centre.
    pub(super) fn without_building(&self, building: &Self) -> Option<Self> {
        let core = building.core();
        self.without_words(&core).or_else(|| {
            let first = core.first()?;
            let telling = !is_mark(first) && !is_qualifier(first) && !is_title(first);
            telling.then(|| self.without_words(std::slice::from_ref(first)))?
        })
    }

    fn without_words(&self, core: &[String]) -> Option<Self> {
        let mut plain = self.plain.clone();
        let named = |plain: &[String]| -> Vec<String> {
            plain.iter().map(|word| canonical_word(word)).collect()
        };
        for token in core {
            let place = named(&plain).iter().position(|word| word == token)?;
            // The letter or number of a building stands before the room's own or beside a word such as block.
            let beside = [place.checked_sub(1), Some(place + 1)];
            let is_block = |place: usize| {
                let word = plain.get(place);
                word.is_some_and(|word| is_building_word(&canonical_word(word)))
            };
            if is_mark(token)
                && !plain[place + 1..].iter().any(|word| is_mark(word))
                && !beside.into_iter().flatten().any(is_block)
            {
                return None;
            }
            plain.remove(place);
        }
        plain.retain(|word| !is_building_word(&canonical_word(word)));
        (!core.is_empty() && !plain.is_empty()).then(|| self.made_of(plain))
    }

    /// The name without a code that stands in it, such as `(L2)`; [`None`] where it has none or is nothing else.
    pub(super) fn without_code(&self, code: &str) -> Option<Self> {
        let length = self.plain.len();
        for start in 0..length {
            for end in start + 1..=length {
                if end - start < length && joined(&self.plain[start..end]) == code {
                    let mut plain = self.plain.clone();
                    plain.drain(start..end);
                    return Some(self.made_of(plain));
                }
            }
        }
        None
    }

    /// Whether the name has the word of a subject, as the Science Block and `Science 1` have.
    pub(super) fn has_subject(&self) -> bool {
        self.tokens.iter().any(|token| is_subject(token))
    }

    /// What a building's name tells it apart by.
    fn core(&self) -> Vec<String> {
        let core = self.tokens.iter().filter(|word| !is_building_word(word));
        core.cloned().collect()
    }

    /// What sort of building the name says that it is, where it says more than that it is one.
    fn building_sorts(&self) -> Vec<&str> {
        let tokens = self.tokens.iter().map(String::as_str);
        tokens
            .filter(|word| is_building_word(word) && !matches!(*word, "building" | "block"))
            .collect()
    }

    /// Whether two names of buildings mean one; [`None`] where it cannot be said.
    pub(super) fn is_building(&self, other: &Self) -> Option<bool> {
        let (one, two) = (self.core(), other.core());
        if one.is_empty() || two.is_empty() {
            return (self.letters == other.letters && !self.letters.is_empty()).then_some(true);
        }
        let sorted = |mut core: Vec<String>| {
            core.sort();
            core
        };
        if sorted(one.clone()) == sorted(two.clone()) {
            // The junior school is not the junior house, whatever Mill School and Mill House are.
            let telling = one.iter().any(|word| !is_qualifier(word));
            let (mine, theirs) = (self.building_sorts(), other.building_sorts());
            let apart = !mine.is_empty() && !theirs.is_empty() && mine != theirs;
            return Some(telling || !apart);
        }
        let short = |short: &Self, long: &Self| {
            let initials = long.initials();
            initials.len() > 1 && short.letters == initials
        };
        if short(self, other) || short(other, self) {
            return Some(true);
        }
        // `Lantern` may be the Lantern Arts Centre, or it may not.
        let within =
            |small: &[String], large: &[String]| small.iter().all(|word| large.contains(word));
        let unsure = self.marks == other.marks && (within(&one, &two) || within(&two, &one));
        (!unsure).then_some(false)
    }

    /// The first letters of all words of the name as it was written.
    pub(super) fn initials(&self) -> String {
        let words = self.plain.iter().filter(|word| !is_number(word));
        words.filter_map(|word| word.chars().next()).collect()
    }

    /// The words, where each is replaced by the one that stands for all of its kin; sorted.
    pub(super) fn kin(&self) -> Vec<String> {
        let words: Vec<&str> = self
            .tokens
            .iter()
            .filter(|token| !is_mark(token) && !is_filler(token))
            .map(String::as_str)
            .collect();
        let mut kin: Vec<String> = phrases(&words, KIN_PHRASES)
            .into_iter()
            .map(|word| kin(word).to_owned())
            .collect();
        kin.sort();
        kin
    }

    /// The letters of a name that is a short code with a number, such as `ce` of `CE3`.
    pub(super) fn code_letters(&self) -> Option<&str> {
        match self.plain.as_slice() {
            [letters, number] if !is_number(letters) && is_number(number) => Some(letters),
            _ => None,
        }
    }

    /// Whether letters are the initials of the words, or begin the only one.
    pub(super) fn shortens_to(&self, letters: &str) -> bool {
        let words = loud(&self.plain);
        let mut words = words.iter().filter(|word| !is_mark(word));
        let (first, second) = (words.next(), words.next());
        match (first, second) {
            (Some(only), None) => only.starts_with(letters) && *only != letters,
            (Some(_), Some(_)) => {
                let words = self.plain.iter().filter(|word| !is_mark(word));
                let initials: String = words.filter_map(|word| word.chars().next()).collect();
                initials == letters
            }
            _ => false,
        }
    }

    /// The words that say no more than that it is a room, sorted.
    pub(super) fn fillers(&self) -> Vec<&str> {
        let tokens = self.tokens.iter().map(String::as_str);
        let mut fillers: Vec<&str> = tokens.filter(|token| is_filler(token)).collect();
        fillers.sort_unstable();
        fillers
    }

    /// Each run of marks with the word before it, sorted: that of `Floor 2 Room 1` are `floor 2` and `room 1`.
    pub(super) fn runs(&self) -> Vec<(String, Vec<String>)> {
        let mut runs: Vec<(String, Vec<String>)> = Vec::new();
        let mut before = "";
        let mut open = false;
        for token in &self.tokens {
            let mark = is_mark(token);
            match runs.last_mut() {
                Some((_, run)) if mark && open => run.push(token.clone()),
                _ if mark => runs.push((before.to_owned(), vec![token.clone()])),
                _ => before = token,
            }
            open = mark;
        }
        runs.sort();
        runs
    }

    /// Whether these are the words of another name in an order that does not matter.
    ///
    /// The boat house is not the house boat, the store of room 5 not the fifth store, the lab on floor 2 not the floor's
    /// second lab. An adjective may stand anywhere, and so may all words where the name says that it is turned round, as
    /// `Pavilion, Lower Field` does.
    pub(super) fn is_reordered(&self, other: &Self) -> bool {
        let order = |name: &Self| -> Vec<String> {
            let tokens = name.tokens.iter();
            tokens
                .filter(|word| !is_mark(word) && !is_filler(word) && !is_adjective(word))
                .cloned()
                .collect()
        };
        let (one, two) = (order(self), order(other));
        let subjects = |order: &[String]| order.iter().filter(|word| is_subject(word)).count();
        let turned = one == two
            || self.is_turned()
            || other.is_turned()
            || (one.len() == 2 && subjects(&one) == 1 && !one.iter().any(|word| is_annexe(word)));
        turned
            && self.annexe_behind_number() == other.annexe_behind_number()
            && self.numbered_container() == other.numbered_container()
            && self.counts() == other.counts()
    }

    fn is_turned(&self) -> bool {
        self.raw.contains([',', '(', '['])
            || pieces(&self.raw).len() > 1
            || self.plain.iter().any(|word| is_preposition(word))
    }

    /// Whether the word of an annexe stands behind the number; [`None`] where the name has not both.
    fn annexe_behind_number(&self) -> Option<bool> {
        let annexe = self.tokens.iter().position(|word| is_annexe(word))?;
        let number = self.tokens.iter().position(|word| is_mark(word))?;
        Some(number < annexe)
    }

    /// Whether a number in brackets stands behind another: `Room 1 (2)` is hardly room 1.2.
    pub(super) fn has_number_aside(&self) -> bool {
        self.raw
            .split_once(['(', '['])
            .is_some_and(|(before, aside)| {
                let aside = aside.trim_end().trim_end_matches([')', ']']).trim();
                is_number(aside) && before.trim_end().ends_with(|c: char| c.is_ascii_digit())
            })
    }

    /// What a number counts: one computer in `Library 1 PC`, but none in `Library PC 1`.
    fn counts(&self) -> Option<&String> {
        let pairs = self.tokens.windows(2);
        let mut counted = pairs.filter(|pair| is_number(&pair[0]) && is_countable(&pair[1]));
        counted.next().map(|pair| &pair[1])
    }

    /// The word of a floor or a building to which the first number belongs.
    fn numbered_container(&self) -> Option<&String> {
        let start = self.tokens.iter().position(|word| is_mark(word))?;
        let (before, behind) = self.tokens.split_at(start);
        let beside = [before.last(), behind.iter().find(|word| !is_mark(word))];
        beside.into_iter().flatten().find(|word| is_container(word))
    }

    /// The last number and the letters behind it; empty where there is no number.
    pub(super) fn tail(&self) -> &[String] {
        let last = self.marks.iter().rposition(|mark| is_number(mark));
        last.map_or(&[], |last| &self.marks[last..])
    }

    /// The last number, such as `2` of `Lab 2`.
    pub(super) fn number(&self) -> Option<&str> {
        let mut marks = self.marks.iter().rev();
        marks.find(|mark| is_number(mark)).map(String::as_str)
    }
}

/// Words that may stand before or behind what they describe: `Great Hall`, `Hall, Great`, `Studio Left`.
fn is_adjective(word: &str) -> bool {
    is_qualifier(word) && !is_annexe(word) && !matches!(word, "staff" | "practice")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(name: &str) -> String {
        Name::of(name).tokens.join(" ")
    }

    #[test]
    fn a_name_is_written_out() {
        for (name, expected) in [
            ("LAB01", "laboratory 1"),
            ("Sci Lab 007", "science laboratory 7"),
            ("D&T Workshop", "designtechnology workshop"),
            ("Design and Technology 2", "designtechnology 2"),
            ("Rm. No. 12b", "room 12 b"),
            ("Hall II", "hall 2"),
            ("Lab Three", "laboratory 3"),
            ("Sixth Form Centre", "6th form centre"),
            ("6th Form Center", "6th form centre"),
            ("Head\u{2019}s Study", "head study"),
            ("Physics 1.02", "physics 1 2"),
            ("Maths Room", "mathematics room"),
            ("Lab 1 & 2", "laboratory 1 & 2"),
            ("Labs 1 and 2", "laboratory 1 & 2"),
            ("Labs One + Two", "laboratory 1 & 2"),
            ("Level -1", "level - 1"),
            ("Spanish-1", "spanish 1"),
            ("Lab 1 ii", "laboratory 1 ii"),
            ("Room for Six", "room for 6"),
            ("Number Room", "number room"),
            ("Dr 1", "drama 1"),
            ("Dr Studio", "drama studio"),
            ("Dr Pool\u{2019}s Room", "dr pool room"),
            ("Dr Hall", "dr hall"),
            ("Dr West", "dr west"),
            ("News Room", "news room"),
            ("0", "0"),
            ("", ""),
        ] {
            assert_eq!(tokens(name), expected, "{name}");
        }
    }

    #[test]
    fn remarks_are_left_out_and_other_brackets_are_not() {
        assert_eq!(tokens("ICT Suite (24 PCs)"), "ict suite");
        assert_eq!(tokens("Lab 3 - new"), "laboratory 3");
        assert_eq!(tokens("Lab 3 (formerly Lab 2)"), "laboratory 3");
        assert_eq!(tokens("Gym (old)"), "gym old");
        assert_eq!(tokens("New Gym"), "new gym");
        assert_eq!(tokens("Room (2)"), "room 2");
        assert_eq!(tokens("Lab 3 (max 12 people, projector)"), "laboratory 3");
        assert_eq!(tokens("Lab 3 (30 seats, new)"), "laboratory 3");
        assert_eq!(tokens("ICT Suite (Mac 2)"), "ict suite mac 2");
        assert_eq!(tokens("ICT Suite (Macs)"), "ict suite mac");
        assert_eq!(tokens("Hall (projector 2)"), "hall projector 2");
    }

    #[test]
    fn a_remark_is_kept_in_case_it_is_a_word() {
        let with = |name: &str| {
            Name::of(name)
                .with_remarks()
                .map(|name| name.tokens.join(" "))
        };
        assert_eq!(with("Lab 3 - new"), Some("laboratory 3 new".to_owned()));
        assert_eq!(with("New Lab 3"), None);
        let before = Name::of("Lab 3 (formerly Lab 2)").before();
        assert_eq!(
            before.map(|name| name.tokens.join(" ")),
            Some("laboratory 2".to_owned())
        );
    }

    #[test]
    fn numbers_side_by_side_are_not_one_number() {
        assert_eq!(Name::of("Lab 1-1").letters, "lab1.1");
        assert_ne!(Name::of("Lab 1-1").letters, Name::of("Lab 11").letters);
    }

    #[test]
    fn a_building_is_taken_out_of_a_name() {
        let without = |name: &str, building: &str| {
            let short = Name::of(name).without_building(&Name::of(building));
            short.map(|name| name.tokens.join(" "))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(without("Quarry Block Room 2", "Quarry"), some("room 2"));
        assert_eq!(without("A12", "Block A"), some("12"));
        assert_eq!(without("Room 12 (Block A)", "Block A"), some("room 12"));
        assert_eq!(without("Room 1A", "Block A"), None);
        assert_eq!(without("B12", "Block A"), None);
        assert_eq!(without("Quarry", "Quarry Block"), None);
        assert_eq!(without("St 1", "St Mary's"), None);
        assert_eq!(without("St Mary 1", "St Mary's"), some("1"));
    }

    #[test]
    fn buildings_are_the_same_other_or_unsure() {
        let same = |one: &str, two: &str| Name::of(one).is_building(&Name::of(two));
        assert_eq!(same("Quarry Block", "The Quarry Building"), Some(true));
        assert_eq!(same("QB", "Quarry Block"), Some(true));
        assert_eq!(same("Block A", "Block B"), Some(false));
        assert_eq!(same("Old Gym", "New Gym"), Some(false));
        assert_eq!(same("Junior School", "Junior House"), Some(false));
        assert_eq!(same("Main School", "Main Building"), Some(true));
        assert_eq!(same("Mill School", "Mill House"), Some(true));
        assert_eq!(same("Lantern", "Lantern Arts Centre"), None);
        assert_eq!(same("", "Quarry"), None);
    }
}
