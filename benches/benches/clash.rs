//! Clash detection on Birchwood College against public interval libraries, identical answers checked first.
//!
//! Run with `cargo bench -p benches`. Our engine gets the pattern, the libraries the year expanded to dated rows; see
//! the crate's documentation.

use std::hint::black_box;

use benches::{Coitrees, Inputs, SuperIntervals, recurring, recurring_at_first, recurring_plainly};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// As many as a busy school has.
const BOOKINGS: usize = 5_000;

fn clash(criterion: &mut Criterion) {
    let inputs = Inputs::birchwood(BOOKINGS);
    let (rooms, lessons, dated) = (inputs.rooms.len(), &inputs.lessons, &inputs.dated_bookings);

    let ours = recurring(&inputs, &inputs.bookings);
    assert!(ours.count > 0, "a bench without a clash measures nothing");
    assert_eq!(
        Coitrees::build(rooms, lessons).pairs(dated),
        ours,
        "coitrees finds other pairs"
    );
    assert_eq!(
        SuperIntervals::build(rooms, lessons).pairs(dated),
        ours,
        "superintervals finds other pairs"
    );

    let fresh = inputs.fresh_timetable();
    assert_eq!(recurring_at_first(&inputs, &inputs.bookings, &fresh), ours);
    assert_eq!(recurring_plainly(&inputs, &inputs.bookings), ours);

    let mut group = criterion.benchmark_group("all pairs from unsorted");
    group.sample_size(20);
    group.bench_function("room-timetable", |bencher| {
        bencher.iter_batched_ref(
            || inputs.fresh_timetable(),
            |fresh| recurring_at_first(black_box(&inputs), black_box(&inputs.bookings), fresh),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("room-timetable, plain", |bencher| {
        bencher.iter(|| recurring_plainly(black_box(&inputs), black_box(&inputs.bookings)));
    });
    group.bench_function("coitrees", |bencher| {
        bencher.iter(|| Coitrees::build(rooms, black_box(lessons)).pairs(black_box(dated)));
    });
    group.bench_function("superintervals", |bencher| {
        bencher.iter(|| SuperIntervals::build(rooms, black_box(lessons)).pairs(black_box(dated)));
    });
    group.finish();

    let mut group = criterion.benchmark_group("all pairs with the index built");
    group.sample_size(20);
    let (coitrees, superintervals) = (
        Coitrees::build(rooms, lessons),
        SuperIntervals::build(rooms, lessons),
    );
    group.bench_function("room-timetable", |bencher| {
        bencher.iter(|| recurring(black_box(&inputs), black_box(&inputs.bookings)));
    });
    group.bench_function("coitrees", |bencher| {
        bencher.iter(|| coitrees.pairs(black_box(dated)))
    });
    group.bench_function("superintervals", |bencher| {
        bencher.iter(|| superintervals.pairs(black_box(dated)))
    });
    group.finish();
}

criterion_group!(benches, clash);
criterion_main!(benches);
