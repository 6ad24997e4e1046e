//! `serve`: the nightly sync and the sender, until it is stopped; or a rehearsal of both.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use booking_store::{BookingStore, NoticeState, RunId, RunKind};
use chrono::Days;
use serde_json::json;
use timetable_sync::{
    Clock, Nightly, Rehearsal, Schedule, School, Schools, Sleeper, SmtpNotifier, Source,
    WallSleeper,
};
use tokio::{net::TcpListener, time};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::runs;
use crate::{
    args::{Common, ServeArgs},
    config::Config,
    context::{Context, utc_now},
    exit::{Exit, Failure, Outcome},
    health,
    output::Output,
    signals::Signals,
    source,
};

/// After so long a stop says what it waits for.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) async fn run(
    config: &Config,
    common: &Common,
    args: &ServeArgs,
    out: Output,
) -> Outcome {
    check(config, common, args)?;
    // A rehearsal changes a copy of the database, and the people in it are real.
    let sends = args.rehearse.is_none() || args.send;
    let notifier = if sends { config.mail.notifier()? } else { None };
    let source: Arc<dyn Source> = source::open(&args.source, &config.connection)?.into();
    let address = args.health.or(config.nightly.health);
    let listener = match address {
        Some(address) => Some(health::listen(address).await?),
        None => None,
    };
    let context = Context::open(config, out, common.typed()).await?;
    let outcome = serve(&context, config, args, source, notifier, listener).await;
    // Nobody waits for the store after a second signal; the file is whole in any case.
    let _ = time::timeout(PATIENCE, context.store.close()).await;
    outcome
}

async fn serve(
    context: &Context,
    config: &Config,
    args: &ServeArgs,
    source: Arc<dyn Source>,
    notifier: Option<SmtpNotifier>,
    listener: Option<TcpListener>,
) -> Outcome {
    let school = School {
        schedule: schedule(config, args),
        ..School::new(context.school.clone(), source, context.settings.clone())
    };
    let failed = |error| Failure::new(Exit::Failed, error);
    let signals = Signals::listen().map_err(failed)?;
    let stop = CancellationToken::new();
    let Time { clock, sleeper } = Time::new(context, args, &stop)?;
    let before = last_run(context).await?;

    let schools: Arc<dyn Schools> = Arc::new(vec![school.clone()]);
    let store: Arc<dyn BookingStore> = context.store.clone();
    // Leases of other processes run by the machine's clock, even in a rehearsal.
    let mut nightly = Nightly::new(store, schools, clock, sleeper, context.holder())
        .lease_clock(Arc::new(utc_now))
        .templates(context.templates.clone());
    let mail = notifier.is_some();
    if let Some(notifier) = notifier {
        nightly = nightly.notifier(Arc::new(notifier));
    }
    let nightly = Arc::new(nightly);
    let address = listener.as_ref().map(|it| it.local_addr()).transpose();
    let address = address.map_err(failed)?;
    let health = listener.map(|it| tokio::spawn(health::serve(it, Arc::clone(&nightly))));

    if args.rehearse.is_none() {
        announce(context, &school.schedule, address, mail).await?;
    }
    let exit = until_stopped(&nightly, stop, signals).await;
    if let Some(health) = health {
        health.abort();
    }
    if exit == Exit::Done && args.rehearse.is_some() {
        let mut lived = context.runs(Some(RunKind::Sync)).await?;
        lived.retain(|run| run.id > before);
        lived.reverse();
        runs::print(context, &lived)?;
        say_what_waits(context, args.send).await?;
    }
    Ok(exit)
}

/// Says how many messages a rehearsal leaves in the outbox.
async fn say_what_waits(context: &Context, sent: bool) -> Outcome<()> {
    let notices = context.store.notices(&context.school).await?;
    let queued = notices
        .iter()
        .filter(|record| record.state == NoticeState::Queued)
        .count();
    let how = if sent {
        ""
    } else {
        ": a rehearsal sends none without --send"
    };
    if context.out.json {
        // Standard output holds one document, and standard error the log.
        info!(queued, "messages stay queued{how}");
        return Ok(());
    }
    context.out.print(&match queued {
        1 => format!("1 message stays queued{how}."),
        many => format!("{many} messages stay queued{how}."),
    })
}

fn check(config: &Config, common: &Common, args: &ServeArgs) -> Outcome<()> {
    if !args.no_pages {
        return Err(Failure::usage(
            "the pages for administrators are not there yet; `serve --no-pages` syncs every night and sends messages without them",
        ));
    }
    if args.rehearse.is_some() && common.db.is_none() {
        return Err(Failure::usage(
            "a rehearsal changes the database, so name the one to rehearse in with --db: a copy, which `backup` makes",
        ));
    }
    if args.rehearse.is_none() {
        if config.now.is_some() {
            return Err(Failure::usage(
                "time goes on while the program serves, so --now is for --rehearse only",
            ));
        }
        if args.source.from.is_some() {
            return Err(Failure::usage(
                "a recorded answer is the same every night, so --from is for --rehearse only; give --url",
            ));
        }
    }
    Ok(())
}

fn schedule(config: &Config, args: &ServeArgs) -> Schedule {
    let mut schedule = Schedule::new(&config.school, config.settings.zone);
    if let Some(at) = args.at.or(config.nightly.at) {
        schedule = schedule.at(at);
    }
    if let Some(minutes) = args.jitter.or(config.nightly.jitter) {
        schedule = schedule.window(Duration::from_secs(minutes * 60));
    }
    schedule
}

/// The machine's time, or that of a rehearsal.
struct Time {
    clock: Clock,
    sleeper: Arc<dyn Sleeper>,
}

impl Time {
    fn new(context: &Context, args: &ServeArgs, stop: &CancellationToken) -> Outcome<Self> {
        let Some(days) = args.rehearse else {
            let clock: Clock = Arc::new(utc_now);
            let sleeper = Arc::new(WallSleeper::new(Arc::clone(&clock)));
            return Ok(Self { clock, sleeper });
        };
        let end = context
            .now()
            .checked_add_days(Days::new(days.into()))
            .ok_or_else(|| Failure::usage("the rehearsal goes on after the end of time"))?;
        let (start, end) = (context.utc_now(), context.utc(end));
        let rehearsal = Rehearsal::new(start, end, stop.clone());
        Ok(Self {
            clock: rehearsal.clock(),
            sleeper: rehearsal,
        })
    }
}

async fn last_run(context: &Context) -> Outcome<RunId> {
    let runs = context.runs(None).await?;
    Ok(runs.first().map_or(RunId(0), |run| run.id))
}

/// Says what will happen, once it can be stopped and asked.
async fn announce(
    context: &Context,
    schedule: &Schedule,
    health: Option<SocketAddr>,
    mail: bool,
) -> Outcome<()> {
    let last = context.runs(Some(RunKind::Sync)).await?;
    let last = last.first().map(|run| run.started);
    let now = utc_now();
    let at_once = schedule.due(last, now);
    let next = context.local(schedule.next_after(now));
    let health = health.map(|address| format!("http://{address}/health"));
    let document = json!({
        "school": context.school, "zone": context.settings.zone.name(), "at_once": at_once,
        "next": timetable_sync::local_time(next), "health": health, "mail": mail,
    });
    context.out.result(&document, || {
        let first = if at_once { "now, and then " } else { "" };
        let mut text = format!(
            "Syncing `{}` every night until Ctrl-C; {first}next on {} ({}).\n",
            context.school,
            next.format("%a %-d %b %Y at %H:%M"),
            context.settings.zone.name(),
        );
        if !mail {
            text += "No mail server is set, so messages stay in the outbox.\n";
        }
        if let Some(health) = &health {
            text += &format!("Whether all is well: {health}\n");
        }
        text
    })
}

/// The first signal ends what is under way; the second one everything, at once.
async fn until_stopped(nightly: &Nightly, stop: CancellationToken, mut signals: Signals) -> Exit {
    let run = nightly.run(stop.clone());
    tokio::pin!(run);
    tokio::select! {
        () = &mut run => return Exit::Done,
        () = signals.next() => stop.cancel(),
    }
    if time::timeout(PATIENCE, &mut run).await.is_ok() {
        return Exit::Done;
    }
    info!("what is under way will be ended; a second signal stops it at once");
    tokio::select! {
        () = &mut run => Exit::Done,
        () = signals.next() => {
            warn!("stopped at once; what was under way did not happen");
            Exit::Failed
        }
    }
}
