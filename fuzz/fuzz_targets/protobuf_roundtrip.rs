#![no_main]

libfuzzer_sys::fuzz_target!(
    |data: &[u8]| exposition_fuzz::protobuf_roundtrip::protobuf_roundtrip(data)
);
