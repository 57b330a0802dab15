#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    exposition_fuzz::protobuf_doors_agree::protobuf_doors_agree(data)
});
