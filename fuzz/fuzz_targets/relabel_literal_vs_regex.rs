#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    exposition_fuzz::relabel_literal_vs_regex::relabel_literal_vs_regex(data)
});
