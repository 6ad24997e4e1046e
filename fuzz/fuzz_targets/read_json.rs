//! Bytes that begin as JSON does.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|document: &[u8]| -> Corpus {
    if !document.starts_with(b"{") {
        return Corpus::Reject;
    }
    isams_client_fuzz::check(document);
    Corpus::Keep
});
