//! The candidates agree on a smaller input, so that a plain test run notices when they do not.

use benches::{
    Coitrees, Inputs, Plain, SuperIntervals, Year, recurring, recurring_at_first, recurring_plainly,
};
use isams_client::Payload;
use isams_simulator::generate::{Scale, School};
use timetable_sync::Outlook;

#[test]
fn all_candidates_find_the_same_pairs() {
    let inputs = Inputs::birchwood(300);
    let ours = recurring(&inputs, &inputs.bookings);
    assert!(ours.count > 50);
    assert_eq!(
        recurring_at_first(&inputs, &inputs.bookings, &inputs.fresh_timetable()),
        ours
    );
    assert_eq!(recurring_plainly(&inputs, &inputs.bookings), ours);
    let (rooms, dated) = (inputs.rooms.len(), &inputs.dated_bookings);
    assert_eq!(Coitrees::build(rooms, &inputs.lessons).pairs(dated), ours);
    assert_eq!(
        SuperIntervals::build(rooms, &inputs.lessons).pairs(dated),
        ours
    );
}

#[test]
fn the_derived_structs_keep_what_the_client_keeps() {
    let school = School::scaled(&Scale {
        rooms: 30,
        ..Scale::default()
    });
    let json = school.body();
    let payload = Payload::from_slice(&json).unwrap();
    assert_eq!(payload.findings(), []);
    let kept = serde_json::to_vec(&Plain::from_slice(&json).unwrap()).unwrap();
    assert_eq!(Payload::from_slice(&kept).unwrap(), payload);
    assert_eq!(Payload::from_slice(&school.xml_body()).unwrap(), payload);
}

#[test]
fn a_quiet_night_of_the_year_is_quiet_and_a_republish_removes_bookings() {
    let year = Year::of(20, 3_000, 100);
    assert_eq!(year.state.bookings.len(), 3_000);
    let (quiet, busy) = (year.plan(&year.same), year.plan(&year.republished));
    assert_eq!(
        (quiet.outlook, quiet.removals.len()),
        (Outlook::Unchanged, 0)
    );
    assert!(!busy.removals.is_empty() && busy.changes.lessons.changed > 0);
}
