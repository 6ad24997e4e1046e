//! Several answers as one, and the order of rows.

use isams_client::{AreaState, DataArea, Payload};

use crate::read;

fn estate(buildings: &str) -> Payload {
    read(&format!(
        r#"{{"EstateManager":{{"Buildings":{{"Building":{buildings}}}}}}}"#
    ))
}

fn building(id: &str, name: &str, rooms: &[(&str, &str)]) -> String {
    let rooms: Vec<_> = rooms
        .iter()
        .map(|(id, name)| format!(r#"{{"@Id":"{id}","Name":"{name}"}}"#))
        .collect();
    format!(
        r#"{{"@Id":"{id}","Name":"{name}","Classrooms":{{"Classroom":[{}]}}}}"#,
        rooms.join(",")
    )
}

fn merged(first: &Payload, later: &Payload) -> Payload {
    let mut merged = first.clone();
    merged.merge(later.clone());
    merged.canonicalise();
    merged
}

fn reasons(payload: &Payload) -> Vec<(String, Option<DataArea>)> {
    payload
        .findings()
        .iter()
        .map(|finding| (finding.path.clone(), finding.area))
        .collect()
}

#[test]
fn rows_of_two_keys_are_united_by_id() {
    let first = estate(&building("3", "Quarry", &[("41", "Q1"), ("42", "Q2")]));
    let later = estate(&format!(
        "[{},{}]",
        building("4", "Gym", &[("50", "Gym")]),
        building("3", "Quarry", &[("43", "Q3"), ("41", "Q1")])
    ));
    let united = merged(&first, &later);
    let mut expected = estate(&format!(
        "[{},{}]",
        building("3", "Quarry", &[("41", "Q1"), ("42", "Q2"), ("43", "Q3")]),
        building("4", "Gym", &[("50", "Gym")])
    ));
    expected.canonicalise();
    assert_eq!(united, expected);
    assert_eq!(united.findings(), []);
}

#[test]
fn of_two_different_rows_the_later_is_kept_and_noted() {
    let first = estate(&building("3", "Quarry", &[("41", "Q1"), ("42", "Q2")]));
    let later = estate(&building("3", "New Quarry", &[("41", "Quarry 1")]));
    let united = merged(&first, &later);
    let mut kept = estate(&building(
        "3",
        "New Quarry",
        &[("41", "Quarry 1"), ("42", "Q2")],
    ));
    kept.canonicalise();
    assert_eq!(united.buildings_and_rooms, kept.buildings_and_rooms);
    assert_eq!(
        reasons(&united),
        [
            (
                "EstateManager.Buildings.Building[@Id=3].Classrooms.Classroom[@Id=41]".to_owned(),
                Some(DataArea::BuildingsAndRooms)
            ),
            (
                "EstateManager.Buildings.Building[@Id=3]".to_owned(),
                Some(DataArea::BuildingsAndRooms)
            ),
        ]
    );
}

#[test]
fn the_order_of_references_is_no_difference() {
    let tutorial = |ids: &str| {
        read(&format!(
            r#"{{"TimetableManager":{{"PublishedTimetables":{{"Timetable":{{"@Id":"12","Tutorials":{{"Tutorial":
            {{"@Id":"80","Periods":{{"Period":[{ids}]}}}}}}}}}}}}}}"#
        ))
    };
    let united = merged(
        &tutorial(r#"{"PeriodId":"2"},{"PeriodId":"10"}"#),
        &tutorial(r#"{"PeriodId":"10"},{"PeriodId":"2"}"#),
    );
    assert_eq!(united.findings(), []);
    assert_eq!(united.rows(DataArea::PublishedTimetable), 1);
}

#[test]
fn rows_with_one_id_in_one_answer_are_kept_together() {
    let twice = estate(&format!(
        "[{},{}]",
        building("3", "Quarry", &[("41", "Q1")]),
        building("3", "Quarry", &[("42", "Q2")])
    ));
    let again = merged(&twice, &twice);
    assert_eq!(again.rows(DataArea::BuildingsAndRooms), 2);
    assert_eq!(again.findings(), []);
    let once = estate(&building("3", "Quarry", &[("41", "Q1")]));
    let changed = merged(&twice, &once);
    assert_eq!(changed.rows(DataArea::BuildingsAndRooms), 1);
    assert_eq!(changed.findings().len(), 1);
}

#[test]
fn rows_without_id_are_united_by_content() {
    let closures = |rows: &str| {
        read(&format!(
            r#"{{"CoverManager":{{"RoomClosures":{{"RoomClosure":[{rows}]}}}}}}"#
        ))
    };
    let first = closures(r#"{"RoomId":"41"},{"RoomId":"42"}"#);
    let later = closures(r#"{"RoomId":"42"},{"RoomId":"43"},{"@Id":"1"}"#);
    let united = merged(&first, &later);
    assert_eq!(united.rows(DataArea::RoomClosuresAndCover), 4);
    assert_eq!(united.findings(), []);
}

#[test]
fn present_beats_empty_and_missing_but_what_could_not_be_read_decides() {
    let weakest_first = [
        read("{}"),
        read(r#"{"SchoolManager":{"Terms":null}}"#),
        read(r#"{"SchoolManager":{"Terms":{"Term":{"@Id":"61"}}}}"#),
        read(r#"{"SchoolManager":{"Terms":"none"}}"#),
    ];
    for (i, a) in weakest_first.iter().enumerate() {
        for (j, b) in weakest_first.iter().enumerate() {
            let strongest = &weakest_first[i.max(j)];
            assert_eq!(merged(a, b).terms, strongest.terms, "{i} {j}");
        }
    }
    let mut refused = Payload::default();
    refused.terms = isams_client::Section::Refused;
    refused.merge(read("{}"));
    assert_eq!(refused.state(DataArea::Terms), AreaState::Refused);
    refused.merge(weakest_first[1].clone());
    assert_eq!(refused.state(DataArea::Terms), AreaState::Empty);
}

#[test]
fn the_order_of_rows_changes_neither_the_rows_nor_the_hash() {
    let mut one = estate(&format!(
        "[{},{},{}]",
        building(
            "10",
            "Ten",
            &[("7", "a"), ("10", "b"), ("9B", "c"), ("10", "b")]
        ),
        building("9", "Nine", &[]),
        building("9", "Nine", &[])
    ));
    let mut other = estate(&format!(
        "[{},{}]",
        building("9", "Nine", &[]),
        building("10", "Ten", &[("9B", "c"), ("10", "b"), ("7", "a")]),
    ));
    assert_eq!(
        one.hash(DataArea::BuildingsAndRooms),
        other.hash(DataArea::BuildingsAndRooms)
    );
    one.canonicalise();
    other.canonicalise();
    assert_eq!(one, other);
    let ids: Vec<_> = one.buildings_and_rooms.value().unwrap()[1]
        .classrooms
        .iter()
        .filter_map(|room| room.id.as_deref())
        .collect();
    assert_eq!(ids, ["7", "10", "9B"]);
}

#[test]
fn the_hash_follows_the_content() {
    let hash =
        |name| estate(&building("3", name, &[("41", "Q1")])).hash(DataArea::BuildingsAndRooms);
    let quarry = hash("Quarry").unwrap();
    assert_eq!(quarry.len(), 64);
    assert!(quarry.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(hash(" Quarry "), Some(quarry.clone()));
    assert_ne!(hash("Query"), Some(quarry));
    // Of a known text, so that a stored hash stays good: `[]` and `[{"@Id":"61"}]`.
    let terms = |isams| read(isams).hash(DataArea::Terms);
    assert_eq!(
        terms(r#"{"SchoolManager":{"Terms":null}}"#).as_deref(),
        Some("4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945")
    );
}

#[test]
fn one_area_is_taken_from_another_payload() {
    let mut payload =
        read(r#"{"SchoolManager":{"Terms":"none"},"HRManager":{"CurrentStaff":null}}"#);
    let last_good = read(r#"{"SchoolManager":{"Terms":{"Term":{"@Id":"61"}}}}"#);
    payload.take_from(&last_good, DataArea::Terms);
    assert_eq!(payload.terms, last_good.terms);
    assert_eq!(payload.state(DataArea::CurrentStaff), AreaState::Empty);
    assert_eq!(payload.findings().len(), 1);
}
