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
