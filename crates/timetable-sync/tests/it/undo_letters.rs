//! What people are told when bookings are back: the letter, the page and the event that calendars take back.

use booking_store::{BookingDesk, Notice, Recipient};
use calcard::icalendar::ICalendarProperty;
use mail_parser::{MessageParser, MimeHeaders};
use timetable_sync::{Letterhead, MessageSettings, Settings, Templates};

use crate::{
    feed::Row,
    messages::{HOSTILE, events, parsed, text},
    school::{School, booking},
    undo::{applied, undo, with},
};

/// Physics in room 1 in Monday's Period 1 (09:00-10:00).
const PHYSICS: Row = ("9101", "10B/Ph1", "T1", "11", "1");

fn settings(reply_to: Option<&str>) -> Settings {
    Settings {
        messages: MessageSettings {
            reply_to: reply_to.map(str::to_owned),
            school_name: Some("Greenwood".to_owned()),
            contact: Some("ring the office".to_owned()),
        },
        ..Settings::default()
    }
}

/// A school with the chess club in room 1, on a Monday at nine, and its owner.
async fn school(settings: Settings) -> School {
    let school = School::with(settings);
    applied(&school, &with(&[])).await;
    school
        .book(
            "chess",
            "isams-1",
            "2031-09-22T09:00",
            "2031-09-22T10:00",
            "ann@school.example",
        )
        .await;
    school
}

/// Removes the bookings in the way of physics and brings them back; the letters of the one and of the other.
async fn there_and_back(school: &School) -> (Vec<Notice>, Vec<Notice>) {
    let before = school.outbox().await.len();
    let run = applied(school, &with(&[PHYSICS])).await.run.unwrap();
    let gone = letters(school, before).await;
    let before = school.outbox().await.len();
    applied(school, &with(&[])).await;
    undo(school, run, false).await;
    (gone, letters(school, before).await)
}

async fn letters(school: &School, from: usize) -> Vec<Notice> {
    let new = school.outbox().await.split_off(from);
    let all = new.into_iter().map(|record| record.notice);
    all.filter(|it| !(it.removed.is_empty() && it.restored.is_empty()))
        .collect()
}

/// UID and sequence of the one event in a calendar part.
fn event(notice: &Notice) -> (String, i64) {
    let file = notice.calendar.as_ref().unwrap();
    let calendar = parsed(file);
    let [event] = events(&calendar)[..] else {
        panic!("{file}")
    };
    let sequence = event.property(&ICalendarProperty::Sequence).unwrap();
    let sequence = sequence.values[0].as_integer().unwrap();
    (text(event, &ICalendarProperty::Uid), sequence)
}

#[tokio::test]
async fn a_restored_booking_comes_with_an_event_that_takes_the_cancelled_one_s_place() {
    let school = school(settings(Some("Rooms <rooms@school.example>"))).await;
    let (gone, back) = there_and_back(&school).await;
    let file = back[0].calendar.as_ref().unwrap();
    let calendar = parsed(file);
    let event = events(&calendar)[0];
    assert_eq!(
        text(event, &ICalendarProperty::Summary),
        "Booking: title of chess"
    );
    assert_eq!(text(event, &ICalendarProperty::Location), "Room 1");
    for line in [
        "METHOD:REQUEST",
        "STATUS:CONFIRMED",
        "ORGANIZER:mailto:rooms@school.example",
        "DTSTART;TZID=Europe/London:20310922T090000",
        "DTEND;TZID=Europe/London:20310922T100000",
        "BEGIN:VTIMEZONE",
    ] {
        assert!(file.contains(&format!("\r\n{line}\r\n")), "{line}: {file}");
    }
    let unfolded = file.replace("\r\n ", "");
    let attendee = unfolded.lines().find(|line| line.starts_with("ATTENDEE"));
    let attendee = attendee.unwrap();
    assert!(
        attendee.contains(";PARTSTAT=ACCEPTED")
            && attendee.contains(";RSVP=FALSE")
            && attendee.ends_with(":mailto:ann@school.example"),
        "{attendee}"
    );

    // Whatever happens to it, each message outranks the one before.
    let (gone_again, back_again) = there_and_back(&school).await;
    let told = [&gone[0], &back[0], &gone_again[0], &back_again[0]].map(self::event);
    assert!(told.iter().all(|(uid, _)| *uid == told[0].0), "{told:?}");
    assert!(
        told.is_sorted_by(|(_, earlier), (_, later)| earlier < later),
        "{told:?}"
    );
}

#[tokio::test]
async fn without_an_address_for_answers_the_event_is_published_and_names_nobody() {
    let school = school(settings(None)).await;
    let (_, back) = there_and_back(&school).await;
    let file = back[0].calendar.as_ref().unwrap();
    assert!(file.contains("\r\nMETHOD:PUBLISH\r\n"), "{file}");
    assert!(
        !file.contains("ORGANIZER") && !file.contains("ATTENDEE"),
        "{file}"
    );
    assert_eq!(events(&parsed(file)).len(), 1);
}

#[tokio::test]
async fn the_e_mail_says_which_method_its_calendar_part_has() {
    let school = school(settings(Some("rooms@school.example"))).await;
    let (gone, back) = there_and_back(&school).await;
    let letterhead = Letterhead::new("Rooms <rooms@school.example>").unwrap();
    for (notice, method) in [(&gone[0], "CANCEL"), (&back[0], "REQUEST")] {
        let letter = letterhead.eml(notice).unwrap();
        let message = MessageParser::default().parse(&letter).unwrap();
        let said: Vec<_> = message
            .parts
            .iter()
            .filter_map(|part| part.content_type()?.attribute("method"))
            .collect();
        assert_eq!(said, [method]);
    }
}

#[tokio::test]
async fn the_letter_and_its_page_say_the_same_in_the_school_s_words() {
    let school = school(settings(None)).await;
    school
        .book(
            "nobody",
            "isams-1",
            "2031-09-29T09:00",
            "2031-09-29T10:00",
            "",
        )
        .await;
    let run = applied(&school, &with(&[PHYSICS])).await.run.unwrap();
    let before = school.outbox().await.len();
    undo(&school, run, true).await;
    let told = letters(&school, before).await;
    let [owner, administrator] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(
        owner.text,
        "Hello,\n\nThe school has restored this room booking of yours, which had been removed for the timetable:\n\n\
         - Mon 22 Sep 2031 09:00-10:00, Room 1: \u{201c}title of chess\u{201d}\n  By the timetable Physics 10B/Ph1 meets \
         there in Period 1 (09:00-10:00); the school has decided that the booking stands all the same.\n\nYou need do \
         nothing; it stands as before. If something looks wrong, please ring the office.\n\nGreenwood\n"
    );
    assert_eq!(administrator.to, Recipient::Administrator);
    assert_eq!(
        administrator.subject,
        "1 booking restored without an address to write to"
    );
    assert_eq!(administrator.calendar, None);
    for (notice, said) in [
        (owner, "Mon 22 Sep 2031 09:00-10:00, Room 1"),
        (administrator, "Mon 29 Sep 2031 09:00-10:00, Room 1"),
    ] {
        let page = notice.html.as_ref().unwrap();
        roxmltree::Document::parse(
            &page
                .replace("<!doctype html>", "")
                .replace("<br>", "<br/>")
                .replace("<meta charset=\"utf-8\">", ""),
        )
        .unwrap_or_else(|error| panic!("{error}: {page}"));
        for text in [said, "By the timetable Physics 10B/Ph1 meets there"] {
            assert!(
                page.replace("&#x2f;", "/").contains(text) && notice.text.contains(text),
                "{page}"
            );
        }
    }
}

#[tokio::test]
async fn what_people_typed_stays_in_its_place_when_it_comes_back() {
    let school = school(settings(Some("rooms@school.example"))).await;
    for (id, monday, email) in [
        ("h1\r\nX-EVIL:1", "2031-09-29", "eve@school.example"),
        ("h2", "2031-09-15", ""),
    ] {
        let (start, end) = (format!("{monday}T09:00"), format!("{monday}T10:00"));
        let mut hostile = booking(id, "isams-1", &start, &end, email);
        hostile.owner_name = Some(HOSTILE.to_owned());
        hostile.title = Some(format!("{HOSTILE}\r\nEND:VEVENT"));
        school.store.book(&school.id, &hostile).await.unwrap();
    }
    let mut seen = 0;
    let run = applied(&school, &with(&[PHYSICS])).await.run.unwrap();
    let before = school.outbox().await.len();
    undo(&school, run, true).await;
    for notice in letters(&school, before).await {
        if notice.restored[0].id.as_str() == "chess" {
            continue;
        }
        seen += 1;
        assert!(!notice.subject.contains(|c: char| c.is_control()));
        assert!(!notice.text.lines().any(|line| line.starts_with("Bcc:")));
        let page = notice.html.unwrap();
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;script&gt;"), "{page}");
        if let Some(file) = &notice.calendar {
            assert_eq!(events(&parsed(file)).len(), 1);
            let evil = |line: &str| line.starts_with("Bcc") || line.starts_with("X-EVIL");
            assert!(!file.lines().any(evil), "{file}");
            assert_eq!(file.matches("\r\nEND:VEVENT\r\n").count(), 1);
        }
    }
    assert_eq!(seen, 2);
}

#[tokio::test]
async fn a_host_replaces_the_letter_about_restored_bookings() {
    let templates = Templates::new()
        .with("restored_owner.subject.txt", "{{ school }}: all is well")
        .unwrap()
        .with("restored_owner.html", "<p>{{ restored[0].what }}</p>")
        .unwrap();
    let error = Templates::new().with("restored_owner.txt", "{{ removed }}");
    assert!(error.unwrap_err().to_string().contains("line 1"));
    let school = school(settings(None)).await;
    let school = School {
        syncer: school.syncer.clone().templates(templates),
        ..school
    };
    let (_, back) = there_and_back(&school).await;
    assert_eq!(back[0].subject, "Greenwood: all is well");
    assert_eq!(
        back[0].html.as_deref(),
        Some("<p>\u{201c}title of chess\u{201d}</p>")
    );
    assert!(back[0].text.starts_with("Hello,"), "{}", back[0].text);
}
