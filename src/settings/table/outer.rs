//! What happens to the outer direction on its way to a step.

use super::{Choice, Field, Group, Name, Number, Range, Setting};
use crate::settings::{OuterOptimiser, RunSettings, Schedule};

/// Its settings.
pub static OUTER: [Setting; 8] = [
    Setting {
        label: "Optimiser",
        about: "How the outer direction becomes a step of φ",
        group: Group::Outer,
        ..choice!(run.optimiser, OPTIMISERS)
    },
    Setting {
        label: "Schedule",
        about: "How the outer rate changes by itself; the mark on its track shows where it is",
        group: Group::Outer,
        ..choice!(run.outer.schedule, SCHEDULES)
    },
    Setting {
        label: "Warm-up",
        about: "Meta-iterations over which the outer rate rises to its value; 0 for none",
        unit: Some("meta-iterations"),
        group: Group::Outer,
        axis: Some("0..1000"),
        ..number!(Run, run.outer.warm_up, Range::whole(0, 1_000_000_000))
    },
    Setting {
        label: "Knee",
        about: "Meta-iterations before the outer rate begins to fall as 1/√t; it is half at four times as many",
        unit: Some("meta-iterations"),
        group: Group::Outer,
        dead: |run| {
            let root = run.outer.schedule == Schedule::InverseSquareRoot;
            (!root).then_some("Only the schedule 1/√t has a knee")
        },
        axis: Some("100..2000"),
        ..number!(Run, run.outer.knee, Range::whole(1, 1_000_000_000))
    },
    Setting {
        label: "Period",
        about: "Cosine: meta-iterations until the floor is reached; steps: meta-iterations between two of them",
        unit: Some("meta-iterations"),
        group: Group::Outer,
        dead: is_not_periodic,
        axis: Some("100..1000"),
        ..number!(Run, run.outer.period, Range::whole(1, 1_000_000_000))
    },
    Setting {
        label: "Factor",
        about: "Cosine: the floor as a share of the outer rate; steps: what it is multiplied by at each",
        group: Group::Outer,
        dead: is_not_periodic,
        axis: Some("0..1"),
        ..number!(Run, run.outer.factor, Range::real(0.0, 1.0))
    },
    Setting {
        label: "Clip at",
        about: "A longer outer direction is shortened to this length: it tames rare bad tasks; 0 for no clipping",
        group: Group::Outer,
        axis: Some("0.01..10"),
        ..number!(Run, run.outer.clip_norm, Range::real(0.0, 1e6).logarithmic())
    },
    Setting {
        label: "Weight decay",
        about: "Draws the initialisation towards 0; with AdamW apart from its averages, else as a part of the gradient",
        group: Group::Outer,
        axis: Some("1e-4..1"),
        ..number!(Run, run.outer.weight_decay, Range::real(0.0, 10.0).logarithmic())
    },
];

fn is_not_periodic(run: &RunSettings) -> Option<&'static str> {
    let periodic = matches!(run.outer.schedule, Schedule::Cosine | Schedule::Step);
    (!periodic).then_some("Only cosine and steps have a period and a factor")
}

static OPTIMISERS: [(OuterOptimiser, Name); 4] = [
    (OuterOptimiser::Adam, Name { id: "adam", label: "Adam", about: "" }),
    (OuterOptimiser::AdamW, Name { id: "adam-w", label: "AdamW", about: "" }),
    (OuterOptimiser::Momentum, Name { id: "momentum", label: "Momentum", about: "" }),
    (OuterOptimiser::Sgd, Name { id: "sgd", label: "SGD", about: "" }),
];

static SCHEDULES: [(Schedule, Name); 4] = [
    (Schedule::InverseSquareRoot, Name { id: "inverse-square-root", label: "1/√t", about: "" }),
    (Schedule::Constant, Name { id: "constant", label: "Constant", about: "" }),
    (Schedule::Cosine, Name { id: "cosine", label: "Cosine", about: "" }),
    (Schedule::Step, Name { id: "step", label: "Steps", about: "" }),
];
