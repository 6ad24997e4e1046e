//! What codes and initials say.

use super::{
    evidence::Evidence,
    name::Name,
    reason::Reason,
    score::Prepared,
    tokens::code_key,
    words::{is_sort, is_subject},
};

/// What the codes say.
pub(super) fn by_code<L, S>(local: &Prepared<'_, L>, source: &Prepared<'_, S>) -> Option<Evidence> {
    let called = called_by(&source.codes, &local.name, &source.name)
        .or_else(|| called_by(&local.codes, &source.name, &local.name));
    let shared = shared_code(local, source).map(|code| {
        let code = code.to_owned();
        Evidence::new(90, false, Reason::SameCode { code })
    });
    let solid = called.clone().filter(|called| called.solid);
    solid
        .or(shared)
        .or(called)
        .or_else(|| code_in_name(&source.codes, &local.name))
        .or_else(|| code_in_name(&local.codes, &source.name))
        .or_else(|| code_fits(&source.codes, &local.name))
        .or_else(|| code_fits(&local.codes, &source.name))
}

/// A code is all of a name, or all but a word such as *room*; `long` is the name of the room that has the code.
///
/// Letters alone may be a word (`Art`, and `ART` for the Arthur Hall) and a number alone any number.
fn called_by(codes: &[(String, &str)], name: &Name, long: &Name) -> Option<Evidence> {
    codes.iter().find_map(|(key, written)| {
        let telling = is_telling(key);
        let rest = || name.without_code(key);
        let whole = *key == name.key
            || (telling
                && rest().is_some_and(|rest| rest.words.is_empty() && rest.marks.is_empty()));
        let code = (*written).to_owned();
        let initials = long.words.len() > 1 && long.shortens_to(key);
        // `Lab 2` says what it is, so it is hardly the physics room with the code `LAB2`.
        let plain_speaking = name
            .words
            .iter()
            .any(|word| (is_sort(word) || is_subject(word)) && !long.words.contains(word));
        whole.then(|| {
            let solid = (telling || initials) && !plain_speaking;
            Evidence::new(
                if solid { 90 } else { 56 },
                solid,
                Reason::NameIsCode { code },
            )
        })
    })
}

/// Whether a code has both a letter and a number.
fn is_telling(key: &str) -> bool {
    key.chars().any(|c| c.is_ascii_digit()) && key.chars().any(char::is_alphabetic)
}

/// Codes of a letter and a number stand in names; `ART` in `Art Room 2` is a word.
fn code_in_name(codes: &[(String, &str)], name: &Name) -> Option<Evidence> {
    let (_, code) = codes
        .iter()
        .find(|(key, _)| is_telling(key) && name.without_code(key).is_some())?;
    let reason = Reason::CodeInName {
        code: (*code).to_owned(),
        name: name.raw.clone(),
    };
    Some(Evidence::new(80, false, reason))
}

fn code_fits(codes: &[(String, &str)], name: &Name) -> Option<Evidence> {
    codes.iter().find_map(|(_, written)| {
        let code = Name::of(written);
        let number = name.number();
        let (letters, score) = match code.code_letters() {
            Some(letters) if number.is_some() && code.number() == number => (letters, 48),
            Some(_) => return None,
            None if number.is_none() && code.letters.chars().count() > 1 => {
                (code.letters.as_str(), 40)
            }
            None => return None,
        };
        name.shortens_to(letters).then(|| {
            let reason = Reason::CodeFits {
                code: (*written).to_owned(),
                name: name.raw.clone(),
                number: number.map(str::to_owned),
            };
            Evidence::new(score, false, reason)
        })
    })
}

/// The code that both sides have, as the source writes it.
pub(super) fn shared_code<'c, L, S>(
    local: &Prepared<'_, L>,
    source: &Prepared<'c, S>,
) -> Option<&'c str> {
    local.codes.iter().find_map(|(key, _)| source.code(key))
}

/// The names without the code that stands in one of them.
pub(super) fn without_code<L, S>(
    local: &Prepared<'_, L>,
    source: &Prepared<'_, S>,
    code: Option<&Evidence>,
) -> Option<[Name; 2]> {
    let Some(Reason::CodeInName { code, .. }) = code.map(|code| &code.reason) else {
        return None;
    };
    let key = code_key(code)?;
    let short = |name: &Name| name.without_code(&key).unwrap_or_else(|| name.clone());
    Some([short(&local.name), short(&source.name)])
}
