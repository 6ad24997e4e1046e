//! `sync`: fetch, plan, guard, apply, send.

use booking_store::Delivery;
use timetable_sync::{Report, SmtpNotifier, Source, Status, SyncRequest};

use crate::{
    args::SyncArgs,
    commands::outbox,
    context::Context,
    exit::{Exit, Outcome},
    json::ReportDocument,
    output::message,
    progress::Spinner,
    report_view::{self, Hints},
};

pub(crate) async fn run(context: &Context, source: &dyn Source, args: &SyncArgs) -> Outcome {
    // What is wrong with the settings is said before anything happens.
    let notifier = context.mail.notifier()?;
    let request = SyncRequest {
        now: context.given_now,
        apply_plan: args.apply_plan.clone(),
        accepted: args.accept.areas.iter().copied().collect(),
    };
    let report = {
        let spinner = Spinner::start("asking iSAMS");
        context
            .syncer()
            .metrics(spinner.stages())
            .sync(&context.school, source, &request)
            .await?
    };
    let hints = Hints::new(
        context,
        &args.source,
        &args.accept,
        args.apply_plan.as_deref(),
    )
    .await?;
    context.out.result(&ReportDocument::from(&report), || {
        report_view::run(context.out, &report, &hints)
    })?;
    send(context, notifier.as_ref()).await?;
    Ok(exit(&report))
}

/// Sends what is due, where mail is set up. What is committed stays so, whatever becomes of the messages: they wait in
/// the outbox.
async fn send(context: &Context, notifier: Option<&SmtpNotifier>) -> Outcome<()> {
    let Some(notifier) = notifier else {
        return Ok(());
    };
    let report = {
        let _spinner = Spinner::start("sending messages");
        outbox::send(context, notifier).await
    };
    let report = match report {
        Ok(report) => report,
        Err(failure) => {
            let why = failure.chain().join(": ");
            message(format_args!("warning: messages cannot be sent now: {why}"));
            return Ok(());
        }
    };
    for attempt in &report.attempts {
        match &attempt.outcome {
            Delivery::Sent => {}
            Delivery::TryAgain { reason, .. } => message(format_args!(
                "warning: the message to {} waits and is tried again later: {reason}",
                attempt.to
            )),
            Delivery::Failed(reason) => message(format_args!(
                "warning: the message to {} failed: {reason}",
                attempt.to
            )),
        }
    }
    if !context.out.json && report.sent() > 0 {
        let sent = match report.sent() {
            1 => "1 message was sent.".to_owned(),
            many => format!("{many} messages were sent."),
        };
        context.out.print(&sent)?;
    }
    Ok(())
}

/// A held run and one that waits for matching are not errors, but somebody has to look.
pub(crate) fn exit(report: &Report) -> Exit {
    match report.status {
        Status::Held | Status::AwaitingMatch => Exit::Held,
        Status::Planned | Status::Applied | Status::Unchanged => Exit::Done,
    }
}
