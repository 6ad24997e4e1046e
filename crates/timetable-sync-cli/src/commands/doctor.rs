//! `doctor`: is the key right, is everything there, do the periods agree?

use booking_store::{BookingStore, RunFilter, RunKind};
use booking_store_sqlite::SqliteStore;
use timetable_sync::{Consultation, Diagnosis, Document, doctor, examine_recorded};

use crate::{
    args::DoctorArgs,
    config::Config,
    context, doctor_view,
    exit::{Exit, Outcome},
    output::Output,
    periods_file,
    progress::Spinner,
    source,
};

/// How many of the last syncs are looked at.
const SYNCS: usize = 200;

pub(crate) async fn run(config: &Config, args: &DoctorArgs, out: Output) -> Outcome {
    let periods = match &args.periods {
        Some(path) => periods_file::read(path)?,
        None => Vec::new(),
    };
    let now = config.now.unwrap_or_else(|| {
        context::utc_now()
            .with_timezone(&config.settings.zone)
            .naive_local()
    });
    let mut consultation = Consultation::new(now, &config.settings);
    consultation.periods = periods;
    consultation.rollover = args.rollover;
    // A doctor makes no database: who has never synced has no history.
    if let Some(store) = SqliteStore::open_existing(&config.db).await? {
        let known = known(consultation, &store, config).await;
        store.close().await;
        consultation = known?;
    }
    let diagnosis = match &args.source.from {
        Some(path) => {
            let payload = source::recorded(path, &config.connection.cover_names)?;
            examine_recorded(payload, &consultation)
        }
        None => {
            let client = source::client(&args.source, &config.connection)?;
            let _spinner = Spinner::start("asking iSAMS");
            doctor(&client, &consultation).await
        }
    };
    out.result(&diagnosis, || doctor_view::text(out, &diagnosis))?;
    Ok(exit(&diagnosis))
}

async fn known(
    consultation: Consultation,
    store: &SqliteStore,
    config: &Config,
) -> Outcome<Consultation> {
    let state = store.load(&config.school, consultation.now).await?;
    let document = Document::of(&state)?;
    let which = RunFilter {
        kind: Some(RunKind::Sync),
        limit: Some(SYNCS),
    };
    let journal = store.runs(&config.school, &which).await?;
    Ok(consultation.knowing(&document, journal))
}

fn exit(diagnosis: &Diagnosis) -> Exit {
    if diagnosis.would_sync {
        Exit::Done
    } else if diagnosis.answered {
        Exit::Held
    } else {
        Exit::NoAnswer
    }
}
