#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| deepsynthesis_fuzz::targets::records(data));
