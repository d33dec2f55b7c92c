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
        let (live, network, evaluate_every, held_out_tasks) = match tasks {
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
        // An instrument runs on and on: its steps must shrink.
        let mut outer = OuterSettings { schedule: Schedule::InverseSquareRoot, ..OuterSettings::default() };
        // One step is trained and ten are shown: the others overshoot sooner.
        if tasks == TaskFamily::Sine {
            outer.knee = 1_000;
        }
        // Few classes are soon known by heart: scores that grow without end would be sure of wrong answers.
        let mut optimiser = OuterOptimiser::Adam;
        if tasks == TaskFamily::Classify {
            (optimiser, outer.weight_decay) = (OuterOptimiser::AdamW, 0.5);
        }
        // One class in a thousand overshoots: its gradient must not drown the others' in Adam's mean squares.
        if tasks == TaskFamily::Class {
            outer.clip_norm = 0.3;
        }
        let mut settings = Self {
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
                method: MethodSettings::default(),
            },
        };
        (algorithm.recipe().preset)(tasks.domain(), &mut settings);
        settings
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
