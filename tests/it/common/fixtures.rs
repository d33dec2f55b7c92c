//! Snapshots that look like those of a real run.

use std::sync::Arc;

use metascope::images::{ImageSet, LabelledImage};
use metascope::settings::{Algorithm, Knob, Settings, TaskFamily};
use metascope::text::Words;
use metascope::train::snapshot::{
    Curve, CurvePoint, Curves, Divergence, Evaluation, Init, KnobMark, Landscape, LandscapePath, LayerMovement, Past,
    Phase, ProbeTask, Snapshot,
};

mod probes;

/// A repeatable number between 0 and 1.
pub fn noise(seed: usize) -> f32 {
    let mixed = (seed as u64 ^ 0x9E37_79B9).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed >> 40) as f32) / (1u64 << 24) as f32
}

/// The snapshot of a run of this family after `meta_iteration` steps.
pub fn snapshot(tasks: TaskFamily, meta_iteration: u64) -> Snapshot {
    let settings = Settings::preset(tasks, Algorithm::default());
    let steps = settings.live.test_steps;
    let probes: Vec<ProbeTask> = (0..4)
        .map(|index| match tasks.id() {
            "completion" => probes::completion_task(index, steps),
            "class" => probes::class_task(index, steps),
            "classify" => probes::classify_task(index, steps),
            "cluster" => probes::cluster_task(index, steps),
            "sine" => probes::sine_task(index, steps),
            "plane" => probes::plane_task(index, steps),
            _ => probes::picture_task(index, steps),
        })
        .collect();
    let layers = if tasks.id() == "plane" { 1 } else { settings.run.network.hidden.len() + 1 };
    let movement = (0..layers)
        .map(|layer| LayerMovement {
            name: format!("layer {}", layer + 1).into(),
            relative: [0.02 * 3f32.powi(layer as i32), 0.3 + 0.1 * layer as f32, 0.004 * 2f32.powi(layer as i32)],
        })
        .collect();
    let marks = [
        KnobMark { at: meta_iteration / 3, knob: Knob::INNER_RATE, value: 0.2 },
        KnobMark { at: meta_iteration * 3 / 5, knob: Knob::OUTER_RATE, value: 5e-4 },
    ];
    Snapshot {
        asked: 0,
        fitted: None,
        run: 1,
        meta_iteration,
        per_second: 74.2,
        phase: Phase::Running,
        settings: Arc::new(settings),
        parameters: 8_000,
        curves: Arc::new(curves(meta_iteration)),
        evaluation: Some(Arc::new(Evaluation {
            meta_iteration,
            deeds: 0,
            tasks: probes,
            movement,
            rates: Vec::new(),
            tensors: Vec::new(),
        })),
        enlarged: None,
        walk: None,
        closeups: metascope::train::views::Closeups::default(),
        sketch: None,
        landscape: Some(Arc::new(landscape(tasks.id() == "plane"))),
        marks: marks.into_iter().collect(),
        journal: Arc::default(),
        timeline: past(meta_iteration),
        divergence: None,
        astray: None,
        beside: None,
        can_bring_back: false,
    }
}

/// States at every tenth meta-iteration.
fn past(meta_iteration: u64) -> Past {
    let last = meta_iteration - meta_iteration % 10;
    let (bytes, cap) = (12 << 20, 256 << 20);
    let best = Some(meta_iteration - meta_iteration / 4);
    Past { head: meta_iteration, shown: None, branch: 0, first: 0, last, best, every: 10, bytes, cap, start: None }
}

/// Why a run stopped.
pub fn divergence() -> Divergence {
    Divergence {
        meta_iteration: 412,
        restored: 400,
        task: Some(2),
        inner_step: Some(2),
        times_too_long: Some(3.1),
        inner_rate: 0.1,
        limit: Some(0.032),
        turned: None,
        is_best: true,
        reason: Words::both(
            "Diverged: the inner step was 3.1 times too long for task 3 at meta-iteration 412, where inner step 2 of 3 first raised its support loss. The best state so far, of meta-iteration 400, is kept. Set the inner rate α to 0.028 or less and go on."
                .to_owned(),
            "已发散：第 412 次元迭代时，任务 3 的内循环步长是稳定界限的 3.1 倍，3 个内循环步中的第 2 步首先使支持集损失上升。保留了目前的最佳状态，它在第 400 次元迭代。请把内循环学习率 α 设为不超过 0.028，再继续。"
                .to_owned(),
        ),
    }
}

/// A small image set.
pub fn image_set() -> Arc<ImageSet> {
    let size = 32;
    let images = (0..6)
        .map(|index| LabelledImage {
            name: format!("face-{index}"),
            class: 0,
            held_out: index > 3,
            validates: false,
            pixels: probes::face(index, size).rgb.into(),
        })
        .collect();
    Arc::new(ImageSet {
        name: "faces".to_owned(),
        size,
        channels: 3,
        images,
        classes: vec!["face".to_owned()],
        foreground: 1,
        skipped: Vec::new(),
        notes: Vec::new(),
        origin: metascope::images::Origin::default(),
    })
}

fn curves(last: u64) -> Curves {
    let curve = |start: f32, end: f32, seconds: f32, rough: f32, every: u64, seed: usize| Curve {
        points: (0..last)
            .step_by(every as usize)
            .map(|at| {
                let progress = 1.0 - (-(at as f32) / (last as f32 * seconds)).exp();
                let level = start.ln() + (end.ln() - start.ln()) * progress;
                let mean = (level + rough * (noise(seed * 100_000 + at as usize) - 0.5)).exp();
                CurvePoint { at: at as f64, mean, min: mean * 0.8, max: mean * 1.2 }
            })
            .collect(),
    };
    Curves {
        training_before: curve(0.09, 0.16, 0.3, 0.5, 1, 1),
        training_after: curve(0.08, 0.006, 0.2, 0.8, 1, 2),
        held_out_before: curve(0.09, 0.15, 0.3, 0.1, 10, 3),
        held_out_after: curve(0.07, 0.005, 0.22, 0.15, 10, 4),
        random_after: curve(0.05, 0.05, 1.0, 0.03, 10, 5),
        joint_after: curve(0.06, 0.018, 0.3, 0.06, 10, 6),
        held_out_tasks: (0..4).map(|task| curve(0.07, 0.003 * (1.0 + task as f32), 0.22, 0.3, 10, 7 + task)).collect(),
        scores: [0.95, 0.6, 0.7].map(|end| curve(0.2, end, 0.2, 0.1, 10, 20)),
        rates: Vec::new(),
    }
}

fn landscape(exact: bool) -> Landscape {
    let columns = 49;
    let (x, y) = ([-2.0, 2.0], [-2.0, 2.0]);
    let at = |share: usize| -2.0 + 4.0 * share as f64 / (columns - 1) as f64;
    let bottom = [0.9, 0.6];
    let loss = (0..columns * columns).map(|index| {
        let (u, v) = (at(index % columns) - bottom[0], at(index / columns) - bottom[1]);
        let bent = if exact { v } else { v + 0.3 * u * u };
        if !exact && u < -2.4 && v < -1.8 { f32::INFINITY } else { (0.4 * u * u + 1.2 * bent * bent + 0.01) as f32 }
    });
    let path = |init, own, start: [f64; 2], end: [f64; 2]| LandscapePath {
        init,
        task: "face-104".into(),
        own,
        points: (0..6)
            .map(|step| 1.0 - 0.5f64.powi(step))
            .map(|share| [start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share.powf(0.7)])
            .collect(),
    };
    Landscape {
        meta_iteration: 100,
        exact,
        title: if exact { "support loss of w = (0.5, 2)" } else { "query loss of face-104" }.into(),
        axes: if exact {
            ["w₁".into(), "w₂".into()]
        } else {
            ["towards face-104".into(), "towards face-105".into()]
        },
        x,
        y,
        columns,
        loss: loss.collect(),
        paths: vec![
            path(Init::Learned, true, [0.0, 0.0], bottom),
            path(Init::Learned, false, [0.0, 0.0], [-0.8, 0.9]),
            path(Init::Random, true, [-1.5, -1.2], [0.2, -0.4]),
            path(Init::Joint, true, [0.3, -1.1], [0.7, -0.1]),
        ],
        optimum: exact.then_some(bottom),
        optima: exact.then_some(bottom).into_iter().collect(),
        map: metascope::train::views::Map::default(),
        plane: Arc::default(),
    }
}
