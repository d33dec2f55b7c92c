//! One array of NumPy.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("npy"), |data: &[u8]| metascope_fuzz::read(&[("input.npy", data)]));
