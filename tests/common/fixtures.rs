//! Snapshots that look like those of a real run.

use std::sync::Arc;

use metascope::images::{ImageSet, LabelledImage};
use metascope::settings::{Algorithm, Knob, Settings, TaskFamily};
use metascope::tasks::Interpolation;
use metascope::train::snapshot::{
    Answer, Clustering, Confusion, Curve, CurvePoint, Curves, Divergence, Evaluation, Gallery, Given, Init, KnobMark,
    Landscape, LandscapePath, LayerMovement, Marks, Output, Past, Phase, Picture, ProbeTask, Snapshot, Taught, Trace,
};

/// A repeatable number between 0 and 1.
pub fn noise(seed: usize) -> f32 {
    let mixed = (seed as u64 ^ 0x9E37_79B9).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed >> 40) as f32) / (1u64 << 24) as f32
}

/// The snapshot of a run of this family after `meta_iteration` steps.
pub fn snapshot(tasks: TaskFamily, meta_iteration: u64) -> Snapshot {
    let settings = Settings::preset(tasks, Algorithm::Maml);
    let steps = settings.live.test_steps;
    let probes: Vec<ProbeTask> = (0..4)
        .map(|index| match tasks {
            TaskFamily::Picture => picture_task(index, steps),
            TaskFamily::Completion => completion_task(index, steps),
            TaskFamily::Class => class_task(index, steps),
            TaskFamily::Classify => classify_task(index, steps),
            TaskFamily::Cluster => cluster_task(index, steps),
            TaskFamily::Sine => sine_task(index, steps),
            TaskFamily::Plane => plane_task(index, steps),
        })
        .collect();
    let layers = if tasks == TaskFamily::Plane { 1 } else { settings.run.network.hidden.len() + 1 };
    let movement = (0..layers)
        .map(|layer| LayerMovement {
            name: format!("layer {}", layer + 1),
            relative: [0.02 * 3f32.powi(layer as i32), 0.3 + 0.1 * layer as f32, 0.004 * 2f32.powi(layer as i32)],
        })
        .collect();
    let marks = [
        KnobMark { at: meta_iteration / 3, knob: Knob::INNER_RATE, value: 0.2 },
        KnobMark { at: meta_iteration * 3 / 5, knob: Knob::OUTER_RATE, value: 5e-4 },
    ];
    Snapshot {
        run: 1,
        meta_iteration,
        per_second: 74.2,
        phase: Phase::Running,
        settings: Arc::new(settings),
        parameters: 8_000,
        curves: Arc::new(curves(meta_iteration)),
        evaluation: Some(Arc::new(Evaluation {
            meta_iteration,
            tasks: probes,
            movement,
            rates: Vec::new(),
            tensors: Vec::new(),
        })),
        enlarged: None,
        walk: None,
        closeups: metascope::train::studies::Closeups::default(),
        sketch: None,
        landscape: Some(Arc::new(landscape(tasks == TaskFamily::Plane))),
        marks: marks.into_iter().collect(),
        timeline: past(meta_iteration),
        divergence: None,
        astray: None,
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
#[allow(dead_code, reason = "each test file uses its part")]
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
        reason: "Diverged: the inner step was 3.1 times too long for task 3 at meta-iteration 412, where inner step 2 of 3 first raised its support loss. The best state so far, of meta-iteration 400, is kept. Set the inner rate α to 0.028 or less and go on."
            .to_owned(),
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
            pixels: face(index, size).rgb.into(),
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

/// A round face with its own colour, eyes and mouth.
fn face(index: usize, size: usize) -> Picture {
    let mut rgb = Vec::with_capacity(size * size * 3);
    let skin =
        [[255, 204, 51], [246, 190, 72], [255, 170, 60], [250, 214, 90], [240, 150, 70], [255, 220, 120]][index % 6];
    for y in 0..size {
        for x in 0..size {
            let u = (x as f32 + 0.5) / size as f32 * 2.0 - 1.0;
            let v = (y as f32 + 0.5) / size as f32 * 2.0 - 1.0;
            let eye = |side: f32| (u - side * 0.32).hypot(v + 0.22) < 0.13 + 0.03 * (index % 3) as f32;
            let bend = [0.35, -0.3, 0.1, 0.5][index % 4];
            let mouth = u.abs() < 0.45 && (v - 0.4 + bend * u * u).abs() < 0.07;
            let colour = if u.hypot(v) > 0.94 {
                [255, 255, 255]
            } else if eye(1.0) || eye(-1.0) || mouth {
                [88, 52, 20]
            } else if index % 4 == 3 && v < -0.45 {
                [78, 150, 214]
            } else {
                skin
            };
            rgb.extend(colour);
        }
    }
    Picture { width: size, height: size, rgb }
}

/// `share` of the target mixed into a start picture.
fn mixed(target: &Picture, start: impl Fn(usize) -> [u8; 3], share: f32, rough: f32, seed: usize) -> Picture {
    let pixels = target.rgb.chunks_exact(3).enumerate().flat_map(|(index, pixel)| {
        let start = start(index);
        let shade = rough * (noise(seed * 4096 + index) - 0.5) * 255.0;
        std::array::from_fn::<u8, 3, _>(|channel| {
            let value = f32::from(start[channel]) * (1.0 - share) + f32::from(pixel[channel]) * share + shade;
            value.clamp(0.0, 255.0) as u8
        })
    });
    Picture { width: target.width, height: target.height, rgb: pixels.collect() }
}

fn class_task(index: usize, steps: usize) -> ProbeTask {
    let mut task = picture_task(index, steps);
    if let Given::Picture { target, support, .. } = task.given {
        task.given = Given::Class { target, support, shots: 10, known: None };
    }
    task.traces.iter_mut().enumerate().for_each(|(init, trace)| {
        trace.psnr = None;
        let recognised = [0.96, 0.82, 0.58][init];
        trace.marks = Some(Marks {
            recognised_held_out: recognised,
            recognised_all: recognised - 0.06,
            diversity: [3.8, 1.2, 6.5][init],
            nearest_support: [3.6, 3.5, 5.0][init],
            taught: Some(Taught { by_support: 0.81, by_samples: 0.78, by_both: 0.86 }),
        });
    });
    let sheet = |across: usize, down: usize| {
        let (width, height) = (across * 17 - 1, down * 17 - 1);
        let shade = |i: usize| ((i % width) * 255 / width) as u8;
        Arc::new(Picture { width, height, rgb: (0..width * height * 3).map(|i| shade(i / 3)).collect() })
    };
    let ends = ["one noise", "another"].map(str::to_owned);
    let (way, nearest) = (Some(sheet(8, 4)), Some(sheet(12, 2)));
    task.gallery = Some(Arc::new(Gallery { way, nearest, between: sheet(8, 4), ends }));
    task
}

/// Five classes of which ever more images are told apart.
fn classify_task(index: usize, steps: usize) -> ProbeTask {
    let mut task = class_task(index, steps);
    let labels: Vec<usize> = (0..75).map(|i| i / 15).collect();
    if let Given::Class { target, support, .. } = task.given {
        let names = ["A", "g", "7", "R", "e"].map(str::to_owned).to_vec();
        task.given = Given::Classify { target, support, shots: 1, names, labels: labels.clone().into() };
    }
    answered(&mut task, |step, init| {
        let scores = ndarray::Array2::from_shape_fn((75, 5), |(i, class)| {
            let right = if labels[i] == class { 0.25 * step.min(4) as f32 / (1 + init) as f32 } else { 0.0 };
            right + noise(i * 5 + class + 1000 * index)
        });
        Answer::Confusion(Confusion::new(scores.view(), &labels))
    });
    task
}

/// Forty images of five classes that come apart.
fn cluster_task(index: usize, steps: usize) -> ProbeTask {
    let mut task = class_task(index, steps);
    let labels: Vec<usize> = (0..40).map(|i| i / 8).collect();
    let lie = |apart: f32| {
        let points = ndarray::Array2::from_shape_fn((40, 3), |(i, axis)| {
            let angle = labels[i] as f32 * 1.26 + axis as f32;
            apart * angle.sin() + noise(i * 3 + axis + 1000 * index)
        });
        Clustering::new(points.view(), &labels, 5, None)
    };
    if let Given::Class { target, .. } = task.given {
        let names = ["A", "g", "7", "R", "e"].map(str::to_owned).to_vec();
        task.given =
            Given::Cluster { target, names, labels: labels.clone().into(), raw: Arc::new(lie(0.6)), chance: 0.36 };
    }
    answered(&mut task, |step, init| Answer::Clustering(lie(0.6 + 0.3 * step.min(4) as f32 / (1 + init) as f32)));
    task
}

fn answered(task: &mut ProbeTask, answer: impl Fn(usize, usize) -> Answer) {
    task.gallery = None;
    for (init, trace) in task.traces.iter_mut().enumerate() {
        let answers: Vec<_> = (0..trace.outputs.len()).map(|step| answer(step, init)).collect();
        trace.marks = None;
        trace.scores = answers.iter().map(Answer::score).collect();
        trace.outputs = answers.into_iter().map(|answer| Output::Answer(Arc::new(answer))).collect();
    }
}

fn completion_task(index: usize, steps: usize) -> ProbeTask {
    let mut task = picture_task(index + 1, steps);
    if let Given::Picture { target, interpolation, .. } = &mut task.given {
        let picture = mixed(target, |_| [200, 180, 120], 0.6, 0.1, index);
        *interpolation = Some(Interpolation { picture: Arc::new(picture), loss: 0.02 });
    }
    task
}

fn picture_task(index: usize, steps: usize) -> ProbeTask {
    let size = 32;
    let target = face(index, size);
    let average = face(2, size);
    let mask: Arc<[bool]> = (0..size * size).map(|pixel| index == 0 || noise(pixel + 7777 * index) < 0.5).collect();
    let mut support = target.clone();
    for (pixel, seen) in support.rgb.chunks_exact_mut(3).zip(mask.iter()) {
        if !seen {
            pixel.fill(0);
        }
    }
    let traces = Init::ALL.map(|init| {
        let share = |step: usize| match init {
            Init::Learned => 1.0 - 0.95 * (-(step as f32) * 1.1).exp(),
            Init::Random => 0.55 * (1.0 - (-(step as f32) * 0.12).exp()),
            Init::Joint => 0.75 * (1.0 - (-(step as f32) * 0.25).exp()),
        };
        let outputs = (0..=steps).map(|step| {
            let picture = match init {
                Init::Learned => mixed(
                    &target,
                    |pixel| [average.rgb[pixel * 3], average.rgb[pixel * 3 + 1], average.rgb[pixel * 3 + 2]],
                    share(step),
                    0.12,
                    index,
                ),
                Init::Random => {
                    mixed(&target, |pixel| [118 + (pixel % 5) as u8 * 4, 122, 116], share(step), 0.08, index)
                }
                Init::Joint => mixed(&target, |_| [214, 186, 120], share(step), 0.05, index),
            };
            Output::Picture(Arc::new(picture))
        });
        let loss = |step: usize| 0.09 * (1.0 - share(step)).powi(2) + 0.002;
        Trace {
            inner_rate: [0.1, 0.5, 0.2][init as usize],
            support_loss: (0..=steps).map(|step| loss(step) * 0.9).collect(),
            query_loss: (0..=steps).map(loss).collect(),
            psnr: Some((0..=steps).map(|step| -10.0 * loss(step).log10()).collect()),
            marks: None,
            scores: Vec::new(),
            outputs: outputs.collect(),
        }
    });
    ProbeTask {
        name: format!("face-{}", 104 + index),
        given: Given::Picture { target: Arc::new(target), support: Arc::new(support), mask, interpolation: None },
        traces,
        gallery: None,
    }
}

fn sine_task(index: usize, steps: usize) -> ProbeTask {
    let amplitude = 1.0 + 1.1 * index as f32;
    let phase = 0.7 * index as f32;
    let truth = |x: f32| amplitude * (x + phase).sin();
    let xs: Arc<[f32]> = (0..101).map(|step| -5.0 + step as f32 * 0.1).collect();
    let support = (0..10)
        .map(|point| -5.0 + 10.0 * noise(index * 50 + point))
        .map(|x| [x, truth(x) + 0.2 * (noise(x.to_bits() as usize) - 0.5)]);
    let traces = Init::ALL.map(|init| {
        let share = |step: usize| {
            [1.0 - 0.9 * (-(step as f32) * 0.9).exp(), 0.04 * step as f32, 0.03 * step as f32][init as usize]
        };
        let start = |x: f32| [0.8 * (0.6 * x).sin(), 0.1 * x, 0.0][init as usize];
        let fitted = |step: usize| {
            xs.iter().map(move |&x| start(x) * (1.0 - share(step)) + truth(x) * share(step)).collect::<Vec<f32>>()
        };
        let loss = |step: usize| amplitude * (1.0 - share(step)).powi(2) + 0.01;
        Trace {
            inner_rate: [0.01, 0.05, 0.02][init as usize],
            support_loss: (0..=steps).map(loss).collect(),
            query_loss: (0..=steps).map(|step| loss(step) * 1.2).collect(),
            psnr: None,
            marks: None,
            scores: Vec::new(),
            outputs: (0..=steps).map(|step| Output::Values(fitted(step))).collect(),
        }
    });
    let name = format!("amplitude {amplitude:.1}, phase {phase:.1}");
    let truth = xs.iter().map(|&x| truth(x)).collect();
    ProbeTask { name, given: Given::Curve { support: support.collect(), xs, truth }, traces, gallery: None }
}

fn plane_task(index: usize, steps: usize) -> ProbeTask {
    let actual: Vec<f32> = (0..60).map(|point| 4.0 * (noise(index * 100 + point) - 0.5)).collect();
    let traces = Init::ALL.map(|init| {
        let share = |step: usize| {
            1.0 - [0.5, 1.0, 0.9][init as usize] * (-(step as f32) * [0.5, 0.2, 0.3][init as usize]).exp()
        };
        let predicted = |step: usize| {
            actual
                .iter()
                .enumerate()
                .map(|(point, value)| value * share(step) + 0.3 * (noise(point) - 0.5))
                .collect::<Vec<f32>>()
        };
        let loss = |step: usize| 1.3 * (1.0 - share(step)).powi(2) + 0.01;
        Trace {
            inner_rate: 0.1,
            support_loss: (0..=steps).map(loss).collect(),
            query_loss: (0..=steps).map(loss).collect(),
            psnr: None,
            marks: None,
            scores: Vec::new(),
            outputs: (0..=steps).map(|step| Output::Values(predicted(step))).collect(),
        }
    });
    ProbeTask {
        name: format!("w = ({:.1}, {:.1})", 0.5 * index as f32, 2.0 - index as f32),
        given: Given::Scatter { actual: actual.clone(), support: 10 },
        traces,
        gallery: None,
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
        task: "face-104".to_owned(),
        own,
        points: (0..6)
            .map(|step| 1.0 - 0.5f64.powi(step))
            .map(|share| [start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share.powf(0.7)])
            .collect(),
    };
    Landscape {
        meta_iteration: 100,
        exact,
        title: if exact { "support loss of w = (0.5, 2)" } else { "query loss of face-104" }.to_owned(),
        axes: if exact {
            ["w₁".to_owned(), "w₂".to_owned()]
        } else {
            ["towards face-104".to_owned(), "towards face-105".to_owned()]
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
        map: metascope::train::studies::Map::default(),
        plane: Arc::default(),
    }
}
