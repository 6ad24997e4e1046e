//! How well two rooms fit: a number, the reasons for it and the doubts.

use super::{
    by_code::{by_code, without_code},
    by_name::by_name,
    card::RoomCard,
    evidence::Evidence,
    name::Name,
    reason::{Doubt, Reason},
    tokens::code_key,
    words::{is_sort, is_state},
};

/// From here on a pair is worth showing.
pub(super) const POSSIBLE: u32 = 30;
/// From here on a pair is probably right.
pub(super) const LIKELY: u32 = 60;
/// How well the names fit at least where a code that both have makes a pair certain.
pub(super) const BESIDE_A_CODE: u32 = 50;
/// What a pair needs at least to be certain.
pub(super) const SURE: u32 = 80;
/// How far the second best must be behind.
pub(super) const MARGIN: u32 = 12;
/// So many bookings that fit, and most of those of the room, mean something.
const SOME_USE: usize = 3;
/// So many leave little doubt.
pub(super) const MUCH_USE: usize = 5;

/// A room made ready for comparison.
#[derive(Debug)]
pub(super) struct Prepared<'c, Id> {
    pub(super) card: &'c RoomCard<Id>,
    pub(super) name: Name,
    /// Its codes as they are compared and as they are written.
    pub(super) codes: Vec<(String, &'c str)>,
    pub(super) building: Option<Name>,
}

impl<'c, Id> Prepared<'c, Id> {
    pub(super) fn of(card: &'c RoomCard<Id>) -> Self {
        let mut codes: Vec<(String, &str)> = Vec::new();
        for code in [&card.code, &card.initials].into_iter().flatten() {
            if let Some(key) = code_key(code)
                && !codes.iter().any(|(known, _)| *known == key)
            {
                codes.push((key, code.trim()));
            }
        }
        let building = card.building.as_deref().map(Name::of);
        Self {
            card,
            name: Name::of(&card.name),
            codes,
            building: building.filter(|name| !name.letters.is_empty()),
        }
    }

    pub(super) fn code(&self, key: &str) -> Option<&'c str> {
        let found = self.codes.iter().find(|(known, _)| known == key);
        found.map(|(_, written)| *written)
    }
}

/// How the bookings of a local room fit the lessons of a room, beside all rooms whose lessons they fit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Use {
    pub(super) times: usize,
    pub(super) anywhere: usize,
}

impl Use {
    /// Whether these are most of the bookings that fit any room.
    pub(super) fn stands_out(self) -> bool {
        self.times >= SOME_USE && self.times.saturating_mul(5) >= self.anywhere.saturating_mul(4)
    }
}

/// What speaks for a pair and what against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub(super) score: u32,
    /// Whether the evidence is of a kind that can be certain.
    pub(super) solid: bool,
    /// Whether it is certain of itself: by a code or by use, and not only by the name.
    pub(super) backed: bool,
    pub(super) reasons: Vec<Reason>,
    pub(super) doubts: Vec<Doubt>,
}

/// Compares two rooms; [`None`] where nothing worth showing speaks for them.
pub(super) fn fit<L, S>(
    local: &Prepared<'_, L>,
    source: &Prepared<'_, S>,
    shared: Use,
) -> Option<Fit> {
    let same_building = same_building(local, source);
    let code = by_code(local, source);
    let name = by_name(local, source, same_building, code.as_ref());
    // Beside a name that says it all, a code that merely fits says nothing.
    let fits = |code: &Evidence| matches!(code.reason, Reason::CodeFits { .. });
    let named = name.as_ref().is_some_and(|name| name.score >= SURE);
    let code = code.filter(|code| !(named && fits(code)));
    let by_use = match shared.times {
        _ if !shared.stands_out() => 0,
        times if times >= 2 * MUCH_USE => LIKELY,
        _ => 40,
    };
    let name_score = name.as_ref().map_or(0, |name| name.score);
    let code_score = code.as_ref().map_or(0, |code| code.score);
    let mut score = name_score.max(code_score).max(by_use);
    if score == 0 {
        return None;
    }
    let mut doubts = Vec::new();
    let mut penalty = 0;
    if let Some(number) = other_number(local, source, name.as_ref(), code.as_ref()) {
        penalty += if name_score == score {
            // A name that fits but for its number has been marked down for it.
            0
        } else if code.is_some() {
            45
        } else {
            30
        };
        doubts.push(number);
    }
    if name_score >= LIKELY
        && let Some((remark, by)) = other_remark(&local.name, &source.name)
    {
        penalty += by;
        doubts.push(remark);
    }
    if same_building == Some(false) {
        // `Room 12` is in every building, the armoury is not.
        let common = local.name.words.iter().all(|word| is_sort(word));
        penalty += if common { 45 } else { 30 };
        doubts.extend(building_doubt(local, source));
    }
    if let Some(sort) = other_sort(&local.name, &source.name) {
        penalty += 35;
        doubts.push(sort);
    }
    let is_code = code
        .as_ref()
        .is_some_and(|code| code.solid && matches!(code.reason, Reason::NameIsCode { .. }));
    let (mine, theirs) = (&local.name.words, &source.name.words);
    if name.is_none() && !is_code && !mine.is_empty() && !theirs.is_empty() && mine != theirs {
        penalty += 20;
        doubts.push(Doubt::OtherWords);
    }
    let strong_code = code_score >= SURE;
    let backed = is_code
        || (strong_code && name_score >= BESIDE_A_CODE)
        || (shared.stands_out() && shared.times >= MUCH_USE && name_score >= LIKELY);
    let solid = backed || name.as_ref().is_some_and(|name| name.solid);
    if strong_code && name_score >= BESIDE_A_CODE {
        score += 8;
    } else if code.is_some() && name.is_some() {
        score += 2;
    }
    if same_building == Some(true) {
        score += 12;
    }
    if shared.stands_out() {
        score += 14;
    }
    let score = score.saturating_sub(penalty);
    if score < POSSIBLE {
        return None;
    }
    let reasons = reasons(local, source, name, code, same_building, shared);
    Some(Fit {
        score,
        solid,
        backed,
        reasons,
        doubts,
    })
}

/// Whether both are in one building; [`None`] where it cannot be said.
pub(super) fn same_building<L, S>(one: &Prepared<'_, L>, two: &Prepared<'_, S>) -> Option<bool> {
    one.building.as_ref()?.is_building(two.building.as_ref()?)
}

fn reasons<L, S>(
    local: &Prepared<'_, L>,
    source: &Prepared<'_, S>,
    name: Option<Evidence>,
    code: Option<Evidence>,
    same_building: Option<bool>,
    shared: Use,
) -> Vec<Reason> {
    let named = name.is_some();
    let mut reasons: Vec<Reason> = [name, code]
        .into_iter()
        .flatten()
        .map(|evidence| evidence.reason)
        .collect();
    if !named
        && let Some(number) = local.name.number()
        && source.name.number() == Some(number)
        && !reasons.is_empty()
    {
        reasons.push(Reason::SameNumber {
            number: number.to_owned(),
        });
    }
    if same_building == Some(true)
        && let Some(building) = &source.card.building
    {
        reasons.push(Reason::SameBuilding {
            building: building.trim().to_owned(),
        });
    }
    if shared.times > 0 {
        reasons.push(Reason::SharedUse {
            times: shared.times,
        });
    }
    reasons
}

fn other_number<L, S>(
    local: &Prepared<'_, L>,
    source: &Prepared<'_, S>,
    name: Option<&Evidence>,
    code: Option<&Evidence>,
) -> Option<Doubt> {
    let (one, two) = (&local.name, &source.name);
    let by_name = name.is_some_and(|name| name.reason == Reason::SameButNumber);
    let short = without_code(local, source, code);
    let [mine, theirs] = match &short {
        Some([one, two]) => [one.tail(), two.tail()],
        None => [one.tail(), two.tail()],
    };
    let by_code = name.is_none_or(|name| name.score < LIKELY)
        && code.is_some()
        && !mine.is_empty()
        && !theirs.is_empty()
        && mine != theirs;
    // `Room 12` may have become the bunker, but hardly `Room 14`.
    let numbered = !one.marks.is_empty() && !two.marks.is_empty();
    let by_use = name.is_none() && code.is_none() && numbered && one.marks != two.marks;
    let text = |name: &Name| name.marks.join(" ").replace("- ", "-");
    (by_name || by_code || by_use).then(|| Doubt::OtherNumber {
        local: text(one),
        source: text(two),
    })
}

/// Remarks that do not say the same, and how much that takes away.
///
/// A count, such as `(24 PCs)`, may be on one side only; a state, such as `(new)`, is one that the other room may not have.
fn other_remark(local: &Name, source: &Name) -> Option<(Doubt, u32)> {
    let former = !local.former.is_empty() && !source.former.is_empty();
    let same_former =
        local.before().map(|name| name.tokens) == source.before().map(|name| name.tokens);
    if former && !same_former {
        let text = |name: &Name| format!("formerly {}", name.former.join(" "));
        let doubt = Doubt::OtherRemark {
            local: text(local),
            source: text(source),
        };
        return Some((doubt, 10));
    }
    // A remark may be a word of the other name: `Gym (New)` is the new gym.
    let full = |name: &Name| name.with_remarks().unwrap_or_else(|| name.clone());
    let (mine, theirs) = (full(local), full(source));
    if mine.words == theirs.words && mine.marks == theirs.marks {
        return None;
    }
    let state = |name: &Name| name.remarks.iter().any(|word| is_state(word));
    let by = match (local.remarks.is_empty(), source.remarks.is_empty()) {
        (false, false) if state(local) && state(source) => 20,
        (false, false) => 10,
        _ if state(local) || state(source) => 10,
        _ => return None,
    };
    let doubt = Doubt::OtherRemark {
        local: local.remarks.join(" "),
        source: source.remarks.join(" "),
    };
    Some((doubt, by))
}

fn building_doubt<L, S>(local: &Prepared<'_, L>, source: &Prepared<'_, S>) -> Option<Doubt> {
    let (one, two) = (local.building.as_ref()?, source.building.as_ref()?);
    Some(Doubt::OtherBuilding {
        local: one.raw.clone(),
        source: two.raw.clone(),
    })
}

/// Different sorts of room, where both names say one and no word of both is the same sort.
fn other_sort(local: &Name, source: &Name) -> Option<Doubt> {
    let sorts = |name: &Name| -> Vec<String> {
        let tokens = name.tokens.iter();
        tokens.filter(|token| is_sort(token)).cloned().collect()
    };
    let (mine, theirs) = (sorts(local), sorts(source));
    let (one, two) = (mine.first()?, theirs.first()?);
    let kin = || local.kin() == source.kin();
    let shared = mine.iter().any(|sort| theirs.contains(sort));
    (!shared && !kin()).then(|| Doubt::OtherSort {
        local: one.clone(),
        source: two.clone(),
    })
}
