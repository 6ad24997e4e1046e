//! Where a sync gets its data: the real API, a recorded answer, or a folder of them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use isams_client::{Client, CoverNames, FetchRequest, Payload};
use isams_simulator::Fixture;
use timetable_sync::{Recorded, Source};

use crate::{
    args::SourceArgs,
    connection::Connection,
    exit::{Exit, Failure, Outcome},
    output,
};

/// The source that flags and settings name.
pub(crate) fn open(args: &SourceArgs, connection: &Connection) -> Outcome<Box<dyn Source>> {
    match &args.from {
        Some(path) => Ok(Box::new(Recorded(recorded(path, &connection.cover_names)?))),
        None => Ok(Box::new(client(args, connection)?)),
    }
}

/// The answers of that source to a request as they came, one for each key or file. All of them can be read.
pub(crate) async fn raw(
    args: &SourceArgs,
    connection: &Connection,
    request: &FetchRequest,
) -> Outcome<Vec<Vec<u8>>> {
    if let Some(path) = &args.from {
        let mut answers = Vec::new();
        each_answer(path, &CoverNames::new(), |bytes, _| answers.push(bytes))?;
        return Ok(answers);
    }
    client(args, connection)?
        .fetch_raw(Some(request))
        .await
        .map_err(|error| Failure::from(error).context("iSAMS gave no usable answer"))
}

/// The client that flags and settings name.
pub(crate) fn client(args: &SourceArgs, connection: &Connection) -> Outcome<Client> {
    for (given, flag, variable) in [
        (
            args.api_key.is_some(),
            "--api-key",
            "TIMETABLE_SYNC_API_KEY",
        ),
        (
            args.client_secret.is_some(),
            "--client-secret",
            "TIMETABLE_SYNC_CLIENT_SECRET",
        ),
    ] {
        if given {
            output::message(format_args!(
                "warning: {flag} shows in the process list; prefer {variable} or {flag}-file"
            ));
        }
    }
    connection.under(args).client()
}

/// The answer in a file, or in all files of a folder, merged as those of several keys are.
pub(crate) fn recorded(path: &Path, names: &CoverNames) -> Outcome<Payload> {
    let mut merged: Option<Payload> = None;
    each_answer(path, names, |_, payload| match &mut merged {
        Some(merged) => merged.merge(payload),
        None => merged = Some(payload),
    })?;
    Ok(merged.unwrap_or_default())
}

/// Reads the answer in a file, or those in all files of a folder. There is at least one.
fn each_answer(
    path: &Path,
    names: &CoverNames,
    mut take: impl FnMut(Vec<u8>, Payload),
) -> Outcome<()> {
    let files = files(path)?;
    if files.is_empty() {
        let days = Fixture::open(path).map(|school| day_names(&school));
        let hint = days.map_or_else(
            |_| String::new(),
            |days| format!("; it is a school with several days, so name one: {days}"),
        );
        return Err(Failure::usage(format!(
            "there is no answer in {}{hint}",
            path.display()
        )));
    }
    for file in files {
        let bytes = fs::read(&file).map_err(|error| unreadable(&file, error))?;
        let payload = Payload::from_slice_with(&bytes, names).map_err(|error| {
            Failure::from(error).context(format!("{} cannot be used", file.display()))
        })?;
        take(bytes, payload);
    }
    Ok(())
}

/// The days of a school as they are named.
pub(crate) fn day_names(school: &Fixture) -> String {
    let names: Vec<&str> = school.days().iter().map(|day| day.name.as_str()).collect();
    names.join(", ")
}

fn files(path: &Path) -> Outcome<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    // A day whose files did not change has no folder of its own, so this comes before looking for one.
    match Fixture::of_day_folder(path) {
        Ok(Some((school, day))) => {
            if let Some(day) = school.day(&day) {
                return Ok(day.files.clone());
            }
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the list of days beside the folder is not used"),
    }
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, error))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(|error| unreadable(path, error))?.path();
        let answer = file.extension().is_some_and(|ending| {
            ending.eq_ignore_ascii_case("json") || ending.eq_ignore_ascii_case("xml")
        });
        if answer && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: io::Error) -> Failure {
    Failure::new(Exit::Usage, error).context(format!("{} cannot be read", path.display()))
}
