//! `outbox`: the messages of runs, and sending them.

use std::{fs, path::Path};

use booking_store::{BookingStore, Delivery, NoticeRecord, NoticeState};
use serde_json::{Value, json};
use timetable_sync::{Attempt, SendReport, SmtpNotifier, local_time, send_due_until};
use tokio_util::sync::CancellationToken;

use crate::{
    args::OutboxCommand,
    context::{Context, utc_now},
    exit::{Exit, Failure, Outcome},
    output::Output,
    table::{table, text},
};

/// How many messages one call sends at most; the library ends a call after a while in any case.
const LIMIT: usize = 1_000;

pub(crate) async fn run(context: &Context, command: &OutboxCommand) -> Outcome {
    match command {
        OutboxCommand::List => {
            let notices = notices(context).await?;
            let documents: Vec<Value> = notices
                .iter()
                .map(|record| document(context, record))
                .collect();
            context
                .out
                .result(&documents, || list(context, context.out, &notices))?;
        }
        OutboxCommand::Show { message, eml } => {
            let notices = notices(context).await?;
            let found = found(&notices, message)?;
            if let Some(path) = eml {
                write_eml(context, found, path)?;
            }
            let mut document = document(context, found);
            document["text"] = found.notice.text.as_str().into();
            document["html"] = found.notice.html.as_deref().into();
            document["calendar"] = found.notice.calendar.as_deref().into();
            context.out.result(&document, || match eml {
                Some(path) => format!("The message is in {}.", path.display()),
                None => letter(found),
            })?;
        }
        OutboxCommand::Send => {
            let Some(notifier) = context.mail.notifier()? else {
                return Err(Failure::usage(
                    "no mail server is set: set `host` and `from` under [mail] in timetable-sync.toml, or \
                     TIMETABLE_SYNC_SMTP_HOST and TIMETABLE_SYNC_SMTP_FROM",
                ));
            };
            let report = send(context, &notifier).await?;
            let documents: Vec<Value> = report.attempts.iter().map(attempt).collect();
            context
                .out
                .result(&documents, || sent(context.out, &report))?;
            if report.sent() < report.attempts.len() {
                return Ok(Exit::Failed);
            }
        }
        OutboxCommand::Retry { message, .. } => {
            let notices = notices(context).await?;
            let again: Vec<&NoticeRecord> = match message {
                Some(message) => vec![found(&notices, message)?],
                None => notices
                    .iter()
                    .filter(|record| matches!(record.state, NoticeState::Failed(_)))
                    .collect(),
            };
            let mut queued = Vec::new();
            for record in again {
                if context.store.requeue(&record.notice.id).await? {
                    queued.push(record.notice.id.as_str());
                } else if message.is_some() {
                    return Err(Failure::failed("the message was sent already"));
                }
            }
            let document = json!({ "queued": queued });
            context.out.result(&document, || match queued.len() {
                0 => "No message has failed.".to_owned(),
                1 => "1 message is queued again.".to_owned(),
                many => format!("{many} messages are queued again."),
            })?;
        }
    }
    Ok(Exit::Done)
}

/// Sends what is due now of the school. Others in the database may have another mail server.
///
/// Now is the machine's time, whatever the call judges by: a message that is put off waits for the clock of whoever
/// sends next.
pub(crate) async fn send(context: &Context, notifier: &SmtpNotifier) -> Outcome<SendReport> {
    let (store, holder) = (&*context.store, context.holder());
    let (school, now) = (Some(&context.school), utc_now());
    let never = CancellationToken::new();
    Ok(send_due_until(store, notifier, school, holder, now, LIMIT, &never).await?)
}

async fn notices(context: &Context) -> Outcome<Vec<NoticeRecord>> {
    Ok(context.store.notices(&context.school).await?)
}

/// By id, else by its number in the list.
fn found<'n>(notices: &'n [NoticeRecord], message: &str) -> Outcome<&'n NoticeRecord> {
    let message = message.trim();
    let number = message.parse::<usize>().ok();
    notices
        .iter()
        .find(|record| record.notice.id.as_str() == message)
        .or_else(|| notices.get(number?.checked_sub(1)?))
        .ok_or_else(|| Failure::failed(format!("there is no message `{message}`")))
}

fn document(context: &Context, record: &NoticeRecord) -> Value {
    let notice = &record.notice;
    let removed = notice.removed.iter();
    let bookings: Vec<&str> = removed.map(|removed| removed.booking.id.as_str()).collect();
    let next = record.next_attempt.map(|next| context.local(next));
    json!({
        "to": notice.to.to_string(),
        "run": notice.run.to_string(),
        "state": record.state.name(),
        "subject": notice.subject,
        "id": notice.id,
        "reason": reason(&record.state),
        "bookings": bookings,
        "attempts": record.attempts,
        "last_error": record.last_error,
        "next_attempt": next.map(local_time),
    })
}

fn attempt(attempt: &Attempt) -> Value {
    let (state, reason) = outcome(&attempt.outcome);
    json!({
        "id": attempt.notice,
        "to": attempt.to.to_string(),
        "state": state,
        "reason": reason,
    })
}

fn outcome(outcome: &Delivery) -> (&'static str, Option<&str>) {
    match outcome {
        Delivery::Sent => ("sent", None),
        Delivery::Failed(reason) => ("failed", Some(reason)),
        Delivery::TryAgain { reason, .. } => ("queued", Some(reason)),
    }
}

fn reason(state: &NoticeState) -> Option<&str> {
    match state {
        NoticeState::Failed(reason) => Some(reason),
        NoticeState::Queued | NoticeState::Sent => None,
    }
}

/// All messages as a table.
pub(crate) fn list(context: &Context, out: Output, notices: &[NoticeRecord]) -> String {
    let mut table = table(out, ["", "to", "run", "state", "subject"]);
    for (place, record) in notices.iter().enumerate() {
        table.add_row([
            (place + 1).to_string(),
            record.notice.to.to_string(),
            record.notice.run.to_string(),
            state(context, record),
            record.notice.subject.clone(),
        ]);
    }
    text(&table)
}

/// `queued, tried 3 times, again at 02:10: connection refused`.
fn state(context: &Context, record: &NoticeRecord) -> String {
    let name = record.state.name();
    if let Some(reason) = reason(&record.state) {
        return format!("{name}: {reason}");
    }
    let (NoticeState::Queued, Some(error)) = (&record.state, &record.last_error) else {
        return name.to_owned();
    };
    let tried = match record.attempts {
        0 => String::new(),
        1 => ", tried once".to_owned(),
        many => format!(", tried {many} times"),
    };
    let again = record.next_attempt.map(|next| {
        let next = context.local(next);
        if next.date() == context.now().date() {
            next.format(", again at %H:%M").to_string()
        } else {
            next.format(", again on %-d %b %Y at %H:%M").to_string()
        }
    });
    format!("{name}{tried}{}: {error}", again.unwrap_or_default())
}

/// What became of the messages that were due.
pub(crate) fn sent(out: Output, report: &SendReport) -> String {
    if report.attempts.is_empty() {
        return "No message is due.".to_owned();
    }
    let mut table = table(out, ["to", "state", "reason"]);
    for attempt in &report.attempts {
        let (state, reason) = outcome(&attempt.outcome);
        table.add_row([
            attempt.to.to_string(),
            state.to_owned(),
            reason.unwrap_or_default().to_owned(),
        ]);
    }
    text(&table)
}

fn write_eml(context: &Context, record: &NoticeRecord, path: &Path) -> Outcome<()> {
    let letterhead = context.mail.letterhead_of_a_file()?;
    let email = letterhead
        .eml(&record.notice)
        .map_err(|error| Failure::new(Exit::Failed, error))?;
    fs::write(path, email).map_err(|error| {
        Failure::new(Exit::Failed, error).context(format!("{} cannot be written", path.display()))
    })
}

/// One message in full.
pub(crate) fn letter(record: &NoticeRecord) -> String {
    let notice = &record.notice;
    format!(
        "To: {}\nSubject: {}\n\n{}",
        notice.to, notice.subject, notice.text
    )
}
