//! Which schools are looked after.

use std::{fmt::Debug, sync::Arc};

use async_trait::async_trait;
use booking_store::{SchoolId, StoreError};

use crate::{schedule::Schedule, settings::Settings, source::Source};

/// A school that is synced every night.
#[derive(Clone, Debug)]
pub struct School {
    /// Its id in the store.
    pub id: SchoolId,
    /// Where its timetable comes from.
    pub source: Arc<dyn Source>,
    /// What it has set.
    pub settings: Settings,
    /// When it is synced.
    pub schedule: Schedule,
}

impl School {
    /// A school that is synced at about one o'clock in the zone of its settings.
    pub fn new(id: SchoolId, source: Arc<dyn Source>, settings: Settings) -> Self {
        let schedule = Schedule::new(&id, settings.zone);
        Self {
            id,
            source,
            settings,
            schedule,
        }
    }
}

/// The schools of a host. A list of them is one that never changes.
#[async_trait]
pub trait Schools: Send + Sync + Debug {
    /// All schools to look after. It is asked every minute, so that a school or a setting that changes is known at the
    /// latest a minute later; a sync that is under way ends as it began.
    ///
    /// # Errors
    ///
    /// When the host's list cannot be read; the schools that were known are looked after meanwhile.
    async fn schools(&self) -> Result<Vec<School>, StoreError>;
}

#[async_trait]
impl Schools for Vec<School> {
    async fn schools(&self) -> Result<Self, StoreError> {
        Ok(self.clone())
    }
}
