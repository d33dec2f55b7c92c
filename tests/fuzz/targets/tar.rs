//! A tar archive of images; packed with gzip if it begins so.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("tar"), |data: &[u8]| {
    metascope_fuzz::let_decoders_panic();
    metascope_fuzz::read(&[("input.tar", data)]);
});
