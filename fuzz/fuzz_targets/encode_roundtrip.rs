#![no_main]

libfuzzer_sys::fuzz_target!(
    |data: &[u8]| exposition_fuzz::encode_roundtrip::encode_roundtrip(data)
);
