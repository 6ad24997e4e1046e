//! All pairs of a school beside each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    assign::best_partners,
    by_code::shared_code,
    card::SharedUse,
    name::Name,
    reading::{is_bare, is_reading},
    reason::Doubt,
    score::{Fit, LIKELY, MARGIN, MUCH_USE, Prepared, SURE, Use, fit, same_building},
    suggest::{Candidate, Confidence, Outcome},
};
use crate::ids::{RoomId, SourceRoomId};

/// How many other candidates a suggestion lists.
const OTHERS: usize = 3;

/// Every pair worth showing.
#[derive(Debug)]
pub(super) struct Pairs<'p, 'c> {
    locals: &'p [Prepared<'c, RoomId>],
    sources: &'p [Prepared<'c, SourceRoomId>],
    /// By row and column.
    fits: BTreeMap<(usize, usize), Fit>,
}

impl<'p, 'c> Pairs<'p, 'c> {
    pub(super) fn of(
        locals: &'p [Prepared<'c, RoomId>],
        sources: &'p [Prepared<'c, SourceRoomId>],
        shared_use: &[SharedUse],
    ) -> Self {
        let uses = Uses::of(locals, sources, shared_use);
        let mut fits = BTreeMap::new();
        for (row, one) in locals.iter().enumerate() {
            for (column, two) in sources.iter().enumerate() {
                if let Some(fit) = fit(one, two, uses.of_pair(row, column)) {
                    fits.insert((row, column), fit);
                }
            }
        }
        let mut pairs = Self {
            locals,
            sources,
            fits,
        };
        pairs.doubt_codes_elsewhere();
        pairs.doubt_uses_elsewhere(&uses);
        pairs.doubt_other_readings();
        pairs
    }

    /// A room whose code is another's is not certain to be this one.
    fn doubt_codes_elsewhere(&mut self) {
        let mut with_code: BTreeMap<(usize, usize), &str> = BTreeMap::new();
        for (row, one) in self.locals.iter().enumerate() {
            for (column, two) in self.sources.iter().enumerate() {
                if let Some(code) = shared_code(one, two) {
                    with_code.insert((row, column), code);
                }
            }
        }
        for (&(row, column), fit) in &mut self.fits {
            if with_code.contains_key(&(row, column)) {
                continue;
            }
            let elsewhere = with_code
                .iter()
                .find(|((other_row, other), _)| *other_row == row || *other == column);
            if let Some((_, code)) = elsewhere {
                let code = (*code).to_owned();
                fit.doubts.push(Doubt::CodeElsewhere { code });
            }
        }
    }

    /// A room that is used like another is not certain to be this one.
    fn doubt_uses_elsewhere(&mut self, uses: &Uses) {
        for (&(row, column), fit) in &mut self.fits {
            let elsewhere = (0..self.sources.len())
                .filter(|other| *other != column)
                .map(|other| uses.of_pair(row, other))
                .find(|shared| shared.stands_out() && shared.times >= MUCH_USE);
            if let Some(shared) = elsewhere {
                let times = shared.times;
                fit.doubts.push(Doubt::UseElsewhere { times });
            }
        }
    }

    /// A name that may be short for two rooms is not certain to be either.
    fn doubt_other_readings(&mut self) {
        let here = Meanings::of(self.locals, self.sources);
        let there = Meanings::of(self.sources, self.locals);
        let claims = Claims::of(&self.fits);
        let mut doubts: Vec<((usize, usize), Doubt)> = Vec::new();
        for (&(row, column), fit) in &self.fits {
            let (one, two) = (&self.locals[row].name, &self.sources[column].name);
            if !fit.solid || fit.backed || one.letters == two.letters {
                continue;
            }
            let mut sources = here.besides(row, one, two);
            let mut locals = there.besides(column, two, one);
            let source = sources.find(|&other| {
                other != column && !claims.has_column(other, row, self.score(row, other))
            });
            let found = match source {
                Some(source) => Some((one, &self.sources[source].name)),
                None => locals
                    .find(|&other| {
                        other != row && !claims.has_row(other, column, self.score(other, column))
                    })
                    .map(|local| (two, &self.locals[local].name)),
            };
            if let Some((short, long)) = found {
                let doubt = Doubt::OtherReading {
                    short: short.raw.clone(),
                    long: long.raw.clone(),
                };
                doubts.push(((row, column), doubt));
            }
        }
        for (pair, doubt) in doubts {
            if let Some(fit) = self.fits.get_mut(&pair) {
                fit.doubts.push(doubt);
            }
        }
    }

    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        let (partners, chosen) = self.partners();
        let alike = self.alike();
        (0..self.locals.len())
            .map(|row| match partners[row].as_slice() {
                [] | [None] => Outcome::Nothing,
                [Some(column)] => {
                    let confidence = self.confidence(row, *column, &alike);
                    Outcome::Match {
                        // Another best assignment has it not.
                        confidence: match chosen.contains(&row) {
                            true => confidence.min(Confidence::Likely),
                            false => confidence,
                        },
                        candidate: self.candidate(row, *column),
                    }
                }
                _ => self.tie(row, &partners),
            })
            .collect()
    }

    /// The rooms that fit a tied row best, all of them equally well, and the rows that they fit no worse.
    fn tie(&self, row: usize, partners: &[Vec<Option<usize>>]) -> Outcome {
        let columns = partners[row].iter().flatten().copied();
        let best = columns.clone().map(|column| self.score(row, column)).max();
        let columns: Vec<usize> = columns
            .filter(|column| Some(self.score(row, *column)) == best)
            .collect();
        let is_rival = |other: &usize| {
            *other != row
                && columns.iter().any(|column| {
                    partners[*other].contains(&Some(*column))
                        && Some(self.score(*other, *column)) >= best
                })
        };
        let rivals = (0..self.locals.len()).filter(is_rival);
        Outcome::Tie {
            rivals: rivals.map(|row| self.locals[row].card.id.clone()).collect(),
            candidates: columns
                .iter()
                .map(|column| self.candidate(row, *column))
                .collect(),
        }
    }

    fn score(&self, row: usize, column: usize) -> u32 {
        self.fits.get(&(row, column)).map_or(0, |fit| fit.score)
    }

    /// What each row has in a best assignment of all, and the rows for which one of several was chosen. Rooms that no
    /// pair connects are assigned apart.
    ///
    /// Sums may be equal where fits are not. A room that fits one of the tied rows better than any other does, and better
    /// than it fits another tied row, is chosen for it, and the rest assigned again.
    fn partners(&self) -> (Vec<Vec<Option<usize>>>, BTreeSet<usize>) {
        let mut partners = vec![Vec::new(); self.locals.len()];
        let mut chosen = BTreeSet::new();
        for (mut rows, mut columns) in self.clusters() {
            let mut again = false;
            while !rows.is_empty() {
                let found = self.best_of(&rows, &columns);
                let mut tied = Vec::new();
                for (row, found) in rows.iter().zip(found) {
                    if let [Some(column)] = found.as_slice() {
                        columns.retain(|other| other != column);
                    }
                    if found.len() > 1 {
                        tied.push(*row);
                    } else if again {
                        chosen.insert(*row);
                    }
                    partners[*row] = found;
                }
                let winners = self.winners(&tied, &partners);
                if winners.is_empty() {
                    break;
                }
                tied.retain(|row| !winners.iter().any(|(winner, _)| winner == row));
                columns.retain(|column| !winners.iter().any(|(_, won)| won == column));
                for (row, column) in winners {
                    partners[row] = vec![Some(column)];
                    chosen.insert(row);
                }
                (rows, again) = (tied, true);
            }
        }
        (partners, chosen)
    }

    /// What each of some rows has of some columns in a best assignment.
    fn best_of(&self, rows: &[usize], columns: &[usize]) -> Vec<Vec<Option<usize>>> {
        let weights: Vec<Vec<i64>> = rows
            .iter()
            .map(|row| {
                let fits = columns.iter().map(|column| self.fits.get(&(*row, *column)));
                fits.map(|fit| fit.map_or(0, |fit| weight(fit.score)))
                    .collect()
            })
            .collect();
        best_partners(&weights)
            .into_iter()
            .map(|found| {
                let mut found: Vec<Option<usize>> = found
                    .into_iter()
                    .map(|place| place.map(|place| columns[place]))
                    .collect();
                found.sort_unstable();
                found
            })
            .collect()
    }

    /// The pairs of tied rows that fit better than any other pair in which a best assignment has the row or the column.
    fn winners(&self, tied: &[usize], partners: &[Vec<Option<usize>>]) -> Vec<(usize, usize)> {
        let pairs: Vec<(usize, usize, u32)> = tied
            .iter()
            .flat_map(|&row| {
                let columns = partners[row].iter().flatten();
                columns.map(move |&column| (row, column, self.score(row, column)))
            })
            .collect();
        let wins = |&&(row, column, score): &&(usize, usize, u32)| {
            let mut rivals = pairs
                .iter()
                .filter(|rival| (rival.0 == row) != (rival.1 == column));
            rivals.all(|rival| rival.2 < score)
        };
        let winners = pairs.iter().filter(wins);
        winners.map(|&(row, column, _)| (row, column)).collect()
    }

    fn clusters(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let (mut of_row, mut of_column) = (BTreeMap::new(), BTreeMap::new());
        for &(row, column) in self.fits.keys() {
            of_row.entry(row).or_insert_with(Vec::new).push(column);
            of_column.entry(column).or_insert_with(Vec::new).push(row);
        }
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut clusters = Vec::new();
        for &start in of_row.keys() {
            if !seen.insert(start) {
                continue;
            }
            let (mut rows, mut columns) = (BTreeSet::from([start]), BTreeSet::new());
            let mut open = vec![start];
            while let Some(row) = open.pop() {
                for column in of_row.get(&row).into_iter().flatten() {
                    if columns.insert(*column) {
                        for other in of_column.get(column).into_iter().flatten() {
                            if rows.insert(*other) {
                                seen.insert(*other);
                                open.push(*other);
                            }
                        }
                    }
                }
            }
            clusters.push((rows.into_iter().collect(), columns.into_iter().collect()));
        }
        clusters
    }

    fn confidence(&self, row: usize, column: usize, alike: &Alike) -> Confidence {
        let Some(fit) = self.fits.get(&(row, column)) else {
            return Confidence::Possible;
        };
        let rivals = self.fits.iter().filter(|((other_row, other), _)| {
            (*other_row == row) != (*other == column)
                // Two rooms with one name are not mistaken for two others with one name.
                && !(alike.is_pair(row, column) && alike.is_taken(*other_row, *other, row))
        });
        let ahead = rivals.map(|(_, fit)| fit.score).max().unwrap_or(0) + MARGIN <= fit.score;
        if fit.solid && fit.doubts.is_empty() && fit.score >= SURE && ahead {
            Confidence::Certain
        } else if fit.score >= LIKELY {
            Confidence::Likely
        } else {
            Confidence::Possible
        }
    }

    /// The pairs of rooms that have one name, and no other room has it.
    fn alike(&self) -> Alike {
        let locals = by_letters(self.locals.iter().map(|room| &room.name));
        let sources = by_letters(self.sources.iter().map(|room| &room.name));
        let mut alike = Alike::default();
        for (letters, rows) in &locals {
            if let ([row], Some([column])) =
                (rows.as_slice(), sources.get(letters).map(Vec::as_slice))
                && self
                    .fits
                    .get(&(*row, *column))
                    .is_some_and(|fit| fit.doubts.is_empty())
            {
                alike.column_of.insert(*row, *column);
                alike.row_of.insert(*column, *row);
            }
        }
        alike
    }

    fn candidate(&self, row: usize, column: usize) -> Candidate {
        let fit = self.fits.get(&(row, column));
        Candidate {
            source: self.sources[column].card.id.clone(),
            score: fit.map_or(0, |fit| u8::try_from(fit.score.min(100)).unwrap_or(100)),
            reasons: fit.map(|fit| fit.reasons.clone()).unwrap_or_default(),
            doubts: fit.map(|fit| fit.doubts.clone()).unwrap_or_default(),
        }
    }

    pub(super) fn others(&self, row: usize, outcome: &Outcome) -> Vec<Candidate> {
        let told: Vec<&SourceRoomId> = match outcome {
            Outcome::Match { candidate, .. } => vec![&candidate.source],
            Outcome::Tie { candidates, .. } => candidates.iter().map(|c| &c.source).collect(),
            Outcome::Nothing => Vec::new(),
        };
        let mut others: Vec<(u32, usize)> = self
            .fits
            .range((row, 0)..(row + 1, 0))
            .map(|((_, column), fit)| (fit.score, *column))
            .filter(|(_, column)| !told.contains(&&self.sources[*column].card.id))
            .collect();
        others.sort_by_key(|(score, column)| (std::cmp::Reverse(*score), *column));
        let others = others.into_iter().take(OTHERS);
        others
            .map(|(_, column)| self.candidate(row, column))
            .collect()
    }
}

/// Doubles with every four points, so that one good pair is not given up for two poor ones.
fn weight(score: u32) -> i64 {
    i64::from(4 + score % 4) << (score / 4)
}

/// Pairs of rooms with one name.
#[derive(Debug, Default)]
struct Alike {
    column_of: BTreeMap<usize, usize>,
    row_of: BTreeMap<usize, usize>,
}

impl Alike {
    fn is_pair(&self, row: usize, column: usize) -> bool {
        self.column_of.get(&row) == Some(&column)
    }

    /// Whether the side of a rival pair that is not `row`'s has a room of its own name.
    fn is_taken(&self, rival_row: usize, rival_column: usize, row: usize) -> bool {
        if rival_row == row {
            self.row_of.contains_key(&rival_column)
        } else {
            self.column_of.contains_key(&rival_row)
        }
    }
}

/// The rooms that a name of the other side may mean, although it says something else when it is written out.
#[derive(Debug)]
struct Meanings {
    short_for: BTreeMap<usize, Vec<usize>>,
    bare_for: BTreeMap<usize, Vec<usize>>,
}

impl Meanings {
    fn of<A, B>(shorts: &[Prepared<'_, A>], longs: &[Prepared<'_, B>]) -> Self {
        let mut found = Self {
            short_for: BTreeMap::new(),
            bare_for: BTreeMap::new(),
        };
        for (place, short) in shorts.iter().enumerate() {
            // A school has fewer buildings than rooms.
            let mut elsewhere: BTreeMap<&str, Option<Name>> = BTreeMap::new();
            for (other, long) in longs.iter().enumerate() {
                let without_building = long.building.as_ref().and_then(|building| {
                    let name = elsewhere.entry(&building.raw);
                    name.or_insert_with(|| short.name.without_building(building))
                        .as_ref()
                });
                let names = || [Some(&short.name), without_building].into_iter().flatten();
                let is_short = names().any(|name| is_reading(name, &long.name));
                let is_bare = names().any(|name| is_bare(name, &long.name));
                if !(is_short || is_bare) || same_building(short, long) == Some(false) {
                    continue;
                }
                if is_short {
                    found.short_for.entry(place).or_default().push(other);
                }
                if is_bare {
                    found.bare_for.entry(place).or_default().push(other);
                }
            }
        }
        found
    }

    /// What `name`, that of the room at `place`, may mean besides a room called `by`.
    fn besides(&self, place: usize, name: &Name, by: &Name) -> impl Iterator<Item = usize> {
        // Where both names say nothing of the sort they say the same.
        let bare = !by.fillers().is_empty() && by.words == name.words;
        let bare_for = self.bare_for.get(&place).filter(|_| bare);
        let found = self.short_for.get(&place).into_iter().chain(bare_for);
        found.flatten().copied()
    }
}

/// Which rooms have a partner that fits without a doubt: the best two of each, with the score.
#[derive(Debug, Default)]
struct Claims {
    of_row: BTreeMap<usize, Vec<(u32, usize)>>,
    of_column: BTreeMap<usize, Vec<(u32, usize)>>,
}

impl Claims {
    fn of(fits: &BTreeMap<(usize, usize), Fit>) -> Self {
        let mut claims = Self::default();
        for (&(row, column), fit) in fits {
            if fit.solid && fit.doubts.is_empty() && fit.score >= SURE {
                for (best, partner) in [
                    (claims.of_row.entry(row).or_default(), column),
                    (claims.of_column.entry(column).or_default(), row),
                ] {
                    best.push((fit.score, partner));
                    best.sort_unstable_by(|one, two| two.cmp(one));
                    best.truncate(2);
                }
            }
        }
        claims
    }

    /// Whether another row than `row` fits the column clearly better than it does.
    fn has_column(&self, column: usize, row: usize, score: u32) -> bool {
        Self::has(self.of_column.get(&column), row, score)
    }

    /// Whether another column than `column` fits the row clearly better than it does.
    fn has_row(&self, row: usize, column: usize, score: u32) -> bool {
        Self::has(self.of_row.get(&row), column, score)
    }

    fn has(best: Option<&Vec<(u32, usize)>>, but: usize, score: u32) -> bool {
        let mut others = best.into_iter().flatten().filter(|best| best.1 != but);
        others.any(|best| best.0 >= score + MARGIN)
    }
}

fn by_letters<'n>(names: impl Iterator<Item = &'n Name>) -> BTreeMap<&'n str, Vec<usize>> {
    let mut found: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, name) in names.enumerate() {
        found.entry(&name.letters).or_default().push(place);
    }
    found
}

/// Shared use by row and column; rooms that are settled or unknown are left out.
#[derive(Debug)]
struct Uses {
    times: BTreeMap<(usize, usize), usize>,
    of_row: BTreeMap<usize, usize>,
}

impl Uses {
    fn of(
        locals: &[Prepared<'_, RoomId>],
        sources: &[Prepared<'_, SourceRoomId>],
        shared_use: &[SharedUse],
    ) -> Self {
        let (mut times, mut of_row) = (BTreeMap::new(), BTreeMap::new());
        for shared in shared_use {
            let row = locals.binary_search_by(|room| room.card.id.cmp(&shared.local));
            let column = sources.binary_search_by(|room| room.card.id.cmp(&shared.source));
            if let (Ok(row), Ok(column)) = (row, column) {
                for sum in [
                    times.entry((row, column)).or_insert(0_usize),
                    of_row.entry(row).or_insert(0_usize),
                ] {
                    *sum = sum.saturating_add(shared.times);
                }
            }
        }
        Self { times, of_row }
    }

    fn of_pair(&self, row: usize, column: usize) -> Use {
        Use {
            times: self.times.get(&(row, column)).copied().unwrap_or(0),
            anywhere: self.of_row.get(&row).copied().unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::room_match::card::RoomCard;

    /// What becomes of rows that fit columns as the table says; 0 is no fit.
    fn outcomes(scores: &[Vec<u32>]) -> Vec<Outcome> {
        let locals: Vec<RoomCard<RoomId>> = (0..scores.len())
            .map(|row| RoomCard::new(row.to_string(), format!("Local {row}")))
            .collect();
        let columns = scores.first().map_or(0, Vec::len);
        let sources: Vec<RoomCard<SourceRoomId>> = (0..columns)
            .map(|column| RoomCard::new(column.to_string(), format!("Source {column}")))
            .collect();
        let locals: Vec<_> = locals.iter().map(Prepared::of).collect();
        let sources: Vec<_> = sources.iter().map(Prepared::of).collect();
        let mut fits = BTreeMap::new();
        for (row, scores) in scores.iter().enumerate() {
            for (column, &score) in scores.iter().enumerate().filter(|(_, score)| **score > 0) {
                let fit = Fit {
                    score,
                    solid: true,
                    backed: false,
                    reasons: Vec::new(),
                    doubts: Vec::new(),
                };
                fits.insert((row, column), fit);
            }
        }
        let pairs = Pairs {
            locals: &locals,
            sources: &sources,
            fits,
        };
        pairs.outcomes()
    }

    /// A line for each row: its columns, then `=` where they are tied, with its rivals, or how sure the one is.
    fn told(scores: &[Vec<u32>]) -> Vec<String> {
        let line = |outcome| match outcome {
            Outcome::Match {
                confidence,
                candidate,
            } => format!("{} {confidence}", candidate.source),
            Outcome::Tie { candidates, rivals } => {
                let ids: Vec<&str> = candidates.iter().map(|c| c.source.as_str()).collect();
                let rivals: Vec<&str> = rivals.iter().map(RoomId::as_str).collect();
                format!("{} = {}", ids.join(" "), rivals.join(" "))
            }
            Outcome::Nothing => "nothing".to_owned(),
        };
        outcomes(scores).into_iter().map(line).collect()
    }

    #[test]
    fn a_tie_leaves_out_what_fits_less_well() {
        assert_eq!(told(&[vec![94, 94, 60]]), ["0 1 = "]);
        assert_eq!(told(&[vec![94, 68], vec![94, 68]]), ["0 = 1", "0 = 0"]);
        assert_eq!(
            told(&[vec![94, 68, 0], vec![94, 68, 0], vec![0, 0, 94]]),
            ["0 = 1", "0 = 0", "2 certain"]
        );
    }

    #[test]
    fn equal_sums_of_unequal_fits_are_no_tie_and_not_certain() {
        // Rows 0 and 1 make the same sum either way, but the first fits column 0 better than anyone.
        assert_eq!(
            told(&[vec![90, 89], vec![89, 88]]),
            ["0 likely", "1 likely"]
        );
        assert_eq!(
            told(&[vec![94, 0], vec![0, 94]]),
            ["0 certain", "1 certain"]
        );
    }

    fn table() -> impl Strategy<Value = Vec<Vec<u32>>> {
        (1..5_usize, 1..5_usize).prop_flat_map(|(rows, columns)| {
            let score = prop_oneof![Just(0_u32), 84..=91_u32];
            prop::collection::vec(prop::collection::vec(score, columns), rows)
        })
    }

    proptest! {
        #[test]
        fn candidates_of_a_tie_are_equal_and_the_only_one_has_a_rival(scores in table()) {
            let found = outcomes(&scores);
            let column = |candidate: &Candidate| candidate.source.as_str().parse::<usize>().unwrap();
            let mut given = BTreeSet::new();
            for outcome in &found {
                if let Outcome::Match { candidate, .. } = outcome {
                    prop_assert!(given.insert(column(candidate)), "{:?}", found);
                }
            }
            for (row, outcome) in found.iter().enumerate() {
                let Outcome::Tie { candidates, rivals } = outcome else { continue };
                let best = scores[row][column(&candidates[0])];
                for candidate in candidates {
                    prop_assert_eq!(scores[row][column(candidate)], best);
                    prop_assert!(!given.contains(&column(candidate)), "{:?}", found);
                }
                prop_assert!(candidates.len() > 1 || !rivals.is_empty(), "{:?}", found);
                for rival in rivals {
                    let rival: usize = rival.as_str().parse().unwrap();
                    prop_assert!(rival != row);
                    let no_worse = |c: &Candidate| scores[rival][column(c)] >= best;
                    prop_assert!(candidates.iter().any(no_worse), "{:?}", found);
                }
            }
        }
    }
}
