//! The table of measures.

use super::{Argument, Margin, Measure, Of, Reading, Unit, reading};
use crate::text::text;
use crate::train::snapshot::{Deed, Heights, Lead, Map, Phase};
use crate::train::views::Focus;

const START: &[Argument] = &[Argument::Init, Argument::Over, Argument::Step];
const INIT: &[Argument] = &[Argument::Init];

const NOTHING: fn(&mut Focus) = |_| {};

const BLANK: Measure = Measure {
    id: "",
    name: text("", ""),
    takes: &[],
    unit: Unit::Number,
    margin: Margin::Relative(0.05),
    flag: None,
    of: Of::Probes,
    about: None,
    looks: NOTHING,
    read: |_, _| None,
};

const COUNT: Measure = Measure { unit: Unit::Count, margin: Margin::Absolute(0.0), ..BLANK };

/// All of them.
pub static MEASURES: [Measure; 25] = [
    Measure {
        id: "meta-iteration",
        name: text("Meta-iterations", "元迭代数"),
        of: Of::Now,
        read: |run, _| Some(Reading { value: run.meta_iteration as f64, at: run.meta_iteration }),
        ..COUNT
    },
    Measure {
        id: "paused",
        about: Some(Phase::Paused),
        name: text("Paused (1) or not (0)", "已暂停 (1) 或未暂停 (0)"),
        flag: Some(|value| match value > 0.5 {
            true => text("The run is paused", "运行已暂停"),
            false => text("The run is not paused", "运行未暂停"),
        }),
        of: Of::Now,
        read: |run, _| {
            let paused = f64::from(u8::from(run.phase == Phase::Paused));
            Some(Reading { value: paused, at: run.meta_iteration })
        },
        ..COUNT
    },
    Measure {
        id: "knob",
        name: text("A knob's value", "旋钮的取值"),
        takes: &[Argument::Knob],
        unit: Unit::Knob,
        margin: Margin::Absolute(0.0),
        of: Of::Now,
        read: |run, asked| Some(Reading { value: asked.knob?.get(&run.settings.live), at: run.meta_iteration }),
        ..BLANK
    },
    Measure {
        id: "failures",
        about: Some(Phase::Diverged),
        name: text("Times that the run has failed", "运行失败的次数"),
        of: Of::Now,
        read: |run, _| {
            let failures = run.journal.iter().filter(|deed| matches!(deed, Deed::Diverged { .. })).count();
            Some(Reading { value: failures as f64, at: run.meta_iteration })
        },
        ..COUNT
    },
    Measure {
        id: "loss",
        name: text("Held-out loss", "留出任务的损失"),
        takes: START,
        read: |run, asked| reading::start(run, asked, reading::loss, |own, other| own / other),
        ..BLANK
    },
    Measure {
        id: "psnr",
        name: text("PSNR", "PSNR"),
        takes: START,
        unit: Unit::Decibels,
        margin: Margin::Absolute(0.3),
        read: |run, asked| reading::start(run, asked, reading::psnr, |own, other| own - other),
        ..BLANK
    },
    Measure {
        id: "score",
        name: text("Share of right answers", "正确率"),
        takes: START,
        unit: Unit::Share,
        margin: Margin::Absolute(0.02),
        read: |run, asked| reading::start(run, asked, reading::score, |own, other| own - other),
        ..BLANK
    },
    Measure {
        id: "curve-size",
        name: text("Size of the curve that is drawn, for the true one's", "所画曲线的大小相对真实曲线"),
        takes: START,
        unit: Unit::Times,
        read: |run, asked| reading::start(run, asked, reading::size, |own, other| own / other),
        ..BLANK
    },
    Measure {
        id: "training-loss",
        name: text("Loss on training tasks", "训练任务的损失"),
        of: Of::Past,
        read: |run, _| reading::last(&run.curves.training_after),
        ..BLANK
    },
    Measure {
        id: "training-over-best",
        name: text("Loss on training tasks, as a multiple of its least", "训练任务的损失相对其最小值"),
        unit: Unit::Times,
        of: Of::Past,
        read: |run, _| reading::over_least(&run.curves.training_after),
        ..BLANK
    },
    Measure {
        id: "held-out-over-best",
        name: text("Held-out loss, as a multiple of its least", "留出任务的损失相对其最小值"),
        unit: Unit::Times,
        of: Of::Past,
        read: |run, _| reading::over_least(&run.curves.held_out_after),
        ..BLANK
    },
    Measure {
        id: "rate-over-limit",
        name: text("α as a multiple of its limit", "α 是界限的多少倍"),
        unit: Unit::Times,
        looks: |focus| focus.stability = true,
        of: Of::State,
        read: |run, _| {
            let found = run.closeups.stability.as_ref()?;
            let (_, limit) = found.smallest()?;
            Some(Reading { value: run.settings.live.inner_rate / limit, at: found.meta_iteration })
        },
        ..BLANK
    },
    Measure {
        id: "second-order-share",
        name: text("Share of the second derivatives", "二阶导数所占的比例"),
        unit: Unit::Share,
        looks: |focus| focus.outer_step = true,
        of: Of::Past,
        read: |run, _| {
            let found = run.closeups.outer_step.as_ref()?;
            Some(Reading { value: found.dissection.change?, at: found.meta_iteration })
        },
        ..BLANK
    },
    Measure {
        id: "agreement",
        name: text("Agreement of the tasks", "任务之间的一致程度"),
        margin: Margin::Absolute(0.05),
        looks: |focus| focus.outer_step = true,
        of: Of::Past,
        read: |run, _| reading::agreement(run),
        ..BLANK
    },
    Measure {
        id: "best-step",
        name: text("Best step", "最佳步数"),
        takes: INIT,
        looks: |focus| focus.test_steps = true,
        of: Of::Past,
        read: |run, asked| reading::best_step(run, asked.init()),
        ..COUNT
    },
    Measure {
        id: "overshoot",
        name: text("Overshoot (loss ÷ lowest loss)", "过头程度（损失 ÷ 最低损失）"),
        takes: &[Argument::Init, Argument::Step],
        unit: Unit::Times,
        looks: |focus| focus.test_steps = true,
        of: Of::Past,
        read: |run, asked| reading::overshoot(run, asked.init(), asked.step),
        ..BLANK
    },
    Measure {
        id: "movement",
        name: text("Movement", "移动量"),
        takes: &[Argument::Layer, Argument::Init],
        unit: Unit::Share,
        read: |run, asked| {
            let evaluation = run.evaluation.as_ref()?;
            let layer = evaluation.movement.get(asked.layer?.checked_sub(1)?)?;
            let value = f64::from(layer.relative[asked.init() as usize]);
            Some(Reading { value, at: evaluation.meta_iteration })
        },
        ..BLANK
    },
    Measure {
        id: "most-moved-layer",
        name: text("Layer that moves most", "移动最多的层"),
        takes: INIT,
        read: |run, asked| reading::most_moved(run, asked.init()),
        ..COUNT
    },
    Measure {
        id: "fastest-layer",
        name: text("Layer with the greatest learned rate", "学到的学习率最大的层"),
        read: |run, _| reading::layer_by_rate(run, |one, other| one > other).map(|(layer, ..)| layer),
        ..COUNT
    },
    Measure {
        id: "slowest-layer",
        name: text("Layer with the least learned rate", "学到的学习率最小的层"),
        read: |run, _| reading::layer_by_rate(run, |one, other| one < other).map(|(layer, ..)| layer),
        ..COUNT
    },
    Measure {
        id: "spread-of-rates",
        name: text("Greatest learned rate, as a multiple of the least", "最大的学到的学习率相对最小的"),
        unit: Unit::Times,
        read: |run, _| {
            let (layer, greatest) = reading::layer_by_rate(run, |one, other| one > other)?;
            let (_, least) = reading::layer_by_rate(run, |one, other| one < other)?;
            Some(Reading { value: greatest / least, at: layer.at })
        },
        ..BLANK
    },
    Measure {
        id: "adapted-over-least",
        name: text(
            "Mean loss after adaptation from the place, as a multiple of the least on the map",
            "从该处适应后的平均损失相对图上最小值",
        ),
        unit: Unit::Times,
        looks: |focus| {
            focus.landscape.get_or_insert(Map { heights: Heights::Adapted, ..Map::default() });
        },
        of: Of::Past,
        read: |run, _| reading::adapted_over_least(run),
        ..BLANK
    },
    Measure {
        id: "lead",
        name: text(
            "Which of two runs is clearly better: the first (1), the second (−1), neither (0)",
            "两个运行中哪个明显更好：第一个 (1)、第二个 (−1)、都不 (0)",
        ),
        flag: Some(|value| {
            if value > 0.5 {
                text("The first run is clearly better", "第一个运行明显更好")
            } else if value < -0.5 {
                text("The second run is clearly better", "第二个运行明显更好")
            } else {
                text("Neither run is clearly better", "两个运行没有明显差别")
            }
        }),
        read: |run, _| {
            let (own, other) = (run.evaluation.as_deref()?, run.beside.as_ref()?.evaluation.as_deref()?);
            let lead = Lead::between(own, other)?;
            let value = if lead.is_clear() { lead.mean.signum() } else { 0.0 };
            Some(Reading { value, at: own.meta_iteration })
        },
        ..COUNT
    },
    Measure {
        id: "recognised",
        name: text("Recognised share of the drawings", "被识别出的图像比例"),
        takes: INIT,
        unit: Unit::Share,
        margin: Margin::Absolute(0.02),
        read: |run, asked| reading::marks(run, asked.init(), |marks| marks.recognised_held_out),
        ..BLANK
    },
    Measure {
        id: "diversity",
        name: text("Diversity of the drawings", "图像的多样性"),
        takes: INIT,
        margin: Margin::Absolute(0.1),
        read: |run, asked| reading::marks(run, asked.init(), |marks| marks.diversity),
        ..BLANK
    },
];
