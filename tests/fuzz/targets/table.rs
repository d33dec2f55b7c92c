//! A table beside images.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("table"), |data: &[u8]| {
    metascope_fuzz::let_decoders_panic();
    metascope_fuzz::read(&[("input.zip", &metascope_fuzz::beside_images(data))]);
});
