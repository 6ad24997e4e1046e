//! A school of the demo, and what its administrator does.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc, time::Instant};

use booking_store::{
    Booking, BookingDesk, BookingStore, NoticeRecord, Recipient, RemovedBooking, SchoolId,
    SchoolState,
};
use booking_store_sqlite::SqliteStore;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use isams_client::{Client, FetchRequest, Payload};
use isams_simulator::{Fixture, Simulator};
use timetable_sync::{Confirmed, Letterhead, Report, Settings, Status, SyncRequest, Templates};

use super::story::{Run, Story};
use crate::{
    commands,
    context::Context,
    exit::{Exit, Failure, Outcome},
    import::{self, CsvFile},
    mail::Mail,
    output::Output,
};

/// What the simulated iSAMS lets in.
pub(super) const KEY: &str = "{00000000-0000-0000-0000-00000000de30}";

/// The time at which the nightly sync runs.
pub(super) const NIGHT: NaiveTime = NaiveTime::from_hms_opt(1, 0, 0).unwrap();

/// The simulated iSAMS, and the store of all schools.
#[derive(Debug)]
pub(super) struct World {
    store: Arc<SqliteStore>,
    pub(super) simulator: Simulator,
    /// Where messages are written as files, since there is nobody to send them to.
    letters: PathBuf,
    out: Output,
}

impl World {
    pub(super) fn new(
        store: SqliteStore,
        simulator: Simulator,
        letters: PathBuf,
        out: Output,
    ) -> Self {
        Self {
            store: Arc::new(store),
            simulator,
            letters,
            out,
        }
    }

    /// A client of the simulated iSAMS.
    pub(super) fn client(&self) -> Outcome<Client> {
        Ok(Client::builder(&self.simulator.url(), KEY.to_owned().into()).build()?)
    }

    /// What iSAMS has on a day.
    pub(super) async fn fetch(
        &self,
        story: &mut Story,
        fixture: &Fixture,
        day: &str,
    ) -> Outcome<Payload> {
        let date = self.serve(fixture, day)?;
        story.fetched();
        Ok(self.client()?.fetch_with(&FetchRequest::new(date)).await?)
    }

    /// From now on iSAMS has what it had on that day.
    pub(super) fn serve(&self, fixture: &Fixture, day: &str) -> Outcome<NaiveDate> {
        let day = fixture
            .day(day)
            .ok_or_else(|| Failure::usage(format!("{} has no day `{day}`", fixture.name())))?;
        self.simulator
            .serve_day(day)
            .map_err(|error| Failure::new(Exit::Usage, error))?;
        Ok(day.date)
    }
}

/// A school of the demo.
#[derive(Debug)]
pub(super) struct School<'w> {
    world: &'w World,
    pub(super) fixture: &'w Fixture,
    pub(super) context: Context,
}

impl<'w> School<'w> {
    pub(super) fn new(world: &'w World, fixture: &'w Fixture, id: &str) -> Self {
        let context = Context {
            store: Arc::clone(&world.store),
            school: SchoolId::new(id),
            settings: Settings::default(),
            by: None,
            given_now: None,
            mail: Mail::default(),
            templates: Templates::new(),
            out: world.out,
            flags: Vec::new(),
        };
        Self {
            world,
            fixture,
            context,
        }
    }

    /// What iSAMS has on a day, without a sync.
    pub(super) async fn fetch(&self, story: &mut Story, day: &str) -> Outcome<Payload> {
        self.world.fetch(story, self.fixture, day).await
    }

    /// The nightly sync of a day.
    pub(super) async fn sync(&self, story: &mut Story, day: &str) -> Outcome<Report> {
        self.sync_with(story, day, None).await
    }

    /// The same, or the release of a plan.
    pub(super) async fn sync_with(
        &self,
        story: &mut Story,
        day: &str,
        apply_plan: Option<&str>,
    ) -> Outcome<Report> {
        let date = self.world.serve(self.fixture, day)?;
        self.sync_on(story, day, date, apply_plan).await
    }

    /// What the nightly sync of a day would do.
    pub(super) async fn plan(&self, story: &mut Story, day: &str) -> Outcome<Report> {
        let date = self.world.serve(self.fixture, day)?;
        let client = self.world.client()?;
        let syncer = self.context.syncer();
        let request = request(date, None);
        let report = syncer.plan(&self.context.school, &client, &request).await?;
        story.fetched();
        Ok(report)
    }

    /// The nightly sync on this date, while iSAMS says what it said on that day.
    pub(super) async fn sync_again(
        &self,
        story: &mut Story,
        day: &str,
        date: NaiveDate,
    ) -> Outcome<Report> {
        self.world.serve(self.fixture, day)?;
        self.sync_on(story, day, date, None).await
    }

    async fn sync_on(
        &self,
        story: &mut Story,
        day: &str,
        date: NaiveDate,
        apply_plan: Option<&str>,
    ) -> Outcome<Report> {
        let client = self.world.client()?;
        let request = request(date, apply_plan);
        let before = self.outbox().await?.len();
        let began = Instant::now();
        let report = self
            .context
            .syncer()
            .sync(&self.context.school, &client, &request)
            .await?;
        let took = began.elapsed();
        story.fetched();
        let took_effect = report.status == Status::Applied;
        story.ran(Run {
            school: self.context.school.to_string(),
            day: format!("{day} ({})", date.format("%-d %b %Y")),
            run: report
                .run
                .map_or_else(|| "none".to_owned(), |run| run.to_string()),
            status: match report.status {
                Status::Held if report.run.is_none() => "not_released",
                Status::Held => "held",
                Status::AwaitingMatch => "awaiting_match",
                Status::Unchanged => "unchanged",
                Status::Planned => "planned",
                Status::Applied => "applied",
            }
            .to_owned(),
            removed: if took_effect {
                report.removals.len()
            } else {
                0
            },
            messages: self.outbox().await?.len() - before,
            took,
        });
        Ok(report)
    }

    /// Imports the rooms, timeslots and bookings that the school had before.
    pub(super) async fn import_all(&self, story: &mut Story) -> Outcome<()> {
        for kind in ["rooms", "timeslots", "bookings"] {
            let path = self.existing(kind)?;
            let imported = import::import(&self.context, &path, false).await?;
            let report = imported.report.unwrap_or_default();
            let text = commands::import::describe(kind, &report, imported.bad.len());
            story.check(
                text.trim_end().trim_end_matches('.'),
                report.added > 0 && imported.bad.is_empty(),
            )?;
        }
        Ok(())
    }

    /// Matches the rooms as the school's administrator would, and returns the pairs.
    pub(super) async fn match_all(&self) -> Outcome<Vec<(String, String)>> {
        let path = self.existing("matches")?;
        let unusable = |reason: String| {
            Failure::failed(reason).context(format!("{} cannot be used", path.display()))
        };
        let bytes = fs::read(&path).map_err(|error| Failure::new(Exit::Usage, error))?;
        let file = CsvFile::read(&bytes).map_err(unusable)?;
        let mut pairs = Vec::new();
        for row in file.rows() {
            let row = row.map_err(|bad| unusable(bad.to_string()))?;
            let pair = (row.text("local").to_owned(), row.text("isams").to_owned());
            let room = pair.0.as_str().into();
            self.context
                .syncer()
                .match_room(&self.context.school, &room, &pair.1)
                .await?;
            pairs.push(pair);
        }
        Ok(pairs)
    }

    pub(super) async fn confirm(&self) -> Outcome<Confirmed> {
        let syncer = self.context.syncer();
        Ok(syncer.confirm_matches(&self.context.school).await?)
    }

    fn existing(&self, kind: &str) -> Outcome<PathBuf> {
        let day = self
            .fixture
            .days()
            .first()
            .and_then(|day| day.files.first());
        let school = day
            .and_then(|file| {
                file.ancestors()
                    .find(|folder| folder.join("days.toml").is_file())
            })
            .ok_or_else(|| Failure::usage(format!("{} has no days", self.fixture.name())))?;
        Ok(school.join("existing").join(format!("{kind}.csv")))
    }

    /// Writes a message as an `.eml` file, and returns its path and what it says.
    pub(super) fn write_letter(&self, message: &NoticeRecord) -> Outcome<(PathBuf, String)> {
        let failed = |error: std::io::Error| {
            Failure::new(Exit::Failed, error).context("the message cannot be written as a file")
        };
        let letterhead = Letterhead::new("Room bookings <rooms@alder.example>")
            .map_err(|error| Failure::new(Exit::Failed, error))?;
        let email = letterhead
            .eml(&message.notice)
            .map_err(|error| Failure::new(Exit::Failed, error))?;
        let path = self.world.letters.join("letter.eml");
        fs::write(&path, email).map_err(failed)?;
        let text = fs::read_to_string(&path).map_err(failed)?;
        Ok((path, text))
    }

    /// The whole school.
    pub(super) async fn state(&self) -> Outcome<SchoolState> {
        self.context.state_from(NaiveDateTime::MIN).await
    }

    pub(super) async fn bookings(&self) -> Outcome<Vec<Booking>> {
        Ok(self.context.store.bookings(&self.context.school).await?)
    }

    pub(super) async fn removed(&self) -> Outcome<Vec<RemovedBooking>> {
        Ok(self.context.store.removed(&self.context.school).await?)
    }

    /// The messages about removed bookings; the administrator hears of some runs beside them.
    pub(super) async fn outbox(&self) -> Outcome<Vec<NoticeRecord>> {
        let mut outbox = self.context.store.notices(&self.context.school).await?;
        outbox.retain(|record| !record.notice.removed.is_empty());
        Ok(outbox)
    }
}

fn request(date: NaiveDate, apply_plan: Option<&str>) -> SyncRequest {
    SyncRequest {
        now: Some(date.and_time(NIGHT)),
        apply_plan: apply_plan.map(str::to_owned),
        ..SyncRequest::default()
    }
}

/// Checks all that must hold of a run that removed bookings: `before` are the bookings that there were.
pub(super) async fn check_removals(
    story: &mut Story,
    school: &School<'_>,
    report: &Report,
    before: &[Booking],
    queued_before: usize,
) -> Outcome<()> {
    let after = school.bookings().await?;
    let run = report.run;
    let all_removed = school.removed().await?;
    let removed: Vec<&RemovedBooking> = all_removed
        .iter()
        .filter(|removed| Some(removed.run) == run)
        .collect();
    story.check(
        &format!(
            "of {} bookings, {} were removed",
            before.len(),
            removed.len()
        ),
        !removed.is_empty() && removed.len() == report.removals.len(),
    )?;
    let overlap = removed.iter().all(|removed| {
        let booking = removed.booking.interval;
        let mut causes = removed.causes.iter();
        !removed.causes.is_empty() && causes.all(|cause| cause.interval.overlaps(booking))
    });
    story.check(
        "each of them overlaps everything that is given as its cause",
        overlap,
    )?;
    let gone: BTreeSet<_> = removed.iter().map(|removed| &removed.booking.id).collect();
    let stayed: Vec<&Booking> = before
        .iter()
        .filter(|booking| !gone.contains(&booking.id))
        .collect();
    story.check(
        &format!("the other {} are exactly as they were", stayed.len()),
        after.iter().collect::<Vec<_>>() == stayed,
    )?;
    let owners: BTreeSet<String> = removed
        .iter()
        .filter_map(|removed| Some(removed.booking.owner_email.as_ref()?.to_lowercase()))
        .collect();
    let outbox = school.outbox().await?;
    let letters: BTreeSet<String> = outbox[queued_before..]
        .iter()
        .filter_map(|record| match &record.notice.to {
            Recipient::Owner { email, .. } => Some(email.to_lowercase()),
            Recipient::Administrator => None,
        })
        .collect();
    let told: usize = outbox[queued_before..]
        .iter()
        .map(|record| record.notice.removed.len())
        .sum();
    story.check(
        &format!(
            "each of the {} people hit gets one message, and every removal is in one",
            owners.len()
        ),
        owners == letters && told == removed.len() && report.notices == owners.len(),
    )
}
