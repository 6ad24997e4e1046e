//! `backup`: a copy of the database that is whole, whatever is written meanwhile.

use serde_json::json;

use crate::{
    args::BackupArgs,
    context::Context,
    exit::{Exit, Failure, Outcome},
};

pub(crate) async fn run(context: &Context, args: &BackupArgs) -> Outcome {
    let path = args.file.display();
    if args.file.symlink_metadata().is_ok() {
        return Err(Failure::usage(format!(
            "{path} is there already; a backup replaces nothing"
        )));
    }
    let copied = context.store.backup(&args.file).await;
    copied.map_err(|error| {
        Failure::from(error).context(format!("the database cannot be copied to {path}"))
    })?;
    let document = json!({ "written": args.file });
    context
        .out
        .result(&document, || format!("The copy is in {path}."))?;
    Ok(Exit::Done)
}
