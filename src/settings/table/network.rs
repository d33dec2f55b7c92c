//! The network that adapts.

use super::{Choice, Feature, Field, Group, Name, Number, Range, Setting};
use crate::settings::ActivationKind;
use crate::text::text;

/// Its settings.
pub static NETWORK: [Setting; 5] = [
    Setting {
        path: "run.network.hidden",
        label: text("Layers", "隐藏层"),
        about: text(
            "Width of each hidden layer, e.g. 64, 64; empty makes the model linear",
            "每个隐藏层的宽度，例如 64, 64；留空则模型是线性的",
        ),
        group: Group::Network,
        field: Field::Widths(Range::whole(1, 1024)),
        dead: |run| run.tasks.why_without(Feature::HiddenLayers),
        axis: Some("8..64"),
        ..Setting::BLANK
    },
    Setting {
        label: text("Activation", "激活函数"),
        about: text(
            "The non-linearity between layers: sine draws sharp pictures, ReLU and tanh soft ones",
            "层与层之间的非线性：正弦画出的图像清晰，ReLU 和 tanh 画出的图像柔和",
        ),
        dead: |run| run.tasks.why_without(Feature::HiddenLayers),
        ..choice!(run.network.activation, Group::Network, ActivationKind)
    },
    Setting {
        label: text("Frequency w0", "频率 w0"),
        about: text(
            "How fast the sine activation turns: higher draws finer detail and is harder to adapt",
            "正弦激活函数振荡的快慢：越高细节越精细，也越难适应",
        ),
        dead: |run| {
            let sine = run.network.activation == ActivationKind::Sine;
            let reason = text("Only the sine activation has a frequency", "只有正弦激活函数才有频率");
            run.tasks.why_without(Feature::HiddenLayers).or((!sine).then_some(reason))
        },
        axis: Some("5..40"),
        ..number!(run.network.w0, Group::Network, Range::real(0.01, 1000.0).logarithmic())
    },
    Setting {
        label: text("Frequencies", "傅里叶频率数"),
        about: text(
            "Random Fourier features, sines of the position, in front of the network, which draw finer detail; 0 for none",
            "网络之前的随机傅里叶特征（位置的正弦函数）的个数，使细节更精细；0 表示没有",
        ),
        dead: |run| run.tasks.why_without(Feature::Positions),
        axis: Some("0..64"),
        ..number!(run.network.fourier_features, Group::Network, Range::whole(0, 1024))
    },
    Setting {
        label: text("Fourier scale", "傅里叶尺度"),
        about: text(
            "Spread of the Fourier features' frequencies: higher draws finer detail",
            "傅里叶特征的频率分布得多宽：越宽细节越精细",
        ),
        unit: Some("periods per unit of input"),
        dead: |run| {
            let none = run.network.fourier_features == 0;
            let reason = text("There are no Fourier features", "没有傅里叶特征");
            run.tasks.why_without(Feature::Positions).or(none.then_some(reason))
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
            Self::Sine => ("sine", text("Sine", "正弦"), text("sin(w0 x)", "sin(w0 x)")),
            Self::Relu => ("relu", text("ReLU", "ReLU"), text("max(0, x)", "max(0, x)")),
            Self::Tanh => ("tanh", text("Tanh", "Tanh"), text("Hyperbolic tangent", "双曲正切")),
            Self::Silu => ("silu", text("SiLU", "SiLU"), text("x/(1 + e^−x)", "x/(1 + e^−x)")),
        };
        Name { id, label, about }
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::table::setting;
    use crate::settings::{Algorithm, Settings, TaskFamily};

    #[test]
    fn without_hidden_layers_there_is_no_activation_to_choose() {
        for tasks in TaskFamily::ALL {
            let mut run = Settings::preset(tasks, Algorithm::default()).run;
            run.network.activation = super::ActivationKind::Sine;
            let reason = tasks.why_without(super::Feature::HiddenLayers);
            for path in ["run.network.hidden", "run.network.activation", "run.network.w0"] {
                assert_eq!(setting(path).why_dead(&run), reason, "{tasks:?}: {path}");
            }
        }
    }
}
