//! How much memory a piece of work takes.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed},
};

static COUNTS: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);

/// The system's allocator, with a count of the bytes asked for while [`measured`] runs.
#[derive(Clone, Copy, Debug)]
pub struct Counting;

fn add(bytes: usize) {
    if COUNTS.load(Relaxed) {
        let live = LIVE.fetch_add(bytes as isize, Relaxed) + bytes as isize;
        PEAK.fetch_max(live, Relaxed);
    }
}

fn remove(bytes: usize) {
    if COUNTS.load(Relaxed) {
        LIVE.fetch_sub(bytes as isize, Relaxed);
    }
}

#[expect(
    unsafe_code,
    reason = "an allocator can be put in place no other way; all calls go to the system's unchanged"
)]
// SAFETY: every method hands its arguments to the system's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        remove(layout.size());
        unsafe { System.dealloc(at, layout) }
    }

    /// Old and new place are counted as if both were there for a moment, as they are unless the system is lucky.
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        add(new_size);
        remove(layout.size());
        unsafe { System.realloc(at, layout, new_size) }
    }
}

/// What a piece of work took.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// The most bytes it held at one time, beyond those held before.
    pub peak: usize,
    /// The bytes of what it returned.
    pub result: usize,
}

/// Does the work and counts what it allocates. Only where [`Counting`] is the global allocator and no other thread
/// allocates meanwhile.
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, Memory) {
    LIVE.store(0, Relaxed);
    PEAK.store(0, Relaxed);
    COUNTS.store(true, Relaxed);
    let made = work();
    COUNTS.store(false, Relaxed);
    let memory = Memory {
        peak: PEAK.load(Relaxed).max(0) as usize,
        result: LIVE.load(Relaxed).max(0) as usize,
    };
    (made, memory)
}
