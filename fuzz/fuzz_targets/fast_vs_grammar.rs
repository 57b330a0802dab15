#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    exposition::fuzzing::fast_equals_grammar(data);
    exposition::fuzzing::leniencies_are_noted(data);
});
