//! The vocabulary of room names: what is short for what, and which words tell rooms apart.

/// Whether a word carries nothing between those beside it.
///
/// `Room for 6` is not room 6, `Lab 1 and 2` is not lab 1.2, and the number room is not the room.
pub(super) fn is_silent(word: &str, before: Option<&str>, next: Option<&str>) -> bool {
    match word {
        "the" | "in" | "at" => true,
        "of" | "for" => !next.is_some_and(is_number_word),
        "and" => !(before.is_some_and(is_number_word) && next.is_some_and(is_number_word)),
        "no" | "nr" | "num" | "number" => next.is_some_and(|next| {
            is_number_word(next) || next.chars().count() == 1 || roman(next).is_some()
        }),
        _ => false,
    }
}

/// Whether a word is a number, in digits or in letters.
pub(super) fn is_number_word(word: &str) -> bool {
    written_out(word).chars().all(|c| c.is_ascii_digit())
}

/// Words that stand between what a thing is of and the thing, so that their order is the other way round.
pub(super) fn is_preposition(word: &str) -> bool {
    matches!(word, "of" | "in" | "at" | "for")
}

/// The word that a word, an abbreviation or a number word stands for.
pub(super) fn written_out(word: &str) -> &str {
    match word {
        "rm" | "rms" | "rooms" => "room",
        "clsrm" | "cls" | "clrm" | "classrm" => "classroom",
        "lab" | "labs" | "laboratories" => "laboratory",
        "sci" | "sciences" => "science",
        "lang" | "langs" | "mfl" | "languages" => "language",
        "mus" => "music",
        "it" => "ict",
        "comp" | "computer" | "computers" | "cs" => "computing",
        "dt" | "cdt" => "designtechnology",
        "tech" => "technology",
        // `dr` is one as well, but not before a name.
        "dra" => "drama",
        "lib" => "library",
        "pcs" => "pc",
        "macs" => "mac",
        "humanities" | "hums" => "humanity",
        "chem" => "chemistry",
        "phys" | "phy" => "physics",
        "bio" | "biol" => "biology",
        "math" | "maths" | "mth" | "mathematic" => "mathematics",
        "eng" | "engl" => "english",
        "hist" => "history",
        "geog" | "geo" => "geography",
        "econ" => "economics",
        "psych" => "psychology",
        "fren" => "french",
        "ger" => "german",
        "span" => "spanish",
        "rs" => "re",
        "jnr" | "jun" | "jr" => "junior",
        "snr" | "sr" => "senior",
        "upr" => "upper",
        "lwr" => "lower",
        "wkshop" | "wksp" | "wshop" => "workshop",
        "stu" => "studio",
        "gymnasium" | "gymn" => "gym",
        "theater" | "theatr" => "theatre",
        "center" | "ctr" => "centre",
        "bldg" => "building",
        "blk" => "block",
        "flr" => "floor",
        "prac" | "pract" | "practise" => "practice",
        "conf" => "conference",
        "mtg" => "meeting",
        "sem" => "seminar",
        "lect" => "lecture",
        "gt" => "great",
        "first" => "1st",
        "second" => "2nd",
        "third" => "3rd",
        "fourth" => "4th",
        "fifth" => "5th",
        "sixth" | "vith" => "6th",
        "one" => "1",
        "two" => "2",
        "three" => "3",
        "four" => "4",
        "five" => "5",
        "six" => "6",
        "seven" => "7",
        "eight" => "8",
        "nine" => "9",
        "ten" => "10",
        "eleven" => "11",
        "twelve" => "12",
        other => other,
    }
}

/// Numerals that end a name; single letters are left alone, since they are letters more often.
pub(super) fn roman(word: &str) -> Option<&'static str> {
    Some(match word {
        "ii" => "2",
        "iii" => "3",
        "iv" => "4",
        "vi" => "6",
        "vii" => "7",
        "viii" => "8",
        _ => return None,
    })
}

/// Words that together are one; after [`is_silent`] words are gone and before [`written_out`].
pub(super) const PHRASES: &[(&[&str], &str)] = &[
    (&["d", "t"], "designtechnology"),
    (&["c", "d", "t"], "designtechnology"),
    (&["design", "technology"], "designtechnology"),
    (&["design", "tech"], "designtechnology"),
    (&["computer", "science"], "computing"),
    (&["comp", "sci"], "computing"),
    (&["i", "t"], "ict"),
    (&["i", "c", "t"], "ict"),
    (&["p", "e"], "pe"),
    (&["r", "e"], "re"),
    (&["physical", "education"], "pe"),
    (&["religious", "studies"], "re"),
    (&["religious", "education"], "re"),
    (&["modern", "languages"], "language"),
    (&["modern", "foreign", "languages"], "language"),
    (&["learning", "resource", "centre"], "lrc"),
    (&["learning", "resources", "centre"], "lrc"),
    (&["class", "room"], "classroom"),
    (&["work", "shop"], "workshop"),
    (&["music", "tech"], "musictechnology"),
    (&["music", "technology"], "musictechnology"),
    (&["food", "tech"], "foodtechnology"),
    (&["food", "technology"], "foodtechnology"),
];

/// The phrases of single letters among [`PHRASES`], as one word.
pub(super) const LETTERS: &[(&[&str], &str)] = &[
    (&["d", "t"], "dt"),
    (&["c", "d", "t"], "cdt"),
    (&["i", "t"], "it"),
    (&["i", "c", "t"], "ict"),
    (&["p", "e"], "pe"),
    (&["r", "e"], "re"),
];

/// The word for things that a school often has once and calls by either name. Enough to suggest, never to be certain.
pub(super) fn kin(word: &str) -> &str {
    match word {
        "sportshall" => "gym",
        "ict" => "computing",
        "lrc" => "library",
        "design" | "technology" => "designtechnology",
        "divinity" | "theology" => "re",
        "refectory" | "canteen" | "cafeteria" | "cafe" => "dining",
        "auditorium" => "theatre",
        other => other,
    }
}

/// Pairs of words that have a kin of one word; plurals are already gone.
pub(super) const KIN_PHRASES: &[(&[&str], &str)] =
    &[(&["sport", "hall"], "gym"), (&["dining", "hall"], "dining")];

/// Words that say no more than that it is a room.
pub(super) fn is_filler(word: &str) -> bool {
    matches!(word, "room" | "classroom")
}

/// Words that tell a room from the one of the same name without it.
pub(super) fn is_qualifier(word: &str) -> bool {
    is_side(word)
        || matches!(
            word,
            "old"
                | "new"
                | "great"
                | "small"
                | "big"
                | "main"
                | "junior"
                | "senior"
                | "practice"
                | "prep"
                | "preparation"
                | "store"
                | "office"
                | "boy"
                | "girl"
                | "staff"
                | "ground"
                | "1st"
                | "2nd"
                | "3rd"
        )
}

/// Words by which the parts of a divided room are told apart.
pub(super) fn is_side(word: &str) -> bool {
    matches!(
        word,
        "north"
            | "south"
            | "east"
            | "west"
            | "left"
            | "right"
            | "upper"
            | "lower"
            | "front"
            | "back"
            | "rear"
            | "inner"
            | "outer"
    )
}

/// Words that say what sort of room it is; rooms of different sorts are not the same room.
pub(super) fn is_sort(word: &str) -> bool {
    matches!(
        word,
        "classroom"
            | "laboratory"
            | "studio"
            | "hall"
            | "office"
            | "workshop"
            | "gym"
            | "sportshall"
            | "library"
            | "theatre"
            | "chapel"
            | "kitchen"
            | "store"
            | "pool"
            | "court"
            | "pitch"
            | "study"
            | "suite"
    )
}

/// Words of subjects, after which both rooms and buildings are called.
pub(super) fn is_subject(word: &str) -> bool {
    matches!(
        word,
        "science"
            | "physics"
            | "chemistry"
            | "biology"
            | "mathematics"
            | "english"
            | "history"
            | "geography"
            | "language"
            | "french"
            | "german"
            | "spanish"
            | "latin"
            | "greek"
            | "classics"
            | "italian"
            | "russian"
            | "mandarin"
            | "humanity"
            | "politics"
            | "philosophy"
            | "sociology"
            | "geology"
            | "engineering"
            | "photography"
            | "ceramics"
            | "textile"
            | "dance"
            | "re"
            | "economics"
            | "psychology"
            | "computing"
            | "ict"
            | "art"
            | "music"
            | "drama"
            | "design"
            | "technology"
            | "designtechnology"
            | "foodtechnology"
            | "musictechnology"
            | "pe"
            | "sport"
            | "business"
    )
}

/// Words before a name, which say nothing of the building that begins with them.
pub(super) fn is_title(word: &str) -> bool {
    matches!(
        word,
        "st" | "saint"
            | "dr"
            | "mr"
            | "mrs"
            | "ms"
            | "miss"
            | "sir"
            | "lady"
            | "lord"
            | "prof"
            | "rev"
            | "fr"
    )
}

/// Words of a room that belongs to another: the store of room 5 is not store room 5.
pub(super) fn is_annexe(word: &str) -> bool {
    matches!(
        word,
        "store"
            | "office"
            | "prep"
            | "preparation"
            | "annexe"
            | "cupboard"
            | "lobby"
            | "foyer"
            | "corridor"
            | "gallery"
            | "balcony"
            | "kitchen"
    )
}

/// Words behind `dr` that say that it is short for drama; behind a doctor stands a name, and Hall, Pool and West are names.
pub(super) fn is_dramas(word: &str) -> bool {
    matches!(
        word,
        "room"
            | "classroom"
            | "laboratory"
            | "studio"
            | "theatre"
            | "workshop"
            | "suite"
            | "office"
            | "store"
            | "practice"
    )
}

/// Words of what holds several rooms: the lab on floor 2 is not the floor's second lab.
pub(super) fn is_container(word: &str) -> bool {
    is_building_word(word) || matches!(word, "floor" | "level" | "storey" | "year")
}

/// Whether a word stands for a subject without being short for it, so that a longer word is none of its readings.
pub(super) fn is_whole_subject(word: &str) -> bool {
    is_subject(word) && !matches!(word, "ict" | "pe" | "re")
}

/// Words that say no more than that it is a building.
pub(super) fn is_building_word(word: &str) -> bool {
    matches!(
        word,
        "building" | "block" | "house" | "wing" | "centre" | "school" | "department"
    )
}

/// What a remark counts, as in `(24 PCs)`.
pub(super) fn is_countable(word: &str) -> bool {
    is_capacity(word)
        || matches!(
            word,
            "pc" | "pcs"
                | "mac"
                | "macs"
                | "computers"
                | "seat"
                | "seated"
                | "place"
                | "places"
                | "desk"
                | "desks"
                | "people"
                | "pupils"
        )
}

/// Words of a remark behind which a number says for how many a room is, as in `(max 12)`; no room is called after them.
pub(super) fn is_capacity(word: &str) -> bool {
    matches!(
        word,
        "max" | "cap" | "capacity" | "seats" | "seating" | "for"
    )
}

/// Words of a remark that say in which state a room is. With another state it may be another room.
pub(super) fn is_state(word: &str) -> bool {
    matches!(word, "new" | "refurbished" | "temp" | "temporary")
}

/// Words of a remark that tell no room from another.
pub(super) fn is_aside(word: &str) -> bool {
    matches!(word, "bookable" | "projector" | "aircon")
}

/// Words behind which a remark gives a name that no longer counts.
pub(super) fn is_former(word: &str) -> bool {
    matches!(word, "formerly" | "was" | "ex" | "previously")
}

/// The word without the `s` of its plural.
pub(super) fn singular(word: &str) -> &str {
    let keeps = ["ss", "us", "is", "cs"];
    // The news room is not the new room.
    if word.len() < 4 || word == "news" || keeps.iter().any(|end| word.ends_with(end)) {
        return word;
    }
    word.strip_suffix('s').unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_of_letters_is_a_word_of_letters() {
        let phrases = PHRASES.iter().map(|(phrase, _)| *phrase);
        let of_letters: Vec<&[&str]> = phrases
            .filter(|phrase| phrase.iter().all(|word| word.len() == 1))
            .collect();
        let letters: Vec<&[&str]> = LETTERS.iter().map(|(phrase, _)| *phrase).collect();
        assert_eq!(of_letters, letters);
        for (phrase, word) in LETTERS {
            assert_eq!(phrase.concat(), *word);
        }
    }
}
