//! The header of MNIST's IDX files: two zeros, the type of the numbers, how many axes there are, and
//! the length of each as a big-endian 32-bit number.

use std::io::Read;

use super::numbers::{Number, header_bytes, whole};
use super::shapes::Layout;
use crate::text::{Words, text};

const UNSIGNED_BYTE: u8 = 8;

/// Reads the header.
pub(super) fn layout(reader: &mut (impl Read + ?Sized)) -> Result<Layout, Words> {
    let mut next = |count: u64| header_bytes(reader, count);
    let (kind, axes) = match *next(4)? {
        [0, 0, kind, axes] => (kind, axes),
        _ => {
            let other = text(
                "is not an IDX file, which begins with two zeros: download it again",
                "不是 IDX 文件（应以两个零开头）：请重新下载",
            );
            return Err(other.into());
        }
    };
    if kind != UNSIGNED_BYTE || !matches!(axes, 1 | 3) {
        return Err(Words::both(
            format!("holds numbers of type {kind} on {axes} axes; bytes on 1 axis (labels) or 3 (images) are read"),
            format!("含 {axes} 个轴上类型为 {kind} 的数；只读取 1 个轴（标签）或 3 个轴（图像）的字节"),
        ));
    }
    let sides = next(4 * u64::from(axes))?;
    let shape = sides.chunks_exact(4).map(|side| whole(side, true)).collect();
    Ok(Layout { number: Number::BYTE, shape, header: 4 + 4 * u64::from(axes), label: None })
}
