use std::fs;

use isams_simulator::{Fixture, FixtureError};
use serde_json::{Value, json};

use crate::{fixtures, school};

fn names(fixture: &Fixture) -> Vec<(&str, String)> {
    fixture
        .days()
        .iter()
        .map(|day| (day.name.as_str(), day.date.to_string()))
        .collect()
}

#[test]
fn the_schools_have_their_days() {
    let alder = school("alder-prep");
    assert_eq!(alder.name(), "alder-prep");
    assert_eq!(
        names(&alder),
        [
            ("first", "2031-09-02".to_owned()),
            ("unchanged", "2031-09-03".to_owned()),
            ("republished", "2031-09-16".to_owned()),
            ("core-empty", "2031-09-17".to_owned()),
            ("staff-missing", "2031-09-17".to_owned()),
        ]
    );
    let birchwood = school("birchwood-college");
    assert_eq!(
        names(&birchwood),
        [
            ("first", "2031-09-02".to_owned()),
            ("republished", "2031-09-23".to_owned())
        ]
    );
    assert_eq!(
        names(&school("cedar-house")),
        [
            ("first", "2031-09-02".to_owned()),
            ("closure", "2031-09-09".to_owned()),
            ("closure-lifted", "2031-09-16".to_owned()),
            ("suspension", "2031-09-23".to_owned()),
            ("cover", "2031-09-30".to_owned()),
            ("event", "2031-10-07".to_owned()),
            ("renamed", "2031-10-14".to_owned()),
            ("swapped", "2031-11-04".to_owned()),
            ("recreated", "2031-11-11".to_owned()),
            ("eight-periods", "2032-01-06".to_owned()),
            ("rollover", "2032-09-01".to_owned()),
        ]
    );
}

#[test]
fn every_listed_document_can_be_opened() {
    for name in ["alder-prep", "birchwood-college", "cedar-house"] {
        for day in school(name).days() {
            let documents = day.documents().unwrap();
            assert_eq!(
                documents.len(),
                if day.name == "staff-missing" { 12 } else { 13 }
            );
            for (path, bytes) in documents {
                assert!(path.is_absolute());
                let document: Value = serde_json::from_slice(&bytes).unwrap();
                assert_eq!(document.as_object().unwrap().len(), 1, "{}", path.display());
                assert_eq!(
                    document["iSAMS"].as_object().unwrap().len(),
                    1,
                    "{}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn every_listed_document_has_its_xml_beside_it() {
    for name in ["alder-prep", "birchwood-college", "cedar-house"] {
        for day in school(name).days() {
            let pairs = day.documents().unwrap().into_iter();
            for ((json, bytes), (xml, twin)) in pairs.zip(day.xml_documents().unwrap()) {
                assert_eq!(xml, json.with_extension("xml"));
                let json: Value = serde_json::from_slice(&bytes).unwrap();
                let twin = String::from_utf8(twin).unwrap();
                let one_line: String = twin.lines().map(str::trim_start).collect();
                assert!(
                    one_line == isams_simulator::xml::from_json(&json),
                    "{}",
                    xml.display()
                );
            }
        }
    }
}

#[test]
fn a_day_without_xml_names_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("days.toml"),
        "[[day]]\nname = \"d\"\ndate = \"2031-09-02\"\nfiles = [\"a.json\"]\n",
    )
    .unwrap();
    fs::write(dir.path().join("a.json"), "{}").unwrap();
    let fixture = Fixture::open(dir.path()).unwrap();
    let day = fixture.day("d").unwrap();
    assert_eq!(day.documents().unwrap().len(), 1);
    let error = day.xml_documents().unwrap_err();
    assert!(error.to_string().ends_with("a.xml"), "{error}");
}

#[test]
fn an_unchanged_day_has_the_same_body() {
    let alder = school("alder-prep");
    let body = |day| alder.day(day).unwrap().body().unwrap();
    assert!(body("first") == body("unchanged"));
    assert!(body("first") != body("republished"));
}

#[test]
fn the_body_is_what_a_single_key_answers() {
    let body = school("alder-prep").day("first").unwrap().body().unwrap();
    assert!(body == isams_simulator::generate::alder_prep().body());
}

#[test]
fn a_day_is_found_by_its_folder_even_where_it_has_none() {
    let dir = fixtures().join("alder-prep");
    for (folder, exists) in [("republished", true), ("unchanged", false)] {
        assert_eq!(dir.join(folder).is_dir(), exists);
        let (fixture, day) = Fixture::of_day_folder(dir.join(folder)).unwrap().unwrap();
        assert_eq!((fixture.name(), day.as_str()), ("alder-prep", folder));
    }
    assert!(
        Fixture::of_day_folder(dir.join("existing"))
            .unwrap()
            .is_none()
    );
    assert!(Fixture::of_day_folder(dir).unwrap().is_none());
}

#[test]
fn documents_of_one_manager_are_merged() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write("a.json", r#"{"iSAMS":{"M":{"Sets":{"Set":{"@Id":"1"}}}}}"#);
    write(
        "b.json",
        r#"{"iSAMS":{"M":{"Sets":{"Set":{"@Id":"2"}},"Forms":null}}}"#,
    );
    write(
        "days.toml",
        "[[day]]\nname = \"d\"\ndate = \"2031-09-02\"\nfiles = [\"a.json\", \"b.json\"]\n",
    );
    let body = Fixture::open(dir.path())
        .unwrap()
        .day("d")
        .unwrap()
        .body()
        .unwrap();
    let expected =
        json!({"iSAMS": {"M": {"Sets": {"Set": [{"@Id": "1"}, {"@Id": "2"}]}, "Forms": null}}});
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), expected);
}

#[test]
fn errors_name_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Fixture::open(dir.path());
    let error = open().unwrap_err();
    assert!(
        matches!(error, FixtureError::Read { .. }) && error.to_string().contains("days.toml"),
        "{error}"
    );

    let day = |date: &str, file: &str| {
        let text = format!("[[day]]\nname = \"d\"\ndate = \"{date}\"\nfiles = [\"{file}\"]\n");
        fs::write(dir.path().join("days.toml"), text).unwrap();
    };
    day("yesterday", "a.json");
    assert!(matches!(open().unwrap_err(), FixtureError::Date { day, .. } if day == "d"));
    for outside in ["../a.json", "/etc/hosts"] {
        day("2031-09-02", outside);
        assert!(matches!(open().unwrap_err(), FixtureError::Outside { .. }));
    }
    day("2031-09-02", "a.json");
    let body = || open().unwrap().day("d").unwrap().body().unwrap_err();
    assert!(matches!(body(), FixtureError::Read { path, .. } if path.ends_with("a.json")));
    fs::write(dir.path().join("a.json"), "{").unwrap();
    assert!(matches!(body(), FixtureError::Json { path, .. } if path.ends_with("a.json")));
    fs::write(dir.path().join("days.toml"), "[[day]]\nname = 1\n").unwrap();
    assert!(matches!(open().unwrap_err(), FixtureError::Days { .. }));
}
