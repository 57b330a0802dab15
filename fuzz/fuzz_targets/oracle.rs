//! Compares this crate with another parser: put yours in place of `simple::samples`.

#![no_main]

use exposition_fuzz::{oracle, simple};

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracle::agrees_with(
    simple::samples,
    &simple::within_reach(data)
));
