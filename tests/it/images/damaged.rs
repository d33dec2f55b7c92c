//! Images of every format, damaged and made up: decoding ends in pixels or in a reason.

use image::{DynamicImage, ImageFormat};
use proptest::prelude::*;

use super::{SIZE, encode, one, picture, png};
use crate::common::write::chunk;

/// Valid files of every format, to be damaged.
fn valid_files() -> Vec<Vec<u8>> {
    let colour = DynamicImage::from(picture(12, 9, 3));
    let formats = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::Bmp,
        ImageFormat::WebP,
        ImageFormat::Tiff,
        ImageFormat::Qoi,
        ImageFormat::Pnm,
        ImageFormat::Ico,
    ];
    formats.iter().map(|&format| encode(&colour, format)).collect()
}

fn check_decoding(bytes: &[u8]) {
    match one(bytes, SIZE) {
        Ok(decoded) => assert_eq!(decoded.rgb.len(), SIZE * SIZE * 3),
        Err(reason) => assert!(!reason.is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), magic in 0..9_usize) {
        check_decoding(&bytes);
        let mut begun = valid_files()[magic][..12].to_vec();
        begun.extend(&bytes);
        check_decoding(&begun);
    }

    #[test]
    fn damaged_files_never_panic(
        file in 0..9_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut bytes = valid_files()[file].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        check_decoding(&bytes);
    }

    #[test]
    fn a_png_with_an_altered_header_never_panics(
        width in any::<u32>(), height in any::<u32>(), kind in any::<[u8; 5]>(), small in any::<bool>()
    ) {
        let (width, height) = if small { (width % 40, height % 40) } else { (width, height) };
        let header = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &kind].concat();
        let mut bytes = png(12, 9, 3);
        bytes.splice(8..33, chunk(b"IHDR", &header));
        check_decoding(&bytes);
    }
}
