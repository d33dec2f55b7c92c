//! Named tensors and facts: what a run is taken apart into to be kept, and put together from. Pure.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use crate::text::tell;

/// Numbers of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// Parameters, and what is as exact.
    Single(Vec<f32>),
    /// Histories, whose meta-iterations want more digits.
    Double(Vec<f64>),
}

/// Numbers with a shape, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its sides, the slowest first.
    pub shape: Vec<usize>,
    /// As many as the product of the sides.
    pub numbers: Numbers,
}

/// Tensors and facts by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Archive {
    /// In the order of their names.
    pub tensors: BTreeMap<String, Tensor>,
    /// Everything else.
    pub facts: Table,
}

/// Why an archive does not hold what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// A tensor or a fact that is not there.
    #[error("{}", tell(|| format!("{name} is missing"), || format!("缺少 {name}")))]
    Missing {
        /// Its name.
        name: String,
    },
    /// A tensor of another kind or size.
    #[error("{}", tell(
        || format!("{name} holds {found}, not {expected}"),
        || format!("{name} 是 {found}，应为 {expected}"),
    ))]
    Tensor {
        /// Its name.
        name: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// A fact that makes no sense, or cannot be written down.
    #[error("{name}: {message}")]
    Fact {
        /// Its name.
        name: String,
        /// What is wrong.
        message: String,
    },
}

/// Kinds of numbers that an archive holds.
pub trait Number: Copy {
    /// As [`Numbers`].
    fn pack(values: &[Self]) -> Numbers;
    /// From [`Numbers`] of the same kind.
    fn unpack(numbers: &Numbers) -> Option<&[Self]>;
    /// What the kind is called.
    const NAME: &'static str;
}

impl Number for f32 {
    const NAME: &'static str = "float32";

    fn pack(values: &[Self]) -> Numbers {
        Numbers::Single(values.to_vec())
    }

    fn unpack(numbers: &Numbers) -> Option<&[Self]> {
        if let Numbers::Single(values) = numbers { Some(values) } else { None }
    }
}

impl Number for f64 {
    const NAME: &'static str = "float64";

    fn pack(values: &[Self]) -> Numbers {
        Numbers::Double(values.to_vec())
    }

    fn unpack(numbers: &Numbers) -> Option<&[Self]> {
        if let Numbers::Double(values) = numbers { Some(values) } else { None }
    }
}

impl Numbers {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Single(values) => values.len(),
            Self::Double(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Single(_) => f32::NAME,
            Self::Double(_) => f64::NAME,
        }
    }
}

impl Archive {
    /// Puts numbers in, row-major; the first side of the shape is found out from their number.
    pub fn put<N: Number>(&mut self, name: impl Into<String>, sides: &[usize], values: &[N]) {
        let row = sides.iter().product::<usize>().max(1);
        let shape = std::iter::once(values.len() / row).chain(sides.iter().copied()).collect();
        self.tensors.insert(name.into(), Tensor { shape, numbers: N::pack(values) });
    }

    /// Numbers that were put in with these sides.
    ///
    /// # Errors
    /// If they are not there, or of another kind or shape.
    pub fn numbers<N: Number>(&self, name: &str, sides: &[usize]) -> Result<&[N], ArchiveError> {
        let tensor = self.tensors.get(name).ok_or_else(|| ArchiveError::Missing { name: name.to_owned() })?;
        let fits = tensor.shape.split_first().is_some_and(|(_, rest)| rest == sides);
        N::unpack(&tensor.numbers).filter(|_| fits).ok_or_else(|| {
            let sides = sides.iter().fold("n".to_owned(), |text, side| format!("{text} x {side}"));
            mismatch(name, tensor, format!("{} of {sides}", N::NAME))
        })
    }

    /// So many numbers.
    ///
    /// # Errors
    /// As [`Self::numbers`]; or if there are more or fewer.
    pub fn exactly<N: Number>(&self, name: &str, sides: &[usize], count: usize) -> Result<&[N], ArchiveError> {
        let values = self.numbers(name, sides)?;
        match self.tensors.get(name).filter(|_| values.len() != count) {
            Some(tensor) => Err(mismatch(name, tensor, format!("{count} numbers"))),
            None => Ok(values),
        }
    }

    /// Puts a fact in.
    ///
    /// # Errors
    /// If TOML cannot hold it.
    pub fn tell(&mut self, name: &str, fact: &impl Serialize) -> Result<(), ArchiveError> {
        let value = toml::Value::try_from(fact).map_err(|error| about(name, &error))?;
        self.facts.insert(name.to_owned(), value);
        Ok(())
    }

    /// A fact that was put in.
    ///
    /// # Errors
    /// If it is not there or something else.
    pub fn fact<T: DeserializeOwned>(&self, name: &str) -> Result<T, ArchiveError> {
        let value = self.facts.get(name).ok_or_else(|| ArchiveError::Missing { name: name.to_owned() })?;
        value.clone().try_into().map_err(|error: toml::de::Error| about(name, &error))
    }
}

fn about(name: &str, error: &dyn std::fmt::Display) -> ArchiveError {
    ArchiveError::Fact { name: name.to_owned(), message: error.to_string() }
}

fn mismatch(name: &str, tensor: &Tensor, expected: String) -> ArchiveError {
    let sides = tensor.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
    let found = format!("{} of {sides}", tensor.numbers.name());
    ArchiveError::Tensor { name: name.to_owned(), found, expected }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out_and_nothing_else_does() {
        let mut archive = Archive::default();
        archive.put("a", &[2], &[1.0f32, 2.0, 3.0, 4.0]);
        archive.put("b", &[], &[0.1f64]);
        archive.tell("c", &vec![f32::INFINITY, 0.1]).unwrap();
        assert_eq!(archive.tensors["a"].shape, [2, 2]);
        assert_eq!(archive.exactly::<f32>("a", &[2], 4).unwrap(), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(archive.numbers::<f64>("b", &[]).unwrap(), [0.1]);
        assert_eq!(archive.fact::<Vec<f32>>("c").unwrap(), [f32::INFINITY, 0.1]);
        let said = |error: ArchiveError| error.to_string();
        assert_eq!(said(archive.numbers::<f32>("x", &[]).unwrap_err()), "x is missing");
        assert_eq!(
            said(archive.numbers::<f64>("a", &[2]).unwrap_err()),
            "a holds float32 of 2 x 2, not float64 of n x 2"
        );
        assert_eq!(
            said(archive.numbers::<f32>("a", &[3]).unwrap_err()),
            "a holds float32 of 2 x 2, not float32 of n x 3"
        );
        assert_eq!(said(archive.exactly::<f32>("a", &[2], 6).unwrap_err()), "a holds float32 of 2 x 2, not 6 numbers");
        assert!(said(archive.fact::<u64>("c").unwrap_err()).starts_with("c: "));
    }
}
