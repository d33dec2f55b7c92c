//! What a sweep varies: a setting and its values, as typed (`inner-rate=1e-3..1`, `algorithm=maml,fomaml`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::settings::table::{self, Field, Setting, setting};
use crate::settings::{Algorithm, NoSuch, Settings};
use crate::text::numbers::rounded;
use crate::text::{Text, Words, say, tell, text};

const ALGORITHM: &Setting = setting("run.algorithm");

/// A setting that a sweep can vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Swept(pub &'static Setting);

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
    #[error("{}", no_axis(.0))]
    Shape(String),
    /// No such setting.
    #[error("{}", unknown(.0))]
    Unknown(String),
    /// No value of it.
    #[error("{}", tell(
        || format!("{name} = {text} is not {advice}"),
        || format!("{name} = {text} 不行，应填：{advice}"),
    ))]
    Value {
        /// The setting.
        name: String,
        /// As typed.
        text: String,
        /// What is.
        advice: Words,
    },
    /// Not upwards.
    #[error("{}", tell(
        || format!("{name} goes from {low} to {high}: write the lower end first"),
        || format!("{name} 从 {low} 到 {high}：请先写较小的一端"),
    ))]
    Reversed {
        /// The setting.
        name: String,
        /// First.
        low: f64,
        /// Second.
        high: f64,
    },
    /// A range of algorithms.
    #[error(
        "{}",
        say(
            "algorithms have no order: list them, as in algorithm=maml,fomaml,reptile",
            "算法没有顺序：请逐个列出，例如 algorithm=maml,fomaml,reptile",
        )
    )]
    NoRange,
    /// No such algorithm.
    #[error(transparent)]
    NoAlgorithm(#[from] NoSuch),
    /// No grid.
    #[error("{}", no_grid(.0))]
    Cells(String),
}

fn no_axis(text: &str) -> String {
    tell(
        || format!("“{text}” is not an axis: write NAME=LOW..HIGH, as in inner-rate=1e-3..1, or NAME=A,B,C"),
        || format!("“{text}”不是一个轴：请写成 NAME=LOW..HIGH，例如 inner-rate=1e-3..1，或 NAME=A,B,C"),
    )
}

fn no_grid(text: &str) -> String {
    tell(
        || format!("“{text}” is not a number of cells: write COLUMNSxROWS, as in 8x8, each at least 1"),
        || format!("“{text}”不是格数：请写成 COLUMNSxROWS，例如 8x8，各至少为 1"),
    )
}

fn unknown(id: &str) -> String {
    let names = Swept::all().map(Swept::id).collect::<Vec<_>>().join(", ");
    tell(
        || format!("there is no setting “{id}” to vary: choose one of {names}"),
        || format!("没有可以改变的设置“{id}”：请从 {names} 中选择"),
    )
}

impl Swept {
    /// α.
    pub const INNER_RATE: Self = Self(setting("live.inner_rate"));
    /// β.
    pub const OUTER_RATE: Self = Self(setting("live.outer_rate"));

    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        table::all().filter(|setting| setting.axis.is_some()).chain([ALGORITHM]).map(Self)
    }

    /// The name on the command line.
    pub fn id(self) -> String {
        if self.is_width() { "width".to_owned() } else { self.0.option() }
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        if self.is_width() { say("Hidden width", "隐藏层宽度") } else { self.0.label.get() }
    }

    /// The values that an axis begins with, as typed.
    pub fn usual_values(self) -> String {
        self.0.axis.map_or_else(|| Algorithm::ALL.map(Algorithm::id).join(", "), str::to_owned)
    }

    fn is_width(self) -> bool {
        matches!(self.0.field, Field::Widths(_))
    }

    /// Whether its values are spaced logarithmically; the others lie evenly, or are names.
    pub fn is_logarithmic(self) -> bool {
        self.0.range().is_some_and(|range| range.logarithmic && !range.whole)
    }

    /// The value in these settings; of several hidden widths the first.
    pub fn get(self, settings: &Settings) -> Value {
        let number = || self.0.number(settings).unwrap_or_default();
        if self.0 == ALGORITHM { Value::Algorithm(settings.run.algorithm) } else { Value::Number(number()) }
    }

    /// Sets the value; a width is set for every hidden layer.
    pub fn set(self, settings: &mut Settings, value: Value) {
        match value {
            Value::Algorithm(algorithm) => settings.run.algorithm = algorithm,
            Value::Number(number) => self.0.set_number(settings, number),
        }
        settings.run.fit_inner_rate &= self != Self::INNER_RATE;
    }

    /// Why such runs do not depend on it, or `None` if they do.
    pub fn why_no_effect(self, settings: &Settings) -> Option<Text> {
        let run = &settings.run;
        // Where rates are learned this is what they start from, so it counts in every new run.
        let reason = self.0.why_dead(run).filter(|_| self != Self::INNER_RATE);
        let linear = self.is_width() && run.network.hidden.is_empty();
        reason.or_else(|| linear.then_some(text("the network has no hidden layer", "该网络没有隐藏层")))
    }

    /// That a cell's value is not above its range is for its settings to say.
    fn number(self, typed: &str) -> Result<f64, AxisError> {
        let value: Option<f64> = typed.trim().parse().ok().filter(|value: &f64| value.is_finite());
        let count = self.0.range().filter(|range| range.whole);
        let wrong = match (value, count) {
            (None, _) => text("a number", "一个数").into(),
            (Some(value), Some(range)) if value < range.low || value.fract() != 0.0 => Words::told(|| range.advice()),
            (Some(value), _) if self.is_logarithmic() && value <= 0.0 => {
                text("above 0, as it must be: the axis is logarithmic", "大于 0 的数，因为该轴是对数刻度").into()
            }
            (Some(value), _) => return Ok(value),
        };
        Err(AxisError::Value { name: self.id(), text: typed.trim().to_owned(), advice: wrong })
    }

    fn value(self, text: &str) -> Result<Value, AxisError> {
        if self.0 != ALGORITHM {
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
        let swept = Swept::all().find(|swept| swept.id() == name.trim().replace('_', "-"));
        let swept = swept.ok_or_else(|| AxisError::Unknown(name.trim().to_owned()))?;
        if values.trim().is_empty() {
            return Err(AxisError::Shape(text.to_owned()));
        }
        let given = match values.split_once("..") {
            Some(_) if swept.0 == ALGORITHM => return Err(AxisError::NoRange),
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
    /// digits, of another number evenly spaced and rounded alike, of a count to a whole one. Values that rounding makes equal are one; a list
    /// keeps its own values.
    pub fn axis(&self, cells: usize) -> Axis {
        let values = match self.given {
            Given::List(ref values) => values.clone(),
            Given::Between(low, high) => {
                let last = cells.max(2) - 1;
                let whole = self.swept.0.range().is_some_and(|range| range.whole);
                let at = |i: usize| match (i, i as f64 / last as f64) {
                    (0, _) => low,
                    (i, _) if i == last => high,
                    (_, share) if self.swept.is_logarithmic() => rounded(low * (high / low).powf(share), 3),
                    (_, share) if whole => (low + (high - low) * share).round(),
                    (_, share) => rounded(low + (high - low) * share, 3),
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
    use crate::settings::TaskFamily;

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
        assert_eq!(values("noise=0..1", 4), ["0", "0.333", "0.667", "1"]);
        assert_eq!(values("warm-up=0..100", 3), ["0", "50", "100"]);
        assert_eq!(values("outer-rate=0.1..0.1", 5), ["0.1"]);
        assert_eq!(values("outer-rate=0.1..0.2", 1), ["0.1"]);
        assert_eq!(values("algorithm=reptile,meta-sgd", 7), ["reptile", "meta-sgd"]);
    }

    #[test]
    fn every_axis_begins_with_values_that_a_run_can_have() {
        for swept in Swept::all() {
            let axis = format!("{}={}", swept.id(), swept.usual_values()).parse::<Range>().unwrap().axis(4);
            assert!(axis.values.len() > 1, "{swept:?}");
            for value in axis.values {
                let mut settings = Settings::preset(TaskFamily::named("sine"), Algorithm::default());
                swept.set(&mut settings, value);
                assert_eq!((settings.validate(), swept.get(&settings)), (Ok(()), value), "{swept:?}");
            }
        }
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
