//! A process that is killed at any moment leaves the database whole, and the next run ends in the same state.

use std::{
    fs,
    path::Path,
    process::Stdio,
    sync::Mutex,
    time::{Duration, Instant},
};

use booking_store::{Booking, BookingStore, RemovedBooking, RunFilter, SchoolId, SchoolState};
use booking_store_sqlite::SqliteStore;
use chrono::NaiveDateTime;
use serde_json::Value;

use crate::{
    cli::{Cli, fixtures},
    journeys::{answer, database},
};

/// Waiting for a killed process's lease to lapse takes most of the time, so several lanes wait at once.
const LANES: u64 = 10;
const NOW: &str = "2031-09-02T01:00";

/// What a school looks like to people: everything but the number of the run that made it so.
#[derive(Debug, PartialEq)]
struct Seen {
    state: SchoolState,
    removed: Vec<(Booking, bool)>,
    /// Each message in the order they were queued: to whom, and of which removed and restored bookings.
    told: Vec<(String, Vec<Booking>, Vec<Booking>)>,
}

async fn seen(db: &Path) -> Seen {
    let store = SqliteStore::open(db.to_str().unwrap()).await.unwrap();
    let mut connection = store.begin().await.unwrap();
    let whole: String = booking_store_sqlite::sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    drop(connection);
    assert_eq!(whole, "ok");
    let school = SchoolId::new("school");
    let state = store.load(&school, NaiveDateTime::MIN).await.unwrap();
    let plain = |removed: RemovedBooking| (removed.booking, removed.absorbed);
    let removed = store
        .removed(&school)
        .await
        .unwrap()
        .into_iter()
        .map(plain)
        .collect();
    let notices = store.notices(&school).await.unwrap();
    let told = notices
        .into_iter()
        .map(|record| {
            let notice = record.notice;
            let removed = notice.removed.into_iter().map(|removed| removed.booking);
            (notice.to.to_string(), removed.collect(), notice.restored)
        })
        .collect();
    store.close().await;
    Seen {
        state: SchoolState {
            last_run: booking_store::RunId(0),
            ..state
        },
        removed,
        told,
    }
}

async fn runs(db: &Path) -> usize {
    let store = SqliteStore::open(db.to_str().unwrap()).await.unwrap();
    let school = SchoolId::new("school");
    let runs = store.runs(&school, &RunFilter::default()).await.unwrap();
    store.close().await;
    runs.len()
}

/// An existing school, matched and confirmed, whose next sync removes bookings.
fn ready() -> Cli {
    let program = Cli::new();
    let existing = fixtures().join("alder-prep/existing");
    for file in ["rooms.csv", "timeslots.csv", "bookings.csv"] {
        answer(
            &program,
            0,
            &["import", existing.join(file).to_str().unwrap()],
        );
    }
    answer(
        &program,
        3,
        &[
            "sync",
            "--from",
            fixtures().join("alder-prep/first").to_str().unwrap(),
            "--now",
            NOW,
        ],
    );
    let matches = fs::read_to_string(existing.join("matches.csv")).unwrap();
    for (local, isams) in matches
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
    {
        answer(&program, 0, &["match", "set", "room", local, isams]);
    }
    answer(&program, 0, &["match", "confirm"]);
    program
}

/// A program with a database of its own, copied from another.
fn copy_of(program: &Cli) -> Cli {
    let copy = Cli::new();
    answer(program, 0, &["backup", database(&copy).to_str().unwrap()]);
    copy
}

/// SplitMix64, so that a failure can be run again.
fn random(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_at_random_moments_end_in_the_same_state() {
    let folder = fixtures().join("alder-prep/first");
    let sync = ["sync", "--from", folder.to_str().unwrap(), "--now", NOW];
    let expected = kill_at_random(&ready(), &sync, 50, |report, committed| {
        let status = if committed { "unchanged" } else { "applied" };
        assert_eq!(report["status"], status);
    })
    .await;
    assert!(!expected.removed.is_empty() && !expected.told.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undo_that_is_killed_at_random_moments_ends_in_the_same_state() {
    let program = ready();
    let folder = fixtures().join("alder-prep/first");
    let sync = ["sync", "--from", folder.to_str().unwrap(), "--now", NOW];
    let report = answer(&program, 0, &sync);
    let run = report["run"].as_str().unwrap();
    let undo = ["undo", run, "--keep", "--now", NOW];
    let gone = report["removals"].as_array().unwrap().len();
    let expected = kill_at_random(&program, &undo, 40, |undone, committed| {
        let restored = undone["restored"].as_array().unwrap().len();
        assert_eq!(restored, if committed { 0 } else { gone });
        assert_eq!(undone["by"].is_null(), committed);
    })
    .await;
    assert_eq!(expected.removed, []);
    assert_eq!(expected.state.exceptions.len(), gone);
    let told = expected.told.iter().map(|(_, _, restored)| restored.len());
    assert_eq!(told.sum::<usize>(), gone);
    // Each person is told once that bookings are back.
    let mut people: Vec<&String> = expected
        .told
        .iter()
        .filter(|(_, _, restored)| !restored.is_empty())
        .map(|(to, _, _)| to)
        .collect();
    let letters = people.len();
    people.sort();
    people.dedup();
    assert_eq!(people.len(), letters);
}

/// Kills a command at random moments, each time with a database of its own, and runs it again: what is left is all of
/// its one commit or nothing, and in the end there is what a run without a kill leaves, which is returned. `check` sees
/// the answer of the second run, and whether the killed one had committed.
async fn kill_at_random(
    template: &Cli,
    command: &[&str],
    kills: u64,
    check: impl Fn(&Value, bool) + Sync,
) -> Seen {
    let runs_before = runs(&database(template)).await;
    let before = seen(&database(template)).await;

    let undisturbed = copy_of(template);
    let started = Instant::now();
    check(&answer(&undisturbed, 0, command), false);
    let length = started.elapsed();
    let expected = seen(&database(&undisturbed)).await;

    let ended = Mutex::new((0, 0));
    let next = Mutex::new(0);
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                loop {
                    let kill = {
                        let mut next = next.lock().unwrap();
                        *next += 1;
                        *next - 1
                    };
                    if kill >= kills {
                        return;
                    }
                    let program = copy_of(template);
                    // With several lanes a run takes longer than the one that was timed.
                    let longest = length.as_micros() as u64 * 3;
                    let moment = Duration::from_micros(random(kill) % longest);
                    let mut child = program
                        .command(command)
                        .stdout(Stdio::null())
                        .stderr(Stdio::null())
                        .spawn()
                        .unwrap();
                    std::thread::sleep(moment);
                    child.kill().unwrap();
                    child.wait().unwrap();

                    let left = runtime.block_on(seen(&database(&program)));
                    let committed = runtime.block_on(runs(&database(&program))) > runs_before;
                    assert_eq!(
                        &left,
                        if committed { &expected } else { &before },
                        "kill {kill} after {moment:?}"
                    );
                    check(&answer(&program, 0, command), committed);
                    assert_eq!(
                        runtime.block_on(seen(&database(&program))),
                        expected,
                        "kill {kill} after {moment:?}"
                    );
                    let mut ended = ended.lock().unwrap();
                    if committed {
                        ended.1 += 1
                    } else {
                        ended.0 += 1
                    }
                }
            });
        }
    });
    let (without, with) = *ended.lock().unwrap();
    assert_eq!(without + with, kills);
    // Were all on one side of the commit, the moments would not have been random.
    assert!(
        without > 0 && with > 0,
        "{without} killed before the commit, {with} after it"
    );
    expected
}
