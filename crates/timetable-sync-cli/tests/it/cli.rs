//! Runs the program in a folder of its own.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// When the nightly syncs of the fixtures run.
pub(crate) const FIRST: &str = "2031-09-02T01:00";
pub(crate) const UNCHANGED: &str = "2031-09-03T01:00";
pub(crate) const REPUBLISHED: &str = "2031-09-16T01:00";
pub(crate) const BROKEN: &str = "2031-09-17T01:00";

/// A folder with a database, and nothing in the environment.
pub(crate) struct Cli {
    dir: TempDir,
    env: BTreeMap<String, String>,
}

/// What a call left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Cli {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            env: BTreeMap::new(),
        }
    }

    /// The messages about removed bookings; the administrator hears of some runs beside them.
    pub(crate) fn told(&self) -> Value {
        let mut outbox = self.json(&["outbox", "list"]);
        if let Some(messages) = outbox.as_array_mut() {
            messages.retain(|message| len(&message["bookings"]) > 0);
        }
        outbox
    }

    /// Alder Prep as it was before its first sync.
    pub(crate) fn alder() -> Self {
        let cli = Self::new();
        for file in ["rooms", "timeslots", "bookings"] {
            let file = alder(&format!("existing/{file}.csv"));
            cli.run(&["import", &file]).expect(0);
        }
        cli
    }

    /// The same with its rooms matched and confirmed.
    pub(crate) fn matched_alder() -> Self {
        let cli = Self::alder();
        cli.sync(&alder("first"), FIRST).expect(3);
        for (local, isams) in matches("alder-prep") {
            cli.run(&["match", "set", "room", &local, &isams]).expect(0);
        }
        cli.run(&["match", "confirm"]).expect(0);
        cli
    }

    /// The same with its first sync applied.
    pub(crate) fn synced_alder() -> Self {
        let cli = Self::matched_alder();
        cli.sync(&alder("first"), FIRST).expect(0);
        cli
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, and returns its name as it is passed.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(path, content).unwrap();
        name.to_owned()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_timetable-sync"));
        command.args(args).current_dir(self.dir.path());
        for (name, _) in std::env::vars() {
            if name.starts_with("TIMETABLE_SYNC_") || ["NO_COLOR", "COLUMNS"].contains(&&*name) {
                command.env_remove(name);
            }
        }
        command.envs(&self.env);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let output = self.command(args).output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn start(&self, args: &[&str]) -> Running {
        let child = self
            .command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Running(child)
    }

    /// `sync --from FROM --now NOW --json`.
    pub(crate) fn sync(&self, from: &str, now: &str) -> Ran {
        self.run(&["sync", "--from", from, "--now", now, "--json"])
    }

    /// The document of a command that must succeed.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        self.run(&args).expect(0).json()
    }

    /// The kept bookings, the removed ones, the rooms and the messages: all that a sync may change.
    pub(crate) fn everything(&self) -> [Value; 4] {
        [
            self.json(&["bookings"]),
            self.json(&["rooms", "list"]),
            self.told(),
            self.json(&["match", "list"]),
        ]
    }
}

impl Ran {
    /// The same, if this is how it ended.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Standard output as one document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "{error}\nstdout:\n{}\nstderr:\n{}",
                self.stdout, self.stderr
            )
        })
    }
}

/// A process that ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// A path of Alder Prep.
pub(crate) fn alder(path: &str) -> String {
    fixtures()
        .join("alder-prep")
        .join(path)
        .to_str()
        .unwrap()
        .to_owned()
}

/// The rooms of a school with those of iSAMS.
pub(crate) fn matches(school: &str) -> Vec<(String, String)> {
    let path = fixtures().join(school).join("existing/matches.csv");
    let text = fs::read_to_string(path).unwrap();
    let pairs = text.lines().skip(1).map(|line| {
        let (local, isams) = line.split_once(',').unwrap();
        (local.to_owned(), isams.to_owned())
    });
    pairs.collect()
}

/// The names of an object's members in their order.
pub(crate) fn names(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// How many items a list has.
pub(crate) fn len(list: &Value) -> usize {
    list.as_array().unwrap().len()
}
