//! Removed bookings that could come back: when they are offered, to whom, and how often.

use booking_store::{BookingDesk, Import, Recipient};
use isams_client::DataArea;
use serde_json::json;
use timetable_sync::{Report, Settings, Status, UndoRequest};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, at, booking, removed},
    undo::{applied, school, undo, with},
};

/// Physics in room 1 on Monday's Period 1 (09:00-10:00).
const PHYSICS: Row = ("9101", "10B/Ph1", "T1", "11", "1");

const START: &str = "2031-09-22T09:00";
const END: &str = "2031-09-22T10:00";

async fn offered(school: &School) -> Vec<String> {
    let offers = school.syncer.offers(&school.id, Some(school.now)).await;
    let ids = offers.unwrap().into_iter();
    ids.map(|offer| offer.booking.id.to_string()).collect()
}

/// The ids that a report lists, and the warnings that tell of bookings that can come back.
fn told(report: &Report) -> (Vec<&str>, Vec<&str>) {
    let ids = report.offers.iter().map(|offer| offer.booking.as_str());
    let warnings = report.warnings.iter().map(String::as_str);
    let warnings = warnings.filter(|warning| warning.contains("can come back"));
    (ids.collect(), warnings.collect())
}

#[tokio::test]
async fn a_cause_that_goes_is_told_once_and_nothing_comes_back_by_itself() {
    let school = school().await;
    school
        .book("club", "isams-1", START, END, "a@school.example")
        .await;
    let report = applied(&school, &with(&[PHYSICS])).await;
    let run = report.run.unwrap();
    assert_eq!(told(&report), (vec![], vec![]));
    assert_eq!(offered(&school).await, [""; 0]);

    let report = applied(&school, &with(&[])).await;
    let warning = format!(
        "a booking that run {run} removed can come back, since nothing stands there any more: Mon 22 Sep 2031 \
         09:00-10:00, Room 1: \u{201c}title of club\u{201d} (a@school.example); bring it back with `undo {run}`"
    );
    assert_eq!(told(&report), (vec!["club"], vec![warning.as_str()]));
    for _ in 0..3 {
        let report = school.sync(&with(&[])).await;
        assert_eq!(report.status, Status::Unchanged);
        assert_eq!(told(&report), (vec!["club"], vec![]));
        assert_eq!(offered(&school).await, ["club"]);
        assert!(!school.kept().await.contains(&"club".to_owned()));
    }
    assert_eq!(undo(&school, run, false).await.restored.len(), 1);
    assert_eq!(offered(&school).await, [""; 0]);
    let report = school.sync(&with(&[])).await;
    assert_eq!(
        (report.status, told(&report)),
        (Status::Unchanged, (vec![], vec![]))
    );
}

#[tokio::test]
async fn the_administrator_is_written_to_once_about_each_booking_that_can_come_back() {
    let school = school().await;
    for (id, start, end) in [
        ("club", START, END),
        ("chess", "2031-09-22T10:00", "2031-09-22T11:00"),
    ] {
        let mut made = booking(id, "isams-1", start, end, "a@school.example");
        made.title = Some(format!("<{id}>\n- other"));
        school.store.book(&school.id, &made).await.unwrap();
    }
    let second: Row = ("9102", "10B/Ph2", "T1", "12", "1");
    let run = applied(&school, &with(&[PHYSICS, second])).await.run;
    let run = run.unwrap();
    let letters = async || {
        let outbox = school
            .outbox()
            .await
            .into_iter()
            .map(|record| record.notice);
        let digests = outbox.filter(|notice| notice.to == Recipient::Administrator);
        digests.skip(1).collect::<Vec<_>>()
    };
    assert!(letters().await.is_empty(), "the first sync alone was news");

    applied(&school, &with(&[second])).await;
    let told = letters().await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].subject, "1 removed booking can come back");
    assert!(told[0].removed.is_empty());
    let line = format!(
        "This booking was removed earlier, and can come back, since nothing stands there any more. It does so only if \
         somebody undoes the run:\n\n- Mon 22 Sep 2031 09:00-10:00, Room 1: \u{201c}<club> - other\u{201d} \
         (a@school.example); removed by run {run}\n"
    );
    assert!(told[0].text.contains(&line), "{}", told[0].text);
    let html = told[0].html.as_ref().unwrap();
    let item =
        format!("&lt;club&gt; - other\u{201d} (a@school.example); removed by run {run}</li>");
    assert!(html.contains(&item), "{html}");
    assert_eq!(
        school.sync(&with(&[second])).await.status,
        Status::Unchanged
    );
    assert_eq!(letters().await.len(), 1);

    // The other one goes free, and only that is news.
    applied(&school, &with(&[])).await;
    let told = letters().await;
    assert_eq!(told.len(), 2);
    assert!(told[1].text.contains("<chess>") && !told[1].text.contains("<club>"));
}

#[tokio::test]
async fn a_room_that_is_booked_is_offered_once_that_booking_goes() {
    let school = school().await;
    school
        .book("club", "isams-1", START, END, "a@school.example")
        .await;
    applied(&school, &with(&[PHYSICS])).await;
    school
        .store
        .book(
            &school.id,
            &booking(
                "chess",
                "isams-1",
                "2031-09-22T10:00",
                "2031-09-22T11:00",
                "",
            ),
        )
        .await
        .unwrap();
    let mut other = booking(
        "other",
        "isams-1",
        "2031-09-22T09:30",
        "2031-09-22T09:45",
        "",
    );
    school.store.book(&school.id, &other).await.unwrap();
    // The lesson and what was booked over it leave; another booking over it is made before the sync.
    let report = school.sync(&with(&[PHYSICS])).await;
    assert_eq!(removed(&report), ["other"]);
    other.id = "new".into();
    school.store.book(&school.id, &other).await.unwrap();
    let report = applied(&school, &with(&[])).await;
    assert_eq!(
        told(&report),
        (vec![], vec![]),
        "a new booking stands there"
    );
    school
        .store
        .cancel(&school.id, &"new".into())
        .await
        .unwrap();
    let report = school.sync(&with(&[])).await;
    assert_eq!(report.status, Status::Unchanged);
    // Of two that overlap the first is offered.
    let (ids, warnings) = told(&report);
    assert_eq!((ids, warnings.len()), (vec!["club"], 1));
    assert_eq!(told(&school.sync(&with(&[])).await), (vec!["club"], vec![]));
}

#[tokio::test]
async fn bookings_are_offered_for_as_long_as_the_settings_say() {
    // 21 days before the booking, and the lesson goes on the last day or the day after.
    for (days, now, expected) in [
        (30, "2031-09-21T20:00", &["club"][..]),
        (20, "2031-09-21T01:00", &["club"]),
        (20, "2031-09-21T01:01", &[]),
        (0, "2031-09-01T02:00", &[]),
        (30, "2031-09-22T09:00", &[]), // it has begun
        (30, "2031-09-22T08:59", &["club"]),
    ] {
        let mut school = School::with(Settings {
            offer_back: days,
            ..Settings::default()
        });
        applied(&school, &with(&[])).await;
        school
            .book("club", "isams-1", START, END, "a@school.example")
            .await;
        let report = applied(&school, &with(&[PHYSICS])).await;
        assert_eq!(removed(&report), ["club"]);
        school.now = at(now);
        let report = applied(&school, &with(&[])).await;
        assert_eq!(told(&report).0, expected, "{days} days, {now}");
        assert_eq!(offered(&school).await, expected, "{days} days, {now}");
    }
}

#[tokio::test]
async fn doubt_and_ignorance_are_no_news_that_a_room_is_free() {
    let school = school().await;
    school
        .book("club", "isams-1", START, END, "a@school.example")
        .await;
    let run = applied(&school, &with(&[PHYSICS])).await.run.unwrap();
    // A held run: the lesson is in effect, and in doubt.
    let unpublished = Feed {
        timetables: Some(json!({"Timetable": []})),
        ..with(&[])
    };
    let held = school.sync(&unpublished).await;
    assert_eq!((held.status, told(&held)), (Status::Held, (vec![], vec![])));
    assert_eq!(offered(&school).await, [""; 0]);
    // Another, whose plan has the lesson no more: it is not in effect.
    let few = feed(&[("9001", "9B-PSHE", "T2", "12", "5")]);
    let held = school.sync(&few).await;
    assert_eq!((held.status, told(&held)), (Status::Held, (vec![], vec![])));
    assert_eq!(offered(&school).await, [""; 0]);
    school.sync(&with(&[PHYSICS])).await;

    // Its week has no allocation any more, by an administrator's word: what is taught there is not known.
    let mut unallocated = with(&[PHYSICS]);
    unallocated.allocate([36, 37, 38, 40]);
    let held = school.sync(&unallocated).await;
    let areas = [DataArea::WeekAllocations];
    let report = school
        .release(&unallocated, &held.fingerprint, &areas)
        .await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    assert_eq!(told(&report), (vec![], vec![]));
    assert_eq!(offered(&school).await, [""; 0]);
    // An administrator who says so restores it all the same.
    let request = UndoRequest {
        now: Some(school.now),
        ..UndoRequest::of(run)
    };
    let undone = school.syncer.undo(&school.id, &request).await.unwrap();
    assert_eq!(undone.restored.len(), 1);
}

#[tokio::test]
async fn a_closure_or_event_that_goes_offers_its_bookings_where_lessons_are_not_known_too() {
    let on = |date: &str, event: bool| {
        let mut feed = with(&[]);
        feed.allocate([36, 37, 38, 39]);
        let day = format!("{date}T00:00:00");
        if event {
            feed.events = Some(
                json!({"Event": {"@Id": "71", "Description": "Fair", "Location": "Room 1", "AllDayEvent": "1",
                "StartDate": day, "EndDate": day}}),
            );
        } else {
            feed.closures = Some(
                json!({"RoomClosure": {"@Id": "7", "RoomId": "1", "ReasonId": "2",
                "StartDate": day, "EndDate": day}}),
            );
        }
        feed
    };
    for event in [false, true] {
        let school = School::with(Settings {
            events_occupy: true,
            ..Settings::default()
        });
        let elsewhere = on("2031-09-01", event);
        assert_eq!(school.sync(&elsewhere).await.status, Status::Applied);
        let (start, end) = ("2031-09-29T09:00", "2031-09-29T10:00");
        school
            .book("club", "isams-1", start, end, "a@school.example")
            .await;
        let report = applied(&school, &on("2031-09-29", event)).await;
        assert_eq!(removed(&report), ["club"], "{event}");
        let report = applied(&school, &elsewhere).await;
        assert_eq!(told(&report).0, ["club"], "{event}");
    }
}

#[tokio::test]
async fn a_date_that_leaves_a_term_or_becomes_unknown_offers_nothing_in_that_run() {
    let (start, end) = ("2031-09-29T09:00", "2031-09-29T10:00");
    let day = "2031-09-29T00:00:00";
    let closed = Feed {
        closures: Some(
            json!({"RoomClosure": {"@Id": "7", "RoomId": "1", "ReasonId": "2", "StartDate": day, "EndDate": day}}),
        ),
        ..with(&[])
    };
    let mut shorter = with(&[]);
    shorter.terms.as_mut().unwrap()["Term"]["FinishDate"] = json!("2031-09-26T00:00:00");
    let mut unknown = with(&[]);
    unknown.allocate(36..=39);
    let lesson = with(&[PHYSICS]);
    // As the lesson or the closure goes, its date leaves the term, or the week its allocation.
    for (cause, without, offers) in [
        (&lesson, &with(&[]), true),
        (&closed, &with(&[]), true),
        (&lesson, &shorter, false),
        (&closed, &shorter, false),
        (&closed, &unknown, false),
    ] {
        let school = school().await;
        school
            .book("club", "isams-1", start, end, "a@school.example")
            .await;
        assert_eq!(removed(&applied(&school, cause).await), ["club"]);
        let plan = school.plan(without).await;
        let accepted = [DataArea::WeekAllocations];
        let report = school.release(without, &plan.fingerprint, &accepted).await;
        assert_eq!(report.status, Status::Applied, "{report:?}");
        let expected: &[&str] = if offers { &["club"] } else { &[] };
        assert_eq!(told(&report).0, expected, "{report:?}");
    }
}

#[tokio::test]
async fn a_closure_of_an_earlier_night_still_stands_in_the_way() {
    let day = "2031-09-22T00:00:00";
    let closed = Feed {
        closures: Some(
            json!({"RoomClosure": {"@Id": "7", "RoomId": "1", "ReasonId": "2", "StartDate": day, "EndDate": day}}),
        ),
        ..with(&[])
    };
    let school = school().await;
    school
        .book("club", "isams-1", START, END, "a@school.example")
        .await;
    let run = applied(&school, &closed).await.run.unwrap();
    // The area is missing, so the closure is kept and in doubt.
    let missing = Feed {
        closures: None,
        ..with(&[])
    };
    let report = school.sync(&missing).await;
    assert!(report.warnings[0].contains("is missing"), "{report:?}");
    assert_eq!(told(&report), (vec![], vec![]));
    assert_eq!(offered(&school).await, [""; 0]);
    // For an undo it is no cause.
    assert_eq!(undo(&school, run, false).await.restored.len(), 1);
}

#[tokio::test]
async fn row_31_a_match_that_is_taken_back_leaves_bookings_and_offers_the_removed_ones() {
    let rows = [PHYSICS];
    let school = School::new();
    school
        .import_rooms(&[("LAB", "Lab 1"), ("GYM", "Sports Hall")])
        .await;
    let owner = "a@school.example";
    school.book("club", "LAB", START, END, owner).await;
    school
        .book(
            "stays",
            "LAB",
            "2031-09-22T10:00",
            "2031-09-22T11:00",
            owner,
        )
        .await;
    school.sync(&feed(&rows)).await;
    let lab = "LAB".into();
    school
        .syncer
        .match_room(&school.id, &lab, "1")
        .await
        .unwrap();
    school.syncer.confirm_matches(&school.id).await.unwrap();
    let report = applied(&school, &feed(&rows)).await;
    assert_eq!(removed(&report), ["club"]);
    assert_eq!(offered(&school).await, [""; 0]);

    assert!(school.syncer.clear_match(&school.id, &lab).await.unwrap());
    assert_eq!(offered(&school).await, ["club"]);
    assert_eq!(school.kept().await, ["stays"], "an offer, and no more");
    let report = school.sync(&feed(&rows)).await;
    assert_eq!(told(&report).0, ["club"]);
    let run = school.syncer.offers(&school.id, Some(school.now)).await;
    let run = run.unwrap()[0].run;
    assert_eq!(undo(&school, run, false).await.restored.len(), 1);
    let report = school.sync(&feed(&rows)).await;
    assert_eq!(
        (report.status, report.removals.len()),
        (Status::Unchanged, 0)
    );
    assert_eq!(school.kept().await, ["club", "stays"]);
}

#[tokio::test]
async fn a_room_that_the_next_sync_links_again_offers_nothing() {
    let school = school().await;
    school
        .book("club", "isams-1", START, END, "a@school.example")
        .await;
    let run = applied(&school, &with(&[PHYSICS])).await.run.unwrap();
    // A sync made this room for its room of the source, and links it whenever it finds that one unmatched.
    let room = "isams-1".into();
    assert!(school.syncer.clear_match(&school.id, &room).await.unwrap());
    assert_eq!(offered(&school).await, [""; 0]);
    assert_eq!(undo(&school, run, false).await.restored.len(), 0);
    assert_eq!(
        told(&school.sync(&with(&[PHYSICS])).await),
        (vec![], vec![])
    );
}

#[tokio::test]
async fn a_part_bookable_room_is_always_free() {
    let school = school().await;
    school
        .book("club", "isams-1", START, END, "a@school.example")
        .await;
    applied(&school, &with(&[PHYSICS])).await;
    let mut rooms = school.state().await.rooms;
    rooms[0].part_bookable = true;
    let rows = Import {
        rooms,
        ..Import::default()
    };
    school.store.import(&school.id, &rows).await.unwrap();
    let report = school.sync(&with(&[PHYSICS])).await;
    assert_eq!(
        (report.status, told(&report).0),
        (Status::Unchanged, vec!["club"])
    );
}
