#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exposition_fuzz::doors_agree::doors_agree(data));
