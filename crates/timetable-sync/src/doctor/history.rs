//! How old an answer may be.

use isams_client::Payload;

use super::{Check, Consultation, Topic, Verdict};
use crate::cache::freshness;

/// Fewer syncs than this show nothing.
const SYNCS: usize = 2;

pub(super) fn cache(payload: Option<&Payload>, consultation: &Consultation) -> Check {
    let journal = &consultation.journal;
    let latest = payload.map(|payload| (consultation.now, payload));
    if journal.len() < SYNCS {
        return Check::new(
            Topic::CacheAge,
            Verdict::Unknown,
            "iSAMS does not say how old an answer is, and there are too few syncs yet to see how often it changes",
        )
        .advice(
            "See in API Services Manager that the key's cache is 1 hour; iSAMS sets 24 unless told otherwise.",
        );
    }
    match freshness(journal, latest, consultation.expected_cache) {
        None => Check::new(
            Topic::CacheAge,
            Verdict::Good,
            "the answers change as often as expected",
        ),
        Some(found) if found.looks_like.is_some() => {
            Check::new(Topic::CacheAge, Verdict::Notice, found.to_string())
                .advice("Set the key's cache in API Services Manager.")
        }
        Some(found) => Check::new(Topic::CacheAge, Verdict::Unknown, found.to_string())
            .cannot_tell("whether nothing changed, or iSAMS answers from its cache"),
    }
}
