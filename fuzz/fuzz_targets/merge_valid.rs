#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exposition_fuzz::merge_valid::merge_valid(data));
