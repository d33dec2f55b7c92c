//! One image file.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("image"), |data: &[u8]| {
    metascope_fuzz::let_decoders_panic();
    metascope_fuzz::check_pictures(data);
});
