//! CIFAR's binary files: for each image a byte of its class (CIFAR-100 has one of its superclass before
//! it), then 32 x 32 bytes of red, as many of green, as many of blue. There is no header.

use std::io::Read;

use super::numbers::{Number, read_exactly};
use super::shapes::{Layout, Prefix};
use super::source::broke_off;
use crate::text::{Text, Words, text};

const SIDE: u64 = 32;
const PIXELS: u64 = 3 * SIDE * SIDE;
/// Images that are looked at to tell the two.
const LOOKED_AT: u64 = 100;
/// The greatest labels of CIFAR-10, and of CIFAR-100 with its superclasses.
const KINDS: [&[u8]; 2] = [&[9], &[19, 99]];

const OTHER: Text = text(
    "is no binary file of CIFAR, whose images are a label of 1 or 2 bytes and 3072 bytes of pixels: save its images with numpy.save, or as PNG",
    "不是 CIFAR 的二进制文件（每张图像应为 1 或 2 字节的标签和 3072 字节的像素）：请用 numpy.save 保存其中的图像，或存为 PNG",
);

/// What the file's length and its first labels tell.
pub(super) fn layout(reader: &mut (impl Read + ?Sized), length: Option<u64>) -> Result<Layout, Words> {
    let length = length.ok_or(text("is packed: unpack it first", "是压缩的：请先解压"))?;
    let mut head = Vec::new();
    let bytes = length.min(LOOKED_AT * (PIXELS + 2));
    read_exactly(reader, bytes, &mut head).map_err(|error| broke_off(&error))?;
    let fits = |most: &[u8]| {
        let image = PIXELS as usize + most.len();
        let labels = || head.chunks_exact(image).flat_map(|image| image.iter().zip(most));
        length > 0 && length.is_multiple_of(image as u64) && labels().all(|(label, most)| label <= most)
    };
    let most = KINDS.into_iter().find(|most| fits(most)).ok_or(OTHER)?;
    let classes = most.last().map(|most| most + 1);
    let label = Prefix { bytes: most.len() as u64, number: Number::BYTE, classes, column: None };
    let shape = vec![length / (PIXELS + label.bytes), 3, SIDE, SIDE];
    Ok(Layout { number: Number::BYTE, shape, header: 0, label: Some(label) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_kinds_are_told_by_their_length_and_labels() {
        let file = |labels: &[&[u8]]| -> Vec<u8> {
            labels.iter().flat_map(|label| [label, [200; PIXELS as usize].as_slice()].concat()).collect()
        };
        let of = |bytes: &[u8]| layout(&mut &*bytes, Some(bytes.len() as u64));
        let shape = |bytes: &[u8]| of(bytes).map(|layout| (layout.shape[0], layout.label.map(|label| label.bytes)));
        assert_eq!(shape(&file(&[&[3], &[9]])), Ok((2, Some(1))));
        assert_eq!(shape(&file(&[&[19, 99], &[0, 12], &[4, 4]])), Ok((3, Some(2))));
        for bytes in [file(&[&[3], &[10]]), file(&[&[20, 3]]), vec![1; 4_000], Vec::new()] {
            assert!(of(&bytes).is_err_and(|reason| reason.contains("no binary file of CIFAR")));
        }
        assert!(layout(&mut [1].as_slice(), None).is_err_and(|reason| reason.contains("unpack")));
    }
}
