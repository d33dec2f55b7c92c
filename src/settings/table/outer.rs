//! What happens to the outer direction on its way to a step.

use super::{Choice, Field, Group, Name, Number, Range, Setting};
use crate::settings::{OuterOptimiser, RunSettings, Schedule};

/// Its settings.
pub static OUTER: [Setting; 8] = [
    Setting {
        label: "Optimiser",
        about: "How the outer direction becomes a step of φ",
        ..choice!(run.optimiser, Group::Outer, OuterOptimiser)
    },
    Setting {
        label: "Schedule",
        about: "How the outer rate changes by itself; the mark on its track shows where it is",
        ..choice!(run.outer.schedule, Group::Outer, Schedule)
    },
    Setting {
        label: "Warm-up",
        about: "Meta-iterations over which the outer rate rises to its value; 0 for none",
        unit: Some("meta-iterations"),
        axis: Some("0..1000"),
        ..number!(run.outer.warm_up, Group::Outer, Range::whole(0, 1_000_000_000))
    },
    Setting {
        label: "Knee",
        about: "Meta-iterations before the outer rate begins to fall as 1/√t; it is half at four times as many",
        unit: Some("meta-iterations"),
        dead: |run| {
            let root = run.outer.schedule == Schedule::InverseSquareRoot;
            (!root).then_some("Only the schedule 1/√t has a knee")
        },
        axis: Some("100..2000"),
        ..number!(run.outer.knee, Group::Outer, Range::whole(1, 1_000_000_000))
    },
    Setting {
        label: "Period",
        about: "Cosine: meta-iterations until the floor is reached; steps: meta-iterations between two of them",
        unit: Some("meta-iterations"),
        dead: is_not_periodic,
        axis: Some("100..1000"),
        ..number!(run.outer.period, Group::Outer, Range::whole(1, 1_000_000_000))
    },
    Setting {
        label: "Factor",
        about: "Cosine: the floor as a share of the outer rate; steps: what it is multiplied by at each",
        dead: is_not_periodic,
        axis: Some("0..1"),
        ..number!(run.outer.factor, Group::Outer, Range::real(0.0, 1.0))
    },
    Setting {
        label: "Clip at",
        about: "A longer outer direction is shortened to this length: it tames rare bad tasks; 0 for no clipping",
        axis: Some("0.01..10"),
        ..number!(run.outer.clip_norm, Group::Outer, Range::real(0.0, 1e6).logarithmic())
    },
    Setting {
        label: "Weight decay",
        about: "Draws the initialisation towards 0; with AdamW apart from its averages, else as a part of the gradient",
        axis: Some("1e-4..1"),
        ..number!(run.outer.weight_decay, Group::Outer, Range::real(0.0, 10.0).logarithmic())
    },
];

fn is_not_periodic(run: &RunSettings) -> Option<&'static str> {
    let periodic = matches!(run.outer.schedule, Schedule::Cosine | Schedule::Step);
    (!periodic).then_some("Only cosine and steps have a period and a factor")
}

impl OuterOptimiser {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Adam, Self::AdamW, Self::Momentum, Self::Sgd];

    /// Its name.
    pub fn name(self) -> Name {
        let (id, label, about) = match self {
            Self::Adam => ("adam", "Adam", "Adam with β1 0.9, β2 0.999"),
            Self::AdamW => ("adam-w", "AdamW", "Adam whose weight decay does not pass through its averages"),
            Self::Momentum => ("momentum", "Momentum", "Heavy-ball momentum 0.9"),
            Self::Sgd => ("sgd", "SGD", "Plain gradient descent"),
        };
        Name { id, label, about }
    }
}

impl Schedule {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::InverseSquareRoot, Self::Constant, Self::Cosine, Self::Step];

    /// Its name.
    pub fn name(self) -> Name {
        let (id, label, about) = match self {
            Self::InverseSquareRoot => {
                ("inverse-square-root", "1/√t", "As 1/√t from the knee on: falls for ever, and never to nothing")
            }
            Self::Constant => ("constant", "Constant", "It does not change"),
            Self::Cosine => ("cosine", "Cosine", "Half a cosine down to a floor"),
            Self::Step => ("step", "Steps", "Multiplied by a factor again and again"),
        };
        Name { id, label, about }
    }
}
