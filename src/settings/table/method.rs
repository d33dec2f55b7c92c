//! What belongs to single algorithms.

use super::{Field, Group, Number, Part, Range, Setting};

/// Their settings.
pub static METHOD: [Setting; 5] = [
    Setting {
        label: "Multi-step until",
        about: "Meta-iterations over which the loss goes from counting every step alike to the last alone; 0 for the last alone",
        unit: Some("meta-iterations"),
        axis: Some("0..1000"),
        ..number!(run.method.multi_step_iterations, Group::Method(Part::EveryStep), Range::whole(0, 1_000_000_000))
    },
    Setting {
        label: "1st order until",
        about: "Meta-iterations at the start without second derivatives: faster, and less exact",
        unit: Some("meta-iterations"),
        axis: Some("0..1000"),
        ..number!(run.method.first_order_iterations, Group::Method(Part::EveryStep), Range::whole(0, 1_000_000_000))
    },
    Setting {
        label: "Hold λ",
        about: "How firmly adaptation is held to the initialisation: the larger, the less a task may move away",
        axis: Some("0.1..100"),
        ..number!(run.method.regularisation, Group::Method(Part::Hold), Range::real(1e-3, 1e6).logarithmic())
    },
    Setting {
        label: "Solver steps",
        about: "Steps of conjugate gradients that solve for the meta-gradient at most: more are more exact and slower",
        axis: Some("1..16"),
        ..number!(run.method.conjugate_steps, Group::Method(Part::Hold), Range::whole(1, 200))
    },
    Setting {
        label: "Context",
        about: "Numbers beside the inputs that adapt to a task: more can tell more tasks apart",
        axis: Some("2..32"),
        ..number!(run.method.context, Group::Method(Part::Context), Range::whole(1, 256))
    },
];
