//! Suggestions for all rooms of a school at once.

use std::{collections::BTreeSet, fmt};

use super::{
    card::{RoomCard, SharedUse},
    pairs::Pairs,
    reason::{Doubt, Reason},
    score::Prepared,
};
use crate::ids::{RoomId, SourceRoomId};

/// What is suggested for one local room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Suggestion {
    /// The local room.
    pub local: RoomId,
    /// What to tell about it.
    pub outcome: Outcome,
    /// Other rooms that come into question, best first and at most three: what a drop-down offers next.
    pub others: Vec<Candidate>,
}

/// Whether one room of the source stands out for a local room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", rename_all = "snake_case")
)]
pub enum Outcome {
    /// One does.
    Match {
        /// How sure it is.
        confidence: Confidence,
        /// The room.
        candidate: Candidate,
    },
    /// Several fit equally well, or the one that fits does so for several local rooms. It is not guessed.
    Tie {
        /// The rooms that fit equally well, by id. Those that fit less well are among the others.
        candidates: Vec<Candidate>,
        /// The other local rooms that one of these fits no worse, by id; at least one where there is but one candidate.
        rivals: Vec<RoomId>,
    },
    /// None does, or those that would belong to other local rooms.
    Nothing,
}

/// How sure a suggestion is. Whatever it is, a person confirms it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Confidence {
    /// Worth a look.
    Possible,
    /// Probably right.
    Likely,
    /// Unambiguous from both sides and without a doubt: may be preselected.
    Certain,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        })
    }
}

/// A room of the source that may be the local room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Candidate {
    /// The room.
    pub source: SourceRoomId,
    /// How well it fits, from 0 to 100. It orders candidates; it is no probability.
    pub score: u8,
    /// What speaks for it, the strongest first; at least one.
    pub reasons: Vec<Reason>,
    /// What speaks against it.
    pub doubts: Vec<Doubt>,
}

impl fmt::Display for Candidate {
    /// The reasons and doubts in plain English, such as `the same name; both are in Quarry Block`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, reason) in self.reasons.iter().enumerate() {
            let comma = if place == 0 { "" } else { "; " };
            write!(f, "{comma}{reason}")?;
        }
        for (place, doubt) in self.doubts.iter().enumerate() {
            let but = if place == 0 { "; but " } else { "; " };
            write!(f, "{but}{doubt}")?;
        }
        Ok(())
    }
}

impl Suggestion {
    /// The room that may be preselected.
    pub fn certain(&self) -> Option<&SourceRoomId> {
        match &self.outcome {
            Outcome::Match {
                confidence: Confidence::Certain,
                candidate,
            } => Some(&candidate.source),
            _ => None,
        }
    }
}

/// Suggests for every local room which room of the source it is, without giving one to two.
///
/// `settled` are the pairs that a person has matched: neither side is suggested again. What is returned is by id of the
/// local room, one for each that is not settled. It does not depend on the order of what is passed in.
///
/// Ids are unique on each side. Where one comes twice, the card that sorts first counts.
pub fn suggest_rooms(
    local: &[RoomCard<RoomId>],
    source: &[RoomCard<SourceRoomId>],
    shared_use: &[SharedUse],
    settled: &[(RoomId, SourceRoomId)],
) -> Vec<Suggestion> {
    let locals = open(local, settled.iter().map(|(local, _)| local));
    let sources = open(source, settled.iter().map(|(_, source)| source));
    let pairs = Pairs::of(&locals, &sources, shared_use);
    let outcomes = pairs.outcomes();
    locals
        .iter()
        .zip(outcomes)
        .enumerate()
        .map(|(row, (room, outcome))| Suggestion {
            local: room.card.id.clone(),
            others: pairs.others(row, &outcome),
            outcome,
        })
        .collect()
}

/// The rooms that are not settled, by id and each once.
fn open<'c, Id: Ord + 'c>(
    cards: &'c [RoomCard<Id>],
    settled: impl Iterator<Item = &'c Id>,
) -> Vec<Prepared<'c, Id>> {
    let settled: BTreeSet<&Id> = settled.collect();
    let mut cards: Vec<&RoomCard<Id>> = cards
        .iter()
        .filter(|card| !settled.contains(&card.id))
        .collect();
    cards.sort();
    cards.dedup_by(|later, first| later.id == first.id);
    cards.into_iter().map(Prepared::of).collect()
}
