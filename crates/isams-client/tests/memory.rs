//! Reading takes no more memory than the crate promises. A binary of its own: it counts every allocation.
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows tests, not the helpers of tests"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use isams_client::Payload;
use isams_simulator::generate::{Scale, School, birchwood_college};

thread_local! {
    /// Live bytes, and the most there were; of this thread, because tests run side by side.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

/// The system's allocator, and a count of what is asked of it.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(bytes: isize) {
    // A thread that ends still frees memory.
    let _ = HELD.try_with(|held| {
        let (live, peak) = held.get();
        let live = live + bytes;
        held.set((live, peak.max(live)));
    });
}

#[expect(
    unsafe_code,
    reason = "an allocator can be put in place no other way; all calls go to the system's unchanged"
)]
// SAFETY: every method hands its arguments to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        unsafe { System.dealloc(at, layout) }
    }

    /// Old and new place count as if both were held for a moment, which is the worst that can be.
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size.cast_signed());
        count(-layout.size().cast_signed());
        unsafe { System.realloc(at, layout, new_size) }
    }
}

/// The most bytes that the work held at one time, beside those held before, and the bytes of its result.
fn measured<T>(work: impl FnOnce() -> T) -> (T, usize, usize) {
    HELD.set((0, 0));
    let made = work();
    let (live, peak) = HELD.get();
    (made, peak.cast_unsigned(), live.cast_unsigned())
}

#[test]
fn the_counting_counts() {
    let (kept, peak, result) = measured(|| {
        let mut bytes = vec![1_u8; 1000];
        drop(vec![0_u8; 5000]);
        bytes.reserve_exact(1000);
        bytes
    });
    assert_eq!(kept.capacity(), 2000);
    assert_eq!((peak, result), (6000, 2000));
}

/// The input, which the caller holds, is not counted as taken; so the promise allows as much again.
fn assert_bounded(name: &str, document: &[u8]) -> Payload {
    let (payload, peak, result) = measured(|| Payload::from_slice(document).unwrap());
    assert!(result > document.len() / 4, "{name}: little was kept");
    let promised = document.len() + 5 * result / 2;
    assert!(
        peak <= promised,
        "{name}: {} bytes were read into {result}, and {peak} held meanwhile",
        document.len()
    );
    payload
}

#[test]
fn a_read_holds_at_most_the_input_and_two_and_a_half_times_the_result() {
    // Lists grow in leaps: the sizes are spread, so that some lists have only just grown.
    for rooms in [110, 200, 260, 400] {
        let school = School::scaled(&Scale {
            rooms,
            ..Scale::default()
        });
        let json = assert_bounded(&format!("JSON of {rooms} rooms"), &school.body());
        let xml = assert_bounded(&format!("XML of {rooms} rooms"), &school.xml_body());
        assert!(json == xml, "{rooms} rooms");
    }
}

#[test]
fn another_encoding_costs_one_more_copy_of_the_input() {
    let text = String::from_utf8(birchwood_college().xml_body()).unwrap();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (payload, peak, result) = measured(|| Payload::from_slice(&utf16).unwrap());
    assert_eq!(payload, Payload::from_slice(text.as_bytes()).unwrap());
    // The text is half as long as its UTF-16, and its units are held for a moment beside it.
    let promised = 2 * utf16.len() + 5 * result / 2;
    assert!(peak <= promised, "{peak} bytes, not {promised}");
}

/// What a school sends is bounded by its payload. What anybody else sends has none to speak of.
#[test]
fn a_document_of_nothing_useful_takes_memory_in_proportion_to_its_length() {
    let numbered = |count: usize, thing: fn(usize) -> String| (0..count).map(thing).collect();
    let long = |count: usize| "x".repeat(count);
    let kinds: [&dyn Fn(usize) -> String; 9] = [
        &|count| format!("<iSAMS>{}</iSAMS>", "<a/>".repeat(count)),
        &|count| {
            let inside: String = numbered(count, |n| format!("<a{n:06}/>"));
            format!("<iSAMS>{inside}</iSAMS>")
        },
        &|count| format!("<iSAMS>{}", "<a/>".repeat(count)),
        &|count| format!("<iSAMS>{}</iSAMS>", "&amp;".repeat(count)),
        &|count| format!("<iSAMS {}/>", "a='' ".repeat(count)),
        &|count| {
            let rows = "1,".repeat(count);
            format!(r#"{{"iSAMS":{{"SchoolManager":{{"Terms":{{"Term":[{rows}1]}}}}}}}}"#)
        },
        &|count| {
            let (name, rows) = (long(count), "1,".repeat(count));
            format!(r#"{{"iSAMS":{{"CalendarManager":{{"{name}":{{"Event":[{rows}1]}}}}}}}}"#)
        },
        &|count| {
            let rows = "[[],{}],".repeat(count);
            format!(r#"{{"iSAMS":{{"CoverManager":{{"x":[{rows}1]}}}}}}"#)
        },
        &|count| {
            let name = long(count);
            format!(r#"{{"iSAMS":{{"SchoolManager":{{"{name}":[{{"{name}":"#)
        },
    ];
    for (kind, document) in kinds.into_iter().enumerate() {
        let peak = |count| {
            let document = document(count);
            measured(|| drop(Payload::from_slice(document.as_bytes()))).1
        };
        let (small, large) = (peak(20_000), peak(80_000));
        assert!(
            large <= 5 * small + 100_000,
            "kind {kind}: {small} and {large} bytes"
        );
    }
}
