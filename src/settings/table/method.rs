//! What belongs to single algorithms.

use super::{Field, Group, Number, Part, Range, Setting};
use crate::text::text;

/// Their settings.
pub static METHOD: [Setting; 5] = [
    Setting {
        label: text("Multi-step until", "多步损失截止"),
        about: text(
            "Meta-iterations over which the loss goes from counting every step alike to the last alone; 0 for the last alone",
            "损失从各步同等计入过渡到只计最后一步所用的元迭代次数；0 表示一开始就只计最后一步",
        ),
        unit: Some("meta-iterations"),
        axis: Some("0..1000"),
        ..number!(run.method.multi_step_iterations, Group::Method(Part::EveryStep), Range::whole(0, 1_000_000_000))
    },
    Setting {
        label: text("1st order until", "一阶近似截止"),
        about: text(
            "Meta-iterations at the start without second derivatives: faster, and less exact",
            "开头不用二阶导数的元迭代次数：更快，但不够精确",
        ),
        unit: Some("meta-iterations"),
        axis: Some("0..1000"),
        ..number!(run.method.first_order_iterations, Group::Method(Part::EveryStep), Range::whole(0, 1_000_000_000))
    },
    Setting {
        label: text("Hold λ", "约束强度 λ"),
        about: text(
            "How firmly adaptation is held to the initialisation: the larger, the less a task may move away",
            "适应过程被约束在初始化附近的强度：越大，任务越不能远离初始化",
        ),
        axis: Some("0.1..100"),
        ..number!(run.method.regularisation, Group::Method(Part::Hold), Range::real(1e-3, 1e6).logarithmic())
    },
    Setting {
        label: text("Solver steps", "求解步数"),
        about: text(
            "Steps of conjugate gradients that solve for the meta-gradient at most: more are more exact and slower",
            "求元梯度时共轭梯度法最多做的步数：越多越精确，也越慢",
        ),
        axis: Some("1..16"),
        ..number!(run.method.conjugate_steps, Group::Method(Part::Hold), Range::whole(1, 200))
    },
    Setting {
        label: text("Context", "上下文"),
        about: text(
            "Numbers beside the inputs that adapt to a task: more can tell more tasks apart",
            "与输入并列、随任务适应的数的个数：越多，能区分的任务越多",
        ),
        axis: Some("2..32"),
        ..number!(run.method.context, Group::Method(Part::Context), Range::whole(1, 256))
    },
];
