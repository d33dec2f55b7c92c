//! What an entry of the table holds.

use std::fmt;

use toml::Value;

use super::group::Group;
use crate::settings::{ImageSource, LiveSettings, RunSettings, Settings};
use crate::text::{Text, tell, text};

/// One setting.
pub struct Setting {
    /// Where an experiment file has it: its tables, then its key, as in `run.outer.warm_up`.
    pub path: &'static str,
    /// The option on the command line without its dashes, where it is not the key's.
    pub(super) option: Option<&'static str>,
    /// The name shown to people.
    pub label: Text,
    /// A name that fits beside a mark; empty where the setting leaves none.
    pub short: Text,
    /// One sentence: what it is and what it does.
    pub about: Text,
    /// What its numbers count.
    pub(super) unit: Option<&'static str>,
    /// Where help and panels put it, and whose it is.
    pub group: Group,
    /// Its values, and where they lie.
    pub field: Field,
    /// Why it has no effect on such a run, beside what its group says.
    pub(super) dead: fn(&RunSettings) -> Option<Text>,
    /// Whether it shapes held-out tasks, what is drawn of them or where adaptation rests.
    pub shapes_probes: bool,
    /// The values that an axis of a sweep begins with; `None` where a sweep cannot vary it.
    pub axis: Option<&'static str>,
}

/// The values of a setting, and where they lie.
pub enum Field {
    /// A number that can change while the run goes on.
    Live(Number<LiveSettings>),
    /// A number that needs a restart.
    Run(Number<RunSettings>),
    /// One of a few named values.
    Choice(Choice),
    /// Yes or no.
    Switch,
    /// The widths of the hidden layers, each in this range.
    Widths(Range),
    /// A seed: a whole number up to 2^64 - 1.
    Seed,
    /// A set of images.
    Images,
}

/// A number within settings.
pub struct Number<S: 'static> {
    /// Its values.
    pub range: Range,
    pub(super) get: fn(&S) -> f64,
    pub(super) set: fn(&mut S, f64),
}

/// The values that a number can have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// Whether they are whole numbers.
    pub whole: bool,
    /// Whether a slider for it is logarithmic.
    pub logarithmic: bool,
}

/// One of a few named values.
pub struct Choice {
    /// The names in the order in which they are shown; `None` after the last.
    pub name: fn(usize) -> Option<Name>,
    /// The place of the chosen value among them.
    pub get: fn(&RunSettings) -> usize,
    /// Chooses the value at a place.
    pub set: fn(&mut RunSettings, usize),
}

/// A value's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// In files and on the command line.
    pub id: &'static str,
    /// Shown to people.
    pub label: Text,
    /// What it is or does.
    pub about: Text,
}

impl Range {
    /// Whether the values are no and yes.
    pub fn is_switch(self) -> bool {
        self.whole && (self.low, self.high) == (0.0, 1.0)
    }
}

impl Setting {
    /// What an entry leaves out.
    pub(super) const BLANK: Self = Self {
        path: "",
        option: None,
        label: text("", ""),
        short: text("", ""),
        about: text("", ""),
        unit: None,
        group: Group::Run,
        field: Field::Switch,
        dead: |_| None,
        shapes_probes: false,
        axis: None,
    };

    /// The key in its table of an experiment file.
    pub fn key(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// The option on the command line, without its dashes.
    pub fn option(&self) -> String {
        self.option.map_or_else(|| self.key().replace('_', "-"), str::to_owned)
    }

    /// What the command line's help says: what it is, and its range.
    pub fn help(&self) -> String {
        let unit = self.unit.map_or_else(String::new, |unit| format!(" {unit}"));
        let range = self.range().map_or_else(String::new, |range| format!(" [{range}{unit}]"));
        format!("{}{range}", self.about.en())
    }

    /// The range of a number, or of each of several.
    pub fn range(&self) -> Option<Range> {
        match &self.field {
            Field::Live(Number { range, .. }) | Field::Run(Number { range, .. }) | Field::Widths(range) => Some(*range),
            Field::Choice(_) | Field::Switch | Field::Seed | Field::Images => None,
        }
    }

    /// The names of the values, where they have some.
    pub fn names(&self) -> Vec<Name> {
        match &self.field {
            Field::Choice(choice) => (0..).map_while(choice.name).collect(),
            Field::Images => ImageSource::BUILT_IN.iter().filter_map(ImageSource::name).collect(),
            _ => Vec::new(),
        }
    }

    /// The value as a number, where it is one; of hidden widths the first.
    pub fn number(&self, settings: &Settings) -> Option<f64> {
        match &self.field {
            Field::Live(number) => Some(number.get(&settings.live)),
            Field::Run(number) => Some(number.get(&settings.run)),
            Field::Widths(_) => settings.run.network.hidden.first().map(|width| *width as f64),
            Field::Choice(_) | Field::Switch | Field::Seed | Field::Images => None,
        }
    }

    /// Sets a value that is a number; a width is set for every hidden layer.
    pub fn set_number(&self, settings: &mut Settings, value: f64) {
        match &self.field {
            Field::Live(number) => number.set(&mut settings.live, value),
            Field::Run(number) => number.set(&mut settings.run, value),
            Field::Widths(_) => settings.run.network.hidden.fill(value.round() as usize),
            Field::Choice(_) | Field::Switch | Field::Seed | Field::Images => {}
        }
    }

    /// Why it has no effect on such a run, or `None` if it has.
    pub fn why_dead(&self, run: &RunSettings) -> Option<Text> {
        (self.dead)(run).or_else(|| self.group.why_dead(run))
    }

    /// A value as typed on the command line, as an experiment file holds it. That a number lies in its range is for
    /// [`Settings::validate`] to say.
    ///
    /// # Errors
    /// If it is no such value; says what is.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        match &self.field {
            Field::Live(Number { range, .. }) | Field::Run(Number { range, .. }) => {
                let whole = || text.parse().ok().filter(|&value: &i64| value >= 0).map(Value::Integer);
                let real = || text.parse().ok().map(Value::Float);
                (if range.whole { whole() } else { real() }).ok_or_else(|| range.advice())
            }
            Field::Widths(range) => range
                .read_widths(text)
                .map(|all| Value::Array(all.into_iter().map(|width| (width as i64).into()).collect())),
            Field::Seed => match text.parse::<u64>() {
                Ok(seed) => Ok(i64::try_from(seed).map_or_else(|_| text.into(), Value::Integer)),
                Err(_) => Err(SEED.en().to_owned()),
            },
            Field::Switch => text.parse().map(Value::Boolean).map_err(|_| "true or false".to_owned()),
            Field::Choice(_) | Field::Images => {
                let known = self.names().into_iter().any(|name| name.id == text);
                if known { Ok(text.into()) } else { Err("there is no such value".to_owned()) }
            }
        }
    }
}

/// What a seed is.
pub(crate) const SEED: Text = text("A seed is a whole number from 0 to 2^64 - 1", "随机种子是 0 到 2^64 - 1 的整数");
/// The most hidden layers that there can be.
pub(crate) const MOST_LAYERS: usize = 8;

impl<S> Number<S> {
    /// The value in these settings.
    pub fn get(&self, settings: &S) -> f64 {
        (self.get)(settings)
    }

    /// Sets the value; whole numbers are rounded.
    pub fn set(&self, settings: &mut S, value: f64) {
        (self.set)(settings, if self.range.whole { value.round() } else { value });
    }
}

impl Range {
    pub(super) const fn real(low: f64, high: f64) -> Self {
        Self { low, high, whole: false, logarithmic: false }
    }

    pub(super) const fn whole(low: u64, high: u64) -> Self {
        Self { low: low as f64, high: high as f64, whole: true, logarithmic: false }
    }

    pub(super) const fn logarithmic(self) -> Self {
        Self { logarithmic: true, ..self }
    }

    /// Whether a value lies in it, be it whole or not.
    pub fn has(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// The widths of hidden layers, as typed.
    ///
    /// # Errors
    /// If they are none; says what to type.
    pub fn read_widths(&self, text: &str) -> Result<Vec<usize>, String> {
        let parts = text.split([',', ' ', '×', 'x']).map(str::trim).filter(|part| !part.is_empty());
        let widths: Option<Vec<usize>> = parts.map(|part| part.parse().ok()).collect();
        widths
            .filter(|widths| widths.len() <= MOST_LAYERS && widths.iter().all(|&width| self.has(width as f64)))
            .ok_or_else(|| {
                tell(
                    || format!("At most {MOST_LAYERS} widths from {self}, e.g. 64, 64"),
                    || format!("最多 {MOST_LAYERS} 个宽度，每个为 {self}，例如 64, 64"),
                )
            })
    }

    /// What to type instead of something else.
    pub fn advice(&self) -> String {
        tell(
            || format!("a {}number from {self}", if self.whole { "whole " } else { "" }),
            || format!("{self} 的{}", if self.whole { "整数" } else { "数" }),
        )
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |value: f64| match value {
            0.0 => "0".to_owned(),
            1e-3..1e6 => value.to_string(),
            _ => format!("{value:e}"),
        };
        let (low, high) = (short(self.low), short(self.high));
        f.write_str(&tell(|| format!("{low} to {high}"), || format!("{low} 到 {high}")))
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}

impl PartialEq for Setting {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Setting {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_read_as_people_write_them() {
        let range = Range::whole(1, 1024);
        let read = |text: &str| range.read_widths(text);
        assert_eq!((read("64, 64,32"), read("64x64"), read(" ")), (Ok(vec![64, 64, 32]), Ok(vec![64, 64]), Ok(vec![])));
        for text in ["0", "64, wide", "2000", "1 1 1 1 1 1 1 1 1", "-3"] {
            assert!(read(text).is_err_and(|error| error.contains("8 widths from 1 to 1024")), "{text}");
        }
    }
}
