//! A sign of life on a terminal.

use std::{
    io::{self, IsTerminal},
    sync::Arc,
    time::Duration,
};

use booking_store::SchoolId;
use indicatif::{ProgressBar, ProgressDrawTarget};
use timetable_sync::{Metrics, Stage};
use tokio::{task::JoinHandle, time};

/// What is over sooner needs no sign.
const PATIENCE: Duration = Duration::from_secs(1);

/// Turns while something takes longer than a second, and is gone when dropped. Nothing shows unless standard error is a
/// terminal.
#[derive(Debug)]
pub(crate) struct Spinner(Option<(ProgressBar, JoinHandle<()>)>);

impl Spinner {
    pub(crate) fn start(text: &'static str) -> Self {
        Self(io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_draw_target(ProgressDrawTarget::hidden());
            bar.set_message(text);
            let later = bar.clone();
            let ticks = tokio::spawn(async move {
                time::sleep(PATIENCE).await;
                later.set_draw_target(ProgressDrawTarget::stderr());
                later.enable_steady_tick(Duration::from_millis(100));
            });
            (bar, ticks)
        }))
    }

    /// Shows which stage of a sync is under way, to be told of it as [`Metrics`].
    pub(crate) fn stages(&self) -> Arc<dyn Metrics> {
        let bar = self.0.as_ref().map(|(bar, _)| bar.clone());
        Arc::new(Stages(bar))
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some((bar, ticks)) = &self.0 {
            ticks.abort();
            bar.finish_and_clear();
        }
    }
}

#[derive(Debug)]
struct Stages(Option<ProgressBar>);

impl Metrics for Stages {
    fn stage(&self, _school: Option<&SchoolId>, stage: Stage, _took: Duration) {
        let Some(bar) = &self.0 else { return };
        match stage {
            Stage::Fetch => bar.set_message("planning"),
            Stage::Plan => bar.set_message("writing the changes"),
            Stage::Commit | Stage::Send => {}
        }
    }
}
