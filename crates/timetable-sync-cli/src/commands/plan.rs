//! `plan`: what a sync would do.

use timetable_sync::{Source, SyncRequest};

use super::sync::exit;
use crate::{
    args::PlanArgs,
    context::Context,
    exit::{Exit, Failure, Outcome},
    json,
    progress::Spinner,
    report_view::{self, Hints},
};

pub(crate) async fn run(context: &Context, source: &dyn Source, args: &PlanArgs) -> Outcome {
    let request = SyncRequest {
        now: context.given_now,
        apply_plan: None,
        accepted: args.accept.areas.iter().copied().collect(),
    };
    let report = {
        let spinner = Spinner::start("asking iSAMS");
        context
            .syncer()
            .metrics(spinner.stages())
            .plan(&context.school, source, &request)
            .await?
    };
    if let Some(path) = &args.out {
        std::fs::write(path, json::text(&report)?).map_err(|error| {
            Failure::new(Exit::Failed, error)
                .context(format!("the plan cannot be written to {}", path.display()))
        })?;
    }
    let hints = Hints::new(context, &args.source, &args.accept, None).await?;
    context
        .out
        .result(&report, || report_view::plan(context.out, &report, &hints))?;
    Ok(exit(&report))
}
