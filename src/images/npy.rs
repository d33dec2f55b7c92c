//! The header of a NumPy array file (.npy), versions 1 to 3: a magic word, a length, and a Python
//! dictionary such as `{'descr': '|u1', 'fortran_order': False, 'shape': (123202, 784), }`.

use std::io::Read;

use super::numbers::{Number, NumberKind, header_bytes, whole};
use super::shapes::Layout;
use crate::text::{Text, Words, tell, text};

/// No text of a list may have more bytes.
const MAX_TEXT: usize = 1024;
/// NumPy itself writes a few hundred bytes.
const MAX_HEADER: u64 = 1 << 16;
const DAMAGED: Text =
    text("has a damaged header: save it again with numpy.save", "文件头已损坏：请用 numpy.save 重新保存");

/// Reads the header.
pub(super) fn layout(reader: &mut (impl Read + ?Sized)) -> Result<Layout, Words> {
    let mut next = |count: u64| header_bytes(reader, count);
    let head = next(8)?;
    if !head.starts_with(b"\x93NUMPY") {
        return Err(
            text("is not a NumPy array: save it with numpy.save", "不是 NumPy 数组：请用 numpy.save 保存").into()
        );
    }
    let width = if head[6] == 1 { 2 } else { 4 };
    let length = whole(&next(width)?, false);
    if length > MAX_HEADER {
        return Err(Words::told(|| {
            tell(
                || format!("promises a header of {length} bytes; {DAMAGED}"),
                || format!("声称文件头有 {length} 字节；{DAMAGED}"),
            )
        }));
    }
    let content = String::from_utf8(next(length)?).map_err(|_| DAMAGED)?;
    let (mut number, mut shape, mut in_rows) = (None, None, None);
    let mut parser = Parser { rest: &content };
    parser.take('{')?;
    while !parser.has('}') {
        let key = parser.string()?;
        parser.take(':')?;
        match key {
            "descr" => number = Some(number_of(parser.description()?)?),
            "fortran_order" => in_rows = Some(!parser.truth()?),
            "shape" => shape = Some(parser.tuple()?),
            _ => return Err(DAMAGED.into()),
        }
        if !parser.has(',') {
            parser.take('}')?;
            break;
        }
    }
    let missing = |key: &str| {
        Words::both(
            format!("says nothing of its {key}: save it again with numpy.save"),
            format!("没有写明 {key}：请用 numpy.save 重新保存"),
        )
    };
    let number = number.ok_or_else(|| missing("descr"))?;
    let shape: Vec<u64> = shape.ok_or_else(|| missing("shape"))?;
    // With one axis both orders are the same.
    if !in_rows.ok_or_else(|| missing("fortran_order"))? && shape.len() > 1 {
        let turned = text(
            "is in Fortran order: save numpy.ascontiguousarray(array)",
            "按 Fortran 顺序存放：请保存 numpy.ascontiguousarray(array)",
        );
        return Err(turned.into());
    }
    Ok(Layout { number, shape, header: 8 + width + length, label: None })
}

fn number_of(description: &str) -> Result<Number, Words> {
    let (order, kind) = description.split_at_checked(1).unwrap_or_default();
    let (kind, size) = match kind {
        "b1" => (NumberKind::Bool, 1),
        "u1" => (NumberKind::Unsigned, 1),
        "u2" => (NumberKind::Unsigned, 2),
        "u4" => (NumberKind::Unsigned, 4),
        "u8" => (NumberKind::Unsigned, 8),
        "i1" => (NumberKind::Signed, 1),
        "i2" => (NumberKind::Signed, 2),
        "i4" => (NumberKind::Signed, 4),
        "i8" => (NumberKind::Signed, 8),
        "f2" => (NumberKind::Float, 2),
        "f4" => (NumberKind::Float, 4),
        "f8" => (NumberKind::Float, 8),
        "O" => {
            let objects = text(
                "holds Python objects: save it with a number type, as array.astype(\"uint8\"), or texts as array.astype(str)",
                "含有 Python 对象：请存成数值类型，如 array.astype(\"uint8\")，文字则用 array.astype(str)",
            );
            return Err(objects.into());
        }
        _ if kind.starts_with(['S', 'U']) => text_of(kind)?,
        _ => {
            let shown: String = description.chars().take(20).collect();
            return Err(Words::both(
                format!("holds numbers of the type {shown}: save array.astype(\"uint8\") or \"float32\""),
                format!("数值类型为 {shown}：请保存 array.astype(\"uint8\") 或 \"float32\""),
            ));
        }
    };
    match order {
        "<" | "|" | "=" => Ok(Number { kind, size, big_endian: false }),
        ">" => Ok(Number { kind, size, big_endian: true }),
        _ => Err(DAMAGED.into()),
    }
}

/// `S12` is of 12 bytes, `U12` of 12 characters.
fn text_of(kind: &str) -> Result<(NumberKind, usize), Words> {
    let (wide, length) = (kind.starts_with('U'), kind.get(1..).and_then(|length| length.parse::<usize>().ok()));
    let size = length.and_then(|length| length.checked_mul(if wide { 4 } else { 1 }));
    match size.filter(|&size| size > 0).ok_or(DAMAGED)? {
        size if size > MAX_TEXT => {
            let en = format!("holds texts of {size} bytes; the limit is {MAX_TEXT}: save short names");
            Err(Words::both(en, format!("文字长 {size} 字节；上限为 {MAX_TEXT}：请用短名称")))
        }
        size => Ok((if wide { NumberKind::WideText } else { NumberKind::Text }, size)),
    }
}

/// As much of Python's literals as such a header has.
struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn has(&mut self, mark: char) -> bool {
        let found = self.rest.trim_start().strip_prefix(mark);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn take(&mut self, mark: char) -> Result<(), Words> {
        if self.has(mark) { Ok(()) } else { Err(DAMAGED.into()) }
    }

    fn string(&mut self) -> Result<&'a str, Words> {
        let quote = if self.has('\'') { '\'' } else { '"' };
        if quote == '"' {
            self.take('"')?;
        }
        let (string, rest) = self.rest.split_once(quote).ok_or(DAMAGED)?;
        self.rest = rest;
        Ok(string)
    }

    fn description(&mut self) -> Result<&'a str, Words> {
        if self.has('[') {
            let fields = text(
                "holds records of several fields: save the field with the images alone",
                "含有多个字段的记录：请只保存图像所在的字段",
            );
            return Err(fields.into());
        }
        self.string()
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let (word, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len()));
        self.rest = rest;
        word
    }

    fn truth(&mut self) -> Result<bool, Words> {
        match self.word() {
            "True" => Ok(true),
            "False" => Ok(false),
            _ => Err(DAMAGED.into()),
        }
    }

    fn tuple(&mut self) -> Result<Vec<u64>, Words> {
        self.take('(')?;
        let mut numbers = Vec::new();
        while !self.has(')') {
            // Python 2 wrote an L behind long integers.
            let number = self.word();
            numbers.push(number.strip_suffix('L').unwrap_or(number).parse().map_err(|_| DAMAGED)?);
            if !self.has(',') {
                self.take(')')?;
                break;
            }
        }
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Layout, Words> {
        let head = [b"\x93NUMPY\x01\x00".as_slice(), &(text.len() as u16).to_le_bytes(), text.as_bytes()].concat();
        layout(&mut head.as_slice())
    }

    #[test]
    fn headers_of_numpy_are_read() {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 28, 28), }          \n";
        let number = Number { kind: NumberKind::Float, size: 4, big_endian: false };
        let expected = Layout { number, shape: vec![10, 28, 28], header: 10 + text.len() as u64, label: None };
        assert_eq!(parse(text), Ok(expected));
        let old = parse("{\"shape\": (5L,), \"fortran_order\": True, \"descr\": \">i8\"}").ok();
        assert_eq!(old.map(|layout| (layout.shape, layout.number.big_endian)), Some((vec![5], true)));
    }

    #[test]
    fn other_headers_are_refused() {
        for (text, part) in [
            ("", "damaged header"),
            ("{'descr': '|u1'", "damaged header"),
            ("{'descr': '|u1', 'shape': (3, 4), }", "says nothing of its fortran_order"),
            ("{'descr': '|u1', 'fortran_order': False}", "says nothing of its shape"),
            ("{'fortran_order': False, 'shape': (3, 4)}", "says nothing of its descr"),
            ("{'descr': '|u1', 'fortran_order': True, 'shape': (3, 4, 5)}", "ascontiguousarray"),
            ("{'descr': '|O', 'fortran_order': False, 'shape': (3,)}", "number type"),
            ("{'descr': '<f1', 'fortran_order': False, 'shape': (3,)}", "float32"),
            ("{'descr': '<U0', 'fortran_order': False, 'shape': (3,)}", "damaged header"),
            ("{'descr': '<U', 'fortran_order': False, 'shape': (3,)}", "damaged header"),
            ("{'descr': '<U999', 'fortran_order': False, 'shape': (3,)}", "texts of 3996 bytes"),
            ("{'descr': '|S99999999999999999999', 'fortran_order': False, 'shape': (3,)}", "damaged header"),
            ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", "several fields"),
            ("{'descr': '|u1', 'fortran_order': False, 'shape': (-3, 4)}", "damaged header"),
            ("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}", "damaged header"),
            ("{'descr': 'é', 'fortran_order': False, 'shape': (9,)}", "numbers of the type"),
            ("{'descr': '', 'fortran_order': False, 'shape': (9,)}", "numbers of the type"),
        ] {
            let reason = parse(text).err().unwrap_or_default();
            assert!(reason.contains(part), "{text}: {reason}");
        }
    }
}
