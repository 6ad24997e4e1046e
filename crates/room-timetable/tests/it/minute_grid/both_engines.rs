//! The laid-out pattern against the plain engine: the same random schools, also at both ends of the calendar, asked about
//! times that no grid of minutes has.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use room_timetable::{plain as oracle, *};

use super::{
    DAYS, MINUTES, ROOMS, cases,
    parts::{Parts, parts, room},
    plain::{Plain, plain},
};

/// A school and what is asked about it.
#[derive(Clone, Debug)]
struct Asked {
    parts: Parts,
    bookings: Vec<Booking>,
}

/// Where in the calendar a school lies.
#[derive(Clone, Copy, Debug)]
enum Era {
    Ours,
    First,
    Last,
}

/// Start in seconds from two days before the school's first date, length in seconds, and whether it has no end.
type Question = (usize, i64, i64, bool);

fn question() -> impl Strategy<Value = Question> {
    let seconds = (i64::from(DAYS) + 4) * 86_400;
    let whole = (0..seconds / 300).prop_map(|five| five * 300);
    let start = prop_oneof![6 => whole, 1 => 0..seconds];
    let length = prop_oneof![
        4 => (1..30_i64).prop_map(|five| five * 300),
        1 => 1..10_i64,
        2 => (1..900_i64).prop_map(|hours| hours * 1_800),
        1 => Just(86_400),
    ];
    (0..=ROOMS, start, length, prop::bool::weighted(0.2))
}

fn asked() -> impl Strategy<Value = Asked> {
    let era = prop_oneof![3 => Just(Era::Ours), 1 => Just(Era::First), 1 => Just(Era::Last)];
    let nanos = prop_oneof![6 => Just(0), 1 => prop::sample::select(vec![1, 999_999_999])];
    let questions = prop::collection::vec((question(), nanos.clone(), nanos), 1..24);
    let open_terms = (prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    (plain(), era, open_terms, questions).prop_map(|(mut plain, era, open, questions)| {
        match era {
            Era::Ours => {}
            Era::First => plain.first = NaiveDate::MIN,
            Era::Last => plain.first = NaiveDate::MAX - TimeDelta::days(i64::from(DAYS) - 1),
        }
        keep_within(&mut plain);
        let mut parts = parts(&plain);
        if open.0 {
            let last = plain.date(DAYS / 3);
            parts
                .terms
                .push(Term::new("open", None, NaiveDate::MIN, last).unwrap());
        }
        if open.1 {
            let first = plain.date(DAYS / 2);
            parts
                .terms
                .push(Term::new("open", None, first, NaiveDate::MAX).unwrap());
        }
        let bookings = questions.into_iter().enumerate();
        let bookings = bookings.filter_map(|(id, (question, from, to))| {
            Some(Booking {
                id: BookingId::new(id.to_string()),
                room: room(question.0),
                interval: interval(&plain, era, question, from, to)?,
            })
        });
        Asked {
            bookings: bookings.collect(),
            parts,
        }
    })
}

/// Lets no overlay go past the days of the school: there may be no later ones.
fn keep_within(plain: &mut Plain) {
    let clip = |days: &mut (u32, Option<u32>)| days.1 = days.1.map(|last| last.min(DAYS - 1));
    for suspension in &mut plain.suspensions {
        clip(&mut suspension.days);
    }
    for span in plain.closures.iter_mut().chain(&mut plain.events) {
        clip(&mut span.days);
    }
    for (_, start, length) in &mut plain.exceptions {
        *length = (*length).min((DAYS * MINUTES - 1).saturating_sub(*start).max(1));
        *start = (*start).min(DAYS * MINUTES - 2);
    }
}

fn interval(
    plain: &Plain,
    era: Era,
    (_, start, length, endless): Question,
    from: i64,
    to: i64,
) -> Option<Interval> {
    let first = plain.at(0).checked_sub_signed(TimeDelta::days(2));
    let first = first.unwrap_or(NaiveDateTime::MIN);
    let nanos = TimeDelta::nanoseconds;
    let start = first.checked_add_signed(TimeDelta::seconds(start) + nanos(from))?;
    let end = start.checked_add_signed(TimeDelta::seconds(length) + nanos(to));
    match era {
        // The plain engine looks at every date up to the end.
        Era::Last if endless => Interval::new(start, NaiveDateTime::MAX).ok(),
        _ => Interval::new(start, end.unwrap_or(NaiveDateTime::MAX)).ok(),
    }
}

/// Everything that can be asked, of both engines.
fn compare(timetable: &SchoolTimetable, bookings: &[Booking]) -> Result<(), TestCaseError> {
    let rooms: Vec<RoomId> = (0..=ROOMS).rev().map(room).collect();
    prop_assert_eq!(
        timetable.clashes(bookings),
        oracle::clashes(timetable, bookings)
    );
    for booking in bookings {
        let (room, interval) = (&booking.room, booking.interval);
        let found: Vec<_> = timetable.overlapping(room, interval).collect();
        let expected: Vec<_> = oracle::overlapping(timetable, room, interval).collect();
        prop_assert_eq!(found, expected, "{:?}", booking);
        prop_assert_eq!(
            timetable.any_clash(booking),
            oracle::any_clash(timetable, booking),
            "{:?}",
            booking
        );
        for room in &rooms {
            prop_assert_eq!(
                timetable.state(room, interval),
                oracle::state(timetable, room, interval),
                "{} in {:?}",
                interval,
                room
            );
        }
        prop_assert_eq!(
            timetable.free_rooms(interval, &rooms),
            oracle::free_rooms(timetable, interval, &rooms)
        );
    }
    Ok(())
}

/// The property says little if the questions are dull.
#[test]
fn the_questions_meet_everything() {
    let mut runner = TestRunner::deterministic();
    let mut states = [0; 4];
    let (mut first_days, mut last_days, mut several_days, mut parts_of_a_second) = (0, 0, 0, 0);
    for _ in 0..400 {
        let asked = asked().new_tree(&mut runner).unwrap().current();
        let timetable = asked.parts.timetable();
        for Booking { room, interval, .. } in &asked.bookings {
            let place = match timetable.state(room, *interval) {
                RoomState::Free => 0,
                RoomState::Occupied => 1,
                RoomState::Doubtful => 2,
                RoomState::Unknown => 3,
            };
            states[place] += 1;
            several_days += usize::from(place > 0 && interval.dates().count() > 1);
            let whole = |at: NaiveDateTime| at.and_utc().timestamp_subsec_nanos() == 0;
            parts_of_a_second += usize::from(place == 1 && !whole(interval.start()));
            for occurrence in timetable.overlapping(room, *interval) {
                let date = occurrence.interval.start().date();
                let is_lesson = occurrence.lesson().is_some();
                first_days += usize::from(is_lesson && date < NaiveDate::MIN + TimeDelta::days(7));
                last_days += usize::from(is_lesson && date == NaiveDate::MAX);
            }
        }
    }
    let counts = [
        ("free", states[0]),
        ("occupied", states[1]),
        ("doubtful", states[2]),
        ("unknown", states[3]),
        ("lessons in the first week of all", first_days),
        ("lessons on the last date of all", last_days),
        ("several days", several_days),
        ("parts of a second", parts_of_a_second),
    ];
    for (what, count) in counts {
        assert!(count >= 10, "{what}: {counts:?}");
    }
}

/// It would take hours to look at each date.
#[test]
fn dates_of_holidays_are_passed_over() {
    let ever = Interval::new(NaiveDateTime::MIN, NaiveDateTime::MAX).unwrap();
    let school = |text: &str| crate::written::school(text);
    let term = "
        term    Autumn 2031  2031-11-03 2031-11-14
        weeks   A  2031/45
        holiday 2031/46
        period  A Mon 1  09:00-10:00
        period  A Fri 1  09:00-10:00
        lesson  Latin  A-Mon-1  R1
        lesson  Latin  A-Fri-1  R1
        suspended 2031-11-07 group=Latin
        event   Fair R2 2035-01-01
        exception all 1900-01-01T00:00 2031-11-01T00:00
    ";
    let timetable = school(term);
    assert_eq!(timetable.state(&"R1".into(), ever), RoomState::Occupied);
    assert_eq!(timetable.overlapping(&"R1".into(), ever).count(), 1);
    let fair: Vec<_> = timetable.overlapping(&"R2".into(), ever).collect();
    assert_eq!(fair.len(), 1);
    assert_eq!(fair[0].label(), "Fair");
    assert_eq!(timetable.state(&"R3".into(), ever), RoomState::Free);
    let unknown = term.replace("holiday 2031/46", "");
    assert_eq!(
        school(&unknown).state(&"R3".into(), ever),
        RoomState::Unknown
    );
}

/// A leap second is the only time past the end of the last date.
#[test]
fn the_leap_second_after_the_last_date_is_free() {
    let last = NaiveDate::MAX;
    let mut text = String::new();
    for weekday in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] {
        text += &format!("period A {weekday} 1 22:00-24:00\nlesson Latin A-{weekday}-1 R1\n");
    }
    let parts = crate::written::school(&text);
    let term = Term::new("Last", None, last - TimeDelta::days(9), last).unwrap();
    let calendar = SchoolCalendar::new([term], [(YearWeek::of(last), "A".into())]);
    let (cycle, published) = (parts.cycle().to_vec(), parts.published().to_vec());
    let timetable = SchoolTimetable::new(calendar, cycle, published).unwrap();
    let at = |second, nano| last.and_hms_nano_opt(23, 59, second, nano).unwrap();
    for (start, state) in [
        (at(58, 0), RoomState::Occupied),
        (NaiveDateTime::MAX, RoomState::Free),
    ] {
        let asked = Interval::new(start, at(59, 1_500_000_000)).unwrap();
        assert_eq!(timetable.state(&"R1".into(), asked), state);
        assert_eq!(oracle::state(&timetable, &"R1".into(), asked), state);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn both_engines_give_the_same_answers(asked in asked()) {
        let slots = asked.parts.slots.clone();
        let overlays = asked.parts.overlays.clone();
        let timetable = asked.parts.timetable();
        compare(&timetable, &asked.bookings)?;
        compare(&timetable.clone().not_in_effect(), &asked.bookings)?;
        // What was laid out before is no longer so.
        let timetable = timetable.with_overlays(Overlays::default());
        compare(&timetable, &asked.bookings)?;
        let timetable = timetable.with_times([]);
        compare(&timetable, &asked.bookings)?;
        compare(&timetable.with_overlays(overlays).with_times(slots), &asked.bookings)?;
    }
}
