//! The candidates agree on a smaller input, so that a plain test run notices when they do not.

use benches::{Coitrees, Inputs, SuperIntervals, recurring};

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
