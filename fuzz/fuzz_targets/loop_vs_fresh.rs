#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exposition_fuzz::loop_vs_fresh::loop_vs_fresh(data));
