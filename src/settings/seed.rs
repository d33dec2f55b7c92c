//! How a file holds a seed: as a number, or, as TOML has none above 2^63 - 1, as the digits of one.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize as _, Serializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(u64),
    Digits(String),
}

/// Writes a seed.
///
/// # Errors
/// The serialiser's.
pub fn serialize<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(*seed) {
        Ok(seed) => seed.serialize(serializer),
        Err(_) => serializer.collect_str(seed),
    }
}

/// Reads a seed.
///
/// # Errors
/// If it is none.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let seed = match Written::deserialize(deserializer) {
        Ok(Written::Number(seed)) => Some(seed),
        Ok(Written::Digits(digits)) => digits.parse().ok(),
        Err(_) => None,
    };
    seed.ok_or_else(|| D::Error::custom("a seed is a whole number from 0 to 2^64 - 1"))
}
