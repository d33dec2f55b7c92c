//! An archive of arrays.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("npz"), |data: &[u8]| {
    metascope_fuzz::let_decoders_panic();
    metascope_fuzz::read(&[("input.npz", data)]);
});
