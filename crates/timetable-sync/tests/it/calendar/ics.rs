//! The calendar file, as a parser reads it that is not the writer's.

use std::collections::BTreeSet;

use booking_store::SchoolId;
use calcard::{
    Entry, Parser,
    common::PartialDateTime,
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarParameterName,
        ICalendarProperty, ICalendarStatus,
    },
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::{Europe::London, Tz};
use room_timetable::CauseKind;
use timetable_sync::{Occupant, RoomCalendar};

use super::{ROWS, booked, calendar, doubtful, everything, timed, timetabled, unknown, week};
use crate::{
    feed::{Row, feed},
    school::{School, at, booking, span},
};

fn stamp() -> DateTime<Utc> {
    "2031-09-02T00:30:00Z".parse().unwrap()
}

fn file(calendar: &RoomCalendar) -> String {
    calendar.ics(&SchoolId::new("school"), London, stamp())
}

/// The file, which must be one whole calendar.
fn parsed(file: &str) -> ICalendar {
    well_formed(file);
    let mut parser = Parser::new(file);
    let Entry::ICalendar(calendar) = parser.entry() else {
        panic!("no calendar\n{file}");
    };
    assert_eq!(parser.entry(), Entry::Eof, "{file}");
    calendar
}

/// The parser forgives much, and what is strict about it refuses every component within another. So: every line is a
/// name with a value, and every component ends where it should.
fn well_formed(file: &str) {
    let mut open = Vec::new();
    let lines = file.strip_suffix("\r\n").unwrap().replace("\r\n ", "");
    for (index, line) in lines.split("\r\n").enumerate() {
        let (name, value) = line.split_once(':').unwrap();
        let property = name.split(';').next().unwrap();
        let plain = |c: char| c.is_ascii_uppercase() || c == '-';
        assert!(
            !property.is_empty() && property.chars().all(plain),
            "{line}"
        );
        assert!(!line.contains(char::is_control), "{line}");
        match name {
            "BEGIN" => open.push(value),
            "END" => assert_eq!(open.pop(), Some(value)),
            _ => assert!(!open.is_empty(), "{line}"),
        }
        assert!(index == 0 || !open.is_empty() || line == "END:VCALENDAR");
    }
    assert_eq!(open, [""; 0]);
}

fn components(calendar: &ICalendar, kind: ICalendarComponentType) -> Vec<&ICalendarComponent> {
    let components = calendar.components.iter();
    components
        .filter(|component| component.component_type == kind)
        .collect()
}

fn events(calendar: &ICalendar) -> Vec<&ICalendarComponent> {
    components(calendar, ICalendarComponentType::VEvent)
}

fn text(component: &ICalendarComponent, property: ICalendarProperty) -> &str {
    let entry = component.property(&property).unwrap();
    entry.values[0].as_text().unwrap()
}

fn uids(calendar: &ICalendar) -> Vec<&str> {
    events(calendar)
        .into_iter()
        .map(|event| event.uid().unwrap())
        .collect()
}

fn date_time(component: &ICalendarComponent, property: &ICalendarProperty) -> PartialDateTime {
    let entry = component.property(property).unwrap();
    entry.values[0].as_partial_date_time().unwrap().clone()
}

/// The wall time of a property without a UTC mark, with the zone that it names; a date is its midnight without one.
fn wall(
    component: &ICalendarComponent,
    property: ICalendarProperty,
) -> (NaiveDateTime, Option<String>) {
    let entry = component.property(&property).unwrap();
    let zone = entry
        .parameter(&ICalendarParameterName::Tzid)
        .map(|zone| zone.as_text().unwrap().to_owned());
    (naive(&date_time(component, &property)), zone)
}

fn naive(read: &PartialDateTime) -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(
        read.year.unwrap().into(),
        read.month.unwrap().into(),
        read.day.unwrap().into(),
    );
    let time = NaiveTime::from_hms_opt(
        read.hour.unwrap_or_default().into(),
        read.minute.unwrap_or_default().into(),
        read.second.unwrap_or_default().into(),
    );
    date.unwrap().and_time(time.unwrap())
}

/// The offset that the file's own VTIMEZONE gives to a wall time: that of the latest onset at or before it.
fn described_offset(calendar: &ICalendar, wall: NaiveDateTime) -> TimeDelta {
    let onsets = [
        ICalendarComponentType::Standard,
        ICalendarComponentType::Daylight,
    ]
    .into_iter()
    .flat_map(|kind| components(calendar, kind));
    let latest = onsets
        .filter(|onset| naive(&date_time(onset, &ICalendarProperty::Dtstart)) <= wall)
        .max_by_key(|onset| naive(&date_time(onset, &ICalendarProperty::Dtstart)));
    let offset = date_time(latest.unwrap(), &ICalendarProperty::Tzoffsetto);
    let minutes = i64::from(offset.tz_hour.unwrap()) * 60 + i64::from(offset.tz_minute.unwrap());
    TimeDelta::minutes(if offset.tz_minus { -minutes } else { minutes })
}

fn onto(calendar: &mut RoomCalendar, monday: &str) {
    let monday: NaiveDate = monday.parse().unwrap();
    for (day, date) in calendar.days.iter_mut().zip(monday.iter_days()) {
        day.date = date;
    }
}

#[test]
fn there_is_an_event_for_everything_and_for_what_is_not_known() {
    let calendar = everything();
    let file = file(&calendar);
    let parsed = parsed(&file);
    let events = events(&parsed);
    assert_eq!(calendar.entries().count(), 9);
    assert_eq!(events.len(), 10);
    let found: BTreeSet<(String, &str, &str)> = events
        .iter()
        .map(|event| {
            let status = match event.status().unwrap() {
                ICalendarStatus::Tentative => "tentative",
                ICalendarStatus::Confirmed => "confirmed",
                other => panic!("{other:?}"),
            };
            (
                text(event, ICalendarProperty::Summary).to_owned(),
                text(event, ICalendarProperty::Categories),
                status,
            )
        })
        .collect();
    let expected = [
        ("a lesson", "lesson", "confirmed"),
        ("a meeting", "meeting", "confirmed"),
        ("a tutorial", "tutorial", "confirmed"),
        ("a year schedule", "year_schedule", "confirmed"),
        ("Closed: a closure", "closure", "confirmed"),
        ("Cover: a cover", "cover", "confirmed"),
        ("a event", "event", "confirmed"),
        ("? a doubt", "lesson", "tentative"),
        ("Booking: title of club", "booking", "confirmed"),
        ("? Lessons not known", "unknown", "tentative"),
    ];
    let expected = expected.map(|(summary, kind, status)| (summary.to_owned(), kind, status));
    assert_eq!(found, BTreeSet::from(expected));
    for event in events {
        assert_eq!(
            date_time(event, &ICalendarProperty::Dtstamp).to_timestamp(),
            Some(stamp().timestamp())
        );
    }
}

#[tokio::test]
async fn a_lesson_has_its_room_teachers_period_and_wall_time_in_the_zone() {
    let school = School::synced(&feed(&ROWS)).await;
    let file = file(&calendar(&school, "isams-1", "2031-09-08", 1).await);
    let parsed = parsed(&file);
    let [physics, biology] = events(&parsed)[..] else {
        panic!("{file}");
    };
    assert_eq!(text(physics, ICalendarProperty::Summary), "Physics 10B/Ph1");
    assert_eq!(text(physics, ICalendarProperty::Location), "Room 1");
    assert_eq!(
        text(physics, ICalendarProperty::Description),
        "Lesson\nPeriod 1\nQuill Bee"
    );
    let zone = Some("Europe/London".to_owned());
    assert_eq!(
        wall(physics, ICalendarProperty::Dtstart),
        (at("2031-09-08T09:00"), zone.clone())
    );
    assert_eq!(
        wall(physics, ICalendarProperty::Dtend),
        (at("2031-09-08T10:00"), zone)
    );
    assert_eq!(text(biology, ICalendarProperty::Summary), "9A/Bi1");
}

#[test]
fn wall_times_hold_on_both_sides_of_the_clock_changes() {
    for (monday, times) in [
        (
            "2031-10-20",
            [
                ("2031-10-25T09:00", "2031-10-25T08:00:00Z"),
                ("2031-10-26T09:00", "2031-10-26T09:00:00Z"),
                ("2031-10-20T09:00", "2031-10-20T08:00:00Z"),
            ],
        ),
        (
            "2032-03-22",
            [
                ("2032-03-27T09:00", "2032-03-27T09:00:00Z"),
                ("2032-03-28T09:00", "2032-03-28T08:00:00Z"),
                ("2032-03-22T09:00", "2032-03-22T09:00:00Z"),
            ],
        ),
    ] {
        let mut calendar = week(Vec::new());
        onto(&mut calendar, monday);
        for (start, _) in times {
            let start = at(start);
            let interval = room_timetable::Interval::new(start, start + TimeDelta::hours(1));
            let lesson = timed(timetabled(CauseKind::Lesson, "10B"), interval.unwrap());
            let day = calendar
                .days
                .iter_mut()
                .find(|day| day.date == start.date());
            day.unwrap().entries.push(lesson);
        }
        let file = file(&calendar);
        let parsed = parsed(&file);
        assert_eq!(
            components(&parsed, ICalendarComponentType::VTimezone).len(),
            1
        );
        assert_eq!(events(&parsed).len(), 3);
        let resolver = parsed.build_tz_resolver();
        for (local, utc) in times {
            let utc: DateTime<Utc> = utc.parse().unwrap();
            let event = events(&parsed)
                .into_iter()
                .find(|event| wall(event, ICalendarProperty::Dtstart).0 == at(local))
                .unwrap();
            let (start, zone) = wall(event, ICalendarProperty::Dtstart);
            // As the parser knows the zone by its name, and as the file itself describes it.
            let known = resolver.resolve(zone.as_deref().unwrap()).unwrap();
            let read = date_time(event, &ICalendarProperty::Dtstart)
                .to_date_time_with_tz(known)
                .unwrap();
            assert_eq!(read.timestamp(), utc.timestamp(), "{local}");
            let described = start - described_offset(&parsed, start);
            assert_eq!(described.and_utc(), utc, "{local}\n{file}");
        }
    }
}

#[test]
fn the_file_describes_any_zone_as_it_is() {
    for zone in [
        London,
        chrono_tz::America::St_Johns,
        chrono_tz::Australia::Sydney,
        chrono_tz::Asia::Kolkata,
        chrono_tz::Europe::Dublin,
        Tz::UTC,
    ] {
        let mut calendar = week(Vec::new());
        calendar.days = calendar.days.iter().cycle().take(7 * 53).cloned().collect();
        onto(&mut calendar, "2031-09-01");
        for day in &mut calendar.days {
            let noon = day.date.and_hms_opt(12, 0, 0).unwrap();
            let interval = room_timetable::Interval::new(noon, noon + TimeDelta::hours(1));
            let lesson = timetabled(CauseKind::Lesson, "10B");
            day.entries = vec![timed(lesson, interval.unwrap())];
        }
        let file = calendar.ics(&SchoolId::new("school"), zone, stamp());
        let parsed = parsed(&file);
        let events = events(&parsed);
        assert_eq!(events.len(), 7 * 53);
        for event in events {
            let (start, _) = wall(event, ICalendarProperty::Dtstart);
            let utc = zone.from_local_datetime(&start).single().unwrap();
            let described = start - described_offset(&parsed, start);
            assert_eq!(described, utc.naive_utc(), "{zone} {start}");
        }
    }
}

#[test]
fn the_same_calendar_gives_the_same_file_with_distinct_uids() {
    let calendar = everything();
    let first = file(&calendar);
    assert_eq!(first, file(&calendar));
    let parsed = parsed(&first);
    let distinct: BTreeSet<&str> = uids(&parsed).into_iter().collect();
    assert_eq!(distinct.len(), 10);
    for uid in distinct {
        let (hash, domain) = uid.split_once('@').unwrap();
        assert!(hash.len() == 32 && domain == "timetable-sync", "{uid}");
    }
    // Pinned: a later version of this crate must not make new events of the old ones.
    let lesson = file(&week(vec![timetabled(CauseKind::Lesson, "10B")]));
    assert!(
        lesson.contains("UID:32dcc9c423985ba6a4da95a09938278c@timetable-sync\r\n"),
        "{lesson}"
    );
}

#[tokio::test]
async fn uids_stay_when_the_timetable_is_published_again_with_new_ids() {
    let school = School::synced(&feed(&ROWS)).await;
    let before = calendar(&school, "isams-1", "2031-09-08", 3).await;
    const AGAIN: [Row; 3] = [
        ("7101", "10B/Ph1", "T1", "11", "1"),
        ("7102", "9A/Bi1", "T9", "12", "1"),
        ("7103", "8C/Ar1", "T2", "23", "3"),
    ];
    let mut again = feed(&AGAIN);
    again.timetables.as_mut().unwrap()["Timetable"]["@Id"] = "99".into();
    school.sync(&again).await;
    let after = calendar(&school, "isams-1", "2031-09-08", 3).await;
    let (before, after) = (file(&before), file(&after));
    let (before, after) = (parsed(&before), parsed(&after));
    assert_eq!(uids(&before).len(), 6);
    assert_eq!(uids(&before), uids(&after));
    // Weeks that two files share have the same events in both.
    let second = file(&calendar(&school, "isams-1", "2031-09-15", 1).await);
    assert_eq!(uids(&parsed(&second)), uids(&before)[2..4]);
}

#[test]
fn uids_tell_schools_rooms_kinds_groups_and_times_apart() {
    let lesson = || timetabled(CauseKind::Lesson, "10B");
    let one = |calendar: &RoomCalendar, school: &str| {
        let file = calendar.ics(&SchoolId::new(school), London, stamp());
        uids(&parsed(&file))[0].to_owned()
    };
    let mut elsewhere = week(vec![lesson()]);
    elsewhere.room = "B".into();
    let later = timed(lesson(), span("2031-09-08T10:00", "2031-09-08T11:00"));
    let longer = timed(lesson(), span("2031-09-08T09:00", "2031-09-08T11:00"));
    let first = one(&week(vec![lesson()]), "school");
    let others = [
        one(&week(vec![lesson()]), "other school"),
        one(&elsewhere, "school"),
        one(&week(vec![timetabled(CauseKind::Cover, "10B")]), "school"),
        one(&week(vec![timetabled(CauseKind::Lesson, "10C")]), "school"),
        one(&week(vec![later]), "school"),
    ];
    assert!(!others.contains(&first));
    assert_eq!(BTreeSet::from(others).len(), 5);
    // A doubt or another end is the same lesson still.
    assert_eq!(one(&week(vec![doubtful(lesson())]), "school"), first);
    assert_eq!(one(&week(vec![longer.clone()]), "school"), first);
    // Two that start together are two events.
    let both = file(&week(vec![lesson(), longer]));
    assert_eq!(
        uids(&parsed(&both))
            .into_iter()
            .collect::<BTreeSet<_>>()
            .len(),
        2
    );
}

#[test]
fn a_booking_keeps_its_uid_wherever_it_is_moved() {
    let one = |calendar: &RoomCalendar| uids(&parsed(&file(calendar)))[0].to_owned();
    let first = week(vec![booked(booking(
        "b1",
        "A",
        "2031-09-08T12:00",
        "2031-09-08T13:00",
        "",
    ))]);
    let mut moved = week(vec![booked(booking(
        "b1",
        "B",
        "2031-09-10T15:00",
        "2031-09-10T16:00",
        "",
    ))]);
    moved.room = "B".into();
    let other = week(vec![booked(booking(
        "b2",
        "A",
        "2031-09-08T12:00",
        "2031-09-08T13:00",
        "",
    ))]);
    assert_eq!(one(&first), one(&moved));
    assert_ne!(one(&first), one(&other));
}

#[tokio::test]
async fn a_booking_over_midnight_is_one_event_also_where_the_file_begins_after_it() {
    let school = School::synced(&feed(&ROWS)).await;
    let owner = "q@school.example";
    school
        .book(
            "camp",
            "isams-5",
            "2031-09-12T20:00",
            "2031-09-15T09:00",
            owner,
        )
        .await;
    for week in ["2031-09-08", "2031-09-15"] {
        let file = file(&calendar(&school, "isams-5", week, 1).await);
        let parsed = parsed(&file);
        let [event] = events(&parsed)[..] else {
            panic!("{file}");
        };
        assert_eq!(
            wall(event, ICalendarProperty::Dtstart).0,
            at("2031-09-12T20:00")
        );
        assert_eq!(
            wall(event, ICalendarProperty::Dtend).0,
            at("2031-09-15T09:00")
        );
        assert!(!file.contains(owner), "{file}");
    }
}

#[test]
fn whole_days_are_dates_and_an_open_end_is_that_of_the_file() {
    let mut closure = timetabled(CauseKind::Closure, "Works");
    closure.interval = span("2031-09-08T00:00", "2031-09-09T00:00");
    let mut closed = week(Vec::new());
    let whole = room_timetable::Interval::new(at("2031-09-08T00:00"), NaiveDateTime::MAX).unwrap();
    if let Occupant::Timetable { cause, .. } = &mut closure.occupant {
        cause.interval = whole;
    }
    for day in &mut closed.days {
        let midnight = day.date.and_time(NaiveTime::MIN);
        let here = room_timetable::Interval::new(midnight, midnight + TimeDelta::days(1));
        closure.interval = here.unwrap();
        day.entries.push(closure.clone());
    }
    let file = file(&closed);
    let parsed = parsed(&file);
    let [event] = events(&parsed)[..] else {
        panic!("{file}");
    };
    assert_eq!(
        wall(event, ICalendarProperty::Dtstart),
        (at("2031-09-08T00:00"), None)
    );
    assert_eq!(
        wall(event, ICalendarProperty::Dtend),
        (at("2031-09-15T00:00"), None)
    );
    assert!(file.contains("DTSTART;VALUE=DATE:20310908\r\n"), "{file}");
}

#[test]
fn texts_of_users_stay_texts_and_long_lines_are_folded() {
    let title = "Robots; gears, cogs\\ \u{2013} für alle\r\nEND:VEVENT\r\nBEGIN:VALARM ".repeat(3);
    let mut club = booking("b", "A", "2031-09-08T12:00", "2031-09-08T13:00", "");
    club.title = Some(title.clone());
    let mut calendar = week(vec![booked(club)]);
    calendar.name = "Lab, upper\nEND:VCALENDAR".to_owned();
    let file = file(&calendar);
    for line in file.split("\r\n") {
        assert!(line.len() <= 75, "{line}");
        assert!(!line.contains(['\r', '\n']), "{line}");
    }
    let parsed = parsed(&file);
    let [event] = events(&parsed)[..] else {
        panic!("{file}");
    };
    assert_eq!(parsed.components.len(), 4, "{file}");
    let expected = format!("Booking: {}", title.trim().replace("\r\n", "  "));
    assert_eq!(text(event, ICalendarProperty::Summary), expected);
    assert_eq!(
        text(event, ICalendarProperty::Location),
        "Lab, upper END:VCALENDAR"
    );
}

#[test]
fn an_empty_week_is_a_file_that_opens() {
    let nothing = file(&week(Vec::new()));
    let parsed = parsed(&nothing);
    assert_eq!(events(&parsed).len(), 0);
    assert_eq!(
        components(&parsed, ICalendarComponentType::VTimezone).len(),
        1
    );
    let unknown = file(&unknown(week(Vec::new()), 0));
    assert!(unknown.contains("TRANSP:TRANSPARENT\r\n"), "{unknown}");
}
