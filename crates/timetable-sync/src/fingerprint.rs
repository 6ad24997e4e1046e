//! The fingerprint of what a plan would do, by which a person releases exactly that.

use std::fmt;

use room_timetable::CauseKind;
use sha2::{Digest, Sha256};

use crate::{diff::Counts, removal::PlannedRemoval};

/// How many bytes of the hash are kept.
const BYTES: usize = 10;

/// Names what a plan withholds: each removal's booking, room, start, end and causes by meaning, and the counts of other
/// changes. The clock, ids of runs and rows, row order, labels and free rooms play no part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint as it is shown: lower-case hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` names this plan; case and surrounding space are ignored.
    pub fn is(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text.trim())
    }

    /// The fingerprint of these removals, in any order, and counts.
    pub(crate) fn of<'r>(
        removals: impl IntoIterator<Item = &'r PlannedRemoval>,
        counts: &[(&str, Counts)],
    ) -> Self {
        let mut lines: Vec<String> = removals.into_iter().map(line).collect();
        lines.sort();
        for (name, counts) in counts {
            lines.push(format!(
                "{name} +{} ~{} -{}",
                counts.added, counts.changed, counts.removed
            ));
        }
        let hash = Sha256::digest(lines.join("\n"));
        Self(
            hash.iter()
                .take(BYTES)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
