//! What a run starts with.

use super::{
    ActivationKind, Algorithm, ImageColour, ImageFit, ImageSource, LiveSettings, MethodSettings, NetworkSettings,
    OuterOptimiser, OuterSettings, ProceduralSettings, RunSettings, Schedule, Settings, TaskFamily,
};

impl Settings {
    /// The settings that a run of this family and algorithm starts with.
    pub fn preset(tasks: TaskFamily, algorithm: Algorithm) -> Self {
        let network = |hidden: &[usize], activation| NetworkSettings {
            hidden: hidden.to_vec(),
            activation,
            w0: 20.0,
            fourier_features: 0,
            fourier_scale: 2.0,
        };
        let base = LiveSettings {
            inner_rate: 0.01,
            outer_rate: 1e-3,
            inner_steps: 1,
            test_steps: 10,
            meta_batch: 25,
            shots: 10,
            test_shots: 10,
            support_share: 1.0,
            training_share: 0.15,
            pixels_per_step: 256,
            inner_batch: 0,
            tolerance: 0.0,
            noise: 0.0,
            temperature: 0.8,
            flow_steps: 20,
            flow_order: 1,
        };
        let (mut live, network, evaluate_every, held_out_tasks) = match tasks {
            TaskFamily::Plane => (
                LiveSettings { inner_rate: 0.25, outer_rate: 1e-2, inner_steps: 3, meta_batch: 8, noise: 0.1, ..base },
                network(&[], ActivationKind::Tanh),
                100,
                100,
            ),
            TaskFamily::Sine => (base, network(&[40, 40], ActivationKind::Relu), 100, 600),
            TaskFamily::Picture => (
                LiveSettings { inner_rate: 0.1, inner_steps: 3, meta_batch: 4, ..base },
                network(&[64, 64, 64], ActivationKind::Sine),
                10,
                24,
            ),
            TaskFamily::Completion => (
                LiveSettings { inner_rate: 0.1, inner_steps: 5, meta_batch: 4, support_share: 0.15, ..base },
                network(&[64, 64, 64], ActivationKind::Sine),
                10,
                24,
            ),
            TaskFamily::Class => (
                LiveSettings { inner_rate: 0.2, outer_rate: 3e-3, inner_steps: 5, meta_batch: 4, ..base },
                network(&[128, 128], ActivationKind::Silu),
                10,
                12,
            ),
            TaskFamily::Classify => (
                LiveSettings { inner_rate: 0.4, inner_steps: 3, meta_batch: 8, shots: 1, test_shots: 1, ..base },
                network(&[64, 64], ActivationKind::Silu),
                20,
                200,
            ),
            TaskFamily::Cluster => (
                LiveSettings { inner_rate: 0.5, outer_rate: 2e-3, inner_steps: 3, meta_batch: 8, noise: 0.3, ..base },
                network(&[64, 64], ActivationKind::Silu),
                20,
                100,
            ),
        };
        match (tasks, algorithm) {
            (TaskFamily::Picture | TaskFamily::Completion, Algorithm::Fomaml) => {
                (live.inner_rate, live.outer_rate) = (0.02, 3e-4)
            }
            (TaskFamily::Picture | TaskFamily::Completion, Algorithm::Reptile) => {
                (live.inner_rate, live.inner_steps) = (0.05, 8)
            }
            // Its meta-gradient does not see the way that adaptation takes: only small rates and a loose hold, for which
            // the directions of large curvature count for little, keep it from where a step overshoots.
            (TaskFamily::Picture, Algorithm::Imaml) => {
                (live.inner_rate, live.outer_rate, live.inner_steps) = (0.02, 3e-4, 8);
            }
            (TaskFamily::Completion, Algorithm::Imaml) => {
                (live.inner_rate, live.outer_rate, live.inner_steps) = (0.02, 1e-4, 8);
            }
            (TaskFamily::Plane, Algorithm::Imaml) => live.inner_rate = 0.1,
            (TaskFamily::Classify, Algorithm::Imaml) => (live.inner_rate, live.outer_rate) = (0.1, 3e-4),
            (TaskFamily::Classify, Algorithm::Reptile) => (live.inner_rate, live.outer_rate) = (0.1, 0.1),
            (TaskFamily::Sine, Algorithm::Reptile) => live.inner_steps = 5,
            (TaskFamily::Sine, Algorithm::MetaModel) => live.inner_steps = 2,
            // Held closely to φ and at a small rate, else curvature outgrows the rate as training goes on.
            (TaskFamily::Sine, Algorithm::Imaml) => {
                (live.inner_rate, live.inner_steps, live.test_steps) = (5e-4, 16, 16);
            }
            // With one step, further ones come to overshoot at the end of a long run.
            (TaskFamily::Sine, Algorithm::Anil) => live.inner_steps = 5,
            _ => {}
        }
        // An instrument runs on and on: its steps must shrink.
        let mut outer = OuterSettings { schedule: Schedule::InverseSquareRoot, ..OuterSettings::default() };
        // One step is trained and ten are shown: the others overshoot sooner.
        if tasks == TaskFamily::Sine {
            outer.knee = 1_000;
        }
        // MAML++ comes with a cosine schedule; each family's is as long as a run of it usually is.
        if algorithm == Algorithm::MamlPlusPlus {
            outer.schedule = Schedule::Cosine;
            outer.period = match tasks {
                TaskFamily::Plane => 5_000,
                TaskFamily::Sine => 70_000,
                _ => 2_000,
            };
        }
        // One class in a thousand overshoots: its gradient must not drown the others' in Adam's mean squares.
        if tasks == TaskFamily::Class {
            outer.clip_norm = 0.3;
        }
        let optimiser = match (tasks, algorithm) {
            // Where adaptation ends says nothing about how confident to be; plain steps, as in its paper, hold.
            (TaskFamily::Classify, Algorithm::Reptile) => OuterOptimiser::Sgd,
            // Few classes are soon known by heart: scores that grow without end would be sure of wrong answers.
            (TaskFamily::Classify, _) => {
                outer.weight_decay = 0.5;
                OuterOptimiser::AdamW
            }
            (TaskFamily::Completion, Algorithm::Imaml) => {
                outer.weight_decay = 0.5;
                OuterOptimiser::AdamW
            }
            (TaskFamily::Sine, Algorithm::Imaml) => {
                outer.weight_decay = 0.2;
                OuterOptimiser::AdamW
            }
            _ => OuterOptimiser::Adam,
        };
        let mut method = MethodSettings::default();
        if tasks.needs_images() {
            method.context = 32;
            method.regularisation = if tasks.is_picture() { 0.1 } else { 1.0 };
            method.conjugate_steps = 5;
        } else if tasks == TaskFamily::Sine {
            method.regularisation = 30.0;
        }
        Self {
            live,
            run: RunSettings {
                tasks,
                algorithm,
                seed: 0,
                fit_inner_rate: true,
                optimiser,
                outer,
                held_out_tasks,
                evaluate_every,
                images: if tasks.needs_classes() { ImageSource::Characters } else { ImageSource::Faces },
                ways: 5,
                image_size: None,
                image_colour: ImageColour::Auto,
                image_invert: false,
                image_fit: ImageFit::Crop,
                procedural: ProceduralSettings::default(),
                network,
                method,
            },
        }
    }
}

impl Default for LiveSettings {
    fn default() -> Self {
        Settings::preset(TaskFamily::default(), Algorithm::default()).live
    }
}

impl Default for RunSettings {
    fn default() -> Self {
        Settings::preset(TaskFamily::default(), Algorithm::default()).run
    }
}

impl Default for MethodSettings {
    fn default() -> Self {
        Self {
            multi_step_iterations: 1000,
            first_order_iterations: 0,
            regularisation: 2.0,
            conjugate_steps: 16,
            context: 5,
        }
    }
}

impl Default for NetworkSettings {
    fn default() -> Self {
        RunSettings::default().network
    }
}
