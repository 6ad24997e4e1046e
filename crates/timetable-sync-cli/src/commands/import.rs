//! `import`: rooms, timeslots and bookings from a CSV file.

use booking_store::ImportReport;
use serde_json::json;

use crate::{
    args::ImportArgs,
    context::Context,
    exit::{Exit, Outcome},
    import::{self, Imported},
    output,
    progress::Spinner,
};

pub(crate) async fn run(context: &Context, args: &ImportArgs) -> Outcome {
    let imported = {
        let _spinner = Spinner::start("importing");
        import::import(context, &args.file, args.skip_bad).await?
    };
    let path = args.file.display();
    for row in &imported.bad {
        output::message(format_args!("{path}:{row}"));
    }
    let report = imported.report.clone().unwrap_or_default();
    let mut document = json!({
        "kind": imported.kind.name(),
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "stay_removed": report.stay_removed,
        "bad": imported.bad,
    });
    let Imported { kind, bad, .. } = &imported;
    if imported.report.is_none() {
        let rows = rows(bad.len());
        let text = format!("{rows} of {path} cannot be used, so nothing was imported");
        output::message(format_args!("error: {text}"));
        output::message("--skip-bad imports the others.");
        document["status"] = "failed".into();
        document["error"] = text.into();
        if context.out.json {
            context.out.print(&crate::json::text(&document)?)?;
        }
        return Ok(Exit::Failed);
    }
    context
        .out
        .result(&document, || describe(kind.name(), &report, bad.len()))?;
    Ok(Exit::Done)
}

/// What an import did, in words.
pub(crate) fn describe(kind: &str, report: &ImportReport, bad: usize) -> String {
    let ImportReport {
        added,
        changed,
        unchanged,
        stay_removed,
    } = report;
    let mut text = format!("{kind}: {added} added, {changed} changed, {unchanged} unchanged.\n");
    if bad > 0 {
        text += &format!("{} left out, see above.\n", rows(bad));
    }
    for booking in stay_removed {
        text += &format!(
            "The booking {booking} stays removed: a sync removed it at this time in this room.\n"
        );
    }
    text
}

fn rows(count: usize) -> String {
    if count == 1 {
        "1 row".to_owned()
    } else {
        format!("{count} rows")
    }
}
