//! A folder for the demo's database.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
};

use crate::exit::{Exit, Failure, Outcome};

/// A folder of this process that is gone after the demo, however it ends, unless it is to be kept.
#[derive(Debug)]
pub(super) struct TemporaryFolder {
    path: PathBuf,
    keep: bool,
}

impl TemporaryFolder {
    pub(super) fn create(keep: bool) -> Outcome<Self> {
        let failed = |error: io::Error| {
            Failure::new(Exit::Failed, error).context("there is no place for the demo's database")
        };
        let base = std::env::temp_dir();
        let mut number = 0;
        loop {
            let path = base.join(format!("timetable-sync-demo-{}-{number}", process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path, keep }),
                // Left over by an earlier process of this number.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => {
                    number += 1;
                }
                Err(error) => return Err(failed(error)),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn remove(self) {
        drop(self);
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if !self.keep
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "the demo's folder is left behind");
        }
    }
}
