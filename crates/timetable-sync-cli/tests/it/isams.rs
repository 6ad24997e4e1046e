//! A simulated iSAMS beside the program, whose log can be read.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use isams_simulator::{Answer, Fixture, Request, Simulator, SimulatorBuilder, TOKEN_PATH};
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

    /// Gives these answers one after another.
    pub(crate) fn play(&self, answers: Vec<Answer>) {
        self.simulator.play(answers);
    }

    pub(crate) fn log(&self) -> Vec<Request> {
        self.simulator.requests()
    }

    pub(crate) fn faults_left(&self) -> usize {
        self.simulator.faults_left()
    }
}

/// Asks for a sign-in.
pub(crate) fn with_sign_in(builder: SimulatorBuilder) -> SimulatorBuilder {
    builder.oauth(CLIENT_ID, SECRET, Duration::from_secs(3_600))
}

/// The tokens that every simulator hands out first.
pub(crate) fn tokens(count: usize) -> Vec<String> {
    let isams = Isams::start(with_sign_in);
    let form =
        format!("grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={SECRET}");
    let request = format!(
        "POST {TOKEN_PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{form}",
        form.len()
    );
    let token = |_| {
        let address = isams.url().replace("http://", "");
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, rest) = answer.split_once("\"access_token\":\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    (0..count).map(token).collect()
}
