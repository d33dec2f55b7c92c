//! Numbers as people read them: three significant digits, thousands separators, powers of ten.

use crate::settings::Knob;
use crate::settings::table::Range;
pub use crate::text::numbers::{plural, rounded, significant, thousands};
use crate::text::{say, tell};

/// The same without trailing zeros, as a value that a person would type.
pub fn compact(value: f64) -> String {
    let text = significant(value);
    let (digits, power) = text.split_at(text.find('e').unwrap_or(text.len()));
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    format!("{digits}{power}")
}

/// So many decimals; what they round to zero has no sign.
pub fn decimals(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(size) if size.bytes().all(|byte| matches!(byte, b'0' | b'.')) => size.to_owned(),
        _ => text,
    }
}

/// A knob's value as a person would type it.
pub fn knob_value(knob: Knob, value: f64) -> String {
    if knob.range().whole { thousands(value.round() as i64) } else { compact(value) }
}

/// Reads what a person typed: thousands separators and a decimal comma are understood.
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim().replace(['\u{a0}', ' ', '_'], "");
    let commas = text.matches(',').count();
    let grouped = commas > 0
        && text.split(',').skip(1).all(|group| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit()));
    let leading_zero = text.starts_with("0,") || text.starts_with("-0,");
    let text = match commas {
        0 => text,
        1 if !grouped || leading_zero => text.replace(',', "."),
        _ if grouped => text.replace(',', ""),
        _ => return None,
    };
    text.parse().ok()
}

/// Reads a number of a range that a person typed.
///
/// # Errors
/// What is wrong with it, and what to type.
pub fn read(name: &str, range: Range, text: &str) -> Result<f64, String> {
    let wrong = match parse(text) {
        None => say("This is not a number", "这不是一个数"),
        Some(value) if !range.has(value) => say("Out of range", "超出范围"),
        Some(value) if range.whole && value.fract() != 0.0 => say("Not a whole number", "不是整数"),
        Some(value) => return Ok(value),
    };
    let advice = range.advice();
    Err(tell(|| format!("{wrong}. {name}: {advice}"), || format!("{wrong}。{name}：{advice}")))
}

/// "10⁻³" for -3.
pub fn power_of_ten(exponent: i32) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let mut text = "10".to_owned();
    if exponent < 0 {
        text.push('⁻');
    }
    text.extend(exponent.unsigned_abs().to_string().bytes().map(|digit| RAISED[usize::from(digit - b'0')]));
    text
}

/// Round values that divide `low..high` into about `count` parts.
pub fn ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || count == 0 {
        return Vec::new();
    }
    let raw = span / count as f64;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= raw * 0.999)
        .unwrap_or(power);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last).map(|index| index as f64 * step).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn three_significant_digits() {
        let cases = [
            (0.0, "0"),
            (0.012_345, "0.0123"),
            (1.234_5, "1.23"),
            (24.06, "24.1"),
            (123.4, "123"),
            (12_345.0, "12,345"),
            (-0.5, "-0.500"),
            (0.000_012_3, "1.23e-5"),
            (f64::INFINITY, "∞"),
            (f64::NAN, "-"),
        ];
        for (value, text) in cases {
            assert_eq!(significant(value), text);
        }
    }

    #[test]
    fn compact_values_read_back() {
        for (value, text) in
            [(0.1, "0.1"), (1e-3, "0.001"), (1e-5, "1e-5"), (2.5e-6, "2.5e-6"), (1.0, "1"), (100.0, "100")]
        {
            assert_eq!(compact(value), text);
            assert_eq!(parse(text), Some(value));
        }
    }

    #[test]
    fn what_a_slider_gives_is_what_its_field_shows() {
        for value in [0.123_456, 7.777_7, 0.000_299_9] {
            let slid = rounded(value, 3);
            assert_eq!(parse(&compact(slid)), Some(slid));
        }
    }

    #[test]
    fn what_people_type() {
        let cases = [
            ("1,284", Some(1284.0)),
            ("0,5", Some(0.5)),
            (" 1e-3 ", Some(1e-3)),
            ("fast", None),
            ("0,125", Some(0.125)),
            ("", None),
        ];
        for (text, value) in cases {
            assert_eq!(parse(text), value, "{text}");
        }
    }

    #[test]
    fn typed_values_of_a_range() {
        let [rate, count] = [Knob::INNER_RATE, Knob::INNER_STEPS].map(Knob::range);
        assert_eq!((read("α", rate, "0.25"), read("K", count, "8")), (Ok(0.25), Ok(8.0)));
        for (range, text, part) in [
            (rate, "fast", "not a number. α: a number from 1e-4 to 10"),
            (rate, "11", "Out of range. α: a number from 1e-4 to 10"),
            (rate, "NaN", "Out of range"),
            (count, "2.5", "Not a whole number. α: a whole number from 1 to 20"),
        ] {
            let error = read("α", range, text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn separators_powers_and_ticks() {
        assert_eq!([0, 999, 1284, -1_000_000].map(thousands), ["0", "999", "1,284", "-1,000,000"]);
        assert_eq!([-12, 0, 3].map(power_of_ten), ["10⁻¹²", "10⁰", "10³"]);
        assert_eq!(ticks(-1.2, 1.3, 4), [-1.0, 0.0, 1.0]);
        assert!(ticks(f64::NAN, 1.0, 4).is_empty());
    }
}
