//! A drawing in SVG.
#![no_main]

libfuzzer_sys::fuzz_target!(init: metascope_fuzz::write_seeds("svg"), |data: &[u8]| {
    metascope_fuzz::let_decoders_panic();
    let file = [b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>".as_slice(), data, b"</svg>"].concat();
    metascope_fuzz::check_pictures(if data.starts_with(b"<svg") { data } else { &file });
});
