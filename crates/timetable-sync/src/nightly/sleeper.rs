//! How the time between two nights passes.

use std::{
    fmt,
    fmt::Debug,
    future,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

/// Waits for a moment of the clock.
#[async_trait]
pub trait Sleeper: Send + Sync + Debug {
    /// Returns at `moment`, or earlier: then the clock is looked at again. May be dropped at any time.
    ///
    /// `under_way` is the number of syncs and of calls of the sender that go on meanwhile. Where time is only pretended, it should
    /// stand still until that is 0.
    async fn sleep_until(&self, moment: DateTime<Utc>, under_way: usize);
}

/// Sleeps by tokio's timer until a clock shows the moment.
#[derive(Clone)]
pub struct WallSleeper(Clock);

impl WallSleeper {
    /// Sleeps by this clock, which must go as fast as tokio's timer.
    pub fn new(clock: Clock) -> Self {
        Self(clock)
    }
}

impl Debug for WallSleeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WallSleeper").finish_non_exhaustive()
    }
}

#[async_trait]
impl Sleeper for WallSleeper {
    async fn sleep_until(&self, moment: DateTime<Utc>, _under_way: usize) {
        let left = (moment - (self.0)()).to_std().unwrap_or_default();
        time::sleep(left).await;
    }
}

/// Pretended time: it jumps from one moment at which something is due to the next, and stands still while that goes on.
///
/// A rehearsal syncs and writes for real. Only the clock is not.
#[derive(Debug)]
pub struct Rehearsal {
    now: Mutex<DateTime<Utc>>,
    end: DateTime<Utc>,
    over: CancellationToken,
}

impl Rehearsal {
    /// Time from `start` on. At `end` it stops, and `over` is cancelled.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>, over: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            now: Mutex::new(start),
            end,
            over,
        })
    }

    /// The clock of the rehearsal.
    pub fn clock(self: &Arc<Self>) -> Clock {
        let rehearsal = Arc::clone(self);
        Arc::new(move || rehearsal.now())
    }

    /// What the clock shows.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Sleeper for Rehearsal {
    async fn sleep_until(&self, moment: DateTime<Utc>, under_way: usize) {
        if under_way > 0 {
            return future::pending().await;
        }
        {
            let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
            if moment < self.end {
                *now = moment.max(*now);
                return;
            }
            *now = self.end.max(*now);
        }
        self.over.cancel();
        future::pending().await
    }
}
