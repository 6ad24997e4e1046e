//! `plan`: what a sync would do.

use std::path::Path;

use timetable_sync::{PlanPage, RehearsalRequest, Source, SyncRequest, one_line};

use super::sync::exit;
use crate::{
    args::PlanArgs,
    context::Context,
    exit::{Exit, Failure, Outcome},
    json::{self, ReportDocument},
    progress::Spinner,
    report_view::{self, Hints},
};

/// Said before the plan of a rehearsal.
const REHEARSAL: &str =
    "A rehearsal, as if the timetables in development were published. It cannot be applied.";

pub(crate) async fn run(context: &Context, source: &dyn Source, args: &PlanArgs) -> Outcome {
    let by = args.grouping().map_err(|word| {
        Failure::usage(format!(
            "a plan is listed by time, person, room or cause, not by `{word}`"
        ))
    })?;
    let request = SyncRequest {
        now: context.given_now,
        apply_plan: None,
        accepted: args.accept.areas.iter().copied().collect(),
    };
    let report = {
        let spinner = Spinner::start("asking iSAMS");
        let syncer = context.syncer().metrics(spinner.stages());
        if args.rehearse_development {
            let request = RehearsalRequest {
                now: context.given_now,
                from: args.in_force_from,
            };
            syncer.rehearse(&context.school, source, &request).await?
        } else {
            syncer.plan(&context.school, source, &request).await?
        }
    };
    let document = ReportDocument::from(&report);
    if let Some(path) = &args.out {
        write(path, &json::text(&document)?)?;
    }
    let hints = Hints::new(context, &args.source, &args.accept, None).await?;
    if let Some(path) = &args.html {
        let release = hints.release(&report);
        let school = context.settings.messages.school_name.as_deref();
        let school = school.map(one_line).filter(|name| !name.is_empty());
        let page = PlanPage {
            report: &report,
            school: school.as_deref().unwrap_or(context.school.as_str()),
            made: context.now(),
            release: release.as_deref(),
        };
        write(path, &page.html())?;
    }
    context.out.result(&document, || {
        let mut page = report_view::plan(context.out, &report, &hints, by);
        if report.rehearsal {
            page.insert_str(0, &format!("{REHEARSAL}\n"));
        }
        if let Some(path) = &args.html {
            page += &format!("\nThe page is in {}.\n", path.display());
        }
        page
    })?;
    Ok(exit(&report))
}

fn write(path: &Path, text: &str) -> Outcome<()> {
    std::fs::write(path, text).map_err(|error| {
        Failure::new(Exit::Failed, error)
            .context(format!("the plan cannot be written to {}", path.display()))
    })
}
