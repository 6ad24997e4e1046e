//! Evidence of one kind, before it is weighed with the others.

use super::reason::Reason;

/// Evidence of one kind.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    pub(super) score: u32,
    /// Whether it can be certain by itself.
    pub(super) solid: bool,
    pub(super) reason: Reason,
}

impl Evidence {
    pub(super) fn new(score: u32, solid: bool, reason: Reason) -> Self {
        Self {
            score,
            solid,
            reason,
        }
    }
}
