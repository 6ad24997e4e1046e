//! What the front page promises beside the rules.

use room_timetable::*;

use crate::written::{at, school};

const SCHOOL: &str = "
    term       Autumn 2031  2031-11-03 2031-11-21
    weeks      A  2031/45 2031/46
    period     A Mon 1  09:00-10:00
    lesson     Latin  A-Mon-1  R1  rows=1,2 year=11
    suspended  2031-11-03 row=1
    cover      c1 row=2 2031-11-03 R2
    closed     R1 2031-11-03.. 08:00-12:00 doubtful
    event      Fair R1 2031-11-04
    exception  all 2031-11-03T09:30 2031-11-03T09:45
";

#[test]
fn everything_may_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<SchoolTimetable>();
    shared::<Overlays>();
    shared::<Explanation>();
    shared::<Clash<'static>>();
    shared::<Occurrence<'static>>();
    shared::<RoomDay<'static>>();
    shared::<TimetableError>();
    shared::<SlotComparison>();
    shared::<Offer>();
    let school = school(SCHOOL);
    let asked = Interval::new(at("2031-11-03T09:00"), at("2031-11-03T10:00")).unwrap();
    let states: Vec<RoomState> = std::thread::scope(|scope| {
        let asking = ["R1", "R2"].map(|room| {
            let school = &school;
            scope.spawn(move || school.state(&room.into(), asked))
        });
        asking
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(states, [RoomState::Doubtful, RoomState::Occupied]);
}

#[test]
fn rows_and_teachers_of_a_lesson_come_once_and_in_order() {
    let plain = school(SCHOOL);
    let mut published = plain.published().to_vec();
    let lesson = &mut published[0].lessons[0];
    lesson.source_ids = ["2", "1", "1"].map(str::to_owned).to_vec();
    lesson.teachers = ["T2", "T1", "T2"].map(str::to_owned).to_vec();
    let (calendar, cycle) = (plain.calendar().clone(), plain.cycle().to_vec());
    let school = SchoolTimetable::new(calendar, cycle, published).unwrap();
    let day = school.day(&"R1".into(), at("2031-11-03T00:00").date());
    let cause = day.occurrences[0].to_cause();
    assert_eq!(cause.source_ids, ["1", "2"]);
    assert_eq!(cause.teachers, ["T1", "T2"]);
}

#[test]
fn paired_times_replace_those_given_before() {
    let times = |text: &str| vec![crate::written::range(text)];
    let paired = school(SCHOOL)
        .with_overlays(Overlays::default())
        .with_times([("A-Mon-1".into(), times("09:05-09:55"))]);
    let shown = |school: &SchoolTimetable| crate::written::shown(school, "R1", "2031-11-03");
    assert_eq!(shown(&paired), "09:05-09:55 Latin");
    assert_eq!(shown(&paired.with_times([])), "09:00-10:00 Latin");
}

#[test]
fn an_allocation_to_a_week_that_the_cycle_does_not_have_is_none() {
    let there = school(SCHOOL);
    let week = YearWeek::of(at("2031-11-17T00:00").date());
    let with = |holidays: &[YearWeek]| {
        let term = there.calendar().terms()[0].clone();
        let calendar = SchoolCalendar::new([term], [(week, "no such week".into())]);
        let calendar = calendar.with_holidays(holidays.iter().copied());
        SchoolTimetable::new(calendar, there.cycle().to_vec(), there.published().to_vec()).unwrap()
    };
    let explained = |school: &SchoolTimetable| {
        let date = at("2031-11-17T00:00").date();
        let why = school.explain(&"R1".into(), date, "09:10".parse().unwrap());
        why.reasons
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let unknown = explained(&with(&[]));
    assert_eq!(
        unknown[1..],
        [
            "2031 week 47 is allocated to no week of the cycle, so it is not known which lessons there are.",
            "So it is not known whether the room is free.",
        ]
    );
    let holiday = explained(&with(&[week]));
    assert_eq!(
        holiday[1..],
        [
            "2031 week 47 is allocated to no week of the cycle, and was acknowledged as a holiday.",
            "So the room is free.",
        ]
    );
}

#[test]
fn the_last_date_of_all_is_a_date_like_any_other() {
    let last = chrono::NaiveDate::MAX;
    let asked = Interval::new(
        last.and_hms_opt(9, 0, 0).unwrap(),
        last.and_hms_opt(10, 0, 0).unwrap(),
    )
    .unwrap();
    assert_eq!(asked.dates().collect::<Vec<_>>(), [last]);
    let school = school("closed R1 2031-11-03..");
    assert_eq!(school.state(&"R1".into(), asked), RoomState::Occupied);
    assert_eq!(school.occupied(&"R1".into(), last).len(), 1);
}

#[cfg(feature = "serde")]
#[test]
fn values_are_read_as_they_were_written() {
    fn again<T>(value: &T) -> T
    where
        T: serde::Serialize + serde::de::DeserializeOwned,
    {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }
    let school = school(SCHOOL);
    assert_eq!(again(school.overlays()), *school.overlays());
    assert_eq!(again(&school.cycle().to_vec()), school.cycle());
    assert_eq!(again(&school.published().to_vec()), school.published());
    let weeks = [YearWeek::of(at("2031-11-17T00:00").date())];
    let calendar = school.calendar().clone().with_holidays(weeks);
    assert_eq!(again(&calendar), calendar);
    let reversed = r#"{"name":"Autumn","academic_year":2031,"first_day":"2031-12-01","last_day":"2031-11-01"}"#;
    let refused = serde_json::from_str::<Term>(reversed)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("is before its first day"), "{refused}");
    for (room, on, time) in [
        ("R1", "2031-11-03", "09:10"),
        ("R2", "2031-11-03", "09:50"),
        ("R1", "2031-11-04", "12:00"),
        ("R1", "2031-11-17", "09:10"),
        ("R1", "2031-12-25", "09:10"),
    ] {
        let why = school.explain(&room.into(), on.parse().unwrap(), time.parse().unwrap());
        assert_eq!(again(&why), why);
    }
    let booking = Booking {
        id: "b".into(),
        room: "R2".into(),
        interval: Interval::new(at("2031-11-03T09:00"), at("2031-11-03T10:00")).unwrap(),
    };
    assert_eq!(again(&booking), booking);
    let causes: Vec<Cause> = school
        .clashes([&booking])
        .iter()
        .flat_map(|clash| clash.causes.iter().map(Occurrence::to_cause))
        .collect();
    // The exception leaves two pieces of the lesson.
    assert_eq!(causes.len(), 2);
    assert_eq!(again(&causes), causes);
}
