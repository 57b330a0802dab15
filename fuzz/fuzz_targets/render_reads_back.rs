#![no_main]

libfuzzer_sys::fuzz_target!(
    |data: &[u8]| exposition_fuzz::render_reads_back::render_reads_back(data)
);
