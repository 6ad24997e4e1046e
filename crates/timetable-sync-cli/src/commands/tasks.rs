//! `tasks`: what waits for an administrator.

use serde_json::Value;
use timetable_sync::PendingTask;

use crate::{
    context::Context,
    exit::{Exit, Failure, Outcome},
};

pub(crate) async fn run(context: &Context) -> Outcome {
    let tasks = context
        .syncer()
        .pending_tasks(&context.school, Some(context.now()))
        .await?;
    let documents: Vec<Value> = tasks.iter().map(document).collect::<Outcome<_>>()?;
    context.out.result(&documents, || page(context, &tasks))?;
    Ok(Exit::Done)
}

/// The task as data, with the sentence about it.
fn document(task: &PendingTask) -> Outcome<Value> {
    let mut document = serde_json::to_value(task).map_err(|error| {
        Failure::new(Exit::Failed, error).context("the result cannot be written as JSON")
    })?;
    document["text"] = task.to_string().into();
    Ok(document)
}

fn page(context: &Context, tasks: &[PendingTask]) -> String {
    if tasks.is_empty() {
        return "Nothing waits for an administrator.\n".to_owned();
    }
    let tasks = tasks.iter();
    tasks
        .map(|task| {
            let next = next(task).map_or_else(String::new, |words| {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                format!("  {}\n", context.command(&words))
            });
            format!("- {task}\n{next}")
        })
        .collect()
}

/// The command to begin with.
fn next(task: &PendingTask) -> Option<Vec<String>> {
    let words = match task {
        PendingTask::AwaitingMatch { .. } | PendingTask::Rematches { .. } => &["match", "suggest"],
        PendingTask::HeldRun {
            run,
            fingerprint,
            accept,
            ..
        } => {
            return Some(match fingerprint {
                Some(fingerprint) => release(fingerprint, accept),
                None => vec!["runs".to_owned(), "show".to_owned(), run.to_string()],
            });
        }
        PendingTask::UnallocatedWeeks { .. } => &["terms"][..],
        PendingTask::UnassignedRooms { .. } => &["rooms", "list"],
        PendingTask::FailedMessages { .. } => &["outbox", "list"],
        // Each booking comes with the command that brings it back.
        _ => return None,
    };
    Some(words.iter().map(|&word| word.to_owned()).collect())
}

/// What releases a held plan.
fn release(fingerprint: &str, accept: &[String]) -> Vec<String> {
    let mut words = ["sync", "--apply-plan", fingerprint]
        .map(str::to_owned)
        .to_vec();
    for area in accept {
        words.extend(["--accept".to_owned(), area.clone()]);
    }
    words
}
