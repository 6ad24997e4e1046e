//! What is in doubt removes nothing, and who is hit is counted rightly.

use booking_store::{NoticeState, Recipient};
use isams_client::DataArea;
use room_timetable::Certainty;
use serde_json::{Value, json};
use timetable_sync::{CurrentTimetable, GuardSettings, Settings, Status};

use crate::{
    feed::{Feed, Row, feed, timetable},
    school::{School, at, removed},
};

const ROWS: [Row; 3] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
    ("9003", "8C/Ar1", "T9", "23", "3"),
];

/// A booking over Physics, and enough others that one removal is never more than half.
async fn booked(feed: &Feed) -> School {
    let school = School::synced(feed).await;
    school
        .book(
            "club",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "a@school.example",
        )
        .await;
    for number in 0..4 {
        let id = format!("other{number}");
        school
            .book(
                &id,
                "isams-7",
                "2031-09-08T09:00",
                "2031-09-08T10:00",
                "b@school.example",
            )
            .await;
    }
    school
}

fn certainties(
    school: &booking_store::SchoolState,
    room: &str,
    date: &str,
) -> Vec<(String, Certainty)> {
    let timetable = CurrentTimetable::of(school).unwrap();
    let day = timetable.day(&room.into(), date.parse().unwrap());
    day.occupied
        .into_iter()
        .map(|(cause, certainty)| (cause.group, certainty))
        .collect()
}

#[tokio::test]
async fn lessons_of_inactive_weeks_and_days_remove_nothing() {
    for (place, mark) in [
        ("week", "0"),
        ("week", "perhaps"),
        ("day", "0"),
        ("day", "False"),
    ] {
        let mut inactive = feed(&ROWS);
        let week = &mut inactive.structure.as_mut().unwrap()["Week"];
        if place == "week" {
            week["Active"] = json!(mark);
        } else {
            week["Days"]["Day"][0]["Active"] = json!(mark);
        }
        let school = booked(&inactive).await;
        let report = school.sync(&inactive).await;
        assert_eq!(
            (report.status, report.removals.len()),
            (Status::Unchanged, 0),
            "{place} {mark}"
        );
        let shown = certainties(&school.state().await, "isams-1", "2031-09-08");
        assert_eq!(
            shown,
            [("10B/Ph1".to_owned(), Certainty::Doubtful)],
            "{place} {mark}"
        );
    }
}

#[tokio::test]
async fn lessons_of_a_timetable_whose_years_cannot_be_read_remove_nothing() {
    for (start, end) in [("2031/32", "2032"), ("2032", "2031")] {
        let mut vague = feed(&ROWS);
        let published = &mut vague.timetables.as_mut().unwrap()["Timetable"];
        published["StartYear"] = json!(start);
        published["EndYear"] = json!(end);
        let school = booked(&vague).await;
        let report = school.sync(&vague).await;
        assert_eq!(
            (report.status, report.removals.len()),
            (Status::Unchanged, 0),
            "{start}"
        );
        assert!(
            report
                .skipped
                .iter()
                .any(|row| row.source_id == "12" && row.reason.contains("doubtful"))
        );
    }
}

#[tokio::test]
async fn a_school_year_that_cannot_be_read_is_named() {
    let mut vague = feed(&ROWS);
    vague.terms.as_mut().unwrap()["Term"]["SchoolYear"] = json!("2031/32");
    let report = School::new().sync(&vague).await;
    assert_eq!(report.skipped.len(), 1);
    assert!(
        report.skipped[0]
            .reason
            .contains("its school year `2031/32` cannot be read"),
        "{:?}",
        report.skipped
    );
}

#[tokio::test]
async fn a_term_that_never_ends_is_taken_for_a_mistake() {
    let mut endless = feed(&ROWS);
    endless.terms.as_mut().unwrap()["Term"]["FinishDate"] = json!("9999-12-31T00:00:00");
    let report = School::new().sync(&endless).await;
    assert!(
        report.skipped[0].reason.contains("looks like a mistake"),
        "{:?}",
        report.skipped
    );
    // A long one tells its unknown weeks in one line.
    endless.terms.as_mut().unwrap()["Term"]["FinishDate"] = json!("2033-06-30T00:00:00");
    let report = School::new().sync(&endless).await;
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    assert!(
        report.warnings[0]
            .starts_with("2031 week 41 to 2033 week 27 (5 Oct 2031 to 2 Jul 2033) lie in a term"),
        "{:?}",
        report.warnings
    );
}

#[tokio::test]
async fn the_core_keeps_its_last_good_state_as_a_whole() {
    let school = School::synced(&feed(&ROWS)).await;
    school
        .book(
            "club",
            "isams-5",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "a@school.example",
        )
        .await;
    let before = certainties(&school.state().await, "isams-1", "2031-09-08");
    assert_eq!(before, [("10B/Ph1".to_owned(), Certainty::Certain)]);
    // The structure is missing, and in the same night Physics moves into the booked room.
    let mut moved = ROWS;
    moved[0].4 = "5";
    let mut half = feed(&moved);
    half.structure = None;
    let report = school.sync(&half).await;
    assert_eq!(
        (report.status, report.removals.len(), report.lessons.changed),
        (Status::Held, 0, 0)
    );
    let state = school.state().await;
    assert_eq!(
        certainties(&state, "isams-1", "2031-09-08"),
        [("10B/Ph1".to_owned(), Certainty::Doubtful)]
    );
    assert_eq!(certainties(&state, "isams-5", "2031-09-08"), []);
}

#[tokio::test]
async fn what_a_held_plan_withholds_is_doubtful_until_it_is_released() {
    let school = School::synced(&feed(&ROWS)).await;
    // Two of three lessons go and one comes.
    let next: [Row; 2] = [ROWS[0], ("9009", "7D/Mu1", "T1", "11", "4")];
    let held = school.sync(&feed(&next)).await;
    assert_eq!(held.status, Status::Held, "{:?}", held.held_because);
    let state = school.state().await;
    let shown = |room, date| certainties(&state, room, date);
    assert_eq!(
        shown("isams-1", "2031-09-08"),
        [("10B/Ph1".to_owned(), Certainty::Certain)]
    );
    assert_eq!(
        shown("isams-2", "2031-09-08"),
        [("9A/Bi1".to_owned(), Certainty::Doubtful)]
    );
    assert_eq!(
        shown("isams-4", "2031-09-08"),
        [("7D/Mu1".to_owned(), Certainty::Doubtful)]
    );
    school.release(&feed(&next), &held.fingerprint, &[]).await;
    let state = school.state().await;
    assert_eq!(
        certainties(&state, "isams-4", "2031-09-08"),
        [("7D/Mu1".to_owned(), Certainty::Certain)]
    );
    assert_eq!(certainties(&state, "isams-2", "2031-09-08"), []);
}

#[tokio::test]
async fn new_rooms_that_a_held_run_lets_through_do_not_change_its_plan() {
    // Lessons already point at room 9, which the list of rooms does not have yet.
    let rows: Vec<Row> = [("1", "11"), ("2", "12"), ("3", "13")]
        .map(|(id, period)| (id, "7D/Mu1", "T1", period, "9"))
        .into_iter()
        .chain(ROWS)
        .collect();
    let school = School::synced(&feed(&rows)).await;
    for number in 0..16 {
        let (id, owner) = (format!("b{number}"), format!("p{number}@school.example"));
        school
            .book(
                &id,
                "isams-4",
                "2031-09-08T09:10",
                "2031-09-08T09:50",
                &owner,
            )
            .await;
    }
    let mut next = feed(&[&rows[..], &[("8", "7E/Mu2", "T1", "11", "4")]].concat());
    next.rooms
        .as_mut()
        .unwrap()
        .push(("9".to_owned(), "Room 9".to_owned()));
    let held = school.sync(&next).await;
    assert_eq!((held.status, held.rooms.added), (Status::Held, 1));
    let again = school.sync(&next).await;
    assert_eq!(
        (&again.fingerprint, &again.held_because),
        (&held.fingerprint, &held.held_because)
    );
    assert_eq!(
        school.release(&next, &held.fingerprint, &[]).await.status,
        Status::Applied
    );
}

#[tokio::test]
async fn an_accepted_empty_core_area_is_accepted_for_good() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut empty = feed(&ROWS);
    empty.terms = Some(Value::Null);
    let area = [DataArea::Terms];
    let held = school.sync(&empty).await;
    assert_eq!((held.status, held.releasable), (Status::Held, true));
    assert_eq!(school.accept(&empty, &area).await.status, Status::Held);
    assert_eq!(
        school.release(&empty, &held.fingerprint, &[]).await.status,
        Status::Held
    );
    assert_eq!(
        school
            .release(&empty, &held.fingerprint, &area)
            .await
            .status,
        Status::Applied
    );
    assert_eq!(school.sync(&empty).await.status, Status::Unchanged);
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
}

#[tokio::test]
async fn a_fingerprint_that_a_nightly_run_used_releases_nothing_more() {
    let school = booked(&feed(&ROWS)).await;
    let applied = school.sync(&feed(&ROWS)).await;
    assert_eq!(
        (applied.status, removed(&applied)),
        (Status::Applied, vec!["club"])
    );
    // Somebody books the very same again.
    school
        .book(
            "club",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "a@school.example",
        )
        .await;
    let refused = school
        .release(
            &feed(&ROWS),
            &school.plan(&feed(&ROWS)).await.fingerprint,
            &[],
        )
        .await;
    // The lessons were added by the first sync, so this plan has no counts; the one that was applied had none either.
    assert_eq!(refused.fingerprint, applied.fingerprint);
    assert_eq!(refused.status, Status::Held);
    assert!(refused.refused.unwrap().contains("was applied by run"));
    assert_eq!(school.kept().await.len(), 5);
}

#[tokio::test]
async fn absorbed_bookings_do_not_count_for_the_guard() {
    let school = School::synced(&feed(&ROWS)).await;
    for number in 0..12 {
        school
            .book(
                &format!("own{number}"),
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T10:00",
                "q.bee@school.example",
            )
            .await;
    }
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(
        (report.status, report.removals.len(), report.notices),
        (Status::Applied, 12, 1)
    );
    let outbox = school.told().await;
    assert_eq!(
        outbox[0].notice.subject,
        "Your room bookings are now in the timetable"
    );
    assert_eq!(outbox[0].state, NoticeState::Queued);
}

#[tokio::test]
async fn an_address_that_two_members_of_staff_share_absorbs_nothing() {
    for other in [
        json!({"@Id": "109", "UserCode": "T8", "SchoolEmailAddress": "q.bee@school.example"}),
        json!({"@Id": "109", "SchoolEmailAddress": "q.bee@school.example"}),
    ] {
        let mut shared = feed(&ROWS);
        shared.staff.as_mut().unwrap()["StaffMember"]
            .as_array_mut()
            .unwrap()
            .push(other);
        let school = School::synced(&shared).await;
        school
            .book(
                "own",
                "isams-1",
                "2031-09-08T09:00",
                "2031-09-08T10:00",
                "q.bee@school.example",
            )
            .await;
        assert!(!school.plan(&shared).await.removals[0].absorbed);
    }
}

#[tokio::test]
async fn only_current_and_future_years_can_lose_a_timetable() {
    let mut two_years = feed(&ROWS);
    let this_year = two_years.terms.as_ref().unwrap()["Term"].clone();
    two_years.terms = Some(
        json!({"Term": [this_year, {"@Id": "51", "SchoolYear": "2030", "Name": "Summer",
        "StartDate": "2031-04-14T00:00:00", "FinishDate": "2031-07-10T00:00:00"}]}),
    );
    let mut old = timetable(
        "11",
        &[
            ("1", "old", "T1", "11", "1"),
            ("2", "old2", "T1", "12", "1"),
        ],
    );
    (old["StartYear"], old["EndYear"]) = (json!("2030"), json!("2031"));
    two_years.timetables = Some(json!({"Timetable": [old, timetable("12", &ROWS)]}));
    let school = School::synced(&two_years).await;
    let mut without = two_years.clone();
    without.timetables = Some(json!({"Timetable": timetable("12", &ROWS)}));
    assert_eq!(school.sync(&without).await.status, Status::Applied);
    // Next year's timetable does not make up for what this year's loses.
    let mut next = timetable("13", &ROWS);
    (next["StartYear"], next["EndYear"]) = (json!("2032"), json!("2033"));
    without.timetables = Some(json!({"Timetable": [timetable("12", &ROWS[..1]), next]}));
    let report = school.sync(&without).await;
    assert_eq!(
        report.held_because,
        ["the timetable of the school year 2031 shrinks from 3 to 1 weekly lessons"]
    );
}

#[tokio::test]
async fn losing_one_of_two_allocated_weeks_is_a_loss() {
    let mut two = feed(&ROWS);
    let week = two.structure.as_ref().unwrap()["Week"].clone();
    let prep: Value = serde_json::from_str(
        &week
            .to_string()
            .replace("\"@Id\":\"", "\"@Id\":\"9")
            .replace("Week 1", "Prep"),
    )
    .unwrap();
    two.structure = Some(json!({"Week": [week, prep]}));
    let rows = two.allocations.as_mut().unwrap()["TimetableAllocation"]
        .as_array_mut()
        .unwrap();
    rows.push(json!({"@Id": "700", "Week": "37", "Year": "2031", "TimetableWeekId": "91"}));
    let school = School::synced(&two).await;
    two.allocations.as_mut().unwrap()["TimetableAllocation"]
        .as_array_mut()
        .unwrap()
        .pop();
    let report = school.sync(&two).await;
    assert_eq!(
        (report.status, report.accept),
        (Status::Held, vec!["week_allocations".to_owned()])
    );
}

#[tokio::test]
async fn two_cycle_weeks_of_one_name_are_two() {
    let mut two = feed(&ROWS);
    let week = two.structure.as_ref().unwrap()["Week"].clone();
    let twin: Value =
        serde_json::from_str(&week.to_string().replace("\"@Id\":\"", "\"@Id\":\"9")).unwrap();
    two.structure = Some(json!({"Week": [week, twin]}));
    let school = School::synced(&two).await;
    // Physics moves from the one week to the other.
    let mut moved = two.clone();
    moved.timetables.as_mut().unwrap()["Timetable"]["Schedules"]["Schedule"][0]["PeriodId"] =
        json!("911");
    let report = school.sync(&moved).await;
    assert_eq!(
        (report.status, report.lessons.changed),
        (Status::Applied, 1)
    );
}

#[tokio::test]
async fn meetings_of_two_groups_are_two_causes() {
    let mut meetings = feed(&ROWS);
    meetings.timetables.as_mut().unwrap()["Timetable"]["StaffMeetings"] = json!({"StaffMeeting": [
        {"@Id": "70", "PeriodId": "12", "TeacherId": "T1", "MeetingGroupId": "7", "RoomId": "5", "DisplayName": "Meeting"},
        {"@Id": "71", "PeriodId": "12", "TeacherId": "T2", "MeetingGroupId": "8", "RoomId": "5", "DisplayName": "Meeting"},
    ]});
    let school = School::synced(&meetings).await;
    school
        .book(
            "club",
            "isams-5",
            "2031-09-08T10:00",
            "2031-09-08T11:00",
            "a@school.example",
        )
        .await;
    assert_eq!(school.plan(&meetings).await.removals[0].causes.len(), 2);
}

#[tokio::test]
async fn a_republish_with_new_ids_of_weeks_days_and_periods_changes_nothing() {
    let school = booked(&feed(&ROWS)).await;
    school.sync(&feed(&ROWS)).await;
    let fresh = feed(&ROWS).json().to_string();
    let isams = fresh
        .replace("\"PeriodId\":\"", "\"PeriodId\":\"7")
        .replace("\"TimetableWeekId\":\"", "\"TimetableWeekId\":\"7");
    let mut answer: Value = serde_json::from_str(&isams).unwrap();
    let structure = answer["iSAMS"]["TimetableManager"]["Structure"]
        .to_string()
        .replace("\"@Id\":\"", "\"@Id\":\"7");
    answer["iSAMS"]["TimetableManager"]["Structure"] = serde_json::from_str(&structure).unwrap();
    let report = school
        .try_sync(crate::feed::payload(&answer), &school.request())
        .await
        .unwrap();
    assert_eq!(
        (report.status, report.skipped.len()),
        (Status::Unchanged, 0),
        "{report:?}"
    );
}

#[tokio::test]
async fn each_guard_setting_is_heard() {
    let set = |change: fn(&mut GuardSettings)| {
        let mut settings = Settings::default();
        change(&mut settings.guard);
        settings
    };
    // So many of eight bookings clash, each of another person.
    for (settings, hit, reason) in [
        (
            set(|guard| (guard.removed, guard.removed_percent) = (1, 0)),
            2,
            "2 of 8 future bookings would be removed",
        ),
        (
            set(|guard| (guard.removed, guard.removed_percent) = (1, usize::MAX)),
            2,
            "",
        ),
        (
            set(|guard| guard.people = 1),
            2,
            "2 people would lose bookings",
        ),
        (
            set(|guard| guard.people = 0),
            1,
            "1 person would lose bookings",
        ),
        (
            set(|guard| guard.per_person = 0),
            2,
            "one person would lose 1 booking",
        ),
        (
            set(|guard| guard.half_of_at_least = 8),
            5,
            "more than half of the future bookings would be removed: 5 of 8",
        ),
        (set(|guard| guard.half_of_at_least = 9), 5, ""),
    ] {
        let school = School::with(settings);
        assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
        for number in 0..8 {
            let room = if number < hit { "isams-1" } else { "isams-7" };
            let (id, owner) = (format!("b{number}"), format!("p{number}@school.example"));
            school
                .book(&id, room, "2031-09-08T09:00", "2031-09-08T10:00", &owner)
                .await;
        }
        let report = school.sync(&feed(&ROWS)).await;
        assert_eq!(
            report.held_because,
            if reason.is_empty() {
                vec![]
            } else {
                vec![reason.to_owned()]
            }
        );
    }
    // One of three lessons goes.
    for (shrink_percent, status) in [
        (33, Status::Held),
        (34, Status::Applied),
        (usize::MAX, Status::Applied),
    ] {
        let mut settings = Settings::default();
        settings.guard.shrink_percent = shrink_percent;
        let school = School::with(settings);
        assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
        let report = school.sync(&feed(&ROWS[..2])).await;
        assert_eq!(report.status, status, "{shrink_percent}");
    }
    let mut school = School::with(set(|guard| guard.believe_empty_after_nights = 2));
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
    let mut empty = feed(&ROWS);
    empty.sets = Some(Value::Null);
    for (now, status) in [
        ("2031-09-02T01:00", Status::Unchanged),
        ("2031-09-03T01:00", Status::Applied),
    ] {
        school.now = at(now);
        assert_eq!(school.sync(&empty).await.status, status, "{now}");
    }
}

#[tokio::test]
async fn the_administrator_hears_of_an_owner_called_administrator_and_of_one_without_address() {
    let school = School::synced(&feed(&ROWS)).await;
    school
        .book(
            "one",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "Administrator",
        )
        .await;
    school
        .book("two", "isams-2", "2031-09-08T10:00", "2031-09-08T11:00", "")
        .await;
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
    let told = school.told().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].notice.to, Recipient::Administrator);
    assert_eq!(told[0].notice.removed.len(), 2);
}

#[tokio::test]
async fn a_room_whose_match_was_taken_back_is_linked_again() {
    let school = School::synced(&feed(&ROWS)).await;
    assert!(
        school
            .syncer
            .clear_match(&school.id, &"isams-1".into())
            .await
            .unwrap()
    );
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!((report.status, report.rooms.added), (Status::Applied, 0));
    let state = school.state().await;
    assert_eq!((state.rooms.len(), state.room_links.len()), (8, 8));
    assert_eq!(school.now, at("2031-09-01T01:00"));
}
