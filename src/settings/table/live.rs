//! The knobs, in the order of their panel.

use super::{Feature, Field, Group, Number, Range, Setting};
use crate::settings::RunSettings;
use crate::text::{Text, text};

/// Every live setting.
pub static LIVE: [Setting; 18] = [
    Setting {
        label: text("Inner rate α", "内循环学习率 α"),
        short: text("α", "α"),
        about: text(
            "Length of one adaptation step: too small and nothing appears, too large and the picture breaks up",
            "适应时每一步走多远：太小，输出几乎不变；太大，输出会崩坏",
        ),
        dead: is_learned,
        axis: Some("1e-3..1"),
        ..number!(live.inner_rate, Group::Inner, Range::real(1e-4, 10.0).logarithmic())
    },
    Setting {
        label: text("Outer rate β", "外循环学习率 β"),
        short: text("β", "β"),
        about: text(
            "How far the initialisation moves per meta-iteration: the speed and the roughness of the curves",
            "每次元迭代中初始化移动多远：决定曲线变化的快慢和起伏",
        ),
        axis: Some("1e-4..1e-1"),
        ..number!(live.outer_rate, Group::Outer, Range::real(1e-6, 1.0).logarithmic())
    },
    Setting {
        label: text("Inner steps K", "内循环步数 K"),
        short: text("K", "K"),
        about: text(
            "Adaptation steps per task while meta-training: how much work the initialisation may leave to them",
            "元训练时每个任务的适应步数：初始化可以把多少工作留给这些步",
        ),
        axis: Some("1..8"),
        ..number!(live.inner_steps, Group::Inner, Range::whole(1, 20))
    },
    Setting {
        label: text("Test-time steps", "测试时步数"),
        short: text("test steps", "测试步数"),
        about: text(
            "Adaptation steps on held-out tasks: the columns of the film-strip",
            "在留出任务上的适应步数：即胶片条的各列",
        ),
        axis: Some("1..10"),
        ..number!(live.test_steps, Group::Inner, Range::whole(1, 50))
    },
    Setting {
        label: text("Baselines at α", "基线也用 α"),
        short: text("baselines at α", "基线用 α"),
        about: text(
            "The random and the pretrained start adapt with the learned start's own rate; otherwise each with the one that is best for it",
            "随机起点和预训练起点也用学到的起点的学习率来适应；否则各用对自己最好的学习率",
        ),
        ..number!(live.baselines_at_alpha, Group::Inner, Range::whole(0, 1))
    },
    Setting {
        label: text("Meta-batch", "元批次"),
        short: text("batch", "批次"),
        about: text(
            "Tasks averaged per meta-iteration: more make the curves calmer and each meta-iteration slower",
            "每次元迭代对多少个任务取平均：越多曲线越平稳，每次元迭代也越慢",
        ),
        axis: Some("1..16"),
        ..number!(live.meta_batch, Group::Outer, Range::whole(1, 1000).logarithmic())
    },
    Setting {
        label: text("Shots", "样本数"),
        short: text("shots", "样本数"),
        about: text(
            "Support points, or images of each class, that a training task adapts on",
            "训练任务用来适应的支持点数，或每个类别的图像数",
        ),
        axis: Some("2..20"),
        ..number!(live.shots, Group::Tasks(Feature::Shots), Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: text("Test shots", "测试样本数"),
        short: text("test shots", "测试样本数"),
        about: text(
            "Support points, or images of each class, that a held-out task adapts on: what the film-strip shows as support",
            "留出任务用来适应的支持点数，或每个类别的图像数：即胶片条中显示的支持集",
        ),
        shapes_probes: true,
        ..number!(live.test_shots, Group::Tasks(Feature::Shots), Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: text("Support share", "支持集比例"),
        short: text("support", "支持集"),
        about: text(
            "Share of an image's pixels that adaptation may see, for completion on held-out tasks; the rest must be guessed",
            "适应过程能看到的像素占图像的比例，图像补全时只用于留出任务；其余像素须靠猜测",
        ),
        axis: Some("0.1..1"),
        shapes_probes: true,
        ..number!(live.support_share, Group::Tasks(Feature::Share), Range::real(0.01, 1.0))
    },
    Setting {
        label: text("Training share", "训练比例"),
        short: text("training", "训练"),
        about: text(
            "Share of an image's pixels that a training task adapts on, the same at every inner step; held-out images have the support share",
            "训练任务用来适应的像素占图像的比例，每个内循环步都相同；留出图像则用支持集比例",
        ),
        axis: Some("0.05..0.5"),
        ..number!(live.training_share, Group::Tasks(Feature::TrainingShare), Range::real(0.01, 1.0))
    },
    Setting {
        label: text("Reduction", "缩小倍数"),
        short: text("reduction", "缩小倍数"),
        about: text(
            "How many times fewer blocks a side adaptation sees than the image has pixels, each as its mean colour; the rest must be made up",
            "图像每边的像素数是适应过程所见色块数的多少倍，每个色块只给出平均颜色；其余细节须自行补出",
        ),
        axis: Some("2..8"),
        shapes_probes: true,
        ..number!(live.reduction, Group::Tasks(Feature::Reduction), Range::whole(2, 8))
    },
    Setting {
        label: text("Pixels per step", "每步像素数"),
        short: text("pixels", "像素"),
        about: text(
            "Random pixels used by one adaptation step: fewer are faster and noisier",
            "每个适应步随机取用的像素数：越少越快，噪声也越大",
        ),
        axis: Some("32..512"),
        ..number!(live.pixels_per_step, Group::Tasks(Feature::Pixels), Range::whole(16, 4096).logarithmic())
    },
    Setting {
        label: text("Points per step", "每步点数"),
        short: text("points", "点数"),
        about: text(
            "Support points drawn for each inner step of a training task: fewer make adaptation stochastic; 0 uses all",
            "训练任务的每个内循环步抽取的支持点数：较少时适应过程带有随机性；0 表示全部使用",
        ),
        axis: Some("0..10"),
        ..number!(live.inner_batch, Group::Tasks(Feature::Points), Range::whole(0, 100))
    },
    Setting {
        label: text("Stop at gradient", "梯度停止阈值"),
        short: text("stop at", "停止阈值"),
        about: text(
            "Adaptation ends as soon as its gradient is this short, at the latest after its steps; 0 never ends early",
            "梯度长度降到此值时适应就结束，最迟在做完所有步之后；0 表示从不提前结束",
        ),
        axis: Some("1e-3..1"),
        shapes_probes: true,
        ..number!(live.tolerance, Group::Inner, Range::real(0.0, 10.0).logarithmic())
    },
    Setting {
        label: text("Noise", "噪声"),
        short: text("noise", "噪声"),
        about: text(
            "Noise on the support: on its targets, or on the images where classes are told apart; how well the learned prior averages it out",
            "支持集上的噪声：加在目标值上，区分类别时加在图像上；可以看出学到的先验能把它平均掉多少",
        ),
        dead: |run| run.tasks.why_without(Feature::Noise),
        shapes_probes: true,
        axis: Some("0..1"),
        ..number!(live.noise, Group::Inner, Range::real(0.0, 2.0))
    },
    Setting {
        label: text("Temperature", "温度"),
        short: text("temperature", "温度"),
        about: text(
            "Length of the noise that samples start from, 1 as in training: less makes them alike and clean, more varied and wild",
            "生成样本时起始噪声的长度，1 与训练时相同：较小则样本彼此相似而干净，较大则多样而杂乱",
        ),
        shapes_probes: true,
        ..number!(live.temperature, Group::Tasks(Feature::Flow), Range::real(0.0, 2.0))
    },
    Setting {
        label: text("Flow steps", "流的步数"),
        short: text("flow steps", "流的步数"),
        about: text(
            "Steps from noise to a sample: few are quick and blurred, many change little any more",
            "从噪声到生成样本的步数：少则快而模糊，很多时结果几乎不再变化",
        ),
        shapes_probes: true,
        ..number!(live.flow_steps, Group::Tasks(Feature::Flow), Range::whole(1, 100).logarithmic())
    },
    Setting {
        label: text("Flow order", "流的阶数"),
        short: text("flow order", "流的阶数"),
        about: text(
            "How the flow is followed: 1 is Euler's method, 2 is Heun's, which needs fewer steps and twice the work for each",
            "沿流积分的方法：1 为 Euler 法，2 为 Heun 法，后者所需步数较少，但每步的计算量加倍",
        ),
        shapes_probes: true,
        ..number!(live.flow_order, Group::Tasks(Feature::Flow), Range::whole(1, 2))
    },
];

fn is_learned(run: &RunSettings) -> Option<Text> {
    run.algorithm.learns_rates().then_some(text(
        "The algorithm learns its own inner rates; this was their start value and counts again after a reset",
        "该算法自己学习内循环学习率；这里只是它们的起始值，重置后才再次起作用",
    ))
}
