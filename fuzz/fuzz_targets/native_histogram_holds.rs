#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    exposition_fuzz::native_histogram_holds::native_histogram_holds(data)
});
