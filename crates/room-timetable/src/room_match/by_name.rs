//! What two names say.

use super::{
    by_code::without_code,
    evidence::Evidence,
    name::Name,
    reading::is_reading,
    reason::Reason,
    score::{BESIDE_A_CODE, LIKELY, Prepared, SURE},
    words::{is_qualifier, is_sort},
};

/// What the names say, also without a building or a code that stands in one of them.
pub(super) fn by_name<L, S>(
    local: &Prepared<'_, L>,
    source: &Prepared<'_, S>,
    same_building: Option<bool>,
    code: Option<&Evidence>,
) -> Option<Evidence> {
    let (mine, theirs) = (&local.name, &source.name);
    let mut best = names(mine, theirs);
    let mut offer = |found: Option<Evidence>| {
        if let Some(found) = found
            && best.as_ref().is_none_or(|best| best.score < found.score)
        {
            best = Some(found);
        }
    };
    if let (_, Some(_)) | (Some(_), _) = (mine.with_remarks(), theirs.with_remarks()) {
        let full = |name: &Name| name.with_remarks().unwrap_or_else(|| name.clone());
        offer(names(&full(mine), &full(theirs)));
    }
    for (name, before, other) in [
        (mine, mine.before(), theirs),
        (theirs, theirs.before(), mine),
    ] {
        let same = |before: &Name| names(before, other).is_some_and(|found| found.score >= SURE);
        if before.is_some_and(|before| same(&before)) {
            let name = name.raw.clone();
            offer(Some(Evidence::new(84, false, Reason::FormerName { name })));
        }
    }
    // Two buildings are no help; a building in its own room's name is, where the other side speaks of it too.
    let known = same_building == Some(true);
    let buildings = [
        (source.building.as_ref(), &local.name),
        (local.building.as_ref(), &source.name),
    ];
    for (building, other) in buildings {
        let Some(building) = building.filter(|_| same_building != Some(false)) else {
            continue;
        };
        if !known && other.without_building(building).is_none() {
            continue;
        }
        let short = [&local.name, &source.name].map(|name| name.without_building(building));
        if short.iter().all(Option::is_none) {
            continue;
        }
        let [one, two] = &short;
        let one = one.as_ref().unwrap_or(&local.name);
        let two = two.as_ref().unwrap_or(&source.name);
        let reason = Reason::NameWithBuilding {
            building: building.raw.clone(),
        };
        match names(one, two) {
            Some(found) if found.score >= LIKELY => {
                // `Science 1` may be the science room 1 as well as room 1 in the Science Block.
                let solid = found.solid && !one.marks.is_empty() && !building.has_subject();
                offer(Some(Evidence::new(found.score - 4, solid, reason)));
            }
            None if !one.marks.is_empty()
                && one.marks == two.marks
                && one.words.is_empty() != two.words.is_empty() =>
            {
                let number = one.marks.join(" ");
                offer(Some(Evidence::new(
                    42,
                    false,
                    Reason::SameNumber { number },
                )));
            }
            _ => {}
        }
    }
    if let Some([one, two]) = without_code(local, source, code) {
        offer(names(&one, &two).filter(|found| found.score >= LIKELY));
    }
    best
}

/// Compares two names as they stand.
fn names(local: &Name, source: &Name) -> Option<Evidence> {
    if local.letters.is_empty() || source.letters.is_empty() {
        return None;
    }
    if local.raw == source.raw {
        return Some(Evidence::new(100, true, Reason::SameName));
    }
    let asides = local.has_number_aside() == source.has_number_aside();
    if local.letters == source.letters {
        return Some(Evidence::new(98, asides, Reason::SameLetters));
    }
    if local.tokens.is_empty() || source.tokens.is_empty() {
        return None;
    }
    if local.tokens == source.tokens {
        return Some(Evidence::new(94, asides, Reason::SameWords));
    }
    let (mine, theirs) = (local.runs(), source.runs());
    // With two numbers it matters which is whose: room 1 on floor 2 is not room 2 on floor 1.
    let placed = mine == theirs || (mine.len() < 2 && theirs.len() < 2);
    let reordered = || Evidence::new(90, local.is_reordered(source), Reason::OtherOrder);
    if local.words == source.words && mine == theirs && local.fillers() == source.fillers() {
        return Some(reordered());
    }
    if local.marks != source.marks || !placed {
        return other_marks(local, source);
    }
    if local.words == source.words {
        let (mine, theirs) = (local.fillers(), source.fillers());
        if mine == theirs {
            return Some(reordered());
        }
        if local.words.is_empty() && local.marks.is_empty() {
            return None;
        }
        // The pool is not the pool room, nor the garden the garden room; the music room is called music.
        let place = match local.marks.is_empty() {
            true => !local.has_subject(),
            false => !local.words.is_empty() && local.words.iter().all(|word| is_sort(word)),
        };
        // Room 3 is classroom 3, but the green room is no classroom.
        let either_way = !mine.is_empty() && !theirs.is_empty() && !local.marks.is_empty();
        let solid = either_way || !place;
        return Some(Evidence::new(84, solid, Reason::SameButFiller));
    }
    if local.words.is_empty() || source.words.is_empty() {
        return None;
    }
    if local.kin() == source.kin() {
        let reason = Reason::Kin {
            local: local.raw.clone(),
            source: source.raw.clone(),
        };
        return Some(Evidence::new(76, false, reason));
    }
    misspelt(local, source)
        .or_else(|| more_words(local, source))
        .or_else(|| short_for(local, source))
        .or_else(|| other_reading(local, source))
}

/// The words are equal, but one name has a number or letter that the other lacks.
fn other_marks(local: &Name, source: &Name) -> Option<Evidence> {
    if local.words != source.words {
        return short_for(local, source);
    }
    let telling = !local.words.is_empty();
    let begins = |one: &Name, two: &Name| two.marks.starts_with(&one.marks);
    let unsigned = |name: &Name| {
        let marks = name.marks.clone().into_iter();
        marks.filter(|mark| mark != "-")
    };
    let score = match (local.marks.is_empty(), source.marks.is_empty()) {
        (true, false) | (false, true) if telling => 40,
        (false, false) if begins(local, source) || begins(source, local) => 34,
        // A dash before a number may be no minus.
        (false, false) if unsigned(local).eq(unsigned(source)) => 34,
        _ => return None,
    };
    Some(Evidence::new(score, false, Reason::SameButNumber))
}

/// All words are equal but one, and that one nearly.
fn misspelt(local: &Name, source: &Name) -> Option<Evidence> {
    let only = |one: &Name, two: &Name| -> Vec<String> {
        let mut others = two.words.clone();
        let mut left = one.words.clone();
        left.retain(|word| match others.iter().position(|other| other == word) {
            Some(place) => {
                others.remove(place);
                false
            }
            None => true,
        });
        left
    };
    let (mine, theirs) = (only(local, source), only(source, local));
    let ([mine], [theirs]) = (mine.as_slice(), theirs.as_slice()) else {
        return None;
    };
    let length = mine.chars().count().min(theirs.chars().count());
    let allowed = match length {
        0..5 => 0,
        5..8 => 1,
        _ => 2,
    };
    let either_known = is_qualifier(mine) || is_qualifier(theirs);
    (!either_known && strsim::osa_distance(mine, theirs) <= allowed).then(|| {
        let reason = Reason::Misspelt {
            local: mine.clone(),
            source: theirs.clone(),
        };
        Evidence::new(if length < 7 { 56 } else { 72 }, false, reason)
    })
}

/// One name has all the words of the other, and more.
fn more_words(local: &Name, source: &Name) -> Option<Evidence> {
    let (small, large) = if local.words.len() < source.words.len() {
        (local, source)
    } else {
        (source, local)
    };
    let mut more = large.words.clone();
    for word in &small.words {
        let place = more.iter().position(|other| other == word)?;
        more.remove(place);
    }
    // `Hall` may be any hall; `Library` may be the library or the careers library.
    let telling = small
        .words
        .iter()
        .any(|word| !is_qualifier(word) && !is_sort(word));
    let numbered = !small.marks.is_empty();
    let score = match more.as_slice() {
        [] => return None,
        [only] if is_qualifier(only) => {
            if telling {
                // A prep room may have the code of its laboratory.
                BESIDE_A_CODE - 2
            } else {
                45
            }
        }
        [_] => match (telling, numbered) {
            (true, true) => 68,
            (true, false) => 62,
            (false, true) => LIKELY,
            (false, false) => 45,
        },
        [_, _] => 48,
        _ => 36,
    };
    Some(Evidence::new(
        score,
        false,
        Reason::MoreWords { words: more },
    ))
}

/// One name is a short code with a number that the other can be shortened to.
fn short_for(local: &Name, source: &Name) -> Option<Evidence> {
    let short = |short: &Name, long: &Name| {
        let letters = short.code_letters()?;
        let fits =
            long.shortens_to(letters) && short.number() == long.number() && long.marks.len() == 1;
        fits.then(|| {
            let score = if letters.chars().count() > 1 { 62 } else { 50 };
            let reason = Reason::Abbreviation {
                short: short.raw.clone(),
                long: long.raw.clone(),
            };
            Evidence::new(score, false, reason)
        })
    };
    short(local, source).or_else(|| short(source, local))
}

/// One name may be short for the other, although its words are not written out so.
fn other_reading(local: &Name, source: &Name) -> Option<Evidence> {
    let short = |short: &Name, long: &Name| {
        is_reading(short, long).then(|| {
            let reason = Reason::Abbreviation {
                short: short.raw.clone(),
                long: long.raw.clone(),
            };
            Evidence::new(54, false, reason)
        })
    };
    short(local, source).or_else(|| short(source, local))
}
