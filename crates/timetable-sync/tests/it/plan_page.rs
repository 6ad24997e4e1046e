//! The page of a plan: well-formed, in words, and safe.

use booking_store::{AreaRecord, Booking, BookingDesk};
use room_timetable::CauseKind;
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::json;
use timetable_sync::{
    Alternative, CauseReport, Counts, PlanPage, RemovalReport, Report, Skipped, Status,
};

use crate::{
    feed::{Row, feed},
    school::{School, at, booking},
};

const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
];

/// The page as XML: every tag closed, every text escaped.
fn parsed(page: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(page, options).unwrap()
}

fn text(node: Node<'_, '_>) -> String {
    let texts: String = node
        .descendants()
        .filter(Node::is_text)
        .filter_map(|text| text.text())
        .flat_map(|text| [text, " "])
        .collect();
    texts.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn by_class<'p>(page: &'p Document<'_>, class: &str) -> Vec<Node<'p, 'p>> {
    page.descendants()
        .filter(|node| {
            let classes = node.attribute("class").unwrap_or_default();
            classes.split(' ').any(|known| known == class)
        })
        .collect()
}

/// The section with this heading.
fn section(page: &Document<'_>, id: &str) -> String {
    page.descendants()
        .find(|node| node.attribute("aria-labelledby") == Some(id))
        .map_or_else(String::new, text)
}

fn html(report: &Report, release: Option<&str>) -> String {
    PlanPage {
        report,
        school: "greenwood",
        made: at("2031-09-01T01:00"),
        release,
    }
    .html()
}

/// Twelve bookings over Physics, of which one stands over Biology too, and one lesson of the owner's own.
async fn held() -> Report {
    let school = School::synced(&feed(&ROWS)).await;
    for number in 0..12 {
        let minute = format!("2031-09-08T09:{number:02}");
        let end = if number == 0 { "11:00" } else { "09:50" };
        let booking = Booking {
            owner_name: Some(format!("P. Person{number:02}")),
            ..booking(
                &format!("b{number:02}"),
                "isams-1",
                &minute,
                &format!("2031-09-08T{end}"),
                &format!("p{number:02}@school.example"),
            )
        };
        school.store.book(&school.id, &booking).await.unwrap();
    }
    let own = booking(
        "own",
        "isams-2",
        "2031-09-08T10:00",
        "2031-09-08T11:00",
        "w.dee@school.example",
    );
    school.store.book(&school.id, &own).await.unwrap();
    let mut next = feed(&[ROWS[0], ROWS[1], ("9003", "", "T1", "999", "3")]);
    next.sets = Some(json!(null));
    school.plan(&next).await
}

#[tokio::test]
async fn a_held_plan_says_why_what_it_withholds_and_how_to_release_it() {
    let report = held().await;
    assert_eq!(report.status, Status::Held);
    let command = format!("timetable-sync sync --apply-plan {}", report.fingerprint);
    let html = html(&report, Some(&command));
    let page = parsed(&html);
    let verdict = section(&page, "verdict");
    assert!(verdict.starts_with("! Held: a person must look first."));
    for reason in &report.held_because {
        assert!(verdict.contains(reason), "{reason}: {verdict}");
    }
    assert!(verdict.contains(&command), "{verdict}");
    let heading = "Withheld: 13 bookings would be removed";
    assert!(section(&page, "removals").contains(heading));
    let people = by_class(&page, "person");
    assert_eq!(people.len(), 13);
    // Every removal has one row, in words.
    let rows: Vec<String> = people
        .iter()
        .flat_map(|person| person.descendants())
        .filter(|node| node.has_tag_name("tbody"))
        .flat_map(|body| body.children().filter(Node::is_element))
        .map(text)
        .collect();
    assert_eq!(rows.len(), 13);
    for removal in &report.removals {
        let title = removal.title.as_deref().unwrap();
        let row = rows.iter().find(|row| row.contains(title)).unwrap();
        assert!(row.contains(&removal.room_name) && row.contains(&removal.because));
    }
    let own = rows.iter().find(|row| row.contains("title of own"));
    assert_eq!(
        own.unwrap(),
        "Mon 8 Sep 2031 10:00-11:00 Room 2 title of own 9A/Bi1 meets there in Period 2 (10:00-11:00) The owner's own \
         lesson: the room is kept"
    );
    assert!(section(&page, "by-room").contains("Room 1 12 0 12"));
    assert!(section(&page, "by-cause").contains("9A/Bi1 (lesson) 1 1 1"));
    assert!(section(&page, "warnings").contains("Teaching Sets is empty"));
    assert!(section(&page, "skipped").contains("9003"));
    assert!(section(&page, "areas").contains("Teaching Sets empty 0"));
}

/// A text that would leave any place that is not escaped.
fn hostile(place: &str) -> String {
    format!("</td><script>alert('{place}')</script>&\"<b>\n\u{0}")
}

fn hostile_report() -> Report {
    let start = at("2031-09-08T09:00");
    let removal = RemovalReport {
        booking: hostile("booking"),
        room: hostile("room"),
        start,
        end: at("2031-09-09T00:00"),
        owner_email: Some(hostile("email")),
        owner_name: Some(hostile("owner")),
        title: None,
        room_name: hostile("room name"),
        absorbed: false,
        causes: vec![CauseReport {
            kind: CauseKind::Event,
            source_ids: vec![hostile("source")],
            start,
            end: at("2031-09-08T10:00"),
            label: hostile("label"),
        }],
        alternatives: vec![Alternative {
            id: hostile("other"),
            name: hostile("other name"),
            series: None,
        }],
        because: hostile("because"),
        text: hostile("text"),
    };
    let titled = RemovalReport {
        title: Some(hostile("title")),
        ..removal.clone()
    };
    Report {
        status: Status::Held,
        run: None,
        fingerprint: hostile("fingerprint"),
        removals: vec![titled, removal],
        rooms: Counts::default(),
        timeslots: Counts::default(),
        lessons: Counts {
            added: 1,
            changed: 2,
            removed: 3,
        },
        terms: Counts::default(),
        allocations: Counts::default(),
        areas: vec![AreaRecord {
            area: hostile("area"),
            state: hostile("state"),
            rows: 7,
            hash: None,
        }],
        skipped: vec![Skipped {
            area: hostile("skipped area"),
            source_id: hostile("skipped id"),
            reason: hostile("skipped reason"),
        }],
        without_room: 1,
        held_because: vec![hostile("held")],
        accept: vec![hostile("accept")],
        releasable: true,
        refused: None,
        notices: 0,
        warnings: vec![hostile("warning")],
        offers: Vec::new(),
        rehearsal: false,
    }
}

#[test]
fn no_text_of_feed_or_booking_leaves_its_place() {
    let report = hostile_report();
    let (school, release) = (hostile("school"), hostile("release"));
    let html = PlanPage {
        report: &report,
        school: &school,
        made: at("2031-09-01T01:00"),
        release: Some(&release),
    }
    .html();
    let page = parsed(&html);
    for element in page.descendants().filter(Node::is_element) {
        let name = element.tag_name().name();
        assert!(!["script", "b"].contains(&name), "{name}");
        let handlers = element
            .attributes()
            .filter(|attribute| attribute.name().starts_with("on"));
        assert_eq!(handlers.count(), 0);
    }
    // Nothing was dropped instead: the texts are there as texts.
    let all = text(page.root_element());
    for place in [
        "booking",
        "title",
        "owner",
        "email",
        "room name",
        "other name",
        "because",
        "label",
        "fingerprint",
        "area",
        "state",
        "skipped area",
        "skipped id",
        "skipped reason",
        "held",
        "accept",
        "warning",
        "release",
        "school",
    ] {
        assert!(all.contains(&format!("alert('{place}')")), "{place}");
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_can_be_printed() {
    let html = html(&hostile_report(), None);
    let page = parsed(&html);
    for element in page.descendants().filter(Node::is_element) {
        for attribute in ["src", "href", "srcset", "action", "style"] {
            assert_eq!(element.attribute(attribute), None, "{element:?}");
        }
    }
    let style = page.descendants().find(|node| node.has_tag_name("style"));
    let style = text(style.unwrap());
    assert!(!style.contains("url(") && !style.contains("@import"));
    assert!(style.contains("@media print") && style.contains("@page"));
    // The ids that sections refer to are there, once each.
    for node in page.descendants() {
        let Some(id) = node.attribute("aria-labelledby") else {
            continue;
        };
        let named = page
            .descendants()
            .filter(|other| other.attribute("id") == Some(id));
        assert_eq!(named.count(), 1, "{id}");
    }
}

#[tokio::test]
async fn every_ending_of_a_plan_is_told_in_words() {
    let mut report = held().await;
    for (status, words, heading) in [
        (
            Status::Planned,
            "Ready: a sync would do this",
            "Would be removed: 13 bookings",
        ),
        (
            Status::Applied,
            "Applied: this was done",
            "Removed: 13 bookings",
        ),
        (
            Status::Held,
            "Held: a person must look first",
            "Withheld: 13 bookings would be removed",
        ),
        (
            Status::AwaitingMatch,
            "Waiting for matching",
            "By the matches so far, 13 bookings would be removed",
        ),
    ] {
        report.status = status;
        let html = html(&report, None);
        let page = parsed(&html);
        assert!(section(&page, "verdict").contains(words), "{words}");
        assert!(section(&page, "removals").contains(heading), "{heading}");
    }
    let school = School::synced(&feed(&ROWS)).await;
    let unchanged = school.plan(&feed(&ROWS)).await;
    let html = html(&unchanged, None);
    let page = parsed(&html);
    assert!(section(&page, "verdict").contains("Nothing to change"));
    assert!(section(&page, "removals").contains("No booking has to go"));
    assert_eq!(section(&page, "by-room"), "");
    assert!(section(&page, "changes").contains("No change to rooms"));
}

#[tokio::test]
async fn a_plan_that_cannot_be_released_says_so() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut missing = feed(&ROWS);
    missing.timetables = None;
    let report = school.plan(&missing).await;
    assert!(!report.releasable);
    let html = html(&report, None);
    let verdict = section(&parsed(&html), "verdict");
    assert!(verdict.contains("This cannot be released"), "{verdict}");
    assert!(!verdict.contains("To release exactly"), "{verdict}");
}
