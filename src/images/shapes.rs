//! Which images the shape of an array holds: a list of them, or classes of as many images each, or one.

use super::decode::{MAX_SIDE, MIN_SIDE};
use super::numbers::Number;
use crate::text::{Text, Words, tell, text};

/// No image of an array may have more bytes.
const MAX_IMAGE: u64 = 64 << 20;
/// No array that is one image is longer than this many times its width.
const MAX_ASPECT: u64 = 8;
const SHAPES: Text = text(
    "images are read from arrays of images x height x width, with 1, 3 or 4 channels behind or before the pixels or none, of images x pixels of a square, and of classes x images x height x width",
    "可读取的数组：图像数 × 高 × 宽（像素前后可带 1、3 或 4 个通道）；图像数 × 像素数（能排成正方形）；类别数 × 图像数 × 高 × 宽",
);
const LAST_AXIS: Text = text(
    "has its images on the last axis: save numpy.moveaxis(array, -1, 0)",
    "图像在最后一个轴上：请保存 numpy.moveaxis(array, -1, 0)",
);

/// What an array's header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub number: Number,
    pub shape: Vec<u64>,
    /// Bytes before the first number.
    pub header: u64,
    /// A label before each image.
    pub label: Option<Prefix>,
}

/// A label before each image, which ends these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    pub bytes: u64,
    pub number: Number,
    /// How many classes there are, where that is known.
    pub classes: Option<u8>,
    /// The column that it stands in, from 0, where rows are lines of a table.
    pub column: Option<usize>,
}

/// How the images of an array lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub images: u64,
    /// Images of each class, where the first index tells classes.
    pub shots: Option<u64>,
    pub width: u32,
    pub height: u32,
    pub channels: usize,
    /// Whether all of a colour comes before the next.
    pub planar: bool,
    /// Bytes of an image.
    pub bytes: u64,
}

/// How surely an array is one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum One {
    /// It can be nothing else.
    Surely,
    /// It can be a list of images too.
    Perhaps,
    /// It is a list of squares, unless all about it are images.
    Hardly,
}

fn is_square(pixels: u64) -> bool {
    pixels.isqrt().pow(2) == pixels
}

fn is_side(side: u64) -> bool {
    (MIN_SIDE.into()..=MAX_SIDE.into()).contains(&side)
}

impl Layout {
    /// Of rows: what the first index counts.
    pub fn count(&self) -> u64 {
        self.shape.first().copied().unwrap_or_default()
    }

    /// Bytes of the whole file; `None` if no file can be as long.
    pub fn length(&self) -> Option<u64> {
        let numbers = |shape: &[u64]| shape.iter().try_fold(1_u64, |product, &side| product.checked_mul(side));
        let labels = self.label.map_or(Some(0), |label| label.bytes.checked_mul(self.count()))?;
        let numbers = numbers(&self.shape)?.checked_mul(self.number.size as u64)?;
        numbers.checked_add(labels)?.checked_add(self.header)
    }

    /// The shape as numpy prints it.
    pub fn shown(&self) -> String {
        let shape: Vec<String> = self.shape.iter().map(u64::to_string).collect();
        format!("({})", shape.join(", "))
    }

    /// Whether it has a number or a text for each index.
    pub fn is_list(&self) -> bool {
        matches!(*self.shape, [_] | [_, 1])
    }

    /// Refuses what can be neither images nor labels nor texts.
    pub fn check(&self) -> Result<(), Words> {
        match *self.shape {
            _ if self.number.is_text() && !self.is_list() => {
                let shown = self.shown();
                Err(Words::both(
                    format!("holds texts in the shape {shown}: save a list of one for each image"),
                    format!("含有形状为 {shown} 的文字：请存成每张图像一个的列表"),
                ))
            }
            // Rows may be labels.
            [_] | [_, _] => Ok(()),
            _ if self.one().is_some() => Ok(()),
            _ => self.list(false).map(drop),
        }
    }

    /// Whether it may be images of three channels or three images each.
    pub fn three_before_pixels(&self) -> bool {
        matches!(*self.shape, [images, 3, height, width] if images > 1 && is_side(height) && is_side(width))
    }

    /// As a list of images; `threes` says that three before the pixels are images and not colours.
    pub fn list(&self, threes: bool) -> Result<Grid, Words> {
        let is_side = |side: u64| side >= MIN_SIDE.into();
        let grid = |images, height: u64, width: u64, channels: u64, planar| {
            let bytes = (height * width).saturating_mul(channels * self.number.size as u64);
            let sides = u32::try_from(height).ok().zip(u32::try_from(width).ok());
            let (height, width) = sides.unwrap_or_default();
            Grid { images, shots: None, width, height, channels: channels as usize, planar, bytes }
        };
        let check = |height: u64, width: u64| {
            if height.min(width) < MIN_SIDE.into() {
                let shown = self.shown();
                return Err(Words::both(
                    format!(
                        "has the shape {shown} and so images of {width} x {height} pixels; at least {MIN_SIDE} x {MIN_SIDE} are needed"
                    ),
                    format!("形状为 {shown}，即图像只有 {width} × {height} 像素；至少需要 {MIN_SIDE} × {MIN_SIDE}"),
                ));
            }
            if height.max(width) > MAX_SIDE.into() {
                return Err(too_large(width, height));
            }
            Ok(())
        };
        let list = |images, height, width, channels, planar| {
            check(height, width).map(|()| grid(images, height, width, channels, planar))
        };
        let classes = |classes: u64, shots: u64, height, width, channels, planar| {
            check(height, width)?;
            let grid = grid(classes.saturating_mul(shots), height, width, channels, planar);
            Ok(Grid { shots: Some(shots), ..grid })
        };
        let grid = match *self.shape {
            [images, pixels] if is_square(pixels) => list(images, pixels.isqrt(), pixels.isqrt(), 1, false),
            [_, pixels] => Err(Words::told(|| {
                tell(
                    || format!("holds rows of {pixels} numbers, and no square has as many pixels: {SHAPES}"),
                    || format!("每行 {pixels} 个数，排不成正方形。{SHAPES}"),
                )
            })),
            [images, height, width] => list(images, height, width, 1, false),
            [images, height, width, channels @ (1 | 3 | 4)] if is_side(height) && is_side(width) => {
                list(images, height, width, channels, false)
            }
            [images, 1, height, width] => list(images, height, width, 1, false),
            [images, 3, height, width] if !threes => list(images, height, width, 3, true),
            [height, width, 1 | 3, images] if images > 4 && is_side(height) && is_side(width) => Err(LAST_AXIS.into()),
            [_, height, width, channels] if height == width && channels < width => Err(Words::both(
                format!("holds images of {channels} channels; 1, 3 or 4 channels are read: save array[..., :3]"),
                format!("图像有 {channels} 个通道；可读取 1、3 或 4 个：请保存 array[..., :3]"),
            )),
            [first, shots, height, width] => classes(first, shots, height, width, 1, false),
            [first, shots, height, width, channels @ (1 | 3 | 4)] if is_side(height) && is_side(width) => {
                classes(first, shots, height, width, channels, false)
            }
            [first, shots, channels @ (1 | 3), height, width] => classes(first, shots, height, width, channels, true),
            _ => {
                let shown = self.shown();
                let told =
                    || tell(|| format!("has the shape {shown}: {SHAPES}"), || format!("形状为 {shown}。{SHAPES}"));
                Err(Words::told(told))
            }
        }?;
        if grid.bytes > MAX_IMAGE {
            return Err(too_large(grid.width.into(), grid.height.into()));
        }
        Ok(grid)
    }

    /// As one image, and how surely it is one; `None` if it cannot be.
    pub fn one(&self) -> Option<(Grid, One)> {
        let (shape, alone) = match &*self.shape {
            [1, rest @ ..] if rest.len() > 1 => (rest, true),
            shape => (shape, false),
        };
        let near = |height: u64, width: u64| {
            is_side(height)
                && is_side(width)
                && height <= MAX_ASPECT.saturating_mul(width)
                && width <= MAX_ASPECT.saturating_mul(height)
        };
        let (height, width, channels, planar, sure) = match *shape {
            [height, width] if near(height, width) => (
                height,
                width,
                1,
                false,
                match is_square(width) {
                    false => One::Surely,
                    true if height == width => One::Perhaps,
                    true => One::Hardly,
                },
            ),
            [height, width, channels @ (1 | 3)] if near(height, width) => (height, width, channels, false, One::Surely),
            [height, width, 4] if near(height, width) && height.min(width) > 4 => {
                (height, width, 4, false, One::Surely)
            }
            [channels @ (1 | 3), height, width] if near(height, width) => (height, width, channels, true, One::Perhaps),
            _ => return None,
        };
        let sure = if alone { One::Surely } else { sure };
        let bytes = height * width * channels * self.number.size as u64;
        let (height, width) = (u32::try_from(height).ok()?, u32::try_from(width).ok()?);
        let grid = Grid { images: 1, shots: None, width, height, channels: channels as usize, planar, bytes };
        (bytes <= MAX_IMAGE).then_some((grid, sure))
    }
}

fn too_large(width: u64, height: u64) -> Words {
    let most = MAX_IMAGE >> 20;
    let limit = format!("the limit is {MAX_SIDE} pixels a side and {most} MB: reduce them first");
    Words::both(
        format!("promises images of {width} x {height} pixels; {limit}"),
        format!("声称图像有 {width} × {height} 像素；上限为每边 {MAX_SIDE} 像素、{most} MB：请先缩小"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(shape: &[u64]) -> Layout {
        Layout { number: Number::BYTE, shape: shape.to_vec(), header: 0, label: None }
    }

    #[test]
    fn shapes_are_lists_of_images_or_classes_of_them() {
        let of = |shape: &[u64]| {
            let grid = layout(shape).list(false);
            grid.map(|grid| (grid.images, grid.shots, grid.width, grid.height, grid.channels, grid.planar))
        };
        for (shape, expected) in [
            (&[9, 784][..], (9, None, 28, 28, 1, false)),
            (&[9, 5, 7], (9, None, 7, 5, 1, false)),
            (&[9, 5, 7, 1], (9, None, 7, 5, 1, false)),
            (&[9, 5, 7, 3], (9, None, 7, 5, 3, false)),
            (&[9, 28, 28, 4], (9, None, 28, 28, 4, false)),
            (&[9, 1, 5, 7], (9, None, 7, 5, 1, false)),
            (&[9, 3, 5, 7], (9, None, 7, 5, 3, true)),
            (&[9, 5, 28, 28], (45, Some(5), 28, 28, 1, false)),
            (&[9, 28, 28, 28], (252, Some(28), 28, 28, 1, false)),
            (&[9, 5, 28, 28, 3], (45, Some(5), 28, 28, 3, false)),
            (&[9, 5, 3, 28, 28], (45, Some(5), 28, 28, 3, true)),
        ] {
            assert_eq!(of(shape), Ok(expected), "{shape:?}");
        }
        let threes = layout(&[9, 3, 28, 28]).list(true).map(|grid| (grid.images, grid.shots, grid.channels));
        assert_eq!(threes, Ok((27, Some(3), 1)));
        assert!(layout(&[9]).is_list() && layout(&[9, 1]).is_list() && !layout(&[9, 2]).is_list());
    }

    #[test]
    fn other_shapes_say_what_to_do() {
        for (shape, part) in [
            (&[9, 785][..], "no square"),
            (&[9, 9], "3 x 3 pixels"),
            (&[28, 28, 3], "3 x 28 pixels"),
            (&[32, 32, 3, 900], "moveaxis"),
            (&[9, 64, 64, 13], "13 channels"),
            (&[], "shape ()"),
            (&[1, 2, 3, 4, 5, 6], "shape (1, 2, 3, 4, 5, 6)"),
            (&[9, 1 << 63, 1 << 63], "limit"),
            (&[9, 12_000, 12_000], "limit"),
            (&[9, u64::MAX], "no square"),
            (&[u64::MAX, u64::MAX, u64::MAX, u64::MAX], "limit"),
        ] {
            let reason = layout(shape).list(false).err().unwrap_or_default();
            assert!(reason.contains(part), "{shape:?}: {reason}");
        }
    }

    #[test]
    fn an_array_can_be_one_image() {
        let of = |shape: &[u64]| {
            let one = layout(shape).one();
            one.map(|(grid, sure)| (grid.width, grid.height, grid.channels, grid.planar, sure))
        };
        for (shape, expected) in [
            (&[256, 256][..], Some((256, 256, 1, false, One::Perhaps))),
            (&[120, 90], Some((90, 120, 1, false, One::Surely))),
            (&[90, 100], Some((100, 90, 1, false, One::Hardly))),
            (&[500, 784], Some((784, 500, 1, false, One::Hardly))),
            (&[32, 32, 3], Some((32, 32, 3, false, One::Surely))),
            (&[32, 32, 4], Some((32, 32, 4, false, One::Surely))),
            (&[3, 32, 32], Some((32, 32, 3, true, One::Perhaps))),
            (&[1, 3, 32, 32], Some((32, 32, 3, true, One::Surely))),
            (&[1, 32, 32], Some((32, 32, 1, false, One::Surely))),
            (&[123_202, 784], None),
            (&[5, 28, 28], None),
            (&[1_000, 40], None),
            (&[9, 3, 32, 32], None),
            (&[784], None),
        ] {
            assert_eq!(of(shape), expected, "{shape:?}");
        }
    }
}
