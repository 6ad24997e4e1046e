//! `setup-guide`: the page by which a school makes its key.

use serde_json::json;
use timetable_sync::SetupGuide;

use crate::{
    args::{PageFormat, SetupGuideArgs},
    config::Config,
    exit::{Exit, Failure, Outcome},
    output::Output,
};

pub(crate) fn run(config: &Config, args: &SetupGuideArgs, out: Output) -> Outcome {
    let defaults = SetupGuide::default();
    let chosen = |flag: &Option<String>, file: &Option<String>, default: String| {
        flag.clone().or_else(|| file.clone()).unwrap_or(default)
    };
    let guide = SetupGuide {
        integrator: chosen(
            &args.integrator,
            &config.guide.integrator,
            defaults.integrator,
        ),
        product: chosen(&args.product, &config.guide.product, defaults.product),
        ip_addresses: if args.ip.is_empty() {
            config.guide.ip_addresses.clone()
        } else {
            args.ip.clone()
        },
        cache: config.settings.expected_cache,
    };
    let page = match args.format {
        PageFormat::Markdown => guide.markdown(),
        PageFormat::Html => guide.html(),
    };
    let Some(path) = &args.out else {
        out.result(&json!({ "page": page }), || page.clone())?;
        return Ok(Exit::Done);
    };
    std::fs::write(path, &page).map_err(|error| {
        Failure::new(Exit::Failed, error)
            .context(format!("the page cannot be written to {}", path.display()))
    })?;
    out.result(&json!({ "written": path }), || {
        format!("The page is in {}.", path.display())
    })?;
    Ok(Exit::Done)
}
