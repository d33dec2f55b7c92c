//! Numbers as people read them.

/// Three significant digits; very large and very small values with a power of ten.
pub fn significant(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let exponent = value.abs().log10().floor() as i32;
    if !(-4..6).contains(&exponent) {
        return format!("{value:.2e}");
    }
    if exponent >= 3 {
        return thousands(value.round() as i64);
    }
    format!("{value:.*}", (2 - exponent).max(0) as usize)
}

/// The nearest number with so many significant digits, at least one.
pub fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// A number with its noun.
pub fn plural(number: impl TryInto<i64> + PartialEq + From<u8>, one: &str, many: &str) -> String {
    let noun = if number == From::from(1) { one } else { many };
    format!("{} {noun}", thousands(number))
}

/// A whole number with a comma after every three digits.
pub fn thousands(value: impl TryInto<i64>) -> String {
    let value: i64 = value.try_into().unwrap_or(i64::MAX);
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
