//! `record`: an answer to show to others.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use booking_store::{Booking, BookingDesk, SchoolState};
use chrono::NaiveDateTime;
use isams_client::{FetchRequest, KeptName, Recording, Summary};
use serde_json::json;

use crate::{
    args::{Common, RecordArgs},
    config::Config,
    context::{Context, school_now},
    exit::{Exit, Failure, Outcome},
    export, json,
    output::{Output, Style},
    progress::Spinner,
    source,
    table::{table, text},
};

/// What is said whatever was found.
const READ_FIRST: &str = "This is no proof that nothing personal is left: somebody who knows the school must read \
                          these files before anybody else gets them.";

pub(crate) async fn run(common: &Common, args: &RecordArgs, out: Output) -> Outcome {
    let config = Config::load(common)?;
    // Nobody should wait for iSAMS only to hear that the folder is in use.
    let before = earlier(&args.out, args.with_bookings)?;
    if let (Some(file), false) = (before.first(), args.force) {
        let path = args.out.join(file);
        return Err(Failure::usage(format!(
            "{} is there already; --force replaces it",
            path.display()
        )));
    }
    let answers = {
        let _spinner = Spinner::start("asking iSAMS");
        let request = FetchRequest {
            filtered_events: config.settings.filtered_events,
            ..FetchRequest::new(school_now(&config).date())
        };
        source::raw(&args.source, &config.connection, &request).await?
    };
    if answers.is_empty() {
        return Err(Failure::new(
            Exit::NoAnswer,
            anyhow::anyhow!("the API key holds none of the data areas"),
        ));
    }
    let mut recording = Recording::of_all(&answers)?;
    let mut files = Vec::new();
    let digits = answers.len().to_string().len();
    for (answer, number) in recording.answers().iter().zip(1..) {
        // The order of the names is the order in which a folder is read.
        files.push((
            format!("answer-{number:0digits$}.json"),
            json::text(answer)?.into_bytes(),
        ));
    }
    if args.with_bookings {
        let context = Context::existing(&config, out, common.typed()).await?;
        let read = read(&context).await;
        context.store.close().await;
        let (state, bookings) = read?;
        files.extend(export::files(&state, &bookings, recording.pseudonyms())?);
    }
    write(&args.out, &before, &files, args.force).map_err(|error| {
        Failure::new(Exit::Failed, error).context(format!(
            "the recording cannot be written to {}",
            args.out.display()
        ))
    })?;

    let summary = recording.summary();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let document = json!({
        "out": args.out,
        "files": names,
        "replaced": {
            "people": summary.people,
            "addresses": summary.addresses,
            "codes": summary.codes,
            "groups": summary.groups,
            "texts": summary.texts,
        },
        "left_out": summary.left_out,
        "kept_names": summary.kept_names,
        "read_first": READ_FIRST,
    });
    out.result(&document, || page(out, &args.out, &names, &summary))?;
    Ok(Exit::Done)
}

async fn read(context: &Context) -> Outcome<(SchoolState, Vec<Booking>)> {
    let state = context.state_from(NaiveDateTime::MAX).await?;
    let bookings = context.store.bookings(&context.school).await?;
    Ok((state, bookings))
}

/// The files of an earlier recording that would be in the way.
fn earlier(folder: &Path, with_bookings: bool) -> Outcome<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Failure::new(Exit::Usage, error)
                .context(format!("{} cannot be used", folder.display())));
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_answer(name) || (with_bookings && export::NAMES.contains(&name.as_str())))
        .collect();
    names.sort();
    Ok(names)
}

fn is_answer(name: &str) -> bool {
    name.strip_prefix("answer-")
        .and_then(|name| name.strip_suffix(".json"))
        .is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Writes all files. What an earlier recording left goes first, so that no answer of it is read with these.
fn write(
    folder: &Path,
    before: &[String],
    files: &[(String, Vec<u8>)],
    force: bool,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    if force {
        for name in before {
            fs::remove_file(folder.join(name))?;
        }
    }
    for (name, content) in files {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(folder.join(name))?
            .write_all(content)?;
    }
    Ok(())
}

fn page(out: Output, folder: &Path, files: &[&str], summary: &Summary) -> String {
    let mut replaced = table(out, ["replaced", "distinct"]);
    for (what, count) in [
        ("people", summary.people),
        ("e-mail addresses", summary.addresses),
        ("user codes", summary.codes),
        ("codes and names of sets and forms", summary.groups),
        ("other texts", summary.texts),
    ] {
        replaced.add_row([what, &count.to_string()]);
    }
    let mut left_out = table(out, ["left out", "times"]);
    for left in &summary.left_out {
        left_out.add_row([left.path.as_str(), &left.times.to_string()]);
    }
    let left_out = match summary.left_out.as_slice() {
        [] => "Nothing was left out.\n".to_owned(),
        _ => text(&left_out),
    };
    let written = format!("Written to {}: {}", folder.display(), files.join(", "));
    format!(
        "{written}\n\n{}\n{left_out}\n{}\n{}\n",
        text(&replaced),
        kept(out, &summary.kept_names),
        out.bold(READ_FIRST)
    )
}

/// The names that were kept, by what they name; those like a name of staff first.
fn kept(out: Output, names: &[KeptName]) -> String {
    if names.is_empty() {
        return "No name was kept.\n".to_owned();
    }
    let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
    for name in names {
        let what = if name.like_staff {
            out.styled(
                &format!("{}, like a name of staff", name.kind),
                Style::Yellow,
            )
        } else {
            name.kind.to_owned()
        };
        match rows.last_mut() {
            Some((last, texts)) if *last == what => texts.push(&name.text),
            _ => rows.push((what, vec![&name.text])),
        }
    }
    let mut page = "Names that were kept as they are; please look them over:\n".to_owned();
    for (what, texts) in rows {
        page += &format!("- {what}: {}\n", texts.join(" \u{b7} "));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_files_are_in_the_way() {
        for name in ["answer-1.json", "answer-07.json"] {
            assert!(is_answer(name), "{name}");
        }
        for name in [
            "answer-.json",
            "answer-a.json",
            "answer-1.xml",
            "my-answer-1.json",
            "answer-1.json.bak",
        ] {
            assert!(!is_answer(name), "{name}");
        }
    }
}
