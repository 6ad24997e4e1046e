//! Names as words: cut, written out and put together.

use super::{
    fold::folded,
    words::{PHRASES, is_remark, is_silent, roman, singular, written_out},
};

/// A short code as it is compared: without case, blanks, punctuation and leading zeros.
pub(super) fn code_key(code: &str) -> Option<String> {
    let plain: Vec<String> = split(&folded(code))
        .into_iter()
        .map(without_zeros)
        .collect();
    let key = joined(&plain);
    (!key.is_empty()).then_some(key)
}

pub(super) fn is_number(token: &str) -> bool {
    !token.is_empty() && token.chars().all(|c| c.is_ascii_digit())
}

pub(super) fn is_mark(token: &str) -> bool {
    is_number(token) || token.chars().count() == 1
}

/// The parts of a name at brackets and at dashes between blanks, in lower case and without accents.
pub(super) fn pieces(name: &str) -> Vec<String> {
    let mut text = folded(name);
    for dash in [" - ", " \u{2013} ", " \u{2014} ", "(", ")", "[", "]"] {
        text = text.replace(dash, "\n");
    }
    let pieces = text.split('\n').map(str::trim);
    pieces
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Runs of letters and runs of digits; an ordinal such as `1st` is one word, and so is `head's`.
pub(super) fn split(piece: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut open = false;
    for c in piece.chars() {
        if matches!(c, '\'' | '\u{2019}' | '\u{2018}') {
            continue;
        }
        if !c.is_alphanumeric() {
            open = false;
            continue;
        }
        match tokens.last_mut() {
            Some(last) if open && is_number(last) == c.is_ascii_digit() => last.push(c),
            _ => tokens.push(c.to_string()),
        }
        open = true;
    }
    ordinals(tokens, piece)
}

/// Joins a number with the ending that makes it an ordinal, where the text has them in one word.
fn ordinals(tokens: Vec<String>, piece: &str) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if let Some(last) = joined.last_mut() {
            let ordinal = format!("{last}{token}");
            if matches!(token.as_str(), "st" | "nd" | "rd" | "th")
                && is_number(last)
                && piece.contains(&ordinal)
            {
                *last = ordinal;
                continue;
            }
        }
        joined.push(token);
    }
    joined
}

pub(super) fn without_zeros(token: String) -> String {
    if !is_number(&token) {
        return token;
    }
    match token.trim_start_matches('0') {
        "" => "0".to_owned(),
        rest => rest.to_owned(),
    }
}

/// Whether a piece behind the name is a remark: `(24 PCs)`, `- new`.
pub(super) fn is_remark_piece(piece: &[String]) -> bool {
    piece.iter().any(|word| is_remark(word))
        && piece.iter().all(|word| is_remark(word) || is_number(word))
}

/// The tokens in one word, with a point between two numbers.
pub(super) fn joined(tokens: &[String]) -> String {
    let mut text = String::new();
    let mut after_number = false;
    for token in tokens {
        let number = is_number(token);
        if after_number && number {
            text.push('.');
        }
        text.push_str(token);
        after_number = number;
    }
    text
}

pub(super) fn canonical(plain: &[String]) -> Vec<String> {
    let loud: Vec<&str> = plain
        .iter()
        .map(String::as_str)
        .filter(|word| !is_silent(word))
        .collect();
    let mut tokens: Vec<String> = Vec::new();
    let count = loud.len();
    for (place, word) in phrases(&loud, PHRASES).into_iter().enumerate() {
        let word = match roman(word) {
            Some(number) if place > 0 && count > 1 && Some(&word) == loud.last() => {
                number.to_owned()
            }
            _ => canonical_word(word),
        };
        if is_mark(&word) || tokens.last() != Some(&word) {
            tokens.push(word);
        }
    }
    tokens
}

pub(super) fn canonical_word(word: &str) -> String {
    singular(written_out(singular_or_known(word))).to_owned()
}

/// The word as the vocabulary has it, else without the `s` of its plural.
fn singular_or_known(word: &str) -> &str {
    if written_out(word) == word {
        singular(word)
    } else {
        word
    }
}

pub(super) fn phrases<'w>(words: &[&'w str], known: &[(&[&str], &'static str)]) -> Vec<&'w str> {
    let mut found: Vec<&'w str> = Vec::with_capacity(words.len());
    let mut place = 0;
    while let Some(rest) = words.get(place..).filter(|rest| !rest.is_empty()) {
        let longest = known
            .iter()
            .filter(|(phrase, _)| rest.starts_with(phrase))
            .max_by_key(|(phrase, _)| phrase.len());
        match longest {
            Some((phrase, word)) => {
                found.push(word);
                place += phrase.len();
            }
            None => {
                found.push(rest[0]);
                place += 1;
            }
        }
    }
    found
}
