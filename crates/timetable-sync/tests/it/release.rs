//! Releasing a held plan by its fingerprint while time goes on.

use timetable_sync::Status;

use crate::{
    feed::{Row, feed},
    school::{School, at, removed},
};

const ROWS: [Row; 1] = [("9001", "10B/Ph1", "T1", "11", "1")];

/// Twelve bookings over Physics on four Mondays, which the guard holds.
async fn held() -> School {
    let school = School::synced(&feed(&ROWS)).await;
    for (number, day) in ["08", "15", "22", "29"]
        .into_iter()
        .cycle()
        .take(12)
        .enumerate()
    {
        let (start, end) = (
            format!("2031-09-{day}T09:{number:02}"),
            format!("2031-09-{day}T09:50"),
        );
        school
            .book(
                &format!("b{number:02}"),
                "isams-1",
                &start,
                &end,
                &format!("p{}@school.example", number % 6),
            )
            .await;
    }
    school
}

#[tokio::test]
async fn bookings_that_begin_meanwhile_stay_and_do_not_invalidate_the_plan() {
    let mut school = held().await;
    let plan = school.sync(&feed(&ROWS)).await;
    assert_eq!((plan.status, plan.removals.len()), (Status::Held, 12));
    // A week later, in the middle of the first Monday's bookings.
    school.now = at("2031-09-08T09:04");
    let released = school.release(&feed(&ROWS), &plan.fingerprint, &[]).await;
    assert_eq!(released.status, Status::Applied);
    assert_eq!(removed(&released).len(), 10);
    assert_eq!(school.kept().await, ["b00", "b04"]);
}

#[tokio::test]
async fn a_booking_that_is_added_meanwhile_does_invalidate_it() {
    let mut school = held().await;
    let plan = school.sync(&feed(&ROWS)).await;
    school
        .book(
            "new",
            "isams-1",
            "2031-09-15T09:30",
            "2031-09-15T09:40",
            "n@school.example",
        )
        .await;
    school.now = at("2031-09-08T09:04");
    assert_eq!(
        school
            .release(&feed(&ROWS), &plan.fingerprint, &[])
            .await
            .status,
        Status::Held
    );
    assert_eq!(school.kept().await.len(), 13);
}

#[tokio::test]
async fn labels_and_teachers_are_not_in_the_fingerprint_but_another_cause_is() {
    let school = held().await;
    let plan = school.plan(&feed(&ROWS)).await;
    let other_teacher = [("9001", "10B/Ph1", "T2", "11", "1")];
    let mut other_subject = feed(&other_teacher);
    other_subject.departments = None;
    assert_eq!(
        school.plan(&other_subject).await.fingerprint,
        plan.fingerprint
    );
    let another = [
        ("9001", "10B/Ph1", "T1", "11", "1"),
        ("9002", "10C/Ch1", "T2", "11", "1"),
    ];
    assert_ne!(
        school.plan(&feed(&another)).await.fingerprint,
        plan.fingerprint
    );
}
