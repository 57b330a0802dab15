#![no_main]

libfuzzer_sys::fuzz_target!(
    |data: &[u8]| exposition_fuzz::relabel_rules_load::relabel_rules_load(data)
);
