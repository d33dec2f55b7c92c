//! Image files that were unusable: light shapes on a transparent ground, empty first frames, 16 bits that hold
//! fewer, pages, panoramas, drawings in SVG.

use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use metascope::images::decode::{self, Decoded, Remark, Square};
use metascope::images::{ImageError, ImageSet, at_path};
use metascope::settings::{ImageFit, ImageReading};

use crate::common::files::{SIZE, folder_of};

fn load(path: &Path, fit: ImageFit) -> Result<ImageSet, ImageError> {
    let reading = ImageReading { fit, ..ImageReading::of_size(SIZE, 0) };
    at_path::load(path, reading, &|_| {}, &AtomicBool::new(false))
}

fn encode(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn one(bytes: &[u8]) -> Decoded {
    let mut pictures = decode::bytes(bytes, SIZE).unwrap();
    assert_eq!(pictures.len(), 1);
    pictures.remove(0)
}

fn range(decoded: &Decoded) -> (u8, u8) {
    (*decoded.rgb.iter().min().unwrap(), *decoded.rgb.iter().max().unwrap())
}

/// A disc of this colour on a transparent ground.
fn icon(colour: [u8; 3]) -> RgbaImage {
    let [r, g, b] = colour;
    RgbaImage::from_fn(16, 16, |x, y| {
        let inside = (f64::from(x) - 7.5).hypot(f64::from(y) - 7.5) < 5.0;
        Rgba(if inside { [r, g, b, 255] } else { [255, 255, 255, 0] })
    })
}

#[test]
fn light_shapes_on_a_transparent_ground_lie_on_black_and_dark_ones_on_white() {
    for (colour, ground, shape) in [([255, 255, 255], 0, 255), ([0, 0, 0], 255, 0), ([200, 30, 30], 255, 200)] {
        let decoded = one(&encode(icon(colour), ImageFormat::Png));
        assert!(decoded.rgb[0].abs_diff(ground) < 16, "{colour:?}");
        assert!(decoded.rgb[3 * (4 * SIZE + 4)].abs_diff(shape) < 16, "{colour:?}");
        assert_eq!(decoded.remarks, if ground == 0 { vec![Remark::OnBlack] } else { vec![] });
    }
    let folder = folder_of(&[
        ("a.png", encode(icon([255; 3]), ImageFormat::Png)),
        ("b.png", encode(icon([9; 3]), ImageFormat::Png)),
    ]);
    let set = load(folder.path(), ImageFit::Crop).unwrap();
    assert!(set.notes.iter().any(|note| note.starts_with("1 image of light shapes")), "{:?}", set.notes);
}

#[test]
fn what_is_left_of_a_photograph_is_said_to_be_cut_off() {
    let photograph = RgbImage::from_fn(64, 64, |x, y| Rgb([(x * 4) as u8, (y * 4) as u8, ((x * y) % 251) as u8]));
    let whole = encode(photograph, ImageFormat::Jpeg);
    assert_eq!(one(&whole).remarks, []);
    // Cameras write more behind the end, a film even, and a smaller picture before the beginning.
    assert_eq!(one(&[&whole[..], &[0, 0xff, 0xda, 0, 0xff, 0xda]].concat()).remarks, []);
    let smaller = [&[0xff, 0xe1, 0, 8][..], b"\xff\xd8\xff\xd9ab"].concat();
    let half = [&whole[..2], &smaller, &whole[2..whole.len() / 2]].concat();
    assert_eq!(one(&half).remarks, [Remark::CutOff]);
    assert_eq!(one(&whole[..whole.len() * 3 / 4]).remarks, [Remark::CutOff]);
}

#[test]
fn an_animation_that_begins_empty_shows_its_first_frame_with_content() {
    let mut gif = Vec::new();
    let frames = [
        RgbaImage::new(16, 16),
        RgbaImage::from_pixel(16, 16, Rgba([255; 4])),
        icon([20, 20, 200]),
        icon([200, 20, 20]),
    ];
    let mut encoder = GifEncoder::new(&mut gif);
    encoder.encode_frames(frames.map(Frame::new)).unwrap();
    drop(encoder);
    let decoded = one(&gif);
    assert_eq!(decoded.remarks, [Remark::LaterFrame]);
    let middle = &decoded.rgb[3 * (4 * SIZE + 4)..][..3];
    assert!(middle[2] > 150 && middle[0] < 60, "{middle:?}");

    let mut still = Vec::new();
    GifEncoder::new(&mut still)
        .encode_frames([RgbaImage::from_pixel(16, 16, Rgba([90, 90, 90, 255])), icon([1; 3])].map(Frame::new))
        .unwrap();
    assert_eq!(one(&still).remarks, [Remark::LaterFrame]);
    let flat = one(&encode(RgbImage::from_pixel(9, 9, Rgb([90; 3])), ImageFormat::Gif));
    assert_eq!((range(&flat), flat.remarks), ((90, 90), vec![]));
}

#[test]
fn sixteen_bits_that_hold_fewer_are_stretched() {
    for (most, stretched) in
        [(4_095_u32, true), (1_023, true), (16_383, true), (255, true), (65_535, false), (40_000, false)]
    {
        let deep: ImageBuffer<Luma<u16>, _> =
            ImageBuffer::from_fn(8, 8, |x, y| Luma([((y * 8 + x) * most / 63) as u16]));
        for format in [ImageFormat::Png, ImageFormat::Tiff] {
            let decoded = one(&encode(deep.clone(), format));
            assert_eq!(decoded.remarks, if stretched { vec![Remark::Stretched] } else { vec![] }, "{most}");
            let white = if stretched { 255 } else { (most + 128) / 257 };
            assert_eq!(range(&decoded), (0, white as u8), "{most}");
        }
    }
}

/// A TIFF file with these grey pages of 8 x 8 pixels; the tag says for each whether it is a smaller copy.
fn stack(pages: &[(u8, bool)], big_endian: bool) -> Vec<u8> {
    let short = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let long = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut file = [if big_endian { b"MM" } else { b"II" }, short(42).as_slice(), &long(8)].concat();
    for (number, &(level, smaller)) in pages.iter().enumerate() {
        let tags = [
            (254, u32::from(smaller)),
            (256, 8),
            (257, 8),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, 0),
            (277, 1),
            (278, 8),
            (279, 64),
        ];
        let at = file.len();
        let data = at + 2 + tags.len() * 12 + 4;
        file.extend(short(tags.len() as u16));
        for (tag, value) in tags {
            let value = if tag == 273 { data as u32 } else { value };
            file.extend([short(tag).as_slice(), &short(4), &long(1), &long(value)].concat());
        }
        let next = if number + 1 == pages.len() { 0 } else { (data + 64) as u32 };
        file.extend(long(next));
        file.extend((0..64).map(|i| level.wrapping_add(i)));
    }
    file
}

#[test]
fn every_page_of_a_stack_is_an_image() {
    for big_endian in [false, true] {
        let folder =
            folder_of(&[("stack.tif", stack(&[(10, false), (60, false), (0, true), (120, false)], big_endian))]);
        let set = load(folder.path(), ImageFit::Crop).unwrap();
        let names: Vec<&str> = set.images.iter().map(|image| image.name.as_str()).collect();
        assert_eq!(names, ["stack 1", "stack 2", "stack 3"]);
        assert_eq!(set.images.iter().map(|image| image.pixels[0]).collect::<Vec<_>>(), [10, 60, 120]);
        assert!(set.notes.iter().any(|note| note.contains("3 images are pages")), "{:?}", set.notes);
    }
    let whole = stack(&[(10, false), (60, false)], false);
    let reason = decode::bytes(&whole[..whole.len() - 9], SIZE).unwrap_err();
    assert!(reason.contains("has a page 2 that"), "{reason}");
    let mut endless = stack(&[(10, false), (60, false)], false);
    let end = endless.len() - 64 - 4;
    endless[end..end + 4].copy_from_slice(&8_u32.to_le_bytes());
    assert_eq!(decode::bytes(&endless, SIZE).unwrap().len(), 2);
    let many = stack(&vec![(10, false); 1_200], false);
    assert!(decode::bytes(&many, SIZE).unwrap_err().contains("1000 pages"));
}

#[test]
fn sheets_and_panoramas_are_named_and_can_be_fitted() {
    let wide = RgbImage::from_fn(80, 20, |x, _| if x < 20 { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) });
    let tall = RgbImage::from_fn(20, 80, |_, y| if y < 20 { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) });
    let folder = folder_of(&[
        ("wide.png", encode(wide.clone(), ImageFormat::Png)),
        ("tall.png", encode(tall, ImageFormat::Png)),
    ]);
    let cropped = load(folder.path(), ImageFit::Crop).unwrap();
    assert!(
        cropped
            .notes
            .iter()
            .any(|note| note.contains("2 images are more than 2.5 times") && note.contains("--image-fit fit")),
        "{:?}",
        cropped.notes
    );
    assert!(cropped.images.iter().all(|image| image.pixels.chunks(3).all(|pixel| pixel == [0, 0, 200])));
    let fitted = load(folder.path(), ImageFit::Fit).unwrap();
    assert_eq!(fitted.notes, Vec::<String>::new());
    assert!(fitted.images.iter().all(|image| image.pixels.chunks(3).any(|pixel| pixel[0] > 150)));
    let square = Square { size: SIZE, fit: ImageFit::Fit };
    let decoded = decode::bytes(&encode(wide, ImageFormat::Png), square).unwrap().remove(0);
    assert_eq!((decoded.original, decoded.rgb.len()), ((80, 20), SIZE * SIZE * 3));
    assert!(decoded.rgb[0] < 9 && decoded.rgb[2] > 190, "bars have the colour of the edge: {:?}", &decoded.rgb[..3]);
}

fn svg(shapes: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"40\" height=\"40\">{shapes}</svg>").into_bytes()
}

#[test]
fn drawings_in_svg_are_drawn() {
    let decoded = one(&svg("<rect x='10' y='10' width='20' height='20' fill='#c00000'/>"));
    assert_eq!(decoded.original, (40, 40));
    assert!(decoded.rgb[..3].iter().all(|&value| value > 240));
    assert!(decoded.rgb[3 * (4 * SIZE + 4)].abs_diff(0xc0) < 16 && decoded.rgb[3 * (4 * SIZE + 4) + 1] < 16);
    let white = one(&svg("<circle cx='20' cy='20' r='12' fill='white'/>"));
    assert!(white.rgb[0] < 16);
    assert_eq!(white.remarks, [Remark::OnBlack]);
    let wide = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 300 60'><path d='M0 0H60V60H0Z'/></svg>";
    assert_eq!(one(wide).remarks, [Remark::Oblong]);
    let folder = folder_of(&[
        ("a.svg", svg("<rect width='20' height='20'/>")),
        ("b.svg", svg("<rect width='9' height='30'/>")),
        ("c.svg", svg("")),
    ]);
    let set = load(folder.path(), ImageFit::Crop).unwrap();
    assert_eq!((set.images.len(), set.skipped.len()), (2, 1));
    assert!(set.skipped[0].reason.contains("without shapes"), "{:?}", set.skipped);
}

#[test]
fn hostile_drawings_are_refused_and_load_nothing() {
    let nested = format!("{}<rect width='9' height='9'/>{}", "<g opacity='0.9'>".repeat(20_000), "</g>".repeat(20_000));
    let laughs: String =
        (0..9).map(|i| format!("<g id='a{}'>{}</g>", i + 1, format!("<use xlink:href='#a{i}'/>").repeat(10))).collect();
    let laughs = format!("<defs><rect id='a0' width='9' height='9'/>{laughs}</defs><use xlink:href='#a9'/>");
    let patterns: String = (0..9)
        .map(|i| {
            let inside = format!("<rect width='9' height='9' fill='url(#p{i})'/>").repeat(10);
            format!("<pattern id='p{}' width='1' height='1'>{inside}</pattern>", i + 1)
        })
        .collect();
    let patterns = format!("<defs>{patterns}</defs><rect width='40' height='40' fill='url(#p9)'/>");
    let blur = format!(
        "<filter id='f'><feGaussianBlur stdDeviation='9'/></filter>{}",
        "<rect width='40' height='40' filter='url(#f)'/>".repeat(5_000)
    );
    let chain: String = (0..5_000).map(|i| format!("<g id='c{}'><use xlink:href='#c{i}'/></g>", i + 1)).collect();
    let chain = format!("<rect id='c0' width='9' height='9'/>{chain}");
    for (name, shapes, why) in [
        ("nested", nested, "shapes within shapes"),
        ("laughs", laughs, "more than 50000 shapes"),
        ("patterns", patterns, "more than 50000 shapes"),
        ("blur", blur, "more than 50000 shapes"),
        ("chain", chain, "more than 50000 shapes"),
    ] {
        let reason = decode::bytes(&svg(&shapes), SIZE).unwrap_err();
        assert!(reason.contains(why), "{name}: {reason}");
    }
    let secret = folder_of(&[("secret.png", encode(icon([200, 0, 0]), ImageFormat::Png))]);
    let path = secret.path().join("secret.png");
    let reason = decode::bytes(&svg(&format!("<image xlink:href='{}' width='40' height='40'/>", path.display())), SIZE)
        .unwrap_err();
    assert!(reason.contains("without shapes"), "{reason}");
    for (bytes, part) in [
        (b"<?xml version='1.0'?><html/>".as_slice(), "not a drawing"),
        (b"<svg", "damaged"),
        (b"<svg xmlns='\xff'/>", "UTF-8"),
    ] {
        let reason = decode::bytes(bytes, SIZE).unwrap_err();
        assert!(reason.contains(part), "{reason}");
    }
    let huge = svg(&" ".repeat(5 << 20));
    assert!(decode::bytes(&huge, SIZE).unwrap_err().contains("4 MB"));
}
