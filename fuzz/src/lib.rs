//! What the fuzz targets hold, which the tests of the client hold for mutations of the fixtures.

#[path = "../../crates/isams-client/tests/it/promises.rs"]
mod promises;

/// Reads the bytes, and panics where a promise of the reader is broken.
pub fn check(document: &[u8]) {
    promises::check(document);
}
