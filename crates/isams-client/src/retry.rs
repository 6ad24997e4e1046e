use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

use crate::Error;

/// As often as the public client that retries (one).
const TIMES: usize = 5;

const LONGEST_DELAY: Duration = Duration::from_secs(20);

/// When a download is tried again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    /// How long all attempts together may take.
    pub(crate) within: Duration,
    /// The shortest wait before the second attempt. Each wait is about twice as long as the one before.
    pub(crate) first_delay: Duration,
    /// How many attempts may follow the first.
    pub(crate) times: usize,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            within: Duration::from_secs(120),
            first_delay: Duration::from_secs(1),
            times: TIMES,
        }
    }
}

impl Retry {
    pub(crate) fn start(self) -> Attempts {
        Attempts {
            within: self.within,
            started: Instant::now(),
            delays: ExponentialBuilder::default()
                .with_jitter()
                .with_factor(2.0)
                .with_min_delay(self.first_delay)
                .with_max_delay(LONGEST_DELAY)
                .with_max_times(self.times)
                .build(),
        }
    }
}

/// A failed attempt, and how long the server asked to be left alone.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) retry_after: Option<Duration>,
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            retry_after: None,
        }
    }
}

/// One download, over its attempts.
#[derive(Debug)]
pub(crate) struct Attempts {
    within: Duration,
    started: Instant,
    delays: ExponentialBackoff,
}

impl Attempts {
    /// How long to wait before the next attempt, and how long that may take; `None` when this failure is the last.
    pub(crate) fn after(&mut self, failure: &Failure) -> Option<(Duration, Duration)> {
        if !failure.error.is_retryable() {
            return None;
        }
        let delay = self
            .delays
            .next()?
            .max(failure.retry_after.unwrap_or_default());
        let left = self
            .within
            .saturating_sub(self.started.elapsed())
            .saturating_sub(delay);
        (!left.is_zero()).then_some((delay, left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;

    fn failure(status: StatusCode, retry_after: Option<u64>) -> Failure {
        Failure {
            error: Error::Status {
                status,
                received: String::new(),
            },
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    #[test]
    fn waits_double_with_jitter_and_end() {
        let mut attempts = Retry::default().start();
        for shortest in [1, 2, 4, 8, 16] {
            let (delay, _) = attempts
                .after(&failure(StatusCode::BAD_GATEWAY, None))
                .unwrap();
            assert!(delay >= Duration::from_secs(shortest), "{delay:?}");
            assert!(delay <= Duration::from_secs(2 * shortest), "{delay:?}");
        }
        let last = attempts.after(&failure(StatusCode::BAD_GATEWAY, None));
        assert_eq!(last, None);
    }

    #[test]
    fn the_server_may_ask_for_a_longer_wait_but_not_beyond_the_limit() {
        let mut attempts = Retry::default().start();
        let busy = StatusCode::TOO_MANY_REQUESTS;
        let (delay, left) = attempts.after(&failure(busy, Some(30))).unwrap();
        assert_eq!(delay, Duration::from_secs(30));
        assert!(left <= Duration::from_secs(90), "{left:?}");
        assert_eq!(attempts.after(&failure(busy, Some(3600))), None);
    }

    #[test]
    fn as_many_attempts_follow_as_are_allowed() {
        for times in [0, 1, 7] {
            let retry = Retry {
                first_delay: Duration::from_millis(1),
                times,
                ..Retry::default()
            };
            let mut attempts = retry.start();
            let busy = failure(StatusCode::BAD_GATEWAY, None);
            let allowed = (0..20)
                .take_while(|_| attempts.after(&busy).is_some())
                .count();
            assert_eq!(allowed, times);
        }
    }

    #[test]
    fn a_lasting_failure_or_no_time_is_the_end() {
        let mut attempts = Retry::default().start();
        assert_eq!(attempts.after(&failure(StatusCode::FORBIDDEN, None)), None);
        let never = Retry {
            within: Duration::ZERO,
            ..Retry::default()
        };
        assert_eq!(
            never.start().after(&failure(StatusCode::BAD_GATEWAY, None)),
            None
        );
    }
}
