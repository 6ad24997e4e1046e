use std::ops::Range;

/// A word of a text, as names are compared.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it stands, without a possessive ending.
    pub(super) range: Range<usize>,
    /// In lower case, with a straight apostrophe.
    pub(super) folded: String,
    /// Whether `'s`, or an apostrophe after an s, follows.
    pub(super) possessive: bool,
}

/// The words of a text: letters and digits, with apostrophes and hyphens inside.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    // A blank at the end closes the last word.
    for (place, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match start {
            None if character.is_alphanumeric() => start = Some(place),
            Some(from) if !(character.is_alphanumeric() || is_inner(character)) => {
                words.push(word(text, from..place));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// The words as one text, equal for two spellings of a name that differ in case, blanks and punctuation.
pub(super) fn fold(text: &str) -> String {
    join(&words(text))
}

/// The folded words with a blank between.
pub(super) fn join(words: &[Word]) -> String {
    let folded: Vec<&str> = words.iter().map(|word| word.folded.as_str()).collect();
    folded.join(" ")
}

fn is_inner(character: char) -> bool {
    is_apostrophe(character) || character == '-'
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2019}')
}

fn word(text: &str, range: Range<usize>) -> Word {
    let whole = text[range.clone()].trim_end_matches('-');
    let inner = whole.trim_end_matches(is_inner);
    let of_one_in_s = inner.len() < whole.len() && inner.ends_with(['s', 'S']);
    let stem = inner
        .strip_suffix(['s', 'S'])
        .and_then(|stem| stem.strip_suffix(is_apostrophe))
        .filter(|stem| !stem.is_empty());
    let (stem, possessive) = match stem {
        Some(stem) => (stem, true),
        None => (inner, of_one_in_s),
    };
    Word {
        range: range.start..range.start + stem.len(),
        folded: stem.to_lowercase().replace('\u{2019}', "'"),
        possessive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_their_possessives() {
        let found: Vec<_> =
            words("Mr. O\u{2019}Dell's, Anne-Marie James' (Lab-2) Boys\u{2019} -x- ")
                .into_iter()
                .map(|word| (word.folded, word.possessive))
                .collect();
        let expected = [
            ("mr", false),
            ("o'dell", true),
            ("anne-marie", false),
            ("james", true),
            ("lab-2", false),
            ("boys", true),
            ("x", false),
        ];
        assert_eq!(
            found,
            expected.map(|(word, possessive)| (word.to_owned(), possessive))
        );
    }

    #[test]
    fn spellings_of_one_name_fold_alike() {
        assert_eq!(fold(" Bee,  QUILL "), "bee quill");
        assert_eq!(fold("Zoë Ångmere"), "zoë ångmere");
        assert_eq!(fold("'s"), "s");
    }
}
