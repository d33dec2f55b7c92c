//! What a lesson can measure on a run: one closed table, read from a snapshot alone. A new measure is an entry here.

use std::fmt;
use std::str::FromStr;

use crate::settings::Knob;
use crate::text::numbers::significant;
use crate::text::{Text, say, tell};
use crate::train::snapshot::{Init, Phase, Snapshot};
use crate::train::views::Focus;

mod error;
mod reading;
mod table;

pub use error::MeasureError;
pub use table::MEASURES;

/// One kind of measurement.
pub struct Measure {
    /// The name in lesson files.
    pub id: &'static str,
    /// What it is, for people.
    pub name: Text,
    /// What it asks for beside itself.
    pub takes: &'static [Argument],
    /// What is measured in.
    pub unit: Unit,
    /// How far a comparison must be from its bound to hold on another processor, too.
    pub margin: Margin,
    /// What a value says, where that is no number.
    pub flag: Option<fn(f64) -> Text>,
    /// What it is read from.
    pub of: Of,
    /// The phase that it is about, in which it is met although nothing else is measured then.
    pub about: Option<Phase>,
    /// What must be looked at closely for it.
    pub looks: fn(&mut Focus),
    read: fn(&Snapshot, &Arguments) -> Option<Reading>,
}

/// What a measure is read from, which may lag behind the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The run as it stands.
    Now,
    /// What the network is, whatever knobs say.
    State,
    /// The last adaptation of the probe tasks.
    Probes,
    /// Histories, and what is looked at closely.
    Past,
}

/// A value, and of which moment it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Finite.
    pub value: f64,
    /// Meta-iterations done when it was measured.
    pub at: u64,
}

/// What a value is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of its own.
    Number,
    /// The value of a knob, as its field shows it.
    Knob,
    /// A whole number.
    Count,
    /// Decibels.
    Decibels,
    /// A share, told in percent.
    Share,
    /// So many times something else.
    Times,
}

/// How wide a comparison's margin is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Margin {
    /// This share of the bound.
    Relative(f64),
    /// This much.
    Absolute(f64),
}

/// Something that a measure asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Of which start; the learned one if it is not said.
    Init,
    /// Against which start, if against one.
    Over,
    /// After which inner step; the last one that is shown if it is not said.
    Step,
    /// Of which layer, counted from 1.
    Layer,
    /// Of which knob.
    Knob,
}

impl Argument {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Init, Self::Over, Self::Step, Self::Layer, Self::Knob];

    /// Its key in lesson files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Over => "over",
            Self::Step => "step",
            Self::Layer => "layer",
            Self::Knob => "knob",
        }
    }
}

/// What a measure was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// Of which start.
    pub init: Option<Init>,
    /// Against which.
    pub over: Option<Init>,
    /// After which inner step.
    pub step: Option<usize>,
    /// Of which layer, from 1.
    pub layer: Option<usize>,
    /// Of which knob.
    pub knob: Option<Knob>,
}

impl Arguments {
    fn init(&self) -> Init {
        self.init.unwrap_or(Init::Learned)
    }
}

/// A measure with what it is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The measure.
    pub measure: &'static Measure,
    /// What it is asked for.
    pub arguments: Arguments,
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        self.measure.id == other.measure.id && self.arguments == other.arguments
    }
}

/// The name of a start in lesson files.
pub fn id_of(init: Init) -> &'static str {
    match init {
        Init::Learned => "learned",
        Init::Random => "random",
        Init::Joint => "pretrained",
    }
}

/// The start of this name.
///
/// # Errors
/// If there is none.
pub fn init_named(key: &'static str, value: &str) -> Result<Init, MeasureError> {
    let found = Init::ALL.into_iter().find(|init| id_of(*init) == value);
    let known = || Init::ALL.map(id_of).join(", ");
    found.ok_or_else(|| MeasureError::Value { key, value: value.to_owned(), known: known() })
}

impl Asked {
    /// The measure of this id with what it is asked for.
    ///
    /// # Errors
    /// If there is no such measure, or it takes something else.
    pub fn new(id: &str, arguments: Arguments) -> Result<Self, MeasureError> {
        let measure = MEASURES.iter().find(|measure| measure.id == id);
        let measure = measure.ok_or_else(|| MeasureError::Unknown { name: id.to_owned() })?;
        let given = [
            (Argument::Init, arguments.init.is_some()),
            (Argument::Over, arguments.over.is_some()),
            (Argument::Step, arguments.step.is_some()),
            (Argument::Layer, arguments.layer.is_some()),
            (Argument::Knob, arguments.knob.is_some()),
        ];
        for (argument, given) in given {
            let takes = measure.takes.contains(&argument);
            let needs = takes && matches!(argument, Argument::Layer | Argument::Knob);
            if given && !takes {
                let key = argument.key().to_owned();
                return Err(MeasureError::Argument { measure: measure.id, key, takes: measure.takes });
            }
            if needs && !given {
                return Err(MeasureError::Missing { measure: measure.id, key: argument.key() });
            }
        }
        Ok(Self { measure, arguments })
    }

    /// What it reads; `None` where there is nothing to read, or it is not finite.
    pub fn read(&self, snapshot: &Snapshot) -> Option<Reading> {
        (self.measure.read)(snapshot, &self.arguments).filter(|reading| reading.value.is_finite())
    }

    /// The same; `None` as well where something was done to the run since it was measured.
    pub fn read_fresh(&self, snapshot: &Snapshot) -> Option<Reading> {
        let journal = &snapshot.journal;
        self.read(snapshot).filter(|reading| match self.measure.of {
            Of::Now => true,
            Of::State => journal.last().is_none_or(|deed| reading.at >= deed.at()),
            Of::Probes => snapshot.evaluation.as_ref().is_some_and(|evaluation| evaluation.deeds == journal.len()),
            Of::Past => journal.last().is_none_or(|deed| reading.at > deed.at()),
        })
    }

    /// What it is, with what it is asked for: “PSNR of the learned start at k = 5”.
    pub fn said(&self) -> String {
        let Arguments { init, over, step, layer, knob } = &self.arguments;
        if let Some(knob) = knob {
            return knob.label.get().to_owned();
        }
        let takes = |argument| self.measure.takes.contains(&argument);
        let name = self.measure.name.get();
        let of = takes(Argument::Init).then(|| init.unwrap_or(Init::Learned));
        tell(
            || {
                let of = of.map_or_else(String::new, |init| format!(" of the {}", init.name()));
                let over = over.map_or_else(String::new, |init| format!(" against the {}", init.name()));
                let layer = layer.map_or_else(String::new, |layer| format!(" of layer {layer}"));
                let step = step.map_or_else(String::new, |step| format!(" at k = {step}"));
                format!("{name}{layer}{of}{over}{step}")
            },
            || {
                let step = step.map_or_else(String::new, |step| format!("k = {step} 时"));
                let of = of.map_or("", Init::name);
                let over = over.map_or_else(String::new, |init| format!("相对{}", init.name()));
                let layer = layer.map_or_else(String::new, |layer| format!("第 {layer} 层"));
                let joint = match step.is_empty() && of.is_empty() {
                    true => "",
                    // Letters of the other script stand apart.
                    false if name.starts_with(|letter: char| letter.is_ascii()) => "的 ",
                    false => "的",
                };
                format!("{step}{of}{over}{layer}{joint}{name}")
            },
        )
    }

    /// As in a text of a lesson: `psnr init=random step=5`.
    pub fn to_text(&self) -> String {
        let Arguments { init, over, step, layer, knob } = &self.arguments;
        let given = [
            init.map(|init| format!(" init={}", id_of(init))),
            over.map(|over| format!(" over={}", id_of(over))),
            step.map(|step| format!(" step={step}")),
            layer.map(|layer| format!(" layer={layer}")),
            knob.map(|knob| format!(" knob={}", knob.key())),
        ];
        given.into_iter().flatten().fold(self.measure.id.to_owned(), |text, given| text + &given)
    }
}

impl FromStr for Asked {
    type Err = MeasureError;

    fn from_str(text: &str) -> Result<Self, MeasureError> {
        let mut words = text.split_whitespace();
        let id = words.next().unwrap_or_default();
        let mut arguments = Arguments::default();
        for word in words {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            let number = |key: &'static str| {
                let known = || say("0, 1, 2, …", "0、1、2……").to_owned();
                value.parse().map_err(|_| MeasureError::Value { key, value: value.to_owned(), known: known() })
            };
            match key {
                "init" => arguments.init = Some(init_named("init", value)?),
                "over" => arguments.over = Some(init_named("over", value)?),
                "step" => arguments.step = Some(number("step")?),
                "layer" => arguments.layer = Some(number("layer")?),
                "knob" => {
                    let none = |known| MeasureError::Value { key: "knob", value: value.to_owned(), known };
                    arguments.knob = Some(Knob::named(value).map_err(none)?);
                }
                _ => {
                    let measure = MEASURES.iter().find(|measure| measure.id == id);
                    let measure = measure.ok_or_else(|| MeasureError::Unknown { name: id.to_owned() })?;
                    let (key, takes) = (key.to_owned(), measure.takes);
                    return Err(MeasureError::Argument { measure: measure.id, key, takes });
                }
            }
        }
        Self::new(id, arguments)
    }
}

impl Unit {
    /// A value in words.
    pub fn said(self, value: f64) -> String {
        match self {
            Self::Number => significant(value),
            Self::Knob => {
                let text = significant(value);
                let plain = text.contains('.') && text.bytes().all(|letter| letter == b'.' || letter.is_ascii_digit());
                if plain { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
            }
            Self::Count => format!("{value:.0}"),
            Self::Decibels => format!("{value:.1}\u{a0}dB").replace('-', "−"),
            Self::Share if (100.0 * value).abs() < 9.95 => format!("{}\u{a0}%", (1000.0 * value).round() / 10.0),
            Self::Share => format!("{:.0}\u{a0}%", 100.0 * value),
            Self::Times => {
                let value = significant(value);
                tell(|| format!("{value}\u{a0}×"), || format!("{value}\u{a0}倍"))
            }
        }
    }

    /// What stands between a value and the Chinese word after it.
    pub fn gap(self) -> &'static str {
        if self == Self::Times { "" } else { " " }
    }
}

impl Margin {
    /// How wide it is at this bound.
    pub fn at(self, bound: f64) -> f64 {
        match self {
            Self::Relative(share) => share * bound.abs(),
            Self::Absolute(width) => width,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_read_as_it_is_written() {
        for text in ["meta-iteration", "psnr init=random step=5", "loss over=pretrained", "knob knob=inner_rate"] {
            assert_eq!(text.parse::<Asked>().unwrap().to_text(), text);
        }
    }

    #[test]
    fn a_knob_is_told_without_zeros_at_its_end() {
        let said = [1.0, 20.0, 0.25, 0.031, 200.0].map(|value| Unit::Knob.said(value));
        assert_eq!(said, ["1", "20", "0.25", "0.031", "200"]);
    }

    #[test]
    fn what_a_measure_does_not_take_is_refused_by_name() {
        let refused = |text: &str| text.parse::<Asked>().unwrap_err().to_string();
        assert!(refused("beauty").contains("“beauty”"));
        assert!(refused("agreement step=1").contains("takes no step"));
        assert!(refused("psnr init=mine").contains("“mine”"));
        assert!(refused("psnr colour=red").contains("takes no colour"));
        assert!(refused("movement").contains("needs layer"));
        assert!(refused("psnr step=first").contains("“first”"));
    }

    #[test]
    fn names_are_unique() {
        for (index, measure) in MEASURES.iter().enumerate() {
            assert!(MEASURES[..index].iter().all(|other| other.id != measure.id), "{}", measure.id);
        }
    }
}
