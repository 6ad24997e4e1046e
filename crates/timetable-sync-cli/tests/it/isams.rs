//! A simulated iSAMS beside the program, whose log can be read.

use std::time::Duration;

use isams_simulator::{Fixture, Request, Simulator, SimulatorBuilder};
use tokio::runtime::Runtime;

use crate::cli::fixtures;

pub(crate) const KEY: &str = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";
pub(crate) const CLIENT_ID: &str = "office-of-alder-prep";
pub(crate) const SECRET: &str = "hush-hush-alder";

/// A server on threads of its own.
pub(crate) struct Isams {
    // Stops before the threads that it runs on.
    simulator: Simulator,
    _runtime: Runtime,
}

impl Isams {
    /// Serves Alder Prep as on its second day, to [`KEY`] unless changed.
    pub(crate) fn start(change: impl FnOnce(SimulatorBuilder) -> SimulatorBuilder) -> Self {
        let school = Fixture::open(fixtures().join("alder-prep")).unwrap();
        let day = school.day("unchanged").unwrap();
        let builder = Simulator::builder().key(KEY).day(day).unwrap();
        let runtime = Runtime::new().unwrap();
        let simulator = runtime.block_on(change(builder).start()).unwrap();
        Self {
            simulator,
            _runtime: runtime,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.simulator.url()
    }

    pub(crate) fn log(&self) -> Vec<Request> {
        self.simulator.requests()
    }
}

/// Asks for a sign-in.
pub(crate) fn with_sign_in(builder: SimulatorBuilder) -> SimulatorBuilder {
    builder.oauth(CLIENT_ID, SECRET, Duration::from_secs(3_600))
}
