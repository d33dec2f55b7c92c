//! Drawings in SVG: shapes, gradients, masks and filters. Text and pictures inside are left out; nothing is
//! loaded from elsewhere.

mod size;

use std::io;

use image::{DynamicImage, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use crate::aside;
use crate::text::{Words, tell, text};

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
pub(super) fn draw(bytes: &[u8]) -> Result<(DynamicImage, (u32, u32)), Words> {
    if bytes.len() as u64 > MAX_SVG {
        let limit = MAX_SVG >> 20;
        return Err(Words::both(
            format!("is a drawing of more than {limit} MB: simplify it"),
            format!("是超过 {limit} MB 的矢量图：请简化"),
        ));
    }
    let plain = text("is not in UTF-8: save it again as plain SVG", "不是 UTF-8 编码：请另存为普通 SVG");
    let content = str::from_utf8(bytes).map_err(|_| plain)?;
    if !content.contains("<svg") {
        return Err(text("is XML, and not a drawing in SVG", "是 XML，不是 SVG 矢量图").into());
    }
    let broke =
        text("broke the drawing of SVG: save it again as plain SVG or PNG", "绘制 SVG 时出错：请另存为普通 SVG 或 PNG");
    let drawn = aside::deep(STACK, || on_its_own(content)).map_err(|error: io::Error| {
        let why = Words::of_error(&error);
        Words::told(|| tell(|| format!("cannot be drawn ({why})"), || format!("无法绘制（{why}）")))
    })?;
    drawn.unwrap_or_else(|| Err(broke.into()))
}

fn on_its_own(content: &str) -> Result<(DynamicImage, (u32, u32)), Words> {
    let nothing = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options { image_href_resolver: nothing, ..Options::default() };
    let parsing = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let damaged = |error: String| Words::both(format!("is damaged or cut off ({error})"), "已损坏或不完整".to_owned());
    let document = Document::parse_with_options(content, parsing).map_err(|error| damaged(error.to_string()))?;
    size::check(&document)?;
    let tree = Tree::from_xmltree(&document, &options).map_err(|error| damaged(error.to_string()))?;
    if !tree.root().has_children() {
        let nothing = text(
            "is a drawing without shapes (text and pictures are not drawn): save it as PNG",
            "是没有图形的矢量图（其中的文字和图片不绘制）：请存为 PNG",
        );
        return Err(nothing.into());
    }
    let size = tree.size();
    let scale = SIDE / size.width().max(size.height());
    let side = |length: f32| (length * scale).round().max(1.0) as u32;
    let (width, height) = (side(size.width()), side(size.height()));
    let undrawn = text("has a shape that cannot be drawn", "有无法绘制的图形");
    let mut canvas = Pixmap::new(width, height).ok_or(undrawn)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut canvas.as_mut());
    let rgba: Vec<u8> = canvas
        .pixels()
        .iter()
        .map(|pixel| pixel.demultiply())
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()])
        .collect();
    let picture = RgbaImage::from_raw(width, height, rgba).ok_or(undrawn)?;
    Ok((picture.into(), (size.width().round().max(1.0) as u32, size.height().round().max(1.0) as u32)))
}
