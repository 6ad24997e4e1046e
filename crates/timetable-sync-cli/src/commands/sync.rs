//! `sync`: fetch, plan, guard, apply.

use timetable_sync::{Report, Source, Status, SyncRequest};

use crate::{
    args::SyncArgs,
    context::Context,
    exit::{Exit, Outcome},
    progress::Spinner,
    report_view::{self, Hints},
};

pub(crate) async fn run(context: &Context, source: &dyn Source, args: &SyncArgs) -> Outcome {
    let request = SyncRequest {
        now: context.given_now,
        apply_plan: args.apply_plan.clone(),
        accepted: args.accept.areas.iter().copied().collect(),
    };
    let report = {
        let _spinner = Spinner::start("syncing with iSAMS");
        context
            .syncer()
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
    context
        .out
        .result(&report, || report_view::run(context.out, &report, &hints))?;
    Ok(exit(&report))
}

/// A held run and one that waits for matching are not errors, but somebody has to look.
pub(crate) fn exit(report: &Report) -> Exit {
    match report.status {
        Status::Held | Status::AwaitingMatch => Exit::Held,
        Status::Planned | Status::Applied | Status::Unchanged => Exit::Done,
    }
}
