//! Bytes that begin as XML does.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|document: &[u8]| -> Corpus {
    if !document.starts_with(b"<iSAMS") {
        return Corpus::Reject;
    }
    isams_client_fuzz::check(document);
    Corpus::Keep
});
