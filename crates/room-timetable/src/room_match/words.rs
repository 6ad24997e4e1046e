//! The vocabulary of room names: what is short for what, and which words tell rooms apart.

/// Words that carry nothing.
pub(super) fn is_silent(word: &str) -> bool {
    matches!(
        word,
        "the" | "of" | "and" | "no" | "nr" | "num" | "number" | "in" | "at" | "for"
    )
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
        "dr" | "dra" => "drama",
        "lib" => "library",
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

/// Words that say no more than that it is a building.
pub(super) fn is_building_word(word: &str) -> bool {
    matches!(
        word,
        "building" | "block" | "house" | "wing" | "centre" | "school" | "department"
    )
}

/// Words of a remark behind a name, such as `(24 PCs)` or `- new`.
pub(super) fn is_remark(word: &str) -> bool {
    matches!(
        word,
        "new"
            | "refurbished"
            | "temp"
            | "temporary"
            | "pc"
            | "pcs"
            | "mac"
            | "macs"
            | "seat"
            | "seats"
            | "seated"
            | "seating"
            | "place"
            | "places"
            | "desk"
            | "desks"
            | "cap"
            | "capacity"
            | "max"
            | "people"
            | "pupils"
            | "bookable"
            | "projector"
            | "aircon"
    )
}

/// Words behind which a remark gives a name that no longer counts.
pub(super) fn is_former(word: &str) -> bool {
    matches!(word, "formerly" | "was" | "ex" | "previously")
}

/// The word without the `s` of its plural.
pub(super) fn singular(word: &str) -> &str {
    let keeps = ["ss", "us", "is", "cs"];
    if word.len() < 4 || keeps.iter().any(|end| word.ends_with(end)) {
        return word;
    }
    word.strip_suffix('s').unwrap_or(word)
}
