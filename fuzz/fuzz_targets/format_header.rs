#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| exposition_fuzz::format_header::format_header(data));
