//! Fixtures on disk: a school's days, and the files of which each day's answer consists.

use std::io;
use std::path::{Component, Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use crate::merge::merge;
use crate::xml;

/// The file that lists a school's days.
const DAYS: &str = "days.toml";

/// A school's folder with its days.
#[derive(Clone, Debug)]
pub struct Fixture {
    name: String,
    days: Vec<Day>,
}

/// What one school's keys answer on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day's name, such as `republished`.
    pub name: String,
    /// The school-local date.
    pub date: NaiveDate,
    /// Absolute paths of the documents, in the order of the list.
    pub files: Vec<PathBuf>,
}

/// A fixture could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FixtureError {
    /// A file or folder could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The list of days is not the TOML that it should be.
    #[error("cannot understand {}", path.display())]
    Days {
        /// The list.
        path: PathBuf,
        /// Why.
        source: Box<toml::de::Error>,
    },
    /// A day's date is not written as `2031-09-02`.
    #[error("date of day `{day}` in {}", path.display())]
    Date {
        /// The list.
        path: PathBuf,
        /// The day's name.
        day: String,
        /// Why.
        source: chrono::ParseError,
    },
    /// A listed file is not below the school's folder.
    #[error("{} lists a file outside its folder: {}", path.display(), file.display())]
    Outside {
        /// The list.
        path: PathBuf,
        /// The file as listed.
        file: PathBuf,
    },
    /// A document is not JSON.
    #[error("{} is not JSON", path.display())]
    Json {
        /// The document.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayList {
    day: Vec<DayEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayEntry {
    name: String,
    date: String,
    files: Vec<PathBuf>,
}

impl Fixture {
    /// Reads the list of days in a school's folder. The documents are read when a day is asked for
    /// them.
    ///
    /// # Errors
    ///
    /// Returns [`FixtureError`] when `days.toml` is missing, is not understood, or lists a file
    /// outside the folder.
    pub fn open(school_dir: impl AsRef<Path>) -> Result<Self, FixtureError> {
        let dir = absolute(school_dir.as_ref())?;
        let path = dir.join(DAYS);
        let text = std::fs::read_to_string(&path).map_err(|source| FixtureError::Read {
            path: path.clone(),
            source,
        })?;
        let list: DayList = toml::from_str(&text).map_err(|source| FixtureError::Days {
            path: path.clone(),
            source: Box::new(source),
        })?;
        let days = list
            .day
            .into_iter()
            .map(|entry| day(&dir, &path, entry))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            name: file_name(&dir),
            days,
        })
    }

    /// The fixture and the name of its day, if `dir` is the folder of a day that the `days.toml`
    /// beside it lists.
    ///
    /// A day whose files did not change has no folder; its path is recognised all the same.
    ///
    /// # Errors
    ///
    /// As [`Fixture::open`], except that a missing `days.toml` is no error.
    pub fn of_day_folder(dir: impl AsRef<Path>) -> Result<Option<(Self, String)>, FixtureError> {
        let dir = absolute(dir.as_ref())?;
        let Some(school_dir) = dir.parent().filter(|parent| parent.join(DAYS).is_file()) else {
            return Ok(None);
        };
        let fixture = Self::open(school_dir)?;
        let name = file_name(&dir);
        Ok(fixture.day(&name).is_some().then_some((fixture, name)))
    }

    /// The name of the school's folder, such as `alder-prep`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The days in the order of the list.
    #[must_use]
    pub fn days(&self) -> &[Day] {
        &self.days
    }

    /// The day of this name.
    #[must_use]
    pub fn day(&self, name: &str) -> Option<&Day> {
        self.days.iter().find(|day| day.name == name)
    }
}

impl Day {
    /// Path and bytes of every document: what several keys would answer.
    ///
    /// # Errors
    ///
    /// Returns [`FixtureError::Read`] at the first file that cannot be read.
    pub fn documents(&self) -> Result<Vec<(PathBuf, Vec<u8>)>, FixtureError> {
        read_all(self.files.clone())
    }

    /// Path and bytes of the XML beside every document, which the [generator](crate::generate)
    /// writes: the same answers in the other form.
    ///
    /// # Errors
    ///
    /// Returns [`FixtureError::Read`] at the first that is not there or cannot be read.
    pub fn xml_documents(&self) -> Result<Vec<(PathBuf, Vec<u8>)>, FixtureError> {
        read_all(self.files.iter().map(|path| path.with_extension("xml")))
    }

    /// All documents merged into the one that a single key would answer.
    ///
    /// # Errors
    ///
    /// Returns [`FixtureError`] at the first file that cannot be read or is not JSON.
    pub fn body(&self) -> Result<Vec<u8>, FixtureError> {
        Ok(self.merged()?.to_string().into_bytes())
    }

    /// All documents merged into one, as the XML that they would have come from.
    ///
    /// # Errors
    ///
    /// As [`Day::body`].
    pub fn xml_body(&self) -> Result<Vec<u8>, FixtureError> {
        Ok(xml::from_json(&self.merged()?).into_bytes())
    }

    fn merged(&self) -> Result<Value, FixtureError> {
        let mut body = Value::Null;
        for (path, bytes) in self.documents()? {
            let document = serde_json::from_slice(&bytes)
                .map_err(|source| FixtureError::Json { path, source })?;
            merge(&mut body, document);
        }
        Ok(body)
    }
}

fn read_all(
    paths: impl IntoIterator<Item = PathBuf>,
) -> Result<Vec<(PathBuf, Vec<u8>)>, FixtureError> {
    paths
        .into_iter()
        .map(|path| match std::fs::read(&path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(source) => Err(FixtureError::Read { path, source }),
        })
        .collect()
}

fn day(dir: &Path, list: &Path, entry: DayEntry) -> Result<Day, FixtureError> {
    let date = entry.date.parse().map_err(|source| FixtureError::Date {
        path: list.to_owned(),
        day: entry.name.clone(),
        source,
    })?;
    let files = entry
        .files
        .into_iter()
        .map(|file| {
            if file
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
            {
                Ok(dir.join(file))
            } else {
                Err(FixtureError::Outside {
                    path: list.to_owned(),
                    file,
                })
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(Day {
        name: entry.name,
        date,
        files,
    })
}

fn absolute(path: &Path) -> Result<PathBuf, FixtureError> {
    std::path::absolute(path).map_err(|source| FixtureError::Read {
        path: path.to_owned(),
        source,
    })
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
