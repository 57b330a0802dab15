#![no_main]

libfuzzer_sys::fuzz_target!(
    |data: &[u8]| exposition_fuzz::position_in_bounds::position_in_bounds(data)
);
