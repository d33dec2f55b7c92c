//! The network that adapts.

use super::{Choice, Feature, Field, Group, Name, Number, Range, Setting};
use crate::settings::ActivationKind;

/// Its settings.
pub static NETWORK: [Setting; 5] = [
    Setting {
        path: "run.network.hidden",
        label: "Layers",
        about: "Width of each hidden layer, e.g. 64, 64; empty makes the model linear",
        group: Group::Network,
        field: Field::Widths(Range::whole(1, 1024)),
        dead: |run| run.tasks.why_without(Feature::HiddenLayers),
        axis: Some("8..64"),
        ..Setting::BLANK
    },
    Setting {
        label: "Activation",
        about: "The non-linearity between layers: sine draws sharp pictures, ReLU and tanh soft ones",
        ..choice!(run.network.activation, Group::Network, ActivationKind)
    },
    Setting {
        label: "Frequency w0",
        about: "How fast the sine activation turns: higher draws finer detail and is harder to adapt",
        dead: |run| {
            let sine = run.network.activation == ActivationKind::Sine;
            (!sine).then_some("Only the sine activation has a frequency")
        },
        axis: Some("5..40"),
        ..number!(run.network.w0, Group::Network, Range::real(0.01, 1000.0).logarithmic())
    },
    Setting {
        label: "Frequencies",
        about: "Random Fourier features, sines of the position, in front of the network, which draw finer detail; 0 for none",
        dead: |run| run.tasks.why_without(Feature::Positions),
        axis: Some("0..64"),
        ..number!(run.network.fourier_features, Group::Network, Range::whole(0, 1024))
    },
    Setting {
        label: "Fourier scale",
        about: "Spread of the Fourier features' frequencies: higher draws finer detail",
        unit: Some("periods per unit of input"),
        dead: |run| {
            let none = run.network.fourier_features == 0;
            run.tasks.why_without(Feature::Positions).or(none.then_some("There are no Fourier features"))
        },
        axis: Some("0.5..8"),
        ..number!(run.network.fourier_scale, Group::Network, Range::real(0.001, 1000.0).logarithmic())
    },
];

impl ActivationKind {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Sine, Self::Relu, Self::Tanh, Self::Silu];

    /// Its name.
    pub fn name(self) -> Name {
        let (id, label, about) = match self {
            Self::Sine => ("sine", "Sine", "sin(w0 x)"),
            Self::Relu => ("relu", "ReLU", "max(0, x)"),
            Self::Tanh => ("tanh", "Tanh", "Hyperbolic tangent"),
            Self::Silu => ("silu", "SiLU", "x/(1 + e^−x)"),
        };
        Name { id, label, about }
    }
}
