//! What happens to a run: knobs that were turned, states that are kept, why it stopped.

use std::sync::Arc;

use crate::settings::{Knob, RunSettings, Settings};
use crate::text::{Words, say, tell};

/// The states of the run that are kept.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Meta-iterations done by the run, whatever is shown of it.
    pub head: u64,
    /// When an earlier state is shown in place of that: where it was.
    pub shown: Option<u64>,
    /// Counts how often the run went on from an earlier state.
    pub branch: u64,
    /// Where the first state was that is kept.
    pub first: u64,
    /// Where the last one was.
    pub last: u64,
    /// Where the best one was by its error on held-out tasks, once there are enough measurements.
    pub best: Option<u64>,
    /// The others are at multiples of this.
    pub every: u64,
    /// What all of them take, in bytes.
    pub bytes: usize,
    /// What they may take.
    pub cap: usize,
    /// The settings that the run began with.
    pub start: Option<Arc<Settings>>,
}

impl Past {
    /// The last state at or before this meta-iteration.
    pub fn kept(&self, at: u64) -> u64 {
        if at >= self.last { self.last } else { (at - at % self.every.max(1)).max(self.first) }
    }
}

/// What the trainer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Meta-iterations follow one another.
    Running,
    /// Waiting for the user.
    Paused,
    /// Stopped by a divergence, holding the last good state.
    Diverged,
}

/// A knob change, as drawn on the curves and written to the experiment file.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnobMark {
    /// The change takes effect when this many meta-iterations have been done.
    pub at: u64,
    /// Which knob.
    pub knob: Knob,
    /// Its new value.
    pub value: f64,
}

/// What was done to a run, or befell it. From its settings and all of them in order a run can be gone through again.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Deed {
    /// A knob was turned.
    Turned {
        /// Meta-iterations done.
        at: u64,
        /// Which knob.
        knob: Knob,
        /// Its new value.
        value: f64,
    },
    /// The run failed, and went back to what its best state had learned.
    Diverged {
        /// The meta-iteration that failed.
        at: u64,
    },
    /// It was brought back to its best state, with the knobs of then.
    BackToBest {
        /// Meta-iterations done before.
        at: u64,
    },
    /// It went on from an earlier state, with the knobs of then.
    WentOnFrom {
        /// Meta-iterations done before.
        at: u64,
        /// Where that state was.
        from: u64,
    },
}

impl Deed {
    /// How many meta-iterations had been done.
    pub fn at(&self) -> u64 {
        match *self {
            Self::Turned { at, .. } | Self::Diverged { at } | Self::BackToBest { at } | Self::WentOnFrom { at, .. } => {
                at
            }
        }
    }
}

/// A run whose error on held-out tasks has been far above its best for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Astray {
    /// How many times its best it is.
    pub times: f32,
    /// The turn of a knob since the best state that is to blame, if one is.
    pub turned: Option<Turned>,
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Divergence {
    /// The meta-iteration that failed.
    pub meta_iteration: u64,
    /// The meta-iteration that was gone back to.
    pub restored: u64,
    /// The task of the meta-batch where it showed first, if one task is to blame.
    pub task: Option<usize>,
    /// The first of its inner steps, counted from 1, that raised the support loss that it descended on, or overflowed.
    pub inner_step: Option<usize>,
    /// α·λ_max/2 of that task's support loss at φ: above 1 an inner step overshoots. `None` where the inner rates are
    /// learned or λ_max is not finite.
    pub times_too_long: Option<f64>,
    /// α when it happened.
    pub inner_rate: f64,
    /// The smallest 2/λ_max at the state that was gone back to, over the coming meta-batch and the task in question:
    /// from there on α overshoots. `None` where there is no such limit.
    pub limit: Option<f64>,
    /// The turn of a knob since the state that was gone back to that is to blame, if one is: that of α if its steps are
    /// too long, else the last that raised a rate or K, or turned another knob.
    pub turned: Option<Turned>,
    /// Whether that state is the run's best one by its error on held-out tasks; else it is the last one without concern.
    pub is_best: bool,
    /// A sentence for people, with what to do; in files in English.
    #[serde(serialize_with = "in_english")]
    pub reason: Words,
}

fn in_english<S: serde::Serializer>(words: &Words, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(words.en())
}

/// A turn of a knob.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Turned {
    /// Which knob.
    pub knob: Knob,
    /// The meta-iterations that had been done.
    pub at: u64,
    /// Its value before.
    pub from: f64,
    /// Its value after.
    pub to: f64,
}

impl std::fmt::Display for Turned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { knob, at, from, to } = self;
        let name = knob.name();
        f.write_str(&tell(
            || format!("At meta-iteration {at} {name} was turned from {from} to {to}"),
            || format!("在第 {at} 次元迭代，“{name}”从 {from} 调到了 {to}"),
        ))
    }
}

impl Divergence {
    /// The inner rate to go on with, slightly below the limit, if that is lower than it was and a value of the knob.
    pub fn mark(&self) -> Option<f64> {
        let mark = slightly_below(self.limit?);
        (mark < self.inner_rate && mark >= Knob::INNER_RATE.range().low).then_some(mark)
    }

    /// Why α is not to be set to the mark, or `None` if it is.
    pub fn why_no_mark(&self, run: &RunSettings) -> Option<&'static str> {
        if let Some(reason) = Knob::INNER_RATE.why_dead(run) {
            return Some(reason.get());
        }
        match self.limit {
            _ if self.task.is_none() => Some(say(
                "The outer step overflowed: α is not to blame, lower β",
                "外循环步溢出了：原因不在 α，请调低 β",
            )),
            None => Some(say(
                "No limit of α could be measured at the state that is kept",
                "在保留的状态处没能测出 α 的界限",
            )),
            Some(_) if self.mark().is_some() => None,
            Some(limit) if limit < self.inner_rate => {
                Some(say("The limit is below what α can be set to", "界限低于 α 能设的最小值"))
            }
            Some(_) => Some(say(
                "At the state that is kept α is within its limit: lower β",
                "在保留的状态处 α 在界限之内：请调低 β",
            )),
        }
    }

    /// The rate to lower: the one whose turn is to blame, else β where no single task is to blame, α has no effect or α was within its limit, else α.
    pub fn rate_to_lower(&self, run: &RunSettings) -> Knob {
        if let Some(Turned { knob, from, to, .. }) = self.turned
            && [Knob::INNER_RATE, Knob::OUTER_RATE].contains(&knob)
            && to > from
        {
            return knob;
        }
        let within = self.limit.is_some_and(|limit| self.inner_rate <= limit) && self.mark().is_none();
        let inner = self.task.is_some() && Knob::INNER_RATE.why_dead(run).is_none() && !within;
        if inner { Knob::INNER_RATE } else { Knob::OUTER_RATE }
    }
}

/// Slightly below a limit of the inner rate: nine tenths of it, rounded down to two significant digits.
pub fn slightly_below(limit: f64) -> f64 {
    two_digits_below(0.9 * limit)
}

/// Rounded down to two significant digits.
pub(in crate::train) fn two_digits_below(value: f64) -> f64 {
    let scale = 10f64.powf(value.log10().floor() - 1.0);
    // Dividing by a whole number keeps the shortest decimal text where multiplying by 0.01 does not.
    if scale < 1.0 { (value / scale).floor() / (1.0 / scale).round() } else { (value / scale).floor() * scale }
}
