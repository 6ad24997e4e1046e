//! Holds a school's lease for as long as a change takes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use booking_store::{BookingStore, Lease, SchoolId};
use chrono::TimeDelta;
use tokio::{task::JoinHandle, time};

use crate::{clock::Clock, error::Error};

/// A lease that is not renewed lapses after so long, so that a killed process delays the next one only a little.
const TIME_TO_LIVE: TimeDelta = TimeDelta::seconds(4);

/// How often the lease is renewed, and how often a waiting process asks for it.
const RENEWAL: Duration = Duration::from_secs(1);
const ASK_EVERY: Duration = Duration::from_millis(200);

/// Tells the leases apart that one process takes.
static TAKEN: AtomicU64 = AtomicU64::new(0);

/// A lease that a background task renews until it is released or dropped.
#[derive(Debug)]
pub(crate) struct LeaseKeeper {
    pub(crate) lease: Lease,
    store: Arc<dyn BookingStore>,
    renewal: JoinHandle<()>,
}

impl LeaseKeeper {
    /// Takes the lease, waiting up to `patience` for another holder.
    pub(crate) async fn take(
        store: Arc<dyn BookingStore>,
        school: &SchoolId,
        holder: &str,
        clock: Clock,
        patience: Duration,
    ) -> Result<Self, Error> {
        // Two changes of one process exclude each other as those of two processes do.
        let holder = format!("{holder}#{}", TAKEN.fetch_add(1, Ordering::Relaxed));
        let until = time::Instant::now() + patience;
        let lease = loop {
            if let Some(lease) = store.lease(school, &holder, clock(), TIME_TO_LIVE).await? {
                break lease;
            }
            if time::Instant::now() >= until {
                return Err(Error::Busy);
            }
            time::sleep(ASK_EVERY).await;
        };
        let (school, keep) = (school.clone(), Arc::clone(&store));
        let renewal = tokio::spawn(async move {
            loop {
                time::sleep(RENEWAL).await;
                // A failed renewal is tried again; a commit checks the lease in any case.
                if let Err(error) = keep.lease(&school, &holder, clock(), TIME_TO_LIVE).await {
                    tracing::warn!(%error, "the lease could not be renewed");
                }
            }
        });
        Ok(Self {
            lease,
            store,
            renewal,
        })
    }

    /// Gives the lease back. Where that fails it lapses by itself.
    pub(crate) async fn release(mut self) {
        self.renewal.abort();
        // A renewal that is under way would take the lease again after it was given back.
        let _ = (&mut self.renewal).await;
        if let Err(error) = self.store.release(&self.lease).await {
            tracing::warn!(%error, "the lease could not be given back; it lapses by itself");
        }
    }
}

impl Drop for LeaseKeeper {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}
