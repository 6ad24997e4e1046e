//! What people are told: letters to owners, the calendar part, and what the administrator hears.

use std::collections::BTreeSet;

use booking_store::{Booking, BookingDesk, Notice, Recipient};
use calcard::{
    Entry, Parser,
    icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty},
};
use isams_client::DataArea;
use room_timetable::Interval;
use timetable_sync::{
    CurrentTimetable, Letter, MessageSettings, RemovedItem, RoomCalendar, Settings, Status,
    Templates,
};

use crate::{
    feed::{Feed, Row, feed},
    school::{School, at, booking, removed},
};

/// Physics in room 1 and biology in room 2, both on Monday; Q. Bee teaches the first.
const ROWS: [Row; 2] = [
    ("9001", "10B/Ph1", "T1", "11", "1"),
    ("9002", "9A/Bi1", "T2", "12", "2"),
];

pub(crate) const HOSTILE: &str = "Eve <b>&\r\nBcc: x@y.example\r\n\r\n<script>alert(1)</script>";

fn owned(mut booking: Booking, name: &str, title: &str) -> Booking {
    booking.owner_name = Some(name.to_owned());
    booking.title = Some(title.to_owned());
    booking
}

async fn book(school: &School, booking: &Booking) {
    school.store.book(&school.id, booking).await.unwrap();
}

/// Ann loses two bookings, one of them in two spellings of her address; Q. Bee's is absorbed; nobody can write to Nemo.
async fn lost() -> School {
    let school = School::synced(&feed(&ROWS)).await;
    let (monday, later) = ("2031-09-08", "2031-09-15");
    let morning = |id, room, date: &str, owner| {
        let (start, end) = (format!("{date}T09:00"), format!("{date}T10:00"));
        booking(id, room, &start, &end, owner)
    };
    for booking in [
        owned(
            morning("a1", "isams-1", monday, "Ann@school.example"),
            "Ann Smith",
            "Chess, club",
        ),
        owned(
            booking(
                "a2",
                "isams-2",
                "2031-09-08T10:30",
                "2031-09-08T11:30",
                "ann@SCHOOL.example",
            ),
            "Ann Smith",
            "Drama; club",
        ),
        owned(
            morning("q1", "isams-1", later, "q.bee@school.example"),
            "Quill Bee",
            "Practical",
        ),
        owned(morning("n1", "isams-1", "2031-09-22", ""), "Nemo", "Choir"),
        owned(
            morning("stays", "isams-5", monday, "ann@school.example"),
            "Ann Smith",
            "Bridge",
        ),
    ] {
        book(&school, &booking).await;
    }
    for number in 0..8 {
        let id = format!("far{number}");
        school
            .book(
                &id,
                "isams-7",
                "2031-09-09T09:00",
                "2031-09-09T09:30",
                "s@school.example",
            )
            .await;
    }
    school
}

async fn sync_and_tell(school: &School) -> Vec<Notice> {
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!(report.status, Status::Applied, "{:?}", report.held_because);
    let told = school.told().await;
    told.into_iter().map(|record| record.notice).collect()
}

pub(crate) fn parsed(file: &str) -> ICalendar {
    let mut parser = Parser::new(file);
    let Entry::ICalendar(calendar) = parser.entry() else {
        panic!("no calendar: {file}");
    };
    assert!(matches!(parser.entry(), Entry::Eof), "{file}");
    calendar
}

/// The objects of a stream.
fn objects(stream: &str) -> Vec<ICalendar> {
    let mut parser = Parser::new(stream);
    let mut objects = Vec::new();
    loop {
        match parser.entry() {
            Entry::ICalendar(object) => objects.push(object),
            Entry::Eof => return objects,
            other => panic!("{other:?}: {stream}"),
        }
    }
}

pub(crate) fn text(component: &ICalendarComponent, property: &ICalendarProperty) -> String {
    let entry = component.property(property);
    let entry = entry.unwrap_or_else(|| panic!("no {property:?}"));
    let value = entry.values.first().unwrap();
    value
        .as_text()
        .map(str::to_owned)
        .or_else(|| value.as_integer().map(|number| number.to_string()))
        .unwrap_or_else(|| format!("{value:?}"))
}

pub(crate) fn events(calendar: &ICalendar) -> Vec<&ICalendarComponent> {
    let events = calendar.components.iter();
    events
        .filter(|component| component.component_type == ICalendarComponentType::VEvent)
        .collect()
}

#[tokio::test]
async fn a_letter_lists_every_removed_booking_with_cause_date_room_and_how_to_object() {
    let notices = sync_and_tell(&lost().await).await;
    let to: Vec<String> = notices.iter().map(|notice| notice.to.to_string()).collect();
    assert_eq!(
        to,
        [
            "Ann@school.example",
            "q.bee@school.example",
            "administrator"
        ]
    );
    let ann = &notices[0];
    assert_eq!(
        ann.subject,
        "2 of your room bookings were removed: the timetable needs the rooms"
    );
    assert_eq!(
        ann.text,
        "Dear Ann Smith,\n\n\
         The school's timetable now needs a room that you had booked, so we had to remove:\n\n\
         - Mon 8 Sep 2031 09:00-10:00, Room 1: \u{201c}Chess, club\u{201d}\n  \
         Reason: Physics 10B/Ph1 meets there in Period 1 (09:00-10:00).\n  \
         No room is known to be free at that time.\n\n\
         - Mon 8 Sep 2031 10:30-11:30, Room 2: \u{201c}Drama; club\u{201d}\n  \
         Reason: 9A/Bi1 meets there in Period 2 (10:00-11:00).\n  \
         No room is known to be free at that time.\n\n\
         All your other bookings stay as they are. If something looks wrong, please reply to this message or ask the \
         school office.\n"
    );
    let ids: Vec<&str> = ann
        .removed
        .iter()
        .map(|it| it.booking.id.as_str())
        .collect();
    assert_eq!(ids, ["a1", "a2"]);
}

#[tokio::test]
async fn a_letter_of_absorbed_bookings_alone_has_its_own_subject_and_says_that_the_room_is_kept() {
    let notices = sync_and_tell(&lost().await).await;
    let absorbed = &notices[1];
    assert_eq!(
        absorbed.subject,
        "Your room bookings are now in the timetable"
    );
    for part in [&absorbed.text, absorbed.html.as_ref().unwrap()] {
        assert!(part.contains("You keep the room"), "{part}");
        assert!(part.contains("Room 1: \u{201c}Practical\u{201d}"), "{part}");
        assert!(!part.contains("we had to remove"), "{part}");
        assert!(!part.contains("No room is known"), "{part}");
    }
}

#[tokio::test]
async fn the_page_says_what_the_text_says() {
    for notice in sync_and_tell(&lost().await).await {
        let page = notice.html.unwrap();
        let document = roxmltree::Document::parse(
            &page
                .replace("<!doctype html>", "")
                .replace("<meta charset=\"utf-8\">", "")
                .replace("<br>", " "),
        )
        .map(|document| {
            let body = document
                .descendants()
                .find(|node| node.has_tag_name("body"));
            let texts = body
                .unwrap()
                .descendants()
                .filter(|node| node.is_text())
                .filter_map(|node| node.text().map(str::to_owned));
            texts.collect::<Vec<_>>().join(" ")
        });
        let words = |text: &str| -> Vec<String> {
            let words = text.split_whitespace().filter(|word| *word != "-");
            words.map(str::to_owned).collect()
        };
        assert_eq!(words(&document.unwrap()), words(&notice.text));
    }
}

#[tokio::test]
async fn the_calendar_part_cancels_each_booking_under_the_uid_of_the_calendar_file() {
    let school = lost().await;
    let state = school.state().await;
    let room = state
        .rooms
        .iter()
        .find(|room| room.id.as_str() == "isams-1")
        .unwrap();
    let timetable = CurrentTimetable::of(&state).unwrap();
    let date = at("2031-09-08T00:00").date();
    let exported = RoomCalendar::new(&state, &timetable, room, date, 1).ics(
        &school.id,
        chrono_tz::Europe::London,
        chrono::DateTime::UNIX_EPOCH,
    );
    let exported = parsed(&exported);
    let exported_uid = events(&exported)
        .iter()
        .find(|event| text(event, &ICalendarProperty::Summary).contains("Chess"))
        .map(|event| text(event, &ICalendarProperty::Uid))
        .unwrap();

    let notices = sync_and_tell(&school).await;
    let file = notices[0].calendar.as_ref().unwrap();
    assert!(file.lines().all(|line| line.len() <= 75), "{file}");
    // All events of one CANCEL must have the same UID, so each booking has its own.
    let calendars = objects(file);
    assert_eq!(calendars.len(), 2);
    for calendar in &calendars {
        let whole = calendar
            .components
            .iter()
            .find(|component| component.component_type == ICalendarComponentType::VCalendar)
            .unwrap();
        assert!(
            whole.property(&ICalendarProperty::Method).is_some(),
            "{file}"
        );
        assert_eq!(events(calendar).len(), 1);
    }
    for line in ["METHOD:CANCEL", "BEGIN:VTIMEZONE"] {
        assert_eq!(file.matches(&format!("\r\n{line}\r\n")).count(), 2);
    }
    let events: Vec<_> = calendars.iter().flat_map(events).collect();
    let uids: BTreeSet<String> = events
        .iter()
        .map(|event| text(event, &ICalendarProperty::Uid))
        .collect();
    assert_eq!(uids.len(), 2);
    assert!(uids.contains(&exported_uid), "{uids:?} {exported_uid}");
    assert_eq!(file.matches("\r\nSTATUS:CANCELLED\r\n").count(), 2);
    assert_eq!(file.matches("\r\nSEQUENCE:1\r\n").count(), 2);
    assert!(
        file.contains("DTSTART;TZID=Europe/London:20310908T090000"),
        "{file}"
    );
    let summaries: Vec<String> = events
        .iter()
        .map(|event| text(event, &ICalendarProperty::Summary))
        .collect();
    assert_eq!(summaries, ["Booking: Chess, club", "Booking: Drama; club"]);
    // The owner keeps the room, but the booking is gone.
    assert!(
        notices[1]
            .calendar
            .as_ref()
            .unwrap()
            .contains("STATUS:CANCELLED")
    );
    assert_eq!(notices[2].calendar, None);
}

#[tokio::test]
async fn a_cancellation_outranks_the_version_that_it_cancels() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut changed = booking(
        "c",
        "isams-1",
        "2031-09-08T09:00",
        "2031-09-08T10:00",
        "cy@school.example",
    );
    changed.version = 2;
    book(&school, &changed).await;
    let notices = sync_and_tell(&school).await;
    let file = notices[0].calendar.as_ref().unwrap();
    assert!(file.contains("\r\nSEQUENCE:3\r\n"), "{file}");
}

#[tokio::test]
async fn a_booking_without_an_end_is_cancelled_without_times_or_a_zone() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut endless = booking(
        "e",
        "isams-1",
        "2031-09-08T09:00",
        "2031-09-08T10:00",
        "ed@school.example",
    );
    endless.interval = Interval::new(endless.interval.start(), at("9999-12-31T23:59")).unwrap();
    book(&school, &endless).await;
    let notices = sync_and_tell(&school).await;
    let file = notices[0].calendar.as_ref().unwrap();
    let calendar = parsed(file);
    let [event] = events(&calendar)[..] else {
        panic!("{file}")
    };
    assert_eq!(event.property(&ICalendarProperty::Dtstart), None);
    // It is described for the start alone, not for thousands of years.
    assert!(file.len() < 4_000, "{} bytes", file.len());
}

#[tokio::test]
async fn what_is_no_address_gets_no_letter_and_goes_to_the_administrator() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut place = 0;
    for (owner, name) in [
        ("n/a", "Nemo"),
        ("a@x.example, b@x.example", "Nemo"),
        ("n/a", "Omen"),
        ("Cy Clark <Cy@school.example>", "Cy"),
        ("cy@school.example", "Cy"),
    ] {
        place += 1;
        let date = ["08", "15", "22", "29", "29"][place - 1];
        let (room, times) = match place {
            5 => ("isams-2", ("10:00", "11:00")),
            _ => ("isams-1", ("09:00", "10:00")),
        };
        let (start, end) = (
            format!("2031-09-{date}T{}", times.0),
            format!("2031-09-{date}T{}", times.1),
        );
        let lost = booking(&format!("b{place}"), room, &start, &end, owner);
        book(&school, &owned(lost, name, "Club")).await;
        // So that most bookings stay.
        let far = format!("far{place}");
        school
            .book(
                &far,
                "isams-7",
                "2031-09-09T09:00",
                "2031-09-09T09:30",
                "s@school.example",
            )
            .await;
    }
    let notices = sync_and_tell(&school).await;
    let to: Vec<(String, usize)> = notices
        .iter()
        .map(|notice| (notice.to.to_string(), notice.removed.len()))
        .collect();
    assert_eq!(
        to,
        [
            ("Cy@school.example".to_owned(), 2),
            ("administrator".to_owned(), 3)
        ]
    );
}

#[test]
fn a_letter_blames_the_timetable_only_for_what_is_in_it() {
    let letter = |kinds: &[&'static str], count: usize| {
        let letter = Letter {
            removed: vec![RemovedItem::default(); count],
            kinds: kinds.to_vec(),
            ..Letter::default()
        };
        Templates::new().letter(&letter)
    };
    for (kinds, count, subject, lead) in [
        (
            &["lesson", "cover"][..],
            1,
            "One of your room bookings was removed: the timetable needs the room",
            "The school's timetable now needs a room that you had booked, so",
        ),
        (
            &["closure"],
            1,
            "One of your room bookings was removed: the room is closed",
            "A room that you had booked is closed at that time, so",
        ),
        (
            &["closure"],
            2,
            "2 of your room bookings were removed: the rooms are closed",
            "A room that you had booked is closed at that time, so",
        ),
        (
            &["lesson", "closure"],
            2,
            "2 of your room bookings were removed: the rooms are no longer free",
            "A room that you had booked is no longer free at that time, so",
        ),
        (
            &["event"],
            1,
            "One of your room bookings was removed: the room is no longer free",
            "A room that you had booked is no longer free at that time, so",
        ),
    ] {
        let rendered = letter(kinds, count);
        assert_eq!(rendered.subject, subject);
        for part in [&rendered.text, &rendered.html] {
            assert!(part.contains(lead), "{kinds:?}: {part}");
            assert_eq!(part.matches("we had to remove").count(), 1, "{part}");
        }
    }
}

#[tokio::test]
async fn the_same_run_writes_the_same_bytes() {
    let (one, two) = (lost().await, lost().await);
    assert_eq!(sync_and_tell(&one).await, sync_and_tell(&two).await);
}

#[tokio::test]
async fn texts_of_users_cannot_break_out_of_their_place() {
    let school = School::synced(&feed(&ROWS)).await;
    let mut hostile = booking(
        "h\r\n1",
        "isams-1",
        "2031-09-08T09:00",
        "2031-09-08T10:00",
        "e@school.example",
    );
    hostile = owned(hostile, HOSTILE, HOSTILE);
    book(&school, &hostile).await;
    let mut unreachable = hostile.clone();
    unreachable.id = "h2".into();
    unreachable.owner_email = None;
    book(&school, &unreachable).await;
    for notice in sync_and_tell(&school).await {
        assert!(
            !notice.subject.contains(|c: char| c.is_control()),
            "{:?}",
            notice.subject
        );
        if let Recipient::Owner { name, .. } = &notice.to {
            assert_eq!(
                name.as_deref(),
                Some("Eve <b>& Bcc: x@y.example <script>alert(1)</script>")
            );
        }
        assert!(
            !notice.text.lines().any(|line| line.starts_with("Bcc:")),
            "{}",
            notice.text
        );
        let page = notice.html.unwrap();
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;script&gt;"), "{page}");
        if let Some(file) = &notice.calendar {
            assert_eq!(events(&parsed(file)).len(), 1);
            assert!(!file.lines().any(|line| line.starts_with("Bcc")), "{file}");
        }
    }
}

#[tokio::test]
async fn no_free_room_is_offered_to_two_people_in_their_letters() {
    let school = School::synced(&feed(&[
        ("9001", "10B/Ph1", "T1", "11", "1"),
        ("9002", "9A/Bi1", "T2", "11", "2"),
    ]))
    .await;
    let mut rooms = school.state().await.rooms;
    for room in &mut rooms {
        room.category = "Labs".to_owned();
    }
    let import = booking_store::Import {
        rooms,
        ..Default::default()
    };
    school.store.import(&school.id, &import).await.unwrap();
    for (id, room) in [("one", "isams-1"), ("two", "isams-2")] {
        let owner = format!("{id}@school.example");
        school
            .book(id, room, "2031-09-08T09:00", "2031-09-08T10:00", &owner)
            .await;
    }
    let report = school
        .sync(&feed(&[
            ("9001", "10B/Ph1", "T1", "11", "1"),
            ("9002", "9A/Bi1", "T2", "11", "2"),
        ]))
        .await;
    assert_eq!(report.notices, 2);
    let told = school.told().await;
    let offered: Vec<BTreeSet<String>> = told
        .iter()
        .map(|record| {
            let line = record
                .notice
                .text
                .lines()
                .find_map(|line| line.trim().strip_prefix("Free at that time: "));
            let rooms = line.unwrap_or_else(|| panic!("nothing offered: {}", record.notice.text));
            rooms
                .trim_end_matches('.')
                .split(", ")
                .map(str::to_owned)
                .collect()
        })
        .collect();
    assert!(!offered[0].is_empty() && !offered[1].is_empty());
    assert!(offered[0].is_disjoint(&offered[1]), "{offered:?}");
}

#[tokio::test]
async fn the_schools_name_and_its_way_to_object_are_in_every_part() {
    let messages = MessageSettings {
        school_name: Some("Greenwood & Sons".to_owned()),
        contact: Some("ring the office on 01234".to_owned()),
        reply_to: Some("rooms@school.example".to_owned()),
    };
    let school = School::with(Settings {
        messages,
        ..Settings::default()
    });
    school.sync(&feed(&ROWS)).await;
    school
        .book(
            "a1",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "a@school.example",
        )
        .await;
    let notice = sync_and_tell(&school).await.remove(0);
    assert!(
        notice
            .text
            .contains("If something looks wrong, please ring the office on 01234.\n")
    );
    assert!(
        notice.text.ends_with("\nGreenwood & Sons\n"),
        "{}",
        notice.text
    );
    let page = notice.html.unwrap();
    assert!(
        page.contains("please ring the office on 01234.")
            && page.contains("<p>Greenwood &amp; Sons</p>")
    );
    let file = notice.calendar.unwrap();
    assert!(
        file.contains("\r\nORGANIZER:mailto:rooms@school.example\r\n"),
        "{file}"
    );
    assert!(
        file.contains("\r\nATTENDEE:mailto:a@school.example\r\n"),
        "{file}"
    );
}

#[tokio::test]
async fn a_host_replaces_a_template_and_the_others_stay() {
    let templates = Templates::new()
        .with(
            "owner.subject.txt",
            "{{ name }}: {{ removed|length }}\nrooms\n",
        )
        .unwrap()
        .with(
            "owner.html",
            "<p>{% for it in removed %}{{ it.what }} {{ it.start }}{% endfor %}</p>",
        )
        .unwrap();
    let school = School::synced(&feed(&ROWS)).await;
    let school = School {
        syncer: school.syncer.clone().templates(templates),
        ..school
    };
    let hostile = booking(
        "h",
        "isams-1",
        "2031-09-08T09:00",
        "2031-09-08T10:00",
        "e@school.example",
    );
    book(&school, &owned(hostile, HOSTILE, "<i>")).await;
    let notice = sync_and_tell(&school).await.remove(0);
    assert_eq!(
        notice.subject,
        "Eve <b>& Bcc: x@y.example <script>alert(1)</script>: 1 rooms"
    );
    assert_eq!(
        notice.html.unwrap().trim(),
        "<p>\u{201c}&lt;i&gt;\u{201d} 2031-09-08T09:00</p>"
    );
    assert!(notice.text.starts_with("Dear Eve"), "{}", notice.text);
}

#[tokio::test]
async fn a_template_that_fails_for_one_letter_does_not_lose_it() {
    // No sample is in a room of this name, so the mistake does not show when it is set.
    let templates = Templates::new()
        .with(
            "owner.txt",
            "Ours.\n{% if removed and removed[0].room == 'Room 2' %}{{ 1 / 0 }}{% endif %}",
        )
        .unwrap();
    let school = School::synced(&feed(&ROWS)).await;
    let school = School {
        syncer: school.syncer.clone().templates(templates),
        ..school
    };
    school
        .book(
            "a",
            "isams-1",
            "2031-09-08T09:00",
            "2031-09-08T10:00",
            "a@school.example",
        )
        .await;
    school
        .book(
            "b",
            "isams-2",
            "2031-09-08T10:00",
            "2031-09-08T11:00",
            "b@school.example",
        )
        .await;
    let notices = sync_and_tell(&school).await;
    assert_eq!(notices[0].text, "Ours.\n");
    assert!(
        notices[1]
            .text
            .starts_with("Hello,\n\nThe school's timetable now needs"),
        "{}",
        notices[1].text
    );
    assert!(notices[1].html.is_some() && notices[1].calendar.is_some());
}

#[test]
fn a_template_that_cannot_be_used_is_refused_with_its_line() {
    for (name, source, said) in [
        ("owner.txt", "Hello\n\n{% if name %}", "line 3"),
        ("owner.txt", "Hello\n{{ name|shout }}", "line 2"),
        ("administrator.html", "{{ run }}\n\n{{ nobody }}", "line 3"),
        ("owner.html", "{{ 1 / 0 }}", "line 1"),
        ("letter.txt", "Hello", "there is no template `letter.txt`"),
    ] {
        let error = Templates::new().with(name, source).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

/// What the administrator heard of each run, by subject.
async fn heard(school: &School) -> Vec<String> {
    let outbox = school.outbox().await;
    let to_administrator = outbox
        .iter()
        .filter(|record| record.notice.to == Recipient::Administrator);
    to_administrator
        .map(|record| format!("{} {}", record.notice.run, record.notice.subject))
        .collect()
}

#[tokio::test]
async fn the_administrator_hears_once_that_the_first_run_took_effect() {
    let school = School::synced(&feed(&ROWS)).await;
    assert_eq!(heard(&school).await, ["1 The timetable is in effect"]);
    school.sync(&feed(&ROWS)).await;
    let more = [ROWS[0], ROWS[1], ("9003", "8C/Ar1", "T9", "23", "3")];
    assert_eq!(school.sync(&feed(&more)).await.status, Status::Applied);
    assert_eq!(heard(&school).await.len(), 1);
    let letter = &school.outbox().await[0].notice;
    assert!(
        letter
            .text
            .contains("Weekly lessons: 2. Bookings removed: 0."),
        "{}",
        letter.text
    );
    assert!(letter.removed.is_empty());
}

#[tokio::test]
async fn the_administrator_hears_once_that_rooms_wait_to_be_matched() {
    let school = School::new();
    school.import_rooms(&[("LAB", "Lab"), ("BUS", "Bus")]).await;
    for _ in 0..3 {
        assert_eq!(
            school.sync(&feed(&ROWS)).await.status,
            Status::AwaitingMatch
        );
    }
    assert_eq!(
        heard(&school).await,
        ["1 The timetable waits until rooms are matched"]
    );
    let letter = &school.outbox().await[0].notice.text;
    assert!(
        letter.contains("Rooms here without a match: 2."),
        "{letter}"
    );
    school
        .syncer
        .match_room(&school.id, &"LAB".into(), "1")
        .await
        .unwrap();
    school.syncer.confirm_matches(&school.id).await.unwrap();
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
    assert_eq!(heard(&school).await.len(), 2);
}

async fn eleven(school: &School) {
    for number in 0..11 {
        let (id, date) = (
            format!("b{number:02}"),
            if number < 6 { "08" } else { "15" },
        );
        let (start, end) = (
            format!("2031-09-{date}T09:00"),
            format!("2031-09-{date}T09:30"),
        );
        let owner = format!("p{number}@school.example");
        school.book(&id, "isams-1", &start, &end, &owner).await;
    }
}

fn without_terms() -> Feed {
    Feed {
        terms: Some(serde_json::json!("")),
        ..feed(&ROWS)
    }
}

#[tokio::test]
async fn a_held_run_is_told_once_and_again_only_when_something_else_is_held() {
    let mut school = School::synced(&feed(&ROWS)).await;
    eleven(&school).await;
    let held = "The timetable sync is held: please look at it";
    let told = async |school: &School| -> usize {
        let heard = heard(school).await;
        heard.iter().filter(|line| line.ends_with(held)).count()
    };
    for night in 0..3 {
        school.now = at("2031-09-01T01:00") + chrono::TimeDelta::days(night);
        assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Held);
        assert_eq!(told(&school).await, 1, "night {night}");
        assert!(school.told().await.is_empty());
    }
    // A new booking elsewhere changes the numbers in the reasons, and nothing that is held.
    school
        .book(
            "new",
            "isams-7",
            "2031-09-09T09:00",
            "2031-09-09T09:30",
            "s@school.example",
        )
        .await;
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Held);
    assert_eq!(told(&school).await, 1);
    // Bookings begin and drop out.
    school.now = at("2031-09-10T01:00");
    let report = school.sync(&feed(&ROWS)).await;
    assert_eq!((report.status, report.removals.len()), (Status::Held, 5));
    assert_eq!(told(&school).await, 1);
    // One more removal is something else.
    school
        .book(
            "more",
            "isams-1",
            "2031-09-22T09:00",
            "2031-09-22T09:30",
            "m@school.example",
        )
        .await;
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Held);
    assert_eq!(told(&school).await, 2);
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Held);
    assert_eq!(told(&school).await, 2);
    // And so is another reason.
    assert_eq!(school.sync(&without_terms()).await.status, Status::Held);
    assert_eq!(told(&school).await, 3);
    let letters = school.outbox().await;
    let last = &letters.last().unwrap().notice.text;
    assert!(
        last.contains("- School Manager - School Terms had rows and came empty"),
        "{last}"
    );
}

#[tokio::test]
async fn a_held_run_says_how_to_release_it_and_one_after_a_release_is_told_anew() {
    let school = School::synced(&feed(&ROWS)).await;
    eleven(&school).await;
    let held = school.sync(&feed(&ROWS)).await;
    let letter = school.outbox().await.pop().unwrap().notice;
    assert_eq!(
        (letter.to, letter.removed.len()),
        (Recipient::Administrator, 0)
    );
    for said in [
        "11 of 11 future bookings would be removed",
        &format!("release this plan by its fingerprint {}.", held.fingerprint),
        &held.removals[0]
            .text
            .replace(" is removed, ", " would be removed, "),
        "and the last good timetable stays.",
    ] {
        assert!(letter.text.contains(said), "{said}: {}", letter.text);
    }
    school.release(&feed(&ROWS), &held.fingerprint, &[]).await;
    assert_eq!(school.told().await.len(), 11);
    // The same bookings are made again, and the same plan is held again.
    eleven(&school).await;
    let again = school.sync(&feed(&ROWS)).await;
    assert_eq!(
        (again.status, removed(&again)),
        (Status::Held, removed(&held))
    );
    let held = heard(&school).await;
    assert_eq!(
        held.iter().filter(|line| line.contains("is held")).count(),
        2
    );
}

#[tokio::test]
async fn held_runs_that_take_turns_are_told_once_each() {
    let mut school = School::synced(&feed(&ROWS)).await;
    let no_weeks = Feed {
        allocations: Some(serde_json::json!("")),
        ..feed(&ROWS)
    };
    // One night the terms come empty, one the allocations, and some nights are good.
    for night in 0..12 {
        school.now = at("2031-09-02T01:00") + chrono::TimeDelta::days(night);
        let (feed, status) = match night % 4 {
            0 => (without_terms(), Status::Held),
            2 => (feed(&ROWS), Status::Unchanged),
            _ => (no_weeks.clone(), Status::Held),
        };
        assert_eq!(school.sync(&feed).await.status, status, "night {night}");
    }
    let held = "The timetable sync is held: please look at it";
    let heard = heard(&school).await;
    assert_eq!(heard[1..], [format!("2 {held}"), format!("3 {held}")]);
    // What is held after a run that took effect is told anew.
    let more = [ROWS[0], ROWS[1], ("9003", "8C/Ar1", "T9", "23", "3")];
    assert_eq!(school.sync(&feed(&more)).await.status, Status::Applied);
    school.sync(&without_terms()).await;
    assert_eq!(school.outbox().await.len(), 4);
}

#[tokio::test]
async fn after_a_long_time_held_the_first_sync_is_no_news() {
    let school = School::synced(&feed(&ROWS)).await;
    // More runs than are looked back on.
    for _ in 0..201 {
        assert_eq!(school.sync(&without_terms()).await.status, Status::Held);
    }
    let more = [ROWS[0], ROWS[1], ("9003", "8C/Ar1", "T9", "23", "3")];
    assert_eq!(school.sync(&feed(&more)).await.status, Status::Applied);
    assert_eq!(
        heard(&school).await,
        [
            "1 The timetable is in effect",
            "2 The timetable sync is held: please look at it"
        ]
    );
}

#[tokio::test]
async fn a_first_run_that_is_held_speaks_of_no_timetable_that_stays() {
    let school = School::new();
    assert_eq!(school.sync(&without_terms()).await.status, Status::Held);
    let letter = school.outbox().await.pop().unwrap().notice;
    for text in [&letter.text, letter.html.as_ref().unwrap()] {
        assert!(
            text.contains("no timetable has taken effect yet.") && !text.contains("last good"),
            "{text}"
        );
    }
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Applied);
    assert_eq!(heard(&school).await[1], "2 The timetable is in effect");
}

#[tokio::test]
async fn what_people_typed_stays_on_its_line_of_the_letter_about_a_held_run() {
    let mut two = feed(&ROWS);
    let autumn = two.terms.take().unwrap()["Term"].clone();
    let mut spring = autumn.clone();
    spring["Name"] = serde_json::json!("Spring\u{2028}- Bcc");
    spring["StartDate"] = serde_json::json!("2032-01-05T00:00:00");
    spring["FinishDate"] = serde_json::json!("2032-03-26T00:00:00");
    two.terms = Some(serde_json::json!({ "Term": [autumn, spring] }));
    let school = School::synced(&two).await;
    let club = crate::school::booking(
        "club",
        "isams-1",
        "2031-09-08T09:00",
        "2031-09-08T09:30",
        "a@school.example",
    );
    book(&school, &owned(club, "Ann\nBo", "Chess\r\n- club")).await;
    assert_eq!(school.sync(&feed(&ROWS)).await.status, Status::Held);
    let letter = school.outbox().await.pop().unwrap().notice.text;
    for said in [
        "look free of lessons: Spring - Bcc (5 January 2032 to 26 March 2032)\n",
        "Room 1: \u{201c}Chess - club\u{201d} (Ann Bo) would be removed, because",
    ] {
        assert!(letter.contains(said), "{said}: {letter}");
    }
}

#[tokio::test]
async fn a_run_that_cannot_be_released_says_so() {
    let school = School::synced(&feed(&ROWS)).await;
    let missing = Feed {
        terms: None,
        ..feed(&ROWS)
    };
    let report = school.accept(&missing, &[DataArea::Terms]).await;
    assert_eq!(report.status, Status::Held);
    let letter = school.outbox().await.pop().unwrap().notice.text;
    assert!(
        letter.contains("It cannot be released: what is missing has to arrive first."),
        "{letter}"
    );
    assert!(!letter.contains("fingerprint"), "{letter}");
}
