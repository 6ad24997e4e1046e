//! `outbox`: the messages to people whose bookings were removed.

use booking_store::{BookingStore, NoticeRecord, NoticeState};
use serde_json::{Value, json};

use crate::{
    args::OutboxCommand,
    context::Context,
    exit::{Exit, Failure, Outcome},
    output::Output,
    table::{table, text},
};

pub(crate) async fn run(context: &Context, command: &OutboxCommand) -> Outcome {
    let notices = context.store.notices(&context.school).await?;
    match command {
        OutboxCommand::List => {
            let documents: Vec<Value> = notices.iter().map(document).collect();
            context
                .out
                .result(&documents, || list(context.out, &notices))?;
        }
        OutboxCommand::Show { message } => {
            let found = find(&notices, message)
                .ok_or_else(|| Failure::failed(format!("there is no message `{message}`")))?;
            let mut document = document(found);
            document["text"] = found.notice.text.as_str().into();
            context.out.result(&document, || letter(found))?;
        }
    }
    Ok(Exit::Done)
}

/// By id, else by its number in the list.
fn find<'n>(notices: &'n [NoticeRecord], message: &str) -> Option<&'n NoticeRecord> {
    let message = message.trim();
    notices
        .iter()
        .find(|record| record.notice.id.as_str() == message)
        .or_else(|| notices.get(message.parse::<usize>().ok()?.checked_sub(1)?))
}

fn document(record: &NoticeRecord) -> Value {
    let notice = &record.notice;
    let removed = notice.removed.iter();
    let bookings: Vec<&str> = removed.map(|removed| removed.booking.id.as_str()).collect();
    json!({
        "to": notice.to.to_string(),
        "run": notice.run.to_string(),
        "state": record.state.name(),
        "subject": notice.subject,
        "id": notice.id,
        "reason": reason(&record.state),
        "bookings": bookings,
    })
}

fn reason(state: &NoticeState) -> Option<&str> {
    match state {
        NoticeState::Failed(reason) => Some(reason),
        NoticeState::Queued | NoticeState::Sent => None,
    }
}

/// All messages as a table.
pub(crate) fn list(out: Output, notices: &[NoticeRecord]) -> String {
    let mut table = table(out, ["", "to", "run", "state", "subject"]);
    for (place, record) in notices.iter().enumerate() {
        let state = match reason(&record.state) {
            Some(reason) => format!("{}: {reason}", record.state.name()),
            None => record.state.name().to_owned(),
        };
        table.add_row([
            (place + 1).to_string(),
            record.notice.to.to_string(),
            record.notice.run.to_string(),
            state,
            record.notice.subject.clone(),
        ]);
    }
    text(&table)
}

/// One message in full.
pub(crate) fn letter(record: &NoticeRecord) -> String {
    let notice = &record.notice;
    format!(
        "To: {}\nSubject: {}\n\n{}",
        notice.to, notice.subject, notice.text
    )
}
