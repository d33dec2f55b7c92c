//! Numbers of an array as its file holds them, and what shape of them is a list of images.

use std::io::{self, Read};

use super::decode::{MAX_SIDE, MIN_SIDE};
use super::source::broke_off;

/// No image of an array may have more bytes.
const MAX_IMAGE: u64 = 64 << 20;

/// A type of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub kind: NumberKind,
    /// Bytes of each.
    pub size: usize,
    pub big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberKind {
    Bool,
    Unsigned,
    Signed,
    Float,
}

impl Number {
    pub const BYTE: Self = Self { kind: NumberKind::Unsigned, size: 1, big_endian: false };

    fn bits(self, bytes: &[u8]) -> u64 {
        let join = |bits: u64, &byte: &u8| bits << 8 | u64::from(byte);
        if self.big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
    }

    fn signed(self, bytes: &[u8]) -> i64 {
        let unused = 64 - 8 * self.size.clamp(1, 8) as u32;
        (self.bits(bytes) << unused) as i64 >> unused
    }

    pub fn value(self, bytes: &[u8]) -> f64 {
        match self.kind {
            NumberKind::Bool => f64::from(u8::from(self.bits(bytes) != 0)),
            NumberKind::Unsigned => self.bits(bytes) as f64,
            NumberKind::Signed => self.signed(bytes) as f64,
            NumberKind::Float if self.size == 4 => f64::from(f32::from_bits(self.bits(bytes) as u32)),
            NumberKind::Float => f64::from_bits(self.bits(bytes)),
        }
    }

    /// The same as a label; `None` for a number with a fraction.
    pub fn label(self, bytes: &[u8]) -> Option<i128> {
        match self.kind {
            NumberKind::Bool | NumberKind::Unsigned => Some(self.bits(bytes).into()),
            NumberKind::Signed => Some(self.signed(bytes).into()),
            NumberKind::Float => None,
        }
    }
}

/// Which number is white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum White {
    One,
    Byte,
}

/// Why values are no brightness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unsuited {
    /// White is not one: there are greater values.
    Brighter,
    Value(String),
}

/// The bytes of an image from the numbers of an array.
pub(super) fn brightness(raw: &[u8], number: Number, white: White) -> Result<Vec<u8>, Unsuited> {
    if number == Number::BYTE && white == White::Byte {
        return Ok(raw.to_vec());
    }
    let byte = |bytes: &[u8]| {
        let value = number.value(bytes);
        match white {
            White::One if (0.0..=1.0).contains(&value) => Ok((255.0 * value).round() as u8),
            White::Byte if (0.0..=255.0).contains(&value) => Ok(value.round() as u8),
            White::One if (1.0..=255.0).contains(&value) => Err(Unsuited::Brighter),
            _ => {
                Err(Unsuited::Value(format!("holds {value}; brightness must lie in 0 to 1 or in 0 to 255: rescale it")))
            }
        }
    };
    raw.chunks_exact(number.size.max(1)).map(byte).collect()
}

/// What an array's header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub number: Number,
    pub shape: Vec<u64>,
    /// Bytes before the first number.
    pub header: u64,
}

/// A list of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub width: u32,
    pub height: u32,
    pub channels: usize,
    /// Bytes of an image.
    pub bytes: u64,
}

impl Layout {
    pub fn count(&self) -> u64 {
        self.shape.first().copied().unwrap_or_default()
    }

    /// Bytes of the whole file; `None` if no file can be as long.
    pub fn length(&self) -> Option<u64> {
        let numbers = self.shape.iter().try_fold(1_u64, |product, &side| product.checked_mul(side))?;
        numbers.checked_mul(self.number.size as u64)?.checked_add(self.header)
    }

    /// How its images lie; `None` if it is a list of labels.
    pub fn grid(&self) -> Result<Option<Grid>, String> {
        let (height, width, channels) = match *self.shape {
            [_] | [_, 1] if self.number.kind == NumberKind::Float => {
                return Err("holds a list of numbers with fractions; labels must be whole numbers".to_owned());
            }
            [_] | [_, 1] => return Ok(None),
            [_, pixels] if pixels.isqrt().pow(2) == pixels => (pixels.isqrt(), pixels.isqrt(), 1),
            [_, pixels] => {
                return Err(format!("holds rows of {pixels} numbers, and no square has as many pixels: {SHAPES}"));
            }
            [_, height, width] => (height, width, 1),
            [_, height, width, channels @ (1 | 3)] => (height, width, channels as usize),
            [_, 1 | 3, _, _] => {
                return Err("holds the colours before the pixels: save array.transpose(0, 2, 3, 1)".to_owned());
            }
            _ => {
                let shape: Vec<String> = self.shape.iter().map(u64::to_string).collect();
                return Err(format!("has the shape ({}): {SHAPES}", shape.join(", ")));
            }
        };
        if height.min(width) < MIN_SIDE.into() {
            return Err(format!(
                "holds images of {width} x {height} pixels; at least {MIN_SIDE} x {MIN_SIDE} are needed"
            ));
        }
        let bytes =
            (height.checked_mul(width)).and_then(|pixels| pixels.checked_mul((channels * self.number.size) as u64));
        match (u32::try_from(width), u32::try_from(height), bytes) {
            (Ok(width), Ok(height), Some(bytes)) if width.max(height) <= MAX_SIDE && bytes <= MAX_IMAGE => {
                Ok(Some(Grid { width, height, channels, bytes }))
            }
            _ => Err(format!(
                "promises images of {width} x {height} pixels; the limit is {MAX_SIDE} pixels a side and {} MB: reduce them first",
                MAX_IMAGE >> 20
            )),
        }
    }
}

const SHAPES: &str = "save it as images x height x width, with 1 or 3 channels last or none";

/// Reads exactly so many bytes, in memory that grows as they come; `false` if there are fewer.
pub(super) fn read_exactly(reader: &mut (impl Read + ?Sized), bytes: u64, buffer: &mut Vec<u8>) -> io::Result<bool> {
    buffer.clear();
    reader.take(bytes).read_to_end(buffer).map(|read| read as u64 == bytes)
}

/// Reads exactly so many bytes of a header.
pub(super) fn header_bytes(reader: &mut (impl Read + ?Sized), bytes: u64) -> Result<Vec<u8>, String> {
    let mut buffer = Vec::new();
    match read_exactly(reader, bytes, &mut buffer) {
        Ok(true) => Ok(buffer),
        Ok(false) => Err("ends inside its header: copy or download it again".to_owned()),
        Err(error) => Err(broke_off(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOAT: Number = Number { kind: NumberKind::Float, size: 4, big_endian: false };
    const SHORT: Number = Number { kind: NumberKind::Signed, size: 2, big_endian: true };

    #[test]
    fn numbers_are_read_in_both_orders() {
        assert_eq!(FLOAT.value(&0.25_f32.to_le_bytes()), 0.25);
        assert_eq!(SHORT.value(&(-3_i16).to_be_bytes()), -3.0);
        let long = Number { kind: NumberKind::Signed, size: 8, big_endian: false };
        assert_eq!(long.label(&i64::MIN.to_le_bytes()), Some(i64::MIN.into()));
        assert_eq!(FLOAT.label(&[0; 4]), None);
    }

    #[test]
    fn one_is_white_until_a_greater_value_comes() {
        let raw = |values: [f32; 2]| values.map(f32::to_le_bytes).concat();
        assert_eq!(brightness(&raw([0.0, 0.5]), FLOAT, White::One), Ok(vec![0, 128]));
        assert_eq!(brightness(&raw([0.0, 200.4]), FLOAT, White::One), Err(Unsuited::Brighter));
        assert_eq!(brightness(&raw([0.5, 200.4]), FLOAT, White::Byte), Ok(vec![1, 200]));
        for value in [f32::NAN, -0.1, 256.0, f32::INFINITY] {
            for white in [White::One, White::Byte] {
                let refused = brightness(&raw([0.0, value]), FLOAT, white);
                assert!(matches!(refused, Err(Unsuited::Value(_))), "{value}: {refused:?}");
            }
        }
    }

    #[test]
    fn shapes_are_lists_of_images_or_of_labels() {
        let grid = |shape: &[u64]| Layout { number: Number::BYTE, shape: shape.to_vec(), header: 0 }.grid();
        let sides = |shape: &[u64]| grid(shape).ok().flatten().map(|grid| (grid.width, grid.height, grid.channels));
        assert_eq!(sides(&[9, 5, 7]), Some((7, 5, 1)));
        assert_eq!(sides(&[9, 5, 7, 3]), Some((7, 5, 3)));
        assert_eq!(sides(&[9, 784]), Some((28, 28, 1)));
        assert_eq!((grid(&[9]), grid(&[9, 1])), (Ok(None), Ok(None)));
        for (shape, part) in [
            (&[9, 785][..], "no square"),
            (&[9, 9], "3 x 3 pixels"),
            (&[28, 28, 3], "3 x 28 pixels"),
            (&[9, 3, 28, 28], "transpose"),
            (&[9, 28, 28, 4], "1 or 3 channels"),
            (&[], "shape ()"),
            (&[1, 2, 3, 4, 5], "shape (1, 2, 3, 4, 5)"),
            (&[9, 1 << 63, 1 << 63], "limit"),
            (&[9, 12_000, 12_000], "limit"),
            (&[9, u64::MAX], "no square"),
        ] {
            let reason = grid(shape).err().unwrap_or_default();
            assert!(reason.contains(part), "{shape:?}: {reason}");
        }
    }
}
