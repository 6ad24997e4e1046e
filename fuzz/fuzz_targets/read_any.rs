//! Any bytes: JSON, XML, an error document, a page, or something else, in any encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|document: &[u8]| isams_client_fuzz::check(document));
