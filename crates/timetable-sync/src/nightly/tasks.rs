//! The syncs and the sender that are under way.

use std::{collections::HashMap, future::Future};

use booking_store::SchoolId;
use chrono::{DateTime, Utc};
use tokio::task::{Id, JoinSet};

use crate::{error::Error, report::Report};

/// What is under way. Dropping it stops all of it.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    set: JoinSet<Outcome>,
    names: HashMap<Id, Name>,
}

/// What came to an end. Without an outcome it panicked.
#[derive(Debug)]
pub(super) enum Ended {
    /// The sync of a school, begun then; no report where the school was not due any more.
    Sync(SchoolId, DateTime<Utc>, Option<Synced>),
    /// The sender.
    Send(Option<Result<(), Error>>),
}

/// What a sync came to.
pub(super) type Synced = Box<Result<Option<Report>, Error>>;

/// A task is known by its name even when it panicked.
#[derive(Debug)]
enum Name {
    Sync(SchoolId, DateTime<Utc>),
    Send,
}

#[derive(Debug)]
enum Outcome {
    Sync(Synced),
    Send(Result<(), Error>),
}

impl Tasks {
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn syncs(&self) -> usize {
        let sync = |name: &&Name| matches!(name, Name::Sync(..));
        self.names.values().filter(sync).count()
    }

    pub(super) fn is_sending(&self) -> bool {
        self.names.values().any(|name| matches!(name, Name::Send))
    }

    pub(super) fn sync(
        &mut self,
        school: SchoolId,
        begun: DateTime<Utc>,
        work: impl Future<Output = Result<Option<Report>, Error>> + Send + 'static,
    ) {
        let work = async move { Outcome::Sync(Box::new(work.await)) };
        let task = self.set.spawn(work);
        self.names.insert(task.id(), Name::Sync(school, begun));
    }

    pub(super) fn send(&mut self, work: impl Future<Output = Result<(), Error>> + Send + 'static) {
        let task = self.set.spawn(async move { Outcome::Send(work.await) });
        self.names.insert(task.id(), Name::Send);
    }

    /// Waits for what ends next; `None` where nothing is under way. May be dropped at any time.
    pub(super) async fn next(&mut self) -> Option<Ended> {
        let (id, outcome) = match self.set.join_next_with_id().await? {
            Ok((id, outcome)) => (id, Some(outcome)),
            Err(error) => (error.id(), None),
        };
        Some(match (self.names.remove(&id)?, outcome) {
            (Name::Sync(school, begun), Some(Outcome::Sync(outcome))) => {
                Ended::Sync(school, begun, Some(outcome))
            }
            (Name::Sync(school, begun), _) => Ended::Sync(school, begun, None),
            (Name::Send, Some(Outcome::Send(outcome))) => Ended::Send(Some(outcome)),
            (Name::Send, _) => Ended::Send(None),
        })
    }
}
