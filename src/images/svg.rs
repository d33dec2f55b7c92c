//! Drawings in SVG: shapes, gradients, masks and filters. Text and pictures inside are left out; nothing is
//! loaded from elsewhere.

mod size;

use std::io;

use image::{DynamicImage, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

/// No file may be larger, in bytes.
pub(super) const MAX_SVG: u64 = 4 << 20;
/// Length of the longest side in pixels that drawings are drawn with.
const SIDE: f32 = 256.0;
/// No drawing may have more elements and texts.
const MAX_NODES: u32 = 400_000;
/// Bytes of stack for shapes within shapes.
const STACK: usize = 64 << 20;

/// Whether a file that begins so may be a drawing.
pub(super) fn may_be(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    [b"<svg".as_slice(), b"<?xml", b"<!--", b"<!DOCTYPE svg"].iter().any(|start| head.starts_with(start))
}

/// Draws it on a transparent ground; with the width and height that it gives itself.
pub(super) fn draw(bytes: &[u8]) -> Result<(DynamicImage, (u32, u32)), String> {
    if bytes.len() as u64 > MAX_SVG {
        return Err(format!("is a drawing of more than {} MB: simplify it", MAX_SVG >> 20));
    }
    let text = str::from_utf8(bytes).map_err(|_| "is not in UTF-8: save it again as plain SVG".to_owned())?;
    if !text.contains("<svg") {
        return Err("is XML, and not a drawing in SVG".to_owned());
    }
    let broke = || "broke the drawing of SVG: save it again as plain SVG or PNG".to_owned();
    std::thread::scope(|scope| {
        let drawing = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || on_its_own(text));
        drawing
            .map_err(|error: io::Error| format!("cannot be drawn ({error})"))?
            .join()
            .unwrap_or_else(|_| Err(broke()))
    })
}

fn on_its_own(text: &str) -> Result<(DynamicImage, (u32, u32)), String> {
    let nothing = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options { image_href_resolver: nothing, ..Options::default() };
    let parsing = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let damaged = |error: String| format!("is damaged or cut off ({error})");
    let document = Document::parse_with_options(text, parsing).map_err(|error| damaged(error.to_string()))?;
    size::check(&document)?;
    let tree = Tree::from_xmltree(&document, &options).map_err(|error| damaged(error.to_string()))?;
    if !tree.root().has_children() {
        return Err("is a drawing without shapes (text and pictures are not drawn): save it as PNG".to_owned());
    }
    let size = tree.size();
    let scale = SIDE / size.width().max(size.height());
    let side = |length: f32| (length * scale).round().max(1.0) as u32;
    let (width, height) = (side(size.width()), side(size.height()));
    let undrawn = || "has a shape that cannot be drawn".to_owned();
    let mut canvas = Pixmap::new(width, height).ok_or_else(undrawn)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut canvas.as_mut());
    let rgba: Vec<u8> = canvas
        .pixels()
        .iter()
        .map(|pixel| pixel.demultiply())
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()])
        .collect();
    let picture = RgbaImage::from_raw(width, height, rgba).ok_or_else(undrawn)?;
    Ok((picture.into(), (size.width().round().max(1.0) as u32, size.height().round().max(1.0) as u32)))
}
