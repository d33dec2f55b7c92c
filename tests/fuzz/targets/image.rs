//! One image file.
#![no_main]

use metascope::images::decode;

const SIZE: usize = 8;

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("image"), |data: &[u8]| {
    metascope_fuzz::let_decoders_panic();
    if let Ok(image) = decode::bytes(data, SIZE) {
        assert_eq!(image.rgb.len(), SIZE * SIZE * 3);
        assert_eq!(image.grey, image.rgb.chunks_exact(3).all(|rgb| rgb[0] == rgb[1] && rgb[1] == rgb[2]));
        assert!(image.original.0.min(image.original.1) >= decode::MIN_SIDE);
    }
});
