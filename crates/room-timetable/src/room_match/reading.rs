//! What a short name may mean besides the word that it is usually short for.

use super::{
    name::Name,
    tokens::{canonical_word, is_mark},
    words::{is_filler, is_qualifier, is_sort, is_title, is_whole_subject, singular},
};

/// Whether a name, as it is spelt, may be short for another that it does not equal when it is written out.
///
/// `Eng 1` may be `Engineering 1`, `CS 1` may be `Chemistry Suite 1`, and `Blk Room 1` may be `Black Room 1`. The other
/// name may say of what sort the room is where the short one does not. A letter may be one of a building or the first of
/// a word: `B1` may be `Biology 1`.
pub(super) fn is_reading(short: &Name, long: &Name) -> bool {
    let one_letter = short.code_letters().filter(|letter| is_mark(letter));
    if let Some(letter) = one_letter
        && long.number() == short.number()
        && long.marks.len() == 1
        && let Some(first) = long.spelt.first()
    {
        let mut others = long.spelt[1..].iter().map(|word| canonical_word(word));
        return first.starts_with(letter)
            && !is_filler(&canonical_word(first))
            && others.all(|word| is_filler(&word) || is_sort(&word));
    }
    if short.marks != long.marks {
        return false;
    }
    let long_words: Vec<String> = long.spelt.iter().map(|word| canonical_word(word)).collect();
    let mut open = vec![true; long_words.len()];
    let mut left: Vec<&str> = Vec::new();
    // Words that both have are not short for any other.
    for word in &short.spelt {
        let written = canonical_word(word);
        let same = (0..open.len()).find(|&place| open[place] && long_words[place] == written);
        match same {
            Some(place) => open[place] = false,
            None if is_filler(&written) => {}
            None => left.push(word),
        }
    }
    let others = !left.is_empty() && !has_words(long, short);
    let all = left
        .into_iter()
        .all(|word| take(word, &long.spelt, &mut open));
    let mut rest = (0..open.len()).filter(|&place| open[place]);
    others && all && rest.all(|place| is_filler(&long_words[place]) || is_sort(&long_words[place]))
}

/// Whether a room may just as well be meant by a name that says nothing of its sort.
///
/// `ICT 1` may be `ICT Suite 1` where it is not `ICT 1` but `ICT Room 1` that stands beside it.
pub(super) fn is_bare(bare: &Name, long: &Name) -> bool {
    let sorts = long.words.iter().filter(|word| is_sort(word)).count();
    let named = bare.words.iter().filter(|word| is_sort(word)).count();
    bare.marks == long.marks
        && !bare.words.is_empty()
        && bare.fillers().is_empty()
        && long.words.len() == bare.words.len() + 1
        && sorts == named + 1
        && has_words(long, bare)
}

/// Whether a name has all the words of another.
fn has_words(name: &Name, of: &Name) -> bool {
    of.words.iter().all(|word| name.words.contains(word))
}

/// Takes the words for which a word may be short; [`false`] where there are none.
fn take(word: &str, long: &[String], open: &mut [bool]) -> bool {
    // Words that are short for none.
    if is_whole_subject(word) || (is_qualifier(word) && word != "prep") {
        return false;
    }
    for start in 0..long.len() {
        let mut initials = word.chars();
        let mut end = start;
        while end < long.len()
            && open[end]
            && long[end].chars().next() == initials.clone().next()
            && initials.next().is_some()
        {
            end += 1;
        }
        if initials.next().is_none() && end > start + 1 {
            open[start..end].fill(false);
            return true;
        }
        if open[start]
            && !is_title(&long[start])
            && (long[start].starts_with(word) || contracts(word, singular(&long[start])))
        {
            open[start] = false;
            return true;
        }
    }
    false
}

/// Whether a word without vowels is what is left of a longer one, as `blk` is of `block` and of `black`.
fn contracts(short: &str, long: &str) -> bool {
    let mut letters = long.chars();
    let mut wanted = short.chars();
    !short.contains(['a', 'e', 'i', 'o', 'u'])
        && letters.next() == wanted.next()
        && short.chars().next_back() == long.chars().next_back()
        && wanted.all(|letter| letters.any(|other| other == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_has_the_readings_that_it_may_be_cut_from() {
        let reads = |short: &str, long: &str| is_reading(&Name::of(short), &Name::of(long));
        for (short, long) in [
            ("Eng 1", "Engineering 1"),
            ("Eng 1", "Engineering Lab 1"),
            ("I.T. 1", "Italian 1"),
            ("CS 1", "Chemistry Suite 1"),
            ("CS 1", "Classics 1"),
            ("Stu 1", "Study 1"),
            ("Dr 1", "Drawing Room 1"),
            ("DT 2", "Drama Theatre 2"),
            ("Blk Room 1", "Black Room 1"),
            ("Eng Office", "Engineering Office"),
            ("Eng One", "Engineering 1"),
            ("LRC", "Lower Reading Classroom"),
            ("B1", "Biology 1"),
            ("B 1", "Biology Lab 1"),
        ] {
            assert!(reads(short, long), "{short}, {long}");
        }
        for (short, long) in [
            ("Eng 1", "English 1"),
            ("Eng 1", "Engineering 2"),
            ("Eng 1", "Engineering Drawing 1"),
            ("Sci 2", "Science Lab 2"),
            ("Music 1", "Musical Theatre 1"),
            ("DT 2", "Design and Technology 2"),
            ("PE 1", "Practice Room 1"),
            ("B1", "Room 1"),
            ("B1", "Biology 2"),
            ("B1", "B1"),
            ("R1", "Room 1"),
            ("Room 1", "Hall 1"),
            ("New Room", "News Room"),
            ("Mr Smith's Room", "Mrs Smith's Room"),
            ("1", "Hall 1"),
            ("", "Hall"),
        ] {
            assert!(!reads(short, long), "{short}, {long}");
        }
    }

    #[test]
    fn a_bare_name_may_be_any_sort_of_room() {
        let bare = |bare: &str, long: &str| is_bare(&Name::of(bare), &Name::of(long));
        assert!(bare("ICT 1", "ICT Suite 1"));
        assert!(bare("Drama", "Drama Studio"));
        assert!(!bare("ICT Room 1", "ICT Suite 1"));
        assert!(!bare("ICT 1", "ICT Office Suite 1"));
        assert!(!bare("ICT 1", "ICT Room 1"));
        assert!(!bare("1", "Suite 1"));
    }
}
