//! Numbers and texts of an array as its file holds them, and which number is black and which white.

use std::fmt;
use std::io::{self, Read};

use super::source::broke_off;
use crate::text::{Words, text};

/// A type of numbers, or of texts.
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
    /// UTF-8, or nearly, filled up with zeros.
    Text,
    /// The same in 32 bits a character.
    WideText,
}

/// What says of which class an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Number(i128),
    Text(String),
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) if text.is_empty() => "(without a name)".fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

/// Bytes as a whole number.
pub(super) fn whole(bytes: &[u8], big_endian: bool) -> u64 {
    let join = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
    if big_endian { bytes.iter().fold(0, join) } else { bytes.iter().rev().fold(0, join) }
}

impl Number {
    pub const BYTE: Self = Self { kind: NumberKind::Unsigned, size: 1, big_endian: false };
    pub const FLOAT: Self = Self { kind: NumberKind::Float, size: 4, big_endian: false };

    pub fn is_text(self) -> bool {
        matches!(self.kind, NumberKind::Text | NumberKind::WideText)
    }

    fn bits(self, bytes: &[u8]) -> u64 {
        whole(bytes, self.big_endian)
    }

    fn signed(self, bytes: &[u8]) -> i64 {
        let unused = 64 - 8 * self.size.clamp(1, 8) as u32;
        (self.bits(bytes) << unused) as i64 >> unused
    }

    /// NaN for texts.
    pub fn value(self, bytes: &[u8]) -> f64 {
        match self.kind {
            NumberKind::Bool => f64::from(u8::from(self.bits(bytes) != 0)),
            NumberKind::Unsigned => self.bits(bytes) as f64,
            NumberKind::Signed => self.signed(bytes) as f64,
            NumberKind::Float if self.size == 2 => half(self.bits(bytes) as u16),
            NumberKind::Float if self.size == 4 => f64::from(f32::from_bits(self.bits(bytes) as u32)),
            NumberKind::Float => f64::from_bits(self.bits(bytes)),
            NumberKind::Text | NumberKind::WideText => f64::NAN,
        }
    }

    /// The same as a label; `None` for a number with a fraction.
    pub fn label(self, bytes: &[u8]) -> Option<Label> {
        match self.kind {
            NumberKind::Bool | NumberKind::Unsigned => Some(Label::Number(self.bits(bytes).into())),
            NumberKind::Signed => Some(Label::Number(self.signed(bytes).into())),
            NumberKind::Float => {
                let value = self.value(bytes);
                (value.fract() == 0.0).then_some(Label::Number(value as i128))
            }
            NumberKind::Text => Some(Label::Text(trimmed(&String::from_utf8_lossy(bytes)))),
            NumberKind::WideText => {
                let of = |bytes: &[u8]| char::from_u32(self.bits(bytes) as u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                Some(Label::Text(trimmed(&bytes.chunks_exact(4).map(of).collect::<String>())))
            }
        }
    }
}

fn trimmed(text: &str) -> String {
    text.trim_end_matches('\0').trim().to_owned()
}

/// A float of 16 bits: a sign, 5 of exponent and 10 of fraction.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (bits >> 10 & 31, f64::from(bits & 1023) / 1024.0);
    let size = match exponent {
        0 => fraction * 2_f64.powi(-14),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction) * 2_f64.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 0 { size } else { -size }
}

/// Which numbers are black and white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tones {
    pub black: f64,
    pub white: f64,
}

impl Tones {
    /// 0 to 1.
    pub const UNIT: Self = Self { black: 0.0, white: 1.0 };
    /// -1 to 1.
    pub const SIGNED: Self = Self { black: -1.0, white: 1.0 };
    /// 0 to 255.
    pub const BYTE: Self = Self { black: 0.0, white: 255.0 };

    /// The first of the usual ones that these values fit into, or their own range.
    pub fn of(values: Span) -> Result<Self, Words> {
        let fits = |tones: &Self| tones.black <= values.least && values.most <= tones.white;
        match [Self::UNIT, Self::SIGNED, Self::BYTE].into_iter().find(fits) {
            Some(tones) => Ok(tones),
            None if values.least < values.most => Ok(Self { black: values.least, white: values.most }),
            None => Err(Words::both(
                format!("holds {} everywhere, which is no picture", values.least),
                format!("处处都是 {}，不成图像", values.least),
            )),
        }
    }
}

/// The least and the greatest of some values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub least: f64,
    pub most: f64,
}

impl Span {
    pub const NONE: Self = Self { least: f64::INFINITY, most: f64::NEG_INFINITY };

    /// Makes room for the numbers of an image.
    pub fn add(&mut self, raw: &[u8], number: Number) -> Result<(), Words> {
        for bytes in raw.chunks_exact(number.size.max(1)) {
            let value = number.value(bytes);
            if !value.is_finite() {
                return Err(not_finite(value));
            }
            (self.least, self.most) = (self.least.min(value), self.most.max(value));
        }
        Ok(())
    }
}

fn not_finite(value: f64) -> Words {
    Words::both(
        format!("holds {value}, which is no brightness: replace it, as with numpy.nan_to_num"),
        format!("含有 {value}，不是亮度：请替换掉，例如用 numpy.nan_to_num"),
    )
}

/// Why values are no brightness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unsuited {
    /// They are darker than black or brighter than white.
    Outside,
    Value(Words),
}

/// The bytes of an image from the numbers of an array.
pub(super) fn brightness(raw: &[u8], number: Number, tones: Tones) -> Result<Vec<u8>, Unsuited> {
    if number == Number::BYTE && tones == Tones::BYTE {
        return Ok(raw.to_vec());
    }
    let range = tones.white - tones.black;
    let byte = |bytes: &[u8]| match number.value(bytes) {
        value if (tones.black..=tones.white).contains(&value) => {
            Ok((255.0 * ((value - tones.black) / range)).round() as u8)
        }
        value if value.is_finite() => Err(Unsuited::Outside),
        value => Err(Unsuited::Value(not_finite(value))),
    };
    raw.chunks_exact(number.size.max(1)).map(byte).collect()
}

/// Fills `buffer` with so many bytes; false if fewer are left.
pub(super) fn read_exactly(reader: &mut (impl Read + ?Sized), bytes: u64, buffer: &mut Vec<u8>) -> io::Result<bool> {
    buffer.clear();
    reader.take(bytes).read_to_end(buffer).map(|read| read as u64 == bytes)
}

/// Reads exactly so many bytes of a header.
pub(super) fn header_bytes(reader: &mut (impl Read + ?Sized), bytes: u64) -> Result<Vec<u8>, Words> {
    let mut buffer = Vec::new();
    match read_exactly(reader, bytes, &mut buffer) {
        Ok(true) => Ok(buffer),
        Ok(false) => {
            Err(text("ends inside its header: copy or download it again", "文件头不完整：请重新复制或下载").into())
        }
        Err(error) => Err(broke_off(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Number = Number { kind: NumberKind::Signed, size: 2, big_endian: true };

    #[test]
    fn numbers_are_read_in_both_orders() {
        assert_eq!(Number::FLOAT.value(&0.25_f32.to_le_bytes()), 0.25);
        assert_eq!(SHORT.value(&(-3_i16).to_be_bytes()), -3.0);
        let long = Number { kind: NumberKind::Signed, size: 8, big_endian: false };
        assert_eq!(long.label(&i64::MIN.to_le_bytes()), Some(Label::Number(i64::MIN.into())));
        assert_eq!(Number::FLOAT.label(&7_f32.to_le_bytes()), Some(Label::Number(7)));
        assert_eq!(Number::FLOAT.label(&7.5_f32.to_le_bytes()), None);
        assert_eq!(Number::FLOAT.label(&f32::NAN.to_le_bytes()), None);
    }

    #[test]
    fn halves_have_the_values_of_the_standard() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_953_125),
            (0x7bff, 65_504.0),
            (0x0001, 2_f64.powi(-24)),
            (0x0400, 2_f64.powi(-14)),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:04x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn texts_are_read_in_both_widths() {
        let text = |label: &str| Some(Label::Text(label.to_owned()));
        let narrow = Number { kind: NumberKind::Text, size: 6, big_endian: false };
        assert_eq!(narrow.label("fée\0\0".as_bytes()), text("fée"));
        for big_endian in [false, true] {
            let wide = Number { kind: NumberKind::WideText, size: 12, big_endian };
            let code = |c: char| if big_endian { (c as u32).to_be_bytes() } else { (c as u32).to_le_bytes() };
            assert_eq!(wide.label(&['猫', 'é', '\0'].map(code).concat()), text("猫é"));
            assert_eq!(wide.label(&[0xff; 12]), text("\u{fffd}\u{fffd}\u{fffd}"));
        }
        assert_eq!(Label::Text(String::new()).to_string(), "(without a name)");
    }

    #[test]
    fn tones_are_the_usual_ones_or_the_range_in_use() {
        let of = |values: &[f32]| {
            let mut span = Span::NONE;
            values.iter().try_for_each(|value| span.add(&value.to_le_bytes(), Number::FLOAT)).and(Tones::of(span))
        };
        assert_eq!(of(&[0.0, 0.5]), Ok(Tones::UNIT));
        assert_eq!(of(&[0.0, -0.5, 1.0]), Ok(Tones::SIGNED));
        assert_eq!(of(&[0.5, 255.0]), Ok(Tones::BYTE));
        assert_eq!(of(&[16.0, 4_080.0, 90.0]), Ok(Tones { black: 16.0, white: 4_080.0 }));
        assert_eq!(of(&[-2.0, 2.5]), Ok(Tones { black: -2.0, white: 2.5 }));
        for values in [[f32::NAN, 0.0], [0.0, f32::INFINITY], [300.0, 300.0]] {
            assert!(of(&values).is_err_and(|reason| reason.contains("is no")), "{values:?}");
        }
    }

    #[test]
    fn brightness_goes_from_black_to_white() {
        let raw = |values: [f32; 3]| values.map(f32::to_le_bytes).concat();
        let of = |values, tones| brightness(&raw(values), Number::FLOAT, tones);
        assert_eq!(of([0.0, 0.5, 1.0], Tones::UNIT), Ok(vec![0, 128, 255]));
        assert_eq!(of([0.5, 200.4, 255.0], Tones::BYTE), Ok(vec![1, 200, 255]));
        assert_eq!(of([-1.0, 0.0, 1.0], Tones::SIGNED), Ok(vec![0, 128, 255]));
        assert_eq!(of([10.0, 20.0, 30.0], Tones { black: 10.0, white: 30.0 }), Ok(vec![0, 128, 255]));
        assert_eq!(of([0.0, 0.5, 200.0], Tones::UNIT), Err(Unsuited::Outside));
        assert!(matches!(of([0.0, 0.5, f32::NAN], Tones::UNIT), Err(Unsuited::Value(_))));
    }
}
