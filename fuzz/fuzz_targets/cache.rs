#![no_main]

#[allow(dead_code)]
#[path = "../../tests/it/laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::targets::cache(data));
