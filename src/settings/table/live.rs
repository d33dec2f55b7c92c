//! The knobs, in the order of their panel.

use super::{Feature, Field, Group, Number, Range, Setting};
use crate::settings::RunSettings;

/// Every live setting.
pub static LIVE: [Setting; 17] = [
    Setting {
        label: "Inner rate α",
        short: "α",
        about: "Length of one adaptation step: too small and nothing appears, too large and the picture breaks up",
        dead: is_learned,
        axis: Some("1e-3..1"),
        ..number!(live.inner_rate, Group::Inner, Range::real(1e-4, 10.0).logarithmic())
    },
    Setting {
        label: "Outer rate β",
        short: "β",
        about: "How far the initialisation moves per meta-iteration: the speed and the roughness of the curves",
        axis: Some("1e-4..1e-1"),
        ..number!(live.outer_rate, Group::Outer, Range::real(1e-6, 1.0).logarithmic())
    },
    Setting {
        label: "Inner steps K",
        short: "K",
        about: "Adaptation steps per task while meta-training: how much work the initialisation may leave to them",
        axis: Some("1..8"),
        ..number!(live.inner_steps, Group::Inner, Range::whole(1, 20))
    },
    Setting {
        label: "Test-time steps",
        short: "test steps",
        about: "Adaptation steps on held-out tasks: the columns of the film-strip",
        axis: Some("1..10"),
        ..number!(live.test_steps, Group::Inner, Range::whole(1, 50))
    },
    Setting {
        label: "Meta-batch",
        short: "batch",
        about: "Tasks averaged per meta-iteration: more make the curves calmer and each meta-iteration slower",
        axis: Some("1..16"),
        ..number!(live.meta_batch, Group::Outer, Range::whole(1, 1000).logarithmic())
    },
    Setting {
        label: "Shots",
        short: "shots",
        about: "Support points, or images of each class, that a training task adapts on",
        axis: Some("2..20"),
        ..number!(live.shots, Group::Tasks(Feature::Shots), Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: "Test shots",
        short: "test shots",
        about: "Support points, or images of each class, that a held-out task adapts on: what the film-strip shows as support",
        shapes_probes: true,
        ..number!(live.test_shots, Group::Tasks(Feature::Shots), Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: "Support share",
        short: "support",
        about: "Share of an image's pixels that adaptation may see, for completion on held-out tasks; the rest must be guessed",
        axis: Some("0.1..1"),
        shapes_probes: true,
        ..number!(live.support_share, Group::Tasks(Feature::Share), Range::real(0.01, 1.0))
    },
    Setting {
        label: "Training share",
        short: "training",
        about: "Share of an image's pixels that a training task adapts on, the same at every inner step; held-out images have the support share",
        axis: Some("0.05..0.5"),
        ..number!(live.training_share, Group::Tasks(Feature::TrainingShare), Range::real(0.01, 1.0))
    },
    Setting {
        label: "Reduction",
        short: "reduction",
        about: "How many times fewer blocks a side adaptation sees than the image has pixels, each as its mean colour; the rest must be made up",
        axis: Some("2..8"),
        shapes_probes: true,
        ..number!(live.reduction, Group::Tasks(Feature::Reduction), Range::whole(2, 8))
    },
    Setting {
        label: "Pixels per step",
        short: "pixels",
        about: "Random pixels used by one adaptation step: fewer are faster and noisier",
        axis: Some("32..512"),
        ..number!(live.pixels_per_step, Group::Tasks(Feature::Pixels), Range::whole(16, 4096).logarithmic())
    },
    Setting {
        label: "Points per step",
        short: "points",
        about: "Support points drawn for each inner step of a training task: fewer make adaptation stochastic; 0 uses all",
        axis: Some("0..10"),
        ..number!(live.inner_batch, Group::Tasks(Feature::Points), Range::whole(0, 100))
    },
    Setting {
        label: "Stop at gradient",
        short: "stop at",
        about: "Adaptation ends as soon as its gradient is this short, at the latest after its steps; 0 never ends early",
        axis: Some("1e-3..1"),
        shapes_probes: true,
        ..number!(live.tolerance, Group::Inner, Range::real(0.0, 10.0).logarithmic())
    },
    Setting {
        label: "Noise",
        short: "noise",
        about: "Noise on the support: on its targets, or on the images where classes are told apart; how well the learned prior averages it out",
        dead: |run| run.tasks.why_without(Feature::Noise),
        shapes_probes: true,
        axis: Some("0..1"),
        ..number!(live.noise, Group::Inner, Range::real(0.0, 2.0))
    },
    Setting {
        label: "Temperature",
        short: "temperature",
        about: "Length of the noise that samples start from, 1 as in training: less makes them alike and clean, more varied and wild",
        shapes_probes: true,
        ..number!(live.temperature, Group::Tasks(Feature::Flow), Range::real(0.0, 2.0))
    },
    Setting {
        label: "Flow steps",
        short: "flow steps",
        about: "Steps from noise to a sample: few are quick and blurred, many change little any more",
        shapes_probes: true,
        ..number!(live.flow_steps, Group::Tasks(Feature::Flow), Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: "Flow order",
        short: "flow order",
        about: "How the flow is followed: 1 is Euler's method, 2 is Heun's, which needs fewer steps and twice the work for each",
        shapes_probes: true,
        ..number!(live.flow_order, Group::Tasks(Feature::Flow), Range::whole(1, 2))
    },
];

fn is_learned(run: &RunSettings) -> Option<&'static str> {
    run.algorithm.learns_rates().then_some(
        "The algorithm learns its own inner rates; this was their start value and counts again after a reset",
    )
}
