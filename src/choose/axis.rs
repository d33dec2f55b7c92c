//! What a sweep varies: a setting and its values, as typed (`inner-rate=1e-3..1`, `algorithm=maml,fomaml`).

use std::fmt;
use std::str::FromStr;

use crate::meta::recipe::NoAlgorithm;
use serde::{Deserialize, Serialize};

use crate::settings::{Algorithm, Knob, Settings, TaskFamily};

/// A setting that a sweep can vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    /// α.
    InnerRate,
    /// β.
    OuterRate,
    /// K.
    InnerSteps,
    /// Tasks per meta-iteration.
    MetaBatch,
    /// Support points per training task.
    Shots,
    /// Width of every hidden layer.
    Width,
    /// The algorithm.
    Algorithm,
}

/// A value of such a setting.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A rate or a count.
    Number(f64),
    /// An algorithm.
    Algorithm(Algorithm),
}

/// An axis of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The setting.
    pub swept: Swept,
    /// Its values in order; never empty.
    pub values: Vec<Value>,
}

/// An axis as typed, before it is known how many values it shall have.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    swept: Swept,
    given: Given,
}

#[derive(Clone, Debug, PartialEq)]
enum Given {
    Between(f64, f64),
    List(Vec<Value>),
}

/// How many values each axis shall have, as typed: `8x8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cells(pub [usize; 2]);

/// What is wrong with an axis.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AxisError {
    /// Neither a range nor a list.
    #[error("“{0}” is not an axis: write NAME=LOW..HIGH, as in inner-rate=1e-3..1, or NAME=A,B,C")]
    Shape(String),
    /// No such setting.
    #[error("there is no setting “{0}” to vary: choose one of {names}", names = Swept::ALL.map(Swept::id).join(", "))]
    Unknown(String),
    /// No number.
    #[error("{name} = “{text}” is not a number")]
    NotANumber {
        /// The setting.
        name: &'static str,
        /// As typed.
        text: String,
    },
    /// A count with a fraction.
    #[error("{name} = {value} is not a whole number above 0")]
    NotACount {
        /// The setting.
        name: &'static str,
        /// As typed.
        value: f64,
    },
    /// A logarithm that does not exist.
    #[error("{name} = {value} cannot be on the axis: its values are spaced logarithmically, so they must be above 0")]
    NotPositive {
        /// The setting.
        name: &'static str,
        /// As typed.
        value: f64,
    },
    /// Not upwards.
    #[error("{name} goes from {low} to {high}: write the lower end first")]
    Reversed {
        /// The setting.
        name: &'static str,
        /// First.
        low: f64,
        /// Second.
        high: f64,
    },
    /// A range of algorithms.
    #[error("algorithms have no order: list them, as in algorithm=maml,fomaml,reptile")]
    NoRange,
    /// No such algorithm.
    #[error(transparent)]
    NoAlgorithm(#[from] NoAlgorithm),
    /// No grid.
    #[error("“{0}” is not a number of cells: write COLUMNSxROWS, as in 8x8, each at least 1")]
    Cells(String),
}

impl Swept {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::InnerRate,
        Self::OuterRate,
        Self::InnerSteps,
        Self::MetaBatch,
        Self::Shots,
        Self::Width,
        Self::Algorithm,
    ];

    /// The name on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::InnerRate => "inner-rate",
            Self::OuterRate => "outer-rate",
            Self::InnerSteps => "inner-steps",
            Self::MetaBatch => "meta-batch",
            Self::Shots => "shots",
            Self::Width => "width",
            Self::Algorithm => "algorithm",
        }
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match (self.knob(), self) {
            (Some(knob), _) => knob.label(),
            (None, Self::Width) => "Hidden width",
            (None, _) => "Algorithm",
        }
    }

    /// Whether its values are spaced logarithmically; the others are whole numbers or names.
    pub fn is_logarithmic(self) -> bool {
        matches!(self, Self::InnerRate | Self::OuterRate)
    }

    fn knob(self) -> Option<Knob> {
        match self {
            Self::InnerRate => Some(Knob::InnerRate),
            Self::OuterRate => Some(Knob::OuterRate),
            Self::InnerSteps => Some(Knob::InnerSteps),
            Self::MetaBatch => Some(Knob::MetaBatch),
            Self::Shots => Some(Knob::Shots),
            Self::Width | Self::Algorithm => None,
        }
    }

    /// The value in these settings; of several hidden widths the first.
    pub fn get(self, settings: &Settings) -> Value {
        match (self.knob(), self) {
            (Some(knob), _) => Value::Number(knob.get(&settings.live)),
            (None, Self::Algorithm) => Value::Algorithm(settings.run.algorithm),
            (None, _) => Value::Number(settings.run.network.hidden.first().copied().unwrap_or(0) as f64),
        }
    }

    /// Sets the value; a width is set for every hidden layer.
    pub fn set(self, settings: &mut Settings, value: Value) {
        match (value, self.knob()) {
            (Value::Algorithm(algorithm), _) => settings.run.algorithm = algorithm,
            (Value::Number(number), Some(knob)) => {
                knob.set(&mut settings.live, number);
                settings.run.fit_inner_rate &= knob != Knob::InnerRate;
            }
            (Value::Number(number), None) => {
                settings.run.network.hidden.iter_mut().for_each(|width| *width = number.round().max(0.0) as usize);
            }
        }
    }

    /// Why such runs do not depend on it, or `None` if they do.
    pub fn why_no_effect(self, settings: &Settings) -> Option<&'static str> {
        let run = &settings.run;
        match self {
            Self::Width if run.tasks == TaskFamily::Plane => Some("the plane family's model has no hidden layer"),
            Self::Width if run.network.hidden.is_empty() => Some("the network has no hidden layer"),
            // Where rates are learned this is what they start from, so it counts in every new run.
            Self::InnerRate => None,
            _ => self.knob().and_then(|knob| knob.why_disabled(run)),
        }
    }

    fn check(self, value: f64) -> Result<f64, AxisError> {
        let name = self.id();
        if self.is_logarithmic() {
            return if value > 0.0 { Ok(value) } else { Err(AxisError::NotPositive { name, value }) };
        }
        if value >= 1.0 && value.fract() == 0.0 { Ok(value) } else { Err(AxisError::NotACount { name, value }) }
    }

    fn number(self, text: &str) -> Result<f64, AxisError> {
        let wrong = || AxisError::NotANumber { name: self.id(), text: text.to_owned() };
        let value: f64 = text.trim().parse().map_err(|_| wrong())?;
        if value.is_finite() { self.check(value) } else { Err(wrong()) }
    }

    fn value(self, text: &str) -> Result<Value, AxisError> {
        if self != Self::Algorithm {
            return self.number(text).map(Value::Number);
        }
        Ok(Value::Algorithm(text.parse()?))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Algorithm(algorithm) => f.write_str(algorithm.id()),
        }
    }
}

impl FromStr for Range {
    type Err = AxisError;

    fn from_str(text: &str) -> Result<Self, AxisError> {
        let (name, values) = text.split_once('=').ok_or_else(|| AxisError::Shape(text.to_owned()))?;
        let swept = Swept::ALL.into_iter().find(|swept| swept.id() == name.trim().replace('_', "-"));
        let swept = swept.ok_or_else(|| AxisError::Unknown(name.trim().to_owned()))?;
        if values.trim().is_empty() {
            return Err(AxisError::Shape(text.to_owned()));
        }
        let given = match values.split_once("..") {
            Some(_) if swept == Swept::Algorithm => return Err(AxisError::NoRange),
            Some((low, high)) => {
                let (low, high) = (swept.number(low)?, swept.number(high)?);
                if low > high {
                    return Err(AxisError::Reversed { name: swept.id(), low, high });
                }
                Given::Between(low, high)
            }
            None => Given::List(values.split(',').map(|text| swept.value(text)).collect::<Result<_, _>>()?),
        };
        Ok(Self { swept, given })
    }
}

impl Range {
    /// The axis with so many values: of a rate evenly spaced on a logarithmic scale and rounded to three
    /// digits, of a count evenly spaced and rounded. Values that rounding makes equal are one; a list
    /// keeps its own values.
    pub fn axis(&self, cells: usize) -> Axis {
        let values = match self.given {
            Given::List(ref values) => values.clone(),
            Given::Between(low, high) => {
                let last = cells.max(2) - 1;
                let at = |i: usize| match (i, self.swept.is_logarithmic()) {
                    (0, _) => low,
                    (i, _) if i == last => high,
                    (i, true) => three_digits(low * (high / low).powf(i as f64 / last as f64)),
                    (i, false) => (low + (high - low) * i as f64 / last as f64).round(),
                };
                (0..cells.max(1)).map(|i| Value::Number(at(i))).collect()
            }
        };
        let mut axis = Axis { swept: self.swept, values: Vec::new() };
        for value in values {
            if !axis.values.contains(&value) {
                axis.values.push(value);
            }
        }
        axis
    }
}

fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

impl Axis {
    /// Where a value lies, in cells from the middle of the first; `None` if it lies outside or between names.
    pub fn place(&self, value: Value) -> Option<f64> {
        if let Some(index) = self.values.iter().position(|&own| own == value) {
            return Some(index as f64);
        }
        let Value::Number(value) = value else { return None };
        let scale = |value: f64| if self.swept.is_logarithmic() { value.ln() } else { value };
        self.values.windows(2).enumerate().find_map(|(index, pair)| match *pair {
            [Value::Number(low), Value::Number(high)] if low < value && value < high => {
                Some(index as f64 + (scale(value) - scale(low)) / (scale(high) - scale(low)))
            }
            _ => None,
        })
    }
}

impl FromStr for Cells {
    type Err = AxisError;

    fn from_str(text: &str) -> Result<Self, AxisError> {
        let wrong = || AxisError::Cells(text.to_owned());
        let (columns, rows) = text.split_once('x').ok_or_else(wrong)?;
        let count = |text: &str| text.trim().parse().ok().filter(|&count: &usize| count > 0).ok_or_else(wrong);
        Ok(Self([count(columns)?, count(rows)?]))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn values(text: &str, cells: usize) -> Vec<String> {
        text.parse::<Range>().unwrap().axis(cells).values.iter().map(Value::to_string).collect()
    }

    #[test]
    fn rates_are_spaced_logarithmically_and_counts_evenly() {
        assert_eq!(values("inner-rate=1e-3..1", 4), ["0.001", "0.01", "0.1", "1"]);
        assert_eq!(values("inner_rate=1e-3..1", 3), ["0.001", "0.0316", "1"]);
        assert_eq!(values("inner-steps=1..10", 4), ["1", "4", "7", "10"]);
        assert_eq!(values("inner-steps=1..3", 8), ["1", "2", "3"], "equal ones are one");
        assert_eq!(values("shots=5,1", 9), ["5", "1"]);
        assert_eq!(values("outer-rate=0.1..0.1", 5), ["0.1"]);
        assert_eq!(values("outer-rate=0.1..0.2", 1), ["0.1"]);
        assert_eq!(values("algorithm=reptile,meta-sgd", 7), ["reptile", "meta-sgd"]);
    }

    #[test]
    fn mistakes_say_what_to_do() {
        for (text, part) in [
            ("inner-rate", "NAME=LOW..HIGH"),
            ("inner-rate=", "NAME=LOW..HIGH"),
            ("speed=1..2", "choose one of inner-rate, outer-rate"),
            ("inner-rate=1..1e-3", "lower end first"),
            ("inner-rate=0..1", "above 0"),
            ("outer-rate=-1..1", "above 0"),
            ("inner-rate=fast..1", "not a number"),
            ("inner-rate=1e-3..inf", "not a number"),
            ("inner-steps=1..2.5", "whole number"),
            ("inner-steps=0..3", "whole number"),
            ("algorithm=maml..reptile", "list them"),
            ("algorithm=mamal", "choose from maml"),
        ] {
            let error = text.parse::<Range>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        for text in ["8", "0x3", "3x", "axb"] {
            assert!(text.parse::<Cells>().unwrap_err().to_string().contains("8x8"), "{text}");
        }
    }

    #[test]
    fn a_value_between_two_cells_has_its_place() {
        let axis = "inner-rate=1e-3..1".parse::<Range>().unwrap().axis(4);
        assert_eq!(axis.place(Value::Number(0.01)), Some(1.0));
        assert!((axis.place(Value::Number(0.1f64.sqrt())).unwrap() - 2.5).abs() < 1e-12);
        assert_eq!(axis.place(Value::Number(2.0)), None);
    }
}
