//! The network that adapts.

use super::{Choice, Field, Group, Name, Number, Range, Setting};
use crate::settings::{ActivationKind, TaskFamily};

/// Its settings.
pub static NETWORK: [Setting; 5] = [
    Setting {
        path: "run.network.hidden",
        label: "Layers",
        about: "Width of each hidden layer, e.g. 64, 64; empty makes the model linear",
        group: Group::Network,
        field: Field::Widths(Range::whole(1, 1024)),
        dead: |run| (run.tasks == TaskFamily::Plane).then_some("The plane family's model has no hidden layer"),
        axis: Some("8..64"),
        ..Setting::BLANK
    },
    Setting {
        label: "Activation",
        about: "The non-linearity between layers: sine draws sharp pictures, ReLU and tanh soft ones",
        group: Group::Network,
        ..choice!(run.network.activation, ACTIVATIONS)
    },
    Setting {
        label: "Frequency w0",
        about: "How fast the sine activation turns: higher draws finer detail and is harder to adapt",
        group: Group::Network,
        dead: |run| {
            let sine = run.network.activation == ActivationKind::Sine;
            (!sine).then_some("Only the sine activation has a frequency")
        },
        axis: Some("5..40"),
        ..number!(Run, run.network.w0, Range::real(0.01, 1000.0).logarithmic())
    },
    Setting {
        label: "Fourier features",
        about: "Random sines of the position in front of the network, which draw finer detail; 0 for none",
        group: Group::Network,
        dead: |run| (!run.tasks.is_picture()).then_some(NO_POSITIONS),
        axis: Some("0..64"),
        ..number!(Run, run.network.fourier_features, Range::whole(0, 1024))
    },
    Setting {
        label: "Fourier scale",
        about: "Spread of the Fourier features' frequencies: higher draws finer detail",
        unit: Some("periods per unit of input"),
        group: Group::Network,
        dead: |run| match run.network.fourier_features {
            _ if !run.tasks.is_picture() => Some(NO_POSITIONS),
            0 => Some("There are no Fourier features"),
            _ => None,
        },
        axis: Some("0.5..8"),
        ..number!(Run, run.network.fourier_scale, Range::real(0.001, 1000.0).logarithmic())
    },
];

const NO_POSITIONS: &str = "Only the networks of picture tasks read positions";

static ACTIVATIONS: [(ActivationKind, Name); 4] = [
    (ActivationKind::Sine, Name { id: "sine", label: "Sine", about: "" }),
    (ActivationKind::Relu, Name { id: "relu", label: "ReLU", about: "" }),
    (ActivationKind::Tanh, Name { id: "tanh", label: "Tanh", about: "" }),
    (ActivationKind::Silu, Name { id: "silu", label: "SiLU", about: "" }),
];
