//! Both recorded schools, as new and as existing ones, from the first import to a night without change. What is removed
//! is compared with an independent check that looks at every minute of every booking.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use booking_store::{BookingStore, NoticeRecord, SchoolId, SchoolState};
use booking_store_sqlite::SqliteStore;
use chrono::{NaiveDateTime, TimeDelta};
use isams_simulator::Fixture;
use serde_json::Value;

use crate::{
    cli::{Cli, fixtures},
    minutes::Feed,
};

/// How a school comes to the sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum School {
    New,
    Existing,
}

/// A booking as the oracle sees it: in which room of the source, from when to when.
#[derive(Clone, Debug)]
struct Booked {
    room: Option<String>,
    start: NaiveDateTime,
    end: NaiveDateTime,
}

/// The JSON answer of a command that ends with this code.
pub(crate) fn answer(program: &Cli, code: i32, arguments: &[&str]) -> Value {
    program
        .run(&[arguments, &["--json"]].concat())
        .expect(code)
        .json()
}

/// The program's database.
pub(crate) fn database(program: &Cli) -> PathBuf {
    program.path("timetable-sync.db")
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

fn feed(fixture: &Fixture, day: &str) -> Feed {
    Feed::of(&serde_json::from_slice(&fixture.day(day).unwrap().body().unwrap()).unwrap())
}

/// The ids of the future bookings that share a minute with anything on the timetable of their room.
fn hit(feed: &Feed, bookings: &BTreeMap<String, Booked>, now: NaiveDateTime) -> BTreeSet<String> {
    let overlaps = |booked: &Booked| {
        let Some(room) = &booked.room else {
            return false;
        };
        let minutes = (booked.end - booked.start).num_minutes();
        (0..minutes).any(|minute| {
            !feed
                .at(room, booked.start + TimeDelta::minutes(minute))
                .is_empty()
        })
    };
    bookings
        .iter()
        .filter(|(_, booked)| booked.start > now && overlaps(booked))
        .map(|(id, _)| id.clone())
        .collect()
}

/// The bookings that the program still has.
fn kept(program: &Cli, sources: &BTreeMap<String, String>) -> BTreeMap<String, Booked> {
    let listed = answer(program, 0, &["bookings"]);
    listed["kept"]
        .as_array()
        .unwrap()
        .iter()
        .map(|booking| {
            let text = |field: &str| booking[field].as_str().unwrap().to_owned();
            let booked = Booked {
                room: sources.get(&text("room")).cloned(),
                start: time(&text("start")),
                end: time(&text("end")),
            };
            (text("id"), booked)
        })
        .collect()
}

/// Local room ids to the source's.
fn sources(program: &Cli) -> BTreeMap<String, String> {
    let rooms = answer(program, 0, &["rooms", "list"]);
    rooms
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|room| {
            Some((
                room["id"].as_str()?.to_owned(),
                room["isams"].as_str()?.to_owned(),
            ))
        })
        .collect()
}

fn removed(report: &Value) -> BTreeSet<String> {
    let removals = report["removals"].as_array().unwrap();
    for removal in removals {
        assert!(
            !removal["causes"].as_array().unwrap().is_empty(),
            "{removal}"
        );
    }
    removals
        .iter()
        .map(|removal| removal["booking"].as_str().unwrap().to_owned())
        .collect()
}

/// Syncs, releasing the plan where the guard holds it, and checks the removals. How many rooms were offered instead.
fn sync_and_check(program: &Cli, fixture: &Fixture, day: &str, now: &str) -> usize {
    let folder = fixtures().join(fixture.name()).join(day);
    let arguments = ["sync", "--from", folder.to_str().unwrap(), "--now", now];
    let before = kept(program, &sources(program));
    let run = program.run(&[&arguments[..], &["--json"]].concat());
    let mut report = run.json();
    let links = sources(program);
    let expected = hit(&feed(fixture, day), &before, time(now));
    if report["status"] == "held" {
        assert_eq!(run.code, 3);
        assert_eq!(removed(&report), expected, "{day}: withheld");
        assert_eq!(kept(program, &links).len(), before.len());
        let fingerprint = report["fingerprint"].as_str().unwrap().to_owned();
        report = answer(
            program,
            0,
            &[&arguments[..], &["--apply-plan", &fingerprint]].concat(),
        );
    }
    assert_eq!(
        report["status"], "applied",
        "{day}: {}",
        report["held_because"]
    );
    assert_eq!(removed(&report), expected, "{day}");
    let after: BTreeSet<String> = kept(program, &links).into_keys().collect();
    let left: BTreeSet<String> = before
        .into_keys()
        .filter(|id| !expected.contains(id))
        .collect();
    assert_eq!(after, left, "{day}");
    check_alternatives(program, &report, &feed(fixture, day))
}

/// Every room that is offered is of the category that was lost, and in every minute it has neither a lesson, nor a
/// booking, nor another person to whom it is offered. How many there are.
fn check_alternatives(program: &Cli, report: &Value, feed: &Feed) -> usize {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let listed = answer(program, 0, &["rooms", "list"]);
    let rooms: BTreeMap<String, &Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|room| (text(&room["id"]), room))
        .collect();
    let bookings = answer(program, 0, &["bookings"]);
    let mut taken: Vec<(String, NaiveDateTime, NaiveDateTime)> = bookings["kept"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kept| {
            (
                text(&kept["room"]),
                time(&text(&kept["start"])),
                time(&text(&kept["end"])),
            )
        })
        .collect();
    let kept = taken.len();
    for removal in report["removals"].as_array().unwrap() {
        let (start, end) = (time(&text(&removal["start"])), time(&text(&removal["end"])));
        let had = rooms[&text(&removal["room"])];
        for offer in removal["alternatives"].as_array().unwrap() {
            let id = text(&offer["id"]);
            let room = rooms[&id];
            assert_eq!(room["name"], offer["name"]);
            assert_eq!(
                (&room["category"], &room["bookable"]),
                (&had["category"], &true.into())
            );
            assert_ne!(removal["absorbed"], true);
            let overlaps = taken
                .iter()
                .any(|(room, from, to)| *room == id && *from < end && start < *to);
            assert!(!overlaps, "{id} for {removal}");
            let minutes = (0..(end - start).num_minutes()).map(TimeDelta::minutes);
            if let Some(source) = room["isams"].as_str() {
                for minute in minutes {
                    assert!(
                        feed.at(source, start + minute).is_empty(),
                        "{id} for {removal}"
                    );
                }
            }
            taken.push((id, start, end));
        }
    }
    taken.len() - kept
}

async fn stored(program: &Cli) -> (SchoolState, Vec<NoticeRecord>) {
    let store = SqliteStore::open(database(program).to_str().unwrap())
        .await
        .unwrap();
    let school = SchoolId::new("school");
    let state = store.load(&school, NaiveDateTime::MIN).await.unwrap();
    let notices = store.notices(&school).await.unwrap();
    store.close().await;
    (state, notices)
}

/// The same feed once more: nothing is removed, told or written but the journal's row.
async fn nothing_more(program: &Cli, fixture: &Fixture, day: &str, now: &str) {
    let folder = fixtures().join(fixture.name()).join(day);
    let (before, outbox) = stored(program).await;
    let report = answer(
        program,
        0,
        &["sync", "--from", folder.to_str().unwrap(), "--now", now],
    );
    assert_eq!(
        (report["status"].as_str(), report["notices"].as_u64()),
        (Some("unchanged"), Some(0))
    );
    assert!(removed(&report).is_empty());
    let (after, outbox_after) = stored(program).await;
    assert_eq!(
        after,
        SchoolState {
            last_run: before.last_run.next(),
            ..before
        }
    );
    assert_eq!(outbox_after, outbox);
}

/// The bookings of a recorded school with the rooms by their source ids, as a new school would have them.
fn bookings_of_a_new_school(program: &Cli, existing: &Path) -> PathBuf {
    let matches = std::fs::read_to_string(existing.join("matches.csv")).unwrap();
    let matches: BTreeMap<&str, &str> = matches
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .collect();
    let bookings = std::fs::read_to_string(existing.join("bookings.csv")).unwrap();
    let mut lines = bookings.lines();
    let mut renamed = vec![lines.next().unwrap().to_owned()];
    for line in lines {
        let (id, rest) = line.split_once(',').unwrap();
        let (room, rest) = rest.split_once(',').unwrap();
        if let Some(source) = matches.get(room) {
            renamed.push(format!("{id},isams:{source},{rest}"));
        }
    }
    let file = program.path("bookings.csv");
    std::fs::write(&file, renamed.join("\n")).unwrap();
    file
}

async fn journey(name: &str, school: School, first: &str, republished: &str) {
    let fixture = Fixture::open(fixtures().join(name)).unwrap();
    let existing = fixtures().join(name).join("existing");
    let program = Cli::new();
    let day = fixtures().join(name).join("first");
    let import = |file: &Path| answer(&program, 0, &["import", file.to_str().unwrap()]);
    let sync = ["sync", "--from", day.to_str().unwrap(), "--now", first];
    match school {
        School::New => {
            assert_eq!(answer(&program, 0, &sync)["status"], "applied");
            import(&bookings_of_a_new_school(&program, &existing));
        }
        School::Existing => {
            for file in ["rooms.csv", "timeslots.csv", "bookings.csv"] {
                import(&existing.join(file));
            }
            assert_eq!(answer(&program, 3, &sync)["status"], "awaiting_match");
            let matches = std::fs::read_to_string(existing.join("matches.csv")).unwrap();
            for (local, isams) in matches
                .lines()
                .skip(1)
                .filter_map(|line| line.split_once(','))
            {
                answer(&program, 0, &["match", "set", "room", local, isams]);
            }
            let plan = answer(&program, 3, &[&["plan"], &sync[1..]].concat());
            assert_eq!(plan["status"], "awaiting_match");
            let waiting = kept(&program, &sources(&program));
            assert_eq!(
                removed(&plan),
                hit(&feed(&fixture, "first"), &waiting, time(first))
            );
            answer(&program, 0, &["match", "confirm"]);
        }
    }
    let mut offered = sync_and_check(&program, &fixture, "first", first);
    nothing_more(&program, &fixture, "first", first).await;
    offered += sync_and_check(&program, &fixture, "republished", republished);
    nothing_more(&program, &fixture, "republished", republished).await;

    // In a new school all rooms are hidden.
    assert_eq!(offered > 0, school == School::Existing, "{offered}");

    // Every removal has one message that is queued, and nobody else has one.
    let (_, outbox) = stored(&program).await;
    let told: Vec<&str> = outbox
        .iter()
        .flat_map(|record| &record.notice.removed)
        .map(|removed| removed.booking.id.as_str())
        .collect();
    let listed = answer(&program, 0, &["bookings"]);
    let gone: BTreeSet<&str> = listed["removed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|booking| booking["id"].as_str().unwrap())
        .collect();
    assert_eq!(told.len(), gone.len());
    assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), gone);
}

#[tokio::test]
async fn alder_prep_as_a_new_school() {
    journey(
        "alder-prep",
        School::New,
        "2031-09-02T01:00",
        "2031-09-16T01:00",
    )
    .await;
}

#[tokio::test]
async fn alder_prep_as_an_existing_school() {
    journey(
        "alder-prep",
        School::Existing,
        "2031-09-02T01:00",
        "2031-09-16T01:00",
    )
    .await;
}

#[tokio::test]
async fn birchwood_college_as_a_new_school() {
    journey(
        "birchwood-college",
        School::New,
        "2031-09-02T01:00",
        "2031-09-23T01:00",
    )
    .await;
}

#[tokio::test]
async fn birchwood_college_as_an_existing_school() {
    journey(
        "birchwood-college",
        School::Existing,
        "2031-09-02T01:00",
        "2031-09-23T01:00",
    )
    .await;
}
