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
                format!("  {}\n", context.command(&words))
            });
            format!("- {task}\n{next}")
        })
        .collect()
}

/// The command to begin with.
fn next(task: &PendingTask) -> Option<Vec<&'static str>> {
    Some(match task {
        PendingTask::AwaitingMatch { .. } => vec!["match", "suggest"],
        PendingTask::HeldRun { .. } => vec!["runs"],
        PendingTask::UnallocatedWeeks { .. } => vec!["terms"],
        PendingTask::UnassignedRooms { .. } => vec!["rooms", "list"],
        PendingTask::Rematches { .. } => vec!["match", "suggest"],
        PendingTask::FailedMessages { .. } => vec!["outbox", "list"],
        // Each booking comes with the command that brings it back.
        _ => return None,
    })
}
