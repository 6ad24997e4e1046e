//! A plan of a large school from loaded state: 50,000 bookings to come against 12,000 rows of lessons.
//!
//! Run with `cargo bench -p benches --bench plan`. What each night comes to is checked before it is timed; `README.md`
//! has the figures.

use std::hint::black_box;

use benches::Year;
use criterion::{Criterion, criterion_group, criterion_main};
use timetable_sync::Outlook;

/// They make 12,000 rows of the published timetable.
const ROOMS: usize = 200;

const BOOKINGS: usize = 50_000;

/// Lessons that a republish moves.
const MOVED: usize = 300;

fn plan(criterion: &mut Criterion) {
    let year = Year::of(ROOMS, BOOKINGS, MOVED);
    let rows = year.rows();
    assert!((11_900..12_100).contains(&rows), "{rows} rows");
    assert_eq!(year.state.bookings.len(), BOOKINGS);
    let (quiet, busy) = (year.plan(&year.same), year.plan(&year.republished));
    assert_eq!(quiet.outlook, Outlook::Unchanged);
    assert!(quiet.removals.is_empty());
    assert!(!busy.removals.is_empty() && busy.changes.lessons.changed > 0);

    let name = format!("plan of {BOOKINGS} bookings against {rows} rows");
    let mut group = criterion.benchmark_group(name);
    group.sample_size(40);
    group.bench_function("a quiet night", |bencher| {
        bencher.iter(|| year.plan(black_box(&year.same)));
    });
    let removals = busy.removals.len();
    let name = format!("a republish that removes {removals}");
    group.bench_function(name, |bencher| {
        bencher.iter(|| year.plan(black_box(&year.republished)));
    });
    group.finish();
}

criterion_group!(benches, plan);
criterion_main!(benches);
