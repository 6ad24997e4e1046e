//! The fingerprint of what a plan would do, by which a person releases exactly that.

use std::fmt;

use room_timetable::CauseKind;
use sha2::{Digest, Sha256};

use crate::{diff::Counts, removal::PlannedRemoval};

/// How many bytes of the hash are kept.
const BYTES: usize = 10;

/// Names what a plan withholds: each removal's booking, room, start, end and causes by meaning, and the counts of other
/// changes. The clock, ids of runs and rows, row order, labels and free rooms play no part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Reads a fingerprint as a person gives it: case and surrounding space are ignored.
    pub fn given(text: &str) -> Self {
        Self(text.trim().to_ascii_lowercase())
    }

    /// The fingerprint as it is shown: lower-case hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Removals on their way to a fingerprint, in any order: their hashes are added up, so that one more costs no more than
/// itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summed {
    sum: [u64; 4],
    count: usize,
}

impl Summed {
    pub(crate) fn add(&mut self, removal: &PlannedRemoval) {
        let hash = Sha256::digest(line(removal));
        for (lane, bytes) in self.sum.iter_mut().zip(hash.chunks_exact(8)) {
            let part = bytes
                .iter()
                .fold(0, |part, byte| part << 8 | u64::from(*byte));
            *lane = lane.wrapping_add(part);
        }
        self.count += 1;
    }

    /// The fingerprint of these removals and counts.
    pub(crate) fn fingerprint(&self, counts: &[(&str, Counts)]) -> Fingerprint {
        let mut text = format!("{:?} {}", self.sum, self.count);
        for (name, counts) in counts {
            text.push_str(&format!(
                "\n{name} +{} ~{} -{}",
                counts.added, counts.changed, counts.removed
            ));
        }
        let hash = Sha256::digest(text);
        Fingerprint(
            hash.iter()
                .take(BYTES)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

impl<'r> FromIterator<&'r PlannedRemoval> for Summed {
    fn from_iter<I: IntoIterator<Item = &'r PlannedRemoval>>(removals: I) -> Self {
        let mut summed = Self::default();
        removals.into_iter().for_each(|removal| summed.add(removal));
        summed
    }
}

fn line(removal: &PlannedRemoval) -> String {
    let booking = &removal.booking;
    let mut causes: Vec<(CauseKind, &str, String)> = removal
        .causes
        .iter()
        .map(|cause| (cause.kind, cause.group.as_str(), cause.interval.to_string()))
        .collect();
    causes.sort();
    // Debug quotes and escapes, so no text can be mistaken for another part.
    format!(
        "{:?} {:?} {} {causes:?}",
        booking.id.as_str(),
        booking.room.as_str(),
        booking.interval
    )
}
