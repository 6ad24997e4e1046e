//! What a host that watches its syncs is told.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use booking_store::{BookingDesk, MemoryStore, SchoolId};
use chrono::{DateTime, Utc};
use isams_client::{FetchRequest, Payload};
use timetable_sync::{
    Error, Metrics, Recorded, SendReport, Settings, Source, Stage, Status, SyncRequest, Syncer,
};

use crate::{
    feed::{Row, feed, no_answer},
    school::booking,
};

const ROWS: [Row; 1] = [("9001", "10B/Ph1", "T1", "11", "1")];

/// Writes down what it is told.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Vec<String>>);

impl Told {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    /// What was told since it was last asked.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Metrics for Told {
    fn run(&self, school: &SchoolId, status: Status, removed: usize) {
        self.note(format!("{school} {status:?} removed {removed}"));
    }

    fn failed(&self, school: &SchoolId, error: &Error) {
        self.note(format!("{school} failed: {error}"));
    }

    fn stage(&self, school: Option<&SchoolId>, stage: Stage, took: Duration) {
        let school = school.map_or("all", SchoolId::as_str);
        self.note(format!("{school} {} {} s", stage.name(), took.as_secs()));
    }

    fn messages(&self, report: &SendReport) {
        let (sent, put_off, failed) = (report.sent(), report.put_off(), report.failed());
        self.note(format!("sent {sent} put off {put_off} failed {failed}"));
    }
}

/// A feed that takes five seconds.
#[derive(Debug)]
struct Slow;

#[async_trait]
impl Source for Slow {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        tokio::time::sleep(Duration::from_secs(5)).await;
        Ok(feed(&ROWS).payload())
    }
}

/// A feed that never arrives.
#[derive(Debug)]
struct Down;

#[async_trait]
impl Source for Down {
    async fn fetch(&self, _request: &FetchRequest) -> Result<Payload, isams_client::Error> {
        Err(no_answer())
    }
}

#[tokio::test(start_paused = true)]
async fn runs_removals_failures_and_the_time_of_each_stage_are_told() {
    let (store, school) = (MemoryStore::new(), SchoolId::new("school"));
    let now: DateTime<Utc> = "2031-09-01T00:00:00Z".parse().unwrap();
    let told = Arc::new(Told::default());
    let syncer = Syncer::new(
        Arc::new(store.clone()),
        Settings::default(),
        Arc::new(move || now),
        "test",
    )
    .metrics(told.clone());
    let sync = async |source: &dyn Source| {
        let outcome = syncer.sync(&school, source, &SyncRequest::default()).await;
        (outcome.map(|report| report.status), told.take())
    };

    let (status, first) = sync(&Slow).await;
    assert_eq!(status.unwrap(), Status::Applied);
    assert_eq!(
        first,
        [
            "school fetch 5 s",
            "school plan 0 s",
            "school commit 0 s",
            "school Applied removed 0"
        ]
    );

    let (start, end) = ("2031-09-08T09:00", "2031-09-08T10:00");
    let club = booking("club", "isams-1", start, end, "a@school.example");
    store.book(&school, &club).await.unwrap();
    let recorded = Recorded(feed(&ROWS).payload());
    let (_, second) = sync(&recorded).await;
    assert_eq!(second[3], "school Applied removed 1");

    let (outcome, third) = sync(&Down).await;
    assert!(matches!(outcome, Err(Error::Source(_))));
    assert_eq!(
        third,
        [
            "school fetch 0 s",
            "school failed: iSAMS gave no usable answer"
        ]
    );

    // A plan is no run.
    let request = SyncRequest::default();
    syncer.plan(&school, &recorded, &request).await.unwrap();
    assert_eq!(told.take(), ["school fetch 0 s", "school plan 0 s"]);
}
