//! Every recorded day, fetched over real HTTP.

use std::path::Path;

use isams_client::{AreaState, Client, DataArea, Error, Payload};
use isams_simulator::{Fixture, Simulator};

const KEY: &str = "{00000000-0000-0000-0000-00000000abcd}";

pub(crate) fn school(name: &str) -> Fixture {
    Fixture::open(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures")
            .join(name),
    )
    .unwrap()
}

async fn fetch(simulator: &Simulator) -> Result<Payload, Error> {
    Client::builder(&simulator.url(), KEY.parse().unwrap())
        .build()?
        .fetch()
        .await
}

#[tokio::test]
async fn every_area_of_every_ordinary_day_is_read_without_a_finding() {
    for (name, days) in [
        ("alder-prep", &["first", "unchanged", "republished"][..]),
        ("birchwood-college", &["first", "republished"]),
    ] {
        let school = school(name);
        for day in days {
            let simulator = Simulator::builder()
                .key(KEY)
                .day(school.day(day).unwrap())
                .unwrap()
                .start()
                .await
                .unwrap();
            let payload = fetch(&simulator).await.unwrap();
            for area in DataArea::ALL {
                assert_eq!(
                    payload.state(area),
                    AreaState::Present,
                    "{name} {day}: {area}"
                );
            }
            assert_eq!(payload.findings(), [], "{name} {day}");
            simulator.shutdown().await;
        }
    }
}

#[test]
fn every_recorded_document_and_day_reads_the_same_from_both_forms() {
    for name in ["alder-prep", "birchwood-college", "cedar-house"] {
        for day in school(name).days() {
            let pairs = day.documents().unwrap().into_iter();
            let mut merged: Option<[Payload; 3]> = None;
            for ((path, json), (_, xml)) in pairs.zip(day.xml_documents().unwrap()) {
                let json = Payload::from_slice(&json).unwrap();
                let xml = Payload::from_slice(&xml).unwrap();
                assert!(json == xml, "{}", path.display());
                let documents = [json, xml.clone(), xml];
                match &mut merged {
                    None => merged = Some(documents),
                    Some(merged) => {
                        let [json, xml, both] = merged;
                        let [json_too, xml_too, _] = documents;
                        // A folder that holds both forms is read like this: each document twice.
                        both.merge(json_too.clone());
                        both.merge(xml_too.clone());
                        json.merge(json_too);
                        xml.merge(xml_too);
                    }
                }
            }
            let mut whole = Payload::from_slice(&day.body().unwrap()).unwrap();
            assert!(whole == Payload::from_slice(&day.xml_body().unwrap()).unwrap());
            whole.canonicalise();
            for mut form in merged.unwrap() {
                form.canonicalise();
                assert!(form == whole, "{name} {}", day.name);
            }
        }
    }
}

#[test]
fn a_document_merged_with_its_twin_is_the_document() {
    for name in ["alder-prep", "birchwood-college", "cedar-house"] {
        for day in school(name).days() {
            let pairs = day.documents().unwrap().into_iter();
            for ((path, json), (_, xml)) in pairs.zip(day.xml_documents().unwrap()) {
                let mut once = Payload::from_slice(&json).unwrap();
                let mut twice = once.clone();
                twice.merge(Payload::from_slice(&xml).unwrap());
                once.canonicalise();
                twice.canonicalise();
                assert!(twice == once, "{}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn the_broken_nights_lack_what_they_are_named_for() {
    let school = school("alder-prep");
    let simulator = Simulator::builder().key(KEY).start().await.unwrap();
    simulator
        .serve_day(school.day("core-empty").unwrap())
        .unwrap();
    let payload = fetch(&simulator).await.unwrap();
    for area in [
        DataArea::Terms,
        DataArea::WeekAllocations,
        DataArea::TimetableStructure,
        DataArea::PublishedTimetable,
    ] {
        assert_eq!(payload.state(area), AreaState::Empty, "{area}");
    }
    simulator
        .serve_day(school.day("staff-missing").unwrap())
        .unwrap();
    let payload = fetch(&simulator).await.unwrap();
    assert_eq!(payload.state(DataArea::CurrentStaff), AreaState::Missing);
}

#[tokio::test]
async fn a_key_that_is_not_known_is_named_as_such_and_not_shown() {
    let simulator = Simulator::builder().key("another").start().await.unwrap();
    let error = fetch(&simulator).await.unwrap_err();
    assert!(
        matches!(&error, Error::Server(message) if message.id.as_deref() == Some("InvalidApiKey")),
        "{error:?}"
    );
    assert!(!format!("{error} {error:?}").contains("abcd"));
}
