//! Where one school stands between its nights.

use booking_store::RunRecord;
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    health::{AttemptStatus, LastAttempt, SchoolHealth},
    schools::School,
};

/// How long after a failure a sync is tried again; the last one counts for all further failures of the night.
const RETRIES: [TimeDelta; 3] = [
    TimeDelta::minutes(10),
    TimeDelta::minutes(30),
    TimeDelta::minutes(60),
];

/// How long after another process had the lease.
const AFTER_BUSY: TimeDelta = TimeDelta::minutes(5);

/// A school, what is known of its last sync, and when the next is due.
///
/// A failed fetch leaves no row in the journal, so failures are kept here only: after a restart the journal alone
/// decides, and a school whose last run is of an earlier night is due at once.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) school: School,
    pub(crate) due: DateTime<Utc>,
    pub(crate) running: bool,
    last: Option<LastAttempt>,
    last_success: Option<DateTime<Utc>>,
    /// Since the last moment of the schedule.
    retries: usize,
    failures: u32,
    reason: Option<String>,
}

impl Course {
    /// As the journal has it: due at once where a night was missed, or where the school was never synced.
    pub(crate) fn new(school: School, newest: Option<&RunRecord>, now: DateTime<Utc>) -> Self {
        let last = newest.map(|run| LastAttempt {
            started: run.started,
            status: run.status.into(),
        });
        let started = last.map(|last| last.started);
        let due = match started {
            Some(started) if !school.schedule.due(Some(started), now) => {
                school.schedule.next_after(started)
            }
            _ => now,
        };
        Self {
            due,
            school,
            running: false,
            last,
            last_success: started.filter(|started| *started <= now),
            retries: 0,
            failures: 0,
            reason: None,
        }
    }

    pub(crate) fn is_due(&self, now: DateTime<Utc>) -> bool {
        !self.running && self.due <= now
    }

    /// Takes over what the host has changed.
    pub(crate) fn update(&mut self, school: School, now: DateTime<Utc>) {
        if school.schedule != self.school.schedule {
            let last = self.last.map(|last| last.started);
            self.due = last.map_or(now, |last| school.schedule.next_after(last));
            self.retries = 0;
        }
        self.school = school;
    }

    /// A sync that began at `started` came to an end.
    pub(crate) fn ended(&mut self, started: DateTime<Utc>, status: AttemptStatus) {
        self.running = false;
        self.last = Some(LastAttempt { started, status });
        self.last_success = Some(started);
        self.due = self.school.schedule.next_after(started);
        self.retries = 0;
        self.failures = 0;
        self.reason = None;
    }

    /// A sync that began at `started` came to nothing at `now`.
    pub(crate) fn failed(&mut self, started: DateTime<Utc>, now: DateTime<Utc>, reason: String) {
        self.running = false;
        self.last = Some(LastAttempt {
            started,
            status: AttemptStatus::Failed,
        });
        self.failures = self.failures.saturating_add(1);
        self.reason = Some(reason);
        let wait = RETRIES[self.retries.min(RETRIES.len() - 1)];
        let (retry, night) = (now + wait, self.school.schedule.next_after(started));
        if retry < night {
            self.due = retry;
            self.retries += 1;
        } else {
            self.due = night;
            self.retries = 0;
        }
    }

    /// Another process had the lease.
    pub(crate) fn busy(&mut self, now: DateTime<Utc>) {
        self.running = false;
        self.due = now + AFTER_BUSY;
    }

    pub(crate) fn health(&self, started: DateTime<Utc>, now: DateTime<Utc>) -> SchoolHealth {
        let mut health = SchoolHealth {
            school: self.school.id.clone(),
            healthy: false,
            running: self.running,
            last_run: self.last,
            last_success: self.last_success,
            next_due: self.due,
            consecutive_failures: self.failures,
            reason: self.reason.clone(),
        };
        health.judge(started, now);
        health
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use booking_store::{RunId, RunKind, RunStatus, SchoolId};
    use isams_client::Payload;

    use super::*;
    use crate::{settings::Settings, source::Recorded};

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn school() -> School {
        let source = Arc::new(Recorded(Payload::default()));
        let mut school = School::new(SchoolId::new("school"), source, Settings::default());
        school.schedule = school.schedule.window(Duration::ZERO);
        school
    }

    #[test]
    fn a_failure_is_tried_again_ever_later_until_the_next_night_begins_anew() {
        let mut course = Course::new(school(), None, utc("2031-11-04T01:00:00Z"));
        let mut due = Vec::new();
        while course.due < utc("2031-11-05T02:00:00Z") {
            let now = course.due;
            due.push(now.format("%d %H:%M").to_string());
            course.failed(now, now, "down".to_owned());
        }
        assert_eq!(
            due[..5],
            ["04 01:00", "04 01:10", "04 01:40", "04 02:40", "04 03:40"]
        );
        assert_eq!(
            due[due.len() - 4..],
            ["05 00:40", "05 01:00", "05 01:10", "05 01:40"]
        );
        assert_eq!(course.failures as usize, due.len());
        course.ended(utc("2031-11-05T02:40:00Z"), AttemptStatus::Held);
        assert_eq!(course.due, utc("2031-11-06T01:00:00Z"));
        assert_eq!(course.failures, 0);
    }

    #[test]
    fn a_sync_in_the_future_is_no_success_yet_and_one_at_this_moment_is() {
        let now = utc("2031-11-04T12:00:00Z");
        for (started, success) in [
            ("2031-11-04T11:59:59Z", true),
            ("2031-11-04T12:00:00Z", true),
            ("2031-11-04T12:00:01Z", false),
        ] {
            let started = utc(started);
            let run = RunRecord {
                id: RunId(1),
                kind: RunKind::Sync,
                status: RunStatus::Applied,
                started,
                finished: None,
                by: None,
                judged_at: started.naive_utc(),
                fingerprint: None,
                areas: Vec::new(),
                report: serde_json::Value::Null,
            };
            let course = Course::new(school(), Some(&run), now);
            assert_eq!(course.last_success, success.then_some(started));
        }
    }

    #[test]
    fn another_time_of_day_counts_from_the_last_sync() {
        let mut course = Course::new(school(), None, utc("2031-11-04T12:00:00Z"));
        course.ended(utc("2031-11-04T12:00:00Z"), AttemptStatus::Applied);
        let mut earlier = school();
        earlier.schedule = earlier.schedule.at("23:00:00".parse().unwrap());
        course.update(earlier, utc("2031-11-04T12:01:00Z"));
        assert_eq!(course.due, utc("2031-11-04T23:00:00Z"));
        course.update(course.school.clone(), utc("2031-11-04T12:02:00Z"));
        assert_eq!(course.due, utc("2031-11-04T23:00:00Z"));
    }
}
