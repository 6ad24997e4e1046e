//! The existing bookings against the timetable, minute by minute.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDateTime, TimeDelta, Timelike};

use crate::feed::{Feed, children};
use crate::{fixtures, school};

struct Booking {
    id: String,
    /// The room of the timetable, where there is one.
    room: Option<String>,
    start: NaiveDateTime,
    end: NaiveDateTime,
    /// By whom: the address, else the name.
    person: String,
    email: String,
    series: String,
}

fn csv(school: &str, file: &str) -> Vec<Vec<String>> {
    let text =
        std::fs::read_to_string(fixtures().join(school).join("existing").join(file)).unwrap();
    text.lines().skip(1).map(fields).collect()
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let field = fields.last_mut().unwrap();
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            other => field.push(other),
        }
    }
    fields
}

fn bookings(school: &str) -> Vec<Booking> {
    let matches: BTreeMap<_, _> = csv(school, "matches.csv")
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let time = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap();
    csv(school, "bookings.csv")
        .into_iter()
        .map(|row| Booking {
            room: matches.get(&row[1]).cloned(),
            start: time(&row[2]),
            end: time(&row[3]),
            person: if row[5].is_empty() {
                row[4].clone()
            } else {
                row[5].to_lowercase()
            },
            email: row[5].to_lowercase(),
            series: row[7].clone(),
            id: row[0].clone(),
        })
        .collect()
}

fn feed(name: &str, day: &str) -> Feed {
    Feed::of(&serde_json::from_slice(&school(name).day(day).unwrap().body().unwrap()).unwrap())
}

enum Verdict {
    Free,
    Clash,
    /// Wholly within lessons that the owner teaches.
    Absorbed,
}

fn verdict(feed: &Feed, booking: &Booking) -> Verdict {
    let Some(room) = &booking.room else {
        return Verdict::Free;
    };
    let owners: Vec<_> = feed
        .staff
        .iter()
        .filter(|member| {
            !booking.email.is_empty() && member.email.trim().to_lowercase() == booking.email
        })
        .collect();
    let mut hit = false;
    let mut own = owners.len() == 1;
    let mut minute = booking.start;
    while minute < booking.end {
        let rows = feed.at(room, minute);
        hit |= !rows.is_empty();
        let codes: BTreeSet<_> = rows.iter().map(|row| &row.code).collect();
        own &= !rows.is_empty()
            && rows.iter().all(|row| row.lesson)
            && codes.iter().all(|&code| {
                rows.iter().any(|row| {
                    row.code == *code && owners.iter().any(|owner| owner.code == row.teacher)
                })
            });
        minute += TimeDelta::minutes(1);
    }
    match (hit, own) {
        (false, _) => Verdict::Free,
        (true, true) => Verdict::Absorbed,
        (true, false) => Verdict::Clash,
    }
}

struct Counts {
    future: usize,
    clashes: Vec<String>,
    people: usize,
    absorbed: usize,
}

fn counts(feed: &Feed, bookings: &[Booking], now: &str) -> Counts {
    let now = NaiveDateTime::parse_from_str(now, "%Y-%m-%dT%H:%M").unwrap();
    let future = || bookings.iter().filter(|booking| booking.start > now);
    let clashes: Vec<_> = future()
        .filter(|booking| matches!(verdict(feed, booking), Verdict::Clash))
        .collect();
    Counts {
        future: future().count(),
        people: clashes
            .iter()
            .map(|booking| &booking.person)
            .collect::<BTreeSet<_>>()
            .len(),
        absorbed: future()
            .filter(|booking| matches!(verdict(feed, booking), Verdict::Absorbed))
            .count(),
        clashes: clashes.iter().map(|booking| booking.id.clone()).collect(),
    }
}

#[test]
fn alder_prep_loses_a_few_bookings_on_each_day() {
    let all = bookings("alder-prep");
    let first = counts(&feed("alder-prep", "first"), &all, "2031-09-02T01:00");
    assert_eq!(
        (
            first.future,
            first.clashes.len(),
            first.people,
            first.absorbed
        ),
        (45, 4, 3, 1)
    );

    let republished = feed("alder-prep", "republished");
    let only_later: Vec<Booking> = all
        .into_iter()
        .filter(|booking| {
            matches!(
                verdict(&feed("alder-prep", "first"), booking),
                Verdict::Free
            )
        })
        .collect();
    let later = counts(&republished, &only_later, "2031-09-16T01:00");
    assert_eq!((later.clashes.len(), later.absorbed), (6, 0));
    for booking in only_later
        .iter()
        .filter(|booking| later.clashes.contains(&booking.id))
    {
        assert!(booking.start.date().to_string().as_str() > "2031-09-17");
    }
}

#[test]
fn alder_prep_has_the_special_cases() {
    let all = bookings("alder-prep");
    let feed = feed("alder-prep", "first");
    let of = |pick: &dyn Fn(&&Booking) -> bool| all.iter().filter(pick).count();
    assert_eq!(
        of(&|booking| booking.start.date().to_string().starts_with("2031-08")),
        2,
        "in the past"
    );
    assert_eq!(
        of(&|booking| booking.room.is_none()),
        1,
        "in a room without a timetable"
    );
    assert_eq!(
        of(&|booking| booking.start.date() != booking.end.date()),
        2,
        "over several days"
    );
    let series: Vec<_> = all
        .iter()
        .filter(|booking| !booking.series.is_empty())
        .collect();
    assert_eq!(series.len(), 6);
    assert_eq!(
        series
            .iter()
            .filter(|booking| matches!(verdict(&feed, booking), Verdict::Clash))
            .count(),
        2
    );

    let minute = TimeDelta::minutes(1);
    let touching = of(&|booking| {
        let Some(room) = &booking.room else {
            return false;
        };
        let taken = |at| !feed.at(room, at).is_empty();
        matches!(verdict(&feed, booking), Verdict::Free)
            && taken(booking.start - minute)
            && taken(booking.end)
    });
    assert!(touching >= 4, "{touching} touch at both ends");

    let rows = csv("alder-prep", "bookings.csv");
    let owners: BTreeSet<_> = rows.iter().map(|row| &row[4]).collect();
    assert_eq!(owners.len(), 15);
    let addresses: BTreeSet<_> = rows.iter().map(|row| &row[5]).collect();
    let people: BTreeSet<_> = rows.iter().map(|row| row[5].to_lowercase()).collect();
    assert!(
        people.contains("") && people.len() < addresses.len(),
        "none without an address, or none in another case"
    );
    assert!(
        rows.iter().any(|row| !row[4].is_ascii()) && rows.iter().any(|row| row[4].contains(','))
    );
}

#[test]
fn birchwood_college_loses_too_many_for_one_night() {
    let all = bookings("birchwood-college");
    let first = counts(
        &feed("birchwood-college", "first"),
        &all,
        "2031-09-02T01:00",
    );
    assert_eq!(
        (
            first.future,
            first.clashes.len(),
            first.people,
            first.absorbed
        ),
        (120, 30, 22, 1)
    );

    let kept: Vec<Booking> = all
        .into_iter()
        .filter(|booking| !first.clashes.contains(&booking.id))
        .collect();
    let later = counts(
        &feed("birchwood-college", "republished"),
        &kept,
        "2031-09-23T01:00",
    );
    assert_eq!(later.clashes.len(), 5);
}

#[test]
fn nobody_had_booked_a_room_twice() {
    for name in ["alder-prep", "birchwood-college"] {
        let rows = csv(name, "bookings.csv");
        for (n, one) in rows.iter().enumerate() {
            for other in &rows[..n] {
                assert!(
                    one[1] != other[1] || one[2] >= other[3] || other[2] >= one[3],
                    "{} and {}",
                    one[0],
                    other[0]
                );
            }
        }
    }
}

#[test]
fn suspensions_closures_and_cover_come_after_the_last_booking() {
    for name in ["alder-prep", "birchwood-college"] {
        let body: serde_json::Value =
            serde_json::from_slice(&school(name).day("first").unwrap().body().unwrap()).unwrap();
        let cover = &body["iSAMS"]["CoverManager"];
        let last = bookings(name)
            .iter()
            .map(|booking| booking.end)
            .max()
            .unwrap();
        let dates = children(&cover["LessonSuspensions"], "LessonSuspension")
            .into_iter()
            .chain(children(&cover["RoomClosures"], "RoomClosure"))
            .map(|row| &row["StartDate"])
            .chain(
                children(&cover["Covers"], "Cover")
                    .into_iter()
                    .map(|row| &row["Date"]),
            );
        for date in dates {
            let date: NaiveDateTime = date.as_str().unwrap().parse().unwrap();
            assert!(date > last, "{name} {date}");
        }
    }
}

#[test]
fn matches_name_rooms_on_both_sides_and_slots_have_the_periods_times() {
    for (name, matched, local) in [("alder-prep", 9, 10), ("birchwood-college", 25, 27)] {
        let feed = feed(name, "first");
        let rooms: BTreeSet<_> = csv(name, "rooms.csv")
            .into_iter()
            .map(|row| row[0].clone())
            .collect();
        let matches = csv(name, "matches.csv");
        assert_eq!((matches.len(), rooms.len()), (matched, local));
        assert!(
            matches
                .iter()
                .all(|row| rooms.contains(&row[0]) && feed.rooms.contains(&row[1]))
        );
        assert!(
            csv(name, "bookings.csv")
                .iter()
                .all(|row| rooms.contains(&row[1]))
        );

        let clock = |time: chrono::NaiveTime| format!("{:02}:{:02}", time.hour(), time.minute());
        let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
        let periods: BTreeSet<_> = feed
            .days
            .iter()
            .flat_map(|day| {
                day.periods.iter().map(|period| {
                    (
                        names[usize::try_from(day.weekday).unwrap() - 1].to_owned(),
                        clock(period.start),
                        clock(period.end),
                    )
                })
            })
            .collect();
        let slots: BTreeSet<_> = csv(name, "timeslots.csv")
            .iter()
            .flat_map(|row| {
                row[2]
                    .split(' ')
                    .map(|day| (day.to_owned(), row[3].clone(), row[4].clone()))
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(slots, periods);
    }
}
