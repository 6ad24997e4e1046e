//! The candidates agree on a smaller input, so that a plain test run notices when they do not.

use benches::{Coitrees, Inputs, Plain, SuperIntervals, recurring};
use isams_client::Payload;
use isams_simulator::generate::{Scale, School};

#[test]
fn all_candidates_find_the_same_pairs() {
    let inputs = Inputs::birchwood(300);
    let ours = recurring(&inputs, &inputs.bookings);
    assert!(ours.count > 50);
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
