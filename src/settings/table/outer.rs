//! What happens to the outer direction on its way to a step.

use super::{Choice, Field, Group, Name, Number, Range, Setting};
use crate::settings::{OuterOptimiser, RunSettings, Schedule};
use crate::text::{Text, text};

/// Its settings.
pub static OUTER: [Setting; 8] = [
    Setting {
        label: text("Optimiser", "优化器"),
        about: text("How the outer direction becomes a step of φ", "外循环方向如何变成 φ 的一步"),
        ..choice!(run.optimiser, Group::Outer, OuterOptimiser)
    },
    Setting {
        label: text("Schedule", "学习率调度"),
        about: text(
            "How the outer rate changes by itself; the mark on its track shows where it is",
            "外循环学习率如何自行变化；滑轨上的标记显示它现在的值",
        ),
        ..choice!(run.outer.schedule, Group::Outer, Schedule)
    },
    Setting {
        label: text("Warm-up", "预热"),
        about: text(
            "Meta-iterations over which the outer rate rises to its value; 0 for none",
            "外循环学习率升到设定值所用的元迭代次数；0 表示不预热",
        ),
        unit: Some("meta-iterations"),
        axis: Some("0..1000"),
        ..number!(run.outer.warm_up, Group::Outer, Range::whole(0, 1_000_000_000))
    },
    Setting {
        label: text("Knee", "拐点"),
        about: text(
            "Meta-iterations before the outer rate begins to fall as 1/√t; it is half at four times as many",
            "外循环学习率开始按 1/√t 下降之前的元迭代次数；到四倍次数时降为一半",
        ),
        unit: Some("meta-iterations"),
        dead: |run| {
            let root = run.outer.schedule == Schedule::InverseSquareRoot;
            (!root).then_some(text("Only the schedule 1/√t has a knee", "只有 1/√t 调度才有拐点"))
        },
        axis: Some("100..2000"),
        ..number!(run.outer.knee, Group::Outer, Range::whole(1, 1_000_000_000))
    },
    Setting {
        label: text("Period", "周期"),
        about: text(
            "Cosine: meta-iterations until the floor is reached; steps: meta-iterations between two of them",
            "余弦：降到下限所用的元迭代次数；阶梯：两次下降之间的元迭代次数",
        ),
        unit: Some("meta-iterations"),
        dead: is_not_periodic,
        axis: Some("100..1000"),
        ..number!(run.outer.period, Group::Outer, Range::whole(1, 1_000_000_000))
    },
    Setting {
        label: text("Factor", "系数"),
        about: text(
            "Cosine: the floor as a share of the outer rate; steps: what it is multiplied by at each",
            "余弦：下限占外循环学习率的比例；阶梯：每次下降时所乘的系数",
        ),
        dead: is_not_periodic,
        axis: Some("0..1"),
        ..number!(run.outer.factor, Group::Outer, Range::real(0.0, 1.0))
    },
    Setting {
        label: text("Clip at", "梯度裁剪"),
        about: text(
            "A longer outer direction is shortened to this length: it tames rare bad tasks; 0 for no clipping",
            "外循环方向超过此长度时缩短到此长度：可抑制偶尔出现的坏任务；0 表示不裁剪",
        ),
        axis: Some("0.01..10"),
        ..number!(run.outer.clip_norm, Group::Outer, Range::real(0.0, 1e6).logarithmic())
    },
    Setting {
        label: text("Weight decay", "权重衰减"),
        about: text(
            "Draws the initialisation towards 0; with AdamW apart from its averages, else as a part of the gradient. Where classes to be told apart are few, n < 26 to train on, it counts (26 / n)² times",
            "把初始化拉向 0；用 AdamW 时不经过它的滑动平均，否则作为梯度的一部分。要分辨的训练类别少于 26 个（n 个）时，按 (26 / n)² 倍计",
        ),
        axis: Some("1e-4..1"),
        ..number!(run.outer.weight_decay, Group::Outer, Range::real(0.0, 10.0).logarithmic())
    },
];

fn is_not_periodic(run: &RunSettings) -> Option<Text> {
    let periodic = matches!(run.outer.schedule, Schedule::Cosine | Schedule::Step);
    (!periodic).then_some(text("Only cosine and steps have a period and a factor", "只有余弦和阶梯调度才有周期和系数"))
}

impl OuterOptimiser {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Adam, Self::AdamW, Self::Momentum, Self::Sgd];

    /// Its name.
    pub fn name(self) -> Name {
        let (id, label, about) = match self {
            Self::Adam => {
                ("adam", text("Adam", "Adam"), text("Adam with β1 0.9, β2 0.999", "Adam，β1 为 0.9，β2 为 0.999"))
            }
            Self::AdamW => (
                "adam-w",
                text("AdamW", "AdamW"),
                text("Adam whose weight decay does not pass through its averages", "权重衰减不经过滑动平均的 Adam"),
            ),
            Self::Momentum => {
                ("momentum", text("Momentum", "动量"), text("Heavy-ball momentum 0.9", "重球动量，系数 0.9"))
            }
            Self::Sgd => ("sgd", text("SGD", "SGD"), text("Plain gradient descent", "普通的梯度下降")),
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
            Self::InverseSquareRoot => (
                "inverse-square-root",
                text("1/√t", "1/√t"),
                text(
                    "As 1/√t from the knee on: falls for ever, and never to nothing",
                    "从拐点起按 1/√t 下降：一直下降，但永不降到零",
                ),
            ),
            Self::Constant => ("constant", text("Constant", "恒定"), text("It does not change", "保持不变")),
            Self::Cosine => {
                ("cosine", text("Cosine", "余弦"), text("Half a cosine down to a floor", "沿半个余弦降到下限"))
            }
            Self::Step => {
                ("step", text("Steps", "阶梯"), text("Multiplied by a factor again and again", "每隔一段乘以一个系数"))
            }
        };
        Name { id, label, about }
    }
}
