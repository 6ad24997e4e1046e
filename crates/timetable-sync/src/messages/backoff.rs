//! When a message that was not accepted is tried again.

use booking_store::NoticeId;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

/// How long to wait after each attempt, in minutes; after the last of them a message is given up.
///
/// A mail server that asks to come back wants a few minutes. One that is down is repaired on the next day, or the day
/// after where it broke at night: the whole takes a little over two days.
const MINUTES: [i64; 16] = [
    1, 5, 15, 60, 240, 240, 240, 240, 240, 240, 240, 240, 240, 240, 240, 240,
];

/// By at most this share of itself a wait is longer, so that messages that failed together do not come back together.
const JITTER_PERCENT: i64 = 20;

/// How long to wait after so many attempts, or `None` where that was the last. The same message waits the same time.
pub(super) fn wait(notice: &NoticeId, attempts: u32) -> Option<TimeDelta> {
    let index = usize::try_from(attempts.saturating_sub(1)).ok()?;
    let seconds = MINUTES.get(index)? * 60;
    let hash = Sha256::digest(format!("{notice} {attempts}"));
    let part = i64::from(u16::from_be_bytes([hash[0], hash[1]]));
    let jitter = seconds * JITTER_PERCENT * part / (100 * i64::from(u16::MAX));
    Some(TimeDelta::seconds(seconds + jitter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(id: &str) -> Vec<TimeDelta> {
        let id = NoticeId::new(id);
        (1..).map_while(|attempts| wait(&id, attempts)).collect()
    }

    #[test]
    fn waits_grow_from_a_minute_to_four_hours_and_end_after_two_days() {
        let waits = waits("n1");
        let least = [1, 5, 15, 60, 240, 240];
        for (wait, least) in waits.iter().zip(least) {
            let least = TimeDelta::minutes(least);
            assert!(*wait >= least && *wait <= least * 6 / 5, "{wait}");
        }
        let whole: TimeDelta = waits.iter().sum();
        assert!(
            whole > TimeDelta::hours(48) && whole < TimeDelta::hours(60),
            "{whole}"
        );
        assert_eq!(wait(&NoticeId::new("n1"), u32::MAX), None);
    }

    #[test]
    fn a_message_waits_the_same_time_whoever_asks_and_two_messages_do_not() {
        assert_eq!(waits("n1"), waits("n1"));
        assert_ne!(waits("n1"), waits("n2"));
    }
}
