//! A table of pixels.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("csv"), |data: &[u8]| metascope_fuzz::read(&[("input.csv", data)]));
