//! The knobs, in the order of their panel.

use super::{Field, Group, Number, Range, Setting};
use crate::settings::{Algorithm, RunSettings, TaskFamily};

/// Every live setting.
pub static LIVE: [Setting; 16] = [
    Setting {
        label: "Inner rate α",
        short: "α",
        about: "Length of one adaptation step: too small and nothing appears, too large and the picture breaks up",
        group: Group::Inner,
        dead: is_learned,
        axis: Some("1e-3..1"),
        ..number!(Live, live.inner_rate, Range::real(1e-4, 10.0).logarithmic())
    },
    Setting {
        label: "Outer rate β",
        short: "β",
        about: "How far the initialisation moves per meta-iteration: the speed and the roughness of the curves",
        group: Group::Outer,
        axis: Some("1e-4..1e-1"),
        ..number!(Live, live.outer_rate, Range::real(1e-6, 1.0).logarithmic())
    },
    Setting {
        label: "Inner steps K",
        short: "K",
        about: "Adaptation steps per task while meta-training: how much work the initialisation may leave to them",
        group: Group::Inner,
        axis: Some("1..8"),
        ..number!(Live, live.inner_steps, Range::whole(1, 20))
    },
    Setting {
        label: "Test-time steps",
        short: "test steps",
        about: "Adaptation steps on held-out tasks: the columns of the film-strip",
        group: Group::Inner,
        axis: Some("1..10"),
        ..number!(Live, live.test_steps, Range::whole(1, 50))
    },
    Setting {
        label: "Meta-batch",
        short: "batch",
        about: "Tasks averaged per meta-iteration: more make the curves calmer and each meta-iteration slower",
        group: Group::Outer,
        axis: Some("1..16"),
        ..number!(Live, live.meta_batch, Range::whole(1, 1000).logarithmic())
    },
    Setting {
        label: "Shots",
        short: "shots",
        about: "Support points, or images of each class, that a training task adapts on",
        group: WITH_SHOTS,
        dead: is_pile,
        axis: Some("2..20"),
        ..number!(Live, live.shots, Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: "Test shots",
        short: "test shots",
        about: "Support points, or images of each class, that a held-out task adapts on: what the film-strip shows as support",
        group: WITH_SHOTS,
        dead: is_pile,
        shapes_probes: true,
        ..number!(Live, live.test_shots, Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: "Support share",
        short: "support",
        about: "Share of an image's pixels that adaptation may see, for completion on held-out tasks; the rest must be guessed",
        group: Group::Families(&[TaskFamily::Picture, TaskFamily::Completion], "Only picture tasks have pixels"),
        shapes_probes: true,
        axis: Some("0.1..1"),
        ..number!(Live, live.support_share, Range::real(0.01, 1.0))
    },
    Setting {
        label: "Training share",
        short: "training",
        about: "Share of an image's pixels that a training task adapts on, the same at every inner step; held-out images have the support share",
        group: Group::Families(
            &[TaskFamily::Completion],
            "Only completion tasks train on another share than they are tested on",
        ),
        axis: Some("0.05..0.5"),
        ..number!(Live, live.training_share, Range::real(0.01, 1.0))
    },
    Setting {
        label: "Pixels per step",
        short: "pixels",
        about: "Random pixels used by one adaptation step: fewer are faster and noisier",
        group: Group::Families(&[TaskFamily::Picture], "Only picture tasks have pixels"),
        dead: |run| (run.tasks == TaskFamily::Completion).then_some(ALL_PIXELS),
        axis: Some("32..512"),
        ..number!(Live, live.pixels_per_step, Range::whole(16, 4096).logarithmic())
    },
    Setting {
        label: "Points per step",
        short: "points",
        about: "Support points drawn for each inner step of a training task: fewer make adaptation stochastic; 0 uses all",
        group: Group::Families(
            &[TaskFamily::Plane, TaskFamily::Sine, TaskFamily::Classify],
            "Picture tasks have the pixels per step instead",
        ),
        dead: |run| match run.tasks {
            TaskFamily::Completion => Some(ALL_PIXELS),
            TaskFamily::Class => Some("Class tasks draw all support images anew, with fresh noise, at each step"),
            TaskFamily::Cluster => Some("Clusters are learned from the whole pile at every step"),
            TaskFamily::Plane | TaskFamily::Sine | TaskFamily::Picture | TaskFamily::Classify => None,
        },
        axis: Some("0..10"),
        ..number!(Live, live.inner_batch, Range::whole(0, 100))
    },
    Setting {
        label: "Stop at gradient",
        short: "stop at",
        about: "Adaptation ends as soon as its gradient is this short, at the latest after its steps; 0 never ends early",
        group: Group::Inner,
        shapes_probes: true,
        axis: Some("1e-3..1"),
        ..number!(Live, live.tolerance, Range::real(0.0, 10.0).logarithmic())
    },
    Setting {
        label: "Noise",
        short: "noise",
        about: "Noise on the support: on its targets, or on the images where classes are told apart; how well the learned prior averages it out",
        group: Group::Inner,
        dead: |run| {
            let class = run.tasks == TaskFamily::Class;
            class.then_some("Class tasks mix noise into every image already: the flow begins with it")
        },
        shapes_probes: true,
        axis: Some("0..1"),
        ..number!(Live, live.noise, Range::real(0.0, 2.0))
    },
    Setting {
        label: "Temperature",
        short: "temperature",
        about: "Length of the noise that samples start from, 1 as in training: less makes them alike and clean, more varied and wild",
        group: WITH_FLOW,
        shapes_probes: true,
        ..number!(Live, live.temperature, Range::real(0.0, 2.0))
    },
    Setting {
        label: "Flow steps",
        short: "flow steps",
        about: "Steps from noise to a sample: few are quick and blurred, many change little any more",
        group: WITH_FLOW,
        shapes_probes: true,
        ..number!(Live, live.flow_steps, Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: "Flow order",
        short: "flow order",
        about: "How the flow is followed: 1 is Euler's method, 2 is Heun's, which needs fewer steps and twice the work for each",
        group: WITH_FLOW,
        shapes_probes: true,
        ..number!(Live, live.flow_order, Range::whole(1, 2))
    },
];

const WITH_SHOTS: Group = Group::Families(
    &[TaskFamily::Plane, TaskFamily::Sine, TaskFamily::Class, TaskFamily::Classify],
    "A picture task is one image: use the support share instead",
);
const WITH_FLOW: Group = Group::Families(&[TaskFamily::Class], "Only samples of class tasks come from noise by a flow");
const ALL_PIXELS: &str = "Completion tasks adapt on all given pixels at every step";

fn is_pile(run: &RunSettings) -> Option<&'static str> {
    (run.tasks == TaskFamily::Cluster).then_some("A pile has eight images of each class")
}

fn is_learned(run: &RunSettings) -> Option<&'static str> {
    match run.algorithm {
        Algorithm::MetaSgd => {
            Some("Meta-SGD learns its own inner rates; this was their start value and counts again after a reset")
        }
        Algorithm::MamlPlusPlus => {
            Some("MAML++ learns its own inner rates; this was their start value and counts again after a reset")
        }
        Algorithm::MetaModel => {
            Some("The meta-model learns its own inner rates; this was their start value and counts again after a reset")
        }
        Algorithm::Maml
        | Algorithm::Fomaml
        | Algorithm::Reptile
        | Algorithm::Anil
        | Algorithm::Cavia
        | Algorithm::Imaml => None,
    }
}
