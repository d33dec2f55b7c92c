//! What has to be so: a measure and what it is compared with.

use serde::{Deserialize, Serialize};

use super::measures::{Arguments, Asked, MeasureError, Reading, id_of, init_named};
use crate::settings::Knob;
use crate::text::{say, tell};
use crate::train::snapshot::Snapshot;

/// A measurement that has to come out so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Condition {
    /// What is measured.
    pub asked: Asked,
    /// How it has to come out.
    pub is: Comparison,
    /// For so many meta-iterations on end.
    pub hold: u64,
    /// It counts only while these hold, too.
    pub and: Vec<Condition>,
}

/// How a value has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Comparison {
    /// Greater than this.
    Above(f64),
    /// Less than this.
    Below(f64),
    /// From the first to the second.
    Between(f64, f64),
    /// This whole number.
    Is(f64),
    /// Less than so many times what it was when the step began.
    RatioToStartBelow(f64),
}

/// The shape in a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    measure: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    init: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    over: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layer: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    knob: Option<Knob>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    above: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    between: Option<[f64; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ratio_to_start_below: Option<f64>,
    #[serde(default, skip_serializing_if = "is_zero")]
    hold: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    and: Vec<Condition>,
}

pub(super) fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// Why it is no condition.
#[derive(Debug, thiserror::Error)]
enum ConditionError {
    #[error(transparent)]
    Measure(#[from] MeasureError),
    #[error(
        "a condition on “{measure}” has exactly one of above, below, between, is, ratio_to_start_below: this one has {count}"
    )]
    Comparisons { measure: String, count: usize },
}

impl TryFrom<Written> for Condition {
    type Error = ConditionError;

    fn try_from(written: Written) -> Result<Self, ConditionError> {
        let Written { measure, init, over, step, layer, knob, above, below, between, is, .. } = written;
        let Written { ratio_to_start_below, hold, and, .. } = written;
        let init = init.map(|init| init_named("init", &init)).transpose()?;
        let over = over.map(|over| init_named("over", &over)).transpose()?;
        let asked = Asked::new(&measure, Arguments { init, over, step, layer, knob })?;
        let comparisons = [
            above.map(Comparison::Above),
            below.map(Comparison::Below),
            between.map(|[low, high]| Comparison::Between(low, high)),
            is.map(Comparison::Is),
            ratio_to_start_below.map(Comparison::RatioToStartBelow),
        ];
        let given: Vec<Comparison> = comparisons.into_iter().flatten().collect();
        match given[..] {
            [is] => Ok(Self { asked, is, hold, and }),
            _ => Err(ConditionError::Comparisons { measure, count: given.len() }),
        }
    }
}

impl From<Condition> for Written {
    fn from(condition: Condition) -> Self {
        let Condition { asked, is, hold, and } = condition;
        let Arguments { init, over, step, layer, knob } = asked.arguments;
        let mut written = Self {
            measure: asked.measure.id.to_owned(),
            init: init.map(|init| id_of(init).to_owned()),
            over: over.map(|over| id_of(over).to_owned()),
            step,
            layer,
            knob,
            hold,
            and,
            ..Self::default()
        };
        match is {
            Comparison::Above(bound) => written.above = Some(bound),
            Comparison::Below(bound) => written.below = Some(bound),
            Comparison::Between(low, high) => written.between = Some([low, high]),
            Comparison::Is(value) => written.is = Some(value),
            Comparison::RatioToStartBelow(bound) => written.ratio_to_start_below = Some(bound),
        }
        written
    }
}

/// How strictly a comparison is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// With the margin to spare.
    WithMargin,
    /// As it stands.
    AsItStands,
    /// It need only hold but for the margin.
    Nearly,
}

impl Condition {
    /// What it reads.
    pub fn read(&self, snapshot: &Snapshot) -> Option<Reading> {
        self.asked.read(snapshot)
    }

    /// Whether it holds in a snapshot.
    pub fn holds_in(&self, snapshot: &Snapshot, strictness: Strictness) -> bool {
        self.read(snapshot).is_some_and(|reading| self.holds(reading.value, None, strictness))
    }

    /// Whether a value is as it has to be; `start` is what it was when the step began.
    pub fn holds(&self, value: f64, start: Option<f64>, strictness: Strictness) -> bool {
        let sign = match strictness {
            Strictness::WithMargin => 1.0,
            Strictness::AsItStands => 0.0,
            Strictness::Nearly => -1.0,
        };
        let margin = |bound: f64| sign * self.asked.measure.margin.at(bound);
        match self.is {
            Comparison::Above(bound) => value > bound + margin(bound),
            Comparison::Below(bound) => value < bound - margin(bound),
            Comparison::Between(low, high) => value >= low + margin(low) && value <= high - margin(high),
            Comparison::Is(wanted) => (value - wanted).abs() < 0.5,
            Comparison::RatioToStartBelow(share) => {
                start.is_some_and(|start| value < share * start - margin(share * start))
            }
        }
    }

    /// What has to be so, in words: “α as a multiple of its limit: above 1 ×”.
    pub fn said(&self) -> String {
        let hold = match self.hold {
            0 => String::new(),
            hold => tell(|| format!(", {hold} meta-iterations in a row"), || format!("，连续 {hold} 次元迭代")),
        };
        if let Some(flag) = self.asked.measure.flag {
            let value = match self.is {
                Comparison::Is(value) => value,
                Comparison::Above(_) => 1.0,
                Comparison::Below(_) => -1.0,
                Comparison::Between(..) | Comparison::RatioToStartBelow(_) => 0.0,
            };
            return format!("{}{hold}", flag(value));
        }
        let unit = self.asked.measure.unit;
        let name = self.asked.said();
        let bound = match self.is {
            Comparison::Above(bound) => {
                tell(|| format!("above {}", unit.said(bound)), || format!("高于 {}", unit.said(bound)))
            }
            Comparison::Below(bound) => {
                tell(|| format!("below {}", unit.said(bound)), || format!("低于 {}", unit.said(bound)))
            }
            Comparison::Between(low, high) => {
                let [low, high] = [low, high].map(|bound| unit.said(bound));
                let gap = unit.gap();
                tell(|| format!("between {low} and {high}"), || format!("在 {low}{gap}到 {high}{gap}之间"))
            }
            Comparison::Is(value) => unit.said(value),
            Comparison::RatioToStartBelow(share) => {
                let share = format!("{:.0} %", 100.0 * share);
                tell(|| format!("below {share} of what it was"), || format!("低于开始时的 {share}"))
            }
        };
        format!("{name}{}{bound}{hold}", say(": ", "："))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Condition, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_condition_is_read_as_it_is_written() {
        for text in [
            "measure = \"psnr\"\ninit = \"random\"\nstep = 5\nabove = 20.0\n",
            "measure = \"best-step\"\nis = 3.0\nhold = 50\n",
        ] {
            assert_eq!(toml::to_string(&read(text).unwrap()).unwrap(), text);
        }
    }

    #[test]
    fn a_condition_has_one_comparison() {
        assert!(read("measure = \"loss\"").unwrap_err().contains("this one has 0"));
        assert!(read("measure = \"loss\"\nabove = 1\nbelow = 2").unwrap_err().contains("this one has 2"));
        assert!(read("measure = \"charm\"\nabove = 1").unwrap_err().contains("“charm”"));
    }

    #[test]
    fn a_margin_makes_it_stricter_or_laxer() {
        let above = read("measure = \"psnr\"\nabove = 20.0").unwrap();
        let at = |value, strictness| above.holds(value, None, strictness);
        assert!(at(20.1, Strictness::AsItStands) && !at(20.1, Strictness::WithMargin) && at(19.9, Strictness::Nearly));
        let shrinks = read("measure = \"loss\"\nratio_to_start_below = 0.5").unwrap();
        assert!(shrinks.holds(0.4, Some(1.0), Strictness::WithMargin) && !shrinks.holds(0.4, None, Strictness::Nearly));
    }
}
