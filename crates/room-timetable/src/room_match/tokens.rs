//! Names as words: cut, written out and put together.

use super::{
    fold::folded,
    words::{
        LETTERS, PHRASES, is_aside, is_capacity, is_countable, is_dramas, is_number_word,
        is_silent, is_state, roman, singular, written_out,
    },
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
///
/// `1 & 2` is `1 and 2`, and the minus of a `-1` behind a blank is kept: neither is `1.2` or `1`.
pub(super) fn split(piece: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut open = false;
    let mut before = ' ';
    for (place, c) in piece.char_indices() {
        let behind_blank = std::mem::replace(&mut before, c).is_whitespace();
        if matches!(c, '\'' | '\u{2019}' | '\u{2018}') {
            continue;
        }
        if !c.is_alphanumeric() {
            let after = &piece[place + c.len_utf8()..];
            match c {
                '&' | '+'
                    if tokens.last().is_some_and(|last| is_number_word(last))
                        && begins_with_number(after.trim_start()) =>
                {
                    tokens.push("and".to_owned());
                }
                '-' | '\u{2212}'
                    if behind_blank && after.starts_with(|c: char| c.is_ascii_digit()) =>
                {
                    tokens.push("-".to_owned());
                }
                _ => {}
            }
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

fn begins_with_number(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_alphanumeric()).next();
    text.starts_with(|c: char| c.is_ascii_digit())
        || word.is_some_and(|word| !word.is_empty() && is_number_word(word))
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

/// Whether a piece behind the name is a remark: `(24 PCs)`, `(max 12)`, `- new`.
///
/// A number behind the thing counts nothing, it tells one from another: `(PC 4)` is no remark.
pub(super) fn is_remark_piece(piece: &[String]) -> bool {
    let mut rest = piece;
    loop {
        rest = match rest {
            [] => return !piece.is_empty(),
            [number, word, rest @ ..] if is_number(number) && is_countable(word) => rest,
            [word, number, rest @ ..] if is_capacity(word) && is_number(number) => match rest {
                [thing, rest @ ..] if is_countable(thing) => rest,
                rest => rest,
            },
            [word, rest @ ..] if is_state(word) || is_aside(word) => rest,
            _ => return false,
        };
    }
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

/// The words that count, each written out.
pub(super) fn canonical(plain: &[String]) -> Vec<String> {
    let loud = loud(plain);
    let mut tokens: Vec<String> = Vec::new();
    let words = phrases(&loud, PHRASES);
    for (place, &word) in words.iter().enumerate() {
        let next = words.get(place + 1);
        let word = match (word, roman(word), tokens.last()) {
            // `Lab 1 ii` is a part of lab 1.
            (_, Some(number), Some(before)) if next.is_none() && !is_mark(before) => {
                number.to_owned()
            }
            // It stands between numbers, else it would carry nothing.
            ("and", ..) => "&".to_owned(),
            // As it is written: `Dr Stores' Room` is a doctor's.
            ("dr", ..) if next.is_none_or(|next| is_mark(next) || is_dramas(written_out(next))) => {
                "drama".to_owned()
            }
            _ => canonical_word(word),
        };
        if is_mark(&word) || tokens.last() != Some(&word) {
            tokens.push(word);
        }
    }
    tokens
}

/// The words as they are written, without those that carry nothing, numbers and single letters; `D. & T.` is `dt`.
pub(super) fn spelt(plain: &[String]) -> Vec<String> {
    let words = phrases(&loud(plain), LETTERS).into_iter();
    words
        .filter(|word| !is_mark(word) && roman(word).is_none())
        .filter(|word| !is_mark(written_out(word)))
        .map(str::to_owned)
        .collect()
}

/// The words that carry something where they stand.
pub(super) fn loud(plain: &[String]) -> Vec<&str> {
    let mut loud: Vec<&str> = Vec::with_capacity(plain.len());
    for (place, word) in plain.iter().enumerate() {
        let next = plain.get(place + 1).map(String::as_str);
        let before = loud.last().copied();
        if !is_silent(word, before, next) {
            loud.push(word);
        }
    }
    loud
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
