//! Messages as `.eml` files, to look at.

use std::{fs, path::PathBuf};

use async_trait::async_trait;
use booking_store::{Delivery, Notice};

use super::{
    letterhead::{Letterhead, stable_id},
    notifier::Notifier,
};

/// Writes each message as an `.eml` file, which mail programs open. For rehearsals and demonstrations.
#[derive(Clone, Debug)]
pub struct FileNotifier {
    folder: PathBuf,
    letterhead: Letterhead,
}

impl FileNotifier {
    /// Writes into this folder, which must be there.
    pub fn new(folder: impl Into<PathBuf>, letterhead: Letterhead) -> Self {
        Self {
            folder: folder.into(),
            letterhead,
        }
    }

    /// Where the message is written.
    pub fn path(&self, notice: &Notice) -> PathBuf {
        self.folder.join(format!("{}.eml", stable_id(notice)))
    }
}

#[async_trait]
impl Notifier for FileNotifier {
    async fn deliver(&self, notice: &Notice) -> Delivery {
        let email = match self.letterhead.eml(notice) {
            Ok(email) => email,
            Err(error) => return Delivery::Failed(super::smtp::chain(&error)),
        };
        match fs::write(self.path(notice), email) {
            Ok(()) => Delivery::Sent,
            Err(error) => Delivery::TryAgain {
                reason: format!("the file cannot be written: {error}"),
                not_before: None,
            },
        }
    }
}
